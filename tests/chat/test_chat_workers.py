"""Worker processes: real ones, that hang, die and are reloaded."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from tiny_clinic import TinyClinic, load_tiny, load_version

from bot.base.languages import told
from bot.clinic.ports import Clinic
from bot.knowledge.files import DataError
from bot.service import jobs
from bot.service.workers import (
    BusyError,
    TooLongError,
    WorkerDiedError,
    Workers,
)


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    workers = Workers(TinyClinic(), load_tiny, count=1, queue=2, seconds=1.5)
    await workers.start()
    yield workers
    await workers.close()


async def title(workers: Workers, word: str) -> str:
    return told((await workers.run(jobs.term, word)).title, "en")


async def test_work_is_done_in_another_process(workers: Workers) -> None:
    own = workers.clinic
    assert isinstance(own, TinyClinic)
    result = await workers.run(jobs.diagnose, "no space left", (), None)
    assert result.candidates[0].id == "disk-full"
    assert own.read == 0


async def test_what_takes_too_long_is_ended_and_the_next_is_served(workers: Workers) -> None:
    with pytest.raises(TooLongError):
        await workers.run(jobs.diagnose, "hang here", (), None)
    assert await title(workers, "GGUF") == "GGUF"


async def test_a_process_that_dies_is_replaced(workers: Workers) -> None:
    with pytest.raises(WorkerDiedError):
        await workers.run(jobs.diagnose, "die here", (), None)
    assert await title(workers, "GGUF") == "GGUF"


async def test_a_bug_in_a_job_passes_through(workers: Workers) -> None:
    with pytest.raises(RuntimeError, match="a bug"):
        await workers.run(jobs.diagnose, "sulk here", (), None)
    assert await title(workers, "GGUF") == "GGUF"


async def test_a_full_queue_says_so_at_once(workers: Workers) -> None:
    busy = [asyncio.create_task(workers.run(jobs.diagnose, "hang here", (), None)) for _ in range(3)]
    await asyncio.sleep(0.1)
    assert workers.waiting == 2
    with pytest.raises(BusyError):
        await workers.run(jobs.term, "GGUF")
    for task in busy:
        task.cancel()
    await asyncio.gather(*busy, return_exceptions=True)


async def test_reloading_swaps_the_knowledge_everywhere(tmp_path: Path) -> None:
    """Running jobs finish with the old one, later jobs see the new one, and nothing is refused meanwhile."""
    version = tmp_path / "version"
    version.write_text("v1")
    workers = Workers(TinyClinic("v1"), partial(load_version, version), count=2, queue=50, seconds=20)
    await workers.start()
    try:
        assert await workers.reload() == "v1"
        version.write_text("v2")
        during = asyncio.gather(*(workers.run(_version) for _ in range(20)), workers.reload())
        seen = await during
        assert set(seen) <= {"v1", "v2"}
        assert workers.clinic.version == "v2"
        assert {await workers.run(_version) for _ in range(6)} == {"v2"}
    finally:
        await workers.close()


async def test_faulty_knowledge_changes_nothing(tmp_path: Path) -> None:
    version = tmp_path / "version"
    version.write_text("v1")
    workers = Workers(TinyClinic("v1"), partial(load_version, version), count=1, queue=5, seconds=20)
    await workers.start()
    try:
        version.write_text("broken")
        with pytest.raises(DataError):
            await workers.reload()
        assert workers.clinic.version == "v1"
        assert await workers.run(_version) == "v1"
    finally:
        await workers.close()


async def test_without_processes_threads_do_the_work() -> None:
    clinic = TinyClinic()
    workers = Workers(clinic, load_tiny, count=0, queue=5, seconds=5)
    await workers.start()
    await workers.run(jobs.diagnose, "no space left", (), None)
    assert clinic.read == 1
    await workers.close()


def _version(clinic: Clinic) -> str:
    return clinic.version
