"""Requests that somebody numbers in one post."""

import pytest

from bot.intake.several import numbered_requests


@pytest.mark.parametrize(
    ("text", "requests"),
    [
        ("1) it says oom 2) white page", ("it says oom", "white page")),
        ("3060 12g，1、能跑32b吗？2、上下文开多大", ("3060 12g，\n能跑32b吗？", "3060 12g，\n上下文开多大")),
        ("①闪退怎么办 ②模型放哪里", ("闪退怎么办", "模型放哪里")),
        ("1酒馆连不上 2回复总是重复", ("酒馆连不上", "回复总是重复")),
        ("I have 3 cards and 2 psus", ()),
        ("v1.2 is out. 2 users", ()),
        ("1. yes 2. no", ()),
        ("just one: 1) it is slow", ()),
        ("", ()),
    ],
)
def test_numbered_requests(text: str, requests: tuple[str, ...]) -> None:
    assert numbered_requests(text) == requests
