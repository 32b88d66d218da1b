"""The whole check of a knowledge folder: every fault of every file, and what one entry breaks elsewhere."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.clinic.parts import Parts
from bot.diagnosis.complaint import load_complaints
from bot.diagnosis.diagnoser import Diagnoser
from bot.hardware.cards import load_cards
from bot.hardware.machines import load_machine_words
from bot.intake.cues import load_cues
from bot.intake.line_kinds import load_line_kinds
from bot.intake.links import load_sites
from bot.intake.log_rules import load_log_rules
from bot.intake.signs import load_signs
from bot.intake.surroundings import load_circumstances
from bot.intake.template import load_template
from bot.intake.turning import load_turns
from bot.intake.vocabulary import load_vocabulary
from bot.knowledge.advice import load_advice
from bot.knowledge.architectures import load_architectures
from bot.knowledge.asking import load_asking
from bot.knowledge.effects import load_effects
from bot.knowledge.errands import load_errands
from bot.knowledge.failures import Failure
from bot.knowledge.files import DataError, Fault, Loaded
from bot.knowledge.first_aid import load_first_aid
from bot.knowledge.known_faults import load_known_faults
from bot.knowledge.load import load_classes, read_failures
from bot.knowledge.messages import Messages, read_messages
from bot.knowledge.options import load_options
from bot.knowledge.reasons import Reasons, read_reasons
from bot.knowledge.reference import load_terms, reference_faults
from bot.knowledge.samplers import load_samplers
from bot.knowledge.sayings import load_sayings
from bot.knowledge.secrets import load_rotations
from bot.knowledge.subjects import load_subjects
from bot.knowledge.talk import load_talk
from bot.knowledge.told import load_told
from bot.knowledge.translations import load_translations
from bot.models.catalog import load_catalog
from bot.models.families import load_families
from bot.models.recommended import recommendation_faults
from bot.workshop.cure_faults import cure_faults, danger_faults, locale_faults, menu_faults, read_locale
from bot.workshop.harvest.ledger import read_ledgers
from bot.workshop.naming import Naming, area_faults
from bot.workshop.proof import check_entries, check_messages, check_reasons

_LOADS: tuple[Callable[[Path], Any], ...] = (
    load_vocabulary,
    load_cues,
    load_complaints,
    load_line_kinds,
    load_options,
    load_log_rules,
    load_template,
    load_families,
    load_catalog,
    load_cards,
    load_machine_words,
    load_signs,
    load_advice,
    load_effects,
    load_errands,
    load_first_aid,
    load_known_faults,
    load_subjects,
    load_talk,
    load_told,
    load_translations,
    load_architectures,
    load_asking,
    load_circumstances,
    load_turns,
    load_samplers,
    load_sayings,
    load_rotations,
    load_sites,
    read_ledgers,
)


@dataclass(frozen=True, slots=True)
class Report:
    """The faults in the files asked for, and those elsewhere that would not be there without them."""

    own: tuple[Fault, ...]
    elsewhere: tuple[Fault, ...] = ()

    @property
    def all(self) -> tuple[Fault, ...]:
        """Both, the own ones first."""
        return (*self.own, *self.elsewhere)


class Check:
    """One folder, checked once. `locale`: SillyTavern's own names in Chinese (zh-cn.json of an installation), with
    which those in the texts are compared.
    """

    def __init__(self, root: Path, locale: Path | None = None) -> None:
        self.root = root
        self._locale = locale
        self._parts = Parts(root)

    @property
    def entries(self) -> int:
        """How many sound entries there are."""
        return len(self._loaded.items)

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """Every fault, by file. Data that nothing can be proved with is a fault too."""
        groups: tuple[Callable[[], Iterable[Fault]], ...] = (
            lambda: self._loaded.faults,
            lambda: self._proved(self._diagnoser()),
            self._said,
            lambda: _other_faults(self.root),
        )
        found = [fault for group in groups for fault in _all_of(group)]
        return tuple(sorted(dict.fromkeys(found), key=lambda fault: (fault.file, fault.key)))

    def report(self, only: Sequence[str] = ()) -> Report:
        """What to tell of the files whose names hold one of `only`; of all files without."""
        if not only:
            return Report(self.faults)
        own = tuple(fault for fault in self.faults if _is_of(fault.file, only))
        others = [fault for fault in self.faults if not _is_of(fault.file, only)]
        return Report(own, tuple(self._caused(others, only)) if others else ())

    def _caused(self, faults: Sequence[Fault], only: Sequence[str]) -> Iterator[Fault]:
        """Those that name one of the entries, or are gone where the entries are not there."""
        ids = [entry.id for file, entry in self._loaded.items if _is_of(file, only)]
        if not ids:
            return
        named = re.compile("|".join(rf"(?<![\w-]){re.escape(id_)}(?![\w-])" for id_ in ids))
        files = {fault.file for fault in faults}
        gone = _places(self._proved(self._diagnoser(), files)) - _places(self._proved(self._diagnoser(ids), files))
        yield from (fault for fault in faults if named.search(fault.problem) or _place(fault) in gone)

    @cached_property
    def _loaded(self) -> Loaded[Failure]:
        return read_failures(self.root)

    @cached_property
    def _messages(self) -> tuple[tuple[str, Messages], ...]:
        return read_messages(self.root).items

    @cached_property
    def _reasons(self) -> tuple[tuple[str, Reasons], ...]:
        return read_reasons(self.root).items

    def _diagnoser(self, without: Iterable[str] = ()) -> Diagnoser:
        left_out = set(without)
        parts = self._parts
        entries = [entry for _, entry in self._loaded.items if entry.id not in left_out]
        return Diagnoser(
            entries, parts.field, parts=parts.vocabulary.parts, complaints=parts.complaints, tables=parts.options
        )

    def _proved(self, diagnoser: Diagnoser, files: Iterable[str] | None = None) -> Iterator[Fault]:
        """What running the examples shows, of some files or of all."""
        chosen = None if files is None else set(files)
        yield from check_entries(_of(self._loaded.items, chosen), diagnoser)
        yield from check_messages(_of(self._messages, chosen), diagnoser, self._parts.facts)
        yield from check_reasons(_of(self._reasons, chosen), diagnoser)

    def _said(self) -> Iterator[Fault]:
        """Names that nobody knows, and cures that cannot be followed."""
        vocabulary = load_vocabulary(self.root)
        yield from cure_faults(self._loaded.items, self._parts.vocabulary.loaders)
        yield from menu_faults(self.root)
        if self._locale is not None:
            yield from locale_faults(self.root, "SillyTavern", read_locale(self._locale))
        yield from danger_faults(self.root)
        yield from self._names(Naming(vocabulary))

    def _names(self, naming: Naming) -> Iterator[Fault]:
        brought = {text.text for _, file in self._messages for group in file.messages for text in group.texts}
        yield from naming.of_entries(self._loaded.items, brought)
        yield from naming.of_messages(self._messages)
        yield from naming.of_reasons(self._reasons)
        yield from naming.of_terms("glossary.yaml", load_terms(self.root))
        yield from area_faults(load_classes(self.root))


def _all_of(group: Callable[[], Iterable[Fault]]) -> list[Fault]:
    """What a group of checks finds; where it cannot be made, why."""
    try:
        return list(group())
    except DataError as error:
        return list(error.faults)


def _of(items: Sequence[tuple[str, Any]], files: set[str] | None) -> list[tuple[str, Any]]:
    return [(file, item) for file, item in items if files is None or file in files]


def _place(fault: Fault) -> tuple[str, str]:
    return fault.file, fault.key


def _places(faults: Iterable[Fault]) -> set[tuple[str, str]]:
    return set(map(_place, faults))


def _is_of(file: str, only: Iterable[str]) -> bool:
    return any(part in file for part in only)


def _other_faults(root: Path) -> Iterator[Fault]:
    """Faults of the data that is not failures: vocabulary, models, cards, template, reference."""
    yield from reference_faults(root)
    for load in _LOADS:
        try:
            load(root)
        except DataError as error:
            yield from error.faults
    try:
        yield from recommendation_faults(root, load_catalog(root))
    except DataError as error:
        yield from error.faults
