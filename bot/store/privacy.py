"""What is kept of a user, how long, and how it goes away."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.shelf import Shelf
from bot.store.tables import (
    answers,
    evidence,
    feedback,
    handled,
    machines,
    outcomes,
    own_answers,
    requests,
    solutions,
    solved,
    unknown_clusters,
    unknown_logs,
)

DAY = 86_400.0
NOBODY = 0
HANDLED_DAYS = 3  # an event is never delivered again later than that


@dataclass(frozen=True, slots=True)
class Retention:
    """Days for which each kind of record is kept."""

    answers: int = 30
    feedback: int = 365
    unknown: int = 180
    solved: int = 365


@dataclass(frozen=True, slots=True)
class Kept:
    """Number of records that belong to one user."""

    answers: int
    requests: int
    feedback: int
    corrections: int
    unknown: int
    solved: int = 0
    solutions: int = 0
    figures: int = 0
    machines: int = 0

    @property
    def total(self) -> int:
        """How many rows there are."""
        return sum(getattr(self, name) for name in self.__slots__)


class Privacy(Shelf):
    """What is kept of a person, and its removal."""

    async def kept(self, user_id: int) -> Kept:
        """How much is kept of a person, by kind."""
        async with self._engine.connect() as connection:
            return Kept(
                answers=await _count(connection, answers, answers.c.author_id == user_id),
                requests=await _count(connection, requests, requests.c.author_id == user_id),
                feedback=await _count(connection, feedback, feedback.c.user_id == user_id),
                corrections=await _count(connection, evidence, evidence.c.author_id == user_id),
                unknown=await _count(connection, unknown_logs, unknown_logs.c.author_id == user_id),
                solved=await _count(connection, solved, solved.c.author_id == user_id),
                solutions=await _count(connection, solutions, solutions.c.helper_id == user_id),
                figures=await _count(connection, outcomes, outcomes.c.author_id == user_id),
                machines=await _count(connection, machines, machines.c.user_id == user_id),
            )

    async def forget(self, user_id: int) -> Kept:
        """Deletes everything that belongs to a user, and returns how much that was."""
        before = await self.kept(user_id)
        async with self._engine.begin() as connection:
            shared = select(unknown_logs.c.cluster_id).where(unknown_logs.c.author_id == user_id)
            here = unknown_clusters.c.id.in_(shared)
            await connection.execute(update(unknown_clusters).where(here).values(sample=None))
            for table, condition in (
                (answers, answers.c.author_id == user_id),
                (requests, requests.c.author_id == user_id),
                (feedback, feedback.c.user_id == user_id),
                (evidence, evidence.c.author_id == user_id),
                (unknown_logs, unknown_logs.c.author_id == user_id),
                (solved, solved.c.author_id == user_id),
                (solutions, solutions.c.helper_id == user_id),
                (outcomes, outcomes.c.author_id == user_id),
                (machines, machines.c.user_id == user_id),
            ):
                await connection.execute(delete(table).where(condition))
            # A helper's corrections of other people's logs stay; the helper's id goes.
            nobody = update(evidence).where(evidence.c.helper_id == user_id).values(helper_id=-evidence.c.id)
            await connection.execute(nobody)
            written = update(own_answers).where(own_answers.c.changed_by == user_id)  # the answer is the server's
            await connection.execute(written.values(changed_by=NOBODY))
            await _drop_empty_clusters(connection)
        return before

    async def forget_guild(self, guild_id: int) -> None:
        """Deletes what belongs to a server that the bot has left."""
        async with self._engine.begin() as connection:
            for table in (requests, answers, solved, solutions, own_answers, outcomes):
                await connection.execute(delete(table).where(table.c.guild_id == guild_id))

    async def newest(self) -> float | None:
        """When anything was kept last; None when nothing is."""
        async with self._engine.connect() as connection:
            times = [
                (await connection.execute(select(func.max(column)))).scalar()
                for column in (answers.c.created_at, requests.c.changed_at, handled.c.at)
            ]
        return max((time for time in times if time is not None), default=None)

    async def purge(self, retention: Retention) -> int:
        """Deletes what is older than its limit; returns the number of records that went."""
        now = self._clock()
        gone = 0
        async with self._engine.begin() as connection:
            for table, condition in (
                (answers, answers.c.created_at < now - retention.answers * DAY),
                (requests, requests.c.changed_at < now - retention.answers * DAY),
                (feedback, feedback.c.at < now - retention.feedback * DAY),
                (evidence, evidence.c.at < now - retention.feedback * DAY),
                (unknown_logs, unknown_logs.c.at < now - retention.unknown * DAY),
                (solutions, solutions.c.at < now - retention.unknown * DAY),
                (solved, solved.c.at < now - retention.solved * DAY),
                (outcomes, outcomes.c.opened_at < now - retention.feedback * DAY),
                (machines, machines.c.at < now - retention.feedback * DAY),
                (handled, handled.c.at < now - HANDLED_DAYS * DAY),
            ):
                gone += (await connection.execute(delete(table).where(condition))).rowcount
            await _drop_empty_clusters(connection)
        return gone


async def _count(connection: AsyncConnection, table: Table, condition: ColumnElement[bool]) -> int:
    return int((await connection.execute(select(func.count()).select_from(table).where(condition))).scalar_one())


async def _drop_empty_clusters(connection: AsyncConnection) -> None:
    used = select(unknown_logs.c.cluster_id)
    await connection.execute(delete(unknown_clusters).where(unknown_clusters.c.id.not_in(used)))
