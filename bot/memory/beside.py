"""What goes to the card together with a model: its picture part, and what drafts for it."""

from typing import Final

from bot.base.errors import UserError
from bot.memory.engines.drafting import draft_parameters, drafting_of
from bot.memory.engines.pictures import picture_bytes
from bot.memory.estimate import estimate
from bot.memory.plan import USUAL_CONTEXT
from bot.memory.recurrent import conv_numbers, state_numbers
from bot.memory.settings import Settings
from bot.memory.weights import layer_and_name
from bot.models.quantization import tensor_bytes
from bot.models.shape import Model

# What the picture part computes with, besides its weights, for one picture of a usual size (tools/mtmd/clip.cpp
# reserves its graph for the largest picture that it takes): 0.1 to 0.5 GiB in posted logs.
PICTURE_BUFFER: Final = 256 << 20


# What llama.cpp drafts with besides a model of its own: --spec-type draft-mtp, or a draft made for the model.
METHODS: Final = ("mtp", "dflash", "eagle3")
_DRAFTS: Final = 2  # states that are kept beside the newest one, as --spec-draft-n-max is usually given
_DRAFT_BYTES: Final = 0.6  # of a weight, in Q4_K_M
_DRAFT_BUFFER: Final = 110 << 20
_DRAFT_CELL: Final = 1.25  # of a token's keys and values, with the mask and what else grows with the context


def method_of(draft: str) -> str:
    """The method that is told in the place of a draft model: "mtp", "draft-mtp"; blank for a model's name."""
    short = draft.strip().lower().removeprefix("draft-")
    return short if short in METHODS else ""


def bytes_beside(model: Model, draft: Model | str | None, context: int | None, *, pictures: bool) -> int:
    """Bytes on the card besides the model. A draft model keeps a cache of the same context (llama-server -md).

    Raises:
        UserError: a method of drafting that the model's file does not bring.
    """
    part = picture_bytes(model.shape) if pictures else 0
    drafting = 0
    if isinstance(draft, str):
        drafting = _by_method(model, draft, context or USUAL_CONTEXT)
    elif draft is not None:
        settings = Settings(context=context or USUAL_CONTEXT, backend="none")
        drafting = estimate(draft, settings).gpu.accounted
    return (part + PICTURE_BUFFER if part else 0) + drafting


def _by_method(model: Model, method: str, context: int) -> int:
    """A draft's weights, its cache in 16 bits, states to go back to, and room to compute in.

    Measured with Qwen3.8 27B in Q4_K_M and two drafts: 1292 MiB at 131,072 tokens, 1932 MiB at 262,144, in Q8_0 1468
    (github.com/sudoingX/qwen38-mtp).
    """
    shape = model.shape
    drafting = drafting_of(method, _DRAFTS, shape)
    weights = _own_layers(model) if drafting.own else round(draft_parameters(drafting, shape) * _DRAFT_BYTES)
    if not weights:
        raise UserError(
            "The file of {name} brings no layer that drafts (MTP); take one whose name says MTP.",
            "{name} 的文件里没有 MTP 层，请用名字里带 MTP 的文件。",
        ).format(name=shape.name)
    keys = max(shape.kv_heads, default=0) * (shape.key_length + shape.value_length)
    cells = drafting.kept_layers * 2 * keys * context * _DRAFT_CELL
    state = 4 * (conv_numbers(shape) + state_numbers(shape)) * sum(shape.recurrent_layers) if shape.recurrent else 0
    return weights + round(cells) + _DRAFTS * state + _DRAFT_BUFFER


def _own_layers(model: Model) -> int:
    """Bytes of the file's next-token layers."""
    layers = ((tensor, layer_and_name(tensor.name)) for tensor in model.tensors)
    return sum(tensor_bytes(tensor) for tensor, found in layers if found and found[0] >= model.shape.layers)
