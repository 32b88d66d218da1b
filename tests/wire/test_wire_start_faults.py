"""What an operator has set wrong is said at the start: what it is and what to do, never "something went wrong"."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest
from local_discord import TOKEN, LocalDiscord
from pydantic import SecretStr

from bot.base.errors import UserError
from bot.chat.starting import serve
from bot.cli.root import main
from bot.cli.run import read_config

pytestmark = pytest.mark.slow

MINE = Path(__file__).parents[2] / "knowledge"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In an empty folder, with settings that are right but for the Discord, which nobody plays."""
    monkeypatch.chdir(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{port}/api/v10")
    for name, value in {
        "TOKEN": "some.token.here",
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'wenzhen.db'}",
        "WORKERS": "0",
        "KNOWLEDGE_PATH": str(MINE),
    }.items():
        monkeypatch.setenv(f"WENZHEN_{name}", value)
    monkeypatch.setattr(sys, "argv", ["wenzhen", "run"])


@pytest.fixture
def closed_port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield free.getsockname()[1]


def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str) -> str:
    monkeypatch.setenv("LC_ALL", {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}[language])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    return capsys.readouterr().err


def is_plain(text: str) -> bool:
    return not any(bad in text for bad in ("inside Wenzhen", "内部出错", "Traceback", "sqlalche.me", "NoneType"))


@pytest.mark.parametrize(
    ("setting", "value", "en", "zh"),
    [
        ("LOG_LEVEL", "LOUD", "WENZHEN_LOG_LEVEL", "WENZHEN_LOG_LEVEL"),
        ("HUB", "ftp://mirror", "https://hf-mirror.com", "WENZHEN_HUB"),
        ("KNOWLEDGE_PATH", "/nowhere/at/all", "/nowhere/at/all", "WENZHEN_KNOWLEDGE_PATH"),
        ("WORKERS", "many", "WENZHEN_WORKERS", "WENZHEN_WORKERS"),
        ("DATABASE_URL", "nonsense", "WENZHEN_DATABASE_URL like", "WENZHEN_DATABASE_URL 写成"),
        ("DATABASE_URL", "", "WENZHEN_DATABASE_URL like", "WENZHEN_DATABASE_URL 写成"),
        ("DATABASE_URL", "sqlite:///wenzhen.db", "sqlite+aiosqlite", "sqlite+aiosqlite"),
        ("DATABASE_URL", "mysql+aiomysql://a@b/c", "aiomysql", "aiomysql"),
        ("DATABASE_URL", "oracle9://a@b/c", "WENZHEN_DATABASE_URL like", "WENZHEN_DATABASE_URL 写成"),
        ("DATABASE_URL", "sqlite+aiosqlite:////nowhere/at/all/x.db", "/nowhere/at/all", "/nowhere/at/all"),
        ("DATABASE_URL", "sqlite+aiosqlite:////etc", "cannot be opened", "打不开文件"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_wrong_setting_is_named(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    value: str,
    en: str,
    zh: str,
    language: str,
) -> None:
    monkeypatch.setenv(f"WENZHEN_{setting}", value)
    text = said(capsys, monkeypatch, language)
    assert (en if language == "en" else zh) in text
    assert is_plain(text)


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "no-such-host.invalid"])
def test_a_server_that_does_not_answer_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, closed_port: int, host: str
) -> None:
    pytest.importorskip("asyncpg")
    host = host.format(port=closed_port)
    monkeypatch.setenv("WENZHEN_DATABASE_URL", f"postgresql+asyncpg://me:hunter2secret@{host}/db")
    text = said(capsys, monkeypatch, "en")
    assert host in text
    assert "hunter2secret" not in text
    assert "server" in text
    assert is_plain(text)


def test_a_network_without_discord_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said(capsys, monkeypatch, "en")
    assert "Discord cannot be reached" in text
    assert is_plain(text)


def test_settings_in_another_encoding_are_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_bytes("WENZHEN_LOG_LEVEL=INFO # 日志".encode("gb18030"))
    text = said(capsys, monkeypatch, "zh")
    assert ".env" in text
    assert is_plain(text)


async def test_workers_that_cannot_start_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for begun in ("set_up", "load_early"):  # as processes are started, or forked from one that was
        monkeypatch.setattr(f"bot.service.workers.{begun}", _dies)
    async with LocalDiscord():
        config = read_config().model_copy(update={"token": SecretStr(TOKEN), "workers": 1})
        with pytest.raises(UserError, match="WENZHEN_WORKERS"):
            await serve(config)


def _dies(*_: object) -> None:
    """As a process does that gets no memory."""
    os._exit(1)
