"""Bytes of published GGUF files, and names as people give them, against the catalog.

Sizes: `model`, `quant`, `bytes`. Names: a text file, one a line.
"""

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

from bot.base.errors import UserError
from bot.knowledge.files import knowledge_root
from bot.models.catalog import Catalog, load_catalog
from bot.models.named import named_model
from bot.models.shape import Model
from bot.workshop.score.parts import Part, Row, share
from bot.workshop.score.report import Metric, ReportTable

NAMES: Final = "names-2026.txt"


def judge_published(rows: Sequence[Row]) -> Part | None:
    """Errors of file sizes, plain and dynamic mixes apart, and how often a range holds the truth."""
    if not rows:
        return None
    catalog = load_catalog(knowledge_root())
    judged = [(row, _named(f"{row['model']}-{row['quant']}", catalog)) for row in rows]
    known = [(row, model) for row, model in judged if model is not None]
    unknown = tuple((str(row["id"]),) for row, model in judged if model is None)
    metrics = (
        Metric("published: model known", share([model is not None for _, model in judged])),
        *_size_metrics("plain quants", known, dynamic=False),
        *_size_metrics("dynamic mixes", known, dynamic=True),
    )
    return Part(len(rows), metrics, (_wide(known), ReportTable("Published, model not known", ("file",), unknown)))


def _is_dynamic(row: Row) -> bool:
    return str(row["quant"]).upper().startswith("UD")


def _wide(judged: Sequence[tuple[Row, Model]]) -> ReportTable:
    """The files whose size was missed."""
    rows = tuple(
        (str(row["id"]), model.file_bytes / 1e6, row["bytes"] / 1e6, _error(row, model))
        for row, model in judged
        if _error(row, model) > 0.5
    )
    columns = ("file", "said MB", "published MB", "error %")
    return ReportTable("Published sizes more than 0.5 % off", columns, rows)


def _size_metrics(label: str, all_judged: Sequence[tuple[Row, Model]], *, dynamic: bool) -> list[Metric]:
    judged = [(row, model) for row, model in all_judged if _is_dynamic(row) == dynamic]
    if not judged:
        return []
    errors = [_error(row, model) for row, model in judged]
    held = [error <= 100 * max(model.spread, 0.002) for error, (_, model) in zip(errors, judged, strict=True)]
    return [
        Metric(f"published: {label}, files", len(judged), ""),
        Metric(f"published: {label}, median error", median(errors)),
        Metric(f"published: {label}, worst", max(errors)),
        Metric(f"published: {label}, inside the stated range", share(held)),
    ]


def _error(row: Row, model: Model) -> float:
    return 100 * abs(model.file_bytes - int(row["bytes"])) / int(row["bytes"])


def _named(text: str, catalog: Catalog) -> Model | None:
    try:
        return named_model(text, catalog)
    except UserError:
        return None


def judge_known(path: Path) -> Part | None:
    """How many of a list of names the catalog knows."""
    file = path / NAMES if path.is_dir() else path
    if file.name != NAMES or not file.exists():
        return None
    catalog = load_catalog(knowledge_root())
    names = [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    unknown = tuple((name,) for name in names if _named(name, catalog) is None)
    metric = Metric("names: known", 100 - 100 * len(unknown) / max(1, len(names)))
    return Part(len(names), (metric,), (ReportTable("Names not known", ("name",), unknown),))
