"""What only real sockets show: login, resume, rate limits, broken sessions, shards, doubled events, deadlines."""

import asyncio
import logging
from typing import Any

import pytest
from discord_checker import components, shown_text
from local_discord import IDENTIFY, ME, PATIENCE, RESUME, Fault, Guild, LocalDiscord, user
from tiny_clinic import LOG, TinyClinic, load_tiny

pytest_plugins = ("wire_fixtures",)

ANN, BEN = user(11, "ann"), user(12, "ben")
ASKED = "help, it crashes?"
HOME = Guild(2 << 22)


def press(message: dict[str, Any] | None, action: str) -> dict[str, Any]:
    """The data of pressing the button of an action."""
    assert message is not None
    (found,) = [
        part for part in components(message["components"]) if str(part.get("custom_id", "")).startswith(f"wz:{action}:")
    ]
    return {"custom_id": found["custom_id"], "component_type": found["type"], "id": found["id"]}


async def test_login_registers_the_commands_in_both_chineses(running: Any) -> None:
    async with LocalDiscord() as local, running(TinyClinic(), local):
        names = {command["name"]: command["name_localizations"] for command in local.commands}
        assert names["diagnose"] == {"zh-CN": "诊断", "zh-TW": "診斷"}
        assert len(local.commands) >= 16
        assert local.violations == []


async def test_a_command_a_button_after_a_restart_and_a_form(running: Any) -> None:
    clinic = TinyClinic()
    async with LocalDiscord() as local:
        async with running(clinic, local):
            asked = await local.slash("diagnose", HOME, ANN, file=("run.log", LOG.encode()))
            assert asked.callback == {"type": 5}
            await local.until(lambda: "The disk is full" in asked.text)
        async with running(clinic, local):
            pressed = await local.interact(3, press(asked.original, "more"), HOME, BEN, message=asked.original)
            assert pressed.callback is not None
            assert pressed.callback["type"] == 4
            opened = await local.slash("diagnose", HOME, ANN)
            assert opened.callback is not None
            modal = opened.callback["data"]
            filled = [
                {"type": 18, "component": {"type": 4, "custom_id": "log", "value": LOG}},
                {"type": 18, "component": {"type": 19, "custom_id": "file", "values": []}},
                {"type": 18, "component": {"type": 4, "custom_id": "loader", "value": ""}},
            ]
            sent = await local.interact(5, {"custom_id": modal["custom_id"], "components": filled}, HOME, ANN)
            await local.until(lambda: "The disk is full" in sent.text)
        assert local.violations == []


