"""`wenzhen estimate`, `wenzhen layers` and `wenzhen eval memory` as users and scripts call them."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.base.errors import UserError
from bot.cli.canirun import canirun
from bot.cli.memory import estimate, layers
from bot.workshop.score.memory import evaluate

NAME = "Llama-3.1-8B-Instruct-Q4_K_M"
PARTS = ("weights", "kv_cache", "recurrent", "compute", "overhead", "total")


def run(command: Any, *arguments: str, lines: list[dict[str, Any]] | None = None) -> Result:
    text = "\n".join(json.dumps(line) for line in lines) if lines else None
    return CliRunner().invoke(command, list(arguments), input=text)


def test_json_adds_up() -> None:
    found = json.loads(run(estimate, NAME, "--json").stdout)
    for device in ("gpu", "host"):
        assert found[device]["total"] == sum(found[device][part] for part in PARTS[:-1])
    assert found["model"]["exact"] is True
    assert found["gpu"]["overhead"] > 0


def test_json_lines_keep_order_and_leave_the_driver_out() -> None:
    lines: list[dict[str, Any]] = [{"id": at, "model": NAME, "context": 4096 * at} for at in (1, 2, 3)]
    answers = [json.loads(line) for line in run(estimate, "--jsonl", lines=lines).stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [1, 2, 3]
    assert [answer["gpu"]["kv_cache"] for answer in answers] == [at * 4096 * 131072 for at in (1, 2, 3)]
    assert {answer["gpu"]["overhead"] for answer in answers} == {0}
    asked = run(estimate, "--jsonl", lines=[{"id": 1, "model": NAME, "backend": "cuda"}])
    assert json.loads(asked.stdout)["gpu"]["overhead"] > 0


def test_slots_of_their_own_and_what_goes_beside_are_counted() -> None:
    """Windows are kept for each slot that has a cache of its own; a picture part and a draft lie on the card too."""
    gemma = {"model": "gemma-3-12b-it-Q4_K_M", "context": 8192}
    lines: list[dict[str, Any]] = [
        {"id": 1, **gemma},
        {"id": 2, **gemma, "parallel": 4, "unified": False},
        {"id": 3, **gemma, "mmproj": "auto"},
        {"id": 4, "model": NAME, "draft": "Llama-3.2-1B-Instruct-Q4_K_M"},
        {"id": 5, "model": NAME},
    ]
    answers = [json.loads(line)["gpu"] for line in run(estimate, "--jsonl", lines=lines).stdout.splitlines()]
    one, four, seeing, drafted, alone = answers
    assert four["kv_cache"] > 1.5 * one["kv_cache"]
    assert seeing["total"] - one["total"] > 800_000_000
    assert drafted["total"] - alone["total"] > 900_000_000


def test_shares_of_several_cards_come_as_words_or_numbers() -> None:
    lines: list[dict[str, Any]] = [
        {"id": at, "model": NAME, "tensor_split": it} for at, it in enumerate(("3,1", [3, 1]))
    ]
    first, second = (json.loads(line) for line in run(estimate, "--jsonl", lines=lines).stdout.splitlines())
    assert len(first["gpus"]) == 2
    assert first["gpus"] == second["gpus"]


def test_the_system_decides_what_the_desktop_holds() -> None:
    """One card, one number: `layers` gives what `canirun` does under the same system."""
    found = [
        json.loads(run(layers, "Qwen2.5-32B-Instruct-Q4_K_M", "3060", "--system", system, "--json").stdout)
        for system in ("windows", "linux")
    ]
    planned = [
        json.loads(run(canirun, "Qwen2.5-32B-Instruct-Q4_K_M", "3060", "64", "--system", system, "--json").stdout)
        for system in ("windows", "linux")
    ]
    assert [each["gpu_layers"] for each in found] == [each["gpu_layers"] for each in planned]
    assert found[0]["gpu_layers"] < found[1]["gpu_layers"]


def test_a_bad_line_says_so_in_its_place() -> None:
    lines: list[dict[str, Any]] = [
        {"id": 1, "model": NAME},
        {"id": 2, "model": NAME, "context": 0},
        {"id": 3},
        {"id": 4, "model": NAME},
    ]
    result = run(estimate, "--jsonl", lines=lines)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert ["error" in answer for answer in answers] == [False, True, True, False]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"context": "many"}, "context"),
        ({"context": 1.5}, "context"),
        ({"gpu_layers": "most"}, "GPU layers"),
        ({"tensor_split": "a,b"}, "tensor split"),
        ({"backend": "abacus"}, "backend"),
        ({"engine": "abacus"}, "engine"),
        ({"cache_type_v": "q4_0", "flash_attn": "off"}, "flash attention"),
    ],
)
def test_values_of_the_wrong_kind_are_explained(line: dict[str, Any], words: str) -> None:
    answer = json.loads(run(estimate, "--jsonl", lines=[{"id": 1, "model": NAME, **line}]).stdout)
    assert words in answer["error"]["en"]


def test_unknown_names_suggest_known_ones() -> None:
    result = run(estimate, "Llama-3.1-8B-Instrukt-blah-9000-Q4_K_M-of-nothing.gguf/x.gguf")
    assert isinstance(result.exception, UserError)
    wrong = run(estimate, "Zwölftonmusik")
    assert isinstance(wrong.exception, UserError)
    assert "Zwölftonmusik" in wrong.exception.in_language("zh")


@pytest.mark.parametrize(("language", "words"), [("zh", ("权重", "合计")), ("en", ("weights", "total"))])
def test_people_get_a_bar_and_a_table(language: str, words: tuple[str, ...]) -> None:
    shown = run(estimate, NAME, "--lang", language, "--gpu-layers", "16").stdout
    assert all(word in shown for word in (*words, "█", "GiB"))


def test_layers_fit_the_budget() -> None:
    found = json.loads(run(layers, NAME, "--budget", str(4 << 30), "--json").stdout)
    accounted = found["gpu"]["total"] - found["gpu"]["overhead"]
    assert 0 < found["gpu_layers"] < 33
    assert accounted <= 4 << 30
    (line,) = run(layers, "--jsonl", lines=[{"id": 7, "model": NAME, "gpu_budget": 4 << 30}]).stdout.splitlines()
    assert json.loads(line)["gpu_layers"] == found["gpu_layers"]


def test_layers_need_a_budget() -> None:
    assert run(layers, NAME).exit_code == 2
    assert "gpu_budget" in json.loads(run(layers, "--jsonl", lines=[{"id": 1, "model": NAME}]).stdout)["error"]["en"]


def test_evaluation_needs_rows_of_a_known_kind(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"id": 1}\n')
    with pytest.raises(UserError, match="no rows"):
        evaluate(tmp_path)


def test_evaluation_compares_printed_sizes(tmp_path: Path) -> None:
    row = {
        "id": "a",
        "loader": "llama.cpp",
        "loader_version": "6200",
        "date": "2025-09-01",
        "model_name": "Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf",
        "arch": "llama",
        "file_type": "Q4_K - Medium",
        "file_size_gib": 4.58,
        "n_layer": 32,
        "n_embd": 4096,
        "n_head": 32,
        "n_head_kv": 8,
        "n_embd_head_k": 128,
        "n_embd_head_v": 128,
        "n_ff": 14336,
        "n_vocab": 128256,
        "n_ctx": 8192,
        "n_ubatch": 512,
        "flash_attn": True,
        "n_gpu_layers": "33/33",
        "offload_class": "full",
        "n_gpus": 1,
        "weights_mib": {"CUDA0": 4403.49, "CPU_Mapped": 281.81},
        "kv_mib": {"CUDA0": 1024.0},
        "compute_mib": {"CUDA0": 266.5, "CUDA_Host": 24.01},
    }
    (tmp_path / "posted.jsonl").write_text(json.dumps(row) + "\n")
    metrics = {metric.name: metric.value for metric in evaluate(tmp_path).metrics}
    assert metrics["posted: KV cache within 1 %"] == 100
    assert metrics["posted: GPU weights within 1 %"] == 100
    assert metrics["posted: compute, median error, builds of 2025 and later"] < 10


_SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "memory"


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.skipif(not _SHARED.is_dir(), reason="the labelled rows are not part of the repository")
def test_labelled_rows_are_met() -> None:
    metrics = {metric.name: metric.value for metric in evaluate(_SHARED).metrics}
    assert metrics["accounting: weights equal to the byte"] >= 95
    assert metrics["accounting: context equal to the byte"] >= 95
    assert metrics["accounting: total per device within 0.5 %"] >= 90
    assert metrics["accounting: total per device within 2.0 %"] == 100
    assert metrics["layers: exact"] >= 80
    assert metrics["layers: more than fit"] == 0
    assert metrics["posted: KV cache within 1 %"] >= 95
    assert metrics["posted: GPU weights within 1 %"] >= 90
    assert metrics["posted: compute, median error, builds of 2025 and later"] <= 10
    assert metrics["sizes by name: within 0.1 %"] == 100


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--vram", "12"), "It fits"),
        (("--vram", "4"), "does not fit: use fewer GPU layers"),
        (("--vram", "0"), "does not fit"),
        (("--vram", "8", "--engine", "transformers", "--context", "32768"), "does not fit: use less context"),
        (("--vram", "2x3060"), "GPU 1"),
    ],
)
def test_cards_say_whether_it_fits(arguments: tuple[str, ...], words: str) -> None:
    shown = run(estimate, NAME, *arguments, "--lang", "en")
    assert words in " ".join(shown.stdout.replace("│", " ").split())


def test_layers_are_split_by_the_cards_memory() -> None:
    found = json.loads(run(estimate, NAME, "--vram", "24,8", "--json").stdout)
    first, second = (each["weights"] for each in found["gpus"])
    assert first > 2 * second > 0


def test_a_serving_engine_says_what_it_can_serve() -> None:
    line = {
        "id": 1,
        "model": "Qwen3-32B-AWQ",
        "engine": "vllm",
        "total_gib": 23.56,
        "tp": 2,
        "seqs": 4,
        "max_len": 8192,
    }
    found = json.loads(run(estimate, "--jsonl", lines=[line]).stdout)
    assert found["starts"] is True
    assert found["exact"] is False
    assert found["range"]["low"] < found["gpu"]["total"] < found["range"]["high"]
    assert len(found["gpus"]) == 2
    assert found["bytes_per_token"] == 64 * 2 * 4 * 128 * 2
    assert found["kv_tokens"] == pytest.approx(found["gpus"][0]["kv_cache"] / found["bytes_per_token"], rel=0.01)
    flags = ("--engine", "vllm", "--vram", "24", "--max-num-seqs", "4", "--context", "8192", "--json")
    assert json.loads(run(estimate, "Qwen3-14B-AWQ", *flags).stdout)["starts"] is True


def test_layers_are_asked_of_loaders_that_have_them() -> None:
    case = {"id": 1, "model": NAME, "gpu_budget": 3 << 30, "ubatch": 2048}
    plain, large = (
        json.loads(run(layers, "--jsonl", lines=[{**case, "engine": "koboldcpp", "ubatch": size}]).stdout)["gpu_layers"]
        for size in (512, 2048)
    )
    assert plain > large
    refused = run(layers, "--jsonl", lines=[{**case, "engine": "vllm"}])
    assert refused.exit_code == 1
    assert "koboldcpp" in refused.stdout
