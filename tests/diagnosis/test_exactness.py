"""What must match letter by letter: numbers, codes, exclusions; and what stands where a signature varies."""

from typing import Any

import pytest
from shipped import CLINIC
from small_knowledge import entry

from bot.diagnosis.diagnoser import Diagnoser
from bot.diagnosis.signature import patterns_of
from bot.diagnosis.words import fold
from bot.intake.cleaning import clean
from bot.knowledge.failures import FieldWords


def ids(text: str, *signatures: str | dict[str, Any]) -> list[str]:
    return [finding.entry.id for finding in Diagnoser([entry("it", *signatures)]).diagnose(clean(text))]


@pytest.mark.parametrize(
    ("signature", "line"),
    [
        ("At most 0 image(s) may be provided in one request", "At most 1 image(s) may be provided in one request."),
        ("the runner exited with status 137 unexpectedly", "the runner exited with status 13 unexpectedly"),
        ("the model runner was killed, exit status 137", "the model runner was killed, exit status 13"),
        ("cannot load a model with exl2 weights here", "cannot load a model with exl3 weights here"),
        ("kernel requires sm_120 or newer to run", "kernel requires sm_90 or newer to run"),
        ("server process terminated with code -9", "server process terminated with code 1"),
    ],
)
def test_another_number_is_another_message(signature: str, line: str) -> None:
    assert ids(line, signature) == []
    assert ids(signature, signature) == ["it"]


def test_chinese_that_denies_is_no_filler() -> None:
    assert ids("http://127.0.0.1:8000 已经打开", "127.0.0.1:8000打不开") == []
    assert ids("浏览器里 127.0.0.1:8000打不开 啊", "127.0.0.1:8000打不开")


def test_letters_that_look_like_digits_are_taken_for_them_in_a_code() -> None:
    assert ids("the process failed with OxcO000l39 at start", "the process failed with 0xc0000139 at start") == ["it"]


def test_an_exclusion_stands_there_letter_by_letter() -> None:
    signature = {"text": "CUDA out of memory", "excludes": ["avoid CUDA out of memory"]}
    assert ids("RuntimeError: CUDA out of memory", signature) == ["it"]
    assert ids("set it lower to avoid CUDA out of memory", signature) == []


def test_out_of_memory_alone_is_recognised() -> None:
    (first, *_) = CLINIC.diagnose("RuntimeError: CUDA out of memory").candidates
    assert first.failure_class == "gpu-out-of-memory"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("error: model 'qwen3:8b' not found, try pulling it first", ["it"]),
        ("error: model qwen3:8b not found", ["it"]),
        ("error loading model: dims: tensor 'blk.0.attn' not found", []),
        ("ERROR Could not load the model because a tokenizer in a format was not found.", []),
        ("the model was told to look into a very long list of folders, and of those folders some were not found", []),
    ],
)
def test_one_quoted_thing_is_not_half_a_sentence(line: str, found: list[str]) -> None:
    assert ids(line, "model '{name}' not found") == found


def test_a_long_value_of_several_words_ends_after_a_word() -> None:
    text = "load failed: " + "the reader stopped because nothing was there to be read any more at all"
    (finding,) = Diagnoser([entry("it", "load failed: {reason}")]).diagnose(clean(text))
    assert finding.captured["reason"] == "the reader stopped because nothing was there to be read any"
    path = r"D:\my models\a folder with many words in it\and another one\model file.gguf"
    (finding,) = Diagnoser([entry("it", "load failed: {reason}")]).diagnose(clean(f"load failed: {path}"))
    assert finding.captured["reason"] == path


FIELD = FieldWords(
    ours=("llama", "cuda", "vulkan"),
    others=("nginx",),
    devices=("cuda", "vulkan"),
    tools=("pip",),
    generic=frozenset({"busy"}),
    shared=frozenset({"library"}),
    harmless=("port is busy but that is fine",),
)
GATED = Diagnoser([entry("busy", "port is busy"), entry("library", "cannot open the library file")], FIELD)


