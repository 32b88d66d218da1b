"""Told sampler settings against what makers recommend."""

import pytest
from shipped import CLINIC

from bot.answers.blocks import Answer, Paragraph, Steps
from bot.answers.judged import with_judged
from bot.base.languages import told
from bot.clinic.message import Message
from bot.clinic.replying import reply_to
from bot.knowledge.files import knowledge_root
from bot.knowledge.samplers import load_samplers

SAMPLERS = load_samplers(knowledge_root())


@pytest.mark.parametrize(
    ("model", "said", "named"),
    [
        ("Qwen3-8B", "temperature 1.6, repetition penalty 1.18", {"temperature", "repetition penalty"}),
        ("Qwen3-8B", "temperature 0.7, repetition penalty 1.05", set()),
        ("gemma-3-27b-it", "temperature 1.0, top-k 64", set()),
        ("gemma-3-27b-it", "top-k 5, repetition penalty 1.1", {"top-k", "repetition penalty"}),
        ("Mistral-Small-3.2-24B-Instruct", "temperature 1.2", {"temperature"}),
        ("DeepSeek-R1-Distill-Qwen-14B", "temperature 1.0", {"temperature"}),
        ("gpt-oss-20b", "temperature 1.0, top-p 1", set()),
        (None, "temperature 2", {"temperature"}),
        (None, "min-p 0.05", set()),
        ("Some-Unknown-7B", "repetition penalty 1.3, mirostat 2", {"repetition penalty"}),
        ("Qwen3-8B", "", set()),
    ],
)
def test_values_that_do_harm_are_named(model: str | None, said: str, named: set[str]) -> None:
    assert {each.setting for each in SAMPLERS.judged(said, model)} == named


def test_the_longest_beginning_decides() -> None:
    qwen25, qwen35 = SAMPLERS.family_of("Qwen2.5-7B-Instruct"), SAMPLERS.family_of("Qwen3.5-27B")
    assert qwen25
    assert qwen35
    assert "Qwen2.5" in qwen25.models
    assert "Qwen3.5" in qwen35.models


def test_an_answer_names_them_first() -> None:
    plain = Answer("t", "neutral", (Paragraph("p"),))
    (first, *_) = with_judged(plain, SAMPLERS.judged("temperature 1.9", "Qwen3-8B"), "Qwen3-8B").blocks
    assert isinstance(first, Steps)
    assert "1.9" in told(first.steps[0].text, "zh")
    assert "Qwen3-8B" in told(first.steps[0].text, "en")
    assert with_judged(plain, (), None) == plain


def test_a_reply_about_the_text_judges_what_was_told() -> None:
    reply = reply_to(Message("qwen3 8b 温度1.6 重复惩罚1.18 一直复读 怎么办"), CLINIC)
    assert reply.kind == "quality"
    assert reply.answer
    first = reply.answer.blocks[0]
    assert isinstance(first, Steps)
    assert "1.18" in " ".join(told(step.text, "zh") for step in first.steps)
