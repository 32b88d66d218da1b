"""How well solved posts are found again: of labelled posts some count as solved, others are new and look for theirs.

A solved post keeps its entry only where that was right, as on a server: else the answer would not have solved it.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec import structs

from bot.clinic.door import Clinic
from bot.clinic.likeness import Traits, most_alike
from bot.workshop.score.diagnose import files_in
from bot.workshop.score.report import Cell, Metric, Report, ReportTable, json_lines_in

SOLVED, NEW = 300, 100
ROUNDS = 5  # shufflings that the figures are the mean of
UNKNOWN = "none"


@dataclass(frozen=True, slots=True)
class Post:
    """A labelled post: what it is about, what else is right, by what it is known again."""

    id: str
    label: str
    accepted: frozenset[str]
    traits: Traits

    @property
    def once_solved(self) -> Traits:
        """What is kept of it when it is solved."""
        if self.traits.failure_class in self.accepted:
            return self.traits
        return structs.replace(self.traits, entry=None, failure_class=None)

    def has_cause_of(self, other: "Post") -> bool:
        """Whether the labels of either accept the other."""
        return other.label in self.accepted or self.label in other.accepted


@dataclass(frozen=True, slots=True)
class Offer:
    """What a new post was offered: the solved one (None: nothing), and whether there was one of its cause."""

    new: Post
    offered: Post | None
    has_one: bool

    @property
    def is_right(self) -> bool:
        """Whether what was offered has the same cause."""
        return self.offered is not None and self.new.has_cause_of(self.offered)


def evaluate(path: Path, solved: int = SOLVED, new: int = NEW) -> Report:
    """Judges the posts of a file, or of all .jsonl files of a folder (keys id, text, label, also)."""
    posts = list(_posts(path))
    offers = [offer for seed in range(ROUNDS) for offer in _round(posts, seed, solved, new)]
    return _report(offers, len(posts))


def _posts(path: Path) -> Iterator[Post]:
    clinic = Clinic()
    for file in files_in(path):
        for case in json_lines_in(file, file.name):
            if case["label"] != UNKNOWN:
                reading = clinic.diagnose(case["text"])
                accepted = frozenset([case["label"], *case.get("also", [])])
                yield Post(case["id"], case["label"], accepted, clinic.traits(reading.text, (), reading))


def _round(posts: Sequence[Post], seed: int, solved: int, new: int) -> Iterator[Offer]:
    shuffled = random.Random(seed).sample(posts, len(posts))
    new = min(new, len(posts) // 4)
    old = shuffled[new : new + solved]
    kept = [post.once_solved for post in old]
    for post in shuffled[:new]:
        found = most_alike(post.traits, kept)
        offered = old[found[0][1]] if found else None
        yield Offer(post, offered, any(post.has_cause_of(other) for other in old))


def _report(offers: Sequence[Offer], cases: int) -> Report:
    made = [offer for offer in offers if offer.offered is not None]
    possible = [offer for offer in offers if offer.has_one]
    metrics = (
        Metric("offered link has the same cause", _share([offer.is_right for offer in made])),
        Metric("offered, of those that have one", _share([offer.offered is not None for offer in possible])),
        Metric("offers", len(made), ""),
    )
    return Report("Solved posts found again", cases, metrics, (_wrong(made),))


def _wrong(made: Iterable[Offer]) -> ReportTable:
    wrong = {offer.new.id: offer for offer in made if not offer.is_right}
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (each.new.id, each.new.label, each.offered.id, each.offered.label) for each in wrong.values() if each.offered
    )
    return ReportTable("Wrong", ("new", "", "solved", ""), rows)


def _share(hits: Sequence[bool]) -> float:
    return 100 * sum(hits) / len(hits) if hits else 0.0
