"""The search for the fewest parts that must leave the cards: the same answer as trying all, in few tries."""

from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import example, given
from hypothesis import settings as trying
from hypothesis import strategies as st

import bot.memory.plan as planning
from bot.hardware.amounts import parse_vram
from bot.hardware.cards import load_card_index
from bot.hardware.machine import Machine
from bot.knowledge.files import knowledge_root
from bot.memory.estimate import Estimate, estimate, forget_graphs
from bot.memory.plan import CONTEXT_STEP, RANK, base_settings, largest_context, make_plan, place
from bot.memory.searching import freed_by_experts, freed_by_layers, least
from bot.memory.settings import ALL, Settings
from bot.models.catalog import load_catalog
from bot.models.named import named_model
from bot.models.shape import Model

CATALOG, CARDS = load_catalog(knowledge_root()), load_card_index(knowledge_root())


@given(st.lists(st.integers(0, 50), max_size=60), st.lists(st.integers(0, 50), min_size=60), st.integers(0, 1500))
def test_least_is_what_trying_all_finds(grows: list[int], guessed: list[int], missing: int) -> None:
    """Whatever is told about what parts free, right or wrong."""
    left = [-missing, *accumulate(grows, initial=-missing)][1:]
    told = [0, *accumulate(guessed)]
    all_tried = next((number for number, spare in enumerate(left) if spare >= 0), None)
    most = len(left) - 1
    assert least(most, left.__getitem__, lambda count: float(told[count])) == all_tried
    assert least(most, left.__getitem__, lambda count: float(told[count]), start=missing % (most + 9)) == all_tried
    if left[most] >= 0:
        assert least(most, left.__getitem__, lambda count: float(told[count]), (most, left[most])) == all_tried


@given(st.lists(st.integers(1, 50), min_size=1, max_size=200), st.integers(0, 10_000))
@example([1, 1, 7], 3)
def test_where_parts_free_what_was_said_three_tries_do(sizes: list[int], missing: int) -> None:
    sums = [0, *accumulate(sizes)]
    tries = []

    def spare(count: int) -> int:
        tries.append(count)
        return sums[count] - missing

    least(len(sizes), spare, lambda count: float(sums[count]))
    assert len(tries) <= 3


MODELS = ("Qwen2.5-72B-Instruct-Q4_K_M", "Qwen3-30B-A3B-Q5_K_M", "gemma-3-27b-it-Q6_K", "GLM-4.5-Air-Q3_K_M")


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("vram", ["8", "3060", "24"])
def test_a_placement_is_the_one_that_trying_all_finds(name: str, vram: str) -> None:
    model, machine = named_model(name, CATALOG), Machine(parse_vram(vram, CARDS), 256 << 30)
    settings = base_settings(machine, 8192)
    placed = place(model, machine, settings)
    tried = [*_all(model, settings)]
    fitting = (each for each in tried if each.gpu.needed <= machine.usable_vram[0])
    best = next(fitting)
    assert (placed.estimate.gpu, placed.estimate.host) == (best.gpu, best.host)


def _all(model: Model, settings: Settings) -> list[Estimate]:
    """Every way in the order in which a plan prefers them: experts in RAM, then layers."""
    layers = model.shape.layers
    experts = range(layers + 1) if model.shape.experts else (0,)
    ways = [replace(settings, gpu_layers=ALL, experts_on_host=count) for count in experts]
    ways += [settings.with_gpu_layers(count) for count in range(model.shape.offloadable, -1, -1)]
    return [estimate(model, way) for way in ways]


@given(st.sampled_from(MODELS), st.sampled_from([6, 8, 12, 16]), st.sampled_from([24, 32, 48, 64, 96]), st.booleans())
@trying(max_examples=12, deadline=None)
def test_the_largest_context_is_the_one_that_trying_all_finds(name: str, vram: int, ram: int, packed: bool) -> None:
    """Searched from where the last search ended, whole or split."""
    model = named_model(name, CATALOG)
    model = replace(model, shape=replace(model.shape, trained_context=20 * CONTEXT_STEP))
    machine = Machine(parse_vram(str(vram), CARDS), ram << 30)
    base = base_settings(machine, 4 * CONTEXT_STEP, "q8_0" if packed else "f16")
    verdict = place(model, machine, base).verdict
    found = largest_context(model, machine, base, verdict)
    steps = range(1, 21) if verdict != "no" else ()
    placed = [place(model, machine, replace(base, context=step * CONTEXT_STEP)).verdict for step in steps]
    held = [step for step, each in zip(steps, placed, strict=True) if RANK[each] <= RANK[verdict]]
    assert found == max(held, default=0) * CONTEXT_STEP


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("layers", [-1, 0, 1, 9, 30])
def test_what_is_remembered_of_other_quantizations_changes_nothing(name: str, layers: int) -> None:
    model, settings = named_model(name, CATALOG), Settings(context=8192, gpu_layers=layers)
    other = named_model(name.rpartition("-")[0] + "-IQ4_XS", CATALOG)
    estimate(other, settings)
    remembered = estimate(model, settings)
    forget_graphs()
    assert estimate(model, settings) == remembered


@pytest.mark.parametrize("name", MODELS)
def test_what_is_said_to_be_freed_is_freed(name: str) -> None:
    """But for the buffers, which the first layer in RAM changes."""
    model = named_model(name, CATALOG)
    settings = Settings(context=8192)
    freed, experts = freed_by_layers(model, settings), freed_by_experts(model, settings)
    most = model.shape.offloadable
    held = [estimate(model, settings.with_gpu_layers(most - count)).gpu for count in (1, 9)]
    gained = sum(getattr(held[0], part) - getattr(held[1], part) for part in ("weights", "kv_cache", "recurrent"))
    assert gained == freed(9) - freed(1)
    moved = [estimate(model, replace(settings, experts_on_host=count)).gpu.weights for count in (1, 9)]
    assert moved[0] - moved[1] == experts(9) - experts(1)


@pytest.mark.parametrize("name", MODELS)
def test_a_split_plan_takes_few_estimates(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = []

    def counting(model: Model, settings: Settings) -> Estimate:
        counted.append(settings)
        return estimate(model, settings)

    monkeypatch.setattr(planning, "estimate", counting)
    monkeypatch.setattr(planning, "_estimated", counting)
    plan = make_plan(named_model(name, CATALOG), Machine(parse_vram("16", CARDS), 256 << 30))
    assert plan.verdict == "split"
    assert len({*counted}) <= 14


def test_a_card_s_share_of_heavy_layers_is_the_nearest_one() -> None:
    """Rounded up, the first card of two was full with one layer of experts fewer than both of them hold."""
    model, machine = named_model("gpt-oss-120b", CATALOG), Machine(parse_vram("2x3060", CARDS), 64 << 30, "linux")
    placed = place(model, machine, base_settings(machine, 8192))
    used = [usage.needed / have for usage, have in zip(placed.estimate.gpus, machine.usable_vram, strict=True)]
    assert placed.settings.experts_on_host <= 25
    assert max(used) - min(used) < 0.05
