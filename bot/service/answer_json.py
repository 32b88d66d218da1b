"""Answers as JSON, so that their buttons work after a restart."""

from typing import Any

import msgspec

from bot.answers import blocks
from bot.answers.blocks import Answer, Block, ContextChart
from bot.clinic.ports import Bilingual

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


def to_builtins(answers: Bilingual) -> dict[str, Any]:
    """Plain lists and dictionaries, ready for JSON."""
    return {"en": _from_answer(answers.en), "zh": _from_answer(answers.zh)}


def from_builtins(content: dict[str, Any]) -> Bilingual:
    """The reverse of `to_builtins`; raises msgspec.ValidationError or KeyError when another version wrote it."""
    return Bilingual(_to_answer(content["en"]), _to_answer(content["zh"]))


def _from_answer(answer: Answer) -> dict[str, Any]:
    return {
        "title": answer.title,
        "tone": answer.tone,
        "blocks": [_from_block(block) for block in answer.blocks],
        "details": [_from_block(block) for block in answer.details],
        "chart": msgspec.to_builtins(answer.chart),
    }


def _from_block(block: Block) -> list[Any]:
    return [type(block).__name__, msgspec.to_builtins(block)]


def _to_answer(content: dict[str, Any]) -> Answer:
    return Answer(
        content["title"],
        content["tone"],
        tuple(msgspec.convert(value, BLOCKS[name]) for name, value in content["blocks"]),
        tuple(msgspec.convert(value, BLOCKS[name]) for name, value in content["details"]),
        msgspec.convert(content["chart"], ContextChart | None),
    )
