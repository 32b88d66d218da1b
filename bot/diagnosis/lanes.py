"""Many sums at once: numbers side by side in one long whole number, which is multiplied and added in single steps.

What a reader thinks of two hundred classes is a sum over what stands in a text; number by number Python takes fifty
times as long. A lane is 64 bits wide. Its number is a whole one, which may be below zero: it borrows from the next lane
until `numbers_in` reads them.
"""

from array import array
from collections.abc import Iterable
from functools import cache

_WIDTH = 8  # bytes
_HALF = 1 << 63  # what keeps a lane above zero


def packed(numbers: Iterable[int]) -> bytes:
    """Numbers between -2**63 and 2**63 in a form that is kept."""
    return array("Q", (number + _HALF for number in numbers)).tobytes()


def lanes_of(content: bytes) -> int:
    """What was packed, ready to be multiplied and added."""
    return int.from_bytes(content, "little") - _halves(len(content) // _WIDTH)


def widened(small: bytes) -> int:
    """Bytes as numbers of lanes."""
    content = bytearray(_WIDTH * len(small))
    content[::_WIDTH] = small
    return int.from_bytes(content, "little")


def numbers_in(lanes: int, count: int) -> list[int]:
    """The numbers in the first lanes. None may be outside of -2**63 and 2**63."""
    numbers = array("Q", (lanes + _halves(count)).to_bytes(_WIDTH * count, "little"))
    return [number - _HALF for number in numbers]


@cache
def _halves(count: int) -> int:
    return int.from_bytes(array("Q", [_HALF]) * count, "little")
