"""The bot's one message under a request, its reminder, and the post's tags: everything that Discord may refuse."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord

from bot.chat.desk import Desk
from bot.chat.errors import is_forbidden, is_gone
from bot.chat.interactive import custom_id
from bot.chat.limits import FORUM_TAGS
from bot.chat.rendering import Sheet
from bot.store.requests import Request

log = logging.getLogger(__name__)
LOOKED_BACK = 30  # messages in which a lost one is looked for


class ChannelGoneError(Exception):
    """The channel no longer exists."""


class RequestMessages:
    def __init__(self, bot: Desk) -> None:
        self._bot = bot
        self.forbidden: dict[int, set[int]] = {}  # guild -> channels in which something was refused

    async def guarded(self, channel_id: int, work: Callable[..., Awaitable[object]], *args: Any) -> None:
        """Does something on Discord; what was deleted or is forbidden meanwhile is no error of ours."""
        try:
            await work(*args)
        except ChannelGoneError:
            log.info("channel %d is gone", channel_id)
        except discord.HTTPException as error:
            if is_forbidden(error):
                self.note_forbidden(self._bot.get_channel(channel_id))
                log.warning("not allowed in channel %d: %s", channel_id, error)
            elif is_gone(error):
                log.info("something in channel %d is gone: %s", channel_id, error)
            else:
                raise

    def note_forbidden(self, channel: Any) -> None:
        """Remembers where Discord refused something; the moderators see it in /setup."""
        guild = getattr(channel, "guild", None)
        if guild is not None:
            self.forbidden.setdefault(guild.id, set()).add(getattr(channel, "parent_id", None) or channel.id)

    async def send(self, request: Request, view: Sheet, *, is_thread: bool) -> int:
        """Sends the message; returns its id. Discord drops a second one with the same nonce (a retry after a 500)."""
        channel = await self._channel(request.channel_id)
        nonce = secrets.token_hex(8)
        if is_thread:  # the author follows his own thread and hears of the message anyhow
            return int((await channel.send(view=view, nonce=nonce)).id)
        reference = discord.MessageReference(
            message_id=request.id, channel_id=request.channel_id, fail_if_not_exists=False
        )
        return int((await channel.send(view=view, nonce=nonce, reference=reference, mention_author=True)).id)

    async def say(self, request: Request, view: Sheet, *, to: int | None = None, roles: Sequence[int] = ()) -> int:
        """One more message in the request's channel, as a reply to message `to`; it pings `roles` and nobody else.
        Returns its id.
        """
        channel = await self._channel(request.channel_id)
        nonce = secrets.token_hex(8)
        if to is None:
            pings = discord.AllowedMentions(roles=[discord.Object(role) for role in roles])
            return int((await channel.send(view=view, allowed_mentions=pings, nonce=nonce)).id)
        reference = discord.MessageReference(message_id=to, channel_id=request.channel_id, fail_if_not_exists=False)
        return int((await channel.send(view=view, nonce=nonce, reference=reference, mention_author=False)).id)

    async def edit(self, request: Request, view: Sheet, message_id: int | None = None) -> None:
        """Changes the message under the request, or another one there."""
        known = message_id if message_id is not None else request.message_id
        assert known is not None
        channel = await self._channel(request.channel_id)
        await channel.get_partial_message(known).edit(view=view)

    async def lost(self, request: Request) -> int | None:
        """The message of a request whose id was not kept: the bot went down between sending and saving."""
        marks = (f"'{custom_id('dismiss', request.id)}'", f".{request.id}'")  # under a question, under an answer
        me = self._bot.user
        try:
            channel = await self._channel(request.channel_id)
            async for message in channel.history(limit=LOOKED_BACK):
                components = str([part.to_dict() for part in message.components])
                if me is not None and message.author.id == me.id and any(mark in components for mark in marks):
                    return int(message.id)
        except (ChannelGoneError, discord.HTTPException) as error:
            log.info("could not look for the message of request %d: %s", request.id, error)
        return None

    async def remind(self, request: Request, view: Sheet, *, with_ping: bool) -> int | None:
        """Sends the reminder; returns its id, None where nobody would read it."""
        channel = await self._channel(request.channel_id)
        if isinstance(channel, discord.Thread) and (channel.archived or channel.locked):
            return None
        pings = discord.AllowedMentions(users=[discord.Object(request.author_id)] if with_ping else [])
        return int((await channel.send(view=view, allowed_mentions=pings, nonce=secrets.token_hex(8))).id)

    async def delete(self, channel_id: int, message_id: int) -> None:
        channel = await self._channel(channel_id)
        try:
            await channel.get_partial_message(message_id).delete()
        except discord.NotFound:
            log.debug("message %d was gone already", message_id)

    async def tag(
        self, request: Request, *, add: Sequence[str] = (), remove: Sequence[str] = (), also: Sequence[str] = ()
    ) -> None:
        """Puts forum tags on and takes some off, by name; touches no other tag. `also`: what was told of system and
        loader, whose tags are put on where the forum has them.
        """
        thread = await self._channel(request.channel_id) if add or remove or also else None
        if not isinstance(thread, discord.Thread) or not isinstance(thread.parent, discord.ForumChannel):
            return
        tags = _changed(thread.applied_tags, thread.parent.available_tags, add, remove, also)
        if tags == thread.applied_tags:
            return
        try:
            await thread.edit(applied_tags=tags)
        except discord.Forbidden:  # the message matters more than its tag
            self.note_forbidden(thread)

    async def _channel(self, channel_id: int) -> Any:
        """A channel or thread, asked from Discord when it is not in memory (an archived thread)."""
        channel = self._bot.get_channel(channel_id)
        if channel is not None:
            return channel
        try:
            return await self._bot.fetch_channel(channel_id)
        except discord.NotFound as error:
            raise ChannelGoneError from error


def _changed(
    applied: Sequence[discord.ForumTag],
    available: Sequence[discord.ForumTag],
    add: Sequence[str],
    remove: Sequence[str],
    told: Sequence[str],
) -> list[discord.ForumTag]:
    """The tags of a post with some put on and some taken off, and those of what was told, as many as it may have."""
    tags = [tag for tag in applied if tag.name not in remove or tag.name in add]
    tags += [tag for tag in available if tag.name in add and tag not in tags]
    tags += [tag for tag in available if tag not in tags and _names(tag.name, told)]
    return tags[:FORUM_TAGS]


def _names(tag: str, told: Sequence[str]) -> bool:
    """Whether a tag names what was told: "Windows" does for "Windows 11"."""
    name = tag.casefold()
    return any(each.casefold() == name or each.casefold().startswith(f"{name} ") for each in told)
