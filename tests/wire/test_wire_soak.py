"""A day's talk in a minute: every command is answered, and the bot does not grow with what it has seen."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from bot_process import PATIENCE, Bots
from local_discord import Guild, Interaction, LocalDiscord, snowflake, user
from tiny_clinic import LOG

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="no fork")]
HOME = Guild(2 << 22)
ROUNDS, EVENTS, COMMANDS = 4, 25_000, 375  # events and commands of a round
MOST_WAITING = 20
MIB = 1024 * 1024
MOST_GROWTH = 15 * MIB  # of the rounds after the second; a KiB kept of every event would be 49 MiB


def is_answered(asked: Interaction) -> bool:
    said: dict[str, Any] = (asked.callback or {}).get("data") or {}
    return bool(asked.text and "Looking for the cause" not in asked.text) or bool(said.get("components"))


def few_wait(asked: list[Interaction]) -> bool:
    """How far the bot may be behind does not depend on the machine: what waits in lines is no growth."""
    return sum(not is_answered(one) for one in asked[-2 * MOST_WAITING :]) < MOST_WAITING


async def talk(local: LocalDiscord, number: int) -> list[Interaction]:
    """Messages of members that are none of the bot's business, edits and deletions of them, and commands among them."""
    asked = []
    for n in range(EVENTS):
        somebody = user(5000 + number * EVENTS + n, f"user{n}")
        said = await local.say(HOME, somebody, HOME.text_id, f"so what about number {n}, and " + "more " * 50)
        if n % 10 == 0:
            await local.edit(HOME, HOME.text_id, int(said["id"]), f"never mind {n}")
        if n % (EVENTS // COMMANDS) == 0:
            asked.append(await command(local, number, n))
            await local.until(partial(few_wait, asked), PATIENCE)
    local.messages.clear()
    return asked


async def command(local: LocalDiscord, number: int, n: int) -> Interaction:
    author = user(900_000 + snowflake() % 100_000, "somebody")
    how: dict[str, Any] = {"seconds": PATIENCE, "wait": False}
    if n % 3 == 0:
        return await local.slash("diagnose", HOME, author, file=("run.log", f"{LOG}{number} {n}".encode()), **how)
    if n % 3 == 1:
        return await local.slash("term", HOME, author, word=f"GGUF {number} {n}", **how)
    return await local.slash("faq", HOME, author, question=f"how many layers {n}", **how)


async def test_every_command_is_answered_and_memory_stays(tmp_path: Path) -> None:
    taken: list[int] = []
    async with LocalDiscord() as local, Bots(local, tmp_path / "wenzhen.db") as bots:
        local.checking = False
        process = psutil.Process(await bots.start())
        for number in range(ROUNDS):
            asked = await talk(local, number)
            await local.until(lambda asked=asked: all(map(is_answered, asked)), PATIENCE)
            taken.append(process.memory_info().rss)
    assert taken[-1] - taken[1] < MOST_GROWTH, taken
