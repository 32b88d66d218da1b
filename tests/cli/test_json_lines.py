"""JSON Lines: whatever stands in a line, it is answered in its place, and so are all others."""

import io
import json
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli.lines import answer_each_line
from bot.cli.root import COMMANDS, wenzhen

MODEL = "Qwen2.5-7B-Instruct-Q4_K_M"
GOOD = {
    "id": "good", "text": "ollama: out of memory", "model": MODEL, "question": "gguf", "vram": "12", "ram": "32",
    "gpu_budget": 1 << 30,
}  # fmt: skip
BAD = {
    "none": b"not json",
    "list": b"[1, 2]",
    "cut": b'{"id": "cut"',
    "nothing in it": b'{"id": "x"}',
    "values of other kinds": b'{"id": "x", "text": 5, "model": [5], "question": 5, "vram": {}, "gpu_budget": "a lot"}',
    "half a character": rb'{"text": "a \ud83d", "model": "\ud83d", "question": "\ud83d", "vram": 1, "ram": 2}',
    "NaN": b'{"id": NaN, "text": "x", "model": "qwen3:8b", "question": "x", "vram": NaN, "ram": 2, "gpu_budget": NaN}',
    "infinity": b'{"id": 1, "text": "x", "model": "qwen3:8b", "question": "x", "vram": -Infinity, "ram": 1}',
    "too large a number": b'{"id": 1e999, "text": "x", "model": "x", "question": "x", "vram": 1, "ram": 1}',
    "bytes": b'{"text": "\xff\xfe"}',
    "deep": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "deep and open": b'{"a":' + b"[" * 100_000,
}  # fmt: skip
TAKERS = sorted(set(COMMANDS) & set("diagnose triage explain faq term loader reply estimate canirun layers".split()))


def run(command: str, given: bytes) -> Result:
    offline = ["--offline"] if command == "canirun" else []
    return CliRunner().invoke(wenzhen, [command, "--jsonl", *offline], input=given)


def test_every_command_that_reads_json_lines_is_here() -> None:
    commands = {name: wenzhen.get_command(None, name) for name in COMMANDS}  # type: ignore[arg-type]
    takers = [name for name, command in commands.items() if command and _takes_lines(command.params)]
    assert sorted(takers) == TAKERS


def _takes_lines(options: list[Any]) -> bool:
    return any("--jsonl" in option.opts for option in options)


@pytest.mark.parametrize("command", TAKERS)
def test_a_bad_line_is_answered_as_one_and_the_rest_goes_on(command: str) -> None:
    good = json.dumps(GOOD).encode()
    result = run(command, b"\xef\xbb\xbf" + b"\n".join([good, *BAD.values(), b"", good]))
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["id"] for each in (told[0], told[-1])] == ["good", "good"]
    assert "error" not in told[0]
    assert {key: told[0][key] for key in told[0]} == told[-1]
    assert [each["line"] for each in told[1:-1]] == list(range(2, 2 + len(BAD)))
    assert all(each["error"]["en"] != each["error"]["zh"] for each in told[1:-1])
    assert "inside" not in result.stderr
    assert result.exit_code == 1


def test_a_bug_in_one_line_leaves_the_others(monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> None:
    monkeypatch.setattr("platformdirs.user_log_dir", lambda _: "/proc/nowhere")
    lines = b'{"id": 1, "by": 0}\n{"id": 2, "by": 2}\n'
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(lines)))
    with pytest.raises(SystemExit):
        answer_each_line(lambda case: {"is": 4 / case["by"]})
    first, second = map(json.loads, capfdbinary.readouterr().out.splitlines())
    assert "inside Wenzhen" in first["error"]["en"]
    assert second == {"id": 2, "is": 2.0}
