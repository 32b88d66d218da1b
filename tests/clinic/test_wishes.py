"""What somebody wants beyond a model: a purpose, a context, a speed, several things to choose from."""

import pytest
from replied import said
from shipped import CLINIC

from bot.clinic.message import Message
from bot.intake.speeds import fallen_speed, wished_speed


def ids(text: str) -> list[str]:
    return [part.id for part in CLINIC.reply(Message(text)).parts]


@pytest.mark.parametrize(
    ("text", "speed"),
    [
        ("at least 20 t/s please", 20),
        ("10+ t/s would be ok", 10),
        ("like 2-3 t/s would be fine for me", 2),
        ("速度至少15", 15),
        ("不低于 30 token/s", 30),
        ("i get 6 t/s, is that normal?", 0),
        ("3060 跑出来 12 token/s", 0),
    ],
)
def test_a_wished_speed_is_told_from_one_that_is_had(text: str, speed: float) -> None:
    assert wished_speed(text) == speed


@pytest.mark.parametrize(
    ("text", "tip"),
    [
        ("3060 12gb, 32gb ram. best model to translate japanese novels?", "translating"),
        ("4060ti 16g 32g内存 想本地翻译轻小说 用什么模型", "翻译："),
        ("4070 12gb 64gb ram, which model to chat with my pdfs?", "documents"),
        ("3090 32g内存 用哪个模型总结会议纪要", "读文档"),
        ("5060ti 16g 64gb ram, which model for cline?", "32k"),
        ("显存8g内存16g 想看图识别发票 用哪个模型", "mmproj"),
        ("gemma 3 27b with vision on a 4090, possible?", "mmproj"),
        ("想给公司20个人搭个本地问答 预算5万 买什么卡 用什么框架", "vLLM"),
    ],
)
def test_what_counts_for_the_purpose_is_told(text: str, tip: str) -> None:
    assert tip in said(text)


def test_translating_novels_is_no_roleplay() -> None:
    assert "角色扮演" not in said("3060 12g 想本地翻译日语轻小说 用啥模型好")


def test_a_wanted_context_is_planned_with() -> None:
    text = said("5070 12gb, 64gb ddr5, which model with at least 32k context for summarizing long reports?")
    assert "with a context of 32k" in text
    assert "8k+" not in text


def test_an_agent_begins_with_no_small_model() -> None:
    first = said("5070 12gb, 64gb ddr5. need a local coding agent for cline, what can I run?").split("begin with ")[1]
    assert not first.startswith(("Qwen3.5-9B", "Qwen2.5-Coder-7B", "Qwen3-8B"))


def test_whether_a_wished_speed_is_reached_is_told() -> None:
    assert "20 t/s: reached" in said("framework desktop 128gb, best model for coding? minimum 20 t/s please")


def test_a_machine_that_shares_its_memory_keeps_some_of_it() -> None:
    """A model that fills a Mac to the brim freezes it."""
    first = said("m4 pro mini 24gb, what's the biggest model that's actually usable?").split("egin with ")[1]
    assert not first.startswith("Qwen3.6-35B-A3B")
    assert "gpt-oss-20b" not in said("公司淘汰的x280 i5-8250u 16g内存 没独显 拉哪个不会卡死").split("建议先试")[1][:20]


@pytest.mark.parametrize(
    ("text", "models"),
    [
        ("12g显存 是8b的q8好还是14b的q4好", ("8B Q8_0", "14B Q4_K_M")),
        ("q4 24b or q8 12b on 16gb card?", ("24B-v4.1 Q4_K_M", "Q8_0")),
        ("q4km 和 iq4xs 差多少 12g显存跑14b哪个好", ("14B Q4_K_M", "14B IQ4_XS")),
        ("3090 + 5060 ti 16gb, 64gb ram. is glm 4.5 air or a 70b better?", ("GLM-4.5-Air", "70B")),
    ],
)
def test_sizes_and_quantizations_are_set_side_by_side(text: str, models: tuple[str, ...]) -> None:
    assert ids(text)[0] == "models"
    assert all(model in said(text) for model in models)


