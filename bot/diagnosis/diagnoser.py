"""Lines and knowledge to findings."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.base.literals import Literals
from bot.diagnosis.arithmetic import conclusions
from bot.diagnosis.calibration import (
    KNOWN_FAULT,
    LEAST_BESIDE_KNOWN,
    NO_REGRESSION,
    WORKED_BEFORE,
    calibrated,
    doubted,
    instead_of,
    is_behind,
    is_doubtful,
    of_printed,
)
from bot.diagnosis.circumstances import Circumstances, circumstances_of
from bot.diagnosis.comparing import Candidate, Comparing
from bot.diagnosis.complaint import Complaints, is_source
from bot.diagnosis.conclusion import Conclusion
from bot.diagnosis.conditions import Conditions, asked_of
from bot.diagnosis.configuration.concluding import concluded
from bot.diagnosis.configuration.forms import configurations_in
from bot.diagnosis.drift import drift_in
from bot.diagnosis.field import Field, Origin, Place
from bot.diagnosis.finding import Evidence, Finding, Opinion, Suspect
from bot.diagnosis.hearing import Views
from bot.diagnosis.index import Index
from bot.diagnosis.known_faults import Known
from bot.diagnosis.log import Log, is_long
from bot.diagnosis.match import Match, match
from bot.diagnosis.raising import Refusals, fault_in, raised_in, raises_in, refusals_of
from bot.diagnosis.rank import MOST, Ranked, rank
from bot.diagnosis.reader import Impression, Lessons, Reader
from bot.diagnosis.senses import Senses
from bot.diagnosis.signature import ABOVE, Pattern, Use, patterns_of
from bot.diagnosis.silence import silent_end_in
from bot.diagnosis.trouble import Trouble
from bot.intake.facts import Facts
from bot.intake.line_kinds import LineKinds
from bot.intake.lines import Line
from bot.knowledge.failures import Failure, FieldWords
from bot.knowledge.options import OptionTable

_SHARE = 0.7  # of a signature's weight that stands in a line of undamaged words at least
_CONDITION = 15  # characters that a met condition counts as, when the more specific of two findings is sought
_SHORT = 400  # lines of a log beside which somebody's words are looked for
_CONCLUDED = 0.95  # how much the line of a conclusion counts
_BESIDE = 2  # printed lines that may stand beside a configuration on top of as many as it has
_SUPPORT = 1.25  # exponent of the doubt that several hints leave
_BETTER = 0.05  # quality by which a match drives out others from the same place


@dataclass(frozen=True, slots=True)
class Hit:
    """A match in a line, for an entry whose conditions hold."""

    line: Line
    match: Match
    use: Use
    strength: float  # 0 to 1: quality squared times what the signature weighs
    standing: float  # 0 to 1: how much the line counts


class Diagnoser:
    """Knows the failures; `diagnose` is a pure function of its arguments."""

    def __init__(
        self,
        failures: Iterable[Failure],
        field: FieldWords | None = None,
        learnt: Callable[[], Lessons] | None = None,
        parts: Mapping[str, Sequence[str]] | None = None,
        complaints: Complaints | None = None,
        kinds: LineKinds | None = None,
        tables: Sequence[OptionTable] = (),
        index: Index | None = None,
        senses: Senses | None = None,
    ) -> None:
        """`field` tells logs of other programs apart; without it every log belongs here. `learnt`: what the second
        reader learnt of these failures, asked for when it reads its first text; None: it learns then.
        `parts`: the programs that run inside others. `complaints`: how people speak of failures; without it whatever
        somebody says of one is a complaint. `kinds`: what tells printed lines from somebody's words.
        `tables`: the options of programs, for configurations that are pasted before anything failed. `index`: that of
        these failures, where it was kept. `senses`: what words mean, to the second reader.
        """
        failures = tuple(failures)
        self._index = index or Index(patterns_of(failures))
        self._failures = failures
        self._field = Field(field)
        self._parts = parts or {}
        self._complaints = complaints or Complaints()
        self._ways = {
            (way.computation, about): entry for entry in failures for way in entry.found_by for about in way.concerns()
        }
        self._faulty = tuple(about for computation, about in self._ways if computation == "fault-in")
        self._trouble = Trouble(self._field, kinds)
        self._tables = tuple(tables)
        self._reader = Reader(failures, self._index, self._field, self._trouble, learnt, senses, complaints)

    def diagnose(
        self, lines: Sequence[Line], facts: Facts | None = None, loader: str | None = None
    ) -> tuple[Finding, ...]:
        """The failures recognised in cleaned lines, best first, at most three.

        `loader`, or else the one in `facts`, rules out wordings that only other loaders print.
        """
        log = self._log(lines)
        around = circumstances_of(facts, loader, self._parts)
        return self._findings(log, around, Origin(self._field, log, around.loader))

    def opinion(
        self,
        lines: Sequence[Line],
        facts: Facts | None = None,
        loader: str | None = None,
        young_model: Callable[[], bool] | None = None,
        known: Known | None = None,
    ) -> Opinion:
        """Like `diagnose`, with what to look at where that says too little. `young_model`: see Circumstances; `known`:
        a fault that the reader's version is known to have, claimed where nothing else is.
        """
        log = self._log(lines)
        around = replace(circumstances_of(facts, loader, self._parts), young_model=young_model)
        origin = Origin(self._field, log, around.loader)
        ranked = self._ranked(log, around, origin)
        findings = tuple(calibrated(ranked)[:MOST])
        alike = self._told_ways(_causes(self._alike(log, around, origin, findings), log), facts, known)
        suspects = _further(alike, findings)
        if findings:
            behind = self._instead(log, origin, around, findings[0], alike)
            if behind:
                return Opinion((behind, *findings)[:MOST], suspects[1 : MOST - len(findings)])
            first = _weighed(findings[0], ranked[0], alike, log, origin)
            is_own = around.loader is not None and around.loader in first.entry.components
            if is_own or not is_doubtful(first, _is_printed(first, log), ranked[1:]):
                return Opinion((first, *findings[1:]), suspects)
            suspects = (*map(_suspected, findings), *suspects)
        probable = _surer(
            self._probable(log, around, suspects, origin), self._known_fault(log, known, suspects)
        ) or self._regression(log, facts, suspects)
        if probable is None:
            return Opinion((), suspects, self._reader.telling(log))
        return Opinion((probable,), tuple(each for each in suspects if each.entry is not probable.entry)[: MOST - 1])

    def _instead(
        self, log: Log, origin: Origin, around: Circumstances, found: Finding, alike: Sequence[Suspect]
    ) -> Finding | None:
        """What is claimed in the place of a finding that says less than all else."""
        return self._probable(log, around, instead_of(found, alike), origin) if is_behind(found, alike) else None

    def _told_ways(self, alike: Sequence[Suspect], facts: Facts | None, known: Known | None) -> tuple[Suspect, ...]:
        """Without what nothing told speaks for: a fault of a version that has none, an update nobody tells of."""
        untold = (
            None if known else self._ways.get(("known-fault", "")),
            None if facts and facts.worked_before else self._ways.get(("worked-before", "")),
        )
        return tuple(each for each in alike if each.entry not in untold)

    def _probable(self, log: Log, around: Circumstances, suspects: Sequence[Suspect], origin: Origin) -> Finding | None:
        """What the second reader claims; of what is printed only where the log names a program or tool of this field:
        everybody's compilers fail in the same words.
        """
        proof = self._reader.telling(log) or self._reader.said(log)
        probable = self._reader.probable(log, around, suspects)
        if probable is None or proof is None:
            return None
        suspect, probability = probable
        at = log.lines.index(proof)
        if log.is_printed(at) and not origin.is_at_home(suspect.entry):
            return None
        wording = suspect.signature if log.is_printed(at) else None
        if wording and not Conditions(log, around).hold(wording, at):
            return None  # the wording it resembles was ruled out here
        evidence = Evidence(proof.number, proof.text, None)
        return Finding(suspect.entry, round(probability, 3), evidence, told=not log.is_printed(at))

    def _known_fault(self, log: Log, known: Known | None, suspects: Sequence[Suspect]) -> Finding | None:
        """What is known of the reader's version, where something is wrong (there are suspects)."""
        entry = self._ways.get(("known-fault", ""))
        if (
            entry is None
            or known is None
            or log.is_solved
            or not (suspects or known.fault.sure or self._tells(log, known))
        ):
            return None
        evidence = Evidence(known.line.number, known.line.text, None)
        return Finding(entry, KNOWN_FAULT, evidence, told=True)

    def _tells(self, log: Log, known: Known) -> bool:
        """Whether somebody tells a fault in words of their own, and no news."""
        if any(log.complaints.is_wish_or_news(line.text) for line in log.lines):
            return False
        return self._trouble.speaks(log, log.lines.index(known.line)) or log.complaints.is_troubled(known.line.text)

    def _regression(self, log: Log, facts: Facts | None, suspects: Sequence[Suspect]) -> Finding | None:
        """What is left to say where something is wrong (there are suspects) and it worked in an older version."""
        entry, worked = self._ways.get(("worked-before", "")), facts.worked_before if facts else None
        if entry is None or worked is None or worked.value in NO_REGRESSION or log.is_solved or not suspects:
            return None
        line = next((each for each in log.lines if each.number == worked.line), log.lines[0])
        return Finding(entry, WORKED_BEFORE, Evidence(line.number, line.text, None), told=True)

    def _findings(self, log: Log, around: Circumstances, origin: Origin) -> tuple[Finding, ...]:
        return tuple(calibrated(self._ranked(log, around, origin))[:MOST])

    def _alike(
        self, log: Log, around: Circumstances, origin: Origin, findings: Sequence[Finding]
    ) -> tuple[Suspect, ...]:
        """What the second reader thinks of, best first, known or not."""
        if origin.is_foreign or not (findings or origin.is_near(self._trouble.words(log))):
            return ()
        return self._reader.suspects(log, around, 2 * MOST, _strengths(findings))

    def views(self, lines: Sequence[Line], facts: Facts | None = None) -> Views | None:
        """What each reader thinks of somebody's words; None where there is more than words."""
        log, around = self._log(lines), circumstances_of(facts, None, self._parts)
        found = self._findings(log, around, Origin(self._field, log, around.loader))
        return self._reader.views(log, around, _strengths(found))

    def _log(self, lines: Sequence[Line]) -> Log:
        return Log(lines, self._index, self._complaints, self._asked if is_long(lines) else None)

    @cached_property
    def _asked(self) -> Literals:
        """What conditions ask of a log; a short one is searched for each that is."""
        return asked_of(self._failures)

    def tells_nothing(self, text: str) -> bool:
        """Whether a few words say that something is wrong and nothing more."""
        return self._reader.tells_nothing(text)

    def impression(self, text: str) -> Impression | None:
        """What somebody's words are most like, and how troubled they sound."""
        return self._reader.impression(text)

    def _ranked(self, log: Log, around: Circumstances, origin: Origin) -> list[Ranked]:
        """Everything recognised, best first."""
        if self._trouble.tells_of_a_change(log):
            return []
        hits: dict[str, list[Hit]] = {}
        for hit in self._hits(log, around):
            place = Place(hit.line.number, hit.match.start, hit.match.end)
            if origin.allows(hit.use.entry, hit.use.signature.text, place):
                hits.setdefault(hit.use.entry.id, []).append(hit)
        self._index.forget()
        found = [_ranked(own, log, around.loader) for own in hits.values()]
        concluded = [] if origin.is_foreign else list(self._concluded(log))
        united = rank(_united(found, concluded))
        if origin.is_foreign or not all(_points_above(each.finding.entry) for each in united):
            return united
        pointing = {hit.line.number for own in hits.values() for hit in own}
        return rank(self._refused(log)) or ([] if raises_in(log.lines, pointing) else united)

    @cached_property
    def _refusals(self) -> Refusals:
        return refusals_of(about for computation, about in self._ways if computation == "raised-in")

    def _refused(self, log: Log) -> Iterator[Ranked]:
        """What the place of an exception tells, where nothing else says more: the last one that is no mere sign that
        the cause stands above it.
        """
        lines, pointing = log.lines, list[Ranked]()
        while self._refusals and (refusal := raised_in(lines, self._refusals)):
            led = list(self._led_to(refusal))
            if not all(_points_above(each.finding.entry) for each in led):
                yield from led
                return
            pointing = pointing or led
            lines = lines[: lines.index(refusal.line)]
        if self._faulty and (fault := fault_in(lines, self._faulty)):
            yield from self._led_to(fault)
        elif not raises_in(lines):
            yield from pointing

    def _concluded(self, log: Log) -> Iterator[Ranked]:
        """What follows from the log without a signature."""
        if drift := drift_in(log.lines, self._field.packages) if self._field.packages else None:
            yield from self._led_to(drift)
        yield from self._configured(log)
        complains = len(log.lines) <= _SHORT and self._complains(log)
        for conclusion in conclusions(log.lines, complains):
            yield from self._led_to(conclusion)
        if silence := silent_end_in(log.lines):
            yield from self._led_to(silence)

    def _configured(self, log: Log) -> Iterator[Ranked]:
        """What is wrong with a configuration that stands alone: what a program printed after it counts more, and who
        gives it away has no trouble.
        """
        if self._trouble.is_offered(log):
            return
        for configuration in configurations_in(log.lines, self._tables):
            whole = configuration.whole
            outside = [at for at in range(len(log.lines)) if not whole.first <= at <= whole.last]
            printed = sum(not self._trouble.is_told(log, at) for at in outside)
            if printed <= whole.size + _BESIDE:
                for conclusion in concluded(configuration, log.lines):
                    yield from self._led_to(conclusion)

    def _led_to(self, conclusion: Conclusion) -> Iterator[Ranked]:
        entry = self._ways.get((conclusion.computation, conclusion.about)) or self._ways.get(
            (conclusion.computation, "")
        )
        if entry is not None:
            evidence = Evidence(conclusion.line.number, conclusion.line.text, None)
            captured = {name: value for name, value in conclusion.captured.items() if value}
            yield Ranked(Finding(entry, conclusion.strength, evidence, captured), _CONCLUDED, 0)

    def _complains(self, log: Log) -> bool:
        """Whether somebody speaks of trouble beside the log."""
        return not all(map(log.is_printed, self._field.alarming(log)))

    def _hits(self, log: Log, around: Circumstances) -> Iterator[Hit]:
        """Every match whose conditions hold."""
        harmless, conditions = self._field.harmless(log), Conditions(log, around)
        comparing = Comparing(log, self._index, self._field, self._trouble)
        for number, line in enumerate(log.lines):
            if number in harmless or not (candidates := comparing.candidates(number)):
                continue
            found = list(self._matches(candidates, number, log, conditions))
            if not found:
                comparing.failed(number)
            for each, uses in _undisputed(found):
                comparing.met(each.pattern, number)
                for use in uses:
                    yield Hit(line, each, use, each.quality**2 * use.signature.weight, log.standing(number))

    def _matches(
        self, candidates: Sequence[Candidate], number: int, log: Log, conditions: Conditions
    ) -> Iterator[tuple[Match, list[Use]]]:
        """The wordings found in a line, each with the entries whose conditions hold."""
        patterns = self._index.patterns
        if log.is_printed(number):
            candidates = [(each, share) for each, share in candidates if not patterns[each].is_told]
        for pattern_number, share in candidates:
            if conditions.rule_out(patterns[pattern_number]):
                continue
            found = self._best_match(patterns[pattern_number], share, number, log)
            if found is not None and (uses := _uses(found, number, log, conditions)):
                yield found, uses

    def _best_match(self, pattern: Pattern, share: float, number: int, log: Log) -> Match | None:
        """The match in the line alone, or together with a neighbour when the signature begins or goes on there."""
        found = None
        if (
            share >= _SHARE or log.reading(number).strange
        ):  # else words are missing, and none stands there that could be them
            found = match(pattern, log.lines[number].text, log.folded[number], share, self._index)
        if share > 0.95 or (found is not None and found.quality > 0.95):
            return found
        missing = pattern.words - log.reading(number).known
        for first, other in ((number, number + 1), (number - 1, number - 1)):
            if (other > number or log.goes_on(first)) and log.has_words(other, missing):
                found = _better(found, self._across(pattern, first, log))
        return found

    def _across(self, pattern: Pattern, first: int, log: Log) -> Match | None:
        """The match in a line and the next together; two short lines side by side are no damaged one."""
        if not log.may_join(first):
            return None
        text, folded = log.joined(first)
        found = match(pattern, text, folded, 1.0, self._index)
        return found if found is not None and (found.is_exact or log.goes_on(first)) else None


