"""The weight tensors of a model, worked out from its shape: names and sizes as llama.cpp has them.

Source: llama.cpp `src/llama-model.cpp` (load_tensors) and `src/models/*.cpp` (load_arch_tensors), and the types that
`convert_hf_to_gguf.py` leaves at 32 bits (ModelBase.prepare_tensors). Read as of builds of 2026.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from bot.models.shape import Compression, Experts, HashedEmbedding, LatentAttention, ModelShape, Recurrent, Tensor

# A tensor of one layer: its name behind "blk.N." and its dims, row length first.
Part = tuple[str, tuple[int, ...]]

# What ModelShape.traits may hold, where one architecture has models with and models without:
# rope_freqs    a table of rotary frequencies (Llama 3.1 and later)
# rope_factors  two of them, for short and long texts (Phi 3, MiniCPM 4)
# qkv_bias      biases on query, key and value
# q_k_norm      norms on query and key
# fused_qkv     query, key and value in one tensor
# key_as_value  layers without a window have no value projection (Gemma 4)
# expert_bias   the router has a correction bias (DeepSeek V3)
# several_positions  a token has several position numbers (pictures: time, height, width)
# normed_experts  the file says that the weights of the chosen experts are to sum to one
# clamped_experts  the file names a limit for the experts' gates
# unread_window, compressed_cache, not_causal, several_streams  what a file tells of an architecture not known here
# scaled_embedding  the file names a scale for the embeddings
# split_mixtures  the five mixtures with the token before have their weights apart (RWKV 6)
# wide_gate     attention's gate is as wide as the query, where other models of the architecture have one a head
# next_token_embedding  next-token layers bring an embedding and an output of their own (GLM 4.5)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Which tensors the layers of an architecture have."""

    fused_qkv: bool = False
    qkv_bias: bool = False
    attention_output_bias: bool = False
    q_k_norm: Literal["", "head", "heads", "all"] = ""  # one norm for all heads, one a head, or over the whole width
    attention_gate: Literal["", "in_query", "own", "per_head"] = ""
    sinks: Literal["", "all", "window"] = ""  # which layers have attention sinks
    norm: bool = True  # before attention and before the feed-forward part
    ffn_norm: bool = True
    norm_bias: bool = False
    post_attention_norm: bool = False
    post_ffn_norm: bool = False
    final_norm: bool = True
    gate: Literal["own", "in_up", "experts_in_up", ""] = "own"  # a tensor of its own, half of ffn_up, or none
    ffn_bias: bool = False
    shared_gate: bool = False  # the shared experts have a gate of their own
    expert_bias: bool = False
    expert_ffn_bias: bool = False
    head_bias: bool = False  # the output layer has a bias
    single_norm: bool = False  # each layer is one thing (state, attention or feed-forward) behind one norm
    parallel_state: bool = False  # each layer has attention and a recurrent part side by side
    split_beta_alpha: bool = False  # gated delta net with two small projections instead of a joint one
    learned_positions: bool = False  # a table of positions is added to the embeddings
    embedding_norm: bool = False  # the embeddings are normed at once
    sub_norms: bool = False  # norms before the output matrices of attention and feed-forward part (BitNet)


_LLAMA = Recipe()
_QWEN3 = Recipe(q_k_norm="head")
_LAYER_NORM = Recipe(norm_bias=True, gate="", ffn_bias=True, qkv_bias=True, attention_output_bias=True)
_DELTA_NET = Recipe(
    q_k_norm="head", attention_gate="in_query", post_attention_norm=True, ffn_norm=False, shared_gate=True
)
_GEMMA3 = Recipe(q_k_norm="head", post_attention_norm=True, post_ffn_norm=True)

