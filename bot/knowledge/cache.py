"""Keeps converted data between runs, so that a start need not parse hundreds of YAML files.

What is kept belongs to one name, to the contents of one set of files, those of the code that converts them among them,
and to one type. It is found at once by the files' names, sizes and times; where these differ, by what the files hold:
another folder with the same files, or files whose times alone have changed, need nothing built anew. A folder that
cannot be written is no error.
"""

import contextlib
import hashlib
import os
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32

import msgspec

from bot.base.mapped import opened

T = TypeVar("T")

_CODE = f"{Path(__file__).parents[1]}{os.sep}"
_SUM = 4  # bytes
_NAMED = 32  # hexadecimal digits that tell what is kept apart
_STAY = 4  # of each name that stay however old they are, the latest used
_OLD = 24 * 3600  # seconds that nothing of the others was used before they go

_Stand = tuple[str, int, int]  # a file's path, its size, its time in nanoseconds


def cached_of(root: Path, what: str, files: Iterable[Path], type_: Any, build: Callable[[], T]) -> T:
    """Like `cached`, for `what` is made of files under `root`."""
    return cached(what, files, type_, build, root=root)


def cached(
    name: str,
    files: Iterable[Path],
    type_: Any,
    build: Callable[[], T],
    folder: Path | None = None,
    *,
    root: Path | None = None,
) -> T:
    """What `build` returns, from the cache when nothing in `files` has changed since.

    `name` tells what is made of them apart, `type_` is what `build` returns as msgspec sees it, `folder` where caches
    lie (None: the user's cache folder); files under `root` count by where they lie in it. What `build` raises passes
    through.
    """
    own = (folder or user_folder()) / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.kept"
    files = (*files, Path(__file__))
    stands = _stands(files)
    here = "" if root is None or root.is_absolute() else str(Path.cwd())
    found: list[T]
    by_stand = own / _digest((f"{path}\0{size}\0{at}" for path, size, at in stands), here)
    if found := _read(by_stand, type_):
        return found[0]
    by_content = own / _digest(f"{_inside(stand[0], root)}\0{_content(*stand)}" for stand in stands)
    if found := _read(by_content, type_):
        with contextlib.suppress(OSError):
            _also_as(by_content, by_stand)
        return found[0]
    built: T = build()
    if stands == _stands(files):  # else somebody is writing them
        with contextlib.suppress(OSError):
            packed = msgspec.msgpack.encode(built)
            _write(by_content, _sum(packed) + packed)
            _also_as(by_content, by_stand)
            _remove_old(own)
    return built


def _read(path: Path, type_: Any) -> list[Any]:
    """What a file of the cache holds; nothing where there is none, or a damaged one."""
    with contextlib.suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError, ValueError):
        content = opened(path)
        packed = content[_SUM:]
        if content[:_SUM] == _sum(packed):
            found = msgspec.msgpack.decode(packed, type=type_)
            with contextlib.suppress(OSError):  # a folder that may only be read serves as well
                os.utime(path)
            return [found]
    return []


def _sum(packed: "bytes | memoryview") -> bytes:
    return crc32(packed).to_bytes(_SUM, "little")


def source_of(type_: type) -> Path | None:
    """The file that defines a type; a change there makes its caches stale."""
    file = getattr(sys.modules.get(type_.__module__), "__file__", None)
    return Path(file) if file else None


def _stands(files: Iterable[Path]) -> list[_Stand]:
    """How those of some files stand that are there."""
    found = []
    for file in files:
        with contextlib.suppress(OSError):
            stat = os.stat(file)  # noqa: PTH116 - hundreds of files; Path.stat costs twice as much
            found.append((str(file), stat.st_size, stat.st_mtime_ns))
    return found


def _inside(path: str, root: Path | None) -> str:
    """Where a file lies in the folder, or in the program."""
    return path.removeprefix(_CODE) if root is None else path.removeprefix(f"{root}{os.sep}").removeprefix(_CODE)


@lru_cache(maxsize=4096)  # many are part of several caches
def _content(path: str, _size: int, _changed: int) -> str:
    """A digest of what a file holds; empty where it cannot be read."""
    with contextlib.suppress(OSError):
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return ""


def _digest(parts: Iterable[str], start: str = "") -> str:
    """A file's name for all that decides what is kept there."""
    lines = "\n".join((f"{sys.version_info} {msgspec.__version__} {start}", *parts))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()[:_NAMED]


def user_folder() -> Path:
    """Where what is kept between runs lies for this user."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("wenzhen"))


def _write(path: Path, content: bytes) -> None:
    """All or nothing: other processes see the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft_of(path)
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _also_as(path: Path, name: Path) -> None:
    """Gives a file another name, a copy where the disk knows no links."""
    draft = _draft_of(name)
    try:
        draft.hardlink_to(path)
        draft.replace(name)
    except OSError:
        _write(name, path.read_bytes())
    finally:
        draft.unlink(missing_ok=True)  # two names of one file are not moved onto each other


def _draft_of(path: Path) -> Path:
    import secrets  # a start that finds everything kept writes nothing

    return path.with_name(f".{secrets.token_hex(6)}")


def _remove_old(folder: Path) -> None:
    """Removes what nobody has used for long, that of versions too which kept it beside these folders."""
    ages = [(each.stat().st_mtime, each) for each in (*folder.iterdir(), *folder.parent.glob("*.msgpack"))]
    ages.sort(reverse=True)
    for used, each in ages[_STAY:]:
        if used < ages[0][0] - _OLD:  # which has just been written
            each.unlink(missing_ok=True)
