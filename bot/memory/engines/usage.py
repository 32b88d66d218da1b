"""What an engine that keeps the whole model on the GPUs takes of each of them."""

from dataclasses import dataclass
from typing import Final

from bot.base.languages import Text
from bot.memory.estimate import Estimate, Usage
from bot.memory.serving import Engine, Serving
from bot.memory.settings import Interval
from bot.models.shape import Model, ModelShape

MIB: Final = 1 << 20
GIB: Final = 1 << 30
_COMPRESSED_SPREAD: Final = 0.8  # see `bot.memory.engines.paged_cache.token_bytes`


@dataclass(frozen=True, slots=True)
class EngineUsage:
    """Bytes on each of `gpus` GPUs.

    `cache` holds `tokens` tokens. `activations` = room for one step, `other` = the engine's own and the driver's; both
    are what a run decides, so each is an interval with a usual value. `serving` where the engine fills the card.
    """

    engine: Engine
    weights: int
    cache: int
    tokens: int
    activations: Interval
    other: Interval
    notes: tuple[Text, ...] = ()
    gpus: int = 1
    usual_activations: int | None = None
    usual_other: int | None = None
    serving: Serving | None = None

    @property
    def total(self) -> Interval:
        """Bytes of it all, least and most."""
        fixed = self.weights + self.cache
        return Interval(fixed + self.activations.low + self.other.low, fixed + self.activations.high + self.other.high)

    @property
    def activation_bytes(self) -> int:
        """The usual value of what one step takes."""
        return middle(self.activations) if self.usual_activations is None else self.usual_activations

    @property
    def other_bytes(self) -> int:
        """Bytes of the rest, as they usually are."""
        return middle(self.other) if self.usual_other is None else self.usual_other


def middle(interval: Interval) -> int:
    """The middle of an interval, whole bytes."""
    return (interval.low + interval.high) // 2


def as_estimate(usage: EngineUsage, model: Model) -> Estimate:
    """The same in the form of an estimate: what a run decides is taken at its usual value."""
    is_rough = model.shape.compression is not None and usage.engine not in ("vllm", "aphrodite")
    unsure = max(model.cache_spread, _COMPRESSED_SPREAD if is_rough else 0.0)
    slack = int(usage.weights * model.spread + usage.cache * unsure)
    reach = Interval(usage.total.low - slack, usage.total.high + slack)
    one = Usage(usage.weights, usage.cache, 0, usage.activation_bytes, usage.other_bytes, reach)
    nothing = Usage(0, 0, 0, 0, 0, Interval(0, 0))
    layers = model.shape.layers
    gpus = (one,) * usage.gpus
    return Estimate(
        _times(one, usage.gpus), nothing, gpus, layers + 1, layers, False, (*model.notes, *usage.notes), usage.serving
    )


def _times(one: Usage, count: int) -> Usage:
    reach = Interval(one.range.low * count, one.range.high * count)
    return Usage(one.weights * count, one.kv_cache * count, 0, one.compute * count, one.overhead * count, reach)


def widest(shape: ModelShape) -> int:
    """Numbers a token has between the widest feed-forward part's matrices."""
    dense = max(shape.feed_forward, default=0)
    experts = shape.experts
    mixed = experts.used * experts.feed_forward + experts.shared_feed_forward if experts else 0
    return max(dense, mixed)
