"""A pasted configuration is measured: heads against the cache's type, and whether a server starts on the card."""

import pytest
from shipped import CLINIC


def _plain(text: str) -> str:
    reading = CLINIC.diagnose(text)
    return "\n".join(str(block) for answer in reading.answers for block in (answer.title, *answer.blocks))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("llama-server -m phi-2.Q4_K_M.gguf -ngl 99 -c 2048 -fa on -ctk q8_0", "heads of 80 values"),
        ("RTX 3090\nvllm serve Qwen/Qwen2.5-32B-Instruct --max-model-len 32768", "does not start"),
        ("RTX 4090\nvllm serve Qwen/Qwen2.5-7B-Instruct --max-model-len 32768", "vLLM starts"),
    ],
)
def test_a_configuration_is_measured(text: str, expected: str) -> None:
    assert expected in _plain(text)


def test_heads_that_can_be_packed_are_no_fault() -> None:
    assert "heads of" not in _plain("llama-server -m Qwen2.5-7B-Instruct-Q4_K_M.gguf -ngl 99 -c 2048 -fa on -ctk q8_0")


def test_what_does_not_run_is_not_called_sound() -> None:
    assert "will not run" in _plain("RTX 3090\nvllm serve Qwen/Qwen2.5-32B-Instruct --max-model-len 32768")
