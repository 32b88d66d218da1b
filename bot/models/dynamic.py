"""Mixes whose types are chosen tensor by tensor (unsloth's "UD-..."), and models that are published in few bits.

Unsloth does not say how it chooses. The recipes below give the sizes of its published files back: of mixtures of
experts to about 2 %, of dense models by the usual ratio to the plain mix.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.models.shape import ModelShape


@dataclass(frozen=True, slots=True)
class Recipe:
    """The types of the experts' first matrices, of their last one, and of all else. `spread`: share, both ways."""

    inner: str
    down: str
    rest: str
    spread: float


# By the plain mix that the name goes back to. Measured: MiniMax M2.7 and M3, Qwen3.5 122B, Qwen3.6 35B, Gemma 4 26B,
# Mistral Small 4, Nemotron 3, GLM 5.3 Flash (files on huggingface.co/unsloth, November 2026).
EXPERTS: Final[Mapping[str, Recipe]] = {
    "IQ1_S": Recipe("IQ1_S", "IQ2_XXS", "Q8_0", 0.12),
    "IQ1_M": Recipe("IQ1_M", "IQ2_XXS", "Q8_0", 0.12),
    "IQ2_XXS": Recipe("IQ2_XXS", "IQ3_XXS", "Q8_0", 0.08),
    "IQ2_M": Recipe("IQ2_XS", "IQ3_XXS", "Q8_0", 0.1),
    "Q2_K": Recipe("IQ2_XS", "IQ3_XXS", "Q8_0", 0.12),
    "IQ3_XXS": Recipe("IQ2_S", "IQ3_S", "Q8_0", 0.12),
    "IQ3_S": Recipe("IQ3_XXS", "IQ3_S", "Q8_0", 0.1),
    "Q3_K_M": Recipe("IQ3_XXS", "IQ4_XS", "Q8_0", 0.1),
    "IQ4_XS": Recipe("IQ4_XS", "IQ4_XS", "Q8_0", 0.06),
    "Q4_K_S": Recipe("Q4_K", "Q4_K", "Q8_0", 0.05),
    "Q4_K_M": Recipe("Q4_K", "Q5_K", "Q8_0", 0.08),
    "Q5_K_S": Recipe("Q5_K", "Q5_K", "Q8_0", 0.05),
    "Q5_K_M": Recipe("Q5_K", "Q6_K", "Q8_0", 0.05),
    "Q6_K": Recipe("Q6_K", "Q8_0", "Q8_0", 0.05),
    "Q8_0": Recipe("Q8_0", "Q8_0", "BF16", 0.06),
}
# Of dense models: the usual share of the plain mix, and how far files lie from it.
DENSE: Final[Mapping[str, tuple[float, float]]] = {
    "Q2_K": (1.05, 0.08), "Q3_K_M": (1.01, 0.04), "Q4_K_M": (1.014, 0.07), "Q5_K_M": (1.006, 0.03),
    "Q6_K": (1.08, 0.08), "Q8_0": (1.12, 0.13),
}  # fmt: skip
_DENSE_ELSE: Final = (1.03, 0.1)
# Of those with delta nets, whose small matrices are kept in more bits or not, file by file. Measured: Qwen3.5 4B,
# Qwen3.6 27B, Qwen3.8 27B.
_DELTA_NET: Final[Mapping[str, tuple[float, float]]] = {"Q3_K_M": (1.01, 0.09), "Q4_K_M": (1.05, 0.07)}
# By how much a plain mix of few bits may be larger there: some who quantize choose types for these matrices themselves.
# Measured: Qwen3.6 27B, Q3_K_M and Q4_K_L of bartowski beside those of mradermacher, which are the plain ones.
MORE_FOR_DELTA_NETS: Final = 0.085

# Experts of these are published in MXFP4, and no mix changes that (llama.cpp, `convert_hf_to_gguf.py`: GptOssModel).
_NATIVE: Final[Mapping[str, str]] = {"gpt-oss": "MXFP4"}
# These too, but others quantize them as they like; only dynamic mixes of as many bits leave them at that.
_PUBLISHED: Final[Mapping[str, str]] = {"deepseek4": "MXFP4"}
_KEPT_SPREAD: Final = 0.03
_AS_MANY_BITS: Final = frozenset(("Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "Q6_K", "Q8_0"))


def dense_share(base: str, shape: ModelShape) -> tuple[float, float]:
    """How much of the plain mix a dynamic one of a dense model takes, and the share by which files differ from that."""
    usual = DENSE.get(base, _DENSE_ELSE)
    return _DELTA_NET.get(base, usual) if has_delta_net(shape) else usual


def has_delta_net(shape: ModelShape) -> bool:
    """Whether some layers have a delta net in the place of attention."""
    return shape.recurrent is not None and shape.recurrent.kind == "delta_net"


def kind_in(recipe: Recipe, tensor: str) -> str:
    """The type of a tensor that may be quantized, before its rows are looked at."""
    if "_exps." not in tensor:
        return recipe.rest
    return recipe.down if "ffn_down_exps" in tensor else recipe.inner


def native_kind(shape: ModelShape, tensor: str) -> str | None:
    """The type that a tensor has as published, where every mix leaves it at that."""
    return _NATIVE.get(shape.architecture) if "_exps." in tensor else None


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
    return replace(found, inner=kept, down=kept, spread=_KEPT_SPREAD) if found and kept else found
