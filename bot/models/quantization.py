"""How many bytes weights take: ggml's types, llama.cpp's mixes, and the formats of the other engines.

Sources: block sizes from ggml `ggml-common.h` (block_* structs); the mixes from llama.cpp `src/llama-quant.cpp`
(llama_tensor_get_type_impl, tensor_allows_quantization, tensor_type_fallback), builds of 2026.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from bot.models.dynamic import (
    adapted_shares,
    attention_kind,
    dense_share,
    has_delta_net,
    kind_in,
    native_kind,
    recipe_of,
)
from bot.models.quant_names import BARE_LEVELS
from bot.models.shape import ModelShape, Tensor
from bot.models.tensors import is_hashed_table
from bot.models.tensors import tensors as tensors_of


@dataclass(frozen=True, slots=True)
class GgmlType:
    """A storage type: `bytes` for every `block` weights of a row."""

    block: int
    bytes: int

    @property
    def bits(self) -> float:
        """Bits of one weight."""
        return 8 * self.bytes / self.block


GGML_TYPES: Mapping[str, GgmlType] = {
    "F64": GgmlType(1, 8),
    "F32": GgmlType(1, 4),
    "F16": GgmlType(1, 2),
    "BF16": GgmlType(1, 2),
    "I8": GgmlType(1, 1),
    "I16": GgmlType(1, 2),
    "I32": GgmlType(1, 4),
    "I64": GgmlType(1, 8),
    "Q1_0": GgmlType(128, 18),
    "Q4_0": GgmlType(32, 18),
    "Q4_1": GgmlType(32, 20),
    "Q5_0": GgmlType(32, 22),
    "Q5_1": GgmlType(32, 24),
    "Q8_0": GgmlType(32, 34),
    "Q8_1": GgmlType(32, 36),
    "Q2_K": GgmlType(256, 84),
    "Q3_K": GgmlType(256, 110),
    "Q4_K": GgmlType(256, 144),
    "Q5_K": GgmlType(256, 176),
    "Q6_K": GgmlType(256, 210),
    "Q8_K": GgmlType(256, 292),
    "IQ1_S": GgmlType(256, 50),
    "IQ1_M": GgmlType(256, 56),
    "IQ2_XXS": GgmlType(256, 66),
    "IQ2_XS": GgmlType(256, 74),
    "IQ2_S": GgmlType(256, 82),
    "IQ3_XXS": GgmlType(256, 98),
    "IQ3_S": GgmlType(256, 110),
    "IQ4_XS": GgmlType(256, 136),
    "IQ4_NL": GgmlType(32, 18),
    "TQ1_0": GgmlType(256, 54),
    "TQ2_0": GgmlType(256, 66),
    "MXFP4": GgmlType(32, 17),
    "NVFP4": GgmlType(64, 36),
}


def tensor_bytes(tensor: Tensor, kind: str | None = None) -> int:
    """Bytes of the tensor's data in type `kind` (its own when not given). Rows are whole blocks (ggml_row_size).

    Raises KeyError for a type that ggml does not have, ValueError when no type is known.
    """
    chosen = kind or tensor.kind
    if chosen is None:
        raise ValueError(f"{tensor.name} has no type yet")
    if kind is None and tensor.bytes:
        return tensor.bytes
    type_ = GGML_TYPES[chosen]
    rows = tensor.elements // tensor.dims[0]
    return rows * -(-tensor.dims[0] // type_.block) * type_.bytes


# --- llama.cpp's mixes -------------------------------------------------------------------------------------------

# The type a mix starts from (llama_ftype_get_default_type).
MIXES: Mapping[str, str] = {
    "F32": "F32",
    "F16": "F16",
    "BF16": "BF16",
    "Q4_0": "Q4_0",
    "Q4_1": "Q4_1",
    "Q5_0": "Q5_0",
    "Q5_1": "Q5_1",
    "Q8_0": "Q8_0",
    "Q2_K": "Q2_K",
    "Q2_K_S": "Q2_K",
    "Q3_K_S": "Q3_K",
    "Q3_K_M": "Q3_K",
    "Q3_K_L": "Q3_K",
    "Q4_K_S": "Q4_K",
    "Q4_K_M": "Q4_K",
    "Q5_K_S": "Q5_K",
    "Q5_K_M": "Q5_K",
    "Q6_K": "Q6_K",
    "IQ1_S": "IQ1_S",
    "IQ1_M": "IQ1_M",
    "IQ2_XXS": "IQ2_XXS",
    "IQ2_XS": "IQ2_XS",
    "IQ2_S": "IQ2_XS",
    "IQ2_M": "IQ2_S",
    "IQ3_XXS": "IQ3_XXS",
    "IQ3_XS": "IQ3_S",
    "IQ3_S": "IQ3_S",
    "IQ3_M": "IQ3_S",
    "IQ4_XS": "IQ4_XS",
    "IQ4_NL": "IQ4_NL",
    "TQ1_0": "TQ1_0",
    "TQ2_0": "TQ2_0",
    "Q1_0": "Q1_0",
    "MXFP4_MOE": "MXFP4",
    "NVFP4": "NVFP4",
}

Category = Literal[
    "embedding", "output", "q", "k", "v", "qkv", "kv_b", "attention_output", "ffn_up", "ffn_gate", "ffn_down", "other"
]

_BY_PART: tuple[tuple[str, Category], ...] = (
    ("attn_qkv.weight", "qkv"),
    ("attn_kv_b.weight", "kv_b"),
    ("attn_v.weight", "v"),
    ("attn_k.weight", "k"),
    ("attn_q.weight", "q"),
    ("attn_output.weight", "attention_output"),
    ("ffn_up", "ffn_up"),
    ("ffn_gate", "ffn_gate"),
    ("ffn_down", "ffn_down"),
)


@lru_cache(maxsize=16384)
def category(name: str) -> Category:
    """What a tensor is to the mixes (tensor_get_category)."""
    if name == "output.weight":
        return "output"
    if name in ("token_embd.weight", "per_layer_token_embd.weight"):
        return "embedding"
    return next((found for part, found in _BY_PART if part in name), "other")


_NEVER_QUANTIZED = (
    "_norm.weight",
    "ffn_gate_inp.weight",
    "ffn_gate_tid2eid.weight",
    "altup",
    "laurel",
    "per_layer_model_proj",
    "ssm_conv1d",
    "shortconv.conv.weight",
    "indexer.k_proj.weight",
    "indexer.q_proj.weight",
    "time_mix_first.weight",
    "time_mix_lerp_fused.weight",
    "attn_rel_b.weight",
    ".position_embd",
    ".patch_embd",
)
_NEVER_QUANTIZED_NAMES = ("position_embd.weight", "token_types.weight")
_RWKV_SMALL = r"time_mix_(?:w[012]|v[012]|a[012]|g[12]|decay_w[12])\.weight$"
_LEFT_ALONE = re.compile("|".join((*map(re.escape, _NEVER_QUANTIZED), _RWKV_SMALL)))


def may_be_quantized(tensor: Tensor) -> bool:
    """Whether a mix changes the tensor's type at all (tensor_allows_quantization)."""
    if _dimensions(tensor) < 2 or not tensor.name.endswith("weight") or tensor.name in _NEVER_QUANTIZED_NAMES:
        return False
    return _LEFT_ALONE.search(tensor.name) is None


