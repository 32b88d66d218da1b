"""Links to messages of the same server: what stands there is read as if it had been sent along.

Only what the one who sent the link may read, and only on this server; a link elsewhere stays words.
"""

import re
from dataclasses import dataclass

import discord

from bot.intake.unread import unread_link

_MOST = 3  # links of one text
_HOST = "discord.com"
_ADDRESS = re.compile(
    r"https?://(?:(?:ptb|canary)\.)?discord(?:app)?\.com/channels/([0-9]{15,20})/([0-9]{15,20})/([0-9]{15,20})(?![0-9/])"
)
NOT_READ = unread_link(_HOST, "gone")  # a line of text in the place of what could not be had


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands, by ids."""

    guild: int
    channel: int
    message: int


def places_in(text: str, guild: int) -> tuple[Place, ...]:
    """The first few messages of a server that a text links to, each once."""
    if "/channels/" not in text:
        return ()
    found = (Place(*map(int, ids)) for ids in _ADDRESS.findall(text))
    return tuple(dict.fromkeys(place for place in found if place.guild == guild))[:_MOST]


async def linked_messages(text: str, reader: discord.Member) -> list[discord.Message | None]:
    """The messages that a text of `reader` links to; None for each that is gone or that they may not read."""
    return [await _message(place, reader) for place in places_in(text, reader.guild.id)]


async def _message(place: Place, reader: discord.Member) -> discord.Message | None:
    channel = reader.guild.get_channel_or_thread(place.channel)
    if channel is None or not _may_read(channel, reader) or not isinstance(channel, discord.abc.Messageable):
        return None
    try:
        return await channel.fetch_message(place.message)
    except discord.HTTPException:
        return None


def _may_read(channel: discord.abc.GuildChannel | discord.Thread, reader: discord.Member) -> bool:
    """Private threads stay closed: who is in them is not known without asking for each."""
    if isinstance(channel, discord.Thread) and channel.is_private():
        return False
    allowed = channel.permissions_for(reader)
    return allowed.view_channel and allowed.read_message_history
