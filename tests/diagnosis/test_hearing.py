"""What is only told is weighed by all readers together, and what is likeliest is named first."""

import pytest
from shipped import CLINIC

from bot.answers.markdown import markdown
from bot.clinic.message import Message
from bot.diagnosis.hearing import TRAITS, Views

EVEN = {"memory": 0.0, "network": 0.0}


def views(**given: dict[str, float]) -> Views:
    said, meant, whole, programs = (given.get(name, EVEN) for name in ("said", "meant", "whole", "programs"))
    shares, found, often = (given.get(name, {}) for name in ("shares", "found", "often"))
    return Views(said, meant, whole, programs, shares, found, often)


def test_likelihoods_are_shares() -> None:
    found = views(said={"memory": 2.0, "network": -1.0, "text:text-long": -2.0}).likelihoods()
    assert sum(found.values()) == pytest.approx(1.0)
    assert list(found) == ["memory", "network", "text:text-long"]
    assert max(found, key=found.__getitem__) == "memory"


@pytest.mark.parametrize(
    "given",
    [
        {"said": {"memory": 1.0, "network": 0.0}},
        {"meant": {"memory": 1.0, "network": 0.0}},
        {"whole": {"memory": 1.0, "network": 0.0}},
        {"programs": {"memory": 0.0, "network": -1.0}},
        {"often": {"memory": 3.0, "network": 1.0}},
        {"shares": {"memory": 1.0}},
        {"found": {"memory": 0.9}},
    ],
)
def test_every_reader_counts(given: dict[str, dict[str, float]]) -> None:
    found = views(**given).likelihoods()
    assert found["memory"] > found["network"]


def test_the_nearest_sentences_count() -> None:
    near = Views(
        said=EVEN, meant=EVEN, whole=EVEN, programs=EVEN, shares={}, near={"memory": 0.6, "network": 0.2}.__getitem__
    )
    found = near.likelihoods()
    assert found["memory"] > found["network"]


def test_traits_stand_in_their_order() -> None:
    found = views(said={"memory": 2.0}, often={"memory": 3.0}).traits("memory")
    assert dict(zip(TRAITS, found, strict=True))["said"] == 2.0
    assert dict(zip(TRAITS, found, strict=True))["often"] == 3.0


def test_nobody_s_words_are_alike() -> None:
    assert views().likelihoods() == pytest.approx({"memory": 0.5, "network": 0.5})


# Told without a word of this field, or in words that signs of another subject stand in.
@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("when I am back after lunch it has thrown the model out and loads it again", "model-auto-unloaded"),
        ("each turn starts over from the very first token of the history", "prompt-read-anew-each-turn"),
        ("my folder has chinese letters in its name and the model there fails to load", "chinese-path-in-words"),
        ("换了新路由器以后手机就打不开酒馆了", "other-device-cannot-connect-in-words"),
        ("ollama takes the wrong one of my two cards after a reboot", "one-card-left-out-in-words"),
        ("五分钟不说话再问它就要重新加载，每次都等半天", "model-auto-unloaded"),
        ("asked it for papers on my topic and none of them exist", "first-aid:text-facts"),
    ],
)
def test_what_is_told_is_recognised(text: str, first: str) -> None:
    reply = CLINIC.reply(Message(text, where="forum"))
    assert reply.parts[0].id == first


@pytest.mark.parametrize(
    ("text", "aid"),
    [
        ("bits of chinese turn up in the answer although everything is english", "text-language"),
        ("剧情写到一半开始飙日语", "text-language"),
        ("it never makes it to the end of a paragraph, every message stops somewhere in a word", "text-short"),
    ],
)
def test_what_a_model_wrote_is_complained_of_in_a_channel_too(text: str, aid: str) -> None:
    assert CLINIC.reply(Message(text, where="channel")).parts[0].id == f"first-aid:{aid}"


@pytest.mark.parametrize(
    ("text", "aid"),
    [
        ("my villain apologises and asks for consent every two lines, he's supposed to be ruthless", "text-character"),
        ("we've been standing in front of that door for fifteen replies, nobody opens it", "text-pace"),
    ],
)
def test_a_story_is_told_in_the_third_person_and_still_complained_of(text: str, aid: str) -> None:
    assert CLINIC.reply(Message(text, where="forum")).parts[0].id == f"first-aid:{aid}"


@pytest.mark.parametrize("text", ["不是显存不够，也不是驱动问题，一加载就闪退", "一加载就闪退"])
def test_what_is_ruled_out_is_not_what_is_meant(text: str) -> None:
    heard = CLINIC.diagnoser.impression(text)
    assert heard is not None
    assert heard.like != "gpu-out-of-memory"


def test_a_complaint_of_a_text_is_no_question_of_a_way() -> None:
    reply = CLINIC.reply(Message("问它几点了它给我写八百字", where="forum"))
    assert reply.parts[0].id == "first-aid:text-long"


def test_what_is_likeliest_is_named_before_checks_for_anything() -> None:
    reply = CLINIC.reply(Message("lm studio acts up whenever the laptop is on battery", where="forum"))
    first = reply.parts[0]
    assert first.is_guess
    assert not first.id.startswith("first-aid:")
    assert first.score < 0.5


@pytest.mark.parametrize(
    "text", ["my minecraft server lags since the update", "chrome keeps closing when I open many tabs"]
)
def test_trouble_of_another_field_is_left_alone(text: str) -> None:
    assert CLINIC.reply(Message(text, where="channel")).kind == "silent"


def test_beside_a_guess_others_are_named() -> None:
    text = "lm studio acts up whenever the laptop is on battery"
    reply = CLINIC.reply(Message(text))
    assert reply.parts[0].is_guess
    assert reply.answer is not None
    assert "If that is not it, look at these" in markdown(reply.answer, "en")
