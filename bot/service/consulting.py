"""Asking the clinic on somebody's behalf: limits, the cache, the workers, and what is kept of the answer."""

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Concatenate, ParamSpec

import msgspec

from bot.answers.blocks import Answer
from bot.base.languages import told
from bot.clinic.message import Message
from bot.clinic.ports import Clinic
from bot.clinic.reading import Reading
from bot.service import jobs
from bot.service.keeping import Keeping, in_time
from bot.service.limiter import Limiter
from bot.service.material import Material
from bot.service.own_answers import ServerAnswers, own_answer
from bot.service.workers import Workers
from bot.store.answers import StoredAnswer
from bot.store.store import Store

P = ParamSpec("P")
HASHED_HERE = 2_000_000  # bytes; more would hold up the event loop
_OWN_FIRST = frozenset({"ask", "howto"})  # kinds of replies that a server's own answer goes before
KEPT_TEXT = 20_000  # characters of a masked log that are kept, its end being worth the most


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where."""

    user_id: int
    channel_id: int
    guild_id: int | None = None


@dataclass(frozen=True, slots=True)
class Consultation:
    """A reading that was given as an answer: to whom, where, and the key under which it is kept."""

    key: str
    kind: str
    author_id: int
    reading: Reading
    guild_id: int | None = None
    cluster: str | None = None  # of unknown errors

    @property
    def is_log(self) -> bool:
        """Whether it is about a log."""
        return self.kind == "log"


class _Kept(msgspec.Struct):
    """What is kept of a consultation beside its columns, as JSON."""

    reading: Reading
    cluster: str | None = None


class Consultations:
    """Gives answers and finds them again."""

    def __init__(self, workers: Workers, store: Store, limiter: Limiter) -> None:
        self.workers = workers
        self.limiter = limiter
        self._store = store
        self.kept = Keeping(store.answers)
        self.own = ServerAnswers(store.own_answers, workers, store.clock)
        self._running: dict[str, asyncio.Future[Reading]] = {}

    def admit(self, asker: Asker) -> None:
        """Counts a request by hand, or raises SlowDownError."""
        self.limiter.admit(asker.user_id, asker.channel_id)

    async def log(self, asker: Asker, material: Material, loader: str | None = None) -> Consultation:
        """Reads a log. The same content, read with the same knowledge, is not read twice."""
        content_hash = await self._log_hash(material, loader)
        known = await self.kept.same_content(content_hash)
        if known is not None and (earlier := _decoded(known)) is not None:
            return await self._keep(replace(earlier, author_id=asker.user_id, guild_id=asker.guild_id), content_hash)
        reading = await self._read_once(asker.user_id, content_hash, material, loader)
        cluster = None
        if reading.signature:
            unknown = self._store.unknown.record(reading.signature, content_hash, asker.user_id, asker.guild_id)
            cluster = await in_time(unknown, otherwise=None)
        reading = replace(reading, text=shortened(reading.text))
        return await self._keep(Consultation("", "log", asker.user_id, reading, asker.guild_id, cluster), content_hash)

    async def reply(self, asker: Asker, message: Message) -> tuple[jobs.Replied, Consultation | None]:
        """What to say to a message in a help channel, and the answer as it is kept; None where nothing is said."""
        replied = await self._with_own(asker, message, await self.workers.run(asker.user_id, jobs.reply, message))
        reading = replied.reading
        if reading is None:
            return replied, None
        content_hash = self._hash("reply", message.title, message.text, *message.attachments, *map(str, message.thread))
        cluster = None
        if reading.signature and not reading.candidates:
            unknown = self._store.unknown.record(reading.signature, content_hash, asker.user_id, asker.guild_id)
            cluster = await in_time(unknown, otherwise=None)
        kind = "log" if replied.kind == "diagnosis" else replied.kind
        reading = replace(reading, text=shortened(reading.text))
        given = Consultation("", kind, asker.user_id, reading, asker.guild_id, cluster)
        return replied, await self._keep(given, content_hash)

    async def _with_own(self, asker: Asker, message: Message, replied: jobs.Replied) -> jobs.Replied:
        """The reply, or the server's own answer where that is what is asked for."""
        is_open = replied.kind in _OWN_FIRST or (replied.kind == "silent" and not message.thread)
        if not is_open or replied.is_solved:
            return replied
        asked = "\n".join(filter(None, (message.title, message.text)))
        own = await self.own.find(asker.guild_id, asker.user_id, asked)
        if own is None:
            return replied
        return replace(replied, kind="howto", asked=(), reading=Reading((own_answer(own),)))

    async def ask(
        self,
        asker: Asker,
        kind: str,
        job: Callable[Concatenate[Clinic, P], Answer],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Consultation:
        """Any other question; `kind` names it in the statistics."""
        answer = await self.workers.run(asker.user_id, job, *args, **kwargs)
        consultation = Consultation("", kind, asker.user_id, Reading((answer,)), asker.guild_id)
        return await self._keep(consultation, self._hash(kind, *(str(arg) for arg in args)))

    async def keep(self, asker: Asker, kind: str, answer: Answer) -> Consultation:
        """An answer that needed no worker."""
        consultation = Consultation("", kind, asker.user_id, Reading((answer,)), asker.guild_id)
        return await self._keep(consultation, self._hash(kind, told(answer.title, "en")))

    async def find(self, key: str) -> Consultation | None:
        """An answer given earlier; None when it is no longer kept."""
        stored = await self.kept.get(key)
        return _decoded(stored) if stored else None

    async def _read_once(self, user_id: int, content_hash: str, material: Material, loader: str | None) -> Reading:
        """Several who send the same log at the same time wait for one reading."""
        running = self._running.get(content_hash)
        if running is None:
            work: Awaitable[Reading] = self.workers.run(user_id, jobs.diagnose, material.text, material.uploads, loader)
            running = asyncio.ensure_future(work)
            self._running[content_hash] = running
            running.add_done_callback(lambda _: self._running.pop(content_hash, None))
        return await asyncio.shield(running)

    async def _keep(self, consultation: Consultation, content_hash: str) -> Consultation:
        kept = replace(consultation, key=secrets.token_hex(8))
        await self.kept.add(
            StoredAnswer(
                key=kept.key,
                kind=kept.kind,
                author_id=kept.author_id,
                content_hash=content_hash,
                content=_encoded(kept),
                guild_id=kept.guild_id,
            )
        )
        return kept

    async def _log_hash(self, material: Material, loader: str | None) -> str:
        files = [part for upload in material.uploads for part in (upload.name.encode(), upload.content)]
        parts = (b"log", material.text.encode("utf-8", "replace"), (loader or "").encode(), *files)
        if sum(map(len, parts)) < HASHED_HERE:
            return self._hash_bytes(*parts)
        return await asyncio.to_thread(self._hash_bytes, *parts)

    def _hash(self, *parts: str) -> str:
        return self._hash_bytes(*(part.encode("utf-8", "replace") for part in parts))

    def _hash_bytes(self, *parts: bytes) -> str:
        digest = hashlib.sha256(self.workers.clinic.version.encode())
        for part in parts:
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
        return digest.hexdigest()


def shortened(text: str, limit: int = KEPT_TEXT) -> str:
    """The head and (more of) the tail of a text."""
    if len(text) <= limit:
        return text
    return f"{text[: limit // 4]}\n[…]\n{text[-(limit * 3 // 4) :]}"


def _encoded(consultation: Consultation) -> str:
    return msgspec.json.encode(_Kept(consultation.reading, consultation.cluster)).decode()


def _decoded(stored: StoredAnswer) -> Consultation | None:
    """None when another version of the program wrote it."""
    try:
        kept = msgspec.json.decode(stored.content, type=_Kept)
    except msgspec.DecodeError:
        return None
    return Consultation(stored.key, stored.kind, stored.author_id, kept.reading, stored.guild_id, kept.cluster)
