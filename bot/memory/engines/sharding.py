"""Bytes of weights on one of several GPUs with tensor and pipeline parallelism, as vLLM and SGLang lay them out.

Source: vLLM 0.33, vllm/model_executor/layers/linear.py (ColumnParallelLinear, RowParallelLinear, QKVParallelLinear:
key and value heads are repeated where there are fewer than ranks), vocab_parallel_embedding.py (rows padded to 64),
fused_moe/layer.py, fused_moe/oracle/mxfp4.py (mxfp4_round_up_hidden_size_and_intermediate_size),
layers/attention/mla_attention.py (process_weights_after_loading: W_UK_T and W_UV beside kv_b_proj),
rotary_embedding/base.py (cos_sin_cache).
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from bot.memory.engines.checkpoint import Stored, is_routed, stored
from bot.memory.engines.drafting import Drafting, draft_parameters
from bot.memory.engines.pytorch import allocated, left_over
from bot.models.quantization import parse_quant
from bot.models.shape import Model, ModelShape
from bot.models.tensors import is_hashed_table

VOCABULARY_STEP: Final = 64

# What every rank keeps whole: routers, and the projections into latent attention's compressed space.
_WHOLE: Final = re.compile(
    r"ffn_gate_inp|attn_q_a\.|attn_kv_a_mqa|indexer|inp_gate|\.proj\.weight|per_layer_model_proj|"
    r"mlp\.gate\.|q_a_proj|kv_a_proj|router"
)
_KEYS_VALUES: Final = re.compile(r"attn_[kv]\.(?:weight|bias)$|\.(?:k|v)_proj\.")
_LATENT_UP: Final = re.compile(r"attn_[kv]_b\.|kv_b_proj")
_TABLES: Final = ("token_embd.weight", "output.weight", "per_layer_token_embd.weight")
# Matrices that are stored as one: query with key and value, gate with up.
_FUSED: Final[Mapping[str, str]] = {
    **dict.fromkeys(("attn_q", "attn_k", "attn_v", "q_proj", "k_proj", "v_proj"), "qkv"),
    **dict.fromkeys(("ffn_gate", "ffn_up", "gate_proj", "up_proj"), "gate_up"),
    **dict.fromkeys(("ffn_gate_exps", "ffn_up_exps"), "w13"),
    **dict.fromkeys(("ffn_gate_shexp", "ffn_up_shexp"), "shared_gate_up"),
    **dict.fromkeys(("attn_qkv", "attn_gate"), "in_proj"),
    **dict.fromkeys(("attn_q_a", "attn_kv_a_mqa"), "fused_a"),
}
_LAYER: Final = re.compile(r"(?:blk|layers)\.(\d+)\.(.+)$")


@lru_cache(maxsize=256)
def rank_weights(
    model: Model,
    tensor_parallel: int = 1,
    pipeline_parallel: int = 1,
    *,
    multiplied: bool = False,
    positions: int = 1,
    hashed_on_host: bool = False,
) -> int:
    """Bytes of weights on the fullest rank, buffers made while loading included, the picture part left out.

    `multiplied`: latent attention's up projections are multiplied out beforehand (vLLM 0.7.1 to 0.7.3). `positions`:
    see rotation_bytes. `hashed_on_host`: Qwen 4's table of hashed runs of tokens stays in pinned RAM.
    """
    shape, modules = model.shape, _modules(model, tensor_parallel)
    if hashed_on_host:
        modules = {name: size for name, size in modules.items() if not is_hashed_table(shape, name)}
    layers = sum(allocated(round(size)) for name, size in modules.items() if _LAYER.search(name))
    outside = {name: allocated(round(size)) for name, size in modules.items() if not _LAYER.search(name)}
    extra = (_multiplied if multiplied else _absorbed)(model, tensor_parallel)
    return _on_fullest(layers + extra, outside, shape, pipeline_parallel) + allocated(rotation_bytes(shape, positions))


def _modules(model: Model, ranks: int) -> dict[str, float]:
    """Bytes on one rank of what is allocated together, by its name."""
    modules: dict[str, float] = defaultdict(float)
    for part in stored(model):
        size = _share(part, model.shape, ranks)
        scales = size * part.scales / max(1, part.bytes)
        modules[_module(part.name)] += size - scales
        modules[_module(part.name) + ".scales"] += scales
    return modules


def _on_fullest(layers: int, outside: Mapping[str, int], shape: ModelShape, stages: int) -> int:
    """The weights of a pipeline stage: some layers, and on the last one the head (a tied one is the table again)."""
    if stages == 1:
        return layers + sum(outside.values())
    share = layers * -(-shape.layers // stages) // max(1, shape.layers)
    return share + max(outside.values(), default=0)


def _module(name: str) -> str:
    """The name under which a tensor is allocated together with others."""
    found = _LAYER.search(name)
    if not found:
        return name
    stem = next((part for part in found[2].split(".") if part in _FUSED), "")
    suffix = name.rsplit(".", 1)[-1]
    return f"blk.{found[1]}.{_FUSED[stem]}.{suffix}" if stem else name


def _share(part: Stored, shape: ModelShape, ranks: int) -> float:
    """Bytes of the tensor on one rank."""
    size = part.bytes * _padding(part, shape, ranks)
    if len(part.dims) < 2 or _WHOLE.search(part.name):
        return size
    if part.name in _TABLES:
        rows = -(-part.dims[1] // VOCABULARY_STEP) * VOCABULARY_STEP
        return size * rows / part.dims[1] / ranks
    if _KEYS_VALUES.search(part.name):
        return size / min(ranks, max(shape.kv_heads, default=1) or 1)
    return size / ranks


def _padding(part: Stored, shape: ModelShape, ranks: int) -> float:
    """By how much MXFP4 experts grow: Marlin wants the width in steps of 128 and the embedding in steps of 256."""
    experts = shape.experts
    if part.plain or experts is None or shape.architecture != "gpt-oss" or not is_routed(part.name):
        return 1.0
    width = experts.feed_forward / ranks
    return (-(-width // 128) * 128 / width) * (-(-shape.embedding // 256) * 256 / shape.embedding)


def _absorbed(model: Model, ranks: int) -> int:
    """Latent attention keeps the up projections a second time, in 16 bits and turned around."""
    if model.shape.latent is None:
        return 0
    return sum(2 * part.elements for part in stored(model) if _LATENT_UP.search(part.name)) // ranks


def _multiplied(model: Model, ranks: int) -> int:
    """Latent attention's projections in vLLM 0.7.1 to 0.7.3, in 16 bits: the query's with the keys', the values' with
    the output's, and the rotated part of the query's by itself.

    Source: vllm/attention/backends/mla/common.py before pull request 14770 (W_Q_UK, W_UV_O, W_QR).
    """
    shape, latent = model.shape, model.shape.latent
    if latent is None:
        return 0
    query = latent.query_rank or shape.embedding
    each = query * (latent.kv_rank + latent.rope_length) + latent.kv_rank * shape.embedding
    return sum(2 * heads * each for heads in shape.heads) // ranks


def left_of_unpacking(model: Model, ranks: int) -> int:
    """Bytes that stay with PyTorch's allocator after AWQ's widest matrix was unpacked and packed anew on the card.

    Its numbers lie there in 64 bits twice (the second time in a new block: the first was cut) and in 8 bits three
    times. The platform counts what is taken from the driver: what large blocks were cut from as well.
    Source: nlzy/vllm-gfx906 before 0.10.1, quantization/awq.py (unpack_reorder_pack), platforms/rocm.py
    (get_current_memory_usage).
    """
    quant = parse_quant(model.quant)
    if quant is None or quant.format != "AWQ":
        return 0
    numbers: dict[str, int] = defaultdict(int)
    for part in stored(model):
        numbers[_module(part.name)] += 0 if part.plain or is_routed(part.name) else part.elements
    cut = sum(left_over(round(size)) for size in _modules(model, ranks).values())
    return (2 * 8 + 3) * max(numbers.values(), default=0) // ranks + cut


# Linear scaling makes the table of full-attention layers so many times longer (LinearScalingRotaryEmbedding).
_LINEAR_SCALING: Final[Mapping[str, int]] = {"gemma3": 8}


# Whose tables are longer where positions are those of a video (MRotaryEmbedding's positions_factor): newest versions do
# that for Qwen2-VL alone.
_VIDEO_POSITIONS: Final = frozenset(("qwen3vl", "qwen3vlmoe", "qwen35", "qwen35moe"))


def rotation_bytes(shape: ModelShape, positions: int = 1) -> int:
    """Bytes of the table of sines and cosines, one for each kind of layer.

    `positions`: times the trained context that it is long for models that see videos.
    """
    if not any(shape.kv_heads):
        return 0
    length = shape.rope_length or (shape.latent.rope_length if shape.latent else shape.key_length)
    mixed = bool(shape.window_layers) and any(shape.window_layers) and not all(shape.window_layers)
    times = _LINEAR_SCALING.get(shape.architecture, 1) if shape.trained_context > 32_768 else 1
    if shape.architecture == "qwen2vl":
        times = 4
    elif shape.architecture in _VIDEO_POSITIONS:
        times = positions
    return 2 * shape.trained_context * length * (times + mixed)


def draft_bytes(model: Model, drafting: Drafting, ranks: int = 1) -> int:
    """Bytes on one rank of what guesses the next tokens; drafts of their own are in 16 bits."""
    return draft_layer_bytes(model, ranks) if drafting.own else 2 * draft_parameters(drafting, model.shape) // ranks


def draft_layer_bytes(model: Model, ranks: int = 1) -> int:
    """Bytes on one rank of a next-token (MTP) layer in 16 bits: one more layer, and a matrix that joins two inputs.

    Source: vLLM 0.33, vllm/model_executor/models/qwen3_5_mtp.py, deepseek_mtp.py; table and head are shared.
    """
    shape = model.shape
    attention = [layer for layer, heads in enumerate(shape.kv_heads) if heads]
    last = f"blk.{attention[-1] if attention else shape.layers - 1}."
    layer = sum(2 * part.elements for part in stored(model) if part.name.startswith(last))
    return (layer + 4 * shape.embedding**2) // ranks
