"""The topics of a message, in the order in which they are answered."""

import re
from collections.abc import Sequence
from functools import cached_property

from bot.answers.settings_of import settings_answer
from bot.clinic.asides import COMPUTED_INSTEAD
from bot.clinic.heard import Heard
from bot.clinic.knowing import Known
from bot.clinic.measures import (
    ASKED_IN_OTHER_WORDS,
    ASKS,
    BEYOND_DOUBT,
    CERTAINLY_OURS,
    COMPUTED,
    FAILS,
    FIT_ASKED,
    KINDS,
    MACHINE,
    NEAR,
    SAID_TO_FAIL,
    SURELY,
    TOLD_AT_ALL,
    TROUBLES,
    UNSURE,
    WORD_FOR_WORD,
)
from bot.clinic.message import Part
from bot.intake.posts import APPLIES, PostReading
from bot.intake.signs import PostTopic
from bot.knowledge.first_aid import FirstAid, first_aid_for
from bot.knowledge.samplers import Judged

# Shares from which on a topic is answered beside the likeliest: alone, and where the rules prove it.
_BESIDE, _PERHAPS_BESIDE = 0.3, 0.1
_WORTH_OF_A_GUESS = -0.1  # of a way that may not be the one meant: less than what is computed
_IN_ITS_WORDS = 0.9  # score of a question that is asked nearly as the knowledge has it
_MEANT_FOR_IT = 0.6  # how sure first checks are that are meant for just such a text
# Signs by which a complaint says more than that something is wrong.
_SAYS_MORE = (
    *("printed", "picture", "command", "form", "link", "machine", "options", "model", "text-fault", "text-odd", "wish"),
    *("quant", "size", "vram", "ram", "t-code"),
    *("t-load", "t-crash", "t-slow", "t-card", "t-connection", "t-download"),
    *("t-knows", "t-character", "t-style", "t-pace", "t-mould", "t-language", "t-refuses", "t-itself", "t-group"),
)
# Signs that it may be asked what fits: of what is asked for, of what would be computed with, of what a model is for.
_FIT_NAMED = (
    *(*FIT_ASKED, *MACHINE, "how-fast", "wished-speed", "about-fit", "vram", "model", "size", "quant"),
    *("for-roleplay", "for-coding"),
)
_SETTINGS = "settings-of"  # the sign that a model's sampler settings are asked for
_CONTEXT_COST = "context-cost"  # the sign that it is asked what a context takes
# What tells formats apart: beside a machine it is asked before what runs on it.
_FORMAT_ANSWERS = ("format-which",)
_ASKS = "asks"  # the sign of a question
_COMPARES = "compare:"  # how ids of answers begin that put two things side by side
_LONE_LINK = re.compile(r"<?https?://\S+")


