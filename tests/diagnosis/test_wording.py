"""A wording looked for by hand stands where the regular expression of the same meaning finds it."""

import random
from collections.abc import Iterator

import pytest
from shipped import CLINIC

from bot.diagnosis.signature import Pattern, patterns_of
from bot.diagnosis.wording import Found, is_cased_alike

SHIPPED = patterns_of(CLINIC.failures)
PATTERNS = [pattern for pattern in SHIPPED if pattern.wording]
BETWEEN = (
    "",
    " ",
    "  ",
    "'",
    '"',
    "' ",
    " `",
    "x",
    "7",
    ": ",
    " a value ",
    "é",
    "错",
    "\t",
    "y" * 201,
    "Z",
    "_",
    "-",
    "中",
    "٣",
    "\u212a",
)


def wordings(literals: tuple[str, ...]) -> Pattern:
    return Pattern(literals, ("text",) * (len(literals) - 1), frozenset(), 0, ())


def searched(pattern: Pattern, text: str, at: int) -> Found | None:
    found = pattern.exact.search(text, at)
    return found and Found(found.start(), found.end(), tuple(map(found.span, range(1, len(pattern.kinds) + 1))))


def spoken(pattern: Pattern, chance: random.Random) -> str:
    """A text in which the wording may stand, damaged here and there, more than once."""
    text = chance.choice(BETWEEN)
    for _ in range(chance.randint(1, 3)):
        for literal in pattern.literals:
            text += chance.choice(BETWEEN) + changed(literal, chance)
        text += chance.choice(BETWEEN)
    return text


def changed(literal: str, chance: random.Random) -> str:
    pieces = literal.split(" ")
    if chance.random() < 0.2:
        pieces = pieces[: chance.randint(0, len(pieces))]
    joined = "".join(piece + chance.choice((" ", " ", " ", "  ", "", "' ", '"')) for piece in pieces)
    return (joined if chance.random() < 0.4 else literal).swapcase() if chance.random() < 0.3 else literal


def places(pattern: Pattern, text: str) -> Iterator[tuple[Found | None, Found | None]]:
    at = 0
    while at <= len(text):
        by_hand = pattern.wording.find(text, text.lower(), at) if pattern.wording else None
        expected = searched(pattern, text, at)
        yield by_hand, expected
        if expected is None:
            return
        at = expected.start + 1


def test_shipped_wordings_stand_where_the_expression_finds_them() -> None:
    chance, found = random.Random(5), 0
    for pattern in chance.sample(PATTERNS, 400) + chance.sample([each for each in PATTERNS if each.kinds], 300):
        for text in (spoken(pattern, chance) for _ in range(6)):
            assert is_cased_alike(text)
            for by_hand, expected in places(pattern, text):
                assert by_hand == expected, (pattern.literals, text)
                found += expected is not None
    assert found > 3000


LITERALS = ("a", "ab", " a", "a ", "' a", "a'", " 'a b", "a b'", "b", "7", "a-b", "错 误", '"b" a')


def test_all_kinds_of_literals_are_read_alike() -> None:
    chance = random.Random(8)
    for _ in range(400):
        middle = [chance.choice(LITERALS) for _ in range(chance.randint(1, 3))]
        ends = ["", *middle] if chance.random() < 0.3 else middle
        pattern = wordings(tuple([*ends, ""] if chance.random() < 0.3 else ends))
        assert pattern.wording
        for _ in range(25):
            text = "".join(chance.choices("aab b'\" A7.错", k=chance.randint(0, 24)))
            for by_hand, expected in places(pattern, text):
                assert by_hand == expected, (pattern.literals, text)


@pytest.mark.parametrize("text", ["fa\u0131led", "\u0130", "fal\u017fe"])
def test_letters_of_two_cases_are_left_to_the_expression(text: str) -> None:
    assert not is_cased_alike(text)


@pytest.mark.parametrize("literals", [("{",), ("a", " ", "b"), ("aé",), ("a\tb",), ("'",)])
def test_others_are_left_to_the_expression(literals: tuple[str, ...]) -> None:
    assert (wordings(literals).wording is None) == (literals != ("{",))


def test_most_shipped_wordings_need_no_expression() -> None:
    assert len(PATTERNS) > 0.85 * len(SHIPPED)
