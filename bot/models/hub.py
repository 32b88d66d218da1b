"""Hugging Face, or any site that speaks like it (hf-mirror): files, sizes and headers of a repository.

The one module of the models package that talks to the network. A cold answer takes one request for the file list and at
most three for a header; everything is kept on disk, bounded in size, and checked against the repository's commit.
"""

import ipaddress
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import httpx2
import msgspec
import tenacity
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined] # public, though not in its list

from bot.base.errors import UserError
from bot.models import gguf
from bot.models.hub_cache import HubCache
from bot.models.repository import Repository, RepositoryFile

T = TypeVar("T")

MIB = 1 << 20
HEADER_STEPS = (1 * MIB, 8 * MIB, 48 * MIB)  # bytes known after each of the three requests for a header
LARGEST_LIST = 16 * MIB  # bytes of a repository's list of files
DEFAULT_ENDPOINT = "https://huggingface.co"


@dataclass(frozen=True, slots=True)
class HubSettings:
    """Where the hub is and how patient to be. Times in seconds, sizes in bytes."""

    endpoint: str = DEFAULT_ENDPOINT
    token: str | None = None
    cache_folder: Path | None = None  # None: nothing is kept
    cache_size: int = 512 * MIB
    fresh: float = 24 * 3600  # a file list younger than this is not asked for again
    timeout: float = 10.0  # for one answer to begin
    deadline: float = 30.0  # for one body to be complete
    attempts: int = 3
    proxy: str = ""  # address of an HTTP proxy; empty takes that of the environment, if any


class HubError(UserError):
    """The hub gave no usable answer. `temporary`: the same question may be answered later."""

    def __init__(self, en: str, zh: str, *, temporary: bool = False) -> None:
        super().__init__(en, zh)
        self.temporary = temporary


class _Sibling(msgspec.Struct):
    """A file of a repository, as the hub lists it; sizes in bytes."""

    rfilename: str
    size: int | None = None


class _Weights(msgspec.Struct):
    """What the hub counts in a repository's safetensors."""

    total: int = 0


class _Said(msgspec.Struct, rename="camel"):
    """What the hub says of a repository, as far as it is read here; anything of another kind is refused."""

    id: str
    sha: str | None = None
    siblings: list[_Sibling] | None = None
    gated: bool | str | None = None
    pipeline: str | None = msgspec.field(default=None, name="pipeline_tag")
    library: str | None = msgspec.field(default=None, name="library_name")
    card_data: dict[str, Any] | None = None
    safetensors: _Weights | None = None
    created_at: str | None = None
    downloads: int | None = None
    likes: int | None = None


class _Known(msgspec.Struct):
    """A repository as it was at a time (seconds since 1970)."""

    at: float
    repository: Repository


def _known(kept: bytes | None) -> _Known | None:
    """What the cache holds of a repository; None when another version of the program wrote it."""
    if kept is None:
        return None
    try:
        return msgspec.msgpack.decode(kept, type=_Known)
    except msgspec.DecodeError:
        return None


