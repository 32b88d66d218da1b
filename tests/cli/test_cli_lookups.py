"""`wenzhen faq`, `term`, `loader` and `explain`: one contract for people and for scripts."""

import json

import pytest
from click.testing import CliRunner
from shipped import CLINIC

from bot.cli.names import explain
from bot.cli.reference import faq, loader, term

COMMANDS = {"faq": faq, "term": term, "loader": loader, "explain": explain}
SURE = {"faq": "how many gpu layers do I set?", "term": "gguf", "loader": "狗头人", "explain": "qwen2.5:7b"}


def answered(command: str, *lines: dict[str, object], language: str = "en") -> list[dict[str, object]]:
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    run = CliRunner().invoke(COMMANDS[command], ["--jsonl", "--lang", language], input=text)
    assert run.exit_code == 0, run.output
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.mark.parametrize("command", list(COMMANDS))
def test_each_line_is_answered_under_its_id(command: str) -> None:
    first, second = answered(command, {"id": 7, "question": SURE[command]}, {"id": "b", "question": "zzzz qqqq"})
    assert (first["id"], second["id"]) == (7, "b")
    assert first["sure"] is True
    assert isinstance(first["answer"], dict)
    assert first["answer"].keys() == {"id", "title", "text"}
    assert all(first["answer"].values())
    assert second["answer"] is None
    assert second["sure"] is False


@pytest.mark.parametrize("command", ["faq", "term", "loader"])
def test_the_answer_is_in_the_language_asked_for(command: str) -> None:
    [english] = answered(command, {"id": 1, "question": SURE[command]})
    [chinese] = answered(command, {"id": 1, "question": SURE[command]}, language="zh")
    assert english["answer"] != chinese["answer"]
    assert any("\u4e00" <= character <= "\u9fff" for character in str(chinese["answer"]))


def test_candidates_are_scored() -> None:
    [found] = answered("faq", {"id": 1, "question": "gpu"})
    candidates = found["candidates"]
    assert isinstance(candidates, list)
    assert all(entry.keys() == {"id", "title", "score"} and 0 < entry["score"] <= 1 for entry in candidates)


def test_explain_keeps_its_own_keys() -> None:
    [found] = answered("explain", {"id": 1, "model": "Qwen2.5-32B-Instruct-Q5_K_M.gguf"})
    assert (found["base"], found["quant"], found["kind"]) == ("Qwen2.5-32B-Instruct", "Q5_K_M", "llm")


@pytest.mark.parametrize("command", list(COMMANDS))
def test_a_line_without_a_question_is_refused(command: str) -> None:
    run = CliRunner().invoke(COMMANDS[command], ["--jsonl"], input='{"id": 1}\n')
    assert run.exit_code == 1


def test_a_loader_is_described() -> None:
    shown = CliRunner().invoke(loader, ["koboldcpp", "--lang", "en"])
    assert "http://127.0.0.1:5001" in shown.output


@pytest.mark.parametrize("question", ["", "which one is for me?"])
def test_without_a_name_all_loaders_are_shown(question: str) -> None:
    shown = CliRunner().invoke(loader, [*([question] if question else []), "--lang", "en"])
    assert shown.exit_code == 0
    for name in ("koboldcpp", "ollama", "LM Studio", "vLLM"):
        assert name in shown.output


def test_of_several_loaders_those_are_shown() -> None:
    found = CLINIC.loader("ollama or LM Studio?")
    assert [entry.id for entry in found.candidates] == ["ollama", "LM Studio"]
    assert found.found is None
    document = json.loads(CliRunner().invoke(loader, ["ollama or LM Studio?", "--json"]).stdout)
    assert document["answer"] is None
    assert [entry["id"] for entry in document["candidates"]] == ["ollama", "LM Studio"]


@pytest.mark.parametrize("command", ["faq", "term", "explain"])
def test_nothing_asked_is_wrong_usage(command: str) -> None:
    assert CliRunner().invoke(COMMANDS[command], []).exit_code == 2
