"""Keeps converted data between runs, so that a start need not parse hundreds of YAML files.

A cache file belongs to one set of files and one type. It begins with a digest of the names, sizes and times of these
files and of the code that converts them, and one of what follows; when either differs, the data is built anew.
A folder that cannot be written is no error.
"""

import contextlib
import hashlib
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

ORIGIN = ".origin"  # in a copy of a folder: names the folder, whose caches serve it too
_DIGEST = 32  # bytes


def cached_of(root: Path, what: str, files: Iterable[Path], type_: Any, build: Callable[[], T]) -> T:
    """Like `cached`, for `what` is made of files under `root`; a copy of a folder shares its caches."""
    return cached(f"{origin_of(root)} {what}", files, type_, build, root=root)


def origin_of(root: Path) -> str:
    """The folder itself, or the one that it is a copy of."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return (root / ORIGIN).read_text(encoding="utf-8")
    return str(root.resolve())


def cached(
    name: str,
    files: Iterable[Path],
    type_: Any,
    build: Callable[[], T],
    folder: Path | None = None,
    *,
    root: Path | None = None,
) -> T:
    """What `build` returns, from the cache when `files` have not changed since.

    `name` tells sets of files apart, `type_` is what `build` returns as msgspec sees it, `folder` where caches lie
    (None: the user's cache folder); files under `root` count by where they lie in it. What `build` raises passes
    through.
    """
    digest = _digest(files, "" if root is None else f"{root}{os.sep}")
    folder = folder or user_folder()
    path = folder / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.msgpack"
    with contextlib.suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError, ValueError):
        content = path.read_bytes()
        packed = content[2 * _DIGEST :]
        if content[: 2 * _DIGEST] == digest + _sum(packed):
            found: T = msgspec.msgpack.decode(packed, type=type_)
            return found
    built = build()
    with contextlib.suppress(OSError):
        packed = msgspec.msgpack.encode(built)
        _write(path, digest + _sum(packed) + packed)
    return built


def _sum(packed: bytes) -> bytes:
    return hashlib.sha256(packed).digest()


def source_of(type_: type) -> Path | None:
    """The file that defines a type; a change there makes its caches stale."""
    file = getattr(sys.modules.get(type_.__module__), "__file__", None)
    return Path(file) if file else None


def _digest(files: Iterable[Path], root: str) -> bytes:
    state = hashlib.sha256(f"{sys.version_info} {msgspec.__version__}".encode())
    for file in (*files, Path(__file__)):
        with contextlib.suppress(OSError):
            stat = os.stat(file)  # noqa: PTH116 - hundreds of files; Path.stat costs twice as much
            state.update(
                f"{str(file).removeprefix(root)}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode(
                    "utf-8", "surrogateescape"
                )
            )
    return state.digest()


def user_folder() -> Path:
    """Where what is kept between runs lies for this user."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("wenzhen"))


def _write(path: Path, content: bytes) -> None:
    """All or nothing: other processes see the old file or the new one."""
    import secrets  # a start that finds everything kept writes nothing

    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
