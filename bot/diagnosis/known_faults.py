"""Which known fault of a version a text tells of."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, chain

from bot.base.literals import Literals
from bot.base.sieve import Words, needed
from bot.intake.facts import Facts
from bot.intake.lines import Line
from bot.intake.versions import is_older, version_of
from bot.knowledge.known_faults import KnownFault

_READ = 200_000  # characters in which the words of a fault are looked for
_LONG = 20_000  # characters of a log from which on the words of all faults are looked for at once
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
    possible = [fault for fault in faults if _may_have(fault, version)]
    standing = _standing_in(log, possible)
    found = next((fault for fault in possible if _is_told(fault, log, standing)), None)
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


def _standing_in(log: str, faults: Iterable[KnownFault]) -> Container[str]:
    """Of what the words of these faults need, what stands in a log: in a long one all is looked for at once."""
    if len(log) < _LONG:
        return log
    return Literals(word for fault in faults for pattern in fault.says for word in _words(pattern)).found_in(log)


def _is_told(fault: KnownFault, log: str, standing: Container[str]) -> bool:
    return all(_may_stand(pattern, standing) and re.search(pattern, log) for pattern in fault.says)


def _may_stand(pattern: str, standing: Container[str]) -> bool:
    """Whether a pattern may find something: much cheaper to tell than to look for one that begins in several ways."""
    words = _words(pattern)
    return not words or any(map(standing.__contains__, words))


@lru_cache(_REMEMBERED)
def _words(pattern: str) -> Words:
    return needed(pattern)


def _telling(fault: KnownFault, lines: Sequence[Line]) -> Line:
    """The line that holds most of its words: the first of those that hold as many."""
    telling, most = lines[0], 0
    texts = [line.text.lower().replace("\n", " ") for line in lines]
    for at, possible in _that_may_tell(fault, texts):
        held = sum(re.search(each, texts[at]) is not None for each in fault.says) if possible > most else 0
        if held > most:
            telling, most = lines[at], held
        if most == len(fault.says):
            break
    return telling


def _that_may_tell(fault: KnownFault, texts: Sequence[str]) -> Iterable[tuple[int, int]]:
    """(number of a line, how many of the fault's patterns may find something in it), ascending; others hold nothing."""
    ends = list(accumulate(len(text) + 1 for text in texts))
    needs = list(map(_words, fault.says))
    places = Literals(chain.from_iterable(needs)).standing_in("\n".join(texts))
    counts: Counter[int] = Counter()
    for words in needs:
        held = {bisect_right(ends, at) for word in words for at in places.get(word, ())}
        counts.update(held if words else range(len(texts)))
    return sorted(counts.items())
