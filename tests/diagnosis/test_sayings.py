"""Success and failure in words that nobody wrote down before."""

from pathlib import Path

import pytest
from shipped import CLINIC

from bot.diagnosis.sayings import Outcomes, kept_outcomes, learnt_of
from bot.knowledge.files import knowledge_root
from bot.knowledge.sayings import Sayings, load_sayings

TURNS = CLINIC.turns

SOLVED = (
    "swapped the psu and now she purrs",
    "it was the riser card in the end, thanks all",
    "the older build doesn't have that, keeping it",
    "removed -fa and it talks normally. weird but ok",
    "my mistake was to unpack it over the old folder. fine now",
    "two ollamas were running, closed one and it answers",
    "换了根电源线就认到了",
    "把梯子关掉立马连上",
    "降到24层稳得很，谢谢",
)
FAILED = (
    "bought a new cable, that made no difference",
    "the nightly blows up as well",
    "unfortunately the problem still persists",
    "went through the whole list again without any luck",
    "挂不挂梯子都一样",
    "降到8层照样炸",
    "教程走了一遍，还是红的",
)
NEITHER = (
    "it uses the integrated one right now",
    "my neighbour's pc runs it on the same card",
    "ok pulling qwen3 8b",
    "loads now but it's painfully slow",
    "that was fine at first, then gibberish",
    "nah i give up, thank you for trying",
    "is that fixed in the newest version",
    "现在用的是集显",
    "邻居家同款卡能跑",
    "懂了那我下个q3",
    "能加载了，但是慢得要命",
)


@pytest.mark.parametrize("text", SOLVED)
def test_a_success_is_heard(text: str) -> None:
    assert TURNS.solved(text)
    assert not TURNS.failed(text)


@pytest.mark.parametrize("text", FAILED)
def test_it_is_heard_that_the_advice_did_not_help(text: str) -> None:
    assert TURNS.failed(text)
    assert not TURNS.solved(text)


@pytest.mark.parametrize("text", NEITHER)
def test_what_else_is_said_is_neither(text: str) -> None:
    assert not TURNS.solved(text)
    assert not TURNS.failed(text)


def test_none_of_these_sentences_was_taught() -> None:
    taught = load_sayings(knowledge_root())
    known = {*taught.solved, *taught.failed, *taught.neither}
    assert known.isdisjoint((*SOLVED, *FAILED, *NEITHER))


def test_the_same_sentences_always_teach_the_same() -> None:
    few = Sayings(("it works now", "好了"), ("no luck", "没用"), ("it is a 3060", "我是win11"))
    assert learnt_of(few) == learnt_of(few)
    shares = Outcomes(learnt_of(few)).shares("it works")
    assert max(shares, key=lambda name: shares[name]) == "solved"
    assert sum(shares.values()) == pytest.approx(1.0)


def test_a_folder_without_sayings_teaches_nothing(tmp_path: Path) -> None:
    assert list(kept_outcomes(tmp_path).shares("works now").values()) == pytest.approx([1 / 3] * 3)
