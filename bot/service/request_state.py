"""What is known of a followed request: one part per message, so that an edit or a deletion takes back what it told."""

from dataclasses import dataclass
from functools import reduce

import msgspec

from bot.base.languages import Language
from bot.intake.request import Request

FORM = "form"  # the part that the author filled in


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one message told. `digest` tells whether it has changed since."""

    digest: str = ""
    told: Request = Request()
    answer_key: str | None = None  # of the diagnosis of the log in it
    is_recognised: bool = False


class State(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of it, as kept in the store."""

    is_thread: bool = True
    parts: dict[str, Part] = {}
    language: Language | None = None  # chosen by a button
    index: int = 0  # which candidate is shown
    was_asked: bool = False  # the bot has asked for something at least once
    was_pinged: bool = False
    was_reminded: bool = False
    reminder_id: int | None = None
    shown: str = ""  # digest of what the message shows now


@dataclass(frozen=True, slots=True)
class Summary:
    """All parts together."""

    told: Request
    language: Language
    answer_key: str | None
    is_recognised: bool


def summary(state: State) -> Summary:
    """Later messages add to earlier ones; what the author filled in wins over all of them."""
    ordered = [state.parts[key] for key in sorted(state.parts, key=_order)]
    told = reduce(Request.merge, (part.told for part in ordered)) if ordered else Request()
    if FORM in state.parts:
        told = msgspec.structs.replace(told, points={**told.points, **state.parts[FORM].told.points})
    diagnosed = [part for part in ordered if part.answer_key]
    best = next((part for part in reversed(diagnosed) if part.is_recognised), diagnosed[-1] if diagnosed else None)
    return Summary(
        told=told,
        language=state.language or (ordered[0].told.language if ordered else "en"),
        answer_key=best.answer_key if best else None,
        is_recognised=best is not None and best.is_recognised,
    )


def with_part(state: State, key: str, part: Part) -> State:
    """The state with what one message told, in place of what it told before."""
    return msgspec.structs.replace(state, parts={**state.parts, key: part})


def _order(key: str) -> tuple[bool, int]:
    return (True, 0) if key == FORM else (False, int(key))


def decoded(text: str) -> State:
    return msgspec.json.decode(text, type=State)


def encoded(state: State) -> str:
    return msgspec.json.encode(state).decode()
