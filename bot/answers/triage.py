"""What is said to somebody who asks for help: what was understood, and only what is still missing."""

from collections.abc import Iterable, Iterator, Sequence

from bot.answers.blocks import Answer, Block, Field, Fields, Paragraph, Step, Steps
from bot.base.languages import BETWEEN_SENTENCES, COMMA, Text, joined
from bot.hardware.systems import system_family
from bot.intake.template import Hint, Point, PointId, Template
from bot.intake.told import Request

TITLE = Text("A few things are still missing", "还差几样信息")
TITLE_ONE = Text("One thing is still missing", "还差一样信息")
TITLE_COMPLETE = Text("All there, thank you", "信息齐了，谢谢")
TITLE_BARE = Text("Happy to help. What is it about?", "来，说说怎么回事")
TITLE_SMALLER = Text("To be more exact", "想说得更准")

UNDERSTOOD = Text("What I understood", "我理解到的")
CHECK = Text("Something wrong there? Just say so.", "哪里理解错了，直接说就行。")
ASKED = Text("Please add", "麻烦补充")
COMPLETE = Text("Everything a helper needs is there.", "帮忙的人需要的都有了。")
BARE = Text(
    "There is nothing to go by yet. With these points somebody can help you, often at once:",
    "现在还没有线索，没法帮你。补上下面几点，往往马上就能找到原因：",
)
PICTURE = Text(
    "A picture cannot be searched. Please copy the text out of the window, or make sure the picture shows all of it.",
    "截图里的字没法搜。请把窗口里的文字复制出来；实在只能截图，就把整个窗口截全。",
)
SMALLER = Text(
    "The cause is above. These points could still change the advice:",
    "原因见上。下面几点还可能影响建议：",
)
WHICH_ONE = Text("You named {values}. Which one is it about?", "你提到了 {values}，问题出在哪一个上？")
FOR_EXAMPLE = Text("For example: {examples}", "比如：{examples}")
AND = Text(" and ", " 和 ")

# Values that say what the author said, not what a program is called: shown shortened.
_TOLD_IN_WORDS = frozenset({"description", "steps", "log", "prompt_settings", "sampler_settings"})
_SHOWN = 90  # characters of such a value
_HARDWARE = {
    "gpu": Text("Graphics card", "显卡"),
    "vram": Text("VRAM", "显存"),
    "ram": Text("RAM", "内存"),
    "context": Text("Context", "上下文"),
}
# With a diagnosis at hand only what could change it is worth asking for.
_CHANGES_A_DIAGNOSIS: tuple[PointId, ...] = ("loader", "system", "model", "quant")
_MOST_ASKED_AFTER_DIAGNOSIS = 2


def triage_answer(
    request: Request,
    template: Template,
    *,
    required: Iterable[str] | None = None,
    has_diagnosis: bool = False,
) -> Answer:
    """One friendly message: what was understood, then each missing point with how to find it out.

    `required`: ids of the points a server asks for, None for all usual ones. With `has_diagnosis` the message is short
    and asks at most for what would change the diagnosis.
    """
    missing = points_to_ask(request, template, required, has_diagnosis=has_diagnosis)
    is_open = bool(missing or request.contradictions)
    blocks = [*_opening(request, template, has_diagnosis=has_diagnosis), *_contradictions(request)]
    if missing:
        blocks += _asking(missing, request, has_diagnosis=has_diagnosis)
    if not is_open:
        blocks.append(Paragraph(COMPLETE, tone="good"))
    title = _title(request, missing, has_diagnosis=has_diagnosis)
    return Answer(title, "neutral" if is_open else "good", tuple(blocks))


def _opening(request: Request, template: Template, *, has_diagnosis: bool) -> Iterator[Block]:
    """What was understood, or that there is nothing to go by."""
    if request.bare and not request.points and not has_diagnosis:
        yield Paragraph(BARE)
    elif understood := understood_block(request, template):
        yield understood
        yield Paragraph(CHECK)


def _asking(missing: Sequence[Point], request: Request, *, has_diagnosis: bool) -> Iterator[Block]:
    if has_diagnosis:
        yield Paragraph(SMALLER)
    yield _questions(missing, request)
    if request.pictures and "log" not in request.points and not has_diagnosis:
        yield Paragraph(PICTURE, tone="careful")


def points_to_ask(
    request: Request, template: Template, required: Iterable[str] | None = None, *, has_diagnosis: bool = False
) -> list[Point]:
    """The missing points worth asking for, in the template's order; after a diagnosis only what could change it."""
    missing = [template.point(id_) for id_ in request.missing(template, required)]
    if has_diagnosis:
        return [point for point in missing if point.id in _CHANGES_A_DIAGNOSIS][:_MOST_ASKED_AFTER_DIAGNOSIS]
    return missing


def understood_block(request: Request, template: Template) -> Fields | None:
    """What was understood, so that errors are seen; None when nothing was."""
    order: tuple[str, ...] = ("system", "loader", "model", "quant", "prompt_settings", "sampler_settings", "log")
    fields = [
        Field(template.point(id_).name, _shown(id_, request.points[id_])) for id_ in order if id_ in request.points
    ]
    fields += [Field(name, request.hardware[key]) for key, name in _HARDWARE.items() if key in request.hardware]
    return Fields(tuple(fields), UNDERSTOOD) if fields else None


def _title(request: Request, missing: Sequence[Point], *, has_diagnosis: bool) -> Text:
    if not missing and not request.contradictions:
        return TITLE_COMPLETE
    if has_diagnosis:
        return TITLE_SMALLER
    if request.bare and not request.points:
        return TITLE_BARE
    return TITLE_ONE if len(missing) == 1 else TITLE


def _contradictions(request: Request) -> Iterator[Paragraph]:
    for contradiction in request.contradictions:
        values = joined(contradiction.values, AND)
        yield Paragraph(WHICH_ONE.format(values=values), tone="careful")


def _questions(missing: Sequence[Point], request: Request) -> Steps:
    return Steps(ASKED, tuple(Step(_question(point, request)) for point in missing))


def _question(point: Point, request: Request) -> Text:
    """The question, why it matters and how to find out; in other words when it was answered by "I don't know"."""
    asked = point.again if point.id in request.unsure else point.question
    hints = [hint.text for hint in point.find if _applies(hint, request)]
    examples = FOR_EXAMPLE.format(examples=joined(point.examples[:3], COMMA))
    lines = [asked, point.why, *hints]
    if point.id in {"loader", "quant", "sampler_settings", "prompt_settings"}:
        lines.append(examples)
    return joined(lines, BETWEEN_SENTENCES)


def _applies(hint: Hint, request: Request) -> bool:
    system = request.points.get("system")
    family = system_family(system) if system else None
    loader = request.points.get("loader")
    fits_system = not hint.systems or (family in hint.systems if family else "windows" in hint.systems)
    return fits_system and (not hint.loaders or loader in hint.loaders)


def _shown(id_: str, value: str) -> str:
    """A value on one line; what the author told in words is cut short."""
    line = " ".join(value.split())
    if id_ in _TOLD_IN_WORDS and len(line) > _SHOWN:
        return line[: _SHOWN - 1] + "…"
    return line
