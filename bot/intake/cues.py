"""Words by which a request is read, as data, and the small readers that weigh them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeAlias, cast

import msgspec

from bot.base.late import late
from bot.base.phrases import either
from bot.base.sieve import Sieve
from bot.intake.template import PointId, Topic
from bot.knowledge.cue import Cue, cue_faults, disproved, in_all_languages
from bot.knowledge.files import Fault, load_all
from bot.knowledge.word_lists import Lists, filled

_FILE = "cues.yaml"
_SURE = 3.0  # weight from which on a sign stands by itself
_FLAGS = re.IGNORECASE | re.ASCII | re.MULTILINE
# What may stand between a setting's name and its number: "temp is set to 0.8", "温度拉到1.2", "'top_p': 0.9".
_SETTING_VALUE = (
    r"[\"'”]?\s{0,4}(?:(?:is|at|of|was|to|set|around|about|on|是|为|设|调|开|拉|降|升|加|减|改|填|写|也|都|到|的|成|了|给|用)\s{0,4}){0,6}[=:：@]?\s{0,4}"
    r"(?P<value>-?(?>\d+(?:\.\d+)?|\.\d+))(?![\db%]|\s{0,2}(?:[度°℃]|c(?![a-z])))"
)
_CLAUSE_END = late(r"[,，。;；!！?？\n\"”]|\.\s|\s--?[a-z]|(?:^|\s)(?:and|but|with|in)\s", re.IGNORECASE)
_CLAUSES = late(r"[,，。;；!！?？\n]|\.\s")
_CHINESE, _LATIN = late(r"[\u3400-\u9fff]"), late(r"[A-Za-z][A-Za-z'.-]{2,}")
_NUMBERED = late(r"\d+[A-Za-z]*")
_MIXED = late(r"(?<![A-Za-z0-9_])(?:[A-Za-z]{1,2}\d|\d{1,4}[A-Za-z])")  # "q4_k_m", "7b": as good as a word
_LEAST_CONTENT = 3.5  # Chinese characters beyond pleas; an English word counts one and a half
_LONGEST_CLAUSE = 80  # characters of a told prompt setting


class Together(msgspec.Struct, frozen=True):
    """Phrases of one kind, which prove something once, however many of them are found."""

    once: tuple[str, ...] = ()  # patterns that may stand anywhere
    words: tuple[str, ...] = ()  # whole words, and phrases of whole words

    @property
    def pattern(self) -> str:
        """One regular expression for any of them."""
        words = (rf"\b(?:{'|'.join(self.words)})\b",) if self.words else ()
        return "|".join((*self.once, *words))


Phrases: TypeAlias = tuple[str | Together, ...]


class Proof(msgspec.Struct, frozen=True):
    """What proves a list of phrases."""

    found_in: tuple[str, ...]  # texts that hold one of them
    not_in: tuple[str, ...] = ()  # texts that look like it and hold none


class Weighted(msgspec.Struct, frozen=True):
    """Phrases that each prove as much as `weight` says; those that stand together prove it once.

    Each of them is found in one of the texts `found_in`, and none in `not_in`.
    """

    weight: float
    any: Phrases
    found_in: tuple[str, ...]
    not_in: tuple[str, ...] = ()


class Sampler(msgspec.Struct, frozen=True):
    """A sampler's usual name and the patterns of what people call it."""

    name: str
    any: tuple[str, ...]


class Writing(msgspec.Struct, frozen=True):
    """What a complaint of the written text is made of when no known fault is named, each part a list of patterns.

    `written` is only ever text ("the plot"); `writers` do other things too, so they need one of `acts`. `marks` say
    that it should not be so. A clause with something `technical` speaks of the program.
    """

    written: Phrases
    writers: Phrases
    acts: Phrases
    marks: Phrases
    technical: Phrases


class Told(msgspec.Struct, frozen=True):
    """What else is read in the author's own words. Amounts have a number and its unit as groups."""

    choice: Cue
    like_another: Cue
    template_after: Cue
    template_before: Cue
    error: Cue
    vram: Cue
    ram: Cue
    card_size: Cue
    context: Cue
    context_again: Cue
    context_offered: Cue
    context_lowered: Cue


