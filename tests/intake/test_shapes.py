"""A long log is read by its shapes: what it repeats is left out, what differs is not, and line numbers stay true."""

import pickle
import re
from functools import partial

import pytest
from shipped import CLINIC
from work import calls_of

from bot.base.literals import Literals
from bot.clinic.signatures import signature
from bot.intake.reading import read_masked
from bot.intake.shapes import FIRST, LAST, shape, thinned

REPEATED = "slot {n} is free, {h}, /m/{h}.gguf"
FATAL = (
    "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 10240.00 MiB on device 0: cudaMalloc failed: out of memory"
)


def log_of(lines: int, **others: str) -> str:
    """`others`: line_17="text" puts a text into line 17 (counted from 1)."""
    rows = [REPEATED.format(n=n, h=f"{n * 2654435761 % 2**48:012x}") for n in range(lines)]
    for place, text in others.items():
        rows[int(place.removeprefix("line_")) - 1] = text
    return "\n".join(rows)


def test_first_and_last_lines_of_a_shape_are_read_and_keep_their_numbers() -> None:
    read = read_masked(log_of(5000))
    assert [line.number for line in read.lines] == [*range(1, FIRST + 1), *range(5001 - LAST, 5001)]
    assert read.left_out == 5000 - FIRST - LAST
    assert read.text.count("\n") == 4999


def test_a_short_log_is_read_whole() -> None:
    assert len(read_masked(log_of(500)).lines) == 500


def test_a_rare_line_is_found_among_thousands_with_what_stands_around_it() -> None:
    reading = CLINIC.diagnose(log_of(5000, line_3001=FATAL))
    assert reading.candidates[0].failure_class == "gpu-out-of-memory"
    assert reading.candidates[0].line == 3001
    numbers = [line.number for line in read_masked(log_of(5000, line_3001=FATAL)).lines]
    assert {2999, 3000, 3001, 3002, 3003} <= set(numbers)


def test_a_code_that_a_signature_names_is_no_repetition() -> None:
    rows = [f"llama runner process exited with exit code {n % 2}" for n in range(3000)]
    rows[1500] = "llama runner process exited with exit code 137"
    marked = thinned("\n".join(rows), lambda text: CLINIC.landmarks.places(text))
    assert rows[1500] in marked.text.split("\n")


def test_what_is_left_out_of_a_text_is_told_and_counted() -> None:
    reading = CLINIC.diagnose(log_of(5000))
    assert "\n[…]\n" in reading.text
    assert len(reading.text) < 6000
    assert CLINIC.diagnose(log_of(5000)).text == reading.text


@pytest.mark.parametrize("at", [1, 7, 2500, 4999])
def test_secrets_in_what_is_read_are_masked(at: int) -> None:
    read = read_masked(log_of(5000, **{f"line_{at}": "loading with hf_" + "aB3dE5gH7jK9mN1pQr" * 2}))
    assert "hf_aB3" not in read.text
    assert read.text.split("\n")[at - 1] == "loading with <hugging-face-token>"


def test_a_secret_behind_the_last_row_that_is_read_is_still_one() -> None:
    """The row with the name of the secret is left out: it is said a thousand times."""
    rows = ["password:", "of the second server", "is sent again"] * 2000
    rows[3001] = "xK9f2Qp7Lm3R"
    read = read_masked("\n".join(rows))
    assert "xK9f" not in read.text


def test_a_secret_that_goes_on_in_a_row_that_is_not_read_is_masked() -> None:
    rows = [f"token hf_aB3dE5gH7jK9m{n}" if n % 2 else f"N1pQraB3dE5gH7jK9mN{n}" for n in range(4000)]
    read = read_masked("\n".join(rows))
    assert not re.search(r"aB3dE5gH7jK9m\d", read.text)


def test_lines_that_differ_in_times_paths_hashes_and_numbers_have_one_shape() -> None:
    first = "2026-01-02 10:11:12,123 loading /home/me/models/a.gguf at 0x7ffd12 of 0a1b2c3d4e5f6a7b in 3.5 s"
    other = "2025-11-30T01:02:03.9Z loading C:\\models\\b.gguf at 0x1 of ffff0000ffff0000ffff in 12 s"
    assert shape(first) == shape(other) == "loading <path> at <hex> of <hex> in <n> s"
    assert shape("a 1\nb 2") == "a <n>\nb <n>"


def test_unknown_errors_are_clustered_by_the_same_shapes() -> None:
    first, other = (f"ValueError: frob {n} of /srv/{n}/x.bin is 0x{n}" for n in (1, 22))
    assert signature(first) == signature(other) == "ValueError: frob <n> of <path> is <hex>"


def test_a_long_log_of_few_shapes_costs_little_more_than_a_short_one() -> None:
    short, long = (log_of(lines) for lines in (599, 40_000))
    read_masked(short)
    assert calls_of(partial(read_masked, long)) < 3 * calls_of(partial(read_masked, short))


def test_literals_are_found_in_one_pass_overlapping_ones_too() -> None:
    literals = Literals(["out of memory", "memory", "", "显存"])
    assert literals.found_in("显存: out of memory") == {"显存", "out of memory", "memory"}
    assert pickle.loads(pickle.dumps(literals)).found_in("memory") == {"memory"}
    assert Literals([]).found_in("memory") == frozenset()
