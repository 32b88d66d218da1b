"""A model's shape from its config.json, as huggingface/transformers writes it.

Every maker has words of his own; the tables below say which of them mean the same. Sources: the configuration classes
of huggingface/transformers and the conversion of llama.cpp (`convert_hf_to_gguf.py`, `conversion/`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from bot.base.errors import UserError
from bot.models.shape import (
    MOST_LAYERS,
    Compression,
    Experts,
    LatentAttention,
    ModelShape,
    Recurrent,
    SparseIndex,
    impossible,
)
from bot.models.tensors import is_gated

# transformers' model_type -> llama.cpp's architecture, where they differ; "_text" and the like are cut off before.
_ARCHITECTURES: Final[Mapping[str, str]] = {
    "mistral": "llama", "mixtral": "llama", "yi": "llama", "ministral3": "mistral3", "mistral3": "mistral3",
    "qwen2_moe": "qwen2moe", "qwen2_vl": "qwen2vl", "qwen2_5_vl": "qwen2vl", "qwen3_moe": "qwen3moe",
    "qwen3_vl": "qwen3vl", "qwen3_vl_moe": "qwen3vlmoe", "qwen3_next": "qwen3next", "qwen3_5": "qwen35",
    "qwen3_5_moe": "qwen35moe", "cohere": "command-r", "deepseek_v2": "deepseek2", "deepseek_v3": "deepseek2",
    "deepseek_v32": "deepseek32", "deepseek_v4": "deepseek4", "kimi_k2": "deepseek2", "kimi_k25": "deepseek2",
    "kimi_linear": "kimi-linear",
    "glm": "chatglm", "glm4_moe": "glm4moe", "glm4v": "glm4", "glm4v_moe": "glm4moe", "glm4_moe_lite": "deepseek2",
    "glm_moe_dsa": "glm-dsa", "gpt_oss": "gpt-oss", "granitemoehybrid": "granitehybrid", "phi": "phi2",
    "falcon_h1": "falcon-h1", "lfm2_moe": "lfm2moe", "ernie4_5_moe": "ernie4_5-moe", "minimax_m2": "minimax-m2",
    "hunyuan_v1_dense": "hunyuan-dense", "hunyuan_v1_moe": "hunyuan-moe", "bailing_moe_v2": "bailingmoe2",
    "mimo": "qwen2", "mimo_v2_flash": "mimo2", "mimo_v2": "mimo2", "nemotron-nas": "deci", "step3p5": "step35",
    "step3p7": "step35", "olmo3": "olmo2", "cohere2_vision": "cohere2", "exaone4_5": "exaone4",
}  # fmt: skip
# Files of these keep the layers that guess the next tokens; of others GGUF files hold none.
_KEEP_NEXT_TOKEN: Final = frozenset({"glm4moe", "glm-dsa"})
_RANKED_EXPERTS: Final = frozenset({"deepseek2", "deepseek32"})  # have a bias for choosing experts only where told so


_LARGEST_RATIO: Final = 1 << 16

_MIXED: Final[Mapping[str, str]] = {"nemotron_h": "nemotron_h_moe"}  # architectures with another name with experts


class _Config:
    """Reads keys of config.json; the text part of a multimodal model's comes first."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.outer = config
        text = config.get("text_config") or config.get("llm_config") or config.get("language_config")
        self.inner = text if isinstance(text, Mapping) else config

    def get(self, *keys: str) -> Any:
        """The first of these keys that is there and not null."""
        for part in (self.inner, self.outer):
            for key in keys:
                if part.get(key) is not None:
                    return part[key]
        return None

    def whole(self, *keys: str, default: int = 0) -> int:
        value = self.get(*keys)
        if value is None or isinstance(value, bool):
            return default
        if isinstance(value, list):
            value = value[0] if value else default
        if not isinstance(value, int | float) or not 0 <= value < 1 << 40:
            raise damaged(keys[0])
        return int(value)

    @property
    def architecture(self) -> str:
        told = str(self.inner.get("model_type") or self.outer.get("model_type") or "")
        return _ARCHITECTURES.get(told, _ARCHITECTURES.get(told.removesuffix("_text"), told.removesuffix("_text")))


def damaged(what: str) -> UserError:
    """The error for a file that describes something impossible."""
    return UserError(
        "The file describes “{what}” with an impossible size. Download it again.",
        "文件中“{what}”的尺寸不可能成立，请重新下载。",
    ).format(what=what[:80])


