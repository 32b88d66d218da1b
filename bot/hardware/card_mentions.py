"""Graphics cards as people and drivers write them, in one spelling.

"4070tis" and "NVIDIA GeForce RTX 4070 Ti SUPER" are alike. Which numbers are cards says the
list of cards. Gaps are bounded: a line of blanks must not cost seconds.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.base.late import late
from bot.base.literals import Literals
from bot.base.phrases import either
from bot.base.sieve import needed
from bot.hardware.cards import Card, CardIndex, Vendor

_SUFFIX = (
    r"(?P<suffix>\s?-?(?:ti\s*super|ti\s*s|tis|ti|super|s|d\s?v2|d|m))?(?![a-z0-9])"
    r"(?P<laptop>\s*(?:laptop|移动版|笔记本版?|max-?q))?"
)
_GEFORCE = late(r"(?P<series>RTX|GTX|GT) (?P<number>\d{3,4})(?: Ti| SUPER| D| V2| Laptop)*")
_RADEON = late(r"RX (?P<number>\d{3,4})[A-Z]?(?: (?:XTX?|GRE))?")
_LEAST_BARE = 900  # smaller numbers name a GeForce only with their series: "780" alone may be anything
_FIGURES = frozenset("0123456789")
_NOT_BEFORE = _FIGURES | frozenset(".")  # the number or short name of a card
_GOES_ON = _FIGURES | frozenset("abcdefghijklmnopqrstuvwxyz")
_SHORTEST = 5  # characters of a name that is looked for as it is written
_MEMORY = late(r"\s{0,2}[(（]?\d{1,2}\s?g", re.IGNORECASE)  # "3060 12g" is a card wherever it stands
_SHORT = late(r"[A-Za-z]{1,3}\d{2,4}[A-Za-z]?")  # "A100", "MI50"
_OTHERS_MEAN = frozenset({"phone", "integrated"})  # kinds whose short names are processors'
_SURROUNDINGS = late(
    r"NVIDIA|GeForce|\(R\)|\(TM\)|AMD(?= Radeon)|Radeon(?= RX)|Intel(?=.{0,60}Arc)|Graphics|\([^()]{0,200}\)|-PCIE.*"
    r"|-SXM.*|-\d+GB.*"
)
_SUFFIXES = {
    "ti": "Ti",
    "super": "Super",
    "s": "Super",
    "tis": "Ti Super",
    "tisuper": "Ti Super",
    "d": "D",
    "dv2": "D V2",
    "m": "Laptop",
}


@dataclass(frozen=True, slots=True)
class CardMention:
    """Where a text names a card."""

    name: str
    start: int
    end: int


class CardNames:
    """Finds the cards of a list in free text. Build once, share freely."""

    def __init__(self, index: CardIndex) -> None:
        self._index = index
        names = tuple(dict.fromkeys(name for card in index.cards for name in (card.name, *card.aliases)))
        self._cards = {name.lower(): card for card in reversed(index.cards) for name in (*card.aliases, card.name)}
        self._series = {found["number"]: found["series"] for found in _matches(_GEFORCE, names)}
        self._nvidia = late(
            r"(?<![a-z0-9.$#/_-])(?P<series>rtx|gtx|gt|geforce(?:\s+[rg]tx)?)?[\s-]{0,4}"
            rf"(?P<number>{_any_of(self._series)}){_SUFFIX}",
            re.IGNORECASE,
        )
        self._radeons = tuple(found["number"] for found in _matches(_RADEON, names))
        self._amd = late(
            r"(?<![a-z0-9.$#/_-])(?:(?P<rx>rx|radeon(?:\s+rx)?|a卡)[\s-]{0,4})?"
            rf"(?P<number>{_any_of(self._radeons)})"
            r"\s?(?P<suffix>xtx|xt|gre|m|s)?(?![a-z0-9])",
            re.IGNORECASE,
        )
        self._whole = {name.lower(): name for name in names if _is_telling(name)}
        self._listed = Literals(self._whole)
        self._written = late(rf"(?<![a-z0-9.$#/_-])(?:{_any_of(self._whole)})(?![a-z0-9])", re.IGNORECASE)

    @cached_property
    def _short(self) -> Mapping[str, str]:
        """Short names that count by themselves: of cards for servers and workstations, mostly."""
        cards = (card for card in self._index.cards if card.kind not in _OTHERS_MEAN and card.vendor != "intel")
        return {name.lower(): name for card in cards for name in (card.name, *card.aliases) if _SHORT.fullmatch(name)}

    @cached_property
    def _professional(self) -> re.Pattern[str]:
        """The same, and the further patterns of names, each with what may stand before it."""
        spoken = self._index.spoken
        before = _any_of((*spoken.shown, *spoken.unshown))
        names = "|".join((*spoken.names, _any_of(self._short)))
        return late(
            rf"(?<![a-z0-9./_-])(?P<before>{before})?[\s-]{{0,4}}(?P<name>{names})s?(?![a-z0-9])(?!\s?laptop)",
            re.IGNORECASE,
        )

    @cached_property
    def _apple(self) -> re.Pattern[str]:
        chips = self._chip_names
        kinds = _any_of(kind for name in chips for kind in name.split()[1:])
        return late(
            rf"(?<![a-z0-9.])(?:apple\s+)?(?P<name>{_any_of(name.split()[0] for name in chips)})"
            rf"(?P<kind>\s?(?:{kinds}))?(?![a-z0-9.])",
            re.IGNORECASE,
        )

    @cached_property
    def _chip_names(self) -> Sequence[str]:
        return [card.name for card in self._index.cards if card.vendor == "apple" and card.kind == "unified"]

    @cached_property
    def _of_apple(self) -> re.Pattern[str]:
        """What tells that a chip without a kind ("M2") is Apple's."""
        return late(either(self._index.spoken.apple), re.IGNORECASE | re.ASCII)

    def card(self, name: str) -> Card | None:
        """The card of a short spelling, as `name` gives it; a chip's name ("gfx1102") is no card."""
        return self._cards.get(name.lower())

    def maker(self, name: str) -> Vendor | None:
        """Who made a card, by its name as drivers and people write it; None when the name does not say."""
        return self._index.maker(name)

    def name(self, printed: str) -> str:
        """A card as a driver prints it, in the short spelling: "NVIDIA GeForce RTX 3060" -> "RTX 3060"."""
        found = next(iter(self.found_in(printed)), None)
        if found:
            return f"{found.name} Laptop" if "Laptop" in printed and "Laptop" not in found.name else found.name
        return " ".join(_SURROUNDINGS.sub(" ", printed).split()) or printed.strip()

    def found_in(self, text: str) -> list[CardMention]:
        """Every card named in free text, in order. A bare AMD number counts only with "RX" or "XT" beside it."""
        mentions: list[CardMention] = []
        for mention in (
            *self._geforce(text),
            *self._radeon(text),
            *self._professionals(text),
            *self._chips(text),
            *self._as_listed(text),
        ):
            if not any(mention.start < known.end and known.start < mention.end for known in mentions):
                mentions.append(mention)
        return sorted(mentions, key=lambda mention: mention.start)

    def may_be_in(self, text: str) -> bool:
        """Whether a card may be named in a text or a part of it; False is sure."""
        if not self._marks.may_stand_in(text) and not self._unmarked.search(text):
            return False
        patterns = (self._nvidia, self._amd, self._professional, self._apple, self._written)
        return any(pattern.search(text) for pattern in patterns)

    @cached_property
    def _marks(self) -> "_Marks":
        """What no mention of a card is without, but for those of `_unmarked`."""
        spoken = (word for pattern in self._index.spoken.names for word in needed(pattern, re.IGNORECASE))
        return _Marks(
            numbers=(*self._series, *self._radeons, *(name.split()[0].lower() for name in self._chip_names)),
            names=self._short,
            pieces=(*spoken, *self._whole),
        )

    @cached_property
    def _unmarked(self) -> re.Pattern[str]:
        """The further patterns of names that can be told by no word."""
        spoken = (pattern for pattern in self._index.spoken.names if not needed(pattern, re.IGNORECASE))
        return late("|".join(spoken) or r"(?!)", re.IGNORECASE)

    def _geforce(self, text: str) -> Iterator[CardMention]:
        for found in self._nvidia.finditer(text):
            number = found["number"]
            if not found["series"] and (int(number) < _LEAST_BARE or self._is_count(text, found)):
                continue
            suffix = _SUFFIXES.get(re.sub(r"[\s-]", "", (found["suffix"] or "").lower()), "")
            laptop = "Laptop" if found["laptop"] else ""
            start = found.start() + len(found.group()) - len(found.group().lstrip(" -"))
            name = " ".join(filter(None, (self._series[number], number, suffix, laptop)))
            if suffix == "Super" and self._index.find(name) is None:  # several cards, not a kind: "both 3090s"
                name = " ".join(filter(None, (self._series[number], number, laptop)))
            yield CardMention(name, start, found.end())

    def _is_count(self, text: str, found: re.Match[str]) -> bool:
        """Whether a bare number is one that a program counts by: "task 1650", "port 3090", "4090 MiB"."""
        if found["suffix"] or found["laptop"] or _MEMORY.match(text, found.end()):
            return False
        start = found.start("number")
        return bool(self._unit.match(text, found.end()) or self._counted.search(text[max(0, start - 32) : start]))

    @cached_property
    def _counted(self) -> re.Pattern[str]:
        return late(rf"(?:{either(self._index.spoken.counted.rows)})[\s:=#|\[(（：]{{0,3}}$", re.IGNORECASE)

    @cached_property
    def _unit(self) -> re.Pattern[str]:
        return late(rf"\s{{0,2}}(?:{either(self._index.spoken.units.rows)})(?![a-z])", re.IGNORECASE)

    def _radeon(self, text: str) -> Iterator[CardMention]:
        for found in self._amd.finditer(text):
            if found["rx"] or (found["suffix"] or "").lower() in {"xt", "xtx", "gre"} or re.search("A卡|AMD", text):
                name = f"RX {found['number']} {(found['suffix'] or '').upper()}".strip()
                yield CardMention(name, found.start(), found.end())

    def _as_listed(self, text: str) -> Iterator[CardMention]:
        """Cards that are written as the list has them."""
        if not self._listed.places_in(text.lower()):
            return
        for found in self._written.finditer(text):
            yield CardMention(self._whole[found.group().lower()], found.start(), found.end())

    def _professionals(self, text: str) -> Iterator[CardMention]:
        for found in self._professional.finditer(text):
            name = re.sub(r"\s+", " ", found["name"])
            shown = self._short.get(name.lower()) or (name.lower() if name.lower().startswith("gfx") else _titled(name))
            kept = self._index.spoken.shown.get((found["before"] or "").lower(), "")
            start = found.start("before") if found["before"] else found.start("name")
            yield CardMention(f"{kept} {shown}".strip(), start, found.end())

    def _chips(self, text: str) -> Iterator[CardMention]:
        for found in self._apple.finditer(text):
            kind = (found["kind"] or "").strip().capitalize()
            if kind or self._of_apple.search(text):
                yield CardMention(f"{found['name'].upper()} {kind}".strip(), found.start(), found.end())