def test_what_would_be_quicker_is_named() -> None:
    assert "Quicker on this machine" in said("can a 3060 12gb with 64gb ram run llama 3.3 70b q4_k_m?")


def test_speed_or_quality_decides_with_what_to_begin() -> None:
    patient = said("4080s 16g显存 64g内存 最大能跑多少b的模型啊 聊天用 慢点能接受").split("建议先试")[1]
    assert patient.startswith(" Qwen3.5-122B")
    fast = said("3050 8g 16g内存 翻译插件用 模型拉哪个 速度优先").split("建议先试")[1]
    assert not fast.startswith(" Qwen3.5-9B")


def test_a_wish_for_a_machine_is_answered() -> None:
    text = said("want something at least 15 t/s for German to English translation, GTX 1080 8gb, 16gb ram")
    assert all(words in text for words in ("Your 15 t/s", "For translating"))


def test_what_would_have_to_be_added_is_told() -> None:
    assert "With 64 GB of RAM" in said("is 32gb ram + 6700xt 12gb enough for glm 4.5 air? if not what do I have to add")


def test_a_size_that_is_complained_of_is_not_asked_for() -> None:
    text = "RTX A3000 laptop 6GB vRAM, 32gb ram. coding. All the recommendation tools give me 3B toys, nothing better?"
    assert ids(text)[0] == "table"


def test_an_assistant_is_no_model() -> None:
    assert ids("My laptop has 8gb ram, no gpu, celeron. can i run any model? offline notes assistant")[0] == "table"


def test_two_machines_are_weighed() -> None:
    text = said("i have rx 7600 8gb in the pc and a macbook m3 pro 18gb. which of the two should i use for local llms?")
    assert all(word in text for word in ("M3 Pro", "RX 7600", "Take the"))


def test_whether_it_is_worth_it_is_answered_with_what_would_be_quicker() -> None:
    assert "想快的话，这台机器换" in said("4090d 24g + 128g ddr5，qwen3 235b的int4能跑起来吗，值不值得折腾")


def test_the_build_for_the_card_is_told_first_where_it_was_asked_for() -> None:
    text = said("9070 XT 16gb, do i want the rocm or the vulkan build of koboldcpp, and what size model for RP?")
    assert text.index("take the Vulkan build") < text.index("egin with ")


def test_an_unknown_model_of_a_told_size_is_counted_as_any_of_that_size() -> None:
    text = said("can a 3060 12gb with 32gb ram run qwen9 14b?")
    assert "Any 14B on this machine" in text


def test_a_purpose_shortens_the_table() -> None:
    assert said("3090 24gb, 64gb ram, best model for translating?").count("\n- ") <= 7


def test_a_phone_gets_an_app_of_phones() -> None:
    assert "用 PocketPal" in said("骁龙8gen3 16g内存的手机能跑本地模型不 用啥软件")


@pytest.mark.parametrize(
    ("text", "first", "absent"),
    [
        ("**Which version of LM Studio?**\n0.3.27\n**What is the bug?**\nqwen3 4b never stops thinking", "", "loader"),
        ("6750gre 12g win11 lmstudio 主要接酒馆 模型下多大的 q几合适", "table", "how-large-a-model"),
        ("kobold newbie. 3070 8gb, nemo 12b q4_k_m, 8k. what number goes into gpu layers? kinda slow", "plan", ""),
        ("同一个模型有gguf有exl2有awq 到底下哪个啊 我8g显存的4060笔记本 用lmstudio", "format-which", "quants"),
        ("请问5060ti 16g和4070 super 12g选哪个 跑大模型用 顺便打游戏", "buying", ""),
        ("核显 ultra 7 155h 32g 有必要折腾本地吗 想拿来总结聊天记录", "table", "is-it-for-me"),
    ],
)
def test_what_was_asked_comes_first_and_nothing_else(text: str, first: str, absent: str) -> None:
    found = ids(text)
    assert not first or found[0] == first
    assert absent not in found


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (
            "whats an mmproj? want my cydonia 24b in koboldcpp to see pictures, tried pixtrals one, says mismatch",
            "mmproj-mismatch",
        ),
        ("设了OLLAMA_MODELS没用 重启了还是往c盘下", "ollama-models-ignored"),
    ],
)
def test_a_trouble_beside_a_question_is_answered(text: str, first: str) -> None:
    assert ids(text)[0] == first


