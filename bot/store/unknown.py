"""Errors that no entry knows, clustered by their normalised signature. The same log counts once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_for
from bot.store.shelf import Shelf
from bot.store.tables import solutions, unknown_clusters, unknown_logs

ALIKE = 92.0  # percent; below this two signatures are different errors
COMPARED = 500  # most recent clusters that a new signature is compared with


@dataclass(frozen=True, slots=True)
class Cluster:
    """`count` different logs showed this error; `sample` is one of them, where its author agreed."""

    id: str
    signature: str
    count: int
    first_seen: float
    last_seen: float
    sample: str | None = None


@dataclass(frozen=True, slots=True)
class Solution:
    """How an unknown error was solved: what a helper wrote about it for the knowledge, and the reply that solved it."""

    cluster_id: str
    message_id: int
    guild_id: int
    channel_id: int
    helper_id: int
    text: str

    @property
    def link(self) -> str:
        """The address of the message."""
        return f"https://discord.com/channels/{self.guild_id}/{self.channel_id}/{self.message_id}"


class Unknown(Shelf):
    """Logs that no entry knows, by likeness."""

    async def record(self, signature: str, content_hash: str, author_id: int, guild_id: int | None = None) -> str:
        """Counts a log under its cluster and returns the cluster's id."""
        now = self._clock()
        async with self._engine.begin() as connection:
            cluster_id = await self._nearest(connection, signature)
            await connection.execute(
                insert_for(self._engine)(unknown_clusters)
                .values(id=cluster_id, signature=signature, first_seen=now, last_seen=now)
                .on_conflict_do_update(index_elements=["id"], set_={"last_seen": now})
            )
            await connection.execute(
                insert_for(self._engine)(unknown_logs)
                .values(
                    cluster_id=cluster_id, content_hash=content_hash, guild_id=guild_id, author_id=author_id, at=now
                )
                .on_conflict_do_nothing()
            )
        return cluster_id

    async def share(self, cluster_id: str, sample: str) -> None:
        """Keeps a log (secrets masked) of an author who agreed, unless the cluster has one."""
        here = (unknown_clusters.c.id == cluster_id) & unknown_clusters.c.sample.is_(None)
        async with self._engine.begin() as connection:
            await connection.execute(update(unknown_clusters).where(here).values(sample=sample))

    async def solve(self, solution: Solution) -> None:
        """Keeps how an error was solved; a second word on the same reply replaces the first."""
        values = {
            "cluster_id": solution.cluster_id,
            "message_id": solution.message_id,
            "guild_id": solution.guild_id,
            "channel_id": solution.channel_id,
            "helper_id": solution.helper_id,
            "text": solution.text,
            "at": self._clock(),
        }
        changed = {name: values[name] for name in ("text", "helper_id", "at")}
        insert = insert_for(self._engine)(solutions).values(**values)
        insert = insert.on_conflict_do_update(index_elements=["cluster_id", "message_id"], set_=changed)
        async with self._engine.begin() as connection:
            await connection.execute(insert)

    async def solutions(self, cluster_ids: Sequence[str]) -> list[Solution]:
        """How errors were solved, newest first."""
        query = select(solutions).where(solutions.c.cluster_id.in_(cluster_ids)).order_by(solutions.c.at.desc())
        async with self._engine.connect() as connection:
            return [
                Solution(row.cluster_id, row.message_id, row.guild_id, row.channel_id, row.helper_id, row.text)
                for row in await connection.execute(query)
            ]

    async def top(self, limit: int = 10, guild_id: int | None = None) -> list[Cluster]:
        """The clusters with the most logs, of one server or of all."""
        number = func.count(unknown_logs.c.content_hash).label("number")
        query = select(unknown_clusters, number).join(unknown_logs).group_by(unknown_clusters.c.id)
        if guild_id is not None:
            query = query.where(unknown_logs.c.guild_id == guild_id)
        query = query.order_by(number.desc(), unknown_clusters.c.last_seen.desc()).limit(limit)
        async with self._engine.connect() as connection:
            return [_cluster(row) for row in await connection.execute(query)]

    async def get(self, cluster_id: str) -> Cluster | None:
        """A cluster with its number of logs, None where there is none."""
        number = func.count(unknown_logs.c.content_hash).label("number")
        query = select(unknown_clusters, number).outerjoin(unknown_logs).group_by(unknown_clusters.c.id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query.where(unknown_clusters.c.id == cluster_id))).first()
        return _cluster(row) if row else None

    async def remove(self, cluster_id: str) -> None:
        """Forgets a cluster, once an entry knows it."""
        async with self._engine.begin() as connection:
            for table in (unknown_logs, solutions):
                await connection.execute(delete(table).where(table.c.cluster_id == cluster_id))
            await connection.execute(delete(unknown_clusters).where(unknown_clusters.c.id == cluster_id))

    async def _nearest(self, connection: AsyncConnection, signature: str) -> str:
        """The id of the cluster that is alike, or a new one."""
        own = hashlib.sha256(signature.encode()).hexdigest()[:12]
        query = select(unknown_clusters.c.id, unknown_clusters.c.signature)
        rows = await connection.execute(query.order_by(unknown_clusters.c.last_seen.desc()).limit(COMPARED))
        known = {row.id: row.signature for row in rows}
        if own in known:
            return own
        from rapidfuzz import fuzz, process  # needed by the first unknown error, not by a start

        best = process.extractOne(signature, known, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return str(best[2]) if best else own


def _cluster(row: Row[Any]) -> Cluster:
    return Cluster(
        id=row.id,
        signature=row.signature,
        count=row.number,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        sample=row.sample,
    )
