"""Who made a card and which kind of system a name means."""

import pytest

from bot.hardware.cards import load_card_index
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
