"""The question template as data: its points, how each is asked for, and when it is not needed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from bot.base.languages import Text
from bot.knowledge.files import Fault, load_all

PointId = Literal[
    "system", "loader", "model", "quant", "steps", "description", "log", "prompt_settings", "sampler_settings"
]
Topic = Literal[
    "hardware", "choice", "quality", "download", "install", "connection", "frontend", "speed", "howto", "other"
]
_FILE = "template.yaml"


class Hint(msgspec.Struct, frozen=True):
    """How to find something out; for all systems and loaders, or for those named."""

    en: str
    zh: str
    systems: tuple[str, ...] = ()
    loaders: tuple[str, ...] = ()
    others: dict[str, str] = {}

    @property
    def text(self) -> Text:
        """The hint as a text of all its languages."""
        return Text(self.en, self.zh, **self.others)


class Point(msgspec.Struct, frozen=True):
    """One point of the template."""

    id: PointId
    name: Text
    question: Text
    why: Text
    again: Text
    find: tuple[Hint, ...]
    examples: tuple[str, ...]
    labels: tuple[str, ...]
    required: bool
    only_for: tuple[Topic, ...] = ()
    not_for: tuple[Topic, ...] = ()
    unless: tuple[PointId, ...] = ()
    asked_as: tuple[str, ...] = ()  # how questions of entries ask for it, in English, without the question mark

    def is_needed_for(self, topic: Topic) -> bool:
        """Whether the point is asked for in a request of this kind."""
        return topic not in self.not_for and (not self.only_for or topic in self.only_for)


class Template(msgspec.Struct, frozen=True):
    """The points in the order in which they are asked for."""

    points: tuple[Point, ...]
    hardware: dict[str, tuple[str, ...]]
    boilerplate: tuple[str, ...]
    headings: tuple[str, ...]

    def point(self, id_: str) -> Point:
        """The point of that id; KeyError when there is none."""
        for point in self.points:
            if point.id == id_:
                return point
        raise KeyError(id_)


def load_template(root: Path) -> Template:
    """The template under `root`; raises DataError with all its faults."""
    return load_all(root, _FILE, "template", Template, check=_faults)[0]


def _faults(template: Template) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    for number, point in enumerate(template.points):
        for label in point.labels:
            if (owner := owners.setdefault(label.lower(), point.id)) != point.id:
                yield Fault(
                    _FILE, f"points[{number}].labels", f"{label!r} already belongs to {owner}; keep it in one place"
                )
    for key, patterns in (("boilerplate", template.boilerplate), ("headings", template.headings)):
        for number, pattern in enumerate(patterns):
            try:
                re.compile(pattern)
            except re.error as error:
                yield Fault(_FILE, f"{key}[{number}]", f"not a regular expression: {error}")
