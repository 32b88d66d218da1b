"""What the usual cards run, for those who told no machine."""

from collections.abc import Sequence

from bot.answers.blocks import Answer, Paragraph, Table
from bot.answers.fit.words import size_name, speed_text
from bot.base.languages import Text, Words
from bot.memory.offers import Offer, largest
from bot.models.uses import Use

_TITLE = Text("What runs on which card", "什么显卡能跑什么")
_ASK = Text(
    "Which card (how much VRAM) and how much RAM do you have? Then I work it out for your machine.",
    "你的显卡（显存多大）和内存是多少？说了我就按你的机器算。",
)
_COLUMNS = (Text("VRAM", "显存"), Text("Model", "模型"), Text("Speed", "速度"))


def ladder_answer(rows: Sequence[tuple[int, Sequence[Offer]]], checked: str, use: Use | None = None) -> Answer:
    """For each amount of VRAM (GB) the best that fits whole, for the wanted use where one was told."""
    shown = tuple(_row(gigabytes, offers, use) for gigabytes, offers in rows if offers)
    label = Text("The largest that fits whole, as of {checked}", "能整个放进显存的最大模型（{checked}）").format(
        checked=checked
    )
    return Answer(_TITLE, "neutral", (Paragraph(_ASK), Table(_COLUMNS, shown, label)))


def _row(gigabytes: int, offers: Sequence[Offer], use: Use | None) -> tuple[Words, ...]:
    fitting = [offer for offer in offers if use is None or use in offer.recommended.uses] or list(offers)
    offer = largest(fitting, "gpu") or fitting[0]
    return (
        f"{gigabytes} GB",
        f"{offer.recommended.name} {offer.model.quant} ({size_name(offer)})",
        speed_text(offer.speed),
    )
