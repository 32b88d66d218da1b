"""Events that were acted on already: a reconnect may deliver one twice, a second process may see it too."""

from sqlalchemy import delete

from bot.store.database import insert_for
from bot.store.shelf import Shelf
from bot.store.tables import handled


class Handled(Shelf):
    """The messages that were taken care of."""

    async def claim(self, event: str) -> bool:
        """True for whoever asks first; False ever after. `event` is such as "message:123"."""
        insert = insert_for(self._engine)(handled).values(event=event, at=self._clock()).on_conflict_do_nothing()
        async with self._engine.begin() as connection:
            return bool((await connection.execute(insert)).rowcount == 1)

    async def release(self, event: str) -> None:
        """Gives a claim back when the work failed, so that a repeated event may try again."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(handled).where(handled.c.event == event))
