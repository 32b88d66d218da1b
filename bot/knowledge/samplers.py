"""Sampler settings that makers recommend for their models: knowledge/samplers.yaml."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bot.knowledge.files import DataError, Fault, load_all

_FILE = "samplers.yaml"
_TOLD = re.compile(r"(?P<name>[A-Za-z][A-Za-z -]{2,30}) (?P<value>-?\d{1,4}(?:\.\d{1,4})?)(?:,|$)")


class Range(msgspec.Struct, frozen=True):
    """A setting: from `low` to `high` it does no harm; `good` is what to set, as shown."""

    setting: str  # a name of sampler_settings in knowledge/cues.yaml
    low: float
    high: float
    good: str  # what to set, as shown


class Family(msgspec.Struct, frozen=True):
    """Models by the beginnings of their names, what their maker recommends, and where it says so."""

    models: tuple[str, ...]
    values: tuple[Range, ...]
    source: str


class Samplers(msgspec.Struct, frozen=True):
    """The whole file."""

    usual: tuple[Range, ...]
    families: tuple[Family, ...]

    def judged(self, told: str, model: str | None) -> tuple["Judged", ...]:
        """The values in `told` ("temperature 1.6, min-p 0.05") that do harm, for a model or for any."""
        return tuple(each for each in self.compared(told, model) if each.is_harmful)

    def compared(self, told: str, model: str | None) -> tuple["Judged", ...]:
        """The values in `told` that it is known of what does no harm, for a model or for any."""
        family = self.family_of(model) if model else None
        ranges = {each.setting: each for each in (*self.usual, *(family.values if family else ()))}
        return tuple(
            Judged(name, value, ranges[name], family is not None and ranges[name] in family.values)
            for name, value in _values(told)
            if name in ranges
        )

    def family_of(self, model: str) -> Family | None:
        """The family of a model's name: that with the longest beginning."""
        name = model.casefold()
        fitting = [
            (len(start), family)
            for family in self.families
            for start in family.models
            if name.startswith(start.casefold())
        ]
        return max(fitting, key=lambda pair: pair[0], default=(0, None))[1]


@dataclass(frozen=True, slots=True)
class Judged:
    """A value beside what does no harm. `is_own`: by what the model's own maker says, not by what is usual."""

    setting: str
    value: float
    wanted: Range
    is_own: bool

    @property
    def is_harmful(self) -> bool:
        """Whether the value is too high or too low."""
        return not self.wanted.low <= self.value <= self.wanted.high

    @property
    def is_high(self) -> bool:
        """Whether the value is too high."""
        return self.value > self.wanted.high


def load_samplers(root: Path) -> Samplers:
    """`root`/samplers.yaml; raises DataError."""
    found = load_all(root, _FILE, "samplers", Samplers, check=_faults)
    if not found:
        raise DataError([Fault(_FILE, "", "missing; it says what makers recommend for their models")])
    return found[0]


def _values(told: str) -> Iterator[tuple[str, float]]:
    for found in _TOLD.finditer(told):
        yield found["name"].strip(), float(found["value"])


def _faults(samplers: Samplers) -> Iterator[Fault]:
    groups: Iterable[tuple[str, tuple[Range, ...]]] = [
        ("usual", samplers.usual),
        *((f"families[{number}]", family.values) for number, family in enumerate(samplers.families)),
    ]
    for key, ranges in groups:
        yield from (
            Fault(_FILE, f"{key}.{each.setting}", "low is above high") for each in ranges if each.low > each.high
        )
