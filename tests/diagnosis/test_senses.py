"""The table of what words mean, and what is learnt with it."""

from math import dist, hypot
from pathlib import Path

import pytest

from bot.diagnosis.reader import learnt_of
from bot.diagnosis.senses import Likeness, Placed, Senses, leanings_of, pieces_of, shipped_senses
from bot.workshop.senses import table_of

VECTORS = {
    "▁": (9.0, 9.0),
    "▁hang": (3.0, 0.0),
    "▁freez": (2.9, 0.1),
    "s": (0.5, 0.5),
    "es": (0.1, 0.1),
    "卡": (0.0, 1.0),
}
WORDINGS = ["it s", "hang", "卡"]


@pytest.fixture
def senses(tmp_path: Path) -> Senses:
    path = tmp_path / "senses.bin"
    path.write_bytes(table_of(VECTORS, WORDINGS))
    return Senses(path)


def test_a_vector_has_length_one_and_words_of_one_sense_lie_together(senses: Senses) -> None:
    hangs, freezes, stuck = (senses.vector([word]) for word in ("hangs", "freezes", "卡"))
    assert hypot(*hangs) == pytest.approx(1)
    assert dist(hangs, freezes) < 0.2 < dist(hangs, stuck)


def test_unknown_words_have_no_sense(senses: Senses) -> None:
    assert senses.vector(["!!", "ß"]) == senses.vector([]) == []


def test_a_word_is_split_into_the_longest_pieces() -> None:
    places = {piece: at for at, piece in enumerate(VECTORS)}
    assert list(pieces_of("hangxs", lambda piece: places.get(piece, -1))) == [places["▁hang"], places["s"]]


def test_of_two_pieces_the_rarer_one_decides(tmp_path: Path) -> None:
    path = tmp_path / "senses.bin"
    path.write_bytes(table_of({"▁here": (1.0, 0.0), "▁there": (0.0, 1.0)}, ["here", "here", "here there"]))
    first, second = Senses(path).vector(["here there"])
    assert first < second


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "senses.bin"
    path.write_bytes(b"something else, long enough")
    with pytest.raises(ValueError, match="no table"):
        Senses(path)


def test_directions_tell_classes_apart_and_small_weights_are_kept() -> None:
    placed = [Placed("left", [-1.0, 0.2], 1.0), Placed("left", [-0.9, -0.4], 0.5), Placed("right", [1.0, 0.1], 1.0)]
    likeness = Likeness(leanings_of(placed))
    assert likeness.classes == ("left", "right")
    left, right = likeness.scores([-1.0, 0.0])
    assert left > 0 > right
    assert left < 1  # held back
    assert Likeness(leanings_of([])).scores([1.0, 0.0]) == []


def test_a_ridge_regression_solves_its_equations() -> None:
    placed = [Placed("a", [1.0, 0.0], 2.0), Placed("b", [0.6, 0.8], 1.0), Placed("b", [0.0, 1.0], 1.0)]
    # X'DX + I = [[3.36, .48], [.48, 2.64]]; of "a", half of the weight: X'D(y - 1/2) = [.7, -.9]
    (x, y) = (Likeness(leanings_of(placed)).scores(unit)[0] for unit in ([1.0, 0.0], [0.0, 1.0]))
    assert (3.36 * x + 0.48 * y, 0.48 * x + 2.64 * y) == pytest.approx((0.7, -0.9))


@pytest.mark.parametrize(
    ("word", "near", "far"),
    [
        ("freezes", "frozen", "download"),
        ("folder", "directory", "key"),
        ("死机", "died", "显卡"),
        ("显卡", "gpu", "key"),
    ],
)
def test_the_shipped_table_knows_words_that_mean_the_same(word: str, near: str, far: str) -> None:
    senses = shipped_senses()
    assert senses is not None
    here, there, elsewhere = (senses.vector([each]) for each in (word, near, far))
    assert dist(here, there) < dist(here, elsewhere)


def test_lessons_hold_what_sentences_mean_only_with_senses() -> None:
    assert learnt_of(()).meant.classes == ()
