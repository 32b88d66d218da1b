"""The terminal clinic, played through without a terminal."""

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from shipped import CLINIC
from spoken import spoken

from bot.base.languages import told
from bot.cli.clinic import DEMO_LOG, chat, demo
from bot.cli.conversation import REMEMBERED, SMALL_TALK, WELCOME, Conversation
from bot.clinic.message import Message


def titles(conversation: Conversation, *messages: str) -> list[list[str]]:
    said = []
    for message in messages:
        turn = conversation.say(message)
        conversation = turn.conversation
        said.append([told(answer.title, conversation.language) for answer in turn.answers])
    return said


def test_a_message_is_answered_in_the_light_of_those_before() -> None:
    here = Conversation(CLINIC)
    for message in ("求助，koboldcpp 加载模型就闪退，怎么办", "系统是 win11"):
        turn = here.say(message)
        here = turn.conversation
    assert [said.text for said in here.said] == ["求助，koboldcpp 加载模型就闪退，怎么办", "系统是 win11"]
    assert here.language == "zh"
    [answer] = turn.answers
    [alone] = Conversation(CLINIC).say("系统是 win11").answers
    assert answer != alone
    assert "koboldcpp" in str(spoken(answer, "zh"))


def test_it_says_what_the_bot_says_in_a_forum() -> None:
    [answer] = Conversation(CLINIC).say(DEMO_LOG).answers
    assert answer == CLINIC.reply(Message(DEMO_LOG)).answer
    assert answer.tone == "bad"
    assert "koboldcpp" in told(answer.title, "en")


@pytest.mark.parametrize("text", ["谢谢大佬，已经好了", "nice weather today"])
def test_small_talk_opens_no_request(text: str) -> None:
    turn = Conversation(CLINIC).say(text)
    assert turn.conversation.said == ()
    assert [answer.title for answer in turn.answers] == [SMALL_TALK]


def test_thanks_are_welcome_and_keep_the_request() -> None:
    here = Conversation(CLINIC).say("求助，koboldcpp 加载模型就闪退，怎么办").conversation
    turn = here.say("谢谢大佬，已经好了")
    assert [answer.title for answer in turn.answers] == [WELCOME]
    assert turn.conversation.said == here.said


def test_new_forgets_and_quit_ends() -> None:
    here = Conversation(CLINIC).say("ollama won't start on ubuntu, please help").conversation
    assert here.said
    assert here.say("/new").conversation.said == ()
    assert here.say("/quit").ended


def test_only_so_much_is_remembered() -> None:
    here = Conversation(CLINIC)
    for number in range(REMEMBERED + 3):
        here = here.say(f"help, ollama crashes, try {number}").conversation
    assert len(here.said) == REMEMBERED


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


@pytest.mark.slow
def test_the_demonstration_plays_and_ends_well() -> None:
    for language, word in (("en", "GPU layers"), ("zh", "GPU 层数")):
        run = CliRunner().invoke(demo, ["--lang", language])
        assert run.exit_code == 0
        assert word in run.output


def test_chat_without_a_terminal_answers_what_is_piped_in() -> None:
    run = CliRunner().invoke(chat, ["--lang", "en"], input=DEMO_LOG)
    assert run.exit_code == 0
    assert "koboldcpp" in run.output
