"""A signature against a line: the exact wording, damaged wording, and what only looks alike."""

import random

import pytest
from small_knowledge import diagnosed, entry, ids

from bot.diagnosis.diagnoser import Diagnoser
from bot.intake.cleaning import clean
from bot.knowledge.failures import FieldWords

FREE = entry(
    "free",
    "Free memory on device ({free}/{total} GiB) on startup is less than desired GPU memory utilization "
    "({share}, {wanted} GiB)",
)
ARCHITECTURE = entry("architecture", "unknown model architecture: '{architecture}'")
HF = entry("hf", "hf: command not found")
SMI = entry("smi", "nvidia-smi: command not found")
OTHERS = (
    entry("oom", "CUDA error: out of memory"),
    entry("disk", "No space left on device"),
    entry("port", "address already in use: {address}:{port:number}"),
    entry("module", "No module named '{module}'"),
    entry("model", "model '{model}' not found, try pulling it first"),
    entry("instruction", "exit code 0xc000001d"),
    entry("refused", "[WinError 10061]", "connect ECONNREFUSED 127.0.0.1"),
    entry("ls", "'ls' is not recognized as an internal or external command"),
    entry("denied", "HTTP/1.1 401 Unauthorized"),
)
ALL = (FREE, ARCHITECTURE, HF, SMI, *OTHERS)
LINE = (
    "ValueError: Free memory on device (17.2/23.55 GiB) on startup is less than desired GPU memory utilization "
    "(0.9, 21.2 GiB). Decrease GPU memory utilization"
)


def test_the_exact_wording_matches_with_its_values() -> None:
    (finding,) = diagnosed(LINE, *ALL)
    assert finding.entry.id == "free"
    assert dict(finding.captured) == {"free": "17.2", "total": "23.55", "share": "0.9", "wanted": "21.2"}
    assert finding.evidence.line == 1
    assert finding.evidence.text == LINE


@pytest.mark.parametrize(
    "variant",
    [
        LINE.upper(),
        LINE.replace(" ", "  "),
        LINE.replace("memory", "mernory").replace("desired", "desircd"),  # optical recognition
        LINE.replace("less than", "Iess tham").replace("on", "0n"),
        LINE.replace("is less than desired", "islessthandesired"),
        LINE.replace(" is less", " less"),  # another version
        LINE.replace("less than desired GPU", "less than the desired GPU"),
        LINE[: LINE.index("utilization")],  # cut by a screen
        LINE.replace("GPU memory utilization (", "GPU\nmemory utilization ("),  # wrapped by a chat
        LINE.replace("less than", "less\nthan"),
        LINE.replace(" ", ""),
        "> **" + LINE + "**",
        "容器起不来，报错：" + LINE + "，怎么办",
    ],
)
def test_damaged_wording_still_matches(variant: str) -> None:
    assert ids(variant, *ALL) == ["free"]


def test_values_are_taken_from_damaged_lines_too() -> None:
    (finding,) = diagnosed("unknown modcl architectvre: 'glm4moe'", *ALL)
    assert finding.captured["architecture"] == "glm4moe"
    assert finding.score < 1


def test_three_per_cent_of_wrong_characters_hardly_matter() -> None:
    recognised = 0
    for seed in range(100):
        chance = random.Random(seed)
        damaged = "".join(chance.choice("abcxyz ") if chance.random() < 0.03 else c for c in LINE)
        recognised += ids(damaged, *ALL) == ["free"]
    assert recognised >= 95


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("bash: nvidia-smi: command not found", ["smi"]),
        ("bash: hf: command not found", ["hf"]),
        ("bash: wget: command not found", []),
        ("elf: command not found", []),
        ("bash: cf: command not found", []),
        ("'koboldcpp.exe' is not recognized as an internal or external command", []),
        ("'ls' is not recognized as an internal or external cornmand", ["ls"]),
        ("module 'x' not found, try installing it first", []),
        ("INFO: memory on device is free, startup utilization is as desired", []),
        ('"GET /v1/models HTTP/1.1" 200 OK', []),
        ('"GET /v1/models HTTP/1.1" 404 Not Found', []),
        ("listening on 10.0.0.1: ready; address was in use: no", []),
        ("exit code 0xc0000139", []),
        ("exit code 0xc000001d", ["instruction"]),
        ("[WinError 10060] timed out", []),
        ("connect ECONNREFUSED 0.0.0.0:80", []),
        ("there is space left on the device", []),
        ("known model architecture: 'llama'", []),
        ("CUDA error: invalid device function", []),
    ],
)
def test_what_only_looks_alike_does_not_match(line: str, expected: list[str]) -> None:
    assert ids(line, *ALL) == expected


@pytest.mark.parametrize(
    ("signature", "line", "captured"),
    [
        ("bind {a}:{port:number}", "cannot bind 0.0.0.0:51", {"a": "0.0.0.0", "port": "51"}),
        ("needs {need:size} of RAM", "model needs 23.5 GiB of RAM", {"need": "23.5 GiB"}),
        ("allocating {a:size} on {n:number}", "allocating 742.01 MiB on 0: failed", {"a": "742.01 MiB", "n": "0"}),
        ("cannot open {path:path}: gone", "cannot open 'C:\\my m\\a.gguf': gone", {"path": "C:\\my m\\a.gguf"}),
        ("unexpected argument {flag:word}", "error: unexpected argument '--ctx' found", {"flag": "--ctx"}),
        ("driver version was {version}", "the driver version was 535.54", {"version": "535.54"}),
        ("模型 {model:word} 不存在", "错误：模型 qwen3 不存在，请先下载", {"model": "qwen3"}),
    ],
)  # fmt: skip
def test_kinds_of_variables(signature: str, line: str, captured: dict[str, str]) -> None:
    (finding,) = diagnosed(line, entry("x", signature))
    assert dict(finding.captured) == captured


def test_a_number_does_not_fit_a_word() -> None:
    assert ids("listening on port none", entry("x", "listening on port {port:number}")) == []


def test_chinese_matches_without_blanks_and_with_a_wrong_character() -> None:
    entries = (entry("memory", "虚拟内存不足，无法继续执行程序"), entry("module", "找不到指定的模块"))
    assert ids("系统提示虚拟内存不足,无法继续执行程序。", *entries) == ["memory"]
    assert ids("OSError: [WinError 126] 找不到指走的模块。", *entries) == ["module"]
    assert ids("内存很大，程序继续执行", *entries) == []


BATCH = entry("batch", "the batch of {size:number} prompts goes to the slower backend buffer of another device")
SPEAKING = Diagnoser([BATCH, *ALL], FieldWords(alarms=("error", "failed")))


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("the batch of 7 prompts goes to the slower backend buffer of another device", True),
        ("the batch of 7 prxwpts goes to the slower backend buffer of another device", True),  # nearly all of it
        ("the batch of 7 prompts goes to the slower backend buffer", False),
        ("error: the batch of 7 prompts goes to the slower backend buffer", True),
    ],
)
def test_in_a_log_half_a_wording_is_sought_where_something_speaks_of_a_failure(line: str, is_found: bool) -> None:
    around = [f"main: slot {number} was processed in {number} ms" for number in range(20)]
    found = SPEAKING.diagnose(clean("\n".join([*around[:10], line, *around[10:]])))
    assert [finding.entry.id for finding in found] == ["batch"] * is_found
