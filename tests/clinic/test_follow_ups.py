"""What is asked or told after an answer: the program, the use, where files lie, all of it on the card."""

import pytest
from shipped import CLINIC
from spoken import spoken

from bot.clinic.message import Message, Reply, Said


def _reply(before: str, then: str) -> Reply:
    return CLINIC.reply(Message(then, thread=(Said("asker", before),)))


@pytest.mark.parametrize(
    ("before", "then", "kind", "id_"),
    [
        ("what can i run on 10gb vram?", "mostly for coding", "fit", "table"),
        ("12g显存 32g内存 能跑什么模型", "平时聊天用", "fit", "table"),
        ("12g显存 32g内存 能跑什么模型", "linux 用什么软件", "fit", "loader"),
        ("平板打不开电脑上的酒馆", "config.yaml 在哪个文件夹", "howto", "st-files"),
        ("ollama 下载模型失败", "日志在哪里", "howto", "ollama-log"),
        ("mistral nemo 12b q4 is slow on my 4060 ti 16gb", "how can i put it all on the gpu?", "fit", "layers"),
    ],
)
def test_a_question_after_an_answer_is_answered_alone(before: str, then: str, kind: str, id_: str) -> None:
    found = _reply(before, then)
    assert found.follows
    assert (found.kind, found.parts[0].id) == (kind, id_)


def test_a_use_told_of_a_named_model_repeats_nothing() -> None:
    assert not _reply("can my 3060 12gb run mistral nemo 12b q4?", "for coding").follows


DOCKER = 'docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]].'
OOM = "koboldcpp, cydonia 22b q5, 3060 ti: cudaMalloc failed: out of memory"


@pytest.mark.parametrize(
    ("before", "then", "id_"),
    [
        (DOCKER, "nvidia-smi works fine on the host", "next"),
        (DOCKER, "how do i install that toolkit", "where"),
        (OOM, "how about a 12b then", "fits"),
        ("双3090能跑70b吗 128g内存", "那70b有什么推荐的", "models"),
        ("双3090能跑70b吗 128g内存", "exl3是什么", "term:exl3"),
        ("new here, how do I start with local models?", "laptop 4060, 16gb ram", "table"),
        ("6g显存的1660s 16g内存 能跑 qwen3 8b 吗", "那上下文呢", "context"),
        ("1080 ti, vllm: CUDA error: no kernel image is available", "what should i use instead?", "loader"),
        ("text generation webui doesn't start", "windows 11", "noted"),
        (OOM, "but i have 200gb free on D:", "noted"),
        (OOM, "is the npu any use?", "npu-use"),
        (OOM, "16k context ok?", "fits"),
        ("3060 12g 跑 qwen3 14b q6 太慢，koboldcpp", "上下文开到16k行吗", "fits"),
        (OOM, "what does paging file mean", "term:page-file"),
    ],
)
def test_every_message_that_tells_or_asks_something_is_heard(before: str, then: str, id_: str) -> None:
    found = _reply(before, then)
    assert found.follows
    assert found.parts[0].id == id_


def test_what_was_not_shown_is_not_gone_on_with() -> None:
    found = _reply("ROCm vs Vulkan for an rx 7900 xtx?", "on windows")
    assert "lost" not in str(found.answer)


@pytest.mark.parametrize(
    ("told", "between", "then", "said"),
    [
        ("32B Q4_K_M, 3060", ("how many layers then?",), "not 32b, 14b", "14B"),
        ("32B Q4_K_M, 3060", (), "it's a 3090 actually", "RTX 3090"),
        ("Qwen3 32B Q4_K_M, 3060", (), "it's a 3090 actually", "RTX 3090"),
        ("Qwen3 32B Q4_K_M, 3060", (), "not 32b, 14b", "Qwen3-14B"),
    ],
)
def test_what_is_corrected_after_an_error_is_computed_anew(
    told: str, between: tuple[str, ...], then: str, said: str
) -> None:
    error = "alloc_tensor_range: allocating 9218.00 MiB on device 0: cudaMalloc failed: out of memory"
    before = (f"koboldcpp, Win 11, {told}", error, *between)
    found = CLINIC.reply(Message(then, thread=tuple(Said("asker", text) for text in before)))
    assert found.parts[0].id == "koboldcpp-gpu-out-of-memory"  # corrected in place, with what fits now
    assert said in str(found.answer)
    assert "9.0 GiB" not in str(found.answer)  # what was to be allocated is no memory of the machine


