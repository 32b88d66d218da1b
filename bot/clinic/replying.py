"""What the bot says to a message in a help channel: an answer first, then only what would change it. Or nothing.

The order of answers is that of their worth to the one who asks: what failed and how to mend it, then what was asked.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from msgspec import structs

from bot.answers.blocks import Answer, Step
from bot.answers.follow_up import first_steps
from bot.answers.headings import CONFIDENCE
from bot.answers.judged import harmful_choices, verdicts_answer, with_judged
from bot.answers.reply import composed, without_evidence
from bot.answers.settings_of import settings_answer
from bot.answers.told import without_told
from bot.answers.unknown import first_aid_answer, gone_back, looked_at, ready_post, unknown_answer
from bot.base.languages import Language, Text
from bot.clinic.asides import COMPUTED_INSTEAD, asides
from bot.clinic.clauses import in_one, is_solved_by, runs_of
from bot.clinic.corrections import corrected
from bot.clinic.course import Course, Saying, course_of
from bot.clinic.diagnosing import masked, reading_of
from bot.clinic.fit_replies import FitReplies
from bot.clinic.following_up import Asking, FollowUp, follow_up, told_anew
from bot.clinic.knowing import Known, known
from bot.clinic.message import HEARD, Kind, Message, Part, Reply, Said, State
from bot.clinic.noting import noted
from bot.clinic.parts import Parts
from bot.clinic.reading import Candidate, Reading
from bot.clinic.subject import Seen, shares_of
from bot.clinic.told_facts import told_facts, told_line
from bot.diagnosis.reader import Impression
from bot.intake.pictures import is_panel, without_marks, without_note
from bot.intake.posts import APPLIES, PostReading, Sound
from bot.intake.questions import asked_in
from bot.intake.several import numbered_requests
from bot.intake.signs import PostTopic
from bot.intake.template import Point, PointId
from bot.intake.told import Request
from bot.intake.unread import without_unread
from bot.knowledge.first_aid import FirstAid, first_aid_for
from bot.knowledge.samplers import Judged
from bot.knowledge.told import TEXT

_KINDS: Mapping[PostTopic, Kind] = {"failure": "diagnosis", "quality": "quality", "fit": "fit", "howto": "howto"}
_HARDLY_OTHER = 0.2  # share of what is not answered, up to which a post is answered without a sign of a request
_TOLD_AT_ALL = 0.2  # share of its topic from which on a failure told in words counts
_SURELY = 0.5  # share of a topic that the message is surely about
# Shares from which on a topic is answered beside the likeliest: alone, and where the rules prove it.
_BESIDE, _PERHAPS_BESIDE = 0.3, 0.1
_LIKELY = 0.6  # score from which on a topic may be one
_BETWEEN = "\n\n\n"  # messages: what stands beside a log in one may belong to it, in another it does not
_MEANT_FOR_IT = 0.6  # how sure first checks are that are meant for just such a text
_MOST_ANSWERS = 3
_MOST_NEAR = 2  # failures that are named as worth a look
_MOST_ASKED = 1  # points after an answer
_COMPUTED, _UNSURE = 0.8, 0.3  # scores of what was computed, and of what is only a first check
# Signs that a post is of this field: for certain, or unless it names another one.
_CERTAINLY_OURS = ("loader", "model", "quant", "size")
_OURS = ("field", "vram")
_TROUBLE_SIGNS = ("trouble", "my-trouble", "text-odd", "text-fault", "t-crash", "t-card", "t-slow", "t-connection")
# Signs that anything at all is wrong.
_ANY_TROUBLE = (*_TROUBLE_SIGNS, "complains", "t-load", "t-download", "printed", "command", "relapse", "picture")
# Signs that something is said to be wrong.
_SAID_TO_FAIL = ("trouble", "my-trouble", "complains", "text-odd", "text-fault", "relapse", "t-slow", "t-crash")
# Signs of what fails: there the data of a program is no answer, even to a question.
_FAILS = ("t-connection", "t-download", "t-crash", "t-load")
# Signs of a machine that somebody tells of.
_MACHINE = ("machine", "ram", "phone", "without-card", "options")
# Signs by which a complaint says more than that something is wrong.
_SAYS_MORE = (
    *("printed", "picture", "command", "form", "link", "machine", "options", "model", "text-fault", "text-odd", "wish"),
    *("quant", "size", "vram", "ram", "t-code"),
    *("t-load", "t-crash", "t-slow", "t-card", "t-connection", "t-download"),
    *("t-knows", "t-character", "t-style", "t-pace", "t-mould", "t-language", "t-refuses", "t-itself", "t-group"),
)
# Signs of few words that ask for nothing.
_CONTENT = ("solved", "thanks", "pleased", "show-off", "chat", "laugh", "insult", "reply")
_TROUBLES: frozenset[PostTopic] = frozenset({"failure", "quality"})
_OVER: tuple[Course, ...] = ("solved", "ends")  # nothing is asked back
# Signs of a trouble that somebody has.
_OWN_TROUBLE = ("my-trouble", "t-crash", "t-load", "t-connection", "text-fault", "text-odd")
# Signs of a question of what fits.
_FIT_ASKED = ("can-it", "which-model", "how-much", "options", "buying", "which-one", "loader-choice")
_SLOW = "slow"  # the entry of what is slow without a word on why
_ABOUT_SLOWNESS = ("too-slow", "speed-normal")  # frequent questions of the same
_GENERAL = (_SLOW, "quants")  # ids of what is said to everybody for whom it is slow
_REASONS = ("plan", "table")  # ids of what is computed that may tell why
# Signs of a post that tells others something.
_NO_REQUEST = (
    "solved",
    "advice",
    "announcement",
    "tutorial",
    "release",
    "sale",
    "benchmark",
    "show-off",
    "story",
    "opinion",
    "explains",
)
# Signs that a further message adds something.
_ADDS = (
    "asks",
    "seeks",
    "my-trouble",
    "printed",
    "machine",
    "options",
    "vram",
    "ram",
    "model",
    "quant",
    "loader",
    "command",
    "size",
)
# Signs that a further message in a channel, where its author may talk of other things, belongs to what was asked.
_MORE_OF_IT = ("asks", "printed", "my-trouble")
# What would change an answer, by its id or else its kind; and what is asked where nothing is known at all.
_CHANGES: Mapping[str, tuple[PointId, ...]] = {"unknown": ("loader",)}
_CHANGES_BY_KIND: Mapping[Kind, tuple[PointId, ...]] = {"quality": ("model",)}
_ASKED_FIRST: tuple[PointId, ...] = ("loader", "model", "log", "description")
_FEW_WORDS = 3  # of an error: "CUDA error" says no more than the words around it
_NEAR = 0.45  # likeness of a frequent question that says more than first checks do
_NEAR_UNSURE = 0.65  # the same where it is a guess
_NEARER = 0.62  # and more than first checks that are meant for such trouble
_COMPARED = ("compare:", "terms:")  # ids of things set side by side
_ASPECTS = ("loader:", "format:", "reads:")  # what a name's own data tells: no answer to "it does not load"
_PLAIN_ASPECT = 0.6  # and how surely it is asked for beside a trouble
_TERM = "term:"  # what a word means mends nothing
_TOLD_SURELY = 0.9  # score of a symptom that goes before first checks of the text
_OF_THE_TALK = (HEARD, "where", "next")  # ids of what is said to what was said before
_SETTINGS = "settings-of"  # the sign that a model's sampler settings are asked for
_ASKS = ("asks", "how-to", "what-is")  # signs of a question, or of what is as good as one
# Whoever asks nothing but what the knowledge surely answers gets it, as surely as this: where a word of this field
# stands there, where none does, and where nothing shows a question but that people put it in just such words.
_ASKED_OF_OURS, _ASKED_AT_ALL, _ASKED_IN_THESE_WORDS = 0.55, 0.72, 0.82
_ASKED_IN_OTHER_WORDS = 0.75
_ASKED_BESIDE = 0.84  # and of a piece of a long post, beside what was computed
_SLOW_OF_IT = 0.9  # score of what is slow, and no model: "ollama is so slow" speaks of no download
_WORD_FOR_WORD, _BEYOND_DOUBT = 0.95, 0.97  # scores, and how sure it is, of what is asked as the knowledge has it
# How sure an answer is: to a question, and to words that ask nothing.
_SURELY_MEANT, _MEANT_AS_TOLD = 0.75, 0.85
_PERHAPS_MEANT = 0.45  # from which on a question without a word of this field is of it
_COMPUTES = ("plan", "table", "models", "buying")  # ids of answers that compute what was told
_FOR_ANYBODY = "ladder"  # id of what the usual cards run
# What tells formats apart: beside a machine it is asked before what runs on it.
_FORMAT_ANSWERS = ("format-which",)
_LONGEST_QUESTION = 120  # characters; who says more tells a story
_SHORT_QUESTION = 60
# Signs of words that are no question, however like one they are; and of what somebody tells others.
_NEVER_ASKS = (
    "laugh",
    "insult",
    "announcement",
    "thanks",
    "rhetorical",
    "anecdote",
    "about-askers",
    "elsewhere",
)
_NO_QUESTION = ("printed", "thanks", "solved", "machine", "vram")
_TELLS = (
    *("solved", "advice", "answer-start", "third-person", "you", "praise", "pleased", "opinion", "settles", "confirms"),
    *("benchmark", "show-off", "explains", "story", "rant", "release", "sale", "reply"),
)
# Those of them that a plain question may show: a dog's head (狗头人) is no joke, a console's name no other field, and
# "update X" tells nobody to.
_NO_JOKE, _NO_ADVICE = ("laugh", "elsewhere"), ("advice", "answer-start", "you", "opinion", "reply")
_FIELD = "LLM"
# Scores of a failure told in words: one of the author's own, and one that goes before a question.
_BROKEN, _SURELY_BROKEN = 0.6, 0.7
_LIKELY_TEXT = 0.35  # how likely a fault of a text is among all that is told, from which on it is meant
_SURELY_TEXT = 10.5  # likeness to told faults of texts from which on one is meant,
_SURELY_LIKE = 15.0  # and from which on it is a model's
_PLAINLY_LIKE, _PLAINLY_TROUBLED = 20.0, 1.2  # the same of a program's fault
_TROUBLED = 0.5  # how troubled somebody sounds from which on what their words are like is worth a look
_HEARD_PLAINLY, _HEARD_SURELY = 0.65, 0.8  # how likely a class is that is meant, and that no sign can outweigh
_HEARD_BEYOND_DOUBT = 0.95
# How likely a failure is that is named before first checks of its subject, and before those of a written text.
_SURER_THAN_CHECKS, _SURER_THAN_ANY = 0.4, 0.5
_NOTHING_SAID = Answer("", "neutral", ())
_LOOKED_BACK = 12  # messages of the author in which the advice that stands is looked for


# Words behind a printed line that is all that was sent: "No module named 'torch' 启动webui".
_CHINESE_BEHIND = re.compile(r"[ \t][\u3400-\u9fff]{2,12}[a-z]{0,12}[ \t]*$", re.IGNORECASE | re.MULTILINE)
_TO_ANOTHER = re.compile(r"\s*(?:@[\w.-]|<@[!&]?\d)")
_HAN_ALONE = re.compile(r"[\W\d]*[\u3400-\u9fff][\W\d\u3400-\u9fff]*")  # "[图片]": what a program put there
_HALVES = re.compile(r"[,，?？]\s*(?:and\s)?|\sand\s(?=what|how|which|where)|和(?=设|该|怎么)", re.IGNORECASE)
_SHORTEST_HALF = 4  # characters of the second of two questions
_PLEADS = ("asks", "plea", "trouble")  # signs of a title that asks for help
_LONE_LINK = re.compile(r"<?https?://\S+")
_NO_WORD = re.compile(r"[\W_]*")
_STRETCHED = re.compile(r"(?<![\w/.:\\-])(?=[a-z]{4,16}(?![\w/.:\\-]))([a-z]*?)([a-vyz])\2{2,5}([a-z]*)")


def unstretched(text: str) -> str:
    """The text with words such as "sooo" and "helppp" as they are usually written; "aaaa" stays."""
    return _STRETCHED.sub(lambda found: "".join(found.groups()) if found[1] or found[3] else found[0], text)


def reply_to(message: Message, parts: Parts) -> Reply:
    """The reply to a message, by the knowledge of `parts`. A pure function; never raises for what somebody wrote."""
    return _Replying(_since_moved_on(message, parts), parts).reply()


def _since_moved_on(message: Message, parts: Parts) -> Message:
    """The conversation since its author came to something else: of what stood before only facts are left."""
    askers = [at for at, said in enumerate(message.thread) if said.author == "asker"]
    for at in reversed(askers[1:]):
        said = message.thread[at]
        if not (said.fresh or parts.turns.moved_on(said.text)):
            continue
        then = replace(message, text=said.text, attachments=said.files, thread=message.thread[:at], fresh=said.fresh)
        if (moved := _Replying(_since_moved_on(then, parts), parts).moved_to) is not None:
            aside = tuple(replace(each, behind=each.behind - at) for each in message.aside if each.behind > at)
            return replace(message, thread=(moved, *message.thread[at + 1 :]), aside=aside)
    return message


def _without(signs: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(sign for sign in signs if sign not in others)


def _plain(answer: Answer) -> tuple[object, ...]:
    """What an answer says, without how sure it is, and without the lines of a log: their numbers change with what
    stands above them.
    """
    blocks = without_evidence(answer).blocks
    return (answer.title, tuple(block for block in blocks if getattr(block, "label", None) != CONFIDENCE))


def _with_panels(text: str, files: Iterable[str]) -> str:
    """What somebody says, and the settings that pictures show: to show them is to tell them."""
    return "\n".join((text, *(without_note(file) for file in files if is_panel(file))))


def _own_text(title: str, text: str, files: Iterable[str]) -> str:
    """What one message says, title and shown settings included."""
    return "\n".join(filter(None, (title, _with_panels(unstretched(text), files))))


class _Replying:
    """One message on its way to a reply."""

    def __init__(self, message: Message, parts: Parts, behind: int = 0) -> None:
        """`behind`: how many messages behind the one that is answered."""
        self._message = message
        self._may_look_back = bool(message.thread) and behind < _LOOKED_BACK
        self._behind = behind
        self._parts = parts
        own = _own_text(message.title, message.text, message.attachments)
        earlier = [_own_text(said.title, said.text, said.files) for said in message.thread if said.author == "asker"]
        self._own_files = self._masked_files(message.attachments)
        before = (file for said in message.thread if said.author == "asker" for file in said.files)
        self._files = (*self._masked_files(before), *self._own_files)
        self._told = corrected([masked(each, parts.telling) for each in (*earlier, own)], parts, self._files)
        self._own = self._told.texts[-1]
        self._text = _BETWEEN.join(self._told.told)

    def _masked_files(self, files: Iterable[str]) -> tuple[str, ...]:
        """The texts of files; none of a picture without a word but settings, nor of a dead link."""
        texts = (without_unread(without_note(file)) for file in files if not is_panel(file))
        return tuple(masked(text, self._parts.telling) for text in texts if text.strip())

    def reply(self) -> Reply:
        return self._replied

    @cached_property
    def _replied(self) -> Reply:
        """The reply; what is said to a message is asked for more than once by those behind it."""
        reply = self._reply()
        is_known = bool(reply.parts) and reply.parts[0].id not in _OF_THE_TALK and reply.kind != "ask"
        asks = is_known and self._last.has("asks") and not self._last.has("thanks")
        return replace(reply, relapses=self._parts.turns.relapses(self._last.prose), asks=asks)

    @property
    def _of_clauses(self) -> Reply | None:
        """The reply to a message that says several things of the advice, each heard by itself."""
        if not self._is_talked_with or self._own_files or self._message.fresh or self._last.has("printed"):
            return None
        runs = runs_of(self._own, self._parts)
        fresh = is_solved_by(runs, self._parts)
        each = [(run.says, reply_to(replace(self._message, text=run.text, fresh=fresh), self._parts)) for run in runs]
        whole = in_one(each, is_solved=fresh)
        return replace(whole, language=self._language, told=self._facts_told) if whole is not None else None

    @property
    def _is_to_another(self) -> bool:
        """Whether a further message begins with somebody's name: it is said to them."""
        return bool(self._message.thread) and _TO_ANOTHER.match(self._own) is not None and not self._own_files

    def _reply(self) -> Reply:
        if self._is_to_another:
            return self._silence()
        if (apart := self._of_clauses or self._of_another_trouble) is not None:
            return apart
        if (back := self._follow_up) is not None:
            return self._going_on(back)
        if self._is_left_alone:
            return self._noted()
        if len(several := self._several) > 1:
            return self._said(several[:_MOST_ANSWERS], ())
        found = [self._judged(part) for part in self._parts_said()[:_MOST_ANSWERS]]
        asked = self._asked(found)
        found += self._asides(found)
        if not (found or asked) or self._repeats(found, asked) or self._only_guesses_anew(found):
            return self._noted()
        return self._said(found, asked)

    def _only_guesses_anew(self, found: Sequence[Part]) -> bool:
        """Whether a guess would take the place of an answer that is none, to a message that tells of no trouble."""
        if not (found and found[0].is_guess and self._is_talked_with):
            return False
        tells_of_trouble = self._last.has_any(("printed", "picture", "trouble", *_OWN_TROUBLE, *_FAILS))
        standing = None if tells_of_trouble else self._standing
        return standing is not None and standing.kind != "ask" and not standing.parts[0].is_guess

    @property
    def _several(self) -> list[Part]:
        """The first answer to each of the requests that the author numbers; steps of one request are none."""
        if self._message.thread or self._files or self._post.has_any(("printed", "form", "command")):
            return []
        alone = [
            reply_to(Message(text=item, where=self._message.where), self._parts)
            for item in numbered_requests(self._own)
        ]
        answered = [reply.parts[0] for reply in alone if reply.parts and reply.kind != "ask"]
        is_list_of_steps = any(reply.kind == "howto" and not reply.asks for reply in alone)
        return [] if is_list_of_steps else list({part.id: part for part in answered}.values())

    def _asides(self, found: Sequence[Part]) -> list[Part]:
        """What the knowledge says to the smaller questions of a post about what fits: a long one, or one of several."""
        is_post = not self._message.thread and not self._post.has("printed")
        if not (is_post and found and found[0].kind == "fit" and self._asks_several):
            return []
        said = {part.id for part in found}
        return [
            Part("howto", each.id, each.title, each.score, each.answer) for each in asides(self._own, self._parts, said)
        ]

    @property
    def _asks_several(self) -> bool:
        """Whether a post may ask several things: it is long, or two of its clauses ask."""
        clauses, posts = self._parts.turns.clauses(self._own), self._parts.posts
        return len(self._own) > _LONGEST_QUESTION or sum(posts.read(clause).has("asks") for clause in clauses) > 1

    def _said(self, found: Sequence[Part], asked: tuple[PointId, ...]) -> Reply:
        whole = composed(
            [part.answer for part in found], self._points(asked), self._post.request, numbered=self._is_one_text
        )
        answer = self._parts.translations.of(whole)
        kind = found[0].kind if found else "ask"
        reading = self._diagnosed
        return Reply(
            self._language, kind, self._topics, tuple(found), asked, self._state, answer, reading, self._facts_told
        )

    @property
    def _is_one_text(self) -> bool:
        """Whether what was read is one text as its author sees it."""
        own = [text for text in (self._text, *self._files) if text.strip()]
        return not self._message.thread and not self._message.title and len(own) < 2

    def _noted(self) -> Reply:
        """That what was added is heard, and what it changes; silence where nothing was."""
        if not self._is_talked_with or self._course != "goes on" or self._was_left_alone:
            return self._silence()
        found = told_anew(self._asking, self._parts) or noted(self._asking, self._parts)
        return self._going_on(found) if found is not None else self._silence()

    @cached_property
    def _course(self) -> Course:
        """How the conversation goes on with this message."""
        shows_trouble = bool(self._own_files) and self._alone.is_recognised
        saying = Saying(
            self._last,
            self._own,
            goes_on=bool(self._message.thread),
            shows=bool(self._own_files),
            shows_trouble=shows_trouble,
            changes=self._told.changed,
        )
        return course_of(saying, self._parts.turns)

    @property
    def _is_talked_with(self) -> bool:
        """Whether the author goes on in a talk with the bot, which nobody has taken over."""
        authors = [said.author for said in self._message.thread]
        return "asker" in authors and "helper" not in authors and self._message.where != "channel"

    @property
    def _was_left_alone(self) -> bool:
        """Whether nothing was said to the message before: then there is nothing to go on with."""
        return not self._before._message.thread and self._before.reply().kind == "silent"

    def _repeats(self, found: Sequence[Part], asked: tuple[PointId, ...]) -> bool:
        """Whether the very same was said to the message before, and nothing is asked that is not answered by it."""
        if not self._is_talked_with or self._parts.turns.relapses(self._last.prose):
            return False
        before = self._before
        parts = [before._judged(part) for part in before._parts_said()[:_MOST_ANSWERS]]
        shown = 1 if found and not self._last.has("asks") else _MOST_ANSWERS
        if self._only_asks_on and [part.id for part in parts[:1]] == [part.id for part in found[:1]]:
            return True
        is_same = [_plain(part.answer) for part in parts[:shown]] == [_plain(part.answer) for part in found[:shown]]
        return is_same and before._asked(parts) == asked

    @property
    def _only_asks_on(self) -> bool:
        """Whether a question under a diagnosis tells nothing that could change it."""
        last = self._last
        tells = self._told.changed or last.has_any((*_MACHINE, "printed", "trouble", "my-trouble", "model", "loader"))
        return self._finding is not None and last.has("asks") and not tells

    @cached_property
    def _before(self) -> "_Replying":
        """The message before, on its way to its reply."""
        *earlier, last = (said for said in self._message.thread if said.author == "asker")
        title = last.title or self._message.title
        message = replace(
            self._message, text=last.text, title=title, attachments=last.files, thread=tuple(earlier), fresh=last.fresh
        )
        return _Replying(message, self._parts, self._behind + 1)

    @cached_property
    def _of_another_trouble(self) -> Reply | None:
        """The answer to a trouble that stands in the place of the one before: of that nothing counts any more but what
        was told of the machine.
        """
        text = self._other_text
        post = self._parts.posts.read(text) if text else None
        if post is None or post.has("thanks") or not post.has_any((*_ANY_TROUBLE, "asks")):
            return None
        title = told_line(self._post.request)
        alone = reply_to(replace(self._message, title=title, text=text, thread=(), fresh=False), self._parts)
        if not alone.parts or alone.parts[0].kind == "ask" or (self._message.fresh and alone.parts[0].is_guess):
            return None
        if alone.kind == "howto" and not post.has("asks"):
            return None  # what is only told asks for no way
        state = "open" if self._state == "solved" else self._state
        return replace(alone, state=state, told=self._facts_told)

    @property
    def _other_text(self) -> str:
        """What the message tells of something else; all of it, where what stood before is solved and it is not said to
        be back.
        """
        turns, own = self._parts.turns, self._own
        if not self._is_talked_with:
            return ""
        is_new = self._message.fresh and not (turns.relapses(own) or turns.failed(own) or turns.solved(own))
        return turns.moved_on(own) or (turns.without_lead(own) if is_new else "")

    @property
    def _was_computed(self) -> bool:
        """Whether the message before was answered with what fits."""
        parts = self._before.reply().parts if self._may_look_back else ()
        return any(part.kind == "fit" or part.id in _COMPUTES for part in parts)

    @property
    def _is_of_something_else(self) -> bool:
        """Whether what was advised is over and done with, and the message does not point back to it."""
        turns, own = self._parts.turns, self._own
        points_back = turns.deictic(own) or turns.points_back(own) or turns.of_advice(own) is not None
        return self._message.fresh and bool(self._other_text) and not (points_back or turns.step(own))

    @property
    def moved_to(self) -> Said | None:
        """What is left of the conversation where the message comes to something else: that, with the facts told."""
        if self._of_another_trouble is None:
            return None
        title = told_line(self._post.request)
        return Said("asker", self._other_text, self._message.attachments, title=title)

    def _silence(self) -> Reply:
        return Reply(self._language, "silent", self._topics, state=self._state, told=self._facts_told)

    @cached_property
    def _follow_up(self) -> FollowUp | None:
        """What the message asks back in a conversation that goes on."""
        if not self._message.thread or self._course in _OVER:
            return None
        return follow_up(self._asking, self._parts)

    @property
    def _asking(self) -> Asking:
        aside = [masked(each.text, self._parts.telling) for each in self._message.aside]
        is_advised = self._standing is not None and self._standing.kind != "ask" and not self._is_of_something_else
        shown, changed = self._shown, self._told.changed
        return Asking(
            self._post, self._last, self._told.texts, shown, changed, aside, self._recent_answer,
            self._was_computed, self._answers_beside, is_advised,
        )  # fmt: skip

    @property
    def _answers_beside(self) -> tuple[Answer, ...]:
        """What the advice that stands says to the other things that were asked."""
        standing = self._standing
        return tuple(part.answer for part in standing.parts[1:]) if standing is not None else ()

    @property
    def _recent_answer(self) -> Answer | None:
        """The answer to a question that was given last."""
        before = self._before.reply() if self._may_look_back else None
        if before is None or not before.parts or before.parts[0].id in _OF_THE_TALK:
            return None
        part = before.parts[0]
        return None if first_steps(part.answer) else part.answer

    @property
    def _shown(self) -> Reading:
        """What was read, as far as the author was told of it: what nobody was told of is not gone on with."""
        if self._finding is not None and not (self._is_told and self._was_advised_of_text):
            return self._diagnosed
        standing = self._standing
        answer = standing.answer if standing is not None and standing.answer is not None else _NOTHING_SAID
        return Reading((answer,), facts=self._diagnosed.facts)

    @property
    def _was_advised_of_text(self) -> bool:
        """Whether the advice that stands is on the text that a model writes."""
        return self._standing is not None and self._standing.kind == "quality"

    @cached_property
    def _standing(self) -> Reply | None:
        """The last reply with advice of its own."""
        if not self._may_look_back:
            return None
        before = self._before.reply()
        return before if before.answer is not None and not before.follows else self._before._standing

    def _going_on(self, back: FollowUp) -> Reply:
        answer = self._parts.translations.of(back.part.answer)
        told = self._facts_told
        return Reply(
            self._language, back.part.kind, self._topics, (back.part,), back.asked, self._state, answer, None, told,
            follows=True, failed=back.failed, adds=back.adds,
        )  # fmt: skip

    # ---- reading

    @property
    def _facts_told(self) -> Request:
        """What the author has told by now; a size stands for a model that has no name."""
        request, sizes = self._post.request, set(self._post.sizes)
        if len(sizes) != 1 or "model" in request.points:
            return request
        return structs.replace(request, points={**request.points, "model": f"{sizes.pop():g}B"})

    @cached_property
    def _post(self) -> PostReading:
        """What the author has told by now."""
        return self._parts.posts.read(self._text, self._files)

    @cached_property
    def _last(self) -> PostReading:
        """The message alone."""
        if (self._own, self._own_files) == (self._text, self._files):
            return self._post
        return self._parts.posts.read(self._own, self._own_files)

    @cached_property
    def _diagnosed(self) -> Reading:
        whole = self._read((self._text, *self._files))
        if (newest := self._newest_trouble(whole)) is not None:
            return newest
        if whole.candidates or not self._only_adds_facts:
            return whole
        before = self._read(self._told.texts[:-1])  # words about the machine make no trouble another one
        return before if before.candidates else whole

    def _newest_trouble(self, whole: Reading) -> Reading | None:
        """What failed last, where that is another trouble than the one before: told by the last message alone, and no
        consequence of what stands above it. A symptom in words does not go before an error that was printed.
        """
        if not (self._message.thread and whole.candidates):
            return None
        alone = self._alone
        if not alone.candidates or self._class(alone) == self._class(whole):
            return None
        is_known_there = alone.candidates[0].id in {candidate.id for candidate in whole.candidates}
        is_weaker = self._is_symptom(alone) and not self._is_symptom(whole)
        return alone if is_known_there and not is_weaker else None

    @cached_property
    def _alone(self) -> Reading:
        """What the last message tells by itself, with the facts of the conversation."""
        return self._read((self._own, *self._own_files))

    def _class(self, reading: Reading) -> str:
        return reading.candidates[0].failure_class

    def _is_symptom(self, reading: Reading) -> bool:
        return self._parts.failures_by_id[reading.candidates[0].id].kind == "symptom"

    def _read(self, texts: Sequence[str]) -> Reading:
        text = "\n".join(filter(None, (*texts, self._proper_name)))
        return reading_of(text, self._parts, None, told_facts(self._post), self._told.overrides)

    @property
    def _proper_name(self) -> str:
        """The program that the author calls by another name ("kobold", "ST"): entries ask for the proper one. Where
        none is named, that of which the author certainly speaks.
        """
        told = self._post.loaders or self._post.frontends
        if not told and not self._files and self._speaks_of_models:
            return f"\n\n{_FIELD}"
        is_said = len(told) != 1 or any(told[0].lower() in text.lower() for text in (self._text, *self._files))
        return "" if is_said else f"\n\n{told[0]}"

    @property
    def _speaks_of_models(self) -> bool:
        """Whether the author certainly speaks of a model, though of no program."""
        return self._post.has_any((*_CERTAINLY_OURS, "for-roleplay", "text-fault")) or self._surely_tells

    @property
    def _only_adds_facts(self) -> bool:
        """Whether the last message of a conversation tells of the machine or the place, and of nothing else."""
        says_more = self._last.has_any(("printed", "trouble", "my-trouble", "asks", "complains"))
        return bool(self._message.thread) and not self._files and not says_more

    @cached_property
    def _finding(self) -> Candidate | None:
        """What was recognised; told in words it counts where the message may be about it."""
        found = next(iter(self._diagnosed.candidates), None)
        if found is None or self._is_otherwise_meant(found) or self._only_weighs_speed(found):
            return None
        return found

    def _is_otherwise_meant(self, found: Candidate) -> bool:
        """Whether a failure was recognised in words that speak of something else."""
        post = self._post
        if found.id == _SLOW and self._is_meant_beyond_doubt:  # "git clone is so slow" is no model's slowness
            return not post.loaders or (self._known is not None and self._known.score >= _SLOW_OF_IT)
        if post.has_any(("printed", "command")):
            return False
        if post.has("wished-speed") and post.has_any(_ASKS):
            return True
        if self._is_known_rather(found) or self._is_meant_more_surely_than(found):
            return True
        return not self._is_certain(found) and self._subject_shares[self._topic_of(found)] < _TOLD_AT_ALL

    def _is_certain(self, found: Candidate) -> bool:
        """Whether a failure that was recognised goes before all else: surely known, unless what fits is asked, or a
        question is more of the message than the trouble in it. Beside what sounds like the question of a way less is
        enough, where no way is known for sure, nothing asked, or the trouble is the author's own.
        """
        shares = self._subject_shares
        if shares["fit"] >= _SURELY or self._asks_on:
            return False
        if found.score >= _TOLD_SURELY:
            return True
        is_alone = not self._is_known or not self._post.has_any(_ASKS)
        least = _BROKEN if self._post.has("my-trouble") else _SURELY_BROKEN
        is_like_a_way = shares["howto"] == max(shares.values())
        return is_like_a_way and found.score >= least and (is_alone or self._post.has("my-trouble"))

    def _only_weighs_speed(self, found: Candidate) -> bool:
        """Whether what sounds slow is one of two models or machines that are weighed against each other."""
        if found.id != _SLOW or self._post.has_any(("printed", "trouble")) or not self._post.has("asks"):
            return False
        return FitReplies(self._parts, self._post).weighs

    def _is_known_rather(self, found: Candidate) -> bool:
        """Whether what is told is put just as a question is, or nothing in it is said to fail, and it is only like what
        others told who had that trouble: "connect SillyTavern to ollama" tells of no refused connection.
        """
        answer, post = self._known, self._post
        if answer is None or not answer.is_plain or post.has_any(("printed", "command")):
            return False
        is_in_these_words, fails = answer.score >= _WORD_FOR_WORD, post.has_any(_SAID_TO_FAIL)
        if is_in_these_words and not fails:
            return True
        if found.score >= _TOLD_SURELY or (found.told and self._is_heard_beyond_doubt(answer)):
            return False
        return is_in_these_words or not fails

    def _is_heard_beyond_doubt(self, answer: Known) -> bool:
        """Whether what was recognised is told in so many words, or in so troubled a voice, that an answer which is not
        meant word for word is not asked for.
        """
        heard = self._impression
        if heard is None or heard.likely < _HEARD_SURELY:
            return False
        is_plain = heard.likely >= _HEARD_BEYOND_DOUBT and heard.troubled >= _TROUBLED
        return heard.troubled >= _PLAINLY_TROUBLED or (is_plain and answer.score < _WORD_FOR_WORD)

    def _is_meant_more_surely_than(self, found: Candidate) -> bool:
        """Whether a short text is more surely what the knowledge answers than like what others told of a failure."""
        answer, heard = self._known, self._impression
        if answer is None or not found.told or not self._is_meant_beyond_doubt or self._is_heard_beyond_doubt(answer):
            return False
        is_plain = heard is not None and heard.likely >= _HEARD_BEYOND_DOUBT
        return answer.score >= _ASKED_IN_OTHER_WORDS and not is_plain

    @property
    def _language(self) -> Language:
        """That of the author's own words; a log, or a short word of English in between, does not change it."""
        spoken = [self._last.language, *map(self._parts.reader.language_of, self._told.texts[-2::-1])]
        if not self._last.prose.strip() and _CHINESE_BEHIND.search(self._own):
            return "zh"
        if _HAN_ALONE.fullmatch(self._message.text):  # whatever the title is in
            return "zh"
        return next((language for language in spoken if language != "en"), "en")

    # ---- what it is about

    @cached_property
    def _shares(self) -> Mapping[str, float]:
        """How likely the message is about each subject, by its words and by what was found in it."""
        found = next(iter(self._diagnosed.candidates), None)
        alike = next(iter(self._diagnosed.nearest), None)
        heard = self._impression
        return shares_of(
            Seen(
                words=self._words,
                post=self._post,
                known=self._known_alone,
                found=found,
                found_in_words=found is not None and (found.told or self._is_symptom(self._diagnosed)),
                found_of_text=found is not None and self._topic_of(found) == "quality",
                alike_of_text=None if alike is None else self._topic_of(alike) == "quality",
                heard=heard,
                heard_of_text=heard is not None and self._is_heard_of_text(heard),
            )
        )

    @property
    def _words(self) -> Mapping[str, float]:
        """What the message is about by its words: half of it by those that ask, where something is asked."""
        prose, subjects = self._post.prose, self._parts.subjects
        whole = subjects.shares(prose)
        asked = asked_in(prose).strip()
        if asked in {"", prose}:
            return whole
        return {name: (whole[name] + share) / 2 for name, share in subjects.shares(asked).items()}

    def _is_heard_of_text(self, heard: Impression) -> bool:
        return heard.like.startswith(TEXT) or heard.like in self._parts.posts.quality_classes

    @cached_property
    def _impression(self) -> Impression | None:
        """What the author's words are like; of a post with output nothing."""
        return None if self._post.has("printed") else self._parts.diagnoser.impression(self._post.prose)

    @property
    def _text_fault(self) -> str | None:
        """The first checks of that fault of a written text which the author's words are most like, if of one."""
        found = self._impression
        is_like = found is not None and found.likeness >= _SURELY_TEXT and found.likely >= _LIKELY_TEXT
        is_sure = found is not None and is_like and found.like.startswith(TEXT)
        return found.like.removeprefix(TEXT) if found is not None and is_sure else None

    def _is_heard_as(self, found: Candidate | None) -> bool:
        """Whether the author's words are as a whole most like the very class of a symptom that was recognised in some
        of them: two readers agree.
        """
        heard = self._impression
        if heard is None or found is None or heard.like != found.failure_class or not self._is_told:
            return False
        if heard.likely >= _HEARD_SURELY:
            return True
        is_troubled = heard.troubled >= _TROUBLED and heard.likeness >= _SURELY_LIKE
        return is_troubled and not self._post.has("only-asks")

    @property
    def _surely_tells(self) -> bool:
        """Whether the author's words are so like what is told of written texts, or in so troubled a voice of programs,
        that they speak of this field.
        """
        found = self._impression
        if found is None or self._asks_what_is_known or found.likeness < _SURELY_LIKE:
            return False
        if found.likely >= _HEARD_PLAINLY and found.like in self._parts.posts.model_classes:
            return True
        return self._is_heard_of_text(found) or (
            found.likeness >= _PLAINLY_LIKE and found.troubled >= _PLAINLY_TROUBLED
        )

    @property
    def _is_told_to_compute(self) -> bool:
        """Whether what fits is asked of a named model or of a machine: figures of theirs are the answer."""
        post = self._post
        asks_of_fit = post.has_any((*_FIT_ASKED, "how-fast"))
        is_of_machine = post.has_any(("vram", *_MACHINE)) and (bool(post.sizes) or post.has("which-model"))
        is_of_fit = asks_of_fit and post.scores["fit"] >= APPLIES and not post.has("wants-way")
        return is_of_fit and (is_of_machine or bool(post.models))

    @property
    def _tells_formats_apart(self) -> bool:
        """Whether it is asked which format to take, of those that the knowledge tells apart."""
        return self._surely_known is not None and self._surely_known.id in _FORMAT_ANSWERS

    @property
    def _is_told(self) -> bool:
        """Whether what was recognised is a symptom told in words, not something printed."""
        found = self._finding
        return found is not None and (found.told or self._is_symptom(self._diagnosed))

    @property
    def _is_in_words(self) -> bool:
        """Whether what was recognised stands in the author's own words: there are no lines of a log to show."""
        return self._is_told or not (self._post.has("printed") or self._post.has("command") or self._files)

    @property
    def _is_printed(self) -> bool:
        return self._finding is not None and not self._is_told

    def _topic_of(self, found: Candidate) -> PostTopic:
        return "quality" if found.failure_class in self._parts.posts.quality_classes else "failure"

    @cached_property
    def _subject_shares(self) -> Mapping[PostTopic, float]:
        """How likely the message is about each topic, if about one at all; what is compared is answered by the
        knowledge where it compares just that, else computed.
        """
        shares, compared = self._shares, self._compared_topic
        if self._post.has("t-code"):  # what a program "keeps saying" is no style
            shares = {**shares, "failure": shares["failure"] + shares["quality"], "quality": 0.0}
        elif self._is_plainly_of_the_text:
            shares = {**shares, "quality": shares["failure"] + shares["quality"], "failure": 0.0}
        whole = 1 - shares["other"]
        return {
            topic: (shares[topic] + (shares["comparison"] if topic == compared else 0.0)) / whole for topic in _KINDS
        }

    @property
    def _compared_topic(self) -> PostTopic:
        """Of which topic it is what is compared: the knowledge's, where that compares just this, else what fits."""
        post, scores = self._post, self._post.scores
        is_known = self._known is not None and self._known.id.startswith(_COMPARED)
        names_things = post.has_any((*_MACHINE, "vram", "model", "size", "quant"))
        is_of_a_way = is_known or scores["howto"] > scores["fit"] or (self._is_known and not names_things)
        return "howto" if is_of_a_way and not post.has("two-quants") else "fit"

    @property
    def _is_plainly_of_the_text(self) -> bool:
        """Whether a fault of the text is told, and of the program at most what may be seen of a text, too."""
        found, post = next(iter(self._diagnosed.candidates), None), self._post
        if not post.has("text-fault") or post.scores["quality"] < APPLIES or post.has_any(("printed", "command")):
            return False
        return found is not None and found.score < _TOLD_SURELY and self._is_symptom(self._diagnosed)

    @cached_property
    def _topics(self) -> tuple[PostTopic, ...]:
        """What the message is about, the likeliest first; what was printed comes before all else."""
        if self._says_no_topic:
            return ()
        if self._asks_word_for_word or self._values_asked:
            return ("howto",)
        shares = self._subject_shares
        likeliest = max(_KINDS, key=lambda topic: shares[topic])
        about = [topic for topic in _KINDS if topic == likeliest or self._is_beside(topic)]
        certain = self._certain
        if certain is not None and certain not in about:
            about.append(certain)
        return tuple(sorted(about, key=self._rank))

    def _is_beside(self, topic: PostTopic) -> bool:
        """Whether a topic is answered beside the likeliest: it is likely, or the rules prove it and it may be."""
        if topic == "fit" and self._post.has("wished-speed") and self._post.has_any(_ASKS):
            return True
        share = self._subject_shares[topic]
        is_proven = self._post.scores[topic] >= APPLIES or (topic == "howto" and self._is_asked_of_this)
        return share >= _BESIDE or (share >= _PERHAPS_BESIDE and is_proven)

    @property
    def _is_asked_of_this(self) -> bool:
        """Whether the knowledge answers a question, where no model is named with which more could be computed."""
        answer = self._known if self._is_known and self._post.has("asks") else None
        return answer is not None and answer.id not in COMPUTED_INSTEAD and not self._post.has_any(("model", "size"))

    @property
    def _says_no_topic(self) -> bool:
        """Whether nothing is told that any topic could be of."""
        is_mere_word = self._is_bare(self._post) or self._only_complains(self._post)
        is_mere_link = self._is_lone_link and self._has_title_with(("bare",))
        return is_mere_word or self._is_picture_alone or is_mere_link

    @property
    def _asks_word_for_word(self) -> bool:
        """Whether the whole message is a question as the knowledge has it, of which nothing is said to fail."""
        answer = self._known if self._asks_what_is_known else None
        is_computed = answer is not None and answer.id in COMPUTED_INSTEAD and not self._post.has("what-is")
        if answer is None or is_computed or self._is_told_to_compute:
            return False
        complains = self._finding is not None and not self._post.has("asks")
        asks_for_models = self._subject_shares["fit"] >= _SURELY and self._post.has_any(("can-it", "which-model"))
        is_of_else = asks_for_models or self._subject_shares["quality"] >= _SURELY
        is_other = is_of_else or self._post.has("two-quants")
        is_plain = answer.sureness >= _BEYOND_DOUBT and self._post.has("only-asks") and not is_other
        is_meant = is_plain or answer.score >= (1.0 if complains else _WORD_FOR_WORD)
        return is_meant and not self._post.has_any(_FAILS)

    def _is_bare(self, post: PostReading) -> bool:
        """Whether a message says nothing to go by: neither what it is about, nor a word that the knowledge explains."""
        asks = (post.has("asks") or post.has("what-is")) and not post.has("plea")
        is_told = self._asks_what_runs(post) or (post is self._post and self._finding is not None)
        return post.has("bare") and not is_told and not (asks and self._is_known) and not self._asks_what_is_known

    def _asks_what_runs(self, post: PostReading) -> bool:
        """Whether a post of its own asks what can be run at all."""
        return post.has("can-it") and not self._message.thread and self._message.where != "channel"

    def _only_complains(self, post: PostReading) -> bool:
        """Whether a short message says of a program that something is wrong, and nothing more."""
        only_asks = post.has("asks") and not (post.has("plea") or post.has("trouble"))
        says_more = self._is_answered(post) or only_asks or bool(self._files) or post.has_any(_SAYS_MORE)
        return post.has("short") and not says_more and self._parts.diagnoser.tells_nothing(post.prose)

    def _is_answered(self, post: PostReading) -> bool:
        """Whether a failure was recognised, or the knowledge answers what is asked."""
        is_known = self._asks_what_is_known or (self._is_known and post.has_any(_ASKS))
        return self._finding is not None or is_known

    @property
    def _is_lone_link(self) -> bool:
        """Whether a post in a help forum is a link that nobody here has opened, and nothing else but its title."""
        message = self._message
        is_post = message.where != "channel" and not message.thread and not self._files
        return is_post and _LONE_LINK.fullmatch(message.text.strip()) is not None

    def _has_title_with(self, signs: Sequence[str]) -> bool:
        """Whether a post has no title, or one with one of these signs."""
        title = self._message.title
        return not title or self._parts.posts.read(title).has_any(signs)

    @property
    def _is_picture_alone(self) -> bool:
        """Whether there is nothing but a picture that nobody here can read, and a plea."""
        post = self._post
        is_named = post.has_any(("printed", "command", *_CERTAINLY_OURS, *_MACHINE))
        return post.has("picture") and not is_named and self._parts.reader.cues.is_only_plea(post.prose)

    def _rank(self, topic: PostTopic) -> tuple[bool, float]:
        """Where a topic stands among the answers: what failed for sure first, then by how likely the message is about
        it and how sure its answer is.
        """
        return (topic != self._certain, -self._subject_shares[topic] * (1 + self._worth(topic)))

    @property
    def _certain(self) -> PostTopic | None:
        """What goes before all else: a certain trouble, a format to take, a way where that is all that is asked."""
        if self._certain_trouble is not None:
            return self._certain_trouble
        is_way = self._tells_formats_apart or self._only_asks_how or self._asks_for_settings
        return "howto" if is_way else None

    @property
    def _asks_for_settings(self) -> bool:
        """Whether a model's settings are asked for, and no machine told on which they would have to fit."""
        return self._settings is not None and not self._post.has_any(("machine", "vram"))

    @property
    def _only_asks_how(self) -> bool:
        """Whether nothing but a way is asked, which the knowledge surely tells."""
        post = self._post
        is_near = self._known is not None and self._known.score >= _NEAR and post.scores["fit"] < APPLIES
        is_near = is_near and not post.has_any(_SAID_TO_FAIL)  # what is near beside a trouble is of something else
        is_way = post.has("how-to") and post.has("only-asks") and (self._is_known or is_near)
        return is_way and (self._subject_shares["howto"] >= _TOLD_AT_ALL or self._is_plainly_a_way)

    @property
    def _is_plainly_a_way(self) -> bool:
        """Whether the knowledge answers without a doubt, and nothing is named with which more could be computed."""
        names_models = self._post.has_any(("model", "size", "can-it", "which-model"))
        return self._known is not None and self._known.is_plain and not names_models

    @property
    def _certain_trouble(self) -> PostTopic | None:
        """The trouble that goes before all else: one that was printed, or is surely known, or of which something is
        said to fail where no way is known.
        """
        found = self._finding
        if self._is_printed or self._post.has("printed"):
            return "failure"
        if found is not None:
            return self._topic_of(found) if self._is_certain(found) else None
        shares = self._subject_shares
        fails = self._post.has_any(_FAILS) and self._post.scores["failure"] >= APPLIES and not self._is_known
        return "failure" if fails and shares["howto"] == max(shares.values()) else None

    @property
    def _asks_on(self) -> bool:
        """Whether a question, or a way, is more of the message than the trouble in it."""
        is_way = self._post.has_any(("how-to", "what-is")) and self._is_known
        return self._post.has("only-asks") or (is_way and not self._post.has("my-trouble"))

    def _worth(self, topic: PostTopic) -> float:
        """How sure the answer to a topic is, from 0 to 1."""
        if topic == "fit":
            return _COMPUTED
        if topic == "howto":
            return self._known.sureness if self._is_known and self._known is not None else 0.0
        found = self._finding
        if found is not None and self._topic_of(found) == topic:
            return found.score
        aid = self._aid(topic) if topic == "quality" else None
        return _MEANT_FOR_IT if aid is not None and aid.signs else _UNSURE

    @cached_property
    def _asks_what_is_known(self) -> bool:
        """Whether the message opens a talk with nothing but a question that the knowledge surely answers."""
        last, answer = self._last, self._known
        if self._message.thread or answer is None or not answer.sure or len(self._own) > _LONGEST_QUESTION:
            return False
        is_beyond_doubt = self._is_meant_beyond_doubt
        is_in_these_words = is_beyond_doubt and answer.score >= _WORD_FOR_WORD
        if is_in_these_words and self._message.where == "forum" and not last.has_any(_NO_QUESTION):
            return True
        doubts = _without(_NEVER_ASKS, _NO_JOKE) if is_beyond_doubt and last.has("asks") else _NEVER_ASKS
        if last.has_any(doubts) or (last.has("foreign") and answer.sureness < _SURELY_MEANT):
            return False
        if last.has_any(("printed", "machine", "vram", *_FAILS)) and answer.score < _ASKED_IN_OTHER_WORDS:
            return False  # trouble, or what fits
        if last.has("asks"):
            return self._is_asked_surely(answer)
        if last.has_any((*_MACHINE, "vram")) and answer.score < _WORD_FOR_WORD:
            return False  # somebody tells of a machine
        is_post = self._message.where != "channel"  # of a channel much is said to somebody
        is_meant = answer.score >= _ASKED_IN_THESE_WORDS or (is_post and answer.is_plain)
        return is_meant and not last.has_any(_without(_TELLS, _NO_ADVICE) if is_post and is_beyond_doubt else _TELLS)

    def _is_asked_surely(self, answer: Known) -> bool:
        """Whether a question is near enough to its answer; in a channel, where helpers ask too, it must be nearer."""
        is_ours = self._last.has_any((*_CERTAINLY_OURS, *_OURS))
        surely = _SURELY_MEANT if self._message.where != "channel" else _MEANT_AS_TOLD
        return answer.score >= (_ASKED_OF_OURS if is_ours else _ASKED_AT_ALL) or answer.sureness >= surely

    @property
    def _is_meant_beyond_doubt(self) -> bool:
        """Whether a short text is so surely what the knowledge answers that signs of something else count less."""
        answer = self._known
        if answer is None or not answer.sure or answer.id in _ABOUT_SLOWNESS:
            return False
        return answer.is_plain and len(self._own) <= _SHORT_QUESTION

    @property
    def _is_left_alone(self) -> bool:
        """Whether nobody asks, or not of this field."""
        last, where = self._last, self._message.where
        if self._is_asked_plainly:
            return False
        if self._is_of_another_field:
            return True
        if where == "mention":
            return self._only_thanks
        if self._is_silent_picture:
            return False
        if self._says_nothing:
            return where == "channel" or self._calls_nobody
        if self._message.thread:
            return not self._goes_on
        if self._opens_with_trouble or self._opens_with_question or self._tells_surely_of_trouble:
            return False
        if self._opens_with_request:
            return False
        found, in_channel = self._recognised, where == "channel"
        return not self._parts.posts.wants_answer(last, found, in_channel=in_channel, sound=self._sound)

    @property
    def _is_asked_plainly(self) -> bool:
        """Whether it needs no sign of a request: words as the knowledge has them, or a link that alone makes a post."""
        return self._asks_what_is_known or (self._is_lone_link and self._has_title_with(_PLEADS))

    @property
    def _sound(self) -> Sound | None:
        """How the author sounds, where that is known."""
        found = self._impression
        return Sound(found.troubled, self._text_fault is not None) if found is not None else None

    @property
    def _says_nothing(self) -> bool:
        """Whether there is nothing to go by in the message: a plea, a complaint without a word of what fails."""
        last = self._last
        return (self._is_bare(last) and not self._told.changed) or (last.has("plea") and self._only_complains(last))

    @property
    def _is_silent_picture(self) -> bool:
        return self._last.has("picture") and not self._last.prose.strip()

    @property
    def _calls_nobody(self) -> bool:
        """Whether few words ask for nothing: no plea, no trouble, or what is said of something else."""
        return not self._last.has_any(("plea", "trouble")) or self._last.has_any(_CONTENT)

    @property
    def _only_thanks(self) -> bool:
        """Whether whoever calls the bot only thanks it, asks who it is, or says nothing at all."""
        last = self._last
        if last.has("who-is-it") or (_NO_WORD.fullmatch(self._message.text) and not self._message.attachments):
            return True
        is_said = last.has_any(("thanks", "solved", "pleased"))
        return is_said and not last.has_any(("asks", "complains", "trouble", "printed", "relapse"))

    @property
    def _opens_with_trouble(self) -> bool:
        """Whether a post of a help forum (it has a title) tells of trouble: there nobody has to ask."""
        is_post = self._message.where == "forum" and bool(self._message.title)
        trouble = self._finding is not None or max(self._post.scores[topic] for topic in _TROUBLES) >= APPLIES
        return is_post and trouble and not self._last.has_any(_NO_REQUEST)

    @property
    def _tells_surely_of_trouble(self) -> bool:
        """Whether who opens a post tells of a trouble that is surely known, and names what has it: the figures beside
        it are no show.
        """
        found, last = self._finding, self._last
        if found is None or found.score < _TOLD_SURELY or self._message.where != "forum" or not last.has("benchmark"):
            return False
        shows = [sign for sign in _NO_REQUEST if sign != "benchmark"]
        return last.has_any((*_CERTAINLY_OURS, *_MACHINE)) and not last.has_any((*shows, *_CONTENT, "praise"))

    @property
    def _opens_with_question(self) -> bool:
        """Whether the title of a post is what the knowledge surely answers: there a wish is enough."""
        is_post = self._message.where == "forum" and bool(self._message.title) and not self._message.thread
        return is_post and self._is_known and not self._last.has_any((*_NO_REQUEST, *_CONTENT))

    @property
    def _opens_with_request(self) -> bool:
        """Whether who opens a post speaks so surely of what is answered here that it needs no sign of a request, and
        tells others nothing.
        """
        is_post = self._message.where == "forum" and not self._last.has_any((*_NO_REQUEST, *_CONTENT, *_NEVER_ASKS))
        tells = any(map(self._parts.signs.is_telling, self._last.signs))
        return is_post and not tells and self._shares["other"] <= _HARDLY_OTHER

    @property
    def _goes_on(self) -> bool:
        """Whether a further message of a thread adds to what was asked there, or asks more."""
        last = self._last
        if self._course == "goes on" and (self._told.changed or self._is_back):
            return True
        if self._course in _OVER and not last.has_any(("relapse", "asks")):
            return False
        if self._message.where == "channel" and not last.has_any(_MORE_OF_IT):
            return False
        told = last.request.points.keys() - {"description", "steps"}
        return bool(told) or last.has_any(_ADDS) or self._alone.is_recognised

    @property
    def _is_back(self) -> bool:
        """Whether what was recognised before is said to have come back."""
        return self._parts.turns.relapses(self._last.prose) and self._finding is not None

    @property
    def _recognised(self) -> str | None:
        """What kind of entry the message was recognised as."""
        if self._finding is None:
            return None if self._text_fault is None else "symptom"
        return "symptom" if self._is_told else "failure"

    @property
    def _is_of_another_field(self) -> bool:
        """Whether it is about other things: by what it names, or because nothing of this field stands there."""
        post = self._post
        if post.has_any(_CERTAINLY_OURS):
            return False
        if post.has("elsewhere"):  # "to run models, and for games besides" asks of both
            asks_of_both = post.has_any(_MACHINE) and post.scores["fit"] >= APPLIES
            is_told = self._finding is not None and self._is_told  # "it reboots with a model loaded, games are fine"
            return not (post.has("field") and (asks_of_both or is_told))
        if self._is_printed or post.has_any(_OURS):
            return False
        return post.has("foreign") or not self._may_be_ours

    @property
    def _may_be_ours(self) -> bool:
        """Whether what names nothing of this field may still be of it: who comes to a help forum tells of trouble."""
        post = self._post
        if self._finding is not None or post.has_any(("bare", "picture", "printed")):
            return True
        if "fit" in self._topics and post.has_any(_MACHINE):
            return True
        return self._message.where != "channel" and (self._asks_of_ours or self._tells_of_ours)

    @property
    def _tells_of_ours(self) -> bool:
        """Whether what is told is of this field by its trouble, its text, or what is to be bought."""
        is_of_text = self._post.scores["quality"] >= _LIKELY or self._text_fault is not None
        return is_of_text or self._surely_tells or self._post.has_any((*_TROUBLE_SIGNS, "buying"))

    @property
    def _asks_of_ours(self) -> bool:
        """Whether a question is of this field by its machine, by what the model writes, or by a sure answer to it."""
        post = self._post
        is_of_text = post.has("for-roleplay") and post.has("text")
        is_near = self._known is not None and self._known.sureness >= _PERHAPS_MEANT
        return post.has("asks") and (self._is_known or is_near or is_of_text or post.has_any(_MACHINE))

    @property
    def _state(self) -> State:
        if self._course == "solved":
            return "solved"
        authors = [said.author for said in self._message.thread]
        return "helper" if "helper" in authors else "open"

    # ---- what is said

    def _parts_said(self) -> Sequence[Part]:
        """The answers, with what was computed beside them: in front where nothing else is known and it explains it."""
        said = list(self._topics_said())
        computed = self._computed if said and not any(part.id in _COMPUTES for part in said) else None
        computed = computed or self._computed_beside(said)
        if computed is not None:
            is_reason = self._is_reason(computed.answer)
            said = [computed, *said] if is_reason else [*said, computed]
        return self._without_guess(self._with_reason_first(said))

    def _without_guess(self, said: Sequence[Part]) -> Sequence[Part]:
        """The answers without first checks that nothing in the post points to, where what was asked is computed, or
        what is told of the machine is reason enough.
        """
        surer = [part for part in said if not part.is_guess]
        if len(surer) == len(said) or not any(part.id in _COMPUTES for part in surer):
            return said
        if self._subject_shares["fit"] >= _SURELY:
            return surer
        return [replace(surer[0], kind=said[0].kind), *surer[1:]] if self._is_explained else said

    def _is_reason(self, plan: Answer) -> bool:
        """Whether a plan tells why it goes wrong: nothing else is known, or only in words, and it does not fit."""
        is_in_words = self._finding is None or (self._is_told and self._finding.score < _TOLD_SURELY)
        return is_in_words and (plan.tone == "bad" or self._fit.is_over_full)

    @property
    def _is_explained(self) -> bool:
        """Whether what was computed tells why it is so: a speed that is normal, or a memory that is too full."""
        return self._fit.is_over_full or (self._post.has("t-slow") and self._fit.tells_speed_is_normal)

    def _with_reason_first(self, said: Sequence[Part]) -> Sequence[Part]:
        """The answers to what is slow: where model and machine are reason enough, what was computed of them stands in
        the place of what is said to everybody.
        """
        reason = next((part for part in said if part.id in _REASONS), None)
        if reason is None or not self._is_slow_for_a_reason:
            return said
        return [replace(reason, kind=said[0].kind), *(part for part in said if part.id not in (reason.id, *_GENERAL))]

    @property
    def _is_slow_for_a_reason(self) -> bool:
        """Whether it was told that something is slow, and model and machine explain it; in a talk the steps are what is
        gone on with.
        """
        is_told = self._is_slow and self._is_in_words and not self._message.thread
        was_fast = self._diagnosed.facts.worked_before is not None  # of what was fast enough the machine is no reason
        return is_told and not was_fast and self._fit.explains_slowness

    @property
    def _is_slow(self) -> bool:
        """Whether it was recognised that something is slow, and not why."""
        return self._finding is not None and self._finding.id == _SLOW

    @cached_property
    def _fit(self) -> FitReplies:
        """The answers of what fits."""
        return FitReplies(self._parts, self._post, is_slow=self._is_slow)

    def _topics_said(self) -> Iterator[Part]:
        """The answer to each topic. A guess is no addition, nor is a second trouble that was told in the same words."""
        said: set[PostTopic] = set()
        ids: set[str] = set()
        for topic in self._topics:
            if said & _TROUBLES and not self._is_addition(topic):
                continue
            for part in self._of_topic(topic):
                if part.id not in ids and not (said and self._is_no_addition(part, said)):
                    said.add(topic)
                    ids.add(part.id)
                    yield part

    def _is_no_addition(self, part: Part, said: Collection[PostTopic]) -> bool:
        """Whether an answer behind others is a guess, or says in general what they say."""
        return part.is_guess or part.id == _FOR_ANYBODY or ("fit" in said and self._is_general_beside(part))

    def _is_general_beside(self, part: Part) -> bool:
        """Whether an answer of the knowledge says less than what was computed: in general what that says, or what is
        only near a long post.
        """
        is_near = part.kind == "howto" and part.score < _ASKED_BESIDE and len(self._own) > _LONGEST_QUESTION
        return part.id in COMPUTED_INSTEAD or (is_near and not self._is_asked_of_this)

    @property
    def _computed(self) -> Part | None:
        """What the told model needs on the told machine, beside a trouble that hangs on it: one told in words, or one
        that nobody knows where the model does not fit the card as it is.
        """
        found = self._finding
        if found is not None and (self._post.has("printed") or not self._hangs_on_memory(found)):
            return None
        if found is None and "failure" not in self._topics:
            return None
        part = self._fit.computed()
        if part is None or (found is None and not self._explains(part.answer)):
            return None
        kind: Kind = "diagnosis" if found is None else "fit"
        return Part(kind, part.id, part.answer.title, _COMPUTED, part.answer)

    def _computed_beside(self, said: Sequence[Part]) -> Part | None:
        """The plan beside what the knowledge says of the context, where model, machine and context are told."""
        post = self._post
        is_of_memory = len(said) == 1 and said[0].kind == "howto" and post.has("machine") and post.has("model")
        part = self._fit.computed() if is_of_memory and "context" in post.request.hardware else None
        return Part("fit", part.id, part.answer.title, _COMPUTED, part.answer) if part is not None else None

    def _explains(self, plan: Answer) -> bool:
        """Whether a plan tells why something unknown goes wrong: it does not fit, or it is slow for lying in RAM."""
        is_slow_split = self._post.has("t-slow") and self._fit.is_split
        return plan.tone != "good" or is_slow_split or self._fit.is_over_full

    def _hangs_on_memory(self, found: Candidate) -> bool:
        return found.failure_class in self._parts.posts.computed_classes

    def _is_addition(self, topic: PostTopic) -> bool:
        """Whether a topic is worth an answer beside that of the trouble."""
        if topic == "howto":
            return self._is_plain_beside and (self._post.has("how-to") or not self._post.has("printed"))
        return topic not in _TROUBLES or self._is_printed

    @property
    def _is_plain_beside(self) -> bool:
        """Whether a known answer says more than what was recognised in words of trouble: these find it as well."""
        return self._is_printed or (self._known is not None and self._known.score >= _ASKED_IN_OTHER_WORDS)

    def _judged(self, part: Part) -> Part:
        """An answer about the text names the told settings that do harm first."""
        if part.kind != "quality":
            return part
        points = self._post.request.points
        model = points.get("model")
        judged = self._parts.samplers.judged(points.get("sampler_settings", ""), model)
        return replace(part, answer=with_judged(part.answer, judged, model, tuple(self._harmful)))

    @property
    def _harmful(self) -> Iterator[Text]:
        """What of the told model, quantization and context makes a text worse."""
        request = self._post.request
        sizes = [*self._post.sizes, *(model.size_b for model in self._post.models if model.size_b)]
        size = max(sizes, default=None)
        return harmful_choices(size, request.points.get("quant", ""), request.hardware.get("context", ""))

    def _of_topic(self, topic: PostTopic) -> Iterator[Part]:
        if topic in {"failure", "quality"}:
            yield from self._trouble(topic)
        elif topic == "fit":
            yield from self._what_fits
        elif (settings := self._settings) is not None:
            yield from self._meaning
            yield settings
        elif self._values_asked:
            yield self._verdicts
        elif (answer := self._known) is not None:
            yield Part("howto", answer.id, answer.title, answer.score, answer.answer, is_guess=not answer.sure)

    @property
    def _what_fits(self) -> Sequence[Part]:
        """The answers of fit; where nothing is told to compute with, what the knowledge plainly answers goes before
        what usual cards run.
        """
        found = [Part("fit", each.id, each.answer.title, _COMPUTED, each.answer) for each in self._fit.all()]
        answer = self._known
        if found[0].id != _FOR_ANYBODY or answer is None or not answer.is_plain or answer.id in COMPUTED_INSTEAD:
            return found
        return [Part("howto", answer.id, answer.title, answer.score, answer.answer)]

    @property
    def _settings(self) -> Part | None:
        """The sampler settings of the one model that they are asked for."""
        named = [model for model in self._post.models if model.base]
        if not self._post.has(_SETTINGS) or len(named) != 1:
            return None
        base = named[0].base or ""
        answer = settings_answer(base, named[0].told or base, self._parts.samplers)
        return Part("howto", "settings", answer.title, _COMPUTED, answer)

    @cached_property
    def _values_asked(self) -> tuple[Judged, ...]:
        """The values of settings of which nothing is told but asked whether they are right: "rep pen 1.3 ok?"."""
        post = self._post
        other = (*_MACHINE, *_FAILS, "printed", "what-is", "text-fault")
        is_asked = post.has("sampler") and post.has("only-asks") and not post.has_any(other)
        settings = post.request.points.get("sampler_settings", "") if is_asked else ""
        return self._parts.samplers.compared(settings, post.request.points.get("model"))

    @property
    def _verdicts(self) -> Part:
        answer = verdicts_answer(self._values_asked, self._post.request.points.get("model"))
        return Part("howto", "values", answer.title, _COMPUTED, answer)

    @property
    def _meaning(self) -> Iterator[Part]:
        """What a setting does, where that is asked before its value: "what does it do and what should I set"."""
        first, *rest = _HALVES.split(self._own, maxsplit=1)
        are_two = self._post.has("what-is") and len("".join(rest).strip()) >= _SHORTEST_HALF
        answer = known(first, self._parts) if are_two else None
        if answer is not None and answer.sure:
            yield Part("howto", answer.id, answer.title, answer.score, answer.answer)

    def _trouble(self, topic: PostTopic) -> Iterator[Part]:
        """The diagnosis, else what is said where nothing is known for sure."""
        found = self._finding
        if topic == "failure" and self._shows_more_than_was_told:
            yield self._unknown()
        elif found is not None and self._topic_of(found) == topic and not self._has_surer_checks(found, topic):
            yield self._diagnosis(found, topic)
        elif topic == "failure" and self._post.has("printed") and not self._is_known_by_its_line:
            yield self._unknown()
        elif found is None and (near := self._known_trouble(topic)) is not None:
            kind = "howto" if self._only_asks_why else _KINDS[topic]
            yield Part(kind, near.id, near.title, near.score, near.answer, is_guess=not near.sure)
        else:
            yield from self._first_checks(topic)

    @property
    def _is_known_by_its_line(self) -> bool:
        """Whether one line is all that was sent, and the knowledge surely answers it: "npm ERR! ... install fails"."""
        answer = self._surely_known
        is_one_line = not self._files and "\n" not in self._own.strip()
        return is_one_line and answer is not None and answer.is_plain

    def _has_surer_checks(self, found: Candidate, topic: PostTopic) -> bool:
        """Whether first checks are meant for just such a text, where a symptom of it was not told surely."""
        if self._is_heard_as(found):
            return False
        aid = self._aid(topic) if topic == "quality" and self._is_told and found.score < _TOLD_SURELY else None
        return aid is not None and bool(aid.signs)

    def _diagnosis(self, found: Candidate, topic: PostTopic) -> Part:
        """The answer to what was recognised, without what the author told already."""
        answer = without_evidence(self._diagnosed.answer) if self._is_in_words else self._diagnosed.answer
        request = self._post.request
        answer = without_told(answer, request.points.keys() | request.hardware.keys(), self._parts.template)
        return Part(_KINDS[topic], found.id, found.title, found.score, answer)

    def _first_checks(self, topic: PostTopic) -> Iterator[Part]:
        """What is worth a look: by signs of the post, else by its topic alone where nothing better is known."""
        aid = self._aid(topic)
        if aid is None or (not aid.signs and (self._finding or self._is_asked_of_text)):
            if self._finding is not None and topic == self._topics[-1] == "failure":
                yield self._diagnosis(self._finding, self._topic_of(self._finding))  # else nothing at all were said
            return
        if (likeliest := self._likeliest(topic, aid)) is not None:
            yield likeliest
            return
        answer = first_aid_answer(aid, self._nearest(topic), gone_back(self._diagnosed.answer))
        yield Part(_KINDS[topic], f"first-aid:{aid.id}", aid.title, _UNSURE, answer, is_guess=True)

    def _likeliest(self, topic: PostTopic, aid: FirstAid) -> Part | None:
        """What is likely enough to be named before first checks for anything, or much likelier where checks are meant
        for just such a trouble: as a guess, what may be meant besides below it.
        """
        first, guess = next(iter(self._diagnosed.nearest), None), self._diagnosed.guess
        if first is None or guess is None or self._topic_of(first) != topic:
            return None
        least = _SURER_THAN_ANY if topic == "quality" else _SURER_THAN_CHECKS if aid.signs else 0.0
        if self._post.has("printed") or first.score < least:
            return None
        answer = without_evidence(guess)
        return Part(_KINDS[topic], first.id, answer.title, first.score, answer, is_guess=True)

    @property
    def _only_asks_why(self) -> bool:
        """Whether a question is all that is said, and no trouble of the author's own."""
        post = self._post
        has_trouble = post.has_any((*_OWN_TROUBLE, *_FAILS, "t-slow", "t-card"))
        return post.has("only-asks") and self._is_known and not has_trouble

    @property
    def _is_asked_of_text(self) -> bool:
        """Whether the knowledge answers the very question: better than first checks for any text."""
        return "howto" in self._topics and self._is_known

    @property
    def _shows_more_than_was_told(self) -> bool:
        """Whether an error stands there that nothing explains, beside a symptom told in words: the error decides."""
        log = self._post.log if self._post.has("printed") else None
        if log is None or len(log.split()) <= _FEW_WORDS:
            return False
        return self._is_told and self._parts.reader.cues.told.error.found(log)

    def _known_trouble(self, topic: PostTopic) -> Known | None:
        """A frequent question that is nearer to what was told than first checks for anything; of the text only one that
        is meant for sure, where no first checks are meant for such a text.
        """
        aid, answer = self._aid(topic), self._known
        if answer is None or answer.score < (_NEAR if answer.sure else _NEAR_UNSURE):
            return None
        is_general = aid is None or not aid.signs or self._is_surely_meant
        if topic == "quality":
            return answer if answer.sure and is_general else None
        return answer if is_general or (answer.sure and answer.score >= _NEARER) else None

    @property
    def _is_surely_meant(self) -> bool:
        """Whether nothing but a question stands there, and the knowledge answers it more surely than is needed."""
        answer = self._known
        return answer is not None and answer.is_plain and self._post.has("only-asks")

    def _aid(self, topic: PostTopic) -> FirstAid | None:
        alike = self._text_fault if topic == "quality" else None
        return first_aid_for(topic, self._post.signs, self._parts.first_aid, alike)

    def _nearest(self, topic: PostTopic) -> list[Step]:
        """What the message resembles among the failures of the topic, each with its first check; those of the programs
        that it names in front.
        """
        steps = zip(self._diagnosed.nearest, looked_at(self._diagnosed.answer), strict=False)
        of_topic = [(near, step) for near, step in steps if self._topic_of(near) == topic]
        return [step for _, step in sorted(of_topic, key=self._distance)][:_MOST_NEAR]

    def _distance(self, near: tuple[Candidate, Step]) -> int:
        """How far a failure lies from the programs named: of one of them, of any, of other loaders only. In words alone
        the first two are alike: what Docker or Python lacks is told beside the loader.
        """
        components = set(self._parts.failures_by_id[near[0].id].components)
        if components & set(self._post.loaders):
            return 0
        if components & set(self._parts.loaders):
            return 2
        return int(self._post.has("printed"))

    def _unknown(self) -> Part:
        post, unknown = self._post, self._diagnosed.unknown
        copy = ready_post(post.request, self._parts.template, post.printed)
        quoted, search = (unknown.quoted, unknown.search) if unknown else (post.printed[-1], ())
        back = gone_back(self._diagnosed.answer)
        answer = unknown_answer(quoted, search, self._nearest("failure"), self._aid("failure"), copy, back)
        return Part("diagnosis", "unknown", answer.title, _UNSURE, answer)

    @cached_property
    def _known(self) -> Known | None:
        """The answer of the knowledge to what is asked: by the message, or by that which it corrects."""
        corrects = (self._told.changed or self._only_adds_facts) and not self._last.has("asks")
        found = known(without_marks(self._told.texts[0]), self._parts) if corrects else self._known_alone
        fails = self._post.has_any(_FAILS)
        asks = self._asks_anything and not fails
        if found is not None and self._is_mere_term(found):
            return None
        if found is None or not self._post.has("trouble"):
            return found
        if fails and found.score < _ASKED_IN_OTHER_WORDS:
            found = replace(found, sure=False)  # what stands there of a way may be all that they have in common
        if found.id.startswith(_TERM) and found.score < 1 and not self._post.has_any(("what-is", "how-to")):
            return None
        is_plain = asks and found.score >= _PLAIN_ASPECT
        return None if found.id.startswith(_ASPECTS) and not is_plain else found

    @cached_property
    def _known_alone(self) -> Known | None:
        """What the knowledge says to the words of the message, whatever else is told."""
        return known(without_marks(self._own), self._parts)

    def _is_mere_term(self, found: Known) -> bool:
        """Whether it is only what a word means that stands in a question of what fits."""
        is_of_fit = self._post.scores["fit"] >= APPLIES and self._post.has_any(("model", *_MACHINE))
        return is_of_fit and found.id.startswith(_TERM) and not self._post.has("what-is")

    @property
    def _asks_anything(self) -> bool:
        return self._post.has_any(("asks", "seeks", "how-to"))

    @property
    def _surely_known(self) -> Known | None:
        """The answer of the knowledge that is meant for sure, and near enough to stand beside other answers."""
        answer = self._known
        return answer if answer is not None and answer.sure and answer.score >= _NEARER else None

    @property
    def _is_known(self) -> bool:
        """Whether the knowledge surely answers what is asked."""
        return self._known is not None and self._known.sure

    # ---- what is asked

    def _asked(self, found: Sequence[Part]) -> tuple[PointId, ...]:
        """The points whose answer would change what was said."""
        told = self._post.request.points
        if not found:
            return self._points_for_nothing(told)
        wanted = _CHANGES.get(found[0].id.split(":")[0], _CHANGES_BY_KIND.get(found[0].kind, ()))
        return tuple(point for point in wanted if point not in told)[:_MOST_ASKED]

    def _points_for_nothing(self, told: Mapping[str, str]) -> tuple[PointId, ...]:
        return tuple(point for point in _ASKED_FIRST if point not in told)

    def _points(self, asked: Sequence[PointId]) -> list[Point]:
        return [self._parts.template.point(id_) for id_ in asked]
