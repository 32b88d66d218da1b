"""A loader's refusal for want of memory, checked against our own count of bytes."""

import pytest
from shipped import CLINIC

from bot.answers.blocks import Paragraph

LM_STUDIO = (
    "LM Studio 0.3.30 {model}\nModel loading was stopped due to insufficient system resources. Under the current "
    "settings, this model requires approximately {size} of memory, and continuing to load it would likely overload "
    "your system"
)


def counted(text: str) -> str:
    """What the answer says by our count, in English; empty where it says nothing."""
    blocks = CLINIC.diagnose(text).answer.blocks
    found = [block for block in blocks if isinstance(block, Paragraph) and "By my count" in str(block.label)]
    return str(found[0].text) if found else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LM_STUDIO.format(model="Qwen2.5-14B-Instruct-Q4_K_M.gguf", size="22.10 GB"), "estimate is too high"),
        (LM_STUDIO.format(model="Qwen2.5-14B-Instruct-Q4_K_M.gguf", size="9.6 GB"), "It is right"),
        (
            "ollama run qwen2.5:14b\nError: model requires more system memory (10.4 GiB) than is available (7.8 GiB)",
            "It is right",
        ),
    ],
)
def test_a_loaders_reckoning_is_checked(text: str, expected: str) -> None:
    assert expected in counted(text)


@pytest.mark.parametrize(
    "text",
    [
        LM_STUDIO.format(model="", size="22.10 GB"),  # which model?
        "ollama run some-unknown-model\nError: model requires more system memory (10 GiB) than is available (7 GiB)",
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. Qwen2.5-14B-Instruct-Q4_K_M",
    ],
)
def test_nothing_is_said_of_what_is_no_reckoning_or_not_known(text: str) -> None:
    assert counted(text) == ""


def estimated(text: str) -> bool:
    """Whether the answer says what fits the card."""
    labels = (str(getattr(block, "label", "")) for block in CLINIC.diagnose(text).answer.blocks)
    return any("By my estimate" in label for label in labels)


CARD = "llama-server -m Qwen2.5-32B-Instruct-Q4_K_M.gguf -ngl 99, RTX 3060 12GB, ubuntu\n"


def test_where_the_system_killed_it_for_ram_the_card_is_not_reckoned() -> None:
    assert estimated(CARD + "CUDA error: out of memory")
    killed = CARD + "load_tensors: loading model tensors, this can take a while... (mmap = false)\nKilled"
    assert CLINIC.diagnose(killed).candidates[0].failure_class == "ram-out-of-memory"
    assert not estimated(killed)