def test_another_card_maker_changes_more_than_what_fits() -> None:
    error = "koboldcpp, Qwen3 32B Q4_K_M, 3060: ggml_backend_cuda_buffer_type_alloc_buffer: out of memory"
    assert _reply(error, "sorry, it's an rx 7800 xt").parts[0].kind == "diagnosis"


@pytest.mark.parametrize(
    "then", ["ok", "好嘞", "lol", "nice, downloading that", "行吧，太卡了我去用api", "thanks!", "晚安"]
)
def test_what_only_ends_the_talk_is_left_alone(then: str) -> None:
    assert _reply(OOM, then).kind == "silent"


@pytest.mark.parametrize(
    ("then", "id_"),
    [
        ("ok set it to 20 and it loads, but it's super slow", "plan"),
        ("did that, now it says: docker: unknown or invalid runtime name: nvidia", "docker-nvidia-runtime-unknown"),
    ],
)
def test_another_trouble_takes_the_place_of_the_one_that_is_over(then: str, id_: str) -> None:
    assert _reply(OOM, then).parts[0].id == id_


def test_what_was_said_already_is_not_said_again() -> None:
    start = "新手，想在自己电脑上跑ai聊天，不知道从哪开始"
    assert _reply(start, "用的windows 11").parts[0].id == "noted"


@pytest.mark.parametrize(
    ("before", "then", "memory"),
    [("显卡1060 3g 能玩不", "打错了 是6g的", "6.0 GiB"), ("m4 16g能跑qwen3 14b吗", "换成24g的机器呢", "24.0 GiB")],
)
def test_the_only_amount_of_a_correction_stands_for_the_only_one_told(before: str, then: str, memory: str) -> None:
    assert memory in str(_reply(before, then).answer)


def test_a_size_that_a_family_does_not_come_in_is_taken_alone() -> None:
    assert "gemma" in str(_reply("cydonia 22b q5 on a 3060 ti, will it run?", "how about a 12b?").answer)


def test_a_nickname_of_the_loader_finds_its_own_entry() -> None:
    log = "llama_model_load: error loading model: unable to allocate CUDA0 buffer"
    assert _reply("hi, kobold closes when I load mistral small 24b", log).parts[0].id == "koboldcpp-gpu-out-of-memory"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("llama-server 启动报 error: unknown argument: --flash-attn-on", "zh"),
        ("my bot writes 你好 at the end: error loading model", "en"),
    ],
)
def test_an_error_in_a_sentence_does_not_change_its_language(text: str, language: str) -> None:
    assert CLINIC.reply(Message(text)).language == language


@pytest.mark.parametrize(
    "then",
    [
        "updated the driver and it's on the gpu now, thank you!",
        "ah C: was full. freed some space and the install finished",
        "perfect, loads at 16k",
        "the oldpc one opens! thank you so much",
        "llama 3 instruct template fixed it!",
        "wsl is up, vllm installed, thanks",
        "git lfs pull did it. thanks!",
        "换成cu128之后好了，多谢",
        "魔搭可以，感谢",
        "cache_mode 改成 q4 就能加载了",
        "下了qwen3 8b，好多了",
        "lm studio能认出来，感谢",
    ],
)
def test_it_is_solved_in_many_words(then: str) -> None:
    found = _reply(OOM, then)
    assert found.kind == "silent"
    assert found.state == "solved"


@pytest.mark.parametrize(
    "then", ["nothing fixed it", "set it to 20, it still crashes", "设置了变量还是下到c盘", "重装了还是一样"]
)
def test_it_is_not_solved(then: str) -> None:
    found = _reply(OOM, then)
    assert found.state == "open"
    assert found.failed or found.parts[0].id == "noted"


