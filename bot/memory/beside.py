"""What goes to the card together with a model: its picture part, and a smaller model that drafts for it."""

from typing import Final

from bot.memory.engines.pictures import picture_bytes
from bot.memory.estimate import estimate
from bot.memory.plan import USUAL_CONTEXT
from bot.memory.settings import Settings
from bot.models.shape import Model

# What the picture part computes with, besides its weights, for one picture of a usual size (tools/mtmd/clip.cpp
# reserves its graph for the largest picture that it takes): 0.1 to 0.5 GiB in posted logs.
PICTURE_BUFFER: Final = 256 << 20


def bytes_beside(model: Model, draft: Model | None, context: int | None, *, pictures: bool) -> int:
    """Bytes on the card besides the model. A draft model keeps a cache of the same context (llama-server -md)."""
    part = picture_bytes(model.shape) if pictures else 0
    drafting = 0
    if draft is not None:
        settings = Settings(context=context or USUAL_CONTEXT, backend="none")
        drafting = estimate(draft, settings).gpu.accounted
    return (part + PICTURE_BUFFER if part else 0) + drafting
