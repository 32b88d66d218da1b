"""Whether a message wants an answer at all."""

import re
from collections.abc import Sequence

from bot.clinic.heard import Heard
from bot.clinic.measures import (
    CERTAINLY_OURS,
    FAILS,
    FIT_ASKED,
    HEARD_PLAINLY,
    MACHINE,
    NEVER_ASKS,
    OURS,
    OVER,
    TOLD_SURELY,
    TROUBLE_SIGNS,
    TROUBLED,
    TROUBLES,
    WORD_FOR_WORD,
)
from bot.clinic.topics import Topics
from bot.intake.posts import APPLIES, Sound

_HARDLY_OTHER = 0.2  # share of what is not answered, up to which a post is answered without a sign of a request
_LIKELY = 0.6  # score from which on a topic may be one
# Signs of few words that ask for nothing.
_CONTENT = ("solved", "thanks", "pleased", "show-off", "chat", "laugh", "insult", "reply")
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
_TELLS = (*_NO_REQUEST, *_CONTENT, *NEVER_ASKS)
_TELLS_BUT_THANKS = tuple({*_TELLS} - {"thanks"})
_MANY_QUESTIONS = 4  # beside which a story is only what they are asked of
_GRUMBLES = ("rant", "wish")  # signs of a complaint to nobody
_TELLS_BUT_A_SPEED = tuple(sign for sign in _TELLS_BUT_THANKS if sign != "benchmark")
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
_PERHAPS_MEANT = 0.45  # from which on a question without a word of this field is of it
# How likely the trouble is, and how troubled it sounds, that needs no word of this field in a help forum.
_SURELY_HEARD, _RATHER_TROUBLED = 0.9, 0.75
# The same of what a model wrote, in a post of a help forum.
_LIKE_A_TEXT, _TROUBLED_BY_A_TEXT = 0.4, 0.7
# How likely it is that helpers ask: where the knowledge answers other words, and just these.
_ASKED_BACK, _SURELY_ASKED_BACK = 0.5, 0.9
_SHOWS = ("printed", "picture", "command", "form")  # signs of what nobody shows who only asks
_PLEADS = ("asks", "plea", "trouble")  # signs of a title that asks for help
_NO_WORD = re.compile(r"[\W_]*")


