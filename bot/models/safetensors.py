"""A model as Hugging Face keeps it: config.json and the headers of its safetensors files, to shape and tensors.

Formats: https://huggingface.co/docs/safetensors (8 bytes little-endian length, then JSON), config.json of
huggingface/transformers, `quantization_config` of GPTQ, AWQ, FP8, bitsandbytes, compressed-tensors, EXL2 and EXL3.
Everything here works on bytes and dictionaries already read.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from bot.base.errors import UserError
from bot.base.languages import Text
from bot.models.shape import MOST_LAYERS, Experts, LatentAttention, Model, ModelShape, Recurrent, Tensor, impossible

LARGEST_HEADER: Final = 256 << 20

# transformers' model_type -> llama.cpp's architecture, where they differ.
_ARCHITECTURES: Final[Mapping[str, str]] = {
    "mistral": "llama", "mixtral": "llama", "yi": "llama", "ministral3": "mistral3", "mistral3": "mistral3",
    "qwen2_moe": "qwen2moe", "qwen2_vl": "qwen2vl", "qwen2_5_vl": "qwen2vl", "qwen3_moe": "qwen3moe",
    "qwen3_vl": "qwen3vl", "qwen3_vl_moe": "qwen3vlmoe", "qwen3_next": "qwen3next", "qwen3_5": "qwen35",
    "qwen3_5_moe": "qwen35moe", "gemma3_text": "gemma3", "gemma3n_text": "gemma3n", "gemma4_text": "gemma4",
    "llama4_text": "llama4", "cohere": "command-r", "deepseek_v2": "deepseek2", "deepseek_v3": "deepseek2",
    "deepseek_v32": "deepseek32", "kimi_k2": "deepseek2", "kimi_linear": "kimi-linear", "glm": "chatglm",
    "glm4_moe": "glm4moe", "gpt_oss": "gpt-oss", "granitemoe": "granitemoe", "granitemoehybrid": "granitehybrid",
    "phi": "phi2", "phimoe": "phimoe", "falcon_h1": "falcon-h1", "lfm2_moe": "lfm2moe", "ernie4_5_moe": "ernie4_5-moe",
    "nemotron_h": "nemotron_h", "minimax_m2": "minimax-m2", "hunyuan_v1_dense": "hunyuan-dense",
    "hunyuan_v1_moe": "hunyuan-moe", "bailing_moe_v2": "bailingmoe2", "seed_oss": "seed_oss", "stablelm": "stablelm",
}  # fmt: skip

_WIDTHS: Final[Mapping[str, int]] = {
    "F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2,
    "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1, "I8": 1, "U8": 1, "BOOL": 1,
}  # fmt: skip


def parse_header(data: bytes) -> Mapping[str, Any]:
    """The JSON header at the start of a safetensors file.

    Raises:
        UserError: the bytes end inside the header, or are none.
    """
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or not 2 <= length <= LARGEST_HEADER or data[8:9] != b"{":
        raise UserError("This is not a safetensors file.", "这不是 safetensors 文件。")
    if len(data) < 8 + length:
        raise UserError(
            f"This safetensors file ends inside its header: at least {8 + length:,} bytes are needed.",
            f"这个 safetensors 文件在文件头内就断了：至少需要 {8 + length:,} 字节。",
        )
    try:
        return msgspec.json.decode(data[8 : 8 + length], type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UserError(
            "The header of this safetensors file is damaged. Download it again.",
            "这个 safetensors 文件头已损坏，请重新下载。",
        ) from error


def tensors(headers: Iterable[Mapping[str, Any]]) -> tuple[Tensor, ...]:
    """All tensors of all files, with the bytes that they take; `kind` is the stored dtype.

    Raises:
        UserError: impossible sizes.
    """
    found = []
    for header in headers:
        for name, entry in header.items():
            if name == "__metadata__" or not isinstance(entry, Mapping):
                continue
            found.append(_tensor(str(name), entry))
    return tuple(found)


def _tensor(name: str, entry: Mapping[str, Any]) -> Tensor:
    dims, kind = entry.get("shape"), str(entry.get("dtype"))
    offsets = entry.get("data_offsets")
    if not isinstance(dims, list) or not all(isinstance(dim, int) and 0 <= dim < 1 << 40 for dim in dims):
        raise _damaged(name)
    tensor = Tensor(name, tuple(reversed(dims)) or (1,), kind)
    if isinstance(offsets, list) and len(offsets) == 2 and all(isinstance(at, int) for at in offsets):
        size = offsets[1] - offsets[0]
    else:
        size = tensor.elements * _WIDTHS.get(kind, 2)
    if not 0 <= size < 1 << 48:
        raise _damaged(name)
    return Tensor(name, tensor.dims, kind, size)


def _damaged(what: str) -> UserError:
    return UserError(
        f"The file describes “{what[:80]}” with an impossible size. Download it again.",
        f"文件中“{what[:80]}”的尺寸不可能成立，请重新下载。",
    )


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
            raise _damaged(keys[0])
        return int(value)


def shape(config: Mapping[str, Any], name: str = "") -> ModelShape:
    """The shape that a config.json describes.

    Raises:
        UserError: no language model, or hyper-parameters that cannot be.
    """
    read = _Config(config)
    layers, embedding = read.whole("num_hidden_layers", "n_layer", "num_layers"), read.whole("hidden_size", "n_embd")
    if not 0 < layers <= MOST_LAYERS or not 0 < embedding < 1 << 24:
        raise UserError(
            "This config.json describes no language model (no layers or no hidden size).",
            "这个 config.json 不是语言模型的配置（没有层数或 hidden_size）。",
        )
    model_type = str(read.inner.get("model_type") or read.outer.get("model_type") or "")
    heads = read.whole("num_attention_heads", "n_head", default=1)
    kv_heads = read.whole("num_key_value_heads", "multi_query_group_num", "num_kv_heads", default=heads)
    length = read.whole("head_dim", "attention_head_dim", default=embedding // max(1, heads))
    kinds = _layer_kinds(read, layers)
    recurrent_layers = tuple(kind == "recurrent" for kind in kinds)
    latent = _latent(read)
    experts = _experts(read, layers)
    window = read.whole("sliding_window", "attention_chunk_size") if "window" in kinds else 0
    found = ModelShape(
        architecture=_ARCHITECTURES.get(model_type, model_type),
        name=name or str(config.get("_name_or_path") or ""),
        layers=layers,
        embedding=embedding,
        feed_forward=_feed_forward(read, layers, experts),
        heads=(heads,) * layers,
        kv_heads=tuple(0 if recurrent else 1 if latent else kv_heads for recurrent in recurrent_layers),
        key_length=length if latent is None else latent.kv_rank + latent.rope_length,
        value_length=length if latent is None else latent.kv_rank,
        vocabulary=read.whole("vocab_size"),
        trained_context=read.whole("max_position_embeddings", "seq_length", "n_positions"),
        tied_embedding=bool(read.get("tie_word_embeddings")),
        window=window,
        window_layers=tuple(kind == "window" for kind in kinds) if window else (),
        experts=experts,
        latent=latent,
        recurrent=_recurrent(read, embedding) if any(recurrent_layers) else None,
        recurrent_layers=recurrent_layers if any(recurrent_layers) else (),
        next_token_layers=read.whole("num_nextn_predict_layers"),
        shared_kv_layers=min(layers, read.whole("num_kv_shared_layers")),
        embedding_per_layer=read.whole("hidden_size_per_layer_input"),
        softcap=bool(read.get("attn_logit_softcapping")),
        source="safetensors",
    )
    if problem := impossible(found):
        raise UserError(f"This config.json cannot be right: {problem.en}.", f"这个 config.json 不对：{problem.zh}。")
    return found


def _layer_kinds(read: _Config, layers: int) -> list[str]:
    """For each layer "full", "window" or "recurrent"."""
    names = {"sliding_attention": "window", "chunked_attention": "window", "linear_attention": "recurrent"}
    names |= {"mamba": "recurrent", "conv": "recurrent", "recurrent": "recurrent"}
    listed = read.get("layer_types", "layers_block_type")
    if isinstance(listed, list) and len(listed) == layers:
        return [names.get(str(kind), "full") for kind in listed]
    period = read.whole("sliding_window_pattern")
    if period and read.get("sliding_window"):
        return ["full" if (layer + 1) % period == 0 else "window" for layer in range(layers)]
    period = read.whole("full_attention_interval", "attn_layer_period")
    if period:
        offset = read.whole("attn_layer_offset", default=period - 1)
        return ["full" if layer % period == offset % period else "recurrent" for layer in range(layers)]
    full = read.get("full_attn_idxs")
    if isinstance(full, list):
        return ["full" if layer in full else "recurrent" for layer in range(layers)]
    return ["full"] * layers


def _experts(read: _Config, layers: int) -> Experts | None:
    count = read.whole("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts")
    if not count or count == 1:
        return None
    width = read.whole("moe_intermediate_size", "expert_ffn_hidden_size", "intermediate_size")
    shared = read.whole("n_shared_experts", "num_shared_experts", "moe_num_shared_experts")
    shared_width = read.whole("shared_expert_intermediate_size", "shared_intermediate_size", default=shared * width)
    dense = read.whole("first_k_dense_replace", "num_dense_layers", "moe_layer_start_index")
    return Experts(
        count=count,
        used=read.whole("num_experts_per_tok", "moe_topk", "num_experts_per_token", "moe_k", default=1),
        feed_forward=width,
        shared=shared or (1 if shared_width else 0),
        shared_feed_forward=shared_width,
        leading_dense=min(dense, layers),
        groups=read.whole("n_group"),
    )


def _feed_forward(read: _Config, layers: int, experts: Experts | None) -> tuple[int, ...]:
    width = read.whole("intermediate_size", "ffn_hidden_size", "n_inner", "block_ff_dim")
    if experts is None:
        return (width,) * layers
    return tuple(width if layer < experts.leading_dense else 0 for layer in range(layers))


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


def quantization(config: Mapping[str, Any]) -> str:
    """What `quantization_config` says, in short: "GPTQ 4bit g128", "AWQ 4bit g128", "FP8", "EXL3 4bpw" ...; else "".

    A config without one is unquantized; its dtype then stands in the tensors.
    """
    found = config.get("quantization_config")
    if not isinstance(found, Mapping):
        return ""
    method = str(found.get("quant_method") or found.get("quantization") or "").lower()
    bits, group = found.get("bits") or found.get("w_bit"), found.get("group_size") or found.get("q_group_size")
    if method in ("exl2", "exl3"):
        return f"{method.upper()} {bits:g}bpw" if isinstance(bits, int | float) else method.upper()
    if method == "bitsandbytes":
        return "bnb-4bit" if found.get("load_in_4bit") else "bnb-8bit"
    if method in ("compressed-tensors", "compressed_tensors"):
        return _compressed(found)
    if method in ("gptq", "awq"):
        return f"{method.upper()} {bits or 4}bit" + (f" g{group}" if isinstance(group, int) and group > 0 else "")
    return method.upper()


def _compressed(found: Mapping[str, Any]) -> str:
    """The scheme of a compressed-tensors checkpoint from its first group: W4A16, FP8, W8A8 ..."""
    groups = found.get("config_groups")
    first: Any = next(iter(groups.values()), {}) if isinstance(groups, Mapping) else {}
    weights = first.get("weights") if isinstance(first, Mapping) else None
    if not isinstance(weights, Mapping):
        return "compressed-tensors"
    bits = weights.get("num_bits", 8)
    if weights.get("type") == "float":
        return "NVFP4" if bits == 4 else "FP8"
    return f"W{bits}A8" if first.get("input_activations") else f"W{bits}A16"


def model(
    config: Mapping[str, Any], headers: Sequence[Mapping[str, Any]], file_bytes: int = 0, name: str = ""
) -> Model:
    """The model of a config.json and the headers of all its safetensors files.

    Raises:
        UserError: see `shape` and `tensors`.
    """
    all_tensors = tensors(headers)
    stored = sum(tensor.bytes for tensor in all_tensors)
    found = shape(config, name)
    quant = quantization(config) or _plain_dtype(all_tensors)
    notes = () if all_tensors else (_NO_TENSORS,)
    return Model(
        shape=found,
        tensors=all_tensors,
        quant=quant,
        file_bytes=max(file_bytes, stored),
        files=len(headers),
        notes=notes,
    )


_NO_TENSORS: Final = Text("No weight file was given; only the cache is counted.", "没有权重文件，只统计了缓存。")


def _plain_dtype(all_tensors: Sequence[Tensor]) -> str:
    """The dtype that most bytes are stored in: "BF16", "F16" ..."""
    sizes: dict[str, int] = {}
    for tensor in all_tensors:
        sizes[tensor.kind or ""] = sizes.get(tensor.kind or "", 0) + tensor.bytes
    return max(sizes, key=lambda kind: sizes[kind]) if sizes else ""
