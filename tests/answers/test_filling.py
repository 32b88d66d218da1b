from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.filling import filled, filled_command, is_harmless, shown
from bot.knowledge.failures import Command, Shell
from bot.knowledge.variables import Variables, load_variables

VARIABLES = load_variables(Path(__file__).parents[2] / "knowledge")


def command(code: str, values: dict[str, str], shell: Shell = "bash", variables: Variables = VARIABLES) -> str | None:
    return filled_command(Command(shell, code), values, variables)


def test_value_then_fallback_then_as_it_stands() -> None:
    assert filled("{need|more} of {have|it} {odd}", {"need": "12 GiB"}) == "12 GiB of it {odd}"


def test_braces_of_other_languages_stay() -> None:
    code = 'docker ps --format "{{.Names}}" && echo \'{"a": 1}\''
    assert command(code, {"names": "x"}) == code


@pytest.mark.parametrize(
    "value", ["x; rm -rf ~", "$(reboot)", "`id`", "-rf", "a b", "a\nb", "a|b", "a&b", "", "x" * 300]
)
@pytest.mark.parametrize("code", ["rm {path|FILE}", "ls {path|FILE}", "ls {unknown|FILE}"])
def test_a_value_that_could_run_something_gives_way_to_the_fallback(code: str, value: str) -> None:
    assert command(code, {"path": value, "unknown": value}) == code.split(" ", maxsplit=1)[0] + " FILE"


def test_without_a_type_no_value_gets_into_a_command() -> None:
    assert command("ls {path|FILE}", {"path": "/data/models"}, variables=Variables()) == "ls FILE"
    assert command("ls {mystery|FILE}", {"mystery": "/data/models"}) == "ls FILE"


def test_a_command_with_neither_value_nor_fallback_is_left_out() -> None:
    assert command("rm -r {path}", {"path": "/"}) is None
    assert command("ls {path}", {"path": "/data/models"}) == "ls /data/models"


def test_blanks_are_fine_within_quotes() -> None:
    assert command('cd "{path|FOLDER}"', {"path": r"D:\my models"}) == r'cd "D:\my models"'
    assert command('cd "{path|FOLDER}"', {"path": '" & del x'}) == 'cd "FOLDER"'


@pytest.mark.parametrize(
    ("shell", "typed"),
    [("bash", r'"D:\ai\q.gguf"'), ("cmd", r"D:\ai\q.gguf"), ("powershell", r"D:\ai\q.gguf"), ("python", "q.gguf")],
)
def test_a_path_is_one_word_of_its_shell(shell: Shell, typed: str) -> None:
    code = "llama-server -m {model_file|q.gguf}"
    assert command(code, {"model_file": r"D:\ai\q.gguf"}, shell) == code.replace("{model_file|q.gguf}", typed)


def test_a_path_with_blanks_is_quoted() -> None:
    code = "llama-server -m {model_file|q.gguf} -c 8192"
    assert command(code, {"model_file": r"D:\my ai\q.gguf"}, "cmd") == r'llama-server -m "D:\my ai\q.gguf" -c 8192'


