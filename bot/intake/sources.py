"""Bytes to text: encodings, archives and limits. Declared sizes and names are never trusted.

Pure: the bytes come in as an argument. Every limit is a parameter with a default that suits a chat bot; a text that is
larger is read head and tail, and `Source.omitted` says how much was left out.
"""

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from bot.base.errors import UserError
from bot.base.languages import Text
from bot.base.late import late
from bot.base.printable import printable
from bot.intake import charsets, documents, packed
from bot.intake.shortening import shortened

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read at the most of one message's files, archives within them included; sizes in bytes."""

    text: int = 4 * MIB  # kept of one text; larger ones lose their middle
    kept: int = 12 * MIB  # kept of all texts together; the later ones get what is left, at least `least`
    least: int = 64 * KIB
    decompressed: int = 64 * MIB  # read out of archives
    ratio: int = 200  # decompressed bytes per compressed byte
    listed: int = 20_000  # files that archives list, read or not
    entries: int = 40  # files that are read
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
    (
        ".txt .log .out .err .md .json .jsonl .yaml .yml .toml .ini .cfg .conf .csv .py .sh .bat .ps1 .cmd .kcpps "
        ".html .htm .rtf .xml .env .service .modelfile .properties"
    ).split()
)
PICTURE_SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"))
PACKED_SUFFIXES = frozenset(".gz .zip .7z .zst .xz .bz2 .tar .tgz .tbz2 .txz .tzst .docx".split())
_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ZIP_LISTED = b"PK\x01\x02"  # begins each file's entry in the directory of a zip
_DOCUMENT = "word/document.xml"
_ENCRYPTED = 1  # flag of such an entry
_PIECE, _PACKED = 256 * KIB, 64 * KIB  # bytes that are decompressed at a time, and from how many
_MEMBERS = 1_000  # of a gzip file
_UNIT = 4  # bytes that begin no character within them, in UTF-16 and UTF-32
_MOST_LINE_ENDS = 3_000_000
_LONGEST_NAME = 120
_SURROGATE = late("[\ud800-\udfff]")
_ZEROS = re.compile(rb"\0+")
_PICTURE_STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")
_BINARY_STARTS = {
    b"GGUF": ("a model file (GGUF)", "模型文件（GGUF）"),
    b"MZ": ("a Windows program", "Windows 程序"),
    b"\x7fELF": ("a Linux program", "Linux 程序"),
    b"%PDF": ("a PDF", "PDF 文件"),
    b"Rar!": ("a RAR archive", "RAR 压缩包"),
}


def read_sources(name: str, content: bytes, limits: Limits = DEFAULT_LIMITS) -> list[Source | Picture]:
    """Everything readable in one file: a text, a picture, or what a .gz or .zip holds.

    Raises:
        UserError: the file is empty, binary, damaged or beyond the limits.
    """
    return _readable(name, content, _Budget(limits))


def _readable(name: str, content: bytes, budget: "_Budget") -> list[Source | Picture]:
    if not content:
        raise UserError(
            "{name} is empty. Paste the log itself, or attach it again.",
            "{name} 是空的。请直接粘贴日志，或重新上传。",
        ).format(name=name)
    found = list(_read(name, content, budget, depth=0))
    if not found:
        raise _nothing_in(name)
    return found


def read_together(
    files: Iterable[tuple[str, bytes]], limits: Limits = DEFAULT_LIMITS
) -> tuple[list[Source | Picture], list[str]]:
    """Everything readable in the files of one message, which share its limits, and the names of those that cannot be
    read. Raises UserError when none can.
    """
    budget = _Budget(limits)
    found: list[Source | Picture] = []
    faults: dict[str, UserError] = {}
    for name, content in files:
        try:
            found += _readable(name, content, budget)
        except UserError as error:
            faults.setdefault(name, error)
    if faults and not found:
        raise next(iter(faults.values()))
    return found, list(faults)