class Topics:
    """What one message is about."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._message = heard.message
        self._parts = heard.parts

    @property
    def _is_told_to_compute(self) -> bool:
        """Whether what fits is asked of a named model or of a machine: figures of theirs are the answer."""
        post = self._heard.post
        asks_of_fit = post.has_any((*FIT_ASKED, "how-fast"))
        is_of_machine = post.has_any(("vram", *MACHINE)) and (bool(post.sizes) or post.has("which-model"))
        is_of_fit = asks_of_fit and post.scores["fit"] >= APPLIES and not post.has("wants-way")
        return is_of_fit and (is_of_machine or bool(post.models))

    @property
    def _tells_formats_apart(self) -> bool:
        """Whether it is asked which format to take, of those that the knowledge tells apart."""
        answer = self._heard.surely_known
        if answer is None:
            return False
        compares = answer.id.startswith(_COMPARES) and self._heard.post.has("formats")
        return compares or answer.id in _FORMAT_ANSWERS

    @cached_property
    def all(self) -> tuple[PostTopic, ...]:
        """What the message is about, the likeliest first; what was printed comes before all else."""
        if self._says_no_topic:
            return ()
        if self._asks_word_for_word or self.values_asked:
            return ("howto",)
        about = dict.fromkeys(self._likely)
        if self._certain is not None:
            about[self._certain] = None
        return tuple(sorted(about, key=self._rank))

    @property
    def _likely(self) -> Sequence[PostTopic]:
        """The likeliest topic, and those that are answered beside it."""
        shares = self._heard.subject_shares
        kinds = [topic for topic in KINDS if topic != "fit" or self._tells_of_fit]
        if self._asks_to_train:
            kinds.remove("howto")
        likeliest = max(kinds, key=lambda topic: shares[topic])
        return [topic for topic in kinds if topic == likeliest or self._is_beside(topic)]

    @property
    def _tells_of_fit(self) -> bool:
        """Whether a sign says that what fits may be asked; by its words alone any choice is like it ("which TTS")."""
        post = self._heard.post
        return post.scores["fit"] > 0 or post.has_any(_FIT_NAMED) or not post.has("short")

    @property
    def _only_tells_a_machine(self) -> bool:
        """Whether a short text names a machine, and asks and complains of nothing that is surely known."""
        post, answer = self._heard.post, self._heard.known
        is_bare = post.has_any(("machine", "without-card")) and post.has("quiet") and post.has("short")
        is_known = answer is not None and (answer.is_plain if post.has("without-card") else answer.sure)
        return is_bare and not is_known and not post.has_any(SAID_TO_FAIL)

    @property
    def _asks_for_models_besides(self) -> bool:
        """Whether it is asked which models run on a machine that is told, whatever else is asked or complained of."""
        post = self._heard.post
        is_asked = post.has("which-model") and post.has_any(("machine", "vram")) and post.has(_ASKS)
        return is_asked and post.scores["fit"] >= APPLIES and not post.has("printed")

    @property
    def _is_of_fit_besides(self) -> bool:
        """Whether what fits is asked, however likelier something else is: a speed is wished for, models are sought."""
        wishes_speed = self._heard.post.has("wished-speed") and self._heard.post.has_any(ASKS)
        return wishes_speed or self._only_tells_a_machine or self._asks_for_models_besides or self._weighs_programs

    @property
    def _weighs_programs(self) -> bool:
        """Whether the speed of two programs is asked about, for a model on a machine that are told."""
        post = self._heard.post
        is_told = post.has("two-loaders") and post.has("machine") and post.has_any(("model", "size"))
        is_asked = post.has(_ASKS) and post.has_any(("about-speed", "how-fast", "which-one"))
        return is_told and is_asked and not post.has_any(("printed", "trouble", "my-trouble", "t-crash"))

    def _is_beside(self, topic: PostTopic) -> bool:
        """Whether a topic is answered beside the likeliest: it is likely, or the rules prove it and it may be."""
        if topic == "fit" and self._is_of_fit_besides:
            return True
        share = self._heard.subject_shares[topic]
        is_proven = self._heard.post.scores[topic] >= APPLIES or (topic == "howto" and self.is_asked_of_this)
        return share >= _BESIDE or (share >= _PERHAPS_BESIDE and is_proven)

    @property
    def is_asked_of_this(self) -> bool:
        """Whether the knowledge answers a question, where no model is named with which more could be computed."""
        answer = self._heard.known if self._heard.is_known and self._heard.post.has("asks") else None
        return (
            answer is not None and answer.id not in COMPUTED_INSTEAD and not self._heard.post.has_any(("model", "size"))
        )

    @property
    def _says_no_topic(self) -> bool:
        """Whether nothing is told that any topic could be of."""
        is_mere_word = self.is_bare(self._heard.post) or self.only_complains(self._heard.post)
        is_mere_link = self.is_lone_link and self.has_title_with(("bare",))
        return is_mere_word or self._is_picture_alone or is_mere_link

    @property
    def _asks_word_for_word(self) -> bool:
        """Whether the whole message is a question as the knowledge has it, of which nothing is said to fail."""
        answer, post = self._heard.known if self._heard.asks_what_is_known else None, self._heard.post
        if answer is None or self._is_rather_computed(answer) or post.has_any(FAILS):
            return False
        complains = self._heard.finding is not None and not post.has("asks")
        is_plain = answer.sureness >= BEYOND_DOUBT and post.has("only-asks") and not self._is_of_something_computed
        return is_plain or answer.score >= (1.0 if complains else WORD_FOR_WORD)

    def _is_rather_computed(self, answer: Known) -> bool:
        """Whether figures say more than what the knowledge has to a question."""
        post = self._heard.post
        is_computed = (answer.id in COMPUTED_INSTEAD or post.has(_CONTEXT_COST)) and not post.has("what-is")
        return is_computed or (self._is_told_to_compute and not self._is_of_a_family(answer))

    @property
    def _is_of_something_computed(self) -> bool:
        """Whether models are asked for, or quantizations weighed, or a text is complained of."""
        shares, post = self._heard.subject_shares, self._heard.post
        asks_for_models = shares["fit"] >= SURELY and post.has_any(("can-it", "which-model"))
        return asks_for_models or shares["quality"] >= SURELY or post.has("two-quants")

    def _is_of_a_family(self, answer: Known) -> bool:
        """Whether a question as the knowledge has it names a family of models, and nothing to compute with."""
        return answer.score >= WORD_FOR_WORD and not self._heard.post.has_any(("size", "vram", *MACHINE))

    def is_bare(self, post: PostReading) -> bool:
        """Whether a message says nothing to go by: neither what it is about, nor a word that the knowledge explains."""
        asks = (post.has("asks") or post.has("what-is")) and not post.has("plea")
        is_told = self._asks_what_runs(post) or (post is self._heard.post and self._heard.finding is not None)
        return (
            post.has("bare")
            and not is_told
            and not (asks and self._heard.is_known)
            and not self._heard.asks_what_is_known
        )

    def _asks_what_runs(self, post: PostReading) -> bool:
        """Whether a post of its own asks what can be run at all."""
        return post.has("can-it") and not self._message.thread and self._message.where != "channel"

    def only_complains(self, post: PostReading) -> bool:
        """Whether a short message says of a program that something is wrong, and nothing more."""
        only_asks = post.has("asks") and not (post.has("plea") or post.has("trouble"))
        says_more = self._is_answered(post) or only_asks or bool(self._heard.files) or post.has_any(_SAYS_MORE)
        return post.has("short") and not says_more and self._parts.diagnoser.tells_nothing(post.prose)

    def _is_answered(self, post: PostReading) -> bool:
        """Whether a failure was recognised, or the knowledge answers what is asked."""
        is_known = self._heard.asks_what_is_known or (self._heard.is_known and post.has_any(ASKS))
        return self._heard.finding is not None or is_known

    @property
    def is_lone_link(self) -> bool:
        """Whether a post in a help forum is a link that nobody here has opened, and nothing else but its title."""
        message = self._message
        is_post = message.where != "channel" and not message.thread and not self._heard.files
        return is_post and _LONE_LINK.fullmatch(message.text.strip()) is not None

    def has_title_with(self, signs: Sequence[str]) -> bool:
        """Whether a post has no title, or one with one of these signs."""
        title = self._message.title
        return not title or self._parts.posts.read(title).has_any(signs)

    @property
    def _is_picture_alone(self) -> bool:
        """Whether there is nothing but a picture that nobody here can read, and a plea."""
        post = self._heard.post
        is_named = post.has_any(("printed", "command", *CERTAINLY_OURS, *MACHINE))
        return post.has("picture") and not is_named and self._parts.reader.cues.is_only_plea(post.prose)

    def _rank(self, topic: PostTopic) -> tuple[bool, float]:
        """Where a topic stands among the answers: what failed for sure first, then by how likely the message is about
        it and how sure its answer is.
        """
        return (topic != self._certain, -self._heard.subject_shares[topic] * (1 + self._worth(topic)))

    @property
    def _certain(self) -> PostTopic | None:
        """What goes before all else: a certain trouble, a format to take, a way where that is all that is asked."""
        if self._certain_trouble is not None:
            return self._certain_trouble
        if self._asks_to_train or (self._only_tells_a_machine and self._heard.post.has("without-card")):
            return "fit"
        is_way = self._tells_formats_apart or self._only_asks_how or self._asks_for_settings
        return "howto" if is_way or self._only_asks_why else None

    @property
    def _only_asks_why(self) -> bool:
        """Whether a reason or a difference is all that is asked, which the knowledge tells, and neither a machine to
        compute with is told nor what fits is asked.
        """
        post, answer = self._heard.post, self._heard.known
        if answer is None or not self._heard.is_known or not post.has("only-asks"):
            return False
        shares = self._heard.subject_shares
        is_trouble = max(shares[topic] for topic in TROUBLES) >= SURELY
        is_asked = post.has("asks-why") or answer.score >= _IN_ITS_WORDS
        other = (*MACHINE, *FIT_ASKED, *FAILS, "vram", "how-fast", _CONTEXT_COST)
        return is_asked and not is_trouble and not post.has_any(other)

    @property
    def _asks_to_train(self) -> bool:
        """Whether it is asked what trains on a machine that is told."""
        post = self._heard.post
        is_computed = post.has_any(("machine", "vram", "options", "size"))
        return post.has("trains") and is_computed and post.scores["fit"] >= APPLIES

    @property
    def _asks_for_settings(self) -> bool:
        """Whether a model's settings are asked for, and no machine told on which they would have to fit."""
        return self.settings is not None and not self._heard.post.has_any(("machine", "vram"))

    @property
    def _only_asks_how(self) -> bool:
        """Whether nothing but a way is asked, which the knowledge surely tells."""
        post, answer = self._heard.post, self._heard.known
        is_asked = post.has("how-to") and post.has("only-asks")
        if not is_asked or answer is None or self._is_way_of_something_else or self._is_rather_computed(answer):
            return False
        is_meant = self._heard.is_known or self._is_near_a_way
        return is_meant and (self._heard.subject_shares["howto"] >= TOLD_AT_ALL or self._is_plainly_a_way)

    @property
    def _is_near_a_way(self) -> bool:
        """Whether the knowledge is near what is asked; near beside a trouble is of something else."""
        post, answer = self._heard.post, self._heard.known
        is_near = answer is not None and answer.score >= NEAR and post.scores["fit"] < APPLIES
        return is_near and not post.has_any(SAID_TO_FAIL)

    @property
    def _is_way_of_something_else(self) -> bool:
        """Whether a fault of the text is told, and the knowledge has a way that is asked for in far other words: "the
        replies are always short, how do I set that".
        """
        answer = self._heard.known
        is_of_text = self._heard.post.has("text-fault") or self._heard.text_fault is not None
        return answer is not None and is_of_text and answer.score < ASKED_IN_OTHER_WORDS

    @property
    def _is_plainly_a_way(self) -> bool:
        """Whether the knowledge answers without a doubt, and nothing is named with which more could be computed."""
        names_models = self._heard.post.has_any(("model", "size", "can-it", "which-model"))
        return self._heard.known is not None and self._heard.known.is_plain and not names_models

    @property
    def _certain_trouble(self) -> PostTopic | None:
        """The trouble that goes before all else: one that was printed, or is surely known, or of which something is
        said to fail where no way is known.
        """
        found = self._heard.finding
        if self._heard.is_printed or self._heard.post.has("printed"):
            return "failure"
        if found is not None:
            return self._heard.topic_of(found) if self._heard.is_certain(found) else None
        shares = self._heard.subject_shares
        fails = (
            self._heard.post.has_any(FAILS)
            and self._heard.post.scores["failure"] >= APPLIES
            and not self._heard.is_known
        )
        return "failure" if fails and shares["howto"] == max(shares.values()) else None

    def _worth(self, topic: PostTopic) -> float:
        """How sure the answer to a topic is, up to 1."""
        if topic == "fit":
            return COMPUTED
        if topic == "howto":
            answer = self._heard.known if self._heard.is_known and not self._is_way_of_something_else else None
            return answer.sureness if answer is not None else _WORTH_OF_A_GUESS
        found = self._heard.finding
        if found is not None and self._heard.topic_of(found) == topic:
            return found.score
        return _MEANT_FOR_IT if topic == "quality" and self._has_checks_for_it else UNSURE

    @property
    def _has_checks_for_it(self) -> bool:
        """Whether there are first checks for just such a text."""
        aid = self.aid("quality")
        return aid is not None and bool(aid.signs)

    @property
    def settings(self) -> Part | None:
        """The sampler settings of the one model that they are asked for."""
        named = [model for model in self._heard.post.models if model.base]
        if not self._heard.post.has(_SETTINGS) or len(named) != 1:
            return None
        base = named[0].base or ""
        answer = settings_answer(base, named[0].told or base, self._parts.samplers)
        return Part("howto", "settings", answer.title, COMPUTED, answer)

    @cached_property
    def values_asked(self) -> tuple[Judged, ...]:
        """The values of settings of which nothing is told but asked whether they are right: "rep pen 1.3 ok?"."""
        post = self._heard.post
        other = (*MACHINE, *FAILS, "printed", "what-is", "text-fault")
        is_asked = post.has("sampler") and post.has("only-asks") and not post.has_any(other)
        settings = post.request.points.get("sampler_settings", "") if is_asked else ""
        return self._parts.samplers.compared(settings, post.request.points.get("model"))

    def aid(self, topic: PostTopic) -> FirstAid | None:
        alike = self._heard.text_fault if topic == "quality" else None
        likely = heard.likely if (heard := self._heard.impression) is not None else 0.0
        return first_aid_for(topic, self._heard.post.signs, self._parts.first_aid, alike, likely)