def _dimensions(tensor: Tensor) -> int:
    """ggml_n_dims: trailing dims of 1 do not count."""
    count = len(tensor.dims)
    while count > 1 and tensor.dims[count - 1] == 1:
        count -= 1
    return max(1, count)


# Where a row is no whole number of blocks (tensor_type_fallback).
_FALLBACK: Mapping[str, str] = {
    **dict.fromkeys(("IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S", "IQ4_XS"), "IQ4_NL"),
    **dict.fromkeys(("Q2_K", "Q3_K", "TQ1_0", "TQ2_0"), "Q4_0"),
    "Q4_K": "Q5_0",
    "Q5_K": "Q5_1",
    "Q6_K": "Q8_0",
}


def _fitting(kind: str, row: int) -> str:
    if row % GGML_TYPES[kind].block == 0:
        return kind
    other = _FALLBACK.get(kind, "F16")
    return other if row % GGML_TYPES[other].block == 0 else "F16"


@dataclass(slots=True)
class _Mixing:
    """What the rules of one mix look at while they walk over the tensors (quantize_state_impl)."""

    mix: str
    falcon: bool
    bailing: bool
    seventy: bool  # llama.cpp takes the model for a Llama 70B
    gqa: int  # query heads per key/value head in the first layer
    experts: int
    layers: int
    tied: bool
    importance: bool
    values: int  # number of attention-value tensors
    value: int = 0  # ... met so far
    down: int = 0
    gate: int = 0
    up: int = 0

    def more_bits(self, index: int, count: int) -> bool:
        return index < count // 8 or index >= 7 * count // 8 or (index - count // 8) % 3 == 2

    def layer_of(self, name: str, met: int) -> int:
        """Mixtures go by the layer's number, all others by how many such tensors came before."""
        return int(name.split(".", 2)[1]) if self.experts > 1 else met


_LOW = frozenset({"IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ2_M"})
_VALUE_LIKE = frozenset({"v", "qkv", "kv_b"})


@dataclass(frozen=True, slots=True)
class _Quantizable:
    """A tensor that a mix may change."""

    name: str
    kind: Category
    dims: tuple[int, ...]
    elements: int

    def bytes_as(self, kind: str) -> int:
        type_ = GGML_TYPES[kind]
        return self.elements // self.dims[0] * -(-self.dims[0] // type_.block) * type_.bytes


@dataclass(frozen=True, slots=True)
class _Inventory:
    """The tensors of a model as the mixes see them."""

    quantizable: tuple[_Quantizable, ...]  # in the order in which llama.cpp walks over them
    untouched: int  # bytes of all the others

    @property
    def tied(self) -> bool:
        return not any(tensor.kind == "output" for tensor in self.quantizable)

    @property
    def values(self) -> int:
        return sum(tensor.kind in _VALUE_LIKE for tensor in self.quantizable)