def test_a_program_that_windows_does_not_let_start_is_told_of_antivirus_software() -> None:
    assert "360" in said(
        "C:\\Users\\a>ollama run llama3.1\nError: llama runner process has terminated: exit status 0xc0000022\n求助"
    )


def test_a_phone_is_no_mac() -> None:
    text = said("iphone 15 pro, what's the best local model app + model")
    assert "macOS" not in text
    assert "egin with Qwen3.5-4B" in text


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("i7-14700, 64gb ddr5, no gpu. realistic to use gpt-oss-120b for coding questions?", "plan"),
        ("7b模型全参数微调要多少显存 4090够吗", "training"),
        ("预算3000以内 给老电脑加张卡跑本地 电源500w", "buying"),
    ],
)
def test_what_is_meant_is_answered(text: str, first: str) -> None:
    assert ids(text)[0] == first


@pytest.mark.parametrize(
    "text", ["显卡4060 8g 内存16g 跑qwen3 14b q4 很卡 一秒一个字 怎么办", "4060 8g跑qwen3 14b q4很卡怎么办"]
)
def test_what_is_slow_because_it_lies_in_ram_is_counted(text: str) -> None:
    assert "plan" in ids(text)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("我想用酒馆 但是不知道怎么连koboldcpp 有没有教程", "st-connect-how"),
        ("what should i set temperature to for mistral nemo", "settings"),
        ("qwen3 temperature setting?", "settings"),
        ("where do i set temperature in sillytavern", "st-samplers-where"),
        ("为什么vllm占了我90%的显存", "vllm-takes-the-card"),
    ],
)
def test_a_question_between_two_subjects_finds_its_own(text: str, first: str) -> None:
    assert ids(text)[0] == first


@pytest.mark.parametrize(
    "text",
    [
        "24gb vram, what can i run",
        "8g显存能跑啥",
        "12gb vram what model",
        "16gb vram, what model should i use",
        "rtx 6090 32gb what can i run",
        "6gb vram what runs",
    ],
)
def test_an_amount_and_what_runs_on_it_is_a_table(text: str) -> None:
    assert ids(text)[0] == "table"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("gptq和awq选哪个", "compare:AWQ:GPTQ"),
        ("exl2和gguf哪个好", "compare:EXL2:GGUF"),
        ("which gpu should i buy for local llm", "buying"),
        ("8b q8 or 14b q4 on 12gb?", "models"),
    ],
)
def test_formats_are_compared_and_machines_reckoned(text: str, first: str) -> None:
    assert ids(text)[0] == first


def test_who_asks_in_a_forum_why_something_fails_is_heard() -> None:
    assert CLINIC.reply(Message("为啥我一跑那个示例就报错啊")).kind != "silent"


def test_who_cannot_decide_shows_no_error() -> None:
    text = "Can't decide: Mac Mini M4 Pro 48GB or PC with 5070 Ti 16GB for running 30B models. Budget about 1800 EUR."
    assert ids(text) == ["buying"]


