"""What the workers do: functions of a clinic and plain values, so that both cross to another process."""

from __future__ import annotations  # who only hands jobs on imports nothing of what they are made with

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.answers.blocks import Answer, ContextChart
from bot.base.languages import Language, Words
from bot.clinic.message import NOTHING_TOLD, Kind, Message, Reply
from bot.clinic.reading import Reading
from bot.intake.told import Request

if TYPE_CHECKING:
    from bot.clinic.likeness import Traits
    from bot.clinic.own_answers import Meant
    from bot.clinic.ports import Choice, Clinic, Subject, Upload
    from bot.hardware.systems import System
    from bot.models.uses import Use


def diagnose(clinic: Clinic, text: str, uploads: Sequence[Upload], loader: str | None) -> Reading:
    """See `Clinic.diagnose`."""
    return clinic.diagnose(text, uploads, loader=loader)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of a followed request as it may be kept: secrets masked. `leaks`: what its author is told in private
    where there were some.
    """

    told: Request
    text: str
    files: tuple[str, ...]
    leaks: Answer | None = None


def hear(clinic: Clinic, text: str, uploads: Sequence[Upload], in_help_forum: bool) -> Heard:
    """Reads a message with its files."""
    files = tuple(clinic.texts_of(uploads))
    told = clinic.triage(text, files, in_help_forum=in_help_forum)
    masked = clinic.redact(text)
    return Heard(told, masked, files, clinic.leak_advice((masked, *files)))


def leak_advice(clinic: Clinic, kinds: Sequence[str]) -> Answer | None:
    """What is told in private about secrets of these kinds, if anything."""
    return clinic.leak_advice([f"<{kind}>" for kind in kinds])


@dataclass(frozen=True, slots=True)
class Replied:
    """What is said to a message. `reading` is None where the bot leaves it alone. For the rest see `Reply`."""

    kind: Kind
    language: Language
    asked: tuple[str, ...]
    is_solved: bool
    reading: Reading | None = None
    told: Request = NOTHING_TOLD
    follows: bool = False
    failed: bool = False
    adds: bool = True
    relapses: bool = False
    asks: bool = False
    only_heard: bool = False


def reply(clinic: Clinic, message: Message) -> Replied:
    """The reply, with what else it may be behind it."""
    said = clinic.reply(message)
    reading = _reading(clinic, said, said.answer) if said.answer is not None else None
    return Replied(
        kind=said.kind,
        language=said.language,
        asked=tuple(said.asked),
        is_solved=said.state == "solved",
        reading=reading,
        told=said.told,
        follows=said.follows,
        failed=said.failed,
        adds=said.adds,
        relapses=said.relapses,
        asks=said.asks,
        only_heard=said.only_heard,
    )


def _reading(clinic: Clinic, said: Reply, answer: Answer) -> Reading:
    """What is kept of a reply. The candidates of a diagnosis are those of an answer that leads with the first."""
    known = said.reading or Reading(())
    ids = [candidate.id for candidate in known.candidates[:1]]
    if ids and said.parts and said.parts[0].id == ids[0]:
        return replace(known, answers=(answer, *clinic.translated(known.answers[1:])))
    return replace(known, answers=(answer,), candidates=())


def traits(clinic: Clinic, message: Message, reading: Reading) -> Traits:
    """By what a conversation is known again."""
    own = "\n".join(filter(None, (message.title, *(said.text for said in message.thread), message.text)))
    return clinic.traits(own, message.attachments, reading)


def can_run(
    clinic: Clinic,
    model: str,
    vram: str,
    ram: str,
    context: int | None,
    system: System = "windows",
    engine: str | None = None,
    options: str = "",
) -> Answer:
    """See `Clinic.can_run`."""
    return clinic.can_run(model, vram, ram, context=context, system=system, engine=engine, options=options).brief


def layers(clinic: Clinic, model: str, vram: str, context: int | None, system: System = "windows") -> Answer:
    """See `Clinic.layers`."""
    return clinic.layers(model, vram, context=context, system=system).answer


def recommend(clinic: Clinic, vram: str, ram: str, system: System, use: Use | None) -> Answer:
    """See `Clinic.recommend`."""
    return clinic.recommend(vram, ram, system=system, use=use)


def explain(clinic: Clinic, name: str) -> Answer:
    """The answer of `Clinic.explain`."""
    return clinic.explain(name).answer


def faq(clinic: Clinic, question: str) -> Answer:
    """The answer of `Clinic.faq`."""
    return clinic.faq(question).answer


def is_known(clinic: Clinic, question: str) -> bool:
    """Whether the answer of `Clinic.faq` is surely the one that is meant."""
    return clinic.faq(question).found is not None


def own_answer(clinic: Clinic, asked: str, wordings: Sequence[Sequence[str]]) -> Meant:
    """See `Clinic.own_answer`."""
    return clinic.own_answer(asked, wordings)


def term(clinic: Clinic, word: str) -> Answer:
    """The answer of `Clinic.term`."""
    return clinic.term(word).answer


def redact(clinic: Clinic, texts: Sequence[str]) -> list[str]:
    """Each text without its secrets."""
    return [clinic.redact(text) for text in texts]


def suggest(clinic: Clinic, subject: Subject, typed: str, language: Language) -> list[Choice]:
    """See `Clinic.suggest`; a list, which crosses to another process."""
    return list(clinic.suggest(subject, typed, language))


def titles(clinic: Clinic, ids: Sequence[str]) -> dict[str, Words]:
    """See `Clinic.titles`; a dict, which crosses to another process."""
    return dict(clinic.titles(ids))


def words_in(clinic: Clinic, text: str) -> Answer:
    """See `Clinic.words_in`."""
    return clinic.words_in(text)


def draw(clinic: Clinic, chart: ContextChart, language: Language) -> bytes:  # noqa: ARG001 - every job gets the clinic
    """A chart as the bytes of a PNG."""
    from bot.answers.chart import context_chart_png  # brings a library that only workers need

    return context_chart_png(chart, language)
