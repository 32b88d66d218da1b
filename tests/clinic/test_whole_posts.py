"""Whole help posts about what fits: the decisive fact first, each question answered, nothing read that is not there."""

import re

import pytest
from replied import reply, said
from shipped import CLINIC

from bot.clinic.message import Message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # what is asked beside what fits
        (
            "New to this. Gaming laptop with a 4070, 32gb of ram, I want a chatbot for homework. Do I need linux? "
            "Which model should I take? And will it damage my laptop?",
            ["Begin with", "Windows is fine", "harms nothing"],
        ),
        ("3060 12g 32g内存 推荐什么模型 另外gpu层数填多少层", ["建议先试", "拉满"]),
        ("16g内存想跑70b 固态当内存用行不行", ["跑不了", "固态一秒"]),
        ("预算8000 主要跑酒馆和comfyui a卡n卡怎么选", ["N 卡最省心"]),
        # cards that are weighed: with those that are there, the power supply, what holds the wanted model
        (
            "I have a 3060 12gb and a 600W psu. Used 3090s are $700, 5060 ti 16gb is $430. Which one for LLMs?",
            ["RTX 3060 + RTX 3090 make 36.0 GiB", "your 600 W is tight"],
        ),
        ("5070 ti or 2x 5060 ti 16gb to run 70b models?", ["runs split either way", "2 × RTX 3090"]),
        ("MI50 32g 还是 2080ti 22g 哪个好", ["ROCm 已经不支持"]),
        ("two v100 32gb sxm2 or a 3090 for llms, which one?", ["CUDA 13"]),
        # RAM
        ("5090 with 96 or 192gb of ddr5 ram, want to run qwen3 235b", ["runs from 128 GB on", "two sticks"]),
        ("4060 8g 内存升级到64g有用吗 想跑qwen3.6 35b a3b", ["内存从 24G 起"]),
        # how fast: by the RAM, against what was told, and what a wish takes
        ("Qwen3-235B-A22B Q3 on 2x 3090, 128gb ddr4 3200, 4.5 t/s, is that normal?", ["normal here", "44–51 GB/s"]),
        ("llama 3.2 3b on an android phone with 6gb ram, 1 token in 40 seconds. is that normal?", ["memory is full"]),
        ("how can i get 300 t/s with qwen3:30b, which gpu?", ["RTX 5090", "300 t/s"]),
        # several users, two computers, a context that is asked for
        (
            "Llama-3.3-70B in vLLM for 5 people with 128k context, how much vram do I need?",
            ["40.0 GiB", "200.0 GiB"],
        ),
        ("can i combine my desktop (3080 10gb) and my macbook m2 pro 16gb to run a 32b?", ["only over the network"]),
        ("4090+64g内存 上下文128k就爆显存 qwen3-32b q4 怎么办 开kv量化有影响吗", ["减半", "按我的估算"]),
    ],
)
def test_every_part_of_a_post_is_answered(text: str, expected: list[str]) -> None:
    found = said(text)
    assert [each for each in expected if each not in found] == []


@pytest.mark.parametrize(
    "text",
    [
        "thinking of selling my 4070 ti super for a 7900xtx, only for LLMs. good idea or will i regret it",
        "we want 20 people at work to use a local coding model on one RTX Pro 6000 96GB. which model, which server?",
    ],
)
def test_what_is_weighed_is_answered(text: str) -> None:
    assert reply(text).kind == "fit"


def test_nothing_is_called_so_many_times_as_fast_that_does_not_run() -> None:
    assert not re.search(r"(?:is|about) 0\.0 times", said("5070 ti or 2x 5060 ti 16gb to run 70b models?"))


def test_the_value_of_an_option_is_no_version_that_worked() -> None:
    command = "vllm serve Qwen3-32B-AWQ --tensor-parallel-size 2 --gpu-memory-utilization 0.9 --max-model-len 4096"
    assert "0.9" not in said(f"两张3090 是否显存不足 总是提示显存不足\n{command}").replace(command, "")


def test_the_limits_of_a_machine_are_not_the_sizes_it_is_offered() -> None:
    found = said("m3 ultra mac studio with 256gb, which model should I run?")
    assert "Qwen3.5-397B-A17B" in found


def test_a_smaller_one_that_fits_whole_is_named() -> None:
    found = said("翻译galgame用sakura 14b 我是6600xt 8g 有没有更小的")
    assert "同系列里放得下的：Sakura-7B" in found


