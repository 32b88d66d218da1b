"""ExLlama and transformers: what lies on the card besides the tensors, and caches by their bits."""

import pytest

from bot.knowledge.files import knowledge_root
from bot.memory.engines import exllamav2, exllamav3, transformers
from bot.memory.engines.exllama import on_gpu
from bot.memory.settings import Settings
from bot.models.catalog import load_catalog
from bot.models.named import named_model
from bot.models.shape import Model

MIB = 1 << 20
CATALOG = load_catalog(knowledge_root())


@pytest.fixture(scope="module")
def llama() -> Model:
    return named_model("Llama-3.1-8B-Instruct-exl3-4.0bpw", CATALOG)


def test_caches_are_measured_by_their_bits(llama: Model) -> None:
    settings = Settings(context=1000)
    plain, four = exllamav2(llama, settings), exllamav2(llama, settings, "q4")
    assert plain.tokens == 1024
    assert plain.cache == 1024 * 128 * 1024
    assert four.cache == pytest.approx(plain.cache * 4.5 / 16)
    assert exllamav3(llama, settings, 4).cache == pytest.approx(plain.cache * 4.5 / 16)
    assert exllamav3(llama, settings, 8, 4).cache == pytest.approx(plain.cache * (8.5 + 4.5) / 32)
    assert exllamav3(llama, settings).cache == plain.cache


def test_a_packed_cache_of_v2_unpacks_one_layer(llama: Model) -> None:
    settings = Settings(context=65536)
    more = exllamav2(llama, settings, "q4").activation_bytes - exllamav2(llama, settings).activation_bytes
    assert more == 65536 * 4096


def test_the_stated_bits_are_those_of_the_layers(llama: Model) -> None:
    layers = 6.98e9 * 4 / 8
    head = 128256 * 4096 * 6 / 8
    assert on_gpu(llama) == pytest.approx(layers + head, rel=0.01)


def test_a_tied_embedding_has_a_head_of_its_own_on_the_card() -> None:
    gemma = named_model("gemma-3-27b-it-exl3-5.0bpw", CATALOG)
    assert on_gpu(gemma) == pytest.approx(25.6e9 * 5 / 8 + 262208 * 5376 * 6 / 8, rel=0.01)


def test_transformers_grows_with_the_context() -> None:
    model = named_model("Llama-3.1-8B-Instruct-BF16", CATALOG)
    short, long = transformers(model, Settings(context=1024)), transformers(model, Settings(context=8192))
    assert long.cache == 8 * short.cache
    assert long.weights == short.weights


def test_transformers_keeps_only_the_window_of_window_layers() -> None:
    model = named_model("gemma-3-27b-it-BF16", CATALOG)
    short, long = transformers(model, Settings(context=1024)), transformers(model, Settings(context=65536))
    assert long.cache < 64 * short.cache * 0.25


def test_eight_bit_weights_take_half_of_sixteen() -> None:
    eight = transformers(named_model("Llama-2-13b-hf-bnb-8bit", CATALOG), Settings(context=512))
    sixteen = transformers(named_model("Llama-2-13b-hf-BF16", CATALOG), Settings(context=512))
    assert eight.weights / sixteen.weights == pytest.approx(0.5, abs=0.03)
