"""Which of a server's own answers a text asks for."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answers.aspects import Topic
from bot.clinic.knowing import questions_in
from bot.knowledge.lookup import Lookup

SURE, LEAD = 0.62, 0.04  # the likeness of what is meant for sure, and how far it leads
NEAR = 0.45
MOST = 3


@dataclass(frozen=True, slots=True)
class Meant:
    """Positions of answers: the one that is meant for sure, and those that may be, best first."""

    sure: int | None = None
    near: tuple[int, ...] = ()


def meant(asked: str, wordings: Sequence[Sequence[str]], known: Lookup[Topic]) -> Meant:
    """`known` tells how much each word says: to a server with three answers every word would seem rare."""
    questions = list(dict.fromkeys(questions_in(asked)))
    scored = sorted(
        ((_likeness(questions, each, known), at) for at, each in enumerate(wordings)), key=lambda pair: -pair[0]
    )
    near = [(score, at) for score, at in scored if score >= NEAR][:MOST]
    if not near:
        return Meant()
    behind = near[1][0] if len(near) > 1 else 0.0
    is_sure = near[0][0] >= SURE and near[0][0] - behind >= LEAD
    return Meant(near[0][1] if is_sure else None, tuple(at for _, at in near))


def _likeness(questions: Sequence[str], wordings: Sequence[str], known: Lookup[Topic]) -> float:
    return max((known.compared(asked, each) for asked in questions for each in wordings if each.strip()), default=0.0)
