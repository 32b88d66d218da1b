import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import CLINIC

from bot.answers.aspects import topic_answer
from bot.answers.reference import loader_answer, term_answer
from bot.base.languages import told
from bot.intake.facts import Fact, Facts
from bot.knowledge.files import knowledge_root
from bot.knowledge.reference import (
    Question,
    load_conditions,
    load_loaders,
    reference_faults,
)

ROOT = knowledge_root()
QUESTIONS = CLINIC.questions
TOPICS = CLINIC.topics
TERMS = CLINIC.terms


def test_the_reference_data_has_no_faults() -> None:
    assert reference_faults(ROOT) == ()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_every_wording_of_a_question_finds_it_first(question: Question) -> None:
    for wording in question.wordings:
        found = TOPICS.find(wording).sure
        assert found, wording
        assert found.id == question.id, wording


@pytest.mark.parametrize("term", TERMS.items, ids=lambda term: term.id)
def test_every_name_of_a_term_finds_it(term: object) -> None:
    for wording in term.wordings:  # type: ignore[attr-defined]
        assert term in [hit.item for hit in TERMS.find(wording).candidates], wording


@pytest.mark.parametrize(
    ("asked", "id_"),
    [
        ("我这电脑能跑多大的模型啊", "how-large-a-model"),
        ("酒馆老是连不上koboldcpp怎么回事", "sillytavern-does-not-connect"),
        ("为什么模型输出全是乱码", "gibberish"),
        ("how many GPU layers do I set?", "gpu-layers-formula"),
        ("hugging face is blocked here, how to download", "hf-mirror"),
        ("kobold窗口闪退看不到报错", "window-closes"),
        ("where do i put the proxy for the terminal", "proxy-in-terminal"),
        ("which quantisation should i take", "which-quantization"),
    ],
)
def test_questions_in_other_words(asked: str, id_: str) -> None:
    found = TOPICS.find(asked)
    assert found.candidates
    assert found.candidates[0].item.id == id_


@pytest.mark.parametrize(
    ("word", "id_"),
    [("quantisation", "quantization"), ("temprature", "temperature"), ("后端", "loader"), ("maxseqlen", "max-seq-len")],
)
def test_misspelt_and_nicknamed_terms(word: str, id_: str) -> None:
    found = TERMS.find(word)
    assert found.sure
    assert found.sure.id == id_


@pytest.mark.parametrize("nonsense", ["今天天气怎么样", "who won the football match", "", "🦙🦙", "的的的"])
def test_other_matters_are_not_answered(nonsense: str) -> None:
    assert TOPICS.find(nonsense).sure is None
    assert TERMS.find(nonsense).sure is None


@given(st.text(max_size=200))
def test_any_text_is_answered_in_both_languages(text: str) -> None:
    for language in ("zh", "en"):
        assert told(topic_answer(TOPICS.find(text)).title, language)
        assert told(term_answer(TERMS.find(text)).title, language)


@pytest.mark.parametrize("loader", load_loaders(ROOT), ids=lambda loader: loader.name)
def test_every_loader_is_described_for_every_system(loader: object) -> None:
    conditions = {condition.id: condition for condition in load_conditions(ROOT)}
    for system in ("Windows 11", "Ubuntu 24.04", "macOS 15"):
        facts = Facts(system=Fact(system, 1))
        answer = loader_answer(loader, conditions, facts, {})  # type: ignore[arg-type]
        assert answer.blocks


@pytest.mark.parametrize(
    ("asked", "id_"),
    [
        ("vllm怎么安装", "loader:vLLM:install"),
        ("how do i install ollama", "loader:ollama:install"),
        ("ollama 和 koboldcpp 哪个好", "compare:koboldcpp:ollama"),
        ("gptq or awq?", "compare:AWQ:GPTQ"),
        ("tabby 能加载 gguf 吗", "reads:tabbyAPI:GGUF"),
        ("can lm studio load safetensors", "reads:LM Studio:safetensors"),
        ("exl3适合我吗", "format:EXL3:suits"),
        ("where is the log of koboldcpp", "loader:koboldcpp:log"),
        ("狗头人的上下文怎么设", "loader:koboldcpp:context"),
        ("what is a virtual environment", "term:virtual-environment"),
        ("什么是量化", "term:quantization"),
    ],
)
def test_every_part_of_the_data_can_be_asked_for(asked: str, id_: str) -> None:
    found = TOPICS.find(asked)
    assert found.sure, found.candidates
    assert found.sure.id == id_
