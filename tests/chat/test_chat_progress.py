"""Whoever waits sees that something is being done: what is read, which place in the queue, that the bot is typing."""

import asyncio
from collections import deque
from typing import Any

from chat_world import World, text_of
from tiny_clinic import LOG

pytest_plugins = ("chat_fixtures",)

LOG_FILE = ("crash.log", LOG.encode())


def shown_on_the_way(world: World) -> list[str]:
    """Every text that replaced the first answer of an interaction, in order."""
    edits = [
        entry
        for entry in world.env.backend.http_requests
        if entry.method == "PATCH" and entry.path.endswith("/messages/@original") and isinstance(entry.json, dict)
    ]
    return [str(entry.json) for entry in edits]


def typed(world: World, channel: Any) -> bool:
    paths = [entry.path for entry in world.env.backend.http_requests if entry.method == "POST"]
    return f"/channels/{channel.id}/typing" in paths


async def test_a_file_is_said_to_be_read_before_the_answer_stands(world: World) -> None:
    result = await world.ann.slash(world.chat, "diagnose", file=LOG_FILE)
    thinking, answered = shown_on_the_way(world)
    assert "Looking for the cause" in thinking
    assert "The disk is full" in answered
    assert "Looking for the cause" not in text_of(result.response)


async def test_several_files_are_counted(world: World) -> None:
    shown = await world.ann.slash(world.chat, "diagnose")
    await world.ann.submit_modal(shown, {"file": [LOG_FILE, ("second.log", b"out of memory")]})
    told = "".join(shown_on_the_way(world))
    assert "Reading 1 of 2 files" in told
    assert "Reading 2 of 2 files" in told


async def test_who_waits_is_told_the_place_in_the_queue(world: World) -> None:
    lines = world.bot.workers._turns._lines
    lines[999] = deque(asyncio.get_running_loop().create_future() for _ in range(3))
    asked = asyncio.create_task(world.ann.slash(world.chat, "diagnose", log=LOG))
    while not shown_on_the_way(world):
        await asyncio.sleep(0.01)
    lines.pop(999, None)
    await asked
    assert "you are number 4 in the queue" in shown_on_the_way(world)[0]
    assert "The disk is full" in shown_on_the_way(world)[-1]


async def test_a_mention_is_answered_after_typing(world: World) -> None:
    await world.ann.send(world.chat, f"<@{world.bot.user.id}> {LOG}")  # type: ignore[union-attr]
    assert typed(world, world.chat)


async def test_under_a_post_with_a_file_the_bot_types_and_under_words_alone_it_does_not(world: World) -> None:
    await world.set()
    words = await world.post(world.ben, f"help\n{LOG}")
    assert not typed(world, words)
    post = await world.post(world.ann, "help", files=[LOG_FILE])
    assert typed(world, post)


async def test_other_channels_see_no_typing(world: World) -> None:
    await world.set()
    await world.ann.send(world.chat, "look at this", attachments=[LOG_FILE])
    await world.ann.send(world.help, "nice weather", attachments=[LOG_FILE])
    assert not typed(world, world.chat)
    assert not typed(world, world.help)
