"""Links to pastes: which are known, and a real server on loopback that misbehaves."""

import ipaddress
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from shipped import CLINIC

from bot.clinic.diagnosing import with_notes
from bot.intake.links import Link, PasteSites, load_sites
from bot.intake.unread import notes_in
from bot.knowledge.files import knowledge_root
from bot.service.links import Address, LinkLimits, LinkReader, is_public

SITES = load_sites(knowledge_root())
LOG = b"CUDA error: out of memory\n"


# Which links are known


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("see https://pastebin.com/aB3dE6 please", "https://pastebin.com/raw/aB3dE6"),
        ("日志在这里：https://mclo.gs/abc1234。帮忙看看", "https://api.mclo.gs/1/raw/abc1234"),
        (
            "<https://gist.github.com/someone/0123456789abcdef>",
            "https://gist.githubusercontent.com/someone/0123456789abcdef/raw",
        ),
        ("https://github.com/a/b/blob/main/logs/x.log", "https://raw.githubusercontent.com/a/b/main/logs/x.log"),
        ("(https://github.com/a/b/issues/12)", "https://api.github.com/repos/a/b/issues/12"),
        (
            "https://cdn.discordapp.com/attachments/1/2/run.log?ex=aa&is=bb",
            "https://cdn.discordapp.com/attachments/1/2/run.log?ex=aa&is=bb",
        ),
        ("https://www.rentry.org/mylog", "https://rentry.co/mylog/raw"),
        ("https://privatebin.net/?abc#key", ""),
    ],
)
def test_a_paste_is_known_by_its_address(text: str, raw: str) -> None:
    (link,) = SITES.found(text)
    assert link.raw == raw


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/x",
        "https://pastebin.com.evil.example/abc",
        "https://user@pastebin.com@evil.example/abc",
        "https://evil.example/?https:pastebin.com/abc",
        "https://pastebin.com:8080/abc",
        "http://169.254.169.254/latest/meta-data",
        "https://pastebin.com/",
        "https://[bad/abc",
    ],
)
def test_other_addresses_are_left_alone(text: str) -> None:
    assert SITES.found(text) == []


def test_only_a_few_links_of_a_text_are_opened() -> None:
    assert len(SITES.found(" ".join(f"https://pastebin.com/abc{number}" for number in range(50)))) == 3


# Which addresses are public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1",
        "ff02::1",
    ],
)  # fmt: skip
def test_addresses_of_inner_networks_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


def test_the_open_internet_is_public() -> None:
    assert is_public(ipaddress.ip_address("1.1.1.1"))
    assert is_public(ipaddress.ip_address("2606:4700:4700::1111"))


# A server that misbehaves


class Paste(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        getattr(self, "answer_" + self.path.strip("/").partition("?")[0].replace("-", "_"))()

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def answer_log(self) -> None:
        self.say(200, LOG, Content_Length=str(len(LOG)))

    def answer_issue(self) -> None:
        self.say(200, json.dumps({"title": "x", "body": LOG.decode()}).encode())

    def answer_deep(self) -> None:
        self.say(200, b'{"body": ' + b"[" * 400_000)

    def answer_deep_body(self) -> None:
        self.say(200, b'{"body": ' + b"[" * 900 + b"]" * 900 + b"}")

    def answer_moved(self) -> None:
        self.say(302, Location="/log")

    def answer_metadata(self) -> None:
        self.say(302, Location="http://169.254.169.254/latest/meta-data")

    def answer_other_loopback(self) -> None:
        self.say(302, Location=f"http://127.0.0.2:{self.server.server_port}/log")  # type: ignore[attr-defined]

    def answer_file(self) -> None:
        self.say(302, Location="file:///etc/passwd")

    def answer_round(self) -> None:
        self.say(302, Location="/round")

    def answer_liar(self) -> None:
        self.say(200, LOG, Content_Length="99999999999")

    def answer_short(self) -> None:
        self.say(200, LOG, Content_Length="1000")

    def answer_endless(self) -> None:
        self.say(200)
        try:
            while True:
                self.wfile.write(b"x" * 65536)
        except OSError:
            pass

    def answer_drip(self) -> None:
        self.say(200)
        try:
            for _ in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass

    def answer_missing(self) -> None:
        self.say(404, b"not found")

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Paste)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def only_this_one(address: Address) -> bool:
    return str(address) == "127.0.0.1"


async def fetched(host: str, path: str, field: str = "", further: tuple[str, ...] = (), seconds: float = 60) -> str:
    reader = LinkReader(LinkLimits(size=500_000, seconds=seconds), only_this_one)
    link = Link(host, f"http://{host}/{path}", field, frozenset((host, *further)))
    (upload,) = await reader.read([link])
    return upload.content.decode()


@pytest.mark.parametrize(("path", "field"), [("log", ""), ("moved", ""), ("issue", "body")])
async def test_a_paste_is_read(host: str, path: str, field: str) -> None:
    assert await fetched(host, path, field) == LOG.decode()


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("metadata", "refused"),
        ("other-loopback", "refused"),
        ("file", "refused"),
        ("round", "refused"),
        ("liar", "large"),
        ("endless", "large"),
        ("drip", "slow"),
        ("short", "gone"),
        ("missing", "gone"),
    ],
)
async def test_a_server_that_misbehaves_is_refused_within_limits(host: str, path: str, why: str) -> None:
    seconds = 1.5 if why == "slow" else 60
    assert (await fetched(host, path, seconds=seconds)).endswith(f", {why}]")


@pytest.mark.parametrize("path", ["deep", "deep-body", "log"])
async def test_a_document_that_is_none_is_refused(host: str, path: str) -> None:
    assert (await fetched(host, path, "body")).endswith(", gone]")


async def test_an_inner_address_is_refused_even_where_its_host_is_on_the_list(host: str) -> None:
    port = host.partition(":")[2]
    assert "refused" in await fetched(host, "other-loopback", further=(f"127.0.0.2:{port}",))
    assert "refused" in await fetched(host, "metadata", further=("169.254.169.254",))


async def test_a_name_that_leads_inside_is_refused() -> None:
    (upload,) = await LinkReader(LinkLimits(seconds=60)).read(
        [Link("localhost", "http://localhost/x", "", frozenset(("localhost",)))]
    )
    assert b"refused" in upload.content


async def test_what_only_a_browser_opens_is_said_kindly() -> None:
    (upload,) = await LinkReader().read(SITES.found("https://privatebin.net/?abc#key"))
    (note,) = notes_in([upload.content.decode()])
    assert "privatebin.net" in note.en
    assert "privatebin.net" in note.zh
    answer = CLINIC.diagnose(LOG.decode()).answer
    noted = with_notes(answer, [upload.content.decode()])
    assert len(noted.blocks) == len(answer.blocks) + 1


def test_a_folder_without_the_list_knows_no_links(tmp_path: Path) -> None:
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "pastes.json").write_bytes((knowledge_root() / "schema" / "pastes.json").read_bytes())
    assert load_sites(tmp_path) == PasteSites()
