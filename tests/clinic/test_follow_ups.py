"""What is asked or told after an answer: the program, the use, where files lie, all of it on the card."""

import pytest
from shipped import CLINIC

from bot.clinic.message import Message, Reply, Said


def _reply(before: str, then: str) -> Reply:
    return CLINIC.reply(Message(then, thread=(Said("asker", before),)))


@pytest.mark.parametrize(
    ("before", "then", "kind", "id_"),
    [
        ("what can i run on 10gb vram?", "mostly for coding", "fit", "table"),
        ("12g显存 32g内存 能跑什么模型", "平时聊天用", "fit", "table"),
        ("12g显存 32g内存 能跑什么模型", "linux 用什么软件", "fit", "loader"),
        ("平板打不开电脑上的酒馆", "config.yaml 在哪个文件夹", "howto", "st-files"),
        ("ollama 下载模型失败", "日志在哪里", "howto", "loader:ollama:log"),
        ("mistral nemo 12b q4 is slow on my 4060 ti 16gb", "how can i put it all on the gpu?", "fit", "layers"),
    ],
)
def test_a_question_after_an_answer_is_answered_alone(before: str, then: str, kind: str, id_: str) -> None:
    found = _reply(before, then)
    assert found.follows
    assert (found.kind, found.parts[0].id) == (kind, id_)


def test_a_use_told_of_a_named_model_repeats_nothing() -> None:
    assert not _reply("can my 3060 12gb run mistral nemo 12b q4?", "for coding").follows
