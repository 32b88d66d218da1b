"""How well one signature fits one line, and what stands where it varies.

The exact wording (any case, blanks, quotes) has quality 1. Else each literal part is aligned with the line, in order,
and the quality is the likeness of the characters times the share of the words, weighted by rarity. A word with a wrong
character counts nearly in full when what stands there is no word of another signature: "faxled" is a damaged "failed",
but "nvidia-smi: command not found" is not a damaged "hf: command not found".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Levenshtein

from bot.base.late import late
from bot.diagnosis.index import MENDED, Index
from bot.diagnosis.signature import Pattern
from bot.diagnosis.wording import Found, is_cased_alike
from bot.diagnosis.words import fold, has_digit, is_code, same_digits, words
from bot.knowledge.placeholders import GREEDY

LEAST = 0.83  # quality below which a match is none
_SHORT = 4  # characters; a literal part below is only looked for exactly, between its neighbours
_EDGE = " \t'\"`,;:.()[]{}<>"
_TRIES = 3  # places in a line where an exact wording is looked for
_LONGEST_VALUE = 60  # characters of a value of several words between two literal parts
_PATH = late(r"[\\/]")
_QUOTE = frozenset("'\"`")
_BRACKETS = frozenset(("()", "[]", "{}", "<>"))
_QUOTED_END = late(r"\w['\"`][\s:,;]")  # a quoted thing ends, and more follows
_TOKEN = late(r"[a-z0-9_]+")
_KINDS = {name: late(pattern, re.IGNORECASE) for name, pattern in GREEDY.items()}
_FEW_WORDS = 3  # a signature of fewer words must stand there nearly as it is
_FEW_LIKENESS = 0.9
_LONG = 16  # characters of a literal part in which single wrong characters are told from replaced words
_DAMAGE = 0.12  # of its characters that may be wrong then
_FEW_BLANKS = 0.04  # share of a line's characters
_CUT_WORDS = 3  # words that must stand before the end of a line that breaks off in the middle of a signature
_CUT_SHARE = 0.5  # of the signature's literal text that must
_HEAD = 8  # characters at the beginning of a cut literal part that are undamaged
_FARTHEST = 200  # characters that a value may lie behind the part before it
_LEAST_ALIKE = 50  # per cent of a literal part
_ROUNDING = 1e-6  # characters
_CUT_LINE = 30  # characters; a shorter line was not cut by a screen or a chat


@dataclass(frozen=True, slots=True)
class Match:
    """A wording found in a line. `quality` is 1 for the exact one; `start`, `end` are positions in the line; `values`
    is what stands where it varies, empty where that could not be told.
    """

    pattern: Pattern
    quality: float
    start: int
    end: int
    values: tuple[str, ...]

    @property
    def size(self) -> int:
        """Characters that were matched."""
        return self.end - self.start

    @property
    def is_exact(self) -> bool:
        """Whether it matched letter by letter."""
        return self.quality == 1.0


def match(pattern: Pattern, text: str, folded: str, share: float, index: Index) -> Match | None:
    """The best fit of `pattern` in a line that holds `share` of the weight of its words; None when there is none.

    `folded` is the folded text, of the same length.
    """
    if not pattern.is_empty_in(text):
        return None
    if share > 0.9 and pattern.may_stand_in(folded) and (found := _exact(pattern, text)):
        return found
    return _fuzzy(pattern, text, folded, index)


def _exact(pattern: Pattern, text: str) -> Match | None:
    """The wording as it is, with plausible values where it varies."""
    for found in islice(_exact_places(pattern, text), _TRIES):
        if _plausible(pattern, text, found.gaps):
            values = tuple(_trimmed(text[start:end]) for start, end in found.gaps)
            return Match(pattern, 1.0, found.start, found.end, values)
    return None


def _exact_places(pattern: Pattern, text: str) -> Iterator[Found]:
    """Every place of the exact wording: by hand where that is the same."""
    wording = pattern.wording if is_cased_alike(text) else None
    found = wording.find(text, lowered := text.lower()) if wording else _searched(pattern, text, 0)
    while found is not None:
        yield found
        at = found.start + 1
        found = wording.find(text, lowered, at) if wording else _searched(pattern, text, at)


def _searched(pattern: Pattern, text: str, at: int) -> Found | None:
    found = pattern.exact.search(text, at)
    return found and Found(found.start(), found.end(), tuple(map(found.span, range(1, len(pattern.kinds) + 1))))


def _plausible(pattern: Pattern, text: str, gaps: Sequence[tuple[int, int] | None]) -> bool:
    """Whether what stands between two literal parts may be a value: not half a paragraph, and not several words where
    the signature has one thing in quotes. `gaps[i]` is the place of variable i, None where it is not known.
    """
    for number, (kind, gap) in enumerate(zip(pattern.kinds, gaps, strict=True)):
        if kind != "text" or gap is None or not (pattern.lowered[number] and pattern.lowered[number + 1]):
            continue
        value, quoted = text[gap[0] : gap[1]].strip(), pattern.quoted[number]
        if " " in value and (
            (len(value) > _LONGEST_VALUE and not (_PATH.search(value) or _is_bracketed(text, gap)))
            or (quoted and _is_loose(text, gap))
        ):
            return False
    return True


def _is_bracketed(text: str, gap: tuple[int, int]) -> bool:
    """Whether what stands in a place fills a pair of brackets, as the whole condition of an assertion does."""
    start, end = gap
    return text[start - 1 : start] + text[end : end + 1] in _BRACKETS


def _is_loose(text: str, gap: tuple[int, int]) -> bool:
    """Whether what stands in a place is not one quoted thing."""
    start, end = gap
    value = text[start:end].strip()
    before = text[:start].rstrip()[-1:] or " "
    return (value[:1] not in _QUOTE and before not in _QUOTE) or _QUOTED_END.search(value) is not None


Spans = list[tuple[int, int] | None]


@dataclass(frozen=True, slots=True)
class _Placed:
    """The literal parts in a line: how alike, from where to where, and how much of the signature's length was found."""

    likeness: float
    start: int
    end: int
    spans: Spans
    literals: tuple[str, ...]  # as they were looked for
    is_cut: bool


