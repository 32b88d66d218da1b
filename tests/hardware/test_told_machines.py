"""Machines told in a sentence: cards, counts, amounts and what they are of."""

from functools import cache

import pytest

from bot.base.sizes import GIB
from bot.hardware.cards import load_card_index
from bot.hardware.machines import load_machine_words
from bot.hardware.told import MachineReader, ToldMachine
from bot.knowledge.files import knowledge_root


@cache
def reader() -> MachineReader:
    root = knowledge_root()
    return MachineReader(load_card_index(root), load_machine_words(root))


def read(text: str) -> ToldMachine:
    return reader().read(text)


def gib(size: int | None) -> float | None:
    return None if size is None else round(size / GIB, 1)


@pytest.mark.parametrize(
    ("text", "cards", "ram"),
    [
        ("a 395 max+ 128gb", "Ryzen AI Max+ 395 128", None),
        # of several cards the sum, though a single one is rebuilt to that; not where it stands with the card
        ("i have 48gb vram (2x 3090)", "RTX 3090 24, RTX 3090 24", None),
        ("双3090 48g显存", "RTX 3090 24, RTX 3090 24", None),
        ("2x 2080ti 22g", "RTX 2080 Ti 22, RTX 2080 Ti 22", None),
        ("2x 5060 ti 16gb, 32gb vram", "RTX 5060 Ti 16, RTX 5060 Ti 16", None),
        # of a card that is sold with two sizes, the size that stands before or behind it
        ("40G的A100", "A100 40GB 40", None),
        ("A100的40G版", "A100 40GB 40", None),
        ("80G的A100两张", "A100 80GB 80, A100 80GB 80", None),
        ("m5 ultra 256gb studio", "M5 Ultra 256", None),
        ("gb200 nvl 186g", "GB200 186", None),
        ("昇腾910B3 64G*2", "Ascend 910B 64, Ascend 910B 64", None),
        ("rog flow z13 2025 64gb", "Ryzen AI Max+ 395 64", None),
        # modules are RAM, whatever stands beside them
        ("两根16g", "", 32),
        ("two cards, 4 sticks of 32gb", "", 128),
        ("34762 MB of ram and rtx 3060", "RTX 3060 12", 33.9),
        ("64gb ddr4 rx580 8gb", "RX 580 8", 64),
        ("16 gigs of ram, gtx 1660 super", "GTX 1660 SUPER 6", 16),
        ("4070 ti, 64gb", "RTX 4070 Ti 12", 64),
        ("m4 pro 24gb", "M4 Pro 24", None),
        ("5060ti16g 32g", "RTX 5060 Ti 16", 32),
        ("双3090 跑什么好", "RTX 3090 24, RTX 3090 24", None),
        ("a pair of 3090s and 96gb ram", "RTX 3090 24, RTX 3090 24", 96),
        ("i have 2 p40s and 64gb ram", "Tesla P40 24, Tesla P40 24", 64),
        ("3060 12g 加一张 1080ti 11g", "RTX 3060 12, GTX 1080 Ti 11", None),
        ("i have a 3070 and 32gb ram. will my 3070 run it?", "RTX 3070 8", 32),
        ("a 3090 and another 3090", "RTX 3090 24, RTX 3090 24", None),
        ("3090 24g + 3090 24g", "RTX 3090 24, RTX 3090 24", None),
        ("手上3090和64g ddr4", "RTX 3090 24", 64),
        ("2*32G DDR4 3070M 16G", "RTX 3070 Laptop 16", 64),
        ("V100 16g 四卡", "Tesla V100 16, Tesla V100 16, Tesla V100 16, Tesla V100 16", None),
        ("9070 XT (16gb), coming from a 1060", "RX 9070 XT 16", None),
        ("swapped my 4090 for a 7900 xtx", "RX 7900 XTX 24", None),
        ("显卡4070ti 12g，32g内存，上下文开的12288", "RTX 4070 Ti 12", 32),
        ("笔记本4070 32g内存", "RTX 4070 Laptop 8", 32),
        ("4070 8g", "RTX 4070 Laptop 8", None),
        ("my C drive is 250gb and full. 3060", "RTX 3060 12", None),
        ("16g统一内存的m2", "M2 16", 16),
        ("Quadro P4000 8GB, 128 GB ECC", "Quadro P4000 8", 128),
        ("7840hs 780m核显 32g内存", "Radeon 780M 0", 32),
        ("Ultra 7 155H 32G内存的笔记本", "Meteor Lake 0", 32),
        # sold in laptops only, so nobody says so
        ("can it run on my RTX 4050", "RTX 4050 Laptop 6", None),
        ("MX450 16g内存", "MX450 2", 16),
        # a count glued to the card
        ("vllm on 2x3090", "RTX 3090 24, RTX 3090 24", None),
        ("4090x2 跑70b", "RTX 4090 24, RTX 4090 24", None),
        # a computer's name is not the chip's kind
        ("m1 macbook pro 16", "M1 16", None),
        ("M2 MacBook Air 24g", "M2 24", None),
        ("macbook pro m3 max 36g", "M3 Max 36", None),
        ("我这个本子是 4070 的，32g", "RTX 4070 Laptop 8", 32),
        ("1060 3g 内存 8", "GTX 1060 3", 8),
        ("16g 内存 3060 12g", "RTX 3060 12", 16),
        ("5090D v2 24G", "RTX 5090 D V2 24", None),
        ("GMKtec EVO-X2 96gb", "Ryzen AI Max+ 395 96", None),
        ("3060 内存 8+8", "RTX 3060 12", 16),
        ("a 1920x1080 picture", "", None),
        # two named and counted are two; modules of RAM are counted, the number of a card is no size
        ("3060 12g，3060 12g 双卡", "RTX 3060 12, RTX 3060 12", None),
        ("两根16g内存 4060", "RTX 4060 8", 32),
        ("显卡3080 10g，内存是16*2", "RTX 3080 10", 32),
        ("7900xtx 24g，32×2 ddr5 6000", "RX 7900 XTX 24", 64),
        ("3070, 16gb x2 ddr4", "RTX 3070 8", 32),
        ("cpu only, 8 sticks of 32gb", "", 256),
        ("2080ti魔改22g 双卡 64g", "RTX 2080 Ti 22, RTX 2080 Ti 22", 64),
        ("l40s 单卡 48g", "L40S 48", None),
        ("显卡是5060ti 8g版本的，内存16g", "RTX 5060 Ti 8", 16),
        ("8845hs 780m核显，双通道32g 5600", "Radeon 780M 0", 32),
        # more than the card was ever sold with is the RAM
        ("4070ti super 32g", "RTX 4070 Ti SUPER 16", 32),
        ("3060 16g", "RTX 3060 12", 16),
        # what a program asked for is nothing that the machine has
        ("3060, allocating 9218.00 MiB on device 0: cudaMalloc failed", "RTX 3060 12", None),
        ("4090 24g, 64g: tried to allocate 2.50 GiB", "RTX 4090 24", 64),
        ("3060 12g 32g内存，模型占用14g", "RTX 3060 12", 32),
    ],
)
def test_cards_and_ram(text: str, cards: str, ram: float | None) -> None:
    told = read(text)
    assert ", ".join(f"{device.name} {gib(device.memory):.0f}" for device in told.devices) == cards
    assert gib(told.ram) == ram


