"""The estimate: bytes of one model under given settings, for every device."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from bot.base.languages import Text
from bot.memory import kv_cache, overhead, recurrent, unsure
from bot.memory.compute import Buffers, compute_buffers, forget_peaks
from bot.memory.layout import Layout, as_run
from bot.memory.overrides import simplified, with_kept
from bot.memory.serving import Serving
from bot.memory.settings import Interval, Settings, check
from bot.memory.weights import copied_weights, device_weights, weigh
from bot.models.shape import Model, ModelShape


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes on one device. `total` is the loader's own accounting and `overhead` together.

    `range` is where the total really lies when uncertain parts are taken at their smallest and largest.
    """

    weights: int
    kv_cache: int
    recurrent: int
    compute: int
    overhead: int
    range: Interval
    copied_weights: int = 0  # room for a host matrix that a large batch brings to the GPU; in no dry run
    unpacked_cache: int = 0  # room for one layer's packed cache in 16 bits; in no dry run either

    @property
    def accounted(self) -> int:
        """What the loader itself allocates."""
        return self.weights + self.kv_cache + self.recurrent + self.compute

    @property
    def total(self) -> int:
        """Bytes with the driver's share."""
        return self.accounted + self.overhead

    @property
    def needed(self) -> int:
        """What must be free for the model to run: the total, and room for prompts."""
        return self.total + self.room

    @property
    def room(self) -> int:
        """What reading a prompt takes besides."""
        return self.copied_weights + self.unpacked_cache


@dataclass(frozen=True, slots=True)
class Estimate:
    """Bytes on the GPUs (summed in `gpu`, one by one in `gpus`) and on the host."""

    gpu: Usage
    host: Usage
    gpus: tuple[Usage, ...]
    gpu_layers: int  # counting the output layer
    layers: int
    exact: bool
    notes: tuple[Text, ...]
    serving: Serving | None = None  # of an engine that fills its card
    whole: bool = True  # every layer and the output on the GPUs, next-token layers too

    def with_notes(self, *notes: Text) -> "Estimate":
        """The same with further notes."""
        return replace(self, notes=(*self.notes, *notes))


_WITHOUT_FLASH_ATTENTION = frozenset(("grok",))  # src/llama-context.cpp forces it off


def estimate(model: Model, settings: Settings) -> Estimate:
    """Bytes of `model` under `settings`.

    Raises:
        UserError: settings that no loader takes (zero context, unknown cache type ...).
    """
    check(settings)
    settings = simplified(model, settings)
    fixed = _fixed(model.shape, settings)
    layout, buffers = fixed.layout, fixed.buffers
    held = with_kept(weigh(model), model, settings)
    host_weights, gpu_weights = device_weights(held, layout)
    host = _usage(fixed.host, host_weights, model)
    driver = overhead.OVERHEADS[settings.backend if layout.gpu_layers else "none"]
    copied = copied_weights(held, layout)
    picture = settings.mmproj_bytes if layout.gpu_layers else 0
    gpus = []
    for at, parts in enumerate(fixed.gpus):
        weights = gpu_weights[at] + (picture if at == (layout.output_gpu or 0) else 0)
        gpus.append(_usage(parts, weights, model, driver, (0 if at else copied, fixed.unpacked[at])))
    return Estimate(
        gpu=_sum(gpus),
        host=host,
        gpus=tuple(gpus),
        gpu_layers=layout.gpu_layers,
        layers=model.shape.layers,
        exact=model.exact and buffers.exact,
        notes=model.notes + fixed.notes,
        whole=layout.full_offload,
    )


def forget_graphs() -> None:
    """Leaves nothing worked out, for those who measure time."""
    forget_peaks()
    _fixed.cache_clear()


class _Parts(NamedTuple):
    """What a loader allocates on one device beside the weights, and between which bounds; bytes."""

    kv_cache: int
    recurrent: int
    compute: int
    cache_range: Interval
    compute_range: Interval


class _Fixed(NamedTuple):
    """What does not depend on how a model is quantized."""

    layout: Layout
    buffers: Buffers
    host: _Parts
    gpus: tuple[_Parts, ...]
    unpacked: tuple[int, ...]  # room for one layer's packed cache on each GPU
    notes: tuple[Text, ...]