def test_whether_more_ram_is_faster_is_said_first() -> None:
    text = said("does more system ram make it faster or just bigger models")
    assert "it lets larger models run, not faster ones" in "\n".join(text.splitlines()[:4])


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("repetition penalty 1.3 ok?", "Repetition penalty 1.3 is too high for most models"),
        ("is temperature 2 too high", "Temperature 2 is too high"),
        ("温度开到1.8行吗", "温度 1.8 对大多数模型来说太高了"),
        ("is temp 0.8 fine for gemma 3 12b?", "Temperature 0.8 is fine for"),
    ],
)
def test_a_value_that_is_asked_about_is_judged(text: str, verdict: str) -> None:
    assert ids(text) == ["values"]
    assert verdict in said(text)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("qwen3 30b a3b on 8gb vram and 32gb ram", "plan"),
        ("is 5 t/s normal for 32b on 3060?", "plan"),
        ("deepseek r1 本地能跑吗", "needs"),
        ("what is temperature", "term:temperature"),
        ("有没有无审查的模型 12g显存", "table"),
        ("no gpu only cpu i5 16gb ram", "table"),
    ],
)
def test_what_can_be_computed_is_no_frequent_question(text: str, first: str) -> None:
    assert ids(text)[0] == first


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("会不会伤显卡", "card-harm"),
        ("8bit kv会变笨吗", "quantized-kv-cache"),
        ("为什么模型会忘记前面的内容", "first-aid:text-forgets"),
        ("AI失忆了", "first-aid:text-forgets"),
        ("npm ERR! sillytavern install fails", "sillytavern-install-fails"),
    ],
)
def test_a_short_question_gets_the_one_answer_to_it(text: str, only: str) -> None:
    assert ids(text) == [only]


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("qwen3 32b 24g显存 选哪个量化", "选 Qwen3-32B Q4_K_M"),
        ("What quant of gemma 3 27b should I get for a 3090?", "Take gemma-3-27b-it Q6_K"),
        ("有好多个gguf文件，Q2到Q8，我3060 12g 应该下哪个？模型是24B的", "IQ4_XS"),
        ("nemo 12b has files from q2 to q5, which one for a 3060 12gb", "Take Mistral-Nemo-Instruct-2407 Q5_K_M"),
    ],
)
def test_one_of_all_quantizations_is_chosen_for_the_machine(text: str, taken: str) -> None:
    assert ids(text)[0] == "models"
    assert taken in said(text)


def test_of_two_named_quantizations_no_third_is_taken() -> None:
    assert "Q5_K_M" not in said("qwen3 14b q4 or q6 on 12gb, which quant?")


@pytest.mark.parametrize(
    ("text", "fell"),
    [
        ("half the speed (was 22 t/s now 11).", (22, 11)),
        ("since the update generation dropped from 22 t/s to 11 t/s", (22, 11)),
        ("升级驱动后速度从30掉到12 token/s", (30, 12)),
        ("used to get 40 t/s with qwen3 8b now only 15, 3060 12gb", (40, 15)),
        ("i get 20 t/s on 8b, and 10 t/s on 14b", None),
        ("got 12 t/s, now 25 t/s after your tip, thanks", None),
        ("moved from 3060 to 4090, 90 t/s now", None),
        ("was at 5 t/s with 32b, now 14b runs at 20 t/s", None),
    ],
)
def test_a_speed_that_fell_is_told_from_others(text: str, fell: tuple[float, float] | None) -> None:
    assert fallen_speed(text) == fell


def test_a_speed_that_fell_with_an_update_is_no_normal_speed() -> None:
    text = (
        "I upgraded koboldcpp from 1.103 to 1.118 today and now the same model is half the speed (was 22 t/s now 11). "
        "3060 12GB, mistral nemo 12b Q5_K_M, context 16k. What changed?"
    )
    assert ids(text)[0] == "slow"
    assert "go back" in said(text)
    assert "22 tokens/s" not in said(text)


