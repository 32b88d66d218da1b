"""Bytes to text: encodings, archives and limits. Declared sizes and names are never trusted.

Pure: the bytes come in as an argument. Every limit is a parameter with a default that suits a chat bot; a text that is
larger is read head and tail, and `Source.omitted` says how much was left out.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from charset_normalizer import from_bytes

from bot.base.errors import UserError

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read at the most; sizes in bytes."""

    text: int = 4 * MIB  # kept of one text; larger ones lose their middle
    decompressed: int = 64 * MIB  # read out of one archive, all entries together
    ratio: int = 200  # decompressed bytes per compressed byte
    entries: int = 40  # files of an archive
    nesting: int = 2  # archives within archives
    line: int = 20_000  # characters of one line; longer ones lose their middle


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Source:
    """One text as it was read. `omitted` counts the characters left out of its middle."""

    name: str
    text: str
    omitted: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """An image, for text recognition to read."""

    name: str
    content: bytes = field(repr=False)


TEXT_SUFFIXES = frozenset(
    ".txt .log .out .err .md .json .jsonl .yaml .yml .toml .ini .cfg .conf .csv .py .sh .bat .ps1 .cmd .kcpps".split()
)
PICTURE_SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"))
_PICTURE_STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")
_BINARY_STARTS = {
    b"GGUF": ("a model file (GGUF)", "模型文件（GGUF）"),
    b"MZ": ("a Windows program", "Windows 程序"),
    b"\x7fELF": ("a Linux program", "Linux 程序"),
    b"%PDF": ("a PDF", "PDF 文件"),
    b"7z\xbc\xaf": ("a 7z archive", "7z 压缩包"),
    b"Rar!": ("a RAR archive", "RAR 压缩包"),
    b"\xfd7zXZ": ("an XZ archive", "XZ 压缩包"),
}


def read_sources(name: str, content: bytes, limits: Limits = DEFAULT_LIMITS) -> list[Source | Picture]:
    """Everything readable in one file: a text, a picture, or what a .gz or .zip holds.

    Raises:
        UserError: the file is empty, binary, damaged or beyond the limits.
    """
    if not content:
        raise UserError(
            f"{name} is empty. Paste the log itself, or attach it again.",
            f"{name} 是空的。请直接粘贴日志，或重新上传。",
        )
    return list(_read(name, content, limits, _Budget(limits.decompressed), depth=0))


