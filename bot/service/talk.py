"""The life of one conversation: open, answered, solved, in a human's hands. No Discord, no clock, no store.

Discord keeps the state in its store and asks workers; a terminal holds it in a `Talk`. What becomes of a message is
decided here for both.
"""

import dataclasses
from dataclasses import dataclass

from msgspec.structs import replace

from bot.answers.blocks import Answer
from bot.clinic.ports import Clinic
from bot.intake.told import Request
from bot.service import jobs
from bot.service.request_state import Part, State, alone, conversation, in_order, newest, with_part

PATIENCE = 2  # times that "not solved" is said before humans are asked to take over
KEPT_WORDS = 200  # characters of what the author says solved it


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


def _beside(state: State, heard: Heard, key: str) -> State:
    """The state after something was said beside the answer, which stays."""
    beside = state if heard.adds else _without(state, key)
    return replace(not_solved(beside, 1), index=state.index) if heard.failed else beside


def answered(state: State, heard: Heard, key: str) -> State:
    """The state after the answer to a message is known. A human at work and a solution are not talked over."""
    state = replace(state, told=heard.told or state.told)
    if heard.is_solved and state.life != "solved":
        return _without(replace(state, life="solved", solution=heard.words), key)
    if not _may_answer(state, heard):
        return state
    if heard.answer_key is None:
        return _without(state, key)
    state = _asked_anew(state, key)
    if says_beside(state, heard):
        return _beside(state, heard, key)
    return replace(
        state,
        life="answered",
        answer_key=heard.answer_key,
        asked=heard.asked,
        is_only_asking=heard.only_asks,
        index=0,
        not_solved=0 if state.life == "solved" else state.not_solved,
    )


def _may_answer(state: State, heard: Heard) -> bool:
    """Whether neither a human is at it nor is all solved."""
    return state.life not in {"helper", "handed"} and (state.life != "solved" or heard.asks_anew)


def _asked_anew(state: State, key: str) -> State:
    """The state in which a message is marked that asks something once all before it is solved."""
    part = state.parts.get(key)
    return state if state.life != "solved" or part is None else with_part(state, key, replace(part, fresh=True))


def says_beside(state: State, heard: Heard) -> bool:
    """Whether an answer is a message of its own under the one given before."""
    return heard.follows and heard.answer_key is not None and state.life == "answered"


def _without(state: State, key: str) -> State:
    """The state with a message that does not count: thanks, chatter. The first one always does."""
    part = state.parts.get(key)
    if part is None or key == in_order(state)[0]:
        return state
    return with_part(state, key, replace(part, counts=False))


def not_solved(state: State, causes: int) -> State:
    """The author said that it did not help: the next cause is shown; the second time humans are asked to take over."""
    times = state.not_solved + 1
    life = "handed" if times >= PATIENCE else state.life
    return replace(state, not_solved=times, life=life, index=(state.index + 1) % max(causes, 1))


def helped(state: State) -> State:
    """Somebody else has spoken up to help: the bot is silent from now on."""
    return replace(state, life="helper") if state.life in {"open", "answered", "handed"} else state


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
        """The conversation after a message of the one who asks."""
        key = str(self.number + 1)
        state = with_part(self.state, key, Part(text=text, files=files))
        message = conversation(state)
        assert message is not None  # the part just added counts
        replied = jobs.reply(self.clinic, message)
        answer = replied.reading.answer if replied.reading is not None else None
        by_itself = jobs.reply(self.clinic, alone(state, key)) if hangs_on_itself(state, replied, key) else None
        heard = heard_of(state, key, replied, key if answer is not None else None, by_itself)
        after = answered(state, heard, key)
        shown = answer if after.answer_key == key or says_beside(state, heard) else None
        stands = answer if after.answer_key == key else self.answer
        return Talk(self.clinic, after, replied, stands, shown, self.number + 1)

    def is_told_not_solved(self) -> "Talk":
        """The same after somebody said that it did not help."""
        return dataclasses.replace(self, state=not_solved(self.state, 1), said=None)

    def is_told_solved(self) -> "Talk":
        """The same after somebody said that it is solved."""
        return dataclasses.replace(self, state=replace(self.state, life="solved"), said=None)

    def is_helped(self) -> "Talk":
        """The same after a helper joined."""
        return dataclasses.replace(self, state=helped(self.state), said=None)


def hangs_on_itself(state: State, replied: jobs.Replied, key: str) -> bool:
    """Whether only a message read by itself tells if what was solved is asked about anew."""
    return state.life == "solved" and newest(state) == key and not (replied.relapses or replied.asks)


def heard_of(
    state: State, key: str, replied: jobs.Replied, answer_key: str | None, by_itself: jobs.Replied | None
) -> Heard:
    """What the reply to a message means for the life of a conversation. `key`: of the message; `answer_key`: under
    which its answer is kept; `by_itself`: the reply to it alone, where it hangs on that.
    """
    is_last = newest(state) == key
    asks = replied.relapses or replied.asks or (by_itself is not None and by_itself.reading is not None)
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
