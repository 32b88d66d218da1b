"""Help requests followed by themselves, end to end."""

import time
from dataclasses import replace
from typing import Any

import pytest
from chat_world import World, labels, press, text_of
from tiny_clinic import LOG, UNKNOWN_LOG, TinyClinic

from bot.chat.deciding import HOUR

FULL = "Windows 11, koboldcpp, Qwen2.5-32B Q5_K_M. I clicked launch and it crashes."
BARE = "help, it crashes?"

pytest_plugins = ("chat_fixtures",)


async def only(world: World, channel: Any) -> Any:
    """The one message of the bot in a channel."""
    (message,) = world.of_bot(channel)
    return message


def pings(world: World) -> list[list[Any]]:
    """Whom each message of the bot was allowed to ping."""
    sent = [e.json for e in world.env.backend.http_requests if e.method == "POST" and e.path.endswith("/messages")]
    return [body["allowed_mentions"].get("users", body["allowed_mentions"]["parse"]) for body in sent]


async def status(world: World, id_: int) -> str:
    request = await world.store.requests.get(id_)
    assert request is not None
    return request.status


async def test_a_bare_post_is_asked_for_exactly_what_is_missing(world: World) -> None:
    await world.set(mode="ask")
    thread = await world.post(world.ann, "help, koboldcpp crashes on Windows 11")
    message = await only(world, thread)
    text = text_of(message)
    for missing in ("Model", "Quantization", "What you did", "Error text or log"):
        assert f"**{missing}**" in text
    for known in ("**System**", "**Loader**", "**What goes wrong**"):
        assert known not in text
    assert world.ann.mention in text
    assert pings(world) == [[]]  # named, not pinged


async def test_a_chinese_post_is_asked_in_chinese(world: World) -> None:
    await world.set(mode="ask")
    thread = await world.post(world.ann, "求助，koboldcpp 一启动就崩溃")
    assert "还差下面这些信息" in text_of(await only(world, thread))


async def test_the_language_of_the_server_wins(world: World) -> None:
    await world.set(mode="ask", language="zh")
    thread = await world.post(world.ann, BARE)
    assert "还差下面这些信息" in text_of(await only(world, thread))


async def test_the_moderators_wording_is_used(world: World) -> None:
    await world.set(mode="ask", wording="Ahoy {user}! Tell us **all**:")
    thread = await world.post(world.ann, BARE)
    assert f"Ahoy {world.ann.mention}! Tell us" in text_of(await only(world, thread))


async def test_the_message_follows_edits_replies_files_and_the_form_and_collapses(world: World) -> None:
    await world.set(mode="ask")
    thread = await world.post(world.ann, BARE)
    first = await only(world, thread)
    assert "**System**" in text_of(first)

    await world.ann.edit(world.opening(thread), "help, it crashes on Windows 11?")
    assert "**System**" not in text_of(await only(world, thread))

    await world.ann.send(thread, "koboldcpp, sorry")
    assert "**Loader**" not in text_of(await only(world, thread))

    await world.ann.send(thread, "", attachments=[("run.log", UNKNOWN_LOG.encode())])
    assert "**Error text or log**" not in text_of(await only(world, thread))

    form = await press(world.ann, await only(world, thread), "fill")
    saved = await world.ann.submit_modal(form, {"model": "Qwen2.5-32B", "quant": "Q5_K_M", "steps": "I clicked launch"})
    assert saved.ephemeral
    last = await only(world, thread)
    assert last.id == first.id
    assert text_of(last) == f"✅ All there. Thank you, {world.ann.mention}! Helpers can start now."
    assert labels(last) == []
    assert await status(world, thread.id) == "complete"


async def test_the_form_is_prefilled_with_what_is_known(world: World) -> None:
    await world.set(mode="ask", required=("system", "model"))
    thread = await world.post(world.ann, "help, koboldcpp on Windows 11 crashes?")
    form = await press(world.ann, await only(world, thread), "fill")
    assert form.modal is not None
    values = {part["component"]["custom_id"]: part["component"].get("value") for part in form.modal["components"]}
    assert values == {"model": None, "system": "windows 11", "loader": "koboldcpp", "description": "crash"}


