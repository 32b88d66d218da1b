"""What tells that somebody asks, what a post is about, and which first checks fit it."""

from pathlib import Path

import pytest
import yaml
from shipped import PARTS

from bot.base.phrases import folded
from bot.intake.questions import ends_asking, is_asked, is_choice
from bot.intake.signs import Rule, load_signs
from bot.knowledge.first_aid import first_aid_for, load_first_aid

MESSAGES = Path(__file__).parent / "who_asks.yaml"
KNOWLEDGE = PARTS.root
SIGNS = load_signs(KNOWLEDGE)


@pytest.mark.parametrize(
    "text",
    [
        "how do I update koboldcpp",
        "so, quick question: which file is it",
        "is a 3060 enough for 14b",
        "any idea why it stops",
        "does this thing load exl2?",
        "32b 要多大显存",
        "这个怎么装",
        "有没有适合 8g 的模型",
        "层数填多少合适",
        "能跑吗",
        "so i have 2 cards, what should i run on them",
        "does quantizing the kv cache hurt quality",
        "q4和q6有没有什么区别",
    ],
)
def test_a_question_is_seen(text: str) -> None:
    assert is_asked(folded(text))


@pytest.mark.parametrize(
    "text",
    [
        "how I got it running in five steps",
        "I asked what it was and it lied",
        "what a day",
        "你把层数调到 99",
        "怎么都不行，算了",
        "已经装好了",
        "感觉q4和q6没啥区别",
        "没什么问题",
        "不管运行什么模型都不会加载到GPU",
        "密码怎么填都连接失败",
        "did not help, still slow",
    ],
)
def test_what_asks_nothing_is_no_question(text: str) -> None:
    assert not is_asked(folded(text))


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("it loads. but is that fast enough?", True),
        ("能跑吗？我有 3060。晚上再试。", False),
        ("都装好了，下一步做什么", True),
    ],
)
def test_a_question_at_the_end_waits_for_an_answer(text: str, ends: bool) -> None:
    assert ends_asking(folded(text)) is ends


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("二手3090还是5060ti 16g", True),
        ("q6 or q4 for 12 gb", True),
        ("kobold vs ollama", True),
        ("32b 那个还是预览版", False),
        ("for two cards", False),
    ],
)
def test_a_choice_between_things_is_seen(text: str, choice: bool) -> None:
    assert is_choice(folded(text)) is choice


def test_a_rule_holds_by_all_any_and_none_of_its_signs() -> None:
    rule = Rule(1.0, all=("trouble>1",), any=("loader", "model"), none=("thanks",))
    assert rule.holds({"trouble": 2, "model": 1})
    assert not rule.holds({"trouble": 1, "model": 1})
    assert not rule.holds({"trouble": 2})
    assert not rule.holds({"trouble": 2, "model": 1, "thanks": 1})


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("可以跑 70b 吗 3090", "can-it"),
        ("which model should i take for 8gb", "which-model"),
        ("3090 or 4070, which one should i buy", "buying"),
        ("vllm 怎么装", "how-to"),
        ("mmap 是什么意思", "what-is"),
        ("解决了，谢谢", "solved"),
        ("my elden ring keeps crashing", "elsewhere"),
        ("fun fact, my card draws more than my fridge", "anecdote"),
        ("anyone else just collect cards", "rhetorical"),
        ("that was it, the template was wrong", "confirms"),
    ],
)
def test_signs_stand_in_what_people_write(text: str, sign: str) -> None:
    assert sign in SIGNS.found_in(folded(text))


@pytest.mark.parametrize(
    ("found", "topic"),
    [
        ({"printed": 1}, "failure"),
        ({"text-fault": 1, "text-odd": 1, "text": 1}, "quality"),
        ({"can-it": 1, "machine": 1}, "fit"),
        ({"how-to": 1, "loader": 1, "asks": 1}, "howto"),
    ],
)
def test_signs_prove_a_topic_together(found: dict[str, int], topic: str) -> None:
    scores = SIGNS.scores(found)
    assert max(scores, key=lambda each: scores[each]) == topic
    assert scores[topic] >= 2


def test_a_plain_complaint_asks_and_an_advice_does_not() -> None:
    complaint = {"trouble": 1, "loader": 1, "complains": 1, "quiet": 1, "sure": 1, "likely": 1, "about-failure": 1}
    assert SIGNS.wants_answer(complaint)
    assert not SIGNS.wants_answer({**complaint, "advice": 1, "orders": 1, "you": 1})


def test_who_asks_is_told_from_who_does_not() -> None:
    """Over the messages by which the weights were set; the figures may only get better."""
    posts = PARTS.posts
    kinds = yaml.safe_load(MESSAGES.read_text(encoding="utf-8"))
    answered = {kind: [posts.wants_answer(posts.read(text), None) for text in texts] for kind, texts in kinds.items()}
    assert sum(answered["requests"]) / len(answered["requests"]) >= 0.78
    assert sum(answered["others"]) / len(answered["others"]) <= 0.08


@pytest.mark.parametrize(
    ("topic", "found", "aid"),
    [
        ("failure", {"t-slow": 1}, "slow"),
        ("failure", {"t-slow": 1, "t-connection": 2}, "connection"),
        ("failure", {}, "failure"),
        ("quality", {"t-thinks": 1}, "text-thinks"),
        ("quality", {"t-slow": 3}, "text-quality"),
    ],
)
def test_first_checks_are_those_of_most_signs_else_the_general_ones(
    topic: str, found: dict[str, int], aid: str
) -> None:
    chosen = first_aid_for(topic, found, load_first_aid(KNOWLEDGE))
    assert chosen is not None
    assert chosen.id == aid


def test_every_first_aid_is_reached_by_a_sign_of_its_own() -> None:
    every = load_first_aid(KNOWLEDGE)
    for aid in every:
        found = dict.fromkeys(aid.signs, 1)
        assert first_aid_for(aid.topic, found, every) == aid


@pytest.mark.parametrize(
    ("sentence", "error"),
    [
        ("i get 'failed to load model' in lm studio, no other info", "failed to load model"),
        ('it says "no module named torch" and stops', "no module named torch"),
        ("ollama 提示“model requires more system memory”", "model requires more system memory"),
    ],
)
def test_an_error_that_is_quoted_is_read_without_who_says_it(sentence: str, error: str) -> None:
    assert PARTS.posts.read(sentence).log == error
