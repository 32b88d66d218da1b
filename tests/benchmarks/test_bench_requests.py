"""How long a help request, a model's name and the facts of a log take. `pytest tests/benchmarks --benchmark-only`."""

from pytest_benchmark.fixture import BenchmarkFixture
from shipped import parse_name, read_facts, request_reader

from bot.intake.cleaning import clean
from bot.models.names import ModelName, _read

POST = """佬们帮看看，狗头人 1.98 加载 qwen2.5 14b q5_k_m 就退出
win11，3060 12g，32g 内存，上下文开的 16k，层数我填的 99
```
Welcome to KoboldCpp - Version 1.98
Loading Text Model: D:\\models\\Qwen2.5-14B-Instruct-Q5_K_M.gguf
ggml_backend_cuda_buffer_type_alloc_buffer: allocating 9823.00 MiB on device 0: cudaMalloc failed: out of memory
gpttype_load_model: error: failed to load model
```
重启过，换了 q4 也不行"""
LOG = "\n".join(
    f"srv  update_slots: {number} n_ctx = {4096 + number} prompt eval time = {number} ms at http://127.0.0.1:8080"
    for number in range(13_000)
)


def test_bench_one_request(benchmark: BenchmarkFixture) -> None:
    reader = request_reader()
    request = benchmark(reader.read, POST)
    assert request.points["quant"] == "Q5_K_M"


def test_bench_one_name(benchmark: BenchmarkFixture) -> None:
    def read() -> ModelName:
        _read.cache_clear()
        return parse_name("qwen2.5 32b instrcut q4km")

    assert benchmark(read).base == "Qwen2.5-32B-Instruct"


def test_bench_facts_of_one_megabyte(benchmark: BenchmarkFixture) -> None:
    lines = clean(LOG)
    assert len(LOG) > 1_000_000
    facts = benchmark(read_facts, lines)
    assert facts.port is not None
