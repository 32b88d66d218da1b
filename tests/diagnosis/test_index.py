"""The index finds by rare words what comparing with every signature would find."""

import random

import pytest
from small_knowledge import entry

from bot.diagnosis import index as index_module
from bot.diagnosis.index import BROKEN, NEAR, SHARE, Index
from bot.diagnosis.signature import patterns_of

WORDS = [f"word{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(40)]


def random_index(chance: random.Random) -> Index:
    texts = [" ".join(chance.choices(WORDS, k=chance.randint(1, 6))) for _ in range(300)]
    return Index(patterns_of([entry(f"entry-{number}", text) for number, text in enumerate(texts)]))


def shares(index: Index, known: frozenset[str]) -> dict[int, float]:
    """Of every signature what a line with these words holds of it."""
    return {
        pattern.number: sum(map(index.weights.__getitem__, pattern.words & known)) / index.totals[pattern.number]
        for pattern in index.patterns
    }


@pytest.mark.parametrize("least", [SHARE, NEAR])
def test_candidates_are_all_signatures_of_which_a_line_holds_enough(least: float) -> None:
    chance = random.Random(1)
    index = random_index(chance)
    for _ in range(50):
        known = index.read(chance.choices(WORDS, k=chance.randint(1, 8))).known
        expected = {number for number, share in shares(index, known).items() if share >= least}
        assert {number for number, _ in index.candidates(known, least)} == expected


def test_a_broken_signature_is_one_that_only_two_lines_together_hold() -> None:
    chance = random.Random(2)
    index = random_index(chance)
    found = 0
    for _ in range(200):
        first, second = (index.read(chance.choices(WORDS, k=chance.randint(1, 4))).known for _ in "12")
        apart = [shares(index, known) for known in (first, second)]
        expected = {
            number
            for number, share in shares(index, first | second).items()
            if share >= BROKEN and all(each[number] < SHARE for each in apart)
        }
        assert {number for number, _ in index.broken(first, second)} == expected
        found += len(expected)
    assert found > 20


def test_words_without_blanks_are_split_into_as_few_as_there_are() -> None:
    index = Index(patterns_of([entry("some", "out of memory outof mem ory")]))
    assert index.read(["outofmemory"]).known == {"outof", "memory"}
    assert index.read(["outofmemories"]).known == frozenset()


def test_what_is_remembered_is_what_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The words of a line decide alone: what was asked before changes nothing, nor does a memory that is full."""
    monkeypatch.setattr(index_module, "_REMEMBERED_ALIKE", 7)
    chance = random.Random(3)
    index = random_index(chance)
    lines = [index.read(chance.choices(WORDS, k=chance.randint(1, 6))).known for _ in range(12)]
    for _ in range(200):
        first, second = chance.choice(lines), chance.choice(lines)
        fresh = Index(index.patterns, index.measured)
        assert index.broken(first, second) == fresh.broken(first, second)
        assert index.alike(first, 0.3) == fresh.alike(first, 0.3)
        assert index.candidates(first) == fresh.candidates(first)
        pattern = chance.choice(index.patterns)
        assert index.rarest(pattern) == fresh.rarest(pattern)
    assert max(len(index._broken), len(index._alike)) <= 8
