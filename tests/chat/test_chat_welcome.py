"""What the bot says when it joins a server, and the post to try it with."""

import discord
from chat_world import World, ids, text_of

from bot.chat.cogs.welcome import Welcome

pytest_plugins = ("chat_fixtures",)


async def joined(world: World) -> discord.Message:
    """What is said in the first channel of a new server. A simulated one has no channel yet when it is joined."""
    await join(world)
    (welcome,) = world.of_bot(world.chat)
    return welcome


async def join(world: World) -> None:
    await world.env.settle()
    guild, cog = world.bot.get_guild(world.guild.id), world.bot.get_cog("Welcome")
    assert guild is not None
    assert isinstance(cog, Welcome)
    await cog.on_guild_join(guild)


async def test_it_says_hello_once_and_offers_to_be_set_up(world: World) -> None:
    welcome = await joined(world)
    assert "Wenzhen" in text_of(welcome)
    await join(world)
    assert len(world.of_bot(world.chat)) == 1
    shown = await world.mod.click(welcome, custom_id=ids(welcome, "setup_open"))
    assert shown.response.ephemeral
    assert "Setup of this server" in text_of(shown.response)
    refused = await world.ann.click(welcome, custom_id=ids(welcome, "setup_open"))
    assert "Manage Server" in text_of(refused.response)


async def test_a_test_post_is_answered_for_the_one_who_tries(world: World) -> None:
    welcome = await joined(world)
    tried = await world.mod.click(welcome, custom_id=ids(welcome, "welcome_try"))
    assert tried.response.ephemeral
    assert "The card is out of memory" in text_of(tried.response)
