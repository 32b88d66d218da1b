"""How well help requests are read: presence and value of each point, request or not, text-quality question."""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from bot.clinic.door import Clinic
from bot.intake.told import POINT_IDS, Request
from bot.workshop.score.parts import share
from bot.workshop.score.report import (
    Metric,
    Report,
    ReportTable,
    json_lines_in,
)

_VALUES = ("system", "loader", "model", "quant")
_Pair = tuple[dict[str, Any], Request]


def evaluate(path: Path) -> Report:
    """Judges every post of `path`/posts.jsonl (keys text, present, values, is_help_request, ...)."""
    clinic = Clinic()
    template = clinic.reader.template
    posts = list(json_lines_in(path, "posts.jsonl"))
    pairs: list[_Pair] = [(post, clinic.triage(post["text"])) for post in posts]
    by_point = [(point, _presence(pairs, point)) for point in POINT_IDS]
    asked = [(post, point) for post, request in pairs if request.is_help_request for point in request.missing(template)]
    metrics = (
        Metric("presence of points, F1 micro", _f1([outcome for _, outcomes in by_point for outcome in outcomes])),
        Metric("presence of points, least F1", min(_f1(outcomes) for _, outcomes in by_point)),
        Metric("values right", share(_values_right(pairs))),
        Metric("request, precision", _precision(_outcomes(pairs, "is_help_request", lambda r: r.is_help_request))),
        Metric("request, recall", _recall(_outcomes(pairs, "is_help_request", lambda r: r.is_help_request))),
        Metric("text quality, F1", _f1(_outcomes(pairs, "is_text_quality_question", lambda r: r.text_quality))),
        Metric("asked although told", share(post["present"][point] for post, point in asked)),
        Metric("points asked for", len(asked), ""),
    )
    return Report(
        "Triage",
        len(posts),
        metrics,
        (_point_table(by_point), _wrong_presence(pairs), _wrong_values(pairs), _wrong_kind(pairs)),
    )


def _presence(pairs: Sequence[_Pair], point: str) -> list[tuple[bool, bool]]:
    return [(post["present"][point], point in request.points) for post, request in pairs]


def _outcomes(pairs: Sequence[_Pair], key: str, said: Callable[[Request], bool]) -> list[tuple[bool, bool]]:
    return [(bool(post[key]), said(request)) for post, request in pairs]


def _values_right(pairs: Sequence[_Pair]) -> list[bool]:
    return [
        _same(post["values"][point], request.points.get(point))
        for post, request in pairs
        for point in _VALUES
        if post["values"][point] is not None
    ]


def _same(label: str | None, said: str | None) -> bool:
    return _plain(label) == _plain(said)


def _plain(value: str | None) -> frozenset[str]:
    """A value without case and separators; alternatives ("Q4_0 / FP16") in any order."""
    if not value:
        return frozenset()
    return frozenset(re.sub(r"[\W_]+", "", part.lower()) for part in value.split(" / "))


def _point_table(by_point: Sequence[tuple[str, list[tuple[bool, bool]]]]) -> ReportTable:
    rows = tuple(
        (point, sum(label for label, _ in outcomes), _precision(outcomes), _recall(outcomes), _f1(outcomes))
        for point, outcomes in by_point
    )
    return ReportTable("Presence of each point", ("point", "present", "precision", "recall", "F1"), rows)


def _wrong_presence(pairs: Sequence[_Pair]) -> ReportTable:
    rows = tuple(
        (post["id"], point, "missed" if post["present"][point] else "made up", str(request.points.get(point, ""))[:60])
        for post, request in pairs
        for point in POINT_IDS
        if post["present"][point] != (point in request.points)
    )
    return ReportTable("Presence judged otherwise", ("id", "point", "how", "said"), rows)


def _wrong_values(pairs: Sequence[_Pair]) -> ReportTable:
    rows = tuple(
        (post["id"], point, post["values"][point], request.points.get(point))
        for post, request in pairs
        for point in _VALUES
        if not _same(post["values"][point], request.points.get(point))
    )
    return ReportTable("Values judged otherwise", ("id", "point", "label", "said"), rows)


def _wrong_kind(pairs: Sequence[_Pair]) -> ReportTable:
    rows = tuple(
        (post["id"], request.is_help_request, request.certainty, request.text_quality, post["text"][:80])
        for post, request in pairs
        if bool(post["is_help_request"]) != request.is_help_request
        or bool(post["is_text_quality_question"]) != request.text_quality
    )
    return ReportTable("Kind judged otherwise", ("id", "said request", "certainty", "said text quality", "text"), rows)


def _precision(outcomes: Iterable[tuple[bool, bool]]) -> float:
    said = [label for label, claim in outcomes if claim]
    return share(said)


def _recall(outcomes: Iterable[tuple[bool, bool]]) -> float:
    return share(claim for label, claim in outcomes if label)


def _f1(outcomes: Sequence[tuple[bool, bool]]) -> float:
    hits = sum(label and claim for label, claim in outcomes)
    wrong = sum(label != claim for label, claim in outcomes)
    return 100 * 2 * hits / (2 * hits + wrong) if hits or wrong else 100.0
