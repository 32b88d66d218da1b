"""The second reader: what a text resembles where no signature says it. It says where to look, and
claims only what is far more likely than all else.

Two views together: a naive Bayes classifier of whole wordings (bayes.py), and the share of a signature's words that one
line holds. Which programs an entry speaks for decides between the like.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from heapq import nlargest
from itertools import chain
from math import sqrt
from pathlib import Path
from statistics import fmean
from types import MappingProxyType
from typing import TypeAlias

import msgspec

from bot.diagnosis.bayes import Bayes, Learnt, Text, learnt_from
from bot.diagnosis.calibration import LEAST_LIKELY, LEAST_STATED, LEAST_TOLD, likely, told_likely
from bot.diagnosis.circumstances import Circumstances
from bot.diagnosis.features import plain
from bot.diagnosis.field import Field
from bot.diagnosis.finding import Suspect
from bot.diagnosis.index import Index
from bot.diagnosis.log import Log
from bot.diagnosis.trouble import Told, Trouble
from bot.intake.lines import Line
from bot.knowledge.cache import cached_of
from bot.knowledge.failures import Failure, Signature
from bot.knowledge.files import files_matching
from bot.knowledge.load import failure_files
from bot.knowledge.placeholders import VARIABLE
from bot.knowledge.told import NOTHING, TOLD_FILE, load_told

_LINES = 14  # lines that are read
_FIRST, _LAST = 40, 240  # lines of a long log among which they are chosen
_TOLD = 0.8  # what somebody's own words count, beside a printed line's standing
_ALARM = 1.5  # factor for a line that speaks of a failure
_LEAST_SHARE = 0.3  # of a signature's weight
_FULL = 4  # words of a signature whose share counts in full
_SHARE = 6.0  # what the share counts beside the classifier's score in standard deviations
_OWN, _ALIEN = 0.5, -1.6  # for a class with an entry for the program, and for one with entries for others only
_SPOKEN, _BESIDE_PRINTED = 1.5, 0.5  # what likeness to told sentences counts, without and with a printed failure
_CAUSE = 0.5  # weight of the cause's text in learning
_CROWD = 0.3  # exponent of how much less each of a class's sentences counts where there are many


Shares: TypeAlias = Mapping[str, tuple[float, Signature]]


class Lessons(msgspec.Struct, frozen=True):
    """What was learnt of whole texts, and of sentences alone: how people speak is lost among so many logs. `pleas` also
    knows what is said where no failure is told.
    """

    texts: Learnt
    sentences: Learnt
    pleas: Learnt


def learnt_of(entries: Iterable[Failure], told: Mapping[str, Sequence[str]] = MappingProxyType({})) -> Lessons:
    """What the knowledge's own words teach: signatures, examples, titles, causes, and the sentences in which people
    tell of each class (`told`), or of none in particular.
    """
    entries = tuple(entries)
    classes = {entry.failure_class for entry in entries}
    heard = {name: _sentences(name, told[name]) for name in sorted(told) if name in classes or name == NOTHING}
    pleas = list(chain.from_iterable(heard.values()))
    sentences = [text for text in pleas if text.name != NOTHING]
    texts = [text for entry in entries for text in _texts(entry)]
    return Lessons(learnt_from([*texts, *sentences]), learnt_from(sentences), learnt_from(pleas))


def kept_learnt(root: Path, entries: Sequence[Failure]) -> Lessons:
    """The same for the failures under `root`, kept between runs until they change."""
    code = [Path(__file__), *(Path(__file__).with_name(name) for name in ("bayes.py", "features.py"))]
    files = [*failure_files(root), *files_matching(root, TOLD_FILE), *code]
    return cached_of(root, "learnt", files, Lessons, lambda: learnt_of(entries, load_told(root)))


def _sentences(name: str, told: Sequence[str]) -> list[Text]:
    """Sentences of a class; of many each counts less, or its class would draw in whatever resembles none."""
    return [Text(name, (plain(text),), len(told) ** -_CROWD) for text in told]


def _texts(entry: Failure) -> list[Text]:
    told = [(VARIABLE.sub(" ", signature.text), 1.0) for signature in entry.signatures if not signature.ruled]
    told += [(example.text, 1.0) for example in entry.examples]
    told += [(entry.title.en, 1.0), (entry.title.zh, 1.0), (entry.cause.en, _CAUSE), (entry.cause.zh, _CAUSE)]
    return [Text(entry.failure_class, tuple(map(plain, text.split("\n"))), weight) for text, weight in told]


class Reader:
    """Knows what the texts of each class are like."""

    def __init__(
        self,
        entries: Iterable[Failure],
        index: Index,
        field: Field,
        trouble: Trouble,
        learnt: Callable[[], Lessons] | None = None,
    ) -> None:
        """`trouble`: finds what speaks of a failure. `learnt`: where what was learnt comes from (a cache); it is asked
        when the first text is read.
        """
        self._entries = tuple(entries)
        self._index = index
        self._field = field
        self._trouble = trouble
        self._learnt = learnt or (lambda: learnt_of(self._entries))
        self._class_of = {entry.id: entry.failure_class for entry in self._entries}
        self._known_priors: dict[frozenset[str], list[float]] = {}

    def suspects(self, log: Log, around: Circumstances, most: int) -> tuple[Suspect, ...]:
        """The failures to look at first, best first, of different classes; none for a log in which nothing speaks of a
        failure and nobody says anything.
        """
        lines = self._chosen(log)
        if not self._trouble.is_in(log, lines):
            return ()
        scores = self._bayes.scores((line.weight, plain(log.lines[line.number].text)) for line in lines)
        shares = self._shares(log, lines)
        rated = self._rated(scores, shares, around.programs)
        for name, score in self._spoken(log, lines).items():
            rated[self._bayes.classes.index(name)] += score
        best = nlargest(most, range(len(rated)), key=rated.__getitem__)
        return tuple(self._suspect(self._bayes.classes[at], rated[at], shares, around) for at in best)

    def probable(self, log: Log, around: Circumstances, suspects: Sequence[Suspect]) -> tuple[Suspect, float] | None:
        """The first suspect with the probability that it is right, where that is high."""
        if not suspects:
            return None
        first, chosen = suspects[0], self._chosen(log)
        failed = self._printed_failures(log, chosen)
        if failed:
            probability = likely(first.score, max(log.standing(each.number) for each in failed))
            return (first, probability) if probability >= LEAST_LIKELY else None
        means = not first.entry.components or around.programs.intersection(first.entry.components)
        if not (means and self._tells(log, chosen, first)):
            return None  # who names the program means it, who names none means none in particular
        return first, told_likely(first.score)

    def _tells(self, log: Log, lines: Sequence[Told], suspect: Suspect) -> bool:
        """Whether somebody tells of this failure before all, in a post that is no log, no question and no mere plea."""
        heard = self._spoken(log, lines)
        if heard.get(suspect.entry.failure_class, 0.0) < max(heard.values(), default=1.0):
            return False
        plainly = suspect.score >= LEAST_STATED and suspect.entry.severity == "blocking"  # of what works one complains
        if suspect.score < LEAST_TOLD or not self._trouble.is_told_of(log, lines, plainly):
            return False
        spoken = (log.lines[each.number].text for each in lines if self._trouble.speaks(log, each.number))
        return not all(map(self.tells_nothing, spoken))

    def tells_nothing(self, text: str) -> bool:
        """Whether a few words are most like the pleas that tell of no failure in particular."""
        if NOTHING not in self._pleas.classes:
            return False
        scores = self._pleas.scores([(1.0, plain(text))])
        return any(scores) and self._pleas.classes[scores.index(max(scores))] == NOTHING

    def telling(self, log: Log) -> Line | None:
        """The line that tells most of a failure: of those that weigh the same the last; None when none does."""
        alarming = [line for line in self._chosen(log) if line.alarms]
        best = max(alarming, key=lambda line: (log.is_printed(line.number), line.weight, line.number), default=None)
        return log.lines[best.number] if best else None

    def _spoken(self, log: Log, lines: Sequence[Told]) -> Mapping[str, float]:
        """What somebody's own words add to classes, by name."""
        told = [(1.0, plain(log.lines[line.number].text)) for line in lines if self._trouble.speaks(log, line.number)]
        if not told or not self._heard.classes:
            return {}
        printed = any(
            self._trouble.is_failure(log, line) for line in lines if not self._trouble.is_told(log, line.number)
        )
        weight = _BESIDE_PRINTED if printed else _SPOKEN
        return {
            name: weight * score
            for name, score in zip(self._heard.classes, _spread(self._heard.scores(told)), strict=True)
        }

    def _printed_failures(self, log: Log, lines: Iterable[Told]) -> list[Told]:
        """Of lines those in which a program says that something failed, and nobody only asks about it."""
        return [
            line
            for line in lines
            if not self._trouble.is_said(log, line.number)
            and self._trouble.is_failure(log, line)
            and not self._trouble.is_asked(log, line.number)
        ]

    def said(self, log: Log) -> Line | None:
        """The longest line in somebody's own words, None without one."""
        spoken = (log.lines[line.number] for line in self._chosen(log) if self._trouble.speaks(log, line.number))
        return max(spoken, key=lambda line: len(line.text), default=None)

    @cached_property
    def _taught(self) -> tuple[Bayes, Bayes, Bayes]:
        """All three at once: nobody keeps the lessons, which are as large."""
        lessons = self._learnt()
        return Bayes(lessons.texts), Bayes(lessons.sentences), Bayes(lessons.pleas)

    @property
    def _bayes(self) -> Bayes:
        return self._taught[0]

    @property
    def _heard(self) -> Bayes:
        return self._taught[1]

    @property
    def _pleas(self) -> Bayes:
        return self._taught[2]

    @cached_property
    def _by_class(self) -> dict[str, list[Failure]]:
        found: dict[str, list[Failure]] = {}
        for entry in self._entries:
            found.setdefault(entry.failure_class, []).append(entry)
        return found

    def _chosen(self, log: Log) -> Sequence[Told]:
        return log.kept(self, self._telling_lines)

    def _telling_lines(self, log: Log) -> Sequence[Told]:
        """The lines that tell most, in order."""
        count = len(log.lines)
        numbers = range(count) if count <= _FIRST + _LAST else [*range(_FIRST), *range(count - _LAST, count)]
        harmless = self._field.harmless(log)
        rated = [self._line(log, number) for number in numbers if number not in harmless]
        best = sorted(rated, key=lambda line: (-line.weight, -line.number))[:_LINES]
        return sorted(best, key=lambda line: line.number)

    def _line(self, log: Log, number: int) -> Told:
        weight = log.standing(number) if log.is_printed(number) else _TOLD
        alarms = number in self._field.alarming(log)
        return Told(number, weight * (_ALARM if alarms else 1.0), alarms)

    def _shares(self, log: Log, lines: Iterable[Told]) -> Shares:
        """For entries by id the best share of a signature's words in one line, and that signature."""
        best: dict[str, tuple[float, Signature]] = {}
        for line in lines:
            standing = log.standing(line.number)
            for number, share in self._index.alike(log.readings[line.number].known, _LEAST_SHARE):
                pattern = self._index.patterns[number]
                rated = share * standing * min(1.0, len(pattern.words) / _FULL)
                for use in pattern.uses:
                    if use.entry.id not in best or rated > best[use.entry.id][0]:
                        best[use.entry.id] = (rated, use.signature)
        return best

    def _rated(self, scores: Sequence[float], shares: Shares, programs: frozenset[str]) -> list[float]:
        """How well each class fits, in the classifier's order."""
        best: dict[str, float] = {}
        for id_, (share, _) in shares.items():
            name = self._class_of[id_]
            best[name] = max(best.get(name, 0.0), share)
        return [
            score + _SHARE * best.get(name, 0.0) + prior
            for name, score, prior in zip(self._bayes.classes, _spread(scores), self._priors(programs), strict=True)
        ]

    def _priors(self, programs: frozenset[str]) -> list[float]:
        """For each class what the programs that take part say."""
        known = self._known_priors.get(programs)
        if known is None:
            best = [max(_fits(entry, programs) for entry in self._by_class[name]) for name in self._bayes.classes]
            known = self._known_priors[programs] = [(_ALIEN, 0.0, _OWN)[fit] for fit in best]
        return known

    def _suspect(self, name: str, rating: float, shares: Shares, around: Circumstances) -> Suspect:
        """The entry of a class that fits best: one of the loader itself before one of what runs inside it."""
        entry = max(
            self._by_class[name],
            key=lambda each: (
                around.allow(each),
                around.loader in each.components,
                _fits(each, around.programs),
                shares[each.id][0] if each.id in shares else 0,
            ),
        )
        nearest = shares[entry.id][1] if entry.id in shares else next(iter(entry.signatures), None)
        return Suspect(entry, rating, nearest)


def _spread(scores: Sequence[float]) -> list[float]:
    """Scores as distances from their mean, in standard deviations."""
    mean = fmean(scores)
    spread = sqrt(fmean((score - mean) ** 2 for score in scores)) or 1.0
    return [(score - mean) / spread for score in scores]


def _fits(entry: Failure, programs: frozenset[str]) -> int:
    """2 for an entry of one of these programs, 1 for one of any program, 0 for one of others only."""
    if not entry.components or not programs:
        return 1
    return 0 if programs.isdisjoint(entry.components) else 2
