"""What beginners write, as they write it."""

import pytest
from replied import reply, said


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("我用的是整合包，点start.bat闪退，什么都没显示", "bat-closes-at-once"),
        ('为什么我的ai总是在角色扮演的时候说"作为一个人工智能"', "first-aid:text-refuses"),
        ("作为一名AI语言模型我不能...怎么破", "first-aid:text-refuses"),
        ("为什么我用ollama跑qwen3:30b比qwen3:14b还快", "mixture-quicker"),
        ("请问7b和8b模型差别大吗", "size-difference"),
        ("openwebui 上传pdf之后回答不对，好像没读文件", "open-webui-knowledge"),
        ("怎么看模型支持多大上下文", "see-trained-context"),
        ("My GPU memory isn't released after closing koboldcpp", "memory-not-freed-in-words"),
        ("we want to host a model for 20 employees, budget 5k, what do we buy", "buying"),
        ("is 16gb of ram enough for sillytavern", "st-computer"),
        ("rocm or vulkan for 6800 xt", "amd-card"),
        ("exllamav3 or gguf for a single 3090?", "format-which"),
        ("wsl2 vllm only sees 8gb ram of my 64", "wsl-memory"),
        ("为什么同一个问题每次回答都一样", "same-answer-always"),
        # what a question asks goes before what a machine runs, and before a symptom of a word or two
        ("can i mix ddr4 sticks 16gb + 8gb for llm", "mixed-ram-sticks"),
        ("网页打不开 http://127.0.0.1:11434/v1", "page-does-not-open"),
        ("模型输出 json 老是少一个括号", "structured-output"),
        ("my character speaks in third person and i want first person", "st-person"),
        # one line that quotes what a program says is told, too
        ('报错 "context size exceeded"，我上下文设的 8192', "context-full-in-words"),
        ('llama-server 报 "failed to bind port 8080"', "llamacpp-port-in-use"),
        # what the told card cannot do is why it does not work there
        ("my gpu is 7900 xtx, exl2 doesn't work?", "limits"),
        ("vllm on p40 does not work", "limits"),
        ("gtx 1080 ti tabbyapi flash attn error", "tabby-flash-attn-old-card"),
        ("AWQ模型在V100上跑不起来", "limits"),
        ("为啥每次打开酒馆都要重新连接", "st-auto-connect"),
        ("system prompt 写多长合适", "system-prompt-length"),
        # a choice is no trouble of one of the two; who pleads, laughing, is helped
        ("amd 显卡 linux 用 rocm 还是 vulkan", "amd-card"),
        ("my bot forgot my character's hair color lol help", "first-aid:text-forgets"),
        ("openrouter跟本地哪个好 我3060", "local-or-api"),
        ("想把模型部署到云服务器，租什么卡", "rent-a-card"),
        ("is it normal that the first message takes 2 minutes and then its fast", "long-wait-before-first-word"),
    ],
)
def test_beginners_of_forums(text: str, first: str) -> None:
    assert reply(text).parts[0].id == first


@pytest.mark.parametrize("text", ["分享一个整合包，解压即用，内置koboldcpp和模型", "我做了个整合包，有需要的自取"])
def test_who_gives_a_pack_away_asks_nothing(text: str) -> None:
    assert reply(text).kind == "silent"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4090跑deepseek-r1:32b每秒35个字算正常吗", "35 token/s 是正常速度"),
        ("is 6.5 t/s good for 32b on a 3090", "is too slow: it fits whole"),
        ("is 6.5 t/s good for 32b on m2 max", "is too slow: it fits whole"),
        ("my 5090 gets 30 t/s on a 32b q4 is that slow", "is a little less than I expect here"),
    ],
)
def test_a_speed_asked_about_is_judged(text: str, expected: str) -> None:
    assert expected in said(text)


def test_what_a_program_says_is_no_language_of_the_author() -> None:
    assert reply('vllm serve一直卡在 "Waiting for core engine process(es) to start"').language == "zh"


def test_what_a_version_is_known_to_do_wrong_explains_the_error_beside_it() -> None:
    text = (
        "升级 xinference 到 1.6.0.post1 之后用 vLLM 启动 qwen2.5-instruct 32b 报错\n"
        "RuntimeError: Failed to launch model, detail: [address=0.0.0.0:41233, pid=2210] "
        "ModelActor.__init__() got an unexpected keyword argument 'replica_model_uid'"
    )
    assert reply(text).parts[0].id == "known-fault-of-a-version"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is it worth upgrading from 3060 12gb to 5060 ti 16gb", "Take the RTX 5060 Ti"),
        ("从3060升级到5060ti 16g值吗", "选 RTX 5060 Ti"),
        ("my 6gb laptop gpu, is q4 12b pointless?", "6.0 GiB of VRAM"),
    ],
)
def test_what_is_weighed_is_what_is_told(text: str, expected: str) -> None:
    assert expected in said(text)
