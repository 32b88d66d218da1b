"""ExLlama and transformers: what lies on the card besides the tensors, and caches by their bits."""

import pytest

from bot.knowledge.files import knowledge_root
from bot.memory.engines import engine_estimate, exllamav2, exllamav3, picture_bytes, transformers
from bot.memory.engines.exllama import on_gpu, slot_bytes
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


def test_states_are_kept_for_every_slot_and_every_draft() -> None:
    """Four slots of 48 states of 48 heads of 128 x 128 in 32 bits, and as many past ones as tokens are proposed."""
    qwen = named_model("Qwen3.8-27B-exl3-4.0bpw", CATALOG)
    settings = Settings(context=8192)
    state, convolution = 48 * 128 * 128 * 4, 10240 * 2
    cache = 8192 * 16 * 4 * 512 * 2
    assert exllamav3(qwen, settings).cache == cache + 4 * 48 * (state + 4 * convolution)
    drafting = cache * 17 // 16 + 4 * 48 * (5 * state + 8 * convolution)
    assert exllamav3(qwen, settings, drafts=4).cache == drafting


def test_a_full_card_as_it_was_printed() -> None:
    """Measured under TabbyAPI: 4 bits, 262,144 tokens in 4 bits, picture part and drafts on one card of 24 GB."""
    qwen = named_model("Qwen3.8-27B-exl3-4.0bpw", CATALOG)
    settings = Settings(context=263168, mmproj_bytes=picture_bytes(qwen.shape))
    result = engine_estimate(qwen, settings, "exllamav3", cache="q4", drafts=4)
    assert result.gpu.total / MIB == pytest.approx(23436, rel=0.02)


def test_windows_are_rings_of_their_own_for_each_slot() -> None:
    """Gemma 4's window layers keep 1024 + 512 tokens in 16 bits, whatever the context is and the cache's type."""
    gemma = named_model("gemma-4-31B-it-exl3-4.0bpw", CATALOG)
    short, long = (exllamav3(gemma, Settings(context=size), 4) for size in (8192, 16384))
    full = [layer for layer, window in enumerate(gemma.shape.window_layers) if not window]
    grown = 8192 * len(full) * gemma.shape.kv_heads[full[0]] * gemma.shape.key_length * 2 * 4.5 / 8
    assert long.cache - short.cache == pytest.approx(grown)
    rings = slot_bytes(gemma.shape)
    windowed = gemma.shape.layers - len(full)
    heads = gemma.shape.kv_heads[gemma.shape.window_layers.index(True)]
    assert rings == windowed * 1536 * heads * gemma.shape.window_key_length * 2 * 2


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


@pytest.mark.parametrize(
    ("name", "gpu", "file"),
    [
        # turboderp's: 62 GB on two cards with 262k of cache in 8 bits, 8 slots and the draft layer, of which weights
        # are about 45 GiB; r0b0tlab's: 41.5 GiB beside the table, with what reads pictures and what drafts.
        ("Qwen3.8-Flash-Next-EXL3-3.05bpw", 45.0, 64.6),
        ("Qwen3.8-Flash-Next-EXL3-2.50bpw", 37.0, 50.7),
    ],
)
def test_a_table_of_hashed_tokens_stays_on_the_disk(name: str, gpu: float, file: float) -> None:
    model = named_model(name, CATALOG)
    assert on_gpu(model) / 2**30 == pytest.approx(gpu, rel=0.02)
    assert model.file_bytes / 2**30 == pytest.approx(file, rel=0.02)
