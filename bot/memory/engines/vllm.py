"""vLLM, and Aphrodite and SGLang of the same family: utilization is filled, and the cache gets what is left.

Source: vLLM 0.33, vllm/v1/worker/gpu_worker.py (determine_available_memory: total * utilization less all that the
profiling run took), vllm/utils/mem_utils.py (memory_profiling), vllm/engine/arg_utils.py (get_batch_defaults),
vllm/config/vllm.py (_set_cudagraph_sizes), vllm/v1/sample/sampler.py. SGLang 0.5.23, sglang/srt/server_args.py and
model_executor/model_runner_kv_cache_mixin.py: mem_fraction_static covers weights and cache, the rest stays free.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.base.errors import UserError
from bot.base.languages import Text
from bot.memory.engines.paged_cache import BLOCK, CacheSettings, PagedCache, paged_cache
from bot.memory.engines.pictures import picture_bytes
from bot.memory.engines.sharding import draft_layer_bytes, rank_weights
from bot.memory.engines.usage import GIB, MIB, EngineUsage, widest
from bot.memory.estimate import Interval
from bot.memory.serving import Engine, Serving
from bot.models.shape import Model, ModelShape

# --kv-cache-dtype: bits of a number, and bytes of scales beside each head of a token (vllm/config/cache.py, CacheDType;
# kv_cache_interface.py, KVQuantMode; packing of each backend's customize_spec).
CACHE_DTYPES: Final[Mapping[str, tuple[float, int]]] = {
    "auto": (16, 0),
    "bfloat16": (16, 0),
    "float16": (16, 0),
    "fp8": (8, 0),
    "fp8_e4m3": (8, 0),
    "fp8_e5m2": (8, 0),
    "int8_per_token_head": (8, 8),
    "fp8_per_token_head": (8, 8),
    "int4_per_token_head": (4, 8),
    "nvfp4": (4.5, 0),
}
MOST_GPUS: Final = 64
SHORTEST: Final = 2048  # tokens of context below which an advice is of no use
USUAL_UTILIZATION: Final = 0.92  # CacheConfig.gpu_memory_utilization; 0.9 in older versions
ENCODER: Final = 800 * MIB  # 16,384 tokens of a picture in a part of 27 layers of 1152
REPORTED: Final = 0.983  # of what a card is sold with: torch sees 23.6 of 24 GiB, 31.4 of 32, 79.1 of 80


@dataclass(frozen=True, slots=True)
class VllmSettings:
    """`vram` = bytes of one card, as it reports them; 0 = unknown, then the cache is just one context large.

    `sequences` = max_num_seqs and `batched_tokens` = max_num_batched_tokens, None = the engine's defaults for the card.
    """

    vram: int
    context: int
    utilization: float = USUAL_UTILIZATION
    sequences: int | None = None
    batched_tokens: int | None = None
    cache_bits: float = 16
    cache_scale_bytes: int = 0
    eager: bool = False  # enforce_eager: no CUDA graphs
    tensor_parallel: int = 1
    pipeline_parallel: int = 1
    drafts: int = 0  # num_speculative_tokens of an MTP layer
    old: bool = False  # the engine V0, before 2025-07: it keeps all tokens of windows, sorts, and counts no graphs

    @property
    def gpus(self) -> int:
        return self.tensor_parallel * self.pipeline_parallel

    @property
    def seats(self) -> int:
        """Requests at once: 256, and 1024 on cards of 70 GiB and more."""
        return self.sequences or (1024 if self.vram >= 70 * GIB else 256)

    @property
    def step_tokens(self) -> int:
        """Tokens of one step: 2048; 8192 from 70 GiB on, 16384 from 160 GiB on; never more than all seats hold.

        The old engine took a prompt in one piece up to 32,768 tokens.
        """
        if self.old and not self.batched_tokens and self.context <= 32_768:
            return max(2048, self.context)
        usual = 16384 if self.vram >= 160 * GIB else 8192 if self.vram >= 70 * GIB else 2048
        return self.batched_tokens or min(usual, self.seats * self.context)

    @property
    def cache(self) -> CacheSettings:
        return CacheSettings(
            self.context,
            self.cache_bits,
            self.cache_bits,
            self.cache_scale_bytes,
            self.tensor_parallel,
            self.pipeline_parallel,
            self.step_tokens,
            self.drafts,
            not self.old,
        )


def check_vllm(model: Model, settings: VllmSettings) -> VllmSettings:
    """The settings themselves, or a UserError that says which option cannot be."""
    heads = max(model.shape.heads, default=1)
    ranks = settings.tensor_parallel
    if not 0 < settings.utilization <= 1:
        raise UserError(
            "--gpu-memory-utilization is a share of the card: above 0 and up to 1, for example 0.9.",
            "--gpu-memory-utilization 是显存的比例，要大于 0、不超过 1，比如 0.9。",
        )
    if not 1 <= ranks <= MOST_GPUS or not 1 <= settings.pipeline_parallel <= MOST_GPUS:
        raise UserError(
            f"Tensor and pipeline parallel sizes must be from 1 to {MOST_GPUS}.",
            f"张量并行、流水线并行的数量必须在 1 到 {MOST_GPUS} 之间。",
        )
    if heads % ranks:
        raise UserError(
            f"{heads} attention heads cannot be shared by {ranks} cards: vLLM refuses. Use a tensor-parallel-size that"
            f" divides {heads}, or --pipeline-parallel-size {ranks}.",
            f"{heads} 个注意力头没法平分给 {ranks} 张卡，vLLM 会拒绝启动。请用能整除 {heads} 的 tensor-parallel-size，"
            f"或者改用 --pipeline-parallel-size {ranks}。",
        )
    for value in (settings.sequences, settings.batched_tokens):
        if value is not None and not 0 < value <= 1 << 20:
            raise UserError(
                "--max-num-seqs and --max-num-batched-tokens must be from 1 to 1,048,576.",
                "--max-num-seqs 和 --max-num-batched-tokens 必须在 1 到 1048576 之间。",
            )
    return settings


def vllm(model: Model, settings: VllmSettings, engine: Engine = "vllm") -> EngineUsage:
    """What each card holds, and what can be served.

    Raises:
        UserError: options that the engine refuses.
    """
    check_vllm(model, settings)
    needs = Needs.of(model, settings)
    cache = paged_cache(model.shape, settings.cache)
    if not settings.vram:
        return _for_one_request(engine, needs, cache, settings)
    free = max(0.0, settings.vram * settings.utilization - needs.usual)
    serving = Serving(
        tokens=cache.tokens(free),
        concurrency=cache.concurrency(free),
        bytes_per_token=cache.bytes_per_token,
        starts=cache.holds_one(free),
        longest=longest_context(model.shape, settings, free),
    )
    held = cache.blocks(free) * cache.block_bytes
    return _usage(engine, needs, held, serving, settings)


def _for_one_request(engine: Engine, needs: "Needs", cache: PagedCache, settings: VllmSettings) -> EngineUsage:
    serving = Serving(settings.context, 1.0, cache.bytes_per_token, True, settings.context)
    return _usage(engine, needs, cache.request_bytes, serving, settings)


def _usage(engine: Engine, needs: "Needs", cache: int, serving: Serving, settings: VllmSettings) -> EngineUsage:
    return EngineUsage(
        engine=engine,
        weights=needs.weights,
        cache=cache,
        tokens=serving.tokens,
        activations=needs.activations,
        other=needs.other,
        gpus=settings.gpus,
        usual_activations=needs.usual_activations,
        usual_other=needs.usual_other,
        serving=serving,
    )


@dataclass(frozen=True, slots=True)
class Needs:
    """What each card holds besides the cache, in bytes."""

    weights: int
    activations: Interval
    usual_activations: int
    other: Interval
    usual_other: int

    @property
    def usual(self) -> int:
        return self.weights + self.usual_activations + self.usual_other

    @classmethod
    def of(cls, model: Model, settings: VllmSettings) -> "Needs":
        weights = rank_weights(model, settings.tensor_parallel, settings.pipeline_parallel)
        weights += picture_bytes(model.shape) // settings.tensor_parallel
        if settings.drafts:
            weights += draft_layer_bytes(model, settings.tensor_parallel)
        low, usual, high = activations(model.shape, settings)
        graphs = 0 if settings.eager or settings.old else graph_bytes(model.shape, settings)
        outside = _outside_torch(settings.gpus)
        return cls(
            weights,
            Interval(low, high),
            usual,
            Interval(outside.low + graphs // 2, outside.high + 2 * graphs),
            (150 * MIB if settings.old and settings.gpus == 1 else (outside.low + outside.high) // 2) + graphs,
        )


def activations(shape: ModelShape, settings: VllmSettings) -> tuple[int, int, int]:
    """(low, usual, high) peak of the profiling run: a full step through the widest layer, or the sampler's work on one
    row of logits for each seat, whichever is more.

    The sampler holds the logits in 16 and 32 bits, the probabilities and the noise (2 + 4 + 4 + 4 bytes); sorting,
    which older versions do, adds the sorted values, their places in 64 bits and a running sum (33 to 38 bytes).
    """
    step = max(layer_bytes(shape, settings), encoder_bytes(shape, settings))
    logits = min(settings.seats, settings.step_tokens) * shape.vocabulary
    kept = 2 * 2 * settings.step_tokens * shape.embedding  # hidden states and residual stay while sampling
    peaks = [max(step, kept + size * logits) for size in (14, 34 if settings.old else 16, 38)]
    return peaks[0], peaks[1], peaks[2] + 256 * MIB


def encoder_bytes(shape: ModelShape, settings: VllmSettings) -> int:
    """Room for one picture of the largest size, which the profiling run sends through the picture part."""
    return ENCODER // settings.tensor_parallel if picture_bytes(shape) and not settings.old else 0


def layer_bytes(shape: ModelShape, settings: VllmSettings) -> int:
    """A step's largest layer in 16 bits: gate, up and their product; hidden state, residual and the layer's input."""
    wide = 3 * widest(shape) / settings.tensor_parallel
    experts = shape.experts
    if experts is not None:
        wide = max(wide, experts.used * max(shape.embedding, 2 * experts.feed_forward / settings.tensor_parallel) * 1.5)
    return int(2 * settings.step_tokens * (1.25 * shape.embedding + wide))


def graph_bytes(shape: ModelShape, settings: VllmSettings) -> int:
    """CUDA graphs: about 0.2 MiB for each layer of each captured batch size.

    Sizes are 1, 2, 4, then steps of 8 up to 256 and of 16 up to twice the seats, at most 512.
    """
    largest = min(2 * settings.seats * (1 + settings.drafts), 512)
    sizes = 3 + min(largest, 256) // 8 + max(0, largest - 256) // 16
    return 64 * MIB + sizes * shape.layers * MIB // (5 * settings.pipeline_parallel)


def _outside_torch(gpus: int) -> Interval:
    """What is not PyTorch's: kernels, workspaces, with several cards NCCL's buffers and the custom all-reduce.

    Printed as non_torch_memory: 0.1 to 0.4 GiB on one card, 0.3 to 2 GiB on several.
    """
    return Interval(100 * MIB, 400 * MIB) if gpus == 1 else Interval(250 * MIB, 1000 * MIB)


def longest_context(shape: ModelShape, settings: VllmSettings, free: float) -> int:
    """The longest context that one request could have in `free` bytes, in whole blocks of 16 tokens."""
    low, high = 0, -(-settings.context // BLOCK)
    while low < high:
        half = (low + high + 1) // 2
        tried = paged_cache(shape, replace(settings, context=half * BLOCK).cache)
        low, high = (half, high) if tried.holds_one(free) else (low, half - 1)
    return min(settings.context, low * BLOCK)


def advice(model: Model, settings: VllmSettings, usage: EngineUsage) -> Text | None:
    """The options with which the engine would start; None where it does already."""
    if usage.serving is None or usage.serving.starts:
        return None
    for changed in (settings, *_frugal(settings)):
        found = vllm(model, changed).serving
        if found is not None and (found.longest >= SHORTEST or found.starts):
            options = _differences(settings, replace(changed, context=found.longest))
            return Text("It would start with {options}.", "加上这些参数就能启动：{options}。").format(options=options)
    return Text(
        "The weights alone are too large for this card: take a smaller quantization or a smaller model, or more cards.",
        "光权重就放不进这张卡：请换更小的量化或更小的模型，或者加卡。",
    )


def _differences(given: VllmSettings, changed: VllmSettings) -> str:
    """The options of `vllm serve` that turn one into the other."""
    words = [
        f"{option} {value}"
        for option, value, before in (
            ("--max-model-len", changed.context, given.context),
            ("--max-num-seqs", changed.seats, given.seats),
            ("--gpu-memory-utilization", changed.utilization, given.utilization),
        )
        if value != before
    ]
    if changed.cache_bits != given.cache_bits:
        words.append("--kv-cache-dtype fp8")
    if changed.eager and not given.eager:
        words.append("--enforce-eager")
    return " ".join(words)


def reported_memory(nominal: int) -> int:
    """Bytes that a card reports of those that it is sold with; the rest is the driver's."""
    return round(nominal * REPORTED)


def parallel_sizes(shape: ModelShape, cards: int) -> tuple[int, int]:
    """(tensor, pipeline) parallel sizes for so many like cards: tensor parallel as far as the heads can be shared."""
    heads = max(shape.heads, default=1)
    tensor = next(size for size in range(cards, 0, -1) if cards % size == 0 and heads % size == 0)
    return tensor, cards // tensor


def starting(model: Model, settings: VllmSettings) -> tuple[VllmSettings, EngineUsage]:
    """The first settings with which the engine starts: as given, else with fewer requests at once and less waste.

    The given ones where none does.
    """
    tried = ((changed, vllm(model, changed)) for changed in (settings, *_frugal(settings)))
    return next(
        (pair for pair in tried if pair[1].serving and pair[1].serving.starts), (settings, vllm(model, settings))
    )


def _frugal(settings: VllmSettings) -> tuple[VllmSettings, ...]:
    """The same with less and less besides the weights."""
    few = replace(settings, sequences=min(8, settings.seats))
    full = replace(few, utilization=max(settings.utilization, 0.97))
    return few, full, replace(full, eager=True, cache_bits=min(8, settings.cache_bits))