def _fuzzy(pattern: Pattern, text: str, folded: str, index: Index) -> Match | None:
    placed = _placed(pattern, folded)
    if placed is None or placed.likeness < LEAST:
        return None
    share, contradicts = _share(pattern, placed, text, folded, index)
    quality = placed.likeness * share
    if not _may_stand(pattern, text, placed):
        return None
    if contradicts or _names_another(pattern, text, folded, placed):
        quality *= 0.6
    if placed.is_cut:
        quality *= 0.9
    if quality < LEAST or not _is_enough(pattern, placed, share, index):
        return None
    return Match(pattern, min(quality, 0.99), placed.start, placed.end, tuple(_values(pattern, text, placed.spans)))


def _is_enough(pattern: Pattern, placed: _Placed, share: float, index: Index) -> bool:
    """Whether a wording of few words stands there nearly as it is, and enough of one that is cut."""
    if placed.is_cut and not _says_enough(pattern, placed, index):
        return False
    return len(pattern.words) >= _FEW_WORDS or min(placed.likeness, share) >= _FEW_LIKENESS


def _may_stand(pattern: Pattern, text: str, placed: _Placed) -> bool:
    """Whether a command's message begins with its name, and values stand where the wording varies."""
    if pattern.command and not _begins_with(pattern.command, text, placed.start):
        return False
    return _plausible(pattern, text, _gaps(placed.spans))


def _names_another(pattern: Pattern, text: str, folded: str, placed: _Placed) -> bool:
    """Whether an address of the wording is missing, or no number stands where it has one."""
    return any(address not in folded for address in pattern.addresses) or not _numbers_fit(pattern, text, placed)


def _gaps(spans: Spans) -> list[tuple[int, int] | None]:
    """The places between literal parts that were both found."""
    return [(before[1], after[0]) if before and after else None for before, after in pairwise(spans)]


def _begins_with(command: str, text: str, start: int) -> bool:
    """Whether a command's name stands, undamaged, where its message begins."""
    near = text[max(0, start - 3) : start + len(command) + 4].lower()
    return re.search(rf"(?<!\w){re.escape(command)}(?!\w)", near) is not None


