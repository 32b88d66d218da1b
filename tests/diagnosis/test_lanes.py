"""Sums of many numbers at once are the sums of each."""

from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis.lanes import lanes_of, numbers_in, packed, widened

NUMBERS = st.integers(-(1 << 40), 1 << 40)


@given(
    st.integers(1, 9).flatmap(
        lambda count: st.lists(
            st.tuples(NUMBERS, st.lists(NUMBERS, min_size=count, max_size=count)), min_size=1, max_size=5
        )
    )
)
def test_weighed_sums_are_those_of_each_lane(rows: list[tuple[int, list[int]]]) -> None:
    rows = [(times >> 20, numbers) for times, numbers in rows]
    lanes = sum(times * lanes_of(packed(numbers)) for times, numbers in rows)
    weighed = ([times * number for number in numbers] for times, numbers in rows)
    assert numbers_in(lanes, len(rows[0][1])) == [sum(each) for each in zip(*weighed, strict=True)]


@given(st.binary(min_size=1, max_size=20))
def test_bytes_are_numbers_of_lanes(small: bytes) -> None:
    assert numbers_in(3 * widened(small), len(small)) == [3 * each for each in small]
