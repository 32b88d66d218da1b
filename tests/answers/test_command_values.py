"""The model's name in a command is the one its loader knows, not the one that reads well."""

import pytest

from bot.answers.facts import command_values, fact_values
from bot.intake.facts import Fact, Facts


def facts_of(told: str | None) -> Facts:
    return Facts(model=Fact("Qwen3-8B", 1), model_file=None if told is None else Fact(told, 1))


@pytest.mark.parametrize(
    ("told", "typed"),
    [
        ("qwen3:8b", "qwen3:8b"),
        ("hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M", "hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M"),
        ("Qwen/Qwen3-8B-AWQ", "Qwen/Qwen3-8B-AWQ"),
        ("models--Qwen--Qwen3-8B", "Qwen/Qwen3-8B"),
        ("/data/models/Qwen3-8B", "/data/models/Qwen3-8B"),
        ("C:\\models\\Qwen3-8B", "C:\\models\\Qwen3-8B"),
        ("Qwen3-8B-Q4_K_M.gguf", ""),
        ("/data/models/Qwen3-8B-Q4_K_M.gguf", ""),
        ("/usr/share/ollama/.ollama/models/blobs/sha256-3a5f", ""),
        ("Qwen3 8B", ""),
        (None, ""),
    ],
)
def test_model_is_named_as_its_loader_names_it(told: str | None, typed: str) -> None:
    facts = facts_of(told)
    assert command_values(fact_values(facts), facts)["model"] == typed


def test_what_a_signature_captured_stays() -> None:
    facts = facts_of("qwen3:8b")
    assert command_values({"model": "llama9"}, facts)["model"] == "llama9"


def test_other_values_stay() -> None:
    facts = facts_of("qwen3:8b")
    assert command_values({"port": "5001"}, Facts()) == {"port": "5001"}
    assert command_values(fact_values(facts) | {"port": "5001"}, facts)["port"] == "5001"


@pytest.mark.parametrize(
    ("told", "typed"),
    [
        ("D:\\models\\Qwen3-8B-Q4_K_M.gguf", "D:\\models\\Qwen3-8B-Q4_K_M.gguf"),
        ("Qwen3-8B-Q4_K_M.gguf", "Qwen3-8B-Q4_K_M.gguf"),
        ("qwen3:8b", ""),
        ("Qwen/Qwen3-8B-GGUF", ""),
    ],
)
def test_model_file_is_a_file(told: str, typed: str) -> None:
    facts = facts_of(told)
    assert command_values(fact_values(facts), facts)["model_file"] == typed
