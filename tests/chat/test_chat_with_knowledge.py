"""The whole way with the real clinic and the shipped knowledge, as people write."""

import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from chat_world import World, ids, labels, press, raw, simulated, text_of
from discord_checker import components

from bot.answers.blocks import Answer
from bot.chat import rendering
from bot.chat.config import Config
from bot.chat.interactive import parsed
from bot.clinic.door import Clinic
from bot.clinic.opening import open_clinic
from bot.knowledge.files import knowledge_root
from bot.store.outcomes import Outcome
from bot.store.store import Store

pytest_plugins = ("chat_fixtures",)

HAN = re.compile("[\u4e00-\u9fff]")
CODE = re.compile(r"```.*?```|`[^`]*`|\]\(<[^>]*>\)", re.DOTALL)
WESTERN = re.compile(
    "[\u4e00-\u9fff][,;:!?]|[,;:!?] ?[\u4e00-\u9fff]"
    r"|[\u4e00-\u9fff]\(|\)[\u4e00-\u9fff]|[\u4e00-\u9fff]\.(?=\s|$)|\d–\d"
)
OUT_OF_MEMORY = """load_tensors: offloading 65 repeating layers to GPU
ggml_backend_cuda_buffer_type_alloc_buffer: allocating 20000.00 MiB on device 0: cudaMalloc failed: out of memory
llama_model_load: error loading model: unable to allocate CUDA0 buffer
"""


@pytest.fixture(scope="module")
def practice() -> Clinic:
    return open_clinic(knowledge_root())


@pytest.fixture
async def real(config: Config, practice: Clinic, store: Store) -> AsyncIterator[World]:
    async with simulated(config, practice, store) as world:
        yield world


async def test_a_chinese_beginner_from_the_first_cry_to_the_diagnosis(real: World) -> None:
    await real.set()
    thread = await real.post(real.ann, "求助大佬，koboldcpp 一点启动就闪退，win11")
    (message,) = real.of_bot(thread)
    text = text_of(message)
    assert "窗口一闪而过" in text
    assert labels(message) == ["解决了", "没解决", "更多"]

    await real.ann.send(thread, f"用的 Qwen2.5-32B-Instruct-Q5_K_M，3060 12G\n{OUT_OF_MEMORY}")
    (message,) = real.of_bot(thread)
    assert "显存" in text_of(message)
    assert "cudaMalloc failed" in text_of(message)
    assert "解决了" in labels(message)

    shown = await press(real.ben, message, "more")
    assert shown.ephemeral
    await press(real.ann, message, "switch")
    assert "out of memory" in text_of(real.of_bot(thread)[0])


async def test_of_an_unknown_log_the_line_that_tells_most_is_shown(real: World) -> None:
    log = (
        'loading frob.bin\nTraceback (most recent call last):\n  File "run.py", line 88\nWidgetError: spindle 3 jammed'
    )
    result = await real.ann.slash(real.chat, "diagnose", log=log)
    assert "Line 4 of your log: `WidgetError: spindle 3 jammed`" in text_of(result.response)


async def test_recommendations_are_told_as_chinese_writes(real: World) -> None:
    answer = real.clinic.recommend("4060", "16")
    text = " ".join(rendering.pages(answer, "zh", short=True)[0])
    assert "RTX 4060（8.0 GiB）+ 16.0 GiB 内存能跑什么" in text
    assert "上下文 17k" in text
    assert ", " not in text
    assert "–" not in text


@pytest.mark.parametrize(
    "ask",
    [
        lambda clinic: clinic.can_run("qwen3 30b a3b", "4060ti 16g", "64").answer,
        lambda clinic: clinic.can_run("llama 3.1 405b", "4060", "16").answer,
        lambda clinic: clinic.recommend("0", "8"),
        lambda clinic: clinic.explain("DeepSeek-R1-0528-Qwen3-8B-UD-Q4_K_XL-00001-of-00002.gguf").answer,
        lambda clinic: clinic.faq("显存不足怎么办").answer,
        lambda clinic: clinic.term("KV 缓存").answer,
        lambda clinic: clinic.diagnose(OUT_OF_MEMORY).answers[0],
        lambda clinic: clinic.diagnose("FluxError: no juice\n  at frob 3").answers[0],
    ],
)
def test_chinese_answers_have_chinese_punctuation(practice: Clinic, ask: Callable[[Clinic], Answer]) -> None:
    answer = ask(practice)
    pages = [*rendering.pages(answer, "zh", short=True), *rendering.detail_pages(answer, "zh")]
    text = CODE.sub("", "\n".join(part for page in pages for part in page)).replace("**", "")
    assert HAN.search(text)
    assert WESTERN.findall(text) == []


