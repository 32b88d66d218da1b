"""A pattern that a sieve leaves out would have found nothing."""

import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import CLINIC

from bot.base.sieve import Sieve, needed
from bot.knowledge.cue import Cue


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("out of memory", {"out of memory"}),
        (r"\bMac\s?OS\b", {"mac"}),
        (r"(?:cuda|hip) error", {"cuda error", "hip error"}),
        (r"windows\s{0,3}(?P<v>10|11)", {"windows"}),
        (r"a?bc[de]f", {"abcdf", "abcef", "bcdf", "bcef"}),
        (r"\d+(?:\.\d+)* (?:was|is)(?! not)", {" was", " is"}),
        (r"(?>error|fault):(?=x)", {"error:", "fault:"}),
        (r"(?:no such|missing) file|\d+", set()),
        (r".*", set()),
        (r"[^a]x?", set()),
        (r"显", {"显"}),
        (r"(?:spam){2,}\d", {"spam"}),
        (r"(?:spam){0,2}eggs", {"eggs"}),
    ],
)
def test_words_that_a_pattern_cannot_do_without(pattern: str, words: set[str]) -> None:
    assert needed(pattern, re.IGNORECASE) == words


CUES = [cue for name in CLINIC.complaints.__struct_fields__ if isinstance(cue := getattr(CLINIC.complaints, name), Cue)]
PATTERNS = tuple(row for cue in CUES for row in cue.rows) + tuple(
    pattern for system in CLINIC.vocabulary.vocabulary.systems for pattern in system.patterns
)
SIEVE = Sieve(PATTERNS, re.IGNORECASE)


def texts() -> list[str]:
    proofs = [text for cue in CUES for text in (*cue.found_in, *cue.not_in)]
    told = [example.text for failure in CLINIC.failures if failure.kind == "symptom" for example in failure.examples]
    return [*proofs, *told]


def test_nothing_is_missed_in_what_people_write() -> None:
    assert len(texts()) > 150
    for text in texts():
        found = {at for at, pattern in enumerate(PATTERNS) if re.search(pattern, text, re.IGNORECASE)}
        assert found <= set(SIEVE.possible(text)), text
        assert SIEVE.found_in(text) == bool(found)


@given(st.text(alphabet="windos 10mac修不ŝKı\n", max_size=40))
def test_nothing_is_missed_in_any_text(text: str) -> None:
    found = {at for at, pattern in enumerate(PATTERNS) if re.search(pattern, text, re.IGNORECASE)}
    assert found <= set(SIEVE.possible(text))


def test_the_first_pattern_that_finds_anything_tells_where() -> None:
    sieve = Sieve([r"eggs", r"spam (\w+)", r"spam"])
    found = sieve.first("much spam here")
    assert found is not None
    assert found[1] == "here"
    assert sieve.first("ham") is None


def test_a_sieve_can_be_sent_elsewhere() -> None:
    sieve = Sieve(["spam"])
    assert sieve.found_in("spam")
    assert pickle.loads(pickle.dumps(sieve)).found_in("spam")


def test_what_a_whole_cannot_hold_none_of_its_parts_does() -> None:
    sieve = Sieve(["out of memory", "no such (?:file|folder)"], re.IGNORECASE)
    assert sieve.may_find("one line\nNo such folder\nanother")
    assert not sieve.may_find("one line\nno folder\nanother")
    assert Sieve([r"\d+"]).may_find("")


@given(st.text("abc x\n", max_size=24))
def test_the_earliest_place_is_that_of_all_patterns_as_one(text: str) -> None:
    patterns = ("b+", "abc", "ab", "(?<=c)x", "a{2}", "^x")
    found = Sieve(patterns).earliest(text)
    expected = re.search("|".join(f"(?:{pattern})" for pattern in patterns), text)
    assert (found and found.span()) == (expected and expected.span())


@given(st.lists(st.text("abk x", max_size=9), min_size=1, max_size=5))
def test_a_line_that_holds_something_is_among_the_places(lines: list[str]) -> None:
    sieve = Sieve([r"ab\w?", "kx"], re.IGNORECASE)
    places = sieve.places("\n".join(lines))
    assert places is not None
    rows = {"\n".join(lines).count("\n", 0, place) for place in places}
    assert {at for at, line in enumerate(lines) if sieve.found_in(line)} <= rows


def test_where_anything_may_stand_no_place_is_told() -> None:
    assert Sieve([r"\d+", "abc"]).places("abc") is None
    assert Sieve(["abc"]).places("\u0130abc") is None


def test_what_was_kept_of_patterns_is_what_they_need() -> None:
    kept = CLINIC.surroundings.needs
    assert len(kept) > 100
    flags = re.IGNORECASE | re.ASCII
    assert {pattern: needed(pattern, flags) for pattern in kept} == dict(kept)
    assert all(pattern in kept for pattern in CLINIC.surroundings.data.before.version)


def test_what_is_known_of_a_pattern_is_believed() -> None:
    patterns = ["out of memory", "no such file"]
    known = {each: needed(each) for each in patterns[:1]}
    assert list(Sieve(patterns, 0, known).possible("it is out of memory")) == [0]


def test_an_answer_is_that_of_its_own_text() -> None:
    sieve = Sieve(["error", r"no such \w+"])
    texts = ["no such file", "no such file", "nothing", "an error", "an error " * 1000, "fine " * 1000, "nothing"]
    assert [sieve.found_in(text) for text in texts] == [True, True, False, True, True, False, False]
