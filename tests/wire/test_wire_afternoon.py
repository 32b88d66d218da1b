"""A busy afternoon in a help forum: posts, edits, replies, deletions, restarts and a gateway drop, over real sockets.

Every step is also played on a small model of what should be seen; at the end both must agree.
"""

import asyncio
import gc
import json
import random
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from discord_checker import shown_text
from local_discord import Guild, LocalDiscord, user
from tiny_clinic import LOG, UNKNOWN_LOG, TinyClinic

from bot.clinic.opening import open_clinic
from bot.clinic.ports import Clinic
from bot.intake.told import Request
from bot.knowledge.files import knowledge_root
from bot.service.wording import POINTS

pytest_plugins = ("wire_fixtures",)

HOME = Guild(2 << 22)
POSTS = 300
REAL = 200  # posts read by the real clinic
AT_ONCE = 20  # of them, so that what waits for each other does not depend on how fast the machine is
REAL_POSTS = Path(__file__).resolve().parents[3] / "shared" / "requests" / "posts.jsonl"
MEGABYTES_ALLOWED = 60  # growth of the whole process, the local Discord's own records included

SYSTEMS = ("Windows 11", "Ubuntu", "macOS", "")
LOADERS = ("koboldcpp", "ollama", "vllm", "")
MODELS = ("Qwen2.5-32B Q5_K_M", "llama3 AWQ", "Qwen2.5-7B", "")
DEEDS = ("I clicked launch", "I ran it", "")
LOGS = (LOG, UNKNOWN_LOG, "")
ASKED = ("system", "loader", "model")  # by the clinic of this test
TALK = ("help, it crashes?", "求助，一启动就崩溃", "why does it fail?", "look at my nice picture")


def sentence(chance: random.Random) -> str:
    parts = [chance.choice(choices) for choices in (TALK, SYSTEMS, LOADERS, MODELS, DEEDS)]
    return ". ".join(part for part in parts if part) + "\n" + chance.choices(LOGS, (1, 1, 4))[0]


@dataclass
class Post:
    """The model of one post: what its author has written, and whether the bot's message should stand there."""

    author: dict[str, Any]
    texts: dict[int, str] = field(default_factory=dict)  # message -> text
    has_message: bool = False
    is_gone: bool = False
    has_helper: bool = False  # nothing changes any more; what is asked tells only what came first

    def happened(self, clinic: Clinic, *, is_start: bool = False) -> None:
        """Follows a change, as the bot should."""
        if is_start and not (self.told(clinic).is_help_request or self.is_known()):
            self.is_gone = True  # not followed
        self.has_message = not self.is_gone

    def told(self, clinic: Clinic) -> Request:
        return clinic.triage("\n".join(self.texts.values()))

    def is_known(self) -> bool:
        return any("no space left" in text.lower() for text in self.texts.values())

    def missing(self, clinic: Clinic) -> set[str]:
        """What is asked: nothing where the failure is known."""
        told = self.told(clinic).points
        return set() if self.is_known() else {point for point in ASKED if point not in told}


