"""The header of a GGUF file to a model's shape and tensors, without touching the weights.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3, either byte order).
Keys and their defaults: llama.cpp b11434, src/llama-arch.cpp, src/llama-model.cpp and src/models/*.cpp.
Everything here works on bytes already read; `bot.models.files` opens files.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite, prod
from typing import Any, Final, TypeAlias

from bot.base.errors import UserError
from bot.base.languages import Text
from bot.models.file_types import FILE_TYPES
from bot.models.quantization import GGML_TYPES
from bot.models.shape import (
    MOST_LAYERS,
    Compression,
    Cycles,
    Experts,
    HashedEmbedding,
    LatentAttention,
    Model,
    ModelShape,
    Recurrent,
    RecurrentKind,
    SparseIndex,
    Tensor,
    impossible,
)

MAGIC: Final = b"GGUF"
MOST_FACTS: Final = 65_536
MOST_TENSORS: Final = 262_144
LONGEST_NAME: Final = 4_096
KEPT_STRING: Final = 512  # longer strings (chat templates) are stepped over
KEPT_ARRAY: Final = 4_096  # longer arrays (vocabularies) are only counted
LARGEST_HEADER: Final = 1 << 27

# ggml/include/ggml.h, enum ggml_type; gaps are types that were withdrawn.
TYPE_NAMES: Final[Mapping[int, str]] = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 9: "Q8_1",
    10: "Q2_K", 11: "Q3_K", 12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K",
    16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS",
    24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M", 30: "BF16", 34: "TQ1_0", 35: "TQ2_0",
    39: "MXFP4", 40: "NVFP4", 41: "Q1_0", 42: "Q2_0",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LongArray:
    """An array that was counted, not kept."""

    count: int


Fact: TypeAlias = int | float | bool | str | tuple[int | float | bool, ...] | LongArray


@dataclass(frozen=True, slots=True)
class Header:
    """What a GGUF file says before its weights. `data_start` is the offset of the first weight in bytes."""

    version: int
    big_endian: bool
    facts: Mapping[str, Fact]
    tensors: tuple[Tensor, ...]
    data_start: int

    @property
    def architecture(self) -> str:
        """The architecture that the file names, empty where it names none."""
        value = self.facts.get("general.architecture")
        return value if isinstance(value, str) else ""

    @property
    def parts(self) -> int:
        """Files that the model is split into."""
        return max(1, self.whole("split.count"))

    def whole(self, key: str, default: int = 0) -> int:
        """A whole number, or `default` where the key is absent or holds something else."""
        value = self.facts.get(key)
        return _whole(key, value) if isinstance(value, int | float) else default


def _whole(key: str, value: float) -> int:
    """A number as a whole one; a damaged file may hold what is none."""
    if not isfinite(value):
        raise _damaged("{key} is {value}", "{key} 的值是 {value}", key=key, value=value)
    return int(value)


class TruncatedError(UserError):
    """The bytes end inside the header; at least `needed` bytes from the start of the file would be necessary."""

    def __init__(self, needed: int, given: int) -> None:
        self.needed = needed
        super().__init__(
            "This GGUF file ends inside its header: it has {given:,} bytes, at least {needed:,} are needed. "
            "Download it again, or cut it further back.",
            "这个 GGUF 文件在文件头内就断了：只有 {given:,} 字节，至少需要 {needed:,} 字节。"
            "请重新下载，或者截取得更长一些。",
        )
        self.format(given=given, needed=needed)


def _damaged(en: str, zh: str, **values: object) -> UserError:
    return UserError(
        "This GGUF header is damaged: {problem}. Download the file again.",
        "这个 GGUF 文件头已损坏：{problem}。请重新下载。",
    ).format(problem=Text(en, zh).format(**values))


# --- bytes to header -------------------------------------------------------------------------------------------------

_STRING, _ARRAY = 8, 9
_SCALARS: Final[Mapping[int, str]] = {
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d",
}  # fmt: skip


class _Reader:
    """Steps through the bytes of a header; every step that would leave them raises TruncatedError."""

    __slots__ = ("_u32", "_u64", "at", "data", "order")

    def __init__(self, data: bytes, order: str) -> None:
        self.data = data
        self.order = order
        self.at = 0
        self._u32 = struct.Struct(order + "I")
        self._u64 = struct.Struct(order + "Q")

    def need(self, count: int) -> None:
        end = self.at + count
        if end > len(self.data):
            if end > LARGEST_HEADER:
                raise _damaged(
                    "something at byte {at:,} claims a length of {count:,}",
                    "第 {at:,} 字节处声称长度为 {count:,}",
                    at=self.at,
                    count=count,
                )
            raise TruncatedError(end, len(self.data))

    def u32(self) -> int:
        self.need(4)
        (value,) = self._u32.unpack_from(self.data, self.at)
        self.at += 4
        return int(value)

    def u64(self) -> int:
        self.need(8)
        (value,) = self._u64.unpack_from(self.data, self.at)
        self.at += 8
        return int(value)

    def string(self, longest: int) -> str:
        """A string; empty where it is longer than `longest` bytes, which is then stepped over."""
        count = self.u64()
        self.need(count)
        text = "" if count > longest else self.data[self.at : self.at + count].decode("utf-8", "replace")
        self.at += count
        return text

    def skip_strings(self, count: int) -> None:
        """Steps over `count` strings. The inner loop is all the time that a large vocabulary costs."""
        self.need(8 * count)
        data, at, unpack = self.data, self.at, self._u64.unpack_from
        try:
            for _ in range(count):
                at += 8 + unpack(data, at)[0]
        except (struct.error, OverflowError, IndexError):
            self.need(at + 8 - self.at)
        self.need(at - self.at)
        self.at = at

    def scalar(self, kind: int) -> int | float | bool:
        format_ = self.order + _SCALARS[kind]
        size = struct.calcsize(format_)
        self.need(size)
        (value,) = struct.unpack_from(format_, self.data, self.at)
        self.at += size
        return value  # type: ignore[no-any-return]

    def fact(self) -> Fact:
        kind = self.u32()
        if kind == _STRING:
            return self.string(KEPT_STRING)
        if kind == _ARRAY:
            return self.array()
        if kind in _SCALARS:
            return self.scalar(kind)
        at = self.at - 4
        raise _damaged(
            "unknown value type {kind} at byte {at:,}", "第 {at:,} 字节处的值类型 {kind} 未知", kind=kind, at=at
        )

    def array(self) -> Fact:
        kind, count = self.u32(), self.u64()
        if kind == _STRING:
            self.skip_strings(count)
            return LongArray(count)
        if kind not in _SCALARS:
            at = self.at - 12
            raise _damaged(
                "unknown array type {kind} at byte {at:,}", "第 {at:,} 字节处的数组类型 {kind} 未知", kind=kind, at=at
            )
        format_ = _SCALARS[kind]
        size = count * struct.calcsize("=" + format_)
        self.need(size)
        kept: Fact = LongArray(count)
        if count <= KEPT_ARRAY:
            kept = struct.unpack_from(f"{self.order}{count}{format_}", self.data, self.at)
        self.at += size
        return kept


def parse(data: bytes) -> Header:
    """Reads a header from the first bytes of a file; what follows the header is ignored.

    Raises:
        TruncatedError: the bytes end inside the header.
        UserError: not GGUF, a version nobody reads, or contents that cannot be (2^60 tensors, sizes of zero).
    """
    reader = _Reader(data, "<")
    reader.need(8)
    if data[:4] != MAGIC:
        raise UserError(
            "This is not a GGUF file (it does not start with “GGUF”). " + _what_else(data, "en"),
            "这不是 GGUF 文件（开头不是“GGUF”）。" + _what_else(data, "zh"),
        )
    reader.at = 4
    version = reader.u32()
    if version & 0xFFFF == 0:
        reader = _Reader(data, ">")
        reader.at = 4
        version = reader.u32()
    if version not in (2, 3):
        raise UserError(
            "GGUF version {version} is not supported, only 2 and 3. Convert the model again with a current llama.cpp.",
            "不支持 GGUF 第 {version} 版，只支持第 2、3 版。请用新版 llama.cpp 重新转换模型。",
        ).format(version=version)
    tensor_count, fact_count = reader.u64(), reader.u64()
    if tensor_count > MOST_TENSORS or fact_count > MOST_FACTS:
        raise _damaged(
            "it claims {tensor_count:,} tensors and {fact_count:,} keys",
            "声称有 {tensor_count:,} 个张量、{fact_count:,} 个键",
            tensor_count=tensor_count,
            fact_count=fact_count,
        )
    facts: dict[str, Fact] = {}
    for _ in range(fact_count):
        key = reader.string(LONGEST_NAME)
        facts[key] = reader.fact()
    stored = [_stored_tensor(reader) for _ in range(tensor_count)]
    alignment = facts.get("general.alignment", 32)
    step = alignment if isinstance(alignment, int) and 0 < alignment <= 1 << 20 else 32
    start = -(-reader.at // step) * step
    return Header(version, reader.order == ">", facts, _with_unknown_types(stored), start)


def _what_else(data: bytes, language: str) -> str:
    """What the bytes look like instead, so that the next step is clear."""
    begin = data[:64].lstrip().lower()
    if begin.startswith((b"<!doctype", b"<html")):
        en, zh = "It is a web page: use the link of the file itself.", "它是一个网页：请用文件本身的下载地址。"
    elif begin.startswith(b"version https://git-lfs"):
        en, zh = "It is a Git LFS pointer: run “git lfs pull”.", "它是 Git LFS 指针文件：请运行 git lfs pull。"
    elif data[:4] in (b"ggjt", b"tjgg", b"lmgg", b"ggml"):
        en, zh = "It is an old GGML file: look for a GGUF version.", "它是旧的 GGML 格式：请找 GGUF 版本。"
    elif data[:2] == b"PK":
        en, zh = "It is a ZIP archive or a PyTorch file.", "它是 ZIP 压缩包或 PyTorch 文件。"
    else:
        en, zh = "Check the file name and download it again.", "请检查文件名并重新下载。"
    return en if language == "en" else zh


def _stored_tensor(reader: _Reader) -> tuple[str, tuple[int, ...], int, int]:
    """(name, dims, type number, offset) of the next tensor."""
    name = reader.string(LONGEST_NAME)
    count = reader.u32()
    if not 0 < count <= 8:
        raise _damaged(
            "tensor “{name}” has {count} dimensions", "张量“{name}”有 {count} 个维度", name=name, count=count
        )
    reader.need(8 * count)
    dims = struct.unpack_from(f"{reader.order}{count}Q", reader.data, reader.at)
    reader.at += 8 * count
    if not 0 < prod(dims) < 1 << 48:
        raise _damaged("tensor “{name}” has the size {dims}", "张量“{name}”的尺寸为 {dims}", name=name, dims=dims)
    return name, dims, reader.u32(), reader.u64()


def _with_unknown_types(stored: Sequence[tuple[str, tuple[int, ...], int, int]]) -> tuple[Tensor, ...]:
    """Tensors with their bytes. A type that we do not know (of a fork) gets its size from the next tensor's offset."""
    tensors: list[Tensor] = []
    following: dict[int, int] = {}
    if any(TYPE_NAMES.get(number) not in GGML_TYPES for _, _, number, _ in stored):
        offsets = sorted({offset for *_, offset in stored})
        following = dict(pairwise(offsets))
    for name, dims, number, offset in stored:
        kind = TYPE_NAMES.get(number)
        if kind is None or kind not in GGML_TYPES:
            size = following.get(offset, offset) - offset
            # the last one has no next: a byte a number then, more than any such type takes
            tensors.append(Tensor(name, dims, f"type {number}", size or prod(dims)))
            continue
        type_ = GGML_TYPES[kind]
        if dims[0] % type_.block:
            raise _damaged(
                "rows of tensor “{name}” ({dims}) do not divide into {kind} blocks of {block}",
                "张量“{name}”的行长 {dims} 不能按 {kind} 的块大小 {block} 整除",
                name=name,
                dims=dims[0],
                kind=kind,
                block=type_.block,
            )
        tensors.append(Tensor(name, dims, kind, prod(dims) // type_.block * type_.bytes))
    return tuple(tensors)


# --- header to shape -------------------------------------------------------------------------------------------------

# Architectures whose llama.cpp graph has window layers: period of the pattern (the last of a period is full; 0 = the
# file must say), whether the first of a period is the full one instead, window where the file says none.
# src/models/<architecture>.cpp, calls of load_swa_pattern.
_WINDOWS: Final[Mapping[str, tuple[int, bool, int]]] = {
    "afmoe": (4, False, 0),
    "beam": (0, False, 0),
    "cohere2": (4, False, 0),
    "cohere2moe": (4, True, 0),
    "dots3note": (0, False, 0),
    "exaone-moe": (4, False, 128),
    "exaone4": (4, False, 0),
    "gemma2": (2, False, 4096),
    "gemma3": (6, False, 0),
    "gemma3n": (5, False, 0),
    "gemma4": (0, False, 0),
    "gemma-embedding": (6, False, 0),
    "gpt-oss": (2, False, 0),
    "granite_swa": (0, False, 0),
    "kolibri1": (0, False, 0),
    "laguna": (4, True, 0),
    "llama4": (4, False, 8192),
    "maion-coder": (0, False, 0),
    "maple": (0, False, 0),
    "mellum": (4, False, 0),
    "mimo2": (0, False, 0),
    "muse-glimmer": (4, False, 0),
    "olmo2": (4, False, 0),
    "plamo3": (8, False, 0),
    "smallthinker": (4, True, 0),
    "spark2_5": (0, False, 0),
    "step35": (0, False, 0),
}

_RECURRENT_KINDS: Final[Mapping[str, RecurrentKind]] = {
    "mamba": "mamba",
    "jamba": "mamba",
    "qwen3next": "delta_net",
    "qwen35": "delta_net",
    "qwen35moe": "delta_net",
    "qwen4exp": "delta_net",
    "lfm2": "short_conv",
    "lfm2moe": "short_conv",
    "bailingmoe3": "kimi_delta",
    "glm5-next": "kimi_delta",
    "kimi-k3": "kimi_delta",
    "kimi-linear": "kimi_delta",
    "minimax-01": "lightning",
    "plamo2": "plamo2",
    "rwkv6": "rwkv",
    "rwkv6qwen2": "rwkv",
    "rwkv7": "rwkv",
    "arwkv7": "rwkv",
}

_RECURRENT_TENSORS: Final = ("ssm_", "shortconv.", "time_mix_")


class _Facts:
    """Reads the keys of one architecture, with the checks that keep a damaged file from costing time or memory."""

    def __init__(self, header: Header) -> None:
        self.header = header
        self.prefix = header.architecture + "."

    def whole(self, key: str, default: int = 0) -> int:
        value = self.header.whole(self.prefix + key, default)
        if not 0 <= value < 1 << 40:
            raise _damaged(
                "{prefix}{key} is {value}", "{prefix}{key} 的值是 {value}", prefix=self.prefix, key=key, value=value
            )
        return value

    def has(self, key: str) -> bool:
        return self.prefix + key in self.header.facts

    def number(self, key: str) -> float:
        value = self.header.facts.get(self.prefix + key, 0.0)
        return float(value) if isinstance(value, int | float) else 0.0

    def per_layer(self, key: str, count: int, default: Sequence[int]) -> tuple[int, ...]:
        """One number for all layers, or one each; a short array is filled up with its last value."""
        value = self.header.facts.get(self.prefix + key)
        if isinstance(value, tuple) and value:
            numbers = [_whole(key, item) for item in value[:count]]
            numbers += [numbers[-1]] * (count - len(numbers))
        elif isinstance(value, int | float):
            numbers = [_whole(key, value)] * count
        else:
            return tuple(default)
        if not all(0 <= item < 1 << 32 for item in numbers):
            raise _damaged(
                "{prefix}{key} holds impossible numbers", "{prefix}{key} 中有不可能的数值", prefix=self.prefix, key=key
            )
        return tuple(numbers)


class _Layers:
    """Tensors by layer: name within the layer to dims."""

    def __init__(self, tensors: Sequence[Tensor], count: int) -> None:
        self.by_layer: list[dict[str, tuple[int, ...]]] = [{} for _ in range(count)]
        for tensor in tensors:
            if tensor.name.startswith("blk."):
                number, _, name = tensor.name[4:].partition(".")
                if number.isascii() and number.isdigit() and len(number) < 6 and int(number) < count:
                    self.by_layer[int(number)][name] = tensor.dims

    def width(self, layer: int, *names: str) -> int:
        """Input width of the first of these tensors that the layer has, 0 where it has none."""
        for name in names:
            dims = self.by_layer[layer].get(name)
            if dims:
                return dims[0]
        return 0

    def any_starts(self, layer: int, beginnings: tuple[str, ...]) -> bool:
        return any(name.startswith(beginnings) for name in self.by_layer[layer])

    def has(self, layer: int, *names: str) -> bool:
        return any(name in self.by_layer[layer] for name in names)


def shape(header: Header, tensors: Sequence[Tensor] | None = None) -> ModelShape:
    """The shape that a header describes. `tensors` are those of all parts of a split file.

    Raises:
        UserError: no architecture, a picture part (mmproj), an adapter, or hyper-parameters that cannot be.
    """
    architecture = header.architecture
    _refuse_other_kinds(header)
    facts = _Facts(header)
    all_tensors = header.tensors if tensors is None else tensors
    next_token = facts.whole("nextn_predict_layers")
    layers = facts.whole("block_count") - next_token
    embedding = facts.whole("embedding_length")
    if not 0 < layers <= MOST_LAYERS or not 0 < embedding < 1 << 24:
        raise _damaged(
            "{layers} layers of width {embedding}",
            "层数 {layers}、宽度 {embedding}",
            layers=layers,
            embedding=embedding,
        )
    held = _Layers(all_tensors, layers)
    heads = facts.per_layer("attention.head_count", layers, (0,) * layers)
    recurrent_layers = _recurrent_layers(facts, held, layers)
    kv_heads = _kv_heads(facts, held, heads, recurrent_layers)
    most_heads = max(max(heads), 1)
    key_length = facts.whole("attention.key_length", embedding // most_heads)
    value_length = facts.whole("attention.value_length", embedding // most_heads)
    window, window_layers = _window(facts, layers, recurrent_layers)
    named = {tensor.name: tensor for tensor in all_tensors}
    table = named.get("token_embd.weight")
    name = header.facts.get("general.name")
    found = ModelShape(
        architecture=architecture,
        name=name if isinstance(name, str) else "",
        layers=layers,
        embedding=embedding,
        feed_forward=_feed_forward(facts, held, layers),
        heads=heads,
        kv_heads=kv_heads,
        key_length=key_length,
        value_length=value_length,
        vocabulary=_vocabulary(header, facts, table),
        trained_context=facts.whole("context_length"),
        tied_embedding="output.weight" not in named,
        window=window,
        window_layers=window_layers,
        window_key_length=_other_than(facts.whole("attention.key_length_swa"), key_length),
        window_value_length=_other_than(facts.whole("attention.value_length_swa"), value_length),
        shared_kv_layers=_shared_kv_layers(facts, layers),
        experts=_experts(facts, held, layers),
        latent=_latent(facts),
        recurrent=_recurrent(facts, recurrent_layers),
        recurrent_layers=recurrent_layers if any(recurrent_layers) else (),
        next_token_layers=next_token,
        parameters=sum(tensor.elements for tensor in all_tensors),
        source="gguf",
        gated=_gated(held, layers),
        softcap=architecture in ("gemma2", "grok"),
        embedding_per_layer=0 if facts.has("ple.layers") else facts.whole("embedding_length_per_layer_input"),
        alternating_updates=4 if architecture == "gemma3n" else 0,
        sparse_index=_sparse_index(facts, held, layers),
        compression=_compression(facts, layers),
        rope_length=facts.whole("rope.dimension_count"),
        deepstack_layers=min(64, facts.whole("n_deepstack_layers")),
        residual_block=facts.whole("attn_res.block_size"),
        residual_streams=min(64, facts.whole("hyper_connection.count")),
        stream_rank=facts.whole("hyper_connection.low_rank"),
        hashed=_hashed(facts, layers),
        cycles=_cycles(facts),
        value_experts=(facts.whole("attention.value_expert_count"), facts.whole("attention.value_expert_used_count")),
        traits=_traits(held, named, layers) | _stated_traits(facts),
    )
    if problem := impossible(found):
        raise _damaged(problem.en, problem.zh)
    return found


def _traits(held: _Layers, named: Mapping[str, Tensor], layers: int) -> frozenset[str]:
    """Optional tensors that the file has, in the words of bot/models/tensors.py."""
    of_layers = {trait for layer in range(layers) for trait in _layer_traits(held, layer)}
    return frozenset(of_layers | {trait for trait, name in _TRAITS.items() if name in named})


def _layer_traits(held: _Layers, layer: int) -> Iterator[str]:
    yield from (trait for trait, name in _LAYER_TRAITS.items() if held.has(layer, name))
    if held.has(layer, "attn_qkv.weight") and not held.any_starts(layer, _RECURRENT_TENSORS):
        yield "fused_qkv"
    if held.has(layer, "attn_k.weight") and not held.has(layer, "attn_v.weight"):
        yield "key_as_value"
    gate = held.by_layer[layer].get("attn_gate.weight")
    if gate and gate == held.by_layer[layer].get("attn_q.weight"):
        yield "wide_gate"


# The tensor that tells of a trait: in any layer, and outside the layers.
_LAYER_TRAITS: Final[Mapping[str, str]] = {
    "qkv_bias": "attn_q.bias",
    "q_k_norm": "attn_q_norm.weight",
    "expert_bias": "exp_probs_b.bias",
    "gate_up_exps": "ffn_gate_up_exps.weight",
    "split_mixtures": "time_mix_lerp_w.weight",
}
_TRAITS: Final[Mapping[str, str]] = {
    "rope_freqs": "rope_freqs.weight",
    "rope_factors": "rope_factors_long.weight",
}


def _stated_traits(facts: _Facts) -> frozenset[str]:
    """What keys, not tensors, tell of (llama.cpp, llama_hparams::use_mrope; build_moe_ffn)."""
    architecture = facts.header.architecture
    sections = facts.header.facts.get(facts.prefix + "rope.dimension_sections")
    several = isinstance(sections, tuple) and len(sections) > 1 and sections[0] > 0 and sections[1] > 0
    found = {
        "several_positions": several,
        "unread_window": architecture not in _WINDOWS and _positive(facts, "attention.sliding_window"),
        "compressed_cache": facts.has("attention.compress_ratios") or _positive(facts, "attention.kv_lora_rank"),
        "not_causal": facts.header.facts.get(facts.prefix + "attention.causal") is False or facts.has("pooling_type"),
        "several_streams": facts.has("hyper_connection.count") or facts.has("attn_res.block_size"),
        "scaled_embedding": _positive(facts, "embedding_scale"),
        "clamped_experts": _positive(facts, "swiglu_clamp_exp"),
        "normed_experts": facts.header.facts.get(facts.prefix + "expert_weights_norm") is True,
    }
    return frozenset(trait for trait, has in found.items() if has)


def _positive(facts: _Facts, key: str) -> bool:
    """Whether a number, or any of several, is above zero."""
    value = facts.header.facts.get(facts.prefix + key)
    numbers = value if isinstance(value, tuple) else (value,)
    return any(isinstance(number, int | float) and number > 1e-6 for number in numbers)


def _refuse_other_kinds(header: Header) -> None:
    architecture = header.architecture
    if architecture == "clip":
        raise UserError(
            "This file is only the picture part (mmproj) of a model. Give the language model's own GGUF file.",
            "这个文件只是模型的图像部分（mmproj），请给出语言模型本身的 GGUF 文件。",
        )
    if header.facts.get("general.type") == "adapter":
        raise UserError(
            "This file is a LoRA adapter, not a model. Give the base model's file.",
            "这个文件是 LoRA 适配器，不是模型，请给出基础模型的文件。",
        )
    if not architecture:
        raise _damaged("it names no architecture", "没有写明模型架构（general.architecture）")


def _other_than(value: int, usual: int) -> int:
    return value if value != usual else 0


def _recurrent_layers(facts: _Facts, held: _Layers, layers: int) -> tuple[bool, ...]:
    """Layers with a recurrent state: those that hold such tensors, or as the keys say where tensors are missing."""
    found = tuple(held.any_starts(layer, _RECURRENT_TENSORS) for layer in range(layers))
    if any(found):
        return found
    period = facts.whole("full_attention_interval")
    if period:
        return tuple((layer + 1) % period != 0 for layer in range(layers))
    if facts.has("ssm.conv_kernel") or facts.has("shortconv.l_cache"):
        counts = facts.per_layer("attention.head_count_kv", layers, (0,) * layers)
        return tuple(count == 0 for count in counts)
    return (False,) * layers


def _kv_heads(
    facts: _Facts, held: _Layers, heads: tuple[int, ...], recurrent_layers: tuple[bool, ...]
) -> tuple[int, ...]:
    """Heads that keep keys and values. A recurrent layer without attention keeps none; Falcon-H1 has both."""
    counts = facts.per_layer("attention.head_count_kv", len(heads), heads)
    if 0 in counts:
        return counts
    return tuple(
        0 if recurrent and not held.has(layer, "attn_k.weight") else count
        for layer, (count, recurrent) in enumerate(zip(counts, recurrent_layers, strict=True))
    )


def _window(facts: _Facts, layers: int, recurrent_layers: tuple[bool, ...]) -> tuple[int, tuple[bool, ...]]:
    """(tokens, which layers) of sliding-window attention; llama.cpp ignores the key for other architectures."""
    architecture = facts.header.architecture
    if architecture in ("lfm2", "lfm2moe"):
        window = facts.whole("attention.sliding_window")
        return (window, tuple(not recurrent for recurrent in recurrent_layers)) if window else (0, ())
    if architecture not in _WINDOWS or (architecture == "exaone4" and layers != 64):
        return 0, ()
    period, full_first, default = _WINDOWS[architecture]
    window = facts.whole("attention.sliding_window", default)
    if not window:
        return 0, ()
    pattern = facts.header.facts.get(facts.prefix + "attention.sliding_window_pattern")
    return _FIXED_WINDOWS.get(architecture, window), _window_layers(pattern, layers, period, full_first)


_FIXED_WINDOWS: Final[Mapping[str, int]] = {"llama4": 8192, "smallthinker": 4096}  # chunks, whatever the key says


def _window_layers(pattern: Any, layers: int, period: int, full_first: bool) -> tuple[bool, ...]:
    """Those that a file lists, else every so many: as the file says (`pattern`), else as is usual (`period`)."""
    if isinstance(pattern, tuple):
        flags = tuple(bool(item) for item in pattern[:layers])
        return flags + (False,) * (layers - len(flags))
    if isinstance(pattern, int) and not isinstance(pattern, bool):
        period = pattern
    return window_pattern(layers, period, full_first)


def window_pattern(layers: int, period: int, full_first: bool = False) -> tuple[bool, ...]:
    """Every `period`-th layer sees all, the others a window; 0 = all have one, 1 = none has.

    llama.cpp b11434, src/llama-hparams.cpp, llama_hparams::set_swa_pattern.
    """
    if period == 0:
        return (True,) * layers
    if full_first:
        return tuple(layer % period != 0 for layer in range(layers))
    return tuple(layer % period < period - 1 for layer in range(layers))


def usual_window_layers(architecture: str, layers: int) -> tuple[bool, ...]:
    """Which layers have a window where the file does not say; empty where the architecture has none."""
    if architecture not in _WINDOWS:
        return ()
    period, full_first, _ = _WINDOWS[architecture]
    return window_pattern(layers, period, full_first)


def mix_of_description(text: str) -> str:
    """llama.cpp's description of a file type ("Q4_K - Medium") as the mix's name ("Q4_K_M")."""
    name, _, rest = text.partition(" - ")
    size = {"Small": "_S", "Medium": "_M", "Large": "_L"}.get(rest.split(" ")[0].strip(), "")
    return name.strip().split(" ")[0] + size


def _shared_kv_layers(facts: _Facts, layers: int) -> int:
    if facts.header.architecture == "gemma3n":
        return max(0, layers - 20)  # src/models/gemma3n.cpp: n_layer_kv_from_start = 20
    return min(layers, facts.whole("attention.shared_kv_layers"))


_DENSE = ("ffn_down.weight",)
_EXPERTS = ("ffn_down_exps.weight", "ffn_up_exps.weight", "ffn_down.0.weight")


def _feed_forward(facts: _Facts, held: _Layers, layers: int) -> tuple[int, ...]:
    """Width of the dense part per layer: as its tensor says, else as the key says."""
    stated = facts.per_layer("feed_forward_length", layers, (0,) * layers)
    if not any(held.by_layer):
        dense = facts.whole("leading_dense_block_count") if facts.whole("expert_count") else layers
        return tuple(width if layer < dense else 0 for layer, width in enumerate(stated))
    return tuple(held.width(layer, *_DENSE) if held.by_layer[layer] else stated[layer] for layer in range(layers))


def _gated(held: _Layers, layers: int) -> bool:
    """Whether feed-forward parts have a gate, of their own or fused with the upward matrix (twice as wide)."""
    for layer in range(layers):
        down, up = held.width(layer, "ffn_down.weight"), held.by_layer[layer].get("ffn_up.weight")
        if down and up:
            return held.has(layer, "ffn_gate.weight") or (len(up) > 1 and up[1] == 2 * down)
    for layer in range(layers):
        if held.has(layer, "ffn_up_exps.weight"):
            return held.has(layer, "ffn_gate_exps.weight")
    return True


def _experts(facts: _Facts, held: _Layers, layers: int) -> Experts | None:
    count = facts.whole("expert_count")
    if not count:
        return None
    flags = tuple(held.has(layer, *_EXPERTS) for layer in range(layers))
    first = flags.index(True) if True in flags else min(layers - 1, facts.whole("leading_dense_block_count"))
    width = held.width(first, "ffn_down_exps.weight", "ffn_down.0.weight")
    shared_width = held.width(first, "ffn_down_shexp.weight") or facts.whole("expert_shared_feed_forward_length")
    return Experts(
        count=count,
        used=max(facts.per_layer("expert_used_count", layers, (1,) * layers)),
        feed_forward=width or facts.whole("expert_feed_forward_length", facts.whole("feed_forward_length")),
        shared=facts.whole("expert_shared_count", 1 if shared_width else 0),
        shared_feed_forward=shared_width,
        leading_dense=facts.whole("leading_dense_block_count"),
        groups=facts.whole("expert_group_count"),
        layers=flags if any(flags) else (),
        by_token=facts.whole("hash_layer_count"),
        latent=facts.whole("moe_latent_size") or facts.whole("expert_latent_length"),
    )


def _latent(facts: _Facts) -> LatentAttention | None:
    """Latent attention, where the file keeps it compressed; older conversions unfold it to ordinary heads."""
    key, value = facts.whole("attention.key_length_mla"), facts.whole("attention.value_length_mla")
    rank, rope = facts.whole("attention.kv_lora_rank"), facts.whole("rope.dimension_count")
    unfolded = facts.header.architecture in ("minicpm3", "plm")  # which llama.cpp runs with ordinary heads
    if unfolded or not (key and value and rank):
        return None
    return LatentAttention(
        kv_rank=rank,
        query_rank=facts.whole("attention.q_lora_rank"),
        rope_length=rope,
        nope_length=max(0, key - rope),
        value_length=value,
    )


def _low_ranks(facts: _Facts) -> tuple[int, ...]:
    """Widths between the two matrices of each low-rank pair of RWKV 7, or of RWKV 6."""
    if facts.has("time_mix_extra_dim"):
        return facts.whole("time_mix_extra_dim"), facts.whole("time_decay_extra_dim")
    return tuple(facts.whole(f"attention.{key}_lora_rank") for key in ("decay", "iclr", "value_residual_mix", "gate"))


def _recurrent(facts: _Facts, recurrent_layers: tuple[bool, ...]) -> Recurrent | None:
    if not any(recurrent_layers):
        return None
    kind = _RECURRENT_KINDS.get(facts.header.architecture, "mamba2")
    kernel = facts.whole("shortconv.l_cache") if kind == "short_conv" else facts.whole("ssm.conv_kernel")
    return Recurrent(
        conv_kernel=kernel,
        inner_size=facts.whole("ssm.inner_size"),
        state_size=facts.whole("ssm.state_size"),
        groups=facts.whole("attention.head_count_kv" if kind == "rwkv" else "ssm.group_count"),
        time_step_rank=facts.whole("ssm.time_step_rank"),
        kind=kind,
        head_length=facts.whole("kda.head_dim") or facts.whole("wkv.head_size"),
        token_shifts=facts.whole("token_shift_count", 2) if kind == "rwkv" else 0,
        low_ranks=_low_ranks(facts) if kind == "rwkv" else (),
    )


def _cycles(facts: _Facts) -> Cycles | None:
    stack, high, low = (facts.whole(f"hrm.{key}") for key in ("layers_per_stack", "h_cycles", "l_cycles"))
    return Cycles(stack, low) if stack and high and low else None


def _hashed(facts: _Facts, layers: int) -> HashedEmbedding | None:
    """The table of hashed runs of tokens, where the file has one; llama.cpp takes one layer that looks into it."""
    kernel, longest = facts.whole("ple.conv_kernel"), facts.whole("ple.ngram_size")
    where = facts.per_layer("ple.layers", 1, ())
    if not (where and where[0] < layers and 0 < kernel <= 64 and 1 < longest <= 64):
        return None
    rows = (longest - 1) * min(1024, facts.whole("ple.heads_per_ngram"))
    return HashedEmbedding(where[0], rows, facts.whole("embedding_length_per_layer_input"), kernel, longest)


def _compression(facts: _Facts, layers: int) -> Compression | None:
    """Only DeepSeek V4's is known; others name ratios for caches that work otherwise."""
    ratios = facts.per_layer("attention.compress_ratios", layers, ())
    window = facts.whole("attention.sliding_window")
    if not (ratios and window and facts.header.architecture == "deepseek4"):
        return None
    groups, rank = facts.whole("attention.output_group_count"), facts.whole("attention.output_lora_rank")
    return Compression(window, ratios, facts.whole("attention.q_lora_rank"), groups * rank, groups or 1)


def _sparse_index(facts: _Facts, held: _Layers, layers: int) -> SparseIndex | None:
    heads, length = facts.whole("attention.indexer.head_count"), facts.whole("attention.indexer.key_length")
    if not (heads and length):
        return None
    own = tuple(held.has(layer, "indexer.attn_k.weight", "indexer.k_proj.weight") for layer in range(layers))
    pool, tail = facts.whole("attention.indexer.kpool"), facts.prefix + "attention.indexer.kpool_select_tail"
    if facts.header.architecture == "qwen4exp":
        pool = max(facts.per_layer("attention.compress_ratios", layers, (0,)))
    return SparseIndex(
        heads,
        length,
        top=facts.whole("attention.indexer.top_k"),
        layers=own if any(own) else (),
        block=facts.whole("attention.indexer.block_size"),
        pool=min(4096, pool),
        tail=facts.header.facts.get(tail) is True or facts.header.architecture == "qwen4exp",
    )


def _vocabulary(header: Header, facts: _Facts, table: Tensor | None) -> int:
    if table is not None and len(table.dims) > 1:
        return table.dims[1]
    tokens = header.facts.get("tokenizer.ggml.tokens")
    return tokens.count if isinstance(tokens, LongArray) else facts.whole("vocab_size")


def model(headers: Sequence[Header], file_bytes: int = 0) -> Model:
    """The model that one file, or the given parts of a split file, hold. `file_bytes` = size of all parts, 0 unknown.

    Raises:
        UserError: see `shape`.
    """
    first = min(headers, key=lambda header: header.whole("split.no"))
    tensors = tuple(tensor for header in headers for tensor in header.tensors)
    missing = max(0, first.parts - len(headers))
    notes: list[Text] = []
    if missing:
        notes.append(
            Text(
                "{missing} of {parts} parts of this split file are missing; the weights count what is here.",
                "这个分卷文件共 {parts} 卷，缺 {missing} 卷；权重只统计了现有部分。",
            ).format(missing=missing, parts=first.parts)
        )
    stated = sum(header.data_start + sum(tensor.bytes for tensor in header.tensors) for header in headers)
    unknown = any(tensor.kind is not None and tensor.kind.startswith("type ") for tensor in tensors)
    if unknown:
        notes.append(
            Text(
                "Some tensors have a type that only a fork of llama.cpp knows; their size was read from the offsets.",
                "部分张量的类型只有 llama.cpp 的分支版本才认识，其大小按偏移量推算。",
            )
        )
    return Model(
        shape=shape(first, tensors),
        tensors=tensors,
        quant=FILE_TYPES.get(first.whole("general.file_type", -1), ""),
        file_bytes=max(file_bytes, stated),  # a file that is cut behind its header counts as whole
        files=first.parts,
        missing_parts=missing,
        exact=not missing and not unknown,
        notes=tuple(notes),
    )
