"""Frequent questions, terms and loaders in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from bot.answers.blocks import Answer, Block, Field, Fields, Links, Paragraph, Step, Steps
from bot.answers.diagnosis import applies, code_blocks
from bot.answers.filling import filled
from bot.base.languages import Language, Text
from bot.intake.facts import Facts
from bot.knowledge.failures import FixStep
from bot.knowledge.lookup import Found
from bot.knowledge.reference import (
    Condition,
    Loader,
    Question,
    Term,
)

T = TypeVar("T", Question, Term)
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
LINKS = Text("Links", "链接")


def question_answer(found: Found[Question], language: Language) -> Answer:
    """The answer to a frequent question, or the candidates, or an honest "I do not know"."""
    if found.sure is None:
        return _candidates(found, language)
    question = found.sure
    return Answer(question.question.in_language(language), "neutral", tuple(_blocks(question.answer, language)))


def term_answer(found: Found[Term], language: Language) -> Answer:
    """What a term or setting means, or the candidates."""
    if found.sure is None:
        return _candidates(found, language)
    term = found.sure
    others = [hit.item for hit in found.candidates[1:] if hit.score > ALSO_CALLED_SO]
    paragraphs = tuple(Paragraph(each.meaning.in_language(language), _kind(each, language)) for each in (term, *others))
    return Answer(term.name.in_language(language), "neutral", paragraphs)


def loader_answer(
    loader: Loader,
    conditions: Mapping[str, Condition],
    facts: Facts,
    values: Mapping[str, str],
    language: Language,
) -> Answer:
    """All about one loader, for this system and card."""
    blocks: list[Block] = [Paragraph(loader.summary.in_language(language))]
    if loader.choose.ids:
        label = CHOOSE_ANY if loader.choose.any else CHOOSE_ALL
        statements = tuple(Step(conditions[id_].statement.in_language(language)) for id_ in loader.choose.ids)
        blocks.append(Steps(label.in_language(language), statements))
    blocks += [
        Paragraph(text.in_language(language), NOT_WHEN.in_language(language), "careful") for text in loader.avoid
    ]
    blocks.append(_steps(INSTALL, loader.install, facts, values, language))
    fields = [Field(ADDRESS.in_language(language), loader.address)]
    if loader.formats:
        fields.append(Field(FORMATS.in_language(language), ", ".join(loader.formats)))
    blocks.append(Fields(tuple(fields)))
    details = [
        _steps(label, steps, facts, values, language)
        for label, steps in ((LOG, loader.log), (CONTEXT, loader.context), (LAYERS, loader.gpu_layers))
    ]
    links = Links(tuple((link.title, link.url) for link in loader.links), LINKS.in_language(language))
    return Answer(loader.name, "neutral", tuple(blocks), (*details, links))


def _steps(label: Text, steps: Sequence[FixStep], facts: Facts, values: Mapping[str, str], language: Language) -> Steps:
    shown = tuple(
        Step(
            filled(step.text.in_language(language), values),
            tuple(code_blocks(step.commands, values)),
        )
        for step in steps
        if applies(step.when, facts)
    )
    return Steps(label.in_language(language), shown)


def _blocks(steps: Iterable[FixStep], language: Language) -> Iterable[Block]:
    for step in steps:
        yield Paragraph(filled(step.text.in_language(language), {}))
        yield from code_blocks(step.commands, {})


def _candidates(found: Found[T], language: Language) -> Answer:
    if not found.candidates:
        return Answer(UNKNOWN.in_language(language), "neutral", (Paragraph(UNKNOWN_HINT.in_language(language)),))
    names = tuple(Step(_title(hit.item).in_language(language)) for hit in found.candidates)
    label = CANDIDATES.in_language(language)
    return Answer(label, "neutral", (Steps("", names),))


def _kind(term: Term, language: Language) -> str:
    """Whose setting it is, or just that it is a term."""
    return SETTING_OF.in_language(language).format(loader=term.loader) if term.loader else TERM.in_language(language)


def _title(item: Question | Term) -> Text:
    return item.question if isinstance(item, Question) else item.name
