"""What the moderators of a server have set. Saving needs the version that was read, so nobody overwrites unseen."""

import asyncio
import math
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.database import insert_for
from bot.store.shelf import Guard, Shelf, StoreTroubleError, hurry
from bot.store.tables import guild_settings

Mode = Literal["off", "ask", "full"]
SpokenLanguage = Literal["auto", "en", "zh"]
DEFAULT_POINTS = ("system", "loader", "model", "quant", "steps", "description", "log")
FRESH_SECONDS = 60.0  # how long a read is trusted; another process may have changed it


class GuildSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One server's settings. The defaults watch nothing until a moderator names a forum or channel."""

    forums: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    needs_info_tag: str = ""  # name of a forum tag; empty marks nothing
    solved_tag: str = ""
    handed_tag: str = ""  # on posts that were handed over to humans
    ping_helpers: bool = False  # when a post is handed over
    language: SpokenLanguage = "auto"
    required: tuple[str, ...] = DEFAULT_POINTS
    wording: str = ""  # replaces the opening sentence of the question for missing points
    helper_roles: tuple[int, ...] = ()
    mode: Mode = "full"
    remind_hours: int = 24  # 0 = never
    user_per_hour: int = 20  # automatic answers per author
    channel_per_hour: int = 120
    tag_facts: bool = False  # put the tags of loader and system on posts, where the forum has them
    remember: bool = False  # solved posts, for the next one of the same kind


@dataclass(frozen=True, slots=True)
class Versioned:
    """Settings and the version to hand back on saving; 0 when none were saved yet."""

    settings: GuildSettings
    version: int


class ConflictError(Exception):
    """Somebody else has saved in between; `current` is what stands there now."""

    def __init__(self, current: Versioned) -> None:
        super().__init__(f"settings are at version {current.version}")
        self.current = current


class Settings(Shelf):
    """Reads are cached for a minute: screening a busy server must not ask the database for every message."""

    unguarded = frozenset({"get"})

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float], guard: Guard | None = None) -> None:
        super().__init__(engine, clock, guard)
        self._cache: dict[int, tuple[float, Versioned]] = {}
        self._reading: dict[int, asyncio.Task[Versioned]] = {}

    def known(self, guild_id: int) -> GuildSettings | None:
        """The cached settings when they are fresh, without asking the database."""
        hit = self._cache.get(guild_id)
        return hit[1].settings if hit and 0 <= self._clock() - hit[0] < FRESH_SECONDS else None

    async def get(self, guild_id: int) -> GuildSettings:
        """The settings of a server, the defaults when there are none; the last known ones in times of trouble."""
        known = self.known(guild_id)
        if known is not None:
            return known
        try:
            return (await self._read_once(guild_id)).settings
        except StoreTroubleError:
            if guild_id not in self._cache:
                raise
            return self._cache[guild_id][1].settings

    async def _read_once(self, guild_id: int) -> Versioned:
        """What a read under way brings, else what one begun now does: a storm of messages asks the database once."""
        reading = self._reading.get(guild_id)
        if reading is None:
            # In a context of its own: the hurry of the first who asks is not that of the others.
            reading = asyncio.create_task(self.read(guild_id), context=Context())
            self._reading[guild_id] = reading
            reading.add_done_callback(lambda _: self._reading.pop(guild_id, None))
        await asyncio.wait({reading}, timeout=None if math.isinf(hurry.get()) else hurry.get())
        if not reading.done():
            raise StoreTroubleError
        return reading.result()

    async def read(self, guild_id: int) -> Versioned:
        """The settings as the database has them now."""
        query = select(guild_settings.c.settings, guild_settings.c.version).where(guild_settings.c.guild_id == guild_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        found = Versioned(decode_settings(row.settings), row.version) if row else Versioned(GuildSettings(), 0)
        self._cache[guild_id] = (self._clock(), found)
        return found

    async def save(self, guild_id: int, settings: GuildSettings, version: int, by: int) -> Versioned:
        """Saves over `version` and returns the new one; raises ConflictError when that is no longer the current one."""
        values: dict[str, Any] = {
            "settings": msgspec.json.encode(settings).decode(),
            "version": version + 1,
            "changed_by": by,
            "changed_at": self._clock(),
        }
        async with self._engine.begin() as connection:
            if version == 0:
                insert = insert_for(self._engine)(guild_settings).values(guild_id=guild_id, **values)
                done = await connection.execute(insert.on_conflict_do_nothing())
            else:
                here = (guild_settings.c.guild_id == guild_id) & (guild_settings.c.version == version)
                done = await connection.execute(update(guild_settings).where(here).values(**values))
        if done.rowcount != 1:
            raise ConflictError(await self.read(guild_id))
        saved = Versioned(settings, version + 1)
        self._cache[guild_id] = (self._clock(), saved)
        return saved

    async def remove(self, guild_id: int) -> None:
        """Forgets a server that the bot has left."""
        self._cache.pop(guild_id, None)
        async with self._engine.begin() as connection:
            await connection.execute(delete(guild_settings).where(guild_settings.c.guild_id == guild_id))


def decode_settings(text: str) -> GuildSettings:
    """Settings from JSON; keys that this version no longer has are left out."""
    return msgspec.json.decode(text, type=GuildSettings)