@pytest.mark.parametrize(
    ("text", "vram", "ram"),
    [
        ("8g显存能跑啥", 8, None),
        ("显存8 内存16", 8, 16),
        ("16g内存 8g显存", 8, 16),
        ("a 24 gb card, 64 gb system ram", 24, 64),
        ("i have 12gb vram", 12, None),
        ("显存4g 内存32g", 4, 32),
        ("只有 6 个 G 的显存", 6, None),
        ("24g显存的卡，128内存", 24, 128),
        ("12g显存 48内存", 12, 48),
        ("显存12288MB 内存32768MB", 12, 32),
        ("内存 8+8 的轻薄本", None, 16),
        ("mini pc n100 16gb", None, 16),
    ],
)
def test_amounts_without_a_card(text: str, vram: float | None, ram: float | None) -> None:
    told = read(text)
    assert (gib(told.vram), gib(told.ram)) == (vram, ram)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("2080ti22g还是4060ti16g", [["RTX 2080 Ti"], ["RTX 4060 Ti"]]),
        ("2x 3060 12gb or one used 3090?", [["RTX 3060", "RTX 3060"], ["RTX 3090"]]),
        ("5070ti 和 9070xt 哪个好", [["RTX 5070 Ti"], ["RX 9070 XT"]]),
        ("no gpu for now or a cheaper cpu + 3060 12gb?", [["RTX 3060"]]),
        ("想买3090", [["RTX 3090"]]),
    ],
)
def test_cards_that_are_weighed(text: str, options: list[list[str]]) -> None:
    told = read(text)
    assert [[device.name for device in option] for option in told.options] == options
    assert not told.devices


