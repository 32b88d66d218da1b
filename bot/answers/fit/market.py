"""What to buy for an amount of money: the card, what it holds, what it wants of the power supply."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.answers.blocks import Answer, Block, Paragraph, Table
from bot.answers.fit.words import size_name, speed_text
from bot.base.languages import Text, Words
from bot.base.sizes import gib
from bot.intake.budgets import YUAN, Budget
from bot.knowledge.advice import Advice, ForSale
from bot.memory.offers import Offer
from bot.memory.plan import Plan

STEP_UP = 1.2  # times the memory that is there: less opens no larger models
_COLUMNS = (
    Text("Card", "显卡"), Text("Memory", "显存"), Text("Price", "价格"), Text("Models whole up to", "能整个放下"),
    Text("Power supply", "电源"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bought:
    """A card for sale as it would do in the machine: the largest model that it holds whole, how the wanted one runs."""

    sale: ForSale
    largest: Offer | None
    wanted: Plan | None

    @property
    def holds_wanted(self) -> bool:
        """Whether the wanted model lies whole on it."""
        return self.wanted is not None and self.wanted.verdict == "gpu"


@dataclass(frozen=True, slots=True)
class Shopping:
    """What the money is enough for, from the cheapest, and the next dearer card that would do what none of them does;
    `watts`: the power supply that is there.
    """

    budget: Budget
    affordable: tuple[Bought, ...]
    dearer: Bought | None
    watts: int | None

    @property
    def best(self) -> Bought | None:
        """The cheapest that holds the wanted model whole; else the one with the most memory."""
        holding = next((each for each in self.affordable if each.holds_wanted), None)
        return holding or max(self.affordable, key=lambda each: each.sale.video_memory, default=None)


def market_answer(shopping: Shopping, advice: Advice, *, whole_computer: bool, owned: int) -> Answer:
    """The card in the first line, with what it is good for; then what else there is for about the money. `owned`: GB of
    video memory that are there.
    """
    title = Text("For {budget}", "{budget}买什么").format(budget=shopping.budget.shown)
    rows = tuple(map(_row, (*shopping.affordable, *filter(None, (shopping.dearer,)))))
    blocks: list[Block] = [Paragraph(text, tone="good") for text in _verdict(shopping, owned)]
    blocks += [Paragraph(text) for text in _power(shopping)]
    blocks.append(Table(_COLUMNS, rows, _prices_of(advice)))
    if whole_computer:
        blocks.append(Paragraph(_COMPUTER))
    blocks.append(Paragraph(advice.buying.second if owned else advice.buying.first))
    return Answer(title, "neutral", tuple(blocks))


_CHEAPEST = Text(
    "The cheapest {memory} GB: {name} ({price}). Older server cards are cheaper still (P40 24 GB, MI50 32 GB), but "
    "slow with prompts, without a fan, and at the end of their support.",
    "最便宜的 {memory}G：{name}（{price}）。"
    "更便宜的是老服务器卡（P40 24G、MI50 32G），但读提示词慢、没风扇、支持快到头了。",
)


def memory_answer(memory: int, bought: Sequence[Bought], advice: Advice) -> Answer:
    """What has so many GB of video memory, from the cheapest. `bought`: at least one."""
    cheapest = bought[0]
    said = _CHEAPEST.format(memory=memory, name=name_of(cheapest.sale), price=price_of(cheapest.sale))
    table = Table(_COLUMNS, tuple(map(_row, bought)), _prices_of(advice))
    title = Text("{memory} GB of video memory", "{memory}G 显存").format(memory=memory)
    return Answer(title, "neutral", (Paragraph(said, tone="good"), table, Paragraph(advice.buying.second)))


_COMPUTER = Text(
    "Of a whole computer about 60 % go into the card. The rest: any six-core processor, 32 GB of RAM (64 for large "
    "mixtures), an NVMe disk of 1 TB.",
    "整机的话，六成左右的钱花在显卡上；其余：随便一个六核 CPU、32G 内存（想跑大 MoE 就 64G）、1T 的 NVMe 固态。",
)
_TOO_LITTLE = Text(
    "For that there is no card worth it: the {name}, begins at about {price}. Until then models up to 4B, or a mixture "
    "(MoE) with its experts in RAM.",
    "这个价位没有值得买的卡：{name} 也要 {price} 起。先用 4B 左右的小模型，或者把专家放内存的 MoE。",
)
_HOLDS = Text(
    "The {name} ({price}): {model} ({size}) fits whole, {speed}.",
    "{name}（{price}）：{model}（{size}）能整个放下，{speed}。",
)
_NONE_HOLDS = Text(
    "No card for that holds {model} ({size}) whole. The best is the {name} ({price}): {how}.",
    "这个价位没有卡能整个放下 {model}（{size}）。最合适的是 {name}（{price}）：{how}。",
)
_WANTS = Text("Whole it fits from the {name} on ({price}).", "想整个放下，要 {name}（{price}）。")
_UP_TO = Text(
    "The {name} ({price}): models up to about {whole} fit whole.",
    "{name}（{price}）：最大能整个放下 {whole} 左右的模型。",
)
_SPLIT = Text("split with RAM, {speed}", "一部分放内存，{speed}")
_SMALLER = Text("models up to about {whole} fit whole", "最大能整个放下 {whole} 左右的模型")


_KEEP = Text(
    "Nothing for that is a step up from your {owned} GB: keep the card and save for the {name} ({price}), or add "
    "a second card beside it if power and slots allow.",
    "这个价位的卡都比不过你现在的 {owned}G：先留着，攒到 {name}（{price}）再换；"
    "电源和插槽够的话，也可以在旁边加一张二手卡。",
)


def _verdict(shopping: Shopping, owned: int) -> Iterator[Text]:
    best, dearer = shopping.best, shopping.dearer
    gained = best.sale.video_memory if best is not None else 0
    if owned and dearer is not None and gained <= STEP_UP * owned:
        yield _KEEP.format(owned=owned, name=name_of(dearer.sale), price=price_of(dearer.sale))
        return
    if best is None:
        if dearer is not None:
            yield _TOO_LITTLE.format(name=name_of(dearer.sale), price=_from(dearer.sale))
        return
    said = {"name": name_of(best.sale), "price": price_of(best.sale)}
    whole = size_name(best.largest) if best.largest else "–"
    plan = best.wanted
    if plan is None:
        yield _UP_TO.format(**said, whole=whole)
        return
    speed = speed_text(plan.speed) if plan.speed else Text("", "")
    model = {"model": f"{plan.model.shape.name} {plan.model.quant}".strip(), "size": gib(plan.model.file_bytes)}
    if best.holds_wanted:
        yield _HOLDS.format(**said, **model, speed=speed)
        return
    how = _SPLIT.format(speed=speed) if plan.verdict == "split" else _SMALLER.format(whole=whole)
    yield _NONE_HOLDS.format(**said, **model, how=how)
    if dearer is not None and dearer.holds_wanted:
        yield _WANTS.format(name=name_of(dearer.sale), price=price_of(dearer.sale))


_ENOUGH = Text("Your {watts} W are enough for it.", "你的 {watts}W 电源够用。")
_NOT_ENOUGH = Text(
    "Your {watts} W are too little for it: it wants a power supply of {psu} W.",
    "你的 {watts}W 电源带不动，要换 {psu}W 的。",
)


_SUPPLY_ENOUGH = Text("Your {watts} W are enough", "{watts}W 电源够用")
_SUPPLY_TOO_WEAK = Text("Your {watts} W are too little", "{watts}W 电源不够")
_SUPPLY_DEPENDS = Text("With {watts} W it depends on the card", "{watts}W 够不够，看是哪张卡")
_WANTS_SUPPLY = Text("{name}: {psu} W are advised for the whole computer.", "{name}：整机建议 {psu}W。")
_LIMITED = Text(
    "Up to about 100 W less can do with a power limit (nvidia-smi -pl): writing is bound by memory, so it hardly gets "
    "slower.",
    "差 100W 以内的话，限制功耗（nvidia-smi -pl）也能用：生成速度看显存带宽，慢不了多少。",
)
_COSTS = Text("{name}: {price}", "{name}：{price}")
_COSTS_MORE = Text(
    "{size} GB of video memory, and a power supply of {psu} W. Prices as of {month}; look at local offers too.",
    "{size}G 显存，电源要 {psu}W。这是 {month} 的大致行情，以当地实际报价为准。",
)


def supply_answer(sales: Sequence[ForSale], watts: int) -> Answer:
    """Whether a power supply of so many watts is enough for a card, or which of several. `sales`: at least one."""
    enough = [sale.psu <= watts for sale in sales]
    title = _SUPPLY_ENOUGH if all(enough) else _SUPPLY_DEPENDS if any(enough) else _SUPPLY_TOO_WEAK
    blocks = [Paragraph(_WANTS_SUPPLY.format(name=name_of(sale), psu=sale.psu)) for sale in sales]
    limited = [] if all(enough) else [Paragraph(_LIMITED)]
    return Answer(title.format(watts=watts), "good" if all(enough) else "careful", (*blocks, *limited))


def cost_answer(sales: Sequence[ForSale], advice: Advice) -> Answer:
    """What a card costs. `sales`: at least one."""
    said = [_COSTS.format(name=name_of(sale), price=price_of(sale)) for sale in sales]
    month, first = advice.buying.market.checked, sales[0]
    more = _COSTS_MORE.format(size=first.video_memory, psu=first.psu, month=month)
    return Answer(said[0], "neutral", (*map(Paragraph, said[1:]), Paragraph(more)))


def _power(shopping: Shopping) -> Iterator[Text]:
    best = shopping.best
    if shopping.watts is None or best is None:
        return
    said = _ENOUGH if best.sale.psu <= shopping.watts else _NOT_ENOUGH
    yield said.format(watts=shopping.watts, psu=best.sale.psu)


def _prices_of(advice: Advice) -> Text:
    return Text("Prices of {year}", "{year} 年的行情").format(year=advice.buying.market.checked)


def _row(each: Bought) -> tuple[Words, ...]:
    sale = each.sale
    return (
        name_of(sale),
        f"{sale.video_memory} GB",
        price_of(sale),
        size_name(each.largest) if each.largest else "–",
        f"{sale.psu} W",
    )


_USED = Text("{name}, used", "二手 {name}")
_PRICE = Text("${low:,}–{high:,}", "{yuan_low:,}～{yuan_high:,} 元")
_FROM = Text("${low:,}", "{yuan_low:,} 元")


def name_of(sale: ForSale) -> Words:
    """A card as it is sold: "2 × RTX 3090, used"."""
    name = f"{sale.count} × {sale.card}" if sale.count > 1 else f"{sale.card} {sale.memory} GB"
    return _USED.format(name=name) if sale.used else name


def price_of(sale: ForSale) -> Text:
    """What one pays, in dollars and in yuan."""
    low, high = sale.least, sale.most
    return _PRICE.format(low=low, high=high, yuan_low=_yuan(low), yuan_high=_yuan(high))


def _from(sale: ForSale) -> Text:
    return _FROM.format(low=sale.least, yuan_low=_yuan(sale.least))


def _yuan(dollars: int) -> int:
    return round(dollars * YUAN, -2)
