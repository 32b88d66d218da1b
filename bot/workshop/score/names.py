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
    pairs = [(case, parse_name(case["text"], known)) for case in cases]
    metrics = (
        Metric("base model and quantization", share([_is_right(*pair) for pair in pairs])),
        Metric("base model", share([_base(*pair) for pair in pairs])),
        Metric("quantization", share([_quant(*pair) for pair in pairs])),
        Metric("no language model, known as such", share([n.base is None for c, n in pairs if c["base"] is None])),
        *(Metric(part, share([_same(c.get(part), getattr(n, part)) for c, n in pairs])) for part in _PARTS),
    )
    missed = tuple(_missed(*pair) for pair in pairs if not _is_right(*pair))
    return Report("Names", len(cases), metrics, (ReportTable("Missed", ("text", "label", "said"), missed),))


def _is_right(case: dict[str, Any], name: ModelName) -> bool:
    return _base(case, name) and _quant(case, name)


def _missed(case: dict[str, Any], name: ModelName) -> tuple[str, str, str]:
    return case["text"], f"{case['base']} {case['quant']}", f"{name.base} {name.quant}"


def _base(case: dict[str, Any], name: ModelName) -> bool:
    return any(_same(accepted, name.base) for accepted in (case["base"], *case.get("also", ())))


def _quant(case: dict[str, Any], name: ModelName) -> bool:
    return any(_same(accepted, name.quant) for accepted in (case["quant"], *case.get("quant_also", ())))


def _same(expected: Any, said: Any) -> bool:
    """Equal, whatever the case; what a label leaves open is not judged against a known fact of the model."""
    if isinstance(expected, str) and isinstance(said, str):
        return expected.casefold() == said.casefold()
    return bool(expected == said)
