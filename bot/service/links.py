"""Fetches pasted logs. The one place that goes to addresses out of people's messages.

Every name is resolved here, refused when any of its addresses is not a public one, and connected to at exactly that
address, so that a name cannot lead elsewhere a moment later; at each redirect anew.
"""

import asyncio
import ipaddress
import json
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import httpcore2

from bot.clinic.ports import Upload
from bot.intake.links import Link
from bot.intake.unread import Why, unread_link

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_HEADERS = [(b"User-Agent", b"wenzhen"), (b"Accept", b"text/plain, */*;q=0.5"), (b"Accept-Encoding", b"identity")]


@dataclass(frozen=True, slots=True)
class LinkLimits:
    """Of one link: bytes, seconds in all, and how often it may be sent on."""

    size: int = 10 * 1024 * 1024
    seconds: float = 12.0
    redirects: int = 3


class _UnreadError(Exception):
    """Why a link was not read."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open internet: not private, loopback, link-local, metadata, multicast, and no
    IPv4 address of that kind written as IPv6.
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class LinkReader:
    """Reads links within limits. `is_allowed` decides about addresses.

    Through a `proxy` (its address) names are resolved over there: what may be opened is then only bounded by the hosts
    that a site is known by, which holds for every link and every redirect.
    """

    def __init__(
        self,
        limits: LinkLimits = LinkLimits(),
        is_allowed: Callable[[Address], bool] = is_public,
        proxy: str = "",
    ) -> None:
        self._limits = limits
        self._is_allowed = is_allowed
        self._proxy = _proxy(proxy) if proxy else None

    async def read(self, links: Iterable[Link]) -> list[Upload]:
        """What the links lead to, as if it had been attached; a line that says why in the place of what cannot be
        had. Never raises.
        """
        return list(await asyncio.gather(*map(self._upload, links)))

    async def _upload(self, link: Link) -> Upload:
        try:
            if not link.raw:
                raise _UnreadError("locked")
            content = await asyncio.wait_for(self._fetched(link), self._limits.seconds)
        except _UnreadError as error:
            content = unread_link(link.host, error.why).encode()
        except TimeoutError:
            content = unread_link(link.host, "slow").encode()
        except Exception:  # noqa: BLE001 - whatever a stranger's server makes the client raise
            content = unread_link(link.host, "gone").encode()
        return Upload(urlsplit(link.raw).path.rpartition("/")[2][:60] or link.host, content)

    async def _fetched(self, link: Link) -> bytes:
        backend = None if self._proxy else _Guarded(self._is_allowed)
        url = link.raw
        async with httpcore2.AsyncConnectionPool(
            network_backend=backend, max_connections=1, http2=False, proxy=self._proxy
        ) as pool:
            for _ in range(self._limits.redirects + 1):
                parts = urlsplit(url)
                if parts.scheme not in ("http", "https") or parts.netloc not in link.hosts or "@" in parts.netloc:
                    raise _UnreadError("refused")
                if self._proxy and not self._may_ask_for(parts.hostname or ""):
                    raise _UnreadError("refused")
                async with pool.stream(
                    "GET", url, headers=_headers(parts.netloc), extensions=self._timeouts
                ) as response:
                    if response.status not in _REDIRECTS:
                        return _text(await self._body(response), link)
                    url = urljoin(url, _header(response, b"location"))
        raise _UnreadError("refused")

    def _may_ask_for(self, host: str) -> bool:
        """Whether a proxy may be asked for a host: a name, or an allowed address."""
        try:
            return self._is_allowed(ipaddress.ip_address(host))
        except ValueError:
            return host != "localhost"

    @property
    def _timeouts(self) -> dict[str, Any]:
        each = self._limits.seconds
        return {"timeout": {"connect": each, "read": each, "write": each, "pool": each}}

    async def _body(self, response: httpcore2.Response) -> bytes:
        """The body as it comes; what it claims about its length is not believed."""
        if response.status != 200:
            raise _UnreadError("gone")
        claimed = _header(response, b"content-length")
        if claimed.isdigit() and int(claimed) > self._limits.size:
            raise _UnreadError("large")
        body = bytearray()
        async for piece in response.aiter_stream():
            body += piece
            if len(body) > self._limits.size:
                raise _UnreadError("large")
        return bytes(body)


def _proxy(address: str) -> httpcore2.Proxy:
    """A proxy at an address that may hold a user and password."""
    parts = urlsplit(address)
    where = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return httpcore2.Proxy(where, auth=auth)


def _headers(host: str) -> list[tuple[bytes, bytes]]:
    return [(b"Host", host.encode()), *_HEADERS]


def _header(response: httpcore2.Response, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == name), "")


def _text(body: bytes, link: Link) -> bytes:
    """The text itself, where it lies in a JSON document."""
    if not link.field:
        return body
    text = json.loads(body).get(link.field) or ""
    if not isinstance(text, str):
        raise _UnreadError("gone")
    return text.encode("utf-8", "replace")


class _Guarded(httpcore2.AsyncNetworkBackend):
    """Connects to allowed addresses only, and to the very address that was looked at."""

    def __init__(self, is_allowed: Callable[[Address], bool]) -> None:
        self._is_allowed = is_allowed
        self._backend = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
        if not addresses or not all(map(self._is_allowed, addresses)):
            raise _UnreadError("refused")
        return await self._backend.connect_tcp(str(addresses[0]), port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