RECIPES: dict[str, Recipe] = {
    "llama": _LLAMA,
    "llama4": _LLAMA,
    "deci": _LLAMA,
    "mistral3": _LLAMA,
    "minicpm": _LLAMA,
    "minicpm3": _LLAMA,
    "granite": _LLAMA,
    "granitemoe": _LLAMA,
    "granitehybrid": _LLAMA,
    "jamba": _LLAMA,
    "smollm3": _LLAMA,
    "internlm2": _LLAMA,
    "baichuan": _LLAMA,
    "xverse": _LLAMA,
    "deepseek": _LLAMA,
    "deepseek2": _LLAMA,
    "deepseek2-ocr": _LLAMA,
    "deepseek32": _LLAMA,
    "deepseek4": Recipe(sinks="all", expert_bias=True),
    "mistral4": _LLAMA,
    "glm-dsa": replace(_LLAMA, expert_bias=True),
    "glm5-next": replace(_LLAMA, expert_bias=True),
    "kimi-linear": replace(_LLAMA, expert_bias=True),
    "ernie4_5": _LLAMA,
    "ernie4_5-moe": replace(_LLAMA, expert_bias=True),
    "exaone": _LLAMA,
    "smallthinker": _LLAMA,
    "bailingmoe": _LLAMA,
    "bailingmoe2": Recipe(fused_qkv=True, q_k_norm="head", expert_bias=True),
    "arcee": Recipe(gate=""),
    "apertus": Recipe(gate="", q_k_norm="head"),
    "falcon-h1": Recipe(parallel_state=True),
    "falcon": Recipe(fused_qkv=True, norm_bias=True, ffn_norm=False, gate=""),
    "qwen2": Recipe(qkv_bias=True),
    "qwen2vl": Recipe(qkv_bias=True),
    "qwen2moe": Recipe(qkv_bias=True, shared_gate=True),
    "qwen3": _QWEN3,
    "qwen3moe": _QWEN3,
    "qwen3vl": _QWEN3,
    "qwen3vlmoe": _QWEN3,
    "qwen3next": _DELTA_NET,
    "qwen35": replace(_DELTA_NET, split_beta_alpha=True),
    "qwen35moe": replace(_DELTA_NET, split_beta_alpha=True),
    "qwen4exp": Recipe(
        norm=False,
        ffn_norm=False,
        final_norm=False,
        q_k_norm="head",
        attention_gate="in_query",
        shared_gate=True,
        split_beta_alpha=True,
        gate="experts_in_up",
    ),
    "dots1": replace(_QWEN3, expert_bias=True),
    "hunyuan-dense": _QWEN3,
    "hunyuan-moe": _QWEN3,
    "lfm2": _QWEN3,
    "lfm2moe": replace(_QWEN3, expert_bias=True),
    "mimo2": Recipe(sinks="window", expert_bias=True),
    "minimax-m2": Recipe(q_k_norm="all", expert_bias=True),
    "minimax-m3": replace(_QWEN3, expert_bias=True),
    "olmo": Recipe(norm=False, ffn_norm=False, final_norm=False),
    "olmo2": Recipe(norm=False, ffn_norm=False, q_k_norm="all", post_attention_norm=True, post_ffn_norm=True),
    "olmoe": Recipe(q_k_norm="all"),
    "exaone4": Recipe(norm=False, ffn_norm=False, q_k_norm="head", post_attention_norm=True, post_ffn_norm=True),
    "afmoe": Recipe(
        q_k_norm="head", attention_gate="own", post_attention_norm=True, post_ffn_norm=True, expert_bias=True
    ),
    "step35": Recipe(q_k_norm="head", attention_gate="per_head", expert_bias=True),
    "seed_oss": Recipe(qkv_bias=True, post_attention_norm=True, ffn_norm=False),
    "glm4moe": Recipe(qkv_bias=True, post_attention_norm=True, ffn_norm=False, expert_bias=True),
    "glm4": Recipe(post_attention_norm=True, post_ffn_norm=True, gate="in_up"),
    "chatglm": Recipe(fused_qkv=True, qkv_bias=True, gate="in_up"),
    "command-r": Recipe(ffn_norm=False),
    "cohere2": Recipe(ffn_norm=False),
    "phi2": replace(_LAYER_NORM, ffn_norm=False, head_bias=True),
    "phi3": Recipe(fused_qkv=True, gate="in_up"),
    "phimoe": Recipe(norm_bias=True, qkv_bias=True, attention_output_bias=True, head_bias=True),
    "starcoder2": _LAYER_NORM,
    "stablelm": Recipe(norm_bias=True),
    "orion": Recipe(norm_bias=True),
    "nemotron": Recipe(norm_bias=True, gate=""),
    "nemotron_h": Recipe(single_norm=True, gate=""),
    "nemotron_h_moe": Recipe(single_norm=True, gate="", expert_bias=True),
    "gemma": _LLAMA,
    "gemma2": Recipe(post_attention_norm=True, post_ffn_norm=True),
    "gemma3": _GEMMA3,
    "gemma3n": _GEMMA3,
    "gemma4": _GEMMA3,
    "arctic": _LLAMA,
    "bailingmoe3": replace(_LLAMA, expert_bias=True),
    "beam": Recipe(
        q_k_norm="head", attention_gate="own", post_attention_norm=True, post_ffn_norm=True, expert_bias=True
    ),
    "bitnet": Recipe(sub_norms=True),
    "bloom": replace(_LAYER_NORM, fused_qkv=True, embedding_norm=True),
    "chameleon": Recipe(q_k_norm="heads"),
    "codeshell": _LAYER_NORM,
    "cohere2moe": Recipe(ffn_norm=False),
    "dbrx": Recipe(fused_qkv=True),
    "dream": _LLAMA,
    "exaone-moe": Recipe(q_k_norm="head"),
    "gemma-embedding": _GEMMA3,
    "gemma-embedding2": _GEMMA3,
    "gpt2": replace(_LAYER_NORM, fused_qkv=True, learned_positions=True),
    "gptneox": replace(_LAYER_NORM, fused_qkv=True),
    "granite_swa": Recipe(sinks="all"),
    "grok": Recipe(post_attention_norm=True, post_ffn_norm=True, gate=""),
    "grovemoe": _QWEN3,
    "hunyuan_vl": _QWEN3,
    "hy_v3": _QWEN3,
    "jais": replace(_LAYER_NORM, fused_qkv=True, gate="own"),
    "jais2": _LAYER_NORM,
    "kolibri1": replace(_GEMMA3, expert_bias=True),
    "laguna": Recipe(q_k_norm="head", attention_gate="per_head", expert_bias=True),
    "llada": _LLAMA,
    "llada-moe": _QWEN3,
    "maincoder": _QWEN3,
    "mamba": Recipe(single_norm=True),
    "mamba2": Recipe(single_norm=True),
    "maple": _QWEN3,
    "mellum": _QWEN3,
    "mpt": Recipe(fused_qkv=True, norm_bias=True, gate=""),
    "muse-glimmer": replace(_GEMMA3, attention_gate="own", embedding_norm=True),
    "nanbeige": _LLAMA,
    "openelm": Recipe(fused_qkv=True, q_k_norm="head"),
    "paddleocr": _LLAMA,
    "pangu-embedded": Recipe(qkv_bias=True, attention_output_bias=True),
    "plamo": Recipe(ffn_norm=False),
    "plamo3": Recipe(fused_qkv=True, q_k_norm="head", post_attention_norm=True, post_ffn_norm=True, gate="in_up"),
    "qwen": Recipe(fused_qkv=True, qkv_bias=True),
    "qwen3tts": _QWEN3,
    "refact": _LLAMA,
    "rnd1": _QWEN3,
    "spark2_5": Recipe(attention_gate="per_head"),
    "starcoder": replace(_LAYER_NORM, fused_qkv=True, learned_positions=True),
    "talkie": Recipe(q_k_norm="head", embedding_norm=True),
    "gpt-oss": Recipe(
        qkv_bias=True,
        attention_output_bias=True,
        sinks="all",
        post_attention_norm=True,
        ffn_norm=False,
        expert_ffn_bias=True,
    ),
}


