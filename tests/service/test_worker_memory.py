"""A job that takes too much memory: it is told so, the worker is replaced, and others are served."""

import sys
from collections.abc import AsyncIterator

import pytest
from tiny_clinic import TinyClinic, load_tiny

from bot.base.languages import told
from bot.clinic.ports import Clinic
from bot.service import jobs
from bot.service.memory import limit_memory
from bot.service.workers import Workers
from bot.service.working import TooLargeError

MIB = 1024 * 1024
ALLOWED = 64  # MiB
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to such limits")


def at_once(clinic: Clinic, size: int) -> int:
    """One block, as an archive's declared size asks for it. Never written to: it costs nothing where it is granted."""
    return len(bytearray(size))


def bit_by_bit(clinic: Clinic, size: int) -> int:
    return sum(map(len, [bytes(4096) for _ in range(size // 4096)]))


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    workers = Workers(TinyClinic(), load_tiny, count=1, queue=2, seconds=60, memory=ALLOWED)
    await workers.start()
    yield workers
    await workers.close()


async def test_what_needs_too_much_is_answered_and_the_next_is_served(workers: Workers) -> None:
    for job in (at_once, bit_by_bit):
        with pytest.raises(TooLargeError) as refused:
            await workers.run(None, job, 4 * ALLOWED * MIB)
        assert "500 lines" in refused.value.in_language("en")
        assert "500 行" in refused.value.in_language("zh")
        assert told((await workers.run(None, jobs.term, "GGUF")).title, "en") == "GGUF"


async def test_what_is_allowed_is_given_again_and_again(workers: Workers) -> None:
    for _ in range(4):  # together more than the limit, one after another not
        assert await workers.run(None, bit_by_bit, 32 * MIB) == 32 * MIB


async def test_without_a_limit_nothing_is_refused() -> None:
    assert not limit_memory(0)
    workers = Workers(TinyClinic(), load_tiny, count=1, queue=2, seconds=60)
    await workers.start()
    try:
        assert await workers.run(None, at_once, 4 * ALLOWED * MIB) == 4 * ALLOWED * MIB
    finally:
        await workers.close()
