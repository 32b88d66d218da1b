"""Questions read into tokens: the longest word that is known, and no part of another word."""

import pytest

from bot.clinic.door import Clinic
from bot.knowledge.asking import Asking, Wordings

MEANINGS = {"go": ("start",), "again": ("start again", "重启"), "stop": ("quit", "quit.", "退出")}
WORDINGS = Wordings(Asking(MEANINGS, {}, {}), {"vLLM": ("v-llm",), "C": ("c++",)})


@pytest.mark.parametrize(
    ("question", "tokens"),
    [
        ("start", ["=go"]),
        ("start again", ["=again"]),
        ("restart", ["restart"]),
        ("starter again", ["starter", "again"]),
        ("vLLM v-llm", ["@vLLM", "@vLLM"]),
        ("c++ 重启", ["@C", "=again"]),
        ("c++x", ["@C", "x"]),
        ("abc", ["abc"]),
        ("先重启再退出", ["=again", "=stop", "先"]),
        ("quit", ["=stop"]),
        ("", []),
    ],
)
def test_the_longest_known_word_counts(question: str, tokens: list[str]) -> None:
    assert WORDINGS.read(question) == tokens


def test_without_words_nothing_is_known() -> None:
    assert Wordings(Asking({}, {}, {}), {}).read("start again") == ["start", "again"]


def test_every_known_word_is_read_as_itself() -> None:
    words = Clinic().wordings
    assert [word for word, token in words._token.items() if token not in words.read(f"{word}")] == []