def test_a_model_published_in_eight_bits_is_not_counted_in_sixteen() -> None:
    assert "Q8_0" in said("内存640GB 一张L40 48G 能跑非量化的满血deepseek r1 671b吗")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("should i buy a 96GB RAM macbook with an m5 max for 70B models, or keep my 4090?", ["M5 Max | 96.0 GiB"]),
        ("I have 2x P40 and could add a 3090, or another P40, for 70b", ["2 × Tesla P40 + RTX 3090", "3 × Tesla P40"]),
        ("second hand 3060 12gb to add to my 3060 12gb, or 64gb ddr4? I use 24b models for rp", ["2 × RTX 3060"]),
        ("dual 3090 or m4 max 128gb, which is faster with long prompts?", ["Long prompts are read by computing power"]),
        ("cheapest way to get 48gb of vram in 2026?", ["2 × RTX 3090, used"]),
        ("有个1080ti 11g和新买的5060ti 16g 插一起跑30b有意义吗", ["27.0 GiB"]),
        ("4x a100 40g, deepseek v3.2 possible? what instead?", ["DeepSeek-V4-Flash-0731"]),
        # What a context takes is counted, of models that people run or of the one that is named.
        ("128k context 需要多少显存", ["上下文要占多少显存", "128k", "Llama-3.3-70B-Instruct | 2.5 GiB | 40.0 GiB"]),
        ("how much vram for qwen3 8b with 64k context", ["64k tokens of context take 9.0 GiB", "4.8 GiB with q8_0"]),
        # A large model in slow memory crawls: a mixture comes first there.
        ("ryzen 7840hs 780m 32gb ram what can i run", ["Begin with gemma-4-26B-A4B"]),
        # What the processor's graphics borrow is assumed like other RAM.
        ("amd ryzen 7840hs 780m igpu llm", ["16.0 GiB shared", "You did not tell the RAM: I took 16 GB"]),
        ("glm 4.5 air 64gb ram 24gb vram", ["Yes, split", "GLM-4.5-Air"]),
        ("gemma 3 27b qat 16gb", ["gemma-3-27b-it-qat"]),
        ("deepseek v3 quant for 512gb ram", ["DeepSeek-V3"]),
        ("translate japanese novels locally, 16gb vram", ["Begin with"]),
        ("dual E5-2680v4 server with 256gb ddr4, no gpu, what is the biggest model?", ["Begin with Qwen3.6-35B-A3B"]),
        ("iq3_xxs of a 70b or q5 of a 32b on 2x 4060ti 16gb?", ["IQ3_XXS", "Q5_K_M"]),
        ("4060ti16g 内存32g 想让模型看完一本30万字小说 用哪个模型", ["一次读不完"]),
        ("我4090跑qwen3.6 27b有28t/s 换vllm会快多少", ["单人聊天换 vLLM 快不了多少"]),
        ("is 16gb enough for flux and a 12b llm at once? 4080, 64gb ram", ["Pictures beside it"]),
        ("Building an LLM rig for a law firm, budget $8000. What would you buy?", ["For $8000"]),
    ],
)
def test_what_an_expert_says_first_is_said(text: str, expected: list[str]) -> None:
    found = said(text)
    assert [each for each in expected if each not in found] == []