async def test_a_form_and_its_button_survive_a_restart(world: World) -> None:
    await world.set(mode="ask", required=("system", "model"))
    thread = await world.post(world.ann, BARE)
    await world.restart()
    form = await press(world.ann, await only(world, thread), "fill")
    await world.restart()
    await world.ann.submit_modal(form, {"system": "Arch", "model": "Qwen2.5-32B"})
    assert "All there" in text_of(await only(world, thread))


async def test_a_complete_post_is_left_in_peace(world: World) -> None:
    await world.set(mode="ask")
    thread = await world.post(world.ann, f"{FULL}\n{UNKNOWN_LOG}")
    assert world.of_bot(thread) == []
    assert await status(world, thread.id) == "complete"


async def test_a_log_is_answered_with_three_buttons(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, f"help, it crashes?\n{LOG}")
    message = await only(world, thread)
    assert "The disk is full" in text_of(message)
    assert labels(message) == ["Solved", "Not solved", "More"]


async def test_a_complete_post_with_a_known_error_is_answered(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, f"{FULL}\n{LOG}")
    message = await only(world, thread)
    assert "The disk is full" in text_of(message)
    assert "Fill in" not in labels(message)


async def test_mode_ask_does_not_diagnose_and_mode_off_does_nothing(world: World) -> None:
    await world.set(mode="ask")
    thread = await world.post(world.ann, f"help, it crashes?\n{LOG}")
    assert "The disk is full" not in text_of(await only(world, thread))
    await world.set(mode="off")
    assert world.of_bot(await world.post(world.ann, BARE)) == []


async def test_other_causes_and_language_change_the_one_message(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, f"help?\n{LOG}CUDA error: out of memory")
    more = await press(world.ann, await only(world, thread), "more")
    await press(world.ann, more.response, "others")
    assert "The card is out of memory" in text_of(await only(world, thread))
    more = await press(world.ann, await only(world, thread), "more")
    await press(world.ann, more.response, "switch")
    assert "显存不够" in text_of(await only(world, thread))


async def test_how_to_find_out_is_explained_to_whoever_asks(world: World) -> None:
    await world.set(mode="ask", required=("system", "model"))
    thread = await world.post(world.ann, BARE)
    shown = await press(world.ben, await only(world, thread), "how")
    assert shown.ephemeral
    assert "system, model" in text_of(shown.response)


async def test_silent_for_helpers_bots_and_what_is_no_request(world: World) -> None:
    await world.set()
    for author, text in ((world.hal, BARE), (world.ann, "I made a nice picture")):
        assert world.of_bot(await world.post(author, text, name="hello")) == []
    robot = world.guild.add_member(world.env.create_user("robot", bot=True))
    assert world.of_bot(await world.post(robot, BARE)) == []


async def test_a_helper_may_call_the_bot_in_a_followed_thread(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, BARE)
    await world.hal.send(thread, f"<@{world.bot.user.id}> {LOG}")  # type: ignore[union-attr]
    _, answer = world.of_bot(thread)
    assert "The disk is full" in text_of(answer)


async def test_others_in_the_thread_change_nothing(world: World) -> None:
    await world.set(mode="ask")
    thread = await world.post(world.ann, BARE)
    before = text_of(await only(world, thread))
    await world.ben.send(thread, "I had that on Windows 11 with koboldcpp")
    assert text_of(await only(world, thread)) == before


@pytest.mark.parametrize("who", ["ann", "hal"])
async def test_dismissed_by_author_or_helper_and_silent_ever_after(world: World, who: str) -> None:
    await world.set(mode="ask")
    thread = await world.post(world.ann, BARE)
    gone = await press(getattr(world, who), await only(world, thread), "dismiss")
    assert gone.ephemeral
    assert world.of_bot(thread) == []
    await world.ann.send(thread, f"more {LOG}")
    await world.ann.edit(world.opening(thread), "help, still crashes?")
    await world.restart()
    await world.ann.send(thread, "anybody?")
    assert world.of_bot(thread) == []
    assert await status(world, thread.id) == "dismissed"


