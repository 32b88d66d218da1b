"""The one message under a help request, and its form."""

import re
from collections.abc import Iterator, Sequence

import discord

from bot.answers.blocks import Steps
from bot.base.languages import COMMA, Language, told
from bot.chat import rendering
from bot.chat.forms import FormField, form
from bot.chat.interactive import custom_id
from bot.chat.limits import ELLIPSIS, MODAL_ITEMS, clip, head
from bot.chat.markdown import escape, labelled
from bot.chat.presenting import Look, answer_of, buttons, links_height, meant, programs, room_for
from bot.chat.rendering import Press, Sheet, notice, sheet
from bot.clinic.reading import Candidate
from bot.service.consulting import Consultation
from bot.service.request_state import State, Summary
from bot.service.wording import (
    HINTS,
    LONG_POINTS,
    POINTS,
    words,
)

SHORT_POINTS = ("system", "loader", "model", "quant")
PUBLIC = 3  # buttons of a message that everybody sees
_GATHERED = frozenset(("system", "loader"))  # asked for together, a script tells them sooner than a person
WORDING_LIMIT = 400  # of a moderator's own opening sentence
_UNNAMED = frozenset(("log", "fit", "ask"))  # kinds of answers whose title names no trouble
_BRIEF = 110  # characters of what solved it
_SAID = 200  # characters of why it did not help
_CLAUSE_END = re.compile(r"[，；：]|[,;:]?(?= )")
_SENTENCE_END = re.compile(r"[。！？；]|[.!?;](?= )")


def question_sheet(look: Look, author: str, summary: Summary, missing: Sequence[str], wording: str) -> Sheet:
    """The question for missing points. `author` is a mention."""
    text = asked(look.language, author=author, summary=summary, missing=missing, wording=wording)
    return sheet([text], presses=[*_asking(look), dismissal(look)])


def answer_at_rest(look: Look, consultation: Consultation) -> Sheet:
    """An answer of which nothing more is wanted: its title in small letters, without buttons and menus."""
    title = clip(escape(told(answer_of(consultation, look).title, look.language)), 200)
    return sheet([f"-# {title}"])


def answer_beside(look: Look, consultation: Consultation | None) -> Sheet:
    """An answer to what was asked back, under the one that stands, which has the buttons for how it went."""
    if consultation is None:
        return notice(words("answer_gone", look.language))
    answer = answer_of(consultation, look)
    parts = rendering.pages(answer, look.language, short=True, room=room_for(look))[0]
    menus = [*programs(consultation, look), *meant(consultation, look)]
    return sheet(parts, tone=answer.tone, presses=list(buttons(consultation, look))[-1:], menus=menus)


def answer_sheet(
    look: Look, consultation: Consultation | None, asked_points: Sequence[str], similar: Sequence[str] = ()
) -> Sheet:
    """The answer, with what it still asks for in it. `similar`: addresses of solved posts that are like this one."""
    if consultation is None:
        return notice(words("answer_gone", look.language))
    answer = answer_of(consultation, look)
    presses = list(buttons(consultation, look))
    if asked_points and not consultation.reading.candidates:
        presses = [*_asking(look)[:1], *presses]
    parts = rendering.pages(answer, look.language, short=True, room=room_for(look) - links_height(similar))[0]
    if _GATHERED.issubset(asked_points):
        parts = [*parts, f"-# {words('ask_collect', look.language)}"]
    if similar:
        parts = [*parts, words("similar_before", look.language, links=" · ".join(similar))]
    menus = [*programs(consultation, look), *meant(consultation, look)]
    return sheet(parts, tone=answer.tone, presses=presses[:PUBLIC], menus=menus)


def _asking(look: Look) -> list[Press]:
    fill = Press(words("ask_fill", look.language), custom_id("fill", look.request), discord.ButtonStyle.primary, "✏️")
    return [fill, Press(words("ask_find_out", look.language), custom_id("how", look.request), emoji="❓")]


def dismissal(look: Look) -> Press:
    """The button that ends the questions."""
    return Press(words("dismiss", look.language), custom_id("dismiss", look.request), emoji="✖️")


def folded(look: Look, consultation: Consultation | None, state: State) -> Sheet:
    """Two lines, once it is solved: what it was, and what solved it."""
    language = look.language
    known = _what_it_was(consultation, look) if consultation and not state.is_only_asking else ""
    first = words("solved_what", language, title=known) if known else words("solved", language)
    how = _solution(language, consultation, look, state)
    return sheet(["\n".join(filter(None, (f"### {first}", how)))], tone="good")


