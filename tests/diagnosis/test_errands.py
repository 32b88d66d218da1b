"""What somebody comes for, in words that nobody wrote down before."""

from pathlib import Path

import pytest
from shipped import CLINIC

from bot.clinic.message import Message
from bot.diagnosis.errands import kept_errands
from bot.intake.signs import STRUCTURE, load_signs
from bot.knowledge.errands import load_errands
from bot.knowledge.files import knowledge_root

READER = kept_errands(knowledge_root())
ASKED = {
    "which-model": (
        "got a 2080 from my cousin, what do you run on those",
        "surface laptop with 16gb here, which would you try",
        "家里有张3080ti，推荐跑哪个模型",
    ),
    "can-it": (
        "would a 4080 be able to take a 32b",
        "can my thinkpad take an 8b",
        "我这个老本子带得动8b吗",
    ),
    "how-much": (
        "how much vram would a 34b want",
        "what would i need to run a 123b",
        "跑34b得多少显存",
    ),
    "how-fast": (
        "how many tokens per second would a 4070 ti do",
        "4070跑14b一秒几个字",
    ),
    "buying": (
        "should i buy a used 3080 or a new 5060 ti",
        "预算4000买哪张卡好",
    ),
    "loader-choice": (
        "which app is easiest for a beginner on a mac",
        "用什么软件跑比较简单",
    ),
}
ASKS_NONE = (
    "it crashes as soon as i load the model",
    "koboldcpp closes at once",
    "how do i install ollama on windows",
    "got my second 3090 today, what a beast",
    "the character keeps repeating itself",
    "我昨天刚换了5080，太爽了",
    "一加载就闪退",
    "谢谢大佬，搞定了",
    "",
    "\n \n",
)


@pytest.mark.parametrize(("sign", "text"), [(sign, text) for sign, texts in ASKED.items() for text in texts])
def test_what_is_asked_is_heard_in_other_words(sign: str, text: str) -> None:
    assert READER.sign_of(text) == sign


@pytest.mark.parametrize("text", ASKS_NONE)
def test_what_asks_none_of_it_shows_no_sign(text: str) -> None:
    assert READER.sign_of(text) == ""


def test_names_and_amounts_do_not_matter() -> None:
    said = "got a {card} and {ram}, what would you put on it"
    machines = [("rtx 3060", "16gb"), ("5090", "128 gb"), ("rx 7800 xt", "64g"), ("p40", "32gb")]
    assert {READER.sign_of(said.format(card=card, ram=ram)) for card, ram in machines} == {"which-model"}


def test_a_sentence_is_a_sign_of_the_topics() -> None:
    signs = load_signs(knowledge_root())
    known = STRUCTURE | {name for name in load_errands(knowledge_root()).signs if signs.phrases_of([name])}
    assert set(load_errands(knowledge_root()).signs) <= known


def test_the_same_sentences_teach_the_same(tmp_path: Path) -> None:
    assert kept_errands(tmp_path).sign_of("which model for a 3060") == ""  # nothing is learnt from nothing


@pytest.mark.parametrize(
    "text",
    [
        "hey, got a 5070 ti and 32 gigs, im writing long fantasy stories, what should i grab and what settings",
        "my gf wants a chatbot on her macbook air m2 8gb, anything that isnt dumb?",
        "有没有比qwen3更适合写代码的 24g",
    ],
)
def test_a_model_is_offered_however_it_is_asked_for(text: str) -> None:
    reply = CLINIC.reply(Message(text))
    assert reply.kind == "fit"
    assert reply.parts[0].id == "table"


def test_a_long_post_is_read_by_its_questions() -> None:
    story = "I have been using chat sites for two years and they changed everything last month. " * 5
    reply = CLINIC.reply(
        Message(f"{story} My PC has a 4070 and 32gb. What would you folks put on something like that?")
    )
    assert reply.kind == "fit"


@pytest.mark.parametrize("text", ["模型回答到一半就停了", "the replies just stop halfway"])
def test_a_reply_that_ends_early_is_answered_in_a_help_forum(text: str) -> None:
    assert CLINIC.reply(Message(text)).kind in {"quality", "diagnosis"}


@pytest.mark.parametrize(
    ("text", "kind", "id_"),
    [
        ("do i need nvlink for two 3090s", "howto", "hardware-slots"),
        ("跑着跑着显卡驱动就崩了", "diagnosis", None),
        ("tried gemma 4 31b on my 4080 and its crawling at 3 t/s", "diagnosis", "plan"),
    ],
)
def test_what_only_sounds_like_it_yields_to_what_is_known(text: str, kind: str, id_: str | None) -> None:
    reply = CLINIC.reply(Message(text))
    assert reply.kind == kind
    assert id_ is None or reply.parts[0].id == id_