def _placed(pattern: Pattern, folded: str) -> _Placed | None:
    """Where the literal parts lie, in order, each after the one before; None when they hardly do."""
    literals = pattern.lowered
    has_blanks = folded.count(" ") >= _FEW_BLANKS * len(folded)
    if not has_blanks:  # optical recognition loses them
        literals = tuple(literal.replace(" ", "") for literal in literals)
    placing = _Placing(folded, literals, has_blanks)
    for number, literal in enumerate(literals):
        if literal:
            placing.place(number, literal)
            if placing.may_lose < 0:
                return None  # whatever stands behind it is not enough
    found = [span for span in placing.spans if span]
    if not found or not placing.length or (placing.is_cut and placing.reached < _CUT_SHARE * pattern.length):
        return None
    likeness = placing.reached / placing.length
    return _Placed(likeness, found[0][0], found[-1][1], placing.spans, literals, placing.is_cut)


class _Placing:
    """A line in which literal parts are looked for one after the other. `length`: characters that were looked for,
    `reached`: how many of them were found.
    """

    __slots__ = ("_folded", "_most_lost", "_position", "has_blanks", "is_cut", "length", "reached", "spans")

    def __init__(self, folded: str, literals: Sequence[str], has_blanks: bool) -> None:
        self._folded = folded
        self._position = 0
        self._most_lost = (1 - LEAST) * sum(map(len, literals)) + _ROUNDING
        self.has_blanks = has_blanks
        self.is_cut = False
        self.length = 0
        self.reached = 0.0
        self.spans: Spans = [None] * len(literals)

    @property
    def may_lose(self) -> float:
        """How many more characters may be missing before all of them together are too little alike."""
        return self._most_lost - (self.length - self.reached)

    def place(self, number: int, literal: str) -> None:
        """Finds a literal part as it is, cut off, or as much of it as is alike."""
        if self.is_cut or (self._position >= len(self._folded) and self.has_blanks):
            self.is_cut = True
            return
        at = self._folded.find(literal, self._position)
        if at >= 0:
            self._found(number, (at, at + len(literal)), len(literal), len(literal))
        elif len(literal) < _SHORT:
            self.length += len(literal)
        elif self.has_blanks and (cut := _cut(literal, self._folded, self._position)):
            size = cut.end - cut.start
            self._found(number, (cut.start, cut.end), cut.likeness * size, size)
            self.is_cut = True
        else:
            self._align(number, literal)

    def _align(self, number: int, literal: str) -> None:
        position = self._position
        least = max(_LEAST_ALIKE, 100 * (1 - self.may_lose / len(literal)))
        aligned = fuzz.partial_ratio_alignment(literal, self._folded[position:], score_cutoff=least)
        if aligned is None:
            self.length += len(literal)
            return
        reached = aligned.score / 100 * min(len(literal), aligned.src_end - aligned.src_start)
        self._found(number, (position + aligned.dest_start, position + aligned.dest_end), reached, len(literal))

    def _found(self, number: int, span: tuple[int, int], reached: float, length: int) -> None:
        self.spans[number] = span
        self.reached += reached
        self.length += length
        self._position = span[1]


@dataclass(frozen=True, slots=True)
class _Cut:
    """The beginning of a literal part at the end of a line that breaks off there."""

    start: int
    end: int
    likeness: float


def _cut(literal: str, folded: str, position: int) -> _Cut | None:
    """Where a line stops in the middle of `literal`, if it does."""
    if len(folded) < _CUT_LINE or len(literal) < 2 * _HEAD or not folded.rstrip()[-1:].isalnum():
        return None  # a line that ends with a full stop or a quote is complete
    start = folded.rfind(literal[:_HEAD], position)
    shown = folded[start:].rstrip()
    if literal[len(shown) - 1 : len(shown) + 1].isdigit():
        return None  # "13" is not the beginning of "137"
    if start < 0 or not _CUT_SHARE * len(literal) <= len(shown) < len(literal) or not words(literal[len(shown) :]):
        return None
    likeness = fuzz.ratio(shown, literal[: len(shown)]) / 100
    ends_alike = fuzz.ratio(shown[-_HEAD:], literal[len(shown) - _HEAD : len(shown)]) >= 75
    return _Cut(start, start + len(shown), likeness) if likeness >= LEAST and ends_alike else None


