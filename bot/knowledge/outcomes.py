"""How a cure ends, by area: how to see that it worked, and whether going back to an older version may be one."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from bot.base.languages import Text
from bot.knowledge.failures import Failure
from bot.knowledge.files import DataError, as_items, load_sound

OUTCOMES = "outcomes.yaml"
SAID = "olved when"  # how a step begins that says it already
SENT = re.compile(r"\b(?:send|say|tell|ask)\b", re.IGNORECASE)  # what says what to send, or to whom to go


class Outcome(msgspec.Struct, frozen=True):
    """What holds for all failures of an area (a folder of failures/) that do not say it themselves."""

    area: str
    solved: Text  # how to see it
    send: Text  # what helpers need if it is not
    back: bool


class _File(msgspec.Struct, frozen=True):
    items: tuple[Outcome, ...]


def read_outcomes(root: Path) -> tuple[Outcome, ...]:
    """The outcomes under `root`; none where there is no file. Raises DataError."""
    if not (root / OUTCOMES).exists():
        return ()
    loaded = load_sound(root, OUTCOMES, "outcomes", _File, prepare=as_items)
    if loaded.faults:
        raise DataError(loaded.faults)
    return loaded.items[0][1].items


def with_outcomes(items: Sequence[tuple[str, Failure]], outcomes: Iterable[Outcome]) -> tuple[tuple[str, Failure], ...]:
    """Entries (with their files) that lack it completed by what their area says."""
    by_area = {outcome.area: outcome for outcome in outcomes}
    return tuple((file, _completed(entry, by_area.get(_area(file)))) for file, entry in items)


def _completed(entry: Failure, outcome: Outcome | None) -> Failure:
    if outcome is None:
        return entry
    in_steps = [step.text.en for step in entry.steps if SAID in step.text.en]
    told = [*in_steps, *([entry.solved.en] if entry.solved else ())]
    return msgspec.structs.replace(
        entry,
        solved=entry.solved if told else outcome.solved,
        send=entry.send or (None if any(map(SENT.search, told)) else outcome.send),
        may_go_back=entry.may_go_back and outcome.back,
    )


def _area(file: str) -> str:
    return file.split("/")[1] if file.count("/") > 1 else ""