def read_text(name: str, text: str, limits: Limits = DEFAULT_LIMITS) -> Source:
    """A pasted text within the limits: over-long lines and texts lose their middle, lone surrogates are replaced."""
    if not text.isascii() and _SURROGATE.search(text):
        text = _SURROGATE.sub("?", text)
    text, cut = _shortened_lines(text, limits.line)
    text, omitted = shortened(text, limits.text)
    return Source(name, text, cut + omitted)


@dataclass(slots=True)
class _Budget:
    """What may still be read of one message, over all files and nested archives."""

    limits: Limits
    bytes: int = 0
    listed: int = 0
    files: int = 0
    kept: int = 0

    def allowed(self, packed: int) -> int:
        """Bytes that so many packed ones may become."""
        return min(self.limits.decompressed - self.bytes, max(MIB, self.limits.ratio * packed))

    def text(self) -> int:
        """Characters that may be kept of the next text."""
        return min(self.limits.text, max(self.limits.least, self.limits.kept - self.kept))


def _read(name: str, content: bytes, budget: _Budget, depth: int) -> Iterator[Source | Picture]:
    if depth > budget.limits.nesting:
        raise UserError(
            "{name}: archives inside archives inside archives are not read. Unpack it and attach the log itself.",
            "{name}：压缩包套了太多层。请解压后直接上传日志文件。",
        ).format(name=name)
    if content.startswith(_GZIP):
        inner = name.removesuffix(".gz") or name
        yield from _read(inner, _joined(_gunzipped(name, content, budget), budget), budget, depth + 1)
    elif content.startswith(packed.STREAMS):
        inner = re.sub(r"\.(?:xz|bz2|zst)$", "", name) or name
        yield from _read(inner, _joined(_streamed(name, content, budget), budget), budget, depth + 1)
    elif content.startswith(_ZIP):
        yield from _read_zip(name, content, budget, depth)
    elif content.startswith(packed.SEVEN) or packed.is_tar(content):
        yield from _read_packed(name, content, budget, depth)
    elif is_picture(name, content):
        yield Picture(name, content)
    elif content:
        text = _undressed(_decoded(name, content, budget.limits))
        source = read_text(name, text, replace(budget.limits, text=budget.text()))
        budget.kept += len(source.text)
        yield source


def is_picture(name: str, content: bytes) -> bool:
    """Whether a file is an image, by its first bytes."""
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return True
    # "BM" also begins ordinary words, so that one needs its file name as well
    return content.startswith(_PICTURE_STARTS[:3]) or (content.startswith(b"BM") and name.lower().endswith(".bmp"))


def _undressed(text: str) -> str:
    """What a document shows; a plain text is one already."""
    if documents.is_html(text):
        return documents.of_html(text)
    return documents.of_rtf(text) if documents.is_rtf(text) else text


def _streamed(name: str, content: bytes, budget: _Budget) -> Iterator[bytes]:
    """Pieces of an .xz, .bz2 or .zst. Stops at the limits."""
    allowed = budget.allowed(len(content))
    try:
        for piece in packed.unpacked(content, _PIECE):
            allowed -= len(piece)
            if allowed < 0:
                raise _too_large(name)
            budget.bytes += len(piece)
            yield piece
    except packed.PackedError as error:
        raise _damaged(name) from error


def _read_packed(name: str, content: bytes, budget: _Budget, depth: int) -> Iterator[Source | Picture]:
    """What can be read of a 7z or tar archive; one bad file does not lose the others."""
    faults: list[UserError] = []
    found = False
    try:
        for entry, inside in _entries(content, budget):
            if not _may_be_log(entry) or budget.files >= budget.limits.entries:
                continue
            budget.files += 1
            inner = f"{name}/{_plain(PurePosixPath(entry.replace(chr(92), '/')).name)}"
            try:
                for each in _read(inner, inside, budget, depth + 1):
                    found = True
                    yield each
            except UserError as error:
                faults.append(error)
    except packed.PasswordError as error:
        raise _password(name) from error
    except packed.LargeError as error:
        raise _too_large(name) from error
    except packed.PackedError as error:
        if not found:
            raise _damaged(name) from error
    if faults and not found:
        raise faults[0]


