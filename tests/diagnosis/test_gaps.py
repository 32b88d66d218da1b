"""Signatures with several gaps: what stands between literal parts is found once, nearest first."""

import pytest
from small_knowledge import diagnosed, entry

from bot.diagnosis.signature import Pattern, patterns_of


def _pattern(signature: str) -> Pattern:
    return patterns_of([entry("some-failure", signature)])[0]


@pytest.mark.parametrize(
    ("signature", "line", "values"),
    [
        ("copy of {a} to {b} failed", "copy of x to y failed", ("x", "y")),
        ("copy of {a} to {b} failed", "copy of x to y to z failed", ("x", "y to z")),
        ('driver "{a}" with {b}', 'driver "" with gpu', ("", "gpu")),
        ('driver "{a}" with {b}', "driver 'nv' with gpu", ("nv", "gpu")),
        ("{a} at {n:number} of {b}", "layer at x at 12 of 40", ("layer at x", "12", "40")),
        ("got {n:size} of {p:path}: gone", "got 1.5 GiB of C:\\a b\\c.gguf: gone", ("1.5 GiB", "C:\\a b\\c.gguf")),
    ],
)
def test_values_stand_between_the_nearest_literal_parts(signature: str, line: str, values: tuple[str, ...]) -> None:
    found = _pattern(signature).exact.search(line)
    assert found
    assert tuple(value.strip(" '\"") for value in found.groups()) == values


def test_a_gap_does_not_reach_across_a_paragraph() -> None:
    assert not _pattern("copy of {a} failed").exact.search("copy of " + "x" * 300 + " failed")


@pytest.mark.parametrize(
    "line",
    [
        "started it and got ValueError: the longest sequence (40960), 10.00 GiB of cache is needed, 2.35 GiB are there",
        "ValueError: the longest sequence (40960) , (10.00 GiB of cache is needed, 2.35 GiB are ther",
        "启动的时候提示 the longest sequnce (40960), 10.00 GiB of cache is needed, 2.35 GiB are there. 怎么办",
    ],
)
def test_a_number_is_never_cut_where_a_damaged_line_is_read(line: str) -> None:
    sizes = "({needed:number} GiB of cache is needed, {free:number} GiB are there"
    wording = "the longest sequence ({long:number}), " + sizes
    (found,) = diagnosed(line, entry("some-failure", wording), loader="vLLM")
    assert dict(found.captured) == {"long": "40960", "needed": "10.00", "free": "2.35"}
