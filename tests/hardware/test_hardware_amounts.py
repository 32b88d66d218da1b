import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.errors import UserError
from bot.hardware.amounts import GIB, parse_ram, parse_vram
from bot.hardware.cards import Card, load_card_index
from bot.knowledge.files import knowledge_root

CARDS = load_card_index(knowledge_root())

SPELLINGS = [
    ("12", [("", 12)]),
    ("12GB", [("", 12)]),
    ("12 GiB", [("", 12)]),
    ("１２ｇ", [("", 12)]),
    ("8192MB", [("", 8)]),
    ("24576", [("", 24)]),
    ("5.5", [("", 5.5)]),
    ("2x24", [("", 24), ("", 24)]),
    ("24GB x 2", [("", 24), ("", 24)]),
    ("24+12", [("", 24), ("", 12)]),
    ("3060", [("RTX 3060", 12)]),
    ("RTX3060 8G", [("RTX 3060", 8)]),
    ("4070tis", [("RTX 4070 Ti SUPER", 16)]),
    ("RTX 4070 Ti SUPER 16G", [("RTX 4070 Ti SUPER", 16)]),
    ("NVIDIA GeForce RTX 4070 Ti SUPER", [("RTX 4070 Ti SUPER", 16)]),
    ("4070s", [("RTX 4070 SUPER", 12)]),
    ("4090d", [("RTX 4090 D", 24)]),
    ("4060 Ti 16GB", [("RTX 4060 Ti", 16)]),
    ("4060ti", [("RTX 4060 Ti", 8)]),
    ("2080ti 22G mod", [("RTX 2080 Ti", 22)]),
    ("2080ti 魔改 22g", [("RTX 2080 Ti", 22)]),
    ("1080", [("GTX 1080", 8)]),
    ("GTX 1660 super", [("GTX 1660 SUPER", 6)]),
    ("4060 laptop", [("RTX 4060 Laptop", 8)]),
    ("笔记本4060", [("RTX 4060 Laptop", 8)]),
    ("3070m", [("RTX 3070 Laptop", 8)]),
    ("NVIDIA GeForce RTX 4070 Laptop GPU", [("RTX 4070 Laptop", 8)]),
    ("7900xtx", [("RX 7900 XTX", 24)]),
    ("AMD Radeon RX 7900 XTX", [("RX 7900 XTX", 24)]),
    ("rx580", [("RX 580", 8)]),
    ("6750gre 12g", [("RX 6750 GRE", 12)]),
    ("Arc A770", [("Arc A770", 16)]),
    ("Intel Arc B580 Graphics", [("Arc B580", 12)]),
    ("M2 Max 64GB unified", [("M2 Max", 64)]),
    ("64g统一内存", [("Mac", 64)]),
    ("统一内存 64g", [("Mac", 64)]),
    ("64GB unified memory", [("Mac", 64)]),
    ("Mac mini 24G", [("Mac", 24)]),
    ("苹果电脑 16g", [("Mac", 16)]),
    ("MacBook Pro", [("Mac", 16)]),
    ("strix halo 128g统一内存", [("Ryzen AI Max+ 395", 128)]),
    ("Apple M3 Ultra 512G", [("M3 Ultra", 512)]),
    ("P40", [("Tesla P40", 24)]),
    ("Tesla V100-PCIE-16GB", [("Tesla V100", 16)]),
    ("v100 32g", [("Tesla V100", 32)]),
    ("A100 80GB", [("A100 80GB", 80)]),
    ("A100-40G", [("A100 40GB", 40)]),
    ("3090+3060", [("RTX 3090", 24), ("RTX 3060", 12)]),
    ("2x3090", [("RTX 3090", 24), ("RTX 3090", 24)]),
    ("双3090", [("RTX 3090", 24), ("RTX 3090", 24)]),
    ("3090双卡", [("RTX 3090", 24), ("RTX 3090", 24)]),
    ("两张 4090", [("RTX 4090", 24), ("RTX 4090", 24)]),
    ("4*V100 32G", [("Tesla V100", 32)] * 4),
    ("RTX PRO 6000", [("RTX PRO 6000 Blackwell", 96)]),
    ("rtx 6000 ada", [("RTX 6000 Ada", 48)]),
    ("quadro rtx 6000", [("Quadro RTX 6000", 24)]),
    ("AI Max+ 395 128G", [("Ryzen AI Max+ 395", 128)]),
    ("MI50 32GB", [("Instinct MI50", 32)]),
    ("vega 64", [("RX Vega 64", 8)]),
    ("780M", [("Radeon 780M", 0)]),
    ("3060 12g，3060 12g 双卡", [("RTX 3060", 12)] * 2),
    ("M1 Ultra 128", [("M1 Ultra", 128)]),
    ("0", []),
    ("无", []),
    ("no gpu", []),
    ("没有显卡", []),
]


