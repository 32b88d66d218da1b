"""What people tell beside their logs: system, program, card, packaging, region, and that it worked before."""

import pytest

from bot.hardware.card_mentions import CardNames
from bot.hardware.cards import load_card_index
from bot.intake.cleaning import clean
from bot.intake.facts import Fact, Facts
from bot.intake.surroundings import Surroundings, completed, load_circumstances
from bot.intake.vocabulary import Names, load_vocabulary
from bot.knowledge.files import knowledge_root


@pytest.fixture(scope="module")
def told() -> Surroundings:
    root = knowledge_root()
    return Surroundings(load_circumstances(root), Names(load_vocabulary(root)), CardNames(load_card_index(root)))


def read(told: Surroundings, text: str) -> Facts:
    return told.read(text, clean(text))


@pytest.mark.parametrize(
    ("text", "worked"),
    [
        ("since I updated to 1.119 this one does not load any more", "update"),
        ("updated kobold to 1.119 and now ministral wont load, 1.118 was fine", "1.118"),
        ("it was perfectly ok in 1.100", "1.100"),
        ("rolled back to 0.12.3 and it works again", "0.12.3"),
        ("the older version was ok", "update"),
        ("was fine before the last update", "update"),
        ("since the driver update nothing starts", "driver"),
        ("RX 9070 XT: since Adrenalin 26.5.1 it crashes at start", "driver"),
        ("驱动升到 553.62 之后一加载就报错", "driver"),
        ("更新显卡驱动之后还是一样", None),
        ("after the september nvidia driver (616.92) it runs only on the cpu", "driver"),
        ("it crashes since kernel 6.18.3, after reverting to 6.17.9 no problem", "kernel"),
        ("kernel 6.17.8 was ok, since the update to 6.17.9 rocm dies", "kernel"),
        ("更新内核之后就崩", "kernel"),
        ("ubuntu with kernel 6.8, 0.20 crashes, 0.19 was fine", "0.19"),
        ("way slower than in 1.97.0 with the same settings", "1.97.0"),
        ("1.100 never had that with the same file", "1.100"),
        ("far slower than 1.104 was", "1.104"),
        ("With 1.84.2 no problem", "1.84.2"),
        ("1.100从来没这样", "1.100"),
        ("新版比0.9.6慢很多", "0.9.6"),
        ("slower than 2.5 tokens per second", None),
        ("llama 3.1 never had a system prompt", None),
        ("qwen 2.5 比 3.5 慢", None),
        ("昨天还好好的，今天就报错了", "before"),
        ("更新之后就打不开了", "update"),
        ("1.118 是好的，1.119 不行", "1.118"),
        ("ollama 的 deepseek-r1 翻译报错，换 qwen2.5 就没事", None),
        ("退回 0.5.9 就正常了", "0.5.9"),
        ("0.11.2 served this folder, 0.12 does not", "0.11.2"),
        ("开了 fp8 就乱码，不开就正常，0.18 也正常", "0.18"),
        ("Vulkan runtime v1.52.0, with 1.50.2 it was ok", "1.50.2"),
        ("The last working version was 0.15.5 and the first broken one 0.15.6", "0.15.5"),
        ("1.60.1 没这个问题,升到 1.61 才有", "1.60.1"),
        ("0.6.5 用显卡，升级 0.6.6 就全用 CPU 了", "0.6.5"),
        ("升到 1.61 才这样的", "update"),
        ("the runtime auto-updated in the background", "update"),
        ("ran fine a few days ago, I changed nothing", "before"),
        ("我什么都没改，突然不行了", "before"),
        ("前几天还能用的", "before"),
        ("access violation, 1.92 ok", "1.92"),
        ("v1.92.1 had no such problem", "1.92.1"),
        ("this did not happen in 0.15.1", "0.15.1"),
        ("no issue on b6500", "b6500"),
        ("went back to 0.9.6 and all is good", "0.9.6"),
        ("之前用的0.3.30一直没问题", "0.3.30"),
        ("更新之前好好的，现在加载就报错", "update"),
        ("升级前能用", "update"),
        ("Installer from April works.", "update"),
        ("worked until the update to 0.33", "update"),
        ("With the llama.cpp binaries 0.8.0 it loads.", "0.8.0"),
        ("since about 8 october updates it spits out random tokens", "update"),
        ("with python 3.12 it works", None),
        ("is 1.92 ok for my card?", None),
        ("Python 3.12 ok, Qwen 2.5 good", None),
        ("更新之前先备份", None),
        ("with 0.12.1 it was not better", None),
        ("升级到 0.6.6 就好了", None),
        ("with 1.2 it only prints the same", None),
        ("更新后还是一样报错", None),
        ("HIP 6.2.4 is installed, and I updated twice", None),
        ("it never worked", None),
        ("tried the new 0.7 and my t/s speed dropped from 2.9 to 0.5 on a 24b model", None),
        ("went back to 0.6.8 and i am back to 2.9t/s", "0.6.8"),
        ("how do I update it?", None),
        ("b7667 has no problem", "b7667"),
        ("1.82.4 does nothing. 1.75.2 works on the same box", "1.75.2"),
        ("the model worked in earlier builds, now it cannot make its cache", "update"),
        ("this did not happen in older releases", "update"),
        ("it has the same problem in earlier builds", None),
        ("Regression with 0.23.0: cpu only. 0.22.1 finds the card with the same drivers", "0.22.1"),
        ("ollama <=0.6.6 uses both V100, 0.6.7 and later only take the other card", "0.6.6"),
        ("build 9118 crashes as soon as I send a prompt. build 9116 works", "9116"),
        ("Last version that works is 0.9.2 (0.9.3, 0.9.4 not)", "0.9.2"),
        ("koboldcpp 1.101.1 garbage. Downgrading to version 1.100.1 restores everything", "1.100.1"),
        ("after pacman update from ollama-rocm 0.12.3-1 to 0.12.6-1 it runs on cpu only", "0.12.3"),
        ("it only happens on 0.23.0, not on 0.22.1", "0.22.1"),
        ("1.118 loads the weights fine, dies at the first prompt", None),
        ("从 0.12.3 更新到 0.12.6 之后只用 CPU", "0.12.3"),
        ("0.30.5 完全没这个毛病", "0.30.5"),
        ("torch 2.6.0 works, vllm says no kernel image", None),
        ("CUDA 12.4 and driver 550.54 works fine with pytorch, vllm fails", None),
        ("127.0.0.1 works, 192.168.1.5 does not", None),
        ("the readme says works on 0.9.2 and newer", None),
        ("After updating to 0.32.0 it works now, thanks", None),
        ("empty replies since ollama updated", "update"),
        ("updated llama.cpp today and now qwen3 outputs garbage", "update"),
        ("gibberish with glm after the latest llama.cpp update?", "update"),
        ("crash loop since I pulled the new image", "update"),
        ("auto update of the vulkan runtime happened and now it crashes", "update"),
        ("it broke with 0.23.0", "update"),
        ("llama runner started in 2.25 seconds", None),
        ("拉了最新镜像之后一直重启", "update"),
        ("上个礼拜还能用", "before"),
        ("Since updating from 26.0 to 26.1 of macOS no MLX model loads", "system"),
        ("after the windows 11 update nothing starts", "system"),
        ("my box has windows 11. After updating with the wizard exl3 does not load", "update"),
        ("0.4.2 on macOS: after today's update the search page crashes", "update"),
        ("gemma on a 3090 with ollama 0.20 runs partly on the processor", None),
        ("0.29.0 gives random tokens, 0.27 was right", "0.27"),
        ("with 1.18.0 it writes garbage, with the runtime before it was right", "update"),
        ("0.33.1 runs everything on the CPU, 0.32.1 did not", "0.32.1"),
        ("ollama ps shows 100% CPU. with 0.15.4 the gpu is found", "0.15.4"),
        ("After updating from 0.15.4 to 0.17.4 the model does not load", "0.15.4"),
        ("it used to be quick in 0.24, now in 0.30 slow as hell", "0.24"),
        ("downgraded to 0.6.5 and the issue is gone", "0.6.5"),
        ("the bug appeared in 3.5, 3.4.1 is not affected", "3.4.1"),
        ("v0.30.11 crashes, v0.24.0 doesn't", "0.24.0"),
        ("0.4.17 cannot load it but 0.4.16 can", "0.4.16"),
        ("b9118 crashes with a draft model. 9116 works", "9116"),
        ("1.104 有 30 t/s，1.105 只有 8 t/s", "1.104"),
        ("更新酒馆之后打不开了", "update"),
        ("since 1.12.11 SillyTavern shows nothing", "update"),
        ("566.36 was stable, it crashes since 572.16", "driver"),
        ("it crashes since 572.16", "driver"),
        ("after I upgraded to Ubuntu 26.04 the gpu is not found", "system"),
        ("b10091 is 70% slower than b9536 on my 8 GB card", "b9536"),
        ("25% slower with b9305 than with b9301, same model", "b9301"),
        ("vllm 0.17.1 serve Qwen3.5-4B stops at once", None),
        ("port 8080 works, 8081 does not", None),
        ("does 0.31 work with it?", None),
    ],
)
def test_it_worked_before(told: Surroundings, text: str, worked: str | None) -> None:
    found = read(told, text).worked_before
    assert (found.value if found else None) == worked


