"""What the second reader sees of a text: words, pairs of words, and four characters at a time.

Four characters within words find "quantised" in "quantization" and survive typing errors; pairs of words tell "not
found" from "found". What differs between machines (folders, versions, addresses) is made alike first.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from math import log, sqrt
from typing import TypeVar

from bot.base.late import late

Vector = dict[str, float]
Feature = TypeVar("Feature")  # its name, or its number

_LENGTH = 4
_LONGEST_LINE = 400  # characters
_REMEMBERED = 64  # lines whose features are kept at hand
_PATH = late(r"(?:[a-z]:)?[\\/][^\s'\"]*")
_SEPARATOR = late(r"[\\/]")
_HEX = late(r"0x[0-9a-f]{6,}")
_VERSION = late(r"(?<!\d)\d+(?:\.\d+)+")
_TOKEN = late(r"[a-z0-9_]+|[\u0370-\u04ff]+|[\u3040-\u9fff\uac00-\ud7af]")


def plain(line: str) -> str:
    """A line without what differs from machine to machine: no folders, versions or addresses; small letters."""
    line = line[:_LONGEST_LINE].lower()
    return _VERSION.sub("n.n", _HEX.sub("0xn", _PATH.sub(_without_folders, line)))


def _without_folders(path: re.Match[str]) -> str:
    parts = _SEPARATOR.split(path[0])
    return f"/ {parts[-1]}" if len(parts) > 2 else path[0]


def counts(lines: Iterable[tuple[float, str]]) -> tuple[Vector, Vector]:
    """(words and pairs, pieces of words) of weighted lines, each with the sum of the weights of its occurrences."""
    words: Vector = {}
    pieces: Vector = {}
    for weight, line in lines:
        for block, names in zip((words, pieces), _counted(line), strict=True):
            for name, count in names.items():
                block[name] = block.get(name, 0.0) + weight * count
    return words, pieces


@lru_cache(_REMEMBERED)
def _counted(line: str) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """How often each feature of either kind occurs in a line: several readers look at the same one."""
    return Counter(_words(line)), Counter(_pieces(line))


def weighted(known: Iterable[tuple[Feature, float, float]]) -> list[tuple[Feature, float]]:
    """The features of one kind with their weights, of length 1 together: the rarer and the more frequent count more
    (tf-idf, the frequency damped). `known`: each with how often it occurs and how rare it is.
    """
    plain = [(feature, (1 + log(count) if count > 1 else count) * rare) for feature, count, rare in known]
    length = sqrt(sum([weight * weight for _, weight in plain])) or 1.0
    return [(feature, weight / length) for feature, weight in plain]


def _words(line: str) -> list[str]:
    tokens = _TOKEN.findall(line)
    return tokens + [f"{first} {second}" for first, second in pairwise(tokens)]


def _pieces(line: str) -> list[str]:
    """Tab-marked pieces of four characters of each word with the blanks around it; a shorter word is one piece."""
    found = []
    for word in line.split():
        padded = f" {word} "
        found += ["\t" + padded[at : at + _LENGTH] for at in range(max(1, len(padded) - _LENGTH + 1))]
    return found
