"""What an author told in words, as facts of a log: it fills what the log leaves open, and what was corrected wins."""

from __future__ import annotations  # a log alone is read without what reads posts

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import structs

from bot.base.errors import UserError
from bot.hardware.amounts import parse_vram
from bot.intake.facts import Fact, Facts

if TYPE_CHECKING:
    from bot.clinic.parts import Parts
    from bot.hardware.told import ToldMachine
    from bot.intake.posts import PostReading
    from bot.intake.template import PointId
    from bot.intake.told import Request

T = TypeVar("T")

_FILLS = ("system", "loader", "frontend", "gpus", "vram", "ram", "model", "parameters", "quant", "context")
# Kind of a corrected value (see corrections) -> what the log said of it and is outdated now.
_OUTDATED: Mapping[str, tuple[str, ...]] = {
    "system": ("system",),
    "loader": ("loader", "loader_version"),
    "model": ("model", "model_file", "quant", "layers", "trained_context"),
    "size": ("model", "model_file", "layers", "trained_context"),
    "quant": ("quant", "model_file"),
    "card": ("gpus", "vram", "vram_free"),
    "vram": ("vram", "vram_free"),
    "ram": ("ram",),
}


def told_facts(post: PostReading) -> Facts:
    """What is told in words of system, loader, machine and model."""
    points, machine = post.request.points, post.machine
    return Facts(
        system=_fact(points.get("system")),
        loader=_fact(next(iter(post.loaders), None)),
        frontend=_fact(next(iter(post.frontends), None)),
        gpus=tuple(Fact(device.name, 0) for device in machine.devices if device.name),
        vram=_fact(_vram_of_one(machine)),
        ram=_fact(machine.ram),
        model=_fact(points.get("model") if post.models else None),
        parameters=_fact(_size_alone(post)),
        quant=_fact(points.get("quant", "").split(" / ")[0]),
        context=_fact(context_of(post)),
    )


def _fact(told: T | None) -> Fact[T] | None:
    return Fact(told, 0) if told else None


def _vram_of_one(machine: ToldMachine) -> int | None:
    """The memory of the only card; None of several."""
    if not machine.devices:
        return machine.vram
    return machine.devices[0].memory if len(machine.devices) == 1 else None


def _size_alone(post: PostReading) -> float | None:
    """The only size that is told, in billions of parameters, where no model is named."""
    sizes = set(post.sizes)
    return sizes.pop() if len(sizes) == 1 and not post.models else None


def with_told(facts: Facts, told: Facts, parts: Parts, overrides: Collection[str] = ()) -> Facts:
    """The facts of a log with what was told where the log is silent, outdated, or names only what runs inside."""
    current = _without_inside(_without_outdated(facts, overrides), told, parts)
    told = _without_other_cards(told, current)
    told = replace(told, parameters=None) if current.model or current.model_file else told
    missing = {name: value for name in _FILLS if (value := getattr(told, name)) and not getattr(current, name)}
    return replace(current, **missing)


def _without_outdated(facts: Facts, overrides: Collection[str]) -> Facts:
    """The facts of a log without those of the kinds that were corrected."""
    names = [name for kind in overrides for name in _OUTDATED.get(kind, ())]
    outdated: dict[str, Any] = {name: () if name == "gpus" else None for name in names}
    return replace(facts, **outdated) if outdated else facts


def _without_inside(facts: Facts, told: Facts, parts: Parts) -> Facts:
    """The facts of a log without its program where that only runs inside the one that was told."""
    if told.loader is None or facts.loader is None:
        return facts
    inside = parts.vocabulary.parts.get(told.loader.value, ())
    return replace(facts, loader=None) if facts.loader.value in inside else facts


def _without_other_cards(told: Facts, known: Facts) -> Facts:
    """What was told, without what cannot be of the cards of the log: an amount where it has several, and others."""
    if len(known.gpus) > 1:
        told = replace(told, vram=None)
    return replace(told, gpus=()) if known.vram or known.gpus else told


_LINE_POINTS: tuple[PointId, ...] = ("system", "loader", "model", "quant")
_LINE_HARDWARE = ("gpu", "vram", "ram", "context")
_AS_WORDS = {"vram": "{} VRAM", "ram": "{} RAM", "context": "context {}"}


def told_line(request: Request) -> str:
    """What was told of program, model and machine, in one line as somebody would write it."""
    points = [request.points.get(point, "") for point in _LINE_POINTS]
    hardware = [
        _AS_WORDS.get(key, "{}").format(request.hardware.get(key, ""))
        for key in _LINE_HARDWARE
        if key in request.hardware
    ]
    return ", ".join(filter(None, (*points, *hardware)))


def context_of(post: PostReading) -> int | None:
    """The context that was told, in tokens."""
    written = post.request.hardware.get("context", "").lower()
    told = written.rstrip("km")
    if not told.replace(".", "", 1).isdigit():
        return None
    number = float(told) * (1024 if written.endswith("m") else 1)  # "1M" is as good as 1024k
    context = round(number * 1024) if number <= 1024 else round(number)
    if _is_a_card_s(context):
        return None
    return context if 256 <= context <= 1 << 20 else None


def _is_a_card_s(number: int) -> bool:
    """Whether a number is rather that of a card: "the 3090 context"."""
    return 1000 <= number <= 9090 and number % 1000 in {50, 60, 70, 80, 90}


def with_context_of(last: PostReading, post: PostReading) -> PostReading:
    """A conversation with the context that its last message tells: the newest is meant."""
    told = last.request.hardware.get("context")
    if told is None:
        return post
    return replace(post, request=structs.replace(post.request, hardware={**post.request.hardware, "context": told}))


def with_log_facts(post: PostReading, facts: Facts, parts: Parts) -> PostReading:
    """A post that also tells of model and machine what its log does."""
    from bot.models.name_mentions import find_names

    machine = post.machine if post.machine.is_told else _machine_of(facts, parts)
    machine = replace(machine, ram=machine.ram or (facts.ram.value if facts.ram else None))
    named = facts.model_file or facts.model
    models = post.models
    if not models and named is not None:
        found = find_names(named.value, parts.facts.models())
        models = tuple(mention.name for mention in found[:1])
    return replace(post, machine=machine, models=models)


def _machine_of(facts: Facts, parts: Parts) -> ToldMachine:
    from bot.hardware.told import ToldMachine

    try:
        devices = parse_vram("+".join(gpu.value for gpu in facts.gpus), parts.cards) if facts.gpus else ()
    except UserError:
        devices = ()
    if not devices and facts.vram:
        return ToldMachine(vram=facts.vram.value)
    return ToldMachine(devices=devices)