def test_who_names_no_program_is_told_of_none() -> None:
    """It is no matter of llama.cpp that somebody cannot reach the hub."""
    assert ids("hugging face下不了")[0] in {"hf-unreachable", "hf-mirror"}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("it's painfully slow, 2 tok/s. 3090 + 64gb", "plan"),
        ("3060 12gb qwen3 14b 速度只有3 token/s", "plan"),
        ("ollama is so slow", "slow"),
        ("lm studio is so slow", "slow"),
        ("koboldcpp not using gpu", "gpu-idle-in-words"),
        ("模型一直重复", "repetition"),
        ("git clone is so slow", "proxy-in-terminal"),
        ("ollama pull太慢", "ollama-pull-slow"),
        ("lm studio model fails to load with error 18446744072635812000", "lmstudio-load-exit-code"),
        ("how do i run qwen3 14b in koboldcpp", "koboldcpp-load-model"),
    ],
)
def test_a_complaint_is_trouble_and_no_question(text: str, first: str) -> None:
    assert ids(text)[0] == first


@pytest.mark.parametrize(
    "text",
    [
        "just finished setting up my rig, 2x3090 nvlink, qwen3 32b at 45 t/s, so happy",
        "got 2 tok/s on my old p40, slow but it works, not bad for 100 bucks",
        "my 3090 does 45 t/s with qwen3 32b",
    ],
)
def test_figures_that_are_shown_are_no_trouble(text: str) -> None:
    assert CLINIC.reply(Message(text)).kind == "silent"


@pytest.mark.parametrize(
    ("text", "first", "besides"),
    [
        ("can i finetune falcon-7b with 8gb vram?", "trains a 7B by QLoRA", "5 GB and more"),
        ("想微调一个7B的模型做客服，手头只有3060 12G，可以吗？用什么工具？", "用 QLoRA 能训 7B", "LLaMA-Factory"),
        ("fine-tune llama 3.3 70b on a 3090, possible?", "too little to train a 70B", "up to about 14B"),
        ("7b模型全参数微调要多少显存 4090够吗", "全参数不行，要 112G 左右", "LLaMA-Factory"),
        ("how much vram to finetune a 32b?", "training a 32B takes", "26 GB and more"),
        ("can I fine-tune a 14b on 2x 4090?", "trains a 14B", "DeepSpeed"),
    ],
)
def test_training_is_answered_by_what_it_takes(text: str, first: str, besides: str) -> None:
    assert ids(text)[0] == "training"
    assert first in said(text).split("\n")[0]
    assert besides in said(text)


@pytest.mark.parametrize(
    "text",
    [
        "which finetune of mistral nemo is best for roleplay on a 3060 12gb?",
        "4张4090部署微调后的72b-int4 响应很慢，怎么回事",
        "what's a good rp finetune that fits 16gb",
    ],
)
def test_a_finetune_that_is_used_is_no_training(text: str) -> None:
    assert "training" not in ids(text)


@pytest.mark.parametrize(
    ("text", "tip"),
    [
        ("i5-8400 + 2x3090, 32GB ram. would a new cpu make my 70B Q4 faster?", "A new processor changes nothing"),
        ("3090跑32b，换个cpu会快吗", "换 CPU 不会变快"),
        ("deepseek r1 671b q4 单卡4090 内存512g 4 token/s，增加显卡能提升速度吗", "多加一张卡"),
        ("3070 8gb, 32gb ram, want a copilot replacement in vscode, which extension?", "autocomplete"),
        ("is an arc b580 compatible with ollama? what can it run", "Intel Arc works over Vulkan"),
    ],
)
def test_what_is_asked_beside_the_model_is_answered(text: str, tip: str) -> None:
    assert tip in said(text)


def test_what_is_better_than_a_named_model_is_a_table() -> None:
    assert ids("4*4090D 256G内存，有比distill的70B更好的选择吗") == ["table"]
    assert ids("4090 24gb, 64gb ram, is there anything better than qwen3 14b for it?") == ["table"]