async def test_a_stop_says_that_it_stopped(running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """ "Looking for the cause" must not stay for ever under a bot that has gone."""
    monkeypatch.setattr("bot.chat.bot.CLOSING_SECONDS", 0.3)
    async with LocalDiscord() as local:
        async with running(TinyClinic(), local, load_tiny, workers=2):
            asked = await local.slash("diagnose", HOME, ANN, file=("run.log", b"hang here\n"))
            await local.say(HOME, BEN, HOME.text_id, "hang here", mentions=[ME])
            await local.until(lambda: "Looking for the cause" in asked.text)
        assert "being restarted" in asked.text
        (reply,) = local.sent_by_bot(HOME.text_id)
        assert "being restarted" in shown_text(reply["components"])


async def test_suggestions(running: Any) -> None:
    async with LocalDiscord() as local, running(TinyClinic(), local):
        command = local.command("canirun")
        option = {"name": "model", "type": 3, "value": "qwen", "focused": True}
        data = {"id": command["id"], "name": "canirun", "type": 1, "options": [option]}
        asked = await local.interact(4, data, HOME, ANN)
        assert asked.callback is not None
        assert len(asked.callback["data"]["choices"]) == 25
        assert local.violations == []


async def test_a_post_is_asked_and_edited_over_the_wire(running: Any) -> None:
    async with LocalDiscord() as local, running(TinyClinic(), local):
        thread = await local.post(HOME, ANN, ASKED)
        await local.until(lambda: local.threads[thread]["applied_tags"] == ["901"])
        (prompt,) = local.sent_by_bot(thread)
        assert "System" in shown_text(prompt["components"])
        await local.edit(HOME, thread, thread, "help, it crashes on Windows 11?")
        await local.until(lambda: "System" not in shown_text(prompt["components"]))
        await local.delete(HOME, thread, thread)
        await local.until(lambda: not local.sent_by_bot(thread))
        assert local.violations == []


async def test_rate_limits_and_server_errors_are_waited_out_without_a_second_message(running: Any) -> None:
    async with LocalDiscord() as local, running(TinyClinic(), local):
        limited = {"message": "slow", "retry_after": 0.2, "global": False}
        local.faults = [
            Fault(r"POST /channels/\d+/messages", 429, limited),
            Fault(r"POST /channels/\d+/messages", 500, {}),
        ]
        thread = await local.post(HOME, ANN, ASKED)
        await local.until(lambda: local.threads[thread]["applied_tags"])
        tries = [path for method, path, _ in local.requests if method == "POST" and path.endswith("/messages")]
        assert len(tries) == 3
        assert len(local.sent_by_bot(thread)) == 1


async def test_an_answer_lost_after_it_was_sent_is_not_sent_twice(running: Any) -> None:
    """A 500 after Discord has kept the message: the retry has the same nonce, and Discord drops it."""
    async with LocalDiscord() as local, running(TinyClinic(), local):
        local.faults = [Fault(r"POST /channels/\d+/messages", 500, {}, after=True)]
        thread = await local.post(HOME, ANN, ASKED)
        await local.until(lambda: local.threads[thread]["applied_tags"])
        tries = [path for method, path, _ in local.requests if method == "POST" and path.endswith("/messages")]
        assert len(tries) == 2
        assert len(local.sent_by_bot(thread)) == 1


@pytest.mark.parametrize("how", ["cut", "ask_to_reconnect"])
async def test_what_was_missed_comes_with_the_resume(running: Any, how: str) -> None:
    async with LocalDiscord() as local, running(TinyClinic(), local):
        before = await local.post(HOME, ANN, ASKED)
        await local.until(lambda: local.sent_by_bot(before))
        local.opcodes.clear()
        await getattr(local, how)()
        missed = await local.post(HOME, BEN, ASKED)
        await local.until(lambda: local.sent_by_bot(missed))
        assert RESUME in local.opcodes
        assert IDENTIFY not in local.opcodes
        assert len(local.sent_by_bot(before)) == len(local.sent_by_bot(missed)) == 1


async def test_an_invalid_session_starts_anew_and_doubled_events_do_nothing(running: Any) -> None:
    clinic = TinyClinic()
    async with LocalDiscord() as local, running(clinic, local):
        thread = await local.post(HOME, ANN, f"{ASKED}\n{LOG}")
        await local.until(lambda: local.sent_by_bot(thread))
        local.opcodes.clear()
        await local.invalidate()
        await local.until(lambda: IDENTIFY in local.opcodes)
        await local.until(lambda: 0 in local.latest)
        await asyncio.sleep(0.3)
        for _ in range(3):
            await local.dispatch("THREAD_CREATE", local.threads[thread], HOME)
            await local.dispatch("MESSAGE_CREATE", local.messages[thread][thread], HOME)
        other = await local.post(HOME, BEN, ASKED)
        await local.until(lambda: local.sent_by_bot(other))
        assert len(local.sent_by_bot(thread)) == 1
        assert clinic.read == 2  # each post once


async def test_two_shards(running: Any) -> None:
    first, second = Guild(2 << 22), Guild(3 << 22)
    async with LocalDiscord([first, second], shards=2) as local, running(TinyClinic(), local) as bot:
        assert bot.shard_count == 2
        threads = [await local.post(guild, ANN, ASKED) for guild in (first, second)]
        for thread in threads:
            await local.until(lambda thread=thread: local.sent_by_bot(thread))
        await local.cut(shard=1)
        missed = await local.post(second, BEN, ASKED)
        still = await local.post(first, BEN, ASKED)
        for thread in (missed, still):
            await local.until(lambda thread=thread: local.sent_by_bot(thread))
        assert all(len(local.sent_by_bot(thread)) == 1 for thread in (*threads, missed, still))
        assert local.violations == []


async def test_a_missed_deadline_is_noted_and_nothing_more(running: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with LocalDiscord() as local, running(TinyClinic(), local):
        late = await local.slash("diagnose", HOME, ANN, log=LOG, seconds=-1.0, wait=False)
        await local.until(lambda: any(path.startswith(f"/interactions/{late.id}/") for _, path, _ in local.requests))
        async with asyncio.timeout(PATIENCE):
            while "too late for an interaction" not in caplog.text:
                await asyncio.sleep(0.02)
        again = await local.slash("diagnose", HOME, ANN, log=LOG)
        await local.until(lambda: "The disk is full" in again.text)


async def test_a_rate_limited_acknowledgement_is_tried_again(running: Any) -> None:
    async with LocalDiscord() as local, running(TinyClinic(), local):
        local.faults = [Fault("/callback", 429, {"message": "slow", "retry_after": 0.1, "global": False})]
        asked = await local.slash("diagnose", HOME, ANN, log=LOG)
        await local.until(lambda: "The disk is full" in asked.text)


async def test_a_file_that_vanished_is_said(running: Any) -> None:
    async with LocalDiscord() as local, running(TinyClinic(), local):
        command = local.command("diagnose")
        attachment = local.upload("run.log", LOG.encode())
        local.files.clear()
        option = {"name": "file", "type": 11, "value": attachment["id"]}
        data = {"id": command["id"], "name": "diagnose", "type": 1, "options": [option]}
        data["resolved"] = {"attachments": {attachment["id"]: attachment}}
        asked = await local.interact(2, data, HOME, ANN)
        await local.until(lambda: "is no longer there" in asked.text)


async def test_no_view_or_form_is_kept_in_memory(running: Any) -> None:
    async with LocalDiscord() as local, running(TinyClinic(), local) as bot:
        for _ in range(20):
            asked = await local.slash("diagnose", HOME, ANN, log=LOG)
            await local.until(lambda asked=asked: "The disk is full" in asked.text)
            await local.slash("diagnose", HOME, ANN)
        kept = bot._connection._view_store
        assert (len(kept._views), len(kept._modals), len(kept._synced_message_views)) == (0, 0, 0)
