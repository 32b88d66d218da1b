"""ExLlama v2 and v3: weights without the embedding table, a cache allocated in full, room for a piece of the prompt.

Source: turboderp-org/exllamav2 0.3.2, exllamav2/model.py (load_autosplit_gen: the embedding goes to the CPU, 192 MiB
are reserved), config.py (max_input_len 2048), cache.py (ExLlamaV2Cache_Q4, _Q6, _Q8: a 16-bit scale for 32 numbers, one
layer unpacked in 16 bits while it is used), linear.py (temp_dq: one matrix unpacked).
turboderp-org/exllamav3 1.4.1, exllamav3/cache/quant.py, constants.py (PAGE_SIZE 256), model/model_ls.py (prefer_cpu),
modules/gated_delta_net.py, mamba2.py, short_conv.py (states of every slot, and as many past ones as drafts),
modules/sliding_attn.py (SWALayerState), architecture/qwen3_5_mtp.py. theroyallab/tabbyAPI,
backends/exllamav3/model.py (4 slots where a model keeps states, the draft's cache unpacked).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.memory.engines.checkpoint import Stored, stored
from bot.memory.engines.paged_cache import CacheSettings, token_bytes
from bot.memory.engines.sharding import draft_layer_bytes
from bot.memory.engines.usage import MIB, EngineUsage, widest
from bot.memory.recurrent import conv_numbers, state_numbers
from bot.memory.serving import Engine
from bot.memory.settings import Interval, Settings, padded
from bot.models.quantization import parse_quant
from bot.models.shape import Model, ModelShape
from bot.models.tensors import is_hashed_table

PAGE: Final = 256
EXLLAMA_DRAFTS: Final = 4  # tokens that a next-token layer proposes (default_draft_size of qwen3_5_mtp)
SLOTS: Final = 4  # requests at once for which v3 keeps states
# Architectures whose window layers keep their window for each slot, unpacked; the others keep every token.
_RINGS: Final = frozenset(("gemma4", "gpt-oss", "laguna", "step35", "afmoe"))
CHUNK: Final = 2048

# Bits per number of a cache type: the packed ones carry half a bit of scales.
EXL2_CACHE_BITS: Final[Mapping[str, float]] = {"f16": 16, "fp16": 16, "fp8": 8, "q8": 8.5, "q6": 6.5, "q4": 4.5}

# What PyTorch's CUDA context, cuBLAS and the kernels hold, and what the allocator keeps of freed blocks: the difference
# between nvidia-smi and the sum of the tensors was 0.7 to 1.1 GiB in posted runs.
_CONTEXT: Final = Interval(500 * MIB, 1100 * MIB)
_USUAL_CONTEXT: Final = 850 * MIB


def exllamav2(model: Model, settings: Settings, cache: str = "f16") -> EngineUsage:
    """Bytes on the GPU; `cache` is one of EXL2_CACHE_BITS."""
    bits = EXL2_CACHE_BITS.get(cache, 16)
    scratch = _unpacked_matrix(model) + 2 * CHUNK * model.shape.vocabulary  # and the logits of a piece of the prompt
    if bits < 16:
        scratch += _unpacked_layer(model.shape, settings)
    return _usage("exllamav2", model, settings, bits, scratch)


def exllamav3(
    model: Model, settings: Settings, cache_bits: float = 16, value_bits: float = 0, drafts: int = 0
) -> EngineUsage:
    """Bytes on the GPU; `cache_bits` from 2 to 8, or 16 for an unpacked cache; `value_bits` where values differ.

    `drafts` = tokens that the model's next-token (MTP) layer proposes at once, 0 where it is not loaded.
    """
    bits = (_with_scale(cache_bits) + _with_scale(value_bits or cache_bits)) / 2
    usage = _usage("exllamav3", model, settings, bits, 0)
    held = slot_bytes(model.shape, drafts) * max(SLOTS, settings.parallel)
    if not drafts:
        return replace(usage, cache=usage.cache + held)
    drafted = int(usage.tokens * _draft_token_bytes(model.shape))
    return replace(usage, weights=usage.weights + _draft_weights(model), cache=usage.cache + held + drafted)


def _with_scale(bits: float) -> float:
    return bits if bits >= 16 else bits + 0.5


def _draft_weights(model: Model) -> int:
    """The next-token layer, quantized as the others are."""
    quant = parse_quant(model.quant)
    return int(draft_layer_bytes(model) * (quant.bits if quant else 16) / 16)


def _draft_token_bytes(shape: ModelShape) -> float:
    full = [layer for layer, heads in enumerate(shape.kv_heads) if heads and not _is_ring(shape, layer)]
    return token_bytes(shape, full[-1], CacheSettings(1)) if full else 0.0


def slot_bytes(shape: ModelShape, drafts: int = 0) -> int:
    """What a request of ExLlama v3 holds beside the pages: recurrent states, one more for each draft, and windows."""
    rings = (layer for layer in range(shape.layers - shape.shared_kv_layers) if _is_ring(shape, layer))
    plain = CacheSettings(1)
    held = sum(_ring_tokens(shape) * token_bytes(shape, layer, plain) for layer in rings)
    return int(held) + sum(shape.recurrent_layers) * _state_bytes(shape, drafts)


def _state_bytes(shape: ModelShape, drafts: int) -> int:
    if shape.recurrent is None:
        return 0
    kernel = shape.recurrent.conv_kernel
    conv = conv_numbers(shape) // max(1, kernel - 1) * (kernel + drafts)
    return 2 * conv + 4 * (1 + drafts) * state_numbers(shape)


def _is_ring(shape: ModelShape, layer: int) -> bool:
    return shape.architecture in _RINGS and bool(shape.window_layers) and shape.window_layers[layer]


def _ring_tokens(shape: ModelShape) -> int:
    """Tokens of a window's ring: two pages more than the window."""
    return padded(shape.window + 2 * PAGE, PAGE)