def shape(config: Mapping[str, Any], name: str = "") -> ModelShape:
    """The shape that a config.json describes.

    Raises:
        UserError: no language model, or hyper-parameters that cannot be.
    """
    read = _Config(config)
    layers, embedding = _layers(read), read.whole("hidden_size", "n_embd")
    _check_size(layers, embedding)
    kinds = _layer_kinds(read, layers)
    latent, experts = _latent(read), _experts(read, kinds)
    window = read.whole("sliding_window", "attention_chunk_size") if "window" in kinds else 0
    window_length = read.whole("head_dim") if read.get("global_head_dim") and window else 0
    key_length, value_length = _lengths(read, embedding, latent)
    found = ModelShape(
        architecture=_MIXED.get(read.architecture, read.architecture) if experts else read.architecture,
        name=name or str(config.get("_name_or_path") or ""),
        layers=layers,
        embedding=embedding,
        feed_forward=_feed_forward(read, kinds, experts),
        heads=_heads(read, kinds),
        kv_heads=_kv_heads(read, kinds, latent),
        key_length=key_length,
        value_length=value_length,
        vocabulary=read.whole("vocab_size"),
        trained_context=read.whole("max_position_embeddings", "seq_length", "n_positions"),
        tied_embedding=bool(read.get("tie_word_embeddings")),
        window=window,
        window_layers=_layers_of("window", kinds) if window else (),
        window_key_length=window_length,
        window_value_length=window_length,
        experts=experts,
        latent=latent,
        recurrent=_recurrent(read, embedding) if "recurrent" in kinds else None,
        recurrent_layers=_layers_of("recurrent", kinds),
        next_token_layers=read.whole("num_nextn_predict_layers"),
        shared_kv_layers=min(layers, read.whole("num_kv_shared_layers")),
        embedding_per_layer=read.whole("hidden_size_per_layer_input"),
        softcap=bool(read.get("attn_logit_softcapping")),
        sparse_index=_sparse_index(read),
        compression=_compression(read, layers),
        residual_streams=read.whole("hc_mult"),
        rope_length=_rope_length(read, key_length, latent),
        traits=_traits(read),
        gated=is_gated(read.architecture),
        source="safetensors",
    )
    _check_shape(found)
    return found if read.architecture in _KEEP_NEXT_TOKEN else replace(found, next_token_layers=0)


def _compression(read: _Config, layers: int) -> Compression | None:
    """DeepSeek V4's: the list ends with the layers that guess the next tokens."""
    if read.architecture != "deepseek4":
        return None
    ratios = read.get("compress_ratios")
    if not isinstance(ratios, list) or len(ratios) < layers:
        raise damaged("compress_ratios")
    if not all(isinstance(ratio, int) and 0 <= ratio <= _LARGEST_RATIO for ratio in ratios):
        raise damaged("compress_ratios")
    needed = ("sliding_window", "q_lora_rank", "o_groups", "o_lora_rank", "hc_mult", "index_n_heads", "index_head_dim")
    window, rank, groups, each, *_ = [_positive(read, key) for key in needed]
    return Compression(window, tuple(ratios[:layers]), rank, groups * each, groups)


def _positive(read: _Config, key: str) -> int:
    value = read.whole(key)
    if not 0 < value <= _LARGEST_RATIO:
        raise damaged(key)
    return value


def _layers_of(kind: str, kinds: Sequence[str]) -> tuple[bool, ...]:
    """Which layers are of a kind; empty where none is."""
    return tuple(each == kind for each in kinds) if kind in kinds else ()


def _layers(read: _Config) -> int:
    pattern = read.get("hybrid_override_pattern", "layers_block_type")
    told = read.whole("num_hidden_layers", "n_layer", "num_layers")
    return told or (len(pattern) if isinstance(pattern, str | list) else 0)


_KINDS: Final[Mapping[str, str]] = {
    "sliding_attention": "window", "chunked_attention": "window", "linear_attention": "recurrent",
    "mamba": "recurrent", "conv": "recurrent", "recurrent": "recurrent", "moe": "experts", "mlp": "dense",
    "M": "recurrent", "E": "experts", "-": "dense", "*": "full",
}  # fmt: skip


def _check_size(layers: int, embedding: int) -> None:
    if not 0 < layers <= MOST_LAYERS or not 0 < embedding < 1 << 24:
        raise UserError(
            "This config.json describes no language model (no layers or no hidden size).",
            "这个 config.json 不是语言模型的配置（没有层数或 hidden_size）。",
        )


def _check_shape(found: ModelShape) -> None:
    if problem := impossible(found):
        raise UserError("This config.json cannot be right: {problem}.", "这个 config.json 不对：{problem}。").format(
            problem=problem
        )


def _layer_kinds(read: _Config, layers: int) -> list[str]:
    """For each layer "full", "window" or "recurrent"; "experts" or "dense" where it holds nothing but that."""
    return _listed_kinds(read, layers) or _repeating_kinds(read, layers)


