"""Knowledge of strangers: a file that is nested too deeply, or that grows beyond measure by its aliases, is refused
before anything is made of it. Parsing it would crash the interpreter or never end.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

MOST_DEPTH = 50  # collections in one another; the shipped knowledge has 6
MOST_VALUES = 200_000  # of one file, every alias counted as what it stands for


def excess(text: str) -> str | None:
    """What is too much in the text of a YAML file. Raises yaml.YAMLError."""
    measure = _Measure()
    for event in _events(text):
        if problem := measure.take(event):
            return f"line {event.start_mark.line + 1}: {problem}"
    return None


def _events(text: str) -> Iterator[Any]:
    """Pieces as they come, without a tree."""
    events: Iterable[Any] = yaml.parse(text, Loader=yaml.CSafeLoader)
    yield from events


@dataclass(slots=True)
class _Measure:
    """How much a file holds so far."""

    open: list[str | None] = field(default_factory=list)  # anchors of the collections that have begun
    values: list[int] = field(default_factory=lambda: [0])  # in the file, and in each of these collections
    sizes: dict[str, int] = field(default_factory=dict)  # of what has an anchor

    def take(self, event: Any) -> str | None:
        match event:
            case yaml.CollectionStartEvent():
                self.open.append(event.anchor)
                self.values.append(0)
                return "is nested too deeply" if len(self.open) > MOST_DEPTH else None
            case yaml.CollectionEndEvent():
                return self._add(self.open.pop(), self.values.pop() + 1)
            case yaml.ScalarEvent():
                return self._add(event.anchor, 1)
            case yaml.AliasEvent() if event.anchor in self.open:
                return f"*{event.anchor} stands within itself"
            case yaml.AliasEvent():
                return self._add(None, self.sizes.get(event.anchor or "", 1))
        return None

    def _add(self, anchor: str | None, size: int) -> str | None:
        if anchor is not None:
            self.sizes[anchor] = size
        self.values[-1] += size
        return "holds too much, aliases written out" if sum(self.values) > MOST_VALUES else None
