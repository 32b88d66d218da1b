"""Conversations of several turns: what was told keeps counting, what is new changes the answer."""

import pytest
from shipped import CLINIC

from bot.answers.markdown import markdown
from bot.service.talk import Talk


def _said(*turns: str) -> list[str]:
    """What is said to each of the messages, in the order of them; nothing said is an empty text."""
    talk, said = Talk.opened(CLINIC), []
    for turn in turns:
        talk = talk.says(turn)
        said.append(markdown(talk.said, talk.replied.language) if talk.said and talk.replied else "")
    return said


NEMO = "llama-server on windows, mistral nemo 12b q5_k_m, rx 6800 16gb: does it fit?"
EXL = "5060 ti 16gb, tabbyapi, exl3 mistral small 24b 4.0bpw: does it fit?"
BROKEN = "koboldcpp: tensor 'blk.38' data is not within the file bounds, model is corrupted or incomplete"


def test_context_and_cache_that_were_asked_for_stand_in_the_command() -> None:
    said = _said(NEMO, "and with 32k context?", "q8 kv?", "so what's the full command")[-1]
    assert "-c 32768" in said
    assert "-ctk q8_0" in said


@pytest.mark.parametrize(
    ("before", "then", "holds"),
    [
        (EXL, "ok switching to gguf with koboldcpp. which quant?", "Q4_K_M"),
        ("noob here, windows 11, rtx 3060 12gb. what should i install to run models?", "why not ollama", "ollama"),
        (
            "noob here, windows 11, rtx 3060 12gb. what should i install to run models?",
            "ok lm studio. link?",
            "https://",
        ),
        ("3080 10g 32g内存 想跑qwen3 30b a3b", "那换成 3张呢", "3 × RTX 3080"),
        ("can i run llama 3.3 70b q4 on a 4080?", "ram is 64", "64.0 GiB of RAM"),
        (f"qwen3 32b q4_k_m, {BROKEN}", "how big should the file be?", "18.4 GiB"),
        (f"qwen3 32b q4_k_m, {BROKEN}", "whats the right size?", "18.4 GiB"),
        (NEMO, "what's the longest context that fits", "Context up to"),
        (f"qwen3 32b q4_k_m, {BROKEN}", "mine is 1.2gb", "1.2 GB"),
        ("3060 12gb, what can i run?", "thanks but i want it for roleplay", "roleplay"),
        (NEMO, "is q8 kv worse for roleplay", "hardly noticed"),
        ("how much vram does the kv cache take?", "how big is it for llama 3.1 8b at 128k?", "16.0 GiB"),
        ("32b 跑起来巨慢，一秒一个字，ollama", "显卡是4060ti 16g", "RTX 4060 Ti"),
    ],
)
def test_what_is_told_or_asked_next_is_answered_with_what_is_known(before: str, then: str, holds: str) -> None:
    assert holds in _said(before, then)[-1]


def test_a_program_whose_leaving_out_is_asked_about_is_not_taken_back() -> None:
    said = _said("which program for a 3060 on windows? new to this", "why not ollama", "and koboldcpp?")
    assert "ollama" in said[1]


def test_a_file_that_is_told_as_too_small_is_no_memory() -> None:
    said = _said(f"qwen3 32b q4_k_m, {BROKEN}", "多大才对？", "我的只有14.2g", "下好了能加载了。12g显存层数填多少")
    assert "14.2 GB" in said[2]
    assert "12.0 GiB" in said[3]
    assert "14.2" not in said[3]


def test_a_context_that_is_told_as_set_is_the_reason() -> None:
    said = _said("qwen3 32b q4_k_m on a 7900 xtx, lm studio, 32gb ram, so slow, 3 t/s", "context is set to 131072")[-1]
    assert "That is why" in said


