"""Facts out of a log: which system, loader, model, card, memory and settings it speaks of, and in which line."""

from __future__ import annotations  # names of models are imported only when a log names one

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from bot.base.literals import Literals
from bot.hardware.card_mentions import CardNames
from bot.intake.facts import Fact, Facts
from bot.intake.lines import Line
from bot.intake.log_rules import Rule
from bot.intake.vocabulary import Names, Program, leading_program

if TYPE_CHECKING:
    from bot.models.name_index import ModelNames

_HITS = 12  # lines looked at closely per anchor; what is printed more often repeats itself
_MOST_CARDS = 16
_FACT_OF = {"loader": "loader", "library": "loader", "frontend": "frontend"}  # by a program's kind
_LONG = 500  # lines from which on repetitions are worth looking for
_DIGITS = b"0123456789"


class _Log:
    """The lines as one text, so that literal anchors are found at the speed of `str.find`."""

    def __init__(self, lines: Sequence[Line], marks: Literals) -> None:
        """`marks`: all texts that it is asked for."""
        lines = _without_repeats(lines)
        self.lines = lines
        self.starts: list[int] = []
        position = 0
        for line in lines:
            self.starts.append(position)
            position += len(line.text) + 1
        self._places = marks.standing_in("\n".join([line.text for line in lines]))

    def may_hold(self, marks: Iterable[str]) -> bool:
        """Whether one of these texts may stand there; False is sure."""
        return any(map(self._places.__contains__, marks))

    def first(self, marks: Iterable[str]) -> int | None:
        """Where the first of these texts begins; None without any."""
        return min((self._places[mark][0] for mark in marks if mark in self._places), default=None)

    def line_at(self, position: int) -> int:
        return bisect_right(self.starts, position) - 1

    def indexes_with(self, anchor: str, *, backwards: bool = False) -> Iterator[int]:
        """Indexes of lines that contain `anchor`, at most `_HITS`."""
        places = self._places.get(anchor, ())
        lines = dict.fromkeys(map(self.line_at, reversed(places) if backwards else places))
        return islice(lines, _HITS)


def _without_repeats(lines: Sequence[Line]) -> Sequence[Line]:
    """A long log without the middle of what it prints again and again with other numbers."""
    if len(lines) < _LONG:
        return lines
    seen: Counter[bytes] = Counter()
    # In bytes and all at once: translating other letters than ASCII takes twenty times as long.
    whole = "\n".join([line.text for line in lines]).encode("utf-8", "surrogatepass")
    shapes = whole.translate(None, _DIGITS).split(b"\n")
    totals = Counter(shapes)
    kept = []
    for line, shape in zip(lines, shapes, strict=True):
        seen[shape] += 1
        if seen[shape] <= _HITS or seen[shape] == totals[shape]:
            kept.append(line)
    return kept


@dataclass(frozen=True)
class FactReader:
    """Reads facts by one folder's names of programs and of models; the latter load only when a log names a model."""

    vocabulary: Names
    models: Callable[[], ModelNames]
    cards: CardNames
    rules: Sequence[Rule]

    def read(self, lines: Sequence[Line]) -> Facts:
        """Everything that the lines tell. Linear in their length; never raises."""
        if not lines:
            return Facts()
        log = _Log(lines, self._marks)
        known: dict[str, Any] = {}
        for rule in self.rules:
            if rule.fact not in known and log.may_hold(rule.anchors) and (facts := self._found(rule, log)):
                known[rule.fact] = facts if rule.fact == "gpus" else facts[0]
        known.update(_speaking(lines, self.vocabulary))
        known.update(_programs(log, self.vocabulary))
        known["packaging"] = tuple(_packaging(log, self.vocabulary))
        _add_model(known, self.models)
        known["makers"] = tuple(self._makers(known.get("gpus", ())))
        return Facts(**known)

    @cached_property
    def _marks(self) -> Literals:
        """The anchors of all rules, and the traces of programs and of ways to package them."""
        named = self.vocabulary.vocabulary
        texts = [rule.anchors for rule in self.rules]
        texts += [program.traces for program in named.programs]
        texts += [way.traces for way in named.packaging]
        return Literals(chain.from_iterable(texts))

    def _makers(self, cards: Iterable[Fact[str]]) -> Iterator[Fact[str]]:
        return (Fact(maker, card.line) for card in cards if (maker := self.cards.maker(card.value)))

    def _found(self, rule: Rule, log: _Log) -> tuple[Fact[Any], ...]:
        facts = _apply(rule, log)
        return tuple(self._cards(facts)) if rule.fact == "gpus" else facts

    def _cards(self, printed: Iterable[Fact[str]]) -> Iterator[Fact[str]]:
        """Cards in the short spelling; what has no number is none."""
        for fact in printed:
            name = self.cards.name(fact.value)
            if any(map(str.isdigit, name)):
                yield replace(fact, value=name)


