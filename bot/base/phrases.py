"""Phrases of the knowledge, looked for in what people write.

A phrase is plain words in lower case. `…` stands for a few words of the same sentence, `#` for a number, `(a|b)` for
either, `(a|)` for a word that may be missing, `^` at the beginning for the beginning of the text, `~` for that of
a clause, `$` at the end for the end of a sentence. Latin words stand for themselves only, not for a part of another
word; Chinese has no such borders.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from bot.base.late import late
from bot.base.traditional import simplified

_GAP = r"[^\n.!?;。！？；]{0,24}?"
_SPECIAL = late(r"[…#()|^~$]")
_PIECES = late(r"[…#()|^~$]|[^…#()|^~$]+")
_TEXT_START = r"\A\W{0,3}"
_CLAUSE_START = (
    r"(?:\A\W{0,3}|(?<=[\n.,!?;:(])\s?|(?<=\band\s)|(?<=\bthen\s)|(?<=\bjust\s)|(?<=\bor\s)|(?<=\bso\s)|(?<=\bfirst\s)"
    r"|(?<=[\u3400-\u9fff]\s))"
)
_SENTENCE_END = r"(?=\s?(?:[\n.!?;。！？；~～)\]]|$))"
_BLANKS = late(r"[^\S\n]+")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "…": "."})


def folded(text: str) -> str:
    """The text in lower case and usual characters, Chinese in Simplified, one blank between words; lines stay."""
    usual = unicodedata.normalize("NFKC", text).translate(_QUOTES).lower()
    return _BLANKS.sub(" ", simplified(usual))


class Phrase:
    """One phrase, compiled when a text comes near it: of thousands few ever are. `anchor`: a piece of the text without
    which the pattern cannot match; cheap to look for.
    """

    __slots__ = ("_pattern", "_source", "anchor")

    def __init__(self, anchor: str, source: str) -> None:
        self.anchor = anchor
        self._source = source
        self._pattern: re.Pattern[str] | None = None

    @property
    def pattern(self) -> re.Pattern[str]:
        """What finds the phrase in folded text."""
        if self._pattern is None:
            self._pattern = re.compile(self._source)
        return self._pattern


class Phrases:
    """A list of different phrases, in order. All methods take folded text."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = tuple(_phrase(phrase) for phrase in dict.fromkeys(phrases))

    def __iter__(self) -> Iterator[Phrase]:
        return iter(self._phrases)

    def found_in(self, text: str) -> bool:
        """Whether any of the phrases stands in the text."""
        return next(self.finditer(text), None) is not None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every place of every phrase, phrase by phrase."""
        for phrase in self._phrases:
            if phrase.anchor in text:
                yield from phrase.pattern.finditer(text)


def either(patterns: Iterable[str]) -> str:
    """One regular expression for any of several."""
    return "|".join(f"(?:{pattern})" for pattern in patterns)


def pieces(phrase: str) -> list[str]:
    """The longest piece of a phrase without which it cannot stand in a text; where all stands in brackets, each of the
    words that are put to choice.
    """
    anchor = _anchor(phrase)
    return [anchor] if anchor else [piece.strip() for piece in _SPECIAL.split(phrase) if piece.strip()]


def phrase_fault(phrase: str) -> str | None:
    """What is wrong with a phrase, None when nothing is."""
    if phrase != folded(phrase.replace("…", "\0")).replace("\0", "…"):
        return f"{phrase!r} is not in lower case with single blanks"
    try:
        _ = _phrase(phrase).pattern
    except (re.error, ValueError) as error:
        return f"{phrase!r} is no phrase: {error}"
    return None


def pattern_fault(pattern: str) -> str | None:
    """What is wrong with a regular expression, None when nothing is."""
    try:
        re.compile(pattern)
    except re.error as error:
        return f"not a regular expression: {error}"
    return None


def _phrase(phrase: str) -> Phrase:
    pieces = _PIECES.findall(phrase)
    body = "".join(map(_piece, pieces))
    literal = _SPECIAL.sub("", phrase)
    before = r"(?<![a-z0-9_])" if _is_latin(_first(phrase)) else ""
    after = r"(?![a-z0-9_])" if _is_latin(_last(phrase)) else ""
    if not literal.strip():
        raise ValueError("it has no word of its own")
    start = {"^": _TEXT_START, "~": _CLAUSE_START}.get(phrase[0], "")
    end = _SENTENCE_END if phrase.endswith("$") else ""
    return Phrase(_anchor(phrase), f"{start}{before}(?:{body}){after}{end}")


def _piece(piece: str) -> str:
    match piece:
        case "…":
            return _GAP
        case "#":
            return r"\d{1,7}(?:[.,]\d{1,3})?"
        case "(":
            return "(?:"
        case ")" | "|":
            return piece
        case "^" | "~" | "$":
            return ""
    return re.escape(piece).replace(r"\ ", r"[\s]")


def _anchor(phrase: str) -> str:
    """The longest piece outside of brackets; empty where all stands in brackets, which every text contains."""
    outside, inner = phrase, 1
    while inner:  # brackets may stand in brackets
        outside, inner = re.subn(r"\([^()]*\)", "…", outside)
    return max((piece.strip() for piece in _SPECIAL.split(outside)), key=len, default="")


def _first(phrase: str) -> str:
    return phrase.lstrip("^~(…#")[:1]


def _last(phrase: str) -> str:
    return phrase.rstrip("$)…#|")[-1:]


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
