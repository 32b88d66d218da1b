"""All that can be asked and is answered from data: frequent questions, terms, each part of a loader or format."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from bot.answers.blocks import Answer, Block, Field, Fields, Links, Paragraph, Step, Steps
from bot.answers.cures import as_packaged
from bot.answers.reference import (
    ADDRESS,
    CHOOSE_ALL,
    CHOOSE_ANY,
    FORMATS,
    LINKS,
    NOT_WHEN,
    answer_blocks,
    candidates_answer,
    steps_block,
    term_kind,
)
from bot.base.languages import COMMA, Text, Words, joined
from bot.diagnosis.circumstances import circumstances_of
from bot.intake.facts import Facts
from bot.knowledge.asking import Asking
from bot.knowledge.lookup import Found
from bot.knowledge.reference import Choice, Condition, Format, Loader, Question, Term

COMPARED = (
    *("{a} {b} 哪个好", "{a} or {b}", "{a} 和 {b} 的区别", "difference between {a} and {b}"),
    *("{a} 比 {b} 好在哪", "why pick {a} over {b}", "is {a} or {b} faster", "{a} 和 {b} 哪个快"),
)
# How settings are asked for besides.
SET = (" 填什么", " what to set", " 要开吗", " 越大越好吗", " 选哪个", " 设多少", " 影响什么")
READ = ("{a} 能加载 {b} 吗", "can {a} load {b}", "{a} 支持 {b}", "{a} with a {b} model", "use {b} in {a}")

YES = Text("Yes, {loader} loads {format}.", "能，{loader} 可以加载 {format}。")
NO = Text(
    "No, {loader} does not load {format}. It loads {formats}.",
    "不能，{loader} 不能加载 {format}，它支持的是 {formats}。",
)
INSTEAD = Text("For {format} take {loaders}.", "{format} 请用 {loaders}。")
FRONT_END = Text(
    "{loader} runs no model itself; it needs a loader behind it.", "{loader} 自己不跑模型，后面要接一个加载器。"
)
LOADERS = Text("{format} is loaded by {loaders}.", "{format} 用 {loaders} 加载。")
GPU_ONLY = Text(
    "{format} is for graphics cards only; without one, or with too little VRAM, take GGUF.",
    "{format} 只能放在显卡上跑；没有显卡，或者显存不够，请用 GGUF。",
)
ANYWHERE = Text(
    "{format} also runs on the processor alone, or split between card and RAM.",
    "{format} 可以纯 CPU 跑，也可以显卡和内存各放一部分。",
)
FLOOR = Text(
    "Not below {floor}: under that the model gets noticeably worse. Short of memory? Take a smaller model at {floor}.",
    "别低于 {floor}，再低会明显变笨。显存不够就换小一号的模型，也别往下降。",
)
ONE_FILE = Text("One file (large ones come in parts).", "是一个文件（大的会分成几块）。")
ONE_FOLDER = Text("Not one file but a whole folder: download all of it.", "不是一个文件，是整个文件夹，要全部下载。")
EXAMPLE = Text("Example", "例子")
SUPERSEDED = Text("{loader} is no longer developed; take {other}.", "{loader} 已经停止开发，请用 {other}。")


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that can be asked, in several wordings, and what is answered. `alike`: how many of the wordings, the
    last ones, are those of any program.
    """

    id: str
    title: Words
    wordings: tuple[str, ...]
    blocks: tuple[Block, ...]
    says: str = ""
    is_narrow: bool = False
    alike: int = 0

    @property
    def own_wordings(self) -> tuple[str, ...]:
        """The wordings that nobody made of a table."""
        return self.wordings[: len(self.wordings) - self.alike]


def topic_answer(found: Found[Topic]) -> Answer:
    """The answer to what was asked, or what may be meant."""
    if found.sure is None:
        return candidates_answer([(hit.item.title, hit.score) for hit in found.candidates])
    return Answer(found.sure.title, "neutral", with_beside(found.sure.blocks, found.beside))


def with_beside(blocks: tuple[Block, ...], beside: Topic | None) -> tuple[Block, ...]:
    """The answer, and under its own title another one that may be meant as well."""
    return blocks if beside is None else (*blocks, Paragraph("", beside.title), *beside.blocks)


def question_topics(questions: Iterable[Question]) -> Iterator[Topic]:
    """The frequent questions as topics."""
    for question in questions:
        yield Topic(
            question.id, question.question, question.wordings, tuple(answer_blocks(question.answer)), question.says
        )


