"""How a model is to be loaded: everything besides the model itself that memory depends on."""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf
from typing import Final, Literal

from bot.base.errors import UserError
from bot.base.languages import COMMA, joined
from bot.memory.history import Habits, habits_of
from bot.models.quantization import GGML_TYPES

Backend = Literal["cuda", "rocm", "vulkan", "metal", "sycl", "cpu", "none", "cann", "musa"]

# llama.cpp b11434, common/arg.cpp, kv_cache_types: what --cache-type-k and --cache-type-v take.
CACHE_TYPES: Final = ("f32", "f16", "bf16", "q8_0", "q4_0", "q4_1", "iq4_nl", "q5_0", "q5_1")

ALL: Final = -1
MOST_GPUS: Final = 16  # GGML_SCHED_MAX_BACKENDS, ggml/src/ggml-backend.cpp


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high` bytes."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a llama.cpp-like loader, in tokens and counts; the defaults are llama-server's for one user.

    `outputs` is the number of logits rows of one batch, 0 = one for each slot. `gpu_layers` counts the output layer;
    ALL puts everything on the GPU. `tensor_split` gives each GPU's share of the layers (empty = one GPU).
    `backend` decides the driver's overhead only ("none" = leave it out). `build` is llama.cpp's build number, 0 =
    current; older builds reserved larger compute buffers.
    """

    context: int = 8192
    cache_type_k: str = "f16"
    cache_type_v: str = "f16"
    batch: int = 2048
    ubatch: int = 512
    parallel: int = 1
    flash_attention: bool = True
    gpu_layers: int = ALL
    outputs: int = 0
    unified: bool = True  # slots share the cache
    full_window: bool = False  # --swa-full
    kv_on_host: bool = False  # --no-kv-offload
    experts_on_host: int = 0  # first n layers keep their experts on the host (--n-cpu-moe)
    kept_in_ram: tuple[str, ...] = ()  # patterns of layers' tensors that stay on the host (--override-tensor ...=CPU)
    tensor_split: tuple[float, ...] = ()
    mmproj_bytes: int = 0  # file of the picture part
    backend: Backend = "cuda"
    build: int = 0

    def with_gpu_layers(self, count: int) -> "Settings":
        """The same with so many layers on the card."""
        return replace(self, gpu_layers=count)

    @property
    def habits(self) -> Habits:
        """How the loader's build reserves memory."""
        return habits_of(self.build, self.flash_attention)

    @property
    def cells(self) -> int:
        """Cells of the key/value cache for one stream: the context, padded (to 256 in current builds).

        llama.cpp b11434, src/llama-context.cpp: n_ctx_seq = GGML_PAD(n_ctx / n_seq, 256).
        """
        share = self.context if self.unified else self.context // self.parallel
        return padded(share, self.habits.padding)

    @property
    def streams(self) -> int:
        """Streams of the cache: one that all slots share, or one each."""
        return 1 if self.unified else self.parallel

    @property
    def tokens(self) -> int:
        """Tokens of the largest batch that is computed at once."""
        return max(1, min(self.ubatch, self.batch, self.cells * self.streams))

    @property
    def output_rows(self) -> int:
        """Rows of logits that the largest batch asks for."""
        if not self.habits.wanted_outputs:
            return self.tokens
        return min(self.outputs or self.parallel, self.tokens)


@lru_cache(maxsize=512)
def unplaced(settings: Settings) -> Settings:
    """The settings without all that only says where something goes: what lies there is the same."""
    return replace(
        settings,
        gpu_layers=ALL,
        experts_on_host=0,
        kept_in_ram=(),
        tensor_split=(),
        mmproj_bytes=0,
        backend="none",
    )


def padded(number: int, step: int) -> int:
    """The next multiple of `step`."""
    return -(-number // step) * step


def check(settings: Settings) -> Settings:
    """The settings themselves, or a UserError that says which one cannot be."""
    _check_context(settings.context)
    _check_batches(settings)
    _check_layers(settings)
    _check_cache(settings)
    return settings


def _check_context(context: int) -> None:
    if context <= 0:
        raise UserError(
            "A context of {context} tokens is not possible; give at least 1, for example 8192.",
            "上下文不能是 {context}；至少为 1，比如 8192。",
        ).format(context=context)
    if context > 1 << 28:
        raise UserError(
            "A context of {context:,} tokens is more than any model has.",
            "上下文 {context:,} 超过了任何模型的能力。",
        ).format(context=context)


def _check_batches(settings: Settings) -> None:
    for name, value, most in (
        ("ubatch", settings.ubatch, 1 << 20),
        ("batch", settings.batch, 1 << 20),
        ("parallel", settings.parallel, 256),
    ):
        if not 0 < value <= most:
            raise UserError(
                "{name} must be from 1 to {most:,}, not {value}.", "{name} 必须在 1 到 {most:,} 之间。"
            ).format(name=name, most=most, value=value)


def _check_layers(settings: Settings) -> None:
    if settings.gpu_layers < ALL or settings.outputs < 0 or settings.experts_on_host < 0:
        raise UserError(
            "GPU layers, outputs and layers with experts in RAM cannot be negative.",
            "GPU 层数、outputs 和专家放内存的层数不能是负数。",
        )
    shares = settings.tensor_split
    if shares and (len(shares) > MOST_GPUS or not all(0 <= share < inf for share in shares) or not sum(shares)):
        raise UserError(
            "A tensor split needs up to {most_gpus} numbers from 0 on, not all of them 0; for example 3,1.",
            "tensor split 最多 {most_gpus} 个不小于 0 的数，不能全是 0，比如 3,1。",
        ).format(most_gpus=MOST_GPUS)


def _check_cache(settings: Settings) -> None:
    for kind in (settings.cache_type_k, settings.cache_type_v):
        if kind not in CACHE_TYPES:
            raise UserError(
                "“{kind}” is no type of the KV cache. Use one of {cache_types}.",
                "“{kind}”不是可用的 KV 缓存类型，请用 {cache_types} 之一。",
            ).format(kind=kind, cache_types=joined(CACHE_TYPES, COMMA))
    if not settings.flash_attention and quantized(settings.cache_type_v):
        raise UserError(
            "A V cache of type {cache_type_v} needs flash attention; turn it on or use f16 for V.",
            "{cache_type_v} 的 V cache 需要 Flash Attention；请开启它，或让 V 用 f16。",
        ).format(cache_type_v=settings.cache_type_v)


def quantized(kind: str) -> bool:
    """Whether a cache type packs several numbers into a block."""
    return GGML_TYPES[kind.upper()].block > 1


def cache_row_bytes(kind: str, width: int) -> int:
    """Bytes of `width` numbers in a cache type (ggml_row_size)."""
    type_ = GGML_TYPES[kind.upper()]
    return width // type_.block * type_.bytes