class UnsurePoint(msgspec.Struct, frozen=True):
    """What a point is called before and after the words of somebody who does not know it."""

    point: PointId
    told: tuple[str, ...]
    asked: tuple[str, ...]


class UnsureTold(msgspec.Struct, frozen=True, dict=True):
    """How people say that they do not know a point."""

    points: tuple[UnsurePoint, ...]
    behind: tuple[str, ...]
    before: tuple[str, ...]
    examples: dict[str, PointId]

    def points_in(self, text: str) -> Iterator[PointId]:
        """The points that somebody says not to know, in order."""
        for found in self._pattern.finditer(text):
            yield self.points[int((found.lastgroup or "")[1:])].point

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """A group named after the number of each point: told0, asked0 ..., shortened."""
        told = _numbered("t", [each.told for each in self.points])
        asked = _numbered("a", [each.asked for each in self.points])
        behind, before = "|".join(self.behind), "|".join(self.before)
        return re.compile(
            rf"(?:{told})\S{{0,6}}?\s{{0,2}}(?:{behind})"
            rf"|(?:{before})\s{{0,4}}(?:是)?(?:什么|哪个|啥|what|which|about)?\s{{0,4}}(?:the |my )?(?:{asked})",
            re.IGNORECASE,
        )


def _numbered(letter: str, lists: Iterable[Sequence[str]]) -> str:
    return "|".join(f"(?P<{letter}{number}>{'|'.join(words)})" for number, words in enumerate(lists) if words)


class CueData(msgspec.Struct, frozen=True):
    """The whole file."""

    plea: Phrases
    question: Phrases
    request: tuple[Weighted, ...]
    other: tuple[Weighted, ...]
    quality: Phrases
    no_quality: Phrases
    writing: Writing
    no_steps: Phrases
    steps: tuple[Weighted, ...]
    prompt_settings: tuple[str, ...]
    sampler_settings: tuple[Sampler, ...]
    sampler_defaults: tuple[str, ...]
    unsure: tuple[str, ...]
    topics: dict[str, Phrases]
    told: Told
    unsure_told: UnsureTold
    examples: dict[str, Proof]  # by the key of a list of phrases: "question", "topics.speed"
    lists: Lists = {}  # empty once the rows are filled


class _Weights:
    """What each of many phrases speaks for."""

    def __init__(self, groups: Iterable[Weighted]) -> None:
        rows = [(group.weight, phrase) for group in groups for phrase in group.any]
        self._weights = [weight for weight, _ in rows]
        self._phrases = _sieve(phrase for _, phrase in rows)

    def of(self, text: str) -> float:
        """The weight of all phrases in a text."""
        possible, pattern = self._phrases.possible(text), self._phrases.pattern
        return sum(self._weights[number] for number in possible if pattern(number).search(text))


