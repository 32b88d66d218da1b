"""Links to messages of the same server are read, as far as the one who sent them may read them."""

import discord
import pytest
from chat_world import World, text_of
from tiny_clinic import LOG

from bot.chat.message_links import Place, places_in

pytest_plugins = ("chat_fixtures",)

GUILD, CHANNEL, MESSAGE = 100_000_000_000_000_001, 100_000_000_000_000_002, 100_000_000_000_000_003
LINK = f"https://discord.com/channels/{GUILD}/{CHANNEL}/{MESSAGE}"


@pytest.mark.parametrize(
    "text",
    [
        f"same as {LINK}.",
        f"<{LINK}>",
        f"{LINK} and {LINK}",
        LINK.replace("discord.com", "canary.discord.com"),
        LINK.replace("discord.com", "ptb.discordapp.com"),
        f"见{LINK}，一样的",
    ],
)
def test_links_to_messages_are_found(text: str) -> None:
    assert places_in(text, GUILD) == (Place(GUILD, CHANNEL, MESSAGE),)


@pytest.mark.parametrize(
    "text",
    [
        LINK.replace(str(GUILD), str(GUILD + 9)),
        LINK.replace("discord.com", "discord.com.evil.example"),
        LINK.replace("discord.com", "notdiscord.example/discord.com"),
        f"https://discord.com/channels/{GUILD}/{CHANNEL}",
        f"{LINK}/5",
        "no link",
    ],
)
def test_other_links_stay_words(text: str) -> None:
    assert places_in(text, GUILD) == ()


async def test_a_linked_message_is_read_with_its_files(world: World) -> None:
    first = await world.ben.send(world.chat, "look:", attachments=[("run.log", LOG.encode())])
    await world.ann.send(world.help, f"<@{world.bot.user.id}> what is this? {first.jump_url}")  # type: ignore[union-attr]
    (answer,) = world.of_bot(world.help)
    assert "The disk is full" in text_of(answer)


async def test_so_is_one_in_a_post_of_the_forum_and_in_a_command(world: World) -> None:
    await world.set()
    first = await world.ben.send(world.chat, LOG)
    thread = await world.post(world.ann, f"help, I have the same as {first.jump_url}")
    assert "The disk is full" in text_of(world.of_bot(thread)[0])
    result = await world.ann.slash(world.chat, "diagnose", log=first.jump_url)
    assert "The disk is full" in text_of(result.response)


async def test_what_the_sender_may_not_read_is_not_read_for_them_and_they_are_told(world: World) -> None:
    nothing = discord.PermissionOverwrite(view_channel=False)
    closed = world.guild.create_text_channel("staff", overwrites={world.ann: nothing})
    first = await world.hal.send(closed, LOG)
    seen = await world.hal.slash(world.chat, "diagnose", log=first.jump_url)
    assert "disk is full" in text_of(seen.response)
    result = await world.ann.slash(world.chat, "diagnose", log=first.jump_url)
    assert "disk is full" not in text_of(result.response)
