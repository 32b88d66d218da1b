"""Which program to take, from the loaders' own conditions."""

from collections.abc import Iterator, Mapping, Sequence

from bot.answers.blocks import Answer, Block, Field, Fields, Paragraph
from bot.answers.loader_dialogue import suiting
from bot.base.languages import Text, joined
from bot.knowledge.reference import Condition, Loader

_TITLE = Text("Which program", "用哪个软件")
_MOST = 3


def loader_choice_answer(
    loaders: Sequence[Loader],
    conditions: Mapping[str, Condition],
    held: frozenset[str],
    format_: str | None = None,
    assumed: frozenset[str] = frozenset(),
) -> Answer:
    """The programs that suit somebody for whom the conditions hold, best first; those that read `format_` if named.
    The conditions that are `assumed` are no reasons to tell.
    """
    able = [loader for loader in loaders if format_ is None or format_ in loader.formats]
    fits = suiting(able, held) or [loader for loader in able if loader.superseded_by is None][:_MOST]
    return Answer(_TITLE, "neutral", tuple(_blocks(fits[:_MOST], conditions, held - assumed, format_)))


def _blocks(
    fits: Sequence[Loader], conditions: Mapping[str, Condition], told: frozenset[str], format_: str | None
) -> Iterator[Block]:
    if fits:
        best = fits[0]
        reads = Text(" It reads {format}.", "它支持 {format}。").format(format=format_) if format_ else Text("", "")
        yield Paragraph(joined([Text("Take {name}. ", "用 {name}。").format(name=best.name), best.summary, reads], ""))
        why = [conditions[id_].statement for id_ in best.choose.ids if id_ in told]
        if why:
            yield Paragraph(joined([Text("Because ", "因为"), joined(why, Text(", and ", "，")), Text(".", "。")], ""))
    if others := fits[1:]:
        yield Fields(tuple(Field(loader.name, loader.summary) for loader in others), Text("Also good", "也可以"))
    if fits and fits[0].links:
        link = fits[0].links[0]
        yield Paragraph(Text("Get it here: {url}", "下载：{url}").format(url=link.url))