def term_topics(terms: Iterable[Term]) -> Iterator[Topic]:
    """The terms and settings as topics, asked for in the usual ways."""
    for term in terms:
        wordings = tuple(f"{name}{asked}" for name in term.wordings for asked in ("", " 是什么意思")) + term.asked
        if term.kind == "setting":
            wordings += tuple(f"{name}{asked}" for name in (term.name.en, term.name.zh, *term.names) for asked in SET)
        yield Topic(
            f"term:{term.id}", term.name, wordings, (Paragraph(term.meaning, term_kind(term)),), term.says, True
        )


def asked_of_programs(topics: Iterable[Topic], asking: Asking) -> Iterator[Topic]:
    """The topics, each with the wordings in which what it answers is asked of any program; a wording that a topic has
    of its own stays its own.
    """
    found = tuple(topics)
    own = {_bare(text) for topic in found for text in topic.wordings}
    more = defaultdict[str, list[str]](list)
    for about in asking.of_programs.values():
        for program, topic_id in about.answers.items():
            more[topic_id] += (text for text in _asked(program, about.asked) if _bare(text) not in own)
    for topic in found:
        made = tuple(more.get(topic.id, ()))
        yield replace(topic, wordings=topic.wordings + made, alike=len(made)) if made else topic


def loader_topics(
    loaders: Sequence[Loader], conditions: Mapping[str, Condition], asking: Asking, facts: Facts | None = None
) -> Iterator[Topic]:
    """Each part of each loader's data; steps for the system and card in `facts`."""
    known = facts or Facts()
    for loader in loaders:
        for aspect, phrases in asking.loader_aspects.items():
            title, blocks = _LOADER[aspect]
            found = tuple(blocks(loader, conditions, known))
            if found:
                id_ = f"loader:{loader.name}:{aspect}"
                yield Topic(id_, title.format(name=loader.name), _asked(loader.name, phrases), found)


def format_topics(
    formats: Sequence[Format], loaders: Sequence[Loader], conditions: Mapping[str, Condition], asking: Asking
) -> Iterator[Topic]:
    """Each part of each format's data."""
    for format_ in formats:
        for aspect, phrases in asking.format_aspects.items():
            title, blocks = _FORMAT[aspect]
            found = tuple(blocks(format_, loaders, conditions))
            if found:
                id_ = f"format:{format_.name}:{aspect}"
                yield Topic(id_, title.format(name=format_.name), _asked(format_.name, phrases), found)


def comparison_topics(
    loaders: Sequence[Loader], formats: Sequence[Format], conditions: Mapping[str, Condition]
) -> Iterator[Topic]:
    """Two loaders, or two formats, side by side."""
    runners = [loader for loader in loaders if loader.role == "loader"]
    pairs: list[tuple[Loader | Format, Loader | Format]] = [*combinations(runners, 2), *combinations(formats, 2)]
    for one, other in pairs:
        blocks = [block for each in (one, other) for block in _compared(each, conditions)]
        wordings = tuple(text.format(a=one.name, b=other.name) for text in COMPARED)
        title = COMPARE.format(a=one.name, b=other.name)
        yield Topic(f"compare:{one.name}:{other.name}", title, wordings, tuple(blocks))


def reading_topics(loaders: Sequence[Loader], formats: Sequence[Format]) -> Iterator[Topic]:
    """Whether a loader loads a format."""
    for loader in loaders:
        for format_ in formats:
            wordings = tuple(text.format(a=loader.name, b=format_.name) for text in READ)
            title = READS.format(loader=loader.name, format=format_.name)
            blocks = tuple(_reads(loader, format_, loaders))
            yield Topic(f"reads:{loader.name}:{format_.name}", title, wordings, blocks)


COMPARE = Text("{a} or {b}?", "{a} 和 {b} 怎么选？")
READS = Text("Does {loader} load {format}?", "{loader} 能加载 {format} 吗？")


def _bare(text: str) -> str:
    return "".join(text.casefold().split())