def _entries(content: bytes, budget: _Budget) -> Iterator[tuple[str, bytes]]:
    listed = budget.limits.listed - budget.listed
    if not content.startswith(packed.SEVEN):
        return packed.in_tar(content, listed)
    allowed = budget.allowed(len(content))
    budget.bytes += min(allowed, len(content) * budget.limits.ratio)
    return packed.in_seven(content, _may_be_log, budget.limits.entries - budget.files, listed, allowed)


def _gunzipped(name: str, content: bytes, budget: _Budget) -> Iterator[bytes]:
    """Pieces of all members one behind the other (RFC 1952, 2.2); a damaged file gives what it holds. Stops at the
    limits.
    """
    allowed = budget.allowed(len(content))
    stream, at, members, started = zlib.decompressobj(wbits=31), 0, 1, False
    try:
        while at < len(content) and members <= _MEMBERS:
            packed = content[at : at + _PACKED]
            piece = stream.decompress(packed, _PIECE)
            at += len(packed) - len(stream.unused_data if stream.eof else stream.unconsumed_tail)
            allowed -= len(piece)
            if allowed < 0:
                raise _too_large(name)
            budget.bytes += len(piece)
            started = started or bool(piece)
            if piece:
                yield piece
            if stream.eof:
                stream, members = zlib.decompressobj(wbits=31), members + 1
    except zlib.error as error:  # also what follows the last member: signatures, padding
        if not started:
            raise _damaged(name) from error


def _joined(pieces: Iterator[bytes], budget: _Budget) -> bytes:
    """The whole of what must be whole (an archive within an archive, a picture); of a text only its head and tail, so
    that a large log never stands in memory at once.
    """
    first = next(pieces, b"")
    if first.startswith((_GZIP, *_ZIP, packed.SEVEN, *packed.STREAMS)) or packed.is_tar(first) or is_picture("", first):
        return b"".join((first, *pieces))
    return _head_and_tail_of(first, pieces, budget.limits.text * 4)


def _head_and_tail_of(first: bytes, pieces: Iterator[bytes], size: int) -> bytes:
    """Like `_head_and_tail_bytes`, of a text that comes in pieces."""
    head, tail = bytearray(first), deque[bytes]()
    kept = line_ends = at = 0
    line_end = _line_end(first)
    for piece in pieces:
        if len(head) < size // 2:
            head += piece
            continue
        tail.append(piece)
        kept += len(piece)
        while kept - len(tail[0]) >= size // 2:
            kept -= len(tail[0])
            at += len(tail[0])
            line_ends += tail.popleft().count(line_end)
    if not at:
        return b"".join((head, *tail))
    last = b"".join(tail)[-(len(head) + at) % _UNIT :]
    return bytes(head[: len(head) - len(head) % _UNIT]) + line_end * _as_many(line_ends) + last


def _read_zip(name: str, content: bytes, budget: _Budget, depth: int) -> Iterator[Source | Picture]:
    """What can be read of an archive; one bad file does not lose the others. Raises the first fault when none can."""
    faults: list[UserError] = []
    found = False
    archive = _archive(name, content, budget)
    if _DOCUMENT in archive.namelist():
        yield _word(name, archive, budget)
        return
    for entry in archive.infolist():
        if entry.is_dir() or not _may_be_log(entry.filename) or budget.files >= budget.limits.entries:
            continue
        inner = f"{name}/{_plain(PurePosixPath(entry.filename.replace(chr(92), '/')).name)}"
        try:
            budget.files += 1
            inside = _joined(_unzipped(archive, entry, inner, budget), budget)
            for each in _read(inner, inside, budget, depth + 1):
                found = True
                yield each
        except UserError as error:
            faults.append(error)
    if faults and not found:
        raise faults[0]


def _word(name: str, archive: zipfile.ZipFile, budget: _Budget) -> Source:
    """The text of a .docx."""
    inside = _joined(_unzipped(archive, archive.getinfo(_DOCUMENT), name, budget), budget)
    return read_text(name, documents.of_docx(inside.decode("utf-8", "replace")), budget.limits)


