"""What a checkpoint for PyTorch engines stores of each matrix: the makers of quantized ones leave parts in 16 bits.

Sources: `quantization_config` of published repositories (modules_to_not_convert, ignore, dynamic):
Qwen/Qwen3.5-35B-A3B-GPTQ-Int4 (attention and shared experts stay), RedHatAI/Qwen3.6-35B-A3B-NVFP4 (linear attention
stays), NVIDIA's recipes of Model-Optimizer (Qwen 3.6 and 3.8 27B: attention in FP8, the head in 4 bits, pull request
2363; Gemma 4 and DeepSeek: attention stays), unsloth/Qwen3.8-27B-NVFP4 (the last eight feed-forward parts in FP8),
openai/gpt-oss (only experts are MXFP4), meta-llama/Llama-3.1-405B-Instruct-FP8 (fbgemm_fp8: only the feed-forward
parts of all layers but the first and the last; vLLM loads 57.75 GiB of it on each of eight cards with the 16 key and
value heads that it first came with, vllm-project/vllm#6746), gaunernst/gemma-3-27b-it-int4-awq (groups of 32, as the
quantization-aware training had them), Qwen3-Next 80B in W4A16 (linear attention
stays, by what vLLM 0.27.1 leaves of 64 GB), poolside/Laguna-S-2.1-INT4 (71.9 GB: experts alone),
cognitivecomputations/DeepSeek-R1-AWQ and DeepSeek-V3-AWQ (groups of 64).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from bot.models.dynamic import native_quant
from bot.models.quantization import (
    Quant,
    category,
    hashed_table,
    linear_bytes,
    may_be_quantized,
    parse_quant,
    tensor_bytes,
)
from bot.models.shape import Model, ModelShape, Tensor
from bot.models.tensors import tensors


@dataclass(frozen=True, slots=True)
class Stored:
    """A matrix or vector of the checkpoint.

    `bytes` as stored, `scales` those of them that lie in tensors beside; `plain` where its numbers are in 16 bits or
    more.
    """

    name: str
    dims: tuple[int, ...]
    bytes: int
    plain: bool
    scales: int = 0

    @property
    def elements(self) -> int:
        """Numbers that the tensor holds."""
        product = 1
        for dim in self.dims:
            product *= dim
        return product


# Bits of a number itself, where the format's stated ones include the scales.
_WHOLE_BITS: Final[Mapping[str, float]] = {"NVFP4": 4.0, "MXFP4": 4.0}
_PLAIN: Final = ("F16", "BF16", "F32", "F64")


@lru_cache(maxsize=64)
def stored(model: Model) -> tuple[Stored, ...]:
    """Every tensor of the language model as its checkpoint holds it."""
    if model.shape.source == "safetensors" or not model.quant:
        return tuple(_as_is(tensor) for tensor in model.tensors)
    quant = _quant_of(model)
    if quant is None or (quant.format == "GGUF" and quant.base not in _PLAIN):
        return tuple(_as_is(tensor) for tensor in model.tensors)
    kinds = _kinds(model)
    return tuple(_in_format(kinds, quant, tensor) for tensor in _trained(model.shape))


def _trained(shape: ModelShape) -> Iterator[Tensor]:
    """The tensors that are loaded: a GGUF's tables for the rotation are worked out then, and the layer that drafts is
    another model (see sharding.draft_layer_bytes), whether or not GGUF files bring it.
    """
    return (tensor for tensor in tensors(replace(shape, next_token_layers=0)) if not tensor.name.startswith("rope_"))


def _quant_of(model: Model) -> Quant | None:
    """The format; some models are published in MXFP4 and nothing else."""
    found = parse_quant(model.quant)
    if native_quant(model.shape) and (found is None or found.format in ("GGUF", "FLOAT", "MXFP4")):
        return Quant("MXFP4", "MXFP4", 4.25, 32)
    if found is not None and found.base == "NVFP4":
        found = Quant("NVFP4", "NVFP4", 4.5, 16)
    groups = _OTHER_GROUPS.get((model.shape.architecture, found.format)) if found else None
    return replace(found, group=groups) if found and groups else found


_OTHER_GROUPS: Final[Mapping[tuple[str, str], int]] = {
    ("gemma3", "AWQ"): 32,
    ("deepseek2", "AWQ"): 64,
    ("deepseek2", "INT"): 32,
}


def _as_is(tensor: Tensor) -> Stored:
    return Stored(tensor.name, tensor.dims, tensor.bytes or tensor_bytes(tensor), tensor.kind in _PLAIN)


def _in_format(kinds: tuple[str, ...], quant: Quant, tensor: Tensor) -> Stored:
    chosen = _format_of(kinds, quant, tensor)
    if chosen is None:
        return Stored(tensor.name, tensor.dims, 2 * tensor.elements, True)
    size = round(linear_bytes(chosen, tensor.dims[0], tensor.elements // tensor.dims[0]))
    packed = int(tensor.elements * min(chosen.bits, _WHOLE_BITS.get(chosen.format, chosen.bits))) // 8
    return Stored(tensor.name, tensor.dims, size, False, max(0, size - packed))


def _format_of(kinds: tuple[str, ...], quant: Quant, tensor: Tensor) -> Quant | None:
    """The format of one tensor, None for 16 bits."""
    if quant.format in ("GGUF", "FLOAT") or not may_be_quantized(tensor):
        return None
    kind = category(tensor.name)
    if kind == "output" and quant.format in ("EXL2", "EXL3"):
        return replace(quant, bits=6.0 if quant.bits <= 6 else 8.0)
    if kind == "output":
        return quant if _packs_head(kinds, quant) else None
    if kind == "embedding" and tensor.name.startswith("per_layer") and "qwen4exp" in kinds:
        return _hashed_table(kinds, quant)
    if kind == "embedding" or _is_small(tensor.name):
        return None
    return next((other for among, other in _exceptions(kinds, quant) if among(tensor.name)), quant)


def _hashed_table(kinds: tuple[str, ...], quant: Quant) -> Quant | None:
    """Qwen 4's table of hashed runs of tokens."""
    if kinds[0].startswith("radixark"):
        return _FP8  # 47.7 GiB (FlashML-org/FreeToken#257)
    return hashed_table(quant)


