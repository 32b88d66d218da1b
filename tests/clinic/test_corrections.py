"""Messages as they read once later ones have corrected them, and what is asked back."""

from functools import cache

import pytest
from shipped import CLINIC

from bot.answers.links import page_title
from bot.answers.markdown import markdown
from bot.clinic.corrections import corrected
from bot.clinic.door import Clinic
from bot.service.talk import Talk


@cache
def clinic() -> Clinic:
    return CLINIC


@pytest.mark.parametrize(
    ("earlier", "later", "reads"),
    [
        ("qwen2.5 32b q4_k_m on a 3060", "not 32b, 14b", "qwen2.5 14b q4_k_m on a 3060"),
        ("qwen2.5 32b 跑不动", "打错了，不是32b是14b", "qwen2.5 14b 跑不动"),
        ("a 3060 12gb and 16gb ram", "it's a 3070", "a 3070 and 16gb ram"),
        ("8g的显卡 3060 12g，32g内存", "不对，是 4070", "8g的显卡 4070，32g内存"),
        ("koboldcpp crashes", "I use ollama actually", "ollama crashes"),
        ("ollama 报错", "说错了，用的是 koboldcpp", "koboldcpp 报错"),
        ("4060ti 8g 能跑吗", "更正一下，是16g显存的版本", "4060ti 16g显存 能跑吗"),
        ("16gb ram here", "sorry, 32gb ram", "32gb ram here"),
        ("Q8_0 of gemma 3 27b", "meant Q4_K_M not Q8_0", "Q4_K_M of gemma 3 27b"),
        ("on windows 11", "correction: ubuntu 24.04", "on ubuntu 24.04"),
        ("M2 Max 64G 能跑吗", "打错了 是M2 Pro 32G", "M2 Pro 32G 能跑吗"),
        ("70b on 2x3090", "actually only one of the 3090s works", "70b on 3090"),
        ("gemma 3 27b, 32k context", "sorry, 16k not 32k", "gemma 3 27b, 16k context"),
    ],
)
def test_the_newest_value_wins(earlier: str, later: str, reads: str) -> None:
    found = corrected([earlier, later], clinic())
    assert found.texts[0] == reads
    assert found.changed


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("koboldcpp on a 3060", "would a 4070 be better?"),
        ("koboldcpp crashes", "in ollama it works fine"),
        ("qwen2.5 32b", "is 14b or 32b better for stories?"),
        ("my 3060 is full", "a friend has a 4090"),
        ("3060 12g", "谢谢"),
        ("4060ti 16g 内存32", "它多大 硬盘只剩30g了"),
    ],
)
def test_what_corrects_nothing_changes_nothing(earlier: str, later: str) -> None:
    assert corrected([earlier, later], clinic()).texts[0] == earlier


def test_a_correction_overrides_what_a_log_prints() -> None:
    log = "help\nggml_cuda_init: found 1 CUDA devices:\n  Device 0: NVIDIA GeForce RTX 3060, compute capability 8.6"
    found = corrected([log, "sorry, it's a 3070"], clinic())
    assert found.texts[0] == log
    assert "card" in found.overrides


@pytest.mark.parametrize(
    "texts", [[], [""], ["", ""], ["not", "不是"], ["not 14b", "not 14b not 14b"], ["\x00" * 5000] * 3]
)
def test_nothing_breaks_it(texts: list[str]) -> None:
    assert len(corrected(texts, clinic()).texts) == len(texts)


@pytest.mark.parametrize(
    ("title", "text"),
    [("koboldcpp crashes while loading qwen3 14b", ""), ("koboldcpp 一加载就闪退，3060", "[screenshot]")],
)
def test_a_title_alone_or_with_a_picture_is_a_post(title: str, text: str) -> None:
    talk = Talk.opened(clinic(), title).says(text)
    assert talk.said is not None
    assert talk.state.told is not None
    assert talk.state.told.points["loader"] == "koboldcpp"


def test_a_post_deleted_and_written_again_is_answered_alike() -> None:
    log = "Error: listen tcp 127.0.0.1:11434: bind: address already in use"
    first, again = (Talk.opened(clinic(), "ollama").says(f"does not start, help\n{log}") for _ in range(2))
    assert first.said == again.said


def test_questions_back_are_short_and_stand_beside() -> None:
    talk = Talk.opened(clinic()).says("will gemma 3 27b q4_k_m run on a 3090 with 64gb ram?")
    answer = talk.state.answer_key
    talk = talk.says("how much context can i use?")
    assert talk.said is not None
    assert len(markdown(talk.said, "en")) < 600
    assert talk.state.answer_key == answer


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("https://github.com/ggml-org/llama.cpp/issues/1234", "llama.cpp #1234"),
        ("https://github.com/LostRuins/koboldcpp/blob/main/docs/faq.md", "koboldcpp: faq"),
        ("https://github.com/ollama/ollama/issues?q=bind+address", "ollama (issues)"),
        ("https://docs.ollama.com/faq", "docs.ollama.com: faq"),
        ("https://www.python.org/", "python.org"),
        ("https://huggingface.co/docs/hub/en/gguf", "huggingface.co: gguf"),
    ],
)
def test_a_page_has_a_name(address: str, title: str) -> None:
    assert page_title(address) == title


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("koboldcpp on a 3060, sorry, 3070", "koboldcpp on a 3070"),
        ("qwen3 14b 不对，应该是 8b，跑不动", "qwen3 8b，跑不动"),
        ("a 3060 or a 3070?", "a 3060 or a 3070?"),
        ("qwen3 14b q4_k_m, i mean q5_k_m", "qwen3 14b q5_k_m"),
    ],
)
def test_a_value_corrected_in_the_same_breath_is_gone(told: str, read: str) -> None:
    assert corrected([told], clinic()).texts[0] == read