class Hub:
    """A client of one hub. Safe to use from several threads; close it when done."""

    def __init__(self, settings: HubSettings) -> None:
        self._settings = settings
        self._client = httpx2.Client(
            timeout=settings.timeout,
            follow_redirects=True,
            max_redirects=5,
            proxy=settings.proxy or None,
            event_hooks={"request": [self._refuse_private_redirect]},
        )
        self._cache = HubCache(settings.cache_folder, settings.cache_size)

    def close(self) -> None:
        """Closes the connections and the cache."""
        self._client.close()
        self._cache.close()

    def __enter__(self) -> "Hub":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def repository(self, repo: str) -> Repository:
        """The files of `owner/name`. When the hub cannot be reached, what was last known of it, marked `stale`.

        Raises:
            HubError: no such repository, gated, rate limited, or out of reach and never seen before.
        """
        key = f"repository 3:{self._settings.endpoint}:{repo}"
        known = _known(self._cache.get(key))
        if known and 0 <= time.time() - known.at < self._settings.fresh:
            return known.repository
        try:
            found = _repository(self._with_retries(lambda: self._ask_for(repo), repo))
        except HubError as error:
            if known and error.temporary:
                return replace(known.repository, stale=True)
            raise
        self._cache.set(key, msgspec.msgpack.encode(_Known(time.time(), found)))
        return found

    def gguf_header(self, repository: Repository, file: RepositoryFile) -> gguf.Header:
        """The header of a GGUF file, by at most three range requests.

        Raises:
            HubError: as `repository`. UserError: the file is no GGUF.
        """
        key = f"header:{repository.id}:{repository.commit}:{file.path}"
        if packed := self._cache.get(key):
            return gguf.parse(zlib.decompress(packed))
        data = b""
        for step in HEADER_STEPS:
            data += self._bytes(repository, file.path, len(data), step)
            try:
                header = gguf.parse(data)
            except gguf.TruncatedError:
                if len(data) < step:  # the file itself ends here
                    raise
                continue
            self._cache.set(key, zlib.compress(data, 1))
            return header
        raise HubError("The header of {path} is unusually large.", "{path} 的文件头大得不正常。").format(path=file.path)

    def json_file(self, repository: Repository, path: str, largest: int = 8 * MIB) -> Mapping[str, Any]:
        """A small JSON file such as config.json.

        Raises:
            HubError: as `repository`, or the file is no JSON object.
        """
        key = f"json:{repository.id}:{repository.commit}:{path}"
        data = self._cache.get(key) or self._bytes(repository, path, 0, largest)
        try:
            document = msgspec.json.decode(data, type=dict[str, Any])
        except (msgspec.DecodeError, RecursionError) as error:
            raise HubError("{path} of {id} is not JSON.", "{id} 的 {path} 不是 JSON。").format(
                path=path, id=repository.id
            ) from error
        self._cache.set(key, data)
        return document

    def safetensors_header(self, repository: Repository, file: RepositoryFile) -> Mapping[str, Any]:
        """The JSON header of a safetensors file: tensor name -> dtype, shape, offsets. Two requests at most.

        Format: 8 bytes little-endian length, then that much JSON (https://huggingface.co/docs/safetensors).
        """
        key = f"safetensors:{repository.id}:{repository.commit}:{file.path}"
        data = self._cache.get(key) or b""
        if not data:
            start = self._bytes(repository, file.path, 0, 256 * 1024)
            size = int.from_bytes(start[:8], "little")
            if not 2 <= size <= 64 * MIB:
                raise HubError("{path} is not a safetensors file.", "{path} 不是 safetensors 文件。").format(
                    path=file.path
                )
            data = start[8 : 8 + size]
            if len(data) < size:
                data += self._bytes(repository, file.path, len(start), 8 + size)
            self._cache.set(key, data)
        try:
            return msgspec.json.decode(data, type=dict[str, Any])
        except (msgspec.DecodeError, RecursionError) as error:
            raise HubError("{path} is damaged.", "{path} 已损坏。").format(path=file.path) from error

    def _ask_for(self, repo: str) -> _Said:
        """What the hub says of a repository; `huggingface_hub` asks the same, but reads an answer of any length."""
        validate_repo_id(repo)
        said = self._fetched(f"{self._settings.endpoint}/api/models/{repo}?blobs=true", 0, LARGEST_LIST + 1)
        if len(said) > LARGEST_LIST:
            raise HubError("{repo} has too many files to read.", "{repo} 的文件太多，读不了。").format(repo=repo)
        return msgspec.json.decode(said, type=_Said)

    def _bytes(self, repository: Repository, path: str, start: int, end: int) -> bytes:
        """Bytes [start, end) of a file, fewer where it ends before."""
        url = f"{self._settings.endpoint}/{repository.id}/resolve/{quote(repository.commit)}/{quote(path)}"
        return self._with_retries(lambda: self._fetched(url, start, end), repository.id)

    def _fetched(self, url: str, start: int, end: int) -> bytes:
        headers = {"Accept-Encoding": "identity", "User-Agent": "wenzhen"}
        if "/resolve/" in url:
            headers["Range"] = f"bytes={start}-{end - 1}"
        if self._settings.token:
            headers["Authorization"] = f"Bearer {self._settings.token}"
        until = time.monotonic() + self._settings.deadline
        with self._client.stream("GET", url, headers=headers) as response:
            if response.status_code == 416:  # begins behind the end of the file
                return b""
            response.raise_for_status()
            skip = start if response.status_code == 200 else 0  # a server without ranges sends it all
            return b"".join(_wanted(response.iter_raw(), skip, end - start, until))

    def _with_retries(self, ask: Callable[[], T], repo: str) -> T:
        """What `ask` gives, asked again after failures that may pass; every failure becomes a HubError."""
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._settings.attempts),
            wait=_wait,
            retry=tenacity.retry_if_exception(_may_pass),
            reraise=True,
        )
        try:
            return retrying(ask)
        except Exception as error:
            raise hub_error(error, repo) from error

    def _refuse_private_redirect(self, request: httpx2.Request) -> None:
        """A hub on the internet must not send this machine to addresses of its own network."""
        if _is_private(request.url.host) and not _is_private(urlsplit(self._settings.endpoint).hostname or ""):
            raise httpx2.UnsupportedProtocol(f"redirect to a private address: {request.url.host}")


