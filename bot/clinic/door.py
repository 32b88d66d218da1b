"""The front door: the command line, the terminal and the chat ask here, and only show what they are answered.

Every answer comes with what it was made of, for those who want it as data. What a command does not need is not even
imported for it.
"""

from __future__ import annotations  # types of parts that are imported only when they are used

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec import structs

from bot.base.errors import UserError
from bot.base.keeping import keep_loaded
from bot.base.late import compile_all, late
from bot.base.sharing import shared
from bot.clinic.parts import Parts
from bot.intake.redaction import redact

if TYPE_CHECKING:
    from bot.answers.blocks import Answer
    from bot.answers.loader_dialogue import Question
    from bot.base.languages import Language, Words
    from bot.clinic.engines import ChosenEngine
    from bot.clinic.estimating import Estimated
    from bot.clinic.fitting import FittingLayers, Prospect
    from bot.clinic.likeness import Spread, Traits
    from bot.clinic.looking_up import Explained, Looked
    from bot.clinic.message import Message, Reply
    from bot.clinic.own_answers import Meant
    from bot.clinic.ports import Choice, Subject, Upload
    from bot.clinic.reading import Reading
    from bot.clinic.suggest import Suggestions
    from bot.hardware.systems import System
    from bot.intake.pictures import PictureReader
    from bot.intake.told import Request
    from bot.memory.settings import Settings
    from bot.models.requested import HubLike, RequestedModel
    from bot.models.shape import Model
    from bot.models.uses import Use

FILES_ARE_NOT_NAMES = UserError(
    "Please give the model's name, for example Qwen2.5-32B-Instruct-Q5_K_M.",
    "请写模型的名字，例如 Qwen2.5-32B-Instruct-Q5_K_M。",
)
T = TypeVar("T")
LONGEST_NAME = 1000  # characters that are read of a model's name; an address on the hub has 200
_PLAINLY = 0.75  # score of an answer to what was asked by the way of another command
_PATH = late(r"[/\\~.]|[A-Za-z]:[\\/]")


