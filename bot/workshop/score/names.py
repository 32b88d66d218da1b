"""How many parts of labelled model names are read right."""

from pathlib import Path
from typing import Any

from bot.knowledge.files import knowledge_root
from bot.models.name_index import known_models
from bot.models.names import ModelName, parse_name
from bot.workshop.score.parts import share
from bot.workshop.score.report import (
    Metric,
    Report,
    ReportTable,
    json_lines_in,
)

_PARTS = ("format", "bpw", "part", "parts", "org", "size_b")


def evaluate(path: Path) -> Report:
    """Judges every name of `path`/model_names.jsonl (keys text, base, quant, also, quant_also, ...)."""
    cases = list(json_lines_in(path, "model_names.jsonl"))
    known = known_models(knowledge_root())
    names = [parse_name(case["text"], known) for case in cases]
    pairs = list(zip(cases, names, strict=True))
    metrics = [
        Metric("base model and quantization", share([_base(c, n) and _quant(c, n) for c, n in pairs])),
        Metric("base model", share([_base(c, n) for c, n in pairs])),
        Metric("quantization", share([_quant(c, n) for c, n in pairs])),
        Metric("no language model, known as such", share([n.base is None for c, n in pairs if c["base"] is None])),
    ]
    metrics += [Metric(part, share([_same(c.get(part), getattr(n, part)) for c, n in pairs])) for part in _PARTS]
    rows = tuple(
        (c["text"], f"{c['base']} {c['quant']}", f"{n.base} {n.quant}")
        for c, n in pairs
        if not (_base(c, n) and _quant(c, n))
    )
    return Report("Names", len(cases), tuple(metrics), (ReportTable("Missed", ("text", "label", "said"), rows),))


def _base(case: dict[str, Any], name: ModelName) -> bool:
    return any(_same(accepted, name.base) for accepted in (case["base"], *case.get("also", ())))


def _quant(case: dict[str, Any], name: ModelName) -> bool:
    return any(_same(accepted, name.quant) for accepted in (case["quant"], *case.get("quant_also", ())))


def _same(expected: Any, said: Any) -> bool:
    """Equal, whatever the case; what a label leaves open is not judged against a known fact of the model."""
    if isinstance(expected, str) and isinstance(said, str):
        return expected.casefold() == said.casefold()
    return bool(expected == said)
