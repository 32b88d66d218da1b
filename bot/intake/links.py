"""Links to pasted logs: which of a text's addresses lead to one, by knowledge/pastes.yaml.

Pure: whoever fetches them is elsewhere (`bot.service.links`), what became of them is told by `bot.intake.unread`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from bot.base.late import late
from bot.knowledge.files import Fault, load_all

_FILE = "pastes.yaml"
_MOST = 3  # links of one text
_ADDRESS = late(r"https?://[^\s<>\"'`|()\[\]{}，。；、！？（）【】]{4,600}", re.IGNORECASE)
_SLOT = late(r"\{([a-z]{1,20})\}")
_PART, _REST = r"[\w.~@%+-]{1,120}", r"[\w./~@%+-]{1,400}"


class Site(msgspec.Struct, frozen=True):
    """One site; see the data file."""

    name: str
    addresses: tuple[str, ...]
    raw: str
    field: str = ""
    query: bool = False
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a paste: the host it names, where its text is (empty: nobody but a browser can read it), the key of
    the text in a JSON document, and the hosts that it may be sent on to.
    """

    host: str
    raw: str
    field: str = ""
    hosts: frozenset[str] = frozenset()


class PasteSites(msgspec.Struct, frozen=True, dict=True):
    """The whole file."""

    sites: tuple[Site, ...] = ()
    locked: tuple[str, ...] = ()

    def found(self, text: str) -> list[Link]:
        """The first few links to pastes in a text, each once."""
        if "://" not in text:
            return []
        links: dict[str, Link] = {}
        for address in _ADDRESS.findall(text):
            link = self._link(address.rstrip(".,;:!?*_"))
            if link is not None and len(links) < _MOST:
                links.setdefault(link.raw or link.host, link)
        return list(links.values())

    def _link(self, address: str) -> Link | None:
        try:
            parts = urlsplit(address)
        except ValueError:
            return None
        host = parts.netloc.lower().removeprefix("www.")
        if host in self.locked:
            return Link(host, "")
        for site, pattern in self._patterns:
            if (fits := pattern.fullmatch(host + parts.path)) is not None:
                raw = _SLOT.sub(lambda slot, fits=fits: fits[slot[1]], site.raw)  # type: ignore[misc]
                raw += f"?{parts.query}" if site.query and parts.query else ""
                return Link(host, raw, site.field, frozenset((urlsplit(site.raw).netloc, *site.hosts)))
        return None

    @cached_property
    def _patterns(self) -> list[tuple[Site, re.Pattern[str]]]:
        return [(site, _pattern(address)) for site in self.sites for address in site.addresses]


def _pattern(address: str) -> re.Pattern[str]:
    pieces = _SLOT.split(address)
    made = [
        f"(?P<{piece}>{_REST if piece == 'path' else _PART})" if at % 2 else re.escape(piece)
        for at, piece in enumerate(pieces)
    ]
    return re.compile("".join(made))


def load_sites(root: Path) -> PasteSites:
    """The sites under `root`; raises DataError with all faults."""
    found = load_all(root, _FILE, "pastes", PasteSites, check=_faults)
    return found[0] if found else PasteSites()


def _faults(sites: PasteSites) -> Iterator[Fault]:
    for at, site in enumerate(sites.sites):
        wanted = set(_SLOT.findall(site.raw))
        for address in site.addresses:
            if lacking := wanted - set(_SLOT.findall(address)):
                yield Fault(_FILE, f"sites[{at}].addresses", f"{address} has no {{{min(lacking)}}}, which raw needs")
