"""What a log's facts say of where it happened, as far as conditions of signatures ask for it."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from bot.hardware.machine import system_family
from bot.intake.facts import Facts
from bot.knowledge.failures import Signature


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The loader, all programs that take part (the loader's parts and the front end too), the family of the system and
    the packaging; what is not known is None or empty.
    """

    loader: str | None = None
    programs: frozenset[str] = frozenset()
    system: str | None = None
    packaging: frozenset[str] = frozenset()

    def fit(self, signature: Signature) -> bool:
        """Whether a signature's system and packaging are possible here. A container runs on some system too."""
        systems = {self.system, *(self.packaging & {"docker"})} if self.system else set()
        return _may_be(systems, signature.systems) and _may_be(self.packaging, signature.packaging)


def circumstances_of(
    facts: Facts | None, loader: str | None = None, parts: Mapping[str, Sequence[str]] | None = None
) -> Circumstances:
    """`loader`: said by the user, which counts more than what the log shows; `parts`: what runs inside programs."""
    if facts is None:
        return Circumstances(loader, frozenset({loader} if loader else ()))
    loader = loader or (facts.loader.value if facts.loader else None)
    named = [name for name in (loader, facts.frontend.value if facts.frontend else None) if name]
    return Circumstances(
        loader,
        frozenset(part for name in named for part in (name, *(parts or {}).get(name, ()))),
        system_family(facts.system.value) if facts.system else None,
        frozenset(fact.value for fact in facts.packaging),
    )


def _may_be(known: Set[str], wanted: Iterable[str]) -> bool:
    return not wanted or not known or not known.isdisjoint(wanted)