def test_a_model_that_was_used_once_is_not_planned() -> None:
    assert "chatglm" not in said("以前都是单卡跑的glm6b，想用两张3090跑qwen2.5-72B-int4可行吗？")


def test_which_quant_weighs_those_of_the_model() -> None:
    text = said("Which quant should I use for Qwen3.6 27B on a 3090? I mostly code with 64k context")
    assert "Qwen3.6-27B Q5_K_M" in text
    assert "Qwen3.6-27B Q6_K" in text


def test_what_mac_graphics_were_granted_is_counted() -> None:
    text = "M4 Pro mac mini 48GB{}, can i run llama 3.3 70b q4_k_m?"
    assert "split" in said(text.format("")).split("\n")[0]
    assert "all of it on the GPU" in said(text.format(" with iogpu.wired_limit_mb=44000")).split("\n")[0]


def test_a_speed_that_fell_with_an_update_says_where_the_model_lies() -> None:
    text = (
        "qwen3:32b dropped from 35 tokens/second to 12 tokens/second on my RTX 3090 since updating Ollama from version "
        "0.15.5 to 0.15.6"
    )
    assert ids(text)[0] == "plan"
    assert "OLLAMA_CONTEXT_LENGTH=8192" in said(text)
    assert "0.15.5" in said(text)


def test_a_slow_server_is_told_what_slows_servers() -> None:
    text = (
        "python -m vllm.entrypoints.openai.api_server --max-model-len 8192 --model chat --enforce-eager "
        "--tensor-parallel-size 4\n\n我用4张4090部署72b-int4 响应很慢要十几秒 这是什么原因"
    )
    assert "去掉 --enforce-eager" in said(text)
    assert "流水线并行" in said(text)
    assert "offloaded N/N" not in said(text)


def test_a_context_that_is_only_thought_of_judges_no_speed() -> None:
    text = said("7900 XTX + 64GB DDR5, LM Studio, gemma 3 27b Q4 at 28 t/s. is that normal? can I go to 100k context?")
    assert "28 tokens/s is normal for this" in text
    assert "It is the context: up to" in text


def test_cards_that_hold_a_model_only_in_part_are_weighed_by_their_speed() -> None:
    text = said("llama-2-70b q6_k: how fast on 24gb cards such as the RTX 3090, 4090?")
    assert "runs split either way" in text
    assert "does not fit" not in text


def test_much_ram_is_weighed_by_what_only_ram_holds() -> None:
    text = said("两个4090显存48G，内存440G DDR4，比单个4090加440G内存快吗")
    assert "都要分开放" in text


def test_two_programs_are_set_side_by_side_in_a_post_of_fit() -> None:
    text = said("My VM has 24gb of ram, no gpu. ollama or lm studio? and what model for summarising documents")
    assert "What runs on the processor" in text
    assert "LM Studio" in text.split("Models people run")[1]


def test_a_speed_that_no_model_has_that_fits_says_where_it_lies() -> None:
    text = said("my 4070 12gb only does 2 t/s in ollama, why so slow?")
    assert "a part of the model lies in RAM" in text.split("\n")[0]
    assert "larger than its 12 GB" in text
    assert ids("性能问题 单卡 4090 只有 6–7 token/s") == ["plan"]


def test_a_card_that_would_take_the_place_of_another_is_weighed() -> None:
    text = said("现在4060 8g跑14b q4每秒5个字，换5060ti 16g能到多少")
    assert "选 RTX 5060 Ti" in text
    assert "RTX 4060 + RTX 5060 Ti" not in text


def test_two_programs_are_no_question_about_their_files() -> None:
    assert ids("koboldcpp or ollama, which is better")[0] in {"which-loader", "compare:koboldcpp:ollama"}


def test_what_is_faster_with_less_bandwidth_is_not_so_by_its_bandwidth() -> None:
    text = said("arc b580 or used 3060 12gb for llm, mostly 12-14b models, which one?")
    assert "by its bandwidth" not in text
