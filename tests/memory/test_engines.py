"""The choice of an engine, and the loaders that differ from llama.cpp in their defaults only."""

import pytest

from bot.base.errors import UserError
from bot.clinic.engines import chosen_engine
from bot.knowledge.files import knowledge_root
from bot.knowledge.reference import load_loaders
from bot.memory.engines import engine_estimate, usual_engine
from bot.memory.engines.pytorch import allocated
from bot.memory.settings import Settings
from bot.models.catalog import load_catalog
from bot.models.named import named_model
from bot.models.shape import Model

MIB, GIB = 1 << 20, 1 << 30
LOADERS = {loader.name: loader for loader in load_loaders(knowledge_root())}


@pytest.fixture(scope="module")
def llama() -> Model:
    return named_model("Llama-3.1-8B-Instruct-AWQ", load_catalog(knowledge_root()))


def test_loaders_on_llama_cpp_differ_in_their_batches() -> None:
    assert chosen_engine("ollama", LOADERS).settings(Settings()).batch == 512
    assert chosen_engine("llama.cpp", LOADERS).settings(Settings()).batch == 2048


@pytest.mark.parametrize("engine", ["llama.cpp", "ollama"])
def test_a_batch_that_was_asked_for_stays(engine: str) -> None:
    chosen = chosen_engine(engine, LOADERS)
    assert chosen.settings(Settings(ubatch=1024)).tokens == 1024
    assert chosen.settings(Settings(batch=256)).tokens == 256


def test_a_larger_batch_needs_a_larger_buffer(llama: Model) -> None:
    gguf = named_model("Llama-3.1-8B-Instruct-Q4_K_M", load_catalog(knowledge_root()))
    sizes = [engine_estimate(gguf, Settings(ubatch=size), "llama.cpp").gpu.compute for size in (512, 1024, 2048)]
    assert sizes[0] < sizes[1] < sizes[2]


@pytest.mark.parametrize(("vram", "context"), [(0, 4096), (12, 4096), (23, 32_768), (24, 32_768), (48, 262_144)])
def test_ollama_takes_a_longer_context_on_larger_cards(vram: int, context: int) -> None:
    assert chosen_engine("ollama", LOADERS).context(None, vram * GIB) == context
    assert chosen_engine("koboldcpp", LOADERS).context(None, vram * GIB) == 8192
    assert chosen_engine("ollama", LOADERS).context(2048, vram * GIB) == 2048


@pytest.mark.parametrize(
    "engine",
    [
        "llama.cpp",
        "vllm",
        "sglang",
        "aphrodite",
        "exllamav2",
        "exllamav3",
        "transformers",
    ],
)
def test_every_engine_gives_an_interval_around_its_total(llama: Model, engine: str) -> None:
    result = engine_estimate(llama, Settings(), engine)  # type: ignore[arg-type]
    assert 0 < result.gpu.range.low <= result.gpu.total <= result.gpu.range.high


@pytest.mark.parametrize(
    ("name", "engine"),
    [
        ("Qwen3-14B-Q4_K_M", "llama.cpp"),
        ("Qwen3-14B-exl2-4.65bpw", "exllamav2"),
        ("Qwen3-14B-exl3-4.0bpw", "exllamav3"),
        ("Qwen3-14B-AWQ", "transformers"),
    ],
)
def test_a_format_has_its_engine(name: str, engine: str) -> None:
    assert usual_engine(named_model(name, load_catalog(knowledge_root()))) == engine


@pytest.mark.parametrize("engine", ["vllm", "exllamav3", "transformers"])
def test_impossible_settings_are_refused_by_every_engine(llama: Model, engine: str) -> None:
    with pytest.raises(UserError):
        engine_estimate(llama, Settings(context=0), engine)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("size", "held"),
    [
        (1, 512),
        (513, 1024),
        (9 * MIB + 1, 9 * MIB + 512),
        (31 * MIB + MIB // 2, 32 * MIB),  # half a MiB left over stays with the tensor
        (24 * MIB + MIB // 2, 24 * MIB + MIB // 2),  # one and a half become a block of their own
    ],
)
def test_pytorch_rounds_large_tensors_up(size: int, held: int) -> None:
    assert allocated(size) == held
