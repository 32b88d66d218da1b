"""Fields of a form that say nothing."""

import pytest
from shipped import PARTS


@pytest.mark.parametrize(
    "told", ["不知道", "不清楚啊", "没有", "没", "IDK", "don't know", "n/a", "???", "--", "what's that?", "略。"]
)
def test_a_field_that_cannot_be_filled(told: str) -> None:
    assert PARTS.reader.cues.is_unsure(told)


@pytest.mark.parametrize(
    "told", ["", "Q4_K_M", "不知道为什么闪退", "没有报错，直接退出", "none of the above works", "unknown model error"]
)
def test_a_field_that_tells_something(told: str) -> None:
    assert not PARTS.reader.cues.is_unsure(told)
