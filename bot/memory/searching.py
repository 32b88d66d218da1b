"""The fewest parts that must leave the cards, in few tries: bytes are additive in layers and linear in context."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate, zip_longest

from bot.memory import kv_cache, recurrent
from bot.memory.layout import Layout, as_run
from bot.memory.overrides import with_kept
from bot.memory.settings import ALL, Settings
from bot.memory.weights import weigh
from bot.models.shape import Model, ModelShape

Freed = Callable[[int], float]


def least(most: int, spare: Callable[[int], int], freed: Freed, known: tuple[int, int] | None = None) -> int | None:
    """The least number from 0 to `most` with nothing lacking (`spare` >= 0, which grows); None when there is none.

    `freed` says how many bytes about so many parts free, growing from 0. Where it is right the first guess is the
    answer, and a second try shows that one less is not enough; every fourth try halves instead, should it not be.
    `known`: a number with which nothing lacks, and what is spare there.
    """
    low, tries = -1, 0
    at, left = known or (0, None)
    high = None if known is None else at
    while high is None or high - low > 1:
        bottom, top = low + 1, most if high is None else high - 1
        if bottom > top:
            return None
        if left is not None:
            guess = bisect_left(range(top + 1), freed(at) - left, key=freed)
            at = (bottom + top + 1) // 2 if tries % 4 == 3 else min(top, max(bottom, guess))
        left = spare(at)
        low, high = (low, at) if left >= 0 else (at, high)
        tries += 1
    return high


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
    keys, states = kv_cache.layer_bytes(shape, layout), recurrent.layer_bytes(shape, layout)
    return [sum(each) for each in zip(keys, states, strict=True)]


def freed_by_experts(model: Model, settings: Settings) -> Freed:
    """Bytes that the experts of the first layers free on each card."""
    sums, cards = weigh(model).expert_sums, max(1, len(settings.tensor_split))
    return lambda count: sums[count] / cards


def freed_by_tokens(model: Model, settings: Settings, step: int, most: int) -> Freed:
    """Bytes that so many steps of `step` tokens less than `most` steps free on each card."""
    shape = as_run(model.shape)
    full, short = (sum(_cache_bytes(shape, replace(settings, context=steps * step))) for steps in (max(1, most), 1))
    each = (full - short) / max(1, most - 1) / max(1, len(settings.tensor_split))
    return lambda count: count * each
