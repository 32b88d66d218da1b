"""What is there to read: the text and files of a message, of the one it replies to, and of a command.

Seam for what comes later: a `Gatherer` turns attachments (and one day links and screenshots) into uploads.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import discord

from bot.base.sizes import gib
from bot.chat.errors import RefusalError
from bot.clinic.ports import Upload
from bot.intake.sources import TEXT_SUFFIXES
from bot.service.material import Material

TEXTUAL = TEXT_SUFFIXES | {".gz", ".zip"}
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
READ_SECONDS = 20.0

Progress = Callable[[int, int], Awaitable[None]]
Mask = Callable[[str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Sources:
    """What could be read, before anything is downloaded."""

    text: str = ""
    attachments: tuple[discord.Attachment, ...] = field(default=())
    pictures: int = 0  # screenshots, which are not read

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and not self.attachments

    def __add__(self, other: "Sources") -> "Sources":
        text = "\n".join(part for part in (self.text, other.text) if part.strip())
        return Sources(text, self.attachments + other.attachments, self.pictures + other.pictures)


def of_message(message: discord.Message) -> Sources:
    """A message with its readable files and what it forwards; a mention of the bot is not part of its text."""
    texts = [without_mention(message.content, message)]
    attachments = [attachment for attachment in message.attachments if is_readable(attachment)]
    for snapshot in message.message_snapshots:
        texts.append(snapshot.content)
        attachments += [attachment for attachment in snapshot.attachments if is_readable(attachment)]
    texts += [embed.description or "" for embed in message.embeds if embed.type == "rich" and message.author.bot]
    pictures = sum(map(is_picture, message.attachments))
    return Sources("\n".join(text for text in texts if text.strip()), tuple(attachments), pictures)


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
    return suffix in TEXTUAL or (attachment.content_type or "").startswith("text/")


def is_picture(attachment: discord.Attachment) -> bool:
    return (attachment.content_type or "").startswith("image/") or attachment.filename.lower().endswith(PICTURES)


class Gatherer:
    """Downloads within the limits."""

    def __init__(self, *, most_files: int, most_bytes: int, mask: Mask) -> None:
        """`mask` hides secrets in the names of files, which are told when they cannot be read."""
        self._mask = mask
        self._most_files = most_files
        self._most_bytes = most_bytes

    async def gather(self, sources: Sources, progress: Progress | None = None) -> Material:
        """Downloads the files one by one. Raises UserError when one is too large or has vanished."""
        chosen = sources.attachments[: self._most_files]
        uploads = []
        for number, attachment in enumerate(chosen, start=1):
            if progress and len(chosen) > 1:
                await progress(number, len(chosen))
            uploads.append(await self._read(attachment))
        return Material(sources.text, tuple(uploads), len(sources.attachments) - len(chosen))

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