async def test_a_stranger_can_neither_dismiss_nor_fill(world: World) -> None:
    await world.set(mode="ask")
    thread = await world.post(world.ann, BARE)
    for action in ("dismiss", "fill"):
        refused = await press(world.ben, await only(world, thread), action)
        assert "Only the one who asked" in text_of(refused.response)
    assert len(world.of_bot(thread)) == 1


async def test_who_has_the_same_trouble_is_no_helper(world: World) -> None:
    await world.set(helper_roles=())
    thread = await world.post(world.ann, "help, it crashes?")
    await world.ben.send(thread, f"I have that too, on Windows 11 with ollama.\n{LOG}")
    await world.ann.edit(world.opening(thread), f"help, it crashes? {LOG}")
    assert "The disk is full" in text_of(await only(world, thread))
    await world.ben.send(thread, "You have too little room, delete some old models first.")
    await world.ann.send(thread, "what now? Windows 11, koboldcpp")
    assert "The disk is full" in text_of(await only(world, thread))


async def test_withdrawn_when_the_post_is_deleted(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, BARE)
    await world.ann.delete(world.opening(thread))
    assert world.of_bot(thread) == []
    assert await status(world, thread.id) == "withdrawn"


async def test_a_deleted_thread_is_forgotten(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, BARE)
    world.env.backend.delete_channel(thread.id)
    await world.env.settle()
    assert await status(world, thread.id) == "withdrawn"


async def test_what_a_deleted_reply_told_is_missing_again(world: World) -> None:
    await world.set(mode="ask")
    thread = await world.post(world.ann, BARE)
    reply = await world.ann.send(thread, "Windows 11")
    assert "**System**" not in text_of(await only(world, thread))
    await world.ann.delete(reply)
    assert "**System**" in text_of(await only(world, thread))


async def test_the_bots_own_message_deleted_by_a_moderator_means_dismissed(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, BARE)
    await world.mod.delete(await only(world, thread))
    await world.ann.send(thread, "Windows 11")
    assert world.of_bot(thread) == []
    assert await status(world, thread.id) == "dismissed"


async def with_tags(world: World, mode: str = "full") -> Any:
    forum = world.env.backend.get_channel(world.forum.id)
    forum.available_tags = [
        {"id": "901", "name": "needs info", "moderated": False, "emoji_id": None, "emoji_name": None},
        {"id": "902", "name": "solved", "moderated": False, "emoji_id": None, "emoji_name": None},
        {"id": "903", "name": "windows", "moderated": False, "emoji_id": None, "emoji_name": None},
    ]
    world.env.backend.announce_channel_update(forum.id)
    await world.env.settle()
    await world.set(mode=mode, needs_info_tag="needs info", solved_tag="solved", required=("system",))
    return forum


async def test_tags_come_and_go_and_other_tags_stay(world: World) -> None:
    await with_tags(world, "ask")
    thread = await world.post(world.ann, BARE, tags=["903"])

    def tags() -> list[int]:
        found: list[int] = world.env.backend.get_channel(thread.id).applied_tags
        return found

    assert tags() == [903, 901]
    await world.ann.send(thread, "Windows 11")
    assert tags() == [903]
    await world.ann.send(thread, "that fixed it, thank you!!")
    assert tags() == [903, 902]


async def test_only_the_author_marks_a_post_solved(world: World) -> None:
    await with_tags(world)
    thread = await world.post(world.ann, f"Windows 11, help? {LOG}")
    await press(world.ben, await only(world, thread), "helped")
    assert world.env.backend.get_channel(thread.id).applied_tags == []


async def test_one_reminder_with_one_ping_that_goes_when_all_is_there(world: World) -> None:
    await world.set(mode="ask", remind_hours=24, required=("system",))
    thread = await world.post(world.ann, BARE)
    now = time.time()
    world.store.requests._clock = lambda: now + 25 * HOUR
    await world.env.advance_time(120)
    await world.env.advance_time(120)
    _, reminder = world.of_bot(thread)
    assert world.ann.mention in text_of(reminder)
    assert pings(world) == [[], [world.ann.id]]
    await world.restart()
    await world.env.advance_time(120)
    assert len(world.of_bot(thread)) == 2

    await world.ann.send(thread, "Windows 11")
    assert "All there" in text_of(await only(world, thread))


