"""Words with one letter wrong are found among those that are known, and no others."""

import random

import pytest
from rapidfuzz.distance import OSA

from bot.diagnosis.kept_words import KeptWords, Words, by_key
from bot.diagnosis.near_words import KeptForms, NearWords


def near_words(*words: str) -> NearWords:
    ordered = sorted(words, key=by_key)
    return NearWords(KeptForms.of(ordered), Words(KeptWords.of(ordered)))


@pytest.mark.parametrize("damaged", ["memry", "mmeory", "memorry", "menory", "emory", "memoyr", "memory"])
def test_one_step_is_found_wherever_it_was_made(damaged: str) -> None:
    assert near_words("memory", "failed", "磁盘", "no").to(damaged) == ["memory"]


@pytest.mark.parametrize("other", ["mory", "memmorry", "failure", "磁盘空间", ""])
def test_what_is_further_away_is_not(other: str) -> None:
    assert near_words("memory", "failed", "磁盘").to(other) == []


def test_it_finds_what_comparing_with_every_word_would_find() -> None:
    chance = random.Random(4)
    words = {"".join(chance.choices("abc_2", k=chance.randint(4, 7))) for _ in range(300)}
    words = {word for word in words if word.lstrip("_")[:1].isalpha()}
    near = near_words(*words)
    for word in ("".join(chance.choices("abc_2", k=chance.randint(4, 8))) for _ in range(200)):
        expected = {known for known in words if OSA.distance(known, word) <= 1}
        assert expected <= set(near.to(word))
