"""The fewest parts that must leave the cards, in few tries: bytes are additive in layers and linear in context."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise, zip_longest
from math import ceil

from bot.memory.kept import kept_by_layer
from bot.memory.layout import Layout, as_run
from bot.memory.overrides import with_kept
from bot.memory.settings import ALL, Settings
from bot.memory.weights import weigh
from bot.models.shape import Model, ModelShape

Freed = Callable[[int], float]


def least(
    most: int, spare: Callable[[int], int], freed: Freed, known: tuple[int, int] | None = None, start: int = 0
) -> int | None:
    """The least number from 0 to `most` with nothing lacking (`spare` >= 0, which grows); None when there is none.

    `freed` says how many bytes about so many parts free, growing from 0. Once a number with and one without a lack are
    known, a straight line through what is spare there tells the next to try, unless `freed` has been right to the byte;
    every fourth try halves instead.
    `known`: a number with which nothing lacks, and what is spare there. `start`: what to try first.
    """
    lacking: tuple[int, int] | None = None
    enough, tries = known, 0
    at = enough
    while enough is None or enough[0] - (lacking[0] if lacking else -1) > 1:
        bottom, top = lacking[0] + 1 if lacking else 0, most if enough is None else enough[0] - 1
        if bottom > top:
            return None
        guess = _next(bottom, top, freed, at, lacking, enough, halves=tries % 4 == 3) if at else start
        number = min(top, max(bottom, guess))
        at = (number, spare(number))
        lacking, enough = (lacking, at) if at[1] >= 0 else (at, enough)
        tries += 1
    return enough[0]


_Tried = tuple[int, int]  # a number, and what is spare with it


def _next(
    bottom: int,
    top: int,
    freed: Freed,
    last: _Tried,
    lacking: _Tried | None,
    enough: _Tried | None,
    halves: bool,
) -> int:
    """About the number from `bottom` to `top` to try next."""
    if halves:
        return (bottom + top + 1) // 2
    if lacking is not None and enough is not None:
        if freed(enough[0]) - freed(lacking[0]) == enough[1] - lacking[1]:
            return bisect_left(range(top + 1), freed(lacking[0]) - lacking[1], key=freed)
        share = -lacking[1] / (enough[1] - lacking[1])
        return lacking[0] + ceil(share * (enough[0] - lacking[0]))
    return bisect_left(range(top + 1), freed(last[0]) - last[1], key=freed)


def freed_by_layers(model: Model, settings: Settings) -> Freed:
    """Bytes that the first layers free on each card, the output as the last: weights, cache and states."""
    shape = as_run(model.shape)
    held = with_kept(weigh(model), model, settings)
    kept = held.expert_sums if settings.kept_in_ram else (0,) * len(held.layer_sums)
    caches = (0, *accumulate(_cache_bytes(shape, settings)))
    rows = zip_longest(held.layer_sums, kept, caches[: len(held.layer_sums)], fillvalue=caches[-1])
    sums = [weights - left + cache for weights, left, cache in rows]
    sums.append(sums[-1] + held.output + held.tied)
    cards = max(1, len(settings.tensor_split))
    return lambda count: sums[count] / cards


def _cache_bytes(shape: ModelShape, settings: Settings) -> list[int]:
    """What each layer keeps on the cards."""
    if settings.kv_on_host:
        return [0] * shape.layers
    layout = Layout(shape, replace(settings, gpu_layers=ALL))
    return kept_by_layer(shape, layout)


def freed_by_experts(model: Model, settings: Settings) -> Freed:
    """Bytes that the experts of the first layers free on each card."""
    sums, cards = weigh(model).expert_sums, max(1, len(settings.tensor_split))
    return lambda count: sums[count] / cards


def balanced_split(model: Model, settings: Settings, budgets: Sequence[int]) -> tuple[float, ...]:
    """Each card's share of the layers so that what these take there goes by the card's budget.

    Layers whose experts lie in RAM are light: in even shares the last card would get all the heavy ones. A share is a
    number of layers, its end half a layer before the next card's first, so that no rounding moves a layer.
    """
    if len(budgets) < 2 or not sum(budgets):
        return settings.tensor_split
    layers = _layers_on_cards(model, settings)
    reached, total = list(accumulate(layers)), sum(layers)
    ends = [_nearest(reached, total * share / sum(budgets)) + 0.5 for share in accumulate(budgets[:-1])]
    starts, stops = (0.0, *ends), (*ends, float(len(layers)))
    return tuple(stop - start for start, stop in zip(starts, stops, strict=True))


def _nearest(reached: Sequence[int], wanted: float) -> int:
    """The place of the sum nearest to `wanted` among those that layers reach one after the other."""
    at = min(bisect_left(reached, wanted), len(reached) - 1)
    return at - 1 if at and wanted - reached[at - 1] < reached[at] - wanted else at


def _layers_on_cards(model: Model, settings: Settings) -> list[int]:
    """Bytes of each layer on its card, the output's last: without experts that lie in RAM, with the cache."""
    held, caches = weigh(model), _cache_bytes(as_run(model.shape), settings)
    sizes, experts = _apart(held.layer_sums), _apart(held.expert_sums)
    rows = zip_longest(sizes, experts[: settings.experts_on_host], caches, fillvalue=0)
    return [size - moved + cache for size, moved, cache in rows] + [held.output + held.tied]


def _apart(sums: Sequence[int]) -> list[int]:
    return [end - start for start, end in pairwise(sums)]


def freed_by_tokens(model: Model, settings: Settings, step: int, most: int) -> Freed:
    """Bytes that so many steps of `step` tokens less than `most` steps free on each card."""
    shape = as_run(model.shape)
    full, short = (sum(_cache_bytes(shape, replace(settings, context=steps * step))) for steps in (max(1, most), 1))
    each = (full - short) / max(1, most - 1) / max(1, len(settings.tensor_split))
    return lambda count: count * each