def _exceptions(kinds: tuple[str, ...], quant: Quant) -> "Exceptions":
    """The matrices that the makers keep in another format, by the nearest description of the model."""
    return _EXCEPTIONS.get(_nearest(kinds, quant), ())


def _packs_head(kinds: tuple[str, ...], quant: Quant) -> bool:
    return _nearest(kinds, quant) in _PACKED_HEADS


def _nearest(kinds: tuple[str, ...], quant: Quant) -> tuple[str, str]:
    """The nearest description of a model in a format of which something is known."""
    return next(((kind, quant.format) for kind in kinds if (kind, quant.format) in _EXCEPTIONS), ("", ""))


def _kinds(model: Model) -> tuple[str, ...]:
    """Descriptions of a model, the nearest first."""
    shape = model.shape
    sized = f"{shape.architecture} of {shape.layers} layers"
    return (
        f"{model.maker} {sized}" if model.maker else "",
        f"{shape.architecture} experts" if shape.experts else "",
        sized,
        shape.architecture,
        "",
    )


def _is_small(name: str) -> bool:
    """Projections of a few numbers a head, which no tool quantizes."""
    return any(part in name for part in ("ssm_alpha", "ssm_beta", "ssm_ba", "ffn_gate_inp", "inp_gate", ".proj."))


def is_routed(name: str) -> bool:
    """Whether a tensor holds routed experts, by GGUF's or the hub's names."""
    return "_exps." in name or ".experts." in name


def _attention(name: str) -> bool:
    return ".attn_" in name or ".ssm_" in name