def _listed_kinds(read: _Config, layers: int) -> list[str]:
    """Those of a config that names the kind of every layer; else none."""
    listed = read.get("hybrid_override_pattern", "layer_types", "layers_block_type")
    if isinstance(listed, str | list) and len(listed) == layers:
        return [_KINDS.get(str(kind), "full") for kind in listed]
    listed = read.get("hybrid_layer_pattern")  # MiMo
    if isinstance(listed, list) and len(listed) == layers:
        return ["window" if kind == 1 else "full" for kind in listed]
    return []


def _repeating_kinds(read: _Config, layers: int) -> list[str]:
    period = read.whole("sliding_window_pattern")
    if period and read.get("sliding_window"):
        return _every(period, layers, "window")
    if read.architecture == "llama4" and read.get("attention_chunk_size"):
        return _every(4, layers, "window")
    full = _full_among_recurrent(read, layers)
    return ["full" if layer in full else "recurrent" for layer in range(layers)]


def _full_among_recurrent(read: _Config, layers: int) -> Collection[int]:
    """The layers that look at all tokens: every so many, those listed, else all."""
    period = read.whole("full_attention_interval", "attn_layer_period")
    if period:
        offset = read.whole("attn_layer_offset", default=period - 1)
        return range(offset % period, layers, period)
    listed = read.get("full_attn_idxs")
    return listed if isinstance(listed, list) else range(layers)


def _every(period: int, layers: int, others: str) -> list[str]:
    return ["full" if (layer + 1) % period == 0 else others for layer in range(layers)]


def _alone(kinds: Sequence[str]) -> bool:
    """Whether attention and feed-forward parts are layers of their own (Nemotron H)."""
    return not {"experts", "dense"}.isdisjoint(kinds)


def _experts(read: _Config, kinds: Sequence[str]) -> Experts | None:
    count = read.whole("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts")
    if not count or count == 1:
        return None
    width = read.whole("moe_intermediate_size", "expert_ffn_hidden_size", "intermediate_size")
    shared, shared_width = _shared_experts(read, width)
    layers = _expert_layers(read, kinds)
    dense = _leading_dense(read, layers, len(kinds))
    regular = tuple(at >= dense for at in range(len(kinds)))
    groups = read.whole("n_group")
    return Experts(
        count=count,
        used=read.whole(*_USED, default=1),
        feed_forward=width,
        shared=shared,
        shared_feed_forward=shared_width,
        leading_dense=dense,
        groups=groups if groups > 1 else 0,
        layers=() if layers == regular else layers,
        latent=read.whole("moe_latent_size"),
        by_token=read.whole("num_hash_layers"),
    )


def _shared_experts(read: _Config, width: int) -> tuple[int, int]:
    """(how many, feed-forward width of all together). `width`: that of an ordinary expert."""
    count = read.whole("n_shared_experts", "num_shared_experts", "moe_num_shared_experts")
    count = count or int(read.architecture == "llama4")
    whole = read.whole(
        "shared_expert_intermediate_size", "shared_intermediate_size", "moe_shared_expert_intermediate_size",
        "share_expert_dim", default=count * width,
    )  # fmt: skip
    return count or int(whole > 0), whole


def _leading_dense(read: _Config, layers: tuple[bool, ...], count: int) -> int:
    """Layers before the first with experts. `layers`: which of all `count` hold some, where the config lists them."""
    stated = min(count, read.whole("first_k_dense_replace", "num_dense_layers", "moe_layer_start_index"))
    if not layers or sorted(layers) != list(layers):
        return stated
    return layers.index(True) if True in layers else count  # all experts behind all dense layers


_USED: Final = ("num_experts_per_tok", "top_k_experts", "moe_topk", "num_experts_per_token", "moe_k")


def _expert_layers(read: _Config, kinds: Sequence[str]) -> tuple[bool, ...]:
    """Which layers hold experts; empty where the leading dense ones tell it."""
    if _alone(kinds):
        return tuple(kind == "experts" for kind in kinds)
    listed = read.get("moe_layer_freq")
    if isinstance(listed, list) and len(listed) == len(kinds):
        return tuple(bool(each) for each in listed)
    step = read.whole("interleave_moe_layer_step", "decoder_sparse_step")
    return tuple((layer + 1) % step == 0 for layer in range(len(kinds))) if step > 1 else ()


def _feed_forward(read: _Config, kinds: Sequence[str], experts: Experts | None) -> tuple[int, ...]:
    widths = ("intermediate_size_mlp", "intermediate_size", "ffn_hidden_size", "n_inner", "block_ff_dim")
    width = read.whole(*widths)
    if _alone(kinds):
        return tuple(width if kind == "dense" else 0 for kind in kinds)
    if experts is None or read.get("enable_moe_block"):  # Gemma 4 has both in every layer
        return (width,) * len(kinds)
    mixed = experts.layers or tuple(at >= experts.leading_dense for at in range(len(kinds)))
    return tuple(0 if each else width for each in mixed)


