"""What there is to read once it is downloaded."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from bot.clinic.ports import Upload
from bot.intake.pictures import MARK


@dataclass(frozen=True, slots=True)
class Material:
    """Text and downloaded files. `left_out` says how many more files there were, `unread` how many pictures that
    nobody here can read.
    """

    text: str
    uploads: tuple[Upload, ...] = ()
    left_out: int = 0
    unread: int = 0

    @property
    def marked(self) -> str:
        """The text, with a mark for each picture that is not read."""
        return "\n".join([self.text, *([MARK] * self.unread)]).strip()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read."""
        return not self.text.strip() and not self.uploads


def digest_of(texts: Sequence[str]) -> str:
    """A short digest by which unchanged content is known again."""
    return hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:16]
