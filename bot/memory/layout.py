"""Which layer lies where and keeps what: placement, windows, recurrent layers, and a short sample for the graph."""

from bisect import bisect_right
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import accumulate, chain, repeat
from typing import Final

from bot.memory.settings import ALL, MOST_GPUS, Settings, padded
from bot.models.shape import ModelShape
from bot.models.tensors import has_own_index

# Architectures with latent attention that llama.cpp unfolds into ordinary heads (src/models/minicpm3.cpp, plm.cpp).
_UNFOLDED: Final = frozenset(("minicpm3", "plm"))


# Architectures whose layers each leave the buffer's gaps in another order, for a while.
_UNLIKE: Final = frozenset(("arwkv7",))
_PLACES: Final = 2 * (MOST_GPUS + 1)  # devices, times whether experts are kept on the host
_NO_LAYER: Final = -1


@lru_cache(maxsize=512)
def as_run(shape: ModelShape) -> ModelShape:
    """The shape as llama.cpp runs it: latent attention unfolded where it does not keep it compressed."""
    latent = shape.latent
    if latent is None or shape.architecture not in _UNFOLDED:
        return shape
    length = latent.nope_length + latent.rope_length
    return replace(shape, latent=None, kv_heads=shape.heads, key_length=length, value_length=latent.value_length)


