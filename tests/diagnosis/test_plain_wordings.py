"""A wording of one piece is found where its regular expression finds it."""

import random

import pytest
from shipped import CLINIC

from bot.diagnosis.signature import Pattern, is_cased_alike, patterns_of

PLAIN = [pattern for pattern in patterns_of(CLINIC.failures) if pattern.plain]
AROUND = ("", " ", "a", "Z", "7", "_", "-", "中", "٣", "\u212a", "é", '"', "加")


def spelt(pattern: Pattern, chance: random.Random) -> str:
    return "".join(chance.choice((letter.lower(), letter.upper(), letter)) for letter in pattern.literals[0])


@pytest.mark.parametrize("seed", range(6))
def test_both_ways_find_the_same_place(seed: int) -> None:
    chance = random.Random(seed)
    assert len(PLAIN) > 50
    for pattern in chance.sample(PLAIN, 50):
        pieces = [chance.choice((*AROUND, spelt(pattern, chance), pattern.literals[0][1:])) for _ in range(8)]
        text = "".join(pieces)
        assert is_cased_alike(text)
        found = pattern.exact.search(text)
        assert pattern.place_in(text) == (found.span() if found else None), (pattern.plain, text)


@pytest.mark.parametrize("text", ["fa\u0131led", "\u0130", "fal\u017fe"])
def test_letters_of_two_cases_are_left_to_the_expression(text: str) -> None:
    assert not is_cased_alike(text)


def test_what_has_gaps_or_blanks_is_not_plain() -> None:
    others = [pattern for pattern in patterns_of(CLINIC.failures) if not pattern.plain]
    assert others
    assert all(
        pattern.kinds
        or len(pattern.literals[0].split()) > 1
        or not pattern.literals[0].isascii()
        or any(quote in pattern.literals[0] for quote in "'\"`")
        for pattern in others
    )
