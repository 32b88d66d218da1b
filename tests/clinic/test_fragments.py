"""Numbers in few words get their meaning from what was spoken of."""

import pytest
from shipped import CLINIC

from bot.answers.blocks import Code
from bot.clinic.corrections import corrected
from bot.clinic.fragments import Talked, completed
from bot.clinic.message import Message, Said

FIT = ("can i run gpt-oss 120b? 4090 and 32 gb ram",)
WANTS_RAM = Talked(
    ("qwen 32b in ollama gives this",), ("model requires more system memory (19.8 GiB) than is available",)
)
FULL_CONTEXT = Talked(
    ("tavern gives this",), ("request (9120 tokens) exceeds the available context size (8192 tokens)",)
)


@pytest.mark.parametrize(
    ("text", "before", "wanted"),
    [
        ("what if i go 64", Talked(FIT), "what if i go 64 GB RAM"),
        ("and 128?", Talked(FIT), "and 128 GB RAM?"),
        ("那加到64呢", Talked(FIT), "那加到64 GB RAM呢"),
        ("i have 16gb. what can i run instead?", WANTS_RAM, "i have 16 GB RAM. what can i run instead?"),
        ("its at 8192", FULL_CONTEXT, "its at context 8192"),
        ("现在设的4096", FULL_CONTEXT, "现在设的context 4096"),
        ("6gb", Talked(("llama 3 8b on my 1660 super",)), "6 GB VRAM"),
        ("the 12gb", Talked(("llama 3.3 70b? rtx 3080",)), "the 12 GB VRAM"),
    ],
)
def test_a_number_is_of_what_was_spoken_of(text: str, before: Talked, wanted: str) -> None:
    assert completed(text, before, CLINIC) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "i set layers to 20",
        "port 8192 is free",
        "the file is 16 gb",
        "it took 64 seconds",
        "64 tokens per second",
        "32b",
        "8b and 14b",
        "填20可以吗",
        "硬盘还有64g",
    ],
)
def test_what_says_itself_what_it_is_stays(text: str) -> None:
    assert completed(text, WANTS_RAM, CLINIC) == text


def test_a_first_message_stays() -> None:
    assert completed("64", Talked(()), CLINIC) == "64"


@pytest.mark.parametrize("text", ["再加一张一样的呢", "what about two of them?", "and with a second one?", "那双卡呢"])
def test_one_more_card_is_one_of_the_same(text: str) -> None:
    first = "3090能跑qwen2.5 72b q4吗，内存64g"
    assert corrected([first, text], CLINIC).texts[0] == f"2x {first}"
    reply = CLINIC.reply(Message(text, thread=(Said("asker", first),)))
    assert reply.told is not None
    assert reply.told.hardware["gpu"] == "2x RTX 3090"


def test_a_card_that_is_told_in_several_messages_is_one() -> None:
    post = CLINIC.posts.read("koboldcpp, qwen 32b on a 3090\n\n\n3090\n\n\n3090 24gb")
    assert [device.name for device in post.machine.devices] == ["RTX 3090"]


def test_two_cards_are_not_doubled() -> None:
    first = "2x 3090, 64gb ram, llama 70b q4?"
    assert corrected([first, "what about two of them?"], CLINIC).texts[0] == first


def test_a_size_stands_for_a_model_without_a_name() -> None:
    reply = CLINIC.reply(Message("那换14b呢", thread=(Said("asker", "koboldcpp 4070 跑 32b q4 要爆"),)))
    assert reply.told is not None
    assert reply.told.points["model"] == "14B"


def test_amounts_in_lines_of_their_own_do_not_run_into_each_other() -> None:
    post = CLINIC.posts.read("rtx 3080\n\n64 ram\n\n8b")
    assert post.machine.ram == 64 << 30
    assert post.request.hardware["ram"].startswith("64")


def test_a_setting_for_windows_is_written_as_the_service_takes_it() -> None:
    first = Said("asker", "how do i change where ollama stores models?")
    answer = CLINIC.reply(Message("on linux", thread=(first,))).answer
    assert answer is not None
    codes = [block.text for block in answer.blocks if isinstance(block, Code)]
    assert any("systemctl edit ollama" in code for code in codes)
    assert any('Environment="OLLAMA_MODELS=' in code for code in codes)
    assert not any("setx" in code for code in codes)


def test_what_runs_instead_is_counted_for_the_ram_that_is_told() -> None:
    wanted = "Error: model requires more system memory (19.8 GiB) than is available (11.7 GiB)"
    first = Said("asker", "qwen 32b in ollama gives this", (wanted,))
    reply = CLINIC.reply(Message("i have 16gb. what can i run instead?", thread=(first,)))
    assert reply.told is not None
    assert reply.told.hardware["ram"].startswith("16")
    assert [part.id for part in reply.parts] == ["table"]
