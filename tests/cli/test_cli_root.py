"""The error boundary of the command line: what a user sees when something cannot be done."""

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
