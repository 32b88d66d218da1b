"""Who made a card and which kind of system a name means."""

import pytest

from bot.hardware.amounts import GIB, parse_vram
from bot.hardware.cards import load_card_index
from bot.hardware.machine import Machine
from bot.hardware.systems import system_family
from bot.knowledge.files import knowledge_root

CARDS = load_card_index(knowledge_root())


def test_no_known_card_is_taken_for_another_makers() -> None:
    wrong = [card.name for card in CARDS.cards if CARDS.maker(card.name) not in {card.vendor, None}]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "vendor"),
    [
        ("NVIDIA GeForce RTX 4070 Ti SUPER", "nvidia"),
        ("Tesla M40", "nvidia"),
        ("M40", "nvidia"),
        ("A100-SXM4-80GB", "nvidia"),
        ("L40S", "nvidia"),
        ("AMD Radeon RX 7900 XTX", "amd"),
        ("RX 6800 XT", "amd"),
        ("gfx1100", "amd"),
        ("MI300X", "amd"),
        ("Apple M2 Max", "apple"),
        ("M4 Pro", "apple"),
        ("Intel(R) Arc(TM) A770 Graphics", "intel"),
        ("Arc B580", "intel"),
        ("Ascend 910B", "huawei"),
        ("a card", None),
    ],
)
def test_vendor(name: str, vendor: str | None) -> None:
    assert CARDS.maker(name) == vendor


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Windows 11", "windows"),
        ("Win10", "windows"),
        ("WSL2", "wsl"),
        ("macOS 15", "macos"),
        ("Darwin", "macos"),
        ("Ubuntu 24.04", "linux"),
        ("Docker", "docker"),
        ("Android (Termux)", "android"),
        ("iOS 18", "ios"),
    ],
)
def test_system_family(name: str, family: str) -> None:
    assert system_family(name) == family


@pytest.mark.parametrize(
    ("vram", "shown", "found"),
    [
        ("T4", 15360, (14.5, 14.8)),  # "14.58 GiB" of vLLM, 15109 MiB and less of older drivers
        ("L40S", 46080, (44.0, 44.5)),  # "total_gpu_memory (44.4GiB)"
        ("A10G", 23040, (21.9, 22.2)),  # "21.99GiB"
        ("A100 80GB", 81920, (78.2, 79.3)),
        ("2x3090", 24576, (22.5, 23.6)),  # 23.56 GiB without a desktop
    ],
)
def test_what_cuda_finds_of_a_card_is_less_than_it_is_sold_with(
    vram: str, shown: int, found: tuple[float, float]
) -> None:
    devices = parse_vram(vram, CARDS)
    machine = Machine(devices, 64 * GIB, "linux")
    assert devices[0].shown == shown << 20
    assert all(found[0] * GIB <= usable <= found[1] * GIB for usable in machine.usable_vram)
