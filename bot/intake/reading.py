"""From a text as given to what everything behind reads: masked text and masked lines that say the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from msgspec import structs

from bot.intake.cleaning import clean
from bot.intake.lines import Line
from bot.intake.masking.view import plain
from bot.intake.redaction import Kind, redact
from bot.intake.shapes import Telling, thinned


@dataclass(frozen=True, slots=True)
class Masked:
    """A text and its cleaned lines without secrets, and what was masked. The text has no control characters but
    line ends, carriage returns and tabs. `left_out`: rows that say what others say and are empty here.
    """

    text: str
    lines: tuple[Line, ...]
    kinds: tuple[Kind, ...] = ()
    left_out: int = 0


def read_masked(text: str, telling: Telling | None = None) -> Masked:
    """Masks `text` and its cleaned lines: cleaning may put together what was apart in the text (a token in a frame,
    a line that a terminal broke), and no line may show what the text hides, nor the text what a line hides. Of a long
    text the middle of what it repeats is left out (see `shapes.thinned`; `telling` as there).
    """
    thin = thinned(text, telling)
    given = redact(plain(thin.text))
    if thin.beside:
        given = replace(given, text=_emptied(given.text, thin.beside))
    lines = clean(given.text)
    shown = redact("\n".join(line.text for line in lines))
    if not shown.kinds:
        return Masked(given.text, tuple(lines), given.kinds, thin.left_out)
    masked = _with_texts(lines, shown.text.split("\n"))
    changed = [new for old, new in zip(lines, masked, strict=True) if old is not new]
    kept = tuple(line for line in masked if line.text and not line.text.isspace())
    return Masked(_with_lines(given.text, masked, changed), kept, given.kinds + shown.kinds, thin.left_out)


def _with_texts(lines: Sequence[Line], texts: Sequence[str]) -> list[Line]:
    """The lines with these texts; the same objects where nothing changes."""
    return [
        line if line.text == text else structs.replace(line, text=text) for line, text in zip(lines, texts, strict=True)
    ]


def _emptied(text: str, at: Iterable[int]) -> str:
    """The text with these rows empty."""
    rows = text.split("\n")
    for index in at:
        rows[index] = ""
    return "\n".join(rows)


def _with_lines(text: str, lines: Iterable[Line], changed: Iterable[Line]) -> str:
    """The text with the places of these cleaned lines written as the lines are."""
    places = {number for line in changed for number in (line.number, line.last)}
    rows = text.split("\n")
    for number, same in groupby(lines, key=lambda line: line.number):
        group = list(same)
        if number in places:
            last = max(line.last for line in group)
            rows[number - 1 : last] = [" ".join(line.text for line in group), *[""] * (last - number)]
    return "\n".join(rows)
