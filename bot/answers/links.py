"""What a page is called, as far as its address tells: "llama.cpp #1234" rather than "github.com"."""

import re
from urllib.parse import unquote, urlsplit

from bot.base.late import late

_NUMBERED = late(r"^/[^/]+/(?P<project>[^/]+)/(?:issues|pull|discussions)/(?P<number>\d+)")
_FILE = late(r"^/[^/]+/(?P<project>[^/]+)/(?:blob|tree|raw|wiki)/(?:[^/]+/)*(?P<name>[^/]+)/?$")
_PROJECT = late(r"^/[^/]+/(?P<project>[^/]+)")
_ENDING = late(r"\.(?:html?|md|rst|php|aspx)$", re.IGNORECASE)
_WORDLESS = late(r"^[\d\W_]*$")
_CODE_HOSTS = frozenset({"github.com", "gitlab.com", "gitee.com", "codeberg.org"})
_SEARCH = frozenset({"/search", "/html/"})  # paths that say nothing beyond the name of the site
_LONGEST = 48


def page_title(address: str) -> str:
    """A short name of a page."""
    parts = urlsplit(address)
    host = parts.hostname or address
    return _of_code(parts.path, parts.query) if host in _CODE_HOSTS else _of_site(host.removeprefix("www."), parts.path)


def _of_code(path: str, query: str) -> str:
    if found := _NUMBERED.match(path):
        return f"{found['project']} #{found['number']}"
    if found := _FILE.match(path):
        return f"{found['project']}: {_named(found['name'])}"
    found = _PROJECT.match(path)
    name = found["project"] if found else "GitHub"
    return f"{name} (issues)" if query and path.endswith("/issues") else name


def _of_site(host: str, path: str) -> str:
    """The site with the last part of the path that says something."""
    if path in _SEARCH:
        return host
    words = [_named(piece) for piece in path.split("/") if piece and not _WORDLESS.match(piece)]
    return f"{host}: {words[-1]}" if words else host


def _named(piece: str) -> str:
    return _ENDING.sub("", unquote(piece)).replace("_", " ").replace("-", " ").strip()[:_LONGEST]
