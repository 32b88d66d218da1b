"""What a clinic works with: every part of one knowledge folder, read on first use: a command pays only for its own.

Parts are only read, never changed: they may be shared between threads; changed knowledge makes a new clinic.
"""

from __future__ import annotations  # types of parts that are imported only when they are used

from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.base.late import late
from bot.knowledge.files import digest_of, knowledge_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.answers.aspects import Topic
    from bot.clinic.screening import Screen
    from bot.diagnosis.complaint import Complaints
    from bot.diagnosis.diagnoser import Diagnoser
    from bot.diagnosis.landmarks import Landmarks
    from bot.diagnosis.subjects import SubjectReader
    from bot.diagnosis.wants import Wants
    from bot.hardware.cards import CardIndex
    from bot.hardware.told import MachineReader
    from bot.intake.line_kinds import LineKinds
    from bot.intake.links import PasteSites
    from bot.intake.posts import PostReader
    from bot.intake.read_facts import FactReader
    from bot.intake.request import RequestReader
    from bot.intake.signs import Signs
    from bot.intake.surroundings import Surroundings
    from bot.intake.template import Template
    from bot.intake.turning import Turns
    from bot.intake.vocabulary import Names
    from bot.knowledge.advice import Advice
    from bot.knowledge.asking import Asking, Wordings
    from bot.knowledge.effects import Effect
    from bot.knowledge.failures import Failure, FieldWords, Spell
    from bot.knowledge.first_aid import FirstAid
    from bot.knowledge.known_faults import KnownFault
    from bot.knowledge.lookup import Lookup
    from bot.knowledge.nearness import Nearness
    from bot.knowledge.options import OptionTable
    from bot.knowledge.reference import Condition, Format, Loader, Question, Term
    from bot.knowledge.samplers import Samplers
    from bot.knowledge.secrets import Rotation
    from bot.knowledge.translations import Translations
    from bot.knowledge.variables import Variables
    from bot.models.catalog import Catalog
    from bot.models.recommended import Recommendations

_FIGURE = late(r"\d[\d.]*[bkg]?")
_NUMBER = "0123456789.-"


