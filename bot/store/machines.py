"""What people asked the bot to remember of their own computer."""

from dataclasses import dataclass

from sqlalchemy import delete, select

from bot.store.database import insert_for
from bot.store.shelf import Shelf
from bot.store.tables import machines


@dataclass(frozen=True, slots=True)
class KeptMachine:
    """Amounts and names as the bot understood them; `system` is empty where none was told."""

    vram: str
    ram: str
    system: str = ""


class Machines(Shelf):
    """The machines that people asked to be remembered, one each."""

    async def keep(self, user_id: int, machine: KeptMachine) -> None:
        """Remembers a machine in place of the one before."""
        values = {"vram": machine.vram, "ram": machine.ram, "system": machine.system, "at": self._clock()}
        insert = insert_for(self._engine)(machines).values(user_id=user_id, **values)
        async with self._engine.begin() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["user_id"], set_=values))

    async def get(self, user_id: int) -> KeptMachine | None:
        """The machine of somebody, None where none is kept."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(machines).where(machines.c.user_id == user_id))).first()
        return KeptMachine(row.vram, row.ram, row.system) if row else None

    async def remove(self, user_id: int) -> None:
        """Forgets the machine of somebody."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(machines).where(machines.c.user_id == user_id))