OOM = "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 9532.11 MiB on device 0: cudaMalloc failed: out of memory"
TWO = (
    "two things: koboldcpp crashes when i load mistral small 24b q5 (4070 12gb, win11), and sillytavern shows the "
    "thinking in the chat. how do i fix both?"
)
DOCKER = (
    "open webui in docker, linux: ERROR [open_webui.routers.ollama] Connection error: Cannot connect to host "
    "localhost:11434 ssl:default [Connect call failed ('127.0.0.1', 11434)]"
)


def test_two_things_get_both_an_answer_and_what_is_left_is_gone_on_with() -> None:
    talk = Talk.opened(CLINIC).says(TWO, (OOM,))
    assert talk.said is not None
    first = markdown(talk.said, "en")
    assert "VRAM" in first
    assert "thinking" in first.lower()
    talk = talk.says("the layers fixed the first. the thinking is still there")
    assert talk.said is not None
    assert "thinking" in markdown(talk.said, "en").lower()
    assert talk.says("sweet, both gone").state.life == "solved"


def test_a_newer_error_is_what_further_facts_belong_to() -> None:
    newer = "journalctl says model requires more system memory (9.8 GiB) than is available (6.1 GiB)"
    said = _said(DOCKER, newer, "its a mini pc without gpu, 8gb")
    assert "Docker" not in said[2]


def test_an_error_in_a_talk_of_what_runs_is_answered() -> None:
    asked = "framework desktop ryzen ai max+ 395 128gb, what can it run? linux"
    assert _said(asked, "it says unable to allocate ROCm0 buffer")[1]


def test_the_same_is_not_said_twice() -> None:
    said = _said("vllm一启动就占了22g显存，模型才8b，正常吗，4090", "能少占点吗")
    assert said[0] != said[1]
    assert "--gpu-memory-utilization" in said[1]


OOBA = "oobabooga, exl2 5bpw of llama 3.3 70b on 2x3090, how much context"


def test_bits_per_weight_are_of_exllama_in_every_turn() -> None:
    said = _said(OOBA, "4.5bpw?", "and with q4 cache", "with 32k and q8 cache does it fit?")
    assert "EXL2 5.0bpw" in said[0]
    assert "EXL2 4.5bpw" in said[1]
    assert "EXL2 4.5bpw" in said[2]  # and no success
    assert "KV cache q4_0" in said[2]
    assert "context 32,768" in said[3]


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ("mistral small 24b exl3 at 4 bpw on a 5060 ti 16gb, how much context", "EXL3 4.0bpw"),
        ("qwen3 32b 4bpw 放进 3090 能开多少上下文", "EXL2 4.0bpw"),
    ],
)
def test_bits_per_weight_name_no_gguf(asked: str, holds: str) -> None:
    said = _said(asked)[0]
    assert holds in said
    assert "Q4_K_M" not in said


def test_cards_taken_back_with_their_number_leave_none() -> None:
    said = _said("can i run gpt-oss 120b on 2x 3060 + 96gb ram", "not 2x 3060, one 3060 and one 3090")
    assert "RTX 3060 + RTX 3090 (36.0 GiB)" in said[1]


def test_two_questions_with_one_answer_get_it_once() -> None:
    busy = "ollama serve on ubuntu: Error: listen tcp 127.0.0.1:11434: bind: address already in use"
    assert _said(busy, "so it's already running? how do i stop it")[1].count("systemctl stop ollama") == 1


LONG = (
    "kobold wont load with 32k ctx, rx 7900 xtx win11: ggml_vulkan: Device memory allocation of size 5368709120 failed."
)
VLLM = "vllm serve Qwen/Qwen3-14B-AWQ dies: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 512.00 MiB"


