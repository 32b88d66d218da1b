"""Symptoms told in words: only a complaint counts, only in somebody's own words, only when no log says more."""

import pytest
from shipped import CLINIC
from small_knowledge import entry, ids

NONSENSE = entry("nonsense", "胡言乱语", "一堆乱码", "writes gibberish", "talking nonsense", kind="symptom")
MEMORY = entry("memory", "CUDA error: out of memory")


@pytest.mark.parametrize(
    "told",
    [
        "模型聊着聊着就开始胡言乱语，怎么办",
        "为什么一直输出一堆乱码？用的是 Q4",
        "新下的模型胡言乱语",
        "My model writes gibberish after a few messages",
        "why is it talking nonsense all the time?",
        "Does it help to change the template? It writes gibberish.",
        "会不会是模板不对？一直胡言乱语",
    ],
)
def test_a_complaint_is_recognised(told: str) -> None:
    assert ids(told, NONSENSE, MEMORY) == ["nonsense"]


@pytest.mark.parametrize(
    "told",
    [
        "量化到 Q4 会不会胡言乱语",
        "换了模板以后不胡言乱语了",
        "温度调低可以避免胡言乱语",
        "之前胡言乱语，已经解决了，谢谢",
        "Q2 会胡言乱语吗",
        "大家都说 Q2 胡言乱语",
        "is exl2 talking nonsense or any good?",
        "people say Q2 is talking nonsense",
        "Will it end up talking nonsense at temperature 1?",
        "It no longer writes gibberish",
        "how to prevent it from talking nonsense at high temperature",
        "INFO 02-11 21:04:18 [core.py:1] the model writes gibberish",
        'File "/home/u/talking nonsense/x.py", line 3',
        "[2025-07-16 05:13:20] the model writes gibberish",
        "2567354 node-147 the model writes gibberish",
        "[07.26 17:23:51] talking nonsense",
        "好用，推荐",
    ],
)
def test_what_is_no_complaint_is_left_alone(told: str) -> None:
    assert ids(told, NONSENSE, MEMORY) == []


def test_a_failure_in_the_log_stands_first() -> None:
    assert ids("模型一直胡言乱语\nCUDA error: out of memory", NONSENSE, MEMORY) == ["memory", "nonsense"]


@pytest.mark.parametrize(
    "log",
    [
        "[2025-07-16 05:13:20] Attention backend not set. Use flashinfer backend by default.\n"
        "[2025-07-16 05:13:21] Init torch distributed ends. mem usage=0.00 GB",
        "0.00.105.137 W server tools or MCP servers are enabled, using localhost as default CORS origin\n"
        "0.00.105.675 W srv  llama_server: the following feature(s) are enabled:",
    ],
)
def test_what_only_a_logger_says_is_nobodys_complaint(log: str) -> None:
    assert CLINIC.diagnose(log).candidates == ()


def test_what_a_server_answered_is_nobodys_complaint() -> None:
    answer = '{"choices":[{"message":{"role":"assistant","content":"Hi! How can I help?"},"finish_reason":"stop"}]}'
    assert CLINIC.diagnose(answer).candidates == ()
