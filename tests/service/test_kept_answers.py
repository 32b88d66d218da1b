"""Answers as the store keeps them: every language at once, found again after a restart, old forms discarded."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_clinic import LOG, UNKNOWN_LOG, TinyClinic

from bot.base.languages import told
from bot.service.consulting import Asker, Consultations
from bot.service.limiter import Limiter
from bot.service.material import Material
from bot.service.workers import Workers
from bot.store.store import Store

ANN, BEN = Asker(1, 2, 3), Asker(4, 5, 6)
# What the first edition kept: each answer twice, once a language.
FIRST_EDITION = {
    "answers": [
        {
            language: {"title": "The disk is full", "tone": "bad", "blocks": [], "details": [], "chart": None}
            for language in ("en", "zh")
        }
    ],
    "candidates": [["disk-full", "The disk is full", "磁盘满了", 0.9]],
    "text": "No space left on device",
    "cluster": None,
    "redactions": 0,
}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'kept.db'}")
    yield store
    await store.close()


async def consultations(store: Store, clinic: TinyClinic) -> Consultations:
    workers = Workers(clinic, None, count=0, queue=8, seconds=5)
    await workers.start()
    return Consultations(workers, store, Limiter(100, 100, 100))


@pytest.fixture
async def clinic() -> TinyClinic:
    return TinyClinic()


async def test_an_answer_is_found_again_in_both_languages(store: Store, clinic: TinyClinic) -> None:
    given = await (await consultations(store, clinic)).log(ANN, Material(LOG))
    found = await (await consultations(store, TinyClinic())).find(given.key)
    assert found == given
    assert told(given.reading.answer.title, "en") == "The disk is full"
    assert told(given.reading.answer.title, "zh") == "磁盘满了"


async def test_the_same_log_is_read_once_and_belongs_to_each_who_asks(store: Store, clinic: TinyClinic) -> None:
    service = await consultations(store, clinic)
    first, second = await service.log(ANN, Material(LOG)), await service.log(BEN, Material(LOG))
    assert clinic.read == 1
    assert second.key != first.key
    assert second == replace(first, key=second.key, author_id=BEN.user_id, guild_id=BEN.guild_id)


async def test_an_unknown_error_is_counted(store: Store, clinic: TinyClinic) -> None:
    given = await (await consultations(store, clinic)).log(ANN, Material(UNKNOWN_LOG))
    assert given.cluster
    assert not given.reading.is_recognised
    [cluster] = await store.unknown.top(5)
    assert cluster.id == given.cluster


@pytest.mark.parametrize("content", [json.dumps(FIRST_EDITION), "{}", "[]", "no JSON", '{"reading": {"answers": 3}}'])
async def test_what_another_version_kept_is_discarded(store: Store, clinic: TinyClinic, content: str) -> None:
    service = await consultations(store, clinic)
    given = await service.log(ANN, Material(LOG))
    kept = await store.answers.get(given.key)
    assert kept
    await store.answers.add(replace(kept, key="old", content=content))
    assert await service.find("old") is None


async def test_a_discarded_answer_is_read_anew(store: Store, clinic: TinyClinic) -> None:
    service = await consultations(store, clinic)
    given = await service.log(ANN, Material(LOG))
    kept = await store.answers.get(given.key)
    assert kept
    await store.answers.add(replace(kept, key="old", content=json.dumps(FIRST_EDITION)))
    again = await service.log(BEN, Material(LOG))
    assert again.reading == given.reading
