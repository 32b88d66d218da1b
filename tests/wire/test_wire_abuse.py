"""Two who ask too much, and twenty who ask like everybody: with the real knowledge, on real sockets."""

import asyncio
import contextlib
import statistics
from functools import partial
from typing import Any

import pytest
from local_discord import Guild, Interaction, LocalDiscord, user

from bot.clinic.opening import open_clinic
from bot.knowledge.files import knowledge_root

pytest_plugins = ("wire_fixtures",)
pytestmark = pytest.mark.slow

HOME = Guild(2 << 22)
PATIENCE = 300.0  # seconds
NORMAL, EACH = 20, 2  # people, logs of each
ABUSES = 15  # of each of two, all at once
LONG = 1_500_000  # characters of an abusive log
WAIT = 3.0  # seconds that a normal answer may take, besides what it takes where nobody else asks
LOG = "llama_model_load: error loading model: unable to allocate CUDA0 buffer\nCUDA error: out of memory\nrun {n}\n"


def abusive(number: int) -> bytes:
    return "".join(f"run {number}: error: failed to load part {n} of model\n" for n in range(LONG // 50)).encode()


async def normal(local: LocalDiscord, first: int) -> list[float]:
    """How long each of the normal logs took, in seconds."""

    async def one(number: int) -> list[float]:
        took = []
        await asyncio.sleep(number * 0.2)
        for again in range(EACH):
            file = ("run.log", LOG.format(n=f"{first} {number} {again}").encode())
            started = asyncio.get_running_loop().time()
            asked = await local.slash(
                "diagnose", HOME, user(first + number, "normal"), file=file, seconds=PATIENCE, wait=False
            )
            await local.until(partial(is_answered, asked), PATIENCE)
            took.append(asyncio.get_running_loop().time() - started)
        return took

    return [each for some in await asyncio.gather(*map(one, range(NORMAL))) for each in some]


def is_answered(asked: Interaction) -> bool:
    return "VRAM" in asked.text


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


async def test_two_abusive_users_do_not_keep_twenty_waiting(
    running: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr("bot.chat.bot.CLOSING_SECONDS", 0.3)
    load = partial(open_clinic, knowledge_root())
    async with LocalDiscord() as local, running(load(), local, load, workers=2, queue=256):
        local.checking = False
        await normal(local, 500)  # what is loaded on first use is loaded now
        alone = p95(await normal(local, 1000))
        abuses = [
            await local.slash(
                "diagnose",
                HOME,
                user(1 + number % 2, "abusive"),
                file=("big.log", abusive(number)),
                seconds=PATIENCE,
                wait=False,
            )
            for number in range(2 * ABUSES)
        ]
        together = p95(await normal(local, 2000))
        with contextlib.suppress(TimeoutError):
            await local.until(lambda: all(one.callback is not None for one in abuses), PATIENCE)
        answered = sum(one.callback is not None for one in abuses)
    with capsys.disabled():
        print(f"\np95 of normal answers: {alone:.2f} s alone, {together:.2f} s beside two abusive users")  # noqa: T201
    assert answered == len(abuses)
    assert together < WAIT + 4 * alone
