"""Whole posts about what fits: two programs, card generations, prices, several people, told speeds, experts in RAM."""

import pytest
from replied import said
from shipped import CLINIC

from bot.clinic.message import Message


@pytest.mark.parametrize(
    ("text", "expected", "others"),
    [
        # two programs for a model on a machine: for one chat, for many, where only one of them runs it
        (
            "Will using vllm with a 4090 get faster results than ollama? I send single requests. Model is qwen3 14b.",
            ["For one chat at a time vLLM is hardly faster"],
            [],
        ),
        (
            "公司有台双3090的机器，想给部门10个人用，跑qwen3.6 27b。ollama和vllm该用哪个？",
            ["用 vLLM", "10 个人用", "--tensor-parallel-size 2"],
            ["SGLang。"],
        ),
        (
            "2x5090 and 256GB of RAM, GLM 4.6 Air for coding: vLLM or llama.cpp, and what speed?",
            ["GLM-4.5-Air", "“GLM 4.6 Air”"],
            [],
        ),
        # what a generation of cards reads
        ("Qwen3-VL-235B-A22B-Thinking-FP8 on 4x A100, does fp8 run there?", ["storage only"], ["does not start"]),
        ("单卡v100-32g跑qwen3.6-27b-awq够吗", ["别用 AWQ", "Q4_K_M"], ["vllm serve"]),
        (
            "2080Ti 22G，Qwen3.6-27B有FP8、AWQ、GPTQ-Int4、GGUF版本，该下哪个",
            ["20 系不用下 FP8", "Q4_K_M"],
            [],
        ),
        # a speed that is told, and one that is asked about beforehand
        (
            "4 卡 16GB V100 跑 qwen2.5-32b-instruct-gptq-int4，80token/s，速度正常吗？",
            ["80 token/s 是正常速度"],
            ["上限 45"],
        ),
        ("Mac mini M4 16G想跑qwen3.5 9b，慢不慢", ["能跑"], ["拖慢"]),
        (
            "gpt-oss-120b on a Ryzen AI Max+ 395 with 128GB: 9 tokens/sec, is that normal?",
            ["the memory is not the reason"],
            ["the memory is full"],
        ),
        # what is bought: for several people, at told prices, for what is given up, two computers as one
        (
            "Budget 5k euros for our 20 employees to ask questions about manuals, what hardware and which model?",
            ["begin with", "20 at once"],
            [],
        ),
        (
            "Four used 3090s for about 2800 or an RTX Pro 6000 for 8200, for gpt-oss-120b? Which one?",
            ["At your prices", "for the money take the 4 × RTX 3090"],
            [],
        ),
        ("两台DGX Spark还是8卡5090，跑DeepSeek-V4-Flash，选哪个", ["2 × DGX Spark", "256.0 GiB"], []),
        (
            "I've been on Mythomax forever. Which model for a 3060 12GB? Also thinking about a second 3060, worth it?",
            ["What runs on RTX 3060", "2 × RTX 3060"],
            ["MythoMax"],
        ),
        # two uses; RAM that is nearly full; the smallest files of what is too large; experts in RAM
        ("5090，96G内存，写小说和写Python代码各推荐一个模型", ["写代码建议先试", "写故事、角色扮演用"], []),
        ("4060 8G，16G内存，qwen3.6 35b a3b能跑吗？要不要加内存", ["勉强放得下", "32.0 GiB"], ["加内存基本不会变快"]),
        ("Which quant of glm 5.2 fits a Mac Studio M3 Ultra with 256GB?", ["IQ2_XXS", "cost it quality"], []),
        (
            "GLM-5.3-Flash in FP8 with KTransformers on two RTX PRO 6000 and 256GB of RAM, can it run?",
            ["reads all experts into RAM", "hence the failure"],
            ["vLLM does not start"],
        ),
        # cards made for servers, without a program named
        ("DeepSeek V3.2 on 8x H200, how fast would it be?", ["vLLM starts"], ["llama-server"]),
    ],
)
def test_what_fits_is_told_as_an_expert_would(text: str, expected: list[str], others: list[str]) -> None:
    found = said(text)
    assert [each for each in expected if each not in found] + [each for each in others if each in found] == []


def test_a_title_that_asks_is_answered_whatever_figures_explain_it() -> None:
    message = Message(
        "PC: 5060 Ti 16GB, 64GB DDR5. I use Qwen3.6-35B-A3B for coding at ~35 t/s and it is great, gpt-oss-120b next.",
        "Upgrade 64GB to 128GB RAM or buy a second 5060 Ti?",
    )
    reply = CLINIC.reply(message)
    assert reply.kind == "fit"


def test_many_questions_are_asked_of_the_bot_and_not_told_to_others() -> None:
    text = (
        "I bought a Mac Studio M1 Max 32gb a few years ago and struggle with benchmarks. Qwen3.6-35B-A3B panics. "
        "Some report that llama.cpp could be better? Why? Which parameters? Which model should I take? Any advice?"
    )
    assert CLINIC.reply(Message(text, "Model recommendations")).kind != "silent"
