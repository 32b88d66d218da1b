"""A clinic for people who wait in a chat: everything loaded, and a hub that is asked with little patience."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from bot.clinic.door import Clinic
from bot.intake.ocr.available import picture_reader
from bot.knowledge.accepted import kept_copy
from bot.models.lazy_hub import LazyHub

if TYPE_CHECKING:
    from bot.models.hub import Hub


def open_clinic(root: Path, hub: str = "", proxy: str = "", *, pictures: bool = False, whole: bool = True) -> Clinic:
    """A clinic with everything loaded, so that faulty knowledge is refused now. Raises DataError.

    `hub`: address of the hub that is asked about repositories; empty asks none. `proxy`: by which it is asked; empty
    takes that of the environment. `pictures`: read them where the extra "ocr" is installed. `whole`: False loads
    nothing yet, for a process that leaves the work to others and needs little of the knowledge itself.
    """
    reader = picture_reader() if pictures else None
    clinic = Clinic(root, LazyHub(partial(_hub, hub.rstrip("/"), proxy)) if hub else None, reader)
    if whole:
        clinic.load()
    return clinic


@dataclass(frozen=True, slots=True)
class Opening:
    """Opens a clinic with the knowledge of a folder whenever it is called, see `open_clinic`."""

    root: Path
    hub: str = ""
    proxy: str = ""
    pictures: bool = False

    def __call__(self) -> Clinic:
        """A clinic of what the folder holds now. Raises DataError."""
        return open_clinic(self.root, self.hub, self.proxy, pictures=self.pictures)

    def front(self) -> Clinic:
        """One that has loaded nothing yet, for the process that leaves the work to others."""
        return open_clinic(self.root, self.hub, self.proxy, pictures=self.pictures, whole=False)

    def kept(self) -> "Opening":
        """Opens what the folder holds now, whatever becomes of it."""
        return replace(self, root=kept_copy(self.root))


def _hub(address: str, proxy: str) -> "Hub":
    """The hub, less patient than on the command line."""
    from bot.models.hub import Hub, HubSettings

    folder = Path(platformdirs.user_cache_dir("wenzhen")) / "hub"
    return Hub(HubSettings(address, None, folder, timeout=6, deadline=12, attempts=1, proxy=proxy))