def _what_it_was(consultation: Consultation, look: Look) -> str:
    """The title of what was recognised or asked; an estimate and "I do not know" are no name for it."""
    if consultation.kind in _UNNAMED and not consultation.reading.candidates:
        return ""
    return clip(escape(told(answer_of(consultation, look).title, look.language)), 200)


def _solution(language: Language, consultation: Consultation | None, look: Look, state: State) -> str:
    """What solved it: a helper, the author in his own words, or the first step of the answer."""
    if state.helper_id is not None:
        return f"-# {words('solved_helper', language, user=f'<@{state.helper_id}>')}"
    if state.solution.strip():
        said = " ".join(state.solution.split())
        return f"-# {words('solved_words', language, words=escape(clip(said, 120)))}"
    step = _first_step(consultation, look) if consultation else ""
    return f"-# {words('solved_step', language, step=escape(_brief(step)))}" if step else ""


def _brief(text: str) -> str:
    """As many whole sentences as stand on two or three short lines; the beginning of one that is longer by itself."""
    ends = [end.end() for end in _SENTENCE_END.finditer(text) if end.end() <= _BRIEF]
    return text if len(text) <= _BRIEF else text[: ends[-1]] if ends else _clipped(text)


def _clipped(text: str) -> str:
    """The beginning of a sentence that is too long, up to the end of a clause or at least of a word."""
    cut = head(text, _BRIEF)
    ends = [end.end() for end in _CLAUSE_END.finditer(cut)]
    return f"{(cut[: ends[-1]] if ends else cut).rstrip('，,、；;： ')}{ELLIPSIS}"


def _first_step(consultation: Consultation, look: Look) -> str:
    steps = (block for block in answer_of(consultation, look).blocks if isinstance(block, Steps) and block.steps)
    found = next(steps, None)
    return told(found.steps[0].text, look.language) if found is not None else ""


def hand_over(
    language: Language,
    author: str,
    summary: Summary,
    consultation: Consultation | None,
    roles: Sequence[int],
    reasons: Sequence[str] = (),
) -> Sheet:
    """Asks humans to take over, with everything that is known so that nobody has to ask again. `reasons`: why it did
    not help, in the author's words.
    """
    lines = [words("hand_over", language, user=author, helpers=" ".join(f"<@&{role}>" for role in roles)).strip()]
    points = ((point, " ".join(summary.told.points.get(point, "").split())) for point in POINTS)
    told_points = [(POINTS[point].in_language(language), escape(clip(value, 90))) for point, value in points]
    tried = _causes(consultation, language) if consultation else []
    own_words = [" ".join(clip(each, _SAID).split()) for each in reasons]
    further = (
        ("hand_over_machine", _machine(summary)),
        ("hand_over_tried", tried),
        ("hand_over_words", own_words),
    )
    comma = told(COMMA, language)
    rows = [*told_points, *((words(name, language), comma.join(map(escape, values))) for name, values in further)]
    lines += [f"- {labelled(name, text, language)}" for name, text in rows if text]
    return sheet(["\n".join(lines)], tone="careful")


def _causes(consultation: Consultation, language: Language) -> list[str]:
    """What it may be, of what is said twice the likeliest."""
    kinds: dict[str, Candidate] = {}
    for each in consultation.reading.candidates:
        kinds.setdefault(each.failure_class or each.id, each)
    return [each.title.in_language(language) for each in kinds.values()]


def _machine(summary: Summary) -> Iterator[str]:
    """What is told of the machine."""
    hardware = summary.told.hardware
    for name, label in (("gpu", ""), ("vram", "VRAM "), ("ram", "RAM ")):
        if value := hardware.get(name):
            yield f"{label}{clip(value, 60)}"


def asked(language: Language, *, author: str, summary: Summary, missing: Sequence[str], wording: str = "") -> str:
    """The question for missing points, as markdown."""
    opening = wording.replace("{user}", author) if wording else words("ask_intro", language, user=author)
    comma = told(COMMA, language)
    lines = [opening, comma.join(f"**{POINTS[point].in_language(language)}**" for point in missing)]
    lines += [
        f"⚠️ {words('ask_which', language, values=escape(' / '.join(doubt.values)))}"
        for doubt in summary.told.contradictions
    ]
    known = [escape(clip(summary.told.points[point], 60)) for point in SHORT_POINTS if summary.told.points.get(point)]
    if known:
        joined = comma.join(known)
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
