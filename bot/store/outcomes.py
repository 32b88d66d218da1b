"""What became of help requests: figures for a server's moderators, without a word of what was said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from sqlalchemy import func, or_, select

from bot.store.database import insert_for
from bot.store.shelf import Shelf
from bot.store.tables import outcomes

MOST = 5000  # newest requests that the figures are made of


@dataclass(frozen=True, slots=True)
class Outcome:
    """One request as it stands: what it was recognised as, in which loader, whether it has an answer, is solved."""

    id: int
    guild_id: int
    author_id: int
    opened_at: float
    entry_id: str | None = None
    loader: str | None = None
    is_answered: bool = False
    is_solved: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """How many requests, and how many of them were solved."""

    name: str
    requests: int
    solved: int


@dataclass(frozen=True, slots=True)
class Figures:
    """`answer_seconds`: the median time until the first answer; None without one."""

    requests: int
    solved: int
    answer_seconds: float | None
    causes: tuple[Share, ...]
    loaders: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    entry_id: str | None
    loader: str | None
    opened_at: float
    answered_at: float | None
    solved_at: float | None


class Outcomes(Shelf):
    """What became of posts."""

    async def note(self, outcome: Outcome) -> None:
        """Notes how a request stands. The times of its first answer and of its solution are those of the first note
        that says so; a solution that is taken back is none.
        """
        now = self._clock()
        values = {
            "id": outcome.id,
            "guild_id": outcome.guild_id,
            "author_id": outcome.author_id,
            "entry_id": outcome.entry_id,
            "loader": outcome.loader,
            "opened_at": min(outcome.opened_at, now),
            "answered_at": now if outcome.is_answered else None,
            "solved_at": now if outcome.is_solved else None,
        }
        insert = insert_for(self._engine)(outcomes).values(**values)
        kept = {name: func.coalesce(insert.excluded[name], outcomes.c[name]) for name in ("entry_id", "loader")}
        first = func.coalesce(outcomes.c.answered_at, insert.excluded.answered_at)
        solved = func.coalesce(outcomes.c.solved_at, insert.excluded.solved_at) if outcome.is_solved else None
        changed = {**kept, "answered_at": first, "solved_at": solved}
        async with self._engine.begin() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=changed))

    async def figures(self, guild_id: int, since: float, shown: int = 5) -> Figures:
        """The figures of a server's requests that were opened, answered or solved since a time; causes and loaders most
        frequent first. How long an answer took is told by those that were opened in this time alone.
        """
        times = (outcomes.c.opened_at, outcomes.c.answered_at, outcomes.c.solved_at)
        here = (outcomes.c.guild_id == guild_id) & or_(*(time >= since for time in times))
        query = select(outcomes).where(here).order_by(outcomes.c.opened_at.desc()).limit(MOST)
        async with self._engine.connect() as connection:
            found = [
                _Row(row.entry_id, row.loader, row.opened_at, row.answered_at, row.solved_at)
                for row in await connection.execute(query)
            ]
        waits = _waits(row for row in found if row.opened_at >= since)
        return Figures(
            requests=len(found),
            solved=sum(row.solved_at is not None for row in found),
            answer_seconds=median(waits) if waits else None,
            causes=_shares([(row.entry_id, row) for row in found])[:shown],
            loaders=_shares([(row.loader, row) for row in found])[:shown],
        )


def _waits(rows: Iterable[_Row]) -> list[float]:
    """Seconds until the first answer, of those that have one."""
    return [row.answered_at - row.opened_at for row in rows if row.answered_at is not None]


def _shares(named: Sequence[tuple[str | None, _Row]]) -> tuple[Share, ...]:
    """Each name with its requests, most frequent first."""
    groups: dict[str, list[_Row]] = {}
    for name, row in named:
        if name:
            groups.setdefault(name, []).append(row)
    shares = [Share(name, len(rows), sum(row.solved_at is not None for row in rows)) for name, rows in groups.items()]
    return tuple(sorted(shares, key=lambda share: (-share.requests, share.name)))
