"""Loaders other than llama.cpp itself: those built on it differ in their defaults, the others in how they hold memory.

Each engine's rules are one function, with its source. Sizes in bytes; what a run decides is an interval.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from bot.base.languages import Text
from bot.memory.estimate import Estimate, Interval, Usage, estimate
from bot.memory.overhead import MIB, OVERHEADS
from bot.memory.recurrent import conv_numbers, state_numbers
from bot.memory.settings import Settings, check, padded, quantized
from bot.memory.weights import weigh
from bot.models.quantization import parse_quant
from bot.models.shape import Model, ModelShape

Engine = Literal["llama.cpp", "koboldcpp", "ollama", "lmstudio", "vllm", "exllamav2", "exllamav3", "transformers"]

# Defaults of the loaders that embed llama.cpp, where they differ from llama-server's.
# koboldcpp: koboldcpp.py (--contextsize 8192, --blasbatchsize 512, flash attention on since 1.99).
# ollama: envconfig/config.go and llm/server.go (context 4096, batch 512, one slot, flash attention by architecture).
# LM Studio: documentation "Load Model" (context 4096, evaluation batch 512, flash attention on).
LOADER_DEFAULTS: Final[Mapping[Engine, Settings]] = {
    "llama.cpp": Settings(),
    "koboldcpp": Settings(context=8192, batch=512, ubatch=512),
    "ollama": Settings(context=4096, batch=512, ubatch=512),
    "lmstudio": Settings(context=4096, batch=512, ubatch=512),
}

GIB: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class EngineUsage:
    """Bytes on the GPUs of an engine that keeps the whole model there.

    `cache` holds `tokens` tokens. `activations` = room for one step, `other` = the engine's own and the driver's.
    """

    engine: Engine
    weights: int
    cache: int
    tokens: int
    activations: Interval
    other: Interval
    notes: tuple[Text, ...] = ()

    @property
    def total(self) -> Interval:
        fixed = self.weights + self.cache
        return Interval(fixed + self.activations.low + self.other.low, fixed + self.activations.high + self.other.high)


def as_estimate(usage: EngineUsage, model: Model) -> Estimate:
    """The same in the form of an estimate: what a run decides is taken at its middle."""
    activations = (usage.activations.low + usage.activations.high) // 2
    other = (usage.other.low + usage.other.high) // 2
    slack = int(usage.weights * model.spread)
    reach = Interval(usage.total.low - slack, usage.total.high + slack)
    gpu = Usage(usage.weights, usage.cache, 0, activations, other, reach)
    nothing = Usage(0, 0, 0, 0, 0, Interval(0, 0))
    layers = model.shape.layers
    return Estimate(gpu, nothing, (gpu,), layers + 1, layers, False, (*model.notes, *usage.notes))


def usual_engine(model: Model) -> Engine:
    """Who runs the format: llama.cpp GGUF, ExLlama its own, transformers the rest."""
    quant = model.quant.upper()
    if quant.startswith("EXL"):
        return "exllamav3" if quant.startswith("EXL3") else "exllamav2"
    if model.shape.source == "gguf":
        return "llama.cpp"
    parsed = parse_quant(model.quant) if model.quant else None
    return "llama.cpp" if parsed is not None and parsed.format == "GGUF" else "transformers"


def engine_estimate(model: Model, settings: Settings, engine: Engine, vram: int = 0) -> Estimate:
    """The estimate for any engine. `vram` = bytes of the card, which vLLM fills.

    Raises:
        UserError: settings that no loader takes.
    """
    check(settings)
    if engine in LOADER_DEFAULTS:
        return estimate(model, with_loader_defaults(engine, settings))
    if engine == "vllm":
        bits = 8.0 if quantized(settings.cache_type_k) else 16.0
        return as_estimate(vllm(model, VllmSettings(vram, settings.context, cache_bits=bits)), model)
    if engine == "transformers":
        return as_estimate(transformers(model, settings), model)
    kind = settings.cache_type_k.partition("_")[0]
    if engine == "exllamav2":
        return as_estimate(exllamav2(model, settings, kind), model)
    bits = float(kind[1:]) if kind[:1] == "q" else 16.0
    return as_estimate(exllamav3(model, settings, bits), model)


def with_loader_defaults(engine: Engine, settings: Settings) -> Settings:
    """Settings with an embedding loader's batch sizes in place of llama-server's."""
    defaults = LOADER_DEFAULTS.get(engine)
    if defaults is None:
        return settings
    return replace(settings, batch=min(settings.batch, defaults.batch), ubatch=min(settings.ubatch, defaults.ubatch))


def token_bytes(shape: ModelShape, bits_k: float, bits_v: float) -> float:
    """Bytes that one token takes in a cache without windows, all layers together."""
    latent = shape.latent
    if latent is not None:
        layers = sum(1 for heads in shape.kv_heads if heads)
        return layers * (latent.kv_rank + latent.rope_length) * bits_k / 8
    own = shape.layers - shape.shared_kv_layers
    total = 0.0
    for layer, heads in enumerate(shape.kv_heads[:own]):
        window = bool(shape.window_layers) and shape.window_layers[layer]
        key = (shape.window_key_length if window else 0) or shape.key_length
        value = (shape.window_value_length if window else 0) or shape.value_length
        total += heads * (key * bits_k + value * bits_v) / 8
    return total


def state_bytes(shape: ModelShape) -> int:
    """Bytes of one sequence's recurrent state, all layers together, in 32 bits."""
    if shape.recurrent is None:
        return 0
    return 4 * (conv_numbers(shape) + state_numbers(shape)) * sum(shape.recurrent_layers)


