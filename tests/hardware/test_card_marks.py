"""A text that is not looked through for cards would have named none."""

import pytest
from shipped import CLINIC

from bot.hardware.card_mentions import CardNames

NAMES = CardNames(CLINIC.cards)
WRITTEN = sorted({name for card in CLINIC.cards.cards for name in (card.name, *card.aliases)})
AROUND = (
    "{}",
    "my {}!",
    "2x{}s",
    "({}，",
    "/dev/{}",
    "用{}跑",
    "a{}b",
    "{}Ti",
    "{}pro",
    "1{}",
    "{}0",
    "tesla{}",
    "rx {}xt",
)


def finds(text: str) -> bool:
    patterns = (NAMES._nvidia, NAMES._amd, NAMES._professional, NAMES._apple, NAMES._written)
    return any(pattern.search(text) for pattern in patterns)


@pytest.mark.parametrize("around", AROUND)
def test_what_a_pattern_finds_may_be_there(around: str) -> None:
    texts = [around.format(spelt) for name in WRITTEN for spelt in (name, name.lower(), name.replace(" ", ""))]
    assert [text for text in texts if NAMES.may_be_in(text) != finds(text)] == []


def test_lines_of_logs_are_looked_through_as_before() -> None:
    lines = {line for entry in CLINIC.failures for example in entry.examples for line in example.text.splitlines()}
    assert [line for line in lines if NAMES.may_be_in(line) != finds(line)] == []
    assert 0 < sum(map(NAMES.may_be_in, lines)) < len(lines) // 4


@pytest.mark.parametrize("text", ["gfx1100", "W7900", "w6800 here", "titan xp", "jetson orin", "昇腾910b", "cmp 170hx"])
def test_names_that_follow_a_pattern_are_found(text: str) -> None:
    assert NAMES.may_be_in(text)
