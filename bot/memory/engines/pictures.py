"""Weights of the picture (and sound) part that PyTorch engines load beside the language model, in 16 bits.

Parameters worked out from `vision_config` (and `audio_config`) of the published models; engines load them even where
nobody sends a picture. A catalog entry that states its own part's file goes first.
"""

from collections.abc import Mapping
from typing import Final

from bot.models.shape import ModelShape

# Architecture -> (up to this width of the language model, parameters of the part without its last projection).
# google/gemma-3-*-it: SigLIP so400m; google/gemma-4-*: 0.15 billion and 0.3 of sound (E2B, E4B), 0.55 (26B, 31B);
# Qwen/Qwen2.5-VL-*: 32 layers of 1280; Qwen/Qwen3-VL-*: 24 layers of 1024, 27 of 1152; Qwen/Qwen3.5-*: 12 of 768 and
# 24 of 1024 in the small ones, 27 of 1152; mistralai/Mistral-Small-3.1-*: 24 of 1024; Llama 4: 34 of 1408.
_PARTS: Final[Mapping[str, tuple[tuple[int, int], ...]]] = {
    "gemma3": ((2304, 0), (1 << 30, 417_000_000)),
    "gemma3n": ((1 << 30, 980_000_000),),
    "gemma4": ((2560, 450_000_000), (1 << 30, 550_000_000)),
    "qwen2vl": ((1 << 30, 676_000_000),),
    "qwen3vl": ((2560, 310_000_000), (1 << 30, 430_000_000)),
    "qwen3vlmoe": ((1 << 30, 430_000_000),),
    "qwen35": ((1024, 86_000_000), (2560, 310_000_000), (1 << 30, 430_000_000)),
    "qwen35moe": ((1 << 30, 430_000_000),),
    "mistral3": ((1 << 30, 400_000_000),),
    "llama4": ((1 << 30, 840_000_000),),
}


def picture_bytes(shape: ModelShape) -> int:
    """Bytes of the part in 16 bits, 0 where the model has none."""
    if shape.vision is not None and shape.vision.file_bytes:
        return shape.vision.file_bytes
    return 2 * next((size for width, size in _PARTS.get(shape.architecture, ()) if shape.embedding <= width), 0)
