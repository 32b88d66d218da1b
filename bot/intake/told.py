"""What a help request told, point by point, and what is still missing: plain values."""

import re
from collections.abc import Iterable, Mapping
from itertools import permutations

import msgspec

from bot.base.languages import Language
from bot.intake.template import Point, PointId, Template, Topic

POINT_IDS: tuple[PointId, ...] = (
    "system", "loader", "model", "quant", "steps", "description", "log", "prompt_settings", "sampler_settings",
)  # fmt: skip


class Contradiction(msgspec.Struct, frozen=True):
    """Several values of one point of which only one can be meant."""

    point: PointId
    values: tuple[str, ...]


class Request(msgspec.Struct, frozen=True):
    """What one or several messages tell. `points` holds those that are there, with their normalised values.

    `unsure` are points the author said not to know; `hardware` what is told of gpu, vram, ram and context;
    `certainty` 0 to 1 that somebody asks for help; `bare` a plea or a picture with nothing to go by;
    `inside`: the programs that run inside the loader.
    """

    language: Language = "en"
    is_help_request: bool = False
    certainty: float = 0.0
    text_quality: bool = False
    topic: Topic = "other"
    points: dict[str, str] = {}
    hardware: dict[str, str] = {}
    unsure: tuple[str, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    pictures: int = 0
    bare: bool = False
    inside: tuple[str, ...] = ()

    def missing(self, template: Template, required: Iterable[str] | None = None) -> tuple[PointId, ...]:
        """Points still to be asked for, in the template's order.

        `required`: the ids a server asks for; None for all usual ones.
        """
        wanted = {point.id for point in template.points if point.required} if required is None else set(required)
        return tuple(point.id for point in template.points if point.id in wanted and self._lacks(point))

    def _lacks(self, point: Point) -> bool:
        topic: Topic = "quality" if self.text_quality else self.topic
        told = any(each in self.points for each in (point.id, *point.unless))
        return point.is_needed_for(topic) and not told

    def merge(self, other: "Request") -> "Request":
        """This request with a later message of the same author: points add up, the more precise value stays."""
        points = dict(self.points)
        for id_, value in other.points.items():
            points[id_] = _preferred(points.get(id_), value)
        told = {request.points["loader"]: request.inside for request in (self, other) if "loader" in request.points}
        contradictions = {entry.point: entry for entry in (*self.contradictions, *other.contradictions)}
        if _contradict(told):
            contradictions["loader"] = Contradiction("loader", tuple(told))
        return Request(
            language=self.language if len(self.points) >= len(other.points) else other.language,
            is_help_request=self.is_help_request or other.is_help_request,
            certainty=max(self.certainty, other.certainty),
            text_quality=self.text_quality or other.text_quality,
            topic=self.topic if self.topic != "other" else other.topic,
            points=points,
            hardware={**self.hardware, **other.hardware},
            unsure=tuple(id_ for id_ in dict.fromkeys((*self.unsure, *other.unsure)) if id_ not in points),
            contradictions=tuple(contradictions.values()),
            pictures=self.pictures + other.pictures,
            bare=self.bare and other.bare,
            inside=told.get(points.get("loader", ""), ()),
        )


def _contradict(told: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether two loaders were told of which neither runs inside the other. `told`: each with what runs inside it."""
    return len(told) == 2 and not any(inner in told[outer] for outer, inner in permutations(told))


def _preferred(old: str | None, new: str) -> str:
    """The more precise of two values: the longer one when one contains the other, else the later."""
    if old and _plain(new) in _plain(old):
        return old
    return new


def _plain(value: str) -> str:
    return re.sub(r"[\W_]+", "", value.lower())
