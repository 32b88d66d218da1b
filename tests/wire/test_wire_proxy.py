"""A proxy that was set is used for Discord and for the hub; what is wrong with it is said in words."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import discord
import pytest
from pydantic import SecretStr, ValidationError

from bot.base.errors import UserError
from bot.chat.config import Config
from bot.chat.doctor import examine_database, examine_discord
from bot.chat.setting_faults import settings_fault
from bot.chat.starting import proxy_of
from bot.clinic.opening import _hub
from bot.intake.links import Link
from bot.models.hub import Hub, HubSettings
from bot.service.links import LinkReader

ANSWERS = {
    "/api/models/me/thing": {"id": "me/thing", "sha": "1" * 40, "siblings": [{"rfilename": "a.gguf", "size": 3}]},
    "/api/v10/users/@me": {"id": "1", "username": "bot", "discriminator": "0", "avatar": None, "flags": 0},
}


class Proxy(ThreadingHTTPServer):
    """Answers for hosts that do not exist, and remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Proxy)
        self.server.asked.append(self.path)
        path = "/" + self.path.split("/", 3)[3].partition("?")[0]
        body = json.dumps(ANSWERS.get(path, {})).encode()
        self.send_response(200 if path in ANSWERS else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(autouse=True)
def _no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "WENZHEN_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_the_hub_is_asked_through_it(proxy: Proxy) -> None:
    settings = HubSettings("http://hub.invalid", attempts=1, proxy=proxy.address)
    with Hub(settings) as hub:
        assert hub.repository("me/thing").files[0].path == "a.gguf"
    assert proxy.asked[0].startswith("http://hub.invalid/api/models/me/thing")


def test_the_bots_hub_takes_it_over(proxy: Proxy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda _: str(tmp_path))
    with _hub("http://hub.invalid", proxy.address) as hub:
        assert hub.repository("me/thing").id == "me/thing"


async def test_paste_sites_are_asked_through_it_and_inner_addresses_are_not(proxy: Proxy) -> None:
    reader = LinkReader(proxy=proxy.address)
    (upload,) = await reader.read([Link("paste.invalid", "http://paste.invalid/x", "", frozenset(("paste.invalid",)))])
    assert proxy.asked == ["http://paste.invalid/x"]
    assert b"gone" in upload.content  # this one answers 404 there
    for host in ("169.254.169.254", "127.0.0.1", "localhost", "[::1]"):
        (upload,) = await reader.read([Link(host, f"http://{host}/x", "", frozenset((host,)))])
        assert b"refused" in upload.content
    assert len(proxy.asked) == 1


async def test_discord_is_asked_through_it(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", "http://discord.invalid/api/v10")
    await examine_discord(Config(token=SecretStr("a.b.c"), proxy=proxy.address, _env_file=None))
    assert proxy.asked[0] == "http://discord.invalid/api/v10/users/@me"


async def test_a_proxy_that_is_off_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setattr(discord.http.Route, "BASE", "http://discord.invalid/api/v10")
    config = Config(token=SecretStr("a.b.c"), proxy=f"127.0.0.1:{port}", _env_file=None)
    (found,) = await examine_discord(config)
    assert "WENZHEN_PROXY" in found.text.en
    assert "代理" in found.text.zh


def test_the_proxy_of_the_environment_is_taken_where_none_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy_of(Config(_env_file=None)) == ""
    monkeypatch.setenv("HTTPS_PROXY", "127.0.0.1:7890")
    assert proxy_of(Config(_env_file=None)) == "http://127.0.0.1:7890"
    assert proxy_of(Config(proxy="http://other:1", _env_file=None)) == "http://other:1"
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:7891")
    with pytest.raises(UserError, match="HTTPS_PROXY must be the address of an HTTP proxy"):
        proxy_of(Config(_env_file=None))


def test_faults_of_settings_are_told_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"PROXY": "socks5://a:1", "WORKERS": "99", "LOG_LEVEL": "LOUD", "HUB": "x", "QUEUE": "y"}
    for name, value in wrong.items():
        monkeypatch.setenv(f"WENZHEN_{name}", value)
    with pytest.raises(ValidationError) as caught:
        Config(_env_file=None)
    fault = settings_fault(caught.value)
    english, chinese = fault.in_language("en"), fault.in_language("zh")
    for words in ("WORKERS must be at most 64", "WENZHEN_HUB must be an address", "QUEUE must be a whole number"):
        assert words in english
    for words in ("WORKERS 不能大于 64", "PROXY 必须是带端口的", "QUEUE 必须是整数", "LOG_LEVEL 只能是"):
        assert words in chinese
    assert "must" not in chinese


async def test_the_doctor_leaves_no_database(tmp_path: Path) -> None:
    file = tmp_path / "wenzhen.db"
    found = await examine_database(Config(database_url=f"sqlite+aiosqlite:///{file}", _env_file=None))
    assert found.is_good
    assert "first start creates" in found.text.en
    assert list(tmp_path.iterdir()) == []
