"""Reading the messages of a followed request: what each tells, and what its log says."""

import logging
from collections.abc import Mapping

import discord
import msgspec

from bot.base.errors import UserError
from bot.chat.deciding import Root, Said, SaidThread
from bot.chat.desk import Desk
from bot.chat.gathering import Sources, of_message
from bot.chat.overdue import OUTAGES
from bot.intake.request import Request
from bot.service import jobs
from bot.service.consulting import Asker, Consultation
from bot.service.material import digest_of
from bot.service.request_state import (
    FORM,
    Part,
    State,
    summary,
)
from bot.store.requests import Request as Followed

log = logging.getLogger(__name__)
ORDINARY = frozenset(
    {discord.MessageType.default, discord.MessageType.reply, discord.MessageType.thread_starter_message}
)
KEPT = 200  # characters of a point that the author filled in


class RequestReading:
    def __init__(self, bot: Desk) -> None:
        self._bot = bot

    async def part(self, message: discord.Message, asker: Asker, *, in_forum: bool = False) -> Part:
        """Reads a message: its points, and its log when it holds one."""
        sources = of_message(message)
        text = sources.text
        consultation = None
        if sources.attachments or self._bot.workers.clinic.looks_like_log(text):
            consultation = await self._consulted(asker, sources)
        files = [consultation.reading.text] if consultation and sources.attachments else []
        told = await self._bot.workers.run(jobs.triage, text, files, in_forum)
        if consultation is not None and "log" not in told.points:
            told = msgspec.structs.replace(told, points={**told.points, "log": "…"})
        return Part(
            digest=digest(message),
            told=told,
            answer_key=consultation.key if consultation else None,
            is_recognised=bool(consultation and consultation.reading.is_recognised),
        )

    async def form_part(self, asker: Asker, state: State, texts: Mapping[str, str]) -> Part:
        """What the author filled in, on top of what he filled in before."""
        clinic = self._bot.workers.clinic
        filled = {point: clinic.redact(text.strip()) for point, text in texts.items() if text.strip()}
        earlier = state.parts.get(FORM, Part(told=Request(language=summary(state).language)))
        consultation = await self._consulted(asker, Sources(texts["log"])) if "log" in filled else None
        points = {**earlier.told.points, **{point: text[:KEPT] for point, text in filled.items()}}
        return msgspec.structs.replace(
            earlier,
            told=msgspec.structs.replace(earlier.told, points=points, is_help_request=True),
            answer_key=consultation.key if consultation else earlier.answer_key,
            is_recognised=bool(consultation and consultation.reading.is_recognised) or earlier.is_recognised,
        )

    async def _consulted(self, asker: Asker, sources: Sources) -> Consultation | None:
        """The diagnosis of a log; None when it cannot be read, which nobody asked for."""
        try:
            return await self._bot.consultations.log(asker, await self._bot.gatherer.gather(sources))
        except OUTAGES:
            raise  # the whole message is read again
        except UserError as error:
            log.info("a log in channel %d was not read: %s", asker.channel_id, error)
            return None


async def opening_of(thread: discord.Thread) -> discord.Message | None:
    """The opening message of a thread, asked from Discord."""
    # A post holds its opening message itself; a thread in a channel was made from a message of that channel.
    place = thread.parent if isinstance(thread.parent, discord.TextChannel) else thread
    try:
        return await place.fetch_message(thread.id)
    except discord.HTTPException:
        return None


def asker_for(of: Root | Followed) -> Asker:
    """The author of a request."""
    return Asker(of.author_id, of.channel_id, of.guild_id)


def said_of(message: discord.Message) -> Said | None:
    """A message on a server, as far as it decides anything; None for one elsewhere."""
    if message.guild is None:
        return None
    channel = message.channel
    return Said(
        id=message.id,
        author_id=message.author.id,
        guild_id=message.guild.id,
        channel_id=channel.id,
        is_ordinary=message.type in ORDINARY,
        replies_to=message.reference.message_id if message.reference else None,
        thread=thread_of(channel) if isinstance(channel, discord.Thread) else None,
    )


def thread_of(thread: discord.Thread) -> SaidThread:
    """A thread, as far as it decides anything."""
    age = discord.utils.utcnow() - discord.utils.snowflake_time(thread.id)
    return SaidThread(thread.id, thread.owner_id, thread.parent_id, thread.locked, age.total_seconds())


def is_forum_post(channel: object) -> bool:
    return isinstance(channel, discord.Thread) and isinstance(channel.parent, discord.ForumChannel)


def digest(message: discord.Message) -> str:
    """By which an unchanged message is known again."""
    return digest_of([message.content, *(str(attachment.id) for attachment in message.attachments)])
