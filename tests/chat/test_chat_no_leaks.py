"""No path round the redactor: what a member types as a name, or calls a file, is posted, stored and logged masked; and
nothing in it formats, links or commands.
"""

import io
import json
import logging
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import simcord
from chat_world import SETTLED, World, raw, text_of

from bot.chat.bot import create_bot
from bot.chat.config import Config
from bot.clinic.door import Clinic
from bot.clinic.opening import open_clinic
from bot.knowledge.files import knowledge_root
from bot.service.logs import MaskingFormatter
from bot.store.store import Store

pytest_plugins = ("chat_fixtures",)

TOKEN = "hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH"
SECRETS = (
    TOKEN,
    "sk-proj-" + "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2Yz3",
    "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
)
LURE = "[free VRAM](https://evil.example/x)"


@pytest.fixture(scope="module")
def practice() -> Clinic:
    return open_clinic(knowledge_root())


@pytest.fixture
async def real(config: Config, practice: Clinic, store: Store) -> AsyncIterator[World]:
    env = simcord.Env(create_bot(config, practice, store), settle_timeout=SETTLED)
    await env.start()
    with env.time_context():
        world = World(env, config, practice, store)
    yield world
    await env.shutdown()
    assert "my fault" not in sent_by(world)  # refusals are errors of this test's making, anything else is not


def zipped(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def database_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("wenzhen.db*"))


def sent_by(world: World) -> str:
    return json.dumps([entry.json for entry in world.env.backend.http_requests], ensure_ascii=False, default=str)


@pytest.mark.parametrize("secret", SECRETS)
async def test_secrets_in_names_are_neither_posted_nor_stored_nor_logged(
    real: World, secret: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    names = (secret, f"my-{secret}-7B-Q4_K_M.gguf", f"someone/{secret}")
    for name in names:
        await real.ann.slash(real.chat, "explain", name=name)
        await real.ann.slash(real.chat, "canirun", model=name, vram="12", ram="32")
        await real.ann.slash(real.chat, "layers", model=name, vram="12")
        await real.ann.slash(real.chat, "canirun", model="Qwen3-8B", vram=name[:60], ram=name[:60])
        await real.ann.slash(real.chat, "faq", question=name)
        await real.ann.slash(real.chat, "term", word=name[:100])
    for file in (
        (f"{secret}.log", b"MZ\x90\x00" * 40),
        (f"{secret}.log", b""),
        (f"{secret}.gz", b"\x1f\x8bnot really"),
        ("a.zip", zipped(**{f"{secret}.log": b"\x7fELF" * 40})),
    ):
        await real.ann.slash(real.chat, "diagnose", file=file)
        await real.ann.send(real.chat, f"<@{real.bot.user.id}> look", attachments=[file])  # type: ignore[union-attr]
    await real.set()
    await real.post(real.ann, f"help, my {secret} does not load, koboldcpp crashes", name=f"help {secret}")
    await real.post(real.ann, "help, koboldcpp crashes", files=[(f"{secret}.log", b"CUDA error: out of memory\n")])
    posted, stored = sent_by(real), database_of(tmp_path)
    logged = "\n".join(MaskingFormatter().format(record) for record in caplog.records)
    assert b"explain" in stored  # the answers were kept
    assert secret not in posted
    assert secret.encode() not in stored
    assert secret not in logged


@pytest.mark.parametrize(
    "file",
    [
        (f"{LURE}.log", b"MZ\x90\x00" * 40),
        (f"{LURE}.zip", b"PK\x03\x04 damaged"),
        ("a.zip", zipped(**{f"{LURE}.log": b"\x7fELF" * 40})),
        (f"@everyone {LURE}.gz", b"\x1f\x8bnot really"),
        ("\u202egol.exe\x1b[31m**bold**.log", b""),
    ],
)
async def test_a_file_name_stays_a_name(real: World, file: tuple[str, bytes]) -> None:
    results = [(await real.ann.slash(real.chat, "diagnose", file=file)).response]
    await real.ann.send(real.chat, f"<@{real.bot.user.id}> look", attachments=[file])  # type: ignore[union-attr]
    for message in (*results, real.of_bot(real.chat)[-1]):
        assert_inert(message)


@pytest.mark.parametrize(
    "name", [LURE, f"x/{LURE}", "**bold** @everyone", "`a` || b ||", f"`{LURE} `", "<@1> <#2> </a:3>"]
)
async def test_a_model_s_name_stays_a_name(real: World, name: str) -> None:
    for command, options in (
        ("canirun", {"model": name, "vram": "12", "ram": "32"}),
        ("canirun", {"model": "Qwen3-8B", "vram": name, "ram": name}),
        ("layers", {"model": name, "vram": "12"}),
        ("explain", {"name": name}),
    ):
        assert_inert((await real.ann.slash(real.chat, command, **options)).response)


def assert_inert(message: object) -> None:
    """Nothing of a lure links, pings, formats or turns in a message."""
    text = text_of(message)
    assert "](https://evil" not in text.replace("\\]", "")
    assert "https://evil" not in re.sub(r"`[^`\n]+`", "", text.replace("\\`", ""))  # in code an address is no link
    for bad in ("@everyone", "\u202e", "\x1b", " **bold**", " <@1>", " <#2>", "“<@1>"):
        assert bad not in text, text
    assert raw(message)


async def test_own_words_keep_their_form(real: World) -> None:
    big = ("big_file.log", b"x" * (real.config.file_bytes + 1))
    shown = text_of((await real.ann.slash(real.chat, "diagnose", file=big)).response)
    assert "**big\\_file.log**" in shown


@pytest.mark.parametrize("name", ["README.md", "pyproject.toml", "bot", "no-such-file.md"])
async def test_nobody_learns_which_files_there_are(
    real: World, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside_files = text_of((await real.ann.slash(real.chat, "canirun", model=name, vram="12", ram="32")).response)
    (empty := tmp_path / "empty").mkdir()
    monkeypatch.chdir(empty)
    alone = text_of((await real.ann.slash(real.chat, "canirun", model=name, vram="12", ram="32")).response)
    assert beside_files == alone
