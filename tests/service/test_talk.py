"""The life of a conversation: every event in every state, and what Discord and the terminal decide alike."""

from dataclasses import replace
from itertools import product
from typing import Any, get_args

import msgspec
import pytest
from shipped import CLINIC

from bot.clinic.message import Message
from bot.intake.told import Request
from bot.service import jobs
from bot.service.request_state import Life, Part, State, with_part
from bot.service.talk import (
    MOVES,
    Event,
    Heard,
    Outcome,
    Replied,
    Talk,
    heard_by,
    hearing,
    helped,
    moved,
    not_solved,
    taken_in,
)

LIVES: tuple[Life, ...] = get_args(Life)
EVENTS: tuple[Event, ...] = get_args(Event)
HUMAN: frozenset[Life] = frozenset({"helper", "handed"})
ANSWER = Heard(answer_key="k")
BESIDE = Heard(answer_key="b", follows=True)


def state(life: Life = "open", **more: Any) -> State:
    parts = {"1": Part(text="it fails"), "2": Part(text="more of it")}
    return msgspec.structs.replace(State(parts=parts, life=life, answer_key="first"), **more)


# ---- the table


@pytest.mark.parametrize(("life", "event"), list(product(LIVES, EVENTS)))
def test_every_event_in_every_state(life: Life, event: Event) -> None:
    after = moved(state(life), event).life
    if event == "solved":
        assert after == "solved"
    elif event == "helped":
        assert after == ("solved" if life == "solved" else "helper")
    elif life == "solved":
        assert after == ("answered" if event == "anew" else "solved")
    elif life in HUMAN:
        assert after == life
    else:
        assert (after != life) == ((life, event) in MOVES)


def test_from_everywhere_it_can_be_solved_and_from_a_solution_asked_anew() -> None:
    assert {moved(state(life), "solved").life for life in LIVES} == {"solved"}
    assert moved(state("solved"), "anew").life == "answered"


# ---- what becomes of a message


def test_a_first_answer_stands() -> None:
    outcome = taken_in(state("open", answer_key=None), ANSWER, "1")
    assert (outcome.says, outcome.state.life, outcome.state.answer_key) == ("answer", "answered", "k")
    assert outcome.is_other


def test_what_is_asked_back_is_said_beside_and_the_answer_stays() -> None:
    outcome = taken_in(state("answered"), BESIDE, "2")
    assert (outcome.says, outcome.state.answer_key, outcome.is_other) == ("beside", "first", False)


def test_a_question_that_tells_nothing_does_not_count() -> None:
    outcome = taken_in(state("answered"), Heard(answer_key="b", follows=True, adds=False), "2")
    assert not outcome.state.parts["2"].counts
    assert outcome.state.parts["1"].counts


def test_solved_with_a_question_answers_it_beside() -> None:
    outcome = taken_in(state("answered"), Heard(answer_key="b", is_solved=True, words="it was the driver"), "2")
    assert (outcome.says, outcome.state.life, outcome.state.solution) == ("beside", "solved", "it was the driver")


def test_solved_says_nothing_where_nothing_is_asked() -> None:
    outcome = taken_in(state("answered"), Heard(is_solved=True), "2")
    assert (outcome.says, outcome.state.life) == ("nothing", "solved")


@pytest.mark.parametrize("life", sorted(HUMAN))
@pytest.mark.parametrize("heard", [ANSWER, BESIDE, Heard(answer_key="k", asks_anew=True), Heard(failed=True)])
def test_a_human_at_work_is_not_talked_over(life: Life, heard: Heard) -> None:
    here = state(life)
    assert taken_in(here, heard, "2") == Outcome(here)


@pytest.mark.parametrize("life", sorted(HUMAN))
def test_with_a_human_at_it_a_solution_is_noted_without_a_word(life: Life) -> None:
    outcome = taken_in(state(life), Heard(answer_key="b", is_solved=True), "2")
    assert (outcome.says, outcome.state.life) == ("nothing", "solved")


def test_what_was_solved_is_opened_again_by_a_question_of_its_own() -> None:
    solved = state("solved", not_solved=1)
    assert taken_in(solved, ANSWER, "2").state.life == "solved"
    anew = taken_in(solved, Heard(answer_key="k", asks_anew=True), "2")
    assert (anew.says, anew.state.life, anew.state.not_solved) == ("answer", "answered", 0)
    assert anew.state.parts["2"].fresh


def test_what_did_not_help_twice_is_handed_over() -> None:
    failed = Heard(answer_key="b", follows=True, failed=True)
    once = taken_in(state("answered"), failed, "2")
    assert (once.says, once.hands_over, once.state.life) == ("beside", False, "answered")
    twice = taken_in(once.state, failed, "2")
    assert (twice.hands_over, twice.state.life) == (True, "handed")


def test_facts_that_are_told_are_kept_even_where_nothing_is_said() -> None:
    told = Request(points={"loader": "ollama"})
    for life in LIVES:
        assert taken_in(state(life), Heard(told=told), "2").state.told == told


def test_not_solved_shows_the_next_cause_of_another_kind() -> None:
    causes = ["vram", "vram", "file"]  # the first two are one thing in two programs
    once = not_solved(state("answered"), causes)
    assert (once.life, once.index) == ("answered", 2)
    assert not_solved(once, causes).life == "handed"
    assert helped(not_solved(once, causes)).life == "helper"
    assert not_solved(state("answered"), ["vram", "vram"]).index == 0


# ---- what is asked of the workers


PLAIN = jobs.Replied(kind="silent", language="en", asked=(), is_solved=False)


def test_only_the_newest_message_solves_or_fails() -> None:
    def reply(_: Message) -> Replied:
        return replace(PLAIN, is_solved=True, failed=True), None

    newest = heard_by(hearing(state("answered"), "2"), reply)
    older = heard_by(hearing(state("answered"), "1"), reply)
    assert (newest.is_solved, newest.failed) == (True, True)
    assert (older.is_solved, older.failed) == (False, False)


def test_after_a_solution_a_message_is_also_read_by_itself() -> None:
    asked: list[Message] = []

    def reply(message: Message) -> Replied:
        asked.append(message)
        return PLAIN, None

    assert not heard_by(hearing(state("solved"), "2"), reply).asks_anew
    assert [bool(message.thread) for message in asked] == [True, False]
    asked.clear()
    heard_by(hearing(state("answered"), "2"), reply)
    assert len(asked) == 1


def test_nothing_is_asked_where_nothing_counts() -> None:
    def reply(_: Message) -> Replied:
        raise AssertionError

    assert heard_by(hearing(State(), ""), reply) == Heard()


# ---- a conversation in this process


def test_an_edit_takes_the_place_of_what_was_told() -> None:
    talk = (
        Talk.opened(CLINIC)
        .says("can a 3050 8gb with 16gb ram run qwen3 8b q4_k_m?")
        .edits(1, "can a 3090 with 16gb ram run qwen3 8b q4_k_m?")
    )
    assert talk.state.told is not None
    assert "3090" in talk.state.told.hardware["gpu"]
    assert talk.said is not None


def test_what_was_deleted_tells_nothing_any_more() -> None:
    talk = Talk.opened(CLINIC).says("ollama won't start, port 11434 is already in use").says("windows 11")
    assert talk.state.told is not None
    assert "system" in talk.state.told.points
    talk = talk.deletes(2)
    assert talk.state.told is not None
    assert "system" not in talk.state.told.points
    assert with_part(talk.state, "1", talk.state.parts["1"]) == talk.state
