"""What is known of a followed request: one part per message, so that an edit or a deletion takes back what it told."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Literal

import msgspec

from bot.base.languages import Language
from bot.clinic.message import Aside, Message, Said, Where
from bot.intake.told import Request

MOST_BESIDE = 3  # answers beside that later corrections put right
FORM = "form"  # the part that the author filled in
# answered: the bot has said something; helper: a human is at it; handed: it was handed over to humans
Life = Literal["open", "answered", "solved", "helper", "handed"]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one message told, secrets masked. `digest` tells whether it has changed since."""

    digest: str = ""
    told: Request = Request()
    text: str = ""
    files: tuple[str, ...] = ()
    at: int = 0  # id of what it came with, where that is not its key; ids grow with time
    counts: bool = True  # it belongs to the request; thanks and chatter do not
    fresh: bool = False  # it was asked when what stood before was solved


class State(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of it, as kept in the store."""

    is_thread: bool = True
    title: str = ""  # of the post
    parts: dict[str, Part] = {}
    life: Life = "open"
    answer_key: str | None = None  # of the answer
    asked: tuple[str, ...] = ()  # points that the answer asks for
    is_only_asking: bool = False  # the answer knows nothing yet
    wants_points: bool = False  # somebody had it asked for the template's points
    told: Request | None = None  # all that the author has told by now, corrections made
    not_solved: int = 0  # how often the author said so
    reasons: tuple[str, ...] = ()  # why it did not help, in the author's words
    solution: str = ""  # in the author's words
    helper_id: int | None = None  # who spoke up
    language: Language | None = None  # chosen by a button
    index: int = 0  # which candidate is shown
    was_asked: bool = False  # the bot has asked for something at least once
    was_pinged: bool = False
    was_reminded: bool = False
    reminder_id: int | None = None
    beside: dict[str, int] = {}  # messages that asked back -> the bot's own that answers them
    beside_answers: dict[str, str] = {}  # the same messages -> the key of that answer
    similar: tuple[str, ...] = ()  # addresses of solved posts that are like this one
    shown: str = ""  # digest of what the message shows now


@dataclass(frozen=True, slots=True)
class Summary:
    """All parts together."""

    told: Request
    language: Language


def summary(state: State) -> Summary:
    """Later messages add to earlier ones; what the author filled in wins over all of them."""
    ordered = [state.parts[key] for key in in_order(state)]
    told = reduce(Request.merge, (part.told for part in ordered)) if ordered else Request()
    if state.told is not None:
        told = _corrected(told, state.told)
    if FORM in state.parts:
        told = msgspec.structs.replace(told, points={**told.points, **state.parts[FORM].told.points})
    return Summary(told=told, language=state.language or _spoken(ordered, state.told))


def _corrected(merged: Request, told: Request) -> Request:
    """What single messages told, after what is told by all of them in the light of the later ones."""
    points, hardware = {**merged.points, **told.points}, {**merged.hardware, **told.hardware}
    contradictions = told.contradictions if told.points else merged.contradictions
    return msgspec.structs.replace(merged, points=points, hardware=hardware, contradictions=contradictions)


def _spoken(parts: list[Part], told: Request | None) -> Language:
    """The author's language, the title included. A log and a short word of English in between do not change it."""
    spoken = [*(part.told.language for part in reversed(parts)), *([told.language] if told else [])]
    return next((language for language in spoken if language != "en"), "en")


def with_part(state: State, key: str, part: Part) -> State:
    """The state with what one message told, in place of what it told before."""
    return msgspec.structs.replace(state, parts={**state.parts, key: part})


def without_part(state: State, key: str) -> State:
    """The state without one of its parts."""
    return msgspec.structs.replace(state, parts={id_: part for id_, part in state.parts.items() if id_ != key})


def newest(state: State) -> str | None:
    """The key of the last message that counts."""
    return next((key for key in reversed(in_order(state)) if state.parts[key].counts), None)


def conversation(state: State) -> Message | None:
    """Everything that counts as one message: the last one, after what was said before. None where nothing does."""
    ordered = [state.parts[key] for key in in_order(state)]
    parts = [part for part in ordered if part.counts]
    if not parts:
        return None
    *earlier, last = parts
    if not earlier:
        return Message(last.text, state.title, last.files, where=_where(state))
    first = msgspec.structs.replace(earlier[0], text="\n".join(filter(None, (state.title, earlier[0].text))))
    said = tuple(Said("asker", part.text, part.files, part.fresh) for part in (first, *earlier[1:]))
    fresh = last.fresh or state.life == "solved"
    return Message(last.text, "", last.files, said, _where(state), tuple(_aside(ordered)), fresh)


def _aside(ordered: Iterable[Part]) -> Iterator[Aside]:
    """What does not count, each with the number of messages that count before it."""
    behind = 0
    for part in ordered:
        behind += part.counts
        if not part.counts:
            yield Aside(part.text, behind)


def asked_again(state: State, key: str) -> Message | None:
    """The conversation with a question that was asked back in it as its last message."""
    if key not in state.parts:
        return None
    last = max((part.at or (0 if id_ == FORM else int(id_)) for id_, part in state.parts.items()), default=0) + 1
    asked = msgspec.structs.replace(state.parts[key], counts=True, at=last)
    return conversation(with_part(state, key, asked))


def with_beside(state: State, key: str, message_id: int, answer_key: str) -> State:
    """The state with an answer given beside; of those only the last ones are kept up to date."""
    kept = dict(list({**state.beside, key: message_id}.items())[-MOST_BESIDE:])
    answers = {each: known for each, known in {**state.beside_answers, key: answer_key}.items() if each in kept}
    return msgspec.structs.replace(state, beside=kept, beside_answers=answers)


def without_beside(state: State, key: str) -> State:
    """The state after an answer given beside was taken back."""
    beside = {each: message for each, message in state.beside.items() if each != key}
    answers = {each: known for each, known in state.beside_answers.items() if each != key}
    return msgspec.structs.replace(state, beside=beside, beside_answers=answers)


def alone(state: State, key: str) -> Message:
    """One message of the author without what was said before."""
    part = state.parts[key]
    return Message(part.text, "", part.files, where=_where(state))


def _where(state: State) -> Where:
    return "forum" if state.is_thread else "channel"


def in_order(state: State) -> list[str]:
    """The keys of all parts, oldest first."""
    return sorted(state.parts, key=lambda key: state.parts[key].at or (0 if key == FORM else int(key)))


def decoded(text: str) -> State:
    """A state from what `encoded` made of it."""
    return msgspec.json.decode(text, type=State)


def encoded(state: State) -> str:
    """A state as text to be kept."""
    return msgspec.json.encode(state).decode()
