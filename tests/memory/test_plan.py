from dataclasses import replace

import pytest
from shipped import CLINIC

from bot.answers.markdown import markdown
from bot.clinic.message import Message
from bot.hardware.amounts import GIB, parse_vram
from bot.hardware.machine import Machine
from bot.hardware.systems import System
from bot.memory.estimate import estimate
from bot.memory.plan import Plan, base_settings, layers_that_fit, make_plan, place, recommended
from bot.memory.settings import Settings
from bot.models.named import model_in_quant, named_model
from bot.models.requested import GGUF_LADDER


def machine(vram: str, ram: int, system: System = "windows") -> Machine:
    return Machine(parse_vram(vram, CLINIC.cards), ram * GIB, system)


def plan(name: str, vram: str, ram: int, system: System = "windows", context: int | None = None) -> Plan:
    model = named_model(name, CLINIC.catalog)
    others = [(quant, model_in_quant(model.shape, quant)) for quant in GGUF_LADDER]
    return make_plan(model, machine(vram, ram, system), context=context, others=others)


@pytest.mark.parametrize(
    ("name", "vram", "ram", "system", "verdict"),
    [
        ("Llama-3.1-8B-Instruct-Q4_K_M", "3060", 32, "windows", "gpu"),
        ("Qwen2.5-32B-Instruct-Q4_K_M", "3060", 32, "windows", "split"),
        ("Qwen2.5-32B-Instruct-Q4_K_M", "3060", 8, "windows", "no"),
        ("Llama-3.1-8B-Instruct-Q4_K_M", "0", 16, "linux", "cpu"),
        ("Llama-3.3-70B-Instruct-Q4_K_M", "2x3090", 64, "linux", "gpu"),
        ("Qwen3-32B-Q4_K_M", "M4 Max 64GB", 64, "macos", "gpu"),
        ("Qwen3-32B-Q4_K_M", "M2 16GB", 16, "macos", "no"),
        ("DeepSeek-R1-Q4_K_M", "24", 64, "linux", "no"),
        ("Qwen2.5-32B-Instruct-4.0bpw-exl2", "3090", 32, "linux", "gpu"),
        ("Qwen2.5-72B-Instruct-AWQ", "3090", 128, "linux", "no"),
    ],
)
def test_verdict(name: str, vram: str, ram: int, system: System, verdict: str) -> None:
    assert plan(name, vram, ram, system).verdict == verdict


@pytest.mark.parametrize("vram", ["6", "8", "12", "16", "24", "24+12", "2x12"])
@pytest.mark.parametrize("name", ["Qwen2.5-32B-Instruct-Q4_K_M", "Qwen3-30B-A3B-Q4_K_M", "gemma-3-27b-it-Q4_K_M"])
def test_never_more_than_fits_and_no_layer_wasted(name: str, vram: str) -> None:
    found = plan(name, vram, 64)
    placed, have = found.placement, found.machine.usable_vram
    assert all(usage.needed <= budget for usage, budget in zip(placed.estimate.gpus, have, strict=True))
    assert placed.estimate.host.total <= found.machine.usable_ram
    if placed.verdict == "split" and not placed.settings.experts_on_host:
        more = estimate(found.model, replace(placed.settings, gpu_layers=placed.gpu_layers + 1))
        assert any(usage.needed > budget for usage, budget in zip(more.gpus, have, strict=True))


def test_layers_that_draft_count_as_loaders_count_them() -> None:
    found = plan("GLM-4.5-Air-Q4_K_S", "24", 64)
    assert (found.model.shape.layers, found.model.shape.next_token_layers) == (46, 1)
    assert found.placement.gpu_layers == found.model.shape.offloadable == 48  # as "offloaded 48/48 layers to GPU"
    asked = CLINIC.reply(Message("Does glm 4.5 air fit a 3090 with 64 GB of RAM?"))
    assert asked.answer
    assert "48 of 48" in markdown(asked.answer, "en")


def test_a_mixture_keeps_its_attention_on_the_card() -> None:
    found = plan("Qwen3-30B-A3B-Q4_K_M", "8", 32)
    assert found.verdict == "split"
    assert found.placement.settings.experts_on_host > 0
    assert found.placement.gpu_layers == found.model.shape.layers + 1


@pytest.mark.parametrize(
    ("name", "vram"), [("Llama-3.1-8B-Instruct-Q4_K_M", "12"), ("Qwen2.5-32B-Instruct-Q4_K_M", "12")]
)
def test_the_largest_context_holds_and_one_step_more_does_not(name: str, vram: str) -> None:
    found = plan(name, vram, 24)
    settings = found.placement.settings
    at_most = place(found.model, found.machine, replace(settings, context=found.max_context))
    assert at_most.verdict == found.verdict
    if found.max_context < found.model.shape.trained_context:
        beyond = place(found.model, found.machine, replace(settings, context=found.max_context + 1024))
        assert beyond.verdict != found.verdict


