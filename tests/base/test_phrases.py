"""Phrases of the knowledge: what stands for what, and what is no phrase."""

import pytest

from bot.base.phrases import Phrases, folded, phrase_fault


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("can i run", "What CAN  I run?", True),
        ("run", "it's running", False),
        ("能跑", "这卡能跑吗", True),
        ("which … model", "which of those model names", True),
        ("which … model", "which one? the model is fine", False),
        ("# tokens", "gives 12.5 tokens", True),
        ("(is|are) it", "is it ok", True),
        ("(really |)good", "really good", True),
        ("^thanks", "  thanks a lot", True),
        ("^thanks", "many thanks", False),
        ("works now$", "it works now!", True),
        ("works now$", "works now and then", False),
        ("don't", "I don’t know", True),
        ("ram", "vram", False),
        ("ram", "32g ram的", True),
    ],
)
def test_phrase(phrase: str, text: str, found: bool) -> None:
    assert Phrases([phrase]).found_in(folded(text)) is found


def test_each_phrase_comes_once_with_the_piece_that_it_needs() -> None:
    told, slow = Phrases(["how do i (run|start) it", "slow", "slow"])
    assert (told.anchor, slow.anchor) == ("how do i", "slow")
    assert told.pattern.search("so how do i start it")


@pytest.mark.parametrize("phrase", ["Can I", "a  b", "(a|b", "…"])
def test_what_is_no_phrase_is_named(phrase: str) -> None:
    assert phrase_fault(phrase)


def test_a_long_text_takes_no_time() -> None:
    assert not Phrases(["why … … not", "(a|b) … c"]).found_in("why " * 20_000)
