"""What a fragment leaves out, read from what was spoken of: "its at 8192" is a context, "and 128?" is RAM.

A number among small words ("16k?") gets the name of its kind, so that whatever reads the conversation as one text
understands it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.base.phrases import folded
from bot.base.sizes import GIB
from bot.clinic.parts import Parts
from bot.intake.turning import Spoken

_SHORT = 120  # characters of a message that may hold a fragment
_NUMBER = re.compile(
    r"(?<![a-z0-9_.:/\\-])(?P<number>\d{1,7})(?:\s?(?P<unit>g(?:i?b|igs?)?)|(?P<thousands>k))?(?![a-z0-9_%:/\\-]|\.\d|\s?[层块元张])",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,;!?。，；！？\n]|\.(?!\d)")
_WORD = re.compile(r"[a-z']+|[\u3400-\u9fff]+")
_RAM = frozenset((8, 12, 16, 20, 24, 32, 36, 40, 48, 64, 80, 96, 128, 192, 256, 384, 512))  # GB that computers have
_LEAST_CONTEXT, _CONTEXT_STEP = 1024, 256
_MOST_CONTEXT_K = 1024
# Thousands of tokens that people set; and what stands before a price.
_CONTEXTS = frozenset((2, 4, 6, 8, 10, 12, 16, 20, 24, 30, 32, 40, 48, 60, 64, 80, 96, 100, 128, 131, 200, 256, 512))
_LEADS_IN = re.compile(r"(?:^|(?<![a-z])(?:with|at|and|or|to)|[开到用成和设])\s?$")  # right before one
_PRICE = re.compile(r"[$€¥￥]\s?$")
_AMOUNT = re.compile(r"(?<![a-z0-9_.])\d{1,3}\s?g(?:i?b|igs?)?(?![a-z0-9])", re.IGNORECASE)
Kind = Spoken | Literal["amount"]  # the latter of the only amount that was told, whatever it is of
_SAID: dict[Kind, str] = {"ram": "{} GB RAM", "vram": "{} GB VRAM", "context": "context {}", "amount": "{}g"}


@dataclass(frozen=True, slots=True)
class Talked:
    """What was said before a message: the author's earlier messages, and what was printed with them."""

    texts: Sequence[str]
    printed: Sequence[str] = ()

    @property
    def all(self) -> str:
        """Both, what was said last at the end."""
        return folded("\n".join((*self.printed, *self.texts)))


def completed(text: str, before: Talked, parts: Parts) -> str:
    """The message with its only number named, where it says too little and what was spoken of tells the rest."""
    numbers = list(_NUMBER.finditer(text)) if before.texts and len(text) <= _SHORT else []
    if len(numbers) != 1:
        return text
    kind: Kind | None = _labelled(text, numbers[0], parts) or _context_asked(text, numbers[0], parts)
    if kind is None and _is_fragment(text, numbers[0], parts):
        kind = _kind(numbers[0], before, parts)
    if kind is None:
        return text
    named = _SAID[kind].format(f"{numbers[0]['number']}{numbers[0]['thousands'] or ''}")
    return f"{text[: numbers[0].start()]}{named}{text[numbers[0].end() :]}"


def _is_fragment(text: str, number: re.Match[str], parts: Parts) -> bool:
    """Whether nothing but small words stands in the clause of a number."""
    before, behind = _around(text, number)
    return _are_small(f"{before} {behind}", parts)


def _around(text: str, number: re.Match[str]) -> tuple[str, str]:
    """What stands before and behind a number in its clause, folded."""
    ends = [0, *(end.end() for end in _CLAUSE_END.finditer(text)), len(text)]
    start = max(end for end in ends if end <= number.start())
    end = min(end for end in ends if end >= number.end())
    return folded(text[start : number.start()]), folded(text[number.end() : end])


def _are_small(plain: str, parts: Parts) -> bool:
    return all(_is_small(word, parts.turns.small_words) for word in _WORD.findall(plain))


def _labelled(text: str, number: re.Match[str], parts: Parts) -> Spoken | None:
    """Of what a number is by the word before it, in a clause that says nothing else: "ram is 64"."""
    before, behind = _around(text, number)
    kind = parts.turns.spoken_of(before)
    is_size = int(number["number"]) in _RAM and not number["thousands"]
    if kind not in {"ram", "vram"} or not is_size:
        return None
    return kind if _are_small(f"{parts.turns.without_spoken(before)} {behind}", parts) else None


def _context_asked(text: str, number: re.Match[str], parts: Parts) -> Spoken | None:
    """A context told in thousands beside other values, where nothing says of what it is: "with 32k and q8, does it
    fit".
    """
    is_usual = bool(number["thousands"]) and int(number["number"]) in _CONTEXTS
    if not is_usual or _PRICE.search(text[: number.start()]) or parts.turns.spoken_of(folded(text)) is not None:
        return None
    before, behind = _around(text, number)
    if _LEADS_IN.search(before) is None:
        return None
    return "context" if not behind or _are_small(" ".join(_WORD.findall(behind)[:1]), parts) else None


def _is_small(word: str, small: frozenset[str]) -> bool:
    """Whether a word, or every piece of Chinese, is one of the small ones."""
    if word.isascii():
        return word in small
    known = [True] + [False] * len(word)
    for end in range(1, len(word) + 1):
        known[end] = any(known[start] and word[start:end] in small for start in range(end))
    return known[-1]


def _kind(number: re.Match[str], before: Talked, parts: Parts) -> Kind | None:
    """What a number is of: by its size, by what was spoken of last, and by the memory that a told card may have."""
    size, has_unit = int(number["number"]), bool(number["unit"])
    if number["thousands"] or (not has_unit and size >= _LEAST_CONTEXT and size % _CONTEXT_STEP == 0):
        return "context" if size <= _MOST_CONTEXT_K or not number["thousands"] else None
    return _kind_of_memory(size, before, parts, has_unit=has_unit) if size in _RAM or has_unit else None


def _kind_of_memory(size: int, before: Talked, parts: Parts, *, has_unit: bool) -> Kind | None:
    """Of which memory an amount is."""
    cards = [card for text in before.texts for card in parts.facts.cards.found_in(text)]
    memories = _memories({card.name for card in cards}, parts)
    spoken = parts.turns.spoken_of(before.all)
    if has_unit and size * GIB in memories:
        return "vram"
    if memories and spoken != "context":
        return "ram"
    if spoken in {"ram", "vram"}:
        return spoken
    told = [amount for text in before.texts for amount in _AMOUNT.findall(text)]
    return "amount" if len(told) == 1 and not has_unit else None


def _memories(names: Iterable[str], parts: Parts) -> set[int]:
    """The amounts of memory, in bytes, that these cards come with."""
    cards = (parts.cards.find(name) for name in names)
    return {size for card in cards if card is not None for size in card.memory}
