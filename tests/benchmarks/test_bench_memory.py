"""How long memory estimates take, and how far they are off next to other tools on the same rows.

The rows are llama.cpp's own accounting (tests/memory/accounting.jsonl); WENZHEN_MEMORY_ROWS may name another file of
rows in the format that `wenzhen eval memory` reads. Everything is on the GPU in every row used: the other tools know
no partial offload. Of two ways to compare, GPU alone and both devices together, each tool gets the one that suits it.
"""

import json
import os
import tracemalloc
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from statistics import fmean, median
from typing import NamedTuple

import gguf
import pytest
from memory_peers import EXLLAMA, LLAMA_CPP, TRANSFORMERS, VLLM, Peer, WholePeer, installed, llmfit
from pytest_benchmark.fixture import BenchmarkFixture

from bot.knowledge.files import knowledge_root
from bot.memory.engines import Engine, VllmSettings, engine_estimate, vllm
from bot.memory.estimate import estimate
from bot.memory.settings import ALL, Settings
from bot.models.catalog import load_catalog, model_shape
from bot.models.files import read_gguf
from bot.models.gguf import parse
from bot.models.named import model_in_quant, named_model
from bot.models.quantization import tensor_bytes
from bot.models.shape import Model
from bot.workshop.score.memory import settings_of_row

CATALOG = load_catalog(knowledge_root())
OWN_ROWS = Path(__file__).parents[1] / "memory" / "accounting.jsonl"
OTHER_ROWS = os.environ.get("WENZHEN_MEMORY_ROWS")
MIB, GIB = 1 << 20, 1 << 30


class Row(NamedTuple):
    model: Model
    settings: Settings
    gpu: int
    host: int


@lru_cache(maxsize=128)
def in_q4_k_m(name: str) -> Model:
    found = CATALOG.find(name)
    assert found is not None
    return model_in_quant(model_shape(found.model), "Q4_K_M")


def own_rows() -> list[Row]:
    rows = [json.loads(line) for line in OWN_ROWS.read_text(encoding="utf-8").splitlines()]
    return [
        Row(
            in_q4_k_m(row["model"]),
            settings_of_row(row | {"cache_type_k": row["cache"], "cache_type_v": row["cache"]}),
            sum(row["gpu"]),
            sum(row["host"]),
        )
        for row in rows
        if row["gpu_layers"] == ALL
    ]


def other_rows(path: Path) -> list[Row]:
    read = lru_cache(maxsize=64)(read_gguf)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Row(
            read(path.parent / row["model"]),
            settings_of_row(row),
            sum(row["gpu"].values()),
            sum(row["host"].values()),
        )
        for row in rows
        if row["gpu_layers"] == "all"
    ]


# --- the other tools --------------------------------------------------------------------------------------------------


def weights(model: Model) -> int:
    return sum(tensor_bytes(tensor) for tensor in model.tensors)


def llmfit_or_formula(row: Row) -> float:
    """llmfit itself where it knows the model, else what it would reckon."""
    known = CATALOG.find(row.model.shape.name)
    said = llmfit(row.model, row.settings, known.model.repo if known else "")
    return llmfit_formula(row) if said is None else said


def llmfit_formula(row: Row) -> float:
    """llmfit, llmfit-core/src/models.rs: estimate_memory_gb_with_kv, with kv_cache_gb's precise path."""
    per_parameter = {"F16": 2.0, "BF16": 2.0, "Q8_0": 1.05, "Q6_K": 0.80, "Q5_K_M": 0.68, "Q3_K_M": 0.48, "Q2_K": 0.37}
    per_element = {"f16": 2.0, "q8_0": 1.0, "q4_0": 0.5}
    shape = row.model.shape
    parameters = sum(tensor.elements for tensor in row.model.tensors)
    with_attention = [heads for heads in shape.kv_heads if heads]
    cache = 2 * len(with_attention) * max(with_attention, default=0) * shape.key_length * row.settings.context
    return (
        parameters * per_parameter.get(row.model.quant, 0.58)
        + cache * per_element.get(row.settings.cache_type_k, 2.0)
        + 0.5 * GIB
    )


def tutorial(row: Row) -> float:
    """What tutorials say: the file must be 1.5 GiB smaller than the VRAM."""
    return weights(row.model) + 1.5 * GIB


def really_run(peer: Peer) -> Callable[[Row], float | None]:
    return lambda row: peer(row.model, row.settings)


TOOLS: dict[str, Callable[[Row], float | None]] = {"llmfit": llmfit_or_formula, "file + 1.5 GiB": tutorial} | {
    name: really_run(peer) for name, peer in installed(LLAMA_CPP).items()
}