def test_several_contexts_may_be_told_one_of_them_in_millions() -> None:
    assert reply("MiniMax-M1 上下文1M 8卡H20 够吗，还是只能开上下文128k").kind == "fit"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        # what is computed of what was told goes before first checks for everybody
        (
            "AI MAX+ 395 with 128GB, Fedora. I can't get gemma 4 31b q4_k_m to run at more than 11 t/s. It is slow. "
            "What else could I do to improve that number?",
            "11 tokens/s is normal",
        ),
        # a memory that is too full is why it goes wrong
        (
            "Mac Mini M4 Pro with 24GB. LM Studio with QwQ 32B 4-bit, context 4096: the system freezes when it loads "
            "and I have to do a hard reset",
            "Too much for this memory",
        ),
        (
            "M4 Max, 64 GB unified memory: gemma 4 31B Q8_0 in LM Studio with context length 262144, the memory keeps "
            "growing and it becomes unresponsive",
            "Set the context to 32,768",
        ),
        # one of two models is weighed, and nothing is slow; a mixture loses little by lying in RAM
        (
            "12GB RTX 5070 and 32 GB of RAM. Qwen3.5 9B gives 80 tok/s. Would Qwen3.6 35B A3B with the experts in RAM "
            "be slower, and is it worth switching?",
            "Take Qwen3.6-35B-A3B",
        ),
    ],
)
def test_what_was_told_is_answered_before_what_holds_for_everybody(text: str, first: str) -> None:
    assert first in said(text)[:420]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # what a further card brings: before and after
        (
            "I have a 3090 and 64gb ddr5. would a second 3090 make gpt-oss-120b faster?",
            ["runs split either way", "times as fast"],
        ),
        (
            "两个4090，显存48G，内存440G (DDR4)跑Deepseek R1 Q4_K_M，比单个4090和440G内存输出更快吗？",
            ["也快不了多少", "内存带宽"],
        ),
        # what a program or a quantization does not do on the told card
        ("Does vLLM support the V100? Can it run on two of them?", ["Not with today's vLLM"]),
        ("4090能跑Qwen3.6-27B NVFP4吗", ["只有 Blackwell"]),
        # a question of the title, and what it calls "this"
        (
            "Raspberry Pi AI HAT+ 2 delivers 40 TOPS\n\nHi! I have a Pi5 and the HAT. Do you think this could be a "
            "viable option for a local LLM setup?",
            ["Hardly: the AI HAT+ 2"],
        ),
        ("Cline ignores my task with a local model: it answers as if I had given none. ollama, deepseek-r1", ["64k"]),
    ],
)
def test_an_expert_s_decision_is_there(text: str, expected: list[str]) -> None:
    found = said(text)
    assert [each for each in expected if each not in found] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How much memory is required to run Qwen3.6-35B-A3B? 32GB of RAM isn't enough?", ["It takes about 2"]),
        ("what runs on an M4 with 16GB? and what about a mac mini m4 pro 24gb?", ["M4, 16.0 GiB", "M4 Pro, 24.0 GiB"]),
    ],
)
def test_amounts_and_machines_that_were_asked_for_are_answered_one_by_one(text: str, expected: list[str]) -> None:
    found = said(text)
    assert [each for each in expected if each not in found] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # what is left of the memory is not what there is of it
        ("gemma 3 27b q4_k_m on a 4090, 20k context: only about 1 GB of VRAM left. is that normal?", ["(24.0 GiB)"]),
        # whoever tells how fast it is has RAM enough
        ("4090 跑 DeepSeek-R1 671b Q4，只有6-7 token/s，正常吗", ["384.0 GiB 内存"]),
        # what is wished for is not what one has
        ("GLM 4.7 at home, at least 10 tokens per second? 9950X, 128gb ddr5, a 5090", ["GLM-4.7"]),
        # of a small model and a large one the large is slow
        ("M4 24GB, ollama is so slow with qwen3-4b, and with qwen3-14b as well. how can I fix it?", ["Qwen3-14B"]),
        # one card alone beside both
        (
            "I have a 3090 and a GTX 1080 8GB. can I use both together for Qwen3.6-27B Q6, or does it slow down?",
            ["RTX 3090 + GTX 1080"],
        ),
    ],
)
def test_what_was_told_is_not_taken_for_something_else(text: str, expected: list[str]) -> None:
    found = said(text)
    assert [each for each in expected if each not in found] == []


def test_a_speed_that_is_wished_for_is_not_called_normal() -> None:
    assert "normal" not in said("GLM 4.7 at home, at least 10 tokens per second? 9950X, 128gb ddr5, a 5090")


@pytest.mark.parametrize(
    ("text", "first", "expected"),
    [
        # whole on the card: how fast it should be, and where to look
        ("my 3090ti 64gb is very slow with Qwen3.5-35B-A3B Q4, 15 tokens per second. why?", "is too slow", ["3090 Ti"]),
        ("ollama很慢，3090跑qwen3:14b，怎么回事", "整个放得下", ["ollama ps", "num_ctx"]),
        ("qwen3-14b is so slow in ollama on my M4 mac with 24gb, what is wrong?", "It fits whole", ["pressure"]),
        # split: that is the reason, though the program has no command of its own for it
        (
            "only 2 tokens per second with Meta-Llama-3-70B-Instruct-Q5_K_M.gguf in oobabooga, 4090 + 4080, 64gb ddr5. "
            "why so slow?",
            "does not fit into the VRAM",
            ["normal here"],
        ),
        # the processor alone
        (
            "I have 64G mem, cpu is avx2, run qwen1.5-7B-chat.gguf, cpu load 3000% and generate very slow",
            "processor",
            [],
        ),
        # the card that was there before is gone
        (
            "RTX 4050 6gb, 16gb ram, ministral 8b is very slow. I had an RTX 2060 6gb with the same model, no problem",
            "fits whole",
            ["RTX 4050 Laptop (6.0 GiB)"],
        ),
    ],
)
def test_what_is_slow_is_told_how_fast_it_should_be(text: str, first: str, expected: list[str]) -> None:
    found = said(text)
    assert first in found.split("\n")[0]
    assert [each for each in expected if each not in found] == []


