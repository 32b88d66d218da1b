"""Masks secrets before anything is shown, matched or stored. Line structure is kept, so that line numbers stay true.

Two kinds: *secrets* (keys, tokens, passwords: the user is told to replace them) and *personal* details (e-mail,
public addresses, user names in paths). Versions such as 1.76.0.1, private and loopback addresses stay readable.

What is looked at is what a reader sees (`shown`): the rules of `secret_rules` are applied to the text without colours
and invisible characters, to the text with its escapes undone, and to the text with wrapped words put together; what
they find is masked in the text as given.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.intake.secret_rules import RULES, Kind, Rule, looks_random
from bot.intake.shown import View, as_decoded, as_joined, as_read

__all__ = ["PERSONAL", "Kind", "Redacted", "has_secrets", "redact", "redact_lines"]

PERSONAL: frozenset[Kind] = frozenset(
    ("email", "ip-address", "user-name", "phone", "identity-card", "account", "mac-address")
)
MOST_ROUNDS = 4  # masking may free the view on something else, hardly ever twice


@dataclass(frozen=True, slots=True)
class Redacted:
    """The masked text and what was masked: one kind per replacement."""

    text: str
    kinds: tuple[Kind, ...]

    @property
    def count(self) -> int:
        return len(self.kinds)


@dataclass(frozen=True, slots=True)
class _Find:
    """What is to be masked, in places of the text as given. `rank` is the rule's place in the table."""

    start: int
    end: int
    rank: int
    kind: Kind


def has_secrets(kinds: Iterable[Kind]) -> bool:
    """Whether a key or token was among what was masked: its owner should now replace it."""
    return any(kind not in PERSONAL for kind in kinds)


def redact(text: str) -> Redacted:
    """Replaces every secret and personal detail by a short label in angle brackets, e.g. `<api-key>`."""
    kinds: list[Kind] = []
    for _ in range(MOST_ROUNDS):
        finds = _apart(_finds(text))
        if not finds:
            break
        kinds += [find.kind for find in finds]
        text = _masked(text, finds)
    return Redacted(text, tuple(kinds))


def redact_lines(lines: Iterable[str]) -> list[str]:
    """Each line masked by itself."""
    return [redact(line).text for line in lines]


def _finds(text: str) -> Iterator[_Find]:
    read = as_read(text)
    for view in (read, as_decoded(text, read)):
        if view is not None:
            yield from _in_view(view)
    if any(introducer in read.lowered for rule in RULES if rule.joins for introducer in rule.introducers):
        joined = as_joined(text)
        if joined is not None:
            yield from _over_seams(joined)


def _in_view(view: View) -> Iterator[_Find]:
    for rank, rule in enumerate(RULES):
        for start, end in rule.spans(view.text, view.lowered):
            yield _Find(view.start(start), view.end(end), rank, rule.kind)


def _over_seams(view: View) -> Iterator[_Find]:
    """Tokens that a line end cut in two. What follows belongs to them where the first part is too short to be one or
    where it looks as random; "INFO" at the beginning of the next line does not.
    """
    for rank, rule in enumerate(RULES):
        if not rule.joins:
            continue
        for start, end in rule.spans(view.text, view.lowered):
            end = _real_end(view, rule, start, end)
            yield _Find(view.start(start), view.end(end), rank, rule.kind)


def _real_end(view: View, rule: Rule, start: int, end: int) -> int:
    first = bisect_left(view.seams, start + 1)
    for index in range(first, len(view.seams)):
        seam = view.seams[index]
        if seam >= end:
            break
        following = view.text[seam : min(end, view.seams[index + 1] if index + 1 < len(view.seams) else end)]
        if rule.pattern.fullmatch(view.text, start, seam) and not looks_random(following):
            return seam
    return end


def _apart(finds: Iterable[_Find]) -> list[_Find]:
    """Finds in order that do not overlap; of those that do, the rule that stands first in the table names the whole."""
    apart: list[_Find] = []
    for find in sorted(finds, key=lambda find: (find.start, -find.end, find.rank)):
        if apart and find.start < apart[-1].end:
            last = apart[-1]
            named = min(last, find, key=lambda each: each.rank)
            apart[-1] = _Find(last.start, max(last.end, find.end), named.rank, named.kind)
        else:
            apart.append(find)
    return apart


def _masked(text: str, finds: list[_Find]) -> str:
    pieces: list[str] = []
    place = 0
    for find in finds:
        pieces += (text[place : find.start], _label(find.kind), "\n" * text.count("\n", find.start, find.end))
        place = find.end
    return "".join((*pieces, text[place:]))


def _label(kind: Kind) -> str:
    return "<user>" if kind == "user-name" else f"<{kind}>"
