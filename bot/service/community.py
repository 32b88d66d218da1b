"""What a server has solved before: kept when a post is solved, offered to the next one that is like it."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from bot.base.errors import UserError
from bot.base.languages import Text
from bot.clinic.likeness import Traits, most_alike
from bot.clinic.message import Message
from bot.clinic.reading import Candidate, Reading
from bot.service import jobs
from bot.service.consulting import Asker, Consultations
from bot.service.request_state import State, conversation, decoded, summary
from bot.service.workers import Workers
from bot.store.outcomes import Outcome
from bot.store.requests import Request
from bot.store.settings import GuildSettings
from bot.store.solved import How, SolvedPost
from bot.store.store import Store

log = logging.getLogger(__name__)
OFFERED = 2  # solved posts under an answer
LISTED = 5  # and where somebody asks for them
EPOCH = 1_420_070_400  # seconds; the first id of Discord
NOTHING = Reading(())


@dataclass(frozen=True, slots=True)
class Similar:
    """A solved post that is like another one."""

    post: SolvedPost
    traits: Traits


class Community:
    """The memory of a community. Nobody waits for it: what it cannot do now is left out."""

    def __init__(self, store: Store, workers: Workers, consultations: Consultations) -> None:
        self._store = store
        self._workers = workers
        self._consultations = consultations
        self._known: set[int] = set()  # solved posts and solutions, so that all other deletions cost nothing

    async def refresh(self) -> None:
        """Reads anew what is remembered."""
        self._known = await self._store.solved.ids()

    async def with_similar(self, asker: Asker, id_: int, state: State) -> State:
        """The state of a request with the solved posts that are like it, where the server remembers them."""
        message, reading = conversation(state), await self._reading(state)
        if message is None or reading is None or state.life != "answered":
            return state
        found = await self.similar(asker, message, reading, besides=id_)
        return msgspec.structs.replace(state, similar=tuple(each.post.link for each in found[:OFFERED]))

    async def similar(
        self, asker: Asker, message: Message, reading: Reading = NOTHING, *, besides: int = 0
    ) -> list[Similar]:
        """The solved posts of a server that are like a message, best first, without that of the request `besides`."""
        try:
            if asker.guild_id is None or not (await self._store.settings.get(asker.guild_id)).remember:
                return []
            posts = [post for post in await self._store.solved.of_guild(asker.guild_id) if post.id != besides]
            if not posts:
                return []
            traits = await self._workers.run(asker.user_id, jobs.traits, message, reading)
        except UserError as error:
            log.info("similar posts were not looked for: %s", error)
            return []
        return await asyncio.to_thread(_alike, traits, posts)

    async def follow(self, request: Request, state: State, settings: GuildSettings) -> None:
        """Keeps up with a request: what became of it, and its solution where the server remembers them."""
        try:
            reading = await self._reading(state)
            await self._store.outcomes.note(_outcome(request, state, reading))
            if state.life != "solved" or not settings.remember:
                await self._store.solved.remove(request.id)
            elif not await self._store.solved.has(request.id):
                await self._learn(request, state, reading)
        except UserError as error:
            log.info("what became of request %d was not noted: %s", request.id, error)

    async def links_like(self, asker: Asker, reading: Reading) -> tuple[str, ...]:
        """Addresses of the solved posts that are like what was read."""
        found = await self.similar(asker, Message(reading.text), reading)
        return tuple(each.post.link for each in found[:OFFERED])

    async def similar_to(self, asker: Asker, text: str) -> list[Similar]:
        """The solved posts that are like what somebody typed."""
        reading = await self._workers.run(asker.user_id, jobs.diagnose, text, (), None)
        return await self.similar(asker, Message(reading.text), reading)

    async def similar_to_request(self, asker: Asker, request: Request) -> list[Similar]:
        """The solved posts that are like a followed request."""
        state = decoded(request.state)
        message, reading = conversation(state), await self._reading(state)
        return await self.similar(asker, message, reading or NOTHING, besides=request.id) if message else []

    async def pin(self, request: Request, state: State, message_id: int) -> SolvedPost:
        """Keeps a helper's reply as the solution of a request."""
        helped = msgspec.structs.replace(state, life="solved", helper_id=state.helper_id or 0)
        return await self._learn(request, helped, await self._reading(state), message_id)

    async def gone(self, id_: int) -> None:
        """A message or thread is gone: a solution that it held is forgotten."""
        if id_ not in self._known:
            return
        try:
            await self._store.solved.remove(id_)
            await self._store.solved.unpin(id_)
        except UserError as error:
            log.info("the solution in %d was not forgotten: %s", id_, error)

    async def cluster_of(self, state: State) -> str | None:
        """The unknown error that a request is about."""
        given = await self._consultations.find(state.answer_key) if state.answer_key else None
        return given.cluster if given else None

    async def _learn(
        self, request: Request, state: State, reading: Reading | None, solution_id: int | None = None
    ) -> SolvedPost:
        message = conversation(state) or Message("")
        label = await self._store.evidence.label_of(state.answer_key) if state.answer_key else None
        proven = _proven(reading or NOTHING, state, label)
        traits = await self._workers.run(request.author_id, jobs.traits, message, proven)
        post = SolvedPost(
            id=request.id,
            guild_id=request.guild_id,
            channel_id=request.channel_id,
            author_id=request.author_id,
            traits=msgspec.json.encode(traits).decode(),
            how=_how(state),
            solution_id=solution_id,
        )
        await self._store.solved.keep(post)
        self._known.update(filter(None, (post.id, solution_id)))
        return post

    async def _reading(self, state: State) -> Reading | None:
        """What the answer to a request was read from."""
        given = await self._consultations.find(state.answer_key) if state.answer_key else None
        return given.reading if given else None


def _alike(traits: Traits, posts: Sequence[SolvedPost]) -> list[Similar]:
    known = [(post, kept) for post in posts if (kept := _kept(post)) is not None]
    found = most_alike(traits, [each for _, each in known])
    return [Similar(*known[at]) for _, at in found[:LISTED]]


def _kept(post: SolvedPost) -> Traits | None:
    """None when another version of the program wrote it."""
    try:
        return msgspec.json.decode(post.traits, type=Traits)
    except msgspec.DecodeError:
        return None


def _how(state: State) -> How:
    if state.helper_id is not None:
        return "helper"
    return "author" if state.solution.strip() and state.not_solved else "answer"


def _proven(reading: Reading, state: State, label: str | None) -> Reading:
    """The reading with what the solution proves: the helper's verdict, the cause that was shown, or no cause at all."""
    candidates = reading.candidates
    if label is not None:
        known = (each for each in (*candidates, *reading.nearest) if each.id == label)
        return replace(reading, candidates=(next(known, Candidate(label, Text(label, label), 1.0)),))
    if _how(state) != "answer":
        return replace(reading, candidates=(), nearest=(*candidates, *reading.nearest))
    shown: tuple[Candidate, ...] = candidates[state.index : state.index + 1]
    return replace(reading, candidates=shown)


def _outcome(request: Request, state: State, reading: Reading | None) -> Outcome:
    candidates = reading.candidates if reading else ()
    told = summary(state).told.points.get("loader")
    loader = reading.facts.loader.value if reading and reading.facts.loader else told
    return Outcome(
        id=request.id,
        guild_id=request.guild_id,
        author_id=request.author_id,
        opened_at=(request.id >> 22) / 1000 + EPOCH,
        entry_id=candidates[0].id if candidates else None,
        loader=loader[:64] if loader else None,
        is_answered=(state.answer_key is not None and not state.is_only_asking) or state.helper_id is not None,
        is_solved=state.life == "solved",
    )
