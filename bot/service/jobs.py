"""What the workers do: functions of a clinic and plain values, so that both cross to another process."""

from collections.abc import Sequence

from bot.answers.blocks import Answer, ContextChart
from bot.answers.chart import context_chart_png
from bot.base.languages import Language
from bot.clinic.ports import Clinic, Upload
from bot.clinic.reading import Reading
from bot.intake.request import Request


def diagnose(clinic: Clinic, text: str, uploads: Sequence[Upload], loader: str | None) -> Reading:
    return clinic.diagnose(text, uploads, loader=loader)


def triage(clinic: Clinic, text: str, files: Sequence[str], in_help_forum: bool) -> Request:
    return clinic.triage(text, files, in_help_forum=in_help_forum)


def can_run(
    clinic: Clinic,
    model: str,
    vram: str,
    ram: str,
    context: int | None,
    engine: str | None = None,
    options: str = "",
) -> Answer:
    return clinic.can_run(model, vram, ram, context=context, engine=engine, options=options).answer


def layers(clinic: Clinic, model: str, vram: str, context: int | None) -> Answer:
    return clinic.layers(model, vram, context=context).answer


def explain(clinic: Clinic, name: str) -> Answer:
    return clinic.explain(name).answer


def faq(clinic: Clinic, question: str) -> Answer:
    return clinic.faq(question).answer


def term(clinic: Clinic, word: str) -> Answer:
    return clinic.term(word).answer


def words_in(clinic: Clinic, text: str) -> Answer:
    return clinic.words_in(text)


def draw(clinic: Clinic, chart: ContextChart, language: Language) -> bytes:  # noqa: ARG001 - every job gets the clinic
    return context_chart_png(chart, language)
