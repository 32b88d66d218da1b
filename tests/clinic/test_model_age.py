"""A young model that does not load: the program may not know it yet."""

import pytest
from shipped import CLINIC
from spoken import spoken

from bot.answers.blocks import Steps
from bot.clinic.message import Message
from bot.clinic.model_age import has_young_model
from bot.intake.facts import Fact, Facts

TOO_OLD = "model-newer-than-program"


@pytest.mark.parametrize(
    ("post", "is_claimed"),
    [
        ("koboldcpp failed to load my gemma 4 gguf", True),
        ("llama.cpp error loading model qwen3.6 35b a3b", True),
        ("新下的 Qwen3.5-9B 在 LM Studio 里加载失败，别的都正常", True),
        ("koboldcpp failed to load my llama 3.1 8b gguf", False),
        ("新下的 Qwen2.5-7B 在 LM Studio 里加载失败，别的都正常", False),
        ("koboldcpp failed to load my gguf", False),
    ],
)
def test_a_young_model_that_does_not_load_points_to_an_old_program(post: str, is_claimed: bool) -> None:
    parts = CLINIC.reply(Message(post)).parts
    assert (bool(parts) and parts[0].id == TOO_OLD) is is_claimed


def test_it_is_told_since_when_the_program_knows_it() -> None:
    answer = spoken(CLINIC.reply(Message("koboldcpp failed to load my gemma 4 gguf")).answer)
    steps = next(block for block in answer.blocks if isinstance(block, Steps))
    assert "koboldcpp can load this model from 1.111.1 on" in str(steps.steps[0].text)


def test_a_gguf_that_does_not_load_is_not_taken_for_another_format() -> None:
    parts = CLINIC.reply(Message("koboldcpp failed to load my llama 3.1 8b gguf")).parts
    assert "llamacpp-given-safetensors" not in {part.id for part in parts}


@pytest.mark.parametrize(
    ("model", "version", "is_young"),
    [
        ("gemma-4-12b-it", None, True),
        ("gemma-4", None, True),  # a family: all of its sizes are of one age
        ("gemma-4-12b-it", "1.100", True),
        ("gemma-4-12b-it", "1.115", False),  # knows it
        ("Llama-3.1-8B", None, False),
        ("no-such-model", None, False),
    ],
)
def test_age_of_a_model(model: str, version: str | None, is_young: bool) -> None:
    facts = Facts(
        model=Fact(model, 0), loader=Fact("koboldcpp", 0), loader_version=Fact(version, 0) if version else None
    )
    assert has_young_model(facts, CLINIC) is is_young
