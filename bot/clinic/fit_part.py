"""One answer to a question of fit."""

from dataclasses import dataclass

from msgspec.structs import replace

from bot.answers.blocks import Answer, Block


@dataclass(frozen=True)
class FitPart:
    """One answer of fit: `id` says which kind (plan, table, needs, context-cost, buying, quants, loader, ladder,
    unknown-model).
    """

    id: str
    answer: Answer


def with_blocks(answer: Answer, *blocks: Block, behind: int = 0) -> Answer:
    """The answer with further blocks, behind so many of its own."""
    return replace(answer, blocks=(*answer.blocks[:behind], *blocks, *answer.blocks[behind:]))
