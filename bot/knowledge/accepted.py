"""Copies of knowledge as it was when it was accepted, for those who load it later: on the disk it may have changed by
then, to something half written.
"""

import contextlib
import logging
import os
import secrets
import shutil
from pathlib import Path

from bot.knowledge.cache import user_folder
from bot.knowledge.files import digest_of, unopened

COPIES = 5  # that stay, the latest used
log = logging.getLogger(__name__)


def kept_copy(root: Path, folder: Path | None = None) -> Path:
    """A folder with what `root` holds now, which nobody changes; `root` itself where nothing can be written.

    Copies lie in `folder` (None: the user's cache folder), each under the digest of what it holds.
    """
    folder = folder or user_folder() / "accepted"
    try:
        copy = _copied(root, folder)
    except (OSError, shutil.Error) as error:
        if root.is_dir():
            log.warning("the knowledge cannot be copied, a new worker will load what lies on the disk then: %s", error)
        return root
    _remove_old(folder, copy)
    return copy


def _copied(root: Path, folder: Path) -> Path:
    draft = folder / f".{secrets.token_hex(6)}"
    try:
        shutil.copytree(root, draft, ignore=_not_copied, copy_function=shutil.copy2)
        copy = folder / digest_of(draft)
        if copy.is_dir() and digest_of(copy) != copy.name:
            shutil.rmtree(copy)
        if not copy.is_dir():
            with contextlib.suppress(FileExistsError):  # another process had the same to keep
                draft.rename(copy)
        os.utime(copy)
        return copy
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _not_copied(folder: str, names: list[str]) -> list[str]:
    """Pipes, links to devices and what is too large: nothing of it is knowledge, and copying it may have no end."""
    paths = [Path(folder, name) for name in names]
    return [path.name for path in paths if not path.is_dir() and unopened(path)]


def _remove_old(folder: Path, copy: Path) -> None:
    with contextlib.suppress(OSError):
        copies = [each for each in folder.iterdir() if each.is_dir() and not each.name.startswith(".")]
        newest = sorted(copies, key=lambda each: each.stat().st_mtime, reverse=True)
        for old in newest[COPIES:]:
            if old != copy:
                shutil.rmtree(old, ignore_errors=True)
