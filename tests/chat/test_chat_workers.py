"""Worker processes: real ones, that hang, die and are reloaded."""

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from tiny_clinic import TinyClinic, load_tiny, load_version

from bot.base.errors import UserError
from bot.base.languages import told
from bot.clinic.opening import Opening
from bot.clinic.ports import Clinic
from bot.knowledge.accepted import kept_copy
from bot.knowledge.files import DataError, knowledge_root
from bot.models.unknown import UnknownModelError
from bot.service import jobs
from bot.service.limiter import SlowDownError
from bot.service.workers import (
    RESTART,
    BusyError,
    TooLongError,
    WorkerDiedError,
    Workers,
)

pytestmark = pytest.mark.slow

TOKEN = "hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH"


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    workers = Workers(TinyClinic(), load_tiny, count=1, queue=2, seconds=60)
    await workers.start()
    yield workers
    await workers.close()


@pytest.fixture
async def hasty() -> AsyncIterator[Workers]:
    """Those that end a job soon: for jobs that never end by themselves."""
    workers = Workers(TinyClinic(), load_tiny, count=1, queue=2, seconds=1.5)
    await workers.start()
    yield workers
    await workers.close()


def unhurried(workers: Workers) -> Workers:
    """The same, once they need not be hasty any more: a new process may take its time to begin."""
    workers._seconds = 600
    return workers


async def title(workers: Workers, word: str) -> str:
    return told((await workers.run(None, jobs.term, word)).title, "en")


async def test_work_is_done_in_another_process(workers: Workers) -> None:
    own = workers.clinic
    assert isinstance(own, TinyClinic)
    result = await workers.run(None, jobs.diagnose, "no space left", (), None)
    assert result.candidates[0].id == "disk-full"
    assert own.read == 0


async def test_what_takes_too_long_is_ended_and_the_next_is_served(hasty: Workers) -> None:
    with pytest.raises(TooLongError):
        await hasty.run(None, jobs.diagnose, "hang here", (), None)
    assert await title(unhurried(hasty), "GGUF") == "GGUF"


async def test_a_process_that_dies_is_replaced(workers: Workers) -> None:
    with pytest.raises(WorkerDiedError):
        await workers.run(None, jobs.diagnose, "die here", (), None)
    assert await title(workers, "GGUF") == "GGUF"


async def test_a_bug_in_a_job_passes_through(workers: Workers) -> None:
    with pytest.raises(RuntimeError, match="a bug"):
        await workers.run(None, jobs.diagnose, "sulk here", (), None)
    assert await title(workers, "GGUF") == "GGUF"


async def test_a_full_queue_says_so_at_once(workers: Workers) -> None:
    busy = [asyncio.create_task(workers.run(None, jobs.diagnose, "hang here", (), None)) for _ in range(3)]
    await asyncio.sleep(0.1)
    assert workers.waiting == 2
    with pytest.raises(BusyError):
        await workers.run(None, jobs.term, "GGUF")
    for task in busy:
        task.cancel()
    await asyncio.gather(*busy, return_exceptions=True)


async def test_reloading_swaps_the_knowledge_everywhere(tmp_path: Path) -> None:
    """Running jobs finish with the old one, later jobs see the new one, and nothing is refused meanwhile."""
    version = tmp_path / "version"
    version.write_text("v1")
    workers = Workers(TinyClinic("v1"), partial(load_version, version), count=2, queue=50, seconds=120)
    await workers.start()
    try:
        assert await workers.reload() == "v1"
        version.write_text("v2")
        during = asyncio.gather(*(workers.run(None, _version) for _ in range(20)), workers.reload())
        seen = await during
        assert set(seen) <= {"v1", "v2"}
        assert workers.clinic.version == "v2"
        assert {await workers.run(None, _version) for _ in range(6)} == {"v2"}
    finally:
        await workers.close()


async def test_faulty_knowledge_changes_nothing(tmp_path: Path) -> None:
    version = tmp_path / "version"
    version.write_text("v1")
    workers = Workers(TinyClinic("v1"), partial(load_version, version), count=1, queue=5, seconds=120)
    await workers.start()
    try:
        version.write_text("broken")
        with pytest.raises(DataError):
            await workers.reload()
        assert workers.clinic.version == "v1"
        assert await workers.run(None, _version) == "v1"
    finally:
        await workers.close()