async def test_the_pages_of_more_are_turned_both_ways_and_hold_the_buttons(real: World) -> None:
    result = await real.ann.slash(real.chat, "canirun", model="Qwen2.5-32B-Instruct-Q5_K_M", vram="3060", ram="32")
    shown = (await press(real.ann, result.response, "more")).response
    told = [text_of(shown)]
    while (onward := _page_button(shown, len(told))) is not None:
        shown = (await real.ann.click(shown, custom_id=onward)).response
        told.append(text_of(shown))
        assert _page_button(shown, len(told) - 2) is not None
        assert {"Chart", "Copy commands"} <= set(labels(shown))
    assert len(set(told)) == len(told) > 1


def _page_button(message: Any, page: int) -> str | None:
    """The id of the button that leads to a page, counted from 0."""
    ids = [part.get("custom_id", "") for part in components(raw(message))]
    found = ((id_, parsed(id_)) for id_ in ids)
    return next((id_ for id_, told in found if told and told[0] == "page" and told[1][-1] == str(page)), None)


async def test_every_command_answers(real: World) -> None:
    asked: dict[str, dict[str, Any]] = {
        "diagnose": {"log": OUT_OF_MEMORY},
        "canirun": {"model": "Qwen2.5-32B-Instruct-Q5_K_M", "vram": "3060", "ram": "32", "context": 8192},
        "layers": {"model": "Qwen2.5-32B-Instruct-Q5_K_M", "vram": "12"},
        "explain": {"name": "Qwen2.5-32B-Instruct-Q5_K_M-00001-of-00002.gguf"},
        "faq": {"question": "How large a model can I run?"},
        "term": {"word": "GGUF"},
        "about": {},
        "privacy": {},
    }
    for name, options in asked.items():
        result = await real.ann.slash(real.chat, name, **options)
        assert len(text_of(result.response)) > 40, name
        assert len(labels(result.response)) <= 3, name
    for name in ("setup", "stats", "unknown"):
        result = await real.mod.slash(real.chat, name)
        assert text_of(result.response), name
    drawn = await press(real.ann, real.of_bot(real.chat)[1], "chart")
    assert drawn.response.attachments[0].filename == "memory.png"


async def test_another_program_s_command_comes_alone_from_a_menu(real: World) -> None:
    result = await real.ann.slash(real.chat, "canirun", model="Qwen3-14B", vram="3060", ram="32", system="linux")
    assert text_of(result.response).count("```") == 2  # one command, for the system that was told
    assert ".exe" not in text_of(result.response)
    chosen = await real.ann.select(result.response, ["0"], custom_id=ids(result.response, "program"))
    assert chosen.ephemeral
    told = text_of(chosen.response)
    assert told.count("```") == 2
    assert told != text_of(result.response)


async def test_of_several_models_each_is_a_button_and_named_there_alone(real: World) -> None:
    shown = (await real.ann.slash(real.chat, "canirun", model="32b", vram="3060", ram="32")).response
    offered = labels(shown)
    assert len(offered) > 3
    assert all(name not in text_of(shown) for name in offered)
    answered = await real.ann.click(shown, label=offered[0])
    assert offered[0] in text_of(answered.response)


async def test_every_way_of_the_loader_dialogue_fits_discord(real: World) -> None:
    for choices in (("Windows", "Only clicking"), ("Mac", "Simple commands are fine")):
        shown = await real.ann.slash(real.chat, "loader")
        for label in choices:
            await real.ann.click(shown.response, label=label)
        await real.ann.click(shown.response, label="Running quickly, I am new")
        await real.ann.click(shown.response, label="No, or not sure")
        assert "Install" in text_of(shown.response)


async def test_what_is_not_known_is_said_and_counted(real: World) -> None:
    result = await real.ann.slash(
        real.chat, "diagnose", log="Traceback (most recent call last):\nFluxError: no juice in 7"
    )
    assert "do not recognise" in text_of(result.response)
    (cluster,) = await real.store.unknown.top()
    assert cluster.signature == "FluxError: no juice in <n>"


