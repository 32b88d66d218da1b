"""Answers as plain Markdown in one language: what JSON carries, and what any program can show."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeAlias, assert_never

from bot.answers.blocks import (
    Answer,
    Block,
    Code,
    Evidence,
    Fields,
    Links,
    MemoryBar,
    Paragraph,
    Steps,
    Table,
)
from bot.base.languages import Language, Text, Words, told
from bot.base.sizes import gib

Say: TypeAlias = Callable[[Words], str]
EVIDENCE = Text("From your log", "你的日志里")
_FENCES = re.compile("`{3,}")


def markdown(answer: Answer, language: Language, *, details: bool = False) -> str:
    """The whole answer: its title in bold, then its blocks, and the details where they are wanted."""
    blocks = (*answer.blocks, *(answer.details if details else ()))
    return "\n\n".join([f"**{told(answer.title, language)}**", *_pieces(blocks, language)])


def blocks_as_markdown(blocks: Iterable[Block], language: Language) -> str:
    """Blocks alone, a blank line between them."""
    return "\n\n".join(_pieces(blocks, language))


def _pieces(blocks: Iterable[Block], language: Language) -> Iterator[str]:
    say = partial(told, language=language)
    return (text for block in blocks if (text := _block(block, say)))


def _block(block: Block, say: Say) -> str:
    match block:
        case Paragraph():
            return f"{_lead(block.label, say, ' ')}{say(block.text)}"
        case Code():
            return _fenced(block.text, block.shell)
        case Evidence():
            return f"{say(EVIDENCE)}\n{_fenced(_numbered(block))}"
        case Steps():
            return _lead(block.label, say, "\n") + "\n".join(_steps(block, say))
        case Fields():
            return _lead(block.label, say, "\n") + _fields(block, say)
        case Table():
            return _lead(block.label, say, "\n") + "\n".join(_rows(block, say))
        case MemoryBar():
            return _bar(block, say)
        case Links():
            return _lead(block.label, say, " ") + _links(block, say)
        case _:
            assert_never(block)


def _lead(label: Words | None, say: Say, between: str) -> str:
    return f"**{say(label)}**{between}" if label and say(label) else ""


def _fenced(code: str, shell: str = "text") -> str:
    """A code block; its fence is longer than any in the code."""
    longest = max((len(found) for found in _FENCES.findall(code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{'' if shell == 'text' else shell}\n{code.rstrip()}\n{fence}"


def _numbered(block: Evidence) -> str:
    numbered = enumerate(block.lines, start=block.first)
    return "\n".join(f"{'>' if number == block.proof else ' '} {number} {line}" for number, line in numbered)


def _steps(block: Steps, say: Say) -> Iterator[str]:
    for number, step in enumerate(block.steps, start=1):
        yield "\n".join([f"{number}. {say(step.text)}", *(_labelled(code, say) for code in step.commands)])


def _labelled(code: Code, say: Say) -> str:
    block = _fenced(code.text, code.shell)
    return f"{say(code.label)}\n{block}" if code.label else block


def _rows(block: Table, say: Say) -> Iterator[str]:
    if any(say(column) for column in block.columns):
        yield " | ".join(say(column) for column in block.columns)
    for row in block.rows:
        yield "- " + " | ".join(say(cell) for cell in row)


def _fields(block: Fields, say: Say) -> str:
    return "\n".join(f"- {say(field.name)}: {say(field.value)}" for field in block.fields)


def _links(block: Links, say: Say) -> str:
    return ", ".join(f"[{say(title)}]({address})" for title, address in block.links)


def _bar(block: MemoryBar, say: Say) -> str:
    used = gib(sum(part.size for part in block.parts))
    of = f" / {gib(block.capacity)}" if block.capacity else ""
    parts = ", ".join(f"{say(part.name)} {gib(part.size)}" for part in block.parts)
    return f"{say(block.device)}: {used}{of} ({parts})"
