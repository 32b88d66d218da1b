"""Secrets of every kind are masked in the text and in its lines; what resembles them stays readable."""

from random import Random

import pytest
from planted_secrets import CLEAN, TOKENS, Planted, clean_tokens, planted, shows

from bot.intake.reading import read_masked
from bot.intake.redaction import redact

LEAST = 0.99  # of the secrets
MOST = 0.005  # of the clean words
NO_HALVES = {"telegram bot", "zhipu"}  # half of one looks like any number


def leaks(case: Planted) -> bool:
    read = read_masked(f"loading\n{case.text}\nready")
    return shows(read.text + "\n" + "\n".join(line.text for line in read.lines), case)


@pytest.mark.parametrize("seed", [17, 2026])
def test_planted_secrets_are_masked(seed: int) -> None:
    cases = list(planted(seed))
    assert len(cases) >= 400
    assert len({case.kind for case in cases}) >= 65
    leaked = [(case.kind, case.text) for case in cases if leaks(case)]
    assert len(leaked) <= (1 - LEAST) * len(cases), leaked


def test_clean_words_stay_readable() -> None:
    words = clean_tokens()
    lost = [word for text in CLEAN for word in text.split() if word not in redact(text).text]
    assert len(lost) <= MOST * len(words), lost


@pytest.mark.parametrize("kind", sorted(TOKENS.keys() - NO_HALVES))
def test_tokens_of_every_kind_are_masked_where_they_are_wrapped_or_coloured(kind: str) -> None:
    token = TOKENS[kind](Random(kind))
    cut = max(14, len(token) // 3)
    for between in ("\n", " \n", "\r\n> ", "\x1b[1m", "\u200b", "\\u001b[0m", "</b>"):
        assert not leaks(Planted(kind, f"x {token[:cut]}{between}{token[cut:]} y", token)), between


@pytest.mark.parametrize("seed", [5])
def test_masked_secrets_stay_masked(seed: int) -> None:
    for case in planted(seed):
        once = redact(case.text).text
        assert redact(once).text == once
        assert once.count("\n") == case.text.count("\n")
