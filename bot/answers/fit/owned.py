"""What has to be known of the computer into which a card is to come: the card that is there, the power supply."""

from collections.abc import Iterator, Sequence

from bot.base.languages import SEMICOLON, Text, joined
from bot.base.sizes import GIB, gib
from bot.hardware.amounts import Device, counted
from bot.knowledge.advice import Advice

_TOGETHER = Text(
    "In one computer memory adds up (layers are split, the slower card sets the pace; no main card is needed): {sums}.",
    "插在同一台电脑里显存相加（按层分，速度被慢的那张拖着，不用分主卡）：{sums}。",
)
_SUM = Text("{cards} make {memory}", "{cards} 共 {memory}")
_WEAK_SUPPLY = Text(
    "Power: the {card} wants about {wanted} W; your {told} W is tight, so limit its power (70 to 80 %) or change it.",
    "电源：{card} 建议 {wanted}W，你的 {told}W 偏紧，要么限制显卡功耗（70%~80%），要么换电源。",
)
_ENOUGH = Text("Power: your {told} W is enough for the {card}.", "电源：{told}W 带 {card} 够用。")


def beside_owned(
    owned: Sequence[Device], options: Sequence[Sequence[Device]], watts: int | None, advice: Advice
) -> tuple[Text, ...]:
    """What is said of cards that would come to those that are there. `watts`: of the power supply, where told."""
    return (*_together(owned, options), *_power(options, watts, advice))


def _together(owned: Sequence[Device], options: Sequence[Sequence[Device]]) -> Iterator[Text]:
    further = [option for option in options if _is_further(owned, option)]
    if not owned or not further or any(map(_is_built_in, owned)):
        return
    sums = [
        _SUM.format(
            cards=counted(device.name for device in (*owned, *option)),
            memory=gib(sum(device.memory for device in (*owned, *option))),
        )
        for option in further
    ]
    yield _TOGETHER.format(sums=joined(sums, SEMICOLON))


def _is_further(owned: Sequence[Device], option: Sequence[Device]) -> bool:
    """Whether a choice is a card of its own that the owned ones could stand beside."""
    return tuple(option[: len(owned)]) != tuple(owned) and not any(map(_is_built_in, option))


def _is_built_in(device: Device) -> bool:
    """Whether it is no card that could be put into another computer."""
    return device.card is None or device.card.unified or device.card.kind in {"laptop", "integrated", "phone"}


def _power(options: Sequence[Sequence[Device]], watts: int | None, advice: Advice) -> Iterator[Text]:
    """Whether the power supply is enough for the hungriest of them of which that is known."""
    wanted = {(sale.card, sale.memory): sale.psu for sale in advice.buying.market.cards if sale.count == 1}
    known = [
        (wanted[key], device.name)
        for option in options
        for device in option
        if (key := (device.name, device.memory // GIB)) in wanted
    ]
    if watts is None or not known:
        return
    most, card = max(known)
    said = _WEAK_SUPPLY if most > watts else _ENOUGH
    yield said.format(card=card, wanted=most, told=watts)
