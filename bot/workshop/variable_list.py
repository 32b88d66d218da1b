"""The variables that texts and commands of the knowledge may use, with what proves them in commands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.knowledge.placeholders import COMPUTED, FACTS, FITTING
from bot.knowledge.variables import Variables


@dataclass(frozen=True, slots=True)
class Listed:
    """A variable, where its value comes from, and the type that lets it into commands; None: never."""

    name: str
    origin: str
    type: str | None


def listed(variables: Variables) -> Iterator[Listed]:
    """Facts first, then what the estimator and the computations give, then captures that have a type."""
    origins: dict[str, str] = dict.fromkeys(sorted(FACTS), "fact")
    origins |= dict.fromkeys(sorted(FITTING), "estimator")
    for computation, names in COMPUTED.items():
        origins |= {name: f"found by {computation}" for name in sorted(names) if name not in origins}
    origins |= {name: "capture" for name in sorted(variables.types) if name not in origins}
    return _typed(origins, variables.types)


def _typed(origins: Mapping[str, str], types: Mapping[str, str]) -> Iterator[Listed]:
    yield from (Listed(name, origin, types.get(name)) for name, origin in origins.items())
