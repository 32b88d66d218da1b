"""What is said where nothing is known for sure: what it resembles, first checks, where to search, a post to copy."""

from collections.abc import Iterator, Mapping, Sequence

from bot.answers.blocks import Answer, Block, Code, Evidence, Links, Paragraph, Step, Steps
from bot.answers.diagnosis import GO_BACK, LOOK
from bot.answers.links import page_title
from bot.base.languages import Text, told
from bot.intake.template import Template
from bot.intake.told import Request
from bot.knowledge.first_aid import FirstAid

_TITLE = Text("I do not know this one for sure", "这个问题我没有把握")
_LINE = Text(
    "This line decides, and I do not know it for sure; better to say so than to guess.",
    "关键是这一行，我没有十足把握，不瞎猜。",
)
_NEAR = Text("It may be one of these", "可能是下面这几种")
_CHECKS = Text("Otherwise check these first", "都不像的话，先查这几样")
_ALONE = Text("First checks", "先查这几样")
_LEADS = (":", "：")  # what ends so leads to a command
_SEARCH = Text("Search for it", "去搜这一行")
_POST = Text("To ask elsewhere, copy this and fill in what is missing:", "要去别处提问，复制这段，把空的补上：")
_MOST_LINES = 12  # of the log in the post to copy
_LONGEST = 300  # characters of a shown line
_TOLD: tuple[str, ...] = ("system", "loader", "model", "quant", "steps", "description", "sampler_settings")
_ALWAYS = frozenset({"system", "loader", "model", "steps"})


def unknown_answer(
    quoted: str,
    searches: Sequence[str],
    nearest: Sequence[Step],
    aid: FirstAid | None,
    post: str,
    back: Sequence[Steps] = (),
) -> Answer:
    """Printed output that no entry explains. `quoted` tells most of it, `searches` are addresses that look for it;
    `back` is the way back to what worked.
    """
    blocks: list[Block] = [Paragraph(_LINE), Evidence((quoted[:_LONGEST],))] if quoted else []
    blocks += back
    blocks += _named(nearest)
    if aid is not None:
        blocks.append(Steps(_CHECKS if nearest else _ALONE, tuple(Step(step) for step in aid.steps)))
    if searches:
        blocks.append(Links(tuple((page_title(address), address) for address in searches), _SEARCH))
    blocks += [Paragraph(_POST), Code(post)]
    return Answer(_TITLE, "neutral", tuple(blocks), details=_in_full(nearest))


def first_aid_answer(aid: FirstAid, nearest: Sequence[Step] = (), back: Sequence[Steps] = ()) -> Answer:
    """First checks for trouble told in words, and what it resembles: failures of a program, and what is named beside
    checks for anything, in front, they say more.
    Before all the way back to what worked.
    """
    in_front = nearest and (aid.topic == "failure" or not aid.signs)
    checks = Steps(_CHECKS if in_front else "", tuple(Step(step) for step in aid.steps))
    blocks: list[Block] = [*back, *((*_named(nearest), checks) if in_front else (checks, *_named(nearest)))]
    return Answer(aid.title, "neutral", tuple(blocks), details=_in_full(nearest))


def _named(nearest: Sequence[Step]) -> list[Block]:
    """What it resembles, in words: commands are worth their room once it is known to be that, or where the words lead
    to them.
    """
    return [Steps(_NEAR, tuple(step if _leads(step) else Step(step.text) for step in nearest))] if nearest else []


def _leads(step: Step) -> bool:
    return told(step.text, "en").endswith(_LEADS)


def _in_full(nearest: Sequence[Step]) -> tuple[Block, ...]:
    """The same with its commands, where there are any."""
    return (Steps(_NEAR, tuple(nearest)),) if any(step.commands for step in nearest) else ()


def looked_at(answer: Answer) -> tuple[Step, ...]:
    """The failures that a diagnosis without a finding names as worth a look, each with its first check."""
    return next((block.steps for block in answer.blocks if isinstance(block, Steps) and block.label == LOOK), ())


def gone_back(answer: Answer) -> tuple[Steps, ...]:
    """What a diagnosis without a finding says of going back to an older version; nothing where it never worked."""
    return tuple(block for block in answer.blocks if isinstance(block, Steps) and block.label == GO_BACK)


def ready_post(request: Request, template: Template, lines: Sequence[str]) -> str:
    """Everything that is known, set into the question template. Masked, as all that was read."""
    points: Mapping[str, str] = request.points
    named = [id_ for id_ in _TOLD if id_ in points or id_ in _ALWAYS]
    told = [f"{template.point(id_).name.en}: {_one_line(points.get(id_, ''))}" for id_ in named]
    machine = ", ".join(f"{key} {value}" for key, value in request.hardware.items())
    log = [line[:_LONGEST] for line in lines if line.strip()][-_MOST_LINES:]
    return "\n".join([*told, *_machine(machine), *(["Log:", *log] if log else [])])


def _machine(told: str) -> Iterator[str]:
    if told:
        yield f"Hardware: {told}"


def _one_line(value: str) -> str:
    return " ".join(value.split())[:_LONGEST]