def _archive(name: str, content: bytes, budget: _Budget) -> zipfile.ZipFile:
    """The archive's directory. Its size is looked at before it is read: each file listed costs memory."""
    budget.listed += content.count(_ZIP_LISTED)
    if budget.listed > budget.limits.listed:
        raise _too_many(name)
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError, struct.error) as error:
        raise _damaged(name) from error


def _unzipped(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, budget: _Budget) -> Iterator[bytes]:
    """Pieces of one file of an archive; a damaged one gives what it holds."""
    if entry.flag_bits & _ENCRYPTED:
        raise _password(name)
    allowed = budget.allowed(max(1, entry.compress_size))
    started = False
    try:
        with archive.open(entry) as stream:
            while piece := stream.read(_PIECE):
                allowed -= len(piece)
                if allowed < 0:
                    raise _too_large(name)
                budget.bytes += len(piece)
                started = True
                yield piece
    except (NotImplementedError, RuntimeError) as error:  # Deflate64 and other methods; RuntimeError: none installed
        raise _unknown_method(name) from error
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, struct.error) as error:
        if not started:
            raise _damaged(name) from error


def _plain(name: str) -> str:
    """A name out of an archive as it may be shown: no control characters, not too long."""
    return printable(name).replace("\n", " ")[:_LONGEST_NAME] or "?"