@pytest.mark.parametrize(
    ("text", "expected", "others"),
    [
        ("so which gemma can i run on my 3060", ["gemma-4-12B-it", "gemma-4-E4B-it"], ["Qwen"]),
        ("5090 32G，64G内存，最多能跑哪个 Qwen 模型？", ["Qwen3.8-27B", "Qwen3.6-35B-A3B"], ["gemma"]),
    ],
)
def test_of_a_family_its_models_are_shown(text: str, expected: list[str], others: list[str]) -> None:
    found = said(text)
    assert [each for each in expected if each not in found] + [each for each in others if each in found] == []


def test_thanks_around_a_question_of_what_fits_do_not_silence_it() -> None:
    text = "请问本地推理deepseek r1需要多少硬件资源？\n\n你好，deepseek是非常棒的工作！\n请问需要多少显存？\n谢谢！"
    found = CLINIC.reply(Message(text, where="forum"))
    assert found.kind == "fit"


def test_what_a_driver_leaves_out_of_a_card_is_not_missing() -> None:
    assert "我按你写的" not in said("4090（24564MiB）跑 qwen3 32b 行吗，64g内存")


@pytest.mark.parametrize(
    ("text", "first", "expected"),
    [
        ("vllm跑qwen2.5-7b-awq总是oom，A10 24G", "按理放得下", ["--max-num-seqs"]),
        ("can't load llama 3.3 70b q4_k_m on 2x 3090, it fails every time", "should fit", ["nvidia-smi", "131,072"]),
    ],
)
def test_a_full_memory_is_told_that_it_should_fit(text: str, first: str, expected: list[str]) -> None:
    found = said(text)
    assert first in found.split("\n")[0]
    assert [each for each in expected if each not in found] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a program that serves many: how many, by its own memory
        ("用vLLM跑qwen3-14b，4张4090，大概能支持多少人并发？", ["同时跑", "BF16"]),
        # a program that cannot do what the plan asks for
        ("ollama跑deepseek v3，512g内存，2张4090，每秒多少token", ["ollama 不能只把专家放内存"]),
        ("oobabooga with Llama-3.3-70B Q4_K_M on a 3090 and 64gb ram, how many layers?", ["set the same layers"]),
    ],
)
def test_the_named_program_is_planned_for(text: str, expected: list[str]) -> None:
    found = said(text)
    assert [each for each in expected if each not in found] == []


@pytest.mark.parametrize(
    ("text", "expected", "others"),
    [
        # one more of the same is two
        ("just got a second 5060 ti 16gb, can I now run 70b q4?", ["2 × RTX 5060 Ti"], []),
        # what each of several needs
        ("what are the minimum requirements for llama 3 8b and llama 3 70b?", ["8 GB (", "48 GB"], []),
        ("how much vram: deepseek r1 8b vs qwen3 8b?", ["DeepSeek-R1-", "Qwen3-8B Q4_K_M | 4.7 GiB"], []),
        # a chip that shares its memory is no Mac
        (
            "evo-x2 ai max+ 395 128gb on fedora, 9 t/s with Qwen3-Coder-30B-A3B Q8, so slow. why?",
            ["mmap"],
            ["Activity"],
        ),
        # a program that serves, for a quantization that files for others have as well
        ("vllm with Qwen3.6-27B-NVFP4 on a 4090, does it fit?", ["vLLM"], ["koboldcpp.exe"]),
        # several people
        ("一台3090跑qwen3.6 27b给宿舍四个人同时用，够吗", ["4 人"], []),
    ],
)
def test_several_of_a_kind_are_counted(text: str, expected: list[str], others: list[str]) -> None:
    found = said(text)
    assert [each for each in expected if each not in found] + [each for each in others if each in found] == []


def test_what_a_question_quotes_is_no_log() -> None:
    text = "laptop 4070 8gb, 32gb ddr5. LM Studio says 'likely too large' for gpt-oss 20b. can I still run it?"
    found = said(text)
    assert "gpt-oss-20b" in found
    assert not found.startswith("**I do not know")


