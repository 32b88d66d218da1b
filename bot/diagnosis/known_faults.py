"""Which known fault of a version a text tells of."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.base.sieve import Words, needed
from bot.intake.facts import Facts
from bot.intake.lines import Line
from bot.intake.versions import is_older, version_of
from bot.knowledge.known_faults import KnownFault

_READ = 200_000  # characters in which the words of a fault are looked for
_REMEMBERED = 1_000  # patterns of which it is remembered what they find nothing without


@dataclass(frozen=True, slots=True)
class Known:
    """A known fault and the line that tells of it."""

    fault: KnownFault
    line: Line


def known_fault(faults: Sequence[KnownFault], facts: Facts, lines: Sequence[Line]) -> Known | None:
    """The first of the known faults that the reader has, None where it is none of them."""
    if not lines:
        return None
    log = "\n".join(line.text for line in lines)[:_READ].lower()
    version = cache(lambda program: version_of(program, facts, log))  # each is looked for once: a log may be long
    found = next((fault for fault in faults if _may_have(fault, version) and _is_told(fault, log)), None)
    return Known(found, _telling(found, lines)) if found else None


def _may_have(fault: KnownFault, version_told: Callable[[str], str]) -> bool:
    """Whether the reader's version has the fault; one that is not told has only a fault that is sure by its words."""
    version = version_told(fault.program)
    if not version:
        return fault.sure
    is_before = fault.broken_in and is_older(version, fault.broken_in)
    is_mended = fault.fixed_in and not is_older(version, fault.fixed_in)
    is_behind = fault.last_seen and is_older(fault.last_seen, version)
    return not (is_before or is_mended or is_behind)


def _is_told(fault: KnownFault, log: str) -> bool:
    return all(_may_stand(pattern, log) and re.search(pattern, log) for pattern in fault.says)


def _may_stand(pattern: str, log: str) -> bool:
    """Whether a pattern may find something: much cheaper to tell than to look for one that begins in several ways."""
    words = _words(pattern)
    return not words or any(map(log.__contains__, words))


@lru_cache(_REMEMBERED)
def _words(pattern: str) -> Words:
    return needed(pattern)


def _telling(fault: KnownFault, lines: Sequence[Line]) -> Line:
    """The line that holds most of its words: the first of those that hold as many."""
    telling, most = lines[0], 0
    for line in lines:
        text = line.text.lower()
        held = sum(_may_stand(each, text) and re.search(each, text) is not None for each in fault.says)
        if held > most:
            telling, most = line, held
        if most == len(fault.says):
            break
    return telling
