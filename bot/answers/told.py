"""Questions of an entry that were answered before they were asked: "Which model?" to somebody who named it."""

import re
from collections.abc import Collection, Iterator

from msgspec.structs import replace

from bot.answers.blocks import Answer, Block, Step, Steps
from bot.answers.headings import QUESTIONS
from bot.base.languages import Text, Words
from bot.intake.template import Template

_CLAUSES = re.compile(r",? and (?:which |for which )?|, ")
_IN_BRACKETS = re.compile(r"(?<!\s)\s*+\([^()]*\)")
_REST_EN, _REST_ZH = re.compile(r", and (?P<rest>[a-z].*)$"), re.compile(r"[?？](?P<rest>.+)$")


def without_told(answer: Answer, told: Collection[str], template: Template) -> Answer:
    """The answer without questions for points that were told; of a question for more, what is still open."""
    kept = [each for block in answer.blocks for each in _block(block, told, template)]
    return replace(answer, blocks=tuple(kept))


def _block(block: Block, told: Collection[str], template: Template) -> Iterator[Block]:
    if not isinstance(block, Steps) or block.label != QUESTIONS:
        yield block
        return
    left = (_open(step.text, told, template) for step in block.steps)
    steps = tuple(Step(text) for text in left if text is not None)
    if steps:
        yield replace(block, steps=steps)


def _open(question: Words, told: Collection[str], template: Template) -> Words | None:
    """What of a question is still to be answered; None for nothing."""
    if not isinstance(question, Text):
        return question
    known = {phrase for point in template.points if point.id in told for phrase in point.asked_as}
    known |= {label for part, labels in template.hardware.items() if part in told for label in labels}
    asked = _IN_BRACKETS.sub("", question.en).replace(", exactly", "")
    clauses = [_plain(each) for each in _CLAUSES.split(asked)]
    if all(clause in known for clause in clauses):
        return None
    return _rest(question) if _plain(_first(question.en)) in known else question


def _rest(question: Text) -> Text:
    """A question without its first one, where both languages part it alike."""
    en, zh = _REST_EN.search(question.en), _REST_ZH.search(question.zh)
    if en is None or zh is None:
        return question
    return Text(en["rest"][0].upper() + en["rest"][1:], zh["rest"])


def _first(text: str) -> str:
    return text.partition(", and ")[0]


def _plain(clause: str) -> str:
    """A clause as the template's data writes it."""
    return clause.strip(" ?.").lower().removeprefix("which ")
