"""What was recognised in some words and what all of them are like: where both agree, first checks yield."""

import pytest
from shipped import CLINIC

from bot.clinic.message import Message


@pytest.mark.parametrize(
    "text",
    [
        "When I turn thinking off gemma 4 writes its thoughts and no answer to what I asked. LM Studio",
        "用cherry接ollama的deepseek-r1,思考过程显示不出来,开关也打开了",
    ],
)
def test_a_symptom_on_which_both_readers_agree_goes_before_first_checks(text: str) -> None:
    assert CLINIC.reply(Message(text)).parts[0].id == "thinking-cannot-be-switched-off"


def test_a_trouble_that_is_heard_goes_before_checks_of_the_text() -> None:
    text = "ooba: every response takes longer since a few releases, it seems to read all of the prompt anew each time"
    first = CLINIC.reply(Message(text)).parts[0]
    assert (first.id, first.kind, first.is_guess) == ("prompt-read-anew-each-turn", "diagnosis", True)