class _Marks:
    """Literal pieces of names, all looked for in one pass: most texts name no card. `numbers` may go on in letters,
    `names` go on in neither, and before both no figure stands; `pieces` count anywhere.
    """

    def __init__(self, numbers: Iterable[str], names: Iterable[str], pieces: Iterable[str]) -> None:
        self._numbers = frozenset(numbers)
        self._names = frozenset(name.lower() for name in names) - self._numbers
        self._pieces = frozenset(piece.lower() for piece in pieces) - self._numbers - self._names
        self._literals = Literals((*self._numbers, *self._names, *self._pieces))

    def may_stand_in(self, text: str) -> bool:
        """Whether a mark may stand in a text; False is sure."""
        lowered = text.lower()
        return any(
            self._may_stand(self._literals.texts[number], at, lowered)
            for number, at in self._literals.places_in(lowered)
        )

    def _may_stand(self, mark: str, at: int, lowered: str) -> bool:
        if mark in self._pieces:
            return True
        if lowered[at - 1 : at] in _NOT_BEFORE:
            return False
        return lowered[at + len(mark) : at + len(mark) + 1] not in (_FIGURES if mark in self._numbers else _GOES_ON)


def _is_telling(name: str) -> bool:
    """Whether a name can be nothing else: of several words, with a number."""
    return len(name) >= _SHORTEST and " " in name and any(map(str.isdigit, name))


def _matches(pattern: re.Pattern[str], names: Iterable[str]) -> list[re.Match[str]]:
    return [found for name in names if (found := pattern.fullmatch(name))]


def _any_of(words: Iterable[str]) -> str:
    """An alternation, longest first; one that never matches where there are no words."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word))) or "(?!)"


def _titled(name: str) -> str:
    return " ".join(
        word.capitalize() if len(word) > 4 or word.lower() in {"arc", "pro", "ada", "nano"} else word.upper()
        for word in name.split()
    )
