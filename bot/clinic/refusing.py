"""A loader's "that does not fit", checked against our own count of bytes."""

from collections.abc import Mapping

from bot.answers.blocks import Paragraph
from bot.answers.refusal import refusal_block
from bot.base.errors import UserError
from bot.base.sizes import GIB
from bot.clinic.fitting import named
from bot.hardware.amounts import parse_ram
from bot.intake.facts import Facts
from bot.memory.estimate import estimate
from bot.memory.settings import Settings
from bot.models.catalog import Catalog
from bot.models.requested import requested_model

_USUAL_CONTEXT = 4096  # of LM Studio and ollama, where nobody sets another
_LEAST = GIB // 4  # smaller amounts are no model's


def checked_refusal(captured: Mapping[str, str], facts: Facts, catalog: Catalog) -> Paragraph | None:
    """What we count for the model that a loader refused for want of memory, against what the loader says it needs; None
    where the log tells too little.
    """
    said, name = captured.get("wanted"), facts.model_file or facts.model
    if said is None or name is None:
        return None
    context = facts.context.value if facts.context else _USUAL_CONTEXT
    try:
        stated = parse_ram(said)
        model = requested_model(named(name.value, facts), catalog).model
        counted = estimate(model, Settings(context=context, backend="none"))
    except UserError:
        return None
    own = counted.gpu.accounted + counted.host.accounted
    label = f"{model.shape.name} {model.quant}".strip()
    return refusal_block(label, context, stated, own) if stated >= _LEAST else None
