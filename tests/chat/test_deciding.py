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
    is_news,
    is_request,
    may_start,
    next_step,
    remind_at,
    shown_answer,
    spoken,
)
from bot.chat.following import SAME_TALK, Following
from bot.intake.request import Request as Told
from bot.service.request_state import Part, State, encoded, summary
from bot.store.requests import Request, Status
from bot.store.settings import GuildSettings

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


@pytest.mark.parametrize(
    ("part", "asks"),
    [
        (Part(told=Told(is_help_request=True)), True),
        (Part(told=Told(), answer_key="k"), True),
        (Part(told=Told()), False),
    ],
)
def test_what_is_a_request(part: Part, asks: bool) -> None:
    assert is_request(summary(State(parts={"1": part}))) is asks


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


@pytest.mark.parametrize(
    ("mode", "recognised", "shown"), [("full", True, "k"), ("full", False, None), ("ask", True, None)]
)
def test_a_diagnosis_nobody_asked_for_is_shown_only_when_it_knows(
    mode: str, recognised: bool, shown: str | None
) -> None:
    parts = {"1": Part(answer_key="k", is_recognised=recognised)}
    assert shown_answer(summary(State(parts=parts)), replace_settings(mode=mode)) == shown


def step(
    request: Request, here: State, missing: tuple[str, ...], *, known: bool = False, bare: tuple[str, ...] = ()
) -> Step:
    return next_step(
        request, here, WATCHED, missing=missing, missing_without_diagnosis=bare or missing, has_diagnosis=known
    )


def test_a_complete_request_is_left_in_peace() -> None:
    found = step(replace(followed(), message_id=None), state(), ())
    assert not found.shows
    assert found.status == "complete"


def test_what_is_missing_is_asked_and_the_post_tagged() -> None:
    found = step(replace(followed(), message_id=None), state(), ("log",))
    assert found.shows
    assert (found.status, found.add_tag, found.remove_tag) == ("open", "needs info", "")
    assert found.keeps_reminder
    assert found.state.was_asked


def test_once_all_is_there_thanks_replace_the_question() -> None:
    asked = step(followed(), state(), ("log",)).state
    found = step(followed(), asked, ())
    assert found.is_collapsed
    assert (found.status, found.add_tag, found.remove_tag) == ("complete", "", "needs info")
    assert not found.keeps_reminder


def test_thanks_stand_under_a_diagnosis_only_when_something_was_asked_and_given() -> None:
    asked = step(followed(), state(), ("log",)).state
    assert step(followed(), asked, (), known=True).is_thanked
    assert not step(followed(), asked, (), known=True, bare=("model",)).is_thanked
    assert not step(followed(), state(), (), known=True).is_thanked
    assert not step(followed(), state(), (), known=True).is_collapsed


def test_the_language_that_is_spoken() -> None:
    chinese = State(parts={"1": Part(told=Told(language="zh"))})
    assert spoken(WATCHED, summary(chinese), chinese) == "zh"
    assert spoken(replace_settings(language="en"), summary(chinese), chinese) == "en"
    chosen = msgspec.structs.replace(chinese, language="en")
    assert spoken(replace_settings(language="zh"), summary(chosen), chosen) == "en"


def test_when_to_remind() -> None:
    assert remind_at(WATCHED, 5.0) == 5.0 + 24 * HOUR
    assert remind_at(replace_settings(remind_hours=0), 5.0) is None
