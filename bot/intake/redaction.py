"""Masks secrets before anything is shown, matched or stored. Line structure is kept, so that line numbers stay true.

Two kinds: *secrets* (keys, tokens, passwords: the user is told to replace them) and *personal* details (e-mail,
public addresses, user names in paths). Versions such as 1.76.0.1, private and loopback addresses stay readable.

What is looked at is what a reader sees (`shown`): the rules of `masking` are applied to the text without colours
and invisible characters, to the text with its escapes undone, and to the text with wrapped words put together; what
they find is masked in the text as given.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.base.literals import Literals
from bot.intake.masking.rule import Kind, Rule, haystack, looks_random
from bot.intake.masking.table import PERSONAL, RULES
from bot.intake.masking.tokens import SHORTEST_TOKEN, may_begin, token_finds
from bot.intake.masking.view import View, as_decoded, as_joined, as_read, lines_around

__all__ = ["Kind", "Redacted", "has_secrets", "redact", "redact_lines"]

MOST_ROUNDS = 4  # masking may free the view on something else, hardly ever twice
_RANKED = tuple(enumerate(RULES, start=1))
_WRITTEN = Literals(word for rule in RULES for word in rule.introducers if not rule.shaped)


@dataclass(frozen=True, slots=True)
class Redacted:
    """The masked text and what was masked: one kind per replacement."""

    text: str
    kinds: tuple[Kind, ...]

    @property
    def count(self) -> int:
        """How many values were masked."""
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
    finds = _apart(_finds(text))
    kinds: list[Kind] = []
    for _ in range(MOST_ROUNDS):
        if not finds:
            break
        kinds += [find.kind for find in finds]
        text, places = _masked(text, finds)
        near = lines_around(text, places)
        finds = [_moved(find, near) for find in _apart(_finds(near.text))]
    return Redacted(text, tuple(kinds))


def _moved(find: _Find, view: View) -> _Find:
    return _Find(view.start(find.start), view.end(find.end), find.rank, find.kind)


def redact_lines(lines: Iterable[str]) -> list[str]:
    """Each line masked by itself."""
    return [redact(line).text for line in lines]


def _finds(text: str) -> Iterator[_Find]:
    read = as_read(text)
    yield from _in_view(read)
    decoded = as_decoded(read)
    if decoded:
        yield from _in_view(decoded)
    joined = as_joined(read, may_begin)
    if joined:
        yield from _over_seams(joined)


def _in_view(view: View) -> Iterator[_Find]:
    hay = haystack(view.text)
    for start, end, kind in token_finds(hay):
        yield _Find(view.start(start), view.end(end), 0, kind)
    standing = _WRITTEN.standing_in(hay.lowered)
    for rank, rule in _possible(standing):
        for start, end in rule.spans(hay, standing):
            yield _Find(view.start(start), view.end(end), rank, rule.kind)


def _possible(standing: Mapping[str, Sequence[int]]) -> Iterator[tuple[int, Rule]]:
    """The rules, with their places in the table, of which an introducer stands in a text or that need none there."""
    return (
        (rank, rule)
        for rank, rule in _RANKED
        if rule.shaped or not rule.introducers or any(word in standing for word in rule.introducers)
    )


def _over_seams(view: View) -> Iterator[_Find]:
    """Tokens that a line end cut in two. What follows belongs to them where the first part is too short to be one or
    where it looks as random; "INFO" at the beginning of the next line does not.
    """
    for start, end, kind in token_finds(haystack(view.text)):
        end = _real_end(view, start, end)
        if bisect_left(view.seams, start + 1) < bisect_left(view.seams, end):  # else it was looked at as it stands
            yield _Find(view.start(start), view.end(end), 0, kind)


def _real_end(view: View, start: int, end: int) -> int:
    seams = view.seams[bisect_left(view.seams, start + 1) : bisect_left(view.seams, end)]
    for seam, following in pairwise((*seams, end)):
        if seam - start >= SHORTEST_TOKEN and not looks_random(view.text[seam:following]):
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


def _masked(text: str, finds: list[_Find]) -> tuple[str, list[int]]:
    """The text with labels, and where these begin in it."""
    pieces: list[str] = []
    places: list[int] = []
    place = at = 0
    for find in finds:
        label = _label(find.kind, text[find.start : find.end]) + "\n" * text.count("\n", find.start, find.end)
        pieces += (text[place : find.start], label)
        places.append(at + find.start - place)
        at = places[-1] + len(label)
        place = find.end
    return "".join((*pieces, text[place:])), places


def _label(kind: Kind, masked: str) -> str:
    """What stands in place of something. That a user's name is not written in Latin letters is no secret, and a cause
    of failures.
    """
    if kind == "user-name":
        return "<user>" if masked.isascii() else "<用户>"
    return f"<{kind}>"
