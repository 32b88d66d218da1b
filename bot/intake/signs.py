"""Signs of what a post is about, and the topics that they prove together: knowledge/topics.yaml."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal, cast, get_args

import msgspec

from bot.base.literals import Literals
from bot.base.phrases import Phrase, Phrases, phrase_fault
from bot.knowledge.files import Fault, load_all
from bot.knowledge.word_lists import Lists, phrases_filled

PostTopic = Literal["failure", "quality", "fit", "howto"]

_FILE = "topics.yaml"
_READ = 3_000  # characters of own words that are searched
_COUNTED = re.compile(r"(?P<sign>[a-z-]+)(?:>(?P<more>\d))?")
# What `bot.intake.posts` finds by other means than phrases.
STRUCTURE = frozenset(
    "machine options vram ram phone without-card computer model size loader two-loaders quant two-quants "
    "setup printed command picture form link sampler wished-speed slowed budget asks ends-asking only-asks quiet "
    "complains text-fault short bare reply sure likely unlikely found-failure found-symptom sounds-troubled "
    "sounds-well sounds-of-text sounds-sure plain how-fast errand forum about-failure about-quality about-fit "
    "about-howto".split()
)


class Wording(msgspec.Struct, frozen=True, dict=True):
    """Phrases in both languages; a mixed post is searched for both."""

    en: tuple[str, ...]
    zh: tuple[str, ...]

    @cached_property
    def phrases(self) -> Phrases:
        """All of them."""
        return Phrases((*self.en, *self.zh))

    def found_in(self, text: str) -> bool:
        """Whether any of the phrases stands in a folded text."""
        return self.phrases.found_in(text)

    def faults(self) -> Iterator[tuple[str, str]]:
        """(place, problem) of what is no phrase."""
        for language in ("en", "zh"):
            for number, phrase in enumerate(getattr(self, language)):
                if problem := phrase_fault(phrase):
                    yield f"{language}[{number}]", problem


class Rule(msgspec.Struct, frozen=True):
    """Signs that prove a topic together, as strongly as `weight` says."""

    weight: float
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    def holds(self, signs: Mapping[str, int]) -> bool:
        """Whether the signs meet all three conditions."""
        return (
            all(_stands(name, signs) for name in self.all)
            and (not self.any or any(_stands(name, signs) for name in self.any))
            and not any(_stands(name, signs) for name in self.none)
        )


class Least(msgspec.Struct, frozen=True):
    """From where on a message is answered, by where it stands."""

    forum: float
    channel: float


class Heard(msgspec.Struct, frozen=True):
    """How what is heard in the words tells who asks, beside the rules. Both are logarithms of odds, of which no more
    than `most` counts either way: `usual` is what most requests are heard as, `less` and `more` what a point below and
    above it adds to what the rules say.
    """

    most: float
    usual: float
    less: float
    more: float

    def added(self, odds: float) -> float:
        """What is added to the rules' odds."""
        beyond = max(-self.most, min(self.most, odds)) - self.usual
        return beyond * (self.less if beyond < 0 else self.more)


class RequestRules(msgspec.Struct, frozen=True):
    """How likely a message asks for something: logarithms of odds.

    `telling`: signs of one that tells something; where none of them stands, the sign "plain" does.
    """

    bias: float
    least: Least
    heard: Heard
    telling: tuple[str, ...]
    rules: tuple[Rule, ...]


class TopicData(msgspec.Struct, frozen=True):
    """The whole file."""

    topics: dict[PostTopic, tuple[Rule, ...]]
    request: RequestRules
    quality_classes: tuple[str, ...]
    computed_classes: tuple[str, ...]
    signs: dict[str, Wording]
    lists: Lists = {}  # empty once the rows are filled
    model_classes: tuple[str, ...] = ()


