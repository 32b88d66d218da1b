"""What of the models that people run fits a machine, and how well: the table behind "what can I run"."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.hardware.machine import Machine
from bot.memory.plan import (
    RANK,
    Placement,
    Verdict,
    base_settings,
    largest_context,
    place,
    place_whole,
    placement_speed,
)
from bot.memory.settings import Settings
from bot.memory.speed import Speed, SpeedClass
from bot.models.recommended import Recommendations, Recommended
from bot.models.shape import Model
from bot.models.uses import Use

USUAL_CONTEXT, LONG_CONTEXT = 8192, 16384
MOST_ROWS = 10
_USUAL_QUANT = 1  # place of Q4_K_M in the ladder of quantizations
BEARABLE: frozenset[SpeedClass] = frozenset({"fast", "comfortable", "readable"})
_PLEASANT: frozenset[SpeedClass] = frozenset({"fast", "comfortable"})
_MUCH_SMALLER = 0.2  # of the largest that fits whole: of no interest beside it
_USES: tuple[Use, ...] = ("chat", "roleplay", "coding", "pictures", "small")


@dataclass(frozen=True, slots=True)
class Offer:
    """A recommended model as it would run."""

    recommended: Recommended
    model: Model
    placement: Placement
    speed: Speed

    @property
    def verdict(self) -> Verdict:
        """Whether and where it runs."""
        return self.placement.verdict

    @property
    def is_mixture(self) -> bool:
        """Whether the model is a mixture of experts."""
        return self.model.shape.experts is not None

    def max_context(self, machine: Machine) -> int:
        """The largest context for the same verdict."""
        return largest_context(self.model, machine, self.placement.settings, self.verdict)


def offers_for(
    recommendations: Recommendations, machine: Machine, context: int = 0, *, most: int = MOST_ROWS
) -> tuple[Offer, ...]:
    """About ten models for a machine, whole ones before split ones, larger before smaller: for every use the best that
    fits whole, and what is better still and runs split at a bearable speed. `context`: tokens that each has to hold.
    """
    tried = _Tried(machine, context)
    chosen: dict[str, Offer] = {}
    for use in _USES:
        for offer in _best_of(recommendations.for_use(use), tried):
            chosen.setdefault(offer.recommended.name, offer)
    for offer in _further(recommendations, tried, chosen.values()):
        if len(chosen) >= most:
            break
        chosen.setdefault(offer.recommended.name, offer)
    return tuple(sorted(chosen.values(), key=lambda offer: (RANK[offer.verdict], -offer.recommended.parameters)))[:most]


def best_offer(recommended: Recommended, machine: Machine) -> Offer | None:
    """How a model runs best on a machine; None when it does not fit."""
    return _Tried(machine).offer(recommended)


def largest(offers: Iterable[Offer], *verdicts: Verdict) -> Offer | None:
    """The offer with the most parameters among those of the verdicts."""
    fitting = [offer for offer in offers if offer.verdict in verdicts]
    return max(fitting, key=lambda offer: offer.recommended.parameters, default=None)


class _Tried:
    """What was tried on one machine, so that a model that serves several uses is placed once."""

    def __init__(self, machine: Machine, context: int = 0) -> None:
        self._machine = machine
        self._context = context
        self._offers: dict[str, Offer | None] = {}

    def offer(self, recommended: Recommended) -> Offer | None:
        if recommended.name not in self._offers:
            self._offers[recommended.name] = _offer(recommended, self._machine, self._context)
        return self._offers[recommended.name]


def _best_of(models: Sequence[Recommended], tried: _Tried) -> Iterator[Offer]:
    """The best model that fits whole; of those before it the best at a pleasant speed, else at a bearable one."""
    bearable: Offer | None = None
    pleasant = False
    for model in models:
        offer = tried.offer(model)
        if offer is None or offer.speed.speed_class not in BEARABLE:
            continue
        if offer.verdict == "gpu" or pleasant:
            yield offer
            break
        if offer.speed.speed_class in _PLEASANT:
            pleasant = True
            yield offer
        bearable = bearable or offer
    if bearable is not None and not pleasant:
        yield bearable


def _further(recommendations: Recommendations, tried: _Tried, chosen: Collection[Offer]) -> Iterator[Offer]:
    """More that runs pleasantly and is not far smaller than the largest chosen."""
    whole = largest(chosen, "gpu") or largest(chosen, "cpu")
    least = _MUCH_SMALLER * whole.recommended.parameters if whole else 0.0
    for model in recommendations.models:
        offer = tried.offer(model) if model.parameters >= least else None
        if offer is not None and offer.verdict in {"gpu", "cpu"} and offer.speed.speed_class in BEARABLE:
            yield offer


def _offer(recommended: Recommended, machine: Machine, context: int) -> Offer | None:
    if not _may_fit(recommended, machine) or context > (recommended.shape.trained_context or context):
        return None
    placed = _placed(recommended, machine, context)
    if placed is None:
        return None
    model, placement = placed
    speed = placement_speed(model, machine, placement)
    return Offer(recommended, model, placement, speed) if speed is not None else None


def _may_fit(recommended: Recommended, machine: Machine) -> bool:
    """A rough look at the sizes first: most models of the list are far too large for most machines."""
    return recommended.in_quant(recommended.quants[0]).file_bytes < _room(machine)


def _room(machine: Machine) -> int:
    return machine.usable_ram + (0 if machine.unified else sum(machine.usable_vram))


def _placed(recommended: Recommended, machine: Machine, context: int) -> tuple[Model, Placement] | None:
    """The most bits that fit whole, four at the least; else Q4_K_M split, else the fewest bits split. `context`: tokens
    that it has to hold, 0 for the usual ones.
    """
    ladder = recommended.quants
    usual = min(_USUAL_QUANT, len(ladder) - 1)
    for at in range(len(ladder) - 1, -1, -1):
        model = recommended.in_quant(ladder[at])
        whole = _whole(model, machine, max(context, LONG_CONTEXT if at > usual else USUAL_CONTEXT))
        if whole is not None:
            return model, whole
    for quant in reversed(ladder[: usual + 1]):
        model = recommended.in_quant(quant)
        if model.file_bytes < _room(machine):
            placed = place(model, machine, _settings(model, machine, max(context, USUAL_CONTEXT)))
            if placed.verdict != "no":
                return model, placed
    return None


def _whole(model: Model, machine: Machine, context: int) -> Placement | None:
    if model.file_bytes > sum(machine.usable_vram):
        return None
    return place_whole(model, machine, _settings(model, machine, context))


def _settings(model: Model, machine: Machine, context: int) -> Settings:
    return base_settings(machine, min(context, model.shape.trained_context or context))
