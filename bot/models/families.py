"""The families of language models as data: which names exist (families.yaml, and the names of models/*.yaml)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, product
from pathlib import Path
from typing import Any

import msgspec

from bot.knowledge.cache import cached_of
from bot.knowledge.files import Fault, files_matching, load_all, read_documents

_FILE = "families.yaml"
_BRACES = re.compile(r"\{([^{}]*)\}")


class Family(msgspec.Struct, frozen=True):
    """One family as written in the file; `models` and `base` still hold their braces."""

    family: str
    org: str  # publisher on Hugging Face
    models: tuple[str, ...]
    base: tuple[str, ...] = ()
    sizes: dict[str, float] = {}  # billions of parameters
    aliases: dict[str, tuple[str, ...]] = {}


class Families(msgspec.Struct, frozen=True):
    """The whole file. `words`: what a word stands for in names, blank where it says nothing.

    `common`: words of names that are ordinary words too and name a model only in company; `short`: words too short to
    be told from ordinary ones that name a family all the same; `siblings`: words that tell one model of a family from
    another; `modes`: words that do so only where the family has such a model; `closed`: how names of models
    begin that only their makers run; `publishers`: who publishes models of others; `tags`: names of ollama's library
    that mean another series there; `latest`: what such a name downloads without a tag; `library`: in which quantization
    where it is another one than usual.
    """

    words: dict[str, str]  # what a word stands for in names; blank: it says nothing
    common: tuple[str, ...]  # words of names that are ordinary words too
    short: tuple[str, ...]  # short words that name a family wherever they stand
    families: tuple[Family, ...]
    siblings: tuple[str, ...] = ()  # words that tell one model of a family from another
    modes: tuple[str, ...] = ()  # words that do so only where the family has such a model
    closed: tuple[str, ...] = ()  # how names of models begin that only their makers run
    publishers: tuple[str, ...] = ()  # who publishes copies of others' models
    tags: dict[str, str] = {}  # names of ollama's library that mean another series than in talk
    latest: dict[str, str] = {}  # what a name of ollama's library downloads without a tag
    library: dict[str, str] = {}  # quantizations of its tags ("name" all, "name:size" one) that are no Q4_K_M


class CatalogName(msgspec.Struct, frozen=True):
    """A name of the catalog: `shape_of` is the model whose shape it has, `size` and `active` are in billions."""

    name: str
    org: str = ""
    aliases: tuple[str, ...] = ()
    shape_of: str = ""
    size: float = 0.0
    active: float = 0.0


def expanded(pattern: str) -> Iterator[str]:
    """Every name that a pattern with {a,b} stands for, in order."""
    pieces = _BRACES.split(pattern)
    choices = [piece.split(",") if place % 2 else [piece] for place, piece in enumerate(pieces)]
    for choice in product(*choices):
        yield "".join(choice)


def load_families(root: Path) -> Families:
    """The families under `root`; raises DataError with all faults."""
    return load_all(root, _FILE, "families", Families, check=_faults)[0]


def _unlisted(key: str, named: Iterable[str], own: Sequence[str]) -> Iterator[Fault]:
    for name in named:
        if name not in own:
            yield Fault(_FILE, f"{key}.{name}", "is no model of this family; list it first")


def _faults(data: Families) -> Iterator[Fault]:
    """Names that are listed twice, and sizes or aliases of names that are not listed."""
    listed: dict[str, str] = {}
    for number, family in enumerate(data.families):
        own = [name for pattern in (*family.models, *family.base) for name in expanded(pattern)]
        for name in own:
            if name.lower() in listed:
                yield Fault(_FILE, f"families[{number}].models", f"{name} is listed already by {listed[name.lower()]}")
            listed[name.lower()] = family.family
        for key, named in (("sizes", family.sizes), ("aliases", family.aliases)):
            yield from _unlisted(f"families[{number}].{key}", named, own)
    for word, name in data.latest.items():
        if name.lower() not in listed:
            yield Fault(_FILE, f"latest.{word}", f"{name} is no listed model")


def catalog_names(root: Path) -> tuple[CatalogName, ...]:
    """Every name of models/*.yaml, read without the shapes."""

    def build() -> tuple[CatalogName, ...]:
        documents = read_documents(root, "models/*.yaml")
        return tuple(name for document in documents for name in _names_in(document.content))

    files = [*files_matching(root, "models/*.yaml"), Path(__file__)]
    return cached_of(root, "names of models", files, tuple[CatalogName, ...], build)


def _names_in(content: Any) -> Iterator[CatalogName]:
    """The models of one file and those that share their shapes; what `like` takes over is looked up."""
    by_id = {str(entry["id"]): entry for entry in _entries(content)}
    for entry in _entries(content):
        size, active = _number(entry, "parameters_b", by_id), _number(entry, "active_b", by_id)
        own, aliases = str(entry["id"]), tuple(map(str, entry.get("aliases", ())))
        yield CatalogName(own, str(entry.get("repo", "")).split("/")[0], aliases, own, size, active)
        for other in map(str, entry.get("same_shape", ())):
            owner, _, name = other.rpartition("/")
            yield CatalogName(name, owner, (), own, size, active)


def _entries(content: Any) -> Iterator[dict[str, Any]]:
    """Those of a file's content that can be read; the checker tells of the others."""
    if isinstance(content, dict):
        entries = chain.from_iterable(content.get(key) or () for key in ("models", "outlines"))
        yield from (entry for entry in entries if isinstance(entry, dict) and "id" in entry)


def _number(entry: dict[str, Any], key: str, by_id: dict[str, dict[str, Any]], steps: int = 8) -> float:
    if key in entry:
        return float(entry[key])
    like = by_id.get(str(entry.get("like")))
    return _number(like, key, by_id, steps - 1) if like and steps else 0.0
