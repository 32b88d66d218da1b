"""What a plan says of the machine itself, and what else holds its memory."""

import pytest
from shipped import CLINIC

from bot.answers.machines import machine_advice
from bot.clinic.fitting import Prospect
from bot.hardware.machine import shared_vram
from bot.hardware.systems import System

GIB = 1 << 30


def asked(model: str, vram: str, ram: str = "32", system: System = "linux", **more: object) -> Prospect:
    return CLINIC.can_run(model, vram, ram, system=system, **more)  # type: ignore[arg-type]


def said(found: Prospect) -> str:
    return " ".join(text.en for text in machine_advice(found.plan))


@pytest.mark.parametrize(
    ("memory", "megabytes"),
    [(16, 12713.12), (24, 19069.67), (32, 26800.60), (36, 30150.67), (48, 40200.90), (64, 55662.79), (128, 115448.73)],
)
def test_macos_gives_graphics_what_metal_recommends(memory: int, megabytes: float) -> None:
    assert shared_vram(memory * GIB, "macos") / 1e6 == pytest.approx(megabytes, abs=1)


def test_gb10_gives_cuda_nearly_all() -> None:
    usable = asked("Qwen3-8B-Q4_K_M", "GB10", "128").plan.machine.usable_vram
    assert 115 * GIB < usable[0] < 124 * GIB


def test_a_tight_card_is_said_to_be_and_what_windows_does_then() -> None:
    tight = asked("Qwen3-14B-Q4_K_M", "12", context=15360, system="windows")
    assert tight.plan.verdict == "gpu"
    assert "shared memory" in said(tight)
    assert "shared memory" not in said(asked("Qwen3-8B-Q4_K_M", "24", system="windows"))


def test_a_mac_is_told_how_to_raise_its_limit_where_that_helps() -> None:
    found = asked("Llama-3.3-70B-Instruct-Q6_K", "M1 Max 64GB", "64", system="macos")
    assert found.plan.verdict != "gpu"
    assert "iogpu.wired_limit_mb=59392" in said(found)
    assert "wired_limit" not in said(asked("Qwen3-8B-Q4_K_M", "M1 Max 64GB", "64", system="macos"))


def test_cards_of_two_makers_need_vulkan() -> None:
    found = asked("Qwen3-32B-Q4_K_M", "RTX 3090+RX 7900 XTX")
    assert found.plan.placement.settings.backend == "vulkan"
    assert "Vulkan" in said(found)


def test_a_laptop_keeps_less_on_its_card_and_wants_its_plug() -> None:
    laptop, desktop = asked("Qwen3-8B-Q4_K_M", "RTX 4060 Laptop"), asked("Qwen3-8B-Q4_K_M", "RTX 4060")
    assert laptop.plan.machine.usable_vram > desktop.plan.machine.usable_vram
    assert "Plug" in said(laptop)


@pytest.mark.parametrize("phone", ["骁龙8gen3", "iPhone 16 Pro", "天玑9300", "手机"])
def test_a_phone_runs_a_small_model_in_an_app_for_phones(phone: str) -> None:
    small, large = asked("Qwen3-1.7B-Q4_K_M", phone, "8"), asked("Qwen3-32B-Q4_K_M", phone, "8")
    assert small.plan.verdict == "gpu"
    assert large.plan.verdict == "no"
    assert list(small.commands) == ["PocketPal"]
    assert "Q4_0" in said(small)


def test_integrated_graphics_borrow_from_ram() -> None:
    found = asked("Qwen3-4B-Q4_K_M", "核显", "16", system="windows")
    assert found.plan.machine.usable_vram == (8 * GIB,)


def test_what_another_program_holds_is_taken_off() -> None:
    free, held = asked("Qwen3-14B-Q4_K_M", "12"), asked("Qwen3-14B-Q4_K_M", "12", held="3GB")
    assert free.plan.verdict == "gpu"
    assert held.plan.verdict == "split"
    assert free.plan.machine.usable_vram[0] - held.plan.machine.usable_vram[0] == 3 * GIB


def test_the_picture_part_and_a_draft_model_go_to_the_card_too() -> None:
    plain = asked("gemma-3-27b-it-Q4_K_M", "24", context=4096).plan.placement.estimate.gpu.weights
    pictures = asked("gemma-3-27b-it-Q4_K_M", "24", context=4096, pictures=True).plan.placement.estimate.gpu.weights
    drafting = asked("gemma-3-27b-it-Q4_K_M", "24", context=4096, draft="gemma-3-1b-it-Q4_K_M").plan
    assert 0.7 * GIB < pictures - plain < 1.5 * GIB
    assert 0.6 * GIB < drafting.placement.estimate.gpu.weights - plain < 1.5 * GIB


def test_vulkan_where_rocm_takes_too_much() -> None:
    found = asked("Qwen2.5-32B-Instruct-Q4_K_M", "RX 7900 XT", "64", context=4096)
    assert found.plan.verdict == "gpu"
    assert "Vulkan build" in said(found)
    assert "Vulkan" not in said(asked("Qwen3-8B-Q4_K_M", "RX 7900 XT", "64"))
