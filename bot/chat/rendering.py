"""Answer blocks to Discord messages. This is the only place that knows how big a message may get."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import discord
from discord import ui
from msgspec.structs import replace
from rich.cells import cell_len, chop_cells

from bot.answers import blocks
from bot.answers.blocks import Answer, Block, Tone
from bot.answers.headings import CAUSE, EVIDENCE_STEPS
from bot.base.languages import COLON, Language, Words, told
from bot.base.sizes import gib
from bot.chat import limits
from bot.chat.folding import ROOM, TABLE_WIDTH, Fold, fold, named_cells
from bot.chat.limits import clip, units
from bot.chat.markdown import escape, fence, inline_code, labelled, link, split
from bot.chat.mentions import with_mentions
from bot.chat.paging import paged
from bot.service.wording import words

COLOURS: dict[Tone, int] = {"good": 0x2E9E5B, "careful": 0xE0A100, "bad": 0xD83C3E, "neutral": 0x4B7BEC}
ICONS: dict[Tone, str] = {"good": "✅", "careful": "⚠️", "bad": "❌", "neutral": "ℹ️"}
NOTE_ICONS: dict[Tone, str] = {**ICONS, "neutral": "", "good": "✅"}

PAGE = 3800  # text of one page; the rest up to 4000 is left for notes
PAGE_PARTS = 13  # text displays of one message; with 15 buttons and 3 menus that makes 40 components
PIECE = 1900  # a longer part is split; also fits a plain message
PROOF_CELLS = 60  # columns of the line that proves a diagnosis
PROOF_REST = 16  # columns more, where nothing is cut off then
ONE_LINE = 40  # characters that may stand behind a label
PARAGRAPH_CELLS = 80  # columns of a paragraph that may; a longer one stands below it
EVIDENCE_LINE = 300
TABLE_ROWS = 20
Say: TypeAlias = Callable[[Words], str]
NO_BREAK = "\u00a0"  # keeps the sign that stands between two things at the end of a line, not at its beginning
BAR = 12  # squares of a memory bar
SQUARES = ("🟦", "🟩", "🟨", "🟪", "🟧", "🟫")


@dataclass(frozen=True, slots=True)
class Press:
    """A button. `id` is its custom id; `url` makes it a link instead."""

    label: str
    id: str = ""
    style: discord.ButtonStyle = discord.ButtonStyle.secondary
    emoji: str | None = None
    url: str | None = None
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """A select menu of (value, label, description)."""

    id: str
    placeholder: str
    options: tuple[tuple[str, str, str], ...]
    chosen: tuple[str, ...] = ()
    least: int = 1
    most: int = 1


class Sheet(ui.LayoutView):
    """A message with components v2. It holds no state: its buttons are found again by their custom ids alone, so
    discord.py need not remember it (a finished view is not kept in memory).
    """

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.stop()

    def payload(self) -> list[dict[str, Any]]:
        """The components as they are sent."""
        components: list[dict[str, Any]] = self.to_components()  # type: ignore[no-untyped-call] # discord.py's gap
        return components


def pages(answer: Answer, language: Language, *, short: bool = False, room: int = ROOM) -> list[list[str]]:
    """The answer as pages of parts, each page within the limits of one message. `short` folds what does not fit into
    `room`, see there.
    """
    return packed(parts_of(answer, language, short=short, room=room))


def parts_of(answer: Answer, language: Language, *, short: bool = False, room: int = ROOM) -> list[str]:
    """The answer as pieces of markdown, none longer than `PIECE`, its title first."""
    parts = [heading(answer, language)]
    folded = fold(answer, language, room) if short else Fold(answer.blocks)
    for block in folded.shown:
        texts = block_texts(_once(block, answer.tone) if short else block, language, short=short, more=folded.hidden)
        parts.extend(part for text in texts for part in split(text, PIECE))
    if folded.hidden:
        parts.append(f"-# {words('more_steps', language, number=folded.hidden)}")
    return parts


def _once(block: Block, tone: Tone) -> Block:
    """A block without the sign of how bad it is, where the message as a whole has it."""
    return replace(block, tone="neutral") if isinstance(block, blocks.Paragraph) and block.tone == tone else block


def detail_pages(answer: Answer, language: Language, room: int = ROOM) -> list[list[str]]:
    """What "more" shows, page by page: what was folded, then the details."""
    folded = fold(answer, language, room)
    further = (*folded.rest, *answer.details)
    return paged([text for block in further for text in block_texts(block, language, seen=folded.seen(block))])


def heading(answer: Answer, language: Language) -> str:
    """The title; the icon of its tone stands before a verdict alone: elsewhere the colour says how it is."""
    title = clip(escape(told(answer.title, language).replace("\n", " ")), 300)
    icon = f"{ICONS[answer.tone]} " if answer.is_verdict else ""
    return f"### {icon}{title}"


def packed(parts: Iterable[str]) -> list[list[str]]:
    """Parts put together to as few pages as the limits allow, in order."""
    result: list[list[str]] = []
    size = 0
    for part in parts:
        if not part.strip():
            continue
        if not result or size + units(part) + 1 > PAGE:
            result.append([])
            size = 0
        result[-1].append(part)
        size += units(part) + 1
    return result


def sheet(
    parts: Sequence[str],
    *,
    tone: Tone = "neutral",
    presses: Sequence[Press] = (),
    menus: Sequence[Menu] = (),
    footer: str = "",
    image: str = "",
    files: Sequence[str] = (),
) -> Sheet:
    """One message: the parts in a coloured container, attached `files` by name, menus and buttons under it.

    Text beyond the limits is cut rather than refused: an answer that is sent is better than an error.
    """
    view = Sheet()
    container: ui.Container[Any] = ui.Container(accent_colour=COLOURS[tone])
    note = [f"-# {footer}"] if footer else []
    note = [with_mentions(text) for text in note]
    mentioned = [with_mentions(part) for part in parts]
    for text in fitted(mentioned, limits.DISPLAYED - sum(map(units, note))) + note:
        container.add_item(ui.TextDisplay(text))
    if image:
        container.add_item(ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{image}")))
    view.add_item(container)
    for name in files:
        view.add_item(ui.File(f"attachment://{name}"))
    for menu in menus[:3]:
        view.add_item(ui.ActionRow(_select(menu)))
    for row in _rows(presses[:15]):
        view.add_item(ui.ActionRow(*(_button(press) for press in row)))
    return view


def fitted(parts: Sequence[str], limit: int = limits.DISPLAYED) -> list[str]:
    """The parts cut so that together they stay within one message; at least one, never an empty one."""
    first, rest = list(parts[: PAGE_PARTS - 1]), parts[PAGE_PARTS - 1 :]
    left = limit
    result: list[str] = []
    for part in [*first, "\n".join(rest)]:
        text = clip(part, left)
        if text.count("```") % 2:  # cut inside a code block
            text = clip(part, left - 4).rstrip("`") + "\n```"
        if text.strip():
            result.append(text)
            left -= units(text)
    return result or [limits.ELLIPSIS]


def addressed(answer: Sheet, mention: str) -> Sheet:
    """The same message with somebody mentioned above it."""
    view = Sheet()
    view.add_item(ui.TextDisplay(mention))
    for item in list(answer.children):
        answer.remove_item(item)
        view.add_item(item)
    return view


def notice(text: str, *, tone: Tone = "neutral", presses: Sequence[Press] = ()) -> Sheet:
    """A short message of the bot's own words (already markdown)."""
    return sheet(split(text, PIECE), tone=tone, presses=presses)