async def test_no_reminder_when_complete_dismissed_or_switched_off(world: World) -> None:
    await world.set(mode="ask", remind_hours=0, required=("system",))
    never = await world.post(world.ann, BARE)
    await world.set(mode="ask", remind_hours=1, required=("system",))
    complete = await world.post(world.ann, BARE)
    await world.ann.send(complete, "Windows 11")
    dismissed = await world.post(world.ann, BARE)
    await press(world.ann, await only(world, dismissed), "dismiss")
    now = time.time()
    world.store.requests._clock = lambda: now + 25 * HOUR
    await world.env.advance_time(120)
    assert [len(world.of_bot(thread)) for thread in (never, complete, dismissed)] == [1, 1, 0]


async def test_a_help_channel_gets_a_reply_that_pings_once(world: World) -> None:
    await world.set(mode="ask")
    asked = await world.ann.send(world.help, BARE)
    message = await only(world, world.help)
    assert message.reference is not None
    assert message.reference.message_id == asked.id
    await world.ben.send(world.help, "nice weather")
    await world.ann.send(world.help, "Windows 11 by the way")
    assert "**System**" not in text_of(await only(world, world.help))
    await world.ann.send(world.help, "koboldcpp", reply_to=message)
    assert "**Loader**" not in text_of(await only(world, world.help))


async def test_a_thread_in_a_help_channel_is_followed(world: World) -> None:
    await world.set(mode="ask")
    backend = world.env.backend
    thread = backend.create_thread(world.help.id, "my problem", world.ann.id)
    await world.env.settle()
    handle = next(t for t in world.help.threads if t.id == thread.id)
    await world.ann.send(handle, BARE)
    assert "**System**" in text_of(await only(world, handle))


async def test_an_event_delivered_twice_does_nothing_twice(world: World, clinic: TinyClinic) -> None:
    await world.set()
    thread = await world.post(world.ann, f"help? {LOG}")
    before = len(world.env.backend.http_requests)
    for message in (world.opening(thread),):
        for _ in range(3):
            await world.bot.on_message(message)
            await world.env.settle()
    assert len(world.of_bot(thread)) == 1
    assert len(world.env.backend.http_requests) == before
    assert clinic.read == 1


async def test_a_message_sent_just_before_a_crash_is_found_again(world: World) -> None:
    await world.set(mode="ask")
    thread = await world.post(world.ann, BARE)
    request = await world.store.requests.get(thread.id)
    assert request is not None
    await world.store.requests.save(replace(request, message_id=None))  # as if the bot had died before saving
    await world.restart()
    await world.ann.send(thread, "Windows 11")
    assert "**System**" not in text_of(await only(world, thread))


async def test_a_message_changed_again_and_again_is_not_read_for_ever(world: World, clinic: TinyClinic) -> None:
    await world.set()
    thread = await world.post(world.ann, BARE)
    world.bot.watching._edits.most = 2
    read = []
    for number in range(4):
        await world.ann.edit(world.opening(thread), f"{BARE} Windows 11 {LOG} {number}")
        read.append(clinic.read)
    assert read[0] < read[1] == read[2] == read[3]


async def test_a_request_taken_in_just_before_a_crash_is_answered_at_the_start(world: World) -> None:
    await world.set(mode="ask")
    world.bot.watching._acting.update = _killed  # type: ignore[method-assign, assignment]
    thread = await world.post(world.ann, BARE)
    assert await world.store.requests.get(thread.id) is not None
    assert world.of_bot(thread) == []
    for _ in range(2):
        await world.restart()
        await world.env.settle()
        await only(world, thread)


async def test_a_message_sent_just_before_a_crash_is_not_sent_again_at_the_start(world: World) -> None:
    await world.set(mode="ask")
    thread = await world.post(world.ann, BARE)
    sent = await only(world, thread)
    request = await world.store.requests.get(thread.id)
    assert request is not None
    await world.store.requests.save(replace(request, message_id=None))
    await world.restart()
    await world.env.settle()
    assert (await only(world, thread)).id == sent.id
    request = await world.store.requests.get(thread.id)
    assert request is not None
    assert request.message_id == sent.id


async def _killed(*_: object) -> None:
    """The bot goes down before it has done this."""


