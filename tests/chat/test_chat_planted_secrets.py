"""Planted secrets of every kind through the real bot: what it posts, keeps and logs."""

import json
import logging
from collections.abc import AsyncIterator
from itertools import cycle, islice
from pathlib import Path

import pytest
from chat_world import World, simulated
from planted_secrets import planted, shows

from bot.chat.config import Config
from bot.clinic.opening import open_clinic
from bot.knowledge.files import knowledge_root
from bot.service.logs import MaskingFormatter
from bot.store.store import Store

pytest_plugins = ("chat_fixtures",)
pytestmark = pytest.mark.slow

LEAST = 0.99
IN_A_LOG = 90  # secrets
CASES = list(planted(seed=43))


@pytest.fixture
async def real(config: Config, store: Store) -> AsyncIterator[World]:
    async with simulated(config, open_clinic(knowledge_root()), store) as world:
        yield world


async def test_what_is_posted_kept_and_logged(real: World, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await real.set()
    for at in range(0, len(CASES), IN_A_LOG):
        texts = [case.text for case in CASES[at : at + IN_A_LOG]]
        post, title, pasted, name = islice(cycle(texts), 4)
        log = "\n\n".join([*texts, "CUDA error: out of memory", *texts])
        await real.ann.send(real.chat, f"<@{real.bot.user.id}> look", attachments=[("run.log", log.encode())])  # type: ignore[union-attr]
        await real.post(real.ben, f"help, koboldcpp fails on Windows 11\n{post[:1000]}", name=title[:90])
        await real.ann.slash(real.chat, "diagnose", log=pasted[:3000])
        await real.ann.slash(real.chat, "explain", name=name[:90])
    requests = [entry.json for entry in real.env.backend.http_requests]
    places = {
        "posted": json.dumps(requests, ensure_ascii=False, default=str),
        "kept": b"".join(path.read_bytes() for path in tmp_path.glob("wenzhen.db*")).decode("utf-8", "replace"),
        "logged": "\n".join(MaskingFormatter().format(record) for record in caplog.records),
    }
    assert "out of memory" in places["posted"]
    assert "out of memory" in places["kept"]
    for place, text in places.items():
        leaked = [case.text for case in CASES if shows(text, case)]
        assert len(leaked) <= (1 - LEAST) * len(CASES), (place, leaked)
