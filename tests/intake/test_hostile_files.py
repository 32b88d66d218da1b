"""A collection of hostile files: each is read or refused in words, for a bounded amount of memory and of text kept.

Memory is what Python's own allocator was asked for at the most, beyond the file itself: the same on every machine.
"""

import bz2
import gzip
import io
import json
import lzma
import random
import struct
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import py7zr
import pytest

from bot.base.errors import UserError
from bot.intake.packed import zstd
from bot.intake.reading import read_masked
from bot.intake.sources import MIB, Source, read_sources
from bot.models.files import read_gguf, read_model

MOST_MEMORY = 300 * MIB
MOST_TEXT = 13 * MIB  # characters of all texts of one upload
ERROR = b"ggml_cuda_init: failed: CUDA error: out of memory\n"
BOMB = bytes(150 * MIB)


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


def huge_directory() -> bytes:
    """A zip whose directory lists a million files, without the files."""
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<H", 5) + bytes(16) + b"a.txt"
    listed = entry * 1_000_000
    return (
        b"PK\x03\x04"
        + bytes(26)
        + listed
        + b"PK\x05\x06"
        + bytes(4)
        + struct.pack("<HHIIH", 65535, 65535, len(listed), 30, 0)
    )


def nested(depth: int) -> bytes:
    content = ERROR
    for level in range(depth):
        content = zipped({f"level{level}.txt" if level == 0 else f"level{level}.zip": content})
    return content


def many_bombs() -> bytes:
    return zipped({f"{number}.log": BOMB[: 60 * MIB] for number in range(4)})


def names_with_zeros() -> bytes:
    return zipped({"logQ.txt": ERROR, "../../etc/passwd.txt": ERROR, "C:\\x\\..\\y.log": ERROR}).replace(
        b"logQ", b"log\0"
    )


def large_dictionary() -> bytes:
    return lzma.compress(ERROR, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30}])


def password_of_none() -> bytes:
    made = zipped({"a.txt": ERROR})
    flags = made.index(b"PK\x01\x02") + 8
    return made[:flags] + b"\1" + made[flags + 1 :]


