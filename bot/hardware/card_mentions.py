"""Graphics cards as people and drivers write them, in one spelling.

"4070tis" and "NVIDIA GeForce RTX 4070 Ti SUPER" are alike. Which numbers are cards says the
list of cards. Gaps are bounded: a line of blanks must not cost seconds.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.base.literals import Literals
from bot.hardware.cards import Card

_SUFFIX = (
    r"(?P<suffix>\s?-?(?:ti\s*super|ti\s*s|tis|ti|super|s|d|m))?(?![a-z0-9])"
    r"(?P<laptop>\s*(?:laptop|移动版|笔记本版?|max-?q))?"
)
_GEFORCE = re.compile(r"(?P<series>RTX|GTX|GT) (?P<number>\d{3,4})(?: Ti| SUPER| D| V2| Laptop)*")
_RADEON = re.compile(r"RX (?P<number>\d{3,4})[A-Z]?(?: (?:XTX?|GRE))?")
_LEAST_BARE = 900  # smaller numbers name a GeForce only with their series: "780" alone may be anything
_SHORTEST = 5  # characters of a name that is looked for as it is written
# What a program counts or numbers: a bare number behind one of these, or before a unit, is no card.
_COUNTED = re.compile(
    r"(?:(?<![a-z])(?:tasks?|id_task|slots?|[pug]?id|ports?|steps?|epochs?|iter(?:ation)?s?|batch(?:es)?|chunks?|layers?"
    r"|seeds?|lines?|requests?|issues?|pr|pull|build|jobs?|threads?|process|workers?|seq(?:uence)?s?|items?|tokens?"
    r"|checkpoints?|tickets?|queue|prompt|ctx|context|code|status|exit|(?:n|num|max)_[a-z_]{1,24})"
    r"|任务|端口|编号|序号|种子|步数?|第|上下文|错误码|退出码|\d:|(?<![a-z0-9-])-{1,2}[a-z][a-z-]{0,24})[\s:=#|\[(（：]{0,3}$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\s{0,2}(?:[mk]i?b|m?hz|ms|secs?|seconds?|t/s|it/s|tok|tokens?|ctx|端口|port|元|块钱?(?!\s?[显卡])|yuan|步|行|次|字|毫秒|steps?|layers?)"
    r"(?![a-z])",
    re.IGNORECASE,
)
_MEMORY = re.compile(r"\s{0,2}[(（]?\d{1,2}\s?g", re.IGNORECASE)  # "3060 12g" is a card wherever it stands
_PRO = re.compile(
    r"(?<![a-z0-9./_-])(?P<maker>tesla|quadro|nvidia|rtx|instinct|amd|radeon)?[\s-]{0,4}(?P<name>"
    r"a100|a800|a40|a30|a16|a10g?|a2000|a4000|a4500|a5000|a5500|a6000|h100|h800|h200|h20|b200|b300|gh200|gb10"
    r"|l4|l20|l40s?|t4|p4|p40|p100|v100|m40|m60|k80|"
    r"cmp\s?\w{2,4}|rtx\s*6000\s*ada|6000\s*ada|rtx\s*pro\s*6000|pro\s*6000|rtx\s*8000|titan\s*(?:rtx|xp|v|x)|"
    r"mi25|mi50|mi60|mi100|mi210|mi250x?|mi300x|gfx\d{3,4}[a-z]?|arc\s*[ab][357]\d0|[ab][357][578]0(?=\s*(?:显卡"
    r"|16g|12g|8g))|"
    r"jetson\s+(?:agx\s+)?(?:xavier|orin|nano)(?:\s+(?:nx|nano|agx))?|w\d{4}|ascend\s*910b?|昇腾\s*910b?)(?![a-z0-9])",
    re.IGNORECASE,
)
_APPLE = re.compile(
    r"(?<![a-z0-9.])(?:apple\s+)?(?P<name>m[1-5])(?P<kind>\s?(?:pro|max|ultra))?(?![a-z0-9.])", re.IGNORECASE
)
_SURROUNDINGS = re.compile(
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

    def __init__(self, cards: Iterable[Card]) -> None:
        cards = tuple(cards)
        self._cards = {name.lower(): card for card in reversed(cards) for name in (*card.aliases, card.name)}
        names = tuple(dict.fromkeys(name for card in cards for name in (card.name, *card.aliases)))
        geforce = [found for name in names if (found := _GEFORCE.fullmatch(name))]
        self._series = {found["number"]: found["series"] for found in geforce}
        self._nvidia = re.compile(
            r"(?<![a-z0-9.$#/_-])(?P<series>rtx|gtx|gt|geforce(?:\s+[rg]tx)?)?[\s-]{0,4}"
            rf"(?P<number>{_any_of(self._series)}){_SUFFIX}",
            re.IGNORECASE,
        )
        self._amd = re.compile(
            r"(?<![a-z0-9.$#/_-])(?:(?P<rx>rx|radeon(?:\s+rx)?|a卡)[\s-]{0,4})?"
            rf"(?P<number>{_any_of(found['number'] for name in names if (found := _RADEON.fullmatch(name)))})"
            r"\s?(?P<suffix>xtx|xt|gre|m|s)?(?![a-z0-9])",
            re.IGNORECASE,
        )
        self._listed = Literals(name.lower() for name in names if _is_telling(name))
        self._whole = {name.lower(): name for name in names if _is_telling(name)}
        self._written = re.compile(rf"(?<![a-z0-9.$#/_-])(?:{_any_of(self._whole)})(?![a-z0-9])", re.IGNORECASE)

    def card(self, name: str) -> Card | None:
        """The card of a short spelling, as `name` gives it; a chip's name ("gfx1102") is no card."""
        return self._cards.get(name.lower())

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
            *_professional(text),
            *_apple(text),
            *self._as_listed(text),
        ):
            if not any(mention.start < known.end and known.start < mention.end for known in mentions):
                mentions.append(mention)
        return sorted(mentions, key=lambda mention: mention.start)

    def _geforce(self, text: str) -> Iterator[CardMention]:
        for found in self._nvidia.finditer(text):
            number = found["number"]
            if not found["series"] and (int(number) < _LEAST_BARE or _is_count(text, found)):
                continue
            suffix = _SUFFIXES.get(re.sub(r"[\s-]", "", (found["suffix"] or "").lower()), "")
            laptop = "Laptop" if found["laptop"] else ""
            start = found.start() + len(found.group()) - len(found.group().lstrip(" -"))
            name = " ".join(filter(None, (self._series[number], number, suffix, laptop)))
            yield CardMention(name, start, found.end())

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


