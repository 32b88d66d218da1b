"""Answers as JSON, in every language at once, so that their buttons work after a restart."""

from typing import Any

import msgspec

from bot.answers import blocks
from bot.answers.blocks import Answer, Block, ContextChart
from bot.base.languages import Words

BLOCKS: dict[str, Any] = {
    type_.__name__: type_
    for type_ in (
        blocks.Paragraph,
        blocks.Code,
        blocks.Evidence,
        blocks.Steps,
        blocks.Fields,
        blocks.Table,
        blocks.MemoryBar,
        blocks.Links,
    )
}


def to_builtins(answer: Answer) -> dict[str, Any]:
    """Plain lists and dictionaries, ready for JSON."""
    return {
        "title": msgspec.to_builtins(answer.title),
        "tone": answer.tone,
        "blocks": [_from_block(block) for block in answer.blocks],
        "details": [_from_block(block) for block in answer.details],
        "chart": msgspec.to_builtins(answer.chart),
    }


def from_builtins(content: dict[str, Any]) -> Answer:
    """The reverse of `to_builtins`; raises msgspec.ValidationError or KeyError when another version wrote it."""
    return Answer(
        msgspec.convert(content["title"], Words),
        content["tone"],
        tuple(msgspec.convert(value, BLOCKS[name]) for name, value in content["blocks"]),
        tuple(msgspec.convert(value, BLOCKS[name]) for name, value in content["details"]),
        msgspec.convert(content["chart"], ContextChart | None),
    )


def _from_block(block: Block) -> list[Any]:
    return [type(block).__name__, msgspec.to_builtins(block)]
