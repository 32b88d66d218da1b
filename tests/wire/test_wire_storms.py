"""Discord refuses everything for a while, with 429 or 503: nothing is lost, nothing is said twice."""

import asyncio
from typing import Any

import pytest
from local_discord import Fault, Guild, LocalDiscord, user
from tiny_clinic import LOG, TinyClinic

pytest_plugins = ("wire_fixtures",)
HOME = Guild(2 << 22)
LIMITED: dict[str, Any] = {"message": "slow", "retry_after": 0.05, "global": False}
CLIENT_TRIES = 5  # discord.http.HTTPClient.request
STORMS = {
    "rate limits": (429, LIMITED),
    "rate limits for all": (429, LIMITED | {"global": True}),
    "out of service": (503, {"message": "503: Service Unavailable"}),
}


def storm(kind: str, times: int) -> Fault:
    status, body = STORMS[kind]
    return Fault(r"(POST|PATCH) /(channels|webhooks)", status, body, times=times)


@pytest.mark.parametrize("kind", STORMS)
async def test_posts_in_a_storm_are_answered_once_when_it_is_over(running: Any, kind: str) -> None:
    async with LocalDiscord() as local, running(TinyClinic(), local) as bot:
        fault = storm(kind, 12)
        local.faults = [fault]
        posts = [await local.post(HOME, user(21 + n, f"user{n}"), f"help, it crashes? number {n}") for n in range(6)]
        while fault.times and not all(local.sent_by_bot(post) for post in posts):
            await asyncio.sleep(0.3)
            await bot._retry()
        await bot._retry()
        await local.until(lambda: all(local.sent_by_bot(post) for post in posts), 60.0)
        await bot._retry()
        assert bot.watching.overdue.number == 0
        assert [len(local.sent_by_bot(post)) for post in posts] == [1] * len(posts)


@pytest.mark.parametrize("kind", STORMS)
async def test_a_post_refused_more_often_than_the_client_tries_is_answered_later(running: Any, kind: str) -> None:
    async with LocalDiscord() as local, running(TinyClinic(), local) as bot:
        local.faults = [storm(kind, CLIENT_TRIES + 1)]
        post = await local.post(HOME, user(51, "somebody"), "help, it crashes? again")
        async with asyncio.timeout(60.0):
            while not local.sent_by_bot(post):
                await asyncio.sleep(0.1)
                await bot._retry()
        assert len(local.sent_by_bot(post)) == 1


@pytest.mark.parametrize("kind", ["rate limits", "rate limits for all"])
async def test_a_command_in_a_storm_is_answered(running: Any, kind: str) -> None:
    async with LocalDiscord() as local, running(TinyClinic(), local):
        local.faults = [storm(kind, 4)]
        asked = [
            await local.slash("diagnose", HOME, user(31 + n, "somebody"), file=("run.log", f"{LOG}{n}".encode()))
            for n in range(3)
        ]
        await local.until(lambda: all("The disk is full" in each.text for each in asked), 60.0)


@pytest.mark.expects_errors
async def test_a_command_out_of_service_does_not_hurt_the_next(running: Any) -> None:
    async with LocalDiscord() as local, running(TinyClinic(), local):
        local.faults = [storm("out of service", 4)]
        lost = await local.slash("diagnose", HOME, user(41, "somebody"), file=("run.log", LOG.encode()))
        await local.until(lambda: local.faults[0].times < 4, 60.0)
        local.faults = []
        asked = await local.slash("diagnose", HOME, user(42, "somebody"), file=("run.log", f"{LOG}2".encode()))
        await local.until(lambda: "The disk is full" in asked.text, 60.0)
        assert lost.callback is not None
