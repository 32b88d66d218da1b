"""Names that the vocabulary must know: programs, tools and areas, wherever the knowledge writes one."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from bot.intake.vocabulary import Vocabulary
from bot.knowledge.failures import Failure, FailureClass, FixStep
from bot.knowledge.files import Fault
from bot.knowledge.messages import Messages
from bot.knowledge.reasons import Reasons
from bot.knowledge.reference import Term
from bot.knowledge.schema_faults import nearest


class Naming:
    """Checks names against one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._programs = {program.name for program in vocabulary.programs}
        self._anyone = self._programs | set(vocabulary.tools)
        self._areas = vocabulary.areas

    def of_entries(self, items: Iterable[tuple[str, Failure]], own: Collection[str]) -> Iterator[Fault]:
        """`own`: the texts of signatures that other files brought, whose names are checked there."""
        for file, entry in items:
            yield from (Fault(file, key, problem) for key, problem in self._entry(entry, own))
            if problem := self._area(file.split("/")[1]):
                yield Fault(file, "", problem)

    def of_messages(self, items: Iterable[tuple[str, Messages]]) -> Iterator[Fault]:
        """Unknown programs in files of messages."""
        known = {name.lower() for name in self._anyone}
        for file, content in items:
            if content.program.lower() not in known:
                yield Fault(file, "program", self._problem(content.program, self._anyone))
            for place, group in enumerate(content.messages):
                whens = [group.when, *(message.when for message in group.texts if message.when)]
                for when in whens:
                    yield from self._each(file, f"messages[{place}].when.loaders", when.loaders)

    def of_reasons(self, items: Iterable[tuple[str, Reasons]]) -> Iterator[Fault]:
        """Unknown loaders in rules of reasons."""
        for file, content in items:
            for place, rule in enumerate(content.rules):
                for number, lead in enumerate(rule.leads):
                    yield from self._each(file, f"rules[{place}].leads[{number}].loaders", lead.loaders)

    def of_terms(self, file: str, terms: Iterable[Term]) -> Iterator[Fault]:
        """Unknown loaders of settings, `file` holding them all."""
        for term in terms:
            yield from self._each(file, f"{term.id}.loader", [term.loader] if term.loader else [])

    def _entry(self, entry: Failure, own: Collection[str]) -> Iterator[tuple[str, str]]:
        yield from self._unknown("components", entry.components, self._anyone)
        for number, signature in enumerate(entry.signatures):
            if not signature.ruled and signature.text not in own:
                yield from self._unknown(f"signatures[{number}].loaders", signature.loaders, self._programs)
        yield from self._unknown("when.loaders", entry.when.loaders, self._programs)
        for number, spell in enumerate(entry.versions):
            yield from self._unknown(f"versions[{number}].program", (spell.program,), self._anyone)
        yield from self._steps(entry.steps)

    def _steps(self, steps: Sequence[FixStep]) -> Iterator[tuple[str, str]]:
        for number, step in enumerate(steps):
            yield from self._unknown(f"steps[{number}].when.loaders", step.when.loaders, self._programs)

    def _each(self, file: str, key: str, names: Iterable[str]) -> Iterator[Fault]:
        yield from (Fault(file, place, problem) for place, problem in self._unknown(key, names, self._programs))

    def _unknown(self, key: str, names: Iterable[str], known: Collection[str]) -> Iterator[tuple[str, str]]:
        yield from ((key, self._problem(name, known)) for name in names if name not in known)

    def _problem(self, name: str, known: Collection[str]) -> str:
        hint = _near(name, known) or ("; a new one stands there under `tools`" if known is self._anyone else "")
        return f"{name!r} is no program of vocabulary.yaml{hint}"

    def _area(self, area: str) -> str | None:
        if not self._areas or area in self._areas:
            return None
        return f"lies in {area!r}, which is no area of vocabulary.yaml{_near(area, self._areas)}"


def area_faults(classes: Iterable[FailureClass]) -> Iterator[Fault]:
    """Areas of classes that only one class has and that look like another: a slip of the pen."""
    counts = Counter(each.area for each in classes)
    for area, count in counts.items():
        others = [other for other in counts if other != area and counts[other] > 1]
        if count == 1 and (hint := nearest(area, others)):
            yield Fault("classes.yaml", area, f"is the area of one class only{hint}")


def _near(name: str, known: Collection[str]) -> str:
    """The name that was meant, in whatever case it was written."""
    folded = {each.lower(): each for each in known}
    exact = folded.get(name.lower())
    return f"; did you mean {exact!r}?" if exact else _named(nearest(name.lower(), folded), folded)


def _named(hint: str, folded: dict[str, str]) -> str:
    for lower, name in folded.items():
        if hint == f"; did you mean {lower!r}?":
            return f"; did you mean {name!r}?"
    return hint
