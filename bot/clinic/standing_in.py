"""A model that stands for a size that was told without a name: "a 32b"."""

from collections.abc import Callable, Iterator

from bot.base.errors import UserError
from bot.models.catalog import Catalog
from bot.models.recommended import Recommendations
from bot.models.requested import RequestedModel, requested_model

USUAL_QUANT = "Q4_K_M"
_LIKE = 0.06  # share by which a model of the list may differ from the size that was told
_SOMEWHAT_LIKE = 0.3
_FOR_PICTURES = "-VL-"  # in the names of models that are no plain ones of their size
_LARGE = 200  # billions of parameters, from which on mixtures of experts are what people mean


def stand_in(
    size: float, catalog: Catalog, recommendations: Recommendations, quant_of: Callable[[str], str]
) -> RequestedModel | None:
    """A known model of about `size` billion parameters, in the quantization that `quant_of` has for its name ("" = the
    usual one); None where there is none.
    """
    for name in _names_of(size, catalog, recommendations):
        try:
            return requested_model(f"{name} {quant_of(name) or USUAL_QUANT}", catalog)
        except UserError:
            continue
    return None


def _names_of(size: float, catalog: Catalog, recommendations: Recommendations) -> Iterator[str]:
    """Models of about so many billion parameters, the nearest first; mixtures of experts among the largest only."""
    dense = [model for model in recommendations.models if model.shape.experts is None or size > _LARGE]
    like = [model.name for model in dense if abs(model.parameters - size) <= _LIKE * size]
    yield from like or sorted(catalog.of_size(size), key=lambda name: _FOR_PICTURES in name)
    yield from (model.name for model in dense if abs(model.parameters - size) <= _SOMEWHAT_LIKE * size)
