"""Who wants something is told from who answers, reports or only talks, though they name the same things."""

import pytest
from shipped import CLINIC

from bot.base.phrases import folded
from bot.clinic.message import Message
from bot.diagnosis.wants import kept_wants
from bot.intake.signs import load_signs
from bot.knowledge.files import knowledge_root

ROOT = knowledge_root()
WANTS = kept_wants(ROOT, load_signs(ROOT))
# The first of each pair wants something, the second speaks of the same and wants nothing.
PAIRS = [
    (
        "since I installed the new build it reads the whole prompt again at each turn, and I have to wait for minutes",
        "the whole prompt is read again because your author's note sits near the top, move it down",
    ),
    (
        "my 6800 xt stays at zero percent and the cpu does all the work",
        "I went back to the older driver and my 6800 xt is used again, thanks all",
    ),
    ("模型说到一半就停,换了预设也没用", "说到一半就停是因为长度设短了,调到八百就好"),
    ("双卡只认到一张,跑起来还特别慢", "双卡都认到了,原来是转接线的问题,结贴"),
]


def heard(text: str) -> float:
    found = WANTS.odds(folded(text))
    assert found is not None
    return found


@pytest.mark.parametrize(("asks", "tells"), PAIRS)
def test_who_wants_something_sounds_more_like_it(asks: str, tells: str) -> None:
    assert heard(asks) > 0.5 > heard(tells)


@pytest.mark.parametrize(
    "text", ["it broke", "打不开", "would more memory make it faster?", "两张卡能不能一起用来跑大一点的模型"]
)
def test_a_few_words_or_a_mere_question_tell_nothing(text: str) -> None:
    assert WANTS.odds(folded(text)) is None


def test_a_question_to_somebody_is_heard() -> None:
    assert heard("did you restart the server after you changed the variable?") < 0


def test_what_is_quoted_is_nobodys_own() -> None:
    assert heard('every reply ends with "thank you so much, that solved it, works great now" and then starts anew') > 0


@pytest.mark.parametrize(
    "text",
    [
        "Fixed in 3.1.9: when the GPU runs out of memory the app reloads the model on the CPU. Please update.",
        "Took it all off and put it on again, and now I can use the GPU with ollama.",
    ],
)
def test_who_answers_or_reports_is_left_alone(text: str) -> None:
    assert CLINIC.reply(Message(text)).kind == "silent"


def test_that_games_run_well_does_not_make_it_another_field() -> None:
    assert CLINIC.reply(Message("一加载模型整个电脑就黑屏重启,3090,750w电源,打游戏没事")).kind == "diagnosis"


# The first of each pair is what helpers ask somebody who asked, the second what somebody wants to know.
ASKED_BACK = [
    ("have you tried loading fewer of them", "how do I load fewer of them"),
    ("which build of it are you on", "which build of it should I take"),
    ("does it also happen on another port", "how do I put it on another port"),
    ("开了几个线程", "线程开几个合适"),
    ("你的上下文多大", "上下文最大能开多大"),
]


@pytest.mark.parametrize(("back", "wants"), ASKED_BACK)
def test_what_helpers_ask_is_told_from_what_is_asked_of_them(back: str, wants: str) -> None:
    assert WANTS.asks_back(folded(back)) > 0.5 > WANTS.asks_back(folded(wants))


@pytest.mark.parametrize("text", ["which quant are you using btw", "are you on windows or linux?", "你用的什么量化"])
def test_what_helpers_ask_in_a_channel_is_left_alone(text: str) -> None:
    assert CLINIC.reply(Message(text, where="channel")).kind == "silent"
    assert CLINIC.reply(Message(text, where="mention")).kind != "silent"


@pytest.mark.parametrize(
    "text", ["which quant should i take for a 3090", "how do you guys get st to use the right template"]
)
def test_what_everybody_is_asked_in_a_channel_is_answered(text: str) -> None:
    assert CLINIC.reply(Message(text, where="channel")).kind != "silent"


@pytest.mark.parametrize("text", ["exl3 is so much faster than gguf on my 4090, like 2x", "感觉q4和q6没啥区别"])
def test_who_compares_and_asks_nothing_is_left_alone_in_a_channel(text: str) -> None:
    assert CLINIC.reply(Message(text, where="channel")).kind == "silent"
