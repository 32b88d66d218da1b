"""What the bot says to a message in a help channel: an answer first, then only what would change it. Or nothing.

The order of answers is that of their worth to the one who asks: what failed and how to mend it, then what was asked.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from bot.answers.blocks import Answer
from bot.answers.follow_up import first_steps
from bot.answers.headings import CONFIDENCE
from bot.answers.reply import composed, without_evidence
from bot.clinic.answering import Answering
from bot.clinic.asides import asides
from bot.clinic.asking import Asking, FollowUp
from bot.clinic.clauses import in_one, is_solved_by, runs_of
from bot.clinic.diagnosing import masked
from bot.clinic.following_up import follow_up, told_anew
from bot.clinic.heard import Heard
from bot.clinic.lacking import lacks_tool
from bot.clinic.measures import COMPUTES, FAILS, LONGEST_QUESTION, MACHINE, OVER, OWN_TROUBLE, TROUBLE_SIGNS
from bot.clinic.message import HEARD, Message, Part, Reply, Said, State
from bot.clinic.noting import noted
from bot.clinic.parts import Parts
from bot.clinic.reading import Reading
from bot.clinic.told_facts import told_line
from bot.clinic.topics import Topics
from bot.clinic.wanting import Wanting
from bot.intake.posts import PostReading
from bot.intake.several import numbered_requests
from bot.intake.template import PointId
from bot.models.quant_names import cache_type_in

_MOST_ANSWERS = 3
# Signs that anything at all is wrong.
_ANY_TROUBLE = (*TROUBLE_SIGNS, "complains", "t-load", "t-download", "printed", "command", "relapse", "picture")
_OF_THE_TALK = (HEARD, "where", "next")  # ids of what is said to what was said before
_SHOWN = ("printed", "text")  # signs of a message with words of a program
_OF_NO_TROUBLE = ("fit", "howto")  # kinds of answers to what does not fail
_NOTHING_SAID = Answer("", "neutral", ())
_LOOKED_BACK = 12  # messages of the author in which the advice that stands is looked for
_TO_ANOTHER = re.compile(r"\s*(?:@[\w.-]|<@[!&]?\d)")


def reply_to(message: Message, parts: Parts) -> Reply:
    """The reply to a message, by the knowledge of `parts`. A pure function; never raises for what somebody wrote."""
    return _Replying(_since_moved_on(message, parts), parts).reply()


def _since_moved_on(message: Message, parts: Parts) -> Message:
    """The conversation since its author came to something else: of what stood before only facts are left."""
    for at in _turning_points(message, parts):
        said = message.thread[at]
        then = replace(message, text=said.text, attachments=said.files, thread=message.thread[:at], fresh=said.fresh)
        if (moved := _Replying(_since_moved_on(then, parts), parts).moved_to) is not None:
            aside = tuple(replace(each, behind=each.behind - at) for each in message.aside if each.behind > at)
            return replace(message, thread=(moved, *message.thread[at + 1 :]), aside=aside)
    return message


def _turning_points(message: Message, parts: Parts) -> Iterator[int]:
    """Where in a conversation its author may come to something else, the latest first."""
    askers = [at for at, said in enumerate(message.thread) if said.author == "asker"]
    printed = next((at for at in reversed(askers[1:]) if _shows(message.thread[at], parts)), None)
    for at in reversed(askers[1:]):
        said = message.thread[at]
        if said.fresh or at == printed or parts.turns.moved_on(said.text):
            yield at


def _shows(said: Said, parts: Parts) -> bool:
    """Whether a message comes with a file, or a line that a program printed."""
    return bool(said.files) or parts.posts.read(said.text).has_any(_SHOWN)


def _asks_or_fails(post: PostReading) -> bool:
    """Whether something is asked, or anything is wrong, and nobody is thanked."""
    return not post.has("thanks") and post.has_any((*_ANY_TROUBLE, *_SHOWN, "asks"))


def _is_list_of_steps(replies: Sequence[Reply]) -> bool:
    """Whether some of the lines only tell how something is done."""
    return any(reply.kind == "howto" and not reply.asks for reply in replies)


def _answered_by(replies: Sequence[Reply]) -> list[Part]:
    """The first answer of each reply that has one, none twice."""
    answered = (reply.parts[0] for reply in replies if reply.parts and reply.kind != "ask")
    return list({part.id: part for part in answered}.values())


def _plain(answer: Answer) -> tuple[object, ...]:
    """What an answer says, without how sure it is, and without the lines of a log: their numbers change with what
    stands above them.
    """
    blocks = without_evidence(answer).blocks
    return (answer.title, tuple(block for block in blocks if getattr(block, "label", None) != CONFIDENCE))


class _Replying:
    """One message on its way to a reply."""

    def __init__(self, message: Message, parts: Parts, behind: int = 0) -> None:
        """`behind`: how many messages behind the one that is answered."""
        self._message = message
        self._parts = parts
        self._heard = Heard(message, parts)
        self._topics = Topics(self._heard)
        self._wanting = Wanting(self._heard, self._topics)
        self._answering = Answering(self._heard, self._topics)
        self._may_look_back = bool(message.thread) and behind < _LOOKED_BACK
        self._behind = behind

    def reply(self) -> Reply:
        return self._replied

    @cached_property
    def _replied(self) -> Reply:
        """The reply; what is said to a message is asked for more than once by those behind it."""
        reply = self._reply()
        is_known = bool(reply.parts) and reply.parts[0].id not in _OF_THE_TALK and reply.kind != "ask"
        asks = is_known and self._heard.last.has("asks") and not self._heard.last.has("thanks")
        return replace(reply, relapses=self._parts.turns.relapses(self._heard.last.prose), asks=asks)

    @property
    def _of_clauses(self) -> Reply | None:
        """The reply to a message that says several things of the advice, each heard by itself."""
        if not self._is_talked_with or self._heard.own_files or self._message.fresh or self._heard.last.has("printed"):
            return None
        runs = runs_of(self._heard.own, self._parts)
        fresh = is_solved_by(runs, self._parts)
        alone = [replace(self._message, title="", text=run.text, fresh=fresh) for run in runs]
        each = [(run.says, reply_to(said, self._parts)) for run, said in zip(runs, alone, strict=True)]
        whole = in_one(each, is_solved=fresh)
        return replace(whole, language=self._heard.language, told=self._heard.facts_told) if whole is not None else None

    @property
    def _is_to_another(self) -> bool:
        """Whether a further message begins with somebody's name: it is said to them."""
        return (
            bool(self._message.thread) and _TO_ANOTHER.match(self._heard.own) is not None and not self._heard.own_files
        )

    @property
    def _only_calls(self) -> bool:
        """Whether a further message says nothing of the matter: "anyone?", "hi", "what can you do"."""
        is_alone = not (self._heard.own_files or self._message.attachments)
        return bool(self._message.thread) and is_alone and self._parts.turns.calls(self._heard.own)

    def _reply(self) -> Reply:
        if self._is_to_another or self._only_calls:
            return self._silence()
        if (apart := self._of_clauses or self._of_another_trouble) is not None:
            return apart
        if (back := self._follow_up) is not None:
            return self._going_on(back)
        if self._wanting.is_left_alone:
            return self._noted()
        if len(several := self._several) > 1:
            return self._said(several[:_MOST_ANSWERS], ())
        found = self._parts_judged
        asked = self._answering.asked(found)
        found = [*found, *self._asides(found)]
        return self._noted() if self._says_nothing_new(found, asked) else self._said(found, asked)

    @cached_property
    def _parts_judged(self) -> list[Part]:
        """What is answered, the values in it judged; the message behind compares with it."""
        return [self._answering.judged(part) for part in self._answering.parts_said()[:_MOST_ANSWERS]]

    def _says_nothing_new(self, found: Sequence[Part], asked: tuple[PointId, ...]) -> bool:
        """Whether there is nothing to say, or it was said before, or is of nothing that the message tells."""
        if not (found or asked):
            return True
        return self._repeats(found, asked) or self._only_guesses_anew(found) or self._is_of_no_trouble_told(found)

    def _is_of_no_trouble_told(self, found: Sequence[Part]) -> bool:
        """Whether a question after an answer would get a diagnosis, of which it tells nothing."""
        last = self._heard.last
        if not (found and found[0].kind == "diagnosis" and self._is_talked_with and last.has("asks")):
            return False
        tells = last.has_any(("printed", "picture", *TROUBLE_SIGNS, *MACHINE, "model", "loader"))
        return not tells and self._standing is not None and self._standing.kind in _OF_NO_TROUBLE

    def _only_guesses_anew(self, found: Sequence[Part]) -> bool:
        """Whether a guess would take the place of an answer that is none, to a message that tells of no trouble."""
        if not (found and found[0].is_guess and self._is_talked_with):
            return False
        tells_of_trouble = self._heard.last.has_any(("printed", "picture", "trouble", *OWN_TROUBLE, *FAILS))
        standing = None if tells_of_trouble else self._standing
        return standing is not None and standing.kind != "ask" and not standing.parts[0].is_guess

    @property
    def _several(self) -> list[Part]:
        """The first answer to each of the requests that the author numbers; steps of one request are none."""
        counted = self._parts.turns.counted(self._heard.own)
        shows = bool(self._heard.files) or self._heard.post.has_any(("printed", "form", "command"))
        if self._message.thread or (shows and not counted):
            return []
        alone = [reply_to(each, self._parts) for each in self._each_of(numbered_requests(self._heard.own) or counted)]
        return [] if _is_list_of_steps(alone) else _answered_by(alone)

    def _each_of(self, requests: Sequence[str]) -> list[Message]:
        """A message for each of several requests; what is shown belongs to the first."""
        alone = [Message(text=request, where=self._message.where) for request in requests]
        return [replace(each, attachments=self._message.attachments) for each in alone[:1]] + alone[1:]

    def _asides(self, found: Sequence[Part]) -> list[Part]:
        """What the knowledge says to the smaller questions of a post about what fits: a long one, or one of several."""
        is_post = not self._message.thread and not self._heard.post.has("printed")
        if not (is_post and found and found[0].kind == "fit" and self._asks_several):
            return []
        said = {part.id for part in found}
        return [each.part() for each in asides(self._heard.own, self._parts, said)]

    @property
    def _asks_several(self) -> bool:
        """Whether a post may ask several things: it is long, or two of its clauses ask."""
        clauses, posts = self._parts.turns.clauses(self._heard.own), self._parts.posts
        return len(self._heard.own) > LONGEST_QUESTION or sum(posts.read(clause).has("asks") for clause in clauses) > 1

    def _said(self, found: Sequence[Part], asked: tuple[PointId, ...]) -> Reply:
        whole = composed(
            [part.answer for part in found],
            self._answering.points(asked),
            self._heard.post.request,
            numbered=self._is_one_text,
        )
        answer = self._parts.translations.of(whole)
        kind = found[0].kind if found else "ask"
        reading = self._heard.diagnosed
        return Reply(
            self._heard.language,
            kind,
            self._topics.all,
            tuple(found),
            asked,
            self._state,
            answer,
            reading,
            self._heard.facts_told,
        )

    @property
    def _is_one_text(self) -> bool:
        """Whether what was read is one text as its author sees it."""
        own = [text for text in (self._heard.text, *self._heard.files) if text.strip()]
        return not self._message.thread and not self._message.title and len(own) < 2

    def _noted(self) -> Reply:
        """That what was added is heard, and what it changes; silence where nothing was."""
        if not self._is_talked_with or self._heard.course != "goes on" or self._was_left_alone:
            return self._silence()
        found = told_anew(self._asking, self._parts) or noted(self._asking, self._parts)
        return self._going_on(found) if found is not None else self._silence()

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
        if not self._is_talked_with or self._parts.turns.relapses(self._heard.last.prose):
            return False
        parts = self._before._parts_judged
        shown = 1 if found and not self._heard.last.has("asks") else _MOST_ANSWERS
        if self._only_asks_on and [part.id for part in parts[:1]] == [part.id for part in found[:1]]:
            return True
        is_same = [_plain(part.answer) for part in parts[:shown]] == [_plain(part.answer) for part in found[:shown]]
        return is_same and self._before._answering.asked(parts) == asked

    @property
    def _only_asks_on(self) -> bool:
        """Whether a question under a diagnosis tells nothing that could change it."""
        last = self._heard.last
        tells = self._heard.told.changed or last.has_any(
            (*MACHINE, "printed", "trouble", "my-trouble", "model", "loader")
        )
        return self._heard.finding is not None and last.has("asks") and not tells

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
        if post is None or not _asks_or_fails(post):
            return None
        title = self._line_told
        is_settled = self._message.fresh or self._heard.told.changed
        alone = reply_to(replace(self._message, title=title, text=text, thread=(), fresh=False), self._parts)
        if not alone.parts or alone.parts[0].kind == "ask" or (is_settled and alone.parts[0].is_guess):
            return None
        if alone.kind == "howto" and not post.has("asks"):
            return None  # what is only told asks for no way
        return replace(alone, state=self._state_reopened, told=self._heard.facts_told)

    @property
    def _state_reopened(self) -> State:
        """The state of a conversation in which something else came up."""
        return "open" if self._state == "solved" else self._state

    @property
    def _other_text(self) -> str:
        """What the message tells of something else; all of it, where what stood before is solved and it is not said to
        be back.
        """
        turns, own = self._parts.turns, self._heard.own
        if not self._is_talked_with:
            return ""
        is_new = self._message.fresh and not (turns.relapses(own) or turns.failed(own) or turns.solved(own))
        is_another = is_new or self._is_first_trouble or self._lacks_a_tool
        return turns.moved_on(own) or (turns.without_lead(own) if is_another else "")

    @property
    def _lacks_a_tool(self) -> bool:
        """Whether a command of the advice is not found, and no step of it says how one gets the tool."""
        standing = self._standing
        return standing is not None and bool(standing.parts) and lacks_tool(self._heard.own, standing.parts[0].answer)

    @property
    def _is_first_trouble(self) -> bool:
        """Whether an error is told or shown where nothing failed so far, or another one than before is printed."""
        last, heard = self._heard.last, self._heard
        if last.has_any(_SHOWN) and heard.diagnosed is heard.alone:
            return True
        is_read_anyway = last.has_any(("asks", "printed")) or bool(heard.own_files)
        turns, own = self._parts.turns, heard.own
        tells = last.has("trouble") and not (is_read_anyway or turns.failed(own) or turns.solved(own))
        return tells and self._standing is not None and self._standing.kind in _OF_NO_TROUBLE

    @property
    def _was_computed(self) -> bool:
        """Whether the message before was answered with what fits."""
        parts = self._before.reply().parts if self._may_look_back else ()
        return any(part.kind == "fit" or part.id in COMPUTES for part in parts)

    @property
    def _is_of_something_else(self) -> bool:
        """Whether what was advised is over and done with, and the message does not point back to it."""
        turns, own = self._parts.turns, self._heard.own
        points_back = turns.deictic(own) or turns.points_back(own) or turns.of_advice(own) is not None
        return self._message.fresh and bool(self._other_text) and not (points_back or turns.step(own))

    @property
    def moved_to(self) -> Said | None:
        """What is left of the conversation where the message comes to something else: that, with the facts told."""
        if self._of_another_trouble is None:
            return None
        title = self._line_told
        return Said("asker", self._other_text, self._message.attachments, title=title)

    @property
    def _line_told(self) -> str:
        """What was told of program, model, machine and of how it is run, in one line."""
        post = self._heard.post
        cache = cache_type_in(post.prose)
        return ", ".join(
            filter(None, (told_line(self._heard.facts_told), cache and f"KV cache {cache.removesuffix('_0')}"))
        )

    def _silence(self) -> Reply:
        return Reply(self._heard.language, "silent", self._topics.all, state=self._state, told=self._heard.facts_told)

    @cached_property
    def _follow_up(self) -> FollowUp | None:
        """What the message asks back in a conversation that goes on."""
        if not self._message.thread or self._heard.course in OVER:
            return None
        return follow_up(self._asking, self._parts)

    @cached_property
    def _asking(self) -> Asking:
        aside = [masked(each.text, self._parts.telling) for each in self._message.aside]
        is_advised = self._standing is not None and self._standing.kind != "ask" and not self._is_of_something_else
        shown, changed = self._shown, self._heard.told.changed
        return Asking(
            self._heard.post, self._heard.last, self._heard.told.texts, shown, changed, aside, self._recent_answer,
            self._was_computed, self._answers_beside, is_advised,
            self._before._heard.post if self._may_look_back else None,
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
        if self._heard.finding is not None and not (self._heard.is_told and self._was_advised_of_text):
            return self._heard.diagnosed
        standing = self._standing
        answer = standing.answer if standing is not None and standing.answer is not None else _NOTHING_SAID
        return Reading((answer,), facts=self._heard.diagnosed.facts)

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
        told = self._heard.facts_told
        return Reply(
            self._heard.language, back.part.kind, self._topics.all, (back.part,), back.asked, self._state, answer, None,
            told, follows=True, failed=back.failed, adds=back.adds,
        )  # fmt: skip

    @property
    def _state(self) -> State:
        if self._heard.course == "solved":
            return "solved"
        authors = [said.author for said in self._message.thread]
        return "helper" if "helper" in authors else "open"
