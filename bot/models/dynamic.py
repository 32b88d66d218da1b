"""Mixes whose types are chosen tensor by tensor (unsloth's "UD-..."), and models that are published in few bits.

Unsloth does not say how it chooses. The recipes below give the sizes of its published files back: of mixtures of
experts to about 2 %, of dense models by the usual ratio to the plain mix.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.models.shape import ModelShape
from bot.models.tensors import is_hashed_table


@dataclass(frozen=True, slots=True)
class Recipe:
    """The types of the experts' first matrices, of their last one, and of all else. `spread`: share, both ways."""

    inner: str
    down: str
    rest: str
    spread: float


# By the plain mix that the name goes back to. Measured: MiniMax M2.7 and M3, Qwen3.5 122B, Qwen3.6 35B, Gemma 4 26B,
# Mistral Small 4, Nemotron 3, GLM 5.2 and 5.3 Flash, DeepSeek V4 (files on huggingface.co/unsloth, November 2026).
EXPERTS: Final[Mapping[str, Recipe]] = {
    "IQ1_S": Recipe("IQ1_S", "IQ2_XXS", "Q8_0", 0.23),
    "IQ1_M": Recipe("IQ1_M", "IQ2_XXS", "Q8_0", 0.22),
    "IQ2_XXS": Recipe("IQ2_XXS", "IQ3_XXS", "Q8_0", 0.14),
    "IQ2_M": Recipe("IQ2_XXS", "IQ3_XXS", "Q8_0", 0.12),
    "Q2_K": Recipe("IQ2_XS", "IQ3_XXS", "Q8_0", 0.12),
    "IQ3_XXS": Recipe("IQ2_S", "IQ3_S", "Q8_0", 0.12),
    "IQ3_S": Recipe("IQ3_XXS", "IQ3_S", "Q8_0", 0.13),
    "Q3_K_M": Recipe("IQ3_XXS", "IQ4_XS", "Q8_0", 0.1),
    "IQ4_XS": Recipe("IQ3_S", "IQ4_XS", "Q8_0", 0.14),
    "IQ4_NL": Recipe("IQ3_S", "IQ4_NL", "Q8_0", 0.14),
    "Q4_K_S": Recipe("Q4_K", "Q4_K", "Q8_0", 0.05),
    "Q4_K_M": Recipe("Q4_K", "Q5_K", "Q8_0", 0.09),
    "Q5_K_S": Recipe("Q5_K", "Q5_K", "Q8_0", 0.05),
    "Q5_K_M": Recipe("Q5_K", "Q6_K", "Q8_0", 0.05),
    "Q6_K": Recipe("Q6_K", "Q8_0", "Q8_0", 0.11),
    "Q8_0": Recipe("Q8_0", "Q8_0", "BF16", 0.06),
}
# Of dense models: the usual share of the plain mix, and how far files lie from it.
DENSE: Final[Mapping[str, tuple[float, float]]] = {
    "Q2_K": (1.05, 0.08), "Q3_K_M": (1.01, 0.04), "Q4_K_M": (1.014, 0.07), "Q5_K_M": (1.006, 0.03),
    "Q6_K": (1.08, 0.08), "Q8_0": (1.12, 0.13),
}  # fmt: skip
_DENSE_ELSE: Final = (1.03, 0.1)
# Of those with delta nets, whose small matrices are kept in more bits or not, file by file. Measured: Qwen3.5 0.8B to
# 27B, Qwen3.6 27B, Qwen3.8 27B (its UD-IQ2_XXS of 9,010,048,064 bytes: sudoingX/qwen38-mtp, README).
_DELTA_NET: Final[Mapping[str, tuple[float, float]]] = {
    "Q2_K": (0.99, 0.09), "Q3_K_M": (1.01, 0.09), "Q4_K_M": (1.05, 0.07), "Q5_K_M": (1.048, 0.038),
    "Q6_K": (1.102, 0.115), "Q8_0": (1.213, 0.21),
}  # fmt: skip
_DELTA_NET_ELSE: Final = (0.955, 0.115)
_DELTA_NET_EXPERTS: Final = 0.25  # of mixtures in 8 bits (Qwen3.5 35B)
# By how much a plain mix may be smaller and larger than llama.cpp's own, where those who quantize choose types for some
# matrices themselves. Delta nets, measured: unsloth's Qwen3.5 0.8B to 35B, Qwen3.6 27B Q3_K_M and Q4_K_L of bartowski,
# beside those of mradermacher, which are the plain ones. Experts in 4 bits as published: bartowski's Kimi K2.5.
_PLAIN: Final = (0.0, 0.0)
_ADAPTED_DELTA_NET: Final = (0.03, 0.025)
_ADAPTED_MIXTURE: Final = (0.03, 0.065)
_ADAPTED_MXFP4: Final = (0.0, 0.095)
_OFTEN_ADAPTED: Final = (0.03, 0.085)
_ADAPTED_NATIVE: Final = (0.085, 0.045)
# Measured: unsloth's Gemma 4 31B and 26B A4B in Q4_K_M (18.3 and 16.9 GB), Kimi Linear 48B in Q4_K_M and IQ2_M,
# Nemotron 3 Nano 4B in Q4_K_M.
_ADAPTED: Final[Mapping[str, tuple[float, float]]] = {
    "gemma4": (0.025, 0.01),
    "kimi-linear": (0.025, 0.015),
    "nemotron_h": (0.01, 0.03),
}
_ADAPTED_EMBEDDING: Final = (0.095, 0.0)  # an embedding of each layer in fewer bits: unsloth's Gemma 4 E4B Q4_K_M

