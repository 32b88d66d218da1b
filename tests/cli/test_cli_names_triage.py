import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from bot.cli.root import wenzhen


def run(*arguments: str, given: str = "") -> str:
    result = CliRunner().invoke(wenzhen, arguments, input=given, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_explain_answers_each_line_with_its_id() -> None:
    lines = '{"id": "a", "model": "qwen3 8b q4"}\n{"id": 2, "model": "rtx 3090"}\n'
    first, second = objects(run("explain", "--jsonl", given=lines))
    assert (first["id"], first["base"], first["quant"], first["kind"]) == ("a", "Qwen3-8B", "Q4_K_M", "llm")
    assert (second["id"], second["base"], second["also"]) == (2, None, [])
    contract = {"id", "base", "org", "size_b", "variant", "format", "quant", "bpw", "part", "parts", "kind", "also"}
    assert contract | {"bytes", "loaders"} <= set(first)


def test_explain_in_words() -> None:
    assert "Q4_K_M" in run("explain", "Qwen3-8B-Q4_K_M.gguf", "--lang", "zh")


def test_triage_of_one_post() -> None:
    (document,) = objects(run("triage", "--json", given="OS: win11\nLoader: ollama\nProblem: it never answers"))
    assert document["is_help_request"] is True
    assert document["points"]["system"] == "Windows 11"
    assert document["points"]["quant"] is None
    assert "model" in document["missing"]


def test_triage_of_json_lines() -> None:
    lines = '{"id": 1, "text": "谢谢大佬，好了"}\n\n{"id": 2, "text": "ollama 起不来怎么办"}\n'
    first, second = objects(run("triage", "--jsonl", given=lines))
    assert (first["id"], first["is_help_request"], first["missing"]) == (1, False, [])
    assert (second["id"], second["language"], second["points"]["loader"]) == (2, "zh", "ollama")


def test_triage_in_words_answers_in_the_posts_language() -> None:
    assert "ollama" in run("triage", given="ollama 起不来怎么办，win10")
    assert "麻烦补充" in run("triage", given="ollama 起不来怎么办，win10")


def test_evaluations_run_on_a_folder(tmp_path: Path) -> None:
    post = {
        "id": "p", "text": "ollama 起不来怎么办，win10", "is_help_request": True, "is_text_quality_question": False,
        "present": dict.fromkeys(
            ("model", "quant", "steps", "log", "prompt_settings", "sampler_settings"), False
        ) | {"system": True, "loader": True, "description": True},
        "values": {"system": "Windows 10", "loader": "ollama", "model": None, "quant": None},
    }  # fmt: skip
    (tmp_path / "posts.jsonl").write_text(json.dumps(post), encoding="utf-8")
    name = {"id": "n", "text": "qwen3:8b", "base": "Qwen3-8B", "quant": None, "format": "GGUF"}
    (tmp_path / "model_names.jsonl").write_text(json.dumps(name), encoding="utf-8")
    triage = json.loads(run("eval", "triage", str(tmp_path), "--json"))
    names = json.loads(run("eval", "names", str(tmp_path), "--json"))
    assert triage["cases"] == names["cases"] == 1
    assert {metric["name"]: metric["value"] for metric in triage["metrics"]}["values right"] == 100.0
    assert names["metrics"][0]["value"] == 100.0
