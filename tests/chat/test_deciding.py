"""What is to be done about messages of a help channel, decided without Discord."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from bot.chat.deciding import (
    HOUR,
    YOUNG,
    Said,
    SaidThread,
    Step,
    adds_to,
    asked_root,
    helps,
    is_news,
    may_start,
    next_step,
    remind_at,
    spoken,
)
from bot.chat.following import SAME_TALK, Following
from bot.chat.talks import SAME_TALK as TALK_ENDS
from bot.chat.talks import Talks
from bot.clinic.message import Said as Spoken
from bot.intake.told import Request as Told
from bot.service.request_state import Life, Part, State, conversation, encoded, in_order, summary, with_part
from bot.service.talk import Heard, not_solved, taken_in
from bot.store.requests import Request, Status
from bot.store.settings import GuildSettings, Mode

ANN, BEN, GUILD = 11, 12, 1
FORUM, CHANNEL, OTHER = 100, 200, 300
WATCHED = GuildSettings(forums=(FORUM,), channels=(CHANNEL,), needs_info_tag="needs info", remind_hours=24)


def post(**changes: Any) -> Said:
    """The opening message of ann's post in the forum."""
    thread = SaidThread(id=500, owner_id=ANN, parent_id=FORUM, is_locked=False, age=10)
    return Said(500, ANN, GUILD, 500, thread=replace(thread, **changes))


def talk(id_: int = 900, author: int = ANN, **more: Any) -> Said:
    """A message in the help channel."""
    return Said(id_, author, GUILD, CHANNEL, **more)


def followed(status: Status = "open", **state: Any) -> Request:
    state_ = State(parts={"900": Part(digest="a")}, **state)
    return Request(900, GUILD, CHANNEL, ANN, message_id=77, status=status, state=encoded(state_))


def state(**points: str) -> State:
    told = Told(is_help_request=True, points=dict(points))
    return State(parts={"900": Part(digest="a", told=told)})


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("said", "root"),
    [
        (post(), 500),
        (replace(post(), id=501), 500),
        (replace(post(), author_id=BEN), None),
        (post(parent_id=OTHER), None),
        (post(parent_id=CHANNEL), 500),
        (post(is_locked=True), None),
        (replace(post(age=YOUNG + 1), id=501), None),
        (post(age=YOUNG + 1), 500),
        (replace(post(), is_ordinary=False), None),
        (talk(), 900),
        (replace(talk(), channel_id=OTHER), None),
        (replace(talk(), is_ordinary=False), None),
    ],
)
def test_which_request_a_message_opens(said: Said, root: int | None) -> None:
    found = Following().root_of(said, WATCHED)
    assert (found.id if found else None) == root
    assert Following().root_of(said, replace_settings(mode="off")) is None


def replace_settings(**changes: Any) -> GuildSettings:
    return msgspec.structs.replace(WATCHED, **changes)


def test_an_old_thread_that_is_followed_goes_on() -> None:
    following = Following()
    following.remember(Request(500, GUILD, 500, ANN, state=encoded(State())), is_thread=True)
    assert following.root_of(replace(post(age=10 * YOUNG), id=501), WATCHED) is not None


def test_talk_in_a_channel_belongs_together_for_a_while() -> None:
    clock = Clock()
    following = Following(clock)
    following.remember(followed(), is_thread=False)
    assert root_id(following, talk(901)) == 900
    clock.now += SAME_TALK + 1
    assert root_id(following, talk(902)) == 902
    assert root_id(following, talk(903, replies_to=77)) == 900  # the bot's question
    assert root_id(following, talk(904, BEN, replies_to=77)) == 904
    assert following.is_answer(talk(905, replies_to=77))
    assert not following.is_answer(talk(906, BEN, replies_to=77))


def root_id(following: Following, said: Said) -> int | None:
    found = following.root_of(said, WATCHED)
    return found.id if found else None


