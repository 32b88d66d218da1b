"""Figures that vLLM, ExLlama, transformers and ollama printed on people's machines, against the estimates.

Rows: `engine`, `ask` (the name to give), the settings that were told, and what was printed: per GPU `weights_gib`,
`kv_gib`, `kv_tokens`, `starts`; for the other engines `used_mib` or `used_gb` of the whole card, `fits`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from bot.base.errors import UserError
from bot.knowledge.files import knowledge_root
from bot.memory.engines import (
    EXLLAMA_DRAFTS,
    SERVERS,
    checkpoint_cache_bits,
    engine_estimate,
    picture_bytes,
    serving_settings,
)
from bot.memory.estimate import Estimate
from bot.memory.serving import Serving
from bot.memory.settings import Settings
from bot.models.catalog import Catalog, load_catalog
from bot.models.named import as_published, named_model
from bot.models.names import parse_name
from bot.models.shape import Model
from bot.workshop.score.parts import Part, Row, share
from bot.workshop.score.report import Metric, ReportTable

MIB: Final = 1 << 20
GIB: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed figure and the estimate of it; `error` in percent of the printed one."""

    row: str
    part: str
    said: float
    truth: float

    @property
    def error(self) -> float:
        """Percent by which the estimate is off."""
        return 100 * abs(self.said - self.truth) / abs(self.truth) if self.truth else 100.0 * bool(self.said)


def judge_engines(rows: Sequence[Row]) -> Part | None:
    """Errors of weights, bytes of a token, tokens of the cache, totals, and how often "it starts" is right."""
    if not rows:
        return None
    catalog = load_catalog(knowledge_root())
    printed = [figure for row in rows for figure in _figures(row, catalog)]
    unknown = [str(row.get("id")) for row in rows if _model(row, catalog) is None]
    metrics = [Metric("engines: model not known", len(unknown), "")]
    metrics += [metric for part in _PARTS for metric in _metrics(printed, part)]
    table = ReportTable(
        "Engines, what was printed",
        ("row", "part", "said", "printed", "error %"),
        tuple((each.row, each.part, each.said, each.truth, each.error) for each in printed),
    )
    return Part(len(rows), tuple(metrics), (table,))


_PARTS: Final = (
    "vLLM weights GiB",
    "vLLM bytes per token",
    "vLLM KV tokens",
    "vLLM starts",
    "ExLlama MiB",
    "other MiB",
)
_LIMITS: Final[Mapping[str, tuple[float, ...]]] = {
    "vLLM weights GiB": (1, 8),
    "vLLM bytes per token": (1, 3),
    "vLLM KV tokens": (10,),
    "ExLlama MiB": (5,),
    "other MiB": (5,),
}


def _metrics(printed: Sequence[Printed], part: str) -> Iterator[Metric]:
    errors = [each.error for each in printed if each.part == part]
    if not errors:
        return
    if part == "vLLM starts":
        yield Metric("engines: vLLM starts, right", share([error == 0 for error in errors]))
        return
    yield Metric(f"engines: {part}, rows", len(errors), "")
    yield Metric(f"engines: {part}, median error", median(errors))
    for limit in _LIMITS[part]:
        yield Metric(f"engines: {part}, within {limit} %", share([error <= limit for error in errors]))
    yield Metric(f"engines: {part}, worst", max(errors))


def _model(row: Row, catalog: Catalog) -> Model | None:
    """The model that the row asks for; original weights where it says no more and no llama.cpp runs it."""
    name = parse_name(str(row["ask"]), catalog.called)
    try:
        found = named_model(str(row["ask"]), catalog)
        plain = row["engine"] in (*SERVERS, "transformers") and name.quant is None and name.format is None
        return as_published(found.shape) if plain else found
    except UserError:
        return None


def _figures(row: Row, catalog: Catalog) -> Iterator[Printed]:
    model = _model(row, catalog)
    if model is None:
        return
    name = str(row.get("id"))
    if row["engine"] in SERVERS:
        yield from _served(name, row, model)
        return
    used = row.get("used_mib") or float(row.get("used_gb") or 0) * 1e9 / MIB
    if used:
        said = _whole_estimate(row, model)
        yield Printed(name, "ExLlama MiB" if "exllama" in row["engine"] else "other MiB", said.gpu.total / MIB, used)


def _whole_estimate(row: Row, model: Model) -> Estimate:
    """With "(vision, MTP)" behind the model, its picture part and its next-token layer are loaded too."""
    beside = " ".join(re.findall(r"\(([^)]*)\)", str(row.get("model") or ""))).lower()
    pictures = picture_bytes(model.shape) if "vision" in beside else 0
    drafts = int(row.get("drafts") or (EXLLAMA_DRAFTS if row.get("mtp") or "mtp" in beside else 0))
    settings = Settings(context=int(row["context"]), mmproj_bytes=pictures)
    return engine_estimate(model, settings, row["engine"], cache=str(row.get("cache") or ""), drafts=drafts)


def _served(name: str, row: Row, model: Model) -> Iterator[Printed]:
    result = _serving_estimate(row, model)
    serving = result.serving
    assert serving is not None
    if row.get("weights_gib"):
        yield Printed(name, "vLLM weights GiB", result.gpus[0].weights / GIB, float(row["weights_gib"]))
    yield from _cached(name, row, serving)
    if row.get("starts") is not None and row.get("total_gib"):
        yield Printed(name, "vLLM starts", serving.starts, row["starts"])


def _cached(name: str, row: Row, serving: Serving) -> Iterator[Printed]:
    """Bytes of a token, and how many tokens the cache holds: of the card, or of the size that was printed."""
    size, tokens = row.get("kv_gib"), row.get("kv_tokens")
    if not tokens:
        return
    each = serving.counted_bytes or serving.bytes_per_token
    if size:
        yield Printed(name, "vLLM bytes per token", each, size * GIB / tokens)
    if row.get("total_gib"):
        yield Printed(name, "vLLM KV tokens", serving.tokens, tokens)
    elif size:
        yield Printed(name, "vLLM KV tokens", size * GIB / each, tokens)


def _serving_estimate(row: Row, model: Model) -> Estimate:
    """With the settings that the row tells; "(pp 2)" beside the card means stages instead of shared layers."""
    case: dict[str, Any] = dict(row)
    case.setdefault("v0", "nontorch_gib" in row)  # non_torch_memory is in the log of the old engine alone
    stages = re.search(r"\(pp (\d+)\)", str(row.get("gpu") or ""))
    if stages:
        case |= {"tp": 1, "pp": int(stages[1])}
    settings = serving_settings(case, model.shape, auto_bits=checkpoint_cache_bits(model))
    return engine_estimate(model, Settings(), row["engine"], serving=settings)
