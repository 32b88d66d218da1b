"""Every regular expression of code and knowledge does work that grows with the text, not with its square.

One member's message must never hold up everybody else's. All patterns are collected (`pattern_calls`), their automata
are examined (`pattern_growth`), and where a doubt remains the growth is measured on attacks made from the pattern.
"""

import functools
import hashlib
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

import pattern_automaton
import pattern_growth
import pytest
from pattern_calls import Seen, calls, seen, uncovered
from pattern_growth import judge

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

MOST = 400  # times that bounded repeats may multiply the work of one character
# Read what those who write knowledge choose to read, never what a member sends.
_WORKSHOP = ("bot/workshop/", "bot/knowledge/dangers.py", "bot/knowledge/known_faults.py")
# The pattern of whoever runs the command himself, looked for in names of tensors; nobody sends one.
_GIVEN = ("bot/memory/overrides.py",)
# Compiles what is written elsewhere, where it is seen.
_LATE = ("bot/base/late.py",)
# What follows an introducer that was found as plain text, and is read from there only.
_BEHIND_INTRODUCERS = "bot/intake/masking/tokens.py"


@pytest.fixture(scope="module")
def patterns(tmp_path_factory: pytest.TempPathFactory) -> tuple[Seen, ...]:
    """Every pattern that the program compiles, seen once by all test processes together."""
    own = tmp_path_factory.getbasetemp()
    return seen((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "patterns.json")


def _all(patterns: Sequence[Seen]) -> list[Seen]:
    compiled = {(each.file, each.line) for each in patterns}
    written = [
        Seen(call.file, call.first, call.pattern, 0, call.usages)
        for call in calls()
        if call.pattern is not None
        and not any((call.file, line) in compiled for line in range(call.first, call.last + 1))
    ]
    return [*patterns, *written]


def test_no_pattern_goes_unseen(patterns: tuple[Seen, ...]) -> None:
    assert len(patterns) > 500
    assert [place for place in uncovered(patterns) if not place.startswith((*_WORKSHOP, *_GIVEN, *_LATE))] == []


def test_every_pattern_is_linear(request: pytest.FixtureRequest, patterns: tuple[Seen, ...]) -> None:
    checker = "".join(Path(module.__file__ or "").read_text() for module in (pattern_automaton, pattern_growth))
    kept = hashlib.sha256(checker.encode()).hexdigest()[:12]
    cache = request.config.cache
    fine = set(cache.get(f"wenzhen/linear-{kept}", [])) if cache else set()  # proved before
    faults = []
    for each in _all(patterns):
        for usage in _usages(each):
            key = hashlib.sha256(f"{usage} {each.flags} {each.pattern}".encode(errors="surrogatepass")).hexdigest()
            if key in fine:
                continue
            verdict = pattern_growth.judge(each.pattern, each.flags, usage)
            if verdict.degree > 1 or verdict.factor > MOST:
                faults.append((each.file, each.line, verdict.degree, verdict.factor, each.pattern, verdict.attacks[:3]))
            else:
                fine.add(key)
    if cache:
        cache.set(f"wenzhen/linear-{kept}", sorted(fine))
    assert not faults, "\n".join(map(str, faults))


def _usages(each: Seen) -> tuple[str, ...]:
    if each.file.startswith(_WORKSHOP):
        return ()
    return ("match",) if each.file == _BEHIND_INTRODUCERS else each.usages


@pytest.mark.parametrize(
    ("pattern", "usage"),
    [
        (r"\s*x", "search"),
        (r"foo.*bar", "search"),
        (r"\w+@", "search"),
        (r"[^,]+,", "search"),
        (r"a[^b]+b", "search"),
        (r"^\s*\s*x", "search"),
        (r"(?m)^\s*x", "search"),
        (r"a\s*\n\s*b", "search"),
        (r"a(?=.*b)", "search"),
        (r"\w+\d+x", "fullmatch"),
        (r"^(?>\w+\d+x)", "search"),
        (r"(?:x|y)*\w*z", "match"),
    ],
)
def test_a_pattern_of_growing_work_is_found(pattern: str, usage: str) -> None:
    verdict = judge(pattern, 0, usage)
    assert verdict.degree >= 2
    assert any(_grows(pattern, usage, prefix + word * 4000, prefix + word * 16000) for prefix, word in verdict.attacks)


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(?:a|a)*b", r"(?:x(?:y?|z?))*w", r"(?:[\w./-]+/)+x"])
def test_a_pattern_of_exploding_work_is_found(pattern: str) -> None:
    assert judge(pattern).degree > 9


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?<!\s)\s*x",
        r"\s+",
        r"foo.{0,40}bar",
        r"\w+\b",
        r"\b\w+\s*=",
        r"\d+(?:\.\d+)?",
        r"^\s*\w+\s*$",
        r"^\s*+\s*x",
        r"a\s*b\s*c",
        r"^(?>a[^b]*b)[^c]*c",
        r"^(?>.*?b).*c",
        r"a[^ab]+b",
        r"(?m)^[ ]*x",
    ],
)
def test_a_linear_pattern_is_not_blamed(pattern: str) -> None:
    assert judge(pattern).degree == 1


def _grows(pattern: str, usage: str, short: str, long: str) -> bool:
    """Whether a text four times as long costs clearly more than four times the work."""
    run = functools.partial(getattr(re.compile(pattern), usage))
    return min(_seconds(run, long) for _ in range(2)) > 7 * min(_seconds(run, short) for _ in range(3))


def _seconds(run: functools.partial[object], text: str) -> float:
    start = time.process_time()
    run(text + "\0")
    return time.process_time() - start
