"""/diagnose in all its ways: text, file, form, menu, mention, reply, direct message."""

import gzip

import pytest
from chat_world import World, ids, labels, press, text_of
from tiny_clinic import LOG, UNKNOWN_LOG, TinyClinic

FILE = ("run.log", LOG.encode())


async def test_a_pasted_log_is_answered_for_everybody(world: World) -> None:
    result = await world.ann.slash(world.chat, "diagnose", log=LOG)
    assert result.acknowledged
    assert not result.ephemeral
    assert "The disk is full" in text_of(result.response)
    assert "No space left" in text_of(result.response)


async def test_a_private_answer_is_seen_by_the_asker_alone_and_can_be_shared(world: World) -> None:
    result = await world.ann.slash(world.chat, "diagnose", log=LOG, private=True)
    assert result.ephemeral
    assert world.of_bot(world.chat) == []

    shared = await press(world.ann, result.response, "share")

    assert not shared.ephemeral
    assert world.ann.mention in text_of(shared.response)
    assert "Show to everyone" not in labels(shared.response)
    assert "The disk is full" in text_of(world.of_bot(world.chat)[-1])