@pytest.mark.parametrize(
    ("before", "then", "holds"),
    [
        (LONG, "where do i change the context size", "--contextsize"),
        (LONG, "where's the log", "koboldcpp"),
        (LONG, "how do i update it", "Update koboldcpp"),
        ("lm studio 加载失败，win11", "日志在哪", "lms log stream"),
        ("lm studio 加载失败，win11", "上下文在哪改", "上下文长度"),
        (VLLM, "where is the log", "vLLM"),
        (VLLM, "how do i change the context", "--max-model-len"),
        (VLLM, "what does enforce_eager do", "CUDA graphs"),
        ("llama.cpp, rtx 3060, gemma 3 27b q4, slow", "what does -fa do there", "Flash attention"),
        ("llama.cpp, rtx 3060, gemma 3 27b q4, slow", "-nkvo 是什么意思", "RAM"),
        ("tabbyapi oom, 3090, qwen3 32b exl3", "cache_mode 是什么意思", "KV"),
    ],
)
def test_what_is_asked_of_the_program_in_hand_is_answered_for_it(before: str, then: str, holds: str) -> None:
    assert holds in _said(before, then)[-1]


def test_a_question_for_the_log_is_of_no_other_program() -> None:
    said = _said(LONG, "where's the log")[-1]
    assert "Open WebUI" not in said
    assert said.count("koboldcpp**") == 1  # its heading stands once


KV = (
    "ValueError: To serve at least one request with the model's max seq len (40960), 10.00 GiB KV cache is needed, "
    "which is larger than the available KV cache memory (3.18 GiB). Based on the available memory, the estimated "
    "maximum model length is 13024. Try increasing `gpu_memory_utilization` or decreasing `max_model_len`."
)


def test_what_an_engine_has_counted_is_not_contradicted_but_gone_on_with() -> None:
    said = _said(
        f"vllm serve Qwen/Qwen3-14B-AWQ on my 4070 ti super 16g: {KV}", "and with fp8 kv cache, how much context?"
    )
    assert "13024" in said[0]
    assert "something else is using the card" not in said[0]
    assert "26,048" in said[1]


SLOW_27B = "llama.cpp, rtx 3060 12gb, gemma 3 27b q4, 16k context, prompt processing takes forever"


@pytest.mark.parametrize(
    ("before", "then", "holds"),
    [
        (SLOW_27B, "prompt eval 38 t/s, eval 3.1 t/s", "is normal here"),
        (SLOW_27B, "would a 3090 be much faster?", "times as fast"),
        ("3090 24g 跑 qwen3 32b q4，现在25 token/s", "换成5090能快多少", "按你现在的 25 token/s 算"),
        ("3090 24g 跑 qwen3 32b q4 用 koboldcpp", "现在25 token/s，正常吗", "25 token/s 是正常的"),
        ("qwen3 14b q4 on a 3090, does it fit?", "it gives me 6 t/s. is that normal?", "too slow"),
        ("qwen3 32b q4 on a 3090, does it fit?", "would a 4090 be a lot faster?", "About as fast"),
    ],
)
def test_a_speed_is_judged_and_compared(before: str, then: str, holds: str) -> None:
    assert holds in _said(before, then)[-1]


def test_a_card_that_is_only_compared_is_none_that_the_author_has() -> None:
    said = _said(SLOW_27B, "would a 3090 be much faster?", "what about gemma 3 12b instead")[-1]
    assert "RTX 3060 (12.0 GiB)" in said
    assert "3090" not in said


ARCH = (
    "llama_model_load: error loading model: error loading model architecture: unknown model architecture: 'qwen3next'"
)
WSL = "vllm in wsl, 5070 ti, windows 11: RuntimeError: Found no NVIDIA driver on your system."
FLASH = "tabby crashes: ImportError: flash_attn_2_cuda.so: undefined symbol: _ZN3c105ErrorC2ENS_14SourceLocationENSt7"
DISK = "autodl: OSError: [Errno 28] No space left on device: '/root/.cache/huggingface/hub/models--Qwen--Qwen3-32B-AWQ'"


