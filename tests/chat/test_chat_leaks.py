"""Whoever posts a secret is told in private, once, and may have the message deleted."""

from typing import Any

import discord
import pytest
from chat_world import World, labels, press, text_of
from tiny_clinic import LOG

from bot.clinic.door import Clinic
from bot.intake.masking.rule import Kind
from bot.intake.masking.table import PERSONAL

LEAK = f"{LOG}\nHF_TOKEN=hf_abcdefghijklmnopqrstuvwx"

pytest_plugins = ("chat_fixtures",)
PERMITTED = discord.PermissionOverwrite(manage_messages=True)
FORBIDDEN = discord.PermissionOverwrite(manage_messages=False)


def told(member: Any) -> list[Any]:
    channel = member.user.dm_channel
    return [message for message in channel.history() if message.author.bot] if channel else []


async def test_the_author_is_told_in_private_and_nobody_else(world: World) -> None:
    await world.set()
    await world.post(world.ann, LEAK)
    (message,) = told(world.ann)
    assert "Replace your token" in text_of(message)
    assert labels(message) == ["Delete my message", "Show it"]
    assert told(world.ben) == []


async def test_a_post_without_secrets_is_no_reason_for_a_direct_message(world: World) -> None:
    await world.set()
    await world.post(world.ann, LOG)
    assert told(world.ann) == []


async def test_a_mention_with_a_secret_is_answered_and_its_author_told(world: World) -> None:
    await world.ann.send(world.chat, f"<@{world.bot.user.id}> {LEAK}")  # type: ignore[union-attr]
    assert len(world.of_bot(world.chat)) == 1
    assert len(told(world.ann)) == 1


async def test_a_command_with_a_secret_is_answered_and_its_user_told_below_for_nobody_else(world: World) -> None:
    await world.ann.slash(world.chat, "diagnose", log=LEAK)
    followups = [entry.json for entry in world.env.backend.http_requests if _is_followup(entry)]
    assert ["Replace your token" in str(sent) for sent in followups] == [True]
    assert followups[0]["flags"] & 64  # only for the one who asked
    assert "hf_abc" not in str(followups)


async def test_a_command_without_secrets_has_nothing_below(world: World) -> None:
    await world.ann.slash(world.chat, "diagnose", log=LOG)
    assert not any(map(_is_followup, world.env.backend.http_requests))


async def test_who_looks_at_a_message_by_its_menu_has_its_author_told(world: World) -> None:
    message = await world.ann.send(world.chat, LEAK)
    await world.ben.context_menu(world.chat, "Diagnose this message", message)
    assert len(told(world.ann)) == 1
    assert told(world.ben) == []


def _is_followup(entry: Any) -> bool:
    return entry.method == "POST" and "/webhooks/" in entry.path


async def test_a_bystander_with_a_secret_is_told_and_starts_nothing(world: World) -> None:
    await world.set(helper_roles=())
    thread = await world.post(world.ann, "help, it crashes?")
    await world.ben.send(thread, f"I have that too, on Windows 11 with ollama.\n{LEAK}")
    assert len(told(world.ben)) == 1
    assert len(world.of_bot(thread)) == 1


@pytest.mark.parametrize("may", [True, False])
async def test_the_button_deletes_where_the_bot_may_and_else_says_how(world: World, may: bool) -> None:
    channel = world.guild.create_text_channel("logs", overwrites={world.guild.me: PERMITTED if may else FORBIDDEN})
    await world.ann.send(channel, f"<@{world.bot.user.id}> {LEAK}")  # type: ignore[union-attr]
    (message,) = told(world.ann)
    result = await press(world.ann.user, message, "delete_leak")
    said = text_of(result.response)
    left = [each for each in channel.history() if each.author.id == world.ann.id]
    assert (("The message is gone" in said), ("delete it yourself" in said), len(left)) == (may, not may, not may)


def test_every_kind_of_secret_has_its_advice_and_personal_details_have_none() -> None:
    clinic = Clinic()
    for kind in Kind.__args__:  # type: ignore[attr-defined]
        advice = clinic.leak_advice([f"token <{kind}> here"])
        assert (advice is None) == (kind in PERSONAL), kind
    assert clinic.leak_advice(["nothing here"]) is None
