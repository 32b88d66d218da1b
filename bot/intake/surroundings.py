"""Facts that somebody tells in words beside a log, and what only the whole shows: rights, region, "it ran before".

What a log prints is read in `read_facts`; it goes before what is told.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate, chain
from pathlib import Path

import msgspec

from bot.base import sieve
from bot.base.late import late
from bot.base.sieve import Sieve, Words
from bot.hardware.card_mentions import CardNames
from bot.hardware.cards import Card
from bot.intake.facts import Fact, Facts
from bot.intake.good_versions import GoodVersions, Spoken
from bot.intake.lines import Line
from bot.intake.vocabulary import Names, leading_program
from bot.knowledge.cache import cached_of
from bot.knowledge.failures import Packaging
from bot.knowledge.files import Fault, files_matching, load_all
from bot.knowledge.word_lists import Lists, filled

_FILE = "circumstances.yaml"
AROUND = 40  # lines at the beginning and at the end where people write themselves
_LONGEST = 400  # characters of a line that is read as somebody's words
_LEAST_CHINESE = 5  # characters from which on somebody writes Chinese
_CJK = late("[\u3400-\u9fff]")
_WINDOWS_PROMPT = late(r"^(?:\([\w.-]{1,40}\) ?)?(?:PS )?[A-Za-z]:\\[^>\n|]{0,160}>", re.MULTILINE)
_PROMPTS_WITHIN = 20_000  # characters from the beginning
_NEAR, _BEHIND = 24, 40  # characters before and behind an update that say what was updated
_SENTENCES = late(r"[。！？；，\n?!;]|\.\s|,(?=\s?[\u3400-\u9fff])")
_CLAUSE_END = late(r"[.:;,!?](?=\s)|[，。：；！？\n]")  # a system named in another clause was not updated
_FLAGS = re.IGNORECASE | re.ASCII
# What `completed` takes from words where the log is silent.
_TOLD = (
    "system", "loader", "gpus", "packaging", "rights", "region", "worked_before", "generations", "gfx",
)  # fmt: skip


class Before(msgspec.Struct, frozen=True):
    """Patterns of "it worked before"; see the file."""

    version: tuple[str, ...]
    update: tuple[str, ...]
    before: tuple[str, ...]
    driver: tuple[str, ...]
    kernel: tuple[str, ...]
    systems: tuple[str, ...]
    others: tuple[str, ...]


class CircumstanceData(msgspec.Struct, frozen=True):
    """The whole file."""

    rights: dict[str, tuple[str, ...]]
    regions: dict[str, tuple[str, ...]]
    packaging: dict[Packaging, tuple[str, ...]]
    prompts: dict[Packaging, tuple[str, ...]]  # pieces of prompts, which are cut off before lines are read
    before: Before
    spoken: Spoken
    lists: Lists = {}  # empty once the rows are filled


class _Own:
    """Lines in somebody's own words, and all of them as one text: what that cannot hold no line is asked for."""

    def __init__(self, lines: Sequence[tuple[Line, str]]) -> None:
        self.lines = lines
        self._whole = "\n".join(said for _, said in lines)

    def that_may(self, sieve: Sieve) -> Sequence[tuple[Line, str]]:
        """The lines in which a sieve may find something."""
        return self.at(sieve.places)

    def at(self, places_in: Callable[[str], Iterable[int] | None]) -> Sequence[tuple[Line, str]]:
        """The lines that hold the places of a text at which there may be something; all where these are not known."""
        places = places_in(self._whole) if self.lines else ()
        if places is None:
            return self.lines
        ends = list(accumulate(len(said) + 1 for _, said in self.lines))
        return [self.lines[at] for at in sorted({bisect_right(ends, place) for place in places})]

    def if_any(self, may_hold: Callable[[str], bool]) -> Sequence[tuple[Line, str]]:
        """All lines, or none where together they cannot hold what is looked for."""
        return self.lines if self.lines and may_hold(self._whole) else ()