def test_an_answer_to_somebody_else_opens_nothing_of_his() -> None:
    following = Following(Clock())
    following.remember(followed(), is_thread=False)
    assert root_id(following, talk(907, BEN, replies_to=900)) != 900


def test_what_somebody_wants_asked() -> None:
    assert asked_root(post()).is_thread
    assert asked_root(replace(post(), id=501)).id == 500
    assert asked_root(replace(post(), id=501, author_id=BEN)).id == 501
    assert asked_root(talk()).id == 900


@pytest.mark.parametrize(("by_author", "by_channel", "may"), [(0, 0, True), (3, 0, False), (0, 10, False)])
def test_limits(by_author: int, by_channel: int, may: bool) -> None:
    settings = replace_settings(user_per_hour=3, channel_per_hour=10)
    assert may_start(settings, by_author, by_channel) is may


@pytest.mark.parametrize("status", ["open", "complete", "dismissed", "withdrawn"])
def test_only_the_author_adds_and_only_while_followed(status: Status) -> None:
    assert adds_to(followed(status), talk()) is (status in {"open", "complete"})
    assert not adds_to(followed(status), talk(author=BEN))


def test_the_same_again_is_no_news() -> None:
    here = state()
    assert not is_news(followed(), here, talk(900), "a")
    assert is_news(followed(), here, talk(900), "b")
    assert is_news(followed(), here, talk(901), "a")
    assert is_news(replace(followed(), message_id=None), here, talk(900), "a")


NEW = replace(followed(), message_id=None)
ANSWER = Heard(answer_key="k")
QUESTION = Heard(answer_key="k", asked=("model",), only_asks=True)
SOLVED = Heard(is_solved=True, words="it was the antivirus")
NOTHING = Heard()


def answered(here: State, heard: Heard, key: str) -> State:
    return taken_in(here, heard, key).state


def step(request: Request, here: State, *missing: str, mode: Mode = "full") -> Step:
    return next_step(request, here, replace_settings(mode=mode, solved_tag="solved"), missing=missing)


def test_what_asks_nothing_is_left_in_peace() -> None:
    assert not step(NEW, answered(state(), NOTHING, "900")).shows


def test_an_answer_is_shown_and_nobody_is_reminded() -> None:
    found = step(NEW, answered(state(), ANSWER, "900"))
    assert (found.shows, found.face, found.status, found.keeps_reminder) == (True, "answer", "complete", False)
    assert (found.add_tag, found.remove_tag) == ("", "needs info")


def test_a_question_back_stays_open_and_is_tagged() -> None:
    found = step(NEW, answered(state(), QUESTION, "900"))
    assert (found.shows, found.status, found.add_tag, found.keeps_reminder) == (True, "open", "needs info", True)


def test_where_only_points_are_asked_for_thanks_replace_the_question() -> None:
    asked = step(NEW, state(), "log", mode="ask")
    assert (asked.shows, asked.face, asked.status, asked.add_tag) == (True, "question", "open", "needs info")
    found = step(followed(), asked.state, mode="ask")
    assert (found.face, found.status, found.remove_tag) == ("thanks", "complete", "needs info")
    assert not step(NEW, state(), mode="ask").shows


def test_solved_folds_the_message_and_tags_the_post() -> None:
    here = answered(answered(state(), ANSWER, "900"), SOLVED, "901")
    found = step(followed(), here)
    assert (here.life, here.solution) == ("solved", "it was the antivirus")
    assert (found.face, found.add_tag, found.remove_tag) == ("solved", "solved", "needs info")
    assert not step(NEW, here).shows


def test_chatter_changes_nothing_and_does_not_count() -> None:
    here = with_part(answered(state(), ANSWER, "900"), "901", Part(text="nice weather"))
    after = answered(here, NOTHING, "901")
    assert (after.life, after.answer_key) == ("answered", "k")
    assert not after.parts["901"].counts


