"""What is read in a message and in what its author said before: facts, failure, question, and what it is about."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from msgspec import structs

from bot.base.languages import Language
from bot.clinic.corrections import corrected
from bot.clinic.course import Course, Saying, course_of
from bot.clinic.diagnosing import masked, reading_of
from bot.clinic.fit_matter import FitMatter
from bot.clinic.knowing import Known, known
from bot.clinic.measures import (
    ASKED_IN_OTHER_WORDS,
    ASKS,
    CERTAINLY_OURS,
    FAILS,
    HEARD_PLAINLY,
    HEARD_SURELY,
    KINDS,
    LONGEST_QUESTION,
    MACHINE,
    NEARER,
    NEVER_ASKS,
    OURS,
    SAID_TO_FAIL,
    SLOW,
    SURELY,
    SURELY_LIKE,
    TOLD_AT_ALL,
    TOLD_SURELY,
    TROUBLED,
    WORD_FOR_WORD,
)
from bot.clinic.message import Message
from bot.clinic.parts import Parts
from bot.clinic.reading import Candidate, Reading
from bot.clinic.subject import Seen, shares_of, words_of
from bot.clinic.told_facts import told_facts
from bot.diagnosis.reader import Impression
from bot.intake.pictures import is_panel, without_marks, without_note
from bot.intake.posts import APPLIES, PostReading
from bot.intake.questions import is_choice as asks_to_choose
from bot.intake.signs import PostTopic
from bot.intake.told import Request
from bot.intake.unread import without_unread
from bot.knowledge.told import TEXT

_BETWEEN = "\n\n\n"  # messages: what stands beside a log in one may belong to it, in another it does not
_ABOUT_SLOWNESS = ("too-slow", "speed-normal")  # frequent questions on what is slow
_COMPARED = ("compare:", "terms:")  # ids of things set side by side
_ASPECTS = ("loader:", "format:", "reads:")  # what a name's own data tells: no answer to "it does not load"
_PLAIN_ASPECT = 0.6  # and how surely it is asked for beside a trouble
_TERM = "term:"  # what a word means mends nothing
# Whoever asks nothing but what the knowledge surely answers gets it, as surely as this: where a word of this field
# stands there, where none does, and where nothing shows a question but that people put it in just such words.
_ASKED_OF_OURS, _ASKED_AT_ALL, _ASKED_IN_THESE_WORDS = 0.55, 0.72, 0.82
_SLOW_OF_IT = 0.9  # score of what is slow, and no model: "ollama is so slow" speaks of no download
# How sure an answer is: to a question, and to words that ask nothing.
_SURELY_MEANT, _MEANT_AS_TOLD = 0.75, 0.85
_SHORT_QUESTION = 60  # characters
_LOG = 12  # line ends from which on what is printed, with nobody's words beside it, is a log
# Signs of more than the words of a question.
_NO_QUESTION = ("printed", "thanks", "solved", "machine", "vram")
# Signs of what somebody tells others.
_TELLS = (
    *("solved", "advice", "answer-start", "third-person", "you", "praise", "pleased", "opinion", "settles", "confirms"),
    *("benchmark", "show-off", "explains", "story", "rant", "release", "sale", "reply"),
)
# Those of them that a plain question may show: a dog's head (狗头人) is no joke, a console's name no other field, and
# "update X" tells nobody to.
_NO_JOKE, _NO_ADVICE = ("laugh", "elsewhere"), ("advice", "answer-start", "you", "opinion", "reply")
_FIELD = "LLM"  # what is named where no program is
# Scores of a failure told in words: one of the author's own, and one that goes before a question.
_BROKEN, _SURELY_BROKEN = 0.6, 0.7
_LIKELY_TEXT = 0.35  # how likely a fault of a text is among all that is told, from which on it is meant
_SURELY_TEXT = 10.5  # and its likeness to one that was told
_PLAINLY_LIKE, _PLAINLY_TROUBLED = 20.0, 1.2  # the same of a program's fault, and how troubled that is told
_ASKS_OR_COMPLAINS = ("trouble", "my-trouble", "complains", "text-fault", "asks", "plea", "seeks")
_NAMES_TROUBLE = "t-"  # how the signs of a certain trouble begin
_FIT_ASKED_FOR = ("can-it", "how-much", "buying", "options")  # signs of what no trouble goes before
_HEARD_BEYOND_DOUBT = 0.95  # how likely a class is that nothing but word for word outweighs
# Words behind a printed line that is all that was sent: "No module named 'torch' 启动webui".
_CHINESE_BEHIND = re.compile(r"[ \t][\u3400-\u9fff]{2,12}[a-z]{0,12}[ \t]*$", re.IGNORECASE | re.MULTILINE)
_HAN_ALONE = re.compile(r"[\W\d]*[\u3400-\u9fff][\W\d\u3400-\u9fff]*")  # "[图片]": what a program put there
_STRETCHED = re.compile(r"(?<![\w/.:\\-])(?=[a-z]{4,16}(?![\w/.:\\-]))([a-z]*?)([a-vyz])\2{2,5}([a-z]*)")


def unstretched(text: str) -> str:
    """The text with words such as "sooo" and "helppp" as they are usually written; "aaaa" stays."""
    return _STRETCHED.sub(lambda found: "".join(found.groups()) if found[1] or found[3] else found[0], text)


def _without(signs: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(sign for sign in signs if sign not in others)


def _with_panels(text: str, files: Iterable[str]) -> str:
    """What somebody says, and the settings that pictures show: to show them is to tell them."""
    return "\n".join((text, *(without_note(file) for file in files if is_panel(file))))


def _own_text(title: str, text: str, files: Iterable[str]) -> str:
    """What one message says, title and shown settings included."""
    return "\n".join(filter(None, (title, _with_panels(unstretched(text), files))))


_CALM = -0.5  # how troubled talk of nothing that is wrong sounds at most
# How much nearer a question is, without a doubt or with one, than a symptom of which a word or two was recognised.
_NEARER, _MUCH_NEARER, _HALF_HEARD = 0.1, 0.25, 0.6


class Heard:
    """One message as it is read, in the light of what its author said before."""

    def __init__(self, message: Message, parts: Parts) -> None:
        self.message = message
        self.parts = parts
        own = _own_text(message.title, message.text, message.attachments)
        earlier = [_own_text(said.title, said.text, said.files) for said in message.thread if said.author == "asker"]
        self.own_files = self._masked_files(message.attachments)
        before = (file for said in message.thread if said.author == "asker" for file in said.files)
        self.files = (*self._masked_files(before), *self.own_files)
        self.told = corrected([masked(each, parts.telling) for each in (*earlier, own)], parts, self.files)
        self.own = self.told.texts[-1]
        self.text = _BETWEEN.join(self.told.told)

    def _masked_files(self, files: Iterable[str]) -> tuple[str, ...]:
        """The texts of files; none of a picture without a word but settings, nor of a dead link."""
        texts = (without_unread(without_note(file)) for file in files if not is_panel(file))
        return tuple(masked(text, self.parts.telling) for text in texts if text.strip())

    @cached_property
    def course(self) -> Course:
        """How the conversation goes on with this message."""
        shows_trouble = bool(self.own_files) and self.alone.is_recognised
        saying = Saying(
            self.last,
            self.own,
            goes_on=bool(self.message.thread),
            shows=bool(self.own_files),
            shows_trouble=shows_trouble,
            changes=self.told.changed,
        )
        return course_of(saying, self.parts.turns)

    @property
    def facts_told(self) -> Request:
        """What the author has told by now; a size stands for a model that has no name."""
        request, sizes = self.post.request, set(self.post.sizes)
        if len(sizes) != 1 or "model" in request.points:
            return request
        return structs.replace(request, points={**request.points, "model": f"{sizes.pop():g}B"})

    @cached_property
    def post(self) -> PostReading:
        """What the author has told by now."""
        return self.parts.posts.read(self.text, self.files)

    @cached_property
    def last(self) -> PostReading:
        """The message alone."""
        if (self.own, self.own_files) == (self.text, self.files):
            return self.post
        return self.parts.posts.read(self.own, self.own_files)

    @cached_property
    def diagnosed(self) -> Reading:
        whole = self._read((self.text, *self.files))
        if (newest := self._newest_trouble(whole)) is not None:
            return newest
        if whole.candidates or not self._only_adds_facts:
            return whole
        before = self._read(self.told.texts[:-1])  # words about the machine make no trouble another one
        return before if before.candidates else whole

    def _newest_trouble(self, whole: Reading) -> Reading | None:
        """What failed last, where that is another trouble than the one before: told by the last message alone, and no
        consequence of what stands above it. A symptom in words does not go before an error that was printed.
        """
        if not (self.message.thread and whole.candidates):
            return None
        alone = self.alone
        if not alone.candidates or self._class(alone) == self._class(whole):
            return None
        is_known_there = alone.candidates[0].id in {candidate.id for candidate in whole.candidates}
        is_weaker = self._is_symptom(alone) and not self._is_symptom(whole)
        return alone if is_known_there and not is_weaker else None

    @cached_property
    def alone(self) -> Reading:
        """What the last message tells by itself, with the facts of the conversation."""
        return self._read((self.own, *self.own_files))

    def _class(self, reading: Reading) -> str:
        return reading.candidates[0].failure_class

    def _is_symptom(self, reading: Reading) -> bool:
        return self.parts.failures_by_id[reading.candidates[0].id].kind == "symptom"

    def _read(self, texts: Sequence[str]) -> Reading:
        text = "\n".join(filter(None, (*texts, self._proper_name)))
        return reading_of(text, self.parts, None, told_facts(self.post), self.told.overrides)

    @property
    def _proper_name(self) -> str:
        """The program that the author calls by another name ("kobold", "ST"): entries ask for the proper one. Where
        none is named, that of which the author certainly speaks.
        """
        told = self.post.loaders or self.post.frontends
        if not told and not self.files and self._speaks_of_models:
            return f"\n\n{_FIELD}"
        is_said = len(told) != 1 or any(told[0].lower() in text.lower() for text in (self.text, *self.files))
        return "" if is_said else f"\n\n{told[0]}"

    @property
    def _speaks_of_models(self) -> bool:
        """Whether the author certainly speaks of a model, though of no program."""
        return self.post.has_any((*CERTAINLY_OURS, "for-roleplay", "text-fault")) or self.surely_tells

    @property
    def _only_adds_facts(self) -> bool:
        """Whether the last message of a conversation tells of the machine or the place, and of nothing else."""
        says_more = self.last.has_any(("printed", "trouble", "my-trouble", "asks", "complains"))
        return bool(self.message.thread) and not self.files and not says_more

    @cached_property
    def finding(self) -> Candidate | None:
        """What was recognised; told in words it counts where the message may be about it."""
        found = next(iter(self.diagnosed.candidates), None)
        if (
            found is None
            or self._only_names(found)
            or self._is_otherwise_meant(found)
            or self._only_weighs_speed(found)
        ):
            return None
        return found

    def _is_otherwise_meant(self, found: Candidate) -> bool:
        """Whether a failure was recognised in words that speak of something else."""
        post = self.post
        if found.id == SLOW and self._is_meant_beyond_doubt:
            return self._is_slow_of_something_else(found)
        if post.has_any(("printed", "command")):
            return False
        if post.has("wished-speed") and post.has_any(ASKS):
            return True
        if self._asks_how_many_it_serves:
            return found.score < TOLD_SURELY
        if self._is_asked_rather(found):
            return True
        return not self.is_certain(found) and self.subject_shares[self.topic_of(found)] < TOLD_AT_ALL

    def _is_asked_rather(self, found: Candidate) -> bool:
        """Whether something is asked rather than that this trouble is told."""
        return self._only_chooses(found) or self._is_known_rather(found) or self._is_meant_more_surely_than(found)

    def _only_chooses(self, found: Candidate) -> bool:
        """Whether it is only asked which of two to take, and a trouble of one of them is merely like that: "rocm or
        vulkan".
        """
        post = self.post
        is_choice = post.has("which-one") and asks_to_choose(post.prose)
        return found.told and is_choice and not post.has_any((*SAID_TO_FAIL, *FAILS, "printed"))

    def _is_slow_of_something_else(self, found: Candidate) -> bool:
        """Whether it is no model that is slow: "git clone is so slow"."""
        heard, score = self.impression, self.known.score if self.known is not None else 0.0
        is_heard = heard is not None and heard.like == found.failure_class and heard.likely >= HEARD_SURELY
        if is_heard and score < _SLOW_OF_IT:
            return False
        return not self.post.loaders or score >= _SLOW_OF_IT

    @property
    def _asks_how_many_it_serves(self) -> bool:
        """Whether it is asked how many a program serves at once, and how fast."""
        post = self.post
        return post.has("is-many-requests") and post.has("asks") and post.scores["fit"] >= APPLIES

    def is_certain(self, found: Candidate) -> bool:
        """Whether a failure that was recognised goes before all else: surely known, unless what fits is asked, or a
        question is more of the message than the trouble in it. Beside what sounds like the question of a way less is
        enough, where no way is known for sure, nothing asked, or the trouble is the author's own.
        """
        shares = self.subject_shares
        if self._asks_on or (shares["fit"] >= SURELY and not self._is_certainly_heard(found)):
            return False
        if found.score >= TOLD_SURELY or self._is_certainly_heard(found):
            return True
        is_alone = not self.is_known or not self.post.has_any(ASKS)
        least = _BROKEN if self.post.has("my-trouble") else _SURELY_BROKEN
        is_like_a_way = shares["howto"] == max(shares.values())
        return is_like_a_way and found.score >= least and (is_alone or self.post.has("my-trouble"))

    def _is_certainly_heard(self, found: Candidate) -> bool:
        """Whether what was recognised by likeness alone is as sure as that can be, told in a troubled voice, and not
        asked about: neither what a machine takes nor what to buy.
        """
        heard = self.impression
        if heard is None or not found.told or heard.like != found.failure_class or self.post.has_any(_FIT_ASKED_FOR):
            return False
        is_plain = heard.likely >= HEARD_SURELY and heard.troubled >= _PLAINLY_TROUBLED
        return is_plain or min(heard.likely, heard.troubled) >= _HEARD_BEYOND_DOUBT

    def _only_weighs_speed(self, found: Candidate) -> bool:
        """Whether what sounds slow is one of two models or machines that are weighed against each other."""
        if found.id != SLOW or self.post.has_any(("printed", "trouble")) or not self.post.has("asks"):
            return False
        return FitMatter(self.parts, self.post).weighs

    def _is_known_rather(self, found: Candidate) -> bool:
        """Whether what is told is put just as a question is, or nothing in it is said to fail, and it is only like what
        others told who had that trouble: "connect SillyTavern to ollama" tells of no refused connection.
        """
        answer, post = self.known, self.post
        if answer is None or post.has_any(("printed", "command")):
            return False
        if not answer.is_plain or found.score < _HALF_HEARD:
            return _is_nearer(answer, found)
        is_in_these_words, fails = answer.score >= WORD_FOR_WORD, post.has_any(SAID_TO_FAIL)
        if is_in_these_words and not fails:
            return True
        if found.score >= TOLD_SURELY or (found.told and self._is_heard_beyond_doubt(answer)):
            return False
        return is_in_these_words or not fails

    def _only_names(self, found: Candidate) -> bool:
        """Whether a short text is merely like what others told, and neither asks, complains nor sounds troubled itself:
        "LM Studio model alias".
        """
        post, heard = self.post, self.impression
        if not found.told or heard is None or not post.has("short") or post.has_any(_ASKS_OR_COMPLAINS):
            return False
        names_trouble = any(sign.startswith(_NAMES_TROUBLE) for sign in post.signs)
        return not names_trouble and heard.troubled < _PLAINLY_TROUBLED

    def _is_heard_beyond_doubt(self, answer: Known) -> bool:
        """Whether what was recognised is told in so many words, or in so troubled a voice, that an answer which is not
        meant word for word is not asked for.
        """
        heard = self.impression
        if heard is None or heard.likely < HEARD_SURELY:
            return False
        is_plain = heard.likely >= _HEARD_BEYOND_DOUBT and heard.troubled >= TROUBLED
        return heard.troubled >= _PLAINLY_TROUBLED or (is_plain and answer.score < WORD_FOR_WORD)

    def _is_meant_more_surely_than(self, found: Candidate) -> bool:
        """Whether a short text is more surely what the knowledge answers than like what others told of a failure."""
        answer, heard = self.known, self.impression
        if answer is None or not found.told or not self._is_meant_beyond_doubt or self._is_heard_beyond_doubt(answer):
            return False
        is_plain = heard is not None and heard.likely >= _HEARD_BEYOND_DOUBT
        return answer.score >= ASKED_IN_OTHER_WORDS and not is_plain

    @property
    def language(self) -> Language:
        """That of the author's own words; a log, or a short word of English in between, does not change it."""
        spoken = [self.last.language, *map(self.parts.reader.language_of, self.told.texts[-2::-1])]
        if not self.last.prose.strip() and _CHINESE_BEHIND.search(self.own):
            return "zh"
        if _HAN_ALONE.fullmatch(self.message.text):  # whatever the title is in
            return "zh"
        return next((language for language in spoken if language != "en"), "en")

    @cached_property
    def shares(self) -> Mapping[str, float]:
        """How likely the message is about each subject, by its words and by what was found in it."""
        return shares_of(self.seen)

    @property
    def seen(self) -> Seen:
        """What tells the subject of the message."""
        found = next(iter(self.diagnosed.candidates), None)
        alike = next(iter(self.diagnosed.nearest), None)
        heard = self.impression
        return Seen(
            words=words_of(self.post.prose, self.parts.subjects),
            post=self.post,
            known=self._known_alone,
            found=found,
            found_in_words=found is not None and (found.told or self._is_symptom(self.diagnosed)),
            found_of_text=found is not None and self.topic_of(found) == "quality",
            alike_of_text=None if alike is None else self.topic_of(alike) == "quality",
            heard=heard,
            heard_of_text=heard is not None and self._is_heard_of_text(heard),
        )

    def _is_heard_of_text(self, heard: Impression) -> bool:
        return heard.like.startswith(TEXT) or heard.like in self.parts.posts.quality_classes

    @cached_property
    def impression(self) -> Impression | None:
        """What the author's words are like; of a post with output nothing, but for what one line quotes."""
        if self.post.has("printed") and not self.is_one_line:
            return None
        return self.parts.diagnoser.impression(self.post.prose)

    @property
    def is_one_line(self) -> bool:
        """Whether all that was sent is one line of somebody's own words, whatever it quotes."""
        return not self.files and "\n" not in self.own.strip() and bool(self.post.prose.strip())

    @property
    def text_fault(self) -> str | None:
        """The first checks of that fault of a written text which the author's words are most like, if of one."""
        found = self.impression
        is_like = found is not None and found.likeness >= _SURELY_TEXT and found.likely >= _LIKELY_TEXT
        is_sure = found is not None and is_like and found.like.startswith(TEXT) and found.troubled > _CALM
        return found.like.removeprefix(TEXT) if found is not None and is_sure else None

    @property
    def surely_tells(self) -> bool:
        """Whether the author's words are so like what is told of written texts, or in so troubled a voice of programs,
        that they speak of this field.
        """
        found = self.impression
        if found is None or self.asks_what_is_known or found.likeness < SURELY_LIKE:
            return False
        if found.likely >= HEARD_PLAINLY and found.like in self.parts.posts.model_classes:
            return True
        is_of_text = self._is_heard_of_text(found) and found.troubled > _CALM
        return is_of_text or (found.likeness >= _PLAINLY_LIKE and found.troubled >= _PLAINLY_TROUBLED)

    @property
    def is_told(self) -> bool:
        """Whether what was recognised is a symptom told in words, not something printed."""
        found = self.finding
        return found is not None and (found.told or self._is_symptom(self.diagnosed))

    @property
    def is_in_words(self) -> bool:
        """Whether what was recognised stands in the author's own words: there are no lines of a log to show."""
        return self.is_told or not (self.post.has("printed") or self.post.has("command") or self.files)

    @property
    def is_printed(self) -> bool:
        return self.finding is not None and not self.is_told

    def topic_of(self, found: Candidate) -> PostTopic:
        return "quality" if found.failure_class in self.parts.posts.quality_classes else "failure"

    @cached_property
    def subject_shares(self) -> Mapping[PostTopic, float]:
        """How likely the message is about each topic, if about one at all; what is compared is answered by the
        knowledge where it compares just that, else computed.
        """
        shares, compared = self.shares, self._compared_topic
        if self.post.has("t-code"):  # what a program "keeps saying" is no style
            shares = {**shares, "failure": shares["failure"] + shares["quality"], "quality": 0.0}
        elif self._is_plainly_of_the_text:
            shares = {**shares, "quality": shares["failure"] + shares["quality"], "failure": 0.0}
        whole = 1 - shares["other"]
        return {
            topic: (shares[topic] + (shares["comparison"] if topic == compared else 0.0)) / whole for topic in KINDS
        }

    @property
    def _compared_topic(self) -> PostTopic:
        """Of which topic it is what is compared: the knowledge's, where that compares just this, else what fits."""
        post, scores = self.post, self.post.scores
        is_known = self.known is not None and self.known.id.startswith(_COMPARED)
        names_things = post.has_any((*MACHINE, "vram", "model", "size", "quant"))
        is_of_a_way = is_known or scores["howto"] > scores["fit"] or (self.is_known and not names_things)
        return "howto" if is_of_a_way and not post.has("two-quants") else "fit"

    @property
    def _is_plainly_of_the_text(self) -> bool:
        """Whether a fault of the text is told, and of the program at most what may be seen of a text, too."""
        found, post = next(iter(self.diagnosed.candidates), None), self.post
        if not post.has("text-fault") or post.scores["quality"] < APPLIES or post.has_any(("printed", "command")):
            return False
        return found is not None and found.score < TOLD_SURELY and self._is_symptom(self.diagnosed)

    @property
    def _asks_on(self) -> bool:
        """Whether a question, or a way, is more of the message than the trouble in it."""
        is_way = self.post.has_any(("how-to", "what-is")) and self.is_known
        return self.post.has("only-asks") or (is_way and not self.post.has("my-trouble"))

    @cached_property
    def asks_what_is_known(self) -> bool:
        """Whether the message opens a talk with nothing but a question that the knowledge surely answers."""
        answer = self.known
        if self.message.thread or answer is None or not answer.sure or len(self.own) > LONGEST_QUESTION:
            return False
        if self._is_asked_in_these_words(answer):
            return True
        return self._asks_for(answer) and not self._may_ask_something_else(answer)

    def _is_asked_in_these_words(self, answer: Known) -> bool:
        """Whether a post opens with the very words of a known question."""
        is_meant = self._is_meant_beyond_doubt and answer.score >= WORD_FOR_WORD
        return is_meant and self.message.where == "forum" and not self.last.has_any(_NO_QUESTION)

    def _may_ask_something_else(self, answer: Known) -> bool:
        """Whether the message is rather a joke, of another field, of trouble, or of what fits."""
        last = self.last
        is_plain = self._is_meant_beyond_doubt and last.has("asks")
        is_foreign = last.has("foreign") and answer.sureness < _SURELY_MEANT
        is_of_more = last.has_any(("printed", "machine", "vram", *FAILS)) and answer.score < ASKED_IN_OTHER_WORDS
        return is_foreign or is_of_more or last.has_any(_without(NEVER_ASKS, _NO_JOKE) if is_plain else NEVER_ASKS)

    def _asks_for(self, answer: Known) -> bool:
        """Whether a message asks, or its words are those of a question."""
        last = self.last
        if last.has("asks"):
            return self._is_asked_surely(answer)
        if last.has("plea") and answer.score < 1:
            return False  # "help, koboldcpp shows this" asks for no way
        if last.has_any((*MACHINE, "vram")) and answer.score < WORD_FOR_WORD:
            return False  # somebody tells of a machine
        is_post = self.message.where != "channel"  # of a channel much is said to somebody
        is_meant = answer.score >= _ASKED_IN_THESE_WORDS or (is_post and answer.is_plain)
        is_plain = is_post and self._is_meant_beyond_doubt
        return is_meant and not last.has_any(_without(_TELLS, _NO_ADVICE) if is_plain else _TELLS)

    def _is_asked_surely(self, answer: Known) -> bool:
        """Whether a question is near enough to its answer; in a channel, where helpers ask too, it must be nearer."""
        is_ours = self.last.has_any((*CERTAINLY_OURS, *OURS))
        surely = _SURELY_MEANT if self.message.where != "channel" else _MEANT_AS_TOLD
        return answer.score >= (_ASKED_OF_OURS if is_ours else _ASKED_AT_ALL) or answer.sureness >= surely

    @property
    def _is_meant_beyond_doubt(self) -> bool:
        """Whether a short text is so surely what the knowledge answers that signs of something else count less."""
        answer = self.known
        if answer is None or not answer.sure or answer.id in _ABOUT_SLOWNESS:
            return False
        return answer.is_plain and len(self.own) <= _SHORT_QUESTION

    @cached_property
    def known(self) -> Known | None:
        """The answer of the knowledge to what is asked: by the message, or by that which it corrects."""
        corrects = (self.told.changed or self._only_adds_facts) and not self.last.has("asks")
        found = known(without_marks(self.told.texts[0]), self.parts) if corrects else self._known_alone
        if found is None or self._is_mere_term(found):
            return None
        return self._known_beside_trouble(found) if self.post.has("trouble") else found

    def _known_beside_trouble(self, found: Known) -> Known | None:
        """What the knowledge says of a way, or of a word, where trouble is told: less, and less surely."""
        fails = self.post.has_any(FAILS)
        if found.id.startswith(_TERM) and found.score < 1 and not self.post.has_any(("what-is", "how-to")):
            return None
        is_plain = self._asks_anything and not fails and found.score >= _PLAIN_ASPECT
        if found.id.startswith(_ASPECTS) and not is_plain:
            return None
        # What stands there of a way may be all that they have in common.
        return replace(found, sure=False) if fails and found.score < ASKED_IN_OTHER_WORDS else found

    @cached_property
    def _known_alone(self) -> Known | None:
        """What the knowledge says to the words of the message, whatever else is told; a log alone asks nothing."""
        if self.own.count("\n") >= _LOG and self.last.has("printed") and not self.last.prose.strip():
            return None
        return known(without_marks(self.own), self.parts)

    def _is_mere_term(self, found: Known) -> bool:
        """Whether it is only what a word means that stands in a question of what fits."""
        is_of_fit = self.post.scores["fit"] >= APPLIES and self.post.has_any(("model", *MACHINE))
        return is_of_fit and found.id.startswith(_TERM) and not self.post.has("what-is")

    @property
    def _asks_anything(self) -> bool:
        return self.post.has_any(("asks", "seeks", "how-to"))

    @property
    def surely_known(self) -> Known | None:
        """The answer of the knowledge that is meant for sure, and near enough to stand beside other answers."""
        answer = self.known
        return answer if answer is not None and answer.sure and answer.score >= NEARER else None

    @property
    def is_known(self) -> bool:
        """Whether the knowledge surely answers what is asked."""
        return self.known is not None and self.known.sure


def _is_nearer(answer: Known, found: Candidate) -> bool:
    """Whether a question that is known is nearer than a symptom that was recognised."""
    return answer.sure and answer.score - found.score >= (_NEARER if answer.is_plain else _MUCH_NEARER)
