"""What a hub has said, on disk and bounded. A damaged cache is thrown away and begun anew: it only holds copies."""

import contextlib
import hashlib
import shutil
from pathlib import Path

import diskcache

_SUM = 32  # bytes of the checksum before each value


class HubCache:
    """Bytes under keys. Never raises: what cannot be kept or read was not there."""

    def __init__(self, folder: Path | None, size: int) -> None:
        """`folder`: None keeps nothing. `size`: bytes; the oldest go first."""
        self._folder = folder
        self._size = size
        self._cache = self._opened()

    def get(self, key: str) -> bytes | None:
        """What was kept; None when it was not, or is damaged."""
        if self._cache is None:
            return None
        try:
            packed = self._cache.get(key)
        except Exception:  # noqa: BLE001 - SQLite, pickle, a file that has gone: what of it is damaged does not matter
            self._begin_anew()
            return None
        if packed is None or (value := _checked(packed)) is not None:
            return value if packed is not None else None
        with contextlib.suppress(Exception):
            self._cache.delete(key)
        return None

    def set(self, key: str, value: bytes) -> None:
        """Keeps a value; a cache that cannot be written is no error."""
        if self._cache is None:
            return
        try:
            self._cache.set(key, hashlib.sha256(value).digest() + value)
        except Exception:  # noqa: BLE001 - as above; or the disk is full
            self._begin_anew()

    def close(self) -> None:
        """Closes the files of the cache."""
        if self._cache is not None:
            with contextlib.suppress(Exception):
                self._cache.close()

    def _opened(self) -> diskcache.Cache | None:
        if self._folder is None:
            return None
        for _ in range(2):
            with contextlib.suppress(Exception):
                return diskcache.Cache(str(self._folder), size_limit=self._size)
            self._throw_away()
        return None  # nowhere to keep a cache

    def _begin_anew(self) -> None:
        self.close()
        self._throw_away()
        self._cache = self._opened()

    def _throw_away(self) -> None:
        """Removes the folder, if it is a cache at all."""
        if self._folder is not None and (self._folder / "cache.db").exists():
            shutil.rmtree(self._folder, ignore_errors=True)


def _checked(packed: object) -> bytes | None:
    """The value in what was kept, when its checksum is right."""
    if not isinstance(packed, bytes) or len(packed) < _SUM:
        return None
    value = packed[_SUM:]
    return value if hashlib.sha256(value).digest() == packed[:_SUM] else None
