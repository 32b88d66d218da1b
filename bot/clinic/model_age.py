"""Whether a model is so young that an installed program may not know its architecture yet."""

from __future__ import annotations  # what is only named here is not imported for every log

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from bot.clinic.parts import Parts
from bot.intake.facts import Facts
from bot.intake.versions import is_older
from bot.knowledge.architectures import GGUF, key_of
from bot.knowledge.failures import Spell

if TYPE_CHECKING:
    from bot.models.catalog import Catalog

_YOUNG = 12  # months before the newest architecture known; few wait longer with an update


def has_young_model(facts: Facts, parts: Parts) -> bool:
    """Whether the model that is named is one, and the loader's version, where it is told, is not new enough."""
    return bool(since := learned_since(facts, parts)) and not _is_known_to(facts, since)


def learned_since(facts: Facts, parts: Parts) -> Sequence[Spell]:
    """Since when programs know the architecture of the model that is named, where that is young; else nothing."""
    if facts.model is None:
        return ()
    known = parts.architectures
    found = [known.get(key_of(GGUF, name), ()) for name in _architectures_of(facts.model.value, parts.catalog)]
    months = [_months(each[0].month) for each in found if each and each[0].month]
    if not found or len(months) < len(found) or min(months) < _newest(known) - _YOUNG:
        return ()
    return found[0]


def _architectures_of(name: str, catalog: Catalog) -> Iterator[str]:
    """The architecture of the named model; of a family told without a size, those of its members."""
    from bot.models.catalog import name_key

    if (found := catalog.find(name)) is not None:
        yield found.model.architecture
        return
    family = f"{name_key(name)}-"
    yield from {known.model.architecture for key, known in catalog.names.items() if key.startswith(family)}


def _newest(known: Mapping[str, Sequence[Spell]]) -> int:
    return max((_months(each[0].month) for each in known.values() if each and each[0].month), default=0)


def _months(month: str) -> int:
    """Months since the year 0 of one as YYYY-MM."""
    year, number = month.split("-")
    return 12 * int(year) + int(number)


def _is_known_to(facts: Facts, since: Sequence[Spell]) -> bool:
    """Whether the version that is told of the loader knows the architecture."""
    if facts.loader is None or facts.loader_version is None:
        return False
    own = next((spell for spell in since if spell.program == facts.loader.value), None)
    return own is not None and not is_older(facts.loader_version.value, own.since)
