"""What people type into the fields for VRAM and RAM: amounts and cards with words around them."""

import pytest

from bot.base.errors import UserError
from bot.hardware.amounts import GIB
from bot.hardware.cards import load_card_index
from bot.hardware.fields import devices_in, ram_in, with_shared_memory
from bot.hardware.machines import load_machine_words
from bot.hardware.told import MachineReader
from bot.knowledge.files import knowledge_root

READER = MachineReader(load_card_index(knowledge_root()), load_machine_words(knowledge_root()))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("显存8g", [("", 8)]),
        ("8g独显", [("", 8)]),
        ("VRAM: 12", [("", 12)]),
        ("about 12gb", [("", 12)]),
        ("12GB GDDR6X", [("", 12)]),
        ("8.0 GB 专用 GPU 内存", [("", 8)]),
        ("Dedicated GPU memory 8.0 GB", [("", 8)]),
        ("我的显卡是3060", [("RTX 3060", 12)]),
        ("gpu: rtx 4080 16gb", [("RTX 4080", 16)]),
        ("16G显存的4060ti", [("RTX 4060 Ti", 16)]),
        ("3060 12G 32G内存", [("RTX 3060", 12)]),
        ("2 x RTX 3090 (24GB each)", [("RTX 3090", 24)] * 2),
        ("4060笔", [("RTX 4060 Laptop", 8)]),
        ("M2 Pro 32 GB", [("M2 Pro", 32)]),
        ("macbook air m1 8gb", [("M1", 8)]),
        ("i have no graphics card", []),
    ],
)
def test_a_card_or_an_amount_is_found_among_words(typed: str, expected: list[tuple[str, float]]) -> None:
    assert [(device.name, device.memory / GIB) for device in devices_in(typed, READER)] == expected


@pytest.mark.parametrize(
    ("typed", "size"),
    [
        ("32GB DDR4 3200", 32),
        ("32g ddr5 6000mhz cl30", 32),
        ("ddr4 16g 2666", 16),
        ("16 gigs", 16),
        ("32g d4", 32),
        ("about 32", 32),
        ("maybe 32?", 32),
        ("32G左右", 32),
        ("内存：64GB", 64),
        ("16.0 GB (15.8 GB usable)", 16),
        ("16g（2×8g）", 16),
        ("2 sticks of 16gb", 32),
        ("16g两条", 32),
        ("8gb soldered + 8gb", 16),
        ("3060 32g内存", 32),
    ],
)
def test_ram_is_found_among_words(typed: str, size: int) -> None:
    assert ram_in(typed, READER) == size * GIB


@pytest.mark.parametrize("typed", ["", "lots", "DDR5", "3060", "RTX 4090", "不知道", "16 apples", "8gb " * 100])
def test_what_is_no_ram_is_told_what_to_type(typed: str) -> None:
    with pytest.raises(UserError):
        ram_in(typed, READER)


@pytest.mark.parametrize("typed", ["", "a lot", "12 apples", "显存", "8gb " * 100])
def test_what_is_no_card_is_told_what_to_type(typed: str) -> None:
    with pytest.raises(UserError):
        devices_in(typed, READER)


def test_the_ram_told_beside_a_chip_that_shares_it_is_its_memory() -> None:
    [chip] = with_shared_memory(devices_in("M2 Pro", READER), 32 * GIB)
    assert (chip.memory, chip.assumed) == (32 * GIB, None)
    [card] = with_shared_memory(devices_in("3060", READER), 32 * GIB)
    assert card.memory == 12 * GIB
