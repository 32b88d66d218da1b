"""How a conversation goes on with a message, decided in one place."""

import pytest
from shipped import CLINIC

from bot.clinic.clauses import is_solved_by, runs_of
from bot.clinic.course import Course, Saying, Says, clause_says, course_of


def course(text: str, **more: bool) -> Course:
    return course_of(Saying(CLINIC.posts.read(text), text, goes_on=True, **more), CLINIC.turns)


@pytest.mark.parametrize(
    "text",
    [
        "works now, thanks!",
        "oh. ooba wasn't even running with --api. works now",
        "lowered the context and all good",
        "tried. no more unused tokens!",
        "好了，原来是杀毒软件",
        "换成vulkan 45t/s了 牛",
        "设了 HF_ENDPOINT 就好了，感谢",
    ],
)
def test_it_is_solved(text: str) -> None:
    assert course(text) == "solved"


@pytest.mark.parametrize(
    "text",
    [
        "so it's solved?",
        "解决了吗？",
        "still the same error",
        "now it loads but it's painfully slow",
        "还是不行",
        "does it work on linux too?",
    ],
)
def test_it_is_not_solved(text: str) -> None:
    assert course(text) == "goes on"


def test_what_only_sounds_like_a_success_is_none_where_it_corrects() -> None:
    text = "just looked, it's 32gb after all"
    assert CLINIC.turns.success(text) == "sounds"
    assert course(text, changes=True) == "goes on"


def test_a_file_that_shows_a_failure_outweighs_words() -> None:
    assert course("that worked", shows=True, shows_trouble=True) != "solved"


@pytest.mark.parametrize("text", ["ty!", "ok will try when i'm home", "谢谢大佬", "good night", "我回去试试"])
def test_it_only_ends(text: str) -> None:
    assert course(text) == "ends"


@pytest.mark.parametrize("text", ["lol my cat just sat on the keyboard", "哈哈哈"])
def test_it_is_chatter(text: str) -> None:
    assert course(text) in {"chats", "goes on"}
    assert course(text) != "solved"


def test_thanks_with_a_question_go_on() -> None:
    assert course("thanks! and what context would you set?") == "goes on"


def test_thanks_with_a_correction_go_on() -> None:
    assert course("thanks, it's a 3070 by the way", changes=True) == "goes on"


@pytest.mark.parametrize(
    ("clause", "says"),
    [
        ("step 1 worked", "works"),
        ("still crashes", "fails"),
        ("how do i set that", "asks"),
        ("the card is a 3070", "tells"),
    ],
)
def test_what_a_clause_says(clause: str, says: Says) -> None:
    assert clause_says(clause, CLINIC.posts.read(clause), CLINIC.turns) == says


@pytest.mark.parametrize(
    ("text", "is_solved"),
    [
        ("took the 8b, works. how do i use it from my phone?", True),
        ("got 14 t/s. can i squeeze out more?", False),
        ("step 1 worked, step 2 still fails", False),
    ],
)
def test_beside_a_question_a_success_must_be_said(text: str, is_solved: bool) -> None:
    assert is_solved_by(runs_of(text, CLINIC), CLINIC) is is_solved


def test_a_cause_that_was_found_is_not_taken_for_a_failure() -> None:
    assert not runs_of("oh. ooba wasn't even running with --api. works now", CLINIC)