def embeds(parts: Sequence[str], *, tone: Tone = "neutral") -> list[discord.Embed]:
    """The plain form of a page, for places without components v2."""
    description = ""
    result: list[discord.Embed] = []
    left = limits.EMBED_TOTAL
    for part in parts:
        joined = f"{description}\n{part}" if description else part
        if units(joined) > min(limits.EMBED_DESCRIPTION, left):
            break
        description = joined
    text = description or clip("\n".join(parts), limits.EMBED_DESCRIPTION)
    result.append(discord.Embed(description=text, colour=COLOURS[tone]))
    return result


def plain_view(presses: Sequence[Press]) -> ui.View:
    """Buttons for a message with embeds."""
    view = ui.View(timeout=None)
    for press in presses[:25]:
        view.add_item(_button(press))
    view.stop()
    return view


def _rows(presses: Sequence[Press]) -> Iterator[Sequence[Press]]:
    for start in range(0, len(presses), limits.ROW_BUTTONS):
        yield presses[start : start + limits.ROW_BUTTONS]


def _button(press: Press) -> ui.Button[Any]:
    label = clip(press.label, limits.BUTTON_LABEL)
    if press.url:
        return ui.Button(label=label, url=press.url, emoji=press.emoji)
    return ui.Button(label=label, custom_id=press.id, style=press.style, emoji=press.emoji, disabled=press.disabled)


