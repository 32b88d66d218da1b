"""Learns how sure a found answer is (bot/knowledge/sureness.json) from the knowledge itself.

    python -m bot.workshop.sureness

Right are known wordings, an eighth left out at a time, that find their own answer; wrong those that find another, those
whose whole answer is left out, and questions that no answer fits (asking.yaml), an eighth of them not counted at a
time. Takes a few minutes; to be run again when many answers were added or the evidence has changed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec

from bot.answers.aspects import Topic
from bot.clinic.parts import Parts
from bot.knowledge.boosting import Row, boosted
from bot.knowledge.evidence import SIGNS
from bot.knowledge.lookup import Lookup
from bot.knowledge.sureness import LEARNT, SHARE_PLAIN, SHARE_SURE, Sureness, scaled
from bot.workshop.dealing import is_in_part

_PARTS = 8  # so many times a part of everything is left out
_TAKEN_OUT = 2  # of the wordings of an answer that is left out one in so many is asked
_FEW = 6.0  # what a question that no answer fits counts: there are few of them
_ASPECTS = ("loader", "format")


@dataclass(frozen=True, slots=True)
class Case:
    """A question that was looked up, with its row; `kind` says what was left out for it."""

    kind: str
    question: str
    row: Row


def cases(parts: Parts) -> Iterator[Case]:
    """Everything that is learnt from."""
    for left_out in range(_PARTS):
        yield from _without_wordings(parts, left_out)
        yield from _without_answers(parts, left_out)
        yield from _without_unfit(parts, left_out)


def learnt(found: Sequence[Case]) -> Sureness:
    """What the cases teach; its scale is that of the known wordings."""
    trees = boosted((case.row for case in found), SIGNS)
    known = [case.row for case in found if case.kind == "wording"]
    odds = sorted((trees.odds(row.values) for row in known if row.is_right), reverse=True)
    sure, plain = (odds[min(len(odds) - 1, int(share * len(known)))] for share in (SHARE_SURE, SHARE_PLAIN))
    return scaled(trees, sure, plain)


def _without_wordings(parts: Parts, left_out: int) -> Iterator[Case]:
    items, asked = [], []
    for item in parts.topics.items:
        own = tuple(text for text in item.own_wordings if not is_in_part(text, left_out, _PARTS))
        if not own or not _is_learnt_from(item):
            items.append(item)
            continue
        made = item.wordings[len(item.own_wordings) :]
        items.append(replace(item, wordings=own + made))
        asked += [(text, item) for text in item.own_wordings if is_in_part(text, left_out, _PARTS)]
    lookup = parts.lookup(items, parts.asking.foreign, parts.asking.unanswered)
    for text, item in asked:
        yield from _found("wording", text, lookup, item.id)


def _without_answers(parts: Parts, left_out: int) -> Iterator[Case]:
    items = parts.topics.items
    out = [item for item in items if ":" not in item.id and is_in_part(item.id, left_out, _PARTS)]
    left = [item for item in items if item not in out]
    lookup = parts.lookup(left, parts.asking.foreign, parts.asking.unanswered)
    for item in out:
        for text in item.own_wordings[::_TAKEN_OUT]:
            yield from _found("answer", text, lookup)


def _without_unfit(parts: Parts, left_out: int) -> Iterator[Case]:
    asking = parts.asking
    foreign, unanswered = (
        [text for text in texts if not is_in_part(text, left_out, _PARTS)]
        for texts in (asking.foreign, asking.unanswered)
    )
    lookup = parts.lookup(parts.topics.items, foreign, unanswered)
    for text in (*asking.foreign, *asking.unanswered):
        if is_in_part(text, left_out, _PARTS):
            yield from _found("unfit", text, lookup, weight=_FEW)


def _found(
    kind: str, text: str, lookup: Lookup[Topic], wanted: str | None = None, weight: float = 1.0
) -> Iterator[Case]:
    """What a question finds, if anything but itself. Right is also what is shown beside the first."""
    found = lookup.find(text)
    if evidence := found.evidence:
        shown = found.candidates[: 2 if evidence.standing.lead > evidence.standing.ahead else 1]
        is_right = any(hit.item.id == wanted for hit in shown)
        yield Case(kind, text, Row(evidence.row, is_right, weight))


def _is_learnt_from(item: Topic) -> bool:
    return ":" not in item.id or item.id.split(":")[0] in _ASPECTS


if __name__ == "__main__":
    LEARNT.write_bytes(msgspec.json.encode(learnt(list(cases(Parts())))))
