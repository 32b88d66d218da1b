"""A hub that is opened at the first question: most commands and messages need none, and opening it is slow."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.models.gguf import Header
    from bot.models.hub import Hub
    from bot.models.repository import Repository, RepositoryFile


class LazyHub:
    """Asks the hub that `open_` opens."""

    def __init__(self, open_: "Callable[[], Hub]") -> None:
        self._open = open_

    @cached_property
    def _hub(self) -> "Hub":
        return self._open()

    def close(self) -> None:
        """Closes the hub if it was ever opened."""
        if "_hub" in vars(self):
            self._hub.close()

    def repository(self, repo: str) -> "Repository":
        """See `Hub.repository`."""
        return self._hub.repository(repo)

    def gguf_header(self, repository: "Repository", file: "RepositoryFile") -> "Header":
        """See `Hub.gguf_header`."""
        return self._hub.gguf_header(repository, file)

    def json_file(self, repository: "Repository", path: str) -> Mapping[str, Any]:
        """See `Hub.json_file`."""
        return self._hub.json_file(repository, path)
