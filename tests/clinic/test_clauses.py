"""A message that says several things is taken apart where it says them, and nowhere else."""

import pytest
from shipped import CLINIC

from bot.clinic.clauses import runs_of


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("step 1 worked, step 2 gives me access denied, and can i use 16k instead?", ["works", "fails", "asks"]),
        ("第一步可以了，第二步提示没有权限，另外能不能用16k？", ["works", "fails", "asks"]),
        ("i did step 1 and 2, still oom. does q3 make a difference?", ["fails", "asks"]),
        ("第一步做了，第二步是在哪里改？", ["works", "asks"]),
        ("试了还是报错，是不是显卡太老了", ["fails", "asks"]),
    ],
)
def test_what_each_part_says(text: str, says: list[str]) -> None:
    assert [run.says for run in runs_of(text, CLINIC) if run.says != "tells"] == says


@pytest.mark.parametrize(
    "text",
    [
        "thanks! how much context could i go up to?",
        "thx that pulled. will my 4090 handle it?",
        "i have 32gb ram and a 3060, can it run a 14b?",
        "still the same",
        "显卡是3060，内存32g，能跑14b吗",
        "v0.3.5 on windows 11",
    ],
)
def test_what_says_one_thing_stays_whole(text: str) -> None:
    assert not runs_of(text, CLINIC)


def test_a_story_is_not_taken_apart() -> None:
    assert not runs_of("step 1 worked. step 2 failed, why? " * 20, CLINIC)
