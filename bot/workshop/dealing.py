"""Cases dealt into parts by their text alone: a fit leaves out the same ones on every machine."""

from zlib import crc32


def is_in_part(text: str, part: int, parts: int) -> bool:
    """Whether a text falls into a part (from 0) of so many."""
    return crc32(text.encode()) % parts == part
