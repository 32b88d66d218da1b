"""What a diagnosis says."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.intake.lines import Line
from bot.knowledge.failures import Failure, Signature


@dataclass(frozen=True, slots=True)
class Evidence:
    """The line that proves a finding: its original number, its cleaned text, the signature it matched; None where the
    finding was concluded without one.
    """

    line: int
    text: str
    signature: Signature | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A failure recognised in a log. `score` is the probability, from 0 to 1, that it is the right answer. `told`: by
    what somebody says alone, which resembles how others told of it.
    """

    entry: Failure
    score: float
    evidence: Evidence
    captured: Mapping[str, str] = field(default_factory=dict)
    told: bool = False

    @property
    def is_of_settings(self) -> bool:
        """Whether it was concluded from settings that somebody pasted, not from what a program printed."""
        ways = {way.computation for way in self.entry.found_by}
        return self.evidence.signature is None and "configuration" in ways


@dataclass(frozen=True, slots=True)
class Suspect:
    """A failure that a text resembles, which is no claim. `score` orders the suspects of one text;
    `signature` is the wording of the entry that comes nearest, None when it has none. `told`: all there is to go by is
    what somebody says; then `likelihood` is that of its class among all (see hearing.py).
    """

    entry: Failure
    score: float
    signature: Signature | None
    told: bool = False
    likelihood: float | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was recognised, best first, and beside it what to look at next: at most three together."""

    findings: tuple[Finding, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    telling: Line | None = None  # the line that tells most where nothing was recognised


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """At most three findings, best first; empty when nothing is recognised with confidence."""

    findings: tuple[Finding, ...]
    lines: tuple[Line, ...] = ()
    truncated: bool = False  # only the head and the tail of a very long text were read
    suspects: tuple[Suspect, ...] = ()  # what to look at beside the findings
    alike: int = 0  # lines that say what others say, and were not read one by one

    @property
    def lines_read(self) -> int:
        """How many lines were read."""
        return len(self.lines) + self.alike
