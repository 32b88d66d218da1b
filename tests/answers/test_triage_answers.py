import pytest
from shipped import read_request
from spoken import spoken

from bot.answers.blocks import Fields, Paragraph, Steps
from bot.answers.triage import triage_answer
from bot.base.languages import Language
from bot.intake.template import load_template
from bot.intake.told import Contradiction, Request
from bot.knowledge.files import knowledge_root

TEMPLATE = load_template(knowledge_root())
FULL = Request(
    is_help_request=True,
    points={
        "system": "Windows 11", "loader": "koboldcpp", "model": "Qwen3-8B", "quant": "Q4_K_M",
        "steps": "clicked Launch", "description": "closes at once", "log": "error: out of memory",
    },
)  # fmt: skip


def asked(request: Request, language: Language = "en", *, has_diagnosis: bool = False) -> list[str]:
    answer = spoken(triage_answer(request, TEMPLATE, has_diagnosis=has_diagnosis), language)
    return [str(step.text) for block in answer.blocks if isinstance(block, Steps) for step in block.steps]


def test_shows_what_was_understood_and_asks_only_for_the_rest() -> None:
    request = read_request("狗头人加载 qwen3 8b q4_k_m 报错退出，win11")
    answer = spoken(triage_answer(request, TEMPLATE), "zh")
    understood = next(block for block in answer.blocks if isinstance(block, Fields))
    shown = {field.name: field.value for field in understood.fields}
    assert shown["加载器"] == "koboldcpp"
    assert shown["系统"] == "Windows 11"
    questions = " ".join(asked(request, "zh"))
    assert "报错" in questions or "输出" in questions
    assert "winver" not in questions
    assert "加载器" not in questions


def test_a_complete_request_is_thanked() -> None:
    answer = triage_answer(FULL, TEMPLATE)
    assert answer.tone == "good"
    assert asked(FULL) == []


def test_with_a_diagnosis_the_prompt_shrinks_to_what_could_change_it() -> None:
    request = Request(is_help_request=True, points={"log": "error: boom"})
    alone, beside = asked(request), asked(request, has_diagnosis=True)
    assert len(beside) <= 2 < len(alone)
    assert not any("step by step" in text for text in beside)


def test_what_was_not_known_is_asked_in_other_words() -> None:
    first = Request(is_help_request=True, points={"description": "it crashes"})
    second = Request(is_help_request=True, points={"description": "it crashes"}, unsure=("quant",))
    before = next(text for text in asked(first) if "uantization" in text)
    again = set(asked(second)) - set(asked(first))
    assert len(again) == 1
    assert before not in again


def test_two_loaders_ask_which() -> None:
    request = Request(
        is_help_request=True, points=FULL.points, contradictions=(Contradiction("loader", ("ollama", "koboldcpp")),)
    )
    texts = [
        str(block.text) for block in spoken(triage_answer(request, TEMPLATE)).blocks if isinstance(block, Paragraph)
    ]
    assert any("ollama and koboldcpp" in text for text in texts)


def test_hints_fit_the_system() -> None:
    windows = " ".join(asked(Request(is_help_request=True, points={"system": "Windows 10", "description": "slow"})))
    linux = " ".join(asked(Request(is_help_request=True, points={"system": "Ubuntu 24.04", "description": "slow"})))
    assert "Explorer" in windows
    assert "Explorer" not in linux


def test_a_picture_alone_is_asked_for_its_text() -> None:
    request = read_request("[图片] 求助")
    texts = [
        str(block.text)
        for block in spoken(triage_answer(request, TEMPLATE), "zh").blocks
        if isinstance(block, Paragraph)
    ]
    assert any("截图" in text for text in texts)


def test_long_values_are_cut_in_the_summary() -> None:
    request = Request(is_help_request=True, points={"log": "error " * 100})
    understood = next(b for b in spoken(triage_answer(request, TEMPLATE)).blocks if isinstance(b, Fields))
    assert all(len(str(field.value)) <= 90 for field in understood.fields)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_both_languages_have_every_question(language: Language) -> None:
    questions = asked(Request(is_help_request=True, text_quality=True, topic="quality"), language)
    assert len(questions) >= 6
    has_chinese = [any("\u4e00" <= character <= "\u9fff" for character in text) for text in questions]
    assert all(has_chinese) if language == "zh" else not any("问" in text for text in questions)