def off(said: float, truth: float) -> float:
    """Error in percent."""
    return 100 * abs(said - truth) / truth


def errors_of_others(rows: Sequence[Row]) -> dict[str, list[float]]:
    found = {}
    for name, tool in TOOLS.items():
        taken = [(row, said) for row in rows if (said := tool(row)) is not None]
        gpu = [off(said, row.gpu) for row, said in taken]
        both = [off(said, row.gpu + row.host) for row, said in taken]
        found[name] = min(gpu, both, key=fmean)
    return found


@pytest.mark.parametrize("which", ["own rows", "other rows"])
def test_next_to_other_tools(which: str, benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str]) -> None:
    if which == "other rows" and not OTHER_ROWS:
        pytest.skip("WENZHEN_MEMORY_ROWS names no file")
    rows = other_rows(Path(str(OTHER_ROWS))) if which == "other rows" else own_rows()
    ours = benchmark.pedantic(  # type: ignore[no-untyped-call]
        lambda: [estimate(row.model, row.settings) for row in rows], rounds=3, iterations=1
    )
    errors = {
        "wenzhen": [
            max(off(result.gpu.accounted, row.gpu), off(result.host.accounted, row.host))
            for result, row in zip(ours, rows, strict=True)
        ]
    } | errors_of_others(rows)
    table = [
        f"{name:16}{fmean(off_by):10.3f}{median(off_by):10.3f}{max(off_by):10.3f}" for name, off_by in errors.items()
    ]
    with capsys.disabled():
        print(  # noqa: T201 - figures for the reader of the test run
            f"\n\nError of the memory needed in percent, {len(rows)} {which} of llama.cpp's accounting",
            f"{'':16}{'mean':>10}{'median':>10}{'largest':>10}",
            *table,
            sep="\n",
        )
    benchmark.extra_info["mean error"] = {name: fmean(values) for name, values in errors.items()}
    assert fmean(errors.pop("wenzhen")) <= min(map(fmean, errors.values())) / 10


# Weights that vLLM printed ("Model loading took"): model, cards, GiB on each.
# Sources: vllm-project/vllm, pull request 17122, issues 17327, 13061, 15676, 16199.
SERVED = (
    ("Llama-3.1-8B-Instruct-BF16", 1, 14.9889),
    ("Qwen3-30B-A3B-BF16", 4, 14.2474),
    ("DeepSeek-R1-Distill-Qwen-14B-BF16", 2, 13.9476),
    ("gemma-3-27b-it-BF16", 4, 13.1665),
    ("Qwen2.5-VL-7B-Instruct-BF16", 1, 15.627),
    ("gemma-3-27b-it-AWQ", 1, 17.611),
)


def on_a_rank(model: Model, ranks: int) -> float:
    return vllm(model, VllmSettings(80 * GIB, 8192, tensor_parallel=ranks)).weights


def test_next_to_other_tools_on_vllm(benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str]) -> None:
    """What other tools say of vLLM's weights; ours is ten times closer than the best of them."""
    rows = [(named_model(name, CATALOG), ranks, printed * GIB) for name, ranks, printed in SERVED]
    benchmark.pedantic(lambda: [on_a_rank(model, ranks) for model, ranks, _ in rows], rounds=3)  # type: ignore[no-untyped-call]
    tools = {"wenzhen": on_a_rank} | installed(VLLM)
    errors = {
        name: [off(tool(model, ranks), printed) for model, ranks, printed in rows] for name, tool in tools.items()
    }
    lines = [f"{name:16}{fmean(off_by):10.3f}" for name, off_by in errors.items()]
    with capsys.disabled():
        print("\n\nError of vLLM's weights in percent", *lines, sep="\n")  # noqa: T201 - figures for the reader
    benchmark.extra_info["mean error"] = {name: fmean(values) for name, values in errors.items()}
    ours = fmean(errors.pop("wenzhen"))
    assert all(10 * ours <= fmean(others) for others in errors.values())


class Used(NamedTuple):
    """MiB that nvidia-smi showed, or bytes in thousands that people wrote, on a card with nothing else on it."""

    name: str
    context: int
    cache: str
    mib: float


