"""How much RAM: what each of some amounts opens beside a card, and from how much on a model runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answers.blocks import Answer, Block, Paragraph, Table
from bot.answers.fit.words import size_name, speed_text
from bot.base.languages import COMMA, Text, Words, joined
from bot.base.sizes import GIB
from bot.knowledge.advice import Advice
from bot.memory.offers import Offer
from bot.memory.plan import Plan

_TITLE = Text("How much RAM", "内存要多大")
_FROM = Text("{model} runs from {ram} GB on", "{model} 至少 {ram}G")
_NEVER = Text("{model} wants more than {ram} GB", "{model} 要 {ram}G 以上")
_STOP = Text(".", "。")
_COLUMNS = (Text("RAM", "内存"), Text("Largest that runs split", "分开放最大能跑"), Text("Speed", "速度"))
_STICKS = Text(
    "Take two sticks, not four: four DDR5 sticks run at a lower clock, and what lies in RAM is as fast as RAM is read.",
    "尽量用两条，不要插四条：四条 DDR5 频率会降，放内存的部分全看内存带宽。",
)
_ENOUGH = Text(
    "It runs from {ram} GB of RAM on. More makes it no faster; it only lets larger models load, best mixtures (MoE).",
    "内存从 {ram}G 起就能这样跑；再加不会变快，只是能装更大的模型（最适合 MoE）。",
)


@dataclass(frozen=True, slots=True)
class Opened:
    """An amount of RAM in bytes, and the largest model that runs split with it, if any."""

    ram: int
    largest: Offer | None


def ram_answer(opened: Sequence[Opened], least: Sequence[tuple[str, int | None]], advice: Advice) -> Answer:
    """Amounts of RAM side by side. `least`: models that were named, each with the GB from which on it runs, None where
    none of the amounts is enough.
    """
    most = max(each.ram for each in opened) // GIB
    wanted: list[Words] = [
        (_NEVER if ram is None else _FROM).format(model=name, ram=ram or most) for name, ram in least
    ]
    blocks: list[Block] = []
    if wanted:
        blocks.append(Paragraph(joined([joined(wanted, COMMA), _STOP], ""), tone="good"))
    blocks += [Table(_COLUMNS, tuple(map(_row, opened))), Paragraph(advice.buying.ram), Paragraph(_STICKS)]
    return Answer(_TITLE, "neutral", tuple(blocks))


def _row(opened: Opened) -> tuple[Words, ...]:
    offer = opened.largest
    if offer is None:
        return (f"{opened.ram // GIB} GB", "–", "–")
    name = f"{offer.recommended.name} {offer.model.quant} ({size_name(offer)})"
    return (f"{opened.ram // GIB} GB", name, speed_text(offer.speed))


def enough_ram(plan: Plan, least: int | None) -> Text | None:
    """From how much RAM on a split model runs, where less than there is to be is enough; None for others."""
    if plan.verdict != "split" or least is None or least * GIB > plan.machine.ram:
        return None
    return _ENOUGH.format(ram=least)
