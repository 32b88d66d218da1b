"""Models of which only the outline is known: name, number of parameters, perhaps the number of layers and heads.

Their size in a quantization follows from the number of parameters. What they keep for the context depends on an inner
shape that is not known: a stand-in with plain attention is the most that it may be, and the range reaches down to
nothing, for windows, latent or recurrent layers keep far less.
"""

from typing import Final

import msgspec

from bot.models.shape import Experts, ModelShape

# So far real mixes differ at most from those of a stand-in, in 95 of 100 models of known shape; in the median by 0.3 %.
SIZE_SPREAD: Final = 0.1
CACHE_SPREAD: Final = 1.0
_STEP: Final = 256  # rows of a stand-in are multiples of the largest quantization block

# What models of so many billions of parameters have: (up to, layers, width). The medians of the catalog's dense models.
_USUAL: Final = ((0.8, 24, 1024), (2.0, 28, 2048), (5.0, 32, 2560), (10.0, 36, 4096), (16.0, 40, 5120),
                 (45.0, 64, 5120), (float("inf"), 80, 8192))  # fmt: skip
_USUAL_VOCABULARY: Final = 151_936


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a model without its shape. Zero: not known. `active_b` tells a mixture of experts."""

    id: str
    repo: str
    parameters_b: float  # in billions (10^9)
    source: str
    checked: str
    architecture: str = ""  # as its publisher calls it
    active_b: float = 0.0  # used per token, in billions, where fewer
    layers: int = 0
    embedding: int = 0
    heads: int = 0
    kv_heads: int = 0
    key_length: int = 0
    vocabulary: int = 0
    context: int = 0
    native_bits: float = 0.0  # bits a weight as published, where fewer than 16: no file has more
    aliases: tuple[str, ...] = ()
    same_shape: tuple[str, ...] = ()
    released: str = ""  # month, 2026-11
    popularity: int = 1  # 1 = few ask for it, 5 = everybody does


def _layers_and_width(outline: Outline) -> tuple[int, int]:
    """Those known, else what models of this size usually have."""
    layers, width = next((layers, width) for most, layers, width in _USUAL if outline.parameters_b <= most)
    return outline.layers or layers, outline.embedding or width


def stand_in(outline: Outline) -> ModelShape:
    """A plain transformer with as many parameters and the outline's known numbers, usual ones for the rest."""
    layers, width = _layers_and_width(outline)
    length = outline.key_length or 128
    heads = outline.heads or max(1, width // length)
    kv_heads = outline.kv_heads or max(1, min(8, heads // 4))
    vocabulary = outline.vocabulary or _USUAL_VOCABULARY
    mixed = 0 < outline.active_b < 0.8 * outline.parameters_b
    rest = round(outline.parameters_b * 1e9) - 2 * vocabulary * width - layers * width * length * 2 * (heads + kv_heads)
    feed_forward = max(_STEP, rest // (3 * layers * width) // _STEP * _STEP)
    return ModelShape(
        architecture="qwen3moe" if mixed else "llama",
        name=outline.id,
        layers=layers,
        embedding=width,
        feed_forward=(0 if mixed else feed_forward,) * layers,
        heads=(heads,) * layers,
        kv_heads=(kv_heads,) * layers,
        key_length=length,
        value_length=length,
        vocabulary=vocabulary,
        trained_context=outline.context or 32_768,
        tied_embedding=False,
        experts=_experts(outline, feed_forward, rest) if mixed else None,
        parameters=round(outline.parameters_b * 1e9),
        active_parameters=round(outline.active_b * 1e9),
        source="outline",
        native_bits=outline.native_bits,
    )


def _experts(outline: Outline, feed_forward: int, rest: int) -> Experts:
    """Experts that hold all of the feed-forward parts, as many of them used as make up the active parameters."""
    other = outline.parameters_b * 1e9 - rest
    share = max(0.01, min(1.0, (outline.active_b * 1e9 - 0.5 * other) / max(1, rest)))
    width = min(_STEP * 4, feed_forward)
    count = max(2, feed_forward // width)
    return Experts(count=count, used=max(1, round(count * share)), feed_forward=width)
