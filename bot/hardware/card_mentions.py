"""Graphics cards as people and drivers write them, in one spelling.

"4070tis" and "NVIDIA GeForce RTX 4070 Ti SUPER" are alike. Gaps are bounded: a line of blanks must not cost seconds.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SUFFIX = (
    r"(?P<suffix>\s?-?(?:ti\s*super|ti\s*s|tis|ti|super|s|d|m))?(?![a-z0-9])"
    r"(?P<laptop>\s*(?:laptop|移动版|笔记本版?|max-?q))?"
)
_NVIDIA = re.compile(
    r"(?<![a-z0-9.$#/_-])(?P<series>rtx|gtx|gt|geforce(?:\s+[rg]tx)?)?[\s-]{0,4}"
    r"(?P<number>9[5678]0|10[5-8]0|16[356]0|20[5-8]0|30[5-9]0|40[5-9]0|50[5-9]0)"
    rf"{_SUFFIX}"
    r"(?!\s*(?:tokens?|ctx|端口|port|元|块钱|步))",
    re.IGNORECASE,
)
_AMD = re.compile(
    r"(?<![a-z0-9.$#/_-])(?:(?P<rx>rx|radeon(?:\s+rx)?|a卡)[\s-]{0,4})?(?P<number>5[567]00|6[4-9][05]0|7[6-9]00|7700"
    r"|90[67]0|[45][789]0)\s?(?P<suffix>xtx|xt|gre|m|s)?(?![a-z0-9])",
    re.IGNORECASE,
)
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


def card_name(printed: str) -> str:
    """A card as a driver prints it, in the short spelling: "NVIDIA GeForce RTX 3060" -> "RTX 3060"."""
    found = next(iter(cards_in(printed)), None)
    if found:
        return f"{found.name} Laptop" if "Laptop" in printed and "Laptop" not in found.name else found.name
    return " ".join(_SURROUNDINGS.sub(" ", printed).split()) or printed.strip()


def cards_in(text: str) -> list[CardMention]:
    """Every card named in free text, in order. A bare AMD number counts only with "RX" or "XT" beside it."""
    mentions: list[CardMention] = []
    for mention in (*_nvidia(text), *_amd(text), *_professional(text), *_apple(text)):
        if not any(mention.start < known.end and known.start < mention.end for known in mentions):
            mentions.append(mention)
    return sorted(mentions, key=lambda mention: mention.start)


def _nvidia(text: str) -> Iterator[CardMention]:
    for found in _NVIDIA.finditer(text):
        number = found["number"]
        series = "RTX" if len(number) == 4 and number[:2] in {"20", "30", "40", "50"} else "GTX"
        suffix = _SUFFIXES.get(re.sub(r"[\s-]", "", (found["suffix"] or "").lower()), "")
        laptop = "Laptop" if found["laptop"] else ""
        start = found.start() + len(found.group()) - len(found.group().lstrip(" -"))
        yield CardMention(" ".join(filter(None, (series, number, suffix, laptop))), start, found.end())


def _amd(text: str) -> Iterator[CardMention]:
    for found in _AMD.finditer(text):
        if found["rx"] or (found["suffix"] or "").lower() in {"xt", "xtx", "gre"} or re.search("A卡|AMD", text):
            yield CardMention(
                f"RX {found['number']} {(found['suffix'] or '').upper()}".strip(), found.start(), found.end()
            )


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
