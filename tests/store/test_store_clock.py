"""A clock that jumps deletes nothing, reminds nobody, and keeps nothing for ever."""

from pathlib import Path

import pytest
from hand_clock import Clock

from bot.store.answers import StoredAnswer
from bot.store.clock import BELIEVED, DAY, SteadyClock, Trust
from bot.store.store import Store

YEAR = 365 * DAY


class Machine:
    """Two clocks that go together until somebody sets one of them."""

    def __init__(self) -> None:
        self.steady, self.wall = 1000.0, 1_800_000_000.0

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.wall, lambda: self.steady)

    def wait(self, seconds: float) -> None:
        self.steady += seconds
        self.wall += seconds


@pytest.mark.parametrize("jump", [10 * YEAR, -10 * YEAR, 3 * 3600.0, -3600.0])
def test_a_jump_is_not_followed_until_it_proves_lasting(jump: float) -> None:
    machine = Machine()
    clock = machine.clock()
    before = clock()
    machine.wait(60)
    machine.wall += jump
    assert clock() == before + 60
    for _ in range(23):
        machine.wait(3600)
        assert clock() < before + DAY
    machine.wait(2 * 3600)
    assert clock() == machine.wall


def test_a_jump_that_is_taken_back_was_none() -> None:
    machine = Machine()
    clock = machine.clock()
    for _ in range(10):
        machine.wall += YEAR
        machine.wait(3600)
        clock()
        machine.wall -= YEAR
        machine.wait(3600)
        assert clock() == machine.wall


def test_small_corrections_are_followed() -> None:
    machine = Machine()
    clock = machine.clock()
    for _ in range(100):
        machine.wait(60)
        machine.wall += 5
        assert clock() == machine.wall


@pytest.mark.parametrize(("away", "trusted"), [(0.0, True), (3600.0, True), (3 * YEAR, False), (-3 * YEAR, False)])
async def test_at_the_start_the_time_is_compared_with_what_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, away: float, trusted: bool
) -> None:
    clock = Clock()
    url = f"sqlite+aiosqlite:///{tmp_path / 'wenzhen.db'}"
    first = await Store.open(url, clock)
    assert await first.trusts_time()
    await first.answers.add(StoredAnswer("a", "log", 1, "h", "{}"))
    await first.close()
    clock.now += away
    second = await Store.open(url, clock)
    assert await second.trusts_time() is trusted
    born = second._trust._born
    monkeypatch.setattr(second._trust, "_steady", lambda: born + BELIEVED + 1.0)
    assert await second.trusts_time()  # a day later it must be true
    await second.close()


def test_an_empty_store_trusts() -> None:
    trust = Trust()
    trust.judge(0.0, None)
    assert trust
