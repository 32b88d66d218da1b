"""What the bot says to a message in a help channel: an answer first, then only what would change it. Or nothing.

The order of answers is that of their worth to the one who asks: what failed and how to mend it, then what was asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from bot.answers.blocks import Answer
from bot.answers.reply import composed
from bot.base.languages import Language, Words
from bot.clinic.diagnosing import masked, reading_of
from bot.clinic.fit_replies import FitReplies
from bot.clinic.knowing import Known, known
from bot.clinic.parts import Parts
from bot.clinic.reading import Candidate, Reading
from bot.intake.posts import PostReading
from bot.intake.signs import PostTopic
from bot.intake.template import Point, PointId

Kind = Literal["diagnosis", "quality", "fit", "howto", "ask", "silent"]
Where = Literal["forum", "channel", "mention"]
State = Literal["open", "answered", "solved", "helper"]
Author = Literal["asker", "helper", "other"]

_KINDS: Mapping[PostTopic, Kind] = {"failure": "diagnosis", "quality": "quality", "fit": "fit", "howto": "howto"}
_APPLIES = 2.0  # score from which on a topic is answered
_SURE_REQUEST = 0.5  # certainty from which on somebody asks for help
_MOST_ANSWERS = 2
_PRINTED, _TOLD = 3.0, 1.5  # what it weighs that a printed failure, or a symptom told in words, was recognised


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier message of a thread."""

    author: Author
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands in a channel. `thread`: what was said before, oldest first."""

    text: str
    title: str = ""
    attachments: tuple[str, ...] = ()
    thread: tuple[Said, ...] = ()
    where: Where = "forum"


@dataclass(frozen=True, slots=True)
class Part:
    """One answer of a reply: which kind, which entry of the knowledge, how likely right (0 to 1)."""

    kind: Kind
    id: str
    title: Words
    score: float
    answer: Answer


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said, or nothing where `kind` is "silent". `answer` is the whole as one message."""

    language: Language
    kind: Kind
    topics: tuple[PostTopic, ...]
    parts: tuple[Part, ...] = ()
    asked: tuple[PointId, ...] = ()
    state: State = "open"
    answer: Answer | None = None
    reading: Reading | None = field(default=None, repr=False)


def reply_to(message: Message, parts: Parts) -> Reply:
    """The reply to a message, by the knowledge of `parts`. A pure function; never raises for what somebody wrote."""
    return _Replying(message, parts).reply()


class _Replying:
    """One message on its way to a reply."""

    def __init__(self, message: Message, parts: Parts) -> None:
        self._message = message
        self._parts = parts
        self._text = masked("\n".join(filter(None, (message.title, message.text))))
        self._files = tuple(masked(each) for each in message.attachments)

    def reply(self) -> Reply:
        if self._is_left_alone:
            return Reply(self._language, "silent", (), state=self._state)
        found = list(self._parts_said())[:_MOST_ANSWERS]
        asked = self._asked(found)
        kind = found[0].kind if found else "ask"
        if not found and not asked:
            return Reply(self._language, "silent", self._topics, state=self._state)
        answer = composed([part.answer for part in found], self._points(asked), self._post.request)
        return Reply(self._language, kind, self._topics, tuple(found), asked, self._state, answer, self._diagnosed)

    # ---- reading

    @cached_property
    def _post(self) -> PostReading:
        return self._parts.posts.read(self._text, self._files)

    @cached_property
    def _diagnosed(self) -> Reading:
        return reading_of("\n".join(filter(None, (self._text, *self._files))), self._parts, None)

    @cached_property
    def _finding(self) -> Candidate | None:
        return next(iter(self._diagnosed.candidates), None)

    @property
    def _language(self) -> Language:
        return self._post.language

    # ---- what it is about

    @cached_property
    def _scores(self) -> dict[PostTopic, float]:
        """How strongly each topic is proven, what was recognised included."""
        scores = dict(self._post.scores)
        found = self._finding
        if found is not None:
            scores[self._topic_of(found)] += _TOLD if self._is_told else _PRINTED
        return scores

    @property
    def _is_told(self) -> bool:
        """Whether what was recognised is a symptom told in words, not something printed."""
        found = self._finding
        return found is not None and self._parts.failures_by_id[found.id].kind == "symptom"

    @property
    def _is_printed(self) -> bool:
        return self._finding is not None and not self._is_told

    def _topic_of(self, found: Candidate) -> PostTopic:
        return "quality" if found.failure_class in self._parts.posts.quality_classes else "failure"

    @cached_property
    def _topics(self) -> tuple[PostTopic, ...]:
        """The topics that apply, the strongest first."""
        ranked = sorted(_KINDS, key=lambda topic: -self._scores[topic])
        return tuple(topic for topic in ranked if self._scores[topic] >= _APPLIES)

    @property
    def _is_left_alone(self) -> bool:
        """Whether nobody asks, or not of this field."""
        post, scores = self._post, self._scores
        wanted = max(scores[topic] for topic in _KINDS)
        if scores["other"] > wanted and not (self._is_printed and post.has("printed")):
            return True
        if self._is_of_another_field:
            return True
        if post.has("bare"):
            return self._message.where == "channel"
        return wanted < _APPLIES and post.certainty < _SURE_REQUEST

    @property
    def _is_of_another_field(self) -> bool:
        post = self._post
        ours = ("field", "loader", "model", "quant", "size", "vram")
        if self._finding is not None or any(post.has(sign) for sign in ours):
            return False
        about_machine = post.has("machine") and not post.has("foreign") and "fit" in self._topics
        return not (about_machine or post.has("bare") or post.has("printed") and not post.has("foreign"))

    @property
    def _state(self) -> State:
        if self._post.has("solved") and not self._post.has("relapse"):
            return "solved"
        authors = [said.author for said in self._message.thread]
        return "helper" if "helper" in authors else "open"

    # ---- what is said

    def _parts_said(self) -> Iterator[Part]:
        answered: set[PostTopic] = set()
        for topic in self._ordered_topics():
            for part in self._of_topic(topic):
                answered.add(topic)
                yield part

    def _ordered_topics(self) -> Sequence[PostTopic]:
        """What failed comes before what was asked."""
        topics = self._topics
        if self._is_printed and "failure" in topics:
            return ("failure", *(topic for topic in topics if topic != "failure"))
        return topics

    def _of_topic(self, topic: PostTopic) -> Iterator[Part]:
        match topic:
            case "failure" | "quality":
                yield from self._diagnosis(topic)
            case "fit":
                for part in FitReplies(self._parts, self._post).all():
                    yield Part("fit", part.id, part.answer.title, 0.8, part.answer)
            case "howto":
                yield from (_known_part(each) for each in self._knowledge)

    def _diagnosis(self, topic: PostTopic) -> Iterator[Part]:
        found = self._finding
        if found is None or self._topic_of(found) != topic:
            return
        yield Part(_KINDS[topic], found.id, found.title, found.score, self._diagnosed.answer)

    @cached_property
    def _knowledge(self) -> tuple[Known, ...]:
        return tuple(known(self._post, self._text, self._parts))

    # ---- what is asked

    def _asked(self, found: Sequence[Part]) -> tuple[PointId, ...]:
        return ()

    def _points(self, asked: Sequence[PointId]) -> list[Point]:
        return [self._parts.template.point(id_) for id_ in asked]


def _known_part(each: Known) -> Part:
    return Part("howto", each.id, each.title, each.score, each.answer)
