"""The hub that the environment names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from bot.models.lazy_hub import LazyHub
from bot.models.requested import HubLike

if TYPE_CHECKING:
    from bot.models.hub import Hub


@contextmanager
def hub_from_environment(*, offline: bool) -> Iterator[HubLike | None]:
    """The hub that HF_ENDPOINT and HF_TOKEN name; None when offline (also by HF_HUB_OFFLINE)."""
    if offline or os.environ.get("HF_HUB_OFFLINE", "").lower() in {"1", "true", "yes", "on"}:
        yield None
        return
    hub = LazyHub(_hub)
    try:
        yield hub
    finally:
        hub.close()


def _hub() -> "Hub":
    from bot.models.hub import DEFAULT_ENDPOINT, Hub, HubSettings

    return Hub(
        HubSettings(
            endpoint=os.environ.get("HF_ENDPOINT", DEFAULT_ENDPOINT).rstrip("/"),
            token=os.environ.get("HF_TOKEN") or None,
            cache_folder=Path(platformdirs.user_cache_dir("wenzhen")) / "hub",
            attempts=2,
            proxy=os.environ.get("WENZHEN_PROXY", ""),
        )
    )