@pytest.mark.parametrize(
    ("text", "kind", "ram"),
    [
        ("小米14 12+256 想在手机上跑", "phone", 12),
        ("骁龙8gen3的手机 16g", "phone", 16),
        ("一加13 24g运存", "phone", 24),
        ("a rog ally", "handheld", 16),
        ("树莓派5 能跑吗", "board", 8),
        ("orange pi 5 16g", "board", 16),
        ("macbook pro", "unified", None),
        ("16g统一内存", "unified", 16),
        ("核显16g统一内存", "desktop", 16),
        ("igpu laptop with 16gb unified memory", "laptop", 16),
        ("Surface Pro 11 Snapdragon X Plus 16gb", "laptop", 16),
        ("Snapdragon X Elite 32GB", "laptop", 32),
        ("骁龙 x plus 16g", "laptop", 16),
    ],
)
def test_kinds(text: str, kind: str, ram: float | None) -> None:
    told = read(text)
    assert (told.kind, gib(told.ram)) == (kind, ram)


@pytest.mark.parametrize(
    "text",
    ["intel macbook 2019 16gb", "2019款macbook pro intel i9 16g", "imac 27 2017 16gb", "my 2015 macbook pro, 16gb ram"],
)
def test_a_mac_before_apple_s_chips_has_plain_memory(text: str) -> None:
    machine = read(text)
    assert (machine.kind in ("desktop", "laptop"), machine.devices, gib(machine.ram)) == (True, (), 16)


def test_a_larger_chip_that_is_not_known_is_not_taken_for_the_smaller() -> None:
    assert read("m6 max 64gb").devices == ()
    assert read("m6 max 64gb macbook").kind == "unified"
    assert [device.name for device in read("macbook air m2 2022 16gb").devices] == ["M2"]


def test_what_no_machine_has_is_not_believed() -> None:
    told = read("rtx 9090 ti 900g显存 内存999999g")
    assert told.unknown_cards == ("rtx 9090 ti",)
    assert len(told.unbelievable) == 2
    assert told.vram is None
    assert told.ram is None


def test_no_card_is_told() -> None:
    assert read("i5-13400 32g内存 没显卡").without_card
    assert not read("gpt 32g").without_card


def test_later_words_add_and_correct() -> None:
    whole = read("3060, 16g内存").merged(read("不对，是32g内存"))
    assert [device.name for device in whole.devices] == ["RTX 3060"]
    assert gib(whole.ram) == 32


def test_model_names_and_numbers_are_no_machine() -> None:
    assert not read("qwen2.5 14b at 4096 tokens, temp 0.7, port 5001, 2 minutes").is_told


@pytest.mark.parametrize("text", ["Top K 40, Top P 0.95", "Context (tokens)\n8192\nTop K\n40", "top p 40 and top k 80"])
def test_values_of_samplers_are_no_cards(text: str) -> None:
    assert not read(text).devices
    assert [device.name for device in read("tesla k40, top k 40").devices] == ["Tesla K40"]


@pytest.mark.parametrize(
    "text",
    [
        "slot update_slots: id  0 | task 1650 | new prompt",
        "the server listens on port 3090",
        "pid=5090",
        "n_past = 4080",
        "http://127.0.0.1:3060",
        "第 3060 步就停了",
        "4090 MiB",
        "it took 3060 ms",
        "--port 4070",
    ],
)
def test_what_a_program_counts_is_no_card(text: str) -> None:
    assert not read(text).devices


@pytest.mark.parametrize("text", ["my context: 3060 12g", "GPU: 3060", "换了块3060 卡", "3060 + 32g ram", "card 3060|"])
def test_a_bare_number_is_still_a_card(text: str) -> None:
    assert [device.name for device in read(text).devices] == ["RTX 3060"]


def test_a_novel_is_read_in_no_time() -> None:
    assert not read("rx " * 100_000 + "1 g " * 100_000).devices


def test_the_word_for_the_next_amount_says_nothing_of_the_one_before() -> None:
    machine = read("显存8g内存16g能跑什么")
    assert (gib(machine.vram), gib(machine.ram)) == (8, 16)


def test_the_model_that_is_asked_for_has_no_amount_of_its_own() -> None:
    assert gib(read("翻译小说用什么模型 12g").vram) == 12


def test_cards_between_which_somebody_wavers_are_options() -> None:
    assert len(read("3060 12g和4060ti 16g纠结中").options) == 2


