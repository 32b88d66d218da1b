"""A message that goes on in a conversation, and the answer to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answers.blocks import Answer
from bot.clinic.message import Kind, Part
from bot.clinic.parts import Parts
from bot.clinic.reading import Reading
from bot.clinic.told_facts import with_log_facts
from bot.intake.posts import PostReading
from bot.intake.template import PointId

_SURE = 0.8  # score of what was computed or follows from the answer before


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An answer to a message that goes on. `failed`: the author said that the advice did not help; `adds`: the message
    tells something as well.
    """

    part: Part
    failed: bool = False
    adds: bool = False
    asked: tuple[PointId, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """A message that goes on: the whole conversation, the message, the own words of each, and what is known of them."""

    post: PostReading
    last: PostReading
    texts: Sequence[str]
    diagnosed: Reading
    changes: bool = False  # something that was told before
    aside: Sequence[str] = ()  # what the author said besides, masked
    recent: Answer | None = None  # that to a question, where it was given last
    was_computed: bool = False  # what fits was answered last
    others: Sequence[Answer] = ()  # to what the author asked besides
    is_advised: bool = True  # something was advised before: else there are no steps to speak of
    earlier: PostReading | None = None  # the conversation as it stood before the message

    @property
    def before(self) -> Sequence[str]:
        """What the author said before, of which the last may be about the advice."""
        return (*self.texts[:-1], *self.aside)

    @property
    def own(self) -> str:
        return self.texts[-1]

    @property
    def said(self) -> str:
        """The own words; a short message is one even where it begins like a command."""
        return self.last.prose or self.own


def part_of(kind: Kind, id_: str, answer: Answer) -> Part:
    """An answer that follows surely from what was said before."""
    return Part(kind, id_, answer.title, _SURE, answer)


def with_log(asking: Asking, parts: Parts, post: PostReading | None = None) -> PostReading:
    """The conversation with what its logs tell of model and machine. `post`: the same as it stood before."""
    return with_log_facts(post or asking.post, asking.diagnosed.facts, parts)
