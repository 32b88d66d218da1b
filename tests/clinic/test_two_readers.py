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
    assert CLINIC.reply(Message(text)).parts[0].id in {"thinking-cannot-be-switched-off", "thinking-shown-in-reply"}


def test_a_trouble_that_is_heard_goes_before_checks_of_the_text() -> None:
    text = "ooba: every response takes longer since a few releases, it seems to read all of the prompt anew each time"
    first = CLINIC.reply(Message(text)).parts[0]
    assert (first.id, first.kind, first.is_guess) == ("prompt-read-anew-each-turn", "diagnosis", True)


def test_what_is_so_with_any_model_is_no_question_of_a_model() -> None:
    text = "9060xt 16G，ollama启动时能识别到卡，但不管运行什么模型都不会加载到GPU"
    assert CLINIC.reply(Message(text)).parts[0].id == "gpu-idle-in-words"


def test_what_only_a_front_end_has_is_claimed_where_it_is_told() -> None:
    first = CLINIC.reply(
        Message("in open webui the answer of the model doesn't show up until I refresh the page")
    ).parts[0]
    assert (first.id, first.is_guess) == ("openwebui-backend-not-reached", False)


@pytest.mark.parametrize("text", ["显存问题…第一次微调", '"not enough memory" when loading'])
def test_few_words_that_are_surely_one_trouble_are_answered(text: str) -> None:
    assert CLINIC.reply(Message(text)).parts
    assert CLINIC.reply(Message("fwiw I get about 38 t/s on the same card with q4")).kind == "silent"


def test_a_trouble_that_is_heard_for_sure_goes_before_signs_of_the_text() -> None:
    text = "qwen2.5-coder 14b with ollama just prints the tool call as json instead of doing anything"
    assert CLINIC.reply(Message(text)).parts[0].id == "tool-calls-printed-as-text"


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("lm studio won't see my 9070 xt", "gpu-idle-in-words"),
        ("my 6700xt isn't used at all by lm studio", "gpu-idle-in-words"),
        ("为什么显存没满但是很慢", "slow"),
    ],
)
def test_what_is_told_of_a_card_is_not_taken_for_another_part(text: str, id_: str) -> None:
    assert CLINIC.reply(Message(text)).parts[0].id == id_


def test_short_replies_are_no_question_of_a_way() -> None:
    assert CLINIC.reply(Message("酒馆回复总是很短，要怎么调")).parts[0].id == "first-aid:text-short"


def test_what_is_asked_of_memory_beside_a_fault_of_the_text_is_no_full_memory() -> None:
    text = "用sakura 14b翻小说 8g显存 翻着翻着就一句话刷屏 有时候行数还对不上 是显存不够吗"
    assert CLINIC.reply(Message(text)).kind == "quality"
