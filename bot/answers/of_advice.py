"""Answers to what is asked of the advice itself: why, whether a step is safe, how long it takes, what it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.answers.blocks import Answer, Code, Evidence, Paragraph, Step, Steps
from bot.answers.follow_up import first_steps
from bot.answers.headings import CAUSE
from bot.answers.plan import TONES, bars, headline
from bot.answers.reply import unnumbered
from bot.base.languages import Text, Words, told
from bot.knowledge.effects import Effect, effect_of
from bot.memory.plan import Plan

OfStep = Literal["safe", "lasts", "restart", "stays"]
_TITLES: Mapping[OfStep, Text] = {
    "safe": Text("Is step {number} safe?", "第 {number} 步安全吗"),
    "lasts": Text("How long step {number} takes", "第 {number} 步要多久"),
    "restart": Text("Restart after step {number}?", "第 {number} 步之后要不要重启"),
    "stays": Text("Does step {number} last?", "第 {number} 步重启后还有效吗"),
}
_PLAIN_TITLES: Mapping[OfStep, Text] = {
    "safe": Text("Is it safe?", "安全吗"),
    "lasts": Text("How long it takes", "要多久"),
    "restart": Text("Does anything have to be restarted?", "要不要重启"),
    "stays": Text("Does it last?", "重启后还有效吗"),
}
_WHY = Text("Why that happens", "为什么会这样")
_IN_ORDER = Text("Not all of them", "不用全做")
_ONE_BY_ONE = Text(
    "Take them in order, one at a time, and stop as soon as it works: the likeliest stands first.",
    "从第 1 步开始，一步一步来，好了就停：最可能管用的排在最前面。",
)
_NEEDED = Text("What is needed, against what the machine has:", "需要多少、机器有多少：")


@dataclass(frozen=True, slots=True)
class MeantStep:
    """A step of an answer with its number, from 1, and what it does."""

    number: int
    step: Step
    effect: Effect


def meant_step(answer: Answer, number: int, effects: Sequence[Effect]) -> MeantStep | None:
    """The step of this number, else (0) the first that does more than look, where it is known what that does."""
    named = enumerate(first_steps(answer), start=1)
    known = [MeantStep(at, step, effect) for at, step in named if (effect := effect_of(_plain(step), effects))]
    if number:
        return next((each for each in known if each.number == number), None)
    return next((each for each in known if not each.effect.slight), None) or next(iter(known), None)


def as_steps(answer: Answer) -> Answer:
    """An answer to a question with its commands, each with the words before it, as steps."""
    told_alone = tuple(Step(block.text) for block in answer.blocks if isinstance(block, Paragraph))
    steps: list[Step] = []
    said: Words = ""
    for block in answer.blocks:
        if isinstance(block, Paragraph):
            said = block.text
        elif isinstance(block, Code):
            steps.append(Step(said, (block,)))
    return Answer(answer.title, answer.tone, (Steps("", tuple(steps) or told_alone or (Step(said),)),))


def of_step_answer(asked: OfStep, meant: MeantStep, *, is_numbered: bool = True) -> Answer:
    """How long a step takes, whether it is safe, what is to be started again after it. `is_numbered`: its number was
    seen.
    """
    effect = meant.effect
    said = _said_of(asked, effect)
    if not is_numbered:
        return Answer(_PLAIN_TITLES[asked], "neutral", (Paragraph(said), *meant.step.commands))
    title = _TITLES[asked].format(number=meant.number)
    return Answer(title, "neutral", (Paragraph(said), Steps("", (meant.step,))))


def of_effect_answer(asked: OfStep, effect: Effect) -> Answer:
    """The same of what a question itself names: "is it safe to open the port"."""
    return Answer(_PLAIN_TITLES[asked], "neutral", (Paragraph(_said_of(asked, effect)),))


def _said_of(asked: OfStep, effect: Effect) -> Text:
    return {"safe": effect.safe, "lasts": effect.lasts, "restart": effect.restart, "stays": effect.stays}[asked]


def why_answer(answer: Answer) -> Answer | None:
    """The cause that an answer names, with the line that shows it; None where it names none."""
    cause = next((block for block in answer.blocks if isinstance(block, Paragraph) and block.label == CAUSE), None)
    if cause is None:
        return None
    shown = [unnumbered(block) for block in answer.blocks if isinstance(block, Evidence) and block.proof][:1]
    return Answer(_WHY, "neutral", (Paragraph(cause.text), *shown))


def why_fits_answer(plan: Plan) -> Answer:
    """What a plan's verdict comes from: what is needed, and what the machine has."""
    return Answer(headline(plan), TONES[plan.verdict], (Paragraph(_NEEDED), *bars(plan)))


def order_answer() -> Answer:
    """That steps are taken one by one."""
    return Answer(_IN_ORDER, "neutral", (Paragraph(_ONE_BY_ONE),))


def _plain(step: Step) -> str:
    """The English of a step, with its commands."""
    return "\n".join((told(step.text, "en"), *(code.text for code in step.commands)))
