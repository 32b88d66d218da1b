"""What was concluded from a log without a signature: from its frames, its numbers, its settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.intake.lines import Line
from bot.knowledge.failures import Computation


@dataclass(frozen=True, slots=True)
class Conclusion:
    """`computation` names the way; `about` what it concerns, where entries differ by that; `line` proves it."""

    computation: Computation
    line: Line
    captured: Mapping[str, str] = field(default_factory=dict)
    about: str = ""
    strength: float = 0.9  # as a signature's
