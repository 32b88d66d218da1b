"""What ollama and LM Studio print, by the rules of their sources: sizes, shares, and what counts twice."""

import pytest
from shipped import CLINIC

from bot.knowledge.files import knowledge_root
from bot.memory.estimate import estimate
from bot.memory.reported import Reported, lm_studio_size, ollama_processor, ollama_size, reported
from bot.memory.settings import Settings
from bot.models.catalog import load_catalog
from bot.models.named import named_model


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (21_986_000_000, "21 GB"),  # cut off, not rounded
        (5_330_000_000, "5.3 GB"),
        (9_000_000_000, "9 GB"),
        (620_000_000, "620 MB"),
        (12, "12 B"),
        (0, "0 B"),
    ],
)
def test_ollama_counts_in_thousands(size: int, shown: str) -> None:
    assert ollama_size(size) == shown


@pytest.mark.parametrize(
    ("gpu", "total", "shown"),
    [(0, 100, "100% CPU"), (100, 100, "100% GPU"), (75, 100, "25%/75% CPU/GPU"), (995, 1000, "1%/99% CPU/GPU")],
)
def test_ollama_shares_bytes_out(gpu: int, total: int, shown: str) -> None:
    assert ollama_processor(Reported(gpu, total)) == shown


def test_all_layers_on_the_card_count_as_everything_there() -> None:
    model = named_model("Llama-3.1-8B-Instruct-Q4_K_M", load_catalog(knowledge_root()))
    whole = reported(estimate(model, Settings(context=4096)), model.file_bytes)
    half = reported(estimate(model, Settings(context=4096, gpu_layers=16)), model.file_bytes)
    none = reported(estimate(model, Settings(context=4096, gpu_layers=0)), model.file_bytes)
    assert whole.gpu == whole.total
    assert ollama_processor(whole) == "100% GPU"
    assert 0 < half.gpu < half.total
    assert none.gpu == 0 < none.total


def test_a_next_token_layer_counts_as_a_layer() -> None:
    """GLM-4.5-Air: 46 layers, one for the next token, the output: 47 on the card leave a layer in RAM."""
    model = named_model("GLM-4.5-Air-Q4_K_M", load_catalog(knowledge_root()))
    layers = model.shape.layers
    most = reported(estimate(model, Settings(context=4096, gpu_layers=layers + 1)), model.file_bytes)
    whole = reported(estimate(model, Settings(context=4096, gpu_layers=layers + 2)), model.file_bytes)
    assert most.gpu < most.total
    assert ollama_processor(most) != "100% GPU"
    assert whole.gpu == whole.total


def test_what_is_on_both_sides_counts_once() -> None:
    """A tied embedding lies on the host and on the card; the file holds it once."""
    model = named_model("gemma-3-4b-it-Q4_K_M", load_catalog(knowledge_root()))
    result = estimate(model, Settings(context=4096, gpu_layers=20))
    parts = reported(result, model.file_bytes)
    twice = result.gpu.weights + result.host.weights - model.file_bytes
    assert parts.total == result.gpu.accounted + result.host.accounted - max(0, twice)


def test_lm_studio_counts_in_1024() -> None:
    assert lm_studio_size(12 << 30) == "12.00 GiB"
    assert lm_studio_size(512 << 20) == "512.00 MiB"


def test_an_answer_says_what_the_programs_will_show() -> None:
    found = CLINIC.can_run("Qwen3-8B-Q4_K_M", "12", "32", context=8192)
    shown = [field for block in found.answer.details for field in getattr(block, "fields", ())]
    assert next(field.value for field in shown if field.name == "ollama ps") == "6.0 GB, 100% GPU"
