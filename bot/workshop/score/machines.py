"""What people said runs where, and how fast it ran, against the plans.

Statements: `model`, `vram`, `ram`, `context`, `cache`, and `truth` = gpu, split or no. Speeds: `hardware`, `ram_gb`,
`os`, `model`, `tokens_per_second` of an almost empty context.
"""

from collections.abc import Sequence
from statistics import median
from typing import Final

from bot.base.errors import UserError
from bot.clinic.door import Clinic
from bot.memory.plan import Plan
from bot.memory.settings import CACHE_TYPES
from bot.workshop.score.parts import Part, Row, share
from bot.workshop.score.report import Cell, Metric, ReportTable

SPEED_CONTEXT: Final = 4096  # of the runs that measured speed


def judge_statements(rows: Sequence[Row]) -> Part | None:
    """How often the verdict agrees."""
    if not rows:
        return None
    clinic = Clinic()
    said = [(row, _verdict(clinic, row)) for row in rows]
    wrong = tuple(
        (str(row["model"]), str(row["vram"]), str(row["truth"]), verdict)
        for row, verdict in said
        if verdict != row["truth"]
    )
    metrics = (
        Metric("statements: verdict right", share([verdict == row["truth"] for row, verdict in said])),
        Metric("statements: said to run where it does not", share([_too_bold(row, said) for row, said in said])),
    )
    table = ReportTable("Statements, wrong", ("model", "vram", "truth", "said"), wrong)
    return Part(len(rows), metrics, (table,))


_ORDER: Final = ("gpu", "split", "cpu", "no")


def _too_bold(row: Row, said: str) -> bool:
    return said in _ORDER and _ORDER.index(said) < _ORDER.index(str(row["truth"]))


def _verdict(clinic: Clinic, row: Row) -> str:
    cache = str(row.get("cache") or "f16")
    known = cache if cache in CACHE_TYPES else {"q6": "q8_0", "q8": "q8_0", "q4": "q4_0"}.get(cache, "f16")
    try:
        found = clinic.can_run(
            str(row["model"]),
            str(row["vram"]),
            str(row["ram"]),
            context=row.get("context"),
            cache_type=known,
            system=row.get("system") or "linux",
        )
    except UserError as error:
        return f"not known: {error.text.en[:60]}"
    return found.plan.verdict


def judge_speeds(rows: Sequence[Row]) -> Part | None:
    """How often a measured speed lies inside the range, and how wide the ranges are."""
    if not rows:
        return None
    clinic = Clinic()
    judged = [(row, _plan(clinic, row)) for row in rows]
    inside = [_inside(row, plan) for row, plan in judged]
    metrics = [
        Metric("speeds: inside the range", share(inside)),
        Metric("speeds: median width of the range", median(_widths(judged) or [0.0]), "times"),
    ]
    metrics += [_of_hardware(name, judged, inside) for name in dict.fromkeys(str(row["hardware"]) for row in rows)]
    wrong = tuple(_missed(row, plan) for (row, plan), right in zip(judged, inside, strict=True) if not right)
    table = ReportTable("Speeds outside the range", ("hardware", "model", "how", "low", "high", "measured"), wrong)
    return Part(len(rows), tuple(metrics), (table,))


def _widths(judged: Sequence[tuple[Row, Plan | None]]) -> list[float]:
    """How many times the highest speed of a range is its lowest."""
    speeds = [plan.speed for _, plan in judged if plan is not None]
    return [speed.high / speed.low for speed in speeds if speed is not None]


def _of_hardware(name: str, judged: Sequence[tuple[Row, Plan | None]], inside: Sequence[bool]) -> Metric:
    own = [right for (row, _), right in zip(judged, inside, strict=True) if row["hardware"] == name]
    return Metric(f"speeds: inside the range, {name}, {len(own)} runs", share(own))


def _plan(clinic: Clinic, row: Row) -> Plan | None:
    try:
        found = clinic.can_run(
            str(row["model"]),
            str(row["hardware"]),
            str(max(1, round(float(row["ram_gb"])))),
            context=SPEED_CONTEXT,
            system=row.get("os") or "linux",
        )
    except UserError:
        return None
    return found.plan


def _inside(row: Row, plan: Plan | None) -> bool:
    speed = plan.speed if plan is not None else None
    return speed is not None and speed.low <= float(row["tokens_per_second"]) <= speed.high


def _missed(row: Row, plan: Plan | None) -> tuple[Cell, ...]:
    speed = plan.speed if plan is not None else None
    how = f"{plan.model.quant} {plan.verdict}" if plan is not None else "not known"
    low, high = (speed.low, speed.high) if speed is not None else (None, None)
    return (str(row["hardware"]), str(row["model"]), how, low, high, float(row["tokens_per_second"]))
