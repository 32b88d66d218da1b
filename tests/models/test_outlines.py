"""A model of which only the number of parameters is known gets a range that holds the truth."""

import pytest

from bot.knowledge.files import knowledge_root
from bot.memory.estimate import estimate
from bot.memory.settings import Settings
from bot.models.catalog import CatalogModel, PerLayer, load_catalog, model_shape
from bot.models.named import model_in_quant, named_model
from bot.models.outline import Outline, stand_in

CATALOG = load_catalog(knowledge_root())


def most(value: PerLayer) -> int:
    return value if isinstance(value, int) else max(value)


def outline_of(model: CatalogModel) -> Outline:
    """A known model, forgotten but for what its page tells."""
    latent = model.latent is not None
    return Outline(
        id=model.id, repo=model.repo, parameters_b=model.parameters_b, active_b=model.active_b, layers=model.layers,
        embedding=model.embedding, heads=most(model.heads), kv_heads=1 if latent else most(model.kv_heads),
        key_length=288 if latent else model.key_length, vocabulary=model.vocabulary, context=model.context,
        source="", checked="",
    )  # fmt: skip


@pytest.mark.parametrize("quant", ["Q8_0", "Q4_K_M"])
def test_the_range_holds_the_truth(quant: str) -> None:
    holds = []
    for model in CATALOG.models[::6]:
        truth, rough = model_in_quant(model_shape(model), quant), model_in_quant(stand_in(outline_of(model)), quant)
        low, high = (rough.file_bytes * (1 + sign * rough.spread) for sign in (-1, 1))
        total, reach = (estimate(each, Settings(context=8192, backend="none")).gpu for each in (truth, rough))
        holds.append(low <= truth.file_bytes <= high and reach.range.low <= total.total <= reach.range.high)
    assert sum(holds) / len(holds) >= 0.94


@pytest.mark.parametrize("outline", CATALOG.outlines[::4], ids=lambda outline: str(outline.id))
def test_every_outline_has_the_size_of_its_parameters(outline: Outline) -> None:
    model = model_in_quant(stand_in(outline), "Q4_K_M")
    assert (outline.native_bits or 4.3) - 0.01 < model.file_bytes * 8 / (outline.parameters_b * 1e9) < 6.5
    assert not model.exact
    assert outline.id in model.notes[0].en
    assert outline.id in model.notes[0].zh


def test_an_outline_is_found_like_any_other_model() -> None:
    model = named_model("kimi k3 q2_k", CATALOG)
    assert model.shape.name == "Kimi-K3"
    assert model.file_bytes > 800e9
    rough = estimate(model, Settings(context=8192, backend="none"))
    assert not rough.exact
    assert rough.gpu.range.low < rough.gpu.total < rough.gpu.range.high


def test_an_outline_without_any_inner_number_has_usual_ones() -> None:
    shape = stand_in(Outline(id="X-7B", repo="x/X-7B", parameters_b=7, source="", checked=""))
    assert shape.layers == 36
    assert shape.parameters == 7_000_000_000
    assert shape.source == "outline"


def test_popularity_orders_what_a_size_may_mean() -> None:
    popularity = {entry.id: entry.popularity for entry in CATALOG.entries}
    told = [popularity[name] for name in CATALOG.of_size(27)]
    assert told == sorted(told, reverse=True)
    assert told[0] >= 4