class Layout:
    """Placement of one model's layers under given settings."""

    def __init__(self, shape: ModelShape, settings: Settings) -> None:
        self.shape = shape
        self.settings = settings
        total = shape.blocks
        wanted = settings.gpu_layers
        self.gpu_layers = total + 1 if wanted == ALL else min(wanted, total + 1)
        # llama.cpp b11434, src/llama-model.cpp: i_gpu_start = max(n_layer + 1 - n_gpu_layers, 0)
        self.full_offload = self.gpu_layers == total + 1
        self.first_gpu_layer = total + 1 - self.gpu_layers
        self.output_on_gpu = self.gpu_layers > 0
        if not settings.habits.output_first:
            self.first_gpu_layer = max(0, total - self.gpu_layers)
            self.output_on_gpu = self.full_offload
        self.gpus = max(1, len(settings.tensor_split))
        self.gpu_ranges = self._gpu_ranges(total)
        self.output_gpu = self._gpu_of(total) if self.output_on_gpu else None

    def on_gpu(self, layer: int) -> bool:
        """Whether a layer (from 0) lies on the card."""
        return layer >= self.first_gpu_layer

    def device(self, layer: int) -> int:
        """0 = the host, else the number of the GPU, from 1."""
        return 1 + self._gpu_of(layer) if layer >= self.first_gpu_layer else 0

    @property
    def rounds(self) -> int:
        """Batches under way at once: four with pipeline parallelism, which needs several GPUs and nothing on the host.

        llama.cpp b11434, src/llama-context.cpp (pipeline_parallel), ggml-backend.cpp (GGML_SCHED_MAX_COPIES).
        """
        settings = self.settings
        parallel = self.gpus > 1 and self.full_offload and not (settings.kv_on_host or settings.experts_on_host)
        return 4 if parallel else 1

    def _gpu_of(self, layer: int) -> int:
        """Which GPU holds a layer: the first whose cumulated share exceeds the layer's place among those offloaded.

        llama.cpp b11434, src/llama-model.cpp: upper_bound(splits, (il - i_gpu_start) / act_gpu_layers).
        """
        if len(self.settings.tensor_split) < 2:
            return 0
        place = (layer - self.first_gpu_layer) / max(1, self.gpu_layers)
        return min(bisect_right(self._reached, place), len(self._reached) - 1)

    @cached_property
    def _reached(self) -> tuple[float, ...]:
        """The cumulated shares of the GPUs."""
        shares = self.settings.tensor_split
        total = sum(shares) or 1.0
        return tuple(accumulate(share / total for share in shares))

    def _gpu_ranges(self, total: int) -> tuple[tuple[int, int], ...]:
        """(first, end) layer of each GPU; `total` counts next-token layers too."""
        if self.gpus == 1:
            return ((min(self.first_gpu_layer, total), total),)
        owners = [self._gpu_of(layer) for layer in range(self.first_gpu_layer, total)]
        ranges, at = [], min(self.first_gpu_layer, total)
        for gpu in range(self.gpus):
            end = at + owners.count(gpu)
            ranges.append((at, end))
            at = end
        return tuple(ranges)

    def is_recurrent(self, layer: int) -> bool:
        """Whether a layer has a state instead of a cache."""
        return bool(self.shape.recurrent_layers) and self.shape.recurrent_layers[layer]

    def is_window(self, layer: int) -> bool:
        """Whether a layer only sees a window of the context."""
        return bool(self.shape.window_layers) and self.shape.window_layers[layer]

    def has_experts(self, layer: int) -> bool:
        """Whether a layer is a mixture of experts."""
        return has_experts(self.shape, layer)

    def head_lengths(self, layer: int) -> tuple[int, int]:
        """(key, value) length of this layer's heads."""
        return self.lengths(self.is_window(layer))

    def lengths(self, window: bool) -> tuple[int, int]:
        """(key, value) length of heads in layers with or without a window."""
        shape = self.shape
        if window:
            return shape.window_key_length or shape.key_length, shape.window_value_length or shape.value_length
        return shape.key_length, shape.value_length

    @cached_property
    def cells(self) -> int:
        """Cells of the cache of one stream."""
        return self.settings.cells

    @cached_property
    def window_cells(self) -> int:
        """llama.cpp b11434, src/llama-kv-cache-iswa.cpp: GGML_PAD(min(size_base, n_swa * slots + n_ubatch), 256)."""
        settings = self.settings
        if settings.full_window or not settings.habits.window_cache:
            return self.cells
        slots = settings.parallel if settings.unified else 1
        return padded(min(self.cells, self.shape.window * slots + min(settings.ubatch, settings.batch)), 256)

    @cached_property
    def has_attention(self) -> bool:
        """Whether any layer has a key/value cache."""
        return any(self.shape.kv_heads)

    @cached_property
    def has_window_layers(self) -> bool:
        """Whether any layer only sees a window."""
        return any(self.shape.window_layers)

    @cached_property
    def has_full_layers(self) -> bool:
        """Whether any layer sees the whole context."""
        windows = self.shape.window_layers or (False,) * self.shape.layers
        return any(heads and not window for heads, window in zip(self.shape.kv_heads, windows, strict=False))

    def cache_owner(self, layer: int) -> int:
        """The layer whose cache this one reads: its own, or the last of its kind that keeps one (Gemma 3n, 4)."""
        own = self.shape.layers - self.shape.shared_kv_layers
        return layer if layer < own else own - (2 if self.is_window(layer) else 1)

    @cached_property
    def widest_values(self) -> int:
        """Numbers per cell of the widest layer's values (n_embd_v_gqa_max)."""
        return max(heads * self.head_lengths(layer)[1] for layer, heads in enumerate(self.shape.kv_heads))

    @cached_property
    def kinds(self) -> tuple[int, ...]:
        """For each layer a number for its device, whether its experts are kept on the host, and what it is."""
        experts = self.settings.experts_on_host
        moved = (True,) * experts + (False,) * (self.shape.layers - experts)
        parts = zip(self.devices, moved, _kinds(self.shape), strict=False)
        return tuple([2 * device + kept + _PLACES * kind for device, kept, kind in parts])

    @cached_property
    def devices(self) -> tuple[int, ...]:
        """The device of each layer, next-token layers too: 0 = the host."""
        parts = [(0,) * min(self.first_gpu_layer, self.shape.blocks)]
        parts += [(gpu,) * (end - first) for gpu, (first, end) in enumerate(self.gpu_ranges, 1)]
        return tuple(chain.from_iterable(parts))

    @cached_property
    def sample(self) -> tuple[int, ...]:
        """Layers that stand for all: every change of kind twice, the ends, and both sides of the device boundary.

        Where layers on one device read what lies on the other, each counts, and none is left out.
        """
        count = self.shape.layers
        if self._needs_every_layer:
            return tuple(range(count))
        kinds = self.kinds
        back = 3 if any(self.shape.recurrent_layers) else 2
        seen: dict[tuple[int, ...], int] = {}
        chosen = []
        before = [(_NO_LAYER,) * at + kinds for at in range(back)]
        for layer, run in enumerate(zip(*before, strict=False)):
            times = seen.get(run, 0)
            if times < 2 or layer == count - 1:
                chosen.append(layer)
            seen[run] = times + 1
        return tuple(chosen)

    @property
    def _needs_every_layer(self) -> bool:
        """Whether layers are all unlike, or one on one device reads what lies on the other."""
        shape, index = self.shape, self.shape.sparse_index
        if shape.architecture in _UNLIKE or shape.cycles or shape.residual_block or shape.compression is not None:
            return True
        if index is not None and (index.block > 0 or index.pool > 0):
            return True
        is_split = 0 < self.first_gpu_layer < shape.layers
        return is_split and (bool(shape.shared_kv_layers) or any(shape.recurrent_layers))

    @cached_property
    def left_out(self) -> tuple[int, ...]:
        """Layers without a window on each device, the host first, that the sample stands for without looking at."""
        counts = [0] * (1 + self.gpus)
        for layer in set(range(self.shape.layers)) - set(self.sample):
            counts[self.device(layer)] += not self.is_window(layer)
        return tuple(counts)


@lru_cache(maxsize=32)
def _kinds(shape: ModelShape) -> tuple[int, ...]:
    """A number for what each layer is, wherever it lies."""
    every = range(shape.layers)
    kinds = list(
        zip(
            shape.recurrent_layers or repeat(False),
            shape.window_layers or repeat(False),
            (has_experts(shape, layer) for layer in every),
            shape.heads,
            shape.kv_heads,
            shape.feed_forward,
            (layer >= shape.layers - shape.shared_kv_layers for layer in every),
            (has_own_index(shape, layer) for layer in every),
            strict=False,
        )
    )
    numbers = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
    return tuple(numbers[kind] for kind in kinds)


def has_experts(shape: ModelShape, layer: int) -> bool:
    """Whether this layer's feed-forward part is a mixture of experts."""
    experts = shape.experts
    if experts is None:
        return False
    return experts.layers[layer] if experts.layers else layer >= experts.leading_dense
