"""What one text told: the same value for the command line, for chat and for the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.answers.blocks import Answer, Block
from bot.base.languages import Text
from bot.intake.facts import Facts
from bot.intake.redaction import Kind


@dataclass(frozen=True, slots=True)
class Candidate:
    """A knowledge entry that explains a log: how likely (0 to 1), by which line (from 1), with what captured. `told`:
    by the author's words alone.
    """

    id: str
    title: Text
    score: float
    failure_class: str = ""
    line: int = 0
    quoted: str = ""  # the line as it was matched
    captured: Mapping[str, str] = field(default_factory=dict)
    told: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """What nothing recognised: the line that tells most (from 1; 0 and empty without one), the program, and addresses
    that search for it. No secret is in it.
    """

    line: int
    quoted: str
    program: str | None
    search: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one text told. Plain values: it crosses to other processes and is kept as JSON. No secret is in it.

    `answers[i]` treats `candidates[i]`; without candidates there is one answer: "not recognised". An answer to another
    question than a log has nothing but itself.
    """

    answers: tuple[Answer, ...]
    candidates: tuple[Candidate, ...] = ()
    nearest: tuple[Candidate, ...] = ()  # what it may be besides, which is no claim: no line; how likely, if only told
    text: str = ""  # what was read, secrets masked
    facts: Facts = field(default_factory=Facts)
    masked: tuple[Kind, ...] = ()  # what was masked, one each
    omitted: int = 0  # characters of an over-long text that were not read
    signature: str | None = None  # of an error that no entry knows
    unknown: Unknown | None = None  # where nothing was recognised
    guess: Answer | None = None  # the answer to `nearest[0]`, where nothing was recognised but that is the likeliest

    @property
    def answer(self) -> Answer:
        """The answer to the likeliest cause, or the only one there is."""
        return self.answers[0]

    @property
    def is_recognised(self) -> bool:
        """Whether a failure was recognised."""
        return bool(self.candidates)


@dataclass(frozen=True, slots=True)
class Advice:
    """What the memory estimator adds to a diagnosis: blocks, and values for the texts and commands of the entry."""

    blocks: tuple[Block, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
