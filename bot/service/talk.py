"""The life of one conversation: open, answered, solved, in a human's hands. No Discord, no clock, no store.

Discord keeps the state in its store and asks workers; a terminal holds it in a `Talk`. What becomes of a message is
decided here for both.
"""

import dataclasses
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from bot.answers.blocks import Answer
from bot.clinic.message import Message
from bot.clinic.ports import Clinic
from bot.intake.told import Request
from bot.service import jobs
from bot.service.request_state import (
    Life,
    Part,
    State,
    alone,
    conversation,
    in_order,
    newest,
    with_part,
    without_part,
)

PATIENCE = 2  # times that "not solved" is said before humans are asked to take over
KEPT_WORDS = 200  # characters of what the author says solved it

Event = Literal["answer", "anew", "solved", "given up", "helped"]
# What becomes of a conversation. A human at work and a solution are not talked over: what is not named changes nothing.
# answer: there is something to say; anew: what was solved is asked about again; given up: it did not help, PATIENCE
# times or without a word since; helped: somebody else has spoken up.
MOVES: Mapping[tuple[Life, Event], Life] = {
    ("open", "answer"): "answered",
    ("open", "solved"): "solved",
    ("open", "helped"): "helper",
    ("answered", "solved"): "solved",
    ("answered", "given up"): "handed",
    ("answered", "helped"): "helper",
    ("solved", "anew"): "answered",
    ("helper", "solved"): "solved",
    ("handed", "solved"): "solved",
    ("handed", "helped"): "helper",
}
_SPEAKS: frozenset[Life] = frozenset({"open", "answered"})  # lives in which the bot answers


def moved(state: State, event: Event) -> State:
    """The state after an event in the life of a conversation."""
    return replace(state, life=MOVES.get((state.life, event), state.life))


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of reading a message: the key of the answer (None: nothing to say) and what it asks for.

    `asks_anew`: the message asks something by itself, or says that what was solved is back; `words`: the author's own,
    where he says it is solved. `follows`: the answer stands beside the one given before; `failed`: the author said that
    it did not help; `adds`: the message tells something that counts from now on.
    """

    answer_key: str | None = None
    asked: tuple[str, ...] = ()
    only_asks: bool = False
    is_solved: bool = False
    asks_anew: bool = False
    words: str = ""
    told: Request | None = None
    follows: bool = False
    failed: bool = False
    adds: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a message. `says`: whether its answer stands in the place of the one before, or under it as a
    message of its own; `hands_over`: humans are asked to take over; `is_other`: another answer stands now than before,
    so that what was said beside is put right.
    """

    state: State
    says: Literal["nothing", "answer", "beside"] = "nothing"
    hands_over: bool = False
    is_other: bool = False


def taken_in(state: State, heard: Heard, key: str) -> Outcome:
    """What becomes of the message `key`, or, where that is empty, of one that was taken away."""
    before = state
    state = replace(state, told=(heard.told if heard.adds else None) or state.told)
    says_more = heard.answer_key is not None
    if heard.is_solved and state.life != "solved":
        solved = _without(replace(moved(state, "solved"), solution=heard.words), key)
        return Outcome(solved, "beside" if says_more and before.life == "answered" else "nothing")
    if not (state.life in _SPEAKS or (state.life == "solved" and heard.asks_anew)):
        return Outcome(state)
    if not says_more:
        return Outcome(_without(state, key))
    state = _asked_anew(state, key)
    if heard.follows and state.life == "answered":
        state = _beside(state, heard, key)
        return Outcome(state, "beside", hands_over=state.life == "handed")
    state = replace(
        moved(state, "anew" if state.life == "solved" else "answer"),
        answer_key=heard.answer_key,
        asked=heard.asked,
        is_only_asking=heard.only_asks,
        index=0,
        not_solved=0 if state.life == "solved" else state.not_solved,
    )
    return Outcome(state, "answer", is_other=state.answer_key != before.answer_key)


def _beside(state: State, heard: Heard, key: str) -> State:
    """The state after something was said beside the answer, which stays."""
    beside = state if heard.adds else _without(state, key)
    return replace(not_solved(beside), index=state.index) if heard.failed else beside


def _asked_anew(state: State, key: str) -> State:
    """The state in which a message is marked that asks something once all before it is solved."""
    part = state.parts.get(key)
    return state if state.life != "solved" or part is None else with_part(state, key, replace(part, fresh=True))


def _without(state: State, key: str) -> State:
    """The state with a message that does not count: thanks, chatter. The first one always does."""
    part = state.parts.get(key)
    if part is None or key == in_order(state)[0]:
        return state
    return with_part(state, key, replace(part, counts=False))


def not_solved(state: State, causes: Sequence[str] = ()) -> State:
    """The author said that it did not help: the next cause of another kind is shown; the second time humans are asked
    to take over. `causes`: the kind of each answer, in order.
    """
    times = state.not_solved + 1
    state = moved(state, "given up") if times >= PATIENCE else state
    return replace(state, not_solved=times, index=_next_of_another_kind(state.index, causes))