def _is_count(text: str, found: re.Match[str]) -> bool:
    """Whether a bare number is one that a program counts by: "task 1650", "port 3090", "4090 MiB"."""
    if found["suffix"] or found["laptop"] or _MEMORY.match(text, found.end()):
        return False
    start = found.start("number")
    return bool(_UNIT.match(text, found.end()) or _COUNTED.search(text[max(0, start - 32) : start]))


def _is_telling(name: str) -> bool:
    """Whether a name can be nothing else: of several words, with a number."""
    return len(name) >= _SHORTEST and " " in name and any(map(str.isdigit, name))


def _any_of(words: Iterable[str]) -> str:
    """An alternation, longest first; one that never matches where there are no words."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word))) or "(?!)"


def _professional(text: str) -> Iterator[CardMention]:
    for found in _PRO.finditer(text):
        maker = (found["maker"] or "").lower()
        name = re.sub(r"\s+", " ", found["name"])
        shown = name.lower() if name.lower().startswith("gfx") else _titled(name)
        start = found.start("maker") if found["maker"] else found.start("name")
        yield CardMention(
            f"Tesla {shown}" if maker == "tesla" else f"RTX {shown}" if maker == "rtx" else shown, start, found.end()
        )


def _titled(name: str) -> str:
    return " ".join(
        word.capitalize() if len(word) > 4 or word.lower() in {"arc", "pro", "ada", "nano"} else word.upper()
        for word in name.split()
    )


def _apple(text: str) -> Iterator[CardMention]:
    for found in _APPLE.finditer(text):
        kind = (found["kind"] or "").strip().capitalize()
        if not kind and not re.search(r"\b(?:mac|apple|macbook|苹果)|metal", text, re.IGNORECASE | re.ASCII):
            continue
        yield CardMention(f"{found['name'].upper()} {kind}".strip(), found.start(), found.end())