def _heads(read: _Config, kinds: Sequence[str]) -> tuple[int, ...]:
    return (read.whole("num_attention_heads", "n_head", default=1),) * len(kinds)


def _kv_heads(read: _Config, kinds: Sequence[str], latent: LatentAttention | None) -> tuple[int, ...]:
    heads = read.whole("num_attention_heads", "n_head", default=1)
    told = read.whole("num_key_value_heads", "multi_query_group_num", "num_kv_heads", default=heads)
    full = 1 if latent else read.whole("num_global_key_value_heads", default=told)
    window = read.whole("swa_num_key_value_heads", default=told)
    by_kind = {"full": full, "window": 1 if latent else window}
    return tuple(by_kind.get(kind, 0) for kind in kinds)


def _lengths(read: _Config, embedding: int, latent: LatentAttention | None) -> tuple[int, int]:
    """Of a key and a value in the cache."""
    if latent is not None:
        return latent.kv_rank + latent.rope_length, latent.kv_rank
    heads = read.whole("num_attention_heads", "n_head", default=1)
    length = read.whole("global_head_dim", "head_dim", "attention_head_dim", default=embedding // max(1, heads))
    return length, read.whole("v_head_dim", default=length)


def _rope_length(read: _Config, key_length: int, latent: LatentAttention | None) -> int:
    """The rotated part of a head, 0 for all of it."""
    if latent is not None:
        return latent.rope_length
    parameters = read.get("rope_parameters")
    factor = read.get("partial_rotary_factor") or (
        parameters.get("partial_rotary_factor") if isinstance(parameters, Mapping) else None
    )
    whole = read.whole("rotary_dim", "qk_rope_head_dim")
    told = whole or (int(key_length * factor) if isinstance(factor, int | float) else 0)
    return 0 if told in (0, key_length) else told


def _traits(read: _Config) -> frozenset[str]:
    """Tensors that the architecture leaves open."""
    scaling = read.get("rope_scaling", "rope_parameters")
    kind = (scaling.get("rope_type") or scaling.get("type")) if isinstance(scaling, Mapping) else None
    told = {
        "rope_freqs": kind == "llama3" or read.architecture == "gemma4",
        "rope_factors": kind == "longrope",
        "expert_bias": read.architecture in _RANKED_EXPERTS and read.get("topk_method") == "noaux_tc",
        "qkv_bias": read.architecture == "llama" and bool(read.get("attention_bias")),
        "q_k_norm": read.architecture == "glm4moe" and bool(read.get("use_qk_norm")),
        "key_as_value": bool(read.get("attention_k_eq_v")),
        "normed_experts": read.architecture == "deepseek4" and bool(read.get("norm_topk_prob")),
    }
    return frozenset(trait for trait, has in told.items() if has)


def _latent(read: _Config) -> LatentAttention | None:
    rank = read.whole("kv_lora_rank")
    if not rank:
        return None
    return LatentAttention(
        kv_rank=rank,
        query_rank=read.whole("q_lora_rank"),
        rope_length=read.whole("qk_rope_head_dim"),
        nope_length=read.whole("qk_nope_head_dim"),
        value_length=read.whole("v_head_dim"),
    )


def _sparse_index(read: _Config) -> SparseIndex | None:
    heads = read.whole("index_n_heads")
    return SparseIndex(heads, read.whole("index_head_dim"), read.whole("index_topk")) if heads else None


def _recurrent(read: _Config, embedding: int) -> Recurrent:
    if read.get("conv_L_cache") is not None:
        return Recurrent(read.whole("conv_L_cache"), 0, 0, 0, 0, "short_conv")
    if read.get("linear_num_value_heads") is not None:
        values = read.whole("linear_num_value_heads")
        return Recurrent(
            conv_kernel=read.whole("linear_conv_kernel_dim", default=4),
            inner_size=values * read.whole("linear_value_head_dim"),
            state_size=read.whole("linear_key_head_dim"),
            groups=read.whole("linear_num_key_heads"),
            time_step_rank=values,
            kind="delta_net",
        )
    heads = read.whole("mamba_n_heads", "mamba_num_heads")
    inner = heads * read.whole("mamba_d_head", "mamba_head_dim") or read.whole("mamba_expand", default=2) * embedding
    return Recurrent(
        conv_kernel=read.whole("mamba_d_conv", "conv_kernel", default=4),
        inner_size=inner,
        state_size=read.whole("mamba_d_state", "ssm_state_size", default=16),
        groups=read.whole("mamba_n_groups", "n_groups"),
        time_step_rank=heads or read.whole("mamba_dt_rank"),
        kind="mamba2" if heads else "mamba",
    )