def _inventory(tensors: Iterable[Tensor]) -> _Inventory:
    quantizable: list[Tensor] = []
    untouched = 0
    for tensor in tensors:
        if may_be_quantized(tensor):
            quantizable.append(tensor)
        else:
            untouched += tensor_bytes(tensor, tensor.kind or "F16")
    quantizable.sort(key=_file_order)
    return _Inventory(
        tuple(_Quantizable(tensor.name, category(tensor.name), tensor.dims, tensor.elements) for tensor in quantizable),
        untouched,
    )


@lru_cache(maxsize=32)
def _own_inventory(shape: ModelShape) -> _Inventory:
    return _inventory(tensors_of(shape))


def assign(
    mix: str, shape: ModelShape, tensors: Iterable[Tensor], *, importance_matrix: bool = False
) -> tuple[Tensor, ...]:
    """The tensors with the types that llama-quantize gives them in `mix`, in their order.

    Raises KeyError for a mix that is none of llama.cpp's (`MIXES`).
    """
    given = tuple(tensors)
    return _typed(given, _kinds(mix, shape, _inventory(given), importance_matrix))


def _typed(tensors: Iterable[Tensor], kinds: Mapping[str, str]) -> tuple[Tensor, ...]:
    return tuple([Tensor(name, dims, kinds.get(name) or kind or "F16") for name, dims, kind, _ in tensors])


@lru_cache(maxsize=128)
def _own_kinds(mix: str, shape: ModelShape, *, importance: bool) -> Mapping[str, str]:
    """The types of the architecture's own tensors in a mix of the model as published."""
    return _published(shape, _kinds(mix, shape, _own_inventory(shape), importance))


def _published(shape: ModelShape, kinds: Mapping[str, str]) -> Mapping[str, str]:
    """With those types kept that tensors have in the original already."""
    return {name: native_kind(shape, name, kind) or kind for name, kind in kinds.items()}


def _kinds(mix: str, shape: ModelShape, inventory: _Inventory, importance: bool) -> dict[str, str]:
    """The type of every tensor that the mix may change."""
    default = MIXES[mix]
    if default in ("F32", "F16", "BF16"):
        return {tensor.name: default for tensor in inventory.quantizable}
    state = _state(mix, shape, inventory, importance)
    return {tensor.name: _fitting(_mixed(state, tensor, default), tensor.dims[0]) for tensor in inventory.quantizable}


@lru_cache(maxsize=64)
def _dynamic_kinds(mix: str, shape: ModelShape) -> Mapping[str, str] | None:
    """The types of a dynamic mix; None where only its size is known, not its types."""
    recipe = recipe_of(mix, shape)
    if recipe is None:
        return None
    own, attention = _own_inventory(shape).quantizable, attention_kind(shape, MIXES[mix])

    def chosen(name: str) -> str:
        return attention if attention and ".attn_" in name else kind_in(recipe, name)

    return _published(shape, {tensor.name: _fitting(chosen(tensor.name), tensor.dims[0]) for tensor in own})


def _file_order(tensor: Tensor) -> tuple[int, str]:
    """llama.cpp keeps tensors by layer, then by name; those outside layers first (weight_name_comparer)."""
    layer = tensor.name.split(".", 2)[1] if tensor.name.startswith("blk.") else "-1"
    return int(layer), tensor.name


def _state(mix: str, shape: ModelShape, inventory: _Inventory, importance: bool) -> _Mixing:
    heads, kv_heads = shape.heads[0], _stated_kv_heads(shape)
    return _Mixing(
        mix=mix,
        falcon=shape.architecture == "falcon",
        bailing=shape.architecture == "bailingmoe3",
        seventy=_counts_as_70b(shape),
        gqa=heads // kv_heads if kv_heads else 0,
        experts=shape.experts.count if shape.experts else 0,
        layers=shape.blocks,
        tied=inventory.tied,
        importance=importance,
        values=inventory.values,
    )


# These state one number of key/value heads for all layers, recurrent ones included.
_ONE_KV_HEAD_COUNT = frozenset({"qwen3next", "qwen35", "qwen35moe", "falcon-h1"})


def _stated_kv_heads(shape: ModelShape) -> int:
    """attention.head_count_kv of the first layer as the file states it."""
    if shape.latent is not None and shape.architecture not in ("minicpm3", "kimi-linear"):
        return 1
    return max(shape.kv_heads) if shape.architecture in _ONE_KV_HEAD_COUNT else shape.kv_heads[0]


def _counts_as_70b(shape: ModelShape) -> bool:
    """LLM_TYPE_70B in load_hparams, which goes by the number of layers."""
    if shape.architecture == "llama" and shape.layers == 80:
        return shape.heads[0] != shape.kv_heads[0]
    return (shape.architecture, shape.layers) in {("qwen2", 80), ("deci", 80), ("jais2", 68)}


