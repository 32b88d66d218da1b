"""`wenzhen doctor` and `wenzhen run` against a Discord on this computer."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from local_discord import PATIENCE, TOKEN, LocalDiscord
from pydantic import SecretStr

from bot.base.errors import UserError
from bot.chat.config import Config
from bot.chat.doctor import Finding, examine, invitation
from bot.chat.people import NEEDED
from bot.chat.starting import reload, serve
from bot.cli.run import read_config

pytestmark = pytest.mark.slow

pytest_plugins = ("wire_fixtures",)


async def examined(config: Config, **changes: Any) -> list[Finding]:
    return await examine(config.model_copy(update={"token": SecretStr(TOKEN), **changes}))


def bad(findings: list[Finding]) -> list[str]:
    return [finding.text.en for finding in findings if not finding.is_good]


async def test_all_is_well(wire_config: Config) -> None:
    async with LocalDiscord():
        findings = await examined(wire_config)
    assert bad(findings) == []
    assert len(findings) == 4
    assert f"permissions={NEEDED.value}" in findings[0].text.zh


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"token": SecretStr("")}, "No token"),
        ({"token": SecretStr("wrong")}, "does not accept the token"),
        ({"database_url": "sqlite+aiosqlite:////nowhere/at/all/x.db"}, "Database"),
        ({"database_url": "nonsense"}, "Database"),
    ],
)
async def test_what_is_wrong_is_named(wire_config: Config, changes: dict[str, Any], expected: str) -> None:
    async with LocalDiscord():
        (found,) = bad(await examined(wire_config, **changes))
    assert expected in found


async def test_a_missing_intent_is_named(wire_config: Config) -> None:
    async with LocalDiscord() as local:
        local.intent_allowed = False
        assert "Message content" in bad(await examined(wire_config))[0]
        assert bad(await examined(wire_config, message_content=False)) == []


async def test_faulty_knowledge_is_named_with_every_fault(wire_config: Config, tmp_path: Path) -> None:
    import shutil

    from bot.knowledge.files import knowledge_root

    root = tmp_path / "knowledge"
    shutil.copytree(knowledge_root(), root)
    (root / "faq.yaml").write_text("- id: [", encoding="utf-8")
    async with LocalDiscord():
        (found,) = bad(await examined(wire_config, knowledge_path=root))
    assert "faq.yaml" in found


async def test_discord_out_of_reach(wire_config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    import discord

    monkeypatch.setattr(discord.http.Route, "BASE", "http://127.0.0.1:9/api/v10")
    monkeypatch.setattr(asyncio, "sleep", _at_once)
    (found,) = bad(await examined(wire_config))
    assert "cannot be reached" in found


async def _at_once(*_: Any) -> None:
    """No waiting between the tries."""


def test_the_invitation_asks_for_no_more_than_it_needs() -> None:
    link = invitation(123)
    assert "scope=bot+applications.commands" in link
    assert not NEEDED.administrator


def test_settings_that_cannot_be_used_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENZHEN_WORKERS", "many")
    monkeypatch.setenv("WENZHEN_QUEUE", "0")
    with pytest.raises(UserError, match=r"(?s)WENZHEN_WORKERS.*WENZHEN_QUEUE"):
        read_config()


def test_owners_are_split(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENZHEN_OWNERS", "1, 2")
    monkeypatch.setenv("WENZHEN_SHARDS", "")
    config = read_config()
    assert config.owners == {1, 2}
    assert config.shards is None


async def test_a_wrong_token_is_said_in_words(wire_config: Config) -> None:
    async with LocalDiscord():
        with pytest.raises(UserError, match="does not accept the token"):
            await serve(wire_config.model_copy(update={"token": SecretStr("wrong")}))


async def test_the_real_thing_serves_and_reloads(wire_config: Config) -> None:
    """`wenzhen run` with the shipped knowledge and a worker process, until it is told to stop."""
    import os
    import signal

    async with LocalDiscord() as local:
        config = wire_config.model_copy(update={"token": SecretStr(TOKEN), "workers": 1})
        task = asyncio.create_task(serve(config))
        await local.until(lambda: local.latest)
        guild = next(iter(local.guilds.values()))
        from local_discord import user

        asked = await local.slash("diagnose", guild, user(11, "ann"), log="OSError: [Errno 28] No space left on device")
        await local.until(lambda: asked.text)
        os.kill(os.getpid(), signal.SIGHUP)
        await asyncio.sleep(0.1)
        again = await local.slash("about", guild, user(11, "ann"))
        assert again.callback is not None
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(task, PATIENCE)
        assert local.violations == []


async def test_reloading_faulty_knowledge_is_logged_and_survived(running: Any, tmp_path: Path, caplog: Any) -> None:
    from functools import partial

    from tiny_clinic import TinyClinic, load_version

    version = tmp_path / "version"
    version.write_text("v1")
    async with LocalDiscord() as local, running(TinyClinic("v1"), local, partial(load_version, version)) as bot:
        version.write_text("broken")
        await reload(bot)
        assert "failures/x.yaml: title: missing" in caplog.text
        assert bot.workers.clinic.version == "v1"
        caplog.clear()
