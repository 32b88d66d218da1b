"""Reading the messages of a followed request: what each tells, and what is to be said to all of them."""

import logging
from collections.abc import Mapping

import discord
import msgspec

from bot.base.errors import UserError
from bot.chat.deciding import Root, Said, SaidThread
from bot.chat.desk import Desk
from bot.chat.gathering import Sources, of_message
from bot.chat.overdue import OUTAGES
from bot.intake.told import Request
from bot.service import jobs
from bot.service.consulting import Asker, shortened
from bot.service.material import Material, digest_of
from bot.service.request_state import (
    FORM,
    Part,
    State,
    asked_again,
    summary,
)
from bot.service.talk import Heard, hearing
from bot.service.wording import POINTS
from bot.store.requests import Request as Followed

log = logging.getLogger(__name__)
ORDINARY = frozenset(
    {discord.MessageType.default, discord.MessageType.reply, discord.MessageType.thread_starter_message}
)
KEPT_TEXT = 12_000  # characters of a message or file, in the state of its request
KEPT = 200  # characters of a point that the author filled in


class RequestReading:
    def __init__(self, bot: Desk) -> None:
        self._bot = bot

    async def part(self, message: discord.Message, asker: Asker, *, in_forum: bool = False) -> Part:
        """Reads a message with its files. Its author is told when secrets stand in it."""
        heard, part = await self._part(of_message(message), asker, digest(message), in_forum=in_forum)
        await self.warn(message, heard)
        return part

    async def of_bystander(self, message: discord.Message) -> jobs.Heard:
        """What somebody else wrote under a request."""
        return (await self._part(of_message(message), writer_of(message), digest(message), in_forum=False))[0]

    async def warn(self, message: discord.Message, heard: jobs.Heard) -> None:
        """Tells the author of a message about the secrets in it, in private."""
        await self._bot.warnings.tell(message, heard.leaks, heard.told.language)

    async def title(self, message: discord.Message, asker: Asker) -> str:
        """The title of the post or thread that a message stands in, secrets masked."""
        written = message.channel.name if isinstance(message.channel, discord.Thread) else ""
        return await self._bot.masked(written, asker.user_id) if written else ""

    async def form_part(self, asker: Asker, state: State, texts: Mapping[str, str], at: int) -> Part:
        """What the author filled in, on top of what he filled in before. `at`: id of the interaction."""
        given = {point: text.strip() for point, text in texts.items() if text.strip()}
        masked = await self._bot.workers.run(asker.user_id, jobs.redact, list(given.values()))
        filled = dict(zip(given, masked, strict=True))
        earlier = state.parts.get(FORM, Part(told=Request(language=summary(state).language)))
        points = {**earlier.told.points, **{point: text[:KEPT] for point, text in filled.items()}}
        lines = [f"{POINTS[point].en}: {text}" for point, text in filled.items() if point != "log"]
        return msgspec.structs.replace(
            earlier,
            told=msgspec.structs.replace(earlier.told, points=points, is_help_request=True),
            text=shortened("\n".join(filter(None, (earlier.text, *lines))), KEPT_TEXT),
            files=(*earlier.files, *([filled["log"]] if "log" in filled else [])),
            at=at,
        )

    async def heard(self, asker: Asker, state: State, key: str) -> Heard:
        """What is to be said now that a message was read, in the light of all that counts."""
        heard = hearing(state, key)
        try:
            message = next(heard)
            while True:
                replied, consultation = await self._bot.consultations.reply(asker, message)
                message = heard.send((replied, consultation.key if consultation else None))
        except StopIteration as end:
            found: Heard = end.value
            return found

    async def beside(self, asker: Asker, state: State, key: str) -> str | None:
        """The key of the answer to a question that was asked back, in the light of what is known by now; None where
        nothing is to be said beside any more: the answer that stands tells it, or it only was that something was heard.
        """
        message = asked_again(state, key)
        if message is None:
            return None
        replied, consultation = await self._bot.consultations.reply(asker, message)
        is_said = replied.follows and not replied.only_heard
        return consultation.key if consultation is not None and is_said else None

    async def _part(self, sources: Sources, asker: Asker, mark: str, *, in_forum: bool) -> tuple[jobs.Heard, Part]:
        material = await self._gathered(sources, asker)
        heard = await self._bot.workers.run(asker.user_id, jobs.hear, material.marked, material.uploads, in_forum)
        files = tuple(shortened(file, KEPT_TEXT) for file in heard.files)
        return heard, Part(digest=mark, told=heard.told, text=shortened(heard.text, KEPT_TEXT), files=files)

    async def _gathered(self, sources: Sources, asker: Asker) -> Material:
        """The files; none when they cannot be read, which nobody asked for."""
        try:
            return await self._bot.gatherer.gather(sources)
        except OUTAGES:
            raise  # the whole message is read again
        except UserError as error:
            log.info("a log in channel %d was not read: %s", asker.channel_id, error)
            return Material(sources.text, unread=len(sources.pictures))


async def opening_of(thread: discord.Thread) -> discord.Message | None:
    """The opening message of a thread, asked from Discord."""
    # A post holds its opening message itself; a thread in a channel was made from a message of that channel.
    place = thread.parent if isinstance(thread.parent, discord.TextChannel) else thread
    try:
        return await place.fetch_message(thread.id)
    except discord.HTTPException:
        return None


def writer_of(message: discord.Message) -> Asker:
    """The author of a message."""
    return Asker(message.author.id, message.channel.id, message.guild.id if message.guild else None)


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