def _mixed(state: _Mixing, tensor: _Quantizable, default: str) -> str:
    """llama_tensor_get_type_impl without the fallback for row lengths."""
    kind = tensor.kind
    if kind == "output" or (state.tied and kind == "embedding"):
        return _output(state, tensor, default)
    if state.mix == "MXFP4_MOE":
        return _in_mxfp4(state, tensor)
    if kind == "embedding":
        return _EMBEDDING.get(state.mix, default)
    if state.mix in _LOW:
        return _low(state, kind, default)
    rule = _RULES.get("v" if kind in _VALUE_LIKE else kind)
    return rule(state, tensor.name, default) if rule else default


def _in_mxfp4(state: _Mixing, tensor: _Quantizable) -> str:
    """MXFP4 for experts alone."""
    experts = len(tensor.dims) > 2 and tensor.dims[2] > 1
    return "MXFP4" if experts and (not state.bailing or tensor.kind.startswith("ffn")) else "Q8_0"


def _output(state: _Mixing, tensor: _Quantizable, default: str) -> str:
    if state.mix == "MXFP4_MOE" or state.falcon or tensor.dims[0] % GGML_TYPES[default].block:
        return "Q8_0"
    if state.mix in _LOW or state.mix == "IQ3_XXS":
        return "Q5_K"
    return "Q8_0" if default == "Q8_0" else "Q6_K"


_EMBEDDING: Mapping[str, str] = {
    **dict.fromkeys(("IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS"), "Q2_K"),
    **dict.fromkeys(("IQ2_S", "IQ2_M", "IQ3_XXS"), "IQ3_S"),
    **dict.fromkeys(("TQ1_0", "TQ2_0"), "Q4_K"),
}


def _low(state: _Mixing, kind: Category, default: str) -> str:
    """The mixes below three bits."""
    spared = _LOW_SPARED.get(state.mix, "Q2_K")
    if kind in _VALUE_LIKE:
        state.value += 1
        return "Q4_K" if state.gqa >= 4 or state.experts >= 4 else spared
    if kind == "k" and state.experts == 8:
        return "Q4_K"
    if kind == "ffn_down":
        state.down += 1
        return spared if state.down - 1 < state.layers // 8 else default
    if kind == "attention_output":
        return "Q5_K" if state.experts == 8 else _LOW_OUTPUT.get(state.mix, default)
    return default


_LOW_SPARED: Mapping[str, str] = {"IQ2_S": "IQ3_S", "IQ2_M": "IQ3_S"}
_LOW_OUTPUT: Mapping[str, str] = {"IQ2_S": "IQ3_S", "IQ2_M": "IQ3_S", "IQ1_S": "IQ2_XXS", "IQ1_M": "IQ2_XXS"}


def _value(state: _Mixing, _name: str, default: str) -> str:
    met = state.value
    state.value += 1
    chosen = _value_by_mix(state, met, default)
    if state.seventy and chosen in ("Q3_K", "Q4_K"):
        chosen = "Q5_K"
    return "Q8_0" if state.experts == 8 else chosen


def _value_by_mix(state: _Mixing, met: int, default: str) -> str:
    if state.mix in ("Q4_K_M", "Q5_K_M"):
        return "Q6_K" if state.more_bits(met, state.values) else default
    if state.mix in _FIRST_VALUES:
        most, first, others = _FIRST_VALUES[state.mix]
        return first if met < most else others or default
    if state.gqa >= 4 and state.mix in _GROUPED_VALUES:
        return _GROUPED_VALUES[state.mix]
    if state.mix == "IQ3_XXS" and not state.importance:
        return "IQ3_S"
    return _VALUES.get(state.mix, default)


# How many values of a model get the first type; the others the second, "" for the mix's own.
_FIRST_VALUES: Mapping[str, tuple[int, str, str]] = {"Q3_K_M": (2, "Q5_K", "Q4_K"), "Q4_K_S": (4, "Q5_K", "")}
# Where at least four query heads share a value.
_GROUPED_VALUES: Mapping[str, str] = {
    **dict.fromkeys(("Q2_K", "Q2_K_S", "IQ3_XXS", "IQ3_XS", "IQ3_S"), "Q4_K"),
    **dict.fromkeys(("IQ4_NL", "IQ4_XS"), "Q5_K"),
}
_VALUES: Mapping[str, str] = {"Q2_K": "Q3_K", "IQ3_XXS": "IQ3_XXS", "IQ3_M": "Q4_K", "Q3_K_L": "Q5_K"}


def _key(state: _Mixing, name: str, default: str) -> str:
    return "Q8_0" if state.experts == 8 else _query(state, name, default)


def _query(state: _Mixing, _name: str, default: str) -> str:
    return {"IQ3_XS": "IQ3_XXS", "IQ3_XXS": "IQ2_S"}.get(state.mix, default)