OVERLAPPING = 128  # tokens of a compressed key from which the windows of DeepSeek V4 do not overlap


class UnknownArchitectureError(LookupError):
    """No recipe for the architecture: its tensors must be read from a file."""


def is_gated(architecture: str) -> bool:
    """Whether the dense part has a gate; so it is assumed of an unknown architecture too."""
    return RECIPES.get(architecture, _LLAMA).gate != ""


def recipe_for(shape: ModelShape) -> Recipe:
    """The recipe of the shape's architecture with its traits applied; raises UnknownArchitectureError."""
    recipe = RECIPES.get(shape.architecture)
    if recipe is None:
        raise UnknownArchitectureError(shape.architecture)
    if "qkv_bias" in shape.traits:
        recipe = replace(recipe, qkv_bias=True)
    if "fused_qkv" in shape.traits:
        recipe = replace(recipe, fused_qkv=True)
    if "q_k_norm" in shape.traits:
        recipe = replace(recipe, q_k_norm="heads" if shape.architecture == "command-r" else "head")
    if "expert_bias" in shape.traits:
        recipe = replace(recipe, expert_bias=True)
    if "wide_gate" in shape.traits and recipe.attention_gate == "per_head":
        recipe = replace(recipe, attention_gate="own")
    return recipe


@lru_cache(maxsize=32)
def tensors(shape: ModelShape) -> tuple[Tensor, ...]:
    """Every weight tensor of the model's own file (no vision part). `kind` is set where no mix changes it.

    Raises UnknownArchitectureError.
    """
    recipe = recipe_for(shape)
    parts = [*_outer(shape, recipe)]
    for layer in range(shape.blocks):
        parts += [(f"blk.{layer}.{name}", dims) for name, dims in _layer(shape, recipe, layer)]
    return tuple(Tensor(name, dims, _fixed_kind(name, dims)) for name, dims in parts)


def parameters(shape: ModelShape) -> int:
    """Number of weights, counted as model cards do: without rotary tables and without next-token layers."""
    own = replace(shape, next_token_layers=0)
    return sum(tensor.elements for tensor in tensors(own) if not tensor.name.startswith("rope_"))


# Names that convert_hf_to_gguf.py keeps at 32 bits although they are matrices.
_ALWAYS_F32 = (
    "ffn_gate_inp",
    "ssm_conv1d",
    "ple_conv1d",
    "shortconv.conv.",
    "altup_correct_coef",
    "altup_predict_coef",
)
_ALWAYS_F16 = re.compile(r"hc_(?:attn_|ffn_)?(?:down|up|inject)\.")  # which the makers of Qwen 4's files leave
_WHOLE_NUMBERS = "ffn_gate_tid2eid"  # a table of experts by token


def _fixed_kind(name: str, dims: tuple[int, ...]) -> str | None:
    if _WHOLE_NUMBERS in name:
        return "I32"
    if _ALWAYS_F16.search(name):
        return "F16"
    matrix = len(dims) > 1 and name.endswith(".weight") and not name.endswith("_norm.weight")
    return None if matrix and not any(part in name for part in _ALWAYS_F32) else "F32"