def _strengths(findings: Iterable[Finding]) -> dict[str, float]:
    """How surely each class was found."""
    found: dict[str, float] = {}
    for finding in findings:
        name = finding.entry.failure_class
        found[name] = max(found.get(name, 0.0), finding.score)
    return found


def _better(found: Match | None, other: Match | None) -> Match | None:
    if found is None or other is None:
        return found or other
    return other if other.quality > found.quality else found


def _uses(found: Match, number: int, log: Log, conditions: Conditions) -> list[Use]:
    """The entries that a wording stands for here: it is met as they mean it, and their conditions hold."""
    return [
        use
        for use in conditions.possible(found.pattern)
        if (found.is_exact or not use.signature.exact)
        and conditions.company_fits(use.signature, number)
        and _means(use.entry, found, number, log)
    ]


def _means(entry: Failure, found: Match, number: int, log: Log) -> bool:
    """Whether a failure was printed, or a symptom told; what is listed in a wish is neither."""
    if (introduction := log.introduction(number)) and log.complaints.is_wish_or_news(introduction):
        return False
    return _is_met(found, number, log) if entry.kind == "failure" else _is_told(found, number, log)


def _weighed(finding: Finding, ranked: Ranked, alike: Sequence[Suspect], log: Log, origin: Origin) -> Finding:
    """A first finding with its probability; what a program printed is weighed by the log around it too. What the
    reading of settings led to is as sure as that, whatever their words resemble.
    """
    if finding.is_of_settings:
        return finding
    if not _is_printed(finding, log):
        return doubted(finding, alike)
    return of_printed(finding, ranked, alike, _is_named(finding, origin))


