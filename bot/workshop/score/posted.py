"""Rows of what loaders printed, compared with the estimate for the header facts that the log showed."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from bot.base.errors import UserError
from bot.memory.estimate import estimate
from bot.memory.kept import kept_by_layer
from bot.memory.layout import Layout
from bot.memory.settings import ALL, Settings
from bot.memory.weights import weigh
from bot.models import gguf
from bot.models.catalog import Catalog
from bot.models.named import model_in_quant, named_model
from bot.models.shape import Experts, LatentAttention, Model, ModelShape

Row = Mapping[str, Any]
MIB = 1 << 20
_HOST = re.compile(r"CPU|AMX|_Host$|^total$")
_NOT_MODELLED = frozenset(
    ("mamba", "rwkv6", "rwkv7", "t5encoder", "t5", "jamba", "bert", "lfm2", "qwen35", "qwen35moe")
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One printed size and the estimate of it, in bytes. `recent`: a build of 2025 or later."""

    row: str
    part: str
    said: float
    truth: float
    fork: bool
    recent: bool

    @property
    def error(self) -> float:
        """Percent of the truth."""
        return 100 * abs(self.said - self.truth) / self.truth if self.truth else 0.0


def compare_posted(row: Row, catalog: Catalog) -> Iterator[Comparison]:
    """What of a row can be compared: KV cache, weights on the GPUs, the compute buffer of the only GPU or the CPU."""
    settings, shape = _settings(row), _shape(row)
    if settings is None or shape is None:
        return
    layout = Layout(shape, settings)

    def found(part: str, said: float, truth: float) -> Comparison:
        return Comparison(str(row["id"]), part, said, truth * MIB, _is_fork(row), _is_recent(row))

    cache = sum((row.get("kv_mib") or {}).values())
    if cache and any(shape.kv_heads) and shape.architecture not in _NOT_MODELLED:
        yield found("KV cache", sum(kept_by_layer(shape, layout)), cache)
    model = _model(row, shape, catalog)
    weights = _gpu_weights(row, model, layout)
    if weights is not None:
        yield found("GPU weights", *weights)
    compute = _compute(row)
    if compute is not None and shape.architecture not in _NOT_MODELLED:
        device, truth = compute
        known = model or Model(shape, ())
        result = estimate(Model(shape, known.tensors), settings)
        yield found("compute", result.gpu.compute if device == "gpu" else result.host.compute, truth)


def _is_fork(row: Row) -> bool:
    return str(row.get("loader")).startswith("ik_")


def _is_recent(row: Row) -> bool:
    build = _build(row)
    return str(row.get("date") or "") >= "2025" or build >= 4400


def _build(row: Row) -> int:
    """The build number that the log showed; ik_llama.cpp counts its own, and keeps latent values in its mode 1 only."""
    if _is_fork(row):
        return 5000 if row.get("mla_attn") == 1 else 7_800
    if row.get("loader") != "llama.cpp":
        return 5000 if str(row.get("date") or "2025") < "2026" else 9000
    found = re.match(r"\d+", str(row.get("loader_version") or ""))
    number = int(found[0]) if found else 0
    if number > 1000:
        return number
    return {"2024": 3500, "2025": 5500, "2026": 9000}.get(str(row.get("date") or "")[:4], 3500)


def _settings(row: Row) -> Settings | None:
    context = row.get("n_ctx")
    if not context:
        return None
    layers = _offloaded(row)
    return Settings(
        context=int(context),
        cache_type_k=str(row.get("cache_type_k") or "f16"),
        cache_type_v=str(row.get("cache_type_v") or "f16"),
        batch=int(row.get("n_batch") or 2048),
        ubatch=int(row.get("n_ubatch") or 512),
        parallel=int(row.get("n_seq_max") or 1),
        flash_attention=row.get("flash_attn") in (True, "auto", "on", "true"),
        gpu_layers=layers,
        unified=str(row.get("kv_unified")).lower() != "false" or int(row.get("n_seq_max") or 1) == 1,
        kv_on_host=bool(row.get("kv_on_host")),
        backend="none",
        build=_build(row),
    )


def _offloaded(row: Row) -> int:
    found = re.match(r"(\d+)/(\d+)", str(row.get("n_gpu_layers") or ""))
    if found:
        return int(found[1]) if found[1] != found[2] else ALL
    return 0 if row.get("offload_class") == "none" or not row.get("n_gpus") else ALL


def _numbers(value: object, count: int) -> tuple[int, ...]:
    """A number for each layer from a number or a printed list."""
    found = [int(part) for part in re.findall(r"\d+", str(value))]
    if len(found) == count:
        return tuple(found)
    return (found[0] if found else 0,) * count


