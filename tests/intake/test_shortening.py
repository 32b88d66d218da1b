"""Of a text beyond the limit the head, the tail and what stands around errors are kept, with their line numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intake.shortening import shortened

FILLER = "llama_kv_cache: slot {number} is in use\n"


def log(lines: int, **said: str) -> str:
    """A log with these lines in it: `at_17="..."` puts one at number 17."""
    wanted = {int(key.removeprefix("at_")): text + "\n" for key, text in said.items()}
    return "".join(wanted.get(number) or FILLER.format(number=number) for number in range(1, lines + 1))


@pytest.mark.parametrize(
    "line",
    [
        "CUDA error: out of memory",
        "OSError: [Errno 28] No space left, failed",
        "错误：无法加载模型",
        "KILLED by the system",
    ],
)
def test_an_error_in_the_middle_is_kept_where_it_stood(line: str) -> None:
    text, omitted = shortened(log(100_000, at_40000=line), 400_000)
    assert text.split("\n")[39_999] == line
    assert omitted > 0
    assert len(text.replace("\n", "")) < 400_000


def test_of_a_repeated_error_the_first_and_the_last_are_kept() -> None:
    said = {f"at_{number}": f"request {number} failed" for number in range(30_000, 60_000, 20)}
    rows = shortened(log(100_000, **said), 400_000)[0].split("\n")
    assert rows[29_999] == "request 30000 failed"
    assert rows[59_979] == "request 59980 failed"


def test_a_text_full_of_errors_stays_within_the_limit() -> None:
    text, _ = shortened("error " * 3_000_000, 400_000)
    assert len(text) <= 400_000


def test_letters_that_grow_in_lower_case_move_nothing() -> None:
    text = "İ" * 300_000 + "\n" + log(20_000, at_10000="CUDA error: bad")
    assert "CUDA error: bad" in shortened(text, 400_000)[0]


@given(st.lists(st.sampled_from(["fine\n", "error: x\n", "\n", "a" * 40 + "\n", "Exception\n"]), max_size=400))
def test_every_line_that_is_kept_keeps_its_number(lines: list[str]) -> None:
    whole = "".join(lines)
    text, omitted = shortened(whole, 600)
    before, after = whole.split("\n"), text.split("\n")
    if not omitted:
        assert text == whole
        return
    assert len(before) == len(after)
    assert all(
        new in ("", old) or old.endswith(new) or old.startswith(new) for old, new in zip(before, after, strict=True)
    )
