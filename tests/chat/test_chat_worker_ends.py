"""How workers end: with the bot, whatever ends it; and no end of theirs keeps the bot from ending."""

import asyncio
import contextlib
import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from tiny_clinic import TinyClinic, load_tiny

from bot.chat.starting import go_at_last
from bot.clinic.ports import Clinic
from bot.service import jobs
from bot.service.workers import ClosingError, TooLongError, Workers

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parents[1]
SECONDS = 600  # in which a process must be gone that should be gone at once; the machine may be busy


def sleep(_: Clinic, seconds: float) -> None:
    time.sleep(seconds)


def answer_half(_: Clinic) -> None:
    """Begins a long answer, as it would be sent, and never ends it."""
    frame = sys._getframe()
    while not (found := frame.f_locals.keys() & {"result_queue", "connection"}):
        assert frame.f_back is not None
        frame = frame.f_back
    pipe = frame.f_locals[found.pop()]
    os.write(getattr(pipe, "_writer", pipe).fileno(), struct.pack("!i", 1 << 20) + b"x" * 1000)
    time.sleep(600)


def die_while_answering(_: Clinic, seen: str) -> str:
    """A long answer; the first time the worker is killed when its pipe is full of it and nobody has read the rest."""
    if not Path(seen).exists():
        Path(seen).touch()
        frame = sys._getframe()
        while not (found := frame.f_locals.keys() & {"result_queue", "connection"}):
            assert frame.f_back is not None
            frame = frame.f_back
        pipe = frame.f_locals[found.pop()]
        os.write(getattr(pipe, "_writer", pipe).fileno(), struct.pack("!i", 1 << 26) + b"x" * 50_000)
        os.kill(os.getpid(), signal.SIGKILL)
    return "y" * (1 << 22)


async def _busy(count: int) -> None:
    """A bot's part that matters here: workers at work, until somebody ends this process."""
    workers = Workers(TinyClinic(), load_tiny, count=count, queue=9, seconds=600)
    await workers.start()
    running = [asyncio.create_task(workers.run(None, sleep, 600.0)) for _ in range(count - 1)]
    print("ready", flush=True)  # noqa: T201
    await asyncio.gather(*running)


async def _half_answered() -> None:
    workers = Workers(TinyClinic(), load_tiny, count=1, queue=9, seconds=8)
    await workers.start()
    with pytest.raises(TooLongError):
        await workers.run(None, answer_half)
    await workers.run(None, jobs.term, "GGUF")
    await workers.close()
    print("closed", flush=True)  # noqa: T201


async def _stuffed() -> None:
    """Stops while the pipe to a worker is full of a job that the worker does not take."""
    workers = Workers(TinyClinic(), load_tiny, count=1, queue=9, seconds=600)
    await workers.start()
    (worker,) = psutil.Process().children(recursive=True)[-1:]
    worker.suspend()
    job = asyncio.create_task(workers.run(None, jobs.diagnose, "x" * 50_000_000, (), None))
    await asyncio.sleep(0.5)
    await workers.close()
    with pytest.raises(ClosingError):
        await job
    print("closed", flush=True)  # noqa: T201


def play(name: str) -> None:
    plays = {"stubborn": _stubborn, "busy": lambda: _busy(3), "half_answered": _half_answered, "stuffed": _stuffed}
    asyncio.run(plays[name]())


def started(play: str) -> "subprocess.Popen[str]":
    """One of the plays, in a process of its own; as a module, so that workers find what it is made of."""
    path = os.pathsep.join([str(TESTS), str(TESTS / "chat"), str(TESTS.parent)])
    code = f"import {__name__} as plays; plays.play({play!r})"
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    )


def still_alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that have not ended after a while; one that only waits to be buried has."""
    until = time.monotonic() + SECONDS
    while (alive := [each for each in processes if _lives(each)]) and time.monotonic() < until:
        time.sleep(0.1)
    return alive


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_the_bot(end: signal.Signals) -> None:
    with started("busy") as bot:
        assert bot.stdout is not None
        assert bot.stdout.readline() == "ready\n"
        workers = psutil.Process(bot.pid).children(recursive=True)
        assert len(workers) >= 2
        bot.send_signal(end)
        bot.wait(SECONDS)
        alive = still_alive(workers)
        for each in alive:
            each.kill()
        assert alive == []


@pytest.mark.parametrize("play", ["half_answered", "stuffed"])
def test_a_worker_killed_in_the_middle_does_not_hang_the_stop(play: str) -> None:
    with started(play) as bot:
        try:
            said, _ = bot.communicate(timeout=SECONDS)
        finally:
            for each in psutil.Process(bot.pid).children(recursive=True) if bot.poll() is None else []:
                each.kill()
            bot.kill()
    assert said == "closed\n"
    assert bot.returncode == 0


async def test_a_worker_killed_with_its_pipe_full_loses_no_answer(tmp_path: Path) -> None:
    workers = Workers(TinyClinic(), load_tiny, count=1, queue=9, seconds=60)
    await workers.start()
    seen = tmp_path / "seen"
    long, behind = await asyncio.gather(
        workers.run("a", die_while_answering, str(seen)), workers.run("b", jobs.redact, ["what waits behind it"])
    )
    assert seen.exists()
    assert long == "y" * (1 << 22)
    assert behind == ["what waits behind it"]
    await workers.close()


@pytest.mark.parametrize("count", [0, 1])
async def test_whoever_waits_is_told_when_the_bot_stops(count: int) -> None:
    workers = Workers(TinyClinic(), load_tiny, count=count, queue=9, seconds=60)
    await workers.start()
    tasks = [asyncio.create_task(workers.run(None, sleep, 3.0)) for _ in range(6)]
    await asyncio.sleep(0.3)
    await workers.close()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(each) for each in told} == {ClosingError}
    with pytest.raises(ClosingError):
        await workers.run(None, sleep, 0.0)


async def test_a_stopped_pool_starts_no_worker_again() -> None:
    before = {each.pid for each in psutil.Process().children(recursive=True)}
    workers = Workers(TinyClinic(), load_tiny, count=1, queue=9, seconds=60)
    await workers.start()
    job = asyncio.create_task(workers.run(None, sleep, 60.0))
    await asyncio.sleep(0.3)
    await workers.close()
    await asyncio.gather(job, return_exceptions=True)
    await asyncio.sleep(0.5)
    left = [each for each in psutil.Process().children(recursive=True) if each.pid not in before]
    assert [each.pid for each in left if "resource_tracker" not in " ".join(each.cmdline())] == []


async def _stubborn() -> None:
    """Something that will not be cancelled."""
    go_at_last(0.5)
    while True:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)


def test_a_stop_that_hangs_ends_at_last() -> None:
    with started("stubborn") as bot:
        assert bot.wait(SECONDS) == 1
