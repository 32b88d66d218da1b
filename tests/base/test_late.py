"""A pattern that is compiled late is the pattern."""

import pickle
import re

import pytest

from bot.base.late import compile_all, late


def test_finds_what_the_pattern_finds() -> None:
    pattern = late(r"(?P<name>[a-z]+)=(\d+)", re.IGNORECASE)
    found = pattern.fullmatch("Port=80")
    assert found is not None
    assert found["name"] == "Port"
    assert pattern.sub("x", "a=1 b=2") == "x x"
    assert [each[2] for each in pattern.finditer("a=1 b=2")] == ["1", "2"]
    assert (pattern.pattern, pattern.groups, dict(pattern.groupindex)) == (r"(?P<name>[a-z]+)=(\d+)", 2, {"name": 1})
    assert pattern.flags == re.compile(pattern.pattern, re.IGNORECASE).flags


def test_a_fault_shows_when_it_is_used() -> None:
    pattern = late("(")
    with pytest.raises(re.error):
        pattern.search("text")


def test_goes_to_other_processes() -> None:
    pattern = late("A", re.IGNORECASE)
    assert pattern.search("a")
    assert pickle.loads(pickle.dumps(pattern)).search("a")


def test_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    real = re.compile

    def noting(pattern: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append(pattern)
        return real(pattern, flags)

    monkeypatch.setattr(re, "compile", noting)
    pattern = late("once")
    assert not compiled
    for _ in range(3):
        assert pattern.search("once")
        assert pattern.match("once")
    assert compiled == ["once"]


def test_all_are_compiled_when_it_is_asked_for() -> None:
    pattern = late("all")
    assert "flags" not in vars(pattern)
    compile_all()
    assert "flags" in vars(pattern)
