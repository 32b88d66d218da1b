"""Screenshots on Discord, with the real clinic and the shipped knowledge: read where the extra "ocr" is installed,
and where it is not, people are told in words how to copy the text.
"""

from collections.abc import AsyncIterator
from copy import copy
from typing import Any

import pytest
from chat_world import World, simulated, text_of
from drawn import drawn, png
from shipped import CLINIC

from bot.chat.config import Config
from bot.clinic.door import Clinic
from bot.intake.ocr.available import picture_reader
from bot.intake.pictures import PictureReader
from bot.store.store import Store

pytest_plugins = ("chat_fixtures",)
with_recognition = pytest.mark.skipif(picture_reader() is None, reason='the extra "ocr" is not installed')

TOP = """\
C:\\AI> koboldcpp.exe --model Qwen2.5-14B-Instruct-Q5_K_M.gguf
Device 0: NVIDIA GeForce RTX 3060, compute capability 8.6, VMM: yes
llama_model_loader: loaded meta data with 34 key-value pairs
llama_context: n_ctx = 16384
"""
BOTTOM = """\
llama_model_loader: loaded meta data with 34 key-value pairs
llama_context: n_ctx = 16384
ggml_backend_cuda_buffer_type_alloc_buffer: allocating 9218.35 MiB on device 0:
cudaMalloc failed: out of memory
llama_model_load: error loading model: unable to allocate CUDA0 buffer
"""
SHOT = png(drawn(TOP + "\n".join(BOTTOM.splitlines()[2:])))
HALVES = (png(drawn(TOP)), png(drawn(BOTTOM)))
BLANK = png(drawn(" ", dark=False))


@pytest.fixture(scope="module")
def shipped() -> Clinic:
    return copy(CLINIC)  # others use it too


@pytest.fixture(scope="module")
def reader() -> PictureReader | None:
    """It has seen the pictures before, as it remembers them: the simulated Discord bears no job of seconds."""
    reader = picture_reader()
    for picture in (SHOT, *HALVES, BLANK):
        if reader is not None:
            reader.read("shot.png", picture, 60.0)
    return reader


@pytest.fixture
async def seeing(config: Config, shipped: Clinic, store: Store, reader: PictureReader | None) -> AsyncIterator[World]:
    shipped.pictures = reader
    async with simulated(config, shipped, store) as world:
        yield world


@pytest.fixture
async def blind(config: Config, shipped: Clinic, store: Store) -> AsyncIterator[World]:
    shipped.pictures = None
    async with simulated(config, shipped, store) as world:
        yield world


def mention(world: World, text: str) -> str:
    assert world.bot.user is not None
    return f"<@{world.bot.user.id}> {text}"


@with_recognition
async def test_a_post_with_a_screenshot_is_diagnosed(seeing: World) -> None:
    await seeing.set()
    thread = await seeing.post(seeing.ann, "help, what does this mean?", files=[("shot.png", SHOT)])
    (answer,) = seeing.of_bot(thread)
    assert "cudaMalloc failed: out of memory" in text_of(answer)
    assert "Read from your picture" in text_of(answer)


@with_recognition
async def test_two_screenshots_of_one_log_are_read_as_one_in_whichever_order(seeing: World) -> None:
    shots = [("2.png", HALVES[1]), ("1.png", HALVES[0])]
    await seeing.ann.send(seeing.chat, mention(seeing, "帮忙看看这个"), attachments=shots)
    (answer,) = seeing.of_bot(seeing.chat)
    assert "显存" in text_of(answer)
    assert "cudaMalloc failed: out of memory" in text_of(answer)
    assert "从你的图片里读出来的（7 行）" in text_of(answer)


@with_recognition
@pytest.mark.parametrize("way", ["command", "menu", "reply"])
async def test_every_way_to_show_a_picture_leads_to_the_same_answer(seeing: World, way: str) -> None:
    text = await answered(seeing, way, [("shot.png", SHOT)])
    assert "cudaMalloc failed: out of memory" in text
    assert "Read from your picture" in text


async def answered(world: World, way: str, files: Any) -> str:
    if way == "command":
        return text_of((await world.ann.slash(world.chat, "diagnose", file=files[0])).response)
    message = await world.ann.send(world.chat, "look at this error", attachments=files)
    if way == "menu":
        return text_of((await world.ben.context_menu(world.chat, "Diagnose this message", message)).response)
    await world.ben.send(world.chat, mention(world, "what is it?"), reply_to=message)
    return text_of(world.of_bot(world.chat)[-1])


@with_recognition
@pytest.mark.parametrize("content", [SHOT[:-500], b"\x89PNG\r\n\x1a\n" + b"rubbish" * 30])
async def test_a_broken_picture_is_told_of_and_how_to_copy_text(seeing: World, content: bytes) -> None:
    assert "copy the text" in await answered(seeing, "command", [("shot.png", content)])
    assert seeing.env.errors


@with_recognition
async def test_a_picture_without_writing_is_told_of(seeing: World) -> None:
    await seeing.set()
    thread = await seeing.post(seeing.ann, "help, what does this mean?", files=[("x.png", BLANK)])
    (answer,) = seeing.of_bot(thread)
    assert "no text in your picture" in text_of(answer)


async def test_without_recognition_a_picture_gets_the_way_to_copy_text(blind: World) -> None:
    assert "copy the text" in await answered(blind, "command", [("shot.png", SHOT)])
    assert blind.env.errors
    await blind.set()
    for text, said in (("help, what does this mean?", "copy the text"), ("求助，这是什么意思？", "文字复制出来")):
        thread = await blind.post(blind.ann, text, files=[("shot.png", SHOT)])
        (answer,) = blind.of_bot(thread)
        assert said in text_of(answer)
