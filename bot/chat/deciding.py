"""What is to be done about messages of a help channel: decisions over plain values. No Discord, no clock, no store."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from bot.base.languages import Language
from bot.intake.told import Request as Told
from bot.service.request_state import State, Summary
from bot.store.requests import Request, Status
from bot.store.settings import GuildSettings

ME_TOO = 25  # characters that somebody's "me too, any news?" has at most
YOUNG = 3600.0  # a thread this young (seconds) is taken up even when its first message was missed
OVER: tuple[Status, ...] = ("dismissed", "withdrawn")
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class SaidThread:
    """The thread of a message: whose it is, under which forum or channel, and how old (seconds)."""

    id: int
    owner_id: int
    parent_id: int
    is_locked: bool
    age: float


@dataclass(frozen=True, slots=True)
class Said:
    """A message, as far as it decides anything. `is_ordinary`: written by a person, no note of the system."""

    id: int
    author_id: int
    guild_id: int
    channel_id: int
    is_ordinary: bool = True
    replies_to: int | None = None
    thread: SaidThread | None = None


@dataclass(frozen=True, slots=True)
class Root:
    """The request that a message belongs to, followed already or not."""

    id: int  # of the thread, or of the message that asks
    guild_id: int
    channel_id: int
    author_id: int
    is_thread: bool


Face = Literal["answer", "question", "thanks", "solved"]


@dataclass(frozen=True, slots=True)
class Step:
    """What a request comes to once everything that was said is read."""

    state: State
    shows: bool  # a message of the bot stands under the request
    face: Face = "answer"  # what that message is
    status: Status = "complete"
    keeps_reminder: bool = False
    hands_over: bool = False  # when the time of the reminder has come
    add_tag: str = ""
    remove_tag: str = ""


def is_watched(said: Said, settings: GuildSettings) -> bool:
    """Whether a message stands where the bot watches, and is one that it reads."""
    if settings.mode == "off" or not said.is_ordinary:
        return False
    if said.thread is None:
        return said.channel_id in settings.channels
    return said.thread.parent_id in settings.forums or said.thread.parent_id in settings.channels


def thread_root(said: Said, thread: SaidThread, *, is_followed: bool) -> Root | None:
    """The request that a message in a watched thread belongs to: only its owner's words count, and not in old ones."""
    if said.author_id != thread.owner_id or thread.is_locked:
        return None
    if not is_followed and said.id != thread.id and thread.age > YOUNG:
        return None
    return Root(thread.id, said.guild_id, thread.id, thread.owner_id, is_thread=True)


def is_missed(thread: SaidThread, settings: GuildSettings) -> bool:
    """Whether a post that is not followed should be: it is young, and stands in a forum that the bot watches."""
    is_young = 0 <= thread.age < YOUNG and not thread.is_locked
    return is_young and settings.mode != "off" and thread.parent_id in settings.forums


def is_half_done(request: Request, age: float) -> bool:
    """Whether a request was taken in and, as far as is known, nothing was said under it. `age`: in seconds."""
    return request.message_id is None and request.status == "open" and age < YOUNG


def asked_root(said: Said) -> Root:
    """The request that a message becomes when somebody wants it asked: its thread, if that is the author's own."""
    own = said.thread is not None and said.thread.owner_id == said.author_id
    id_ = said.thread.id if said.thread is not None and own else said.id
    return Root(id_, said.guild_id, said.channel_id, said.author_id, own)


def may_start(settings: GuildSettings, by_author: int, by_channel: int) -> bool:
    """Whether one more request may be opened, after so many of the author and in the channel within the hour."""
    return by_author < settings.user_per_hour and by_channel < settings.channel_per_hour


def only_asks(settings: GuildSettings, state: State) -> bool:
    """Whether the points of the template are asked for, instead of answering."""
    return settings.mode == "ask" or state.wants_points


def helps(said: Said, settings: GuildSettings, *, has_role: bool, size: int) -> bool:
    """Whether a message that somebody else wrote under a request is help. Where the moderators named helpers, only
    theirs is; elsewhere whatever is longer than a "me too".
    """
    return said.is_ordinary and (has_role if settings.helper_roles else size > ME_TOO)


def has_trouble_too(told: Told) -> bool:
    """Whether somebody else who wrote under a request shows a program's output: it fails for them as well."""
    return "log" in told.points


def adds_to(request: Request, said: Said) -> bool:
    """Whether a further message counts: the author's, while the bot still follows."""
    return request.status not in OVER and said.author_id == request.author_id


def is_news(request: Request, state: State, said: Said, digest: str) -> bool:
    """Whether a message that counts is to be read. One that comes twice, or an edit that changed nothing (a link
    preview), is not, unless the bot's own message is missing.
    """
    known = state.parts.get(str(said.id))
    is_same = known is not None and known.digest == digest
    return not is_same or request.message_id is None


def next_step(request: Request, state: State, settings: GuildSettings, *, missing: Sequence[str] = ()) -> Step:
    """What the request comes to. `missing`: points of the template that are asked for, where only that is wanted."""
    if state.life == "solved":
        return _solved(request, state, settings)
    if only_asks(settings, state):
        return _asking(request, state, settings, missing)
    if state.answer_key is None:
        return Step(state, shows=False)
    if state.life != "answered":  # humans are at it: the message stays, and nobody is reminded
        return Step(state, shows=request.message_id is not None, remove_tag=settings.needs_info_tag)
    if state.not_solved:  # tried once without luck: should the author say no more, humans take over in time
        return Step(state, True, status="open", hands_over=True, remove_tag=settings.needs_info_tag)
    if not state.is_only_asking:
        return Step(state, shows=True, remove_tag=settings.needs_info_tag)
    asked = replace(state, was_asked=True)
    return Step(asked, shows=True, status="open", keeps_reminder=True, add_tag=settings.needs_info_tag)


def _solved(request: Request, state: State, settings: GuildSettings) -> Step:
    """Folded to what it was and what solved it."""
    shows = request.message_id is not None
    return Step(state, shows, "solved", add_tag=settings.solved_tag, remove_tag=settings.needs_info_tag)


def _asking(request: Request, state: State, settings: GuildSettings, missing: Sequence[str]) -> Step:
    if missing and state.life != "helper":
        asked = replace(state, was_asked=True)
        return Step(asked, True, "question", "open", keeps_reminder=True, add_tag=settings.needs_info_tag)
    shows = request.message_id is not None
    return Step(state, shows, "thanks", remove_tag=settings.needs_info_tag)


def spoken(settings: GuildSettings, everything: Summary, state: State) -> Language:
    """The language to answer in: what a button chose, else the server's, else the author's."""
    if state.language is not None or settings.language == "auto":
        return everything.language
    return settings.language


def is_given_up(state: State) -> bool:
    """Whether the author has tried what was said without luck, and has not come back."""
    return state.life == "answered" and state.not_solved > 0


def remind_at(settings: GuildSettings, now: float) -> float | None:
    """When to remind of a request that is opened now, in the same seconds as `now`; None for never."""
    return now + settings.remind_hours * HOUR if settings.remind_hours else None
