"""Posts that were solved, so that the next one of the same kind is led there. Nothing of what anybody wrote is kept."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row, delete, func, select, update

from bot.store.database import insert_for
from bot.store.shelf import Shelf
from bot.store.tables import solved

How = Literal["answer", "helper", "author"]
MOST = 2000  # newest posts of a server that are compared with


@dataclass(frozen=True, slots=True)
class SolvedPost:
    """`id` is the request's: its thread, or the message that asked. `traits`: by what it is known again, as JSON.
    `solution_id`: the message that solved it.
    """

    id: int
    guild_id: int
    channel_id: int
    author_id: int
    traits: str
    how: How = "answer"
    solution_id: int | None = None

    @property
    def link(self) -> str:
        """Address of the solution, else of the post."""
        message = self.solution_id if self.solution_id is not None else self.id
        return f"https://discord.com/channels/{self.guild_id}/{self.channel_id}/{message}"


class Solved(Shelf):
    """Solved posts, without a word of them."""

    async def keep(self, post: SolvedPost) -> None:
        """Keeps a solved post; a solution that was pinned to it stays."""
        values = {
            "id": post.id,
            "guild_id": post.guild_id,
            "channel_id": post.channel_id,
            "author_id": post.author_id,
            "solution_id": post.solution_id,
            "how": post.how,
            "traits": post.traits,
            "at": self._clock(),
        }
        changed: dict[str, Any] = {"traits": post.traits}
        if post.solution_id is not None:
            changed |= {"solution_id": post.solution_id, "how": post.how}
        insert = insert_for(self._engine)(solved).values(**values)
        async with self._engine.begin() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=changed))

    async def has(self, id_: int) -> bool:
        """Whether a post is kept."""
        async with self._engine.connect() as connection:
            return (await connection.execute(select(solved.c.id).where(solved.c.id == id_))).first() is not None

    async def ids(self) -> set[int]:
        """Ids of all solved posts and of the messages that solved them."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(solved.c.id, solved.c.solution_id))
            return {id_ for row in rows for id_ in row if id_ is not None}

    async def of_guild(self, guild_id: int, limit: int = MOST) -> list[SolvedPost]:
        """The solved posts of a server, newest first."""
        query = select(solved).where(solved.c.guild_id == guild_id).order_by(solved.c.at.desc()).limit(limit)
        async with self._engine.connect() as connection:
            return [_post(row) for row in await connection.execute(query)]

    async def count(self, guild_id: int) -> int:
        """How many posts of a server are kept."""
        query = select(func.count()).where(solved.c.guild_id == guild_id)
        async with self._engine.connect() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def remove(self, id_: int) -> None:
        """Forgets a post that is gone, or was not solved after all."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(solved).where(solved.c.id == id_))

    async def unpin(self, message_id: int) -> None:
        """The message that solved a post is gone: its link leads to the post again."""
        here = update(solved).where(solved.c.solution_id == message_id)
        async with self._engine.begin() as connection:
            await connection.execute(here.values(solution_id=None))

    async def remove_guild(self, guild_id: int) -> None:
        """Forgets all solved posts of a server."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(solved).where(solved.c.guild_id == guild_id))


def _post(row: Row[Any]) -> SolvedPost:
    return SolvedPost(
        id=row.id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        author_id=row.author_id,
        traits=row.traits,
        how=row.how,
        solution_id=row.solution_id,
    )
