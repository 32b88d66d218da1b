"""Nothing that a stranger wrote commands the terminal: no control character but line feed and tab is ever printed."""

import contextlib
import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.blocks import Answer, Code, Evidence, Field, Fields, Links, Paragraph, Step, Steps, Table, with_texts
from bot.base.printable import printable
from bot.cli.root import main
from bot.cli.terminal import make_console, show

pytestmark = pytest.mark.slow

# Colour, title, C1 command, bell, backspace, carriage return, a right-to-left override, and a hidden line.
HOSTILE = "x\x1b[31m\x1b]0;owned\x07\x9b2J\x08\x08\r\x85\x7f\u202egol.exe\u2066\x00y"
COMMANDING = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
TOKEN = "hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH"


class Terminal:
    """What main() printed, both streams."""

    def __init__(self) -> None:
        self.out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        self.err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)

    @property
    def printed(self) -> bytes:
        return self.out.buffer.getvalue() + self.err.buffer.getvalue()


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, stdin: str = "") -> bytes:
    """Everything that `wenzhen ARGUMENTS` prints."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "argv", ["wenzhen", *arguments])
    monkeypatch.setattr(sys, "stdout", terminal.out)
    monkeypatch.setattr(sys, "stderr", terminal.err)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode("utf-8", "surrogatepass"))))
    with contextlib.suppress(SystemExit):
        main()
    return terminal.printed


LOG = f"koboldcpp {HOSTILE}\nCUDA error: out of memory {HOSTILE}\nModuleNotFoundError: No module named '{HOSTILE}'\n"


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (["diagnose", "-"], LOG),
        (["diagnose", "--json", "-"], LOG),
        (["diagnose", "--jsonl"], json.dumps({"id": HOSTILE, "text": LOG})),
        (["diagnose", "--jsonl"], HOSTILE),
        (["diagnose", "-"], HOSTILE),
        (["diagnose", HOSTILE.replace("\x00", "")], ""),
        (["diagnose", "--loader", HOSTILE, "-"], LOG),
        (["triage", "-"], f"help, {LOG}"),
        (["triage", "--json", "-"], f"help, {LOG}"),
        (["explain", HOSTILE], ""),
        (["explain", "--json", f"Qwen3-8B-{HOSTILE}"], ""),
        (["explain", f"{HOSTILE}/Qwen3-8B-Q4_K_M.gguf"], ""),
        (["canirun", "--offline", HOSTILE, "12", "32"], ""),
        (["canirun", "--offline", f"{HOSTILE}/Qwen3-8B-Q4_K_M.gguf", "12", "32"], ""),
        (["canirun", "--offline", "--json", f"{HOSTILE}/Qwen3-8B-Q4_K_M.gguf", "12", "32"], ""),
        (["canirun", "--offline", "Qwen3-8B", HOSTILE, HOSTILE], ""),
        (["canirun", "--offline", "--jsonl"], json.dumps({"id": HOSTILE, "model": HOSTILE, "vram": 1, "ram": 2})),
        (["layers", "--offline", HOSTILE, "12"], ""),
        (["estimate", HOSTILE.replace("\x00", "")], ""),
        (["faq", HOSTILE], ""),
        (["term", HOSTILE], ""),
        (["knowledge", "search", HOSTILE], ""),
        (["knowledge", "check", "--root", HOSTILE.replace("\x00", "")], ""),
        (["chat"], f"help, {LOG}"),
        (["chat"], f"/explain {HOSTILE}"),
        (["chat"], f"/canirun {HOSTILE} 12 32"),
        ([HOSTILE], ""),
        (["diagnose", f"--{HOSTILE}"], ""),
        (["diagnose", "--lang", HOSTILE], ""),
        (["faq", "a", "--json", HOSTILE], ""),
    ],
)
def test_nothing_printed_commands_a_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str], stdin: str
) -> None:
    monkeypatch.chdir(tmp_path)
    printed = run(monkeypatch, *arguments, stdin=stdin)
    assert printed
    assert COMMANDING.search(printed) is None, printed
    assert b"Traceback (most recent call last)" not in printed.replace(LOG.encode(), b"")


@pytest.mark.parametrize("arguments", [["--json"], []])
def test_a_hostile_file_name_is_printed_inert(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["\x1b[31m\x9b2J\u202egol", "\x1b]0;owned\x07"]
    for name in names:
        Path(name).write_text("CUDA error: out of memory\n", encoding="utf-8")
    printed = run(monkeypatch, "diagnose", *arguments, *names)
    assert b"out of memory" in printed
    assert COMMANDING.search(printed) is None


def test_json_stays_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = run(monkeypatch, "diagnose", "--jsonl", stdin=json.dumps({"id": HOSTILE, "text": "x"}))
    assert json.loads(printed)["id"] == HOSTILE


@pytest.mark.parametrize(
    "arguments",
    [
        ["explain", TOKEN],
        ["explain", "--json", f"{TOKEN}/Qwen3-8B"],
        ["canirun", "--offline", TOKEN, "12", "32"],
        ["canirun", "--offline", "Qwen3-8B", TOKEN, TOKEN],
        ["diagnose", f"{TOKEN}.log"],
        [TOKEN],
        ["diagnose", "--lang", TOKEN],
    ],
)
def test_a_secret_in_an_argument_is_not_printed_again(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    printed = run(monkeypatch, *arguments)
    assert printed
    assert TOKEN.encode() not in printed


def everywhere(text: str) -> Answer:
    """An answer with `text` wherever a block holds text."""
    blocks: tuple[Any, ...] = (
        Paragraph(text, text),
        Code(text, "bash"),
        Evidence((text, text), 1, 1),
        Steps(text, (Step(text, (Code(text),)),)),
        Fields((Field(text, text),), text),
        Table((text,), ((text,),), text),
        Links(((text, text),), text),
    )
    return Answer(text, "neutral", blocks, blocks)


def test_every_block_is_shown_inert(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal.out)
    show(everywhere(HOSTILE), "en", make_console())
    assert b"gol.exe" in terminal.printed
    assert COMMANDING.search(terminal.printed) is None


def test_every_text_of_an_answer_is_changed() -> None:
    assert with_texts(everywhere("q"), lambda text: text.replace("q", "x")) == everywhere("x")


@given(st.text())
def test_printable_leaves_no_control_character_and_all_lines(text: str) -> None:
    shown = printable(text)
    assert COMMANDING.search(shown.encode("utf-8", "surrogatepass")) is None
    assert shown.count("\n") == text.count("\n")
    assert printable(shown) == shown


def test_steps_without_a_heading_leave_no_line_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal.out)
    answer = Answer("t", "neutral", (Paragraph("before"), Steps("", (Step("do it"),))))
    show(answer, "en", make_console())
    lines = [line.strip(" │") for line in terminal.printed.decode().split("\n")]
    at = lines.index("before")
    assert lines[at + 1 : at + 3] == ["", "1. do it"]