def _is_printed(finding: Finding, log: Log) -> bool:
    """Whether a failure is proven by what a program printed."""
    at = next((number for number, line in enumerate(log.lines) if line.number == finding.evidence.line), None)
    return finding.entry.kind == "failure" and at is not None and log.is_printed(at)


def _is_named(finding: Finding, origin: Origin) -> bool:
    """Whether a failure is of a program that is named; what is computed is taken so."""
    signature = finding.evidence.signature
    return signature is None or origin.is_named(finding.entry, signature.text)


def _suspected(finding: Finding) -> Suspect:
    """What was found, as what to look at."""
    return Suspect(finding.entry, 0.0, finding.evidence.signature)


def _points_above(entry: Failure) -> bool:
    """Whether an entry only says that the cause stands elsewhere in the log."""
    return entry.failure_class == ABOVE


def _causes(alike: Sequence[Suspect], log: Log) -> Sequence[Suspect]:
    """Without what says that the cause stands elsewhere, where an exception that may be it stands in the log."""
    pointing = [each for each in alike if _points_above(each.entry)]
    return [each for each in alike if each not in pointing] if pointing and raises_in(log.lines) else alike


def _further(alike: Sequence[Suspect], findings: Sequence[Finding]) -> tuple[Suspect, ...]:
    """What the second reader adds to the findings, up to three together."""
    known = {finding.entry.failure_class for finding in findings}
    return tuple(each for each in alike if each.entry.failure_class not in known)[: MOST - len(findings)]


