"""What a diagnosis says."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.intake.lines import Line
from bot.knowledge.failures import Failure, Signature


@dataclass(frozen=True, slots=True)
class Evidence:
    """The line that proves a finding: its original number, its cleaned text, the signature it matched."""

    line: int
    text: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class Finding:
    """A failure recognised in a log. `score` is the probability, from 0 to 1, that it is the right answer."""

    entry: Failure
    score: float
    evidence: Evidence
    captured: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """At most three findings, best first; empty when nothing is recognised with confidence."""

    findings: tuple[Finding, ...]
    lines: tuple[Line, ...] = ()
    truncated: bool = False  # only the head and the tail of a very long text were read

    @property
    def lines_read(self) -> int:
        return len(self.lines)
