"""The front door: log, facts and estimator joined."""

import re

import pytest
from shipped import CLINIC
from spoken import spoken

from bot.answers.blocks import MemoryBar, Paragraph, Steps
from bot.base.languages import told
from bot.clinic.message import Message
from bot.clinic.opening import open_clinic
from bot.knowledge.files import knowledge_root

OUT_OF_MEMORY = """\
$ llama-server -m ./Qwen2.5-32B-Instruct-Q4_K_M.gguf -ngl 65 -c 16384
ggml_cuda_init: found 1 CUDA devices:
  Device 0: NVIDIA GeForce RTX 3060, compute capability 8.6, VMM: yes
llama_model_loader: loaded meta data with 34 key-value pairs and 771 tensors from ./Qwen2.5-32B-Instruct-Q4_K_M.gguf
llama_context: n_ctx         = 16384
load_tensors: offloaded 65/65 layers to GPU
ggml_backend_cuda_buffer_type_alloc_buffer: allocating 18508.35 MiB on device 0: cudaMalloc failed: out of memory
"""


def test_a_log_that_ran_out_of_memory_is_told_what_fits() -> None:
    found = CLINIC.diagnose(OUT_OF_MEMORY)
    assert found.candidates[0].failure_class == "gpu-out-of-memory"
    told_layers = re.search(r"(\d+) of 65 layers", str(spoken(found.answer).blocks))
    assert told_layers
    number = told_layers[1]
    assert 20 < int(number) < 60
    for language in ("zh", "en"):
        answer = spoken(found.answer, language)
        assert any(isinstance(block, Paragraph) and number in str(block.text) for block in answer.blocks)
        assert any(isinstance(block, MemoryBar) for block in answer.blocks)
        commands = [c.text for b in answer.blocks if isinstance(b, Steps) for s in b.steps for c in s.commands]
        assert any(f"-ngl {number}" in command for command in commands)


@pytest.mark.parametrize(
    ("post", "example"),
    [
        ("CUDA out of memory on my 3060 12gb with a 32b q4_k_m in koboldcpp", "a 32B (say gemma-4-31B-it Q4_K_M)"),
        ("CUDA out of memory on my 3060 12gb with qwen3 32b q4_k_m in koboldcpp", "Qwen3-32B Q4_K_M fit"),
    ],
)
def test_a_size_told_without_a_name_is_counted_by_an_example(post: str, example: str) -> None:
    answer = spoken(CLINIC.reply(Message(post)).answer)
    (said,) = [block for block in answer.blocks if isinstance(block, Paragraph) and "layers of" in str(block.text)]
    assert example in str(said.text)
    assert any(isinstance(block, MemoryBar) for block in answer.blocks)


@pytest.mark.parametrize(
    ("post", "taken"),
    [
        ("why is deepseek r1 so slow on my pc. 32gb ram, rtx 3070", "I took DeepSeek-R1-0528-Qwen3-8B;"),  # it runs
        ("can my 3070 with 32gb ram run deepseek r1", "DeepSeek-R1 itself (376.7 GiB) is too large"),
    ],
)
def test_of_several_models_of_a_name_one_that_runs_is_meant(post: str, taken: str) -> None:
    blocks = [block for part in CLINIC.reply(Message(post)).parts for block in spoken(part.answer).blocks]
    assert any(isinstance(block, Paragraph) and taken in str(block.text) for block in blocks)


def test_without_model_or_card_no_numbers_are_made_up() -> None:
    blocks = CLINIC.diagnose("CUDA error: out of memory").answer.blocks
    assert not any(isinstance(block, MemoryBar) for block in blocks)


def test_secrets_go_no_further_than_the_door() -> None:
    token = "hf_" + "aB3dE5gH7jK9mN1p" * 2
    text = f"HF_TOKEN={token}\nC:\\Users\\Jane Doe\\x\nOSError: [Errno 28] No space left on device: '{token}'"
    found = CLINIC.diagnose(text)
    assert token not in repr(found)
    assert "Jane" not in repr(found)
    first = found.answer.blocks[0]
    assert isinstance(first, Paragraph)
    assert first.tone == "bad"


@pytest.mark.parametrize("text", ["", " ", "🦙" * 500, "\x00\x01\x02", "hello", "a" * 100_000, "\ud800"])
def test_whatever_is_pasted_gets_an_answer(text: str) -> None:
    for language in ("zh", "en"):
        assert told(CLINIC.diagnose(text).answer.title, language)


def test_lines_count_in_the_text_as_given() -> None:
    text = "\n\n\nnothing here\nOSError: [Errno 28] No space left on device\n"
    assert CLINIC.diagnose(text).candidates[0].line == 5


@pytest.mark.parametrize("vram", ["6", "12", "2x8", "3090+3060", "0"])
def test_layers_come_with_the_rule_of_thumb_and_stay_below_it_when_it_is_too_bold(vram: str) -> None:
    answered = CLINIC.layers("Llama-3.3-70B-Instruct-Q4_K_M", vram)
    found = answered.found
    assert found.estimate.gpu_layers <= found.rule_of_thumb
    assert all(usage.total <= have for usage, have in zip(found.estimate.gpus, found.machine.usable_vram, strict=False))
    for language in ("zh", "en"):
        assert str(found.rule_of_thumb) in str(spoken(answered.answer, language).blocks)


@pytest.mark.parametrize(
    "piece", ["1", "1.", "a-", "sk-", "A_", " ", "试", "12 ", "a b ", "1\n", "x.bat ", "help 1.1.1 "]
)
def test_monotonous_texts_do_not_hold_the_clinic_up(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    assert CLINIC.triage(text).language
    assert CLINIC.diagnose(text).answer.title


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("koboldcpp 启动报错 CUDA error: out of memory at line 3", "zh"),
        ("my model says 你好 and then crashes with a very long english explanation of it all", "en"),
        ("help", "en"),
        ("求助", "zh"),
        ("", "en"),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert CLINIC.language_of(text) == language


def test_a_clinic_that_is_not_whole_has_read_nothing() -> None:
    clinic = open_clinic(knowledge_root(), whole=False)
    assert clinic.version == open_clinic(knowledge_root(), whole=False).version
    assert clinic.languages
    assert not vars(clinic).keys() & {"failures", "diagnoser", "topics", "catalog", "posts"}
