"""What a model takes in a loader, and how many layers stay within a budget, with every setting that a loader has."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.answers.blocks import Answer
from bot.answers.estimate import estimate_answer
from bot.answers.serving import serving_answer
from bot.base.errors import UserError
from bot.hardware.machine import Machine
from bot.knowledge.translations import Translations
from bot.memory.engines import (
    SERVERS,
    Engine,
    VllmSettings,
    checkpoint_cache_bits,
    engine_estimate,
    parallel_sizes,
    reported_memory,
    serving_settings,
    usual_engine,
)
from bot.memory.estimate import Estimate
from bot.memory.fitting import most_gpu_layers
from bot.memory.settings import Settings
from bot.models.catalog import Catalog
from bot.models.files import read_model
from bot.models.named import as_published, named_model
from bot.models.names import parse_name
from bot.models.requested import HubLike, requested_model
from bot.models.shape import Model

_WHOLE_CARDS = (*SERVERS, "exllamav2", "exllamav3", "transformers")  # their estimates count all cards as one


@dataclass(frozen=True)
class Estimated:
    """What a model takes under these settings. `vram`: bytes a loader can have on each GPU, None where unknown;
    `serving`: the settings of an engine that fills its cards, which `engine` names then.
    """

    model: Model
    settings: Settings
    result: Estimate
    engine: str = ""
    vram: tuple[int, ...] | None = None
    serving: VllmSettings | None = None
    translations: Translations = Translations()  # noqa: RUF009 - immutable

    @cached_property
    def answer(self) -> Answer:
        """The estimate in words."""
        return self.translations.of(self._said())

    def _said(self) -> Answer:
        if self.serving is not None and self.result.serving is not None:
            advice = tuple(note for note in self.result.notes if note not in self.model.notes)
            return serving_answer(self.model, self.serving, self.result, self.engine, advice)
        return estimate_answer(self.model, self.settings, self.result, self.vram)


def opened(text: str, catalog: Catalog, hub: HubLike | None) -> Model:
    """The model that a text means: a file or folder when there is one, else a repository, else a known name.

    Raises:
        UserError: nothing of that name is known or readable.
    """
    path = Path(text)
    if _exists(path):
        return read_model(path)
    if path.suffix.lower() == ".gguf" and len(path.parts) > 1:
        raise UserError("There is no file {text}.", "没有文件 {text}。").format(text=text)
    return requested_model(text, catalog, hub).model if "/" in text else named_model(text, catalog)


def for_engine(model: Model, text: str, engine: str | None, catalog: Catalog) -> Model:
    """The model named by a text; as published for engines that load original weights, unless it names a format."""
    plain = engine in (*SERVERS, "transformers") and model.shape.source == "catalog"
    name = parse_name(text, catalog.called)
    return as_published(model.shape) if plain and name.quant is None and name.format is None else model


def estimated(
    model: Model, settings: Settings, engine: Engine | None, cards: Machine | None, options: Mapping[str, Any]
) -> Estimated:
    """What the model takes in an engine (None: the usual one), on the cards if any are named. `options`: what only some
    engines have.
    """
    engine = engine or usual_engine(model)
    vram = cards.usable_vram if cards is not None else None
    if vram is not None and engine not in _WHOLE_CARDS:
        settings = _over_cards(settings, vram)
    serving = _serving(model, options, cards) if engine in SERVERS else None
    cache = options.get("cache") or (f"q{options['kv_bits']:g}" if _is_packed(options.get("kv_bits")) else "")
    drafts = int(options.get("num_speculative_tokens") or 0)
    result = engine_estimate(model, settings, engine, serving=serving, cache=str(cache), drafts=drafts)
    return Estimated(model, settings, result, engine, vram, serving)


def most_layers(model: Model, settings: Settings, budget: int) -> Estimated:
    """As many layers on the GPU as stay within a budget, in bytes of the loader's own accounting."""
    result = most_gpu_layers(model, settings, budget)
    return Estimated(model, settings.with_gpu_layers(result.gpu_layers), result)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _is_packed(bits: object) -> bool:
    return isinstance(bits, int | float) and not isinstance(bits, bool) and 2 <= bits <= 8


def _serving(model: Model, options: Mapping[str, Any], cards: Machine | None) -> VllmSettings:
    """A serving engine's settings; named cards without a parallel size are shared out over all of them."""
    if cards is None:
        return serving_settings(options, model.shape, auto_bits=checkpoint_cache_bits(model))
    sizes = [device.shown for device in cards.devices if device.memory]
    tensor, pipeline = parallel_sizes(model.shape, max(1, len(sizes)))
    told = {key: value for key, value in options.items() if key != "vram" and value is not None}
    told.setdefault("gpu", " ".join(device.name for device in cards.devices))
    given = told.keys() & {"tp", "tensor_parallel_size", "pp", "pipeline_parallel_size"}
    shared = {} if given else {"tp": tensor, "pp": pipeline}
    vram = reported_memory(min(sizes, default=0))
    return serving_settings({**told, **shared}, model.shape, vram, checkpoint_cache_bits(model))


def _over_cards(settings: Settings, vram: tuple[int, ...]) -> Settings:
    """Layers split by the cards' memory, as llama.cpp does where nobody says otherwise."""
    if len(vram) < 2 or settings.tensor_split:
        return settings
    return replace(settings, tensor_split=tuple(float(size) for size in vram))
