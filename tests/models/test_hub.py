"""The real huggingface_hub and httpx clients against a local server that speaks the hub's endpoints."""

import contextlib
import gzip
import json
import re
import sqlite3
import threading
import time
import tracemalloc
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFWriter

from bot.base.errors import UserError
from bot.clinic.door import Clinic
from bot.models.hub import Hub, HubError, HubSettings
from bot.models.repository import RepositoryFile, gguf_sets, safetensors_set

COMMIT = "a" * 40
FILE = "tiny-Q8_0.gguf"
PATIENCE = 60  # seconds; what is not bounded would go on for ever, so that a slow machine does no harm


NONSENSE: dict[str, tuple[bytes, dict[str, str]]] = {
    "html": (b"<!DOCTYPE html><title>Log in</title>", {"Content-Type": "text/html"}),
    "deep": (b'{"id": "owner/tiny", "x": ' + b"[" * 1_000_000, {"Content-Type": "application/json"}),
}


class FakeHub:
    """A hub and its CDN on two ports. `faults`: statuses to answer with before behaving; `mode`: how to misbehave."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.repository: dict[str, object] = {}
        self.faults: list[int] = []
        self.mode = ""
        self.bomb = b""
        self.requests: list[tuple[str, str, str | None]] = []  # server, path, range
        self.authorization: list[tuple[str, str | None]] = []
        self.cdn = self._start("cdn")
        self.hub = self._start("hub")
        self.endpoint = f"http://127.0.0.1:{self.hub.server_port}"

    def _start(self, name: str) -> ThreadingHTTPServer:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                fake.requests.append((name, self.path, self.headers.get("Range")))
                fake.authorization.append((name, self.headers.get("Authorization")))
                (fake.answer_hub if name == "hub" else fake.answer_cdn)(self)

            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return server

    def stop(self) -> None:
        for server in (self.hub, self.cdn):
            server.shutdown()
            server.server_close()

    def answer_hub(self, request: BaseHTTPRequestHandler) -> None:
        if self.faults:
            return self.send(request, self.faults.pop(0), b"{}", {"Retry-After": "0"})
        if self.mode == "never":
            time.sleep(3)
            return None
        if self.mode == "endless":
            return self.send(request, 200, b'{"id": "owner/tiny", "sha": "' + b"a" * (17 << 20))
        if self.mode == "bomb":
            return self.send(request, 200, self.bomb, {"Content-Encoding": "gzip", "Content-Type": "application/json"})
        if self.mode in NONSENSE:
            return self.send(request, 200, *NONSENSE[self.mode])
        if request.path.startswith("/api/models/"):
            repo = request.path.removeprefix("/api/models/").partition("?")[0]
            if repo == "owner/gated":
                return self.send(request, 403, b"{}", {"X-Error-Code": "GatedRepo"})
            if repo != "owner/tiny":
                return self.send(request, 401, b"{}", {"X-Error-Code": "RepoNotFound"})
            return self.send(request, 200, json.dumps(self.repository).encode(), {"Content-Type": "application/json"})
        path = request.path.partition(f"/resolve/{COMMIT}/")[2]
        target = f"http://127.0.0.1:{self.cdn.server_port}/{path}"
        if self.mode == "loop":
            target = f"{self.endpoint}{request.path}"
        return self.send(request, 302, b"", {"Location": target})

    def answer_cdn(self, request: BaseHTTPRequestHandler) -> None:
        content = self.files[request.path.lstrip("/")]
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("Range", ""))
        if not wanted or self.mode == "no ranges":
            return self.send(request, 200, content)
        start, end = int(wanted[1]), int(wanted[2]) + 1
        if start >= len(content):
            return self.send(request, 416, b"")
        if self.mode == "slow":
            request.send_response(206)
            request.send_header("Content-Length", str(min(end, len(content)) - start))
            request.end_headers()
            for at in range(start, min(end, len(content))):
                request.wfile.write(content[at : at + 1])
                time.sleep(0.05)
            return None
        return self.send(request, 206, content[start:end])

    def send(
        self, request: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        request.send_response(status)
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


def gguf_file(folder: Path, tokens: int) -> bytes:
    path = folder / "tiny.gguf"
    writer = GGUFWriter(path, "llama")
    writer.add_block_count(2)
    writer.add_context_length(2048)
    writer.add_embedding_length(64)
    writer.add_feed_forward_length(128)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_vocab_size(tokens)
    writer.add_token_list([f"token number {number}" for number in range(tokens)])
    writer.add_tensor("token_embd.weight", np.zeros((32, 64), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.read_bytes()


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeHub]:
    fake = FakeHub()
    content = gguf_file(tmp_path, 1000)
    config = b'{"model_type": "llama"}'
    fake.files = {FILE: content, "config.json": config}
    fake.repository = {
        "id": "owner/tiny",
        "sha": COMMIT,
        "gated": False,
        "private": False,
        "tags": ["gguf"],
        "downloads": 0,
        "likes": 0,
        "pipeline_tag": "text-generation",
        "cardData": {"base_model": "owner/base"},
        "siblings": [
            {"rfilename": FILE, "size": len(content)},
            {"rfilename": "config.json", "size": len(config)},
            {"rfilename": "mmproj-F16.gguf", "size": 5},
            {"rfilename": "big-Q4_K_M-00002-of-00002.gguf", "size": 7},
            {"rfilename": "big-Q4_K_M-00001-of-00002.gguf", "size": 9},
        ],
    }
    yield fake
    fake.stop()


def hub(fake: FakeHub, folder: Path | None = None, **settings: float) -> Hub:
    options = {"timeout": PATIENCE, "deadline": PATIENCE} | settings
    return Hub(HubSettings(endpoint=fake.endpoint, cache_folder=folder, token="secret", **options))  # type: ignore[arg-type]


def test_files_and_header_of_a_repository_in_two_questions(fake: FakeHub) -> None:
    with hub(fake) as client:
        repository = client.repository("owner/tiny")
        header = client.gguf_header(repository, repository.files[0])
    assert repository.base_models == ("owner/base",)
    assert repository.kind == "gguf"
    assert header.architecture == "llama"
    assert header.whole("llama.block_count") == 2
    assert len([server for server, _, _ in fake.requests if server == "hub"]) == 2


def test_parts_belong_together_and_the_projector_is_no_model(fake: FakeHub) -> None:
    with hub(fake) as client:
        sets = gguf_sets(client.repository("owner/tiny"))
    assert (sets[0].name, sets[0].size) == ("big-Q4_K_M", 16)
    assert sets[0].first.path == "big-Q4_K_M-00001-of-00002.gguf"
    assert len(sets) == 2


def test_a_long_header_takes_three_requests_at_the_most_and_reads_no_weights(fake: FakeHub, tmp_path: Path) -> None:
    fake.files[FILE] = gguf_file(tmp_path, 150_000) + b"\0" * (60 << 20)
    with hub(fake, deadline=20) as client:
        repository = client.repository("owner/tiny")
        client.gguf_header(repository, repository.files[0])
    ranges = [wanted for server, _, wanted in fake.requests if server == "cdn"]
    assert ranges == ["bytes=0-1048575", "bytes=1048576-8388607"]


def test_a_server_without_ranges_is_read_no_further_than_needed(fake: FakeHub) -> None:
    fake.mode = "no ranges"
    with hub(fake) as client:
        repository = client.repository("owner/tiny")
        assert client.gguf_header(repository, repository.files[0]).architecture == "llama"


def test_the_token_stays_with_the_hub(fake: FakeHub) -> None:
    with hub(fake) as client:
        client.json_file(client.repository("owner/tiny"), "config.json")
    assert {token for server, token in fake.authorization if server == "hub"} == {"Bearer secret"}
    # another port of the same host is another origin, which must not see the token
    assert {token for server, token in fake.authorization if server == "cdn"} == {None}


def test_a_second_question_is_answered_from_disk(fake: FakeHub, tmp_path: Path) -> None:
    for _ in range(2):
        with hub(fake, tmp_path / "cache") as client:
            repository = client.repository("owner/tiny")
            client.gguf_header(repository, repository.files[0])
            client.json_file(repository, "config.json")
    assert len([server for server, _, _ in fake.requests if server == "hub"]) == 3


def test_a_new_commit_makes_old_headers_worthless(fake: FakeHub, tmp_path: Path) -> None:
    with hub(fake, tmp_path / "cache", fresh=0) as client:
        client.json_file(client.repository("owner/tiny"), "config.json")
        fake.files["config.json"] = b'{"model_type": "qwen2"}'
        assert client.json_file(client.repository("owner/tiny"), "config.json")["model_type"] == "llama"
        fake.repository["sha"] = "b" * 40
        newer = client.repository("owner/tiny")
        assert newer.commit == "b" * 40


def test_what_was_known_serves_while_the_hub_is_down(fake: FakeHub, tmp_path: Path) -> None:
    with hub(fake, tmp_path / "cache", fresh=0, attempts=1) as client:
        client.repository("owner/tiny")
        fake.faults = [503]
        assert client.repository("owner/tiny").stale


@pytest.mark.parametrize("faults", [[429], [500, 503]])
def test_a_passing_fault_is_tried_again(fake: FakeHub, faults: list[int]) -> None:
    fake.faults = faults
    with hub(fake) as client:
        assert client.repository("owner/tiny").id == "owner/tiny"


@pytest.mark.parametrize(
    ("repo", "faults", "mode", "word", "temporary"),
    [
        ("owner/gated", [], "", "gated", False),
        ("owner/missing", [], "", "no public repository", False),
        ("not a repo!!", [], "", "no public repository", False),
        ("owner/tiny", [404], "", "no public repository", False),
        ("owner/tiny", [429] * 3, "", "pause", True),
        ("owner/tiny", [500] * 3, "", "cannot be reached", True),
        ("owner/tiny", [], "html", "makes no sense", True),
        ("owner/tiny", [], "never", "cannot be reached", True),
    ],
)
def test_failures_are_told_in_words(
    fake: FakeHub, repo: str, faults: list[int], mode: str, word: str, temporary: bool
) -> None:
    fake.faults, fake.mode = faults, mode
    seconds = 0.3 if mode == "never" else PATIENCE
    with hub(fake, timeout=seconds, attempts=min(3, max(1, len(faults)))) as client, pytest.raises(HubError) as caught:
        client.repository(repo)
    assert word in caught.value.text.en
    assert caught.value.text.zh
    assert caught.value.temporary is temporary


@pytest.mark.parametrize("mode", ["slow", "loop"])
def test_a_body_that_drips_or_a_redirect_that_circles_ends(fake: FakeHub, mode: str) -> None:
    with hub(fake) as client:
        repository = client.repository("owner/tiny")
    with hub(fake, attempts=1, deadline=0.5) as client:
        fake.mode = mode
        began = time.monotonic()
        with pytest.raises(HubError):
            client.gguf_header(repository, repository.files[0])
    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize("mode", ["endless", "bomb"])
def test_an_answer_of_any_size_takes_neither_memory_nor_time(fake: FakeHub, mode: str) -> None:
    fake.mode = mode
    fake.bomb = gzip.compress(bytes(200 << 20), 1)
    tracemalloc.start()
    begun = time.monotonic()
    with hub(fake, deadline=5.0) as client, pytest.raises(UserError):
        client.repository("owner/tiny")
    assert time.monotonic() - begun < PATIENCE
    assert tracemalloc.get_traced_memory()[1] < 80 << 20
    tracemalloc.stop()


@pytest.mark.parametrize(
    "said",
    [
        {"siblings": 5},
        {"siblings": [{"rfilename": 5}]},
        {"siblings": [{"rfilename": "x", "size": "large"}]},
        {"cardData": "x"},
        {"safetensors": {"total": {"a": 1}}},
        {"downloads": "many"},
        {"id": 5},
        {"siblings": json.loads("[" * 900 + "]" * 900)},
    ],
)
def test_an_answer_of_another_kind_makes_no_sense(fake: FakeHub, said: dict[str, object]) -> None:
    fake.repository = {**fake.repository, **said}
    with hub(fake, attempts=1) as client, pytest.raises(HubError, match="makes no sense"):
        client.repository("owner/tiny")


def test_an_answer_that_is_nested_without_end_makes_no_sense(fake: FakeHub) -> None:
    fake.mode = "deep"
    with hub(fake, attempts=1) as client, pytest.raises(HubError, match="makes no sense"):
        client.repository("owner/tiny")


@pytest.mark.parametrize("repo", ["owner/..", "../tiny", "owner/ti ny", "owner/tiny?x", "owner/tiny/../../x", "о/tiny"])
def test_only_names_of_repositories_are_asked_for(fake: FakeHub, repo: str) -> None:
    with hub(fake) as client, pytest.raises(UserError):
        client.repository(repo)
    assert fake.requests == []


def damaged(folder: Path, how: str) -> None:
    """Spoils a cache as a full disk, a crash or a bad sector does."""
    database = folder / "cache.db"
    if how == "no database":
        database.write_bytes(b"\xa5" * 5000)
    elif how == "middle":
        content = bytearray(database.read_bytes())
        content[len(content) // 2 :] = b"\xa5" * (len(content) - len(content) // 2)
        database.write_bytes(content)
    elif how == "empty":
        database.write_bytes(b"")
    elif how == "values":
        with contextlib.closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("UPDATE Cache SET value = zeroblob(100) WHERE value IS NOT NULL")
        for file in folder.rglob("*.val"):
            file.write_bytes(file.read_bytes()[:-5] + b"\x00" * 5)
    else:
        for file in folder.rglob("*.val"):
            file.unlink()


@pytest.mark.parametrize("how", ["no database", "middle", "empty", "values", "files gone"])
@pytest.mark.parametrize("is_open", [False, True])
def test_a_damaged_cache_is_thrown_away(fake: FakeHub, tmp_path: Path, how: str, is_open: bool) -> None:
    folder = tmp_path / "cache"
    with hub(fake, folder) as client:
        known = client.repository("owner/tiny")
        client.gguf_header(known, known.files[0])
        if is_open:
            damaged(folder, how)
            assert client.repository("owner/tiny") == known
    if not is_open:
        damaged(folder, how)
    with hub(fake, folder) as client:
        assert client.repository("owner/tiny") == known
        assert client.gguf_header(known, known.files[0]).architecture == "llama"
        asked = len(fake.requests)
        assert client.repository("owner/tiny") == known
        assert len(fake.requests) == asked  # and it is kept again


def test_a_folder_that_is_no_cache_is_left_alone(fake: FakeHub, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.write_text("not a folder")
    with hub(fake, folder) as client:
        assert client.repository("owner/tiny").id == "owner/tiny"
    assert folder.read_text() == "not a folder"


def test_a_clock_that_is_set_back_does_not_keep_old_answers(
    fake: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hub(fake, tmp_path) as client:
        client.repository("owner/tiny")
        asked = len(fake.requests)
        monkeypatch.setattr("bot.models.hub.time.time", lambda: 1000.0)
        client.repository("owner/tiny")
        assert len(fake.requests) > asked


def test_nothing_listening(tmp_path: Path) -> None:
    with (
        Hub(HubSettings(endpoint="http://127.0.0.1:9", attempts=1, timeout=0.5)) as client,
        pytest.raises(HubError) as caught,
    ):
        client.repository("owner/tiny")
    assert caught.value.temporary


def test_a_file_that_is_no_gguf(fake: FakeHub) -> None:
    fake.files[FILE] = b"<html>not a model</html>" * 100
    with hub(fake) as client:
        repository = client.repository("owner/tiny")
        with pytest.raises(UserError):
            client.gguf_header(repository, repository.files[0])


def test_safetensors_header(fake: FakeHub) -> None:
    header = json.dumps({"w": {"dtype": "F16", "shape": [2, 2], "data_offsets": [0, 8]}}).encode()
    fake.files["model.safetensors"] = len(header).to_bytes(8, "little") + header + b"\0" * 8
    fake.repository["siblings"] = [{"rfilename": "model.safetensors", "size": 100}]
    with hub(fake) as client:
        repository = client.repository("owner/tiny")
        weights = safetensors_set(repository)
        assert weights
        assert client.safetensors_header(repository, weights.first)["w"]["dtype"] == "F16"
        fake.files["odd.safetensors"] = b"\xff" * 100
        with pytest.raises(HubError):
            client.safetensors_header(repository, RepositoryFile("odd.safetensors", 100))


def test_a_repository_is_planned_with_four_requests_at_the_most(fake: FakeHub) -> None:
    with hub(fake) as client:
        found = Clinic(hub=client).can_run("owner/tiny:Q8_0", "12", "32")
    assert found.plan.verdict == "gpu"
    assert {option.name for option in found.plan.options} == {"Q8_0", "Q4_K_M"}
    assert found.files.repository == "owner/tiny"
    assert len([server for server, _, _ in fake.requests if server == "hub"]) <= 4


def test_a_hub_that_is_down_leaves_the_catalog(fake: FakeHub) -> None:
    fake.faults = [500]
    with hub(fake, attempts=1) as client:
        found = Clinic(hub=client).can_run("Qwen/Qwen3-8B", "12", "32")
    assert found.plan.verdict == "gpu"
    assert any("catalog" in note.en for note in found.notes)
