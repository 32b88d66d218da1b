"""What a model needs, in words."""

from collections.abc import Iterator, Sequence

from bot.answers.blocks import Answer, Block, Paragraph
from bot.base.languages import Text, Words, joined
from bot.base.sizes import gib
from bot.knowledge.advice import Advice
from bot.memory.needs import Needs

_TELL = Text(
    "Tell me your card and your RAM, and I work out layers, context and the command.",
    "说一下你的显卡和内存，我就能算出层数、上下文和启动命令。",
)


def needs_answer(needs: Needs, advice: Advice, notes: Sequence[Text] = ()) -> Answer:
    """The smallest card that takes it whole, what a split needs, and what runs it without a card."""
    model = needs.model
    name = f"{model.shape.name} {model.quant}".strip()
    blocks: list[Block] = [Paragraph(_whole(needs, advice, name), tone="good" if needs.cards else "bad")]
    blocks += [Paragraph(text) for text in _less(needs)]
    blocks += [Paragraph(text, tone="careful") for text in notes]
    blocks.append(Paragraph(_TELL))
    return Answer(Text(f"What {name} needs", f"{name} 需要什么配置"), "neutral", tuple(blocks))


def _whole(needs: Needs, advice: Advice, name: str) -> Text:
    size, context = gib(needs.model.file_bytes), f"{needs.context:,}"
    if not needs.cards:
        return Text(
            f"{name} is {size}: no usual set of cards holds it whole.", f"{name} 有 {size}，一般的显卡组合都放不下。"
        )
    total, cards = sum(needs.cards), _cards(needs.cards, advice)
    return Text(
        f"{name} ({size}) with a context of {context} fits whole from {total} GB of VRAM on{cards.en}.",
        f"{name}（{size}）上下文 {context}：要整个放显卡，至少 {total}G 显存{cards.zh}。",
    )


def _cards(cards: tuple[int, ...], advice: Advice) -> Text:
    known = advice.cards_with(sum(cards)) if len(cards) <= 2 else ""
    many = f"{len(cards)} × {cards[0]} GB" if len(cards) > 1 else ""
    said = ", ".join(part for part in (many, known) if part)
    return Text(f" ({said})", f"（{said}）") if said else Text("", "")


def _less(needs: Needs) -> Iterator[Text]:
    """Cheaper ways: split between card and RAM, or the processor alone."""
    if needs.splits:
        ways: list[Words] = [
            Text(f"{split.card} GB + {split.ram} GB of RAM", f"{split.card}G 显存 + {split.ram}G 内存")
            for split in needs.splits[:3]
        ]
        shown = joined(ways, Text(", or ", "，或 "))
        slower = (
            Text("a mixture (MoE) stays usable that way", "MoE 模型这样速度还能用")
            if needs.model.shape.experts
            else Text("clearly slower", "会慢不少")
        )
        yield Text(f"Split between card and RAM: {shown.en} ({slower.en}).", f"分开放：{shown.zh}（{slower.zh}）。")
    if needs.ram is not None:
        yield Text(f"Without a card: {needs.ram} GB of RAM, slow.", f"不用显卡：至少 {needs.ram}G 内存，慢。")
    else:
        yield Text("It needs a server with several terabytes of memory.", "需要几 TB 内存的服务器。")