class Signs:
    """The signs, compiled. Build once, share freely."""

    def __init__(self, data: TopicData) -> None:
        self._data = data

    @cached_property
    def _anchored(self) -> dict[str, list[tuple[str, Phrase]]]:
        """The phrases of all signs, each with its sign, by the piece without which they do not stand anywhere."""
        found: dict[str, list[tuple[str, Phrase]]] = {}
        for name, wording in self._data.signs.items():
            for phrase in wording.phrases:
                found.setdefault(phrase.anchor, []).append((name, phrase))
        return found

    @cached_property
    def _anchors(self) -> Literals:
        return Literals(self._anchored)

    @property
    def quality_classes(self) -> frozenset[str]:
        """Classes of failures whose trouble is the written text."""
        return frozenset(self._data.quality_classes)

    @property
    def computed_classes(self) -> frozenset[str]:
        """Classes of failures to which belongs what the told model needs on the told machine."""
        return frozenset(self._data.computed_classes)

    @property
    def model_classes(self) -> frozenset[str]:
        """Classes of failures that nothing but a language model or its program has."""
        return frozenset(self._data.model_classes)

    def is_telling(self, name: str) -> bool:
        """Whether a sign is one of a message that tells others something."""
        return name in self._data.request.telling

    def phrases_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """The phrases of these signs, as they are written."""
        wordings = [self._data.signs[name] for name in names if name in self._data.signs]
        return tuple(phrase for wording in wordings for phrase in (*wording.en, *wording.zh))

    def found_in(self, text: str) -> dict[str, int]:
        """Each sign of the folded text with the number of its phrases."""
        read = text[:_READ]
        counted = Counter(
            name
            for anchor in ("", *self._anchors.found_in(read))
            for name, phrase in self._anchored.get(anchor, ())
            if phrase.pattern.search(read)
        )
        return {name: counted[name] for name in self._data.signs if name in counted}

    def scores(self, signs: Mapping[str, int]) -> dict[PostTopic, float]:
        """How strongly the signs prove each topic."""
        return {
            topic: round(sum(rule.weight for rule in rules if rule.holds(signs)), 2)
            for topic, rules in self._data.topics.items()
        }

    def wants_answer(self, signs: Mapping[str, int], heard: float | None = None, *, in_channel: bool = False) -> bool:
        """Whether somebody asks for something, by the signs of their message and by what is `heard` in its words, where
        that is known: the logarithm of the odds that they want something (see bot.diagnosis.wants).
        """
        data = self._data.request
        if not any(name in signs for name in data.telling):
            signs = {**signs, "plain": 1}
        if not in_channel:
            signs = {**signs, "forum": 1}
        odds = data.bias + sum(rule.weight for rule in data.rules if rule.holds(signs))
        beyond = odds - (data.least.channel if in_channel else data.least.forum)
        if heard is None:
            return beyond >= 0
        return max(-data.heard.most, min(data.heard.most, beyond)) + data.heard.added(heard) >= 0


def load_signs(root: Path) -> Signs:
    """The signs under `root`; raises DataError with all faults."""
    return Signs(load_all(root, _FILE, "topics", TopicData, phrases_filled, _faults)[0])


def _stands(name: str, signs: Mapping[str, int]) -> bool:
    """Whether a sign stands there, "sign>1" whether more than one of its phrases do."""
    found = _COUNTED.fullmatch(name)
    return found is not None and signs.get(found["sign"], 0) > int(found["more"] or 0)


def _faults(data: TopicData) -> Iterator[Fault]:
    yield from _topic_faults(data)
    yield from _request_faults(data)
    for name, wording in data.signs.items():
        yield from (Fault(_FILE, f"signs.{name}.{place}", problem) for place, problem in wording.faults())


def _topic_faults(data: TopicData) -> Iterator[Fault]:
    for topic in get_args(PostTopic):
        rules = data.topics.get(cast("PostTopic", topic), ())
        if not rules:
            yield Fault(_FILE, f"topics.{topic}", "has no rule")
        for number, rule in enumerate(rules):
            yield from _rule_faults(f"topics.{topic}[{number}]", rule, STRUCTURE | data.signs.keys())


def _request_faults(data: TopicData) -> Iterator[Fault]:
    for name in data.request.telling:
        if name not in data.signs:
            yield Fault(_FILE, "request.telling", f"{name!r} is none of `signs`")
    for number, rule in enumerate(data.request.rules):
        yield from _rule_faults(f"request.rules[{number}]", rule, STRUCTURE | data.signs.keys())


def _rule_faults(key: str, rule: Rule, known: Collection[str]) -> Iterator[Fault]:
    for name in (*rule.all, *rule.any, *rule.none):
        found = _COUNTED.fullmatch(name)
        if found is None or found["sign"] not in known:
            yield Fault(_FILE, key, f"{name!r} is no sign; write one of `signs` or of the list at the top")
