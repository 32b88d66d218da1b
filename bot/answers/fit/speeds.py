"""Which cards run a model as fast as was wished."""

from collections.abc import Sequence

from bot.answers.blocks import Answer, Paragraph, Table
from bot.answers.fit.wanted import speed_wish
from bot.answers.fit.words import speed_text
from bot.answers.plan import rounded
from bot.base.languages import Text, Words
from bot.base.sizes import gib
from bot.memory.plan import Plan
from bot.models.shape import Model

_TITLE = Text("{model} at {speed} t/s", "{model} 跑到 {speed} token/s")
_BEST = Text("Quickest of the usual cards: {cards}. {wish}", "常见的卡里最快的是 {cards}。{wish}")
_COLUMNS = (Text("Card", "显卡"), Text("Video memory", "显存"), Text("Speed", "速度"))
_BESIDE = Text(
    "Speed follows the card's bandwidth, as long as the model lies whole on it. Beyond that: fewer bits, speculative "
    "or multi-token drafting (MTP), or several requests at once (vLLM), which add up to far more than one chat gets.",
    "只要整个放得进显存，速度就由显卡带宽决定。再往上：降低量化、投机解码（MTP、草稿模型），或者多个请求并发（vLLM），"
    "总吞吐比单个对话高得多。",
)


def speed_answer(model: Model, plans: Sequence[Plan], wished: float) -> Answer:
    """The cards that hold a model whole, with the speed of each. `plans`: at least one."""
    ordered = sorted(plans, key=_speed)
    best = ordered[-1]
    assert best.speed is not None
    name = f"{model.shape.name} {model.quant}".strip()
    said = _BEST.format(cards=_cards(best), wish=speed_wish(wished, best.speed))
    rows = tuple(map(_row, ordered))
    title = _TITLE.format(model=name, speed=rounded(wished))
    return Answer(title, "neutral", (Paragraph(said), Table(_COLUMNS, rows), Paragraph(_BESIDE)))


def _speed(plan: Plan) -> float:
    return plan.speed.high if plan.speed is not None else 0.0


def _cards(plan: Plan) -> str:
    devices = plan.machine.devices
    return f"{len(devices)} × {devices[0].name}" if len(devices) > 1 else devices[0].name


def _row(plan: Plan) -> tuple[Words, ...]:
    speed: Words = speed_text(plan.speed) if plan.speed is not None else "–"
    return (_cards(plan), gib(sum(device.memory for device in plan.machine.devices)), speed)