async def test_models_that_may_be_meant_are_pressed_instead_of_typed(real: World) -> None:
    asked = await real.ann.slash(real.chat, "canirun", model="deepseek r1", vram="3060", ram="32")
    assert "DeepSeek-R1-Distill-Qwen-14B" in labels(asked.response)
    answered = await real.ann.click(asked.response, label="DeepSeek-R1-Distill-Qwen-14B")
    assert "DeepSeek-R1-Distill-Qwen-14B" in text_of(answered.response)
    assert "token" in text_of(answered.response)


async def test_a_question_back_is_answered_beside_and_a_correction_in_place(real: World) -> None:
    await real.set()
    told = "koboldcpp, qwen2.5 32b q4_k_m, 3060 12gb, 32gb ram. it crashes on load, help"
    thread = await real.post(real.ann, f"{told}\n{OUT_OF_MEMORY}", name="oom")
    assert len(real.of_bot(thread)) == 1
    await real.ann.send(thread, "how many layers should i use then?")
    first, second = sorted(real.of_bot(thread), key=lambda message: message.id)
    assert "GPU layers: " in text_of(second)
    await real.ann.send(thread, "sorry it's a 3070, not a 3060")
    assert len(real.of_bot(thread)) == 2
    await real.ann.send(thread, "still the same error")
    await real.ann.send(thread, "no luck, same error")
    last = max(real.of_bot(thread), key=lambda message: message.id)
    assert "RTX 3070" in text_of(last) or "3070" in text_of(last)  # handed over, with what is known by now
    count = len(real.of_bot(thread))
    await real.hal.send(thread, "run it with --gpulayers 20 and tell us whether it loads")
    await real.ann.send(thread, "that fixed it, thank you!!")
    assert len(real.of_bot(thread)) == count
    assert text_of(first).count("\n") <= 2 or "Solved" in text_of(real.of_bot(thread)[0])


async def test_a_linked_message_that_is_gone_is_said_to_be_gone(real: World) -> None:
    first = await real.ben.send(real.chat, OUT_OF_MEMORY)
    gone = f"{first.jump_url.rpartition('/')[0]}/100000000000000003"
    result = await real.ann.slash(real.chat, "diagnose", log=f"koboldcpp stops, see {gone}")
    assert "The link to discord.com does not open" in text_of(result.response)


async def test_the_log_of_a_filled_template_is_counted_by_itself(real: World) -> None:
    asked = await real.ann.slash(real.chat, "template")
    form = await press(real.ben, asked.response, "template")
    filled = {"system": "win11", "loader": "kobold", "description": "it is gone at once", "log": OUT_OF_MEMORY}
    sent = await real.ben.submit_modal(form, filled)
    (answer,) = sent.followups
    assert "From your log: `" in text_of(answer)


async def test_figures_name_causes_as_a_reader_knows_them(real: World) -> None:
    now = real.store.outcomes._clock()
    await real.store.outcomes.note(Outcome(1, real.guild.id, real.ann.id, now, "koboldcpp-gpu-out-of-memory"))
    shown = text_of((await real.mod.slash(real.chat, "stats")).response)
    assert "koboldcpp: the card's VRAM is full 0/1" in shown


async def test_on_a_mac_nothing_is_said_of_a_card(real: World) -> None:
    result = await real.ann.slash(real.chat, "canirun", model="qwen3 8b", vram="M2 Pro", ram="32")
    shown = text_of(result.response)
    assert "Yes, all of it on the GPU" in shown
    assert "card" not in shown


@pytest.mark.parametrize(
    "log",
    [
        "Windows 11, koboldcpp 1.98, Qwen2.5-32B Q5_K_M. I clicked launch and it crashes.\n"
        'Traceback (most recent call last):\n  File "main.py", line 3\nFluxError: no juice in 7',
        "求助，lm studio 加载失败",
        "help, koboldcpp crashes on Windows 11?",
    ],
)
async def test_what_is_not_sure_leads_nowhere_without_its_command(real: World, log: str) -> None:
    await real.set()
    (message,) = real.of_bot(await real.post(real.ann, log))
    lines = text_of(message).split("\n")
    leading = [at for at, line in enumerate(lines) if line.rstrip().endswith((":", "："))]
    assert all(at + 1 < len(lines) and lines[at + 1].startswith("```") for at in leading)
    assert "known fault" not in text_of(message)