class Afternoon:
    """Plays the script on the local Discord and on the model."""

    def __init__(self, local: LocalDiscord, seed: int) -> None:
        self.local = local
        self.chance = random.Random(seed)
        self.model = TinyClinic()
        self.posts: dict[int, Post] = {}

    async def some(self, number: int) -> None:
        """So many new posts, and things that happen to older ones in between."""
        for _ in range(number):
            await self.new_post()
            for _ in range(self.chance.randrange(3)):
                await self.something_happens()

    async def new_post(self) -> None:
        author = user(10_000 + len(self.posts) % 200, "somebody")
        text = sentence(self.chance)
        id_ = await self.local.post(HOME, author, text)
        post = self.posts[id_] = Post(author, {id_: text})
        post.happened(self.model, is_start=True)

    async def something_happens(self) -> None:
        id_ = self.chance.choice([id_ for id_, post in self.posts.items() if id_ in post.texts])
        post = self.posts[id_]
        what = self.chance.choices(
            ("reply", "edit", "delete reply", "delete post", "stranger", "twice"), (6, 4, 1, 1, 3, 2)
        )[0]
        replies = [key for key in post.texts if key != id_]
        if what == "reply":
            text = sentence(self.chance)
            message = await self.local.say(HOME, post.author, id_, text)
            post.texts[int(message["id"])] = text
        elif what == "edit":
            text = f"help? {sentence(self.chance)}"
            if post.is_gone:
                return
            await self.local.edit(HOME, id_, id_, text)
            post.texts[id_] = text
        elif what == "delete reply" and replies:
            await self.local.delete(HOME, id_, replies[0])
            del post.texts[replies[0]]
        elif what == "delete post":
            await self.local.delete(HOME, id_, id_)
            del post.texts[id_]
            post.is_gone = True
        elif what == "stranger":  # who may tidy up here, as everybody on the local Discord: a helper
            await self.local.say(HOME, user(5, "stranger"), id_, f"I have that too, on Windows 11 with ollama. {LOG}")
            post.has_helper = True
            return
        else:  # delivered again, as after a reconnect
            await self.local.dispatch("MESSAGE_CREATE", self.local.messages[id_][id_], HOME)
            return
        post.happened(self.model)

    def disagreements(self) -> Iterator[str]:
        """Where Discord shows something else than the model says."""
        for id_, post in self.posts.items():
            sent = self.local.sent_by_bot(id_)
            if len(sent) != int(post.has_message):
                yield f"post {id_}: {len(sent)} messages, {int(post.has_message)} expected: {post}"
            elif sent and not post.has_helper:
                text = shown_text(sent[0]["components"])
                asked = {point for point in ASKED if POINTS[point].en in text or POINTS[point].zh in text}
                if asked != post.missing(self.model):
                    yield f"post {id_}: asks for {asked}, {post.missing(self.model)} expected: {post}"

    async def settled(self, seconds: float = 600.0) -> None:
        """Waits until all is as it should be."""
        for _ in range(int(seconds * 10)):
            if next(self.disagreements(), None) is None:
                return
            await asyncio.sleep(0.1)
        assert list(self.disagreements()) == []


def megabytes() -> float:
    gc.collect()
    return float(psutil.Process().memory_info().rss) / 2**20


@pytest.mark.slow
async def test_an_afternoon_in_the_forum(running: Any) -> None:
    clinic = TinyClinic()
    async with LocalDiscord() as local:
        afternoon = Afternoon(local, seed=7)
        quarter = POSTS // 4
        async with running(clinic, local):
            await afternoon.some(quarter)
            await afternoon.settled()
        async with running(clinic, local):  # first restart
            await afternoon.some(quarter)
            await afternoon.settled()
            before = megabytes()
            await local.cut()  # the gateway drops; what happens meanwhile comes with the resume
            await afternoon.some(quarter)
            await afternoon.settled()
        async with running(clinic, local) as bot:  # second restart
            await afternoon.some(POSTS - 3 * quarter)
            await afternoon.settled()
            after = megabytes()
            kept = bot._connection._view_store
            assert (len(kept._views), len(kept._modals)) == (0, 0)
        assert list(afternoon.disagreements()) == []
        assert len(afternoon.posts) == POSTS
        assert local.violations == []
        assert after - before < MEGABYTES_ALLOWED


async def one_answered(local: LocalDiscord) -> None:
    """Waits until the bot has got as far as a post that surely is a request."""
    thread = await local.post(HOME, user(9_999, "somebody"), f"koboldcpp on Windows 11 stops, help?\n{LOG}")
    await local.until(lambda: bool(local.sent_by_bot(thread)), 600)


@pytest.mark.slow
async def test_an_afternoon_of_real_requests(running: Any) -> None:
    """Real posts and the real clinic: never two messages, never an error, whatever people write."""
    if not REAL_POSTS.exists():
        pytest.skip("no real requests at hand")
    texts = [json.loads(line)["text"] for line in REAL_POSTS.read_text(encoding="utf-8").splitlines()]
    chance = random.Random(3)
    practice = open_clinic(knowledge_root())
    async with LocalDiscord() as local, AsyncExitStack() as stack:
        await stack.enter_async_context(running(practice, local))
        threads: list[int] = []
        for number in range(REAL):
            text = chance.choice(texts)[:4000]
            threads.append(await local.post(HOME, user(10_000 + number, "somebody"), text))
            if number % 5 == 0:
                await local.edit(HOME, threads[-1], threads[-1], f"{text}\nWindows 11"[:4000])
            if number == REAL // 2:
                await local.cut()
            if number % AT_ONCE == AT_ONCE - 1:
                await one_answered(local)
        await asyncio.sleep(1)
        counts = [len(local.sent_by_bot(thread)) for thread in threads]
        assert max(counts) == 1
        assert sum(counts) > REAL // 4
        assert local.violations == []