def _says_enough(pattern: Pattern, placed: _Placed, index: Index) -> bool:
    """Whether what stands before the cut is most of the signature, or half of it with a word as rare as any."""
    expected = frozenset(word for part in _parts(pattern, placed) for word in part.words)
    if len(expected) < _CUT_WORDS or not pattern.codes <= expected:
        return False
    weights = [index.weights[word] for word in expected if word in index.weights]
    share = sum(weights) / index.totals[pattern.number]
    if not _breaks_inside(placed):
        return share >= 0.8
    rarest = max(index.weights[word] for word in pattern.words)
    has_rare = max(weights, default=0) >= 0.85 * rarest
    return share >= (0.5 if has_rare else 0.75)


def _breaks_inside(placed: _Placed) -> bool:
    """Whether the line breaks off among the words of a literal part, not where a part ends, as a sentence may."""
    last = max(i for i, span in enumerate(placed.spans) if span)
    span = placed.spans[last]
    return span is not None and bool(words(placed.literals[last][span[1] - span[0] :]))


@dataclass(frozen=True, slots=True)
class _Part:
    """A literal part: what should stand in the line, its words, and where it lies."""

    literal: str
    words: list[str]
    span: tuple[int, int] | None


def _parts(pattern: Pattern, placed: _Placed) -> Iterator[_Part]:
    """The literal parts; after a cut only what stands before it."""
    last = max(i for i, span in enumerate(placed.spans) if span)
    for i, (literal, span) in enumerate(zip(placed.literals, placed.spans, strict=True)):
        if placed.is_cut and i > last:
            return
        if placed.is_cut and i == last and span is not None:
            shown = literal[: span[1] - span[0]]
            yield _Part(shown, [word for word in words(shown) if word in pattern.words], span)
        elif literal:
            yield _Part(literal, words(pattern.lowered[i]), span)


def _share(pattern: Pattern, placed: _Placed, text: str, folded: str, index: Index) -> tuple[float, bool]:
    """(share of the words' weight found where it belongs, whether a word that decides the sense is missing)."""
    decisive = pattern.decisive | index.rarest(pattern)
    total = lost = 0.0
    contradicts = False
    for part in _parts(pattern, placed):
        place = _Place(part, text, folded, index)
        for word in part.words:
            weight = index.weights[word]
            total += weight
            if word in pattern.codes and not place.has_code(word):
                lost += weight
                contradicts = True
            elif word not in place.known:
                loss, decides = place.lacks(word, decisive)
                lost += loss * weight
                contradicts = contradicts or decides
    return (1 - lost / total if total else 1.0), contradicts


class _Place:
    """Where a literal part should stand in a line. `known`: words there that signatures have."""

    def __init__(self, part: _Part, text: str, folded: str, index: Index) -> None:
        self._part = part
        self._text = text
        self._folded = folded
        window = words(_whole_words(folded, part.span)) if part.span else []
        self.known = index.read(window).known
        self._strange = [word for word in window if word not in index.weights]
        # Words left out by another version weigh half; words replaced by others make another message.
        self._loss = 1.0 if set(window).difference(part.words) else 0.5

    def has_code(self, word: str) -> bool:
        """Whether a number or code stands there; true where the place is not known."""
        return self._part.span is None or _has_code(word, _whole_words(self._text, self._part.span))

    def lacks(self, word: str, decisive: frozenset[str]) -> tuple[float, bool]:
        """(share of a missing word's weight that is lost, whether its lack means another message)."""
        if self._is_damaged and not has_digit(word):
            return 1 - MENDED, False
        if any(_may_be(other, word) for other in self._strange):
            return 1 - MENDED, False
        return self._loss, word in decisive or (self._loss == 1.0 and has_digit(word))

    @cached_property
    def _is_damaged(self) -> bool:
        span = self._part.span
        return span is not None and _is_only_damaged(self._part.literal, self._folded[span[0] : span[1]])


