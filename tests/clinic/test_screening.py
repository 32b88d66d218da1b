"""Screening of channels: nothing that is answered is taken for talk, and ordinary talk costs nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from shipped import CLINIC

from bot.clinic.door import Clinic
from bot.clinic.message import Message

INTAKE = Path(__file__).parents[1] / "intake"
TALK = """
good morning everyone
lol that was funny
anyone up for a game tonight?
see you tomorrow
happy birthday!!
nice work on the event last night
I just finished the second season, what a twist
the cat knocked over my coffee again
who won the match?
chatter number 17, nothing to see here
+1
brb dinner
哈哈哈 笑死
今天吃什么
我也觉得
晚安
说得好
周末去爬山吗
我昨天做了红烧肉
刚下班，累死了
""".strip().splitlines()


def messages() -> Iterator[str]:
    for name in ("who_asks.yaml", "plain_messages.yaml"):
        for texts in yaml.safe_load((INTAKE / name).read_text("utf-8")).values():
            yield from (text for text in texts if isinstance(text, str))


@pytest.mark.parametrize("text", TALK)
def test_ordinary_talk_is_known_at_once(text: str) -> None:
    assert not CLINIC.may_ask(text)


def test_nothing_that_is_answered_is_taken_for_talk() -> None:
    dropped = [text for text in messages() if not CLINIC.may_ask(text)]
    assert len(dropped) > 20
    answered = [text for text in dropped if CLINIC.reply(Message(text, where="channel")).kind != "silent"]
    # of a shop's phones, not of models: it should not be answered either
    assert [text for text in answered if "pixel or iphone" not in text] == []


def test_what_the_examples_of_the_knowledge_print_passes() -> None:
    examples = [example.text for entry in CLINIC.failures for example in entry.examples]
    assert [text for text in examples if not CLINIC.may_ask(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "here you go hf_aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH",
        "password: swordfish-in-the-pond",
        "me@somewhere.example.org",
    ],
)
def test_secrets_pass(text: str) -> None:
    assert CLINIC.may_ask(text)


def test_a_process_that_only_screens_reads_nothing_else() -> None:
    assert not CLINIC.may_ask("good morning")  # kept from here on
    own = Clinic()
    assert not own.may_ask("good morning")
    assert vars(own).keys() <= {"root", "hub", "pictures", "screen"}