def _down(state: _Mixing, name: str, default: str) -> str:
    layer, layers = state.layer_of(name, state.down), state.layers
    state.down += 1
    first, more = layer < layers // 8, state.more_bits(layer, layers)
    if state.falcon and state.mix in ("Q3_K_M", "Q3_K_L", "Q4_K_M", "Q4_K_S"):
        return _falcon_down(state.mix, layer < layers // 16, more, default)
    if state.mix == "Q3_K_M":
        return "Q5_K" if layer < layers // 16 else "Q4_K"
    if state.mix in ("Q4_K_M", "Q5_K_M"):
        return "Q6_K" if more else default
    return _spared_down(state, default, first=first, more=more)


def _spared_down(state: _Mixing, default: str, *, first: bool, more: bool) -> str:
    """`first`: in the first eighth of the layers; `more`: in those that get more bits."""
    if state.mix in _EVERY_DOWN:
        return _EVERY_DOWN[state.mix]
    if state.mix == "IQ3_XXS" and not state.importance:
        return "Q4_K" if first else "Q3_K"
    if state.mix == "IQ3_M":
        return "Q4_K" if first or (state.experts == 8 and more) else default
    return _first_down(state).get(state.mix, default) if first else default


_EVERY_DOWN: Mapping[str, str] = {"Q2_K": "Q3_K", "Q3_K_L": "Q5_K"}


def _first_down(state: _Mixing) -> dict[str, str]:
    """Mixes that only spare the first eighth of the layers."""
    spared = {"Q2_K_S": "Q4_K", "Q4_K_S": "Q5_K"}
    by_importance = {"Q4_0": "Q4_1", "Q5_0": "Q5_1"} if state.importance else {"IQ4_NL": "Q5_K", "IQ4_XS": "Q5_K"}
    return spared | by_importance


def _falcon_down(mix: str, first: bool, more: bool, default: str) -> str:
    if mix == "Q3_K_M":
        return "Q5_K" if first else "Q4_K" if more else "Q3_K"
    if mix == "Q4_K_M":
        return "Q6_K" if first else "Q5_K" if more else "Q4_K"
    return "Q4_K" if mix == "Q3_K_L" else default


_BETTER_OUTPUT_OF_EIGHT = frozenset(
    {"Q2_K", "IQ3_XS", "IQ3_XXS", "Q3_K_S", "Q3_K_M", "IQ4_NL", "Q4_K_S", "Q4_K_M", "IQ3_S", "IQ3_M", "IQ4_XS"}
)


def _attention_output(state: _Mixing, _name: str, default: str) -> str:
    if state.falcon:
        return "Q4_K" if state.mix == "Q3_K_L" else default
    if state.experts == 8:
        return "Q5_K" if state.mix in _BETTER_OUTPUT_OF_EIGHT else default
    by_mix = {"Q2_K": "Q3_K", "IQ3_XXS": "IQ3_S", "Q3_K_M": "Q4_K", "Q3_K_L": "Q5_K", "IQ3_M": "Q4_K"}
    return by_mix.get(state.mix, default)


def _gate(state: _Mixing, name: str, default: str) -> str:
    layer = state.layer_of(name, state.gate)
    state.gate += 1
    return _middle(state, layer, default)


def _up(state: _Mixing, name: str, default: str) -> str:
    layer = state.layer_of(name, state.up)
    state.up += 1
    return _middle(state, layer, default)


def _middle(state: _Mixing, layer: int, default: str) -> str:
    middle = state.layers // 8 <= layer < 7 * state.layers // 8
    return "IQ3_XXS" if state.mix == "IQ3_XS" and middle else default


_RULES: Mapping[str, Callable[[_Mixing, str, str], str]] = {
    "v": _value,
    "k": _key,
    "q": _query,
    "attention_output": _attention_output,
    "ffn_down": _down,
    "ffn_gate": _gate,
    "ffn_up": _up,
}


# --- sizes -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SizeRange:
    """Bytes of all tensor data. `likely` is within `low` .. `high`; all three are equal where the size is exact."""

    low: int
    likely: int
    high: int

    @property
    def exact(self) -> bool:
        """Whether there is no range."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Quant:
    """What the name of a quantization says.

    `base` is one of llama.cpp's mixes for `GGUF`; `bits` the stated bits per weight of other formats (0 = unstated);
    `group` the weights that share a scale; `head_bits` those of the output layer.
    """

    format: Literal["GGUF", "EXL2", "EXL3", "GPTQ", "AWQ", "FP8", "BNB", "MLX", "INT", "FLOAT", "NVFP4", "MXFP4"]
    base: str
    bits: float = 0.0
    group: int = 0
    outer_8_bit: bool = False  # embedding and output in Q8_0 ("Q4_K_L")
    dynamic: bool = False  # types chosen tensor by tensor ("UD-Q4_K_XL")
    importance_matrix: bool | None = None  # None: the name does not tell


_OLD_NAMES = {
    **BARE_LEVELS,
    "Q8_K": "Q8_0",
    "Q6_K_S": "Q6_K",
    "Q6_K_M": "Q6_K",
    "Q3_K": "Q3_K_M",
    "Q4_K": "Q4_K_M",
    "Q5_K": "Q5_K_M",
    "Q4_0_4_4": "Q4_0",
    "Q4_0_4_8": "Q4_0",
    "Q4_0_8_8": "Q4_0",
    "FP16": "F16",
    "FP32": "F32",
    "BFLOAT16": "BF16",
    "FLOAT16": "F16",
    "MXFP4": "MXFP4_MOE",
}
_DYNAMIC = re.compile(r"^UD[-_](.+?)(?:_XL)?$")
_IMPORTANCE_SUFFIX = re.compile(r"[-_. ]I(?:MAT|MATRIX)$")
_STATED_BITS = re.compile(r"(?<!\d)(\d{1,9}(?:\.\d{1,9})?) ?BPW")
_GROUP = re.compile(r"(?:^|[-_ ])G(?:S|ROUP)?[-_ ]?(\d+)|[-_ ](\d+)G(?:$|[-_ ])")


def parse_quant(name: str, bits: float = 0.0) -> Quant | None:
    """What a quantization name means ("Q4_K_M", "UD-Q2_K_XL", "4.65bpw", "EXL3", "AWQ", "bnb-4bit", "FP8"), or None.

    `bits`: bits per weight, where they are known from elsewhere.
    """
    text = _IMPORTANCE_SUFFIX.sub("", re.sub(r"\s+", " ", name.strip().upper()))
    gguf = _gguf_quant(text.removeprefix("GGUF").strip(" -:_"))
    return gguf or _other_quant(text, bits)


def _gguf_quant(text: str) -> Quant | None:
    importance = True if text.startswith(("I1-", "I1_")) else None
    plain = text.replace("-", "_") if not text.startswith("UD") else text
    plain = plain.removeprefix("I1_")
    dynamic = _DYNAMIC.match(text)
    if dynamic:
        inner = _gguf_quant(dynamic.group(1).replace("-", "_"))
        return replace(inner, dynamic=True, importance_matrix=True) if inner else None
    base = _OLD_NAMES.get(plain, plain)
    if base in MIXES:
        return Quant("GGUF", base, importance_matrix=importance)
    return _larger_quant(plain)


def _larger_quant(text: str) -> Quant | None:
    """Bartowski's "_L" and "_XL" mixes: the ordinary one with embedding and output in Q8_0."""
    stem, _, suffix = text.rpartition("_")
    if suffix not in ("L", "XL") or (stem == "Q3_K" and suffix == "L"):
        return None
    base = "Q3_K_L" if (stem, suffix) == ("Q3_K", "XL") else _OLD_NAMES.get(stem, stem)
    return Quant("GGUF", base, outer_8_bit=True, importance_matrix=True) if base in MIXES else None


def _other_quant(text: str, bits: float) -> Quant | None:
    stated = _STATED_BITS.search(text)
    width = float(stated.group(1)) if stated else bits
    if "EXL3" in text:
        return Quant("EXL3", "EXL3", width or 4.0)
    if "EXL2" in text or stated:
        return Quant("EXL2", "EXL2", width or 4.65)
    return next((quant for part, quant in _kinds_of(width, _usual_bits(text), _group_size(text)) if part in text), None)


def _usual_bits(text: str) -> float:
    """Bits that the name of a kind tells: 8, else 4."""
    return 8.0 if any(part in text for part in _EIGHT_BITS) else 4.0


_EIGHT_BITS = ("8BIT", "8-BIT", "INT8", "W8A")


def _group_size(text: str) -> int:
    """Values that share a scale, 0 where the name does not say."""
    found = _GROUP.search(text)
    return int(next(filter(None, found.groups()))) if found else 0


def _kinds_of(width: float, usual: float, group: int) -> tuple[tuple[str, Quant], ...]:
    """What a name holds and what it means then, the surest first. `width`: bits that were told, 0 where none were;
    `usual`: those of the name's own kind; `group`: 0 for the kind's usual one.
    """
    told, of_128 = width or usual, group or 128
    return (
        ("W4A", Quant("INT", "W4A16", 4.0, of_128)),  # W4A8 and W4AFP8 too: only what is computed with differs
        ("GPTQ", Quant("GPTQ", "GPTQ", told, of_128)),
        ("AWQ", Quant("AWQ", "AWQ", width or 4.0, of_128)),
        ("FP8", Quant("FP8", "FP8", 8.0, of_128)),
        ("NVFP4", Quant("NVFP4", "NVFP4", 4.5, 16)),
        ("MXFP4", Quant("MXFP4", "MXFP4", 4.25, 32)),
        ("MLX", Quant("MLX", "MLX", told, group or 64)),
        ("NF4", Quant("BNB", "NF4", 4.0, 64)),
        ("BNB", Quant("BNB", "INT8" if usual == 8.0 else "NF4", usual, 64)),
        ("INT4", Quant("INT", "W4A16", 4.0, of_128)),
        ("AUTOROUND", Quant("INT", "W4A16", told, of_128)),
        ("W8A", Quant("INT", "W8A8", 8.0)),
        ("INT8", Quant("INT", "W8A8", 8.0)),
    )


def file_bytes(shape: ModelShape, quant: str, bits: float = 0.0, *, importance_matrix: bool | None = None) -> SizeRange:
    """Bytes of the model's tensor data in that quantization; a GGUF file is a few MB larger (vocabulary).

    Exact for llama.cpp's mixes. A range where the name leaves something open: an importance matrix shifts a few
    types, a dynamic mix chooses them freely, EXL2 and EXL3 hit the stated bits per weight only about.
    Raises LookupError for an unknown quantization or architecture.
    """
    parsed = parse_quant(quant, bits)
    if parsed is None:
        raise LookupError(quant)
    if importance_matrix is not None:
        parsed = replace(parsed, importance_matrix=importance_matrix)
    return _gguf_bytes(shape, parsed) if parsed.format == "GGUF" else _other_bytes(shape, parsed)


def quantized(shape: ModelShape, quant: str, *, importance_matrix: bool | None = None) -> tuple[Tensor, ...]:
    """The tensors of a GGUF file in that mix, each with its type (a dynamic mix: as its plain one).

    Raises LookupError for what is no GGUF mix and for an unknown architecture.
    """
    parsed = parse_quant(quant)
    if parsed is None or parsed.format != "GGUF":
        raise LookupError(quant)
    importance = parsed.importance_matrix if importance_matrix is None else importance_matrix
    return _assigned(shape, parsed, bool(importance))


def _assigned(shape: ModelShape, quant: Quant, importance: bool) -> tuple[Tensor, ...]:
    kinds = _dynamic_kinds(quant.base, shape) if quant.dynamic else None
    if kinds is not None:
        return _typed(tensors_of(shape), kinds)
    assigned = _typed(tensors_of(shape), _own_kinds(quant.base, shape, importance=importance))
    if not quant.outer_8_bit:
        return assigned
    return tuple(tensor._replace(kind="Q8_0") if tensor.name in _OUTER else tensor for tensor in assigned)


_OUTER = frozenset({"token_embd.weight", "output.weight"})

# Where an importance matrix changes types (has_imatrix in llama-quant.cpp).
_MINDS_IMPORTANCE = frozenset({"Q4_0", "Q5_0", "IQ4_NL", "IQ4_XS", "IQ3_XXS"})


def known_file(shape: ModelShape, quant: Quant) -> int:
    """Bytes of the tensors in a published file whose types nobody could tell from its name; 0 where none is known."""
    told = dict(shape.dynamic_bytes).get(quant.base, 0) if quant.dynamic or quant.base == "MXFP4_MOE" else 0
    return max(0, told - _WORD_BYTES * shape.vocabulary)


def _gguf_bytes(shape: ModelShape, quant: Quant) -> SizeRange:
    if size := known_file(shape, quant):
        return _about_known(shape, quant, size)
    without = _mix_bytes(shape, quant, importance=False)
    having = _mix_bytes(shape, quant, importance=True) if quant.base in _MINDS_IMPORTANCE else without
    if quant.dynamic:
        return _dynamic_bytes(shape, quant, having)
    known = (without, having) if quant.importance_matrix is None else (having if quant.importance_matrix else without,)
    less, more = adapted_shares(quant.base, shape, outer_8_bit=quant.outer_8_bit)
    return SizeRange(round(min(known) * (1 - less)), known[0], round(max(known) * (1 + more)))


def _about_known(shape: ModelShape, quant: Quant, size: int) -> SizeRange:
    """A known file's size, and what another of its name may have: those with delta nets were made anew otherwise."""
    low, high = (round(size * share) for share in (1 - _UPLOADED_ANEW, 1 + _UPLOADED_ANEW))
    if not has_delta_net(shape):
        return SizeRange(low, size, high)
    other = _gguf_bytes(replace(shape, dynamic_bytes=()), quant)
    return SizeRange(min(low, other.low), size, max(high, other.high))


def _mix_bytes(shape: ModelShape, quant: Quant, *, importance: bool) -> int:
    inventory = _own_inventory(shape)
    kinds = _own_kinds(quant.base, shape, importance=importance)
    if quant.outer_8_bit:
        kinds = {**kinds, **{name: "Q8_0" for name in _OUTER if name in kinds}}
    return inventory.untouched + sum(tensor.bytes_as(kinds[tensor.name]) for tensor in inventory.quantizable)


def _dynamic_bytes(shape: ModelShape, quant: Quant, plain: int) -> SizeRange:
    """A mix chosen tensor by tensor: by its recipe, else by the usual share of the plain mix."""
    kinds, recipe = _dynamic_kinds(quant.base, shape), recipe_of(quant.base, shape)
    if kinds is None or recipe is None:
        share, spread = dense_share(quant.base, shape)
        likely = round(plain * share)
    else:
        inventory, spread = _own_inventory(shape), recipe.spread
        likely = inventory.untouched + sum(tensor.bytes_as(kinds[tensor.name]) for tensor in inventory.quantizable)
    return SizeRange(round(likely * (1 - spread)), likely, round(likely * (1 + spread)))


_WORD_BYTES = 50  # of a file's vocabulary
_UPLOADED_ANEW = 0.025  # by how much a file differs at least from an earlier one of the same name


def hashed_table(quant: Quant) -> Quant | None:
    """How other formats store Qwen 4's table of hashed runs of tokens, None for 16 bits.

    exllamav3 gives it whole bits, as near to the stated ones as it goes (conversion/ngram.py).
    """
    if quant.format == "EXL3":
        return replace(quant, bits=float(max(1, min(8, round(quant.bits)))))
    return quant if quant.format in ("NVFP4", "FP8", "MLX") else None


def _stored(shape: ModelShape, tensor: Tensor, quant: Quant) -> Quant | None:
    """How another engine's format stores a tensor; None for 16 bits."""
    if is_hashed_table(shape, tensor.name):
        return hashed_table(quant)
    outer = category(tensor.name) in ("embedding", "output")
    if quant.format == "MLX" and outer:
        return quant
    if tensor.name == "output.weight" and quant.format in ("EXL2", "EXL3"):
        return _of_head(quant)
    return quant if may_be_quantized(tensor) and not outer else None


def _other_bytes(shape: ModelShape, quant: Quant) -> SizeRange:
    """Formats of other engines: linear layers quantized, the rest in 16 bits.

    EXL2 and EXL3 quantize the head by itself; where it is the embedding as well, both are in the file
    (exllamav3 modules/linear.py, `alt_key`; exllamav2 architecture.py, `lm_head`).
    """
    per_linear = _PER_LINEAR[quant.format]
    total = 0.0
    if shape.tied_embedding and quant.format in ("EXL2", "EXL3"):
        total += per_linear(_of_head(quant), shape.embedding, shape.vocabulary)
    for tensor in tensors_of(shape):
        stored = _stored(shape, tensor, quant)
        rows = tensor.elements // tensor.dims[0]
        total += 2 * tensor.elements if stored is None else per_linear(stored, tensor.dims[0], rows)
    likely = round(total)
    spread = 0.02 if quant.format in ("EXL2", "EXL3", "INT", "FP8", "BNB") else 0.01
    return SizeRange(round(likely * (1 - spread)), likely, round(likely * (1 + spread)))


def _of_head(quant: Quant) -> Quant:
    """The head's bits: 6 usually, 8 in the larger files (both programs' defaults and what publishers choose)."""
    return replace(quant, bits=6.0 if quant.bits <= 6 else 8.0)


def _grouped(scale_bits: float) -> Callable[[Quant, int, int], float]:
    """Weights of `bits` and, for each group of a row, `scale_bits` more."""
    return lambda quant, row, rows: rows * row * (quant.bits + scale_bits / quant.group) / 8


def _exl3(quant: Quant, row: int, rows: int) -> float:
    """Trellis-coded weights and a sign vector for each side (exllamav3 doc/exl3.md)."""
    return row * rows * quant.bits / 8 + 2 * (row + rows)


def _exl2(quant: Quant, row: int, rows: int) -> float:
    """The stated bits per weight include the scales (exllamav2 convert.py measures the whole)."""
    return row * rows * quant.bits / 8


def _integer(quant: Quant, row: int, rows: int) -> float:
    """compressed-tensors: symmetric, a 16-bit scale a group, or a row where there are no groups."""
    scales = rows * row / quant.group if quant.group else rows
    return row * rows * quant.bits / 8 + 2 * scales


def _fp8(quant: Quant, row: int, rows: int) -> float:
    """One byte a weight and a 32-bit scale for each square of 128 x 128 (DeepSeek V3)."""
    return row * rows + 4 * -(-row // quant.group) * -(-rows // quant.group)


def _bitsandbytes(quant: Quant, row: int, rows: int) -> float:
    """NF4: 8 bits a block of 64 for its scale, quantized again by blocks of 256; INT8: a 32-bit scale a row."""
    if quant.bits == 8:
        return row * rows + 4 * rows
    return row * rows * (4 + 8 / 64 + 32 / (64 * 256)) / 8


_PER_LINEAR: Mapping[str, Callable[[Quant, int, int], float]] = {
    "EXL2": _exl2,
    "EXL3": _exl3,
    "GPTQ": _grouped(20),  # a 16-bit scale and a 4-bit zero point
    "AWQ": _grouped(20),
    "MLX": _grouped(32),  # a 16-bit scale and a 16-bit offset
    "INT": _integer,
    "FP8": _fp8,
    "BNB": _bitsandbytes,
    "NVFP4": lambda quant, row, rows: row * rows * quant.bits / 8,
    "MXFP4": lambda quant, row, rows: row * rows * quant.bits / 8,
}


def linear_bytes(quant: Quant, row: int, rows: int) -> float:
    """Bytes of one linear layer of `rows` rows in a format of the other engines, scales included."""
    return _PER_LINEAR[quant.format](quant, row, rows)


def bits_per_weight(shape: ModelShape, quant: str, bits: float = 0.0) -> float:
    """Average bits per weight over all tensors, as llama.cpp prints it (BPW). Raises LookupError."""
    elements = sum(tensor.elements for tensor in tensors_of(shape))
    return 8 * file_bytes(shape, quant, bits).likely / elements