@pytest.mark.parametrize(
    ("text", "cards", "vram", "ram"),
    [
        ("两张24g的p40行不行", "Tesla P40 24, Tesla P40 24", None, None),
        ("2块 16GB 5060ti 加 64g内存", "RTX 5060 Ti 16, RTX 5060 Ti 16", None, 64),
        ("两张8G显存的显卡能跑起来吗", "8, 8", None, None),
        ("v100 sxm2 32g 转接 双卡", "Tesla V100 32, Tesla V100 32", None, None),
        ("Arc Pro B60 24GB dual", "Arc Pro B60 24, Arc Pro B60 24", None, None),
        ("3090 dual channel ddr5 64g", "RTX 3090 24", None, 64),
        ("3090 24g, 两条16g内存", "RTX 3090 24", None, 32),
        ("RTX 5060 Laptop GPU, 8151 MiB, RAM: 31,6 GB", "RTX 5060 Laptop 8", None, 31.6),
        ("rtx 3060,8gb", "RTX 3060 12", None, None),
        ("骁龙8至尊版 16g+512g", "Snapdragon 8 Elite 16", None, 16),
        ("4060 8g + 64g", "RTX 4060 8", None, 64),
        ("gb300 288g", "B300 288", None, None),
        ("cmp 40hx", "CMP 40HX 8", None, None),
        ("3080 20g魔改 x2", "RTX 3080 20, RTX 3080 20", None, None),
        ("红米k80 16+512", "", None, 16),
        ("orin nx 16g", "Jetson Orin NX 16", None, None),
        ("asus gx10 128gb", "DGX Spark 128", None, None),
        ("thinkstation pgx", "DGX Spark 128", None, None),
        # one amount beside a processor or of a laptop is RAM
        ("i5 12400 16g", "", None, 16),
        ("intel ultra 7 258v 32g", "Arc 140V 0", None, 32),
        ("surface laptop 7 x elite 32gb", "", None, 32),
        ("16g", "", 16, None),
        ("1650 Max-Q 4GB laptop", "GTX 1650 Max-Q 4", None, None),
        ("RTX 2070 Max-Q 8GB laptop 16GB", "RTX 2070 Max-Q 8", None, 16),
    ],
)
def test_further_wordings(text: str, cards: str, vram: float | None, ram: float | None) -> None:
    found = read(text)
    assert ", ".join(f"{card.name} {gib(card.memory):g}".strip() for card in found.devices) == cards
    assert (gib(found.vram), gib(found.ram)) == (vram, ram)


def _options(text: str) -> list[list[str]]:
    return [[device.name for device in option] for option in read(text).options]


def test_cards_of_a_list_are_choices_one_by_one() -> None:
    text = "预算4k以内，5060ti 16g、二手3080 20g魔改、2080ti 22g、p40，选哪个？"
    assert _options(text) == [["RTX 5060 Ti"], ["RTX 3080"], ["RTX 2080 Ti"], ["Tesla P40"]]
    assert read("3090, 3060, 64gb ram, which model should i get?").options == ()


def test_a_card_that_would_come_beside_stands_with_those_that_are_there() -> None:
    text = "I've a 3060 12GB now. Should I add a second 3060 or sell it and get a used 3090?"
    assert _options(text) == [["RTX 3060", "RTX 3060"], ["RTX 3090"]]


def test_one_more_of_the_same_is_a_choice_without_its_name() -> None:
    text = "现在是2060 12g 想加一张同样的值吗 还是攒钱换5060ti 16g"
    assert _options(text) == [["RTX 2060", "RTX 2060"], ["RTX 5060 Ti"]]


def test_two_machines_of_which_one_is_to_be_used_are_choices() -> None:
    text = "rx 7600 8gb in the pc and a macbook m3 pro 18gb. which of the two should i use?"
    assert _options(text) == [["RX 7600"], ["M3 Pro"]]


def test_what_the_cards_have_together_is_no_ram() -> None:
    assert read("my 9070 XT together with an old 2070 super, 24gb total").ram is None
    assert read("two rtx 3080 10gb, can they be used as one 20gb?").ram is None


def test_the_memory_of_a_card_that_is_thought_of_is_not_that_of_the_own_one() -> None:
    told = read("is a used Tesla P40 for 24gb vram worth it? I have a 2070 super now")
    assert [device.memory >> 30 for device in told.devices] == [8]