# turboderp-org/exllamav3 issue 50, oobabooga/textgen pull request 6903.
EXL3 = (
    Used("Llama-3_3-Nemotron-Super-49B-v1-exl3-3.0bpw", 2048, "16", 19162),
    Used("Llama-3_3-Nemotron-Super-49B-v1-exl3-3.0bpw", 12288, "16", 21342),
    Used("Llama-3_3-Nemotron-Super-49B-v1-exl3-3.0bpw", 20480, "16", 23094),
    Used("gemma-3-27b-it-exl3-5.0bpw", 2048, "6", 17404),
    Used("gemma-3-27b-it-exl3-5.0bpw", 12288, "6", 19404),
    Used("gemma-3-27b-it-exl3-5.0bpw", 30720, "6", 23238),
    Used("Qwen2.5-32B-Instruct-exl3-4.0bpw", 8192, "16", 18665),
    Used("Qwen2.5-32B-Instruct-exl3-4.0bpw", 8192, "4", 16827),
)
# turboderp-org/exllamav2 issues 3, 425 and 575.
EXL2 = (
    Used("CodeLlama-13B-Instruct-exl2-2.65bpw", 2048, "f16", 7968),
    Used("Phi-3-mini-128k-instruct-exl2-6.0bpw", 131072, "q4", 19456),
    Used("Meta-Llama-3-8B-Instruct-exl2-5.0bpw", 65536, "q4", 8788),
)
# tloen/llama-int8 issue 17: 8.6 and 15.0 GB.
IN_8_BITS = (Used("Llama-2-7b-hf-bnb-8bit", 512, "", 8202), Used("Llama-2-13b-hf-bnb-8bit", 512, "", 14305))


@pytest.mark.parametrize(
    ("engine", "rows", "peers"),
    [("exllamav3", EXL3, EXLLAMA), ("exllamav2", EXL2, EXLLAMA), ("transformers", IN_8_BITS, TRANSFORMERS)],
)
def test_next_to_other_tools_on_whole_cards(
    engine: Engine,
    rows: Sequence[Used],
    peers: dict[str, WholePeer],
    benchmark: BenchmarkFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What a whole run held, driver and all. Of ExLlama ours is at least three times closer than the best of the
    others; of two runs of transformers, told to a tenth of a GB, nobody can be more than as close.
    """
    models = [named_model(row.name, CATALOG) for row in rows]
    said = benchmark.pedantic(  # type: ignore[no-untyped-call]
        lambda: [
            engine_estimate(model, Settings(context=row.context), engine, cache=row.cache).gpu.total
            for model, row in zip(models, rows, strict=True)
        ],
        rounds=3,
    )
    errors = {"wenzhen": [off(each, row.mib * MIB) for each, row in zip(said, rows, strict=True)]}
    for name, peer in installed(peers).items():
        theirs = [peer(model, row.context, _cache_bits(row.cache)) for model, row in zip(models, rows, strict=True)]
        errors[name] = [off(each, row.mib * MIB) for each, row in zip(theirs, rows, strict=True)]
    lines = [f"{name:24}{fmean(off_by):10.3f}{max(off_by):10.3f}" for name, off_by in errors.items()]
    with capsys.disabled():
        print(f"\n\nError of {engine}'s memory in percent, mean and largest", *lines, sep="\n")  # noqa: T201 - figures
    benchmark.extra_info["mean error"] = {name: fmean(values) for name, values in errors.items()}
    ours, least = fmean(errors.pop("wenzhen")), 1 / 1.1 if engine == "transformers" else 3
    assert all(least * ours <= fmean(others) for others in errors.values())


def _cache_bits(cache: str) -> float:
    return float(cache.strip("qf") or 16)


# --- time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Llama-3.1-8B-Instruct", "Qwen3-30B-A3B", "DeepSeek-V3"])
@pytest.mark.parametrize("layers", [ALL, 20])
def test_estimate_from_a_shape(benchmark: BenchmarkFixture, name: str, layers: int) -> None:
    model = in_q4_k_m(name)
    contexts = iter(range(1024, 1 << 30, 256))

    def estimate_anew() -> int:
        return estimate(model, Settings(context=next(contexts), gpu_layers=layers)).gpu.total

    assert benchmark(estimate_anew) > 1 << 30
    assert benchmark.stats is None or benchmark.stats.stats.min < 0.001


@pytest.fixture(scope="module")
def long_header(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A header of about 6 MB: 150,000 tokens, their types, and as many merges."""
    path = tmp_path_factory.mktemp("gguf") / "long.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(32)
    tokens = [f"token{number}".encode() for number in range(150_000)]
    writer.add_token_list(tokens)
    writer.add_token_types([1] * len(tokens))
    writer.add_token_merges([f"tok en{number}" for number in range(150_000)])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path.read_bytes()


def test_parse_a_long_header(benchmark: BenchmarkFixture, long_header: bytes) -> None:
    assert len(long_header) > 5_500_000
    benchmark(parse, long_header)
    tracemalloc.start()
    parse(long_header)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50 << 20
