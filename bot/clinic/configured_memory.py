"""What the estimator says of a pasted configuration: whether it fits, whether a server starts, whether the cache's type
goes with the model's heads.
"""

from collections.abc import Iterator
from typing import Any

from bot.answers.blocks import Paragraph
from bot.answers.configuration_fit import fit_block, heads_block, serving_block
from bot.base.errors import UserError
from bot.clinic.estimating import estimated, for_engine
from bot.clinic.fitting import machine_of, named, plan_for
from bot.clinic.parts import Parts
from bot.diagnosis.configuration.forms import Configuration
from bot.intake.facts import Facts
from bot.memory.engines import SERVERS, Engine, told_options
from bot.memory.settings import Settings
from bot.models.requested import requested_model
from bot.models.shape import Model

_BLOCK = 32  # values that a quantized cache of ggml packs together (ggml/src/ggml-common.h)
_PACKED = frozenset({"q8_0", "q4_0", "q4_1", "q5_0", "q5_1", "iq4_nl"})
_CACHES = frozenset({"--cache-type-k", "--cache-type-v", "-ctk", "-ctv"})


def memory_blocks(configuration: Configuration | None, facts: Facts, parts: Parts) -> tuple[Paragraph, ...]:
    """What there is to say of a configuration and the facts beside it; nothing where model or card is not known."""
    if configuration is None:
        return ()
    model = _model(facts, parts)
    engine = _server(configuration)
    said = [*_heads(configuration, model)] if model else []
    if engine and model:
        return (*said, *_serving(configuration, model, engine, facts, parts))
    plan = plan_for(facts, parts.catalog, parts.cards)
    if plan is not None:
        said.append(fit_block(plan, facts.gpu_layers.value if facts.gpu_layers else None))
    return tuple(said)


def _model(facts: Facts, parts: Parts) -> Model | None:
    name = facts.model_file or facts.model
    if name is None:
        return None
    try:
        return requested_model(named(name.value, facts), parts.catalog).model
    except UserError:
        return None


def _server(configuration: Configuration) -> Engine | None:
    """The engine that fills its card beforehand, where the configuration is one's."""
    return next((engine for engine in SERVERS if engine == configuration.table.program.lower()), None)


def _heads(configuration: Configuration, model: Model) -> Iterator[Paragraph]:
    """A quantized cache packs 32 values of a head together: heads of 80 values cannot be packed."""
    length = model.shape.key_length
    kinds = {each.value.lower() for each in configuration.settings if each.name in _CACHES}
    packed = sorted(kinds & _PACKED)
    if packed and length % _BLOCK:
        yield heads_block(packed[0], model.shape.name, length)


def _serving(
    configuration: Configuration, model: Model, engine: Engine, facts: Facts, parts: Parts
) -> Iterator[Paragraph]:
    """Whether the server starts on the card, and how much its cache holds."""
    machine = machine_of(facts, parts.cards)
    if machine is None:
        return
    name = (facts.model_file or facts.model).value  # type: ignore[union-attr]
    try:
        whole = for_engine(model, name, engine, parts.catalog)
        result = estimated(whole, Settings(), engine, machine, _options(configuration))
    except UserError:
        return
    if result.serving is not None and result.result.serving is not None:
        yield serving_block(result.result.serving, result.serving, configuration.table.program)


def _options(configuration: Configuration) -> dict[str, Any]:
    """The settings that the estimator knows, under its names."""
    found: dict[str, Any] = {}
    for setting in configuration.settings:
        try:
            found |= told_options(f"{setting.name} {setting.value}".strip())
        except UserError:
            continue
    return found