def _asked(name: str, phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{name} {phrase}" for phrase in phrases)


def _compared(each: Loader | Format, conditions: Mapping[str, Condition]) -> Iterator[Block]:
    yield Paragraph(each.summary, each.name)
    yield from _choice(each.choose, conditions)


def _choice(choose: Choice, conditions: Mapping[str, Condition]) -> Iterator[Block]:
    if choose.ids:
        label = CHOOSE_ANY if choose.any else CHOOSE_ALL
        yield Steps(label, tuple(Step(conditions[id_].statement) for id_ in choose.ids))


def _reads(loader: Loader, format_: Format, loaders: Sequence[Loader]) -> Iterator[Block]:
    if loader.role == "frontend":
        yield Paragraph(FRONT_END.format(loader=loader.name))
    elif format_.name in loader.formats:
        yield Paragraph(YES.format(loader=loader.name, format=format_.name))
        return
    else:
        said = joined(loader.formats, COMMA)
        yield Paragraph(NO.format(loader=loader.name, format=format_.name, formats=said))
    if others := _loaders_of(format_, loaders):
        yield Paragraph(INSTEAD.format(format=format_.name, loaders=joined(others, COMMA)))


def _loaders_of(format_: Format, loaders: Iterable[Loader]) -> list[str]:
    return [each.name for each in loaders if format_.name in each.formats and each.superseded_by is None]


# A part of a loader's data: its title, and its blocks (none: the data does not say)

_LoaderBlocks = Callable[[Loader, Mapping[str, Condition], Facts], Iterable[Block]]


def _who(loader: Loader, conditions: Mapping[str, Condition], _facts: Facts) -> Iterator[Block]:
    yield Paragraph(loader.summary)
    yield from _choice(loader.choose, conditions)
    yield from _against(loader, conditions, _facts)


def _against(loader: Loader, _conditions: Mapping[str, Condition], _facts: Facts) -> Iterator[Block]:
    if loader.superseded_by:
        yield Paragraph(SUPERSEDED.format(loader=loader.name, other=loader.superseded_by))
    yield from (Paragraph(text, NOT_WHEN, "careful") for text in loader.avoid)


def _install(loader: Loader, _conditions: Mapping[str, Condition], facts: Facts) -> Iterator[Block]:
    yield steps_block(INSTALL_TITLE.format(name=loader.name), loader.install, facts)
    yield from _against(loader, _conditions, facts)
    yield Links(tuple((link.title, link.url) for link in loader.links), LINKS)


def _start(loader: Loader, _conditions: Mapping[str, Condition], facts: Facts) -> Iterator[Block]:
    if loader.start:
        yield steps_block(START_TITLE.format(name=loader.name), loader.start, facts)


def _update(loader: Loader, _conditions: Mapping[str, Condition], facts: Facts) -> Iterator[Block]:
    if loader.update:
        steps = as_packaged(loader.update, circumstances_of(facts)) or loader.update
        yield steps_block(UPDATE_TITLE.format(name=loader.name), steps, facts)


def _back(loader: Loader, _conditions: Mapping[str, Condition], facts: Facts) -> Iterator[Block]:
    if loader.back:
        steps = as_packaged(loader.back, circumstances_of(facts)) or loader.back
        yield steps_block(BACK_TITLE.format(name=loader.name), steps, facts)


def _runs_on(loader: Loader, _conditions: Mapping[str, Condition], _facts: Facts) -> Iterator[Block]:
    yield from (Paragraph(text) for text in loader.runs_on)


def _log(loader: Loader, _conditions: Mapping[str, Condition], facts: Facts) -> Iterator[Block]:
    yield steps_block(LOG_TITLE.format(name=loader.name), loader.log, facts)


def _context(loader: Loader, _conditions: Mapping[str, Condition], facts: Facts) -> Iterator[Block]:
    yield steps_block(CONTEXT_TITLE.format(name=loader.name), loader.context, facts)


def _layers(loader: Loader, _conditions: Mapping[str, Condition], facts: Facts) -> Iterator[Block]:
    yield steps_block(LAYERS_TITLE.format(name=loader.name), loader.gpu_layers, facts)


def _address(loader: Loader, _conditions: Mapping[str, Condition], _facts: Facts) -> Iterator[Block]:
    if loader.address:
        addresses = joined([loader.address + path for path in loader.api] or [loader.address], COMMA)
        yield Fields((Field(ADDRESS, addresses),))


def _formats(loader: Loader, _conditions: Mapping[str, Condition], _facts: Facts) -> Iterator[Block]:
    if loader.formats:
        yield Fields((Field(FORMATS, joined(loader.formats, COMMA)),))


WHO_TITLE = Text("Who should use {name}?", "{name} 适合谁？")
DRAWBACKS_TITLE = Text("What speaks against {name}?", "{name} 有什么缺点？")
INSTALL_TITLE = Text("Install {name}", "安装 {name}")
START_TITLE = Text("Start {name}", "启动 {name}")
UPDATE_TITLE = Text("Update {name}", "更新 {name}")
BACK_TITLE = Text("Back to an older version of {name}", "{name} 退回旧版本")
RUNS_ON_TITLE = Text("Which cards and systems does {name} run on?", "{name} 支持哪些显卡和系统？")
LOG_TITLE = Text("The log of {name}", "{name} 的日志在哪")
CONTEXT_TITLE = Text("Set the context in {name}", "在 {name} 里设置上下文")
LAYERS_TITLE = Text("Set the GPU layers in {name}", "在 {name} 里设置 GPU 层数")
ADDRESS_TITLE = Text("The address of {name}", "{name} 的 API 地址")
FORMATS_TITLE = Text("What {name} loads", "{name} 支持哪些格式")

_LOADER: Mapping[str, tuple[Text, _LoaderBlocks]] = {
    "suits": (WHO_TITLE, _who),
    "drawbacks": (DRAWBACKS_TITLE, _against),
    "install": (INSTALL_TITLE, _install),
    "start": (START_TITLE, _start),
    "update": (UPDATE_TITLE, _update),
    "back": (BACK_TITLE, _back),
    "runs_on": (RUNS_ON_TITLE, _runs_on),
    "log": (LOG_TITLE, _log),
    "context": (CONTEXT_TITLE, _context),
    "gpu_layers": (LAYERS_TITLE, _layers),
    "address": (ADDRESS_TITLE, _address),
    "formats": (FORMATS_TITLE, _formats),
}

# A part of a format's data

_FormatBlocks = Callable[[Format, Sequence[Loader], Mapping[str, Condition]], Iterable[Block]]


def _format_who(format_: Format, _loaders: Sequence[Loader], conditions: Mapping[str, Condition]) -> Iterator[Block]:
    yield Paragraph(format_.summary)
    yield from _choice(format_.choose, conditions)


def _format_against(
    format_: Format, _loaders: Sequence[Loader], _conditions: Mapping[str, Condition]
) -> Iterator[Block]:
    yield Paragraph(format_.summary)
    yield Paragraph((GPU_ONLY if format_.gpu_only else ANYWHERE).format(format=format_.name))


def _format_loaders(
    format_: Format, loaders: Sequence[Loader], _conditions: Mapping[str, Condition]
) -> Iterator[Block]:
    if names := _loaders_of(format_, loaders):
        yield Paragraph(LOADERS.format(format=format_.name, loaders=joined(names, COMMA)))


def _parts(format_: Format, _loaders: Sequence[Loader], _conditions: Mapping[str, Condition]) -> Iterator[Block]:
    yield Paragraph(ONE_FILE if format_.single_file else ONE_FOLDER)
    yield Paragraph(format_.parts)


def _floor(format_: Format, _loaders: Sequence[Loader], _conditions: Mapping[str, Condition]) -> Iterator[Block]:
    yield Paragraph(FLOOR.format(floor=format_.floor))


def _encoding(format_: Format, _loaders: Sequence[Loader], _conditions: Mapping[str, Condition]) -> Iterator[Block]:
    yield Paragraph(format_.encoding)
    yield Fields((Field(EXAMPLE, format_.example),))


def _gpu_only(format_: Format, _loaders: Sequence[Loader], _conditions: Mapping[str, Condition]) -> Iterator[Block]:
    yield Paragraph((GPU_ONLY if format_.gpu_only else ANYWHERE).format(format=format_.name))


_FORMAT: Mapping[str, tuple[Text, _FormatBlocks]] = {
    "suits": (Text("When to use {name}", "什么时候用 {name}"), _format_who),
    "drawbacks": (DRAWBACKS_TITLE, _format_against),
    "loaders": (Text("What loads {name}", "{name} 用什么加载器"), _format_loaders),
    "parts": (Text("Is {name} one file?", "{name} 是一个文件吗"), _parts),
    "floor": (Text("How low may {name} go?", "{name} 最低能到多少"), _floor),
    "encoding": (Text("How names of {name} are read", "{name} 的名字怎么看"), _encoding),
    "gpu_only": (Text("Does {name} run without a graphics card?", "{name} 没有显卡能跑吗"), _gpu_only),
}