def test_larger_quantizations_never_fit_better() -> None:
    order = ["gpu", "split", "cpu", "no"]
    options = plan("Qwen2.5-14B-Instruct-Q4_K_M", "10", 24).options
    by_size = sorted(options, key=lambda option: option.size)
    assert [order.index(option.verdict) for option in by_size] == sorted(order.index(o.verdict) for o in by_size)


def test_recommendation_stays_at_four_bits_where_it_can() -> None:
    best = recommended(plan("Qwen2.5-32B-Instruct-Q4_K_M", "24", 32).options)
    assert best
    assert best.verdict == "gpu"
    assert best.bits_per_weight >= 4
    assert recommended(()) is None


def test_a_quantized_cache_is_offered_where_it_helps() -> None:
    saver = plan("Llama-3.1-8B-Instruct-Q4_K_M", "8", 32, context=32768).cache_saver
    assert saver is not None
    assert saver.verdict == "gpu"


def test_ram_is_checked_by_what_stays_and_by_the_old_rule() -> None:
    ram = plan("Qwen2.5-32B-Instruct-Q4_K_M", "3090", 16).ram
    assert ram.fits
    assert not ram.whole_file_fits


def test_a_mixture_reads_less_per_token() -> None:
    dense, mixture = plan("Qwen3-32B-Q4_K_M", "3090", 32), plan("Qwen3-30B-A3B-Q4_K_M", "3090", 32)
    assert dense.speed
    assert mixture.speed
    assert mixture.speed.low > 2 * dense.speed.high / 2 > 0
    assert dense.speed.low < dense.speed.high


def test_windows_keeps_more_for_itself_than_linux() -> None:
    assert machine("12", 32, "windows").usable_vram < machine("12", 32, "linux").usable_vram
    assert machine("12", 32, "windows").usable_ram < machine("12", 32, "linux").usable_ram


def test_a_mac_shares_its_memory() -> None:
    mac = machine("M2 Max 64GB", 16, "macos")
    assert mac.unified
    assert mac.usable_vram == (int(0.81 * 64 * GIB),)
    assert mac.usable_ram == 61 * GIB


def test_context_defaults_to_what_the_model_knows() -> None:
    assert plan("Llama-2-7b-chat-hf-Q4_K_M", "12", 16).placement.settings.context == 4096
    assert plan("Llama-3.1-8B-Instruct-Q4_K_M", "12", 16).placement.settings.context == Settings().context


def test_an_amd_card_gives_one_number_everywhere() -> None:
    found = plan("Qwen2.5-32B-Instruct-Q4_K_M", "RX 7900 XT", 64, system="linux", context=4096)
    asked = base_settings(found.machine, 4096)
    assert found.verdict == "gpu"
    assert layers_that_fit(found.model, found.machine, asked).settings.gpu_layers == found.placement.settings.gpu_layers


@pytest.mark.parametrize(
    ("name", "vram", "ram"),
    [
        ("GLM-4.5-Air-Q4_K_M", "2x3090", 64),
        ("gpt-oss-120b", "2x3060", 64),
        ("Qwen3-235B-A22B-Q4_K_M", "4x3090", 128),
        ("Qwen3-Next-80B-A3B-Instruct-Q4_K_M", "3060+3090", 64),
    ],
)
def test_each_of_several_cards_gets_experts(name: str, vram: str, ram: int) -> None:
    """Layers whose experts lie in RAM are light, so even shares would leave all but the last card nearly empty."""
    found = plan(name, vram, ram, "linux")
    cards = zip(found.placement.estimate.gpus, found.machine.usable_vram, strict=True)
    assert found.placement.settings.experts_on_host
    assert all(budget * 0.85 <= usage.needed <= budget for usage, budget in cards)


def test_a_context_that_fits_is_no_longer_than_the_largest() -> None:
    found = plan("gemma-4-31B-it-Q4_K_M", "7900 xt", 32, "linux")  # whole only with Vulkan's smaller driver
    assert (found.placement.settings.backend, found.verdict) == ("vulkan", "gpu")
    assert found.max_context >= found.placement.settings.context


def test_below_four_bits_a_part_on_the_card_comes_before_none() -> None:
    best = plan("Qwen3.6-27B-Q4_K_M", "M1 16GB", 16, "macos", context=4096).best
    assert best is not None
    assert best.verdict in {"gpu", "split"}


def test_a_phone_gets_four_bits() -> None:
    best = plan("Qwen3-4B-Q4_K_M", "Snapdragon 8 Gen 3", 16).best
    assert best is not None
    assert 4 <= best.bits_per_weight < 5.2


def test_a_card_with_builds_of_its_own_gets_these() -> None:
    found = CLINIC.can_run("Qwen3-32B-Q4_K_M", "ascend 910b 64g", "128", system="linux")
    assert list(found.commands) == ["llama.cpp"]
    assert "CANN" in markdown(found.answer, "zh")
    assert "Q4_0" in markdown(found.answer, "en")
