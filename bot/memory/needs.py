"""What a model needs: the smallest cards that take it whole, and the RAM to run it without one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.base.sizes import GIB
from bot.hardware.amounts import Device
from bot.hardware.machine import Machine
from bot.hardware.systems import System
from bot.memory.plan import base_settings, place, place_whole, usual_context
from bot.models.shape import Model

# Sizes of cards in GB, and of what several of them make: one card before several of the same sum.
_CARDS: tuple[tuple[int, ...], ...] = (
    (4,), (6,), (8,), (10,), (12,), (16,), (20,), (24,), (16, 16), (32,), (24, 24), (24,) * 3, (80,), (96,), (24,) * 4,
    (80, 80), (96, 96), (80,) * 4, (96,) * 4, (80,) * 8, (141,) * 8, (192,) * 8,
)  # fmt: skip
_RAM = (8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048)
_SPLIT_CARDS = (8, 12, 16, 24)  # GB of the cards that a split is worked out for


@dataclass(frozen=True, slots=True)
class Split:
    """A card of so many GB that takes part of the model, and the RAM in GB that the rest wants."""

    card: int
    ram: int


@dataclass(frozen=True, slots=True)
class Needs:
    """For one quantization and context: `cards` (GB each) that hold it whole, empty where none do; `ram` in GB without
    a card; the smallest splits.
    """

    model: Model
    context: int
    cards: tuple[int, ...]
    ram: int | None
    splits: tuple[Split, ...]


def needs_of(model: Model, *, context: int | None = None, system: System = "windows") -> Needs:
    """What `model` needs at a context (8192 where not told)."""
    wanted = usual_context(model, context)
    return Needs(
        model,
        wanted,
        next((cards for cards in _CARDS if _fits_whole(model, cards, wanted, system)), ()),
        next((ram for ram in _RAM if _runs(model, (), ram, wanted, system)), None),
        tuple(_splits(model, wanted, system)),
    )


def ram_beside(model: Model, machine: Machine, context: int) -> int | None:
    """GB of RAM with which a model runs on the machine's cards; None where no usual amount is enough."""
    larger = (replace(machine, ram=ram * GIB) for ram in _RAM if ram * GIB > machine.ram)
    return next((with_more.ram // GIB for with_more in larger if _runs_on(model, with_more, context)), None)


def least_ram(model: Model, machine: Machine, context: int) -> int | None:
    """GB of RAM from which on a model runs on the machine's cards; None where no usual amount is enough."""
    return next((ram for ram in _RAM if _runs_on(model, replace(machine, ram=ram * GIB), context)), None)


def _fits_whole(model: Model, cards: tuple[int, ...], context: int, system: System) -> bool:
    machine = _machine(cards, 64, system)
    if model.file_bytes > sum(machine.usable_vram):
        return False
    return place_whole(model, machine, base_settings(machine, context)) is not None


def _runs(model: Model, cards: tuple[int, ...], ram: int, context: int, system: System) -> bool:
    return _runs_on(model, _machine(cards, ram, system), context)


def _runs_on(model: Model, machine: Machine, context: int) -> bool:
    if model.file_bytes > machine.usable_ram + sum(machine.usable_vram):
        return False
    return place(model, machine, base_settings(machine, context)).verdict != "no"


def _splits(model: Model, context: int, system: System) -> Iterator[Split]:
    for card in _SPLIT_CARDS:
        if _fits_whole(model, (card,), context, system):
            return
        ram = next((ram for ram in _RAM if _runs(model, (card,), ram, context, system)), None)
        if ram is not None:
            yield Split(card, ram)


def _machine(cards: tuple[int, ...], ram: int, system: System) -> Machine:
    return Machine(tuple(Device(card * GIB, "") for card in cards), ram * GIB, system)