def with_reason(state: State, reason: str) -> State:
    """The state with what the author wrote about why it did not help; the newest last, each once."""
    words = reason.strip()[:KEPT_WORDS]
    kept = [*(each for each in state.reasons if each != words), *filter(None, (words,))]
    return replace(state, reasons=tuple(kept[-PATIENCE:]))


def _next_of_another_kind(shown: int, causes: Sequence[str]) -> int:
    """The answer after the one shown that treats something else than those before it; where none does, the same: what
    did not help in one program does not in another one's words.
    """
    told = set(causes[: shown + 1])
    return next((at for at in range(shown + 1, len(causes)) if causes[at] not in told), shown)


def helped(state: State) -> State:
    """Somebody else has spoken up to help: the bot is silent from now on."""
    return moved(state, "helped")


# ---- what a reply means

Replied = tuple[jobs.Replied, str | None]  # a reply, and the key under which its answer is kept
Hearing = Generator[Message, Replied, Heard]


def hearing(state: State, key: str) -> Hearing:
    """Asks for the replies that tell what the message `key` means for the life of a conversation; ends with that.

    Who drives it (`heard_by`, or a face that waits for its workers) sends back the reply to each message.
    """
    message = conversation(state)
    if message is None:
        return Heard()
    replied, answer_key = yield message
    is_last = newest(state) == key
    asks = replied.relapses or replied.asks
    if state.life == "solved" and is_last and not asks:  # only the message by itself tells whether it asks anew
        by_itself, _ = yield alone(state, key)
        asks = by_itself.reading is not None
    part = state.parts.get(key)
    return Heard(
        answer_key=answer_key,
        asked=replied.asked,
        only_asks=replied.kind == "ask",
        is_solved=replied.is_solved and is_last,
        asks_anew=asks and is_last and state.life == "solved",
        words=part.text[:KEPT_WORDS] if part is not None else "",
        told=replied.told,
        follows=replied.follows,
        failed=replied.failed and is_last,
        adds=replied.adds,
    )


def heard_by(heard: Hearing, reply: Callable[[Message], Replied]) -> Heard:
    """What comes of a hearing whose replies are at hand."""
    try:
        message = next(heard)
        while True:
            message = heard.send(reply(message))
    except StopIteration as end:
        found: Heard = end.value
        return found


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation in this process. `answer` is the one that stands, `said` what was said to the last message."""

    clinic: Clinic
    state: State
    replied: jobs.Replied | None = None
    answer: Answer | None = None
    said: Answer | None = None
    number: int = 0

    @classmethod
    def opened(cls, clinic: Clinic, title: str = "", *, is_thread: bool = True) -> "Talk":
        """A conversation in which nothing was said yet."""
        return cls(clinic, State(is_thread=is_thread, title=title))

    def is_overheard(self) -> "Talk":
        """Somebody else wrote what is no help."""
        return dataclasses.replace(self, said=None)

    def says(self, text: str, files: tuple[str, ...] = ()) -> "Talk":
        """The conversation after a message of the one who asks; its number is that of the messages so far."""
        key = str(self.number + 1)
        talk = dataclasses.replace(self, number=self.number + 1)
        return talk._taken_in(with_part(self.state, key, Part(text=text, files=files)), key)

    def edits(self, number: int, text: str) -> "Talk":
        """The same after a message was changed. `number`: which one, from 1."""
        key = str(number)
        part = self.state.parts[key]
        return self._taken_in(with_part(self.state, key, replace(part, text=text, counts=True)), key)

    def deletes(self, number: int) -> "Talk":
        """The same after a message was taken away."""
        return self._taken_in(without_part(self.state, str(number)), "")

    def _taken_in(self, state: State, key: str) -> "Talk":
        replies: list[jobs.Replied] = []

        def reply(message: Message) -> Replied:
            replies.append(jobs.reply(self.clinic, message))
            is_answered = replies[0].reading is not None
            return replies[-1], f"{key}.{self.number}" if is_answered else None

        outcome = taken_in(state, heard_by(hearing(state, key), reply), key)
        replied = replies[0] if replies else self.replied
        answer = replied.reading.answer if replied is not None and replied.reading is not None else None
        shown = answer if outcome.says != "nothing" else None
        stands = answer if outcome.says == "answer" else self.answer
        return Talk(self.clinic, outcome.state, replied, stands, shown, self.number)

    def is_told_not_solved(self) -> "Talk":
        """The same after somebody said that it did not help."""
        return dataclasses.replace(self, state=not_solved(self.state), said=None)

    def is_told_solved(self) -> "Talk":
        """The same after somebody said that it is solved."""
        return dataclasses.replace(self, state=moved(self.state, "solved"), said=None)

    def is_helped(self) -> "Talk":
        """The same after a helper joined."""
        return dataclasses.replace(self, state=helped(self.state), said=None)
