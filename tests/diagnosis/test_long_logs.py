"""In a log of thousands of different lines most are only read for what programs print, letter by letter."""

import random

from small_knowledge import diagnosed, entry, ids

from bot.diagnosis.diagnoser import Diagnoser
from bot.intake.cleaning import clean

FULL = entry("full", "no space left on device")
SLOW = entry("slow", "everything takes ages", kind="symptom")


def different_lines(count: int = 4_000) -> list[str]:
    chance = random.Random(1)
    return ["".join(chance.choices("bdfghkmpqvwxz ", k=50)).strip() for _ in range(count)]


def with_lines(places: dict[int, str]) -> str:
    lines = different_lines()
    for at, line in places.items():
        lines[at] = line
    return "\n".join(lines)


def test_what_a_program_printed_once_is_found_wherever_it_stands() -> None:
    (found,) = diagnosed(with_lines({2_000: "write error: No space left on device"}), FULL, SLOW)
    assert (found.entry.id, found.evidence.line) == ("full", 2_001)


def test_what_people_say_is_found_at_the_ends_of_a_long_log_and_not_within_it() -> None:
    said = "everything takes ages since yesterday, why?"
    assert ids(with_lines({2_000: said}), FULL, SLOW) == []
    assert ids(with_lines({3_990: said}), FULL, SLOW) == ["slow"]


def test_the_line_that_counts_most_proves_a_failure_that_is_printed_often() -> None:
    lines = different_lines()
    often = {at: f"INFO: {lines[at]} No space left on device" for at in range(1_000, 2_000, 20)}
    (found,) = diagnosed(with_lines({**often, 3_000: "No space left on device"}), FULL)
    assert found.evidence.line == 3_001


def test_a_log_that_is_long_is_read_alike_the_second_time() -> None:
    diagnoser, lines = Diagnoser([FULL, SLOW]), clean(with_lines({2_000: "no space left on device"}))
    assert diagnoser.diagnose(lines) == diagnoser.diagnose(lines) != ()
