"""Which entry of a class is meant by what is told of it."""

import pytest
from shipped import CLINIC

from bot.clinic.message import Message


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("why does my pc freeze when i load a model. 16gb ram, rtx 3070, gemma3 27b q4_k_m", "ram-out-of-memory"),
        ("RAM usage grows and grows until my pc freezes, koboldcpp", "ram-keeps-growing"),
    ],
)
def test_a_lone_word_of_a_wording_does_not_decide(text: str, entry: str) -> None:
    assert CLINIC.reply(Message(text)).parts[0].id == entry
