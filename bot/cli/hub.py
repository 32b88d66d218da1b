"""The hub that the environment names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from bot.base.errors import UserError
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
    _require_address(os.environ.get("HF_ENDPOINT", ""))
    hub = LazyHub(_hub)
    try:
        yield hub
    finally:
        hub.close()


def _require_address(endpoint: str) -> None:
    """Raises UserError for what cannot be asked: it would look like a hub that is down."""
    if endpoint and not endpoint.startswith(("http://", "https://")):
        raise UserError(
            "HF_ENDPOINT must be an address such as https://hf-mirror.com.",
            "HF_ENDPOINT 必须是网址，例如 https://hf-mirror.com。",
        )


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