def _has_code(code: str, shown: str) -> bool:
    """Whether a number or code stands in a text; letters that look like digits are taken for them beside digits."""
    return any(
        fold(found) == code and (len(found) > 2 or any(map(str.isdigit, found)))
        for found in _TOKEN.findall(shown.lower())
    )


def _is_only_damaged(literal: str, shown: str) -> bool:
    """Whether `shown` is `literal` with single characters wrong here and there, not with words replaced."""
    if len(literal) < _LONG:
        return False
    changes = [change for change in Levenshtein.opcodes(literal, shown) if change.tag != "equal"]
    if len(changes) > 1 + _DAMAGE * len(literal):
        return False
    if any(max(change.src_end - change.src_start, change.dest_end - change.dest_start) > 1 for change in changes):
        return False
    return all(_is_little(word, [change.src_start for change in changes]) for word in re.finditer(r"\w+", literal))


def _is_little(word: re.Match[str], changed: list[int]) -> bool:
    """Whether few characters of a word are changed."""
    count = sum(word.start() <= at < word.end() for at in changed)
    size = word.end() - word.start()
    return count <= max(1, size // 3)


def _whole_words(folded: str, span: tuple[int, int]) -> str:
    """The span, widened to the ends of the words it cuts."""
    start, end = span
    while start > 0 and (folded[start - 1].isalnum() or folded[start - 1] == "_") and folded[start - 1].isascii():
        start -= 1
    while end < len(folded) and (folded[end].isalnum() or folded[end] == "_") and folded[end].isascii():
        end += 1
    return folded[start:end]


def _may_be(damaged: str, word: str) -> bool:
    """Whether `damaged` is `word` with at most a quarter of its characters wrong; another number or code is not."""
    if len(word) < 2 or is_code(damaged) or not same_digits(damaged, word) or abs(len(damaged) - len(word)) > 1:
        return False
    allowed = max(1, len(word) // 4)
    return OSA.distance(damaged, word, score_cutoff=allowed) <= allowed


def _numbers_fit(pattern: Pattern, text: str, placed: _Placed) -> bool:
    """Whether a digit stands wherever the signature has a number; a damaged digit may have become a letter."""
    for i, kind in enumerate(pattern.kinds):
        before, after = placed.spans[i], placed.spans[i + 1]
        if kind in ("number", "size") and before is not None:
            between = text[before[1] : after[0] if after else len(text)].strip(_EDGE)[:40]
            if len(between) > 2 and not any(map(str.isdigit, between)):
                return False
    return True


def _values(pattern: Pattern, text: str, spans: Spans) -> Iterator[str]:
    """What stands between the literal parts; nothing where the part before was not found or the kind does not fit. A
    value behind another one, with nothing but signs between them, begins where that one ends.
    """
    at = 0
    for i, kind in enumerate(pattern.kinds):
        before, following = spans[i], next((span for span in spans[i + 1 :] if span), None)
        if before is None and pattern.lowered[i]:
            yield ""
            continue
        at = max(at, before[1] if before else 0)
        end = _behind_digits(text, min(following[0] if following else len(text), at + _FARTHEST))
        found = _KINDS[kind].search(text, _before_digits(text, at), end) if at < end else None
        at = found.end() if found else at
        yield _trimmed(found.group()) if found else ""


def _before_digits(text: str, at: int) -> int:
    """The place, or the beginning of the number within which it lies."""
    while at > 0 and text[at - 1].isdigit() and text[at : at + 1].isdigit():
        at -= 1
    return at


def _behind_digits(text: str, at: int) -> int:
    """The place, or the end of the number within which it lies."""
    while 0 < at < len(text) and text[at - 1].isdigit() and text[at].isdigit():
        at += 1
    return at


def _trimmed(value: str) -> str:
    """A value as it is shown: a long one of several words ends after a word."""
    value = value.strip().strip(_EDGE)
    if len(value) <= _LONGEST_VALUE or " " not in value or _PATH.search(value):
        return value
    return value[: value.rfind(" ", 0, _LONGEST_VALUE + 1)].rstrip(_EDGE)