def _whole(row: Row, key: str, usual: int = 0) -> int:
    return int(row.get(key) or usual)


def _shape(row: Row) -> ModelShape | None:
    """A shape from the facts that the log showed."""
    count = _whole(row, "n_layer")
    if not count or not row.get("n_embd"):
        return None
    architecture = str(row["arch"])
    heads, kv_heads = _numbers(row.get("n_head"), count), _numbers(row.get("n_head_kv"), count)
    key = _whole(row, "n_embd_head_k")
    value = _whole(row, "n_embd_head_v", key)
    experts = _whole(row, "n_expert")
    window = _whole(row, "n_swa")
    width = max(_numbers(row.get("n_ff_exp") or row.get("n_ff"), count))
    return ModelShape(
        architecture=architecture,
        name=str(row.get("model_name")),
        layers=count,
        embedding=int(row["n_embd"]),
        feed_forward=_numbers(row.get("n_ff"), count),
        heads=heads,
        kv_heads=kv_heads,
        key_length=key,
        value_length=value,
        vocabulary=_whole(row, "n_vocab"),
        trained_context=0,
        tied_embedding=architecture in ("gemma", "gemma2", "gemma3", "command-r"),
        window=window,
        window_layers=gguf.usual_window_layers(architecture, count) if window else (),
        experts=Experts(experts, _whole(row, "n_expert_used", 1), width) if experts else None,
        latent=_latent(row, key, value) if architecture == "deepseek2" else None,
    )


def _latent(row: Row, key: int, value: int) -> LatentAttention | None:
    """Of DeepSeek 2, where a build caches what is compressed."""
    if row.get("mla_attn") and row.get("mla_attn") != 0:
        return LatentAttention(512, 1536, 64, max(0, key - 64), value)
    return LatentAttention(512, 1536, 64, 128, 128) if key == 576 else None


def _on_gpu(sizes: Mapping[str, float]) -> float:
    return sum(size for name, size in sizes.items() if not _HOST.search(name.partition("#")[0]))


def _model(row: Row, shape: ModelShape, catalog: Catalog) -> Model | None:
    """The model, by name or by the log's facts, whose size agrees best with the file's (to half a percent)."""
    size = float(row.get("file_size_gib") or 0) * 1024 * MIB
    fitting = [
        (abs(weigh(model).total - size), model)
        for model in _candidates(row, shape, catalog)
        if size and abs(weigh(model).total - size) <= 0.005 * size
    ]
    return min(fitting, key=lambda pair: pair[0])[1] if fitting else None


def _candidates(row: Row, shape: ModelShape, catalog: Catalog) -> Iterator[Model]:
    stem = re.sub(r"\s{0,9}\[.{0,200}\]$", "", str(row.get("model_name") or "")).removesuffix(".gguf")
    mix = gguf.mix_of_description(str(row.get("file_type") or ""))
    for name in (stem, f"{stem} {mix}"):
        with suppress(UserError):
            yield named_model(name, catalog)
    if not (shape.vocabulary and shape.key_length and any(shape.heads) and any(shape.feed_forward)):
        return
    for tied in (False, True):
        with suppress(UserError, AssertionError, KeyError, ValueError, ZeroDivisionError):
            yield model_in_quant(replace(shape, tied_embedding=tied), mix)


def _gpu_weights(row: Row, model: Model | None, layout: Layout) -> tuple[float, float] | None:
    """(said, printed MiB) of the weights on all GPUs together, where the row tells enough.

    A mapped buffer on a GPU is a span of the file; tensors moved by overrides, which no log shows in full, leave the
    GPUs with far less than the file: neither can be compared.
    """
    sizes = row.get("weights_mib") or {}
    printed = _on_gpu(sizes)
    if not printed or model is None or any("Mapped" in name and not _HOST.search(name) for name in sizes):
        return None
    full = layout.settings.gpu_layers == ALL
    if full and printed * MIB < 0.85 * (weigh(model).total - weigh(model).input):
        return None
    return float(estimate(model, layout.settings).gpu.weights), printed


def _compute(row: Row) -> tuple[str, float] | None:
    """(device, MiB) of the compute buffer of the only GPU, or of the CPU where there is none."""
    sizes = row.get("compute_mib") or {}
    gpus = [size for name, size in sizes.items() if not _HOST.search(name)]
    if len(gpus) == 1 and _offloaded(row) == ALL and not row.get("kv_on_host"):
        return "gpu", gpus[0]
    if not gpus and not row.get("n_gpus"):
        return "host", sum(sizes.values())
    return None