def _select(menu: Menu) -> ui.Select[Any]:
    options = [
        discord.SelectOption(
            label=clip(label, limits.OPTION_TEXT),
            value=value,
            description=clip(description, limits.OPTION_TEXT) or None,
            default=value in menu.chosen,
        )
        for value, label, description in menu.options[: limits.OPTIONS]
    ]
    return ui.Select(
        custom_id=menu.id,
        placeholder=clip(menu.placeholder, limits.PLACEHOLDER),
        options=options,
        min_values=menu.least,
        max_values=min(menu.most, len(options)),
    )


# One block to markdown


def block_texts(
    block: Block, language: Language, *, short: bool = False, more: int = 0, seen: int = 0
) -> Iterator[str]:
    """A block as one or several pieces of markdown. `more`: steps that are told elsewhere; `seen`: steps at the
    beginning that were told before.
    """
    say = partial(told, language=language)
    match block:
        case blocks.Paragraph():
            yield _paragraph(_without_label(block, CAUSE) if short else block, language)
        case blocks.Code():
            yield fence(block.text, block.shell)
        case blocks.Evidence():
            yield _proof(block, language) if short else _evidence(block, language)
        case blocks.Steps():
            yield from _steps(block, language, more=more, short=short, seen=seen)
        case blocks.Fields():
            yield _fields(block, language)
        case blocks.Table():
            yield _table(block, say)
        case blocks.MemoryBar():
            yield _memory_bar(block, say)
        case blocks.Links():
            yield _links(block, say)


def _without_label(block: blocks.Paragraph, label: Words) -> blocks.Paragraph:
    return replace(block, label=None) if block.label == label else block


def _lead(label: Words | None, say: Say) -> str:
    return f"**{escape(say(label))}**" if label else ""


def _paragraph(block: blocks.Paragraph, language: Language) -> str:
    icon = f"{NOTE_ICONS[block.tone]} ".lstrip()
    text = escape(told(block.text, language))
    if not block.label:
        return f"{icon}{text}"
    label = escape(told(block.label, language))
    is_long = cell_len(text) > PARAGRAPH_CELLS or "\n" in text
    return icon + (f"**{label}**\n{text}" if is_long or not text else labelled(label, text, language))


def _evidence(block: blocks.Evidence, language: Language) -> str:
    width = len(str(block.first + len(block.lines)))
    lines = []
    for number, line in enumerate(block.lines, start=block.first):
        mark = "➜" if number == block.proof else " "
        lines.append(f"{mark} {number:>{width}} │ {clip(line, EVIDENCE_LINE)}")
    where = words("evidence_line", language, line=block.proof) if block.proof else words("evidence", language)
    return f"-# {where}\n{fence(chr(10).join(lines))}"


def _proof(block: blocks.Evidence, language: Language) -> str:
    """The line that decides, cut to what matters; nothing where no line does."""
    at = (block.proof or block.first) - block.first
    if not 0 <= at < len(block.lines) or not block.lines[at].strip():
        return ""
    where = words("evidence_line", language, line=block.proof) if block.proof else words("evidence", language)
    return f"{where}{told(COLON, language)}{inline_code(_cut(block.lines[at], block.focus))}"


def _cut(line: str, focus: str) -> str:
    """As much of a line as stands on two lines of a phone, around the words that were recognised."""
    plain = " ".join(line.split())
    if cell_len(plain) <= PROOF_CELLS + PROOF_REST:
        return plain
    at = max(0, plain.find(" ".join(focus.split()))) if focus else 0
    start = at if at + PROOF_CELLS <= len(plain) else max(0, len(plain) - PROOF_CELLS)
    start = min(start, at)
    if 0 < start < at:
        start = min(at, plain.find(" ", start) + 1 or at)  # at the beginning of a word
    if cell_len(plain[start:]) <= PROOF_CELLS + PROOF_REST:
        cut = plain[start:]
    else:
        cut = _whole_words(chop_cells(plain[start:], PROOF_CELLS)[0])
    return f"{limits.ELLIPSIS if start else ''}{cut}{limits.ELLIPSIS if start + len(cut) < len(plain) else ''}"


def _whole_words(cut: str) -> str:
    """As much of a cut line as ends with a whole word, where that is most of it."""
    words_, _, _ = cut.rpartition(" ")
    return words_ if 2 * len(words_) > len(cut) else cut


