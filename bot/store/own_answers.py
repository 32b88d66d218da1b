"""A server's own answers to its own questions, written by its moderators."""

from typing import Any

import msgspec
from sqlalchemy import Row, delete, func, select, update

from bot.store.database import insert_for
from bot.store.shelf import Shelf
from bot.store.tables import own_answers

MOST = 200  # of one server


class OwnAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer: the question it is for, other wordings of it, and its text in either language or both."""

    question: str
    aliases: tuple[str, ...] = ()
    en: str = ""
    zh: str = ""
    id: int = 0  # 0 while it is not kept yet


class OwnAnswers(Shelf):
    """The answers that servers wrote themselves."""

    async def of_guild(self, guild_id: int) -> list[OwnAnswer]:
        """All answers of a server, oldest first."""
        query = select(own_answers).where(own_answers.c.guild_id == guild_id).order_by(own_answers.c.id)
        async with self._engine.connect() as connection:
            return [_answer(row) for row in await connection.execute(query)]

    async def get(self, guild_id: int, id_: int) -> OwnAnswer | None:
        """One answer of a server, None where it has none of this number."""
        query = select(own_answers).where(own_answers.c.guild_id == guild_id, own_answers.c.id == id_)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return _answer(row) if row else None

    async def add(self, guild_id: int, answer: OwnAnswer, by: int) -> bool:
        """Keeps a new answer; False when the server has too many."""
        values = {"guild_id": guild_id, **self._values(answer, by)}
        number = select(func.count()).where(own_answers.c.guild_id == guild_id)
        async with self._engine.begin() as connection:
            if int((await connection.execute(number)).scalar_one()) >= MOST:
                return False
            await connection.execute(insert_for(self._engine)(own_answers).values(**values))
        return True

    async def change(self, guild_id: int, answer: OwnAnswer, by: int) -> bool:
        """Replaces an answer; False when it is gone."""
        here = (own_answers.c.guild_id == guild_id) & (own_answers.c.id == answer.id)
        async with self._engine.begin() as connection:
            done = await connection.execute(update(own_answers).where(here).values(**self._values(answer, by)))
        return bool(done.rowcount == 1)

    async def remove(self, guild_id: int, id_: int) -> None:
        """Removes an answer of a server."""
        here = (own_answers.c.guild_id == guild_id) & (own_answers.c.id == id_)
        async with self._engine.begin() as connection:
            await connection.execute(delete(own_answers).where(here))

    def _values(self, answer: OwnAnswer, by: int) -> dict[str, Any]:
        content = msgspec.json.encode(msgspec.structs.replace(answer, id=0)).decode()
        return {"content": content, "changed_by": by, "changed_at": self._clock()}


def _answer(row: Row[Any]) -> OwnAnswer:
    return msgspec.structs.replace(msgspec.json.decode(row.content, type=OwnAnswer), id=row.id)