def read_text(name: str, text: str, limits: Limits = DEFAULT_LIMITS) -> Source:
    """A pasted text within the limits: over-long lines and texts lose their middle, lone surrogates are replaced."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    text, cut = _shortened_lines(text, limits.line)
    text, omitted = _head_and_tail(text, limits.text)
    return Source(name, text, cut + omitted)


@dataclass(slots=True)
class _Budget:
    """Bytes that may still be decompressed, over all nested archives."""

    left: int

    def take(self, size: int, name: str) -> None:
        self.left -= size
        if self.left < 0:
            raise _too_large(name)


def _read(name: str, content: bytes, limits: Limits, budget: _Budget, depth: int) -> Iterator[Source | Picture]:
    if depth > limits.nesting:
        raise UserError(
            f"{name}: archives inside archives inside archives are not read. Unpack it and attach the log itself.",
            f"{name}：压缩包套了太多层。请解压后直接上传日志文件。",
        )
    if content.startswith(b"\x1f\x8b"):
        inner = name.removesuffix(".gz") or name
        yield from _read(inner, _gunzipped(name, content, limits, budget), limits, budget, depth + 1)
    elif content.startswith(b"PK\x03\x04"):
        yield from _read_zip(name, content, limits, budget, depth)
    elif _is_picture(name, content):
        yield Picture(name, content)
    else:
        yield read_text(name, _decoded(name, content, limits), limits)


def _is_picture(name: str, content: bytes) -> bool:
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return True
    # "BM" also begins ordinary words, so that one needs its file name as well
    return content.startswith(_PICTURE_STARTS[:3]) or (content.startswith(b"BM") and name.lower().endswith(".bmp"))


def _gunzipped(name: str, content: bytes, limits: Limits, budget: _Budget) -> bytes:
    """Decompresses piece by piece and stops at the limits; a truncated file gives what it holds."""
    allowed = min(budget.left, max(MIB, limits.ratio * len(content)))
    stream = zlib.decompressobj(wbits=31)
    try:
        out = stream.decompress(content, allowed + 1)
    except zlib.error as error:
        raise _damaged(name) from error
    if len(out) > allowed:
        raise _too_large(name)
    budget.take(len(out), name)
    return out


def _read_zip(name: str, content: bytes, limits: Limits, budget: _Budget, depth: int) -> Iterator[Source | Picture]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = [entry for entry in archive.infolist() if not entry.is_dir() and _may_be_log(entry.filename)]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise _damaged(name) from error
    if not entries:
        raise UserError(f"{name} holds no log or text file.", f"{name} 里没有日志或文本文件。")
    for entry in entries[: limits.entries]:
        inner = _entry_content(archive, entry, name, limits, budget)
        if inner:
            yield from _read(f"{name}/{PurePosixPath(entry.filename).name}", inner, limits, budget, depth + 1)


def _entry_content(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, limits: Limits, budget: _Budget
) -> bytes:
    allowed = min(budget.left, max(MIB, limits.ratio * max(1, entry.compress_size)))
    try:
        with archive.open(entry) as stream:
            out = stream.read(allowed + 1)
    except RuntimeError as error:  # encrypted
        raise UserError(
            f"{name} is protected by a password. Attach the log without one.",
            f"{name} 设了密码。请上传没有密码的日志。",
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise _damaged(name) from error
    if len(out) > allowed:
        raise _too_large(name)
    budget.take(len(out), name)
    return out


def _may_be_log(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.name.startswith(".") or "__MACOSX" in path.parts:
        return False
    suffix = path.suffix.lower()
    return suffix in TEXT_SUFFIXES | PICTURE_SUFFIXES | {"", ".gz", ".zip"} or suffix.lstrip(".").isdigit()


def _decoded(name: str, content: bytes, limits: Limits) -> str:
    """The text in its encoding: byte order marks first, then UTF-8, UTF-16 without a mark, GB18030, a guess."""
    for start, (en, zh) in _BINARY_STARTS.items():
        if content.startswith(start):
            raise UserError(
                f"{name} is {en}, not a log. Attach the log as text.", f"{name} 是{zh}，不是日志。请上传文本日志。"
            )
    content = _head_and_tail_bytes(content, limits.text * 4)
    for encoding in _candidate_encodings(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    if _looks_binary(content):
        raise UserError(
            f"{name} is not text. Attach the log as .txt or .log, or paste it.",
            f"{name} 不是文本文件。请上传 .txt 或 .log，或者直接粘贴内容。",
        )
    return _guessed(content)


def _candidate_encodings(content: bytes) -> list[str]:
    if content.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return ["utf-32"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    sample = content[:4096]
    zeros = sample.count(0)
    if zeros > len(sample) // 5:  # PowerShell's redirection writes UTF-16; a cut file may have lost its mark
        odd, even = sample[1::2].count(0), sample[::2].count(0)
        # every second byte of Latin text is zero, on one side only; anything else is binary
        if min(odd, even) <= zeros // 20:
            return ["utf-16-le" if odd > even else "utf-16-be"]
    if zeros:
        return []
    return ["utf-8-sig"]


def _looks_binary(content: bytes) -> bool:
    sample = content[: 64 * KIB]
    control = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in sample)
    return sample.count(0) > 0 or control > len(sample) // 20


def _guessed(content: bytes) -> str:
    """Nearly UTF-8 (a few damaged bytes) stays UTF-8; else GB18030 where it decodes; else the best guess."""
    damaged = content.decode("utf-8", "replace")
    if damaged.count("\ufffd") <= max(2, len(damaged) // 200):
        return damaged
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError:
        best = from_bytes(content[: 256 * KIB]).best()
        return content.decode(best.encoding if best else "latin-1", "replace")


def _head_and_tail_bytes(content: bytes, size: int) -> bytes:
    if len(content) <= size:
        return content
    half = size // 2 & ~3  # whole code units of UTF-16 and UTF-32
    tail_start = (len(content) - half) & ~3
    line_end = b"\n\x00" if content[1:200:2].count(0) > 50 else b"\n"  # UTF-16 of a log is half zeros
    omitted = max(content.count(line_end, half, tail_start), 4)
    return content[:half] + line_end * omitted + content[tail_start:]


def _head_and_tail(text: str, size: int) -> tuple[str, int]:
    """Keeps the first quarter and the last three: errors stand at the end. Line numbers of the head stay true;
    the omitted lines are replaced by as many empty ones, so those of the tail do too.
    """
    if len(text) <= size:
        return text, 0
    head_end = text.rfind("\n", 0, size // 4) + 1 or size // 4
    tail_start = text.find("\n", len(text) - size * 3 // 4) + 1 or len(text) - size * 3 // 4
    middle = text[head_end:tail_start]
    return text[:head_end] + "\n" * middle.count("\n") + text[tail_start:], len(middle)


def _shortened_lines(text: str, limit: int) -> tuple[str, int]:
    """A line of megabytes (a minified dump, a base64 picture) keeps its two ends."""
    if len(text) <= limit:
        return text, 0
    omitted = 0
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if len(line) > limit:
            omitted += len(line) - limit
            lines[index] = line[: limit // 2] + " … " + line[-limit // 2 :]
    return "\n".join(lines), omitted


def _too_large(name: str) -> UserError:
    return UserError(
        f"{name} unpacks to far more than a log should. Attach just the last few thousand lines.",
        f"{name} 解压后太大了。请只上传日志的最后几千行。",
    )


def _damaged(name: str) -> UserError:
    return UserError(
        f"{name} is damaged and cannot be unpacked. Attach the log itself.",
        f"{name} 已损坏，解压不了。请直接上传日志文件。",
    )