def test_what_solved_it_corrects_nothing() -> None:
    thread = (Said("asker", "tabby, 70b 4.0bpw on 2x3090: Insufficient VRAM in split for model and cache"),)
    told = CLINIC.reply(Message("cache_mode 改成 q4 就能加载了", thread=thread)).told
    assert told.points["quant"] != "Q4"


def test_two_quantizations_asked_about_are_no_correction() -> None:
    found = _reply("what's the difference between q4_k_m and q4_k_s", "which one for 8gb vram and a 12b?")
    assert "Q4_K_M" in found.told.points["quant"]


@pytest.mark.parametrize(
    ("then", "id_"),
    [("what else can I try?", "next"), ("那怎么办", "next"), ("where in the file does that go?", "where")],
)
def test_more_is_told_on_request(then: str, id_: str) -> None:
    assert _reply(DOCKER, then).parts[0].id == id_


def test_nothing_is_noted_where_nothing_was_said() -> None:
    assert _reply("we had pizza yesterday", "win 11").kind == "silent"


def test_another_card_to_choose_from_is_no_correction() -> None:
    found = _reply("换显卡问问\n现在3060 12g，想换，预算4000", "二手3090怎么样")
    assert "3060" in str(found.answer)
    assert "3090" in str(found.answer)


def test_what_a_word_means_is_told_even_where_a_step_holds_it() -> None:
    found = _reply("koboldcpp closes by itself when loading a 24b q4 model, windows 11", "what does paging file mean?")
    assert found.parts[0].id == "term:page-file"


def test_a_second_trouble_of_the_same_message_is_answered() -> None:
    found = _reply("koboldcpp says port 5001 in use", "ok that one's fixed. 2) the model writes gibberish")
    assert found.state == "open"
    assert found.parts[0].kind == "quality"


def test_a_wish_under_a_title_that_the_knowledge_answers_is_answered() -> None:
    assert CLINIC.reply(Message("想让局域网其他电脑用我的ollama", title="ollama 远程访问")).kind == "howto"


@pytest.mark.parametrize("then", ["懂了，买3090", "行，谢谢", "那就买3090"])
def test_a_choice_that_is_made_is_no_solution(then: str) -> None:
    found = _reply("换显卡问问\n现在3060 12g，想换，预算4000", then)
    assert (found.kind, found.state) == ("silent", "open")


METAL = "error: Insufficient Memory (00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)"


def test_the_memory_of_a_chip_is_all_that_a_failing_machine_has() -> None:
    told = Message("macbook pro m3 max 36gb, llama.cpp, llama 3.3 70b q3_k_m crashes", attachments=(METAL,))
    answer = str(CLINIC.reply(told).answer)
    assert "does not fit this machine" in answer
    assert "860" not in answer  # of RAM that nobody has


@pytest.mark.parametrize(
    ("before", "then", "memory"),
    [
        (("两张3090能跑qwen2.5 72b q4吗，64g内存",), "那换成3张呢", "3 × RTX 3090"),
        (("70b q4 on a rtx 4090, 64gb ram?",), "what if i had three of them", "3 × RTX 4090"),
        (("70b q4 on a rtx 4090, 64gb ram?",), "and with a 3090 as the second card?", "RTX 4090 + RTX 3090"),
        (
            ("70b q4 on a rtx 4090, 64gb ram?", "what if i add a second 4090"),
            "and with just a 3090 as the second card?",
            "RTX 4090 + RTX 3090",
        ),
        (("70b q4 on a rtx 4090, 64gb ram?",), "what if i add a second 4090", "2 × RTX 4090"),
    ],
)
def test_further_cards_are_counted_as_they_are_told(before: tuple[str, ...], then: str, memory: str) -> None:
    found = CLINIC.reply(Message(then, thread=tuple(Said("asker", text) for text in before)))
    assert memory in str(found.answer)


TWO = (
    "1. koboldcpp says out of memory with a 24b q5 on a 4070 12gb. 2. sillytavern can't connect to it afterwards. win11"
)
VLLM = "3090, vllm, Qwen3-14B-AWQ: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.16 GiB"
MAC = f"m3 max 36gb, llama.cpp, llama 3.3 70b q3_k_m crashes. {METAL}"
REFUSED = "sillytavern: ECONNREFUSED 127.0.0.1:5001, koboldcpp on win11"
THINKING = "how do i turn off thinking in qwen3 with llama.cpp server?"