class Clinic(Parts):
    """Answers everything, with the knowledge of one folder. `hub`: where repositories are asked about, if
    anywhere; `pictures`: who reads text in pictures, if anybody.
    """

    def __init__(
        self, root: Path | None = None, hub: HubLike | None = None, pictures: PictureReader | None = None
    ) -> None:
        super().__init__(root)
        self.hub = hub
        self.pictures = pictures

    def load(self) -> None:
        """Reads every part now, the suggestions too, and goes the whole way for a failure of each sort: what is
        imported and compiled on the way is there for the first who asks.
        """
        shared(self.failures)  # before anything is made of them
        super().load()
        self._suggestions.load()
        from bot.clinic.message import Message
        from bot.clinic.rehearsing import longest_of_each_program, rehearsed

        for text in rehearsed(self.failures):
            self.diagnose(text)
            self.reply(Message(text))
        for text in longest_of_each_program(self.failures):
            self.diagnose(text)
        compile_all()
        keep_loaded()

    # Languages

    @property
    def languages(self) -> tuple[Language, ...]:
        """Codes of the languages that answers are given in."""
        return self.translations.languages

    def translated(self, value: T) -> T:
        """`value` with every text in it told in further languages too, as far as they know it."""
        return self.translations.of(value)

    def language_of(self, text: str) -> Language:
        """The language that somebody writes in."""
        return self.translations.language_of(text) or self.reader.language_of(text)

    # Logs

    @property
    def reads_pictures(self) -> bool:
        """Whether text in pictures is read."""
        return self.pictures is not None

    def diagnose(self, text: str, uploads: Sequence[Upload] = (), *, loader: str | None = None) -> Reading:
        """What is wrong, by a pasted text and its files. `loader`: the loader that the user named.

        Raises:
            UserError: nothing that can be read.
        """
        from bot.clinic.diagnosing import reading_of, whole, with_files, with_notes

        read = whole(text, uploads, self.pictures)
        reading = reading_of(read, self, loader)
        reading = with_files(replace(reading, answers=tuple(with_notes(each, [read]) for each in reading.answers)))
        return replace(reading, answers=self.translated(reading.answers))

    def looks_like_log(self, text: str) -> bool:
        """Whether a text holds program output; cheap, for screening."""
        from bot.intake.line_kinds import looks_like_log

        return looks_like_log(text)

    def may_ask(self, text: str) -> bool:
        """Whether a message of a channel may be one that `reply` answers, or whose author must hear of a secret in it.
        Cheap, for screening; False is sure.
        """
        return self.screen.lets_pass(text)

    def redact(self, text: str) -> str:
        """The text with its secrets masked."""
        return redact(text).text

    def leak_advice(self, texts: Sequence[str]) -> Answer | None:
        """What the author of masked texts is told in private about the secrets that were in them, if any."""
        from bot.clinic.leaks import leak_advice

        return self.translated(leak_advice(texts, self.rotations))

    def texts_of(self, uploads: Sequence[Upload]) -> tuple[str, ...]:
        """The texts of files and of pictures that can be read, secrets masked."""
        from bot.clinic.diagnosing import masked_texts

        return masked_texts(uploads, self.pictures, self.telling)

    # Requests for help

    def triage(self, text: str, files: Sequence[str] = (), *, in_help_forum: bool = False) -> Request:
        """A message read against the question template, secrets masked. In a help forum every post is a request."""
        from bot.clinic.diagnosing import masked

        post, *attached = (masked(each, self.telling) for each in (text, *files))
        request = self.reader.read(post, attached, in_help_forum=in_help_forum)
        language = self.translations.language_of(post)
        return structs.replace(request, language=language) if language else request

    def missing(
        self, request: Request, required: Sequence[str] | None = None, *, has_diagnosis: bool = False
    ) -> tuple[str, ...]:
        """The points worth asking for, of those required (None: the usual); after a diagnosis what could change it."""
        from bot.answers.triage import points_to_ask

        points = points_to_ask(request, self.template, required, has_diagnosis=has_diagnosis)
        return tuple(point.id for point in points)

    def questions_for(
        self, request: Request, required: Sequence[str] | None = None, *, has_diagnosis: bool = False
    ) -> Answer:
        """What was understood of a request, and the missing points at length: why each matters, how to find it out."""
        from bot.answers.triage import triage_answer

        return self.translated(triage_answer(request, self.template, required=required, has_diagnosis=has_diagnosis))

    def reply(self, message: Message) -> Reply:
        """What to say to a message in a help channel, or nothing: an answer first, then what would change it."""
        from bot.clinic.diagnosing import with_copying, with_notes
        from bot.clinic.replying import reply_to

        reply = reply_to(message, self)
        if reply.answer is not None:
            answer = with_copying(with_notes(reply.answer, message.attachments), message.text)
            reply = replace(reply, answer=self.translated(answer))
        language = self.translations.language_of(message.text)
        return replace(reply, language=language) if language else reply

    def traits(self, text: str, files: Sequence[str], reading: Reading) -> Traits:
        """By what a post is known again: its title and text, the texts of its files, and what they were read as.
        Nothing of the text can be read back.
        """
        from bot.clinic.likeness import traits_of

        return traits_of(text, files, reading, self, self._spread)

    @cached_property
    def _spread(self) -> Spread:
        from bot.clinic.likeness import entry_texts, spread_of

        return spread_of(entry_texts(self))

    # Models and memory

    def can_run(
        self,
        model: str,
        vram: str,
        ram: str,
        *,
        context: int | None = None,
        cache_type: str = "f16",
        system: System = "windows",
        local_files: bool = False,
        held: str = "",
        pictures: bool = False,
        draft: str = "",
        engine: str | None = None,
        options: Mapping[str, object] | str = "",
        override_tensor: str = "",
    ) -> Prospect:
        """Whether and how `model` runs with this VRAM and RAM, all as people type them. `local_files`: the model may be
        a file of this computer; leave it off for what strangers type. `held`: an amount of VRAM that another program
        holds; `pictures`: load the picture part too; `draft`: a small model that drafts for the large one, or "mtp",
        "dflash", "eagle3". `engine`: the loader, with its own `options`, by name or as a command line has them; those
        on llama.cpp are planned alike. `override_tensor`: what llama.cpp keeps in RAM, as its option of that name takes
        it.

        Raises:
            UserError: a model, amount or card that is not understood, or a context that no loader takes.
        """
        from bot.clinic.engines import chosen_engine
        from bot.clinic.fitting import engine_prospect, prospect, requested, typed_machine
        from bot.memory.beside import bytes_beside, method_of
        from bot.memory.engine_plan import WHOLE
        from bot.memory.engines import told_options
        from bot.memory.overrides import patterns_in, refused_elsewhere

        def named(text: str) -> RequestedModel:
            return requested(_name(text, local_files=local_files), self.catalog, self.hub, local_files=local_files)

        chosen = chosen_engine(engine, self.loaders)
        machine = typed_machine(vram, ram, system, self.machines, held)
        context = chosen.context(context, sum(device.memory for device in machine.devices))
        wanted = named(model)
        drafting = method_of(draft) or (named(draft).model if draft else None)
        kept = patterns_in(override_tensor)
        if chosen.family in WHOLE:
            if kept:
                raise refused_elsewhere()
            told = told_options(options) if isinstance(options, str) else options
            found = engine_prospect(wanted, machine, chosen.family, context, told)
            return self._prospect(found, chosen)
        beside = bytes_beside(wanted.model, drafting, context, pictures=pictures)
        found = prospect(wanted, machine, context, cache_type, beside, kept)
        return self._prospect(found, chosen)

    def _prospect(self, found: Prospect, chosen: ChosenEngine) -> Prospect:
        """As it starts in the engine that was chosen, in all languages."""
        from bot.clinic.fitting import with_substitute

        found = with_substitute(found, self.catalog, lambda: self.recommendations)
        started = found.started_by(self.loaders, chosen.loader)
        return replace(started, translations=self.translations, advice=self.advice)

    def layers(
        self,
        model: str,
        vram: str,
        *,
        context: int | None = None,
        cache_type: str = "f16",
        system: System = "windows",
        local_files: bool = False,
        settings: Settings | None = None,
        engine: str | None = None,
    ) -> FittingLayers:
        """How many layers of `model` fit on these cards. See `can_run`; `settings` go before context and cache type.

        Raises:
            UserError: as there, and for an engine that keeps all layers on the card.
        """
        from bot.clinic.engines import splitting_engine
        from bot.clinic.fitting import fitting_layers, requested, typed_machine

        machine = typed_machine(vram, None, system, self.machines)
        if local_files:
            wanted = self._opened(model)
        else:
            wanted = requested(_name(model, local_files=False), self.catalog, self.hub, local_files=False).model
        if settings is not None:
            settings = splitting_engine(engine, self.loaders).settings(settings)
        found = fitting_layers(wanted, machine, context, cache_type, settings)
        return replace(found, translations=self.translations)

    def recommend(self, vram: str, ram: str = "", *, system: System = "windows", use: Use | None = None) -> Answer:
        """What runs on a machine, as people type it, models for `use` in front. Raises UserError."""
        from bot.clinic.recommending import recommended

        return self.translated(recommended(vram, ram, system, use, self))

    def layers_within(self, model: str, budget: int, settings: Settings, engine: str | None = None) -> Estimated:
        """How many layers stay within `budget` bytes of the loader's own accounting. `model` may be a file here.

        Raises:
            UserError: a model that is not understood, or an engine that keeps all layers on the card.
        """
        from bot.clinic.engines import splitting_engine
        from bot.clinic.estimating import most_layers

        settings = splitting_engine(engine, self.loaders).settings(settings)
        return replace(most_layers(self._opened(model), settings, budget), translations=self.translations)

    def beside(self, model: str, settings: Settings, *, pictures: bool, draft: str = "") -> Settings:
        """The settings with what goes to the card beside `model`: its picture part, and a small model that drafts.

        Raises:
            UserError: a model that is not understood.
        """
        from bot.memory.beside import bytes_beside, method_of

        drafting = method_of(draft) or (self._opened(draft) if draft else None)
        if drafting is None and not pictures:
            return settings
        more = bytes_beside(self._opened(model), drafting, settings.context, pictures=pictures)
        return replace(settings, mmproj_bytes=settings.mmproj_bytes + more)

    def estimate(
        self,
        model: str,
        settings: Settings,
        *,
        engine: str | None = None,
        vram: str = "",
        options: Mapping[str, object] | None = None,
        system: System = "windows",
    ) -> Estimated:
        """What `model`, which may be a file here, takes in an engine (None: the usual one) on the cards that `vram`
        names. `options`: settings that only some engines have, by their names there.

        Raises:
            UserError: a model, card or option that is not understood.
        """
        from bot.clinic.engines import chosen_engine
        from bot.clinic.estimating import estimated, for_engine
        from bot.clinic.fitting import typed_machine

        chosen = chosen_engine(engine, self.loaders)
        opened = for_engine(self._opened(model), model, chosen.family, self.catalog)
        cards = typed_machine(vram, None, system, self.machines) if vram else None
        found = estimated(opened, chosen.settings(settings), chosen.family, cards, options or {})
        return replace(found, engine=chosen.loader or found.engine, translations=self.translations)

    @cached_property
    def _opened(self) -> Callable[[str], Model]:
        """A model by what was typed. Kept for a while: many lines ask about the same one."""
        from bot.clinic.estimating import opened

        return lru_cache(maxsize=32)(lambda text: opened(text, self.catalog, self.hub))

    def explain(self, name: str) -> Explained:
        """What a model's name, file name, link or tag says."""
        from bot.clinic.looking_up import explained

        return self.translated(explained(redact(name).text, self.catalog, tuple(self.loaders.values()), self.formats))

    # Questions and words

    def faq(self, question: str) -> Looked:
        """The answer to a frequent question."""
        from bot.clinic.looking_up import SURELY, compared_terms, frequent_question

        found = frequent_question(question, self.topics)
        if found.found is None or found.found.score < SURELY:
            found = compared_terms(question, self.terms, self.wordings) or found
        return self.translated(found)

    def own_answer(self, asked: str, wordings: Sequence[Sequence[str]]) -> Meant:
        """Which of a server's own answers, each with all wordings of its question, a text asks for."""
        from bot.clinic.own_answers import meant

        return meant(asked, wordings, self.topics)

    def term(self, word: str) -> Looked:
        """What a term or a setting means."""
        from bot.clinic.looking_up import term

        return self._or_known(self.translated(term(word, self.terms)), word)

    def loader(self, question: str = "") -> Looked:
        """All about a loader that is named; without a name, what there is."""
        from bot.clinic.looking_up import loader

        found = loader(question, self.loaders, self.conditions, self.vocabulary)
        shown = self.translated(found)
        return shown if found.candidates else self._or_known(shown, question)

    def _or_known(self, looked: Looked, question: str) -> Looked:
        """What was found; else the answer to the question where it asks for something else that is surely known."""
        if looked.found is not None or not question.strip():
            return looked
        other = self.faq(question)
        return other if other.found is not None and other.found.score >= _PLAINLY else looked

    def words_in(self, text: str) -> Answer:
        """The terms that a text uses, explained."""
        from bot.clinic.words import words_answer

        return self.translated(words_answer(self.terms.items, text))

    def loader_questions(self) -> Sequence[Question]:
        """The dialogue "which loader should I use", in order."""
        from bot.answers.loader_dialogue import QUESTIONS

        return self.translated(QUESTIONS)

    def loader_advice(self, chosen: Mapping[str, str]) -> Answer:
        """The advice once every question (id -> option id) is answered."""
        from bot.clinic.choosing import loader_advice

        return self.translated(loader_advice(chosen, self.loaders, self.conditions))

    def suggest(self, subject: Subject, typed: str, language: Language) -> Sequence[Choice]:
        """At most 25 suggestions for what is being typed, best first."""
        return self._suggestions.suggest(subject, typed, language)

    def titles(self, ids: Collection[str]) -> Mapping[str, Words]:
        """What the entries of these ids are called; without those that are no entry."""
        known = self.failures_by_id
        return {id_: known[id_].title for id_ in ids if id_ in known}

    @cached_property
    def _suggestions(self) -> Suggestions:
        from bot.clinic.suggest import Suggestions

        return Suggestions(self)


def _name(model: str, *, local_files: bool) -> str:
    """A model's name as it was typed. A stranger's has no secrets left; a path is none, even where there is a file."""
    if local_files:
        return model
    text = redact(model.strip()[: 2 * LONGEST_NAME]).text[:LONGEST_NAME]
    if _PATH.match(text):
        raise FILES_ARE_NOT_NAMES
    return text
