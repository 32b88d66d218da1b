"""Diagnoses that a helper has confirmed or corrected: labelled cases for `wenzhen eval`."""

from dataclasses import dataclass

from sqlalchemy import func, select

from bot.store.database import insert_for
from bot.store.shelf import Shelf
from bot.store.tables import evidence


@dataclass(frozen=True, slots=True)
class Label:
    """`text` is the log with its secrets masked; `predicted` what the bot had named, `label` what is right."""

    answer_key: str
    author_id: int
    helper_id: int
    label: str
    text: str
    predicted: str | None = None
    guild_id: int | None = None


class Evidence(Shelf):
    """What helpers said is right."""

    async def record(self, label: Label) -> None:
        """Keeps a helper's verdict; a second one by the same helper replaces the first."""
        values = {
            "answer_key": label.answer_key,
            "guild_id": label.guild_id,
            "author_id": label.author_id,
            "helper_id": label.helper_id,
            "predicted": label.predicted,
            "label": label.label,
            "text": label.text,
            "at": self._clock(),
        }
        insert = insert_for(self._engine)(evidence).values(**values)
        changed = {name: values[name] for name in ("label", "at")}
        insert = insert.on_conflict_do_update(index_elements=["answer_key", "helper_id"], set_=changed)
        async with self._engine.begin() as connection:
            await connection.execute(insert)

    async def all(self) -> list[Label]:
        """Every verdict, oldest first."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(evidence).order_by(evidence.c.at))
            return [
                Label(
                    answer_key=row.answer_key,
                    author_id=row.author_id,
                    helper_id=row.helper_id,
                    label=row.label,
                    text=row.text,
                    predicted=row.predicted,
                    guild_id=row.guild_id,
                )
                for row in rows
            ]

    async def label_of(self, answer_key: str) -> str | None:
        """What a helper said last that an answer should have named."""
        query = select(evidence.c.label).where(evidence.c.answer_key == answer_key)
        async with self._engine.connect() as connection:
            return (await connection.execute(query.order_by(evidence.c.at.desc()).limit(1))).scalar()

    async def count(self, guild_id: int) -> int:
        """How many verdicts a server has given."""
        query = select(func.count()).where(evidence.c.guild_id == guild_id)
        async with self._engine.connect() as connection:
            return int((await connection.execute(query)).scalar_one())
