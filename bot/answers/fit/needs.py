"""What a model needs, in words."""

from collections.abc import Iterator, Sequence

from bot.answers.blocks import Answer, Block, Paragraph, Table
from bot.base.languages import COMMA, Text, Words, joined
from bot.base.sizes import GIB, gib
from bot.knowledge.advice import Advice
from bot.memory.needs import Needs

_TELL = Text(
    "Tell me your card and your RAM, and I work out layers, context and the command.",
    "说一下你的显卡和内存，我就能算出层数、上下文和启动命令。",
)


_COLUMNS = (
    Text("Model", "模型"), Text("File", "文件"), Text("Whole from", "整个放显卡"), Text("Without a card", "不用显卡"),
)  # fmt: skip


_AT_HOME = 60 * GIB  # of the largest file that a computer at home runs with ease
_SOME_AT_HOME = Text(
    "There are several of that name, from {smallest} to {largest}; most people at home mean one of the small ones.",
    "叫这个名字的有好几个，从 {smallest} 到 {largest}；家用电脑上跑的一般是小的那几个。",
)
_NONE_AT_HOME = Text(
    "There are several of that name, from {smallest} to {largest}: all of them want a server.",
    "叫这个名字的有好几个，从 {smallest} 到 {largest}，都要服务器才跑得动。",
)


def family_answer(told: str, needs: Sequence[Needs], advice: Advice) -> Answer:
    """What each of several models needs that go by one name, the smallest first."""
    ordered = sorted(needs, key=lambda each: each.model.file_bytes)
    smallest, largest = ordered[0].model.shape.name, ordered[-1].model.shape.name
    kind = _SOME_AT_HOME if ordered[0].model.file_bytes <= _AT_HOME else _NONE_AT_HOME
    said = kind.format(smallest=smallest, largest=largest)
    table = Table(_COLUMNS, tuple(_need_row(each, advice) for each in ordered))
    title = Text("What {name} needs", "{name} 需要什么配置").format(name=told)
    return Answer(title, "neutral", (Paragraph(said), table, Paragraph(_TELL)))


_OF_EACH = Text(
    "What each needs at a context of {context}, the file and some room included.",
    "各要什么配置（上下文 {context}，文件和计算用的空间都算在内）。",
)


def each_needs_answer(needs: Sequence[Needs], advice: Advice) -> Answer:
    """What each of several named models needs, in the order in which they were named."""
    names = joined([f"{each.model.shape.name} {each.model.quant}".strip() for each in needs], COMMA)
    title = Text("What {name} need", "{name} 需要什么配置").format(name=names)
    said = _OF_EACH.format(context=f"{needs[0].context:,}")
    table = Table(_COLUMNS, tuple(_need_row(each, advice) for each in needs))
    return Answer(title, "neutral", (Paragraph(said), table, Paragraph(_TELL)))


def _need_row(needs: Needs, advice: Advice) -> tuple[Words, ...]:
    vram: Words = "–"
    if needs.cards:
        examples = advice.cards_with(sum(needs.cards)) if len(needs.cards) <= 2 else ""
        total = f"{sum(needs.cards)} GB"
        vram = f"{total} ({examples})" if examples else total
    ram: Words = Text("{ram} GB of RAM", "{ram}G 内存").format(ram=needs.ram) if needs.ram else "–"
    return (f"{needs.model.shape.name} {needs.model.quant}".strip(), gib(needs.model.file_bytes), vram, ram)


def needs_answer(needs: Needs, advice: Advice, notes: Sequence[Text] = ()) -> Answer:
    """The smallest card that takes it whole, what a split needs, and what runs it without a card."""
    model = needs.model
    name = f"{model.shape.name} {model.quant}".strip()
    blocks: list[Block] = [Paragraph(_whole(needs, advice, name), tone="good" if needs.cards else "bad")]
    blocks += [Paragraph(text) for text in _less(needs)]
    blocks += [Paragraph(text, tone="careful") for text in notes]
    blocks.append(Paragraph(_TELL))
    return Answer(Text("What {name} needs", "{name} 需要什么配置").format(name=name), "neutral", tuple(blocks))


def _whole(needs: Needs, advice: Advice, name: str) -> Text:
    size, context = gib(needs.model.file_bytes), f"{needs.context:,}"
    if not needs.cards:
        return Text(
            "{name} is {size}: no usual set of cards holds it whole.", "{name} 有 {size}，一般的显卡组合都放不下。"
        ).format(name=name, size=size)
    total, cards = sum(needs.cards), _cards(needs.cards, advice)
    return Text(
        "{name} ({size}) with a context of {context} fits whole from {total} GB of VRAM on{cards}.",
        "{name}（{size}）上下文 {context}：要整个放显卡，至少 {total}G 显存{cards}。",
    ).format(name=name, size=size, context=context, total=total, cards=cards)


def _cards(cards: tuple[int, ...], advice: Advice) -> Text:
    known = advice.cards_with(sum(cards)) if len(cards) <= 2 else ""
    many = f"{len(cards)} × {cards[0]} GB" if len(cards) > 1 else ""
    said = ", ".join(part for part in (many, known) if part)
    return Text(" ({said})", "（{said}）").format(said=said) if said else Text("", "")


def _less(needs: Needs) -> Iterator[Text]:
    """Cheaper ways: split between card and RAM, or the processor alone."""
    if needs.splits:
        ways: list[Words] = [
            Text("{card} GB + {ram} GB of RAM", "{card}G 显存 + {ram}G 内存").format(card=split.card, ram=split.ram)
            for split in needs.splits[:3]
        ]
        shown = joined(ways, Text(", or ", "，或 "))
        slower = (
            Text("a mixture (MoE) stays usable that way", "MoE 模型这样速度还能用")
            if needs.model.shape.experts
            else Text("clearly slower", "会慢不少")
        )
        yield Text("Split between card and RAM: {shown} ({slower}).", "分开放：{shown}（{slower}）。").format(
            shown=shown, slower=slower
        )
    if needs.ram is not None:
        yield Text("Without a card: {ram} GB of RAM, slow.", "不用显卡：至少 {ram}G 内存，慢。").format(ram=needs.ram)
    else:
        yield Text("It needs a server with several terabytes of memory.", "需要几 TB 内存的服务器。")