@pytest.mark.parametrize(
    ("text", "loader", "found"),
    [
        ("port is busy", None, []),
        ("port is busy", "llama.cpp", ["busy"]),
        ("llama-server\nport is busy", None, ["busy"]),
        ("Vulkan device\nport is busy", None, []),
        ("pip install x\nport is busy", None, []),
        ("pip install x\ncannot open the library file", None, ["library"]),
        ("cannot open the library file", None, []),
        ("llama-server\nport is busy but that is fine", None, []),
    ],
)
def test_what_any_program_may_print_is_claimed_only_for_ours(text: str, loader: str | None, found: list[str]) -> None:
    assert [finding.entry.id for finding in GATED.diagnose(clean(text), loader=loader)] == found


@pytest.mark.parametrize(
    "text",
    [
        "$ yarn next dev\nPort 3000 is already in use.\nUse `npm run dev -- -p <port>`.",
        "error connecting to DB: dial tcp 127.0.0.1:3306: connect: connection refused",
        "[F] Vulkan function failed (VkResult: VK_ERROR_DEVICE_LOST): vkQueueSubmit [GrManager.cpp:271][Main]",
        "I tensorflow/core/platform/cpu_feature_guard.cc:182] This TensorFlow binary is optimized to use available CPU "
        "instructions in performance-critical operations.",
        "env: symbol lookup error: /tmp/.mount_X1/usr/lib/libc.so.6: undefined symbol: x, version GLIBC_PRIVATE",
    ],
)
def test_other_programs_and_chatter_get_no_claim(text: str) -> None:
    assert CLINIC.diagnose(text).candidates == ()


def test_frames_of_sillytavern_in_docker_are_not_somebody_s_own_files() -> None:
    text = (
        "A critical error has occurred: Error: EACCES: permission denied, open 'data/cookie-secret.txt'\n"
        "    at Object.openSync (node:fs:573:18)\n    at getCookieSecret (file:///home/node/app/src/users.js:550:12)"
    )
    assert [found.failure_class for found in CLINIC.diagnose(text).candidates][:1] == ["permission-denied"]


@pytest.mark.parametrize(
    ("signature", "line"),
    [
        ("unknown option '{name}' for loader", 'Unknown  option "--x" for  loader'),
        ("failed: {n:number} of {all:number} tensors (it's bad)", "FAILED: 3 of 4 tensors (it's bad)"),
        ("加载 {name} 失败", "加载 模型 失败"),
        ("one two {n:number} three", "three one two 5 one two 7 three"),
    ],
)
def test_what_is_found_exactly_may_stand_there(signature: str, line: str) -> None:
    (pattern,) = patterns_of([entry("it", signature)])
    assert pattern.exact.search(line)
    assert pattern.may_stand_in(fold(line))


def test_a_whole_condition_in_brackets_may_be_long() -> None:
    condition = "view_src == NULL || data_size == 0 || data_size + view_offs <= ggml_nbytes(view_src)"
    assert ids(f"tensor.c:1554: ASSERT({condition}) failed", "ASSERT({check}) failed") == ["it"]
    assert ids(f"tensor.c: ASSERT a and b and {condition} in all of it failed", "ASSERT {check} failed") == []


def test_what_stands_in_another_order_does_not() -> None:
    (pattern,) = patterns_of([entry("it", "cannot open the model file")])
    assert not pattern.may_stand_in(fold("the model file cannot open"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"message":{"role":"assistant","content":""},"finish_reason":"stop"}', ["it"]),
        ("{ message: { content: '' }, finish_reason: 'stop' }", ["it"]),
        ('{"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}', []),
        ("{ message: { content: 'Hello', reasoning_content: '' }, finish_reason: 'stop' }", []),
    ],
)
def test_a_wording_of_an_empty_value_is_met_by_empty_ones_alone(text: str, found: list[str]) -> None:
    assert ids(text, '"content":""') == found


def test_digits_that_a_condition_asks_for_match_exactly() -> None:
    x = {"text": "the request was refused", "requires_any": ["forwarded from 192.168.1"]}
    assert ids("forwarded from 192.168.1.20\nthe request was refused", x) == ["it"]
    assert ids("forwarded fron 192.168.1.20\nthe request was refused", x) == ["it"]
    assert ids("forwarded from 172.168.1.20\nthe request was refused", x) == []
