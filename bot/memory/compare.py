"""Machines weighed against each other: how much each holds, and how fast each runs one and the same model."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.hardware.machine import Machine
from bot.hardware.planned import PlannedMachine
from bot.memory.offers import Offer, best_offer, largest, offers_for
from bot.memory.plan import Placement, base_settings, place, placement_speed, usual_context
from bot.memory.speed import Speed
from bot.models.recommended import Recommendations
from bot.models.shape import Model

_MORE_MEMORY = 1.2  # times: less more opens no larger class of models
_FASTER = 1.15  # times the speed that is worth speaking of


@dataclass(frozen=True, slots=True)
class Compared:
    """One machine of a comparison: the largest model that fits it whole, and how the common model runs on it."""

    planned: PlannedMachine
    largest: Offer | None
    placement: Placement
    speed: Speed | None

    @property
    def memory(self) -> int:
        """Bytes that a loader can have on the GPUs, 0 without one."""
        return sum(self.planned.machine.usable_vram)

    @property
    def middle_speed(self) -> float:
        """Tokens per second of the common model, 0 where it does not run."""
        return self.speed.middle if self.speed else 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Machines in the order in which they were named, and the model by whose speed they are compared. `is_wanted`: the
    model is what they are for.
    """

    model: Model
    machines: tuple[Compared, ...]
    is_wanted: bool = False

    @property
    def best(self) -> Compared | None:
        """What runs the wanted model best; else memory first, then speed; None where more memory stands against more
        speed by far.
        """
        return self.best_for_wanted or self._best_for_all

    @property
    def best_for_wanted(self) -> Compared | None:
        """Of those that hold the wanted model whole the quickest; None where that leaves the choice open."""
        ordered = sorted(self.whole, key=lambda each: each.middle_speed, reverse=True)
        if not self.is_wanted or not ordered:
            return None
        is_quicker = len(ordered) == 1 or ordered[0].middle_speed >= _FASTER * ordered[1].middle_speed
        return ordered[0] if is_quicker else None

    @property
    def whole(self) -> Sequence[Compared]:
        """Those that hold the model on the GPU alone."""
        return [each for each in self.machines if each.placement.verdict == "gpu"]

    @property
    def _best_for_all(self) -> Compared | None:
        by_memory = max(self.machines, key=lambda each: each.memory)
        by_speed = max(self.machines, key=lambda each: each.middle_speed)
        if by_memory is by_speed:
            return by_memory
        if by_memory.memory < _MORE_MEMORY * by_speed.memory:
            return by_speed
        return by_memory if by_speed.middle_speed < 2.5 * by_memory.middle_speed else None

    @property
    def is_close(self) -> bool:
        """Whether neither memory nor speed differ enough to matter."""
        memories = [each.memory for each in self.machines]
        speeds = [each.middle_speed for each in self.machines]
        return max(memories) < _MORE_MEMORY * min(memories) and max(speeds) < _FASTER * min(speeds)


def compare(
    machines: Sequence[PlannedMachine], recommendations: Recommendations, model: Model | None = None
) -> Comparison:
    """Weighs machines by `model`, else by the largest recommended one that fits all of them whole."""
    offers = [offers_for(recommendations, planned.machine) for planned in machines]
    common = model or _common(machines, recommendations)
    return Comparison(
        common,
        tuple(
            _compared(planned, largest(fitting, "gpu"), common)
            for planned, fitting in zip(machines, offers, strict=True)
        ),
        is_wanted=model is not None,
    )


def _compared(planned: PlannedMachine, whole: Offer | None, model: Model) -> Compared:
    machine = planned.machine
    placement = place(model, machine, base_settings(machine, usual_context(model, None)))
    return Compared(planned, whole, placement, placement_speed(model, machine, placement))


def _common(machines: Sequence[PlannedMachine], recommendations: Recommendations) -> Model:
    """The largest dense model that fits every machine whole; a small one where none does."""
    with_cards = [planned.machine for planned in machines if planned.machine.devices]
    chat = sorted(recommendations.for_use("chat"), key=lambda each: -each.parameters)
    for each in chat:
        if each.shape.experts is None and all(_is_whole(best_offer(each, machine)) for machine in with_cards):
            return each.in_quant(_usual(each.quants))
    return chat[-1].in_quant(_usual(chat[-1].quants))


def _usual(quants: Sequence[str]) -> str:
    return quants[min(1, len(quants) - 1)]


def _is_whole(offer: Offer | None) -> bool:
    return offer is not None and offer.verdict == "gpu"


def bandwidth(machine: Machine) -> int:
    """Bytes per second of the slowest card, 0 where unknown."""
    return min((device.card.bandwidth for device in machine.devices if device.card is not None), default=0)
