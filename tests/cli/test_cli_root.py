"""The error boundary of the command line: what a user sees when something cannot be done."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bot.cli import root
from bot.cli.help_in_chinese import COMMANDS, OPTIONS


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


def everything() -> Iterator[tuple[str, click.Command]]:
    """Every command by its path, those of groups too."""
    for name, place in root.COMMANDS.items():
        module, attribute = place.place.split(":")
        command = getattr(importlib.import_module(module), attribute)
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {key}", each) for key, each in command.commands.items())


def test_every_command_and_option_is_explained_in_chinese() -> None:
    for path, command in everything():
        assert " " not in path or path in COMMANDS, path
        for option in command.params:
            assert not isinstance(option, click.Option) or not option.help or option.help in OPTIONS, option.help


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--lang", "zh", "--help"], "本地语言模型跑不起来"),
        (["canirun", "--lang=zh", "--help"], "上下文长度"),
        (["knowledge", "--lang", "zh", "search", "--help"], "按关键词找条目"),
        (["run", "--lang", "zh", "--help"], "启动 Discord 机器人"),
        (["eval", "reply", "--lang", "zh", "--help"], "带标注的求助帖"),
    ],
)
def test_help_is_in_the_language_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], expected: str
) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert run(monkeypatch, *arguments) == 0
    said = capsys.readouterr().out
    assert expected in said
    assert "选项：" in said
    assert "Show this message" not in said


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["canirun", "--lang", "zh"], "请写出模型、显存和内存"),
        (["canirun", "--lang", "zh", "--nonsense"], "没有 --nonsense 这个选项"),
        (["frob", "--lang", "zh"], "没有 'frob' 这个命令"),
        (["canirun", "Qwen3-8B", "a lot", "32", "--offline", "--lang", "zh"], "既不是显存大小"),
    ],
)
def test_errors_are_in_the_language_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], expected: str
) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert run(monkeypatch, *arguments) in {1, 2}
    assert expected in capsys.readouterr().err


def test_the_language_may_stand_before_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert run(monkeypatch, "--lang", "zh", "canirun", "Qwen3-8B", "12", "32", "--offline") == 0
    assert "能跑" in capsys.readouterr().out


def test_every_command_takes_the_language() -> None:
    commands = [(name, root.wenzhen.get_command(click.Context(root.wenzhen), name)) for name in root.COMMANDS]
    for name, command in commands:
        inner = command.commands.values() if isinstance(command, click.Group) else ()
        for each in (command, *inner):
            assert each is not None
            assert any("--lang" in option.opts for option in each.params), (name, each.name)


def test_a_hub_that_is_no_address_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "hf-mirror.com")
    assert run(monkeypatch, "canirun", "Qwen3-8B", "12", "32") == 1
    assert "HF_ENDPOINT must be an address" in capsys.readouterr().err