class Wanting:
    """Whether one message wants an answer."""

    def __init__(self, heard: Heard, topics: Topics) -> None:
        self._heard = heard
        self._topics = topics
        self._message = heard.message
        self._parts = heard.parts

    @property
    def is_left_alone(self) -> bool:
        """Whether nobody asks, or not of this field."""
        last, where = self._heard.last, self._message.where
        if self._is_asked_back:
            return True
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
        if self._opens_with_request or self._opens_with_what_fits or self._opens_with_failure:
            return False
        found, in_channel = self._recognised, where == "channel"
        return not self._parts.posts.wants_answer(last, found, in_channel=in_channel, sound=self._sound)

    @property
    def _is_asked_plainly(self) -> bool:
        """Whether it needs no sign of a request: words as the knowledge has them, or a link that alone makes a post."""
        return self._heard.asks_what_is_known or (self._topics.is_lone_link and self._topics.has_title_with(_PLEADS))

    @property
    def _is_asked_back(self) -> bool:
        """Whether a message of a channel is what helpers ask somebody who asked: "which quant is it?" Where the
        knowledge has just these words it must be surer.
        """
        last, known = self._heard.last, self._heard.known
        if self._message.where != "channel" or self._message.thread or last.has_any(_SHOWS):
            return False
        is_in_these_words = known is not None and known.score >= WORD_FOR_WORD
        share = self._parts.wants.asks_back(last.prose)
        return share >= (_SURELY_ASKED_BACK if is_in_these_words else _ASKED_BACK)

    @property
    def _sound(self) -> Sound | None:
        """How the author sounds, where that is known, and is no laughter about what everybody knows."""
        found = self._heard.impression
        if found is None or self._heard.last.has_any(("rhetorical", "laugh")):
            return None
        return Sound(found.troubled, self._heard.text_fault is not None, found.likely)

    @property
    def _says_nothing(self) -> bool:
        """Whether there is nothing to go by in the message: a plea, a complaint without a word of what fails."""
        last = self._heard.last
        return (self._topics.is_bare(last) and not self._heard.told.changed) or (
            last.has("plea") and self._topics.only_complains(last)
        )

    @property
    def _is_silent_picture(self) -> bool:
        return self._heard.last.has("picture") and not self._heard.last.prose.strip()

    @property
    def _calls_nobody(self) -> bool:
        """Whether few words ask for nothing: no plea, no trouble, or what is said of something else."""
        return not self._heard.last.has_any(("plea", "trouble")) or self._heard.last.has_any(_CONTENT)

    @property
    def _only_thanks(self) -> bool:
        """Whether whoever calls the bot only thanks it, asks who it is, or says nothing at all."""
        last = self._heard.last
        if last.has("who-is-it") or (_NO_WORD.fullmatch(self._message.text) and not self._message.attachments):
            return True
        is_said = last.has_any(("thanks", "solved", "pleased"))
        return is_said and not last.has_any(("asks", "complains", "trouble", "printed", "relapse"))

    @property
    def _opens_with_trouble(self) -> bool:
        """Whether a post of a help forum (it has a title) tells of trouble: there nobody has to ask; or pleads."""
        is_post = self._message.where == "forum" and bool(self._message.title)
        trouble = (
            self._heard.finding is not None or max(self._heard.post.scores[topic] for topic in TROUBLES) >= APPLIES
        )
        return ((is_post and trouble) or self._pleads_for_a_text) and not self._heard.last.has_any(_NO_REQUEST)

    @property
    def _pleads_for_a_text(self) -> bool:
        """Whether who opens a post tells a fault of a text and asks for help, laughing or not."""
        last, message = self._heard.last, self._message
        return last.has("plea") and last.has("text-fault") and message.where != "channel" and not message.thread

    @property
    def _tells_surely_of_trouble(self) -> bool:
        """Whether who opens a post tells of a trouble that is surely known, and names what has it: the figures beside
        it are no show.
        """
        last = self._heard.last
        if not (self._opens_with_what_is_recognised and last.has("benchmark")):
            return False
        return last.has_any((*CERTAINLY_OURS, *MACHINE)) and not (
            self._tells_besides("benchmark") or last.has("praise")
        )

    @property
    def _opens_with_a_text(self) -> bool:
        """Whether who opens a post tells, in a troubled voice and telling others nothing, what a model wrote: stories
        are told in the third person.
        """
        found, last = self._heard.impression, self._heard.last
        if found is None or self._heard.text_fault is None or self._message.where != "forum":
            return False
        is_troubled = found.likely >= _LIKE_A_TEXT and found.troubled >= _TROUBLED_BY_A_TEXT
        return is_troubled and not last.has_any(_TELLS)

    @property
    def _tells_what_they_use(self) -> bool:
        """Whether what sounds like advice ("I use the portable build") stands beside a trouble that is surely known."""
        last = self._heard.last
        if not (self._opens_with_what_is_recognised and last.has("advice") and last.has_any(FAILS)):
            return False
        return not self._tells_besides("advice")

    def _tells_besides(self, sign: str) -> bool:
        """Whether something is told others, or said of other things, besides what one sign stands for."""
        return self._heard.last.has_any(each for each in (*_NO_REQUEST, *_CONTENT) if each != sign)

    @property
    def _opens_with_complaint(self) -> bool:
        """Whether a post of a help forum says nothing but that something goes wrong, in whatever few words."""
        last = self._heard.last
        is_complaint = last.has("complains") and last.has_any((*FAILS, "t-slow"))
        return self._message.where == "forum" and is_complaint and not last.has_any((*_TELLS_BUT_THANKS, *_GRUMBLES))

    @property
    def _opens_with_failure(self) -> bool:
        complains = self._opens_with_a_text or self._opens_with_complaint
        return complains or self._shows_a_failure or self._tells_what_they_use

    @property
    def _shows_a_failure(self) -> bool:
        """Whether who opens a post in a help forum shows what a program prints when it fails, and tells others nothing:
        the words of the program ("please add your address") are not theirs.
        """
        is_shown = self._opens_with_what_is_recognised and self._recognised == "failure"
        return is_shown and not self._heard.last.has_any((*_NO_REQUEST, *_CONTENT))

    @property
    def _opens_with_what_is_recognised(self) -> bool:
        """Whether something that a post of a help forum tells is surely recognised."""
        found = self._heard.finding
        return found is not None and found.score >= TOLD_SURELY and self._message.where == "forum"

    @property
    def _opens_with_question(self) -> bool:
        """Whether the title of a post is what the knowledge surely answers: there a wish is enough."""
        is_post = self._message.where == "forum" and bool(self._message.title) and not self._message.thread
        return is_post and self._heard.is_known and not self._heard.last.has_any((*_NO_REQUEST, *_CONTENT))

    @property
    def _opens_with_request(self) -> bool:
        """Whether who opens a post speaks so surely of what is answered here that it needs no sign of a request, and
        tells others nothing.
        """
        is_post = self._message.where == "forum" and not self._heard.last.has_any(_TELLS)
        tells = any(map(self._parts.signs.is_telling, self._heard.last.signs))
        return is_post and not tells and self._heard.shares["other"] <= _HARDLY_OTHER

    @property
    def _opens_with_what_fits(self) -> bool:
        """Whether who opens a post asks what fits of a model or a machine that is named, or whether their speed is
        normal: neither greetings, thanks nor that figure make it less of a question.
        """
        last = self._heard.last
        is_of_speed = last.has("how-fast") and last.has("only-asks")
        is_of_fit = is_of_speed or last.has_any(FIT_ASKED)
        is_asked = last.has_any(("asks", "seeks")) and is_of_fit and last.scores["fit"] >= APPLIES
        is_named = last.has_any(("model", "size", "vram", *MACHINE))
        asks_of_speed = is_of_speed or last.has_any(("asks-why", "plea"))  # whoever does shows figures for that
        tells = _TELLS_BUT_A_SPEED if asks_of_speed else _TELLS_BUT_THANKS
        return self._message.where == "forum" and is_asked and is_named and not self._rather_tells(tells)

    def _rather_tells(self, signs: Sequence[str]) -> bool:
        """Whether something is told others rather than asked of them: few questions stand beside it."""
        last = self._heard.last
        is_titled = self._message.title.rstrip().endswith(("?", "？"))  # a question that the rest only explains
        return last.has_any(signs) and not is_titled and last.prose.count("?") < _MANY_QUESTIONS

    @property
    def _goes_on(self) -> bool:
        """Whether a further message of a thread adds to what was asked there, or asks more."""
        last = self._heard.last
        if self._heard.course == "goes on" and (self._heard.told.changed or self._is_back):
            return True
        if self._heard.course in OVER and not last.has_any(("relapse", "asks")):
            return False
        if self._message.where == "channel" and not last.has_any(_MORE_OF_IT):
            return False
        told = last.request.points.keys() - {"description", "steps"}
        return bool(told) or last.has_any(_ADDS) or self._heard.alone.is_recognised

    @property
    def _is_back(self) -> bool:
        """Whether what was recognised before is said to have come back."""
        return self._parts.turns.relapses(self._heard.last.prose) and self._heard.finding is not None

    @property
    def _recognised(self) -> str | None:
        """What kind of entry the message was recognised as."""
        if self._heard.finding is None:
            return None if self._heard.text_fault is None else "symptom"
        return "symptom" if self._heard.is_told else "failure"

    @property
    def _is_of_another_field(self) -> bool:
        """Whether it is about other things: by what it names, or because nothing of this field stands there."""
        post = self._heard.post
        if post.has_any(CERTAINLY_OURS):
            return False
        if post.has("elsewhere"):  # "to run models, and for games besides" asks of both
            asks_of_both = post.has_any(MACHINE) and post.scores["fit"] >= APPLIES
            is_told = (
                self._heard.finding is not None and self._heard.is_told
            )  # "it reboots with a model loaded, games are fine"
            return not (post.has("field") and (asks_of_both or is_told))
        if self._heard.is_printed or post.has_any(OURS):
            return False
        return post.has("foreign") or not self._may_be_ours

    @property
    def _may_be_ours(self) -> bool:
        """Whether what names nothing of this field may still be of it: who comes to a help forum tells of trouble."""
        post = self._heard.post
        if self._heard.finding is not None or post.has_any(("bare", "picture", "printed")):
            return True
        if ("fit" in self._topics.all and post.has_any(MACHINE)) or self._complains_of_a_text:
            return True
        return self._message.where != "channel" and (self._asks_of_ours or self._tells_of_ours)

    @property
    def _complains_of_a_text(self) -> bool:
        """Whether somebody tells of what a model wrote, plainly and as a trouble: that names nothing of this field
        ("she asks my name for the third time"), not even in a channel.
        """
        found = self._heard.impression
        if found is None or self._heard.text_fault is None or self._heard.last.has_any(NEVER_ASKS):
            return False
        return found.likely >= HEARD_PLAINLY and found.troubled >= TROUBLED

    @property
    def _tells_of_ours(self) -> bool:
        """Whether what is told is of this field by its trouble, its text, or what is to be bought."""
        is_of_text = self._heard.post.scores["quality"] >= _LIKELY or self._heard.text_fault is not None
        is_heard = self._heard.surely_tells or self._sounds_like_one_trouble
        return is_of_text or is_heard or self._heard.post.has_any((*TROUBLE_SIGNS, "buying"))

    @property
    def _sounds_like_one_trouble(self) -> bool:
        """Whether what is told is surely one of the known troubles, and told as one: "UI is completely white"."""
        found = self._heard.impression
        return found is not None and found.likely >= _SURELY_HEARD and found.troubled >= _RATHER_TROUBLED

    @property
    def _asks_of_ours(self) -> bool:
        """Whether a question is of this field by its machine, by what the model writes, or by a sure answer to it."""
        post = self._heard.post
        is_of_text = post.has("for-roleplay") and post.has("text")
        is_near = self._heard.known is not None and self._heard.known.sureness >= _PERHAPS_MEANT
        return post.has("asks") and (self._heard.is_known or is_near or is_of_text or post.has_any(MACHINE))