def test_what_a_program_asks_of_its_user_is_no_advice() -> None:
    text = (
        "手机连酒馆提示forbidden\nForbidden: Connection attempt from 192.168.1.23. If you are attempting to connect, "
        "please add your IP address in whitelist or disable whitelist mode in config.yaml"
    )
    assert CLINIC.reply(Message(text, where="forum")).parts[0].id == "st-whitelist-forbidden"


@pytest.mark.parametrize(
    ("post", "title", "first"),
    [
        ("model got dumber since I updated koboldcpp to 1.105", "When it writes", "go back to the version before"),
        ("every message ends with <|eot_id|>assistant", "Template marks", "SillyTavern"),
        (
            "Why does qwen3 write all its reasoning into the chat in sillytavern, I just want the reply",
            "thoughts stand in the reply",
            "Auto-Parse",
        ),
        ("GLM 4.5 air: never stops thinking, 3000 tokens of thoughts for hi", "thinking lasts too long", "GLM-4.5"),
        ("/no_think doesn't work anymore with qwen3.5", "thinking lasts too long", "no longer obey /no_think"),
        (
            "turns into random symbols after a few hundred tokens, exl2 4bpw of a 70b, cache Q4",
            "nonsense once the text is long",
            "KV cache of 4 bits",
        ),
    ],
)
def test_a_fault_of_the_text_is_met_where_it_lies(post: str, title: str, first: str) -> None:
    whole = said(post)
    assert title in whole.splitlines()[0]
    assert first in whole.split("\n2. ")[0]


def test_the_temperature_of_a_card_is_no_sampler() -> None:
    assert "功耗" in said("gpu 温度 85 度正常吗 跑模型的时候")
    assert "Temperature 1.5 is too high" in said("temperature 1.5 with qwen3, ok?")


def test_the_ram_that_was_taken_is_the_ram_that_is_told() -> None:
    whole = said("我的模型回复特别慢 3060 12g 跑的 32b")
    assert "48.0 GiB 内存" in whole
    assert "我按 48G 算" in whole


@pytest.mark.parametrize(
    "text", ["can my rtx 3060 run deepseek", "8g显存能跑deepseek吗", "deepseek r1 on an rtx 4060 laptop, 32gb ram?"]
)
def test_a_family_s_name_is_asked_of_those_that_run(text: str) -> None:
    """Who asks for DeepSeek at home means one that a home computer runs; the full one is named with its size."""
    found = said(text)
    assert "DeepSeek-R1-0528-Qwen3-8B" in found
    assert "376.7 GiB" in found
    assert found.startswith(("**Yes", "**能"))


def test_the_full_one_is_not_replaced() -> None:
    assert said("can my rtx 3060 run deepseek v3 671b?").startswith("**No")


def test_what_a_model_needs_is_computed_before_it_is_explained() -> None:
    found = said("How much vram do I need for glm 4.5 air at q4 with 32k context?")
    assert found.startswith("**What GLM-4.5-Air")


@pytest.mark.parametrize(
    ("text", "expected", "others"),
    [
        # what was used before is not what is asked for
        (
            "4090 + 96GB DDR5, what's the best model for creative writing right now? I've been on Mistral Small 3.2 "
            "and old midnight miqu 70b IQ2.",
            ["begin with"],
            ["Midnight"],
        ),
        # what trains on a card, in whatever words; laptops weighed for it
        ("单卡16G显存的4060Ti能训练吗？想从头训练或者微调一下大语言模型，了解一下过程", ["QLoRA"], ["一键包"]),
        (
            "RTX 5070 Ti laptop (12GB) or one with a 5070 laptop (8GB)? I'd like to fine tune small models too. "
            "Which one is better?",
            ["Take the RTX 5070 Ti", "QLoRA"],
            [],
        ),
        # the cache's bits are none of the weights'
        (
            "Q5_K_M with q8 KV cache or Q4_K_M with f16 KV on 24GB?\n\nQwen3.6-27B on a 7900 XTX. What hurts more?",
            ["Take Qwen3.6-27B Q5_K_M", "A q8_0 KV cache"],
            ["Qwen3.6-27B F16"],
        ),
        # how long one waits, how quiet it can be, whether so large a model is needed
        ("M3 Ultra 512GB with GLM-4.7 Q4_K_M, how long until the first token with 64k context?", ["64k tokens"], []),
        ("3090 or 5060 ti 16gb for qwen3.6 27b? the pc is in my bedroom, noise matters", ["-pl 280"], []),
        ("公司10个人用，显卡选5090还是4090 48G？需要上70B吗？", ["不用上 70B"], ["Anubis"]),
        # as good as each other: whose programs are less trouble
        ("24B角色扮演，7900XTX、5070Ti还是3090？", ["更省心"], ["约 1.0 倍"]),
        # a family without version or size: the largest that is quick; and what people take today
        ("Mac 32G内存，可以跑哪个model？我想用ollama架设DeepSeek-Coder", ["V2-Lite", "现在做这个一般用"], ["1.3b"]),
        # how fast a server writes to one
        ("双卡2080ti 22g，vllm跑qwen3.8 27b fp8多少token/s算正常？", ["单个对话约"], []),
    ],
)
def test_what_a_post_cares_for_is_told(text: str, expected: list[str], others: list[str]) -> None:
    found = said(text)
    assert [each for each in expected if each not in found] + [each for each in others if each in found] == []


