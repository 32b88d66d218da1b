"""A message as it stands in a help channel, and what is said to it: plain values."""

from dataclasses import dataclass, field
from typing import Literal

from bot.answers.blocks import Answer
from bot.base.languages import Language, Words
from bot.clinic.reading import Reading
from bot.intake.signs import PostTopic
from bot.intake.template import PointId
from bot.intake.told import Request

NOTHING_TOLD = Request()
HEARD = "noted"  # id of what is said to a message that only adds something
Kind = Literal["diagnosis", "quality", "fit", "howto", "ask", "silent"]
Where = Literal["forum", "channel", "mention"]
State = Literal["open", "answered", "solved", "helper"]
Author = Literal["asker", "helper", "other"]


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier message of a thread, with the texts of its files. `fresh`: it was asked when what stood before was
    solved; `title`: what is known of its circumstances, as a post has a title.
    """

    author: Author
    text: str
    files: tuple[str, ...] = ()
    fresh: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Aside:
    """What the author said besides, that tells nothing of the trouble. `behind`: how many messages of the thread stand
    before it.
    """

    text: str
    behind: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands in a channel. `thread`: what was said before, oldest first; `aside`: what the author said
    besides that tells nothing of the trouble, such as that the advice did not help; `fresh`: what was asked is solved.
    """

    text: str
    title: str = ""
    attachments: tuple[str, ...] = ()
    thread: tuple[Said, ...] = ()
    where: Where = "forum"
    aside: tuple[Aside, ...] = ()
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One answer of a reply: which kind, which entry of the knowledge, how likely right (0 to 1).

    `is_guess`: it is what is said where nothing is known for sure.
    """

    kind: Kind
    id: str
    title: Words
    score: float
    answer: Answer
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said, or nothing where `kind` is "silent". `answer` is the whole as one message.

    `told`: what the author has told by now, corrections made. `follows`: it answers what was asked back, beside the
    answer given before; `failed`: the author said that the advice did not help; `adds`: the message tells something
    that counts from now on; `relapses`: it says that what was solved is back; `asks`: it asks a question that is
    answered.
    """

    language: Language
    kind: Kind
    topics: tuple[PostTopic, ...]
    parts: tuple[Part, ...] = ()
    asked: tuple[PointId, ...] = ()
    state: State = "open"
    answer: Answer | None = None
    reading: Reading | None = field(default=None, repr=False)
    told: Request = NOTHING_TOLD
    follows: bool = False
    failed: bool = False
    adds: bool = True
    relapses: bool = False
    asks: bool = False

    @property
    def only_heard(self) -> bool:
        """Whether nothing is said but that the message was heard: that passes once another answer stands."""
        return bool(self.parts) and self.parts[0].id == HEARD
