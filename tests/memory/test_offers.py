"""About ten models for a machine: what is offered fits, the wanted uses are there, tiny ones stay away."""

from functools import cache

import pytest

from bot.base.sizes import GIB
from bot.hardware.amounts import parse_vram
from bot.hardware.cards import CardIndex, load_card_index
from bot.hardware.machine import Machine
from bot.hardware.planned import planned
from bot.hardware.systems import System
from bot.hardware.told import ToldMachine
from bot.knowledge.files import knowledge_root
from bot.memory.compare import compare
from bot.memory.needs import needs_of
from bot.memory.offers import Offer, largest, offers_for
from bot.models.catalog import Catalog, load_catalog
from bot.models.named import named_model
from bot.models.recommended import Recommendations, load_recommendations, recommendation_faults


@cache
def catalog() -> Catalog:
    return load_catalog(knowledge_root())


@cache
def recommendations() -> Recommendations:
    return load_recommendations(knowledge_root(), catalog())


@cache
def cards() -> CardIndex:
    return load_card_index(knowledge_root())


def machine(vram: str, ram: int, system: System = "windows") -> Machine:
    return Machine(parse_vram(vram, cards()), ram * GIB, system)


def offers(vram: str, ram: int, system: System = "windows") -> tuple[Offer, ...]:
    return offers_for(recommendations(), machine(vram, ram, system))


def test_every_recommended_model_is_in_the_catalog() -> None:
    assert not list(recommendation_faults(knowledge_root(), catalog()))


@pytest.mark.parametrize(
    ("vram", "ram"), [("3060", 32), ("8", 16), ("2x3090", 64), ("0", 32), ("0", 12), ("4090", 128)]
)
def test_what_is_offered_fits_and_runs_at_a_bearable_speed(vram: str, ram: int) -> None:
    wanted = machine(vram, ram)
    for offer in offers(vram, ram):
        estimate = offer.placement.estimate
        assert estimate.host.needed <= wanted.usable_ram
        for usage, budget in zip(estimate.gpus, wanted.usable_vram, strict=False):
            assert usage.needed <= budget
        assert offer.speed.speed_class in {"fast", "comfortable", "readable"}


def test_a_usual_card_gets_several_uses_whole_and_split() -> None:
    found = offers("3060", 32)
    assert 6 <= len(found) <= 10
    assert {use for offer in found for use in offer.recommended.uses} >= {"chat", "roleplay", "coding"}
    whole, split = largest(found, "gpu"), largest(found, "split")
    assert whole is not None
    assert split is not None
    assert whole.recommended.parameters < split.recommended.parameters
    assert split.is_mixture


def test_a_large_machine_is_not_offered_toys() -> None:
    assert min(offer.recommended.parameters for offer in offers("2x3090", 64)) > 4


def test_more_memory_opens_more() -> None:
    small, large = largest(offers("8", 32), "gpu"), largest(offers("4090", 32), "gpu")
    assert small is not None
    assert large is not None
    assert small.recommended.parameters < large.recommended.parameters


def test_nothing_fits_a_machine_of_the_past() -> None:
    assert not offers_for(recommendations(), Machine((), GIB // 16))


def test_needs_of_a_70b() -> None:
    needs = needs_of(named_model("Llama-3.3-70B-Instruct-Q4_K_M", catalog()))
    assert needs.cards == (24, 24)
    assert needs.ram is not None
    assert needs.ram >= 48
    assert needs.splits[0].card < 24


def test_needs_grow_with_the_context() -> None:
    model = named_model("Qwen3-14B-Q4_K_M", catalog())
    assert sum(needs_of(model, context=32768).cards) > sum(needs_of(model, context=4096).cards)


def told(vram: str) -> ToldMachine:
    return ToldMachine(devices=parse_vram(vram, cards()))


@pytest.mark.parametrize(
    ("options", "best"),
    [
        (("2x3060", "3090"), "RTX 3090"),  # as much memory, twice the bandwidth
        (("4060 Ti 16g", "3070"), "RTX 4060 Ti"),  # memory first
        (("3090", "4070 Ti"), "RTX 3090"),
    ],
)
def test_memory_first_then_bandwidth(options: tuple[str, ...], best: str) -> None:
    machines = [planned(told(option), "windows", cards()) for option in options]
    chosen = compare(machines, recommendations()).best
    assert chosen is not None
    assert chosen.planned.machine.devices[0].name == best


@pytest.mark.parametrize(
    ("options", "model", "best"),
    [
        (("2x5060 Ti 16g", "3090"), "Qwen3-32B-Q4_K_M", "RTX 3090"),  # both hold it: the quicker one
        (("4070", "4060 Ti 16g"), "Qwen3-14B-Q6_K", "RTX 4060 Ti"),  # only one holds it whole
        (("4060 Ti 16g", "3070"), "Qwen3-32B-Q8_0", "RTX 4060 Ti"),  # none does: memory first
    ],
)
def test_what_runs_the_wanted_model_best(options: tuple[str, ...], model: str, best: str) -> None:
    machines = [planned(told(option), "windows", cards()) for option in options]
    chosen = compare(machines, recommendations(), named_model(model, catalog())).best
    assert chosen is not None
    assert chosen.planned.machine.devices[0].name == best


def test_much_memory_against_much_speed_is_left_to_the_reader() -> None:
    machines = [planned(told(option), "windows", cards()) for option in ("M3 Ultra 96GB", "2x4090")]
    comparison = compare(machines, recommendations())
    assert comparison.best is None or comparison.best.planned.machine.devices[0].name == "M3 Ultra"
