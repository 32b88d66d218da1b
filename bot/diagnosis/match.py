"""How well one signature fits one line, and what stands where it varies."""

import re
from dataclasses import dataclass

from bot.diagnosis.signature import Pattern
from bot.diagnosis.words import NEGATIONS, fold, words

_SHORT = 4  # characters; a literal part below is only looked for exactly, between its neighbours
_EDGE = " \t'\"`,;:.()[]{}"
_KINDS = {
    "number": re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?"),
    "size": re.compile(r"\d[\d,]*(?:\.\d+)?\s?(?:[KMGT]i?B|bytes?|[KMGT]|B)?", re.IGNORECASE),
    "word": re.compile(r"[^\s'\"`,;]+"),
    "path": re.compile(r"[^\n]+"),
    "text": re.compile(r"[^\n]+"),
}


@dataclass(frozen=True, slots=True)
class Match:
    """A signature found in a line. `quality` is 1 for the exact wording; `start`, `end` are positions in the line."""

    pattern: Pattern
    quality: float
    start: int
    end: int
    captured: dict[str, str]
    exact: bool = False

    @property
    def size(self) -> int:
        return self.end - self.start


def match(pattern: Pattern, text: str, share: float) -> Match | None:
    """The best fit of `pattern` in a line of which it shares `share` of its words' weight; None when there is none."""
    if share > 0.9 and (found := pattern.exact.search(text)):
        captured = {name: _trimmed(value) for name, value in zip(pattern.variables, found.groups(), strict=True)}
        return Match(pattern, 1.0, found.start(), found.end(), {k: v for k, v in captured.items() if v}, exact=True)
    return _fuzzy(pattern, text, share)


def _fuzzy(pattern: Pattern, text: str, share: float) -> Match | None:
    folded = fold(text)
    if len(folded) != len(text):
        folded = text  # a letter whose lower case is longer: positions would be wrong
    placed = _placed(pattern, folded)
    if placed is None:
        return None
    likeness, start, end, spans = placed
    quality = likeness * (0.4 + 0.6 * share)
    window = frozenset(words(folded[max(0, start - 2) : end + 2]))
    if _contradicts(pattern, window):
        quality *= 0.6
    captured = _captured(pattern, text, spans)
    return Match(pattern, quality, start, end, captured)


Spans = list[tuple[int, int] | None]


def _placed(pattern: Pattern, folded: str) -> tuple[float, int, int, Spans] | None:
    """(likeness, start, end, where each literal part lies): the parts in order, each after the one before."""
    from rapidfuzz import fuzz

    spans: Spans = [None] * len(pattern.lowered)
    position, reached, length = 0, 0.0, 0
    for i, literal in enumerate(pattern.lowered):
        if not literal:
            continue
        length += len(literal)
        at = folded.find(literal, position)
        if at >= 0:
            spans[i] = (at, at + len(literal))
            reached += len(literal)
            position = at + len(literal)
            continue
        if len(literal) < _SHORT or position >= len(folded):
            continue
        aligned = fuzz.partial_ratio_alignment(literal, folded[position:], score_cutoff=50)
        if aligned is None:
            continue
        start, end = position + aligned.dest_start, position + aligned.dest_end
        reached += aligned.score / 100 * min(len(literal), (end - start))
        spans[i] = (start, end)
        position = end
    found = [span for span in spans if span]
    if not found or not length:
        return None
    return reached / length, found[0][0], found[-1][1], spans


def _contradicts(pattern: Pattern, window: frozenset[str]) -> bool:
    """Whether a negation or a number of the signature is missing in the line, and no damaged form of it there."""
    missing = pattern.words - window
    if not missing:
        return False
    unknown = window - pattern.words
    return any(_is_decisive(word) and not any(_may_be(other, word) for other in unknown) for word in missing)


def _is_decisive(word: str) -> bool:
    return word in NEGATIONS or sum(c.isdigit() for c in word) >= 2


def _may_be(damaged: str, word: str) -> bool:
    """Whether `damaged` is `word` with at most a quarter of its characters wrong; other whole numbers are not."""
    if damaged.isdigit() or abs(len(damaged) - len(word)) > 1:
        return False
    from rapidfuzz.distance import OSA

    allowed = max(1, len(word) // 4)
    return OSA.distance(damaged, word, score_cutoff=allowed) <= allowed


def _captured(pattern: Pattern, text: str, spans: Spans) -> dict[str, str]:
    """What stands between the literal parts; a variable whose kind does not fit is left out."""
    captured: dict[str, str] = {}
    for i, (name, kind) in enumerate(zip(pattern.variables, pattern.kinds, strict=True)):
        start = next((span[1] for span in reversed(spans[: i + 1]) if span), 0)
        before = spans[i]
        after = next((span[0] for span in spans[i + 1 :] if span), len(text))
        if before is None and i > 0 and pattern.lowered[i]:
            continue
        found = _KINDS[kind].search(text[start:after][:200])
        if found and (value := _trimmed(found.group())):
            captured.setdefault(name, value)
    return captured


def _trimmed(value: str) -> str:
    return value.strip().strip(_EDGE)
