"""Whoever posts in just the words of a question that the knowledge answers is answered, with that or with more."""

from itertools import islice

import pytest

from bot.clinic.door import Clinic
from bot.clinic.message import Message
from bot.knowledge.files import knowledge_root
from bot.knowledge.reference import load_questions

_EVERY = 9  # of thousands of wordings one in so many is tried
_LEFT_ALONE = 0.01  # share of wordings that say too little by themselves: "-fa", "截图"


@pytest.mark.slow
@pytest.mark.no_cover
def test_hardly_any_wording_of_a_question_is_met_with_silence() -> None:
    clinic = Clinic()
    questions = load_questions(knowledge_root())
    wordings = [text for each in questions for text in (each.question.en, each.question.zh, *each.asked)]
    tried = list(islice(wordings, 0, None, _EVERY))
    unanswered = [text for text in tried if not clinic.reply(Message(text=text, where="forum")).parts]
    assert len(unanswered) <= _LEFT_ALONE * len(tried), unanswered


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        # A quantization or a size is a word like any other.
        ("what is q4_k_m", "which-quantization"),
        ("7b是什么意思", "model-names-meaning"),
        # A program and a wish are no complaint without a trouble.
        ("koboldcpp设密码", "koboldcpp-password"),
        ("koboldcpp多用户", "koboldcpp-multi-user"),
        # The program's nickname is no dog's head of a joke.
        ("狗头人设密码", "koboldcpp-password"),
        ("苹果电脑用狗头人", "koboldcpp-mac"),
        # Who wants to connect has not failed to.
        ("connect sillytavern to koboldcpp", "st-connect-how"),
        ("lm studio api key", "lm-studio-auth"),
        ("use ollama from my phone", "ollama-network"),
        # What is told in just the words of a question goes before what is only like it.
        ("koboldcpp关了浏览器记录就没了", "koboldcpp-save-story"),
        ("lm studio下载一半断了", "resume-download"),
        # What is surely known goes before what fit says to anybody: what a model needs, what the usual cards run.
        ("DeepSeek-R1 70B jailbreaks are all ineffective. Is there a better way?", "uncensored-models"),
        ("Q2_K_XL or IQ3_XXS, which one is better?", "iq-quants"),
        # Questions that begin with neither how nor what.
        ("at what point does quantization ruin the model", "below-four-bits"),
        ("what details should my help post contain", "how-to-ask"),
        ("rule of thumb for how much vram a file needs", "estimate-by-hand"),
        # What runs may be asked without a word more.
        ("what can i run", "ladder"),
        ("能不能跑", "ladder"),
    ],
)
def test_the_words_of_a_question_are_answered_with_it(text: str, answer: str) -> None:
    assert Clinic().reply(Message(text=text, where="forum")).parts[0].id == answer


@pytest.mark.parametrize("text", ["能跑吗", "can i run it", "狗头", "哈哈(狗头)"])
def test_what_is_said_to_somebody_in_a_channel_is_left_alone(text: str) -> None:
    assert not Clinic().reply(Message(text=text, where="channel")).parts


@pytest.mark.parametrize("text", ["help, ollama shows this", "help, koboldcpp shows this"])
def test_what_somebody_is_shown_is_no_question(text: str) -> None:
    assert Clinic().reply(Message(text=text)).kind == "ask"


def test_what_a_context_takes_is_computed_rather_than_told_in_general() -> None:
    assert Clinic().reply(Message(text="how much vram does 32k context take")).parts[0].id == "context-cost"