def _may_be_log(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.name.startswith(".") or "__MACOSX" in path.parts:
        return False
    suffix = path.suffix.lower()
    return suffix in TEXT_SUFFIXES | PICTURE_SUFFIXES | PACKED_SUFFIXES | {""} or suffix.lstrip(".").isdigit()


def _decoded(name: str, content: bytes, limits: Limits) -> str:
    """The text in its encoding: byte order marks first, then UTF-8, UTF-16 without a mark, GB18030, a guess."""
    for start, (en, zh) in _BINARY_STARTS.items():
        if content.startswith(start):
            raise UserError(
                "{name} is {kind}, not a log. Attach the log as text.", "{name} 是{kind}，不是日志。请上传文本日志。"
            ).format(name=name, kind=Text(en, zh))
    content = _head_and_tail_bytes(content, limits.text * 4)
    wide = _wide_encoding(content)
    text = _decoded_wide(content, wide) if wide else _decoded_narrow(content)
    if text is None:
        raise UserError(
            "{name} is not text. Attach the log as .txt or .log, or paste it.",
            "{name} 不是文本文件。请上传 .txt 或 .log，或者直接粘贴内容。",
        ).format(name=name)
    return text


def _wide_encoding(content: bytes) -> str | None:
    """UTF-16 or UTF-32 by its byte order mark, or by its zeros; None for everything else."""
    if content.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = content.rstrip(b"\0")[:4096]
    zeros = sample.count(0)
    if zeros <= len(sample) // 5:
        return None
    if (four := _of_four_bytes(sample)) is not None:
        return four
    # PowerShell's redirection writes UTF-16; a cut file may have lost its mark. Every second byte of Latin text is
    # zero, on one side only; anything else is binary.
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    if min(odd, even) > zeros // 20:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _of_four_bytes(sample: bytes) -> str | None:
    """UTF-32 by the two of four bytes that are zero in every character of any living script."""
    size = len(sample) // 4
    zeros = [sample[at : size * 4 : 4].count(0) for at in range(4)]
    for encoding, empty, lowest in (("utf-32-le", zeros[2:], 0), ("utf-32-be", zeros[:2], 3)):
        if size and min(empty) >= size - size // 50 and not _looks_binary(sample[lowest::4]):
            return encoding
    return None


def _decoded_wide(content: bytes, encoding: str) -> str | None:
    """Without what is left of a character that was cut off, and without the zeros that fill up a block."""
    unit = 4 if encoding.startswith("utf-32") else 2
    text = content[: len(content) - len(content) % unit].decode(encoding, "replace").replace("\0", "")
    return text if text and text.count("\ufffd") <= max(2, len(text) // 50) else None


def _decoded_narrow(content: bytes) -> str | None:
    """UTF-8, or nearly so, or GB18030, or the best guess; None for what is no text. A log that a crash or a rotation
    filled up with zeros is one without them.
    """
    if b"\0" in content:
        if len(_ZEROS.findall(content)) > 16 + len(content) // 2_000:
            return None
        content = content.replace(b"\0", b"")
    try:
        return content.decode("utf-8-sig") or None
    except UnicodeDecodeError:
        return None if _looks_binary(content) else _guessed(content)


def _looks_binary(content: bytes) -> bool:
    sample = content[: 64 * KIB]
    return sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in sample) > len(sample) // 20


def _guessed(content: bytes) -> str:
    """Nearly UTF-8 (a few damaged bytes) stays UTF-8; else GB18030 where it decodes; else the best guess."""
    damaged = content.decode("utf-8", "replace")
    if damaged.count("\ufffd") <= max(2, len(damaged) // 200):
        return damaged
    return charsets.decoded(content)


def _head_and_tail_bytes(content: bytes, size: int) -> bytes:
    if len(content) <= size:
        return content
    half = size // 2 // _UNIT * _UNIT
    tail_start = (len(content) - half) // _UNIT * _UNIT
    line_end = _line_end(content)
    return content[:half] + line_end * _as_many(content.count(line_end, half, tail_start)) + content[tail_start:]


def _line_end(content: bytes) -> bytes:
    """A line end in the encoding: by the zeros among the bytes of each four, which UTF-16 and UTF-32 have."""
    zeros = [content[at:200:4].count(0) > 30 for at in range(4)]
    ends = {(True, True, True, False): b"\0\0\0\n", (False, True, True, True): b"\n\0\0\0"}
    narrower = {(True, False, True, False): b"\0\n", (False, True, False, True): b"\n\0"}
    return (ends | narrower).get((zeros[0], zeros[1], zeros[2], zeros[3]), b"\n")


def _as_many(line_ends: int) -> int:
    """Line ends that stand for those left out, so that the numbers of what follows stay true; of millions of lines
    they are not worth the memory.
    """
    return line_ends if line_ends < _MOST_LINE_ENDS else 0


def _shortened_lines(text: str, limit: int) -> tuple[str, int]:
    """A line of megabytes (a minified dump, a base64 picture) keeps its two ends."""
    pieces: list[str] = []
    at = done = omitted = 0
    while len(text) - at > limit:
        line_end = text.rfind("\n", at, at + limit + 1)
        if line_end >= 0:  # lines that are short enough, many at once
            at = line_end + 1
            continue
        line_end = text.find("\n", at)
        line_end = len(text) if line_end < 0 else line_end
        pieces += (text[done : at + limit // 2], " … ")
        done = line_end - limit // 2
        omitted += line_end - at - limit
        at = line_end + 1
    return "".join((*pieces, text[done:])) if pieces else text, omitted


def _too_large(name: str) -> UserError:
    return UserError(
        "{name} unpacks to far more than a log should. Attach just the last few thousand lines.",
        "{name} 解压后太大了。请只上传日志的最后几千行。",
    ).format(name=name)


def _damaged(name: str) -> UserError:
    return UserError(
        "{name} is damaged and cannot be unpacked. Attach the log itself.",
        "{name} 已损坏，解压不了。请直接上传日志文件。",
    ).format(name=name)


def _password(name: str) -> UserError:
    return UserError(
        "{name} is protected by a password. Attach the log without one.",
        "{name} 设了密码。请上传没有密码的日志。",
    ).format(name=name)


def _too_many(name: str) -> UserError:
    return UserError(
        "{name} holds too many files. Attach just the log.",
        "{name} 里的文件太多了。请只上传日志。",
    ).format(name=name)


def _nothing_in(name: str) -> UserError:
    return UserError("{name} holds no log or text file.", "{name} 里没有日志或文本文件。").format(name=name)


def _unknown_method(name: str) -> UserError:
    return UserError(
        "{name} was packed in a way that is not read here (Deflate64, for example). Pack it again as "
        "an ordinary zip, or attach the log itself.",
        "{name} 用了这里读不了的压缩方式（例如 Deflate64）。请重新压缩成普通 zip，或直接上传日志。",
    ).format(name=name)
