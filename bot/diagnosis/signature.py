"""Signatures of the knowledge, made ready for matching."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from bot.base.late import late
from bot.diagnosis.wording import QUOTES, Wording, is_plain
from bot.diagnosis.words import codes, fold, turns, words
from bot.intake.cleaning import fold_width
from bot.knowledge.failures import Failure, Signature
from bot.knowledge.placeholders import GAPS, GREEDY, KINDS, VARIABLE

_COMMAND = late(r"\W*([a-z][a-z+]{0,2})(?![\w+])")
_NO_COMMANDS = frozenset(
    "a an the no not is it in of on to at by for can err or and npm pip git uv one all you we do".split()
)
_EMPTY = late(r"(?<!\w)(\w++)['\"]?\s?[:=]\s?(?:''|\"\")")  # a name whose value is empty
_ADDRESS = late(r"(?<!\d)\d++(?:\.\d++){2,}+")
_BLANKS = rf"(?<![\s{QUOTES}])[\s{QUOTES}]++"  # a whole run of blanks and quotes
_BREAKS = late(rf"[\s{QUOTES}]+")
_QUOTE = frozenset(QUOTES)


ABOVE = "root-cause-cut-off"  # class of an entry that only says that the cause stands elsewhere in the log


@dataclass(frozen=True, slots=True)
class Use:
    """An entry's signature, and the names of its variables in the order of the pattern's kinds."""

    entry: Failure
    signature: Signature
    variables: tuple[str, ...]


@dataclass(frozen=True)
class Pattern:
    """One wording, whichever entries use it: its literal parts, the kinds of what varies between them, its words.

    `literals[i]` stands before variable i; there is one literal more than there are variables.
    """

    literals: tuple[str, ...]
    kinds: tuple[str, ...]
    words: frozenset[str] = field(repr=False)
    number: int  # position among all patterns
    uses: tuple[Use, ...] = field(repr=False)

    @cached_property
    def exact(self) -> re.Pattern[str]:
        """The signature as a regular expression: any case, any blanks, any kind of quotes.

        What follows a gap is looked for where it stands next, and nowhere else: the work of several gaps adds up
        instead of multiplying.
        """
        start, end = _borders(self.literals)
        parts = [start + _flexible(self.literals[0])]
        for index, kind in enumerate(self.kinds):
            literal = self.literals[index + 1]
            is_last = index == len(self.kinds) - 1
            is_open = is_last and not literal.strip()
            if kind in GAPS and not is_open:
                parts.append("")  # a gap, what follows it, and all values of a shape of their own after that
            parts[-1] += (GREEDY if is_open else KINDS)[kind] + _flexible(literal)
        parts[-1] += end
        return re.compile("".join(f"(?>{part})" for part in parts), re.IGNORECASE)

    @cached_property
    def wording(self) -> Wording | None:
        """The signature as it is looked for by hand; None where only a regular expression tells."""
        is_text = all(kind == "text" for kind in self.kinds)
        return Wording(self.literals) if is_text and is_plain(self.literals) else None

    def may_stand_in(self, folded: str) -> bool:
        """Whether the exact wording can be in a folded text: its pieces stand there in order. Much cheaper to tell than
        to find, and most wordings that come close are never compiled for it.
        """
        at = 0
        for piece in self._pieces:
            at = folded.find(piece, at)
            if at < 0:
                return False
            at += len(piece)
        return True

    @cached_property
    def _pieces(self) -> tuple[str, ...]:
        """The literal parts, folded, without blanks and quotes."""
        return tuple(piece for literal in self.literals for piece in _BREAKS.split(fold(literal)) if piece)

    @cached_property
    def lowered(self) -> tuple[str, ...]:
        """The literal parts, folded, blanks at the ends stripped."""
        return tuple(fold(literal).strip() for literal in self.literals)

    @cached_property
    def decisive(self) -> frozenset[str]:
        """Folded words without which it is another message: negations, numbers and codes ("401", "0xc0000139")."""
        return self.codes.union(filter(turns, self.words))

    @cached_property
    def codes(self) -> frozenset[str]:
        """Folded numbers and codes, which must stand there digit by digit."""
        return self.words.intersection(code for literal in self.literals for code in codes(literal))

    @cached_property
    def quoted(self) -> tuple[bool, ...]:
        """Of each variable whether it stands in quotes."""
        around = zip(self.literals, self.literals[1:], strict=False)
        return tuple(before[-1:] in _QUOTE and after[:1] in _QUOTE for before, after in around)

    @cached_property
    def command(self) -> str:
        """The short word that begins the signature, such as "ls" or "hf", which is never a damaged other one."""
        found = _COMMAND.match(self.literals[0].lower())
        return found.group(1) if found and found.group(1) not in _NO_COMMANDS else ""

    @cached_property
    def _empty(self) -> str:
        """The name whose value is empty in a wording that ends so; elsewhere quotes tell nothing."""
        named = next(
            (found for found in _EMPTY.finditer(self.literals[-1]) if not self.literals[-1][found.end() :]), None
        )
        return named[1].lower() if named else ""

    def is_empty_in(self, text: str) -> bool:
        """Whether the value that the wording says to be empty is so in a line, if it says so of any."""
        return not self._empty or any(found[1].lower() == self._empty for found in _EMPTY.finditer(text))

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """Folded IP addresses and long version numbers, which must stand there as they are."""
        return tuple(fold(address) for literal in self.literals for address in _ADDRESS.findall(literal))

    @cached_property
    def is_told(self) -> bool:
        """Whether only symptoms use this wording: people say it, programs do not print it."""
        return all(use.entry.kind == "symptom" for use in self.uses)

    @cached_property
    def points_above(self) -> bool:
        """Whether an entry uses it that only says that the cause stands elsewhere in the log."""
        return any(use.entry.failure_class == ABOVE for use in self.uses)

    @cached_property
    def length(self) -> int:
        """Characters of the literal parts, blanks at their ends not counted."""
        return sum(len(literal) for literal in self.lowered)


def patterns_of(entries: Iterable[Failure]) -> list[Pattern]:
    """The different wordings of all entries, each once."""
    uses: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Use]] = {}
    for entry in entries:
        for signature in entry.signatures:
            literals, variables, kinds = _parsed(signature.text)
            uses.setdefault((literals, kinds), []).append(Use(entry, signature, variables))
    return [
        Pattern(literals, kinds, _words(literals), number, tuple(users))
        for number, ((literals, kinds), users) in enumerate(uses.items())
    ]


def literals_of(text: str) -> tuple[str, ...]:
    """The literal parts of a signature's text."""
    return _parsed(text)[0]


