"""Lines and knowledge to findings."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from bot.diagnosis.finding import Evidence, Finding
from bot.diagnosis.index import Index
from bot.diagnosis.match import Match, match
from bot.diagnosis.rank import MOST, rank
from bot.diagnosis.signature import Pattern, patterns_of
from bot.diagnosis.words import fold, words
from bot.intake.facts import Facts
from bot.intake.lines import Line
from bot.knowledge import Failure, Signature

THRESHOLD = 0.5
_CLOSE = 12  # candidates of a line that are compared closely


class Diagnoser:
    """Knows the failures; `diagnose` is a pure function of its arguments, safe to call from several threads."""

    def __init__(self, failures: Iterable[Failure]) -> None:
        patterns: list[Pattern] = []
        for entry in failures:
            patterns += patterns_of(entry, len(patterns))
        self._index = Index(patterns)
        self.failures = {pattern.entry.id: pattern.entry for pattern in patterns}

    def diagnose(
        self, lines: Sequence[Line], facts: Facts | None = None, loader: str | None = None
    ) -> tuple[Finding, ...]:
        """The failures recognised in cleaned lines, best first, at most three."""
        if loader is None and facts is not None and facts.loader is not None:
            loader = facts.loader.value
        log = _Log(lines)
        best: dict[str, Finding] = {}
        for line, found in self._matches(log):
            score = self._score(found, line, log, loader)
            entry = found.pattern.entry
            if score > 0 and (entry.id not in best or score > best[entry.id].score):
                evidence = Evidence(line.number, line.text, found.pattern.signature)
                best[entry.id] = Finding(entry, score, evidence, found.captured)
        self._index.forget()
        return tuple(rank([finding for finding in best.values() if finding.score >= THRESHOLD])[:MOST])

    def _matches(self, log: "_Log") -> Iterable[tuple[Line, Match]]:
        for line, folded in zip(log.lines, log.folded, strict=True):
            candidates = self._index.candidates(self._index.known_words(words(folded)))
            for number, share in candidates[:_CLOSE]:
                found = match(self._index.patterns[number], line.text, share)
                if found is not None and found.quality >= 0.7:
                    yield line, found

    def _score(self, found: Match, line: Line, log: "_Log", loader: str | None) -> float:
        entry, signature = found.pattern.entry, found.pattern.signature
        if not _conditions_hold(signature, log, loader):
            return 0.0
        score = found.quality * signature.weight
        if line.level == "info" and entry.severity == "blocking":
            score *= 0.7
        return score


def _conditions_hold(signature: Signature, log: "_Log", loader: str | None) -> bool:
    if signature.loaders and loader is not None and loader not in signature.loaders:
        return False
    if any(not log.contains(text) for text in signature.requires):
        return False
    if signature.requires_any and not any(log.contains(text) for text in signature.requires_any):
        return False
    return not any(log.contains(text) for text in signature.excludes)


class _Log:
    """The lines, and what conditions ask of the whole."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.folded = fold("\n".join(line.text for line in lines)).split("\n") if lines else []
        self._answers: dict[str, bool] = {}

    @cached_property
    def whole(self) -> str:
        return "\n".join(self.folded)

    def contains(self, text: str) -> bool:
        if text not in self._answers:
            self._answers[text] = fold(text) in self.whole
        return self._answers[text]