@dataclass(frozen=True)
class Surroundings:
    """Reads them by one folder's words. Build once, share freely."""

    data: CircumstanceData
    names: Names
    cards: CardNames
    needs: Mapping[str, Words] = field(default_factory=dict)  # see Sieve

    def read(self, text: str, words: Sequence[Line]) -> Facts:
        """What a `text` and `words`, its lines that are somebody's own, tell. Never raises."""
        near = words if len(words) <= 2 * AROUND else [*words[:AROUND], *words[-AROUND:]]
        own = _Own([(line, line.text[:_LONGEST]) for line in near])
        return Facts(
            system=_first(own.at(self.names.places_of_systems), self._system) or _prompted(text),
            loader=self._loader(own.at(self.names.places_of_programs)),
            packaging=tuple(self._packaging(own.that_may(self._packaging_patterns), text)),
            gpus=tuple(self._gpus(own.if_any(self.cards.may_be_in))),
            rights=_traced(text, self.data.rights.items()),
            region=_traced(text, self.data.regions.items()) or _first(own.lines, _chinese),
            worked_before=self._worked_before(own),
        )

    def _gpus(self, own: Iterable[tuple[Line, str]]) -> Iterator[Fact[str]]:
        """The cards that are named, as often as in the sentence that names each most often: who speaks of one again
        has no second.
        """
        found: dict[str, list[Fact[str]]] = {}
        for line, said in own:
            for sentence in _SENTENCES.split(said):
                named: dict[str, list[Fact[str]]] = {}
                for card in self.cards.found_in(sentence):
                    named.setdefault(card.name, []).append(Fact(card.name, line.number))
                found.update({name: facts for name, facts in named.items() if len(facts) > len(found.get(name, ()))})
        return chain.from_iterable(found.values())

    def _system(self, text: str) -> str | None:
        return next((mention.title for mention in self.names.systems_in(text)), None)

    def _loader(self, own: Iterable[tuple[Line, str]]) -> Fact[str] | None:
        """The program that runs the model among those named for sure."""
        named = {
            mention.program.name: (mention.program, line.number)
            for line, text in reversed(list(own))
            for mention in reversed(self.names.programs_written_in(text))
            if mention.program.kind == "loader" and not mention.weak
        }
        leading = leading_program(program for program, _ in reversed(list(named.values())))
        return Fact(leading.name, named[leading.name][1]) if leading else None

    def _packaging_lines(self, own: Sequence[tuple[Line, str]]) -> dict[int, int]:
        """For each pattern of a way of packaging that is found: the number of its first line."""
        found: dict[int, int] = {}
        for line, text in own:
            for number in self._packaging_patterns.possible(text):
                if number not in found and self._packaging_patterns.pattern(number).search(text):
                    found[number] = line.number
        return found

    def _packaging(self, own: Sequence[tuple[Line, str]], text: str) -> Iterator[Fact[str]]:
        found = self._packaging_lines(own)
        prompted = _traced(text[:_PROMPTS_WITHIN], self.data.prompts.items())
        ways = [way for way, patterns in self.data.packaging.items() for _ in patterns]
        for way in self.data.packaging:
            if lines := [line for number, line in found.items() if ways[number] == way]:
                yield Fact(way, min(lines))
            elif prompted and prompted.value == way:
                yield prompted

    def _worked_before(self, own: "_Own") -> Fact[str] | None:
        """The version that worked, "driver", "kernel", "update", "system" or "before": what says most goes first, but
        the numbers beside a kernel are not the program's.
        """
        before = self._before
        return (
            _first(own.that_may(before["kernel"]), lambda text: self._said("kernel", text))
            or _first(own.lines, self._good_versions.first)
            or _first(own.that_may(self._versions), self._good_version)
            or _first(own.that_may(before["driver"]), lambda text: self._said("driver", text))
            or _first(own.that_may(before["update"]), self._by_update)
            or _first(own.that_may(before["before"]), lambda text: self._said("before", text))
        )

    def _good_version(self, text: str) -> str | None:
        """The version that worked by a pattern of its own, where it is not another tool's."""
        found = self._versions.first(text)
        return found["version"] if found and self._good_versions.may_be_the_programs(text, found) else None

    def _said(self, way: str, text: str) -> str | None:
        return way if self._before[way].found_in(text) else None

    def _by_update(self, text: str) -> str | None:
        found = self._before["update"].earliest(text)
        if found is None:
            return None
        before = _CLAUSE_END.split(text[max(0, found.start() - _NEAR) : found.start()])[-1]
        behind = _CLAUSE_END.split(text[found.end() : found.end() + _BEHIND])[0]
        around = f"{before}{found.group()}{behind}"
        if self._before["systems"].found_in(around):
            return "system"
        return "before" if self._before["others"].found_in(around) else "update"

    @cached_property
    def _good_versions(self) -> GoodVersions:
        return GoodVersions(self.data.spoken)

    @cached_property
    def _versions(self) -> Sieve:
        return Sieve(self.data.before.version, _FLAGS, self.needs)

    @cached_property
    def _before(self) -> dict[str, Sieve]:
        return {
            name: Sieve(getattr(self.data.before, name), _FLAGS, self.needs)
            for name in ("update", "before", "driver", "kernel", "systems", "others")
        }

    @cached_property
    def _packaging_patterns(self) -> Sieve:
        patterns = (pattern for patterns in self.data.packaging.values() for pattern in patterns)
        return Sieve(patterns, _FLAGS, self.needs)


