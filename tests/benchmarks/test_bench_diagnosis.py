"""How long the parts of a diagnosis take; `whole_path.py` measures all of it beside rivals. Run with `make bench`."""

import random
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bot.diagnosis.diagnoser import Diagnoser
from bot.intake.cleaning import clean
from bot.knowledge.failures import Failure
from bot.knowledge.load import load_failures

FAILURES = load_failures(Path(__file__).parents[2] / "knowledge")
FATAL = (
    "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 10240.00 MiB on device 0: cudaMalloc failed: out of memory"
)


def healthy_line(chance: random.Random, number: int) -> str:
    """A line as loaders print them by the thousand."""
    kinds: list[Callable[[], str]] = [
        lambda: f"llama_model_loader: - kv {number % 40:3d}: llama.block_count u32 = {chance.randint(1, 99)}",
        lambda: (
            f"(EngineCore_0 pid=7331) INFO 02-11 21:04:{number % 60:02d} [loggers.py:127] Engine 000: Avg generation "
            f"throughput: {chance.random() * 50:.1f} tokens/s, Running: 1 reqs, GPU KV cache usage: 0.{number % 90}%"
        ),
        lambda: (
            f"time=2025-07-22T08:31:{number % 60:02d}.275+01:00 level=INFO source=server.go:489 "
            f'msg="offload to cuda" layers.model=33 memory.available="[{chance.random() * 24:.1f} GiB]"'
        ),
        lambda: f'INFO:     127.0.0.1:{chance.randint(1024, 65000)} - "POST /v1/chat/completions HTTP/1.1" 200 OK',
        lambda: f"load_tensors: layer {number % 80} assigned to device CUDA{number % 2}, is_swa = 0",
        lambda: f"slot update_slots: id  0 | task {number} | prompt processing progress, n_past = {number % 4096}",
        lambda: f"Loading checkpoint shards: {number % 100}% | {chance.getrandbits(48):012x} | no error so far",
    ]
    return chance.choice(kinds)()


def log_of(lines: int, seed: int = 7) -> str:
    chance = random.Random(seed)
    rows = [healthy_line(chance, number) for number in range(lines)]
    rows[lines * 3 // 4] = FATAL
    return "\n".join(rows)


def generated(times: int) -> list[Failure]:
    """The knowledge and, for each entry, others of the same size in which a third of the words is another one."""
    chance = random.Random(3)
    return [*FAILURES, *(_varied(entry, copy, chance) for copy in range(times - 1) for entry in FAILURES)]


def _varied(entry: Failure, copy: int, chance: random.Random) -> Failure:
    signatures = tuple(
        msgspec.structs.replace(
            signature, text=" ".join(_other_word(word, chance) for word in signature.text.split(" "))
        )
        for signature in entry.signatures
    )
    return msgspec.structs.replace(entry, id=f"{entry.id}-{copy}", signatures=signatures)


def _other_word(word: str, chance: random.Random) -> str:
    if chance.random() > 1 / 3 or not word.isalpha():
        return word
    return "".join(chance.choices("abcdefghijklmnoprstuvw", k=chance.randint(4, 9)))


def diagnosed(diagnoser: Diagnoser, text: str) -> str:
    return diagnoser.diagnose(clean(text))[0].entry.failure_class


@pytest.mark.parametrize("lines", [60, 10_000])
@pytest.mark.parametrize("times", [1, 10])
def test_diagnosis(benchmark: BenchmarkFixture, lines: int, times: int) -> None:
    benchmark.group = f"{lines} lines"
    diagnoser, text = Diagnoser(generated(times)), log_of(lines)
    assert benchmark(diagnosed, diagnoser, text) == "gpu-out-of-memory"


def test_cleaning(benchmark: BenchmarkFixture) -> None:
    benchmark.group = "10000 lines"
    text = log_of(10_000)
    assert len(benchmark(clean, text)) > 9_000


def test_preparing_the_knowledge(benchmark: BenchmarkFixture) -> None:
    benchmark.group = "start"
    assert benchmark(Diagnoser, FAILURES)
