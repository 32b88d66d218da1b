"""The picture (and sound) part that PyTorch engines load beside the language model, in 16 bits.

Parameters worked out from `vision_config` (and `audio_config`) of the published models; engines load them even where
nobody sends a picture, and vLLM sends the largest ones through when it measures. A catalog entry that states its own
part's file goes first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.models.shape import ModelShape


@dataclass(frozen=True, slots=True)
class PicturePart:
    """A picture part: its size, and what one picture of the largest size takes.

    `patches` go through it side by side, each `embedding` wide and `feed_forward` between the two matrices of a layer;
    `tokens` come out for the language model, and as many for `levels` of its layers besides.
    """

    parameters: int
    embedding: int = 0
    feed_forward: int = 0
    patches: int = 0
    tokens: int = 1
    levels: int = 0

    def step_bytes(self, budget: int) -> int:
        """Bytes of as many pictures as make up `budget` tokens, at least one, in the widest layer in 16 bits.

        Two copies of the wide half (before and after the activation), and query, key and value.
        """
        pictures = max(1, budget // self.tokens)
        return 2 * pictures * self.patches * (2 * self.feed_forward + 3 * self.embedding)


_NONE: Final = PicturePart(0)
_ANY: Final = 1 << 30


def _siglip(parameters: int, patches: int, tokens: int) -> PicturePart:
    """27 layers of 1152, as Gemma's."""
    return PicturePart(parameters, 1152, 4304, patches, tokens)


def _qwen(layers: int, width: int, wide: int, out: int, mergers: int) -> PicturePart:
    """Qwen3-VL's and later: patches of 16 pixels over two frames, 48 by 48 places, four patches make a token.

    A merger joins them; with "deepstack" there are three more, whose outputs go to the first layers. The largest
    picture makes 16,384 tokens (vLLM: "a budget of 16384 tokens ... 1 image items of the maximum feature size").
    """
    each = 4 * width**2 + 2 * width * wide
    merger = (4 * width) ** 2 + 4 * width * out
    parameters = layers * each + (3 * 2 * 16**2 + 48**2) * width + mergers * merger
    return PicturePart(parameters, width, wide, 4 * 16_384, 16_384, mergers - 1)


# Architecture -> (up to this width of the language model, its part without the last projection where that is small).
# google/gemma-3-*-it: SigLIP so400m, pictures of 896 pixels; google/gemma-4-*: 0.15 billion and 0.3 of sound (E2B,
# E4B), 0.55 (26B, 31B), at most 280 tokens of nine patches; Qwen/Qwen2.5-VL-*: 32 layers of 1280; Qwen/Qwen3-VL-*:
# 24 layers of 1024, 27 of 1152; Qwen/Qwen3.5-*: 12 of 768 and 24 of 1024 in the small ones, 27 of 1152;
# mistralai/Mistral-Small-3.1-*: 24 of 1024; Llama 4: 34 of 1408.
_PARTS: Final[Mapping[str, tuple[tuple[int, PicturePart], ...]]] = {
    "gemma3": ((2304, _NONE), (_ANY, _siglip(417_000_000, 4096, 256))),
    "gemma3n": ((_ANY, PicturePart(980_000_000)),),
    "gemma4": ((2560, PicturePart(450_000_000, 768, 3072, 2520, 280)), (_ANY, _siglip(550_000_000, 2520, 280))),
    "qwen2vl": ((_ANY, PicturePart(676_000_000, 1280, 3420, 4 * 16_384, 16_384)),),
    "qwen3vl": (
        (2048, _qwen(24, 1024, 4096, 2048, 4)),
        (2560, _qwen(24, 1024, 4096, 2560, 4)),
        (4096, _qwen(27, 1152, 4304, 4096, 4)),
        (_ANY, _qwen(27, 1152, 4304, 5120, 4)),
    ),
    "qwen3vlmoe": ((2048, _qwen(27, 1152, 4304, 2048, 4)), (_ANY, _qwen(27, 1152, 4304, 4096, 4))),
    "qwen35": (
        (1024, _qwen(12, 768, 3072, 1024, 1)),
        (2048, _qwen(24, 1024, 4096, 2048, 1)),
        (2560, _qwen(24, 1024, 4096, 2560, 1)),
        (4096, _qwen(27, 1152, 4304, 4096, 1)),
        (_ANY, _qwen(27, 1152, 4304, 5120, 1)),
    ),
    "qwen35moe": ((2048, _qwen(27, 1152, 4304, 2048, 1)), (_ANY, _qwen(27, 1152, 4304, 4096, 1))),
    "mistral3": ((_ANY, PicturePart(400_000_000, 1024, 4096, 110 * 110, 55 * 55)),),
    "llama4": ((_ANY, PicturePart(840_000_000, 1408, 5632, 17 * 576, 17 * 144)),),
}


def picture_part(shape: ModelShape) -> PicturePart:
    """The part of the model; nothing where it has none or it is not known."""
    return next((part for width, part in _PARTS.get(shape.architecture, ()) if shape.embedding <= width), _NONE)


def picture_bytes(shape: ModelShape) -> int:
    """Bytes of the part in 16 bits, 0 where the model has none."""
    if shape.vision is not None and shape.vision.file_bytes:
        return shape.vision.file_bytes
    return 2 * picture_part(shape).parameters
