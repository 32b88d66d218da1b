"""Frequent questions, terms and loaders in words."""

from collections.abc import Iterable, Mapping, Sequence

from bot.answers.blocks import Answer, Block, Field, Fields, Links, Paragraph, Step, Steps
from bot.answers.cures import applies, code_blocks
from bot.answers.filling import filled_text
from bot.base.languages import SEMICOLON, Text, Words, joined
from bot.intake.facts import Facts
from bot.knowledge.failures import FixStep
from bot.knowledge.lookup import Found
from bot.knowledge.reference import (
    Condition,
    Loader,
    Term,
)

ALSO_CALLED_SO = 0.95  # a setting of the same name is explained along with the term

ANSWER = Text("Answer", "回答")
CANDIDATES = Text("Which of these do you mean?", "你是想问哪一个？")
UNKNOWN = Text("I have no answer to that", "这个我还答不上来")
UNKNOWN_HINT = Text(
    "Try fewer words, the name of the setting, or ask in the help channel with the seven points of /template.",
    "换个短一点的说法，或者直接写设置的名字；也可以按 /template 的七个要点去帮助频道提问。",
)
SETTING_OF = Text("A setting of {loader}", "{loader} 的设置")
TERM = Text("Term", "名词")
CHOOSE_ANY = Text("Choose it when one of these holds", "满足任意一条就选它")
CHOOSE_ALL = Text("Choose it only when all of these hold", "全部满足才选它")
NOT_WHEN = Text("Rather not", "不建议")
INSTALL = Text("Install it", "安装")
LOG = Text("See its log", "看日志")
CONTEXT = Text("Set the context", "设置上下文")
LAYERS = Text("Set the GPU layers", "设置 GPU 层数")
ADDRESS = Text("Address", "地址")
FORMATS = Text("Formats", "支持的格式")
WHICH_LOADER = Text("Which loader do you mean?", "你说的是哪个加载器？")
LINKS = Text("Links", "链接")


def term_answer(found: Found[Term]) -> Answer:
    """What a term or setting means, or the candidates."""
    if found.sure is None:
        return candidates_answer([(hit.item.name, hit.score) for hit in found.candidates])
    term = found.sure
    others = [hit.item for hit in found.candidates[1:] if hit.score > ALSO_CALLED_SO]
    paragraphs = tuple(Paragraph(each.meaning, term_kind(each)) for each in (term, *others))
    return Answer(term.name, "neutral", paragraphs)


def loader_answer(
    loader: Loader,
    conditions: Mapping[str, Condition],
    facts: Facts,
    values: Mapping[str, str],
) -> Answer:
    """All about one loader, for this system and card: how it is installed before whom it suits."""
    blocks: list[Block] = [Paragraph(loader.summary), steps_block(INSTALL, loader.install, facts, values)]
    if loader.choose.ids:
        label = CHOOSE_ANY if loader.choose.any else CHOOSE_ALL
        statements = tuple(Step(conditions[id_].statement) for id_ in loader.choose.ids)
        blocks.append(Steps(label, statements))
    blocks += [Paragraph(text, NOT_WHEN, "careful") for text in loader.avoid]
    fields = [Field(ADDRESS, loader.address)] if loader.address else []
    if loader.formats:
        fields.append(Field(FORMATS, ", ".join(loader.formats)))
    blocks.append(Fields(tuple(fields)))
    details = [
        steps_block(label, steps, facts, values)
        for label, steps in ((LOG, loader.log), (CONTEXT, loader.context), (LAYERS, loader.gpu_layers))
    ]
    links = Links(tuple((link.title, link.url) for link in loader.links), LINKS)
    return Answer(loader.name, "neutral", tuple(blocks), (*details, links))


def loaders_answer(loaders: Iterable[Loader], conditions: Mapping[str, Condition]) -> Answer:
    """Several loaders, each in a sentence, with what speaks for it; which of them is meant is for the reader to say."""
    blocks: list[Block] = []
    for loader in loaders:
        statements = [conditions[id_].statement for id_ in loader.choose.ids]
        blocks.append(Paragraph(loader.summary, loader.name))
        if statements:
            label = CHOOSE_ANY if loader.choose.any else CHOOSE_ALL
            blocks.append(Fields((Field(label, joined(statements, SEMICOLON)),)))
    return Answer(WHICH_LOADER, "neutral", tuple(blocks))


def steps_block(label: Text, steps: Sequence[FixStep], facts: Facts, values: Mapping[str, str] | None = None) -> Steps:
    """The steps for this system and card."""
    values = values or {}
    shown = tuple(
        Step(
            filled_text(step.text, values),
            tuple(code_blocks(step.commands, values)),
        )
        for step in steps
        if applies(step.when, facts)
    )
    return Steps(label, shown)


def answer_blocks(steps: Iterable[FixStep]) -> Iterable[Block]:
    """Steps as paragraphs with their commands."""
    for step in steps:
        yield Paragraph(filled_text(step.text, {}))
        yield from code_blocks(step.commands, {})


def candidates_answer(titles: Sequence[tuple[Words, float]]) -> Answer:
    """What may be meant, best first, or an honest "I do not know"."""
    if not titles:
        return Answer(UNKNOWN, "neutral", (Paragraph(UNKNOWN_HINT),))
    named = tuple(title for title, _ in titles)
    return Answer(CANDIDATES, "neutral", (Steps("", tuple(map(Step, named))),), choices=named)


def term_kind(term: Term) -> Text:
    """Whose setting it is, or just that it is a term."""
    return SETTING_OF.format(loader=term.loader) if term.loader else TERM