def _outer(shape: ModelShape, recipe: Recipe) -> Iterator[Part]:
    width, vocabulary = shape.embedding, shape.vocabulary
    yield "token_embd.weight", (width, vocabulary)
    if recipe.learned_positions:
        yield "position_embd.weight", (width, shape.trained_context)
    if recipe.final_norm:
        # LFM2 calls it the norm of the embedding, but stores it where all others store the final one.
        name = "token_embd_norm" if shape.architecture.startswith("lfm2") else "output_norm"
        yield from _norm(name, width, recipe)
    if not shape.tied_embedding:
        yield "output.weight", (width, vocabulary)
    if recipe.head_bias:
        yield "output.bias", (vocabulary,)
    rotated = (shape.rope_length or shape.key_length) // 2
    if "rope_freqs" in shape.traits:
        yield "rope_freqs.weight", (rotated,)
    if "rope_factors" in shape.traits:
        yield "rope_factors_long.weight", (rotated,)
        yield "rope_factors_short.weight", (rotated,)
    if shape.embedding_per_layer:
        yield from _per_layer_embedding(shape)
    yield from _outer_streams(shape)
    if shape.compression is not None:
        yield from _mixture(shape, "output_hc", shape.residual_streams)


def _per_layer_embedding(shape: ModelShape) -> Iterator[Part]:
    own = shape.embedding_per_layer * shape.layers
    yield "per_layer_token_embd.weight", (own, shape.vocabulary)
    yield "per_layer_model_proj.weight", (shape.embedding, own)
    yield "per_layer_proj_norm.weight", (shape.embedding_per_layer,)
    if shape.alternating_updates:
        others = shape.alternating_updates - 1
        yield "altup_proj.weight", (shape.embedding, shape.embedding, others)
        yield "altup_unembd_proj.weight", (shape.embedding, shape.embedding, others)


def _layer(shape: ModelShape, recipe: Recipe, layer: int) -> Iterator[Part]:
    if layer >= shape.layers:
        # A next-token layer is a copy of the last one with a few tensors in front.
        yield from _next_token(shape)
        layer = shape.layers - 1
    if recipe.single_norm:
        yield from _single_part(shape, recipe, layer)
        return
    yield from _seeing(shape, recipe, layer)
    if shape.compression is not None or shape.architecture == "glm5-next":
        for part in ("hc_attn", "hc_ffn"):
            yield from _mixture(shape, part, shape.residual_streams * (2 + shape.residual_streams))
    yield from _inner_streams(shape, layer)
    if recipe.post_attention_norm:
        yield from _norm("post_attention_norm", shape.embedding, recipe)
    yield from _mixing(shape, recipe, layer)
    if shape.embedding_per_layer:
        yield from _layer_input(shape)
    if shape.architecture == "gemma4":
        yield "layer_output_scale.weight", (1,)


def _seeing(shape: ModelShape, recipe: Recipe, layer: int) -> Iterator[Part]:
    """What looks at other tokens: a state, attention, or both side by side."""
    is_recurrent = _is_recurrent(shape, layer)
    if recipe.norm and (shape.heads[layer] or is_recurrent):
        yield from _norm("attn_norm", shape.embedding, recipe)
    if is_recurrent or recipe.parallel_state:
        yield from _state(shape, recipe)
    if not is_recurrent or recipe.parallel_state:
        yield from _attention(shape, recipe, layer)


def _single_part(shape: ModelShape, recipe: Recipe, layer: int) -> Iterator[Part]:
    yield from _norm("attn_norm", shape.embedding, recipe)
    if _is_recurrent(shape, layer):
        yield from _state(shape, recipe)
    elif shape.kv_heads[layer]:
        yield from _attention(shape, recipe, layer)
    else:
        yield from _feed_forward(shape, recipe, layer)


def _mixing(shape: ModelShape, recipe: Recipe, layer: int) -> Iterator[Part]:
    if not shape.feed_forward[layer] and not has_experts(shape, layer):
        return
    if recipe.ffn_norm:
        yield from _norm("ffn_norm", shape.embedding, recipe)
    yield from _feed_forward(shape, recipe, layer)
    if recipe.post_ffn_norm:
        yield from _norm("post_ffw_norm", shape.embedding, recipe)


def has_experts(shape: ModelShape, layer: int) -> bool:
    """Whether the feed-forward part of that layer is a mixture of experts."""
    if shape.experts is None:
        return False
    return shape.experts.layers[layer] if shape.experts.layers else layer >= shape.experts.leading_dense


def _is_recurrent(shape: ModelShape, layer: int) -> bool:
    return bool(shape.recurrent_layers) and shape.recurrent_layers[layer]


def _is_windowed(shape: ModelShape, layer: int) -> bool:
    return bool(shape.window_layers) and shape.window_layers[layer]


