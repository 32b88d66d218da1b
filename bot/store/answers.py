"""Answers that were given, so that their buttons work after a restart and the same log is not read twice."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from bot.store.database import insert_for
from bot.store.shelf import Shelf
from bot.store.tables import answers


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as JSON. `content_hash` names the input and the knowledge it was read with."""

    key: str
    kind: str
    author_id: int
    content_hash: str
    content: str
    guild_id: int | None = None


class Answers(Shelf):
    """The answers that were given, as they were shown."""

    async def add(self, answer: StoredAnswer) -> None:
        """Keeps an answer."""
        values = {
            "key": answer.key,
            "kind": answer.kind,
            "author_id": answer.author_id,
            "content_hash": answer.content_hash,
            "content": answer.content,
            "guild_id": answer.guild_id,
            "created_at": self._clock(),
        }
        async with self._engine.begin() as connection:
            await connection.execute(insert_for(self._engine)(answers).values(**values).on_conflict_do_nothing())

    async def get(self, key: str) -> StoredAnswer | None:
        """The answer of a key, None where it is not kept any more."""
        return await self._one(select(answers).where(answers.c.key == key))

    async def same_content(self, content_hash: str) -> StoredAnswer | None:
        """The newest answer to the same input."""
        query = select(answers).where(answers.c.content_hash == content_hash)
        return await self._one(query.order_by(answers.c.created_at.desc()).limit(1))

    async def count(self, guild_id: int, since: float) -> dict[str, int]:
        """How many answers of each kind a server got since a time."""
        query = (
            select(answers.c.kind, func.count().label("number"))
            .where(answers.c.guild_id == guild_id, answers.c.created_at >= since)
            .group_by(answers.c.kind)
        )
        async with self._engine.connect() as connection:
            return {row.kind: row.number for row in await connection.execute(query)}

    async def _one(self, query: Any) -> StoredAnswer | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return _stored(row) if row else None


def _stored(row: Row[Any]) -> StoredAnswer:
    return StoredAnswer(
        key=row.key,
        kind=row.kind,
        author_id=row.author_id,
        content_hash=row.content_hash,
        content=row.content,
        guild_id=row.guild_id,
    )
