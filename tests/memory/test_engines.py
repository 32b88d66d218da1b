"""Engines that keep the whole model on the card, by their own rules."""

import pytest

from bot.knowledge.files import knowledge_root
from bot.memory.engines import (
    VllmSettings,
    engine_estimate,
    exllamav2,
    exllamav3,
    token_bytes,
    transformers,
    vllm,
    with_loader_defaults,
)
from bot.memory.settings import Settings
from bot.models.catalog import load_catalog
from bot.models.named import named_model
from bot.models.shape import Model

GIB = 1 << 30


@pytest.fixture(scope="module")
def llama() -> Model:
    return named_model("Llama-3.1-8B-Instruct-AWQ", load_catalog(knowledge_root()))


def test_a_token_of_llama_takes_128_kib(llama: Model) -> None:
    assert token_bytes(llama.shape, 16, 16) == 128 * 1024


def test_vllm_fills_what_utilization_allows(llama: Model) -> None:
    usage = vllm(llama, VllmSettings(vram=24 * GIB, context=8192))
    middle = (usage.total.low + usage.total.high) / 2
    assert middle == pytest.approx(0.9 * 24 * GIB, rel=0.01)
    assert usage.tokens % 16 == 0
    assert usage.cache == usage.tokens * 128 * 1024
    more = vllm(llama, VllmSettings(vram=24 * GIB, context=8192, utilization=0.95))
    assert more.tokens > usage.tokens
    assert vllm(llama, VllmSettings(vram=24 * GIB, context=8192, eager=True)).tokens > usage.tokens


def test_vllm_says_when_the_context_does_not_fit(llama: Model) -> None:
    usage = vllm(llama, VllmSettings(vram=8 * GIB, context=131072))
    assert usage.tokens < 131072
    assert any("max-model-len" in note.zh for note in usage.notes)


def test_vllm_without_a_card_keeps_one_context(llama: Model) -> None:
    assert vllm(llama, VllmSettings(vram=0, context=8192)).tokens == 8192


def test_vllm_stretches_pages_of_hybrids(llama: Model) -> None:
    hybrid = named_model("Qwen3-Next-80B-A3B-Instruct-AWQ", load_catalog(knowledge_root()))
    usage = vllm(hybrid, VllmSettings(vram=0, context=16))
    assert usage.cache == 16 * token_bytes(hybrid.shape, 16, 16) * 48 / 12


def test_exllama_caches_by_bits(llama: Model) -> None:
    settings = Settings(context=1000)
    plain, four = exllamav2(llama, settings), exllamav2(llama, settings, "q4")
    assert plain.tokens == 1024
    assert four.cache == pytest.approx(plain.cache * 4.5 / 16)
    assert exllamav3(llama, settings, 4).cache == pytest.approx(plain.cache * 4.5 / 16)
    assert exllamav3(llama, settings).cache == plain.cache


def test_transformers_grows_with_the_context(llama: Model) -> None:
    short, long = transformers(llama, Settings(context=1024)), transformers(llama, Settings(context=8192))
    assert long.cache == 8 * short.cache
    assert long.weights == short.weights


def test_loaders_on_llama_cpp_differ_in_their_batches(llama: Model) -> None:
    assert with_loader_defaults("ollama", Settings(batch=2048, ubatch=2048)).ubatch == 512
    assert with_loader_defaults("llama.cpp", Settings()).batch == 2048


@pytest.mark.parametrize(
    "engine", ["llama.cpp", "koboldcpp", "ollama", "lmstudio", "vllm", "exllamav2", "transformers"]
)
def test_every_engine_gives_an_interval_around_its_total(llama: Model, engine: str) -> None:
    result = engine_estimate(llama, Settings(), engine)  # type: ignore[arg-type]
    assert 0 < result.gpu.range.low <= result.gpu.total <= result.gpu.range.high