def widest(shape: ModelShape) -> int:
    """Numbers a token has between the widest feed-forward part's matrices."""
    dense = max(shape.feed_forward, default=0)
    experts = shape.experts
    mixed = experts.used * experts.feed_forward + experts.shared_feed_forward if experts else 0
    return max(dense, mixed)


# --- vLLM ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VllmSettings:
    """`vram` = the card's bytes; `sequences` = max_num_seqs; `batched_tokens` = max_num_batched_tokens."""

    vram: int
    context: int
    utilization: float = 0.9
    sequences: int = 256
    batched_tokens: int = 2048
    cache_bits: float = 16
    eager: bool = False  # enforce_eager: no CUDA graphs
    gpus: int = 1  # tensor parallel


def vllm(model: Model, settings: VllmSettings) -> EngineUsage:
    """What utilization allows is filled: the cache gets total * utilization less all the rest.

    Source: vLLM v1, vllm/v1/worker/gpu_worker.py (determine_available_memory), vllm/v1/core/kv_cache_utils.py.
    `total` is then at most vram * utilization; `tokens` says how many tokens the cache holds, 0 when it does not start.
    Without a card (`vram` 0) the cache is just large enough for one context.
    """
    shape = model.shape
    weights = weigh_all(model) // settings.gpus
    activations = _vllm_activations(shape, settings)
    graphs = Interval(0, 0) if settings.eager else Interval(300 * MIB, 1200 * MIB)
    driver = OVERHEADS["cuda"]
    other = Interval(driver.low + graphs.low, driver.high + graphs.high + 200 * MIB)
    budget = int(settings.vram * settings.utilization)
    usual = (activations.low + activations.high + other.low + other.high) // 2
    free = max(0, budget - weights - usual)
    page = _vllm_page_bytes(shape, settings) / settings.gpus
    pages = int(free // page) if page else 0
    if not settings.vram:
        pages = -(-settings.context // 16)
    tokens = 16 * pages
    notes = []
    if tokens < settings.context:
        notes.append(
            Text(
                f"The cache holds {tokens:,} tokens, fewer than the context of {settings.context:,}: vLLM would not "
                "start. Lower --max-model-len or raise --gpu-memory-utilization.",
                f"缓存只能放 {tokens:,} 个 token，少于上下文 {settings.context:,}，vLLM 会启动失败。"
                "请调小 --max-model-len 或调大 --gpu-memory-utilization。",
            )
        )
    return EngineUsage("vllm", weights, int(pages * page), tokens, activations, other, tuple(notes))


def _vllm_page_bytes(shape: ModelShape, settings: VllmSettings) -> float:
    """Bytes of 16 tokens in all layers. With recurrent layers every group's page is as large as the largest one's,
    so an attention page is stretched to hold a state (kv_cache_utils.unify_kv_cache_spec_page_size).
    """
    plain = 16 * token_bytes(shape, settings.cache_bits, settings.cache_bits)
    if shape.recurrent is None:
        return plain
    attention = sum(1 for heads in shape.kv_heads if heads)
    return plain * shape.layers / max(1, attention)


def _vllm_activations(shape: ModelShape, settings: VllmSettings) -> Interval:
    """Peak of the profiling run: a full batch through the widest layer, or the logits and their softmax in 32 bits."""
    layer = settings.batched_tokens * (2 * shape.embedding + 3 * widest(shape)) * 2
    logits = min(settings.sequences, settings.batched_tokens) * shape.vocabulary * (2 + 4 + 4)
    peak = max(layer, logits) // settings.gpus
    return Interval(peak, int(1.6 * peak) + 64 * MIB)


def weigh_all(model: Model) -> int:
    """All weights, none left on the host."""
    if model.shape.source == "safetensors":
        return sum(tensor.bytes for tensor in model.tensors)
    return weigh(model).total


# --- ExLlama ---------------------------------------------------------------------------------------------------------

# Bits per number of exllamav2's caches: 4 bits with a scale for 32 numbers and so on (exllamav2/cache.py).
EXL2_CACHE_BITS: Final[Mapping[str, float]] = {"f16": 16, "fp16": 16, "q8": 8.5, "q6": 6.5, "q4": 4.5}


def exllamav2(model: Model, settings: Settings, cache: str = "f16", chunk: int = 2048) -> EngineUsage:
    """Weights, a cache allocated in full, and room for a chunk of the prompt.

    Source: turboderp-org/exllamav2, exllamav2/cache.py (ExLlamaV2Cache_Q4, _Q6, _Q8), exllamav2/model.py
    (max_input_len 2048, max_attention_size 2048 ** 2, scratch space of each module).
    """
    shape = model.shape
    bits = EXL2_CACHE_BITS.get(cache, 16)
    tokens = padded(settings.context, 256)
    size = int(tokens * token_bytes(shape, bits, bits))
    step = 2 * min(chunk, tokens)
    peak = step * (2 * shape.embedding + 2 * widest(shape)) + step * max(shape.heads, default=1) * 128
    logits = min(chunk, tokens) * shape.vocabulary * 2
    driver = OVERHEADS["cuda"]
    weights = weigh_all(model) - 2 * shape.vocabulary * shape.embedding * _embedding_on_host(model)
    other = Interval(driver.low + 100 * MIB, driver.high + 500 * MIB)
    return EngineUsage("exllamav2", weights, size, tokens, Interval(peak, peak + logits), other)


def exllamav3(model: Model, settings: Settings, cache_bits: float = 16, reserve: int = 512 * MIB) -> EngineUsage:
    """Like its predecessor, with a cache of `cache_bits` + 0.5 bits in pages of 256 tokens and a reserve per card.

    Source: turboderp-org/exllamav3, exllamav3/cache/quant.py (scale of 16 bits for 32 numbers), model/model_ls.py
    (reserve_per_device), constants.py (PAGE_SIZE = 256).
    """
    shape = model.shape
    bits = cache_bits if cache_bits >= 16 else cache_bits + 0.5
    tokens = padded(settings.context, 256)
    size = int(tokens * token_bytes(shape, bits, bits)) + state_bytes(shape)
    peak = 2 * min(2048, tokens) * (2 * shape.embedding + 3 * widest(shape))
    logits = 2 * settings.parallel * shape.vocabulary
    driver = OVERHEADS["cuda"]
    weights = weigh_all(model) - 2 * shape.vocabulary * shape.embedding * _embedding_on_host(model)
    other = Interval(driver.low + 100 * MIB, driver.high + reserve)
    return EngineUsage("exllamav3", weights, size, tokens, Interval(peak, 2 * peak + logits), other)


def _embedding_on_host(model: Model) -> int:
    """1 where the embedding is looked up on the host: ExLlama keeps an untied one there, in 16 bits."""
    return 0 if model.shape.tied_embedding else 1


# --- transformers ----------------------------------------------------------------------------------------------------


def transformers(model: Model, settings: Settings) -> EngineUsage:
    """All weights on the card, a cache in 16 bits that grows with the text, and PyTorch's allocator on top.

    Source: huggingface/transformers, cache_utils.py (DynamicCache, sliding layers keep their window), and the prefill's
    hidden states; PyTorch keeps freed blocks, which costs 5 to 20 %.
    """
    shape = model.shape
    tokens = settings.context
    full = token_bytes(shape, 16, 16)
    windows = 0.0
    if shape.window and tokens > shape.window:
        count = sum(shape.window_layers)
        windows = full * count / shape.layers * (tokens - shape.window)
    size = int(full * tokens - windows) + state_bytes(shape)
    step = 2 * tokens * (4 * shape.embedding + 2 * widest(shape))
    driver = OVERHEADS["cuda"]
    weights = weigh_all(model)
    slack = (weights + size) // 10
    other = Interval(driver.low, driver.high + slack)
    return EngineUsage("transformers", weights, size, tokens, Interval(step // 4, step), other)