def _usage(engine: Engine, model: Model, settings: Settings, bits: float, scratch: int) -> EngineUsage:
    shape = model.shape
    tokens = padded(settings.context, PAGE)
    held = CacheSettings(tokens, bits, bits)
    own = range(shape.layers - shape.shared_kv_layers)
    paged = (layer for layer in own if shape.kv_heads[layer] and not _is_ring(shape, layer))
    step = step_bytes(shape, min(CHUNK, tokens))
    return EngineUsage(
        engine=engine,
        weights=on_gpu(model) + settings.mmproj_bytes,
        cache=int(sum(tokens * token_bytes(shape, layer, held) for layer in paged)),
        tokens=tokens,
        activations=Interval(scratch + step // 2, scratch + 2 * step),
        other=_CONTEXT,
        usual_activations=scratch + step,
        usual_other=_USUAL_CONTEXT,
    )


def on_gpu(model: Model) -> int:
    """Bytes of weights on the GPU: the embedding is looked up on the host, a tied one has a head of its own there."""
    parts = stored(model)
    total = sum(part.bytes for part in parts if not _is_looked_up(model.shape, part))
    has_head = any(part.name in ("output.weight", "lm_head.weight") or "lm_head." in part.name for part in parts)
    return total if has_head else total + _own_head(model.shape)


def _is_looked_up(shape: ModelShape, part: Stored) -> bool:
    """Whether it stays on the host, or on the disk as the table of hashed runs does (modules/ngram_embedding.py)."""
    if is_hashed_table(shape, part.name):
        return True
    return part.name == "token_embd.weight" or part.name.endswith("embed_tokens.weight")


def _own_head(shape: ModelShape) -> int:
    """The head that conversion makes of a tied embedding, in 6 bits."""
    return shape.vocabulary * shape.embedding * 6 // 8


def step_bytes(shape: ModelShape, tokens: int) -> int:
    """Bytes of one piece of the prompt in 16 bits: gate and up, hidden state, residual, and the logits of one row."""
    return 2 * tokens * (4 * shape.embedding + 2 * widest(shape)) + 6 * shape.vocabulary


def _unpacked_matrix(model: Model) -> int:
    """One linear layer in 16 bits, which v2 unpacks for a long input."""
    inner = [part.elements for part in stored(model) if part.name.startswith("blk.") and "_exps." not in part.name]
    return 2 * max(inner, default=0)


def _unpacked_layer(shape: ModelShape, settings: Settings) -> int:
    """Keys and values of one layer in 16 bits, for the whole context."""
    plain = CacheSettings(settings.context)
    layers = (layer for layer, heads in enumerate(shape.kv_heads) if heads)
    return int(padded(settings.context, PAGE) * max((token_bytes(shape, layer, plain) for layer in layers), default=0))
