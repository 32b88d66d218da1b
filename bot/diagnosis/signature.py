"""Signatures of the knowledge, made ready for matching."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from bot.diagnosis.words import fold, words
from bot.knowledge import Failure, Signature

_VARIABLE = re.compile(r"\{([a-z_][a-z0-9_]*)(?::([a-z]+))?\}")
KINDS = {
    "text": r"(.{0,200}?)",
    "number": r"([-+]?\d[\d,]*(?:\.\d+)?)",
    "size": r"(\d[\d,]*(?:\.\d+)?\s?(?:[KMGT]i?B|bytes?|[KMGT]|B)?)",
    "word": r"([^\s'\"`,;]+)",
    "path": r"((?:[A-Za-z]:)?[^\s'\"`<>|*?][^'\"`<>|*?\n]*?)",
}
_QUOTES = "'\"`"


@dataclass(frozen=True)
class Pattern:
    """One signature: its literal parts, the names and kinds of what varies between them, and its words.

    `literals[i]` stands before variable i; there is one literal more than there are variables.
    """

    entry: Failure
    signature: Signature
    literals: tuple[str, ...]
    variables: tuple[str, ...]
    kinds: tuple[str, ...]
    words: frozenset[str] = field(repr=False)
    number: int = 0  # position among all patterns

    @cached_property
    def exact(self) -> re.Pattern[str]:
        """The signature as a regular expression: any case, any blanks, any kind of quotes."""
        parts = [_flexible(self.literals[0])]
        for index, kind in enumerate(self.kinds):
            literal = self.literals[index + 1]
            last = index == len(self.kinds) - 1 and not literal.strip()
            parts.append(KINDS[kind].replace("?)", ")").replace("{0,200})", "{0,200})") if last else KINDS[kind])
            parts.append(_flexible(literal))
        return re.compile("".join(parts), re.IGNORECASE)

    @cached_property
    def lowered(self) -> tuple[str, ...]:
        """The literal parts, folded, blanks at the ends stripped."""
        return tuple(fold(literal).strip() for literal in self.literals)

    @cached_property
    def length(self) -> int:
        """Characters of the literal parts, blanks not counted."""
        return sum(len(literal.replace(" ", "")) for literal in self.literals)


def patterns_of(entry: Failure, first_number: int = 0) -> list[Pattern]:
    """The patterns of an entry's signatures, numbered from `first_number`."""
    return [_pattern(entry, signature, first_number + i) for i, signature in enumerate(entry.signatures)]


def variables_in(text: str) -> tuple[str, ...]:
    """Names of the variables that a signature captures."""
    return tuple(match.group(1) for match in _VARIABLE.finditer(text))


def unknown_kinds(text: str) -> tuple[str, ...]:
    """Kinds of variables that do not exist: `{n:nmber}`."""
    return tuple(m.group(2) for m in _VARIABLE.finditer(text) if m.group(2) and m.group(2) not in KINDS)


def _pattern(entry: Failure, signature: Signature, number: int) -> Pattern:
    pieces = _VARIABLE.split(signature.text)
    literals, variables, kinds = tuple(pieces[0::3]), tuple(pieces[1::3]), tuple(pieces[2::3])
    known = tuple(kind if kind in KINDS else "text" for kind in kinds)
    found = frozenset(word for literal in literals for word in words(fold(literal)))
    return Pattern(entry, signature, literals, variables, known, found, number)


def _flexible(literal: str) -> str:
    """A literal part as a pattern: blanks may be missing or several, quotes of any kind."""
    parts: list[str] = []
    for piece in re.findall(r"\s+|['\"`]|[^\s'\"`]+", literal):
        if piece.isspace():
            parts.append(r"\s+" if parts else r"\s*")
        elif piece in _QUOTES:
            parts.append(f"[{_QUOTES}]{{0,2}}")
        else:
            parts.append(re.escape(piece))
    if parts and parts[-1] == r"\s+":
        parts[-1] = r"\s*"
    return "".join(parts)
