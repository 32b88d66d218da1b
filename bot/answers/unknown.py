"""What is said where nothing is known for sure: the deciding line, first checks, where to search, a post to copy."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.answers.blocks import Answer, Block, Code, Evidence, Links, Paragraph, Step, Steps
from bot.base.languages import Text, Words
from bot.intake.decisive import decisive_line, tracker_search, web_search
from bot.intake.request import Request
from bot.intake.template import Template
from bot.knowledge.first_aid import FirstAid
from bot.knowledge.reference import Loader

_TITLE = Text("I do not know this one for sure", "这个问题我没有把握")
_LINE = Text(
    "This line decides, and I do not know it for sure; better to say so than to guess.",
    "关键是这一行，我没见过，不瞎猜。",
)
_NEAR = Text("Not sure, but look at", "不确定，可以看看")
_CHECKS = Text("First checks", "先查这几样")
_SEARCH = Text("Search for it", "去搜这一行")
_WEB = Text("web search", "网页搜索")
_POST = Text("To ask elsewhere, copy this and fill in what is missing:", "要去别处提问，复制这段，把空的补上：")
_GITHUB = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+")
_MOST_LINES = 12  # of the log in the post to copy
_LONGEST = 300  # characters of a shown line
_TOLD: tuple[str, ...] = ("system", "loader", "model", "quant", "steps", "description", "sampler_settings")


def unknown_answer(
    lines: Sequence[str],
    request: Request,
    template: Template,
    loader: Loader | None,
    aid: FirstAid | None,
    nearest: Sequence[Words] = (),
) -> Answer:
    """Printed output (or none) that no entry explains."""
    line = decisive_line(lines)
    blocks: list[Block] = []
    if line is not None:
        blocks += [Paragraph(_LINE), Evidence((line[:_LONGEST],), 1, 1)]
    if nearest:
        blocks.append(Steps(_NEAR, tuple(Step(title) for title in nearest)))
    if aid is not None:
        blocks.append(Steps(_CHECKS, tuple(Step(step) for step in aid.steps)))
    if line is not None:
        blocks.append(Links(tuple(_searches(line, loader, request)), _SEARCH))
    blocks += [Paragraph(_POST), Code(ready_post(request, template, lines))]
    return Answer(_TITLE, "neutral", tuple(blocks))


def first_aid_answer(aid: FirstAid) -> Answer:
    """First checks for trouble told in words."""
    return Answer(aid.title, "neutral", (Steps("", tuple(Step(step) for step in aid.steps)),))


def ready_post(request: Request, template: Template, lines: Sequence[str]) -> str:
    """Everything that is known, set into the question template. Masked, as all that was read."""
    points: Mapping[str, str] = request.points
    told = [
        f"{template.point(id_).name.en}: {_one_line(points.get(id_, ''))}" for id_ in _TOLD if _belongs(id_, points)
    ]
    machine = ", ".join(f"{key} {value}" for key, value in request.hardware.items())
    log = [line[:_LONGEST] for line in lines if line.strip()][-_MOST_LINES:]
    return "\n".join([*told, *([f"Hardware: {machine}"] if machine else []), *(["Log:", *log] if log else [])])


def _belongs(id_: str, points: Mapping[str, str]) -> bool:
    return id_ in points or id_ in {"system", "loader", "model", "steps"}


def _one_line(value: str) -> str:
    return " ".join(value.split())[:_LONGEST]


def _searches(line: str, loader: Loader | None, request: Request) -> Iterator[tuple[Words, str]]:
    program = loader.name if loader else request.points.get("loader")
    yield _WEB, web_search(line, program)
    if loader is not None and (found := _repository(loader)):
        yield f"{loader.name} issues", tracker_search(line, found)


def _repository(loader: Loader) -> str | None:
    addresses = (*(link.url for link in loader.links), *(source.url for source in loader.sources))
    return next((found.group() for address in addresses if (found := _GITHUB.match(address))), None)