def test_an_old_card_that_works_beside_another_is_not_gone() -> None:
    told = read("Can I use my old GTX 1070 8gb together with my 4070 12gb in LM Studio?")
    assert [device.name for device in told.devices] == ["GTX 1070", "RTX 4070"]
    assert [device.name for device in read("手里有个 rx580 8g 一个 p106 6g 能一起用吗").devices] == [
        "RX 580",
        "P106-100",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "i got a used 3090 and 32gb ram. what is best for stories?",
        "picked up a second hand 3090 last week",
        "my used 3090 is loud. which model?",
        "刚入手3090 什么模型好",
        "我收了张二手的3090，能跑什么",
    ],
)
def test_a_card_bought_used_is_there(text: str) -> None:
    assert [device.name for device in read(text).devices] == ["RTX 3090"]


@pytest.mark.parametrize(
    "text", ["should i get a used 3090", "准备买张二手3090", "would a used 3090 be enough for 70b"]
)
def test_a_card_that_one_thinks_of_is_not(text: str) -> None:
    assert read(text).devices == ()


def test_amounts_that_a_program_printed_are_no_machine() -> None:
    said = "it says 'model requires more system memory (9.3 GiB) than is available (5.6 GiB)' but i have 16gb ram??"
    told = read(said)
    assert (told.vram, told.ram) == (None, 16 << 30)
    assert read("RTX 3060 (12.0 GiB) and ram (31.9 GB)").ram is not None


@pytest.mark.parametrize(
    ("text", "cards", "ram"),
    [
        ("拯救者 4060 8g 内存升级到64g有用吗", ["RTX 4060 Laptop"], 64),
        ("4060ti 8gb, was told that 8gb is useless so i ordered 32 gb more ram (64 in total)", ["RTX 4060 Ti"], 64),
        ("the system uses 700MB of RAM, 32GB of physical memory", [], 32),
        ("qwen3:32b (18.8GB) on a 3090", ["RTX 3090"], None),
        ("用vllm部署MiniMax-M1 8卡H20（96G）", ["H20"] * 8, None),
        ("我有4x4090，4个RTX4090 24G还是需要128G内存吗", ["RTX 4090"] * 4, 128),
        ("3090 with 24gb, 24gb is not much", ["RTX 3090"], None),
    ],
)
def test_amounts_of_something_else_are_not_the_machine_s(text: str, cards: list[str], ram: float | None) -> None:
    told = read(text)
    assert [device.name for device in told.devices] == cards
    assert gib(told.ram) == ram


@pytest.mark.parametrize(
    ("text", "owned", "options"),
    [
        (
            "Is 3090 still the move? Currently have a 3060 12gb. Used 3090s are about $700, 5060 ti is $430",
            ["RTX 3060"],
            ["RTX 3090", "RTX 5060 Ti"],
        ),
        ("thinking of selling my 4080 super for 7900xtx", ["RTX 4080 SUPER"], ["RX 7900 XTX"]),
        (
            "i have a 3060 12gb. Used 3090s are about $700, 5060 ti 16gb is $430",
            ["RTX 3060"],
            ["RTX 3090", "RTX 5060 Ti"],
        ),
        ("i have a 3090. if i bought a 5090 can i use both?", ["RTX 3090"], ["RTX 5090"]),
        ("Tesla M60 or M40 for ollama? an M40 24GB or M60", [], ["Tesla M60", "Tesla M40"]),
        ("v100 32g sxm2转pcie 和 2080ti22g 和 3090 怎么选", [], ["Tesla V100", "RTX 2080 Ti", "RTX 3090"]),
    ],
)
def test_what_one_thinks_of_is_listed_once(text: str, owned: list[str], options: list[str]) -> None:
    told = read(text)
    assert [device.name for device in told.devices] == owned
    assert [choice[-1].name for choice in told.options] == options


@pytest.mark.parametrize(
    ("text", "vram", "unknown"),
    [
        ("天数智芯 BI-V100 32G", 32, "天数智芯 bi-v100"),
        ("海光 DCU Z100L 32G", 32, "海光 dcu z100l"),
        ("mlu370 s4", None, "mlu370 s4"),
        ("rtx 5070 ti super 24gb", 24, "rtx 5070 ti super"),
        ("沐曦C500 64g跑什么", 64, "沐曦c500"),
    ],
)
def test_a_part_of_another_accelerator_s_name_is_no_card(text: str, vram: int | None, unknown: str) -> None:
    """A BI-V100 is no Tesla V100: it goes by the memory that is told."""
    found = read(text)
    assert (gib(found.vram), found.devices, found.unknown_cards) == (vram, (), (unknown,))


