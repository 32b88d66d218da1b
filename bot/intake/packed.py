"""Further ways to pack: streams (xz, bz2, zst) and archives (7z, tar). A piece at a time, so that limits can stop them.

What an archive claims of itself is looked at before it is believed: sizes of directories and of dictionaries.
"""

import bz2
import io
import lzma
import sys
from collections.abc import Callable, Iterator
from typing import Any

if sys.version_info >= (3, 14):
    from compression import zstd as zstd
else:
    from backports import zstd as zstd

XZ, BZ2, ZST, SEVEN = b"\xfd7zXZ\x00", b"BZh", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf\x27\x1c"
STREAMS = (XZ, BZ2, ZST)
_MEMORY = 96 * 1024 * 1024  # bytes that unpacking may need for itself
_WINDOW = 26  # power of two of the largest window of a zst stream
_DIRECTORY = 1024 * 1024  # bytes of the directory of a 7z archive, packed or not
_STEP = 64 * 1024
_USTAR = b"ustar"
_ENCODED = b"\x17"  # begins a directory that is itself packed


class PackedError(Exception):
    """Damaged, or packed in a way that is not read."""


class PasswordError(PackedError):
    """Needs a password."""


class LargeError(PackedError):
    """Its directory or dictionary is larger than a log's can be."""


def is_tar(content: bytes) -> bool:
    """Whether bytes begin like a tar archive."""
    return content[257:262] == _USTAR


def unpacked(content: bytes, size: int) -> Iterator[bytes]:
    """Pieces (at most `size` bytes each) of a stream, all its members one behind the other. What is damaged gives what
    it holds.

    Raises:
        PackedError: it holds nothing that can be read.
    """
    make = _maker(content)
    at, stream, started = 0, make(), False
    try:
        while at < len(content) or not stream.needs_input:
            if stream.eof:
                rest = stream.unused_data + content[at:]
                if not rest.startswith(content[:3]):
                    return
                content, at, stream = rest, 0, make()
            packed = content[at : at + _STEP] if stream.needs_input else b""
            at += len(packed)
            piece = stream.decompress(packed, size)
            started = started or bool(piece)
            if piece:
                yield piece
            elif at >= len(content) and not (stream.eof and stream.unused_data):
                break
    except (lzma.LZMAError, OSError, EOFError, zstd.ZstdError, ValueError, MemoryError) as error:
        if not started:
            raise PackedError(str(error)) from error
    if not (started or stream.eof):
        raise PackedError("cut off")


def _maker(content: bytes) -> Callable[[], Any]:
    if content.startswith(XZ):
        return lambda: lzma.LZMADecompressor(memlimit=_MEMORY)
    if content.startswith(BZ2):
        return bz2.BZ2Decompressor
    return lambda: zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WINDOW})


def in_tar(content: bytes, listed: int) -> Iterator[tuple[str, bytes]]:
    """(name, content) of the plain files of a tar archive, of the first `listed` entries; links are not followed."""
    import tarfile

    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for number, entry in enumerate(archive):
                if number >= listed:
                    raise LargeError("too many entries")
                stream = archive.extractfile(entry) if entry.isreg() and not entry.issparse() else None
                if stream is not None:
                    yield entry.name, stream.read()
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise PackedError(str(error)) from error


def in_seven(
    content: bytes, wanted: Callable[[str], bool], most: int, listed: int, size: int
) -> Iterator[tuple[str, bytes]]:
    """(name, content) of the first `most` wanted files of a 7z archive that lists at most `listed` files, as long as
    all that must be unpacked for them is at most `size` bytes.

    Raises:
        PackedError: damaged, protected, or too large.
    """
    import py7zr
    from py7zr.exceptions import ArchiveError
    from py7zr.io import BytesIOFactory

    _check_directory(content)
    try:
        with py7zr.SevenZipFile(io.BytesIO(content)) as archive:
            if archive.needs_password():
                raise PasswordError
            files = archive.list()
            _check_contents(archive, listed, size)
            chosen = [file.filename for file in files if not file.is_directory and wanted(file.filename)][:most]
            into = BytesIOFactory(size)
            archive.extract(targets=chosen, factory=into)
            for name in chosen:
                if name in into.products:
                    yield name, into.products[name].read()
    except (ArchiveError, lzma.LZMAError, OSError, EOFError, ValueError, KeyError, IndexError, TypeError) as error:
        raise PackedError(str(error)) from error
    except (RuntimeError, AttributeError, AssertionError, MemoryError, NotImplementedError) as error:
        raise PackedError(str(error)) from error


def _check_directory(content: bytes) -> None:
    """Looks at how large the directory says it is, before anything of it is unpacked (7zFormat.txt, "Archive
    structure").
    """
    from py7zr.archiveinfo import HeaderStreamsInfo

    at, size = (int.from_bytes(content[start : start + 8], "little") for start in (12, 20))
    directory = content[32 + at : 32 + at + size]
    if size > _DIRECTORY:
        raise LargeError("directory")
    if not directory.startswith(_ENCODED):
        return
    try:
        info = HeaderStreamsInfo.retrieve(io.BytesIO(directory[1:])).unpackinfo
        folders = info.folders
        sizes = [unpacked_size for folder in folders for unpacked_size in folder.unpacksizes]
    except Exception as error:
        raise PackedError(str(error)) from error
    if max(sizes, default=0) > _DIRECTORY or _dictionary(folders) > _MEMORY:
        raise LargeError("directory")


def _check_contents(archive: Any, listed: int, size: int) -> None:
    streams = archive.header.main_streams
    folders = streams.unpackinfo.folders if streams is not None else []
    if len(archive.files) > listed or _dictionary(folders) > _MEMORY:
        raise LargeError("directory")
    if sum(max(folder.unpacksizes, default=0) for folder in folders) > size:
        raise LargeError("contents")


def _dictionary(folders: Any) -> int:
    """Bytes of the largest dictionary: of LZMA in its properties, of LZMA2 as a mantissa and an exponent."""
    return max((_dictionary_of(coder) for folder in folders for coder in folder.coders), default=0)


def _dictionary_of(coder: Any) -> int:
    told, method = coder.get("properties") or b"", coder["method"]
    if method in (b"\x03\x01\x01", b"\x03\x04\x01") and len(told) >= 5:
        return int.from_bytes(told[1:5], "little")
    if method == b"\x21" and told:
        return int((2 | told[0] & 1) << (told[0] // 2 + 11))
    return 0