def _norm(name: str, width: int, recipe: Recipe) -> Iterator[Part]:
    yield f"{name}.weight", (width,)
    if recipe.norm_bias:
        yield f"{name}.bias", (width,)


# --- attention ---------------------------------------------------------------------------------------------------


def _attention(shape: ModelShape, recipe: Recipe, layer: int) -> Iterator[Part]:
    if shape.latent is not None:
        yield from _latent_attention(shape, shape.latent, layer)
        return
    if shape.compression is not None:
        yield from _compressed_attention(shape, shape.compression, layer)
        return
    heads, kv_heads = shape.heads[layer], shape.kv_heads[layer]
    if not heads:
        return
    if not kv_heads:  # one matrix instead of attention, in models whose layers were thinned out (Nemotron 51B)
        yield "attn_output.weight", (shape.embedding, shape.embedding)
        return
    key_length, value_length = _head_lengths(shape, layer)
    query = heads * key_length * (2 if recipe.attention_gate == "in_query" else 1)
    yield from _query_key_value(shape, recipe, layer, (query, kv_heads * key_length, kv_heads * value_length))
    yield "attn_output.weight", (heads * value_length, shape.embedding)
    yield from _beside_attention(shape, recipe, layer, value_length)
    yield from _query_key_norms(shape, recipe, layer, key_length)
    index = shape.sparse_index
    if index is not None and shape.architecture in _PLAIN_INDEXES and has_own_index(shape, layer):
        yield "indexer.q_proj.weight", (shape.embedding, index.heads * index.key_length)
        yield "indexer.k_proj.weight", (shape.embedding, index.key_length)
        yield "indexer.q_norm.weight", (index.key_length,)
        yield "indexer.k_norm.weight", (index.key_length,)


_PLAIN_INDEXES = frozenset(("qwen4exp", "minimax-m3"))  # indexes of grouped attention, from the hidden state itself


def _beside_attention(shape: ModelShape, recipe: Recipe, layer: int, value_length: int) -> Iterator[Part]:
    """Bias, gate and sinks of the output, where the architecture has them."""
    heads = shape.heads[layer]
    if recipe.attention_output_bias:
        yield "attn_output.bias", (shape.embedding,)
    if recipe.attention_gate in ("own", "per_head"):
        yield "attn_gate.weight", (shape.embedding, heads * (value_length if recipe.attention_gate == "own" else 1))
    if recipe.sinks == "all" or (recipe.sinks == "window" and _is_windowed(shape, layer)):
        yield "attn_sinks.weight", (heads,)


def _head_lengths(shape: ModelShape, layer: int) -> tuple[int, int]:
    if _is_windowed(shape, layer) and shape.window_key_length:
        return shape.window_key_length, shape.window_value_length
    return shape.key_length, shape.value_length


def _query_key_value(shape: ModelShape, recipe: Recipe, layer: int, widths: tuple[int, int, int]) -> Iterator[Part]:
    if recipe.fused_qkv:
        yield "attn_qkv.weight", (shape.embedding, sum(widths))
        if recipe.qkv_bias:
            yield "attn_qkv.bias", (sum(widths),)
        return
    # Gemma 3n and 4: the last layers have keys and values in the file although they reuse an earlier cache.
    names = ["attn_q", "attn_k", "attn_v"]
    if "key_as_value" in shape.traits and not _is_windowed(shape, layer):
        names = names[:2]
    for name, width in zip(names, widths, strict=False):
        yield f"{name}.weight", (shape.embedding, width)
        if recipe.qkv_bias:
            yield f"{name}.bias", (width,)


def _query_key_norms(shape: ModelShape, recipe: Recipe, layer: int, key_length: int) -> Iterator[Part]:
    if not recipe.q_k_norm:
        return
    heads, kv_heads = shape.heads[layer], shape.kv_heads[layer]
    sizes: tuple[tuple[int, ...], tuple[int, ...]]
    if recipe.q_k_norm == "head":
        sizes = ((key_length,), (key_length,))
    elif recipe.q_k_norm == "heads":
        sizes = ((key_length, heads), (key_length, kv_heads))
    else:
        sizes = ((key_length * heads,), (key_length * kv_heads,))
    yield "attn_q_norm.weight", sizes[0]
    yield "attn_k_norm.weight", sizes[1]


