"""Many people send 1 MB logs at the same moment."""

import asyncio
import random
import statistics
import time
from functools import partial
from typing import Any

import pytest
from local_discord import Guild, LocalDiscord, user

from bot.clinic.opening import open_clinic
from bot.knowledge.files import knowledge_root

pytest_plugins = ("wire_fixtures",)

HOME = Guild(2 << 22)
PEOPLE = 60
PATIENCE = 900.0  # seconds; only a bot that hangs takes longer, however busy the machine
MEGABYTE = 1_000_000
ERROR = "OSError: [Errno 28] No space left on device: '/models/part-{number}.gguf'"


def big_log(number: int) -> bytes:
    """A log of about 1 MB like no other, with the error somewhere in it."""
    chance = random.Random(number)
    lines: list[str] = []
    size = 0
    while size < MEGABYTE:
        line = (
            f"2026-01-02 10:{chance.randrange(60):02}:{chance.randrange(60):02} INFO loading blk.{chance.randrange(64)}"
            f".attn_q.weight, {chance.random() * 100:.2f} MiB on device {chance.randrange(2)}"
        )
        lines.append(line)
        size += len(line) + 1
    lines[chance.randrange(len(lines))] = ERROR.format(number=number)
    return "\n".join(lines).encode()


class Lag:
    """How late the event loop is, measured every 10 ms."""

    def __init__(self) -> None:
        self.late: list[float] = []

    async def measure(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            self.late.append(time.perf_counter() - before - 0.01)

    def percentile(self, share: float) -> float:
        """Seconds that this share of the measurements stay below."""
        return sorted(self.late)[int(len(self.late) * share)]


@pytest.mark.slow
async def test_all_are_acknowledged_before_the_reading_is_done(running: Any, capsys: Any) -> None:
    """What must hold on every machine, however slow: nobody's acknowledgement waits for somebody's log to be read."""
    load = partial(open_clinic, knowledge_root())
    async with LocalDiscord() as local, running(load(), local, load, workers=2, job_seconds=PATIENCE):
        local.checking = False
        files = [(f"run-{number}.log", big_log(number)) for number in range(PEOPLE)]
        lag = Lag()
        measuring = asyncio.create_task(lag.measure())
        started = time.perf_counter()
        asked = await asyncio.gather(
            *(
                local.slash("diagnose", HOME, user(100 + number, "somebody"), file=file, seconds=PATIENCE, wait=False)
                for number, file in enumerate(files)
            )
        )
        await local.until(lambda: all(one.callback is not None for one in asked), PATIENCE)
        answered = sum("part-" in one.text for one in asked)
        await local.until(lambda: all("part-" in one.text for one in asked), PATIENCE)
        took = time.perf_counter() - started
        measuring.cancel()
    assert answered < PEOPLE
    acknowledged = [one.acknowledged_after for one in asked]
    with capsys.disabled():
        print(  # noqa: T201 - figures for the reader of the test run
            f"\n{PEOPLE} x 1 MB: acknowledged after {statistics.median(acknowledged):.2f} s (median),"
            f" {max(acknowledged):.2f} s (latest); all answered after {took:.0f} s;"
            f" loop lag p99 {lag.percentile(0.99) * 1000:.0f} ms"
        )