def _united(found: Iterable[Ranked], concluded: Iterable[Ranked]) -> list[Ranked]:
    """One finding an entry: what was also concluded adds what a signature did not capture."""
    by_entry = {each.finding.entry.id: each for each in concluded}
    united: list[Ranked] = []
    for each in found:
        other = by_entry.pop(each.finding.entry.id, None)
        if other is not None:
            captured = {**other.finding.captured, **each.finding.captured}
            each = replace(each, finding=replace(each.finding, captured=captured))
        united.append(each)
    return [*united, *by_entry.values()]


def _is_met(found: Match, number: int, log: Log) -> bool:
    """Whether a failure's wording was printed, or told by somebody who has it: not asked about, quoted or in code."""
    text = log.lines[number].text
    before = log.lines[number - 1].text if number else ""
    if log.is_prose(number) and log.complaints.only_speaks(text, found.start, found.end):
        return False
    return not is_source(text, found.end, before)


def _is_told(found: Match, number: int, log: Log) -> bool:
    """Whether somebody complains of a symptom in these words, and it is not their log or a thing of the past."""
    if log.is_printed(number) or log.is_solved:
        return False
    return log.complaints.is_complaint(log.lines[number].text, found.start, found.end)


def _undisputed(matches: list[tuple[Match, list[Use]]]) -> Iterator[tuple[Match, list[Use]]]:
    """Without the matches whose place another one explains better."""
    for found, uses in matches:
        if not any(other.quality > found.quality + _BETTER and _overlap(other, found) for other, _ in matches):
            yield found, uses


