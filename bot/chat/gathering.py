"""What is there to read: the text and files of a message, of the one it replies to, and of a command.

A `Gatherer` turns attachments and links into uploads, and links to messages into what stands there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import discord

from bot.base.sizes import gib
from bot.chat.errors import RefusalError
from bot.chat.message_links import NOT_READ, linked_messages
from bot.clinic.ports import Upload
from bot.intake.sources import PACKED_SUFFIXES, PICTURE_SUFFIXES, TEXT_SUFFIXES
from bot.service.material import Material

TEXTUAL = TEXT_SUFFIXES | PACKED_SUFFIXES | {""}
PICTURES = tuple(PICTURE_SUFFIXES)
READ_SECONDS = 20.0

Progress = Callable[[int, int], Awaitable[None]]
Mask = Callable[[str], Awaitable[str]]
ReadLinks = Callable[[str], Awaitable[list[Upload]]]


@dataclass(frozen=True, slots=True)
class Sources:
    """What could be read, before anything is downloaded. `reader`: the one whose links to messages are followed;
    `uploads`: what is read already, each by itself.
    """

    text: str = ""
    attachments: tuple[discord.Attachment, ...] = field(default=())
    pictures: tuple[discord.Attachment, ...] = field(default=())
    reader: discord.Member | None = None
    uploads: tuple[Upload, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        return not (self.text.strip() or self.attachments or self.pictures or self.uploads)

    def __add__(self, other: "Sources") -> "Sources":
        text = "\n".join(part for part in (self.text, other.text) if part.strip())
        reader = self.reader or other.reader
        attachments, pictures = self.attachments + other.attachments, self.pictures + other.pictures
        return Sources(text, attachments, pictures, reader, self.uploads + other.uploads)


def of_message(message: discord.Message) -> Sources:
    """A message with its readable files and what it forwards; a mention of the bot is not part of its text."""
    texts = [without_mention(message.content, message)]
    attachments = list(message.attachments)
    for snapshot in message.message_snapshots:
        texts.append(snapshot.content)
        attachments += snapshot.attachments
    texts += [embed.description or "" for embed in message.embeds if embed.type == "rich" and message.author.bot]
    return of_files("\n".join(text for text in texts if text.strip()), attachments, message.author)


def of_files(
    text: str, attachments: Iterable[discord.Attachment], sender: discord.Member | discord.User | None = None
) -> Sources:
    """A text, and of the files with it those that can hold a log or are pictures."""
    files = tuple(attachments)
    reader = sender if isinstance(sender, discord.Member) else None
    return Sources(text, tuple(filter(is_readable, files)), tuple(filter(is_picture, files)), reader)


def of_reference(message: discord.Message) -> Sources:
    """The message that this one replies to, when Discord sent it along."""
    reference = message.reference
    resolved = reference.resolved if reference else None
    return of_message(resolved) if isinstance(resolved, discord.Message) else Sources()


def without_mention(content: str, message: discord.Message) -> str:
    me = message.guild.me if message.guild else None
    if me is None:
        return content
    return content.replace(f"<@{me.id}>", "").replace(f"<@!{me.id}>", "").strip()


def is_readable(attachment: discord.Attachment) -> bool:
    """Whether a file can hold a log, by its name or type; the bytes decide later."""
    suffix = PurePosixPath(attachment.filename.lower()).suffix
    return not is_picture(attachment) and (suffix in TEXTUAL or (attachment.content_type or "").startswith("text/"))


def is_picture(attachment: discord.Attachment) -> bool:
    return (attachment.content_type or "").startswith("image/") or attachment.filename.lower().endswith(PICTURES)


class Gatherer:
    """Downloads within the limits."""

    def __init__(
        self,
        *,
        most_files: int,
        most_bytes: int,
        mask: Mask,
        reads_pictures: Callable[[], bool] = lambda: False,
        read_links: ReadLinks | None = None,
    ) -> None:
        """`mask` hides secrets in the names of files, which are told when they cannot be read; `read_links` opens the
        links in a text.
        """
        self._mask = mask
        self._reads_pictures = reads_pictures
        self._read_links = read_links
        self._most_files = most_files
        self._most_bytes = most_bytes

    async def gather(self, sources: Sources, progress: Progress | None = None) -> Material:
        """Downloads the files one by one. Raises UserError when one is too large or has vanished."""
        missed = 0
        if self._read_links is not None:
            sources, missed = await _with_linked(sources)
        reads_pictures = self._reads_pictures()
        wanted = sources.attachments + (sources.pictures if reads_pictures else ())
        chosen = wanted[: self._most_files]
        uploads = list(sources.uploads)
        for number, attachment in enumerate(chosen, start=1):
            if progress and len(chosen) > 1:
                await progress(number, len(chosen))
            uploads.append(await self._read(attachment))
        if self._read_links is not None and "://" in sources.text:
            uploads += await self._read_links(sources.text)
        uploads += [Upload("discord.com", NOT_READ.encode())] * min(missed, 1)
        unread = 0 if reads_pictures else len(sources.pictures)
        return Material(sources.text, tuple(uploads), len(wanted) - len(chosen), unread)

    async def _read(self, attachment: discord.Attachment) -> Upload:
        if attachment.size > self._most_bytes:
            name = await self._mask(attachment.filename)
            raise RefusalError("file_too_large", name=name, size=gib(attachment.size), limit=gib(self._most_bytes))
        try:
            content = await asyncio.wait_for(attachment.read(), READ_SECONDS)
        except (discord.HTTPException, TimeoutError) as error:
            name = await self._mask(attachment.filename)
            raise RefusalError("file_gone", name=name) from error
        return Upload(attachment.filename, content)


async def _with_linked(sources: Sources) -> tuple[Sources, int]:
    """With what stands in the messages that the text links to, theirs not followed further; how many were missed."""
    if sources.reader is None:
        return sources, 0
    linked = await linked_messages(sources.text, sources.reader)
    for message in linked:
        sources += of_message(message) if message is not None else Sources()
    return sources, linked.count(None)
