"""Counting the knowledge and finding entries in it by words, in either language."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

import msgspec

from bot.diagnosis.words import fold, words
from bot.knowledge.failures import Failure, FailureClass
from bot.knowledge.messages import read_messages
from bot.workshop.harvest.ledger import Counts, read_ledgers


class ProgramMessages(msgspec.Struct, frozen=True):
    """What a program can print, as last harvested, and how many light messages the knowledge has of it."""

    program: str
    version: str
    messages: int
    dismissed: int
    reachable: int
    answered: int
    open: int
    light: int


class Statistics(msgspec.Struct, frozen=True):
    """How much the knowledge holds. `checked` counts sources by the month in which they were last read."""

    entries: int
    symptoms: int
    signatures: int
    examples: int
    near_misses: int
    by_area: dict[str, int]
    by_class: dict[str, int]
    by_component: dict[str, int]
    checked: dict[str, int]
    classes_without_entry: tuple[str, ...]
    characters: dict[str, int]  # of what readers see, by language
    messages: tuple[ProgramMessages, ...] = ()


def messages_by_program(root: Path) -> tuple[ProgramMessages, ...]:
    """Every program with a ledger or with light messages, those with most messages first."""
    light = Counter(
        {each.program: sum(len(group.texts) for group in each.messages) for _, each in read_messages(root).items}
    )
    ledgers = {ledger.program: ledger.counted for ledger in read_ledgers(root)}
    programs = [_program_messages(name, ledgers.get(name), light[name]) for name in {*light, *ledgers}]
    return tuple(sorted(programs, key=lambda each: (-each.messages, each.program)))


def _program_messages(program: str, counted: Counts | None, light: int) -> ProgramMessages:
    counts = counted or Counts("", 0, 0, 0, 0)
    return ProgramMessages(
        program,
        counts.version,
        counts.messages,
        counts.dismissed,
        counts.reachable,
        counts.answered,
        counts.open,
        light,
    )


def statistics(
    items: Sequence[tuple[str, Failure]], classes: Iterable[FailureClass], messages: tuple[ProgramMessages, ...] = ()
) -> Statistics:
    """The numbers of all entries (file, entry)."""
    entries = [entry for _, entry in items]
    by_class = Counter(entry.failure_class for entry in entries)
    return Statistics(
        entries=len(entries),
        symptoms=sum(entry.kind == "symptom" for entry in entries),
        signatures=_many("signatures", entries),
        examples=_many("examples", entries),
        near_misses=_many("near_misses", entries),
        by_area=_ordered(Counter(file.split("/")[1] for file, _ in items)),
        by_class=_ordered(by_class),
        by_component=_ordered(Counter(chain.from_iterable(entry.components or ("any",) for entry in entries))),
        checked=_by_month(entries),
        classes_without_entry=tuple(each.name for each in classes if not by_class[each.name]),
        characters={"en": sum(map(_length_en, entries)), "zh": sum(map(_length_zh, entries))},
        messages=messages,
    )


def _many(what: str, entries: Iterable[Failure]) -> int:
    """How many examples, signatures and so on all entries have."""
    return sum(len(getattr(entry, what)) for entry in entries)


def _by_month(entries: Iterable[Failure]) -> dict[str, int]:
    """Sources by the month in which they were last read, the oldest first."""
    return dict(sorted(Counter(source.checked for entry in entries for source in entry.sources).items()))


def search(entries: Iterable[Failure], query: str, most: int = 10) -> list[Failure]:
    """The entries whose id, class, title, cause or signatures hold the query's words, best first."""
    wanted = set(words(fold(query)))
    scored = [(_relevance(entry, wanted), entry) for entry in entries]
    best = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].id))
    return [entry for _, entry in best[:most]]


# Where a word of the query is found counts for how much it says about the entry.
_PLACES = ((8, ("id", "failure_class")), (5, ("title",)), (2, ("cause",)), (1, ("signatures",)))


def _relevance(entry: Failure, wanted: set[str]) -> float:
    found: dict[str, int] = {}
    for weight, places in _PLACES:
        for word in wanted & set(words(fold(" ".join(_text(entry, place) for place in places)))):
            found.setdefault(word, weight)
    return sum(found.values()) * len(found) / len(wanted) if wanted else 0.0


def _text(entry: Failure, place: str) -> str:
    match place:
        case "id" | "failure_class":
            return str(getattr(entry, place)).replace("-", " ")
        case "signatures":
            return " ".join(signature.text for signature in entry.signatures)
    text = getattr(entry, place)
    return f"{text.en} {text.zh}"


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _length_en(entry: Failure) -> int:
    return len(entry.title.en) + len(entry.cause.en) + sum(len(step.text.en) for step in entry.steps)


def _length_zh(entry: Failure) -> int:
    return len(entry.title.zh) + len(entry.cause.zh) + sum(len(step.text.zh) for step in entry.steps)
