"""A consultation as a message: which page, in which language, with which buttons."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import discord

from bot.answers.blocks import Answer
from bot.base.languages import Language, told
from bot.chat import rendering
from bot.chat.folding import LINE, PRIVATE_ROOM, ROOM
from bot.chat.interactive import custom_id
from bot.chat.rendering import Menu, Press, Sheet
from bot.service.consulting import Consultation
from bot.service.wording import words

MOST_MEANT = 3  # of what may have been meant
GREEN, GREY, BLUE = discord.ButtonStyle.success, discord.ButtonStyle.secondary, discord.ButtonStyle.primary

_LINES_OF_A_LINK = 3  # on a phone


@dataclass(frozen=True, slots=True)
class Look:
    """How an answer is shown: its language, which candidate, to whom, and the request it belongs to (0 = none)."""

    language: Language = "en"
    index: int = 0
    private: bool = False
    request: int = 0

    def encoded(self) -> str:
        """A few letters for a custom id, such as "en.0.p.0"."""
        return f"{self.language}.{self.index}.{'p' if self.private else 'o'}.{self.request}"

    @classmethod
    def decoded(cls, text: str) -> "Look":
        language, index, private, request = text.split(".")
        return cls(language, int(index), private == "p", int(request))


def other_language(language: Language) -> Language:
    """The language that a button switches to: English, and from English Chinese."""
    return "zh" if language == "en" else "en"


def answer_of(consultation: Consultation, look: Look) -> Answer:
    """The answer that a look shows."""
    at = look.index if look.index < len(consultation.reading.answers) else 0
    return consultation.reading.answers[at]


def room_for(look: Look) -> int:
    """Pixels for an answer, as the fold counts them."""
    return PRIVATE_ROOM if look.private else ROOM


def links_height(links: Sequence[str]) -> int:
    """Pixels that links to posts take, written out as their addresses."""
    return _LINES_OF_A_LINK * LINE * len(links)


def present(consultation: Consultation, look: Look, *, left_out: int = 0, similar: Sequence[str] = ()) -> Sheet:
    """The answer with its buttons. `similar`: addresses of solved posts that are like what was asked."""
    answer = answer_of(consultation, look)
    parts = rendering.pages(answer, look.language, short=True, room=room_for(look) - links_height(similar))[0]
    if similar:
        parts = [*parts, words("similar_before", look.language, links=" · ".join(similar))]
    return rendering.sheet(
        parts,
        tone=answer.tone,
        presses=list(buttons(consultation, look)),
        menus=programs(consultation, look),
        footer=_footer(consultation, look, left_out),
    )


@dataclass(frozen=True, slots=True)
class Plain:
    """The same as embeds with ordinary buttons, for where components v2 are not taken."""

    embeds: list[discord.Embed]
    view: discord.ui.View


def present_plain(consultation: Consultation, look: Look) -> Plain:
    """The answer without components v2."""
    answer = answer_of(consultation, look)
    parts = rendering.pages(answer, look.language, short=True)[0]
    return Plain(rendering.embeds(parts, tone=answer.tone), rendering.plain_view(list(buttons(consultation, look))))


def shared(consultation: Consultation, look: Look, asker: str) -> Sheet:
    """The same for everybody to see, saying who asked."""
    answer = answer_of(consultation, look)
    parts = rendering.pages(answer, look.language, short=True)[0]
    public = replace(look, private=False)
    footer = words("shared_by", look.language, user=asker)
    presses, menus = list(buttons(consultation, public)), programs(consultation, public)
    return rendering.sheet(parts, tone=answer.tone, presses=presses, menus=menus, footer=footer)


def meant(consultation: Consultation, look: Look) -> list[Menu]:
    """The menu of what else may have been meant by a post."""
    titles = [told(title, look.language) for title in answer_of(consultation, look).choices]
    if not titles:
        return []
    options = tuple((str(at), title, "") for at, title in enumerate(titles))
    id_ = custom_id("meant", consultation.key, look.encoded())
    return [Menu(id_, words("meant_instead", look.language), options)]


def programs(consultation: Consultation, look: Look) -> list[Menu]:
    """The menu of the other programs that a command can be had for."""
    names = [told(step.text, look.language) for step in answer_of(consultation, look).alternatives]
    if not names:
        return []
    options = tuple((str(at), name, "") for at, name in enumerate(names))
    id_ = custom_id("program", consultation.key, look.encoded())
    return [Menu(id_, words("other_loaders", look.language), options)]


def buttons(consultation: Consultation, look: Look) -> Iterator[Press]:
    """At most three: whether it helped, and everything else behind one more. Who alone sees it may show it to all."""
    language, arguments = look.language, (consultation.key, look.encoded())
    if (consultation.is_log and consultation.reading.is_recognised) or _is_answer(consultation, look):
        yield Press(words("helped", language), custom_id("helped", *arguments), GREEN, "👍")
        yield Press(words("not_helped", language), custom_id("not_helped", *arguments), GREY, "👎")
    if not look.request:
        for at, title in enumerate(answer_of(consultation, look).choices[:MOST_MEANT]):
            yield Press(told(title, language), custom_id("meant", *arguments, at), BLUE)
    if look.private:
        yield Press(words("share", language), custom_id("share", *arguments), GREY, "📢")
    yield Press(words("more", language), custom_id("more", *arguments), GREY, "🔍")


def _is_answer(consultation: Consultation, look: Look) -> bool:
    """Whether it answers a post."""
    return bool(look.request) and consultation.kind != "ask"


def further(consultation: Consultation, look: Look, message_id: int = 0) -> Iterator[Press]:
    """What stands behind "more": only what leads somewhere. `message_id`: of the message that everybody sees."""
    answer = answer_of(consultation, look)
    language = look.language
    is_last = look.index == len(consultation.reading.answers) - 1
    offered = (
        (answer.chart is not None, "chart", "chart", BLUE, "📊"),
        (bool(rendering.commands(answer)), "copy", "copy", GREY, "📎"),
        (len(consultation.reading.answers) > 1, "others", "best" if is_last else "others", GREY, "🔀"),
        (True, "switch", "switch", GREY, "🌐"),
        (consultation.cluster is not None, "teach", "teach", GREY, "🎓"),
    )
    for is_offered, action, label, style, emoji in offered:
        if is_offered:
            name = words(label, other_language(language)) if action == "switch" else words(label, language)
            yield Press(name, custom_id(action, consultation.key, look.encoded()), style, emoji)
    if look.request:
        yield Press(words("dismiss", language), custom_id("dismiss", look.request), GREY, "✖️")
    elif message_id and not look.private:
        yield Press(words("delete", language), custom_id("delete", consultation.key, message_id), GREY, "🗑️")


def turning(language: Language, at: int, number: int, id_: Callable[[int], str]) -> list[Press]:
    """Buttons to the page before and after the one that is shown, of so many; `id_`: of the button to a page."""
    back = [Press(words("page_back", language), id_(at - 1), GREY, "◀️")] if at else []
    is_last = at == number - 1
    onward = words("page_next", language, page=at + 2, number=number)
    return back if is_last else [*back, Press(onward, id_(at + 1), BLUE, "▶️")]


def _footer(consultation: Consultation, look: Look, left_out: int) -> str:
    notes = []
    if consultation.is_log and consultation.reading.masked:
        notes.append(words("footer_masked", look.language))
    if left_out:
        notes.append(words("files_left_out", look.language, number=left_out))
    return " ".join(notes)
