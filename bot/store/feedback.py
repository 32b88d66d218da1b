"""Whether an answer helped. One opinion per answer and user; the last one counts."""

from dataclasses import dataclass

from sqlalchemy import Integer, cast, func, select

from bot.store.database import insert_for
from bot.store.shelf import Shelf
from bot.store.tables import feedback


@dataclass(frozen=True, slots=True)
class Opinion:
    """`reason` has its secrets masked; `entry_id` is what the answer had named, None for other answers."""

    answer_key: str
    user_id: int
    helped: bool
    reason: str = ""
    entry_id: str | None = None
    guild_id: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something was said to help or not."""

    helped: int = 0
    not_helped: int = 0


class Feedback(Shelf):
    """What people said of answers."""

    async def record(self, opinion: Opinion) -> None:
        """Keeps an opinion, the last one of each person."""
        values = {
            "answer_key": opinion.answer_key,
            "user_id": opinion.user_id,
            "guild_id": opinion.guild_id,
            "entry_id": opinion.entry_id,
            "helped": opinion.helped,
            "reason": opinion.reason,
            "at": self._clock(),
        }
        insert = insert_for(self._engine)(feedback).values(**values)
        changed = {name: values[name] for name in ("helped", "reason", "at")}
        insert = insert.on_conflict_do_update(index_elements=["answer_key", "user_id"], set_=changed)
        async with self._engine.begin() as connection:
            await connection.execute(insert)

    async def tally(self, guild_id: int, since: float) -> Tally:
        """How many opinions of a server since a time were good and bad."""
        query = select(
            func.count().label("number"), func.coalesce(func.sum(cast(feedback.c.helped, Integer)), 0).label("helped")
        ).where(feedback.c.guild_id == guild_id, feedback.c.at >= since)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one()
        return Tally(helped=row.helped, not_helped=row.number - row.helped)

    async def by_entry(self, since: float) -> dict[str, Tally]:
        """Opinions per knowledge entry, for those who write entries."""
        query = (
            select(
                feedback.c.entry_id,
                func.count().label("number"),
                func.sum(cast(feedback.c.helped, Integer)).label("helped"),
            )
            .where(feedback.c.entry_id.is_not(None), feedback.c.at >= since)
            .group_by(feedback.c.entry_id)
        )
        async with self._engine.connect() as connection:
            return {
                row.entry_id: Tally(helped=row.helped, not_helped=row.number - row.helped)
                for row in await connection.execute(query)
            }
