"""Where something happened, by the facts of a log, as far as conditions of signatures, entries and steps ask for it."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from bot.hardware.systems import system_family
from bot.intake.facts import Fact, Facts
from bot.knowledge.failures import Condition, Failure, Signature

_ANYWHERE = Condition()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The loader, all programs that take part (the loader's parts and the front end too), the family of the system,
    the packaging, makers and generations of the cards, rights and region; what is not known is None or empty.
    `young_model` tells whether the model that is named is younger than an installed program may be: asked only where
    an entry asks.
    """

    loader: str | None = None
    programs: frozenset[str] = frozenset()
    system: str | None = None
    packaging: frozenset[str] = frozenset()
    makers: frozenset[str] = frozenset()
    generations: frozenset[str] = frozenset()
    rights: str | None = None
    region: str | None = None
    frontend: str | None = None
    young_model: Callable[[], bool] | None = field(default=None, compare=False)

    @property
    def systems(self) -> frozenset[str]:
        """The family of the system; a container runs on some system too."""
        return frozenset({self.system, *(self.packaging & {"docker"})}) if self.system else frozenset()

    def fit(self, signature: Signature) -> bool:
        """Whether a signature's system and packaging are possible here."""
        return _may_be(self.systems, signature.systems) and _may_be(self.packaging, signature.packaging)

    def allow(self, entry: Failure) -> bool:
        """Whether an entry is possible here: it never wins where the facts name another place."""
        inside = "docker" in entry.systems and not self.packaging  # in a container whose name the log need not tell
        if not (inside or _may_be(self.systems, entry.systems)):
            return False
        return entry.when == _ANYWHERE or self.meet(entry.when, self.programs)  # most are possible anywhere

    def meet(self, condition: Condition, programs: Set[str] | None = None) -> bool:
        """Whether a condition is or may be met; what is not known rules nothing out, but for `places`. `programs`:
        those that may be meant instead of the loader and the front end that asks it.
        """
        told = {self.loader, self.frontend} - {None} if self.loader else set()
        loaders = told if programs is None else programs
        return (
            _may_be(loaders, condition.loaders)
            and _may_be(self.systems, condition.systems)
            and _may_be(self.makers, condition.gpus)
            and _may_be(self.packaging, condition.packaging)
            and _may_be(self.generations, condition.generations)
            and _may_be({self.rights} - {None}, condition.rights)
            and _may_be({self.region} - {None}, condition.regions)
            and (not condition.places or not self.packaging.isdisjoint(condition.places))
            and self.packaging.isdisjoint(condition.outside)
            and (not condition.young_model or self.young_model is None or self.young_model())
        )


def circumstances_of(
    facts: Facts | None, loader: str | None = None, parts: Mapping[str, Sequence[str]] | None = None
) -> Circumstances:
    """`loader`: said by the user, which counts more than what the log shows; `parts`: what runs inside programs."""
    if facts is None:
        return Circumstances(loader, frozenset({loader} if loader else ()))
    loader = loader or _value(facts.loader)
    named = [name for name in (loader, _value(facts.frontend)) if name]
    system = _value(facts.system)
    return Circumstances(
        loader,
        _with_parts(named, parts or {}),
        system_family(system) if system else None,
        frozenset(fact.value for fact in facts.packaging),
        frozenset(fact.value for fact in facts.makers),
        frozenset(fact.value for fact in facts.generations),
        _value(facts.rights),
        _value(facts.region),
        _value(facts.frontend),
    )


def _value(fact: Fact[str] | None) -> str | None:
    return fact.value if fact else None


def _with_parts(programs: Iterable[str], parts: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The programs and what runs inside them."""
    return frozenset(part for name in programs for part in (name, *parts.get(name, ())))


def _may_be(known: Set[str | None] | Set[str], wanted: Iterable[str]) -> bool:
    return not wanted or not known or not known.isdisjoint(wanted)