async def test_two_at_the_same_time_send_one_message(world: World) -> None:
    import asyncio

    await world.set(mode="off")
    thread = await world.post(world.ann, BARE)
    settings = await world.set()
    message = world.opening(thread)
    with world.env._bot_scope():
        await asyncio.gather(*(world.bot.watching.on_message(message, settings) for _ in range(5)))
    assert len(world.of_bot(thread)) == 1


async def test_a_missed_opening_is_taken_up_with_the_next_message(world: World) -> None:
    await world.set(mode="off")  # as if the bot had been down
    thread = await world.post(world.ann, "help, crashes on Windows 11?")
    await world.set(mode="ask")
    await world.ann.send(thread, "with koboldcpp")
    text = text_of(await only(world, thread))
    assert "**System**" not in text
    assert "**Loader**" not in text
    assert "**Model**" in text


async def test_text_quality_asks_for_prompt_and_sampler_too(world: World) -> None:
    await world.set(mode="ask", required=("system",))
    thread = await world.post(world.ann, "help, on Windows 11 it rambles?")
    text = text_of(await only(world, thread))
    assert "**Prompt settings**" in text
    assert "**Sampler settings**" in text


async def test_limits_per_author_and_hour(world: World) -> None:
    await world.set(user_per_hour=2)
    threads = [await world.post(world.ann, BARE) for _ in range(4)]
    assert [len(world.of_bot(thread)) for thread in threads] == [1, 1, 0, 0]
    assert len(world.of_bot(await world.post(world.ben, BARE))) == 1


async def test_without_permission_to_speak_nothing_breaks_and_the_moderator_hears_of_it(world: World) -> None:
    await world.set(mode="ask")
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    thread = await world.post(world.ann, BARE)
    assert world.of_bot(thread) == []
    assert world.forum.id in world.bot.watching.messages.forbidden[world.guild.id]
    await world.ann.send(thread, "Windows 11")  # allowed again: the one message comes
    assert "**Model**" in text_of(await only(world, thread))


async def test_a_failing_discord_leaves_the_state_in_order(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, BARE)
    world.env.inject_error("PATCH", "/channels/*/messages/*", status=404, code=10003)
    await world.ann.send(thread, "Windows 11")
    assert not world.env.errors


async def test_the_menu_asks_for_missing_info(world: World) -> None:
    await world.set(mode="off")
    message = await world.ann.send(world.chat, BARE)
    refused = await world.ben.context_menu(world.chat, "Ask for missing info", message)
    assert "Only helpers" in text_of(refused.response)
    done = await world.hal.context_menu(world.chat, "Ask for missing info", message)
    assert done.ephemeral
    assert "**System**" in text_of(await only(world, world.chat))
    complete = await world.ben.send(world.chat, f"{FULL}\n{UNKNOWN_LOG}")
    nothing = await world.hal.context_menu(world.chat, "Ask for missing info", complete)
    assert "Nothing is missing" in text_of(nothing.response)
    assert world.env.errors


async def test_the_template_is_filled_in_and_its_log_diagnosed(world: World) -> None:
    posted = await world.ann.slash(world.chat, "template")
    form = await press(world.ben, posted.response, "template")
    await world.restart()
    sent = {
        "system": "Arch",
        "loader": "vllm",
        "model": "Qwen2.5-32B AWQ",
        "description": "@everyone it *dies*",
        "log": LOG,
    }
    result = await world.ben.submit_modal(form, sent)
    text = text_of(result.response)
    assert world.ben.mention in text
    assert r"it \*dies\*" in text
    assert "The disk is full" in text_of(result.followups[0])


async def test_forms_that_are_sent_count_like_presses(world: World) -> None:
    posted = await world.ann.slash(world.chat, "template")
    form = await press(world.ben, posted.response, "template")
    world.bot._pressing.most = 1
    refused = await world.ben.submit_modal(form, {"system": "Arch", "description": "it dies"})
    assert "Please wait" in text_of(refused.response)
    assert not refused.followups


async def test_a_left_server_is_forgotten(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, BARE)
    await world.bot.watching.on_guild_remove(world.guild.id)
    assert await world.store.requests.get(thread.id) is None
    assert (await world.store.settings.get(world.guild.id)).forums == ()


