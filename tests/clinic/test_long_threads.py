"""A long thread is answered like a short one: what was said before is looked for once, and not without end."""

import time

import pytest
from shipped import CLINIC

from bot.clinic.message import Message, Said

FIRST = "koboldcpp: cudaMalloc failed: out of memory, rtx 3060 12gb, qwen2.5 32b q4_k_m"


def seconds(messages: int) -> float:
    """CPU time of the reply to the last of so many messages."""
    thread = (Said("asker", FIRST), *(Said("asker", f"tried {number}, still crashes") for number in range(messages)))
    start = time.process_time()
    assert CLINIC.reply(Message("no luck, same error", thread=thread)).kind == "diagnosis"
    return time.process_time() - start


@pytest.mark.parametrize("messages", [40, 160])
def test_time_grows_no_faster_than_the_thread(messages: int) -> None:
    short = max(seconds(8), 0.05)
    assert seconds(messages) < short * messages / 2
