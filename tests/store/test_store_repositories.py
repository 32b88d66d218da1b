"""The repositories over a real SQLite file."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hand_clock import Clock
from sqlalchemy import event, text

from bot.store.answers import StoredAnswer
from bot.store.database import open_engine
from bot.store.evidence import Label
from bot.store.feedback import Opinion, Tally
from bot.store.privacy import Kept, Retention
from bot.store.requests import Request
from bot.store.settings import ConflictError, GuildSettings, decode_settings
from bot.store.store import Store
from bot.store.tables import metadata

ANN, BEN, GUILD = 11, 12, 900


@pytest.fixture
def clock() -> Clock:
    return Clock()


POSTGRES = os.environ.get("WENZHEN_TEST_POSTGRES", "")  # an empty database; its tables are dropped before each test


@pytest.fixture(params=["sqlite", "postgres"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'wenzhen.db'}"
    if not POSTGRES:
        pytest.skip("WENZHEN_TEST_POSTGRES names no database")
    engine = open_engine(POSTGRES)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    await engine.dispose()
    return POSTGRES


@pytest.fixture
async def store(url: str, clock: Clock) -> AsyncIterator[Store]:
    store = await Store.open(url, clock)
    yield store
    await store.close()


async def test_a_server_without_settings_has_the_defaults(store: Store) -> None:
    assert await store.settings.get(GUILD) == GuildSettings()


async def test_settings_are_read_back_by_a_second_store(store: Store, url: str) -> None:
    wanted = GuildSettings(forums=(1, 2), mode="ask", wording="先看看置顶哦", helper_roles=(7,))
    await store.settings.save(GUILD, wanted, 0, by=ANN)

    second = await Store.open(url)
    assert await second.settings.get(GUILD) == wanted
    await second.close()


async def test_two_moderators_cannot_overwrite_each_other_unseen(store: Store) -> None:
    read = await store.settings.read(GUILD)
    await store.settings.save(GUILD, GuildSettings(mode="ask"), read.version, by=ANN)

    with pytest.raises(ConflictError) as conflict:
        await store.settings.save(GUILD, GuildSettings(mode="off"), read.version, by=BEN)

    assert conflict.value.current.settings.mode == "ask"
    again = await store.settings.save(GUILD, GuildSettings(mode="off"), conflict.value.current.version, by=BEN)
    assert (await store.settings.read(GUILD)) == again


async def test_only_one_of_many_simultaneous_saves_wins(store: Store) -> None:
    saves = [store.settings.save(GUILD, GuildSettings(remind_hours=n), 0, by=n) for n in range(8)]
    results = await asyncio.gather(*saves, return_exceptions=True)
    assert sum(not isinstance(result, BaseException) for result in results) == 1
    assert all(isinstance(result, ConflictError) for result in results if isinstance(result, BaseException))


async def test_settings_are_not_asked_from_the_database_again_within_a_minute(store: Store, clock: Clock) -> None:
    await store.settings.get(GUILD)
    assert store.settings.known(GUILD) == GuildSettings()
    clock.now += 61
    assert store.settings.known(GUILD) is None


async def test_a_storm_of_messages_asks_for_the_settings_once(store: Store, clock: Clock) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.extend([statement] if "guild_settings" in statement else [])

    event.listen(store.engine.sync_engine, "before_cursor_execute", note)
    found = await asyncio.gather(*(store.settings.get(GUILD) for _ in range(500)))
    assert set(found) == {GuildSettings()}
    assert len(asked) == 1
    clock.now += 61
    await asyncio.gather(*(store.settings.get(GUILD) for _ in range(500)))
    assert len(asked) == 2


def test_settings_of_another_version_are_still_read() -> None:
    text = msgspec.json.encode({"mode": "ask", "something_older": 3}).decode()
    assert decode_settings(text) == GuildSettings(mode="ask")


def request(id_: int = 5, **changes: object) -> Request:
    base = Request(id=id_, guild_id=GUILD, channel_id=5, author_id=ANN, state="{}")
    return replace(base, **changes)  # type: ignore[arg-type]


async def test_a_request_is_followed_once(store: Store) -> None:
    assert await store.requests.add(request())
    assert not await store.requests.add(request())
    found = await store.requests.get(5)
    assert found is not None
    assert found.status == "open"
    assert found.version == 1


async def test_a_stale_save_of_a_request_is_refused(store: Store) -> None:
    await store.requests.add(request())
    first = await store.requests.get(5)
    assert first is not None
    assert await store.requests.save(replace(first, message_id=77))
    assert not await store.requests.save(replace(first, status="complete"))
    by_message = await store.requests.by_message(77)
    assert by_message is not None
    assert by_message.status == "open"


async def test_reminders_come_when_due_and_only_for_open_requests(store: Store, clock: Clock) -> None:
    await store.requests.add(request(1, remind_at=clock.now + 10))
    await store.requests.add(request(2, remind_at=clock.now + 10, status="dismissed"))
    await store.requests.add(request(3))
    assert await store.requests.due() == []
    clock.now += 11
    assert [due.id for due in await store.requests.due()] == [1]
    assert {followed.id for followed in await store.requests.following()} == {1, 3}
    assert await store.requests.of_guild(GUILD) == {"open": 2, "dismissed": 1}


async def test_an_event_is_claimed_once_among_many(store: Store) -> None:
    claims = await asyncio.gather(*(store.handled.claim("message:1") for _ in range(20)))
    assert claims.count(True) == 1
    await store.handled.release("message:1")
    assert await store.handled.claim("message:1")


def answer(key: str = "k1", content_hash: str = "h1", author: int = ANN) -> StoredAnswer:
    return StoredAnswer(key=key, kind="log", author_id=author, content_hash=content_hash, content="{}", guild_id=GUILD)


async def test_the_newest_answer_to_the_same_content_is_found(store: Store, clock: Clock) -> None:
    await store.answers.add(answer("k1"))
    clock.now += 1
    await store.answers.add(answer("k2"))
    found = await store.answers.same_content("h1")
    assert found is not None
    assert found.key == "k2"
    assert await store.answers.get("k1") == answer("k1")
    assert await store.answers.same_content("other") is None
    assert await store.answers.count(GUILD, 0) == {"log": 2}


async def test_the_last_opinion_of_a_user_counts(store: Store) -> None:
    await store.feedback.record(Opinion("k1", ANN, helped=True, entry_id="e1", guild_id=GUILD))
    await store.feedback.record(Opinion("k1", ANN, helped=False, reason="still crashes", entry_id="e1", guild_id=GUILD))
    await store.feedback.record(Opinion("k1", BEN, helped=True, entry_id="e1", guild_id=GUILD))
    assert await store.feedback.tally(GUILD, 0) == Tally(helped=1, not_helped=1)
    assert await store.feedback.by_entry(0) == {"e1": Tally(helped=1, not_helped=1)}


async def test_a_helper_may_change_a_verdict(store: Store) -> None:
    label = Label(answer_key="k1", author_id=ANN, helper_id=BEN, label="disk-full", text="ENOSPC", guild_id=GUILD)
    await store.evidence.record(label)
    await store.evidence.record(replace(label, label="port-in-use"))
    assert await store.evidence.all() == [replace(label, label="port-in-use")]
    assert await store.evidence.count(GUILD) == 1


async def test_unknown_errors_that_are_alike_share_a_cluster(store: Store) -> None:
    first = await store.unknown.record("error: failed to open tensor <n> of <path>: bad magic", "h1", ANN, GUILD)
    alike = await store.unknown.record("error: failed to open tensors <n> of <path>: bad magic", "h2", BEN, GUILD)
    other = await store.unknown.record("flux capacitor is out of juice", "h3", BEN, 901)
    again = await store.unknown.record("flux capacitor is out of juice", "h3", BEN, 901)

    assert alike == first
    assert other == again != first
    assert [(cluster.id, cluster.count) for cluster in await store.unknown.top()] == [(first, 2), (other, 1)]
    assert [cluster.id for cluster in await store.unknown.top(guild_id=901)] == [other]


async def test_a_sample_is_kept_only_when_shared(store: Store) -> None:
    cluster = await store.unknown.record("flux capacitor", "h1", ANN)
    found = await store.unknown.get(cluster)
    assert found is not None
    assert found.sample is None

    await store.unknown.share(cluster, "line 1\nflux capacitor")
    await store.unknown.share(cluster, "somebody else's")
    found = await store.unknown.get(cluster)
    assert found is not None
    assert found.sample == "line 1\nflux capacitor"

    await store.unknown.remove(cluster)
    assert await store.unknown.get(cluster) is None


async def test_delete_mine_leaves_nothing_of_a_user_and_all_of_the_others(store: Store) -> None:
    for user, number in ((ANN, 1), (BEN, 2)):
        await store.answers.add(answer(f"k{number}", author=user))
        await store.requests.add(replace(request(number), author_id=user))
        await store.feedback.record(Opinion(f"k{number}", user, helped=True))
        await store.evidence.record(Label(f"k{number}", user, 99, "disk-full", "ENOSPC"))
        await store.unknown.record("strange error " + "xyz"[number] * 30, f"h{number}", user)
    await store.evidence.record(Label("k3", BEN, ANN, "disk-full", "ENOSPC"))
    await store.evidence.record(Label("k4", BEN, ANN, "disk-full", "ENOSPC"))

    assert await store.privacy.forget(ANN) == Kept(answers=1, requests=1, feedback=1, corrections=1, unknown=1)

    assert await store.privacy.kept(ANN) == Kept(0, 0, 0, 0, 0)
    assert await store.privacy.kept(BEN) == Kept(answers=1, requests=1, feedback=1, corrections=3, unknown=1)
    assert len(await store.unknown.top()) == 1
    assert ANN not in {label.helper_id for label in await store.evidence.all()}


async def test_a_shared_sample_goes_with_its_author(store: Store) -> None:
    cluster = await store.unknown.record("flux capacitor", "h1", ANN)
    await store.unknown.record("flux capacitor", "h2", BEN)
    await store.unknown.share(cluster, "ann's log")

    await store.privacy.forget(ANN)

    found = await store.unknown.get(cluster)
    assert found is not None
    assert (found.sample, found.count) == (None, 1)


async def test_retention_limits(store: Store, clock: Clock) -> None:
    retention = Retention(answers=30, feedback=365, unknown=180)
    await store.answers.add(answer())
    await store.requests.add(request())
    await store.feedback.record(Opinion("k1", ANN, helped=True))
    await store.unknown.record("flux capacitor", "h1", ANN)
    await store.handled.claim("message:1")
    steps = []
    for days in (0, 4, 27, 150, 185):
        clock.pass_days(days)
        steps.append((await store.privacy.purge(retention), await store.privacy.kept(ANN)))
    assert [gone for gone, _ in steps] == [0, 1, 2, 1, 1]
    assert steps[2][1] == Kept(answers=0, requests=0, feedback=1, corrections=0, unknown=1)
    assert steps[-1][1] == Kept(0, 0, 0, 0, 0)
    assert await store.unknown.top() == []


async def test_a_server_that_was_left_is_forgotten(store: Store) -> None:
    await store.settings.save(GUILD, GuildSettings(mode="off"), 0, by=ANN)
    await store.requests.add(request())
    await store.answers.add(answer())
    await store.settings.remove(GUILD)
    await store.privacy.forget_guild(GUILD)
    assert await store.settings.get(GUILD) == GuildSettings()
    assert await store.requests.get(5) is None
    assert await store.answers.get("k1") is None