@pytest.mark.parametrize(
    ("before", "then", "holds"),
    [
        (f"llama.cpp from winget, {ARCH}", "version: 6121. is that too old?", "Too old: b6121"),
        (f"llama.cpp from winget, {ARCH}", "i have b7400", "b7400 is new enough"),
        (WSL, "step 1 says permission denied", "sudo"),
        (FLASH, "what happens if i just uninstall flash attn?", "a little slower"),
        (FLASH, "python 3.11, torch 2.8 cu128 btw", "python 3.11, torch 2.8, cu128"),
        (DISK, "怎么看还剩多少空间", "df -h"),
        (DISK, "需要多少g空间", "18.0 GiB"),
        (
            "laptop rtx 4050 6gb 16gb ram, what can i run?",
            "is it safe? like viruses",
            "GGUF and safetensors hold numbers",
        ),
        ("laptop rtx 4050 6gb 16gb ram, what can i run?", "downloaded. double clicking does nothing", "GGUF"),
        ("qwen3 14b q4 on a 3090, does it fit?", "how long does a reply take", "t/s"),
        ("3090 24g 能跑qwen3 14b q4吗", "行，就14b了，下载链接", "Hugging Face"),
        (
            "sillytavern: Error: connect ECONNREFUSED 127.0.0.1:5001",
            "safe to open the port in the firewall?",
            "Private",
        ),
    ],
)
def test_what_is_asked_of_a_step_or_of_models_is_answered(before: str, then: str, holds: str) -> None:
    assert holds in _said(before, then)[-1]


def test_a_step_that_was_done_is_not_told_again() -> None:
    first = 'ollama, 4060ti 16g，win10 全在cpu上: msg="no compatible GPUs were discovered"'
    said = _said(first, "nvidia-smi 能看到卡，驱动是 531", "更新完了，还是cpu")
    assert "Select-String" in said[1]
    assert "Select-String" not in said[2]


REFUSED = "ollama linux: model requires more system memory (9.1 GiB) than is available (7.4 GiB)"
EXIT = "lm studio, win11: Error loading model. (Exit code: 18446744072635812000). Unknown error."


@pytest.mark.parametrize(
    ("before", "then", "holds"),
    [
        (REFUSED, "3b then?", "Fits"),
        (EXIT, "tried that, still the same", "GPU Offload 0"),
        (
            "llama.cpp, qwen3 next 80b q4, 3060 12gb, 64gb ddr4, only 4 t/s, why so slow?",
            "llama-server -m qwen3-next-80b-q4_k_m.gguf -ngl 20 -c 32768",
            "--n-cpu-moe",
        ),
    ],
)
def test_what_is_tried_next_is_answered_with_what_is_known(before: str, then: str, holds: str) -> None:
    assert holds in _said(before, then)[-1]


def test_what_is_only_supposed_is_not_remembered_as_told() -> None:
    talk = Talk.opened(CLINIC).says("llama.cpp, qwen3 32b q4, 3060 12gb, 64gb ddr4, only 2 t/s, why so slow?")
    talk = talk.says("how much faster would it be with a 3090?")
    assert talk.state.told is not None
    assert talk.state.told.hardware["gpu"] == "RTX 3060"


PULL = "ollama 拉模型超时，dial tcp: lookup registry.ollama.ai: i/o timeout"
IDLE = "lm studio, rx 9070 xt, model loads on cpu only"


@pytest.mark.parametrize(
    ("before", "then", "holds"),
    [
        (PULL, "代理开了，浏览器能上", "HTTPS_PROXY"),
        (IDLE, "vulkan or rocm", "Ctrl+Shift+R"),
        (IDLE, "where's that menu", "Ctrl+Shift+R"),
        ("my 2x 3060 box, llama 3.3 70b q4, 64gb ram. does it fit?", "what if i add a 3090", "2 × RTX 3060 + RTX 3090"),
    ],
)
def test_what_is_around_and_what_is_chosen_is_no_success(before: str, then: str, holds: str) -> None:
    talk = Talk.opened(CLINIC).says(before).says(then)
    assert talk.state.life == "answered"
    assert talk.said is not None
    assert holds in markdown(talk.said, "zh" if before == PULL else "en")
