"""How well posts of help channels are answered: kind, help, needless questions, language, and others left alone.

A line is a message (text, title, attachments, where, thread) with `lang` and `gold`: `answer_kind` and `also_kinds`,
`must` and `must_not` (regular expressions over the answer, any case), `needless` (points it would be needless to ask).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median_high
from time import perf_counter
from typing import Any

from bot.answers.markdown import markdown
from bot.clinic.door import Clinic
from bot.clinic.message import Message, Reply, Said
from bot.workshop.score.parts import share
from bot.workshop.score.report import Metric, Report, ReportTable, json_lines_in

_FLAGS = re.IGNORECASE
_SHOWN = 160  # characters of a post that a table shows


@dataclass(frozen=True, slots=True)
class Judged:
    """One post, what was said, and in what time (seconds)."""

    case: dict[str, Any]
    reply: Reply
    text: str
    seconds: float

    @property
    def gold(self) -> dict[str, Any]:
        """What the label says."""
        gold: dict[str, Any] = self.case["gold"]
        return gold

    @property
    def is_other(self) -> bool:
        """Whether the right reply is none."""
        return bool(self.gold["answer_kind"] == "silent")

    @property
    def has_right_kind(self) -> bool:
        """Whether the reply is of a kind that the label allows."""
        return self.reply.kind in {self.gold["answer_kind"], *self.gold.get("also_kinds", ())}

    @property
    def missing(self) -> list[str]:
        """Patterns of `must` that the answer does not match."""
        return [pattern for pattern in self.gold.get("must", ()) if not re.search(pattern, self.text, _FLAGS)]

    @property
    def wrong(self) -> list[str]:
        """Patterns of `must_not` that it does match."""
        return [pattern for pattern in self.gold.get("must_not", ()) if re.search(pattern, self.text, _FLAGS)]

    @property
    def helps(self) -> bool:
        """Whether all that is needed is there and nothing wrong."""
        return not self.missing and not self.wrong

    @property
    def needless(self) -> list[str]:
        """Points that were asked for without need."""
        return [point for point in self.reply.asked if point in self.gold.get("needless", ())]


def evaluate(path: Path, *, misses: bool = False) -> Report:
    """Judges every post of `path`, or of replies.jsonl in it."""
    clinic = Clinic()
    clinic.load()
    judged = [_judged(case, clinic.reply) for case in json_lines_in(path, "replies.jsonl")]
    requests = [each for each in judged if not each.is_other]
    tables = (_by_kind(requests), *((_misses(judged),) if misses else ()))
    return Report("Replies", len(judged), tuple(_figures(judged, requests)), tables)


def _figures(judged: Sequence[Judged], requests: Sequence[Judged]) -> Iterator[Metric]:
    yield Metric("kind right", share(each.has_right_kind for each in judged))
    yield Metric("kind right, requests", share(each.has_right_kind for each in requests))
    yield Metric("helpful (every must, no must_not)", share(each.helps for each in requests))
    yield Metric("needless points asked per request", _mean(len(each.needless) for each in requests), "points")
    yield Metric("language right", share(each.reply.language == each.case["lang"] for each in judged))
    yield Metric("others disturbed", 100 - share(each.reply.kind == "silent" for each in judged if each.is_other), "%")
    yield Metric("time, median", 1000 * median_high([each.seconds for each in judged] or [0.0]), "ms")


def _judged(case: dict[str, Any], reply: Callable[[Message], Reply]) -> Judged:
    start = perf_counter()
    said = reply(message_of(case))
    seconds = perf_counter() - start
    text = markdown(said.answer, said.language, details=False) if said.answer else ""
    return Judged(case, said, text, seconds)


def message_of(case: dict[str, Any]) -> Message:
    """The message of a line."""
    return Message(
        text=case["text"],
        title=case.get("title") or "",
        attachments=tuple(case.get("attachments") or ()),
        thread=tuple(Said(each["author"], each["text"]) for each in case.get("thread") or ()),
        where=case.get("where") or "forum",
    )


def _by_kind(requests: Sequence[Judged]) -> ReportTable:
    kinds = list(dict.fromkeys(each.gold["answer_kind"] for each in requests))
    rows = tuple(_row(kind, [each for each in requests if each.gold["answer_kind"] == kind]) for kind in kinds)
    return ReportTable("By kind", ("kind", "posts", "kind right %", "helpful %"), rows)


def _row(kind: str, judged: Sequence[Judged]) -> tuple[str, int, float, float]:
    return (
        kind,
        len(judged),
        share(each.has_right_kind for each in judged),
        share(each.helps for each in judged),
    )


def _misses(judged: Sequence[Judged]) -> ReportTable:
    rows = tuple(
        (
            str(each.case.get("id")),
            each.gold["answer_kind"],
            each.reply.kind,
            ", ".join(part.id for part in each.reply.parts),
            "; ".join([*each.missing, *(f"not: {pattern}" for pattern in each.wrong)])[:_SHOWN],
            each.case["text"][:_SHOWN],
        )
        for each in judged
        if not (each.has_right_kind and each.helps)
    )
    return ReportTable("Misses", ("id", "wanted", "said", "answers", "lacks", "post"), rows)


def _mean(numbers: Iterable[int]) -> float:
    values = list(numbers)
    return sum(values) / len(values) if values else 0.0
