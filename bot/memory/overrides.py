"""Tensors that a user keeps in RAM by patterns of their names (--override-tensor, -ot).

llama.cpp b11739, common/arg.cpp (parse_tensor_buffer_overrides) and src/llama-model-loader.cpp (create_tensor): a
tensor goes where the first pattern that is found in its name says.
"""

import re
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate

from bot.base.errors import UserError
from bot.memory.settings import Settings
from bot.memory.weights import Weights, is_expert, layer_and_name, placed_bytes
from bot.models.shape import Model

_HOST = "CPU"


def patterns_in(told: str) -> tuple[str, ...]:
    """The patterns of "PATTERN=CPU,PATTERN=CPU". Raises UserError for another place than the CPU, and for none."""
    patterns = []
    for part in filter(None, told.split(",")):
        pattern, _, place = part.rpartition("=")
        if not pattern or place.upper() != _HOST:
            raise UserError(
                "--override-tensor takes PATTERN=CPU, for example “exps=CPU”; I only reckon with RAM as the place.",
                "--override-tensor 的写法是 模式=CPU，比如 exps=CPU；我只会算放到内存的情况。",
            )
        patterns.append(pattern)
    for pattern in patterns:
        _compiled(pattern)
    return tuple(patterns)


def refused_elsewhere() -> UserError:
    """What to say where tensors are to stay in RAM under an engine that keeps all of them on the cards."""
    return UserError(
        "--override-tensor is an option of llama.cpp and koboldcpp: this engine keeps the whole model on the cards.",
        "--override-tensor 只有 llama.cpp 和 koboldcpp 有：这个引擎会把整个模型放在显卡上。",
    )


def naming(model: Model, patterns: tuple[str, ...]) -> tuple[str, ...]:
    """The patterns themselves. Raises UserError where none of them is found in the name of a layer's tensor."""
    if patterns and not _kept(model, patterns):
        raise UserError(
            "--override-tensor {patterns}: no layer of {model} has such a tensor. Experts are “exps=CPU”.",
            "--override-tensor {patterns}：{model} 的各层里没有叫这个名字的张量。专家的写法是 exps=CPU。",
        ).format(patterns=as_option(patterns), model=model.shape.name)
    return patterns


def as_option(patterns: tuple[str, ...]) -> str:
    """The patterns as --override-tensor takes them."""
    return ",".join(f"{pattern}={_HOST}" for pattern in patterns)


def simplified(model: Model, settings: Settings) -> Settings:
    """The same with --n-cpu-moe where the patterns mean just that: all experts of the first layers and nothing else."""
    if not settings.kept_in_ram:
        return settings
    kept = _kept(model, settings.kept_in_ram)
    count = 1 + max((layer for layer, _ in kept), default=-1)
    experts = {(layer, name) for layer, name in _in_layers(model) if layer < count and is_expert(name)}
    if kept.keys() == experts:
        return replace(settings, kept_in_ram=(), experts_on_host=count)
    return replace(settings, experts_on_host=model.shape.blocks)  # whatever of a layer is kept counts as its experts


def with_kept(weights: Weights, model: Model, settings: Settings) -> Weights:
    """The weights, with what is kept in RAM in the place of the experts."""
    if not settings.kept_in_ram:
        return weights
    sizes, largest = [0] * model.shape.blocks, [0] * model.shape.blocks
    for (layer, _), size in _kept(model, settings.kept_in_ram).items():
        if weights.layer_sums[layer + 1] == weights.layer_sums[layer]:
            continue  # a layer that is not loaded at all
        sizes[layer] += size
        largest[layer] = max(largest[layer], size)
    return replace(weights, expert_sums=(0, *accumulate(sizes)), largest_expert=tuple(largest))


@lru_cache(maxsize=64)
def _kept(model: Model, patterns: tuple[str, ...]) -> dict[tuple[int, str], int]:
    """Bytes of the layers' tensors that the patterns name, by layer and name."""
    found = [_compiled(pattern) for pattern in patterns]
    return {
        place: size
        for place, size in _in_layers(model).items()
        if any(pattern.search(f"blk.{place[0]}.{place[1]}") for pattern in found)
    }


def _in_layers(model: Model) -> dict[tuple[int, str], int]:
    places = {}
    for tensor in model.tensors:
        place = layer_and_name(tensor.name)
        if place is not None and place[0] < model.shape.blocks:
            places[place] = placed_bytes(tensor)
    return places


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise UserError(
            "“{pattern}” is not a regular expression: {error}.", "「{pattern}」不是正确的正则表达式：{error}。"
        ).format(pattern=pattern, error=error) from error