@pytest.mark.parametrize(
    ("before", "then", "said"),
    [
        ((TWO,), "first one is solved, lowered the layers. second still happens", "does not connect to the loader"),
        ((VLLM,), "how many layers should i offload then?", "has no GPU layers"),
        ((VLLM,), "is lowering --gpu-memory-utilization going to make it slower?", "share of the card"),
        ((MAC, "how do i raise the vram limit"), "is that safe?", "macOS"),
        ((MAC, "how do i raise the vram limit"), "does it survive a reboot", "Run the same command once"),
        ((REFUSED,), "it's back after a restart", "knocked at the address"),
        ((THINKING,), "and in ollama?", "/set nothink"),
        ((THINKING,), "does that make it dumber", "I do not know for sure"),
        (("gpt-oss 20b on a 3060 with 32gb ram?",), "which command do i use with llama.cpp", "gpt-oss-20b-MXFP4.gguf"),
        (
            ("windows 11, ollama serve: Error: listen tcp 127.0.0.1:11434: bind: address already in use",),
            "second thing: models go to C: and its full, how do i move them to D:",
            "OLLAMA_MODELS",
        ),
        (
            ("2x3090, exl2 4.25bpw qwen2.5 72b, tabbyapi. torch.cuda.OutOfMemoryError: CUDA out of memory.",),
            "cache_mode is already Q4",
            "split",
        ),
    ],
)
def test_what_is_asked_back_is_answered_from_what_stands_in_the_thread(
    before: tuple[str, ...], then: str, said: str
) -> None:
    found = CLINIC.reply(Message(then, thread=tuple(Said("asker", text) for text in before)))
    assert said in str(spoken(found.answer))


def test_what_is_only_near_a_question_is_not_told_beside_a_failure() -> None:
    error = "llama-server: CUDA error: CUDA driver version is insufficient for CUDA runtime version"
    found = CLINIC.reply(Message("显示470，要升到多少", thread=(Said("asker", f"1080ti ubuntu {error}"),)))
    assert "拿不准" in str(spoken(found.answer, "zh"))


@pytest.mark.parametrize(
    ("then", "state"), [("perfect, 12b runs. thank you so much", "solved"), ("升完黑屏了！！", "open")]
)
def test_a_trouble_is_no_success_and_thanks_are(then: str, state: str) -> None:
    assert _reply(OOM, then).state == state


@pytest.mark.parametrize(
    ("before", "then", "said"),
    [
        (("qwen3 14b q4_k_m on an rtx 2060, koboldcpp, 32gb",), "it's the 12gb version of the 2060", "12.0 GiB"),
        (("macbook air m2 16gb, what can i run?",), "what about a mac studio m4 max 64gb instead", "M4 Max, 64.0 GiB"),
        (("how do i let my phone use lm studio on the pc?",), "is that safe", "At home yes"),
        (
            ("ollama create fails with my qwen3 8b q4_k_m, m4 16gb: failed to read magic",),
            "how big should it be?",
            "4.7 GiB",
        ),
        (
            ("vllm, 2x 4060 ti, Qwen3-32B-AWQ: ValueError: No available memory for the cache blocks.",),
            "max-model-len is at 4096 already",
            "step 2",
        ),
        (
            ("should i use koboldcpp or llama.cpp? 7900 xtx",),
            "ok llama.cpp. what's the command for qwen3 8b",
            "llama-server",
        ),
    ],
)
def test_what_is_put_right_or_asked_of_it_is_answered_anew(before: tuple[str, ...], then: str, said: str) -> None:
    found = CLINIC.reply(Message(then, thread=tuple(Said("asker", text) for text in before)))
    assert said in str(spoken(found.answer))


def test_another_model_is_no_failure_of_the_advice() -> None:
    error = "ollama run qwen3:32b: model requires more system memory (24.1 GiB) than is available (11.2 GiB)"
    assert not _reply(error, "那还是换14b吧").failed