@pytest.mark.parametrize("life", ["helper", "handed"])
def test_a_human_at_work_is_not_talked_over_but_a_solution_is_noted(life: Life) -> None:
    here = msgspec.structs.replace(answered(state(), QUESTION, "900"), life=life)
    assert answered(here, Heard(answer_key="other", asks_anew=True), "901") == here
    found = step(followed(), here)
    assert (found.status, found.keeps_reminder) == ("complete", False)
    assert answered(here, SOLVED, "901").life == "solved"


def test_solved_is_opened_again_only_by_a_question_of_its_own() -> None:
    solved = answered(answered(state(), ANSWER, "900"), SOLVED, "901")
    assert answered(solved, Heard(answer_key="other"), "902").life == "solved"
    assert answered(solved, Heard(answer_key="other", asks_anew=True), "902").life == "answered"


def test_not_solved_goes_on_to_the_next_cause_and_then_to_humans() -> None:
    here = answered(state(), ANSWER, "900")
    once = not_solved(here, ["a", "b", "c"])
    assert (once.life, once.index) == ("answered", 1)
    assert not_solved(once, ["a", "b", "c"]).life == "handed"
    assert not_solved(here, ["a"]).index == 0


@pytest.mark.parametrize(
    ("roles", "has_role", "size", "is_help"),
    [((1,), True, 3, True), ((1,), False, 300, False), ((), False, 10, False), ((), False, 60, True)],
)
def test_who_helps(roles: tuple[int, ...], has_role: bool, size: int, is_help: bool) -> None:
    settings = replace_settings(helper_roles=roles)
    assert helps(talk(author=BEN), settings, has_role=has_role, size=size) is is_help


def test_everything_that_counts_is_read_together_the_newest_last() -> None:
    parts = {
        "12": Part(text="not 32b, 14b"),
        "10": Part(text="crashes", files=("log",)),
        "11": Part(text="lol", counts=False),
    }
    message = conversation(State(title="koboldcpp", parts=parts))
    assert message is not None
    assert (message.text, message.title, message.attachments) == ("not 32b, 14b", "", ())
    assert [said.text for said in message.thread] == ["koboldcpp\ncrashes"]
    first = conversation(State(title="koboldcpp", parts={"10": parts["10"]}, is_thread=False))
    assert first is not None
    assert (first.title, first.text, first.where) == ("koboldcpp", "crashes", "channel")
    assert conversation(State()) is None


def test_what_was_filled_in_stands_where_it_was_sent() -> None:
    parts = {"form": Part(text="Model: x", at=11), "12": Part(text="b"), "10": Part(text="a")}
    assert in_order(State(parts=parts)) == ["10", "form", "12"]


def test_the_language_that_is_spoken() -> None:
    chinese = State(parts={"1": Part(told=Told(language="zh"))})
    assert spoken(WATCHED, summary(chinese), chinese) == "zh"
    assert spoken(replace_settings(language="en"), summary(chinese), chinese) == "en"
    chosen = msgspec.structs.replace(chinese, language="en")
    assert spoken(replace_settings(language="zh"), summary(chosen), chosen) == "en"


def test_when_to_remind() -> None:
    assert remind_at(WATCHED, 5.0) == 5.0 + 24 * HOUR
    assert remind_at(replace_settings(remind_hours=0), 5.0) is None


def test_a_talk_by_mention_is_remembered_for_a_while() -> None:
    now = [0.0]
    talks = Talks(lambda: now[0])
    assert talks.earlier(1, ANN) == ()
    for number in range(9):
        talks.add(1, ANN, Spoken("asker", f"{number}"))
    assert [said.text for said in talks.earlier(1, ANN)] == ["3", "4", "5", "6", "7", "8"]
    assert talks.earlier(2, ANN) == talks.earlier(1, BEN) == ()
    now[0] += TALK_ENDS
    assert talks.earlier(1, ANN) == ()
    talks.add(1, ANN, Spoken("asker", "anew"))
    talks.forget(ANN)
    assert talks.earlier(1, ANN) == ()
