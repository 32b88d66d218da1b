"""What of an answer is shown at once: as much as a phone shows without scrolling. The rest stands behind "more".

Heights are estimates of Discord's own layout on a phone 390 pixels wide; they decide what is folded, nothing else.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import ceil
from typing import TypeGuard

from msgspec.structs import replace
from rich.cells import cell_len

from bot.answers import blocks
from bot.answers.blocks import Answer, Block, Paragraph, Step, Steps
from bot.answers.headings import CHECK, CONFIDENCE, ESTIMATE, MORE_EXACT, QUESTIONS
from bot.base.languages import BETWEEN_SENTENCES, COLON, Language, Words, joined, told
from bot.intake.pictures import READ

ROOM = 500  # pixels under the title
PRIVATE_ROOM = 430  # where a note below and a further row of buttons take some of it
LINE, CODE_LINE, GAP, CODE_FRAME = 22, 18, 8, 26  # pixels
LINE_CELLS, CODE_CELLS = 33, 35  # columns; a Chinese character takes two
POINT_CELLS = LINE_CELLS - 3  # a point of a list is set in
BARE_NUMBER = re.compile(r"[\d.,]+k?\+?")
EVIDENCE_LINES = 2
MOST_QUESTIONS = 2
ASKING = ("?", "？")
WINDOWS_SHELLS = frozenset({"powershell", "cmd"})
LEAST_ROWS = 2
TABLE_WIDTH = 44  # columns of a monospaced table; a wider one is a list


@dataclass(frozen=True, slots=True)
class Fold:
    """`shown` at once; `rest` on request. `hidden`: number of steps that are only in the rest; `begun`: the list of
    which the first steps are shown already, whole in the rest.
    """

    shown: tuple[Block, ...]
    rest: tuple[Block, ...] = ()
    hidden: int = 0
    begun: Steps | None = None

    def seen(self, block: Block) -> int:
        """How many steps of a block of the rest are shown already."""
        return len(block.steps) - self.hidden if isinstance(block, Steps) and block is self.begun else 0


def fold(answer: Answer, language: Language, room: int = ROOM) -> Fold:
    """The short form of an answer within so many pixels. Never hides exactly one step, never all of them."""
    kept, rest = _sorted_out(answer, language)
    needed = [_is_needed(block, kept, language) for block in kept]
    room -= sum(height(block, language) for block, is_needed in zip(kept, needed, strict=True) if is_needed)
    sheet = _Sheet(language, room)
    for block, is_needed in zip(kept, needed, strict=True):
        if is_needed:
            sheet.shown.append(block)
        else:
            sheet.place(block, _introduced(block, kept))
    return Fold(tuple(sheet.shown), (*sheet.rest, *rest), sheet.hidden, sheet.begun)


class _Sheet:
    """What is shown while an answer is laid out, block by block. `room`: pixels left; `hidden`: steps left out."""

    def __init__(self, language: Language, room: int) -> None:
        self._language = language
        self._room = room
        self._is_full = False
        self.shown: list[Block] = []
        self.rest: list[Block] = []
        self.begun: Steps | None = None
        self.hidden = 0

    def place(self, block: Block, introduced: Block | None = None) -> None:
        """Shows a block, its beginning where it has more than there is room for, or keeps it for the rest.
        `introduced`: what stands below it, without which it says nothing.
        """
        needed = height(block, self._language) + (height(introduced, self._language) if introduced else 0)
        if self._is_full:
            self.rest.append(block)
        elif (beginning := self._beginning(block)) is not None:
            self._show(beginning)
            if beginning != block:
                self.rest.append(block)
        elif needed <= self._room and not (self.hidden and _is_outcome(block)):
            self._show(block)
        else:
            self._is_full = True
            self.rest.append(block)

    def _show(self, block: Block) -> None:
        self.shown.append(block)
        self._room -= height(block, self._language)

    def _beginning(self, block: Block) -> Block | None:
        """As many rows of a table, or steps of a list, as there is room for, the others counted; None of what has to be
        shown whole.
        """
        if isinstance(block, blocks.Table):
            return _first_rows(block, self._language, self._room)
        if isinstance(block, blocks.Fields):
            return _first_fields(block, self._language, self._room)
        if not isinstance(block, Steps) or self.hidden or not _is_begun(block, self.shown, self._room, self._language):
            return None
        short = _shortened(block, self._language, self._room)
        self.hidden = len(block.steps) - len(short.steps)
        self.begun = block if self.hidden else None
        return short


def _is_begun(block: Steps, shown: Sequence[Block], room: int, language: Language) -> bool:
    """Whether steps are begun: the first list of an answer always, another one where its first step has room."""
    if not any(isinstance(each, Steps) for each in shown):
        return True
    return bool(block.steps) and height(_shortened(block, language, room), language) <= room


def _introduced(block: Block, kept: Sequence[Block]) -> Block | None:
    """The code below a paragraph that leads to it, and what stands first below the title of a further answer."""
    below = next((after for each, after in pairwise(kept) if each is block), None)
    return below if isinstance(block, Paragraph) and (isinstance(below, blocks.Code) or _is_title(block)) else None


def _is_title(block: Block) -> TypeGuard[Paragraph]:
    """Whether a further answer begins with it."""
    return isinstance(block, Paragraph) and not block.text


def _sorted_out(answer: Answer, language: Language) -> tuple[list[Block], list[Block]]:
    """What is worth room, and what never is."""
    named = _named_in_steps(answer, language)
    told_below = [block for block in answer.blocks if not _names_choices(block, answer, language)]
    rest = [block for block in told_below if _is_worth_no_room(block, named, language)]
    kept = [block for block in told_below if block not in rest]
    return [_in_a_line(block) if _asks(block) else block for block in kept], rest


def _is_worth_no_room(block: Block, named: frozenset[str], language: Language) -> bool:
    """Bars, figures of confidence, and an estimate that a step names already."""
    if isinstance(block, blocks.MemoryBar) or _is_labelled(block, CONFIDENCE):
        return True
    if not isinstance(block, Paragraph) or block.label != ESTIMATE:
        return False
    text = told(block.text, language)
    return any(f"{number}/" in text or f"{number} of" in text for number in named)


def _names_choices(block: Block, answer: Answer, language: Language) -> bool:
    """Whether a block says nothing but what else may have been meant: that stands on buttons, or in a menu."""
    choices = answer.choices
    if isinstance(block, Steps):
        return bool(choices) and tuple(step.text for step in block.steps) == choices
    if not choices or not isinstance(block, Paragraph):
        return False
    text = told(block.text, language)
    return all(told(choice, language) in text for choice in choices)


def _asks(block: Block) -> TypeGuard[Steps]:
    return isinstance(block, Steps) and block.label == QUESTIONS


def _is_outcome(block: Block) -> bool:
    """Whether it says how to see that it worked: worth less room than the steps that lead there."""
    return _is_labelled(block, CHECK)


def _is_labelled(block: Block, label: Words) -> bool:
    return isinstance(block, Paragraph) and block.label == label


def _is_needed(block: Block, kept: Sequence[Block], language: Language) -> bool:
    """What says first what it is, the line that proves it, and what is asked or warned of at the end. The last sentence
    of a further answer says nothing where the rest of that answer has no room.
    """
    if isinstance(block, blocks.Evidence):
        return True
    if _is_outcome(block) or not isinstance(block, Paragraph):
        return False
    return block is kept[0] or (block is kept[-1] and _is_worth_keeping(block, kept, language))


def _is_worth_keeping(last: Paragraph, kept: Sequence[Block], language: Language) -> bool:
    """Whether the last sentence asks, warns, or says that a picture was read; one of a further answer goes with the
    rest of that answer.
    """
    text = told(last.text, language)
    if text.startswith(tuple(told(each, language).partition("{")[0] for each in (MORE_EXACT, READ))):
        return True
    asks_or_warns = last.tone in ("careful", "bad") or any(mark in text for mark in ASKING)
    return asks_or_warns and not any(map(_is_title, kept))


def _named_in_steps(answer: Answer, language: Language) -> frozenset[str]:
    """The numbers that the steps tell to set."""
    steps = (step for block in answer.blocks if isinstance(block, Steps) for step in block.steps)
    texts = (text for step in steps for text in (told(step.text, language), *(code.text for code in step.commands)))
    return frozenset(word for text in texts for word in _numbers(text))


def _numbers(text: str) -> list[str]:
    return "".join(letter if letter.isdigit() else " " for letter in text).split()


def _in_a_line(questions: Steps) -> Paragraph:
    """Questions as one sentence."""
    asked = joined([step.text for step in questions.steps[:MOST_QUESTIONS]], BETWEEN_SENTENCES)
    return Paragraph(joined([questions.label, asked], COLON))


def _first_rows(block: blocks.Table, language: Language, room: int) -> blocks.Table | None:
    """As many rows as there is room for; None for fewer than `LEAST_ROWS`."""
    for number in range(len(block.rows), 0, -1):
        cut = replace(block, rows=block.rows[:number])
        if height(cut, language) <= room:
            return cut if number >= min(LEAST_ROWS, len(block.rows)) else None
    return None


def _first_fields(block: blocks.Fields, language: Language, room: int) -> blocks.Fields:
    """As many fields as there is room for, a few in any case: of what has nothing else they are the answer."""
    number = len(block.fields)
    while number > LEAST_ROWS and height(replace(block, fields=block.fields[:number]), language) > room:
        number -= 1
    return replace(block, fields=block.fields[:number])


def _for_windows(block: Steps) -> Steps:
    """The steps with the commands of Windows alone, where others are told beside them for who told no system."""
    return replace(block, steps=tuple(replace(step, commands=_commands_for_windows(step)) for step in block.steps))


def _commands_for_windows(step: Step) -> tuple[blocks.Code, ...]:
    own = tuple(code for code in step.commands if code.label and code.shell in WINDOWS_SHELLS)
    return own[:1] or step.commands


def _shortened(block: Steps, language: Language, room: int) -> Steps:
    """The first steps, as far as there is room; where that is not enough, with the commands of one system alone."""
    short = _first_steps(block, language, room)
    is_too_high = sum(_step_height(step, language) for step in short.steps) > room
    return _first_steps(_for_windows(block), language, room) if is_too_high else short


def _first_steps(block: Steps, language: Language, room: int) -> Steps:
    """As many steps as there is room for; at least one, and never all but one."""
    number = 0
    for step in block.steps:
        room -= _step_height(step, language)
        if number and room < 0:
            break
        number += 1
    if len(block.steps) - number == 1:
        number = number - 1 if number > 1 and room < -2 * LINE else number + 1
    return replace(block, steps=block.steps[:number])


# Heights in pixels


def height(block: Block, language: Language) -> int:
    """How high a block stands on a phone."""
    say = partial(told, language=language)
    match block:
        case blocks.Paragraph():
            return _text_height((f"{say(block.label)} " if block.label else "") + say(block.text))
        case blocks.Code():
            return _code_height(block.text)
        case blocks.Evidence():
            return EVIDENCE_LINES * LINE + GAP
        case blocks.Steps():
            return LINE + sum(_step_height(step, language) for step in block.steps)
        case blocks.Fields():
            return _fields_height(block, say)
        case blocks.Table():
            return _table_height(block, say)
        case blocks.MemoryBar():
            return 4 * LINE
        case blocks.Links():
            return _links_height(block, say)


def _fields_height(block: blocks.Fields, say: Callable[[Words], str]) -> int:
    return _text_height("\n".join(f"{say(field.name)} {say(field.value)}" for field in block.fields)) + LINE


def _links_height(block: blocks.Links, say: Callable[[Words], str]) -> int:
    return _text_height(" · ".join(say(title) for title, _ in block.links))


def _table_height(block: blocks.Table, say: Callable[[Words], str]) -> int:
    rows = [[say(cell) for cell in row] for row in (block.columns, *block.rows)]
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(block.columns))]
    if sum(widths) + 2 * (len(widths) - 1) > TABLE_WIDTH:
        columns, *told_rows = rows
        listed = "\n".join(" · ".join(named_cells(columns, row)) for row in told_rows)
        return LINE * _lines(listed, POINT_CELLS) + GAP + LINE
    return CODE_LINE * len(rows) + CODE_FRAME + LINE


def named_cells(columns: Sequence[str], row: Sequence[str]) -> Iterator[str]:
    """The cells of a row without the empty ones; a bare number has the name of its column in front."""
    first, *others = row
    yield from (first,) if first else ()
    for column, cell in zip(columns[1:], others, strict=True):
        if cell:
            yield f"{column} {cell}" if column and BARE_NUMBER.fullmatch(cell) else cell


def _step_height(step: Step, language: Language) -> int:
    labels = LINE * sum(1 for code in step.commands if code.label)
    codes = sum(_code_height(code.text) for code in step.commands)
    return _text_height(f"1. {told(step.text, language)}") + labels + codes


def _text_height(text: str) -> int:
    return LINE * _lines(text, LINE_CELLS) + GAP


def _code_height(text: str) -> int:
    return CODE_LINE * _lines(text, CODE_CELLS) + CODE_FRAME


def _lines(text: str, columns: int) -> int:
    return sum(rows(line, columns) for line in text.split("\n"))


def rows(line: str, columns: int) -> int:
    """How many rows a line takes that is so many columns wide."""
    return max(1, ceil(cell_len(line) / columns))