@pytest.mark.parametrize(
    ("text", "way"),
    [("installed ollama by snap", "snap"), ("sudo snap logs ollama", "snap"), ("a snapshot of the chat", None)],
)
def test_a_snap_is_known_by_its_commands(told: Surroundings, text: str, way: str | None) -> None:
    assert [found.value for found in read(told, text).packaging] == ([way] if way else [])


def test_system_program_card_and_packaging_in_words(told: Surroundings) -> None:
    facts = read(told, "windows 版 vllm，4090，用的整合包")
    assert facts.system is not None
    assert facts.system.value.startswith("Windows")
    assert facts.loader == Fact("vLLM", 1)
    assert [card.value for card in facts.gpus] == ["RTX 4090"]
    assert [way.value for way in facts.packaging] == ["portable"]
    assert facts.region == Fact("china", 1)


@pytest.mark.parametrize(
    ("text", "rights", "region"),
    [
        ("root@gpu:~# pip install -i https://mirrors.aliyun.com/pypi/simple vllm", "root", "china"),
        ("C:\\Windows\\System32>winget install x", "admin", None),
        ("li@pc:~$ pip install vllm", None, None),
    ],
)
def test_rights_and_region_by_traces(told: Surroundings, text: str, rights: str | None, region: str | None) -> None:
    facts = told.read(text, ())
    assert (facts.rights and facts.rights.value, facts.region and facts.region.value) == (rights, region)


