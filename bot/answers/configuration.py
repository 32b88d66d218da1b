"""A configuration in words: what in it will not work, what it should say instead, and the whole put right."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answers.blocks import Answer, Block, Code, Paragraph, Step, Steps
from bot.base.languages import Text
from bot.diagnosis.configuration.judging import Problem

_TITLE = Text("{program}: {count} things in these settings will not work", "{program}：这份设置里有 {count} 处行不通")
_TITLE_ONE = Text("{program}: one thing in these settings will not work", "{program}：这份设置里有一处行不通")
_WRONG = Text("What is wrong", "哪里不对")
_LINE = Text("Line {line}: {said}", "第 {line} 行：{said}")
_RIGHT = Text("Put right, the rest as you wrote it", "改好之后（其余照你写的）")
_PARTLY = Text(
    "Put right as far as that is clear (left to you: line {lines})", "能确定的都改好了（第 {lines} 行要你自己改）"
)
_SOUND = Text("{program}: nothing wrong that I know of", "{program}：没看出写错的地方")
_AGAINST_MODEL = Text("{program}: this will not run as it stands", "{program}：照这样写跑不起来")
_SOUND_SAID = Text(
    "I know every option that is set here, and none excludes another.", "这里写的每一项我都认识，也没有互相冲突的。"
)
_ADVISED = Text("{program}: this works, and could work better", "{program}：这样能用，还可以改得更好")
_ADVICE = Text("What I would change", "建议改的地方")
_MOST = 8


@dataclass(frozen=True, slots=True)
class Judged:
    """A configuration's problems, each with its line's number, and its text put right, if that can be done."""

    program: str
    problems: tuple[tuple[int, Problem], ...]
    text: str | None
    language: str  # of the text, for its highlighter
    left: tuple[int, ...] = ()  # lines with what is still wrong in it


def configuration_answer(judged: Judged, diagnosed: Answer, advice: Sequence[Block] = ()) -> Answer:
    """The answer to a pasted configuration. `diagnosed`: what the entry says of it, shown on request; `advice`: what
    the memory estimator adds.
    """
    wrong = [each for each in judged.problems if each[1].kind != "advice"]
    title = _TITLE_ONE if len(wrong) == 1 else _TITLE
    notes = [block for block in diagnosed.blocks if isinstance(block, Paragraph) and block.label is None]
    blocks: list[Block] = [*notes, *_put_right(judged, _WRONG), *advice]
    return Answer(title.format(program=judged.program, count=len(wrong)), "careful", tuple(blocks), diagnosed.details)


def advice_answer(judged: Judged, advice: Sequence[Block] = ()) -> Answer:
    """The answer to a configuration in which nothing is wrong, and something worth saying. `advice`: what the memory
    estimator adds.
    """
    return Answer(_ADVISED.format(program=judged.program), "careful", (*_put_right(judged, _ADVICE), *advice))


def _put_right(judged: Judged, label: Text) -> tuple[Block, ...]:
    """What is said of the lines, and the text put right where that can be done."""
    steps = tuple(Step(_LINE.format(line=line, said=problem.said)) for line, problem in judged.problems[:_MOST])
    heading = _PARTLY.format(lines=", ".join(map(str, judged.left))) if judged.left else _RIGHT
    right = (Paragraph(heading), Code(judged.text, judged.language)) if judged.text else ()
    return (Steps(label, steps), *right)


def sound_answer(program: str, advice: Sequence[Block], *, is_good: bool = True) -> Answer:
    """The answer to a configuration whose options are all known and go together. `advice`: what the memory estimator
    says of it; `is_good`: whether that is no bad news.
    """
    if not is_good:
        return Answer(_AGAINST_MODEL.format(program=program), "careful", (*advice, Paragraph(_SOUND_SAID)))
    return Answer(_SOUND.format(program=program), "good", (Paragraph(_SOUND_SAID), *advice), is_verdict=True)
