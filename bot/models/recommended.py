"""Models that people run, from knowledge/recommended.yaml, with their shapes from the catalog."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from bot.knowledge.failures import Reference
from bot.knowledge.files import Fault, load_all
from bot.models.catalog import Catalog, load_catalog
from bot.models.named import model_in_quant
from bot.models.shape import Model, ModelShape
from bot.models.uses import Use

_FILE = "recommended.yaml"
# From few to many bits: what is tried on a machine. At Q6_K nothing is lost any more; below four bits quality falls.
LADDER = ("IQ4_XS", "Q4_K_M", "Q5_K_M", "Q6_K")


class RecommendedRow(msgspec.Struct, frozen=True):
    """A model as it is written."""

    name: str
    uses: tuple[Use, ...]
    released: str
    quant: str | None = None


class RecommendationFile(msgspec.Struct, frozen=True):
    """The whole file."""

    checked: str
    sources: tuple[Reference, ...]
    models: tuple[RecommendedRow, ...]


@dataclass(frozen=True, slots=True)
class Recommended:
    """A model people run: what for, and in which quantizations it is offered, few bits first."""

    name: str
    uses: tuple[Use, ...]
    shape: ModelShape
    parameters: float  # billions
    quants: tuple[str, ...]

    def in_quant(self, quant: str) -> Model:
        """The model in one of its quantizations; remembered."""
        return model_in_quant(self.shape, quant)


@dataclass(frozen=True, slots=True)
class Recommendations:
    """The whole list, best first within a use; `checked` is the month in which it was last looked at."""

    models: tuple[Recommended, ...]
    checked: str
    sources: tuple[Reference, ...]

    def for_use(self, use: Use) -> tuple[Recommended, ...]:
        """The models for a use, best first."""
        return tuple(model for model in self.models if use in model.uses)


def load_recommendations(root: Path, catalog: Catalog | None = None) -> Recommendations:
    """The list under `root`; raises DataError when it is faulty or names a model that the catalog does not know."""
    known = catalog or load_catalog(root)
    raw = load_all(root, _FILE, "recommended", RecommendationFile)[0]
    return Recommendations(tuple(_with_shape(each, known) for each in raw.models), raw.checked, raw.sources)


def recommendation_faults(root: Path, catalog: Catalog) -> Iterator[Fault]:
    """Names that the catalog does not know."""
    raw = load_all(root, _FILE, "recommended", RecommendationFile)[0]
    for number, model in enumerate(raw.models):
        if catalog.shape(model.name) is None:
            yield Fault(_FILE, f"models[{number}].name", f"the catalog knows no {model.name!r}")


def _with_shape(raw: RecommendedRow, catalog: Catalog) -> Recommended:
    shape = catalog.shape(raw.name)
    if shape is None:
        raise LookupError(f"{_FILE}: the catalog knows no {raw.name!r}")
    found = catalog.find(raw.name)
    parameters = found.model.parameters_b if found else 0.0
    shape = replace(shape, name=raw.name)
    return Recommended(raw.name, raw.uses, shape, parameters, (raw.quant,) if raw.quant else LADDER)
