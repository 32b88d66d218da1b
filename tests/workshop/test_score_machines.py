"""Scores of engines, statements and speeds on rows of our own: right ones count, wrong ones are named."""

import json
from pathlib import Path

import pytest

from bot.base.errors import UserError
from bot.workshop.score.memory import evaluate
from bot.workshop.score.report import Report


def scored(folder: Path, rows: list[dict[str, object]], name: str = "rows.jsonl") -> Report:
    (folder / name).write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return evaluate(folder)


def figure(report: Report, name: str) -> float:
    return next(metric.value for metric in report.metrics if metric.name == name)


def table(report: Report, title: str) -> tuple[tuple[object, ...], ...]:
    return next(found.rows for found in report.tables if found.title == title)


LLAMA = {
    "id": "a",
    "engine": "vllm",
    "ask": "Llama-3.1-8B-Instruct-BF16",
    "total_gib": 47.4,
    "util": 0.9,
    "max_len": 32768,
    "weights_gib": 14.9889,  # vllm-project/vllm pull request 17122
    "kv_gib": 8.0,
    "kv_tokens": 65536,
    "starts": True,
}


def test_printed_figures_of_vllm_are_compared_one_by_one(tmp_path: Path) -> None:
    report = scored(tmp_path, [LLAMA, {**LLAMA, "id": "b", "weights_gib": 20, "starts": False}])
    assert figure(report, "engines: vLLM weights GiB, within 1 %") == 50
    assert figure(report, "engines: vLLM bytes per token, within 1 %") == 100
    assert figure(report, "engines: vLLM starts, right") == 50
    assert ("b", "vLLM weights GiB", pytest.approx(14.99, abs=0.02), 20.0, pytest.approx(25.05, abs=0.1)) in table(
        report, "Engines, what was printed"
    )


def test_totals_of_exllama_are_those_of_the_whole_card(tmp_path: Path) -> None:
    row = {"id": "x", "engine": "exllamav3", "ask": "Llama-3.1-8B-Instruct-exl3-4.0bpw", "context": 8192, "cache": "q4"}
    report = scored(tmp_path, [{**row, "used_mib": 5200}])
    said = table(report, "Engines, what was printed")[0][2]
    assert isinstance(said, float)
    assert 4500 < said < 5800


def test_a_model_that_is_not_known_is_counted_not_guessed(tmp_path: Path) -> None:
    report = scored(tmp_path, [LLAMA, {**LLAMA, "id": "z", "ask": "Nobody-Knows-This-BF16"}])
    assert figure(report, "engines: model not known") == 1


def test_statements_compare_verdicts(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"model": "Qwen3-8B-Q4_K_M", "vram": "3060", "ram": "32", "context": 8192, "truth": "gpu"},
        {"model": "Llama-3.3-70B-Instruct-Q4_K_M", "vram": "12", "ram": "64", "context": 4096, "truth": "gpu"},
    ]
    report = scored(tmp_path, rows)
    assert figure(report, "statements: verdict right") == 50
    assert table(report, "Statements, wrong") == (("Llama-3.3-70B-Instruct-Q4_K_M", "12", "gpu", "split"),)


def test_speeds_count_inside_and_name_what_lies_outside(tmp_path: Path) -> None:
    row: dict[str, object] = {"hardware": "RTX 3060", "ram_gb": 31.2, "os": "linux", "model": "Qwen3-8B-Q4_K_M"}
    report = scored(tmp_path, [{**row, "tokens_per_second": 48.0}, {**row, "tokens_per_second": 480.0}])
    assert figure(report, "speeds: inside the range") == 50
    assert 1 < figure(report, "speeds: median width of the range") < 2.5
    assert table(report, "Speeds outside the range")[0][-1] == 480.0


def test_published_sizes_and_names_are_looked_up(tmp_path: Path) -> None:
    (tmp_path / "names-2026.txt").write_text("Qwen3-8B\nNobody-Knows-This\n", encoding="utf-8")
    rows: list[dict[str, object]] = [
        {"id": "q", "model": "qwen3-8b", "quant": "Q4_K_M", "bytes": 5_027_783_488},
        {"id": "n", "model": "nobody-knows-this", "quant": "Q4_K_M", "bytes": 1},
    ]
    report = scored(tmp_path, rows)
    assert figure(report, "published: model known") == 50
    assert figure(report, "published: plain quants, median error") < 0.2
    assert figure(report, "names: known") == 50


def test_a_folder_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        scored(tmp_path, [{"nothing": "known"}])