def _wanted(pieces: Iterator[bytes], skip: int, count: int, until: float) -> Iterator[bytes]:
    """`count` bytes after the first `skip`; gives up when the body drips too slowly."""
    for whole in pieces:
        if time.monotonic() > until:
            raise httpx2.ReadTimeout("the body was not complete in time")
        piece = whole[skip:]
        skip -= len(whole) - len(piece)
        yield piece[:count]
        count -= len(piece)
        if count <= 0:
            return


def _wait(state: tenacity.RetryCallState) -> float:
    """Seconds to the next attempt: what the server asked for (5 at the most), else half a second, doubling."""
    error = state.outcome.exception() if state.outcome else None
    response = getattr(error, "response", None)
    asked = response.headers.get("Retry-After", "") if response is not None else ""
    return min(5.0, float(asked)) if asked.isdigit() else 0.5 * 2 ** (state.attempt_number - 1)


def _status(error: BaseException) -> int:
    response = getattr(error, "response", None)
    return response.status_code if response is not None else 0


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.TooManyRedirects):
        return False
    status = _status(error)
    return isinstance(error, httpx2.TransportError) or status == 429 or status >= 500


def hub_error(error: Exception, repo: str) -> HubError:
    """What a failure of the hub means for the one who asked."""
    if isinstance(error, HubError):
        return error
    status = _status(error)
    if isinstance(error, GatedRepoError) or status == 403:
        return HubError(
            "{repo} is gated: accept its licence on its Hugging Face page first. A GGUF copy by somebody "
            "else is often open.",
            "{repo} 需要先在 Hugging Face 页面上同意许可才能访问。别人转的 GGUF 版通常不用。",
        ).format(repo=repo)
    if isinstance(error, RepositoryNotFoundError | RevisionNotFoundError | HFValidationError) or status in {401, 404}:
        return HubError(
            "There is no public repository {repo}. Check the spelling; it reads owner/name.",
            "没有公开的仓库 {repo}。请检查拼写，格式是“作者/名字”。",
        ).format(repo=repo)
    if status == 429:
        return HubError(
            "Hugging Face asks for a pause (too many requests). Try again in a few minutes.",
            "Hugging Face 说请求太多，请过几分钟再试。",
            temporary=True,
        )
    if isinstance(error, HfHubHTTPError | httpx2.HTTPError | OSError) or status >= 500:
        return HubError("Hugging Face cannot be reached right now.", "现在连不上 Hugging Face。", temporary=True)
    return HubError(
        "Hugging Face answered in a way that makes no sense (a proxy or login page perhaps).",
        "Hugging Face 的回答看不懂（可能是代理或登录页面）。",
        temporary=True,
    )


def _is_private(host: str) -> bool:
    if host == "localhost" or host.endswith((".local", ".internal")):
        return True
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return False


def _repository(said: _Said) -> Repository:
    return Repository(
        id=said.id,
        commit=said.sha or "main",
        files=tuple(RepositoryFile(item.rfilename, item.size or 0) for item in said.siblings or ()),
        gated=bool(said.gated),
        pipeline=said.pipeline,
        library=said.library,
        base_models=_base_models(said.card_data or {}),
        parameters=said.safetensors.total if said.safetensors else 0,
        created=(said.created_at or "")[:10],
        downloads=said.downloads or 0,
        likes=said.likes or 0,
    )


def _base_models(card: Mapping[str, Any]) -> tuple[str, ...]:
    """Those that a model card names: one or a list."""
    base = card.get("base_model") or ()
    return (base,) if isinstance(base, str) else tuple(name for name in base if isinstance(name, str))
