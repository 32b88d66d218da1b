"""Turns are fair: by work done, one user never in everybody's way; and too much work is answered with a wait."""

import asyncio
from collections.abc import Iterable

import pytest

from bot.service.limiter import SlowDownError
from bot.service.turns import LIGHT, WINDOW, FullError, Turns, Work


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def work(clock: Clock) -> Work:
    return Work(30.0, clock)


def turns_of(work: Work, workers: Iterable[str], most: int = 100) -> Turns[str]:
    turns: Turns[str] = Turns(work, most)
    turns.replace(list(workers))
    return turns


async def asking(turns: Turns[str], *users: str | None) -> list["asyncio.Task[str]"]:
    tasks = [asyncio.create_task(turns.next(user)) for user in users]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


def served(tasks: Iterable["asyncio.Task[str]"]) -> list[bool]:
    return [task.done() for task in tasks]


async def ended(*tasks: "asyncio.Task[str]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_who_asks_much_leaves_a_worker_to_others(work: Work) -> None:
    turns = turns_of(work, "12")
    greedy = await asking(turns, "greedy", "greedy", "greedy")
    assert served(greedy) == [True, False, False]
    (other,) = await asking(turns, "other")
    assert other.done()
    await ended(*greedy, other)


async def test_who_caused_work_comes_after_who_caused_none(work: Work) -> None:
    turns = turns_of(work, "1")
    (first,) = await asking(turns, "somebody")
    work.add("busy", 5.0)
    work.add("short", 1.0)
    waiting = await asking(turns, "busy", "short", "new")
    turns.done("somebody", first.result())
    await asyncio.sleep(0)
    assert served(waiting) == [False, False, True]
    turns.done("new", waiting[2].result())
    await asyncio.sleep(0)
    assert served(waiting) == [False, True, True]
    await ended(*waiting)


async def test_all_who_caused_much_work_together_leave_one_worker(work: Work) -> None:
    """Two abusers do not take both workers: the third user is served at once."""
    turns = turns_of(work, "12")
    work.add("bad", LIGHT + 1)
    work.add("worse", LIGHT + 2)
    abusers = await asking(turns, "bad", "worse")
    assert sum(served(abusers)) == 1
    (normal,) = await asking(turns, "normal")
    assert normal.done()
    await ended(*abusers, normal)


async def test_the_bot_itself_is_never_held_back(work: Work) -> None:
    turns = turns_of(work, "12")
    own = await asking(turns, None, None)
    assert served(own) == [True, True]
    await ended(*own)


async def test_a_cancelled_turn_is_passed_on(work: Work) -> None:
    turns = turns_of(work, "1")
    (first,) = await asking(turns, "a")
    second, third = await asking(turns, "b", "c")
    await ended(second)
    turns.done("a", first.result())
    await asyncio.sleep(0)
    assert third.done()
    assert turns.waiting == 0


async def test_a_turn_that_came_while_it_was_cancelled_is_given_back(work: Work) -> None:
    turns = turns_of(work, "1")
    (first,) = await asking(turns, "a")
    (second,) = await asking(turns, "b")
    turns.done("a", first.result())
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    (third,) = await asking(turns, "c")
    assert third.done()


async def test_one_user_does_not_fill_the_queue(work: Work) -> None:
    turns = turns_of(work, "1", most=16)
    tasks = await asking(turns, *(["flood"] * 10))
    refused = [task for task in tasks if task.done() and task.exception()]
    assert refused
    assert all(isinstance(task.exception(), FullError) for task in refused)
    (other,) = await asking(turns, "other")
    assert not other.done()
    await ended(*tasks, other)


def test_too_much_work_is_answered_with_the_time_to_wait(work: Work, clock: Clock) -> None:
    work.add("user", 20.0)
    clock.now += 100
    work.check("user")
    work.add("user", 15.0)
    with pytest.raises(SlowDownError) as refused:
        work.check("user")
    assert refused.value.seconds == WINDOW - 100 + 1
    assert str(refused.value.seconds) in refused.value.text.zh
    work.check("other")
    clock.now += refused.value.seconds
    work.check("user")


def test_old_work_is_forgotten(work: Work, clock: Clock) -> None:
    for user in range(1000):
        work.add(user, 1.0)
    clock.now += WINDOW + 1
    work.add("user", 1.0)
    assert len(work._done) == 1