async def test_a_secret_in_a_form_is_masked(world: World) -> None:
    await world.set(mode="ask", required=("system",))
    thread = await world.post(world.ann, BARE)
    form = await press(world.ann, await only(world, thread), "fill")
    await world.ann.submit_modal(form, {"system": "Arch hf_secretsecret"})
    request = await world.store.requests.get(thread.id)
    assert request is not None
    assert "hf_secretsecret" not in request.state


# The life of a post


async def solved_face(world: World, thread: Any) -> tuple[str, list[str]]:
    message = await only(world, thread)
    return text_of(message), labels(message)


async def test_solved_by_button_the_message_folds_and_loses_its_buttons(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, f"help? {LOG}")
    await press(world.ann, await only(world, thread), "helped")
    assert await solved_face(world, thread) == ("### ✅ Solved: The disk is full\n-# The fix: Step 1", [])
    assert await status(world, thread.id) == "complete"


async def test_solved_in_words_folds_to_what_it_was_and_what_solved_it(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, f"求助 {LOG}")
    await world.ann.send(thread, "解决了，原来是杀毒软件")
    assert await solved_face(world, thread) == ("### ✅ 已解决：磁盘满了\n-# “解决了，原来是杀毒软件”", [])


async def test_solved_with_a_helper_names_the_helper(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, f"help? {LOG}")
    await world.hal.send(thread, "delete old models from the cache, they eat the disk")
    await world.ann.send(thread, "that fixed it, thank you!!")
    assert await solved_face(world, thread) == (
        f"### ✅ Solved: The disk is full\n-# With the help of {world.hal.mention}",
        [],
    )


async def test_solved_by_tag(world: World) -> None:
    await with_tags(world)
    thread = await world.post(world.ann, f"help? {LOG}")
    channel = world.env.backend.get_channel(thread.id)
    channel.applied_tags = [902]
    world.env.backend.announce_channel_update(thread.id)
    await world.env.settle()
    text, buttons = await solved_face(world, thread)
    assert text.startswith("### ✅ Solved: The disk is full")
    assert buttons == []


async def test_the_tag_taken_off_opens_it_again(world: World) -> None:
    await with_tags(world)
    thread = await world.post(world.ann, f"help? {LOG}")
    channel = world.env.backend.get_channel(thread.id)
    for tags, shown in (([902], []), ([], ["Solved", "Not solved", "More"])):
        channel.applied_tags = tags
        world.env.backend.announce_channel_update(thread.id)
        await world.env.settle()
        assert labels(await only(world, thread)) == shown
        assert channel.applied_tags == tags


async def test_the_tag_goes_where_it_is_not_solved_after_all(world: World) -> None:
    await with_tags(world)
    thread = await world.post(world.ann, f"help? {LOG}", tags=["903"])
    await press(world.ann, await only(world, thread), "helped")
    assert world.env.backend.get_channel(thread.id).applied_tags == [903, 902]
    await world.ann.send(thread, "help, now CUDA error: out of memory")
    assert labels(await only(world, thread)) == ["Solved", "Not solved", "More"]
    assert world.env.backend.get_channel(thread.id).applied_tags == [903]


async def test_a_solved_post_that_asks_anew_is_answered_and_thanks_are_not(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, f"help? {LOG}")
    await world.ann.send(thread, "fixed, thanks")
    await world.ann.send(thread, "nice weather by the way")
    assert "Solved" in text_of(await only(world, thread))
    await world.ann.send(thread, "help, now CUDA error: out of memory")
    assert labels(await only(world, thread)) == ["Solved", "Not solved", "More"]


async def test_silent_once_a_helper_has_spoken(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, BARE)
    before = text_of(await only(world, thread))
    await world.hal.send(thread, "put the model elsewhere")
    await world.ann.send(thread, f"did that, now {LOG}")
    assert text_of(await only(world, thread)) == before


async def test_no_reminder_after_a_helper_or_a_solution_and_none_under_an_answer(world: World) -> None:
    await world.set(remind_hours=1)
    helped, solved, answered = [await world.post(world.ann, text) for text in (BARE, BARE, f"help? {LOG}")]
    await world.hal.send(helped, "put the model elsewhere")
    await world.ann.send(solved, "that fixed it, thank you!!")
    now = time.time()
    world.store.requests._clock = lambda: now + 25 * HOUR
    await world.env.advance_time(120)
    assert [len(world.of_bot(thread)) for thread in (helped, solved, answered)] == [1, 1, 1]


