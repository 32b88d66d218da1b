"""A database that is full, read-only, damaged, locked or frozen: every call ends in time and says so, and works again
when the trouble is over.
"""

import asyncio
import inspect
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.store.answers import StoredAnswer
from bot.store.settings import GuildSettings
from bot.store.shelf import Guard, Shelf, StoreTroubleError, hurry
from bot.store.store import Store

pytestmark = pytest.mark.slow

SECONDS = 0.6  # that a call may take where nothing answers any more


def answer(key: str, size: int = 10) -> StoredAnswer:
    return StoredAnswer(key, "log", 11, f"hash-{key}", "x" * size)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "wenzhen.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    store = await Store.open(f"sqlite+aiosqlite:///{path}")
    yield store
    await store.close()


def make_impatient(store: Store) -> None:
    """Only once the database is in trouble: before that a call may take its time, on a busy machine too."""
    store._guard._seconds = SECONDS


def pragma(store: Store, text: str) -> None:
    """Sets something in every connection from now on."""

    def set_(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute(f"PRAGMA {text}")
        cursor.close()

    event.listen(store.engine.sync_engine, "connect", set_)


async def test_a_full_disk_is_told_and_gets_over(store: Store) -> None:
    await store.answers.add(answer("before"))
    await store.engine.dispose()
    pragma(store, "max_page_count=1")
    results = [
        await asyncio.gather(store.answers.add(answer(f"a{n}", 100_000)), return_exceptions=True) for n in range(9)
    ]
    assert isinstance(results[-1][0], StoreTroubleError)
    assert await store.answers.get("before")
    await store.engine.dispose()
    pragma(store, "max_page_count=1000000")
    await store.answers.add(answer("after", 100_000))
    assert await store.answers.get("after")


async def test_a_read_only_database_is_still_read(store: Store) -> None:
    await store.answers.add(answer("before"))
    await store.engine.dispose()
    pragma(store, "query_only=ON")
    with pytest.raises(StoreTroubleError):
        await store.answers.add(answer("a"))
    assert await store.answers.get("before")


async def test_a_locked_database_ends_the_call_in_time_and_gets_over(store: Store, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        make_impatient(store)
        with pytest.raises(StoreTroubleError) as caught:
            await store.answers.add(answer("a"))
        assert caught.value.__cause__ is None  # the store's own patience ended, not the database's
        with pytest.raises(StoreTroubleError):  # the next one does not wait again
            await store.answers.add(answer("b"))
        assert len(store._guard._begun) == 1
        other.execute("ROLLBACK")
    await gets_over(store)


async def all_of(store: Store) -> list[StoredAnswer | None]:
    return [await store.answers.get(f"a{number:03}") for number in range(300)]


def damage(path: Path, at: int, size: int = 4096) -> None:
    """Overwrites a piece of a file, the log of changes folded into it before."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xa5" * size)


async def test_a_damaged_file_is_put_aside_and_what_can_be_read_is_saved(store: Store, path: Path) -> None:
    await store.settings.save(7, GuildSettings(mode="ask"), 0, by=1)
    for number in range(300):
        await store.answers.add(answer(f"a{number:03}", 2000))
    await store.engine.dispose()
    damage(path, path.stat().st_size // 2, 8 * 4096)
    with pytest.raises(StoreTroubleError):
        await all_of(store)
    await gets_over(store)
    assert (await store.settings.read(7)).settings.mode == "ask"
    assert 100 < sum(each is not None for each in await all_of(store)) < 300
    assert list(path.parent.glob("*.damaged-*"))


@pytest.mark.expects_errors
async def test_a_file_that_is_no_database_any_more_does_not_keep_the_bot_from_starting(path: Path) -> None:
    path.write_bytes(b"\xa5" * 100_000)
    store = await Store.open(f"sqlite+aiosqlite:///{path}")
    await store.answers.add(answer("a"))
    assert await store.answers.get("a")
    await store.close()
    (aside,) = path.parent.glob("*.damaged-*")
    assert aside.stat().st_size == 100_000


async def gets_over(store: Store, seconds: float = 300.0) -> None:
    """Waits until a call works again."""
    until = time.monotonic() + seconds
    while True:
        try:
            await store.answers.add(answer("after"))
            break
        except StoreTroubleError:
            assert time.monotonic() < until
            await asyncio.sleep(0.2)
    assert await store.answers.get("after")


async def test_settings_that_were_known_serve_in_times_of_trouble(store: Store, path: Path) -> None:
    now = [0.0]
    store.settings._clock = lambda: now[0]
    wanted = GuildSettings(mode="ask")
    await store.settings.save(7, wanted, 0, by=1)
    now[0] = 1e6
    await store.engine.dispose()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert await store.settings.get(7) == wanted
        with pytest.raises(StoreTroubleError):
            await store.settings.get(8)


async def test_a_clock_that_is_set_back_does_not_keep_old_settings(store: Store) -> None:
    now = [1e9]
    store.settings._clock = lambda: now[0]
    await store.settings.save(7, GuildSettings(mode="ask"), 0, by=1)
    now[0] = 1e8
    assert store.settings.known(7) is None


async def test_whoever_is_in_a_hurry_does_not_wait_so_long() -> None:
    guard = Guard(seconds=1e9)
    hurry.set(0.1)
    never = asyncio.Event()
    with pytest.raises(StoreTroubleError):
        await guard.call("wait", never.wait)
    never.set()
    await guard.call("sleep", lambda: asyncio.sleep(0))  # and nobody else has to rest for it


def test_every_call_of_the_store_is_guarded() -> None:
    shelves = Shelf.__subclasses__()
    assert len(shelves) == 12
    for shelf in shelves:
        for name, method in inspect.getmembers(shelf, inspect.iscoroutinefunction):
            if not name.startswith("_") and name not in shelf.unguarded:
                assert hasattr(method, "__wrapped__"), f"{shelf.__name__}.{name}"


# A PostgreSQL of its own

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if Path("/usr/lib/postgresql").is_dir() else []


class Postgres:
    """A server in a folder, that can be frozen and restarted."""

    def __init__(self, folder: Path) -> None:
        self._bin, self._folder = BINARIES[-1], folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "wenzhen")

    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://wenzhen@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-p {self.port} -h 127.0.0.1 -c unix_socket_directories=''"
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-o", options, "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "-w", "stop")

    def freeze(self, how: signal.Signals) -> None:
        """Stops (SIGSTOP) or continues (SIGCONT) the server and all its sessions."""
        import psutil

        pid = int((self._folder / "data" / "postmaster.pid").read_text().split("\n")[0])
        for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
            process.send_signal(how)

    def _run(self, *command: str) -> None:
        log = (self._folder / "log").open("ab")
        subprocess.run(
            [str(self._bin / command[0]), *command[1:]], check=True, user=self._user, stdout=log, stderr=log, timeout=60
        )


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    pytest.importorskip("asyncpg")
    if not BINARIES:
        pytest.skip("no PostgreSQL on this machine")
    with tempfile.TemporaryDirectory() as folder:  # pytest's own lets no other user in
        server = Postgres(Path(folder))
        server.start()
        yield server
        server.freeze(signal.SIGCONT)
        server.stop()


async def test_a_frozen_server_and_a_restarted_one(postgres: Postgres) -> None:
    store = await Store.open(postgres.url)
    await store.answers.add(answer("before"))
    postgres.freeze(signal.SIGSTOP)
    make_impatient(store)
    for key in ("a", "b", "c"):
        with pytest.raises(StoreTroubleError):
            await store.answers.add(answer(key))
    assert len(store._guard._begun) == 1  # the others did not wait for it
    postgres.freeze(signal.SIGCONT)
    await gets_over(store)
    postgres.stop()
    with pytest.raises(StoreTroubleError):
        await store.answers.get("before")
    postgres.start()
    await gets_over(store)
    assert await store.answers.get("before")
    await store.close()