def _overlap(first: Match, second: Match) -> bool:
    """Whether two matches share more than half of the shorter one's place."""
    shared = min(first.end, second.end) - max(first.start, second.start)
    return 2 * shared > min(first.size, second.size)


def _ranked(hits: Sequence[Hit], log: Log, loader: str | None) -> Ranked:
    """All hits of one entry as one finding: the best line proves it, hints of different wording add up."""
    ordered = sorted(hits, key=lambda hit: (-hit.strength * hit.standing, -_known(hit.match), -hit.match.size))
    best = ordered[0]
    score = max(best.strength, _from_hints(ordered))
    evidence = Evidence(best.line.number, best.line.text, best.use.signature)
    finding = Finding(best.use.entry, score, evidence, _captures(ordered))
    return Ranked(finding, best.standing, _detail(best, log, loader))


def _from_hints(hits: Iterable[Hit]) -> float:
    """What different hints prove together: two that support each other are more than their independent sum. Wordings
    of the same place are one hint.
    """
    hints: dict[str, Hit] = {}
    for hit in hits:
        if hit.use.signature.weight < 1 and not any(_same_place(hit, other) for other in hints.values()):
            hints.setdefault(hit.use.signature.text, hit)
    if len(hints) < 2:
        return 0.0
    return 1 - math.prod(1 - hint.strength for hint in hints.values()) ** _SUPPORT


