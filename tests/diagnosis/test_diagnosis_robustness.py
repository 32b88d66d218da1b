"""Whatever is pasted: an answer or an honest nothing, never an exception, in bounded time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_knowledge import entry

from bot.diagnosis.diagnoser import Diagnoser
from bot.intake.cleaning import clean

DIAGNOSER = Diagnoser(
    [
        entry("oom", "CUDA error: out of memory", {"text": "{a} and {b} of {c:size}", "requires": ["out"]}),
        entry("architecture", "unknown model architecture: '{architecture}'", "未知的模型架构：{architecture}"),
        entry("odd", "({free}/{total} GiB) [.*+?", "ERR! |"),
    ]
)
PIECES = [
    "CUDA error:",
    "out of",
    "memory",
    "unknown model",
    "architecture: '",
    "(",
    "/",
    "GiB)",
    "[.*+?",
    "未知的模型",
    "\n",
    " ",
]


@given(st.text(max_size=300))
def test_any_text_is_survived(text: str) -> None:
    findings = DIAGNOSER.diagnose(clean(text))
    assert len(findings) <= 3


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_pieces_of_signatures_are_survived(pieces: list[str]) -> None:
    text = "".join(pieces)
    for finding in DIAGNOSER.diagnose(clean(text)):
        assert 0 < finding.score <= 1
        assert 1 <= finding.evidence.line <= text.count("\n") + 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x01\x02" * 100,
        "😀" * 5000,
        "\ud83d\ude00 lone \udc00",
        "a" * 5_000_000,
        "CUDA error: out of " * 100_000,
        "(" * 50_000,
        "unknown model architecture: '" * 2_000,
        "İ" * 1000 + "CUDA error: out of memory",
    ],
    ids=[
        "empty",
        "binary",
        "emoji",
        "surrogates",
        "one word of 5 MB",
        "one line of 2 MB",
        "brackets",
        "repeated",
        "case",
    ],
)
def test_hostile_texts_are_survived(text: str) -> None:
    assert len(DIAGNOSER.diagnose(clean(text))) <= 3


def test_no_knowledge_recognises_nothing() -> None:
    assert Diagnoser([]).diagnose(clean("CUDA error: out of memory")) == ()


def test_the_same_question_has_the_same_answer() -> None:
    lines = clean("CUDA error: out of memory\nunknown model architecture: 'x'")
    assert DIAGNOSER.diagnose(lines) == DIAGNOSER.diagnose(lines)
