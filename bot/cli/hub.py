"""The hub that the environment names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import platformdirs

from bot.models.requested import HubLike


@contextmanager
def hub_from_environment(*, offline: bool) -> Iterator[HubLike | None]:
    """The hub that HF_ENDPOINT and HF_TOKEN name; None when offline (also by HF_HUB_OFFLINE)."""
    if offline or os.environ.get("HF_HUB_OFFLINE", "").lower() in {"1", "true", "yes", "on"}:
        yield None
        return
    hub = _LazyHub()
    try:
        yield hub
    finally:
        hub.close()


class _LazyHub:
    """Imports and opens the real hub at the first question: most need none."""

    def __init__(self) -> None:
        self._hub: Any = None

    def _opened(self) -> Any:
        if self._hub is None:
            from bot.models.hub import DEFAULT_ENDPOINT, Hub, HubSettings

            self._hub = Hub(
                HubSettings(
                    endpoint=os.environ.get("HF_ENDPOINT", DEFAULT_ENDPOINT).rstrip("/"),
                    token=os.environ.get("HF_TOKEN") or None,
                    cache_folder=Path(platformdirs.user_cache_dir("wenzhen")) / "hub",
                    attempts=2,
                )
            )
        return self._hub

    def close(self) -> None:
        if self._hub is not None:
            self._hub.close()

    def repository(self, repo: str) -> Any:
        return self._opened().repository(repo)

    def gguf_header(self, repository: Any, file: Any) -> Any:
        return self._opened().gguf_header(repository, file)

    def json_file(self, repository: Any, path: str) -> Any:
        return self._opened().json_file(repository, path)
