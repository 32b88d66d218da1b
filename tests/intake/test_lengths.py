"""How much text somebody wants a model to read at once."""

import pytest

from bot.answers.fit.wanted import context_for, fits_at_once
from bot.base.phrases import folded
from bot.intake.lengths import told_length


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("summarize 60 page contracts", 42_000),
        ("20-30 pages", 21_000),
        ("总结20页的pdf", 14_000),
        ("a report of 12,000 words", 16_200),
        ("80k words", 108_000),
        ("大概30万字", 210_000),
        ("把一整本小说喂给模型", 130_000),
        ("a whole novel", 130_000),
    ],
)
def test_pages_words_and_characters_are_read_as_tokens(text: str, tokens: int) -> None:
    assert told_length(folded(text)) == tokens


@pytest.mark.parametrize("text", ["page 12 of the manual", "每秒30字", "300字以内", "13b model", "8个字符"])
def test_what_is_no_long_text_has_no_length(text: str) -> None:
    assert told_length(folded(text)) == 0


def test_a_text_that_is_read_at_once_has_room_for_the_answer() -> None:
    assert fits_at_once(42_000)
    assert context_for(42_000) == 45_056
    assert not fits_at_once(210_000)
    assert context_for(210_000) == 32_768