def _latent_attention(shape: ModelShape, latent: LatentAttention, layer: int) -> Iterator[Part]:
    width, heads = shape.embedding, shape.heads[layer]
    query = heads * (latent.nope_length + latent.rope_length)
    if latent.query_rank:
        yield "attn_q_a.weight", (width, latent.query_rank)
        yield "attn_q_a_norm.weight", (latent.query_rank,)
        yield "attn_q_b.weight", (latent.query_rank, query)
    else:
        yield "attn_q.weight", (width, query)
    yield "attn_kv_a_mqa.weight", (width, latent.kv_rank + latent.rope_length)
    yield "attn_kv_a_norm.weight", (latent.kv_rank,)
    if shape.architecture == "minicpm3":
        yield "attn_kv_b.weight", (latent.kv_rank, heads * (latent.nope_length + latent.value_length))
    else:
        yield "attn_k_b.weight", (latent.nope_length, latent.kv_rank, heads)
        yield "attn_v_b.weight", (latent.kv_rank, latent.value_length, heads)
    yield "attn_output.weight", (heads * latent.value_length, width)
    if shape.sparse_index is not None and has_own_index(shape, layer):
        index = shape.sparse_index
        yield "indexer.attn_k.weight", (width, index.key_length)
        yield "indexer.attn_q_b.weight", (latent.query_rank, index.heads * index.key_length)
        yield "indexer.k_norm.weight", (index.key_length,)
        yield "indexer.k_norm.bias", (index.key_length,)
        yield "indexer.proj.weight", (width, index.heads)
        if index.pool:
            yield "indexer_compressor_gate.weight", (width, index.key_length)
            yield "indexer_compressor_ape.weight", (index.key_length, index.pool)


