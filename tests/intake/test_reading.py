"""Masked text and masked lines say the same, and neither holds anything that commands a terminal."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import CLINIC

from bot.intake.reading import read_masked

TOKEN = "hf_" + "aB3dE5gH7jK9mN1pQr" * 2
COMMANDS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@given(
    st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\x1b[31m\x9b\x1c\x85\r\n\\%2u0041hf_")), max_size=200)
)
def test_nothing_commands_a_terminal_and_lines_keep_their_numbers(text: str) -> None:
    read = read_masked(text)
    assert not COMMANDS.search(read.text)
    assert not any(COMMANDS.search(line.text) for line in read.lines)
    assert read.text.count("\n") == text.count("\n")
    assert all(1 <= line.number <= line.last <= text.count("\n") + 1 for line in read.lines)


def test_what_only_a_line_shows_is_masked_in_the_text_too() -> None:
    read = read_masked(f"first\n{TOKEN[:14]}<div>{TOKEN[14:]} is mine\nlast")
    assert read.lines[1].text == "<hugging-face-token> is mine"
    assert read.text == "first\n<hugging-face-token> is mine\nlast"


def test_a_key_that_a_terminal_broke_is_masked_in_both_rows() -> None:
    key = "8f3c2d9a0b1e4c5d8f3c2d9a0b1e4c5d"
    message = f"{'Started the server on port 5000 with the settings of config.yml.':<64} api_key: {key} now"
    pasted = f"{'=' * 80}\n{message[:80]}\n{message[80:]}\nlast"
    read = read_masked(pasted)
    shown = read.text + "".join(line.text for line in read.lines)
    assert not any(key[at : at + 6] in shown for at in range(len(key) - 6))
    assert read.text.count("\n") == pasted.count("\n")
    assert [line.number for line in read.lines] == [1, 2, 4]


@pytest.mark.parametrize("control", ["\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\u2028"])
@pytest.mark.parametrize("text", ["qwen 7{}b q4", "8{}g显存能跑 32{}b 吗", "llama-3.1-8{}b-instruct.gguf 报错"])
def test_separators_of_other_times_are_no_hold_up(text: str, control: str) -> None:
    written = text.replace("{}", control)
    assert CLINIC.triage(written, in_help_forum=True).is_help_request
    CLINIC.diagnose(written)
