"""Several answers as one short message: the first in full, the second in brief, then what is still worth telling."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from bot.answers.blocks import Answer, Block, Evidence, Paragraph, Step, Steps
from bot.answers.diagnosis import CONFIDENCE
from bot.answers.triage import PICTURE, TITLE_BARE
from bot.base.languages import Text, joined
from bot.intake.request import Request
from bot.intake.template import Point

_MOST_STEPS = 5
_MOST_OF_SECOND = 3  # blocks of a second answer
_AND = Text(" and ", "、")
_MORE_EXACT = Text("To be more exact, please tell me:", "想更准的话，再说一下：")
_NOTHING_YET = Text("There is nothing to go by yet. Please tell:", "还看不出是什么问题，请说一下：")


def composed(answers: Sequence[Answer], points: Sequence[Point], request: Request) -> Answer:
    """One message of all answers and the points that are worth asking for."""
    if not answers:
        return _asking(points, request)
    first, *others = answers
    blocks, details = _short(first)
    for other in others:
        shown, rest = _short(other)
        blocks += [Paragraph("", other.title), *shown[:_MOST_OF_SECOND]]
        details += [*shown[_MOST_OF_SECOND:], *rest]
    if points:
        blocks.append(Paragraph(joined([_MORE_EXACT, _names(points)], " ")))
    return replace(first, blocks=tuple(blocks), details=(*details, *first.details))


def without_evidence(answer: Answer) -> Answer:
    """An answer without lines of a log: whoever told it in words has none."""
    return replace(answer, blocks=tuple(block for block in answer.blocks if not isinstance(block, Evidence)))


def _asking(points: Sequence[Point], request: Request) -> Answer:
    questions = tuple(Step(joined([point.name, point.question], ": ")) for point in points)
    blocks: list[Block] = [Steps(_NOTHING_YET, questions)]
    if request.pictures:
        blocks.append(Paragraph(PICTURE, tone="careful"))
    return Answer(TITLE_BARE, "neutral", tuple(blocks))


def _names(points: Sequence[Point]) -> Text:
    return joined([point.name for point in points], _AND)


def _short(answer: Answer) -> tuple[list[Block], list[Block]]:
    """What is shown at once of an answer, and what only on request."""
    shown: list[Block] = []
    rest: list[Block] = []
    for block in answer.blocks:
        match block:
            case Evidence():
                shown += _proof(block)
            case Steps() if len(block.steps) > _MOST_STEPS:
                shown.append(replace(block, steps=block.steps[:_MOST_STEPS]))
                rest.append(replace(block, steps=block.steps[_MOST_STEPS:]))
            case Paragraph(label=label) if label == CONFIDENCE:
                rest.append(block)
            case _:
                shown.append(block)
    return shown, rest


def _proof(block: Evidence) -> Iterator[Block]:
    """The deciding line alone: the author has the rest."""
    if block.proof is not None:
        at = block.proof - block.first
        if 0 <= at < len(block.lines):
            yield Evidence((block.lines[at],), block.proof, block.proof)