@pytest.mark.parametrize(
    ("text", "count", "name"),
    [
        ("2080ti 22g nvlink 两张", 2, "RTX 2080 Ti"),
        ("V100 sxm2 32g 8张", 8, "Tesla V100"),
        ("L20 48G 8卡", 8, "L20"),
        ("rtx a5000 nvlink pair", 2, "RTX A5000"),
        ("3090 24g 2张图要多久", 1, "RTX 3090"),
        ("4090 8卡顿", 1, "RTX 4090"),
        ("jetson orin nano super 8gb", 1, "Jetson Orin Nano"),
        ("昇腾310P3 24GB", 1, "Ascend 310P"),
    ],
)
def test_a_count_may_stand_behind_what_joins_the_cards(text: str, count: int, name: str) -> None:
    assert [device.name for device in read(text).devices] == [name] * count


def test_what_stands_beside_a_processor_of_a_laptop_is_ram() -> None:
    assert read("lunar lake 258v 32gb").ram == 32 * GIB


def test_a_chip_is_known_with_a_plus_that_its_maker_does_not_write() -> None:
    assert [device.name for device in read("ai max+ 385 64gb").devices] == ["Ryzen AI Max 385"]


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        # a count before the word for cards
        ("I have an 8-GPU 4090 machine", ["RTX 4090 24"] * 8),
        ("a 4 gpu 3090 box", ["RTX 3090 24"] * 4),
        ("1卡4090能跑什么", ["RTX 4090 24"]),
        # named once in the title, and then in full: it is the same
        ("Is the RTX 4090 compatible?\n\nDual RTX 4090 48GB graphics cards with 96GB in total", ["RTX 4090 48"] * 2),
        ("3090 for LLMs?\n\nI have two 3090s", ["RTX 3090 24"] * 2),
        # disks whose names are those of cards
        ("RTX 3090, SSD: SAMSUNG 980 PRO SSD 2TB", ["RTX 3090 24"]),
        ("4090, 三星 970 EVO Plus 1T", ["RTX 4090 24"]),
        # of a chip that shares its memory the amount with which it is sold, not what a process takes
        ("M4 Max, 64 GB unified memory, LM Studio takes 221.5 GB memory", ["M4 Max 64"]),
    ],
)
def test_cards_that_are_told_in_a_roundabout_way(text: str, cards: list[str]) -> None:
    assert [f"{device.name} {device.memory // GIB}" for device in read(text).devices] == cards


@pytest.mark.parametrize(
    ("text", "options"),
    [
        # two chips that share their memory cannot be in one computer
        ("what runs on an M4 with 16GB? and what about a mac mini m4 pro 24gb?", ["M4 16", "M4 Pro 24"]),
        # each asked of by itself
        ("8卡a800（80G）够吗？推理8卡4090够吗", ["8 A800 80", "8 RTX 4090 24"]),
        ("is a 3060 12gb enough? is a 3090 enough?", ["RTX 3060 12", "RTX 3090 24"]),
    ],
)
def test_machines_that_are_asked_of_one_by_one(text: str, options: list[str]) -> None:
    told = read(text)
    assert not told.devices
    names = [[f"{device.name} {device.memory // GIB}" for device in option] for option in told.options]
    assert [each[0] if len(each) == 1 else f"{len(each)} {each[0]}" for each in names] == options


def test_terabytes_are_no_video_memory() -> None:
    assert read("how many cards (1 or 15) and how much RAM (340GB or 3TB)?").vram is None


def test_unified_memory_is_that_of_a_chip() -> None:
    assert read("what fits 64gb of unified memory?").kind == "unified"


@pytest.mark.parametrize("text", ["two DGX Sparks", "2x DGX Spark 128GB"])
def test_computers_of_one_kind_are_joined(text: str) -> None:
    told = read(text)
    assert [gib(device.memory) for device in told.devices] == [256]
    assert told.joined == 2
    assert read("DGX Spark 128GB").joined == 0


@pytest.mark.parametrize(
    ("text", "card", "count"),
    [
        ("8xH100", "H100 PCIe", 8),
        ("2xA100 80gb", "A100 80GB", 2),
        ("iPad Pro M4 16GB", "iPad Pro M4", 1),
        ("GTX 1650 Max-Q, 16GB ram", "GTX 1650 Max-Q", 1),
        ("Radeon 840M 32GB", "Radeon 840M", 1),
    ],
)
def test_cards_of_their_own(text: str, card: str, count: int) -> None:
    assert [device.card.name for device in read(text).devices if device.card] == [card] * count