class Cues:
    """The cues, compiled on first use."""

    def __init__(self, data: CueData) -> None:
        self.data = data
        self.told = data.told
        self.unsure_told = data.unsure_told

    @cached_property
    def _request(self) -> _Weights:
        return _Weights(self.data.request)

    @cached_property
    def _sure(self) -> _Weights:
        return _Weights(group for group in self.data.other if group.weight >= _SURE)

    @cached_property
    def _moods(self) -> _Weights:
        return _Weights(group for group in self.data.other if group.weight < _SURE)

    @cached_property
    def _steps(self) -> _Weights:
        return _Weights(self.data.steps)

    @cached_property
    def _questions(self) -> re.Pattern[str]:
        return _either(self.data.question)

    @cached_property
    def _quality(self) -> Sieve:
        return _sieve(self.data.quality)

    @cached_property
    def _no_steps(self) -> re.Pattern[str]:
        return _either(self.data.no_steps)

    @cached_property
    def _no_quality(self) -> re.Pattern[str]:
        return _either(self.data.no_quality)

    @cached_property
    def _writing(self) -> dict[str, re.Pattern[str]]:
        return {part: _either(patterns) for part, patterns in msgspec.structs.asdict(self.data.writing).items()}

    @cached_property
    def _prompt(self) -> Sieve:
        return _sieve(self.data.prompt_settings)

    @cached_property
    def _samplers(self) -> list[tuple[str, re.Pattern[str]]]:
        return [
            (sampler.name, re.compile(f"(?:{'|'.join(sampler.any)}){_SETTING_VALUE}", _FLAGS))
            for sampler in self.data.sampler_settings
        ]

    @cached_property
    def _sampler_defaults(self) -> Sieve:
        return _sieve(self.data.sampler_defaults)

    @cached_property
    def _topics(self) -> list[tuple[Topic, Sieve]]:
        return [(cast("Topic", name), _sieve(phrases)) for name, phrases in self.data.topics.items()]

    @cached_property
    def _plea(self) -> re.Pattern[str]:
        return _either(self.data.plea)

    @cached_property
    def _unsure(self) -> re.Pattern[str]:
        phrases = "|".join(self.data.unsure)
        return re.compile(rf"(?:{phrases}|-+|[?？.。])[\s啊呀呢吧了!！?？.。]*$", re.IGNORECASE)

    def is_unsure(self, told: str) -> bool:
        """Whether a field of a form holds nothing but that its author cannot fill it."""
        return self._unsure.match(told) is not None

    def request_weight(self, prose: str) -> float:
        """How much speaks for a request."""
        return self._request.of(prose)

    def other_weight(self, prose: str) -> float:
        """How much speaks for thanks, chat, advice or an announcement; beside a question, mere moods count half."""
        return self._sure.of(prose) + self._moods.of(prose) * (0.5 if self.asks(prose) else 1.0)

    def asks(self, prose: str) -> bool:
        """Whether a question is asked in so many words."""
        return self._questions.search(prose) is not None

    def steps_weight(self, prose: str) -> float:
        """How much speaks for something that was done; what is asked for was not."""
        return self._steps.of(self._no_steps.sub(" ", prose))

    def is_about_text(self, prose: str) -> bool:
        """Whether the text that the model writes is what is wrong."""
        own = self._no_quality.sub(" ", prose)
        return self._quality.found_in(own) or any(map(self._complains_of_text, _CLAUSES.split(own)))

    def _complains_of_text(self, clause: str) -> bool:
        parts = self._writing
        if not parts["marks"].search(clause) or parts["technical"].search(clause):
            return False
        if parts["written"].search(clause):
            return True
        return parts["writers"].search(clause) is not None and parts["acts"].search(clause) is not None

    def prompt_settings(self, text: str) -> str | None:
        """The clause that tells prompt settings: "模板是 ChatML"."""
        found = self._prompt.first(text)
        return _clause(text, found.start(), found.end()) if found else None

    def sampler_settings(self, text: str) -> str | None:
        """Every sampler told with its first value: "temperature 1.2, min-p 0.05"; or that all are as they come."""
        told = [(name, found) for name, pattern in self._samplers if (found := pattern.search(text))]
        if told:
            return ", ".join(f"{name} {float(found['value']):g}" for name, found in told)
        found = self._sampler_defaults.first(text)
        return found.group().strip() if found else None

    def topic(self, prose: str) -> Topic:
        """What kind of request it is."""
        return next((topic for topic, sieve in self._topics if sieve.found_in(prose)), "other")

    def without_plea(self, prose: str) -> str:
        """What is left of a text when pleas and empty words are gone."""
        return self._plea.sub(" ", prose)

    def is_only_plea(self, prose: str) -> bool:
        """Whether a text says nothing but that help is wanted."""
        return self.content(prose) < _LEAST_CONTENT

    def content(self, prose: str) -> float:
        """How much a text says beyond pleas, in Chinese characters; an English word counts one and a half."""
        left = self.without_plea(prose)
        chinese = len(_CHINESE.findall(left))
        latin = len(_LATIN.findall(left))
        numbered = len(_NUMBERED.findall(left))
        mixed = len(_MIXED.findall(left))
        return chinese + 1.5 * latin + max(min(numbered, 3), 1.5 * min(mixed, 2))