def _apply(rule: Rule, log: _Log) -> tuple[Fact[Any], ...]:
    """What one rule finds: the first fact, the last one, or all of them in order, each card once a line."""
    backwards = rule.pick == "last"
    indexes = {index for anchor in rule.anchors for index in log.indexes_with(anchor, backwards=backwards)}
    facts: list[Fact[Any]] = []
    for index in sorted(indexes, reverse=backwards):
        line = log.lines[index]
        for found in rule.pattern.finditer(line.text[:2000]):
            value = rule.value(found)
            if value is None:
                continue
            facts.append(Fact(value, line.number))
            if rule.pick != "all":
                return tuple(facts)
    return _different_cards(facts)


def _different_cards(facts: Sequence[Fact[Any]]) -> tuple[Fact[Any], ...]:
    """The same list is often printed again: what repeats the beginning is dropped, equal neighbours are not."""
    values = [fact.value for fact in facts]
    for length in range(1, len(values) // 2 + 1):
        if len(set(values)) > 1 and values[:length] == values[length : 2 * length]:
            return tuple(facts[:length])
    return tuple(facts[:_MOST_CARDS])


def _programs(log: _Log, vocabulary: Names) -> dict[str, Any]:
    """The loader and the front end that left their traces."""
    seen: dict[str, tuple[Program, int]] = {}
    for program in vocabulary.vocabulary.programs:
        first = log.first(program.traces)
        if first is not None:
            seen[program.name] = (program, first)
    in_order = sorted(seen.values(), key=lambda entry: entry[1])
    known: dict[str, Any] = {}
    for fact in dict.fromkeys(_FACT_OF.values()):
        if leading := leading_program(program for program, _ in in_order if _FACT_OF.get(program.kind) == fact):
            known[fact] = Fact(leading.name, log.lines[log.line_at(seen[leading.name][1])].number)
    return known


def _speaking(lines: Iterable[Line], vocabulary: Names) -> dict[str, Any]:
    """The loader and the front end after which a container, a service or the folder of a prompt is called."""
    sources: dict[str, int] = {}
    for line in lines:
        if line.source:
            sources.setdefault(line.source, line.number)
    known: dict[str, Any] = {}
    for source, number in sources.items():
        for mention in vocabulary.programs_written_in(source):
            fact = _FACT_OF.get(mention.program.kind)
            if fact and not mention.weak:
                known.setdefault(fact, Fact(mention.program.name, number))
    return known


def _packaging(log: _Log, vocabulary: Names) -> Iterator[Fact[str]]:
    """How the program came onto the machine, by the traces that this leaves in paths and prompts."""
    for way in vocabulary.vocabulary.packaging:
        first = log.first(way.traces)
        if first is not None:
            yield Fact(way.name, log.lines[log.line_at(first)].number)


def _add_model(known: dict[str, Any], models: Callable[[], ModelNames]) -> None:
    """The model's name and quantization from the file or repository that was printed."""
    file: Fact[str] | None = known.get("model_file")
    if file is None:
        return
    from bot.models.names import parse_name  # imported only when a log names a model

    name = parse_name(file.value, models())
    if name.told:
        known["model"] = Fact(name.told, file.line)
    if name.quant_told and ("quant" not in known or name.quant_told.startswith("UD-")):
        known["quant"] = Fact(name.quant or name.quant_told, file.line)
    if name.bpw:
        known["quant"] = Fact(f"{name.bpw:g}bpw", file.line)