@pytest.mark.parametrize(
    ("text", "cards", "options", "vram", "ram"),
    [
        ("CPU mem: 502Gi, GPU: NVIDIA GeForce RTX 4090, GPU mem: 24564MiB", ["RTX 4090"], [], None, 502),
        (
            "llama2 13b crawls on my rtx 4060 with 8gb vram, 32gb ram. on another pc with a 4060ti 16gb it runs",
            ["RTX 4060"], [], None, 32,
        ),
        ("兼容 4060ti,4070,4080，此类用户能跑70b吗", [], [["RTX 4060 Ti"], ["RTX 4070"], ["RTX 4080"]], None, None),
        ("how fast for owners of 24gb cards such as the RTX 3090, 4090?", [], [["RTX 3090"], ["RTX 4090"]], 24, None),
        ("13600k and no gpu or a rtx 3060 12gb? the rtx 3060 12gb costs the same", [], [["RTX 3060"]], None, None),
        ("a bad cpu and a rtx 3060 12gb? or a better cpu and a rtx 3060 12gb", [], [["RTX 3060"]], None, None),
        ("双4090，每张卡各占20g，而不是平摊10g", ["RTX 4090", "RTX 4090"], [], None, None),
        ("ollama allocates 24gb on VRAM then 7gb on RAM", [], [], None, None),
    ],
)  # fmt: skip
def test_what_is_of_others_or_of_a_program_is_not_the_machine_s(
    text: str, cards: list[str], options: list[list[str]], vram: int | None, ram: int | None
) -> None:
    told = read(text)
    assert [device.name for device in told.devices] == cards
    assert [[device.name for device in option] for option in told.options] == options
    assert gib(told.vram) == vram
    assert gib(told.ram) == ram


@pytest.mark.parametrize(
    ("text", "cards", "ram"),
    [
        ("沐曦 C500 64G 两张", [64, 64], None),
        ("两张 64G 的沐曦 C500", [64, 64], None),
        ("沐曦 C500 双卡 共128G 显存", [64, 64], None),
        ("燧原 S60 48G 两张 内存 256G", [48, 48], 256),
        ("MLU370-X8 48G *4", [48] * 4, None),
        ("4x MetaX C500 64GB", [64] * 4, None),
        ("沐曦 C500 64G", [], None),
    ],
)
def test_several_of_a_card_that_is_not_known_go_by_their_memory(text: str, cards: list[int], ram: int | None) -> None:
    told = read(text)
    assert [gib(device.memory) for device in told.devices] == cards
    assert gib(told.ram) == ram
    assert told.unknown_cards


@pytest.mark.parametrize(
    ("text", "cards", "options", "vram", "ram"),
    [
        ("PC memory - 32GB\nVRAM - 12GB\nmodel 70b", [], [], 12, 32),
        ("VRAM - 12GB\nModel quantization - 5bit", [], [], 12, None),
        ("RAM - 64GB\nGPU - RTX 3060", [("RTX 3060", 12)], [], None, 64),
        ("my card has 12GB of RAM, what can I run?", [], [], 12, None),
        ("显卡只有8G内存", [], [], 8, None),
        (
            "RTX 4050 6gb and 16gb ram, I had an RTX 2060 6gb with 32gb ram before",
            [("RTX 4050 Laptop", 6)], [], None, 16,
        ),
        ("单卡4090，DRAM 1.5T，显存使用为10655MiB", [("RTX 4090", 24)], [], None, 1536),
        ("4*4090D 、256GD4内存", [("RTX 4090 D", 24)] * 4, [], None, 256),
        ("got 10x 48G vram (modded 4090s) in one server", [("RTX 4090", 48)] * 10, [], None, None),
        ("8x 24gb vram in one box", [("", 24)] * 8, [], None, None),
        ("2x 24gb of ram and a 3060", [("RTX 3060", 12)], [], None, 48),
        (
            "is an Arc B580 12GB any good? thinking of getting two of them for 24gb",
            [("Arc B580", 12)], [[("Arc B580", 12)] * 2], None, None,
        ),
        (
            "i have one 3090, 64gb ram. is it worth getting two of these?",
            [("RTX 3090", 24)], [[("RTX 3090", 24)] * 2], None, 64,
        ),
        ("my laptop has a 4070 8gb and 32GB, my roommate's pc has a 4090", [("RTX 4070 Laptop", 8)], [], None, 32),
        ("should I buy a 96GB RAM Macbook? my 4090 can't run the 65B", [("RTX 4090", 24)], [[("Mac", 96)]], None, None),
        ("4090 24g 还是买个 64G 的 mac mini", [], [[("RTX 4090", 24)], [("Mac", 64)]], None, None),
        ("my 3070 is slow, what would a 24gb card give me?", [("RTX 3070", 8)], [[("24 GB card", 24)]], None, None),
        ("4090太贵了，有一张2080ti 能跑起来么", [("RTX 2080 Ti", 11)], [[("RTX 4090", 24)]], None, None),
        ("刚换了5060ti 16g", [("RTX 5060 Ti", 16)], [], None, None),
        ("4060 8g 想换5060ti 16g", [("RTX 4060", 8)], [[("RTX 5060 Ti", 16)]], None, None),
        ("i have a 3060 and a macbook pro m4 24gb", [("RTX 3060", 12), ("M4", 24)], [], None, None),
    ],
)  # fmt: skip
def test_amounts_are_of_what_their_words_say(
    text: str,
    cards: list[tuple[str, int]],
    options: list[list[tuple[str, int]]],
    vram: int | None,
    ram: int | None,
) -> None:
    told = read(text)
    assert [(device.name, gib(device.memory)) for device in told.devices] == cards
    assert [[(device.name, gib(device.memory)) for device in option] for option in told.options] == options
    assert gib(told.vram) == vram
    assert gib(told.ram) == ram
    assert not told.unbelievable


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("7900XTX、5070Ti还是二手3090？", ["RX 7900 XTX", "RTX 5070 Ti", "RTX 3090"]),
        ("5090, 4090 or a used 3090 for a server?", ["RTX 5090", "RTX 4090", "RTX 3090"]),
    ],
)
def test_cards_in_a_row_before_the_last_choice_are_choices(text: str, options: list[str]) -> None:
    told = read(text)
    assert [option[0].name for option in told.options] == options
    assert not told.devices


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        ("我机器是4个RTX4090 24G，内存128G，使用示例的2x3090启动命令起不来", ["RTX 4090"] * 4),
        ("Can it run on 1 RTX 4090 48G?\nI found in the document: minimum 2x4090 48G", ["RTX 4090"]),
    ],
)
def test_cards_of_instructions_are_not_there(text: str, cards: list[str]) -> None:
    assert [device.name for device in read(text).devices] == cards