def _steps(block: blocks.Steps, language: Language, *, more: int, short: bool, seen: int) -> Iterator[str]:
    say = partial(told, language=language)
    if short and block.label == EVIDENCE_STEPS:
        block = replace(block, label="")
    if len(block.steps) == 1 and not more:
        yield from _only_step(block, say)
        return
    if block.label:
        yield _lead(block.label, say)
    for number, step in enumerate(block.steps[seen:], start=seen + 1):
        yield "\n".join([f"**{number}.** {escape(say(step.text))}", *_labelled_commands(step, say)])


def _labelled_commands(step: blocks.Step, say: Say) -> Iterator[str]:
    for command in step.commands:
        if command.label:
            yield escape(say(command.label))
        yield fence(command.text, command.shell)


def _only_step(block: blocks.Steps, say: Say) -> Iterator[str]:
    """A single step has no number."""
    lead, text = _lead(block.label, say), escape(say(block.steps[0].text))
    first = f"{lead}{say(COLON)}{text}" if lead and len(text) <= ONE_LINE else "\n".join(filter(None, (lead, text)))
    yield "\n".join([first, *(fence(command.text, command.shell) for command in block.steps[0].commands)])


def _fields(block: blocks.Fields, language: Language) -> str:
    say = partial(told, language=language)
    lines = [_lead(block.label, say)] if block.label else []
    lines += [f"- {labelled(escape(say(field.name)), escape(say(field.value)), language)}" for field in block.fields]
    return "\n".join(lines)


def _table(block: blocks.Table, say: Say) -> str:
    lead = [_lead(block.label, say)] if block.label else []
    columns = tuple(say(column) for column in block.columns)
    rows = [tuple(say(cell) for cell in row) for row in block.rows[:TABLE_ROWS]]
    widths = [max(cell_len(row[column]) for row in (columns, *rows)) for column in range(len(columns))]
    if sum(widths) + 2 * (len(widths) - 1) > TABLE_WIDTH:
        return "\n".join([*lead, *(_listed(columns, row) for row in rows)])
    shown = [columns, *rows] if any(columns) else rows
    return "\n".join([*lead, fence("\n".join(_in_columns(row, widths) for row in shown))])


def _listed(columns: Sequence[str], row: Sequence[str]) -> str:
    """A row as a point of a list, its first cell in bold; a bare number has the name of its column in front."""
    cells = [escape(cell) for cell in named_cells(columns, row)]
    if row[0]:
        cells[0] = f"**{cells[0]}**"
    return "- " + f"{NO_BREAK}· ".join(cells)


def _in_columns(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _padded(cell: str, width: int) -> str:
    return cell + " " * max(0, width - cell_len(cell))


def _memory_bar(block: blocks.MemoryBar, say: Say) -> str:
    used = sum(part.size for part in block.parts)
    of = f" / {gib(block.capacity)}" if block.capacity else ""
    whole = max(block.capacity or 0, used, 1)
    squares = "".join(
        square * max(round(part.size / whole * BAR), 1 if part.size else 0)
        for part, square in zip(block.parts, _cycled(len(block.parts)), strict=True)
    )
    squares = squares[:BAR].ljust(BAR, "⬜") if block.capacity else squares[:BAR]
    over = " ❗" if block.capacity and used > block.capacity else ""
    legend = f"{NO_BREAK}· ".join(
        f"{square} {escape(say(part.name))} {gib(part.size)}"
        for part, square in zip(block.parts, _cycled(len(block.parts)), strict=True)
    )
    return f"**{escape(say(block.device))}** {gib(used)}{of}{over}\n{squares}\n-# {legend}"


def _cycled(number: int) -> list[str]:
    return [SQUARES[index % len(SQUARES)] for index in range(number)]


def _links(block: blocks.Links, say: Say) -> str:
    shown = f"{NO_BREAK}· ".join(link(say(title), address) for title, address in block.links)
    return f"-# {escape(say(block.label))}{say(COLON)}{shown}" if block.label else f"-# {shown}"


def commands(answer: Answer) -> list[str]:
    """Every command of an answer, in order, for copying one by one."""
    found: list[str] = []
    for block in answer.blocks:
        if isinstance(block, blocks.Code):
            found.append(block.text)
        elif isinstance(block, blocks.Steps):
            found += [command.text for step in block.steps for command in step.commands]
    return list(dict.fromkeys(found))