def sevened(entries: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with py7zr.SevenZipFile(made, "w") as archive:
        for name, content in entries.items():
            archive.writestr(content, name)
    return made.getvalue()


def seven_that_claims(size: int) -> bytes:
    """A 7z archive whose directory is said to have so many bytes."""
    made = bytearray(sevened({"a.log": ERROR}))
    made[20:28] = size.to_bytes(8, "little")
    return bytes(made)


def tarred(entries: dict[str, bytes], claims: int | None = None) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    whole = bytearray(made.getvalue())
    if claims is not None:
        whole[124:136] = b"%011o\0" % claims
        whole[148:156] = b"%06o\0 " % (sum(whole[:148]) + 8 * 32 + sum(whole[156:512]))
    return bytes(whole)


REFUSED: dict[str, Callable[[], bytes]] = {
    "a directory of a million": huge_directory,
    "gzip bomb": lambda: gzip.compress(BOMB),
    "zip bomb": lambda: zipped({"bomb.log": BOMB}),
    "xz bomb": lambda: lzma.compress(BOMB, preset=0),
    "bz2 bomb": lambda: bz2.compress(BOMB, 1),
    "zst bomb": lambda: zstd.compress(BOMB, 1),
    "tar in a bomb": lambda: lzma.compress(tarred({"bomb.log": BOMB}), preset=0),
    "7z of a directory of a terabyte": lambda: seven_that_claims(1 << 40),
    "7z without its end": lambda: sevened({"a.log": ERROR * 50})[:-20],
    "7z of nothing": lambda: b"7z\xbc\xaf\x27\x1c" + bytes(26),
    "7z with ways up": lambda: sevened({"a/../run.log": ERROR}),
    "zst of rubbish": lambda: b"\x28\xb5\x2f\xfd" + bytes(range(256)) * 9,
    "xz cut in its head": lambda: lzma.compress(ERROR)[:13],
    "bomb in a bomb": lambda: gzip.compress(zipped({"bomb.log": BOMB})),
    "nested too deeply": lambda: nested(6),
    "xz of a dictionary too large": large_dictionary,
    "zip of a password that is none": password_of_none,
    "nothing but zeros": lambda: bytes(5 * MIB),
}  # fmt: skip

READ: dict[str, Callable[[], bytes]] = {
    "nested": lambda: nested(2),
    "names with zeros and ways up": names_with_zeros,
    "tar with ways up": lambda: tarred({"../../etc/passwd.log": ERROR, "/etc/shadow.log": ERROR}),
    "tar that claims a gigabyte after a good file": lambda: (
        tarred({"a.log": ERROR})[:1024] + tarred({"b.log": ERROR}, claims=1 << 30)
    ),
    "zst cut": lambda: zstd.compress(random.Random(2).randbytes(300_000).hex().encode())[:-50],
    "UTF-32 without a mark": lambda: (ERROR.decode() * 900).encode("utf-32-be")[:-3],
    "UTF-16 cut in a character": lambda: ("\ufeff" + ERROR.decode() * 1000 + "错误").encode("utf-16-le")[:-1],
    "one line of 5 MB": lambda: b"x" * (5 * MIB) + b"\n" + ERROR,
    "one line of 5 MB without a blank": lambda: b"a@b:" * (5 * MIB // 4),
    "line ends": lambda: b"\r\n" * MIB + ERROR,
    "colours": lambda: b"\x1b[31m\x1b[0m" * (MIB // 8) + ERROR,
    "deep JSON": lambda: b"[" * MIB + b"\n" + ERROR,
    "deep HTML": lambda: b"<html><body>" + b"<div>" * 100_000 + ERROR,
    "deep RTF": lambda: b"{\\rtf1 " + b"{" * 100_000 + ERROR,
    "a bomb beside a log": lambda: zipped({"bomb.log": BOMB, "good.log": ERROR}),
    "noise as text": lambda: ERROR + random.Random(1).randbytes(2000).hex().encode() * 100,
}


def peak_of(work: Callable[[], object]) -> int:
    tracemalloc.start(1)
    try:
        work()
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


def texts_of(content: bytes) -> list[Source]:
    return [each for each in read_sources("log.zip", content) if isinstance(each, Source)]


def is_refused_in_words(work: Callable[[], object]) -> None:
    with pytest.raises(UserError) as refused:
        work()
    assert len(refused.value.text.en) < 400
    assert refused.value.text.en != refused.value.text.zh


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_refused(name: str) -> None:
    content = REFUSED[name]()
    assert peak_of(lambda: is_refused_in_words(lambda: texts_of(content))) < MOST_MEMORY


@pytest.mark.parametrize("name", READ)
def test_a_file_that_is_read(name: str) -> None:
    content = READ[name]()
    found: list[Source] = []
    assert peak_of(lambda: found.extend(texts_of(content))) < MOST_MEMORY
    assert 0 < sum(len(each.text) for each in found) < MOST_TEXT
    assert all("\0" not in each.name and ".." not in each.name for each in found)


@pytest.mark.parametrize("name", ["one line of 5 MB", "colours", "deep JSON"])
def test_what_was_read_still_shows_the_error(name: str) -> None:
    (text,) = texts_of(READ[name]())
    assert any("out of memory" in line.text for line in read_masked(text.text).lines)


def sparse(path: Path, start: bytes, size: int) -> Path:
    with path.open("wb") as file:
        file.write(start)
        file.truncate(size)
    return path


def test_a_model_file_that_claims_a_string_of_900_mb(tmp_path: Path) -> None:
    key = struct.pack("<Q", 12) + b"general.name"
    start = b"GGUF" + struct.pack("<IQQ", 3, 0, 2) + key + struct.pack("<IQ", 8, 900 * MIB)
    path = sparse(tmp_path / "model.gguf", start, 950 * MIB)
    assert peak_of(lambda: is_refused_in_words(lambda: read_gguf(path))) < MOST_MEMORY


def test_a_header_of_json_that_claims_200_mb(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}))
    sparse(tmp_path / "model.safetensors", struct.pack("<Q", 200 * MIB) + b"{", 250 * MIB)
    assert peak_of(lambda: is_refused_in_words(lambda: read_model(tmp_path))) < MOST_MEMORY