def load_cues(root: Path) -> Cues:
    """The cues under `root`, with those of further languages; raises DataError with all faults."""
    (data,) = load_all(root, _FILE, "cues", CueData, filled, _faults)
    return Cues(in_all_languages(root, _FILE, data, _faults))


def _faults(data: CueData) -> Iterator[Fault]:
    broken = list(_broken(data))
    yield from (Fault(_FILE, key, problem) for key, problem in broken or _disproved(data))
    for name in data.told.__struct_fields__:
        yield from cue_faults(_FILE, f"told.{name}", getattr(data.told, name))
    for text, point in data.unsure_told.examples.items():
        if list(data.unsure_told.points_in(text)) != [point]:
            yield Fault(_FILE, "unsure_told.examples", f"{text!r} must mean {point!r} alone")


def _broken(data: CueData) -> Iterator[tuple[str, str]]:
    for key, patterns in _patterns(data):
        for number, phrase in enumerate(patterns):
            try:
                re.compile(_pattern(phrase), _FLAGS)
            except re.error as error:
                yield f"{key}[{number}]", f"is no regular expression: {error.msg}"


def _disproved(data: CueData) -> Iterator[tuple[str, str]]:
    """Lists without proof, texts that prove them wrong, and phrases with a weight of which no text speaks."""
    lists = _lists(data)
    yield from ((f"examples.{key}", "is no list of phrases") for key in data.examples.keys() - lists.keys())
    for key, phrases in lists.items():
        if key in data.examples:
            yield from _wrong_proofs(f"examples.{key}", _sieve(phrases), data.examples[key])
        elif phrases:
            yield f"examples.{key}", "is missing; give texts that hold one of its phrases as found_in"
    for key, group in _weighted(data):
        rows = _sieve(group.any)
        yield from _wrong_proofs(key, rows, group)
        for number in range(len(rows)):
            if not any(map(rows.pattern(number).search, group.found_in)):
                yield f"{key}.any[{number}]", "stands in none of the texts in found_in; add one"


def _wrong_proofs(key: str, rows: Sieve, proof: Proof | Weighted) -> Iterator[tuple[str, str]]:
    return ((f"{key}.{place}", problem) for place, problem in disproved(rows, proof.found_in, proof.not_in))


def _lists(data: CueData) -> dict[str, Phrases]:
    """The lists of phrases that are proved under `examples`, by their keys."""
    samplers = tuple(name for sampler in data.sampler_settings for name in sampler.any)
    return {
        "plea": data.plea, "question": data.question, "quality": data.quality, "no_quality": data.no_quality,
        "no_steps": data.no_steps, "unsure": data.unsure, "prompt_settings": data.prompt_settings,
        "sampler_defaults": data.sampler_defaults, "sampler_settings": samplers,
        **{f"writing.{part}": phrases for part, phrases in msgspec.structs.asdict(data.writing).items()},
        **{f"topics.{name}": phrases for name, phrases in data.topics.items()},
    }  # fmt: skip


def _weighted(data: CueData) -> Iterator[tuple[str, Weighted]]:
    for key, groups in (("request", data.request), ("other", data.other), ("steps", data.steps)):
        yield from ((f"{key}[{number}]", group) for number, group in enumerate(groups))


def _patterns(data: CueData) -> Iterator[tuple[str, Phrases]]:
    """All lists of phrases, each with its key."""
    yield from _lists(data).items()
    yield from ((f"{key}.any", group.any) for key, group in _weighted(data))


def _pattern(phrase: str | Together) -> str:
    return phrase if isinstance(phrase, str) else phrase.pattern


def _sieve(phrases: Iterable[str | Together]) -> Sieve:
    return Sieve(map(_pattern, phrases), _FLAGS)


def _either(phrases: Iterable[str | Together]) -> re.Pattern[str]:
    return re.compile(either(map(_pattern, phrases)), _FLAGS)


def _clause(text: str, start: int, end: int) -> str:
    """The text from `start` to the end of the clause that `end` stands in."""
    rest = text[end : start + _LONGEST_CLAUSE]
    stop = _CLAUSE_END.search(rest)
    return text[start : end + (stop.start() if stop else len(rest))].strip()