async def test_a_bystanders_me_too_starts_nothing(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, BARE)
    before = text_of(await only(world, thread))
    await world.ben.send(thread, "me too, help?")
    await world.ben.send(thread, f"same here {LOG}")
    assert text_of(await only(world, thread)) == before
    await world.ann.send(thread, f"here: {LOG}")
    assert "The disk is full" in text_of(await only(world, thread))


async def not_helped(world: World, thread: Any, reason: str = "") -> None:
    form = await press(world.ann, world.of_bot(thread)[0], "not_helped")
    await world.ann.submit_modal(form, {"reason": reason})


async def test_who_tried_in_vain_and_says_no_more_is_handed_over_in_time(world: World) -> None:
    await world.set(remind_hours=1)
    tried, quiet = [await world.post(world.ann, f"help, koboldcpp? {LOG}") for _ in range(2)]
    await not_helped(world, tried)
    now = time.time()
    world.store.requests._clock = lambda: now + 2 * HOUR
    await world.env.advance_time(120)
    assert [len(world.of_bot(thread)) for thread in (tried, quiet)] == [2, 1]
    assert "koboldcpp" in text_of(world.of_bot(tried)[1])
    assert "own words" not in text_of(world.of_bot(tried)[1])
    await world.env.advance_time(120)
    assert len(world.of_bot(tried)) == 2


async def test_not_solved_shows_the_next_cause_and_the_second_time_asks_humans(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, f"help, koboldcpp? {LOG}CUDA error: out of memory")
    await not_helped(world, thread)
    assert "The card is out of memory" in text_of(await only(world, thread))
    await not_helped(world, thread)
    _, over = world.of_bot(thread)
    text = text_of(over)
    assert "still needs help" in text
    assert world.helper_role.mention in text
    assert "**Loader**: koboldcpp" in text
    assert "The disk is full, The card is out of memory" in text
    assert pings(world)[-1] == []
    await world.ann.send(thread, f"help {LOG}")
    assert len(world.of_bot(thread)) == 2


async def test_what_was_typed_under_not_solved_stands_in_the_summary(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, f"help, koboldcpp? {LOG}")
    await not_helped(world, thread, "I emptied the *whole* disk, hf_secretsecret, same line")
    await not_helped(world, thread, "I emptied the *whole* disk, hf_secretsecret, same line")
    text = text_of(world.of_bot(thread)[1])
    assert text.count("emptied the") == 1
    assert "hf_secretsecret" not in text
    assert "own words**: I emptied the \\*whole\\* disk" in text


async def test_a_post_handed_over_gets_its_tag_and_pings_helpers_where_moderators_want_it(world: World) -> None:
    forum = world.env.backend.get_channel(world.forum.id)
    forum.available_tags = [
        {"id": f"90{n}", "name": name, "moderated": False, "emoji_id": None, "emoji_name": None}
        for n, name in enumerate(("windows", "needs a helper", "solved"))
    ]
    world.env.backend.announce_channel_update(forum.id)
    await world.env.settle()
    await world.set(handed_tag="needs a helper", solved_tag="solved", ping_helpers=True)
    thread = await world.post(world.ann, f"help, koboldcpp? {LOG}", tags=["900"])

    def tags() -> list[int]:
        found: list[int] = world.env.backend.get_channel(thread.id).applied_tags
        return found

    await not_helped(world, thread)
    assert tags() == [900]
    await not_helped(world, thread)
    assert tags() == [900, 901]
    sent = [e.json for e in world.env.backend.http_requests if e.method == "POST" and e.path.endswith("/messages")]
    assert [str(id_) for id_ in sent[-1]["allowed_mentions"]["roles"]] == [str(world.helper_role.id)]
    await world.hal.send(thread, "which file did you download? I had this last week")
    assert tags() == [900]
    await world.ann.send(thread, "that fixed it, thank you!!")
    assert tags() == [900, 902]
