"""The collector: the real script in a shell, what it hides, and what is read of its report."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tree_sitter_powershell
from click.testing import CliRunner
from shipped import read_facts
from tree_sitter import Language, Parser

from bot.cli.collect import collect
from bot.intake.cleaning import clean
from bot.service.collecting import FOLDER as SCRIPTS
from bot.service.collecting import OTHERS, WINDOWS, script_for

needs_shell = pytest.mark.skipif(sys.platform == "win32" or not shutil.which("sh"), reason="needs a shell")

SECRETS = {
    "config.yml": "api_key: sk-abcdefghij1234567890\nport: 8000\nbasicAuthUser:\n  password: hunter2hunter2\n",
    "start.kcpps": '{"model": "/home/alice/models/Qwen3-8B-Q4_K_M.gguf", "gpulayers": 20, '
    '"adminpassword": "opensesame1"}',
    "run.log": "Authorization: Bearer abcdefghijklmnop1234\nalice@mail.example.com hf_ABCDEFGHIJKLMNOPqrst\n"
    "http://alice:secretpw@proxy.example.com\nCUDA error: out of memory\n",
}
HIDDEN = ("sk-abc", "hunter2", "opensesame", "abcdefghijklmnop", "hf_ABC", "secretpw", "alice")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with programs' files in it, a home and an empty PATH but for the system's own tools."""
    for name, content in SECRETS.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in "sh sed grep head tail cut ls cat df uname id tr env sort awk timeout".split():
        if found := shutil.which(tool):
            (tools / tool).symlink_to(found)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.setenv("HF_TOKEN", "hf_ENVIRONMENTtoken1234")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@needs_shell
def test_the_script_writes_what_helpers_ask_for_and_no_secret(place: Path) -> None:
    done = subprocess.run(["sh", str(SCRIPTS / "collect.sh")], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    report = (place / "wenzhen-report.txt").read_text(encoding="utf-8")
    for piece in ("CUDA error: out of memory", "gpulayers", "port: 8000", "== cards", "Linux" if os.name else ""):
        assert piece in report
    for secret in (*HIDDEN, "ENVIRONMENT"):
        assert secret not in report
    assert report.strip() in done.stdout  # shown before anybody sends it
    assert "nothing has been sent" in done.stdout
    assert re.fullmatch("0o600", oct((place / "wenzhen-report.txt").stat().st_mode & 0o777))


@needs_shell
def test_the_command_does_the_same_and_the_facts_are_read(place: Path) -> None:
    result = CliRunner().invoke(collect, ["--out", "mine.txt", "--lang", "zh"])
    assert result.exit_code == 0, result.output
    report = (place / "mine.txt").read_text(encoding="utf-8")
    assert not any(secret in report for secret in HIDDEN)
    assert "没有发送给任何人" in result.output
    if Path("/proc/meminfo").exists():
        facts = read_facts(clean(report))
        assert facts.ram is not None
        assert facts.ram.value > 0


def test_each_system_has_its_script_and_one_line_that_starts_it() -> None:
    assert (script_for("windows"), script_for("linux"), script_for("macos")) == (WINDOWS, OTHERS, OTHERS)
    for script in (WINDOWS, OTHERS):
        assert script.path.is_file()
        assert script.name in script.command
        assert "\n" not in script.command


@needs_shell
def test_the_one_line_starts_it_where_browsers_save_files(place: Path) -> None:
    (place / "Downloads").mkdir()
    shutil.copy(OTHERS.path, place / "Downloads")
    done = subprocess.run(["sh", "-c", OTHERS.command], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "wenzhen collector" in (place / "wenzhen-report.txt").read_text(encoding="utf-8")


def test_windows_reports_tell_the_same_facts() -> None:
    report = """\
wenzhen collector 1

== system
Microsoft Windows 11 Home [64-bit]
Microsoft Windows [Version 10.0.22631]

== memory
MemTotal: 33468212 kB

== cards
| NVIDIA-SMI 572.83                 Driver Version: 572.83         CUDA Version: 12.8     |
|   0  NVIDIA GeForce RTX 3060      WDDM  |   00000000:01:00.0  On |                  N/A |
| 30%   41C    P8     25W / 170W |    410MiB /  12288MiB |      0%      Default |
"""
    facts = read_facts(clean(report))
    assert facts.system is not None
    assert facts.system.value == "Windows 11"
    assert facts.ram is not None
    assert facts.ram.value == 33468212 * 1024
    assert facts.vram is not None
    assert facts.vram.value == 12288 << 20
    assert facts.driver is not None
    assert [gpu.value for gpu in facts.gpus] == ["RTX 3060"]


def test_the_script_is_shown_for_computers_without_wenzhen() -> None:
    result = CliRunner().invoke(collect, ["--script"])
    assert "wenzhen-report.txt" in result.output


@pytest.mark.parametrize("script", ["collect.sh", "collect.ps1"])
def test_the_scripts_send_nothing(script: str) -> None:
    text = (SCRIPTS / script).read_text(encoding="utf-8-sig")
    assert not re.search(r"\b(?:curl|wget|nc|scp|Invoke-WebRequest|Invoke-RestMethod|iwr|irm|Net\.WebClient)\b", text)


def test_the_powershell_script_is_one_that_windows_own_shell_reads() -> None:
    """Marked (else Chinese is garbled), PowerShell by its grammar, nothing of PowerShell 7 only; masked before it is
    written.
    """
    raw = (SCRIPTS / "collect.ps1").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert not Parser(Language(tree_sitter_powershell.language())).parse(raw[3:]).root_node.has_error
    code = re.sub(r"<#.*?#>|'[^'\n]*'|\"[^\"\n]*\"|(?m:^[ ]*#[^\n]*$)", "", raw.decode("utf-8-sig"), flags=re.DOTALL)
    assert not re.search(r"\?\?|&&|\|\||\?\.|-Parallel\b|\bternary\b", code)
    *_, masked, written = re.findall(r"Hide-Secrets|Out-File", code)
    assert (masked, written) == ("Hide-Secrets", "Out-File")


@pytest.mark.parametrize(
    "line", ["hf_ABCDEFGHIJKLMNOPqrst", "api_key: sk-abcdefghij1234567890", "password: hunter2hunter2"]
)
def test_the_patterns_of_the_powershell_script_hide_what_they_should(line: str) -> None:
    """Its patterns mean the same to Python's `re`, but for how a group is named in what is put in."""
    script = (SCRIPTS / "collect.ps1").read_text(encoding="utf-8-sig")
    for how, pattern, new in re.findall(r"\$Line -(c?replace) '([^\n]*)', '([^'\n]*)'", script):
        line = re.sub(pattern, re.sub(r"\$(\d)", r"\\\1", new), line, flags=0 if how == "creplace" else re.IGNORECASE)
    assert not any(secret in line for secret in HIDDEN)
    assert "<" in line


@pytest.mark.skipif(not shutil.which("pwsh"), reason="PowerShell is not installed")
def test_the_powershell_script_runs(place: Path) -> None:
    pwsh = shutil.which("pwsh") or ""
    done = subprocess.run([pwsh, "-File", str(SCRIPTS / "collect.ps1")], capture_output=True, timeout=120, check=False)
    report = (place / "wenzhen-report.txt").read_text(encoding="utf-8-sig")
    assert done.returncode == 0
    assert not any(secret in report for secret in HIDDEN)
