"""The terminal clinic, played through without a terminal."""

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.base.languages import told
from bot.cli.clinic import DEMO_LOG, chat, demo
from bot.cli.conversation import Conversation
from bot.clinic.door import Clinic

CLINIC = Clinic()


def titles(conversation: Conversation, *messages: str) -> list[list[str]]:
    said = []
    for message in messages:
        turn = conversation.say(message)
        conversation = turn.conversation
        said.append([told(answer.title, conversation.language) for answer in turn.answers])
    return said


def test_a_request_is_asked_less_with_every_answer() -> None:
    here = Conversation(CLINIC)
    asked = []
    for message in (
        "求助，koboldcpp 加载模型就闪退，怎么办",
        "系统是 win11",
        "模型 Qwen2.5-14B-Instruct-Q5_K_M",
    ):
        turn = here.say(message)
        here = turn.conversation
        assert here.request is not None
        asked.append(len(here.clinic.missing(here.request)))
    assert asked == sorted(asked, reverse=True)
    assert asked[-1] < asked[0]
    assert here.language == "zh"


def test_a_log_is_diagnosed_first_and_then_asked_about() -> None:
    turn = Conversation(CLINIC).say(DEMO_LOG)
    assert len(turn.answers) in {1, 2}
    assert turn.answers[0].tone == "bad"
    assert turn.conversation.request is not None
    assert turn.conversation.request.points["loader"] == "koboldcpp"
    assert turn.conversation.request.points["quant"] == "Q4_K_M"


def test_small_talk_opens_no_request() -> None:
    turn = Conversation(CLINIC).say("谢谢大佬，已经好了")
    assert turn.conversation.request is None
    assert len(turn.answers) == 1


def test_new_forgets_and_quit_ends() -> None:
    here = Conversation(CLINIC).say("ollama won't start on ubuntu, please help").conversation
    assert here.request is not None
    assert here.say("/new").conversation.request is None
    assert here.say("/quit").ended


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("/canirun qwen3-14b 3060 32", "Qwen3-14B"),
        ('/canirun "qwen2.5 32b q4" "RTX 3060" 32', "Qwen2.5-32B"),
        ("/layers Qwen2.5-32B-Instruct-Q4_K_M 12", "65"),
        ("/explain qwen2.5:7b", ""),
        ("/faq gpu layers", ""),
        ("/term 量化", "quantization"),
        ("/loader KOBOLDCPP", "koboldcpp"),
        ("/canirun qwen3-14b", "did not work"),
        ("/canirun qwen3-14b lots 32", "did not work"),
        ("/canirun 'unclosed 3060 32", "did not work"),
        ("/nonsense", "What I can do"),
        ("/help", "What I can do"),
        ("/canirun", "What I can do"),
    ],
)
def test_commands(command: str, word: str) -> None:
    [answers] = titles(Conversation(CLINIC), command)
    assert len(answers) == 1
    assert word in answers[0]


def test_the_language_can_be_chosen() -> None:
    assert titles(Conversation(CLINIC), "/lang zh", "/help")[1] == ["我能做什么"]


@given(st.text(max_size=300))
def test_whatever_is_typed_is_answered(text: str) -> None:
    turn = Conversation(CLINIC).say(text)
    assert turn.answers or turn.ended or not text.strip()


def test_the_demonstration_plays_and_ends_well() -> None:
    for language, word in (("en", "GPU layers"), ("zh", "GPU 层数")):
        run = CliRunner().invoke(demo, ["--lang", language])
        assert run.exit_code == 0
        assert word in run.output


def test_chat_without_a_terminal_answers_what_is_piped_in() -> None:
    run = CliRunner().invoke(chat, ["--lang", "en"], input=DEMO_LOG)
    assert run.exit_code == 0
    assert "koboldcpp" in run.output
