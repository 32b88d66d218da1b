"""/setup: one panel for everything, safe against two moderators at once."""

from typing import Any

import discord
import pytest
from chat_world import World, ids, labels, raw, text_of
from discord_checker import components
from simcord.http.router import RequestContext

from bot.store.settings import GuildSettings

pytest_plugins = ("chat_fixtures",)


async def panel(world: World) -> Any:
    return (await world.mod.slash(world.chat, "setup")).response


async def pick(world: World, shown: Any, name: str, *values: Any) -> Any:
    return await world.mod.select(shown, list(values), custom_id=ids(shown, f"setup_{name}"))


async def turn(world: World, shown: Any, label: str) -> Any:
    return await world.mod.click(shown, label=label)


async def settings(world: World) -> GuildSettings:
    return (await world.store.settings.read(world.guild.id)).settings


async def set_up_forum(world: World, language: str) -> Any:
    """The page of tags of a server of this language, on which the forum was set up."""
    await world.set(language=language)
    shown = await panel(world)
    await turn(world, shown, "Tags")
    await world.mod.click(shown, custom_id=ids(shown, "setup_forum"))
    return shown


async def test_everything_is_set_in_one_panel_and_read_back(world: World) -> None:
    forum = world.env.backend.get_channel(world.forum.id)
    forum.available_tags = [
        {"id": f"90{n}", "name": name, "moderated": False, "emoji_id": None, "emoji_name": None}
        for n, name in enumerate(("needs info", "solved"))
    ]
    world.env.backend.announce_channel_update(forum.id)
    await world.env.settle()
    shown = await panel(world)
    assert shown.ephemeral

    await pick(world, shown, "forums", world.forum)
    await pick(world, shown, "channels", world.help)
    await pick(world, shown, "mode", "ask")
    await pick(world, shown, "language", "zh")
    assert "**Language**: 中文" in text_of(shown)
    await turn(world, shown, "People and points")
    await pick(world, shown, "roles", world.helper_role)
    await pick(world, shown, "points", "system", "log")
    await turn(world, shown, "Tags")
    await pick(world, shown, "needs_tag", "needs info")
    await pick(world, shown, "solved_tag", "solved")
    await turn(world, shown, "Wording and limits")
    form = await world.mod.click(shown, label="Change wording, reminder, limits")
    await world.mod.submit_modal(form, {"wording": "Ahoy {user}!", "hours": "48", "user": "5", "channel": "50"})

    assert await settings(world) == GuildSettings(
        forums=(world.forum.id,),
        channels=(world.help.id,),
        mode="ask",
        language="zh",
        helper_roles=(world.helper_role.id,),
        required=("system", "log"),
        needs_info_tag="needs info",
        solved_tag="solved",
        wording="Ahoy {user}!",
        remind_hours=48,
        user_per_hour=5,
        channel_per_hour=50,
    )
    assert "Ahoy {user}!" in text_of(shown)
    assert "48 h" in text_of(shown)


async def test_a_tag_can_be_taken_back(world: World) -> None:
    await world.set(needs_info_tag="needs info")
    shown = await panel(world)
    await turn(world, shown, "Tags")
    await pick(world, shown, "needs_tag", "-")
    assert (await settings(world)).needs_info_tag == ""


async def test_two_moderators_at_once_lose_nothing_unseen(world: World) -> None:
    first, second = await panel(world), await panel(world)
    await pick(world, first, "mode", "ask")
    await pick(world, second, "mode", "off")
    assert (await settings(world)).mode == "ask"
    assert "Somebody else has just changed" in text_of(second)
    assert "Ask only" in text_of(second)
    await pick(world, second, "mode", "off")
    assert (await settings(world)).mode == "off"


async def test_the_panel_survives_a_restart(world: World) -> None:
    shown = await panel(world)
    await world.restart()
    await pick(world, shown, "forums", world.forum)
    assert (await settings(world)).forums == (world.forum.id,)


async def test_a_number_that_is_none_is_refused_in_words(world: World) -> None:
    shown = await panel(world)
    await turn(world, shown, "Wording and limits")
    form = await world.mod.click(shown, label="Change wording, reminder, limits")
    refused = await world.mod.submit_modal(form, {"hours": "ten", "user": "5", "channel": "50"})
    assert "whole number from 0 to 720" in text_of(refused.response)
    assert (await settings(world)).remind_hours == 24


async def test_only_moderators_see_it(world: World) -> None:
    assert "setup" not in world.ann.available_commands(world.chat)
    assert "setup" in world.mod.available_commands(world.chat)


async def test_lacking_permissions_are_named_to_the_moderator(world: World) -> None:
    me = world.bot.user
    assert me is not None
    closed = world.guild.create_text_channel(
        "closed", overwrites={me: discord.PermissionOverwrite(send_messages=False, attach_files=False)}
    )
    await world.set(channels=(closed.id,), forums=())
    text = text_of(await panel(world))
    assert "Send Messages" in text
    assert "Attach Files" in text
    assert "View Channel" not in text


