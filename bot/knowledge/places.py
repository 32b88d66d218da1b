"""Where a program runs on no computer of one's own, or only on a part of one: what helps there, what cannot be done."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from bot.knowledge.failures import Failure, FixStep, Packaging, Reference
from bot.knowledge.files import DataError, Fault, as_items, load_sound

PLACES = "places.yaml"
_CLASS = "class:"


class PlaceCure(msgspec.Struct, frozen=True):
    """What helps first at a place, whatever the entry says."""

    entries: tuple[str, ...]  # ids of failures or "class:<slug>"
    steps: tuple[FixStep, ...]
    sources: tuple[Reference, ...]


class Place(msgspec.Struct, frozen=True):
    """What is different at a place, for all failures."""

    place: Packaging
    impossible: tuple[str, ...] = ()  # parts of commands and English steps: what holds one cannot be done there
    cures: tuple[PlaceCure, ...] = ()


class _File(msgspec.Struct, frozen=True):
    items: tuple[Place, ...]


def read_places(root: Path) -> tuple[Place, ...]:
    """The places under `root`; none where there is no file. Raises DataError."""
    if not (root / PLACES).exists():
        return ()
    loaded = load_sound(root, PLACES, "places", _File, prepare=as_items)
    if loaded.faults:
        raise DataError(loaded.faults)
    return loaded.items[0][1].items


def place_faults(places: Iterable[Place], entries: Iterable[Failure]) -> list[Fault]:
    """What leads to no entry."""
    entries = list(entries)
    known = {entry.id for entry in entries} | {f"{_CLASS}{entry.failure_class}" for entry in entries}
    return [
        Fault(PLACES, f"{place.place}.cures[{number}].entries", f"no entry is called {name!r}")
        for place in places
        for number, cure in enumerate(place.cures)
        for name in cure.entries
        if name not in known
    ]


def with_places(items: Sequence[tuple[str, Failure]], places: Sequence[Place]) -> tuple[tuple[str, Failure], ...]:
    """Entries (with their files) with the steps for each place, and without there what cannot be done there."""
    return tuple((file, _completed(entry, places)) for file, entry in items)


def _completed(entry: Failure, places: Iterable[Place]) -> Failure:
    steps = entry.steps
    for place in places:
        own = tuple(_only_at(step, place.place) for cure in place.cures if _is_for(cure, entry) for step in cure.steps)
        steps = (*own, *(_possible(step, place) for step in steps))
    return entry if steps == entry.steps else msgspec.structs.replace(entry, steps=steps)


def _is_for(cure: PlaceCure, entry: Failure) -> bool:
    return entry.id in cure.entries or f"{_CLASS}{entry.failure_class}" in cure.entries


def _only_at(step: FixStep, place: Packaging) -> FixStep:
    return msgspec.structs.replace(step, when=msgspec.structs.replace(step.when, places=(place,)))


def _possible(step: FixStep, place: Place) -> FixStep:
    """A step that says where it cannot be done; one for just this place is known to be possible."""
    said = "\n".join((step.text.en, *(command.code for command in step.commands)))
    if place.place in step.when.places or not any(part in said for part in place.impossible):
        return step
    when = msgspec.structs.replace(step.when, outside=(*step.when.outside, place.place))
    return msgspec.structs.replace(step, when=when)