async def test_a_worker_that_dies_comes_back_with_what_was_accepted(tmp_path: Path) -> None:
    """A half-done pull and a dead worker do not end the service: on the disk lies what nobody accepted."""
    root = shutil.copytree(kept_copy(knowledge_root()), tmp_path / "knowledge")
    opening = Opening(root)
    clinic = opening()
    workers = Workers(clinic, opening, count=1, queue=5, seconds=60)
    await workers.start()
    try:
        for file in root.rglob("*.yaml"):
            file.write_text("{half")
        with pytest.raises(DataError):
            await workers.reload()
        assert await workers.run(None, _version_after_death, tmp_path / "died") == clinic.version
        assert (tmp_path / "died").exists()
    finally:
        await workers.close()


async def test_faulty_knowledge_found_by_a_worker_is_told_whole(tmp_path: Path) -> None:
    version = tmp_path / "version"
    version.write_text("broken")
    workers = Workers(TinyClinic(), partial(load_version, version), count=1, queue=5, seconds=120)
    with pytest.raises(DataError) as refused:
        await workers.start()
    assert refused.value.faults[0].file
    await workers.close()


class Led:
    """A load whose front holds less, and tells when it was made."""

    def __init__(self, version: Path) -> None:
        self.version = version

    def __call__(self) -> Clinic:
        return load_version(self.version)

    def front(self) -> Clinic:
        return TinyClinic(self.version.read_text())


async def test_where_workers_hold_the_knowledge_this_process_does_not(tmp_path: Path) -> None:
    version = tmp_path / "version"
    version.write_text("v1")
    load = Led(version)
    workers = Workers(load.front(), load, count=1, queue=5, seconds=120)
    await workers.start()
    try:
        version.write_text("v2")
        assert await workers.reload() == "v2"
        assert await workers.run(None, _version) == "v2"
        version.write_text("broken")  # only the workers look
        assert load.front().version == "broken"
        with pytest.raises(DataError):
            await workers.reload()
        assert workers.clinic.version == "v2"
        assert await workers.run(None, _version) == "v2"
    finally:
        await workers.close()


async def test_without_processes_threads_do_the_work() -> None:
    clinic = TinyClinic()
    workers = Workers(clinic, load_tiny, count=0, queue=5, seconds=5)
    await workers.start()
    await workers.run(None, jobs.diagnose, "no space left", (), None)
    assert clinic.read == 1
    await workers.close()


def _version_after_death(clinic: Clinic, died: Path) -> str:
    if not died.exists():
        died.touch()
        os._exit(1)
    return clinic.version


def _version(clinic: Clinic) -> str:
    return clinic.version


async def test_a_refusal_crosses_from_the_worker_with_secrets_masked(workers: Workers) -> None:
    """A wrong name costs no worker, and what is said of it gives nothing away."""
    with pytest.raises(UserError) as refused:
        await workers.run(7, _refuse, TOKEN)
    assert type(refused.value) is UnknownModelError
    assert TOKEN not in refused.value.text.en + refused.value.text.zh
    assert await workers.run(7, _process) == await workers.run(7, _process)


async def test_an_error_that_cannot_cross_is_told_as_one_that_can(workers: Workers) -> None:
    before = await workers.run(7, _process)
    with pytest.raises(RuntimeError, match="PeculiarError"):
        await workers.run(7, _fail_peculiarly)
    assert await workers.run(7, _process) == before


async def test_who_made_the_bot_work_too_long_is_asked_to_wait() -> None:
    workers = Workers(TinyClinic(), load_tiny, count=1, queue=5, seconds=120, user_seconds=0.3)
    await workers.start()
    try:
        await workers.run(7, _sleep, 0.4)
        with pytest.raises(SlowDownError):
            await workers.run(7, _version)
        assert await workers.run(8, _version) == "tiny-1"
    finally:
        await workers.close()


async def test_who_kills_workers_again_and_again_is_asked_to_wait() -> None:
    workers = Workers(TinyClinic(), load_tiny, count=1, queue=5, seconds=60, user_seconds=RESTART)
    await workers.start()
    try:
        with pytest.raises(WorkerDiedError):
            await workers.run(7, jobs.diagnose, "die here", (), None)
        with pytest.raises(SlowDownError):
            await workers.run(7, jobs.diagnose, "die here", (), None)
    finally:
        await workers.close()


class PeculiarError(Exception):
    def __init__(self, one: int, other: int) -> None:
        super().__init__(one)


def _fail_peculiarly(_: Clinic) -> None:
    raise PeculiarError(1, 2)


def _refuse(_: Clinic, name: str) -> None:
    raise UnknownModelError(f"unknown: {name}", f"不认识：{name}", "unknown-model", ())


def _process(_: Clinic) -> int:
    return os.getpid()


def _sleep(_: Clinic, seconds: float) -> None:
    time.sleep(seconds)