@lru_cache(maxsize=128)
def _fixed(shape: ModelShape, settings: Settings) -> _Fixed:
    shape = as_run(shape)
    if shape.architecture in _WITHOUT_FLASH_ATTENTION:
        settings = replace(settings, flash_attention=False)
    layout = Layout(shape, settings)
    host_kv, gpu_kv = _by_device(kv_cache.layer_bytes(shape, layout), layout)
    host_state, gpu_state = _by_device(recurrent.layer_bytes(shape, layout), layout)
    buffers = compute_buffers(shape, settings, layout)
    host_share = 1.0 if settings.kv_on_host else min(layout.first_gpu_layer, shape.layers) / shape.layers
    cache = _cache_bounds(shape, layout, host_kv, host_share, buffers.known)
    host = _Parts(host_kv, host_state, buffers.host, cache, Interval(buffers.host_low, buffers.host_high))
    gpus = []
    for at, (first, end) in enumerate(layout.gpu_ranges):
        compute = Interval(min(buffers.gpus[at], buffers.gpus_low[at]), buffers.gpus_high[at])
        share = 0.0 if settings.kv_on_host else (min(end, shape.layers) - min(first, shape.layers)) / shape.layers
        cache = _cache_bounds(shape, layout, gpu_kv[at], share, buffers.known)
        gpus.append(_Parts(gpu_kv[at], gpu_state[at], buffers.gpus[at], cache, compute))
    unpacked = kv_cache.unpacked_bytes(shape, layout)
    return _Fixed(layout, buffers, host, tuple(gpus), unpacked, _notes(shape, settings, buffers.known))


def _usage(
    parts: _Parts,
    weights: int,
    model: Model,
    driver: overhead.Overhead = overhead.OVERHEADS["none"],
    room: tuple[int, int] = (0, 0),
) -> Usage:
    """One device's weights and other parts with the driver's overhead, and the range that uncertain parts leave.

    `room` = bytes of copied weights and of an unpacked cache.
    """
    slack = int(weights * model.spread + parts.kv_cache * model.cache_spread)
    fixed = weights + parts.recurrent
    reach = Interval(
        fixed + parts.cache_range.low - slack + parts.compute_range.low + driver.low,
        fixed + parts.cache_range.high + slack + parts.compute_range.high + driver.high + sum(room),
    )
    return Usage(weights, parts.kv_cache, parts.recurrent, parts.compute, driver.usual, reach, *room)


def _cache_bounds(shape: ModelShape, layout: Layout, size: int, share: float, known: bool) -> Interval:
    return Interval(size, size) if known else unsure.cache_bounds(shape, layout, size, share)


def _by_device(sizes: tuple[int, ...], layout: Layout) -> tuple[int, tuple[int, ...]]:
    """(host, each GPU) sums of what each layer keeps; all on the host with --no-kv-offload."""
    if layout.settings.kv_on_host:
        return sum(sizes), (0,) * layout.gpus
    gpus = tuple(sum(sizes[first:end]) for first, end in layout.gpu_ranges)
    return sum(sizes) - sum(gpus), gpus


def _sum(usages: list[Usage]) -> Usage:
    return Usage(
        sum(usage.weights for usage in usages),
        sum(usage.kv_cache for usage in usages),
        sum(usage.recurrent for usage in usages),
        sum(usage.compute for usage in usages),
        sum(usage.overhead for usage in usages),
        Interval(sum(usage.range.low for usage in usages), sum(usage.range.high for usage in usages)),
        sum(usage.copied_weights for usage in usages),
        sum(usage.unpacked_cache for usage in usages),
    )


def _notes(shape: ModelShape, settings: Settings, known: bool) -> tuple[Text, ...]:
    notes = []
    if shape.trained_context and settings.context > shape.trained_context:
        notes.append(
            Text(
                "The model was trained for {trained_context:,} tokens; beyond that it may talk nonsense.",
                "这个模型训练时的上下文是 {trained_context:,}，超过后可能胡言乱语。",
            ).format(trained_context=shape.trained_context)
        )
    if not known:
        notes.append(
            Text(
                "The graph of “{architecture}” is not known here; its compute buffer is a wider guess.",
                "这里还不认识“{architecture}”架构的计算图，计算缓冲区只能粗略估计。",
            ).format(architecture=shape.architecture)
        )
    return tuple(notes)