# Experts of these are published in MXFP4, and no mix changes that (llama.cpp, `convert_hf_to_gguf.py`: GptOssModel).
_NATIVE: Final[Mapping[str, str]] = {"gpt-oss": "MXFP4"}
# These too, but others quantize them as they like; only dynamic mixes of as many bits leave them at that.
_PUBLISHED: Final[Mapping[str, str]] = {"deepseek4": "MXFP4"}
# The table of hashed runs of tokens is in 4.5 bits whatever the mix: unsloth's Qwen3.8-Flash-Next UD-Q4_K_XL (IQ4_NL,
# 26.82 GiB), ggml-org's Q8_0 (Q4_0).
_HASHED_TABLE: Final = "Q4_0"
_KEPT_SPREAD: Final = 0.03
_FOUR_BITS: Final = 4.5  # of a weight published in 4 bits: groups of 32 with a scale, which is Q4_0
_MORE_THAN_FOUR: Final = frozenset(("Q5_K", "Q6_K", "Q8_0"))
_AS_MANY_BITS: Final = frozenset(("Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "Q6_K", "Q8_0"))


def dense_share(base: str, shape: ModelShape) -> tuple[float, float]:
    """How much of the plain mix a dynamic one of a dense model takes, and the share by which files differ from that."""
    usual = DENSE.get(base, _DENSE_ELSE)
    return _DELTA_NET.get(base, _DELTA_NET_ELSE) if has_delta_net(shape) else usual


def adapted_shares(base: str, shape: ModelShape, *, outer_8_bit: bool) -> tuple[float, float]:
    """By which shares a file of a plain mix may be smaller and larger than llama.cpp makes it."""
    if base in ("Q8_0", "F16", "BF16", "F32"):
        return _PLAIN
    if shape.native_bits:
        return _ADAPTED_NATIVE
    if shape.embedding_per_layer:
        return _ADAPTED_EMBEDDING
    if (adapted := _ADAPTED.get(shape.architecture)) is not None:
        return adapted
    if not has_delta_net(shape):
        return _PLAIN
    if outer_8_bit or base.startswith("Q3_K"):
        return _OFTEN_ADAPTED
    if base == "MXFP4_MOE":
        return _ADAPTED_MXFP4
    return _ADAPTED_MIXTURE if shape.experts else _ADAPTED_DELTA_NET


def has_delta_net(shape: ModelShape) -> bool:
    """Whether some layers have a delta net in the place of attention."""
    return shape.recurrent is not None and shape.recurrent.kind == "delta_net"


def kind_in(recipe: Recipe, tensor: str) -> str:
    """The type of a tensor that may be quantized, before its rows are looked at."""
    if "_exps." not in tensor:
        return recipe.rest
    return recipe.down if "ffn_down_exps" in tensor else recipe.inner


def native_kind(shape: ModelShape, tensor: str, chosen: str = "") -> str | None:
    """The type that a tensor has as published, where every mix leaves it at that, or one that would take more bits."""
    if is_hashed_table(shape, tensor):
        return None if chosen in ("F32", "F16", "BF16") else _HASHED_TABLE
    if "_exps." not in tensor:
        return None
    in_four_bits = shape.native_bits == _FOUR_BITS and chosen in _MORE_THAN_FOUR
    return "Q4_0" if in_four_bits else _NATIVE.get(shape.architecture)


def attention_kind(shape: ModelShape, plain: str) -> str:
    """The type of attention where the experts stay as published: that of the plain mix, for nothing else could shrink.

    Measured: gpt-oss-20b and 120b, UD-Q4_K_XL. Blank where the recipe tells it.
    """
    return plain if shape.architecture in _NATIVE else ""


def native_quant(shape: ModelShape) -> str | None:
    """The quantization that most of the model is published in, so that there is one file worth having."""
    return _NATIVE.get(shape.architecture) or _PUBLISHED.get(shape.architecture)


def recipe_of(mix: str, shape: ModelShape) -> Recipe | None:
    """How a dynamic mix chooses for a mixture of experts; None where only its size is known, not its types."""
    found = EXPERTS.get(mix) if shape.experts else None
    kept = _PUBLISHED.get(shape.architecture) if mix in _AS_MANY_BITS else None
    if found and mix == "Q8_0" and has_delta_net(shape):
        found = replace(found, spread=_DELTA_NET_EXPERTS)
    return replace(found, inner=kept, down=kept, spread=_KEPT_SPREAD) if found and kept else found
