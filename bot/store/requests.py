"""Help requests that the bot follows. The state is the triage's own JSON, opaque here."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row, delete, select, update

from bot.store.database import insert_for
from bot.store.shelf import Shelf
from bot.store.tables import requests

Status = Literal["open", "complete", "dismissed", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Request:
    """One followed request. `id` is the thread, or the message that asks; `message_id` the bot's one message."""

    id: int
    guild_id: int
    channel_id: int
    author_id: int
    state: str
    status: Status = "open"
    message_id: int | None = None
    remind_at: float | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Followed:
    """Just enough of a request to see whether an event concerns it."""

    id: int
    channel_id: int
    author_id: int
    message_id: int | None
    state: str


class Requests(Shelf):
    """The requests that are being followed."""

    async def get(self, id_: int) -> Request | None:
        """The request of an id, None where none is followed."""
        return await self._one(requests.c.id == id_)

    async def by_message(self, message_id: int) -> Request | None:
        """The request that the bot's message belongs to."""
        return await self._one(requests.c.message_id == message_id)

    async def add(self, request: Request) -> bool:
        """Starts to follow a request; False when it is followed already."""
        now = self._clock()
        values = {**_values(request), "id": request.id, "version": 1, "created_at": now, "changed_at": now}
        async with self._engine.begin() as connection:
            insert = insert_for(self._engine)(requests).values(**values).on_conflict_do_nothing()
            return bool((await connection.execute(insert)).rowcount == 1)

    async def save(self, request: Request) -> bool:
        """Saves over the version that was read; False when it has changed in between."""
        here = (requests.c.id == request.id) & (requests.c.version == request.version)
        values = {**_values(request), "version": request.version + 1, "changed_at": self._clock()}
        async with self._engine.begin() as connection:
            return bool((await connection.execute(update(requests).where(here).values(**values))).rowcount == 1)

    async def remove(self, id_: int) -> None:
        """Follows a request no longer."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(requests).where(requests.c.id == id_))

    async def due(self, limit: int = 50) -> list[Request]:
        """Open requests whose reminder is due, oldest first."""
        query = (
            select(requests)
            .where(requests.c.status == "open", requests.c.remind_at <= self._clock())
            .order_by(requests.c.remind_at)
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            return [_request(row) for row in await connection.execute(query)]

    async def following(self) -> list[Followed]:
        """Requests that may still change; kept in memory so that all other messages cost nothing."""
        query = select(requests).where(requests.c.status.in_(("open", "complete")))
        async with self._engine.connect() as connection:
            rows = await connection.execute(query)
            return [Followed(row.id, row.channel_id, row.author_id, row.message_id, row.state) for row in rows]

    async def newest(self, guild_id: int, limit: int = 200) -> list[Request]:
        """The requests of a server that are still followed, newest first."""
        here = (requests.c.guild_id == guild_id) & requests.c.status.in_(("open", "complete"))
        query = select(requests).where(here).order_by(requests.c.created_at.desc()).limit(limit)
        async with self._engine.connect() as connection:
            return [_request(row) for row in await connection.execute(query)]

    async def of_guild(self, guild_id: int) -> dict[Status, int]:
        """How many requests of a server have each status."""
        query = select(requests.c.status).where(requests.c.guild_id == guild_id)
        counts: dict[Status, int] = {}
        async with self._engine.connect() as connection:
            for row in await connection.execute(query):
                counts[row.status] = counts.get(row.status, 0) + 1
        return counts

    async def _one(self, condition: Any) -> Request | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(requests).where(condition))).first()
        return _request(row) if row else None


def _values(request: Request) -> dict[str, Any]:
    return {
        "guild_id": request.guild_id,
        "channel_id": request.channel_id,
        "author_id": request.author_id,
        "message_id": request.message_id,
        "status": request.status,
        "state": request.state,
        "remind_at": request.remind_at,
    }


def _request(row: Row[Any]) -> Request:
    return Request(
        id=row.id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        author_id=row.author_id,
        state=row.state,
        status=row.status,
        message_id=row.message_id,
        remind_at=row.remind_at,
        version=row.version,
    )
