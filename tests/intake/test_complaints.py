"""Whether the text that the model writes is what is wrong, whether anybody asks at all, and what was done."""

import pytest
from shipped import read_request

OF_THE_TEXT = [
    "my narrator describes every room the same way and it drives me nuts",
    "the plot never moves, he only waits for me to do something",
    "Why does she answer in Portuguese out of nowhere?",
    "it keeps calling me by the wrong name, persona is filled in",
    "output is just LOLLOL then ################ until i hit stop",
    "bot takes my turn and decides my actions again and again",
    "replies get shorter and shorter, now they are one liners",
    "写到第三章就开始说英语，怎么掰回来",
    "旁白总是一大堆比喻，看得头疼",
    "它又把男主的名字写错了，设定里明明有",
    "越聊越敷衍，现在就回我两三个字",
    "每句话后面都带着 <|eot_id|> 咋去掉",
    "答案前后矛盾，同一个问题问两遍给两个说法",
    "模型动不动就道歉，啥都不肯写",
]
OF_THE_PROGRAM = [
    "the story button in my frontend is missing since the update",
    "which model writes the funniest dialogue at 8b?",
    "looking for a 12b model with good german prose",
    "answers take two minutes on my cpu, is that ok?",
    "how do I cancel generation in the middle of a sentence from a script?",
    "the voice reads the asterisks aloud, can I turn that off",
    "it says my token has no access to the repository",
    "设置界面怎么从英文换成中文",
    "求一个文笔好的24b模型",
    "回复速度从20掉到3，是不是上下文太长",
    "它提示端口被占用，换了端口也一样",
    "开场白写多长合适",
]


@pytest.mark.parametrize("text", OF_THE_TEXT)
def test_complaints_of_the_text(text: str) -> None:
    assert read_request(text, in_help_forum=True).text_quality


@pytest.mark.parametrize("text", OF_THE_PROGRAM)
def test_complaints_of_the_program(text: str) -> None:
    assert not read_request(text, in_help_forum=True).text_quality


@pytest.mark.parametrize(
    "text",
    [
        "lorebook entries don't fire in my group chat any more",
        "一保存就提示没有权限",
        "升级完显卡驱动以后kcpp就认不出卡了",
        "after i moved to the new ssd it always opens the old folder",
        "够不够啊，16g显存想跑32b",
        "想问下npm装一半卡住要等多久",
    ],
)
def test_asks_without_a_question_mark(text: str) -> None:
    assert read_request(text).is_help_request


@pytest.mark.parametrize(
    "text",
    [
        "Have you tried another browser? And what quant do you have?",
        "你用的哪个后端？日志发全",
        "Reminder from the mod team: questions go to #help, second warning is a mute",
        "🤖 This thread has been archived automatically.",
        "投票：周末活动 1 讲座 2 抽奖 3 联机",
        "nevermind, found the typo in my config",
        "anyone up for some helldivers tonight?",
        "v2.1 of my theme is out, changelog in the repo",
        "I'd honestly go with the smaller quant, nothing beats it for speed",
        "这个昨天有人问过了，翻一下置顶",
        "四舍五入等于白嫖，到手了，开心！",
        "是我手滑填错端口了，没事了",
    ],
)
def test_nobody_asks(text: str) -> None:
    assert not read_request(text).is_help_request


@pytest.mark.parametrize(
    "text",
    [
        "GGML_VK_VISIBLE_DEVICES=1 is set but it still takes both cards, why",
        "防火墙也关了，还是连不上",
        "按视频里的方法装的，一启动就闪退",
        "把gguf放进了models目录，下拉框里就是没有",
        "从驱动560退回到552，速度还是一样",
        "虚拟内存加到64g了，加载到一半还是崩",
        "Unplugged the second card, still the same message",
        "we rebuilt it with clang and the first prompt hangs",
        "convert_lora_to_gguf.py says the base model is unknown, what now",
    ],
)
def test_what_was_done_is_told(text: str) -> None:
    assert "steps" in read_request(text, in_help_forum=True).points


@pytest.mark.parametrize(
    "text",
    ["怎么把上下文改成16k？", "How much RAM do I need for a 70b?", "koboldcpp闪退", "which settings are good for rp"],
)
def test_questions_tell_no_deed(text: str) -> None:
    assert "steps" not in read_request(text, in_help_forum=True).points


@pytest.mark.parametrize(
    "text",
    [
        "点生成就弹 Out of memory，怎么办",
        "控制台一直刷 WARNING: batch is too small，要紧吗",
        "it says ld: 2: cuda: not found, what is missing?",
        "the log says kv_cache_size (0) and then nothing",
        "启动时提示找不到 cublas64_12.dll，求助",
    ],
)
def test_errors_quoted_in_a_sentence(text: str) -> None:
    assert "log" in read_request(text, in_help_forum=True).points


def test_the_answer_of_a_server_is_printed() -> None:
    request = read_request('always this, why?\n{\n  "object": "error",\n  "detail": "boom",\n  "code": 500\n}')
    assert "log" in request.points
    assert "steps" not in request.points


@pytest.mark.parametrize(
    "post",
    [
        "**Describe the bug**\nEvery reply is blank.\n\n**To Reproduce**\nSteps to reproduce the behavior:\n"
        "1. Connect to ollama and open a character\n2. Send a message\n\n**Expected behavior**\nAn answer",
        "### Describe the bug\nIt asserts.\n\n### Reproduction steps\n\nstart tabby, load a 70B exl3\n\n"
        "### Expected behavior\n\nit loads",
        "### 描述\n回复是空的\n\n### 复现方式\n连上 ollama，打开任意角色卡，发一条消息",
    ],
)
def test_steps_under_a_heading_of_a_form_are_steps(post: str) -> None:
    assert "steps" in read_request(post).points


@pytest.mark.parametrize("nothing", ["见上", "N/A", "RuntimeError: CUDA error: out of memory", "现在能跑吗？"])
def test_a_field_for_steps_that_tells_none_is_none(nothing: str) -> None:
    assert (
        "steps"
        not in read_request(f"### Describe the bug\nIt fails at once.\n\n### Reproduction steps\n\n{nothing}\n").points
    )