def _parsed(text: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """(literal parts, names of the variables between them, their kinds)."""
    pieces = VARIABLE.split(fold_width(text))
    kinds = tuple(kind if kind in KINDS else "text" for kind in pieces[2::3])
    return tuple(pieces[0::3]), tuple(pieces[1::3]), kinds


def _words(literals: Iterable[str]) -> frozenset[str]:
    return frozenset(word for literal in literals for word in words(fold(literal)))


def _flexible(literal: str) -> str:
    """A literal part as a pattern: blanks may be missing or several, quotes may stand anywhere between words."""
    if literal and not literal.strip(" " + QUOTES):
        return f"(?:{_BLANKS}|$)"
    parts: list[str] = []
    for piece in re.findall(r"[\s'\"`]+|[^\s'\"`]+", literal):
        if piece[0] not in QUOTES and not piece[0].isspace():
            parts.append(re.escape(piece))
        else:
            parts.append(_BLANKS if piece.isspace() else f"(?:{_BLANKS})?")
    if literal[:1].isspace() and len(parts) > 1:
        parts[0] = f"(?:{_BLANKS}|(?<=[\\s{QUOTES}]{{2}}))"  # nothing stands in the gap, and its blanks are read
    return "".join(parts)


def _borders(literals: tuple[str, ...]) -> tuple[str, str]:
    """A signature starts and ends with whole words: "hf: ..." does not stand in "elf: ..."."""
    first, last = literals[0][:1], literals[-1][-1:]
    start = r"(?<![a-z0-9])" if first.isascii() and first.isalnum() else ""
    end = r"(?![a-z])" if last.isascii() and last.isalpha() else r"(?!\d)" if last.isdigit() else ""
    return start, end
