"""What an author told in words, as facts of a log: it fills what the log leaves open, and what was corrected wins."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from bot.base.errors import UserError
from bot.clinic.parts import Parts
from bot.hardware.amounts import parse_vram
from bot.hardware.told import ToldMachine
from bot.intake.facts import Fact, Facts
from bot.intake.posts import PostReading
from bot.models.name_mentions import find_names

_FILLS = ("system", "loader", "gpus", "vram", "ram", "model", "quant", "context")
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
    devices = machine.devices
    vram = devices[0].memory if len(devices) == 1 else machine.vram if not devices else None
    system, model, quant = points.get("system"), points.get("model"), points.get("quant")
    loader, context = next(iter(post.loaders), None), context_of(post)
    return Facts(
        system=Fact(system, 0) if system else None,
        loader=Fact(loader, 0) if loader else None,
        gpus=tuple(Fact(device.name, 0) for device in devices if device.name),
        vram=Fact(vram, 0) if vram else None,
        ram=Fact(machine.ram, 0) if machine.ram else None,
        model=Fact(model, 0) if model and post.models else None,
        quant=Fact(quant.split(" / ")[0], 0) if quant else None,
        context=Fact(context, 0) if context else None,
    )


def with_told(facts: Facts, told: Facts, parts: Parts, overrides: Collection[str] = ()) -> Facts:
    """The facts of a log with what was told where the log is silent, outdated, or names only what runs inside."""
    names = [name for kind in overrides for name in _OUTDATED.get(kind, ())]
    outdated: dict[str, Any] = {name: () if name == "gpus" else None for name in names}
    current = replace(facts, **outdated) if outdated else facts
    if told.loader is not None and current.loader is not None:
        inside = parts.vocabulary.parts.get(told.loader.value, ())
        current = replace(current, loader=None) if current.loader.value in inside else current
    if current.gpus:
        told = replace(told, vram=told.vram if len(current.gpus) == 1 else None)
    if current.vram or current.gpus:
        told = replace(told, gpus=())
    missing = {name: value for name in _FILLS if (value := getattr(told, name)) and not getattr(current, name)}
    return replace(current, **missing)


def context_of(post: PostReading) -> int | None:
    """The context that was told, in tokens."""
    told = post.request.hardware.get("context", "").lower().rstrip("k")
    if not told.replace(".", "", 1).isdigit():
        return None
    number = float(told)
    context = round(number * 1024) if number < 1024 else round(number)
    return context if 256 <= context <= 1 << 20 else None


def with_log_facts(post: PostReading, facts: Facts, parts: Parts) -> PostReading:
    """A post that also tells of model and machine what its log does."""
    machine = post.machine if post.machine.is_told else _machine_of(facts, parts)
    machine = replace(machine, ram=machine.ram or (facts.ram.value if facts.ram else None))
    named = facts.model_file or facts.model
    models = post.models
    if not models and named is not None:
        found = find_names(named.value, parts.facts.models())
        models = tuple(mention.name for mention in found[:1])
    return replace(post, machine=machine, models=models)


def _machine_of(facts: Facts, parts: Parts) -> ToldMachine:
    try:
        devices = parse_vram("+".join(gpu.value for gpu in facts.gpus), parts.cards) if facts.gpus else ()
    except UserError:
        devices = ()
    if not devices and facts.vram:
        return ToldMachine(vram=facts.vram.value)
    return ToldMachine(devices=devices)
