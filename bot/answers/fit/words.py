"""Phrases that several answers of fit share."""

from collections.abc import Collection, Iterator

from bot.answers.plan import SPEED_CLASSES, rounded
from bot.base.languages import Text
from bot.hardware.amounts import Device
from bot.hardware.planned import PlannedMachine
from bot.knowledge.advice import Advice, Limit, MachineIs
from bot.memory.offers import Offer
from bot.memory.plan import Verdict
from bot.memory.speed import Speed

WHERE: dict[Verdict, Text] = {
    "gpu": Text("whole on the card", "整个放显卡"),
    "split": Text("split, part in RAM", "显卡+内存"),
    "cpu": Text("in RAM, on the processor", "内存，CPU 跑"),
    "no": Text("does not fit", "放不下"),
}
_IN_MEMORY = Text("fits the memory", "内存放得下")
USE_NAMES = {
    "chat": Text("chat", "聊天通用"),
    "roleplay": Text("roleplay", "角色扮演"),
    "coding": Text("coding", "写代码"),
    "pictures": Text("pictures", "看图"),
    "small": Text("small", "小巧"),
}


def speed_text(speed: Speed) -> Text:
    """A range and its word: "27–44 t/s (fast)"."""
    word = SPEED_CLASSES[speed.speed_class]
    return Text("{low}–{high} t/s ({word})", "{low}～{high} token/s（{word}）").format(
        low=rounded(speed.low), high=rounded(speed.high), word=word
    )


def placed_name(verdict: Verdict, planned: PlannedMachine) -> Text:
    """Where a model lies: a chip that shares its memory has no card to be whole on."""
    return _IN_MEMORY if verdict == "gpu" and planned.machine.unified else WHERE[verdict]


def size_name(offer: Offer) -> str:
    """How large a model is: "14B", "35B-A3B"."""
    total = f"{offer.recommended.parameters:.0f}B"
    active = offer.model.shape.active_parameters
    return f"{total}-A{max(1, round(active / 1e9))}B" if offer.is_mixture and active else total


def machine_advice(planned: PlannedMachine, advice: Advice) -> Iterator[Text]:
    """What is worth knowing of this kind of machine, at most two pieces."""
    found = [each.text for each in advice.machines if _is(planned, each.when)]
    yield from found[:2]


def limits_of(planned: PlannedMachine, advice: Advice, program: str | None, quants: Collection[str]) -> Iterator[Limit]:
    """What the told program or quantizations do not do on this machine."""
    for limit in advice.limits:
        is_program = not limit.programs or program in limit.programs
        is_told = is_program and (not limit.quants or not set(quants).isdisjoint(limit.quants))
        if is_told and _is(planned, limit.when):
            yield limit


def _is(planned: PlannedMachine, when: MachineIs) -> bool:
    """Whether a machine is of this kind; what the kind leaves open fits every machine."""
    cards = [device.card for device in planned.machine.devices if device.card is not None]
    one_of: tuple[tuple[Collection[str], set[str]], ...] = (
        (when.kinds, {planned.kind}),
        (when.vendors, {card.vendor for card in cards}),
        (when.architectures, {card.architecture for card in cards}),
    )
    return (
        all(not wanted or not found.isdisjoint(wanted) for wanted, found in one_of)
        and when.card in {None, card_of(planned)}
        and when.cards in {None, _together(planned.machine.devices)}
    )


def card_of(planned: PlannedMachine) -> str:
    """What graphics there is: "none", "integrated", "own", "unified" (shared by design), "small" (phones, boards)."""
    cards = [device.card for device in planned.machine.devices if device.card is not None]
    if planned.kind in {"phone", "board"}:
        return "small"
    if not planned.machine.devices:
        return "none"
    if cards and all(card.kind == "integrated" for card in cards):
        return "integrated"
    return "unified" if planned.machine.unified else "own"


def _together(devices: tuple[Device, ...]) -> str | None:
    if len(devices) < 2:
        return None
    return "alike" if len({device.name for device in devices}) == 1 else "unlike"
