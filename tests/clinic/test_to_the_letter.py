"""How surely a question is answered that names something letter by letter."""

import pytest
from shipped import CLINIC

from bot.clinic.knowing import known


@pytest.mark.parametrize(
    "question",
    ['lm studio what is the "Frobnicate Shards" option for', "does ollama read OLLAMA_FROB_NICATE to use the gpu"],
)
def test_what_no_answer_speaks_of_is_not_answered_for_sure(question: str) -> None:
    found = known(question, CLINIC)
    assert found is None or not found.sure


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ('what does "Keep Model in Memory" do in lm studio', "lm-studio-keep-in-memory"),
        ("what is OLLAMA_NUM_PARALLEL", "ollama-parallel"),
        ("koboldcpp --smartcontext what does it do", "koboldcpp-smartcontext"),
    ],
)
def test_what_an_answer_speaks_of_is_answered_for_sure(question: str, answer: str) -> None:
    found = known(question, CLINIC)
    assert found is not None
    assert (found.id, found.sure) == (answer, True)