def completed(facts: Facts, told: Facts, cards: CardNames) -> Facts:
    """The facts of a log, what was told where it is silent, and what kind the cards are."""
    missing = {name: value for name in _TOLD if (value := getattr(told, name)) and not getattr(facts, name)}
    merged = replace(facts, **missing) if missing else facts
    known = [(fact, card) for fact in merged.gpus if (card := cards.card(fact.value))]
    kinds = tuple(Fact(card.architecture, fact.line) for fact, card in known)
    chip = merged.gfx or _chip(merged.gpus, known)
    return with_makers(replace(merged, generations=merged.generations or kinds, gfx=chip), cards)


def _chip(gpus: Iterable[Fact[str]], known: Iterable[tuple[Fact[str], Card]]) -> Fact[str] | None:
    """AMD's name of the chip (gfx1100): as it was printed, else that of a card that is known."""
    printed = (fact for fact in gpus if fact.value.startswith("gfx"))
    of_cards = (Fact(card.gfx, fact.line) for fact, card in known if card.gfx)
    return next(chain(printed, of_cards), None)


def with_makers(facts: Facts, cards: CardNames) -> Facts:
    """The same with who made the cards."""
    made = ((_maker(fact.value, cards), fact.line) for fact in facts.gpus)
    return replace(facts, makers=tuple(Fact(maker, line) for maker, line in made if maker))


def _maker(name: str, cards: CardNames) -> str | None:
    """Who made a card: by its name, else by the list it stands in (a "Ryzen AI Max+ 395" names nobody)."""
    if (maker := cards.maker(name)) is not None:
        return maker
    card = cards.card(name)
    return card.vendor if card is not None else None


def load_circumstances(root: Path) -> CircumstanceData:
    """The words under `root`; raises DataError with all faults."""
    return load_all(root, _FILE, "circumstances", CircumstanceData, filled, _faults)[0]


def kept_needs(root: Path, data: CircumstanceData) -> Mapping[str, Words]:
    """What each pattern of `data`, the circumstances under `root`, finds nothing without; kept between runs."""
    before = chain.from_iterable(msgspec.structs.asdict(data.before).values())
    patterns = (*before, *chain.from_iterable(data.packaging.values()))
    files = [*files_matching(root, _FILE), Path(sieve.__file__), Path(__file__)]

    def build() -> dict[str, Words]:
        return {pattern: sieve.needed(pattern, _FLAGS) for pattern in patterns}

    return cached_of(root, "needs of circumstances", files, dict[str, Words], build)


def _faults(data: CircumstanceData) -> Iterator[Fault]:
    lists = {f"before.{key}": patterns for key, patterns in msgspec.structs.asdict(data.before).items()}
    lists |= {f"spoken.{key}": patterns for key, patterns in msgspec.structs.asdict(data.spoken).items()}
    lists |= {f"packaging.{name}": patterns for name, patterns in data.packaging.items()}
    for key, patterns in lists.items():
        for number, pattern in enumerate(patterns):
            try:
                compiled = re.compile(pattern, _FLAGS)
            except re.error as error:
                yield Fault(_FILE, f"{key}[{number}]", f"not a regular expression: {error}")
                continue
            if key == "before.version" and "version" not in compiled.groupindex:
                yield Fault(_FILE, f"{key}[{number}]", "captures no (?P<version>...)")


def _traced(text: str, traces: Iterable[tuple[str, Sequence[str]]]) -> Fact[str] | None:
    """The first name one of whose literal pieces stands in a text."""
    for name, pieces in traces:
        places = [place for piece in pieces if (place := text.find(piece)) >= 0]
        if places:
            return Fact(name, text.count("\n", 0, min(places)) + 1)
    return None


def _prompted(text: str) -> Fact[str] | None:
    """Windows, by the prompt before what was typed: that is cut off before lines are read."""
    found = _WINDOWS_PROMPT.search(text, 0, _PROMPTS_WITHIN) if ":\\" in text else None
    return Fact("Windows", text.count("\n", 0, found.start()) + 1) if found else None


def _first(own: Iterable[tuple[Line, str]], read: Callable[[str], str | None]) -> Fact[str] | None:
    return next((Fact(value, line.number) for line, text in own if (value := read(text))), None)


def _chinese(text: str) -> str | None:
    return "china" if len(_CJK.findall(text)) >= _LEAST_CHINESE else None