async def test_watching_without_the_intent_is_named(world: World) -> None:
    world.bot.config = world.config.model_copy(update={"message_content": False})
    await world.set()
    assert "only answer when asked" in text_of(await panel(world))


async def test_every_page_stays_within_the_limits_with_full_settings(world: World) -> None:
    many = tuple(range(10**17, 10**17 + 25))
    await world.set(forums=many, channels=many, helper_roles=many, wording="字" * 400, needs_info_tag="x" * 20)
    shown = await panel(world)
    for label in ("People and points", "Tags", "Wording and limits", "Places"):
        await turn(world, shown, label)
        assert len(list(components(shown.components))) <= 40
        assert label in labels(shown)


@pytest.fixture
def flags(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulation takes a channel's flags, though it forgets them."""
    fields = RequestContext.fields

    def taken(self: RequestContext, *names: str, ignore: tuple[str, ...] = (), **others: Any) -> dict[str, Any]:
        return fields(self, *names, ignore=(*ignore, "flags"), **others)

    monkeypatch.setattr(RequestContext, "fields", taken)


@pytest.mark.usefixtures("flags")
async def test_forums_are_set_up_on_request(world: World) -> None:
    shown = await set_up_forum(world, "zh")
    forum = world.bot.get_channel(world.forum.id)
    assert isinstance(forum, discord.ForumChannel)
    names = [tag.name for tag in forum.available_tags]
    assert names[:2] == ["缺信息", "已解决"]
    assert {"koboldcpp", "Windows"} <= {*names}
    path = f"/channels/{world.forum.id}"
    sent = [entry.json for entry in world.env.backend.http_requests if entry.path == path]
    assert sent[-1]["flags"] & discord.ChannelFlags(require_tag=True).value
    assert "不要拍屏" in (forum.topic or "")
    saved = await settings(world)
    assert (saved.needs_info_tag, saved.solved_tag, saved.handed_tag) == ("缺信息", "已解决", "等人帮忙")
    assert saved.tag_facts
    await world.mod.click(shown, custom_id=ids(shown, "setup_forum"))
    assert [tag.name for tag in forum.available_tags] == names  # nothing twice


@pytest.mark.usefixtures("flags")
async def test_another_language_adds_no_second_set_of_tags(world: World) -> None:
    await set_up_forum(world, "zh")
    forum = world.bot.get_channel(world.forum.id)
    assert isinstance(forum, discord.ForumChannel)
    names = [tag.name for tag in forum.available_tags]
    await set_up_forum(world, "en")
    assert [tag.name for tag in forum.available_tags] == names
    saved = await settings(world)
    assert (saved.needs_info_tag, saved.solved_tag, saved.handed_tag) == ("缺信息", "已解决", "等人帮忙")


async def test_tags_of_loader_and_system_are_put_on(world: World) -> None:
    forum = world.env.backend.get_channel(world.forum.id)
    forum.available_tags = [
        {"id": f"90{n}", "name": name, "moderated": False, "emoji_id": None, "emoji_name": None}
        for n, name in enumerate(("Windows", "Linux", "koboldcpp", "ollama"))
    ]
    world.env.backend.announce_channel_update(forum.id)
    await world.env.settle()
    await world.set(tag_facts=True)
    post = await world.post(world.ann, "koboldcpp on Windows 11 crashes: no space left on device")
    assert sorted(world.env.backend.get_channel(post.id).applied_tags) == [900, 902]


async def test_a_forum_is_chosen_before_it_is_set_up(world: World) -> None:
    shown = await panel(world)
    await turn(world, shown, "Tags")
    refused = await world.mod.click(shown, custom_id=ids(shown, "setup_forum"))
    assert "Choose a forum" in text_of(refused.response)


async def test_every_menu_of_every_page_is_saved(world: World) -> None:
    shown = await panel(world)
    await turn(world, shown, "People and points")
    await pick(world, shown, "remember", "yes")
    await pick(world, shown, "ping", "yes")
    await turn(world, shown, "Tags")
    await pick(world, shown, "tag_facts", "yes")
    saved = await settings(world)
    assert (saved.remember, saved.ping_helpers, saved.tag_facts) == (True, True, True)
    for page in ("Places", "People and points", "Tags", "Wording and limits"):
        await turn(world, shown, page)
        for menu in (part for part in components(raw(shown)) if part.get("custom_id", "").startswith("wz:setup_")):
            assert menu["custom_id"].split(":")[1] in world.bot.presses


async def test_a_page_shows_its_own_settings_alone(world: World) -> None:
    await world.set(needs_info_tag="needs info")
    shown = await panel(world)
    assert "needs info" not in text_of(shown)
    assert world.forum.mention in text_of(shown)
    await turn(world, shown, "Tags")
    assert "needs info" in text_of(shown)
    assert world.forum.mention not in text_of(shown)
