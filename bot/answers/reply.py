"""Several answers as one short message: the first in full, the second in brief, then what is still worth telling."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from bot.answers.blocks import Answer, Block, Evidence, Paragraph, Steps
from bot.answers.headings import CONFIDENCE, MORE_EXACT
from bot.answers.triage import PICTURE, TITLE_BARE
from bot.base.languages import COMMA, Text, joined
from bot.intake.template import Point
from bot.intake.told import Request

_MOST_STEPS = 5
_MOST_OF_SECOND = 3  # blocks of a second answer
_NOTHING_YET = Text("I need a little more to go by. Please add: ", "还看不出是什么问题，请说一下：")
_STOP = Text(".", "。")
_LIKE_THIS = Text(
    "For example: “koboldcpp 1.98, Qwen2.5-14B Q4_K_M, closes while loading. It prints: …”",
    "比如：“koboldcpp 1.98 加载 Qwen2.5-14B Q4_K_M，一加载就闪退，窗口里写着……”",
)


INSTEAD_OF_A_PICTURE = (Paragraph(_LIKE_THIS), Paragraph(PICTURE, tone="careful"))


def composed(answers: Sequence[Answer], points: Sequence[Point], request: Request, *, numbered: bool = True) -> Answer:
    """One message of all answers and the points that are worth asking for. `numbered`: the lines of the log are those
    that its author counts; where several texts were read as one they are not.
    """
    if not answers:
        return _asking(points, request)
    first, *others = answers if numbered else map(_without_numbers, answers)
    blocks, details = _short(first)
    for other in others:
        shown, rest = _short(other)
        blocks += [Paragraph("", other.title), *shown[:_MOST_OF_SECOND]]
        details += [*shown[_MOST_OF_SECOND:], *rest]
    if points:
        blocks.append(Paragraph(joined([MORE_EXACT, _names(points), _STOP], "")))
    return replace(first, blocks=tuple(blocks), details=(*details, *first.details))


def _without_numbers(answer: Answer) -> Answer:
    shown = (unnumbered(block) if isinstance(block, Evidence) else block for block in answer.blocks)
    return replace(answer, blocks=tuple(shown))


def unnumbered(block: Evidence) -> Evidence:
    """The deciding line alone."""
    at = (block.proof or block.first) - block.first
    return Evidence(block.lines[at : at + 1], 1, None, block.focus)


def without_evidence(answer: Answer) -> Answer:
    """An answer without lines of a log: whoever told it in words has none."""
    return replace(answer, blocks=tuple(block for block in answer.blocks if not isinstance(block, Evidence)))


def _asking(points: Sequence[Point], request: Request) -> Answer:
    blocks: list[Block] = [Paragraph(joined([_NOTHING_YET, _names(points), _STOP], ""))]
    blocks += INSTEAD_OF_A_PICTURE if request.pictures else INSTEAD_OF_A_PICTURE[:1]
    return Answer(TITLE_BARE, "neutral", tuple(blocks))


def _names(points: Sequence[Point]) -> Text:
    return joined([point.name for point in points], COMMA)


def _short(answer: Answer) -> tuple[list[Block], list[Block]]:
    """What is shown at once of an answer, and what only on request."""
    shown: list[Block] = []
    rest: list[Block] = []
    for block in answer.blocks:
        match block:
            case Evidence():
                shown += _proof(block)
            case Steps() if len(block.steps) > _MOST_STEPS + 1:
                shown.append(replace(block, steps=block.steps[:_MOST_STEPS]))
                rest.append(replace(block, steps=block.steps[_MOST_STEPS:]))
            case Paragraph(label=label) if label == CONFIDENCE:
                rest.append(block)
            case _:
                shown.append(block)
    return shown, rest


def _proof(block: Evidence) -> Iterator[Block]:
    """The deciding line alone: the author has the rest."""
    if block.proof is None:
        yield block
    else:
        at = block.proof - block.first
        if 0 <= at < len(block.lines):
            yield Evidence((block.lines[at],), block.proof, block.proof, block.focus)
