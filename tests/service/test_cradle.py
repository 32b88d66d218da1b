"""Processes forked from one that has loaded everything: they work, die and end without taking anybody along."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from bot.service.cradle import CAN_FORK, Cradle, ForkedWorker

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="processes are forked on Linux only")
LOADED: list[int] = []


def load(number: int) -> None:
    LOADED.append(number)


def loaded() -> list[int]:
    return LOADED


def refuse(text: str) -> None:
    raise ValueError(text)


@pytest.fixture
def cradle() -> Iterator[Cradle]:
    cradle = Cradle(1, load, 7)
    yield cradle
    cradle.leave()


@pytest.fixture
def worker(cradle: Cradle) -> Iterator[ForkedWorker]:
    worker = ForkedWorker(cradle)
    yield worker
    worker.kill()


def test_what_was_loaded_is_there(worker: ForkedWorker) -> None:
    assert worker.submit(loaded).result(60) == [7]
    assert worker.submit(os.getpid).result(60) not in {os.getpid(), worker.submit(os.getppid).result(60)}
    assert LOADED == []


def test_what_a_call_raises_is_raised_here(worker: ForkedWorker) -> None:
    with pytest.raises(ValueError, match="no such thing"):
        worker.submit(refuse, "no such thing").result(60)
    assert worker.submit(loaded).result(60) == [7]


def test_a_process_that_dies_breaks_its_own_call_alone(cradle: Cradle, worker: ForkedWorker) -> None:
    other = ForkedWorker(cradle)
    assert other.submit(loaded).result(60) == [7]
    with pytest.raises(BrokenProcessPool):
        worker.submit(os._exit, 3).result(60)
    assert other.submit(loaded).result(60) == [7]
    other.kill()


def test_a_dead_cradle_is_replaced_and_its_dead_are_left_in_peace(cradle: Cradle, worker: ForkedWorker) -> None:
    forked, parent = worker.submit(os.getpid).result(60), worker.submit(os.getppid).result(60)
    os.kill(parent, signal.SIGKILL)
    os.kill(forked, signal.SIGKILL)
    wait_for_the_end_of(forked)
    worker.kill()  # nobody is there any more
    again = ForkedWorker(cradle)
    assert again.submit(loaded).result(60) == [7]
    assert again.submit(os.getppid).result(60) != parent
    again.kill()


def test_a_cradle_that_dies_unseen_is_replaced(
    cradle: Cradle, worker: ForkedWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = worker.submit(os.getppid).result(60)
    process = cradle._process
    assert process is not None
    os.kill(parent, signal.SIGKILL)
    monkeypatch.setattr(process, "poll", lambda: process.returncode)  # its death is not known yet
    again = ForkedWorker(cradle)
    assert again.submit(os.getppid).result(60) != parent
    again.kill()


def test_without_a_cradle_its_processes_go(cradle: Cradle, worker: ForkedWorker) -> None:
    forked = worker.submit(os.getpid).result(60)
    cradle.leave()
    wait_for_the_end_of(forked)


def wait_for_the_end_of(pid: int) -> None:
    """Until there is no such process, or only what its parent has not asked for yet."""
    for _ in range(600):
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return
        if state == "Z":
            return
        time.sleep(0.1)
    raise AssertionError(f"process {pid} is still there")