def test_an_amount_that_is_asked_of_a_model_is_none_that_there_is() -> None:
    assert read("跑起来需要多少显存啊？\n需要120G吗？").vram is None
    assert read("does it need 120gb of vram?").vram is None


def test_what_is_weighed_behind_the_word_is_thought_of() -> None:
    told = read(
        "RTX 5080 16GB, 64GB DDR4. Weighing: a 5090, a second card RTX 5060 Ti 16GB on an x4 slot, a Radeon Pro AI "
        "R9700, a Strix Halo 128GB box"
    )
    assert [device.name for device in told.devices] == ["RTX 5080"]
    assert len(told.options) == 4


@pytest.mark.parametrize(
    ("text", "cards", "ram"),
    [
        (
            "an RTX 3090 and an RTX 2060 SUPER with 8 GB. The 2060 has no other purpose.",
            ["RTX 3090", "RTX 2060 SUPER"],
            None,
        ),
        ("two NVIDIA Blackwell 6000 Pro GPUs and 256GB of RAM", ["RTX PRO 6000 Blackwell"] * 2, 256),
        ("在 4 卡 16GB V100 机器上部署", ["Tesla V100"] * 4, None),
        ("在 2 张 910B3 (64G) 上部署", ["Ascend 910B"] * 2, None),
        ("之前的3070 8G卖了，换成7900XTX，内存64G", ["RX 7900 XTX"], 64),
        ("双3090给10个人用，ollama还是vllm\n公司有台双3090的机器，128G内存", ["RTX 3090"] * 2, 128),
        ("model on 2x5090 + 256GB, vLLM or llama.cpp?\nJust got my second 5090, 256GB DDR5", ["RTX 5090"] * 2, 256),
        ("i7-1260P laptop with 16gb ram", ["Iris Xe"], 16),
    ],
)
def test_cards_of_whole_posts(text: str, cards: list[str], ram: float | None) -> None:
    told = read(text)
    assert ([device.name for device in told.devices], told.options, gib(told.ram)) == (cards, (), ram)


def test_what_a_model_leaves_is_no_machine_s() -> None:
    told = read("a machine that has a 24GB GPU. The model takes approximately 18GB to load, leaving 6GB available.")
    assert (gib(told.vram), told.ram) == (24, None)


def test_a_mac_s_chip_is_known_by_its_bandwidth() -> None:
    told = read("macbook pro (the one with 273 GB/s memory bandwidth), 48 gb unified memory")
    assert [device.name for device in told.devices] == ["M4 Pro"]
