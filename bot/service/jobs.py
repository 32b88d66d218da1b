"""What the workers do: functions of a clinic and plain values, so that both cross to another process."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answers.blocks import Answer, ContextChart
from bot.answers.chart import context_chart_png
from bot.base.languages import Language
from bot.clinic.ports import (
    Clinic,
    LogReading,
    Upload,
)
from bot.intake.request import Request
from bot.service.signatures import signature


@dataclass(frozen=True, slots=True)
class LogResult:
    """A read log, and the signature of its error when no entry knows it."""

    reading: LogReading
    signature: str | None


def read_log(clinic: Clinic, text: str, uploads: Sequence[Upload], loader: str | None) -> LogResult:
    reading = clinic.read_log(text, uploads, loader)
    return LogResult(reading, None if reading.candidates else signature(reading.text))


def read_request(clinic: Clinic, text: str, files: Sequence[str], in_forum: bool) -> Request:
    return clinic.read_request(text, files, in_forum=in_forum)


def can_run(clinic: Clinic, model: str, vram: str, ram: str, context: int | None) -> Answer:
    return clinic.can_run(model, vram, ram, context)


def layers(clinic: Clinic, model: str, vram: str, context: int | None) -> Answer:
    return clinic.layers(model, vram, context)


def explain(clinic: Clinic, name: str) -> Answer:
    return clinic.explain(name)


def faq(clinic: Clinic, question: str) -> Answer:
    return clinic.faq(question)


def term(clinic: Clinic, word: str) -> Answer:
    return clinic.term(word)


def words_in(clinic: Clinic, text: str) -> Answer:
    return clinic.words_in(text)


def draw(clinic: Clinic, chart: ContextChart, language: Language) -> bytes:  # noqa: ARG001 - every job gets the clinic
    return context_chart_png(chart, language)