class Parts:
    """The parts under `root`, the shipped knowledge where none is given. Faulty data raises DataError."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or knowledge_root()

    def load(self) -> None:
        """Reads every part now instead of on first use."""
        for name in vars(Parts):
            getattr(self, name)

    @cached_property
    def version(self) -> str:
        """A digest of all files of the knowledge; changes whenever they do."""
        return digest_of(self.root)

    @cached_property
    def translations(self) -> Translations:
        """The further languages."""
        from bot.knowledge.translations import load_translations

        return load_translations(self.root)

    @cached_property
    def failures(self) -> tuple[Failure, ...]:
        """Every failure that is known, translated."""
        from bot.knowledge.load import load_failures

        return self.translations.of(load_failures(self.root))

    @cached_property
    def failures_by_id(self) -> dict[str, Failure]:
        """The same by id."""
        return {failure.id: failure for failure in self.failures}

    @cached_property
    def diagnoser(self) -> Diagnoser:
        """What recognises failures in logs."""
        from bot.diagnosis.diagnoser import Diagnoser
        from bot.diagnosis.kept_index import kept_index
        from bot.diagnosis.reader import kept_learnt
        from bot.diagnosis.senses import shipped_senses

        failures, senses = self.failures, shipped_senses()
        return Diagnoser(
            failures,
            self.field,
            learnt=partial(kept_learnt, self.root, failures, senses),
            parts=self.vocabulary.parts,
            complaints=self.complaints,
            kinds=self.line_kinds,
            tables=self.options,
            index=kept_index(self.root, failures),
            senses=senses,
        )

    @cached_property
    def landmarks(self) -> Landmarks:
        """What tells lines apart that differ in numbers only."""
        from bot.diagnosis.landmarks import Landmarks

        return Landmarks(self.failures)

    def telling(self, text: str) -> list[tuple[int, int]]:
        """(number of a landmark, place) of all in a text."""
        return self.landmarks.places(text)

    @cached_property
    def options(self) -> tuple[OptionTable, ...]:
        """What programs can be told, for configurations that are pasted."""
        from bot.knowledge.options import load_options

        return load_options(self.root)

    @cached_property
    def complaints(self) -> Complaints:
        """How people speak of failures."""
        from bot.diagnosis.complaint import load_complaints

        return load_complaints(self.root)

    @cached_property
    def line_kinds(self) -> LineKinds:
        """What a single line of a post is."""
        from bot.intake.line_kinds import load_line_kinds

        return load_line_kinds(self.root)

    @cached_property
    def field(self) -> FieldWords:
        """What the knowledge is about."""
        from bot.knowledge.load import load_field

        return load_field(self.root)

    @cached_property
    def architectures(self) -> dict[str, tuple[Spell, ...]]:
        """Since when programs know an architecture."""
        from bot.knowledge.architectures import load_architectures

        return load_architectures(self.root)

    @cached_property
    def known_faults(self) -> tuple[KnownFault, ...]:
        """What single versions of programs are known to do wrong."""
        from bot.knowledge.known_faults import load_known_faults

        return self.translations.of(load_known_faults(self.root))

    @cached_property
    def variables(self) -> Variables:
        """What may be put into commands."""
        from bot.knowledge.variables import load_variables

        return load_variables(self.root)

    @cached_property
    def catalog(self) -> Catalog:
        """The shapes and names of models."""
        from bot.models.catalog import load_catalog

        return load_catalog(self.root)

    @cached_property
    def cards(self) -> CardIndex:
        """Graphics cards by any spelling."""
        from bot.hardware.cards import load_card_index

        return load_card_index(self.root)

    @cached_property
    def vocabulary(self) -> Names:
        """What people call programs and systems."""
        from bot.intake.vocabulary import Names, load_vocabulary

        return Names(load_vocabulary(self.root))

    @cached_property
    def facts(self) -> FactReader:
        """What reads facts out of logs."""
        from bot.hardware.card_mentions import CardNames
        from bot.intake.log_rules import load_log_rules
        from bot.intake.prints import rules_of
        from bot.intake.read_facts import FactReader

        rules = (*rules_of(self.loaders.values()), *load_log_rules(self.root))
        return FactReader(self.vocabulary, lambda: self.catalog.called, CardNames(self.cards), rules)

    @cached_property
    def surroundings(self) -> Surroundings:
        """The reader of facts told in words beside a log."""
        from bot.intake.surroundings import Surroundings, kept_needs, load_circumstances

        data = load_circumstances(self.root)
        return Surroundings(data, self.vocabulary, self.facts.cards, kept_needs(self.root, data))

    @cached_property
    def reader(self) -> RequestReader:
        """What reads requests for help."""
        from bot.intake.cues import load_cues
        from bot.intake.request import RequestReader

        return RequestReader(self.template, load_cues(self.root), self.line_kinds, self.facts)

    @cached_property
    def template(self) -> Template:
        """The question template."""
        from bot.intake.template import load_template

        return self.translations.of(load_template(self.root))

    @cached_property
    def posts(self) -> PostReader:
        """The reader of posts: topics, names and the machine they tell of."""
        from bot.diagnosis.errands import kept_errands
        from bot.intake.posts import PostReader

        return PostReader(self.reader, self.machines, self.signs, kept_errands(self.root).sign_of, self.wants.odds)

    @cached_property
    def wants(self) -> Wants:
        """Whether somebody wants something, by what sentences taught."""
        from bot.diagnosis.wants import kept_wants

        return kept_wants(self.root, self.signs)

    @cached_property
    def signs(self) -> Signs:
        """The signs of what a post is about."""
        from bot.intake.signs import load_signs

        return load_signs(self.root)

    @cached_property
    def subjects(self) -> SubjectReader:
        """What tells by its words what a post is about."""
        from bot.diagnosis.subjects import kept_subjects

        return kept_subjects(self.root, self.signs)

    @cached_property
    def machines(self) -> MachineReader:
        """The reader of machines that a sentence tells of."""
        from bot.hardware.machines import load_machine_words
        from bot.hardware.told import MachineReader

        return MachineReader(self.cards, load_machine_words(self.root))

    @cached_property
    def screen(self) -> Screen:
        """What tells ordinary talk from what may ask for something."""
        from bot.clinic.screening import kept_screen

        return kept_screen(self)

    @cached_property
    def rotations(self) -> tuple[Rotation, ...]:
        """What to do with secrets that were posted."""
        from bot.knowledge.secrets import load_rotations

        return self.translations.of(load_rotations(self.root))

    @cached_property
    def paste_sites(self) -> PasteSites:
        """Sites that people paste logs to."""
        from bot.intake.links import load_sites

        return load_sites(self.root)

    @cached_property
    def turns(self) -> Turns:
        """How people go on in a conversation."""
        from bot.diagnosis.sayings import kept_outcomes
        from bot.intake.turning import load_turns

        return load_turns(self.root, kept_outcomes(self.root).shares)

    @cached_property
    def recommendations(self) -> Recommendations:
        """The models that people run."""
        from bot.models.recommended import load_recommendations

        return load_recommendations(self.root, self.catalog)

    @cached_property
    def first_aid(self) -> tuple[FirstAid, ...]:
        """First checks for trouble that no entry explains."""
        from bot.knowledge.first_aid import load_first_aid

        return self.translations.of(load_first_aid(self.root))

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        """What steps do to a computer."""
        from bot.knowledge.effects import load_effects

        return self.translations.of(load_effects(self.root))

    @cached_property
    def samplers(self) -> Samplers:
        """What makers recommend for the samplers of their models."""
        from bot.knowledge.samplers import load_samplers

        return load_samplers(self.root)

    @cached_property
    def advice(self) -> Advice:
        """Short advice by machine, on buying, on quantizations."""
        from bot.knowledge.advice import load_advice

        return self.translations.of(load_advice(self.root))

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The frequent questions with their answers."""
        from bot.knowledge.reference import load_questions

        return self.translations.of(load_questions(self.root))

    @cached_property
    def asking(self) -> Asking:
        """How questions are put."""
        from bot.knowledge.asking import load_asking

        return load_asking(self.root)

    @cached_property
    def wordings(self) -> Wordings:
        """How questions are read: what means the same, and what loaders and formats are called."""
        from bot.knowledge.asking import Wordings

        called = {program.name: program.words for program in self.vocabulary.vocabulary.programs}
        names: dict[str, tuple[str, ...]] = {name: called.get(name, ()) for name in self.loaders}
        return Wordings(self.asking, names | {format_.name: format_.words for format_ in self.formats})

    @cached_property
    def topics(self) -> Lookup[Topic]:
        """Everything that can be asked: frequent questions, terms, every part of a loader or format."""
        from bot.answers import aspects
        from bot.intake import vocabulary
        from bot.knowledge.kept_tokens import kept_tokens

        loaders, formats = tuple(self.loaders.values()), self.formats
        found = (
            *aspects.question_topics(self.questions),
            *aspects.term_topics(self.terms.items),
            *aspects.loader_topics(loaders, self.conditions, self.asking),
            *aspects.format_topics(formats, loaders, self.conditions, self.asking),
            *aspects.comparison_topics(loaders, formats, self.conditions),
            *aspects.reading_topics(loaders, formats),
        )
        topics = tuple(aspects.asked_of_programs(found, self.asking))
        foreign, unanswered = self.asking.foreign, self.asking.unanswered
        texts = (text for topic in topics for text in (*topic.wordings, topic.says))
        code = (Path(__file__), Path(vocabulary.__file__))  # what things are called is a part of how texts are read
        tokens = kept_tokens(self.root, self.wordings.read, (*texts, *foreign, *unanswered), code)
        return self.lookup(topics, foreign, unanswered, tokens)

    def lookup(
        self,
        topics: Iterable[Topic],
        foreign: Iterable[str],
        unanswered: Iterable[str],
        tokens: Callable[[str], list[str]] | None = None,
    ) -> Lookup[Topic]:
        """Finds some topics. `foreign`, `unanswered`: questions of other fields and of this one that none answers;
        `tokens`: see `Lookup`.
        """
        from bot.knowledge.lookup import Lookup

        read, bare = self.wordings.read, self.wordings.bare
        return Lookup(topics, read, self._proves_nothing, bare, self.nearness, foreign, unanswered, tokens)

    def _proves_nothing(self, token: str) -> bool:
        """Whether a token may stand in a question about anything: that it fails, the beginning of a model's name,
        number and all, or a figure ("gemma3", "27b").
        """
        from bot.knowledge.asking import FAILS

        return token == FAILS or self._is_of_a_model(token)

    def _is_of_a_model(self, token: str) -> bool:
        return _FIGURE.fullmatch(token) is not None or token.rstrip(_NUMBER) in self.catalog.called.leading

    @cached_property
    def terms(self) -> Lookup[Term]:
        """Terms and settings, found by any wording."""
        from bot.knowledge.lookup import Lookup
        from bot.knowledge.reference import load_terms

        terms = self.translations.of(load_terms(self.root))
        return Lookup(terms, self.wordings.read, bare=self.wordings.bare, nearness=self.nearness)

    @cached_property
    def nearness(self) -> Nearness | None:
        """How near wordings are by what their words mean; None where no table of that was shipped."""
        from bot.base.traditional import simplified
        from bot.diagnosis.features import plain
        from bot.diagnosis.senses import shipped_senses
        from bot.knowledge.nearness import Nearness

        senses = shipped_senses()
        return Nearness(lambda text: senses.vector([plain(simplified(text))])) if senses else None

    @cached_property
    def loaders(self) -> dict[str, Loader]:
        """Loaders and front ends by canonical name."""
        from bot.knowledge.reference import load_loaders

        return {loader.name: loader for loader in self.translations.of(load_loaders(self.root))}

    @cached_property
    def conditions(self) -> dict[str, Condition]:
        """The questions that decide between loaders or formats, by id."""
        from bot.knowledge.reference import load_conditions

        return {condition.id: condition for condition in self.translations.of(load_conditions(self.root))}

    @cached_property
    def formats(self) -> tuple[Format, ...]:
        """The formats of models."""
        from bot.knowledge.reference import load_formats

        return self.translations.of(load_formats(self.root))
