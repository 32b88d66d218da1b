"""What a command pays for before it answers: only its own. Work is counted, not time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

LOADED = """
import sys
sys.argv = ["wenzhen", *sys.argv[1:]]
from bot.cli import main
try:
    main()
except SystemExit as end:
    print(*sorted({name.partition(".")[0] for name in sys.modules} | set(sys.modules)), file=sys.stderr)
    raise
"""
LOG = "Welcome to KoboldCpp - Version 1.98\nallocating 9823.00 MiB on device 0: cudaMalloc failed: out of memory\n"


def modules_after(*arguments: str) -> set[str]:
    """The modules that a command had loaded when it ended well."""
    done = subprocess.run([sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_what_needs_no_knowledge_loads_none(option: str) -> None:
    loaded = modules_after(option)
    assert not {name for name in loaded if name.startswith(("bot.intake", "bot.knowledge", "bot.clinic", "bot.chat"))}
    assert not loaded & {"msgspec", "yaml", "rich", "pydantic", "discord", "sqlalchemy", "asyncio"}


def test_a_diagnosis_parses_no_yaml_once_the_knowledge_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text(LOG, encoding="utf-8")
    modules_after("diagnose", str(log))  # keeps it
    loaded = modules_after("diagnose", str(log))
    assert not loaded & {"yaml", "jsonschema", "fastjsonschema"}


def test_a_diagnosis_loads_neither_a_bot_nor_colours_for_a_pipe(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text(LOG, encoding="utf-8")
    loaded = modules_after("diagnose", str(log))
    assert not loaded & {"discord", "sqlalchemy", "asyncio", "pydantic", "prompt_toolkit", "pygments", "PIL"}


BEGUN = """
import asyncio, sys
from bot.chat.bot import create_bot
from bot.chat.config import Config
from bot.service.logs import log_to
from bot.store.store import Store
from tiny_clinic import TinyClinic
async def main():
    store = await Store.open(sys.argv[1])
    async with create_bot(Config(workers=0, _env_file=None), TinyClinic(), store):
        pass
    await store.close()
log_to(sys.stderr, "INFO")
asyncio.run(main())
"""


def test_a_healthy_start_says_nothing_of_libraries(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    told = {**os.environ, "PYTHONPATH": os.pathsep.join((str(root), str(root / "tests")))}
    database = f"sqlite+aiosqlite:///{tmp_path}/w.db"
    done = subprocess.run(
        [sys.executable, "-c", BEGUN, database], capture_output=True, text=True, encoding="utf-8", env=told
    )
    assert done.returncode == 0, done.stderr
    for chatter in ("alembic", "voice", "davey", "nacl", "migration"):
        assert chatter not in done.stderr.lower()