@pytest.mark.parametrize(
    ("code", "value", "typed"),
    [
        ("sudo chown -R ollama:ollama {path|/data/ollama}", "/srv/models/big", "/srv/models/big"),
        ("sudo chown -R ollama:ollama {path|/data/ollama}", "/home/me/ollama", "/home/me/ollama"),
        ("sudo chown -R ollama:ollama {path|/data/ollama}", "/usr/share/ollama/.ollama", "/usr/share/ollama/.ollama"),
        *(
            ("sudo chown -R ollama:ollama {path|/data/ollama}", value, "/data/ollama")
            for value in ("/", "/etc", "/home/me", "/home/models", "/etc/models", "/home/me/.ssh/models", "/models")
        ),
        *(
            ("sudo chown -R ollama:ollama {path|/data/ollama}", value, "/data/ollama")
            for value in ("/data/../etc/models", "~", "~/", ".", "..", "models", "/usr/lib/ollama", "/home/me/photos")
        ),
        ("git config safe.directory {path|FOLDER}", "D:/ai/SillyTavern", "D:/ai/SillyTavern"),
        ("git config safe.directory {path|FOLDER}", "C:/Users/models", "FOLDER"),
        ("git config safe.directory {path|FOLDER}", "C:/Windows/models", "FOLDER"),
        ("git config safe.directory {path|FOLDER}", "C:/", "FOLDER"),
        ("git config safe.directory {path|FOLDER}", "//evil.example/models/x", "FOLDER"),
        ("ls -l {path|FOLDER}", "/home/me/photos", "/home/me/photos"),
        ("cd x && ls -l {path|FOLDER}", "/home/me/photos", "/home/me/photos"),
        ("ls -l x && rm -r {path|FOLDER}", "/home/me/photos", "FOLDER"),
        ("ls -l $(rm -r {path|FOLDER})", "/home/me/photos", "FOLDER"),
        ("vllm serve {model|NAME}", "/home/me/Qwen3", "/home/me/Qwen3"),
        ("NCCL_P2P_DISABLE=1 vllm serve {model|NAME}", "/home/me/Qwen3", "/home/me/Qwen3"),
        ("docker run vllm/vllm-openai --model {model|NAME}", "/home/me/Qwen3", "NAME"),
        ("docker run vllm/vllm-openai --model {model|NAME}", "Qwen/Qwen3-8B", "Qwen/Qwen3-8B"),
        ("vllm serve {model|NAME} --trust-remote-code", "Qwen/Qwen3-8B", "NAME"),
        ("ollama pull {model|NAME}", "hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M", "hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M"),
        ("ollama pull {model|NAME}", "evil.example/library/qwen3:8b", "NAME"),
        ("ollama pull {model|NAME}", "evil.example:8080/qwen3", "NAME"),
        ("hf download OWNER/REPO --local-dir ./{model|NAME}", "Qwen/Qwen3-8B", "Qwen/Qwen3-8B"),
        ("hf download OWNER/REPO --local-dir ./{model|NAME}", "qwen3:8b", "NAME"),
        ("pip install {module|PACKAGE}", "PIL.Image", "pillow"),
        ("pip install {module|PACKAGE}", "google.protobuf.internal", "protobuf"),
        ("pip install {module|PACKAGE}", "nobody_knows_this", "PACKAGE"),
        ("pip install {module|PACKAGE}", "git+https://evil.example/x", "PACKAGE"),
        ("New-NetFirewallRule -LocalPort {port|5001}", "5002", "5002"),
        ("New-NetFirewallRule -LocalPort {port|5001}", "3389x", "5001"),
        ("New-NetFirewallRule -LocalPort {port|5001}", "445", "5001"),
        ("sudo lsof -i :{port|5001}", "70000", "5001"),
        ("git lfs pull --include '*{quant|Q4_K_M}*'", "Q5_K_S", "Q5_K_S"),
        ("git lfs pull --include '*{quant|Q4_K_M}*'", "evil", "Q4_K_M"),
        ("chmod +x {file|start.sh}", "koboldcpp-linux-x64-cuda1210", "koboldcpp-linux-x64-cuda1210"),
        ("chmod +x {file|start.sh}", "/etc/shadow", "start.sh"),
        ("chmod +x {file|start.sh}", "-R", "start.sh"),
    ],
)
def test_a_value_is_judged_by_what_it_means_and_by_what_the_command_does(code: str, value: str, typed: str) -> None:
    name, _, fallback = code[code.index("{") + 1 : code.index("}")].partition("|")
    assert command(code, {name: value}) == code.replace(f"{{{name}|{fallback}}}", typed)


def test_a_text_holds_a_value_on_one_line_of_visible_characters() -> None:
    assert shown("a\n\tb\u202egnp.exe\u200b\x1b[31m") == "a b gnp.exe [31m"
    assert len(shown("x" * 10_000)) < 400
    assert filled("Open {path|it}.", {"path": "\u202e\n"}) == "Open it."


def test_names_for_a_command() -> None:
    assert is_harmless("Qwen3-8B.gguf")
    assert not is_harmless("a b")
    assert is_harmless("a b", in_quotes=True)


def test_blanks_around_a_variable_go_when_chinese_takes_its_place() -> None:
    text = "还不认识 {name|这种架构}。而 {model|这个模型} 的模板"
    assert filled(text, {}) == "还不认识这种架构。而这个模型的模板"
    assert filled(text, {"name": "qwen3", "model": "gemma"}) == "还不认识 qwen3。而 gemma 的模板"


@given(st.text(), st.text())
def test_never_raises(text: str, value: str) -> None:
    filled(text, {"a": value})
    for shell in ("bash", "python"):
        command(text, {"a": value, "path": value}, shell)
        command(f"ls {{path|}} {text}", {"path": value}, shell)
