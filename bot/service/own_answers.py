"""A server's own answers: found where somebody asks, kept at hand for a minute."""

import re
from collections.abc import Callable

from bot.answers.blocks import Answer, Block, Links, Paragraph
from bot.base.errors import UserError
from bot.base.languages import Text
from bot.service import jobs
from bot.service.keeping import in_time
from bot.service.workers import Workers
from bot.store.own_answers import OwnAnswer, OwnAnswers

FRESH_SECONDS = 60.0
_ADDRESS = re.compile(r"https?://[^\s()<>]+")


class ServerAnswers:
    """Finds them by the words of a question or a post."""

    def __init__(self, store: OwnAnswers, workers: Workers, clock: Callable[[], float]) -> None:
        self._store = store
        self._workers = workers
        self._clock = clock
        self._read: dict[int, tuple[float, list[OwnAnswer]]] = {}

    async def of_guild(self, guild_id: int | None) -> list[OwnAnswer]:
        """All answers of a server; none where they cannot be read soon."""
        if guild_id is None:
            return []
        at, known = self._read.get(guild_id, (0.0, []))
        if not 0 <= self._clock() - at < FRESH_SECONDS:
            known = await in_time(self._store.of_guild(guild_id), otherwise=known)
            self._read[guild_id] = (self._clock(), known)
        return known

    def changed(self, guild_id: int) -> None:
        """Somebody has changed them."""
        self._read.pop(guild_id, None)

    async def find(self, guild_id: int | None, user_id: int, asked: str) -> OwnAnswer | None:
        """The answer that a text asks for, for sure."""
        known = await self.of_guild(guild_id)
        if not known or not asked.strip():
            return None
        try:
            meant = await self._workers.run(user_id, jobs.own_answer, asked, [wordings_of(each) for each in known])
        except UserError:
            return None
        return known[meant.sure] if meant.sure is not None else None


def wordings_of(answer: OwnAnswer) -> tuple[str, ...]:
    """The question in all its wordings."""
    return (answer.question, *answer.aliases)


def own_answer(own: OwnAnswer) -> Answer:
    """As it is shown; a language that it lacks is told in the other one."""
    text = Text(own.en or own.zh, own.zh or own.en)
    addresses = dict.fromkeys(_ADDRESS.findall(f"{own.en} {own.zh}"))
    links = tuple((address.partition("//")[2], address) for address in addresses)
    blocks: tuple[Block, ...] = (Paragraph(text), *([Links(links)] if links else []))
    return Answer(Text(own.question, own.question), "neutral", blocks)