def _same_place(first: Hit, second: Hit) -> bool:
    return first.line.number == second.line.number and _overlap(first.match, second.match)


def _detail(hit: Hit, log: Log, loader: str | None) -> int:
    """How specific a signature is: the characters that it fixes, and something for every kind of condition met."""
    entry, signature = hit.use.entry, hit.use.signature
    named = entry.components and (loader in entry.components if loader else any(map(log.contains, entry.components)))
    conditions = (
        signature.requires or signature.requires_any,
        signature.loaders and loader,
        named,
        signature.beside,
        signature.systems,
    )
    return hit.match.pattern.length + _CONDITION * sum(map(bool, conditions))


def _captures(ordered: Iterable[Hit]) -> Mapping[str, str]:
    """The best line's values, and from the others what it lacks."""
    captured: dict[str, str] = {}
    for hit in ordered:
        for name, value in zip(hit.use.variables, hit.match.values, strict=True):
            if value:
                captured.setdefault(name, value)
    return captured


def _surer(like: Finding | None, known: Finding | None) -> Finding | None:
    """What a text is like, unless that is only told, or so unsure, that a known fault, whose words and version fit,
    says more.
    """
    if like is None or known is None:
        return like or known
    return known if like.score < (known.score if like.told else LEAST_BESIDE_KNOWN) else like


def _known(match: Match) -> int:
    """How many values a match captured."""
    return sum(map(bool, match.values))