def _compressed_attention(shape: ModelShape, kept: Compression, layer: int) -> Iterator[Part]:
    """DeepSeek V4: a key that is the value too, and what compresses keys and chooses among them."""
    width, length, heads = shape.embedding, shape.key_length, shape.heads[layer]
    yield "attn_sinks.weight", (heads,)
    yield "attn_q_a.weight", (width, kept.query_rank)
    yield "attn_q_a_norm.weight", (kept.query_rank,)
    yield "attn_q_b.weight", (kept.query_rank, heads * length)
    yield "attn_kv.weight", (width, length)
    yield "attn_kv_a_norm.weight", (length,)
    rank = kept.output_width // kept.output_groups
    yield "attn_output_a.weight", (heads * length // kept.output_groups, rank, kept.output_groups)
    yield "attn_output_b.weight", (kept.output_width, width)
    ratio = kept.ratios[layer]
    if not ratio:
        return
    yield from _compressor("attn_compressor", width, length, ratio)
    if shape.sparse_index is not None and ratio < OVERLAPPING:
        index = shape.sparse_index
        yield "indexer.proj.weight", (width, index.heads)
        yield "indexer.attn_q_b.weight", (kept.query_rank, index.heads * index.key_length)
        yield from _compressor("indexer_compressor", width, index.key_length, ratio)


def _compressor(name: str, width: int, length: int, ratio: int) -> Iterator[Part]:
    wide = length * (2 if ratio < OVERLAPPING else 1)
    yield f"{name}_kv.weight", (width, wide)
    yield f"{name}_gate.weight", (width, wide)
    yield f"{name}_ape.weight", (wide, ratio)
    yield f"{name}_norm.weight", (length,)


def _mixture(shape: ModelShape, name: str, mixed: int) -> Iterator[Part]:
    """What mixes several residual streams: before the output one share a stream, around a layer's part three kinds."""
    yield f"{name}_fn.weight", (shape.residual_streams * shape.embedding, mixed)
    yield f"{name}_base.weight", (mixed,)
    yield f"{name}_scale.weight", (1 if mixed == shape.residual_streams else 3,)


def is_hashed_table(shape: ModelShape, name: str) -> bool:
    """Whether a tensor is Qwen 4's table of hashed runs of tokens."""
    return shape.hashed is not None and name == _HASHED_TABLE


_HASHED_TABLE = "per_layer_token_embd.weight"


def _gated_mixture(shape: ModelShape, name: str) -> Iterator[Part]:
    """Qwen 4: what mixes the streams goes through a narrow matrix."""
    width = shape.residual_streams * shape.embedding
    yield f"{name}_norm.weight", (shape.embedding, shape.residual_streams)
    yield f"{name}_down.weight", (width, shape.stream_rank)
    yield f"{name}_up.weight", (shape.stream_rank, width)


def _outer_streams(shape: ModelShape) -> Iterator[Part]:
    """Qwen 4: what lies outside the layers."""
    if shape.hashed is not None:
        yield _HASHED_TABLE, (shape.hashed.width, shape.hashed.table)
    if shape.stream_rank:
        yield from _gated_mixture(shape, "output_hc")


def _inner_streams(shape: ModelShape, layer: int) -> Iterator[Part]:
    """Qwen 4: what a layer has beside attention and experts."""
    if shape.stream_rank:
        for part in ("hc_attn", "hc_ffn"):
            yield from _gated_mixture(shape, part)
            yield f"{part}_inject.weight", (shape.residual_streams * shape.embedding, shape.residual_streams)
    if shape.hashed is not None and shape.hashed.layer == layer:
        yield from _looking_up(shape, shape.hashed)


def _looking_up(shape: ModelShape, table: HashedEmbedding) -> Iterator[Part]:
    """Qwen 4: the layer that looks into the table of hashed runs of tokens."""
    seen, streams = table.rows * table.width, shape.residual_streams
    yield "ple_key.weight", (seen, streams * shape.embedding)
    yield "ple_value.weight", (seen, shape.embedding)
    for name in ("key", "query", "conv"):
        yield f"ple_norm_{name}.weight", (shape.embedding, streams)
    yield "ple_conv1d.weight", (table.conv_kernel, streams * shape.embedding)


def has_own_index(shape: ModelShape, layer: int) -> bool:
    """False where a layer uses the index of an earlier one: GLM 5.2 and later, told apart as `glm-dsa.cpp` does.
    MiniMax M3's dense layers see everything.
    """
    if shape.sparse_index is not None and shape.sparse_index.layers:
        return shape.sparse_index.layers[layer]
    if shape.architecture == "minimax-m3":
        return has_experts(shape, layer)
    if shape.architecture != "glm-dsa" or shape.trained_context < 1 << 20:
        return True
    return layer < 2 or layer % 4 == 2


# --- recurrent layers --------------------------------------------------------------------------------------------


def _state(shape: ModelShape, recipe: Recipe) -> Iterator[Part]:
    assert shape.recurrent is not None, "a recurrent layer without its sizes"
    if shape.recurrent.kind == "delta_net":
        yield from _delta_net(shape.embedding, shape.recurrent, recipe)
        return
    makers: dict[str, Callable[[ModelShape, Recurrent], Iterator[Part]]] = {
        "mamba": _mamba,
        "mamba2": _mamba2,
        "short_conv": _short_conv,
        "kimi_delta": _kimi_delta,
    }
    yield from makers[shape.recurrent.kind](shape, shape.recurrent)


def _mamba(shape: ModelShape, state: Recurrent) -> Iterator[Part]:
    inner, rank = state.inner_size, state.time_step_rank
    yield "ssm_in.weight", (shape.embedding, 2 * inner)
    yield "ssm_conv1d.weight", (state.conv_kernel, inner)
    yield "ssm_conv1d.bias", (inner,)
    yield "ssm_x.weight", (inner, rank + 2 * state.state_size)
    if shape.architecture == "jamba":
        yield "ssm_dt_norm.weight", (rank,)
        yield "ssm_b_norm.weight", (state.state_size,)
        yield "ssm_c_norm.weight", (state.state_size,)
    yield "ssm_dt.weight", (rank, inner)
    yield "ssm_dt.bias", (inner,)
    yield "ssm_a", (state.state_size, inner)
    yield "ssm_d", (inner,)
    yield "ssm_out.weight", (inner, shape.embedding)


def _mamba2(shape: ModelShape, state: Recurrent) -> Iterator[Part]:
    inner, heads = state.inner_size, state.time_step_rank
    mixed = inner + 2 * state.groups * state.state_size
    yield "ssm_in.weight", (shape.embedding, inner + mixed + heads)
    yield "ssm_conv1d.weight", (state.conv_kernel, mixed)
    yield "ssm_conv1d.bias", (mixed,)
    yield "ssm_dt.bias", (heads,)
    yield "ssm_a", (1, heads)
    yield "ssm_d", (1, heads)
    if shape.architecture != "falcon-h1":
        yield "ssm_norm.weight", (inner // state.groups, state.groups)
    yield "ssm_out.weight", (inner, shape.embedding)


def _delta_net(width: int, state: Recurrent, recipe: Recipe) -> Iterator[Part]:
    value, heads = state.inner_size, state.time_step_rank
    mixed = 2 * state.groups * state.state_size + value
    yield "attn_qkv.weight", (width, mixed)
    yield "attn_gate.weight", (width, value)
    yield "ssm_conv1d.weight", (state.conv_kernel, mixed)
    yield "ssm_dt.bias", (heads,)
    yield "ssm_a", (heads,)
    if recipe.split_beta_alpha:
        yield "ssm_beta.weight", (width, heads)
        yield "ssm_alpha.weight", (width, heads)
    else:
        yield "ssm_ba.weight", (width, 2 * heads)
    yield "ssm_norm.weight", (value // heads,)
    yield "ssm_out.weight", (value, width)


def _short_conv(shape: ModelShape, state: Recurrent) -> Iterator[Part]:
    width = shape.embedding
    yield "shortconv.conv.weight", (state.conv_kernel, width)
    yield "shortconv.in_proj.weight", (width, 3 * width)
    yield "shortconv.out_proj.weight", (width, width)


def _kimi_delta(shape: ModelShape, state: Recurrent) -> Iterator[Part]:
    width, inner, head = shape.embedding, state.inner_size, state.head_length
    heads = inner // head
    for name in "qkv":
        yield f"attn_{name}.weight", (width, inner)
        yield f"ssm_conv1d_{name}.weight", (state.conv_kernel, 1, inner)
    for name in "fg":
        yield f"ssm_{name}_a.weight", (width, head)
        yield f"ssm_{name}_b.weight", (head, inner)
    yield "ssm_beta.weight", (width, heads)
    yield "ssm_a", (1, heads)
    yield "ssm_dt.bias", (inner,)
    yield "ssm_norm.weight", (head,)
    yield "attn_output.weight", (inner, width)


# --- feed-forward part -------------------------------------------------------------------------------------------


def _feed_forward(shape: ModelShape, recipe: Recipe, layer: int) -> Iterator[Part]:
    if shape.feed_forward[layer]:
        yield from _dense(shape.embedding, shape.feed_forward[layer], recipe)
    if has_experts(shape, layer) and shape.experts is not None:
        if layer < shape.experts.by_token:
            recipe = replace(recipe, expert_bias=False)
            yield "ffn_gate_tid2eid.weight", (shape.experts.used, shape.vocabulary)
        if shape.architecture == "gemma4":
            yield from _gemma4_experts(shape.embedding, shape.experts)
        else:
            yield from _experts(shape.embedding, shape.experts, recipe)


def _dense(width: int, inner: int, recipe: Recipe) -> Iterator[Part]:
    if recipe.gate == "own":
        yield "ffn_gate.weight", (width, inner)
    yield "ffn_up.weight", (width, 2 * inner if recipe.gate == "in_up" else inner)
    yield "ffn_down.weight", (inner, width)
    if recipe.ffn_bias:
        yield "ffn_up.bias", (inner,)
        yield "ffn_down.bias", (width,)


def _shared_expert(width: int, inner: int, recipe: Recipe, sides: Iterable[str]) -> Iterator[Part]:
    for side in sides:
        yield f"ffn_{side}_shexp.weight", (width, inner)
    yield "ffn_down_shexp.weight", (inner, width)
    if recipe.shared_gate:
        yield "ffn_gate_inp_shexp.weight", (width,)


def _experts(width: int, experts: Experts, recipe: Recipe) -> Iterator[Part]:
    count, inner, shared = experts.count, experts.feed_forward, experts.shared_feed_forward
    seen = experts.latent or width
    yield "ffn_gate_inp.weight", (width, count)
    if experts.latent:
        yield "ffn_latent_down.weight", (width, seen)
        yield "ffn_latent_up.weight", (seen, width)
    if recipe.expert_bias:
        yield "exp_probs_b.bias", (count,)
    sides = ("gate", "up") if recipe.gate else ("up",)
    if recipe.gate == "experts_in_up":
        yield "ffn_gate_up_exps.weight", (seen, 2 * inner, count)
    else:
        for side in sides:
            yield f"ffn_{side}_exps.weight", (seen, inner, count)
    yield "ffn_down_exps.weight", (inner, seen, count)
    if shared:
        yield from _shared_expert(width, shared, recipe, sides)
    if recipe.expert_ffn_bias:
        yield "ffn_gate_inp.bias", (count,)
        for side in sides:
            yield f"ffn_{side}_exps.bias", (inner, count)
        yield "ffn_down_exps.bias", (width, count)


def _gemma4_experts(width: int, experts: Experts) -> Iterator[Part]:
    yield "ffn_gate_inp.weight", (width, experts.count)
    yield "ffn_gate_inp.scale", (width,)
    yield "pre_ffw_norm_2.weight", (width,)
    yield "post_ffw_norm_1.weight", (width,)
    yield "post_ffw_norm_2.weight", (width,)
    yield "ffn_gate_up_exps.weight", (width, 2 * experts.feed_forward, experts.count)
    yield "ffn_down_exps.weight", (experts.feed_forward, width, experts.count)
    yield "ffn_down_exps.scale", (experts.count,)


# --- parts of single families ------------------------------------------------------------------------------------


def _layer_input(shape: ModelShape) -> Iterator[Part]:
    """Gemma 3n and 4: what each layer does with its own embedding."""
    width, own, copies = shape.embedding, shape.embedding_per_layer, shape.alternating_updates
    yield "inp_gate.weight", (width, own)
    yield "proj.weight", (own, width)
    yield "post_norm.weight", (width,)
    if copies:
        yield "altup_correct_coef.weight", (copies, copies)
        yield "altup_correct_scale.weight", (width,)
        yield "altup_predict_coef.weight", (copies, copies * copies)
        yield "altup_router.weight", (width, copies)
        yield "altup_router_norm.weight", (width,)
        yield "laurel_l.weight", (width, _LAUREL_RANK)
        yield "laurel_r.weight", (_LAUREL_RANK, width)
        yield "laurel_post_norm.weight", (width,)


_LAUREL_RANK = 64  # of all Gemma 3n models


def _next_token(shape: ModelShape) -> Iterator[Part]:
    width = shape.embedding
    yield "nextn.eh_proj.weight", (2 * width, width)
    yield "nextn.enorm.weight", (width,)
    yield "nextn.hnorm.weight", (width,)
    yield "nextn.shared_head_norm.weight", (width,)
    if "next_token_embedding" in shape.traits:
        yield "nextn.embed_tokens.weight", (width, shape.vocabulary)
        yield "nextn.shared_head_head.weight", (width, shape.vocabulary)
