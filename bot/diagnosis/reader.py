"""The second reader: what a text resembles where no signature says it. It says where to look, and
claims only what is far more likely than all else.

Three views together: a naive Bayes classifier of whole wordings (bayes.py), the share of a signature's words that one
line holds, and of somebody's own words what they mean (senses.py). Which programs an entry speaks for decides between
the like.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import nlargest
from itertools import chain
from math import fsum, log1p, sqrt
from operator import mul
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias
from zlib import crc32

import msgspec
from msgspec import structs

from bot.diagnosis.bayes import Bayes, Learnt, Text, each_learnt_from, learnt_from
from bot.diagnosis.calibration import (
    LEAST_HEARD,
    LEAST_LIKELY,
    LEAST_OBVIOUS,
    LEAST_TOLD,
    MOST_HEARD,
    likely,
    told_likely,
)
from bot.diagnosis.circumstances import Circumstances
from bot.diagnosis.complaint import Complaints
from bot.diagnosis.features import plain
from bot.diagnosis.field import Field
from bot.diagnosis.finding import Suspect
from bot.diagnosis.hearing import Scores, Views
from bot.diagnosis.index import Index
from bot.diagnosis.log import Log
from bot.diagnosis.nearest import NOWHERE, Near, Nearest, near_of
from bot.diagnosis.senses import TABLE, Leanings, Likeness, Placed, Senses, Vector, leanings_of
from bot.diagnosis.trouble import Told, Trouble
from bot.diagnosis.voices import NOTHING_HEARD, Heard, Voices, heard_in
from bot.intake.lines import Line
from bot.knowledge.cache import cached_of
from bot.knowledge.failures import Failure, Signature
from bot.knowledge.files import files_matching
from bot.knowledge.load import failure_files
from bot.knowledge.placeholders import VARIABLE
from bot.knowledge.told import NOTHING, TEXT, TOLD_FILE, load_told, load_told_of_entries

_LINES = 14  # lines that are read
_FIRST, _LAST = 40, 240  # lines of a long log among which they are chosen
_TOLD = 0.8  # what somebody's own words count, beside a printed line's standing
_ALARM = 1.5  # factor for a line that speaks of a failure
_LEAST_SHARE = 0.3  # of a signature's weight
_FULL = 4  # words of a signature whose share counts in full
_SHARE = 6.0  # what the share counts beside the classifier's score in standard deviations
_OWN, _ALIEN = 0.5, -1.6  # for a class with an entry for the program, and for one with entries for others only
# What likeness to told sentences counts, in words and in meaning, without and with a printed failure. Of 88 complaints
# that nothing had been written after, 48 had the right class first and 64 among three; without meaning 40 and 62.
_SPOKEN, _BESIDE_PRINTED = (1.0, 2.0), (0.5, 0.5)
# What it adds to how troubled somebody sounds that they are more than so like a class, at most: news are it as well.
_TOPICAL, _USUALLY_LIKE, _MOST_TOPICAL = 0.03, 15.0, 0.2
_TROUBLED = 0.75  # how troubled one sounds from which on no word of trouble is needed
_LEAST_WORDING = 0.28  # share of a wording from which on it speaks for one entry of a class: a lone "RAM" does not
_WORDING = 2.0  # what a share of its wordings counts beside how near an entry lies to what is told
_USUAL = 0.1  # what it counts among a class's entries that one is the usual of its class, and that one is told in words
_OF_LOADER = 0.15  # and that one is of the loader that was told
_CAUSE = 0.5  # weight of the cause's text in learning
_LEARNING = ("bayes.py", "features.py", "senses.py", "lanes.py", "voices.py", "nearest.py")  # what lessons come from
_CROWD = 0.3  # exponent of how much less each of a class's sentences counts where there are many


Shares: TypeAlias = Mapping[str, tuple[float, Signature]]


class Lessons(msgspec.Struct, frozen=True):
    """What was learnt of whole texts, and of sentences alone: how people speak is lost among so many logs. `pleas` also
    knows what is said where no failure is told; `voices` how who needs help sounds; `of_entries` what is told of one
    entry among its class's, by its id; `near` where all sentences lie.
    """

    texts: Learnt
    sentences: Learnt
    pleas: Learnt
    meant: Leanings
    voices: Heard = NOTHING_HEARD
    of_entries: dict[str, tuple[str, ...]] = {}
    near: Near = NOWHERE


def learnt_of(
    entries: Iterable[Failure],
    told: Mapping[str, Sequence[str]] = MappingProxyType({}),
    senses: Senses | None = None,
    of_entries: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Lessons:
    """What the knowledge's own words teach: signatures, examples, titles, causes, and the sentences in which people
    tell of each class (`told`), or of none in particular; with `senses` also what these sentences mean. `of_entries`:
    those of them that are told of one entry, by its id.
    """
    entries = tuple(entries)
    heard = _heard({entry.failure_class for entry in entries}, told)
    return structs.replace(
        _learnt_of_sentences(heard, told, senses, of_entries), texts=_learnt_of_texts(entries, heard)
    )


def _learnt_of_texts(entries: Iterable[Failure], heard: Mapping[str, Sequence[Text]]) -> Learnt:
    sentences = (text for text in _of_failures(heard) if not text.name.startswith(TEXT))
    return learnt_from([*chain.from_iterable(map(_texts, entries)), *sentences])


def _learnt_of_sentences(
    heard: Mapping[str, Sequence[Text]],
    told: Mapping[str, Sequence[str]],
    senses: Senses | None,
    of_entries: Mapping[str, Sequence[str]],
) -> Lessons:
    """All that is learnt, but nothing of whole texts."""
    pleas, sentences = list(chain.from_iterable(heard.values())), _of_failures(heard)
    placed = _placed(sentences, senses) if senses else []
    said, pleaded = each_learnt_from(sentences, pleas)
    own = {id_: tuple(map(plain, told_of)) for id_, told_of in of_entries.items()}
    return Lessons(learnt_from(()), said, pleaded, leanings_of(placed), heard_in(told, senses), own, near_of(placed))


def _of_failures(heard: Mapping[str, Sequence[Text]]) -> list[Text]:
    return [text for texts in heard.values() for text in texts if text.name != NOTHING]


def kept_learnt(root: Path, entries: Sequence[Failure], senses: Senses | None = None) -> Lessons:
    """The same for the failures under `root`, kept between runs until they change: what is learnt of sentences alone
    stays when entries change.
    """
    code = [Path(__file__), *(Path(__file__).with_name(name) for name in _LEARNING)]
    of_told = [*files_matching(root, TOLD_FILE), *code, *([TABLE] if senses else ())]
    classes = {entry.failure_class for entry in entries}
    named = f"learnt of sentences {crc32(' '.join(sorted(classes)).encode()):08x}"

    def of_texts() -> Learnt:
        return _learnt_of_texts(entries, _heard(classes, load_told(root)))

    def of_sentences() -> Lessons:
        told = load_told(root)
        return _learnt_of_sentences(_heard(classes, told), told, senses, load_told_of_entries(root))

    texts = cached_of(root, "learnt of texts", [*failure_files(root), *of_told], Learnt, of_texts)
    return structs.replace(cached_of(root, named, of_told, Lessons, of_sentences), texts=texts)


def texts_taught(entries: Iterable[Failure], told: Mapping[str, Sequence[str]]) -> list[Text]:
    """Every text that teaches: of the entries, and sentences of their classes."""
    entries = tuple(entries)
    heard = _heard({entry.failure_class for entry in entries}, told)
    return [*chain.from_iterable(map(_texts, entries)), *chain.from_iterable(heard.values())]


def _heard(classes: Container[str], told: Mapping[str, Sequence[str]]) -> dict[str, list[Text]]:
    """The sentences of these classes, of faults of texts, and of none, by class."""
    return {
        name: _sentences(name, told[name])
        for name in sorted(told)
        if name in classes or name == NOTHING or name.startswith(TEXT)
    }


def _placed(sentences: Iterable[Text], senses: Senses) -> list[Placed]:
    found = (Placed(text.name, senses.vector(text.lines), text.weight) for text in sentences)
    return [each for each in found if each.vector]


def _sentences(name: str, told: Sequence[str]) -> list[Text]:
    """Sentences of a class; of many each counts less, or its class would draw in whatever resembles none."""
    return [Text(name, (plain(text),), len(told) ** -_CROWD) for text in told]


def _texts(entry: Failure) -> list[Text]:
    told = [(VARIABLE.sub(" ", signature.text), 1.0) for signature in entry.signatures if not signature.ruled]
    told += [(example.text, 1.0) for example in entry.examples]
    told += [(entry.title.en, 1.0), (entry.title.zh, 1.0), (entry.cause.en, _CAUSE), (entry.cause.zh, _CAUSE)]
    return [Text(entry.failure_class, tuple(map(plain, text.split("\n"))), weight) for text, weight in told]


@dataclass(frozen=True, slots=True)
class _Taught:
    """The lessons, ready for use."""

    texts: Bayes
    sentences: Bayes
    pleas: Bayes
    meant: Likeness
    voices: Voices
    of_entries: Mapping[str, Sequence[str]]
    nearest: Nearest
    often: Scores


@dataclass(frozen=True, slots=True)
class _Alike:
    """How like somebody's words are to what is told of each class, in words and in meaning: distances from the mean in
    standard deviations. `vector`: where they lie.
    """

    said: Scores
    meant: Scores
    vector: Vector

    def weighed(self, said: float, meant: float) -> Scores:
        """Both together, each with its weight."""
        return {name: said * score + meant * self.meant.get(name, 0.0) for name, score in self.said.items()}


@dataclass(frozen=True, slots=True)
class Impression:
    """What somebody's words are most `like`: a class, or `TEXT` and first checks of a text; and how much (above 15 in
    half of all complaints), and how `likely` that is meant. `troubled`: see `bot.diagnosis.voices`.
    """

    like: str
    likeness: float
    troubled: float
    likely: float = 0.0


class Reader:
    """Knows what the texts of each class are like."""

    def __init__(
        self,
        entries: Iterable[Failure],
        index: Index,
        field: Field,
        trouble: Trouble,
        learnt: Callable[[], Lessons] | None = None,
        senses: Senses | None = None,
        complaints: Complaints | None = None,
    ) -> None:
        """`trouble`: finds what speaks of a failure. `learnt`: where what was learnt comes from (a cache); it is asked
        when the first text is read. `senses`: what words mean, as it was known when this was learnt.
        `complaints`: what in a text says what the trouble is not.
        """
        self._complaints = complaints or Complaints()
        self._entries = tuple(entries)
        self._index = index
        self._field = field
        self._trouble = trouble
        self._senses = senses
        self._learnt = learnt or (lambda: learnt_of(self._entries, senses=senses))
        self._class_of = {entry.id: entry.failure_class for entry in self._entries}
        self._known_priors: dict[frozenset[str], list[float]] = {}
        self._told_of: dict[str, list[Vector]] = {}  # where entries lie that were looked at; only ever a memory

    def suspects(
        self, log: Log, around: Circumstances, most: int, found: Scores = MappingProxyType({})
    ) -> tuple[Suspect, ...]:
        """The failures to look at first, best first, of different classes; none for a log in which nothing speaks of a
        failure and nobody says anything. `found`: how sure signatures are of classes.
        """
        lines = self._chosen(log)
        if not self._trouble.is_in(log, lines):
            return ()
        shares, scores = self._shares(log, lines), self._scored(log, lines)
        rated = self._rated(scores, shares, around.programs)
        heard = self._spoken(log)
        for at, name in enumerate(self._bayes.classes):
            rated[at] += heard.get(name, 0.0)
        told = self._only_told(log, lines)
        likely: Scores = {}
        if self._is_weighed(log, lines):
            alike = log.kept(self._alike_in, self._alike_in)
            likely = self._views(alike, scores, shares, around.programs, found).likelihoods()
        classes = self._bayes.classes
        best = nlargest(most, range(len(rated)), key=lambda at: (likely.get(classes[at], 0.0), rated[at]))
        vector = log.kept(self._alike_in, self._alike_in).vector if told else None
        suspects = (self._suspect(classes[at], rated[at], shares, around, vector) for at in best)
        return tuple(replace(each, likelihood=likely.get(each.entry.failure_class)) for each in suspects)

    def views(self, log: Log, around: Circumstances, found: Scores) -> Views | None:
        """What each reader thinks of a log; None where it is more than somebody's words."""
        lines = self._chosen(log)
        if not self._is_weighed(log, lines):
            return None
        alike = log.kept(self._alike_in, self._alike_in)
        return self._views(alike, self._scored(log, lines), self._shares(log, lines), around.programs, found)

    def _is_weighed(self, log: Log, lines: Sequence[Told]) -> bool:
        """Whether all readers are weighed together: nothing was printed, and sentences were learnt."""
        told = self._only_told(log, lines)
        return bool(told and self._heard.classes) and not any(log.is_printed(line.number) for line in lines)

    def _views(
        self,
        alike: "_Alike",
        scores: Sequence[float],
        shares: Shares,
        programs: frozenset[str],
        found: Scores = MappingProxyType({}),
    ) -> Views:
        """What each reader thinks of lines that are all somebody's words."""
        classes = self._bayes.classes
        return Views(
            said=alike.said,
            meant=alike.meant,
            whole=dict(zip(classes, _spread(scores), strict=True)),
            programs=dict(zip(classes, self._priors(programs), strict=True)),
            shares=self._best_shares(shares),
            found=found,
            often=self._taught.often,
            near=lambda name: self._taught.nearest.nearness(name, alike.vector),
        )

    def probable(self, log: Log, around: Circumstances, suspects: Sequence[Suspect]) -> tuple[Suspect, float] | None:
        """The first suspect with the probability that it is right, where that is high."""
        if not suspects:
            return None
        first, chosen = suspects[0], self._chosen(log)
        if failing := self._printed_failures(log, chosen):
            probability = likely(first.score, first.score - suspects[1].score if len(suspects) > 1 else first.score)
            is_sure = probability >= LEAST_LIKELY and self._is_likest(first, failing, log, around)
            return (first, probability) if is_sure else None
        if first.entry.components and not around.programs.intersection(first.entry.components):
            return None  # who names the program means it, who names none means none in particular
        return self._told(log, chosen, first)

    def _told(self, log: Log, chosen: Sequence[Told], first: Suspect) -> tuple[Suspect, float] | None:
        """What is only told, with the probability that it is right, where that is high and somebody complains."""
        is_blocking = first.entry.severity == "blocking"
        if first.likelihood is not None:
            plainly = is_blocking or (first.likelihood >= LEAST_OBVIOUS and self._sounds_troubled(log, chosen))
            is_sure = first.likelihood >= LEAST_HEARD and self._tells(log, chosen, plainly)
            return (first, min(first.likelihood, MOST_HEARD)) if is_sure else None
        heard = self._spoken(log)
        gap = heard.get(first.entry.failure_class, 0.0) - max(heard.values(), default=0.0)
        probability = told_likely(first.score, gap, self._trouble.is_told_of(log, chosen, False))
        plainly = is_blocking or probability >= LEAST_OBVIOUS  # of what works one complains
        return (first, probability) if probability >= LEAST_TOLD and self._tells(log, chosen, plainly) else None

    def _is_likest(self, suspect: Suspect, lines: Sequence[Told], log: Log, around: Circumstances) -> bool:
        """Whether these lines alone resemble a suspect's class most: what stands around a failure resembles many."""
        rated = self._rated(self._scored(log, lines), self._shares(log, lines), around.programs)
        return self._bayes.classes[rated.index(max(rated))] == suspect.entry.failure_class

    def _scored(self, log: Log, lines: Iterable[Told]) -> list[float]:
        """What the classifier thinks of each class, in its order."""
        return self._bayes.scores((line.weight, plain(log.lines[line.number].text)) for line in lines)

    def _tells(self, log: Log, lines: Sequence[Told], plainly: bool) -> bool:
        """Whether somebody tells of a failure, in a post that is no log, no question and no mere plea; `plainly`: it
        need not sound like a complaint.
        """
        if not self._trouble.is_told_of(log, lines, plainly):
            return False
        spoken = [log.lines[each.number].text for each in lines if self._trouble.speaks(log, each.number)]
        return not all(map(self.tells_nothing, spoken))

    def _sounds_troubled(self, log: Log, lines: Sequence[Told]) -> bool:
        """Whether all that somebody says sounds as if they told of a trouble; also where that cannot be told."""
        said = "\n".join(log.lines[each.number].text for each in lines if self._trouble.speaks(log, each.number))
        troubled = self._taught.voices.tells(said)
        return troubled is None or troubled >= _TROUBLED

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

    def _only_told(self, log: Log, lines: Sequence[Told]) -> Sequence[str]:
        """What somebody says, in lines that are read; nothing where a program printed a failure beside it."""
        if self._printed_failures(log, lines):
            return ()
        return self._words_of(log, lines)

    def _spoken(self, log: Log) -> Mapping[str, float]:
        return log.kept(self._heard_in, self._heard_in)

    def _heard_in(self, log: Log) -> Mapping[str, float]:
        """What somebody's own words add to classes, by name: how like they are to what is told of each, and how near
        their meaning is.
        """
        lines = self._chosen(log)
        if not self._heard.classes or not any(self._trouble.speaks(log, line.number) for line in lines):
            return {}
        printed = any(
            self._trouble.is_failure(log, line) for line in lines if not self._trouble.is_told(log, line.number)
        )
        return log.kept(self._alike_in, self._alike_in).weighed(*(_BESIDE_PRINTED if printed else _SPOKEN))

    def _alike_in(self, log: Log) -> "_Alike":
        """How like somebody's own words in a log are to what is told of each class."""
        return self._alike(self._words_of(log, self._chosen(log)))

    def _words_of(self, log: Log, lines: Iterable[Told]) -> list[str]:
        """Lines in somebody's own words (see features.plain)."""
        spoken = (log.lines[line.number].text for line in lines if self._trouble.speaks(log, line.number))
        return [plain(self._complaints.without_ruled_out(text)) for text in spoken]

    def _alike(self, told: Sequence[str]) -> "_Alike":
        """How like lines (see features.plain) are to what is told of each class."""
        said, vector = _spread(self._heard.scores((1.0, text) for text in told)), self._vector(told)
        return _Alike(
            dict(zip(self._heard.classes, said, strict=True)),
            dict(zip(self._meant.classes, _spread(self._meanings(vector)), strict=True)),
            vector,
        )

    def impression(self, text: str) -> Impression | None:
        """What somebody's words are most like, and how troubled they sound; None where nothing was learnt or said."""
        lines = [plain(self._complaints.without_ruled_out(line)) for line in text.splitlines() if line.strip()]
        troubled = self._taught.voices.tells(text)
        if not (lines and self._heard.classes) or troubled is None:
            return None
        alike = self._alike(lines)
        rated = alike.weighed(*_SPOKEN)
        whole = self._bayes.scores((1.0, line) for line in lines)
        likely = self._views(alike, whole, {}, frozenset()).likelihoods()
        best = max(rated, key=lambda name: likely.get(name, 0.0))
        topical = min(_TOPICAL * (rated[best] - _USUALLY_LIKE), _MOST_TOPICAL)
        return Impression(best, rated[best], troubled + topical, likely.get(best, 0.0))

    def _meanings(self, vector: Vector) -> list[float]:
        """For each class how near what lies there lies to what is told of it; alike where no word is known."""
        return self._meant.scores(vector) if vector else [0.0] * len(self._meant.classes)

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
    def _taught(self) -> "_Taught":
        """All at once: nobody keeps the lessons, which are as large."""
        lessons = self._learnt()
        heard = (Bayes(lessons.texts), Bayes(lessons.sentences), Bayes(lessons.pleas), Likeness(lessons.meant))
        often = {name: log1p(count) for name, count in zip(lessons.near.classes, lessons.near.counts, strict=True)}
        voices = Voices(lessons.voices, self._senses)
        return _Taught(*heard, voices, lessons.of_entries, Nearest(lessons.near), often)

    @property
    def _bayes(self) -> Bayes:
        return self._taught.texts

    @property
    def _heard(self) -> Bayes:
        return self._taught.sentences

    @property
    def _pleas(self) -> Bayes:
        return self._taught.pleas

    @property
    def _meant(self) -> Likeness:
        return self._taught.meant

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
            for number, share in self._index.alike(log.reading(line.number).known, _LEAST_SHARE):
                pattern = self._index.patterns[number]
                rated = share * standing * min(1.0, len(pattern.words) / _FULL)
                for use in pattern.uses:
                    if use.entry.id not in best or rated > best[use.entry.id][0]:
                        best[use.entry.id] = (rated, use.signature)
        return best

    def _rated(self, scores: Sequence[float], shares: Shares, programs: frozenset[str]) -> list[float]:
        """How well each class fits, in the classifier's order."""
        best = self._best_shares(shares)
        return [
            score + _SHARE * best.get(name, 0.0) + prior
            for name, score, prior in zip(self._bayes.classes, _spread(scores), self._priors(programs), strict=True)
        ]

    def _best_shares(self, shares: Shares) -> Scores:
        """The best share of each class that has one."""
        best: dict[str, float] = {}
        for id_, (share, _) in shares.items():
            name = self._class_of[id_]
            best[name] = max(best.get(name, 0.0), share)
        return best

    def _priors(self, programs: frozenset[str]) -> list[float]:
        """For each class what the programs that take part say."""
        known = self._known_priors.get(programs)
        if known is None:
            best = [max(_fits(entry, programs) for entry in self._by_class[name]) for name in self._bayes.classes]
            known = self._known_priors[programs] = [(_ALIEN, 0.0, _OWN)[fit] for fit in best]
        return known

    def _suspect(
        self, name: str, rating: float, shares: Shares, around: Circumstances, vector: Vector | None
    ) -> Suspect:
        """The entry of a class that fits best: one of the loader itself before one of what runs inside it. To what is
        only told (it lies at `vector`) it is the one whose title and cause, or a sentence told of it, say most nearly
        the same.
        """
        own, told = self._by_class[name], vector is not None

        def likeness(entry: Failure) -> float:
            share = shares[entry.id][0] if entry.id in shares else 0.0
            if not around.programs:  # who names no program means none in particular
                share -= _OF_LOADER * bool(entry.components)
            if not told:
                return share
            usual = _USUAL * ((entry.id == name) + (entry.kind == "symptom"))
            return (
                _WORDING * (share if share >= _LEAST_WORDING else 0.0)
                + self._nearness(entry, vector or [])
                + usual
                + _OF_LOADER * (around.loader in entry.components)
            )

        def place(entry: Failure) -> tuple[bool, bool, int, float]:
            fits, own_loader = _fits(entry, around.programs), around.loader in entry.components
            return around.allow(entry), own_loader and not told, min(fits, 1) if told else fits, likeness(entry)

        entry = max(own, key=place) if len(own) > 1 else own[0]
        nearest = shares[entry.id][1] if entry.id in shares else next(iter(entry.signatures), None)
        return Suspect(entry, rating, nearest, told)

    def _vector(self, lines: Sequence[str]) -> Vector:
        return self._senses.vector(lines) if self._senses and lines else []

    def _nearness(self, entry: Failure, vector: Vector) -> float:
        """How near what an entry says of itself, or what is told of it, lies to what was told, from -1 to 1."""
        if not vector:
            return 0.0
        if entry.id not in self._told_of:
            texts = (entry.title.en, entry.cause.en), (entry.title.zh, entry.cause.zh)
            own = [[plain(VARIABLE.sub(" ", each)) for each in text] for text in texts]
            told = [[sentence] for sentence in self._taught.of_entries.get(entry.id, ())]
            self._told_of[entry.id] = list(map(self._vector, [*own, *told]))
        return max((sum(map(mul, vector, own)) for own in self._told_of[entry.id] if own), default=0.0)


def _spread(scores: Sequence[float]) -> list[float]:
    """Scores as distances from their mean, in standard deviations."""
    if not scores:
        return []
    mean = fsum(scores) / len(scores)
    spread = sqrt(fsum((score - mean) ** 2 for score in scores) / len(scores)) or 1.0
    return [(score - mean) / spread for score in scores]


def _fits(entry: Failure, programs: frozenset[str]) -> int:
    """2 for an entry of one of these programs, 1 for one of any program, 0 for one of others only."""
    if not entry.components or not programs:
        return 1
    return 0 if programs.isdisjoint(entry.components) else 2
