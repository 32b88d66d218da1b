"""How long sizes from names take."""

from pytest_benchmark.fixture import BenchmarkFixture

from bot.knowledge.files import knowledge_root
from bot.models.catalog import Catalog, load_catalog, model_shape
from bot.models.quantization import file_bytes

CATALOG = load_catalog(knowledge_root())
LADDER = ("Q2_K", "Q3_K_M", "IQ4_XS", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0")


def test_find_a_model_by_name(benchmark: BenchmarkFixture) -> None:
    assert benchmark(CATALOG.find, "bartowski/Qwen2.5-32B-Instruct-GGUF") is not None


def test_look_for_the_nearest_name(benchmark: BenchmarkFixture) -> None:
    assert benchmark(CATALOG.nearest, "qwen2.5-32b-instrct")


def test_load_the_catalog(benchmark: BenchmarkFixture) -> None:
    assert isinstance(benchmark(load_catalog, knowledge_root()), Catalog)


def test_weigh_a_ladder(benchmark: BenchmarkFixture) -> None:
    found = CATALOG.find("DeepSeek-V3")
    assert found is not None
    shape = model_shape(found.model)
    assert len(benchmark(lambda: [file_bytes(shape, quant) for quant in LADDER])) == len(LADDER)
