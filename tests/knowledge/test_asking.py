"""Questions read into tokens: the longest word that is known, and no part of another word."""

import pytest
from shipped import CLINIC

from bot.knowledge.asking import Asking, Wordings

MEANINGS = {"go": ("start",), "again": ("start again", "重启"), "stop": ("quit", "quit.", "退出")}
AROUND, BETWEEN = ("what is", "a", "是什么", "请问", "mean"), ("和", "or")
WORDINGS = Wordings(Asking(MEANINGS, AROUND, BETWEEN, {}, {}), {"vLLM": ("v-llm",), "C": ("c++",)})


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


@pytest.mark.parametrize(
    ("question", "bare"),
    [
        ("what is a lorebook?", ["a lorebook", "lorebook"]),
        ("请问 min-p 是什么", ["请问 min-p", "min-p"]),
        ("what is a lorebook in this context?", ["a lorebook in this context", "lorebook in this context", "lorebook"]),
        ("what is a port in vllm?", ["a port in vllm", "port in vllm"]),
        ("群友说的甲是什么", ["群友说的甲", "甲"]),
        ("meaningful", []),
        ("what is", []),
        ("", []),
    ],
)
def test_what_stands_around_a_word_is_taken_off(question: str, bare: list[str]) -> None:
    assert list(WORDINGS.bare(question)) == bare


def test_sides_are_read_only_where_things_are_compared() -> None:
    compared = Wordings(Asking({"compare": ("vs", "区别")}, AROUND, BETWEEN, {}, {}), {})
    assert compared.sides("top-p 和 min-p 的区别") == ["top-p", "min-p 的"]
    assert compared.sides("lorebook vs author's note??") == ["lorebook", "author's note"]
    assert compared.sides("top-p 和 min-p") == []


def test_without_words_nothing_is_known() -> None:
    assert Wordings(Asking({}, (), (), {}, {}), {}).read("start again") == ["start", "again"]


def test_every_known_word_is_read_as_itself() -> None:
    words = CLINIC.wordings
    assert [word for word, token in words._token.items() if token not in words.read(f"{word}")] == []
