"""What the chat needs from a clinic, and the plain values that go between them (they cross process borders)."""

from __future__ import annotations  # replies are described by what makes them, which needs these ports

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    from bot.answers.blocks import Answer
    from bot.answers.loader_dialogue import Question
    from bot.base.languages import Language, Words
    from bot.clinic.likeness import Traits
    from bot.clinic.message import Message, Reply
    from bot.clinic.own_answers import Meant
    from bot.clinic.reading import Reading
    from bot.hardware.systems import System
    from bot.intake.links import PasteSites
    from bot.intake.told import Request
    from bot.models.uses import Use

T = TypeVar("T")
Subject = Literal["model", "quant", "card", "faq", "term", "entry", "loader", "engine"]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: its name and its bytes, neither of which is trusted."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """One suggestion of an autocompletion."""

    name: str
    value: str


class Answered(Protocol):
    """Whatever came out: it has an answer."""

    @property
    def answer(self) -> Answer:
        """What is said."""


class AnsweredBriefly(Answered, Protocol):
    """The same, and in a few lines."""

    @property
    def brief(self) -> Answer:
        """The same in few words."""


class Known(Answered, Protocol):
    """The same, and what is surely meant by what was asked."""

    @property
    def found(self) -> object | None:
        """None where nothing is."""


class Clinic(Protocol):
    """The front door (`bot.clinic.door.Clinic`), as far as a chat uses it. Bad input raises UserError."""

    @property
    def version(self) -> str:
        """Changes whenever the knowledge does: results of another version are not reused."""

    @property
    def languages(self) -> tuple[Language, ...]:
        """Codes of the languages that answers are given in."""

    def translated(self, value: T) -> T:
        """`value` with every text in it told in further languages too, as far as they know it."""

    def language_of(self, text: str) -> Language:
        """The language that somebody writes in."""

    def diagnose(self, text: str, uploads: Sequence[Upload] = (), *, loader: str | None = None) -> Reading:
        """Reads a message's text and its files together."""

    @property
    def paste_sites(self) -> PasteSites:
        """Sites that people paste logs to."""

    @property
    def reads_pictures(self) -> bool:
        """Whether text in pictures is read."""

    def texts_of(self, uploads: Sequence[Upload]) -> Sequence[str]:
        """The texts of files and of pictures that can be read, secrets masked."""

    def reply(self, message: Message) -> Reply:
        """What to say to a message in a help channel, or nothing."""

    def may_ask(self, text: str) -> bool:
        """Whether a message of a channel may be one that is answered; cheap, and False is sure."""

    def traits(self, text: str, files: Sequence[str], reading: Reading) -> Traits:
        """By what a post is known again; nothing of its text can be read back."""

    def triage(self, text: str, files: Sequence[str] = (), *, in_help_forum: bool = False) -> Request:
        """Reads a message and the texts of its files against the template. In a help forum all posts are requests."""

    def missing(
        self, request: Request, required: Sequence[str] | None = None, *, has_diagnosis: bool = False
    ) -> Sequence[str]:
        """The points worth asking for, of those that the server requires; after a diagnosis what could change it."""

    def questions_for(
        self, request: Request, required: Sequence[str] | None = None, *, has_diagnosis: bool = False
    ) -> Answer:
        """The same at length: why each point matters and how to find it out."""

    def can_run(
        self,
        model: str,
        vram: str,
        ram: str,
        *,
        context: int | None = None,
        system: System = "windows",
        engine: str | None = None,
        options: str = "",
    ) -> AnsweredBriefly:
        """Whether and how a model runs; `options` of the engine as its command line has them."""

    def layers(self, model: str, vram: str, *, context: int | None = None, system: System = "windows") -> Answered:
        """How many layers fit."""

    def recommend(self, vram: str, ram: str = "", *, system: System = "windows", use: Use | None = None) -> Answer:
        """What runs on a machine."""

    def explain(self, name: str) -> Answered:
        """What a model's name or file name says."""

    def faq(self, question: str) -> Known:
        """The answer to a frequent question."""

    def own_answer(self, asked: str, wordings: Sequence[Sequence[str]]) -> Meant:
        """Which of a server's own answers, each with all wordings of its question, a text asks for."""

    def term(self, word: str) -> Answered:
        """What a term or setting means."""

    def words_in(self, text: str) -> Answer:
        """The terms that a text uses, explained."""

    def suggest(self, subject: Subject, typed: str, language: Language) -> Sequence[Choice]:
        """At most 25 suggestions, best first."""

    def titles(self, ids: Collection[str]) -> Mapping[str, Words]:
        """What the entries of these ids are called; without those that are no entry."""

    def loader_questions(self) -> Sequence[Question]:
        """The dialogue "which loader should I use", in order."""

    def loader_advice(self, chosen: Mapping[str, str]) -> Answer:
        """The advice once every question (id -> option id) is answered."""

    def leak_advice(self, texts: Sequence[str]) -> Answer | None:
        """What the author of masked texts is told in private about the secrets that were in them."""

    def redact(self, text: str) -> str:
        """The text with its secrets masked."""
