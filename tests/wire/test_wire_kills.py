"""kill -9, again and again, in the middle of everything: what was confirmed is kept, what was missed is made up for."""

import asyncio
import contextlib
import json
import random
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from bot_process import Bots
from discord_checker import components
from local_discord import Guild, Interaction, LocalDiscord, user
from tiny_clinic import LOG

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="no fork, no kill -9")]
HOME = Guild(2 << 22)
KILLS = 50
FIRST_USER = 5000
REQUESTS = 7  # of the bot after a start, within which it is killed
PATIENCE = 0.6  # seconds for them; where it has less to do it is killed idle
TOKEN = "hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH"


def pressing(message: dict[str, Any], action: str) -> dict[str, Any] | None:
    for part in components(message["components"]):
        if str(part.get("custom_id", "")).startswith(f"wz:{action}:"):
            return {"custom_id": part["custom_id"], "component_type": part["type"], "id": part["id"]}
    return None


def thanked(pressed: Interaction) -> bool:
    return "Thank you" in json.dumps([pressed.callback, pressed.original, pressed.followups])


class Play:
    """What people do in each life of the bot, and what they were told."""

    def __init__(self, local: LocalDiscord) -> None:
        self.local = local
        self.posts: list[int] = []
        self.answers: list[Interaction] = []
        self.presses: dict[int, Interaction] = {}  # by user

    async def act(self, number: int) -> None:
        somebody = user(FIRST_USER + number, f"user{number}")
        shown = [each for each in self.answers if each.original and pressing(each.original, "helped")]
        if shown and (message := shown[-1].original):
            press = pressing(message, "helped")
            assert press is not None
            self.presses[FIRST_USER + number] = await self.local.interact(
                3, press, HOME, somebody, message=message, seconds=60.0, wait=False
            )
        self.posts.append(await self.local.post(HOME, somebody, f"help, it crashes? {TOKEN}"))
        file = ("run.log", f"{LOG}run {number}\n{TOKEN}".encode())
        self.answers.append(await self.local.slash("diagnose", HOME, somebody, file=file, seconds=60.0, wait=False))


def kept(database: Path) -> set[int]:
    """Users whose opinion the database has; whatever kills did to it, it is whole."""
    with closing(sqlite3.connect(database)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {row[0] for row in opened.execute("SELECT user_id FROM feedback")}


async def test_fifty_kills(tmp_path: Path) -> None:
    chance, database = random.Random(50), tmp_path / "wenzhen.db"
    async with LocalDiscord() as local, Bots(local, database) as bots:
        play = Play(local)
        for number in range(KILLS):
            await bots.start()
            most = len(local.requests) + chance.randint(1, REQUESTS)
            await play.act(number)
            with contextlib.suppress(TimeoutError):
                await local.until(lambda most=most: len(local.requests) >= most, PATIENCE)
            await asyncio.sleep(chance.random() * 0.02)
            bots.kill()
        confirmed = {id_ for id_, pressed in play.presses.items() if thanked(pressed)}
        await bots.start()
        await local.until(lambda: all(local.sent_by_bot(post) for post in play.posts), 60.0)
        messages = [len(local.sent_by_bot(post)) for post in play.posts]
    assert confirmed  # how many depends on the machine
    assert confirmed <= kept(database)
    assert set(messages) == {1}
    assert TOKEN not in json.dumps([body for _, _, body in local.requests], default=str)
    assert all(TOKEN.encode() not in path.read_bytes() for path in tmp_path.glob("wenzhen.db*"))
