"""The one message under a help request, and its form."""

from collections.abc import Sequence

import discord

from bot.answers.blocks import Tone
from bot.base.languages import Language
from bot.chat import rendering
from bot.chat.forms import FormField, form
from bot.chat.interactive import custom_id
from bot.chat.limits import DISPLAYED, MODAL_ITEMS, clip, units
from bot.chat.markdown import escape
from bot.chat.presenting import Look, answer_of, buttons
from bot.chat.rendering import Press, Sheet, fitted, sheet
from bot.service.consulting import Consultation
from bot.service.request_state import Summary
from bot.service.wording import (
    HINTS,
    LONG_POINTS,
    POINTS,
    words,
)

SHORT_POINTS = ("system", "loader", "model", "quant")
WORDING_LIMIT = 400  # of a moderator's own opening sentence


def request_sheet(
    *,
    look: Look,
    author: str,
    summary: Summary,
    missing: Sequence[str],
    consultation: Consultation | None,
    is_thanked: bool,
    wording: str = "",
) -> Sheet:
    """Diagnosis, then missing points or thanks; only what there is. `author` is a mention."""
    language = look.language
    parts: list[str] = []
    presses: list[Press] = []
    tone: Tone = "neutral"
    if missing:
        presses.append(
            Press(words("ask_fill", language), custom_id("fill", look.request), discord.ButtonStyle.primary, "✏️")
        )
        presses.append(Press(words("ask_find_out", language), custom_id("how", look.request), emoji="❓"))
    presses.append(Press(words("dismiss", language), custom_id("dismiss", look.request), emoji="✖️"))
    if consultation is not None:
        answer = answer_of(consultation, look)
        tone = answer.tone
        parts += rendering.pages(answer, language, short=True)[0]
        presses = [*buttons(consultation, look), *presses]
    if missing:
        question = asked(language, author=author, summary=summary, missing=missing, wording=wording)
        parts = [*fitted(parts, DISPLAYED - units(question)), question] if parts else [question]
    elif is_thanked:
        parts.append(words("ask_complete", language, user=author))
        tone = tone if consultation else "good"
    return sheet(parts, tone=tone, presses=presses)


def asked(language: Language, *, author: str, summary: Summary, missing: Sequence[str], wording: str = "") -> str:
    """The question for missing points, as markdown."""
    opening = wording.replace("{user}", author) if wording else words("ask_intro", language, user=author)
    asked_points = ((POINTS[point].in_language(language), HINTS[point].in_language(language)) for point in missing)
    lines = [opening, *(f"- **{name}** ({hint})" for name, hint in asked_points)]
    lines += [
        f"⚠️ {words('ask_which', language, values=escape(' / '.join(doubt.values)))}"
        for doubt in summary.told.contradictions
    ]
    known = [escape(clip(summary.told.points[point], 60)) for point in SHORT_POINTS if summary.told.points.get(point)]
    if known:
        joined = ("、" if language == "zh" else ", ").join(known)
        lines.append(f"-# {words('ask_known', language, points=joined)}")
    lines.append(f"-# {words('ask_how', language)}")
    return "\n".join(lines)


def collapsed(language: Language, author: str) -> Sheet:
    """Thanks, once everything is there and no diagnosis is to be kept."""
    return sheet([words("ask_complete", language, user=author)], tone="good")


def fill_form(request_id: int, language: Language, summary: Summary, missing: Sequence[str]) -> discord.ui.Modal:
    """The missing points, then known ones to correct, prefilled; five at most."""
    known = [point for point in POINTS if point not in missing and point != "log" and summary.told.points.get(point)]
    fields = [
        FormField(
            id=point,
            label=POINTS[point].in_language(language),
            hint=HINTS[point].in_language(language),
            value=summary.told.points.get(point, ""),
            is_long=point in LONG_POINTS,
            most=4000 if point in LONG_POINTS else 200,
        )
        for point in [*missing, *known][:MODAL_ITEMS]
    ]
    return form(custom_id("fill_form", request_id), words("ask_form_title", language), fields)


def template_form(language: Language) -> discord.ui.Modal:
    """The template as a form: five fields are all that a form may have, so model and steps share theirs."""
    fields = [
        FormField("system", POINTS["system"].in_language(language), HINTS["system"].in_language(language), most=200),
        FormField("loader", POINTS["loader"].in_language(language), HINTS["loader"].in_language(language), most=200),
        FormField(
            "model",
            f"{POINTS['model'].in_language(language)} + {POINTS['quant'].in_language(language)}",
            "Qwen2.5-32B-Instruct-Q5_K_M",
            most=200,
        ),
        FormField(
            "description",
            POINTS["description"].in_language(language),
            HINTS["steps"].in_language(language),
            is_long=True,
            is_required=True,
            most=1500,
        ),
        FormField("log", POINTS["log"].in_language(language), HINTS["log"].in_language(language), is_long=True),
    ]
    return form(custom_id("template_form"), words("template_title", language), fields)


def template_sheet(language: Language, author: str, texts: dict[str, str]) -> Sheet:
    """A filled-in template for everybody to read; the log is answered separately."""
    parts = [words("template_posted", language, user=author)]
    labels = {point: POINTS[point].in_language(language) for point in ("system", "loader", "model", "description")}
    parts += [f"**{label}**\n{escape(texts[point])}" for point, label in labels.items() if texts.get(point)]
    return sheet(parts)
