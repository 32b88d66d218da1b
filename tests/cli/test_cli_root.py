"""The error boundary of the command line: what a user sees when something cannot be done."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import root


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["wenzhen", *arguments])
    with pytest.raises(SystemExit) as ended:
        root.main()
    return int(ended.value.code or 0)


def test_a_file_that_cannot_be_written_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    chart = tmp_path / "missing" / "chart.png"
    assert run(monkeypatch, "canirun", "Qwen3-8B", "12", "32", "--offline", "--chart", str(chart)) == 1
    said = capsys.readouterr().err
    assert str(chart) in said
    assert "inside Wenzhen" not in said


def test_bad_input_is_explained_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "canirun", "Qwen3-8B", "a lot", "32", "--offline") == 1
    said = capsys.readouterr().err
    assert "a lot" in said
    assert "Traceback" not in said


def test_help_lists_the_commands_without_importing_them() -> None:
    code = """
import sys
from bot.cli import root
try:
    root.wenzhen(["--help"])
except SystemExit:
    print(sorted(sys.modules))
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert all(name in said for name, command in root.COMMANDS.items() if not command.hidden)
    assert not any(f"'{command.place.split(':')[0]}'" in said for command in root.COMMANDS.values())


def test_every_command_is_where_the_table_says() -> None:
    for command in root.COMMANDS.values():
        module, attribute = command.place.split(":")
        assert getattr(importlib.import_module(module), attribute)


def test_help_is_in_the_reader_s_language(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert run(monkeypatch, "--help") == 0
    assert "启动 Discord 机器人" in capsys.readouterr().out