def _linear_attention(name: str) -> bool:
    return ".ssm_" in name or ".attn_qkv." in name or ".attn_gate." in name


def _not_routed(name: str) -> bool:
    return not is_routed(name)


def _attention_or_outermost(name: str) -> bool:
    return ".attn_" in name or name.startswith(("blk.0.", "blk.125."))


def _attention_or_last(name: str) -> bool:
    return _attention(name) or bool(_LAST_EIGHT.match(name))


_LAST_EIGHT: Final = re.compile(r"blk\.(?:5[6-9]|6[0-3])\.")


def _latent(name: str) -> bool:
    return "attn_kv_a_mqa" in name or "attn_k_b" in name or "attn_v_b" in name


_FP8: Final = Quant("FP8", "FP8", 8.0, 128)
Exceptions = tuple[tuple[Callable[[str], bool], Quant | None], ...]

# (description, format) -> which matrices are kept in another format, None = 16 bits; "" = all other architectures,
# "... experts" = its mixtures only, "... of 126 layers" = its models of that many, with a maker before it that maker's
# alone. NVIDIA's (Gemma 4, GLM 5, MiniMax M2, DeepSeek V4) and Kimi K2.5's own by the `quantization_config` in
# ai-dynamo/aiconfigurator, model_configs.
_EXCEPTIONS: Final[Mapping[tuple[str, str], Exceptions]] = {
    ("", "MXFP4"): ((_not_routed, None),),
    ("llama of 126 layers", "FP8"): ((_attention_or_outermost, None),),
    ("deepseek4", "MXFP4"): ((_not_routed, _FP8),),
    ("qwen35moe", "GPTQ"): ((_not_routed, None),),
    ("qwen35", "NVFP4"): ((_attention, _FP8),),
    ("nvidia qwen35 of 64 layers", "NVFP4"): ((_attention, _FP8),),
    ("radixark qwen35 of 64 layers", "NVFP4"): ((_attention, _FP8),),
    ("unsloth qwen35 of 64 layers", "NVFP4"): ((_attention_or_last, _FP8),),
    ("qwen35moe", "NVFP4"): ((_linear_attention, None),),
    ("qwen3next", "NVFP4"): ((_linear_attention, None),),
    ("gemma4", "NVFP4"): ((_attention, None),),
    ("gemma4 experts", "NVFP4"): ((_not_routed, None),),
    ("minimax-m2", "NVFP4"): ((_attention, None),),
    ("glm-dsa", "NVFP4"): ((_not_routed, None),),
    ("glm5-next", "NVFP4"): ((_not_routed, None),),
    ("deepseek4", "NVFP4"): ((_not_routed, _FP8),),
    ("deepseek2", "NVFP4"): ((_attention, None),),
    ("deepseek2", "INT"): ((_not_routed, None),),
    ("deepseek2", "AWQ"): ((_latent, None),),
    ("qwen3next", "INT"): ((_linear_attention, None),),
    ("laguna", "INT"): ((_not_routed, None),),
}

# Descriptions among those above whose head is in the format too.
_PACKED_HEADS: Final = frozenset((f"{maker} qwen35 of 64 layers", "NVFP4") for maker in ("nvidia", "radixark"))

# Makers whose 4-bit checkpoints say that the cache is to be in 8 bits, which an engine does where it is not told.
_SMALL_CACHES: Final = frozenset({("nvidia", "NVFP4"), ("radixark qwen35 of 64 layers", "NVFP4")})


def checkpoint_cache_bits(model: Model) -> float:
    """Bits of a number in the cache where nobody says: 16, or 8 where the checkpoint asks for it.

    Source: vLLM 0.33, vllm/utils/torch_utils.py (resolve_kv_cache_dtype_string: kv_cache_scheme, kv_cache_quant_algo).
    """
    quant = parse_quant(model.quant)
    makers = (model.maker, _kinds(model)[0])
    return 8 if quant is not None and any((maker, quant.base) in _SMALL_CACHES for maker in makers) else 16
