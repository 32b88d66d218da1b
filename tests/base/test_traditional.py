"""Traditional Chinese is found by phrases that are written in Simplified."""

import pytest

from bot.base.phrases import Phrases, folded
from bot.base.traditional import simplified
from bot.intake.questions import is_asked


@pytest.mark.parametrize(
    ("traditional", "simple"),
    [
        ("溫度和重複懲罰要怎麼設定", "温度和重复惩罚要怎么设置"),
        ("請問 8g 顯示卡可以跑什麼模型", "请问 8g 显卡可以跑什么模型"),
        ("伺服器的記憶體不夠", "服务器的内存不够"),
        ("already plain", "already plain"),
        ("已经是简体的记忆体", "已经是简体的记忆体"),
    ],
)
def test_characters_and_words_are_read_as_simplified(traditional: str, simple: str) -> None:
    assert simplified(traditional) == simple


def test_a_simplified_phrase_stands_in_a_traditional_text() -> None:
    assert Phrases(["重复惩罚"]).found_in(folded("我的重複懲罰是 1.2"))
    assert is_asked(folded("這個要怎麼弄"))