def test_printed_facts_go_before_told_ones_and_cards_have_their_kind(told: Surroundings) -> None:
    printed = Facts(system=Fact("Ubuntu 24.04", 3), gpus=(Fact("RX 7600", 4),))
    merged = completed(printed, Facts(system=Fact("Windows", 1), loader=Fact("ollama", 1)), told.cards)
    assert merged.system == Fact("Ubuntu 24.04", 3)
    assert merged.loader == Fact("ollama", 1)
    assert merged.gfx == Fact("gfx1102", 4)
    assert [kind.value for kind in merged.generations] == ["RDNA 3"]


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("PS C:\\Users\\me\\llama> .\\llama-server -m model.gguf\nerror: invalid argument", "Windows"),
        ("(venv) PS D:\\ai> pip install vllm\nERROR: no matching distribution", "Windows"),
        ("some words\nE:\\x>llama-server -m a.gguf\nerror: b", "Windows"),
        ("me@box:~/ai$ pip install vllm\nERROR: no matching distribution", None),
        ("the ratio is C:\\ and then nothing", None),
    ],
)
def test_a_prompt_tells_windows(told: Surroundings, text: str, system: str | None) -> None:
    found = read(told, text).system
    assert (found.value if found else None) == system


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        ("4090可以量化32B的模型吗，服务器可以使用4090吗，使用4090会爆显存", ["RTX 4090"]),
        ("I have a 3090. Is my 3090 too old? The 3090 is slow.", ["RTX 3090"]),
        ("RTX 3090 + RTX 3090 and a 4090", ["RTX 3090", "RTX 3090", "RTX 4090"]),
    ],
)
def test_a_card_that_is_spoken_of_again_is_no_second_one(told: Surroundings, text: str, cards: list[str]) -> None:
    assert [fact.value for fact in read(told, text).gpus] == cards
