"""The database in trouble: answers are shown all the same, nothing is confirmed that was not kept, and what was not
read or not kept is made up for when the trouble is over.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from chat_world import World, labels, press, text_of
from tiny_clinic import LOG, UNKNOWN_LOG

from bot.store.store import Store

pytest_plugins = ("chat_fixtures",)

ASKED = "help, it crashes?"


@pytest.fixture
async def store(config: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("bot.store.database.WAIT_MS", 100)
    store = await Store.open(config.database_url, seconds=0.5)
    yield store
    await store.close()


@contextmanager
def locked(world: World) -> Iterator[None]:
    """Another process holds the database, and does not let go."""
    path = world.store.engine.url.database
    assert path is not None
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


async def over(world: World) -> None:
    """The trouble is over: the next round makes up for it."""
    world.store.answers._guard._resting_until = 0.0
    await world.bot._retry()
    await world.env.settle()


async def test_a_log_is_answered_and_its_buttons_work_later(world: World) -> None:
    with locked(world):
        known = (await world.ann.slash(world.chat, "diagnose", log=LOG)).response
        unknown = (await world.ann.slash(world.chat, "diagnose", log=UNKNOWN_LOG)).response
        assert "The disk is full" in text_of(known)
        assert text_of(unknown)
        details = await press(world.ben, known, "more")  # out of memory
        assert "Loader" in text_of(details.response)
    assert world.bot.consultations.kept.waiting == 2
    await over(world)
    assert world.bot.consultations.kept.waiting == 0
    await world.restart()
    assert text_of((await press(world.ben, known, "more")).response)


async def test_every_question_is_answered(world: World) -> None:
    with locked(world):
        for name, options in (
            ("canirun", {"model": "Qwen2.5-7B", "vram": "12", "ram": "32"}),
            ("explain", {"name": "Qwen2.5-7B"}),
            ("faq", {"question": "x"}),
            ("term", {"word": "GGUF"}),
        ):
            shown = text_of((await world.ann.slash(world.chat, name, **options)).response)
            assert shown
            assert "my fault" not in shown
        mention = await world.ann.send(world.chat, f"<@{world.bot.user.id}> {LOG}")  # type: ignore[union-attr]
        assert mention
        assert "The disk is full" in text_of(world.of_bot(world.chat)[-1])


async def test_nothing_is_confirmed_that_was_not_kept(world: World) -> None:
    known = (await world.ann.slash(world.chat, "diagnose", log=LOG)).response
    with locked(world):
        said = text_of((await press(world.ann, known, "helped")).response)
        assert "memory" in said
        assert "Thank you" not in said
    await over(world)
    assert "Thank you" in text_of((await press(world.ann, known, "helped")).response)


async def test_a_post_is_answered_once_and_followed_when_the_trouble_is_over(world: World) -> None:
    await world.set()
    await world.store.settings.get(world.guild.id)
    with locked(world):
        thread = await world.post(world.ann, f"{ASKED}\n{LOG}")
        (shown,) = world.of_bot(thread)
        assert "The disk is full" in text_of(shown)
        await world.ann.send(thread, "it is Windows 11")
        assert len(world.of_bot(thread)) == 1
    assert world.bot.watching.overdue.number == 2
    await over(world)
    (message,) = world.of_bot(thread)
    assert message.id == shown.id
    request = await world.store.requests.get(thread.id)
    assert request is not None
    assert request.message_id == shown.id
    assert "windows 11" in request.state.lower()
    assert labels(message)


async def test_a_post_that_only_the_database_knew_of_waits_for_it(world: World) -> None:
    """The settings of the server are not known either: nothing can be said, nothing is lost."""
    await world.set()
    world.store.settings._cache.clear()
    world.store.answers._guard._resting_until = 1e12
    thread = await world.post(world.ann, ASKED)
    assert world.of_bot(thread) == []
    await over(world)
    assert len(world.of_bot(thread)) == 1


async def test_a_post_that_was_missed_is_taken_up_when_the_bot_is_back(world: World) -> None:
    await world.set()
    followed = await world.post(world.ann, ASKED)
    world.bot.watching._read = _lost  # type: ignore[method-assign] # as if the bot had been killed over it
    missed = await world.post(world.ben, ASKED)
    assert world.of_bot(missed) == []
    await world.restart()
    await world.env.settle()
    assert len(world.of_bot(missed)) == 1
    assert len(world.of_bot(followed)) == 1


async def _lost(*_: object, **__: object) -> None:
    """Nothing comes of it."""
