"""Conversations that go astray, with the real clinic and the shipped knowledge."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from chat_world import World, ids, labels, press, simulated, text_of

from bot.chat.config import Config
from bot.clinic.door import Clinic
from bot.clinic.message import Message
from bot.clinic.opening import open_clinic
from bot.knowledge.files import knowledge_root
from bot.service.request_state import decoded
from bot.store.store import Store

pytest_plugins = ("chat_fixtures",)

OUT_OF_MEMORY = """load_tensors: offloading 65 repeating layers to GPU
ggml_backend_cuda_buffer_type_alloc_buffer: allocating 20000.00 MiB on device 0: cudaMalloc failed: out of memory
llama_model_load: error loading model: unable to allocate CUDA0 buffer
"""
TOLD = "koboldcpp, qwen2.5 32b q4_k_m, 3060 12gb, 32gb ram. help"
NOT_ENOUGH = "Error: model requires more system memory (22.3 GiB) than is available (15.9 GiB)"
PICTURE = ("shot.png", b"\x89PNG\r\n\x1a\n" + b"0" * 200)


@pytest.fixture(scope="module")
def practice() -> Clinic:
    clinic = open_clinic(knowledge_root())
    clinic.reply(Message("help, koboldcpp crashes"))  # what is read on first use is read now
    return clinic


@pytest.fixture
async def real(config: Config, practice: Clinic, store: Store) -> AsyncIterator[World]:
    async with simulated(config, practice, store) as world:
        await world.set()
        yield world


async def only(world: World, channel: Any) -> str:
    """The text of the one message of the bot."""
    (message,) = world.of_bot(channel)
    return text_of(message)


async def life(world: World, thread: Any) -> str:
    request = await world.store.requests.get(thread.id)
    assert request is not None
    return decoded(request.state).life


async def test_a_title_alone_is_read(real: World) -> None:
    thread = await real.post(real.ann, "如题", name="koboldcpp 加载 Qwen2.5-32B Q4_K_M 显存爆了 3060 win11")
    text = await only(real, thread)
    assert "显存" in text
    assert "调到 33" in text  # the layers that fit


async def test_a_title_and_a_picture_are_answered_in_the_language_of_the_title(real: World) -> None:
    text = await only(real, await real.post(real.ann, "", name="救命", files=[PICTURE]))
    assert "读不了截图" in text
    text = await only(real, await real.post(real.ann, "", name="ollama 连不上了", files=[PICTURE]))
    assert "连不上" in text


async def test_two_authors_in_one_thread_are_kept_apart(real: World) -> None:
    thread = await real.post(real.ann, f"koboldcpp, qwen2.5 32b q4_k_m, 3060 12gb, help\n{OUT_OF_MEMORY}", name="oom")
    before = await only(real, thread)
    await real.ben.send(thread, f"i use ollama on linux with a 4090, mine says {NOT_ENOUGH}, what can i do?")
    assert await only(real, thread) == before
    await real.ann.send(thread, "sorry, it's the 14b")
    text = await only(real, thread)
    assert "koboldcpp" in text
    assert "ollama" not in text
    assert "4090" not in text


async def test_a_helpers_log_in_the_authors_post_is_not_the_authors(real: World) -> None:
    thread = await real.post(real.ann, "koboldcpp crashes on start on windows 11, help", name="crash")
    before = await only(real, thread)
    await real.hal.send(thread, f"mine looked like this, yours too?\n{OUT_OF_MEMORY}")
    assert await only(real, thread) == before
    assert await life(real, thread) == "helper"


async def test_who_deletes_and_posts_again_is_answered_again(real: World) -> None:
    told = f"koboldcpp, 3060 12gb, help\n{OUT_OF_MEMORY}"
    first = await real.post(real.ann, told, name="oom")
    assert "VRAM" in await only(real, first)
    await real.ann.delete(real.opening(first))
    assert real.of_bot(first) == []
    second = await real.post(real.ann, told, name="oom again")
    assert "VRAM" in await only(real, second)


async def test_of_ten_corrections_in_a_row_the_last_one_counts(real: World) -> None:
    thread = await real.post(real.ann, f"{TOLD}\n{OUT_OF_MEMORY}", name="oom")
    for card in ("3070", "3080", "4060", "4070", "4080", "3070", "3080", "4060", "4070", "3090"):
        await real.ann.send(thread, f"sorry, it's a {card}")
    request = await real.store.requests.get(thread.id)
    assert request is not None
    told_by_now = decoded(request.state).told
    assert told_by_now is not None
    assert told_by_now.hardware["gpu"] == "RTX 3090"
    assert len(real.of_bot(thread)) == 1


async def test_an_answer_beside_is_corrected_too(real: World) -> None:
    thread = await real.post(real.ann, f"{TOLD}\n{OUT_OF_MEMORY}", name="oom")
    await real.ann.send(thread, "how many layers should i use then?")
    beside = max(real.of_bot(thread), key=lambda message: message.id)
    assert "32B" in text_of(beside)
    await real.ann.send(thread, "sorry it's the 14b model not 32b")
    (corrected,) = [message for message in real.of_bot(thread) if message.id == beside.id]
    assert "14B" in text_of(corrected)
    assert "32B" not in text_of(corrected)


async def test_an_answer_beside_has_no_buttons_for_how_it_went(real: World) -> None:
    thread = await real.post(real.ann, f"{TOLD}\n{OUT_OF_MEMORY}", name="oom")
    await real.ann.send(thread, "how many layers should i use then?")
    stands, beside = sorted(real.of_bot(thread), key=lambda message: message.id)
    assert labels(stands) == ["Solved", "Not solved", "More"]
    assert labels(beside) == ["More"]


async def test_answers_are_folded_to_a_line_once_it_is_solved(real: World) -> None:
    thread = await real.post(real.ann, f"{TOLD}\n{OUT_OF_MEMORY}", name="oom")
    await real.ann.send(thread, "how many layers should i use then?")
    await real.ann.send(thread, "sorry it's the 14b model not 32b")
    assert [labels(message) for message in real.of_bot(thread)].count([]) == 0
    await real.ann.send(thread, "lowered the layers and it runs, thank you!")
    assert [labels(message) for message in real.of_bot(thread)] == [[], []]
    _, beside = sorted(real.of_bot(thread), key=lambda message: message.id)
    assert "GPU layers: 49 of 49" in text_of(beside)
    assert "\n" not in text_of(beside).strip()


async def test_what_the_answer_tells_by_now_is_not_said_beside_any_more(real: World) -> None:
    thread = await real.post(real.ann, "koboldcpp, windows 11, qwen2.5 32b. crashes while loading", name="crash")
    await real.ann.send(thread, "quant is Q4_K_M, gpu 3060 12gb")
    assert len(real.of_bot(thread)) == 2
    await real.ann.send(thread, OUT_OF_MEMORY)
    text = await only(real, thread)
    assert "type in 33" in text
    request = await real.store.requests.get(thread.id)
    assert request is not None
    assert decoded(request.state).beside == {}


async def test_what_is_asked_with_a_solution_is_answered(real: World) -> None:
    thread = await real.post(real.ann, f"help, error from ollama run llama3.1:70b\n{NOT_ENOUGH}", name="ollama")
    await real.ann.send(thread, "took llama3.1:8b, works. how do i use it from my phone?")
    assert await life(real, thread) == "solved"
    stands, beside = sorted(real.of_bot(thread), key=lambda message: message.id)
    assert "Solved" in text_of(stands)
    assert "other devices reach ollama" in text_of(beside)
    assert labels(beside) == ["More"]


async def test_a_deleted_correction_corrects_nothing(real: World) -> None:
    thread = await real.post(real.ann, f"{TOLD}\n{OUT_OF_MEMORY}", name="oom")
    before = await only(real, thread)
    wrong = await real.ann.send(thread, "sorry it's the 14b model not 32b")
    assert await only(real, thread) != before
    await real.ann.delete(wrong)
    assert await only(real, thread) == before


async def test_an_error_sent_later_to_a_help_channel_is_diagnosed(real: World) -> None:
    await real.ann.send(real.help, "求助，ollama报错")
    await real.ann.send(real.help, NOT_ENOUGH)
    text = await only(real, real.help)
    assert "22.3" in text
    assert "内存" in text  # in the language of the call for help


async def test_what_was_said_before_in_a_help_channel_counts_when_the_error_comes(real: World) -> None:
    await real.ben.send(real.help, "help, koboldcpp on windows gives me an error")
    await real.ann.send(real.help, "求助，出错了")
    await real.ben.send(real.help, OUT_OF_MEMORY)
    text = await only(real, real.help)
    assert "koboldcpp" in text
    assert "VRAM" in text


async def test_a_new_trouble_by_mention_is_answered_for_itself(real: World) -> None:
    me = f"<@{real.bot.user.id}>"  # type: ignore[union-attr] # logged in
    await real.ann.send(real.chat, f"{me} 酒馆连不上了怎么办")
    await real.ann.send(real.chat, f"{me} 显存爆了")
    shown = max(real.of_bot(real.chat), key=lambda message: message.id)
    assert "显存爆了" in text_of(shown)
    await real.ann.send(real.chat, f"{me} 这是啥问题", attachments=[PICTURE])
    shown = max(real.of_bot(real.chat), key=lambda message: message.id)
    assert "读不了截图" in text_of(shown)
    assert "127.0.0.1" not in text_of(shown)


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("hi", "What is it about"), ("", "any time"), ("thanks", "any time"), ("谢谢", "随时叫我"),
        ("?", "any time"), ("who are you", "any time"), ("你是谁", "随时叫我"), ("[图片]", "还看不出是什么问题"),
    ],
)  # fmt: skip
async def test_a_mention_that_says_little_is_answered_politely(real: World, said: str, answered: str) -> None:
    await real.ben.send(real.chat, f"<@{real.bot.user.id}> {said}")  # type: ignore[union-attr] # logged in
    assert answered in await only(real, real.chat)


async def test_who_the_bot_is_is_no_question_about_what_was_told_before(real: World) -> None:
    me = f"<@{real.bot.user.id}>"  # type: ignore[union-attr] # logged in
    await real.ann.send(real.chat, f"{me} 酒馆连不上了怎么办")
    await real.ann.send(real.chat, f"{me} who are you")
    assert "</about:" in text_of(max(real.of_bot(real.chat), key=lambda message: message.id))


@pytest.mark.parametrize(
    ("said", "answered"),
    [("hi", "What is it about"), ("can you help me?", "What is it about"), ("what can you do", "any time"),
     ("good bot", "What is it about"), ("能帮我看看吗", "说说怎么回事"), ("在吗", "说说怎么回事")],
)  # fmt: skip
async def test_a_call_by_mention_is_not_taken_for_what_was_told_before(real: World, said: str, answered: str) -> None:
    me = f"<@{real.bot.user.id}>"  # type: ignore[union-attr] # logged in
    await real.ann.send(real.chat, f"{me} 酒馆连不上了怎么办")
    await real.ann.send(real.chat, f"{me} {said}")
    assert answered in text_of(max(real.of_bot(real.chat), key=lambda message: message.id))


@pytest.mark.parametrize("called", ["anyone?", "bump", "can anybody help me please?"])
async def test_a_call_under_an_answer_is_not_answered(real: World, called: str) -> None:
    thread = await real.post(real.ann, "koboldcpp: cudaMalloc failed: out of memory")
    before = [text_of(message) for message in real.of_bot(thread)]
    await real.ann.send(thread, called)
    assert [text_of(message) for message in real.of_bot(thread)] == before


@pytest.mark.parametrize(
    ("said", "how", "shown"),
    [
        ("FluxError: no juice in 7", "fixed it, I recharged it", "### ✅ Solved\n-# “fixed it, I recharged it”"),
        ("can I run qwen3 14b on a 3060?", "works great, thanks", "### ✅ Solved\n-# “works great, thanks”"),
    ],
)
async def test_what_has_no_name_is_solved_without_one(real: World, said: str, how: str, shown: str) -> None:
    log = f'Traceback (most recent call last):\n  File "main.py", line 3\n{said}' if "Error" in said else said
    thread = await real.post(real.ann, log, name="koboldcpp, help")
    await real.ann.send(thread, how)
    assert text_of(real.of_bot(thread)[0]) == shown


async def test_ten_corrections_in_a_row_are_one_answer_that_stays_open(real: World) -> None:
    thread = await real.post(real.ann, "can I run qwen3 32b q4_k_m on a 3060 12gb with 32gb ram?", name="fit")
    for said in ("it's a 3070", "no, 4060 ti 16gb", "sorry 3090", "not 32b, 14b", "q6_k", "64gb ram actually",
                 "no 32", "it's a 4090", "搞错了，原来是3070", "no it is a 3060 after all"):  # fmt: skip
        await real.ann.send(thread, said)
    (answer,) = real.of_bot(thread)
    shown = text_of(answer)
    assert "Solved" not in shown
    assert "RTX 3060" in shown
    assert "14B" in shown


async def test_what_may_have_been_meant_is_pressed(real: World) -> None:
    shown = (await real.ann.slash(real.chat, "faq", question="connect")).response
    meant = [label for label in labels(shown) if label.endswith("?")]
    assert len(meant) > 1
    copy = await real.ben.click(shown, label=meant[-1])  # somebody else gets the answer for himself
    assert copy.followups or copy.response.ephemeral
    await real.ann.click(shown, label=meant[-1])
    assert meant[-1] in text_of(shown)
    assert not [label for label in labels(shown) if label.endswith("?")]


async def test_under_a_post_what_else_may_be_meant_is_a_menu(real: World) -> None:
    thread = await real.post(real.ann, "shrink the ollama folder its 200gb", name="求助")
    (message,) = real.of_bot(thread)
    answered = await real.ann.select(message, ["0"], custom_id=ids(message, "meant"))
    assert answered.response.ephemeral
    assert "ollama" in text_of(answered.response).lower()


async def test_a_wrong_answer_goes_with_one_press(real: World) -> None:
    thread = await real.post(real.ann, "koboldcpp crashes on start on windows 11, help", name="crash")
    await press(real.ann, real.of_bot(thread)[0], "dismiss")
    assert real.of_bot(thread) == []