@pytest.mark.parametrize(
    ("text", "kind", "expected", "others"),
    [
        # a machine told beside a question of something else
        ("temp 85c on my 3090 while generating, is that bad?", "howto", ["-pl 250"], ["What runs on"]),
        ("手机拍一张发上来行吗", "howto", ["截图"], []),
        ("exl3 vs gguf for 24gb", "howto", ["EXL3", "GGUF"], ["Which quantization"]),
        # a format and a card, and no model: the program that reads it, or why none does
        ("run exl3 on a 5060 ti, windows", "fit", ["tabbyAPI"], []),
        ("AWQ on a tesla p40?", "fit", ["Take a GGUF"], ["SGLang."]),
        ("V100 32G 跑 GPTQ 用transformers 行吗", "fit", ["换 GGUF"], []),
        # training, with a size and no more
        ("finetune 7b on 3060", "fit", ["QLoRA"], ["--gpulayers"]),
        ("Fine Tune Qwen3 235B, how much VRAM do I need? 4bit is enough", "fit", ["138 GB"], []),
        # what is wanted, and nothing that goes wrong
        ("想搭一个客服机器人，回答我们产品的问题，有4090", "fit", ["建议先试"], ["采样器"]),
        # a second of what is there; what is free of it
        ("does a second 3060 make it faster", "fit", ["2 × RTX 3060"], []),
        ("i have 12gb vram and it says 6.0gb available, which model?", "fit", ["12.0 GiB of VRAM"], ["6.0 GiB of RAM"]),
        ("is the $5000 m5 macbook faster than the $3000 framework desktop?", "fit", ["Ryzen AI Max"], ["Quadro"]),
    ],
)
def test_a_machine_is_told_for_something(text: str, kind: str, expected: list[str], others: list[str]) -> None:
    reply = CLINIC.reply(Message(text, where="forum"))
    found = str(reply.answer)
    assert reply.kind == kind
    assert [each for each in expected if each not in found] + [each for each in others if each in found] == []


@pytest.mark.parametrize(
    ("text", "expected", "others"),
    [
        # a mixture beside a dense model of the same family: what tells them apart, and how the better one is started
        (
            "Qwen3.6 35B A3B or 27B dense on a 3090 for coding? is the difference worth the wait?",
            ["Take Qwen3.6-27B", "Of a mixture (MoE)", "Start it"],
            ["Qwen3.8-27B"],
        ),
        # stories in Chinese
        ("3090 24G 内存64G，写中文网文用哪个模型好？有点成人内容", ["写中文用 Qwen"], ["建议先试 Cydonia"]),
        # bought for another model than what runs
        (
            "RTX 5080 16GB, 64GB DDR4. I run Qwen 35B A3B at Q6 and want to reach dense Gemma 4 31B. Weighing: a 5090, "
            "an R9700, a Strix Halo 128GB box. What makes sense?",
            ["gemma-4-31B-it"],
            ["Speed by Qwen"],
        ),
    ],
)
def test_the_pick_says_why(text: str, expected: list[str], others: list[str]) -> None:
    found = said(text)
    assert [each for each in expected if each not in found] + [each for each in others if each in found] == []


def test_who_asks_why_a_speed_is_low_is_answered() -> None:
    text = (
        "Slow Speed Issue\n\nHi, I am running the same test in Mac Mini M4 Pro 64GB with MLX but my result is much "
        "lower than what others observed on an M3 Max! 33TPS vs 23TPS, Meta-Llama-3.1-8B-Instruct-4bit. Do you have "
        "any idea why my results are low ? Thanks"
    )
    found = CLINIC.reply(Message(text, where="forum"))
    assert found.answer is not None
    assert "273 GB/s" in str(found.answer)