@pytest.mark.parametrize(("text", "expected"), SPELLINGS)
def test_spelling(text: str, expected: list[tuple[str, float]]) -> None:
    found = parse_vram(text, CARDS)
    assert [(device.name, device.memory / GIB) for device in found] == expected


@pytest.mark.parametrize(
    "text",
    ["-3", "a lot", "12 apples", "", "   ", "x", "99x24", "nan", "inf", "9999999999", "0x24", "很多", "1e9", "🦙"],
)
def test_no_amount_is_told_what_to_type(text: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_vram(text, CARDS)
    assert "2x24" in caught.value.text.en
    assert "2x24" in caught.value.text.zh


def test_a_typo_gets_the_nearest_card() -> None:
    with pytest.raises(UserError) as caught:
        parse_vram("RTX 4076 Ti", CARDS)
    assert "RTX 4070 Ti" in caught.value.text.en


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("32", 32),
        ("32GB", 32),
        ("2x16", 32),
        ("64 g", 64),
        ("16384MB", 16),
        ("1T", 1024),
        ("64g统一内存", 64),
        ("32GB DDR4 3200", 32),
        ("2x16GB DDR5-6000", 32),
        ("两根16g", 32),
        ("64gb unified memory", 64),
        ("双通道32g内存", 32),
    ],
)
def test_ram(text: str, size: int) -> None:
    assert parse_ram(text) == size * GIB


@pytest.mark.parametrize("text", ["-8", "0", "lots", "16 apples", "", "RTX 3060", "99999T"])
def test_no_ram_is_told_what_to_type(text: str) -> None:
    with pytest.raises(UserError):
        parse_ram(text)


def test_a_card_of_several_sizes_says_which_was_taken() -> None:
    [device] = parse_vram("3060", CARDS)
    assert device.assumed
    assert "12 GB" in device.assumed.en


@pytest.mark.parametrize("card", CARDS.cards, ids=lambda card: card.name)
def test_every_card_is_found_by_its_own_names(card: Card) -> None:
    assert [CARDS.find(name) for name in (card.name, *card.aliases)] == [card] * (1 + len(card.aliases))


def test_there_are_enough_cards() -> None:
    assert len(CARDS.cards) >= 250


@pytest.mark.parametrize(
    ("name", "flash", "bf16", "backend"),
    [
        ("RTX 2080 Ti", False, False, "CUDA"),
        ("RTX 3060", True, True, "CUDA"),
        ("RX 7900 XTX", False, True, "ROCm"),
        ("RX 580", False, False, "Vulkan"),
        ("M1", False, False, "Metal"),
        ("Arc A770", False, True, "Vulkan"),
    ],
)
def test_abilities(name: str, flash: bool, bf16: bool, backend: str) -> None:
    card = CARDS.find(name)
    assert card
    assert (card.has_flash_attention_2, card.has_bfloat16, card.backend) == (flash, bf16, backend)


@given(st.text(max_size=80))
def test_any_text_gives_devices_or_a_clear_refusal(text: str) -> None:
    try:
        devices = parse_vram(text, CARDS)
    except UserError:
        return
    assert all(device.memory >= 0 for device in devices)


@pytest.mark.parametrize("piece", ["-", "/", "3060+", "a-", "2x", " 1"])
def test_endless_text_is_no_machine(piece: str) -> None:
    for parse in (parse_ram, lambda text: parse_vram(text, CARDS)):
        with pytest.raises(UserError):
            parse(piece * 3000)
