"""The answers to the topics of a message, and what is asked after them."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from bot.answers.blocks import Answer, Step, Steps
from bot.answers.diagnosis import GO_BACK
from bot.answers.follow_up import first_steps
from bot.answers.judged import harmful_choices, verdicts_answer, with_judged
from bot.answers.reply import without_evidence
from bot.answers.told import without_told
from bot.answers.unknown import first_aid_answer, gone_back, looked_at, ready_post, unknown_answer
from bot.base.languages import Text
from bot.clinic.asides import COMPUTED_INSTEAD
from bot.clinic.fit_part import FitPart
from bot.clinic.fit_replies import FitReplies
from bot.clinic.heard import Heard
from bot.clinic.knowing import Known, known
from bot.clinic.measures import (
    ASKED_IN_OTHER_WORDS,
    ASKS,
    COMPUTED,
    COMPUTES,
    FAILS,
    FIT_ASKED,
    HEARD_BY_BOTH,
    HEARD_SURELY,
    KINDS,
    LONGEST_QUESTION,
    NEAR,
    NEARER,
    OWN_TROUBLE,
    SAID_TO_FAIL,
    SLOW,
    SURELY,
    SURELY_LIKE,
    TOLD_SURELY,
    TROUBLED,
    TROUBLES,
    UNSURE,
    WORD_FOR_WORD,
)
from bot.clinic.message import Kind, Part
from bot.clinic.reading import Candidate
from bot.clinic.topics import Topics
from bot.clinic.wishes import USE_SIGNS
from bot.intake.signs import PostTopic
from bot.intake.template import Point, PointId
from bot.knowledge.first_aid import FirstAid
from bot.models.quant_names import cache_type_in

_MOST_NEAR = 2  # failures that are named as worth a look
_MOST_BESIDE_ALL = 3  # and beside checks for anything
_LEAST_OF_OTHER = 0.1  # how likely one of the other topic is, to be named beside checks for anything
_MOST_ASKED = 1  # points after an answer
_GENERAL = (SLOW, "quants")  # ids of what is said to everybody for whom it is slow
_TRAINING = "training"  # id of what training takes
_REASONS = ("plan", "table")  # ids of what is computed that may tell why
# What would change an answer, by its id or else its kind; and what is asked where nothing is known at all.
_CHANGES: Mapping[str, tuple[PointId, ...]] = {"unknown": ("loader",)}
_CHANGES_BY_KIND: Mapping[Kind, tuple[PointId, ...]] = {"quality": ("model",)}
_ASKED_FIRST: tuple[PointId, ...] = ("loader", "model", "log", "description")
_FEW_WORDS = 3  # of an error: "CUDA error" says no more than the words around it
_NEAR_UNSURE = 0.65  # score of a frequent question that is a guess, and still says more than first checks do
_ASKED_BESIDE = 0.84  # score of what a piece of a long post asks, beside what was computed
# Signs that more is asked of a machine than what it runs is an answer to; ids of answers that say no more.
_OF_FIT = (
    *(*FIT_ASKED, *USE_SIGNS, "how-fast", "wished-speed", "two-quants", "which-quant", "worth", "trains", "joining"),
    *("budget", "adds-cards", "more-ram", "new-processor", "model", "size", "context-cost", "layers"),
)
_BARE = ("table", "ladder")
_OF_TROUBLE: tuple[Kind, ...] = ("diagnosis", "quality")
# That something is to be bought, which is only guessed where an errand is heard in other words: "rocm or vulkan?".
_BUYING, _GUESSED = "buying", "errand"
_OF_FIT_BUT_BUYING = tuple(sign for sign in _OF_FIT if sign != _BUYING)
_FOR_ANYBODY = "ladder"  # id of what the usual cards run
_FOR_EVERYBODY = (_FOR_ANYBODY, "quants")  # ids of what is said without anything that was computed for the asker
_ALL_THAT_RUNS = "table"  # id of what a machine runs
_ASKED_RATHER = 0.8  # score of a question that is asked rather than what a machine runs
_SEEKS_MODELS = ("which-model", "best-size")
# What is said of fit to anybody, or of a model whatever the machine; signs that just that is asked for.
_TO_ANYBODY = (*_FOR_EVERYBODY, "needs")
_FIGURES_ASKED = ("can-it", "which-model", "how-much", "buying", "loader-choice")
# Questions of what fits, or whether to run it at all, that ask for a rule, not for a table of cards.
_RULES = ("fits-in-vram-which", "more-ram-faster", "is-it-for-me")
_PERHAPS_OF_IT = 0.03  # share of a topic from which on a message may tell of what fails there
# How likely a failure is that is named before first checks of its subject, before those of a written text, and how
# likely one of another subject.
_SURER_THAN_CHECKS, _SURER_THAN_ANY, _SURER_OF_ELSE = 0.3, 0.5, 0.4
_HALVES = re.compile(r"[,，?？]\s*(?:and\s)?|\sand\s(?=what|how|which|where)|和(?=设|该|怎么)", re.IGNORECASE)
_SHORTEST_HALF = 4  # characters of the second of two questions


class Answering:
    """What is answered to one message."""

    def __init__(self, heard: Heard, topics: Topics) -> None:
        self._heard = heard
        self._topics = topics
        self._message = heard.message
        self._parts = heard.parts

    def _is_heard_as(self, found: Candidate | None) -> bool:
        """Whether the author's words are as a whole most like the very class of a symptom that was recognised in some
        of them: two readers agree.
        """
        heard = self._heard.impression
        if heard is None or found is None or heard.like != found.failure_class or not self._heard.is_told:
            return False
        if heard.likely >= (HEARD_SURELY if found.told else HEARD_BY_BOTH):
            return True
        is_troubled = heard.troubled >= TROUBLED and heard.likeness >= SURELY_LIKE
        return is_troubled and not self._heard.post.has("only-asks")

    def parts_said(self) -> Sequence[Part]:
        """The answers, with what was computed beside them: in front where nothing else is known and it explains it."""
        said: Sequence[Part] = list(self._topics_said())
        if (since := self._since_update) is not None:
            return [since, *(part for part in said if part.id not in COMPUTES)]
        if (limited := self._limited) is not None:
            return [limited, *(part for part in said if part.kind not in _OF_TROUBLE)]
        said = self._with_programs_first(self._with_computed(said))
        meant = self._without_bare(self._without_near(self._without_quoted(self._known_for_general(said))))
        return self._without_guess(self._with_reason_first(meant))

    def _with_computed(self, said: Sequence[Part]) -> Sequence[Part]:
        """The answers with what is computed of a trouble, or of a context, beside them."""
        computed = self._computed if said and not any(part.id in COMPUTES for part in said) else None
        computed = computed or self._computed_beside(said)
        if computed is None:
            return said
        return [computed, *said] if self._is_reason(computed.answer) else [*said, computed]

    def _known_for_general(self, said: Sequence[Part]) -> Sequence[Part]:
        """The answers, or what is surely known in their place, where all that they say of fit is said to anybody and no
        figure was asked for: "jailbreaks do not work on my 70b", "should I go exl2".
        """
        known = self._heard.known
        is_general = bool(said) and all(part.id in _TO_ANYBODY for part in said)
        if known is None or not known.sure or not is_general or self._heard.post.has_any(_FIGURES_ASKED):
            return said
        is_weighed = said[0].id == "quants" and known.score < WORD_FOR_WORD
        if is_weighed or known.id in COMPUTED_INSTEAD:
            return said
        return [known.part()]

    def _without_bare(self, said: Sequence[Part]) -> Sequence[Part]:
        """The answers without what a machine runs, where it is only told beside a question that the knowledge answers:
        "85 degrees on my 3090, is that bad?".
        """
        known, post = self._heard.known, self._heard.post
        if known is None or not known.sure:
            return said
        asks, bare = (_OF_FIT_BUT_BUYING, (_BUYING,)) if post.has(_GUESSED) else (_OF_FIT, _BARE)
        names_what = post.has_any((_GUESSED, "loader"))
        is_answered = any(part.kind == "howto" or (names_what and part.id == known.id) for part in said)
        return [part for part in said if part.id not in bare] if is_answered and not post.has_any(asks) else said

    def _with_programs_first(self, said: Sequence[Part]) -> Sequence[Part]:
        """The answers, where two programs are set side by side for a model on a machine: what was computed of both goes
        first, and what is said of them in general, or of a trouble that nobody has, is left out.
        """
        computed = next((part for part in said if part.id == "plan"), None)
        if computed is None or self._heard.is_printed:
            return said
        if self._fit.matter.asks_if_normal:  # what is normal in general says less
            return [computed]
        return [replace(computed, kind="fit"), *filter(_is_no_general, said)] if self._fit.matter.between else said

    def _without_near(self, said: Sequence[Part]) -> Sequence[Part]:
        """The answers without those that are only near a post that asks whether a model can be trained."""
        if not any(part.id == _TRAINING for part in said):
            return said
        return [part for part in said if part.id == _TRAINING or part.score >= _ASKED_BESIDE or part.kind == "fit"]

    @property
    def _since_update(self) -> Part | None:
        """What the speeds before and after an update say of where the model lies since then."""
        if self._heard.diagnosed.facts.worked_before is None or self._heard.post.has("printed"):
            return None
        return _computed_as("diagnosis", self._fit.since_update())

    @property
    def _limited(self) -> Part | None:
        """That the told card cannot do what is told not to work on it, where the author's words are all there is."""
        known, post = self._heard.surely_known, self._heard.post
        is_known = known is not None and known.is_plain  # a cure for just that on such a card
        if "failure" not in self._topics.all or not self._heard.is_in_words or post.has("printed") or is_known:
            return None
        return _computed_as("diagnosis", self._fit.limited())

    def _without_quoted(self, said: Sequence[Part]) -> Sequence[Part]:
        """The answers without "not known" to words that a question of one line quotes, where what it asks is computed:
        "LM Studio says 'likely too large' for it, can I still run it?".
        """
        is_one_line = not self._heard.own_files and "\n" not in self._heard.own.strip()
        is_asked = self._heard.post.has("can-it") and any(part.id in COMPUTES for part in said)
        return [part for part in said if part.id != "unknown"] if is_one_line and is_asked else said

    def _without_guess(self, said: Sequence[Part]) -> Sequence[Part]:
        """The answers without first checks that nothing in the post points to, where what was asked is computed, or
        what is told of the machine is reason enough.
        """
        surer = [part for part in said if not part.is_guess]
        if len(surer) == len(said) or not any(part.id in COMPUTES for part in surer):
            return said
        if self._heard.subject_shares["fit"] >= SURELY or self._is_untroubled:
            return surer
        return [replace(surer[0], kind=said[0].kind), *surer[1:]] if self._is_explained else said

    @property
    def _is_untroubled(self) -> bool:
        """Whether a machine is told, and nothing that is wrong with anything."""
        post = self._heard.post
        return post.has("machine") and not post.has_any((*SAID_TO_FAIL, *FAILS, "printed", "text-odd"))

    def _is_reason(self, plan: Answer) -> bool:
        """Whether a plan tells why it goes wrong: nothing else is known, or only in words, and it does not fit."""
        is_in_words = self._heard.finding is None or (self._heard.is_told and self._heard.finding.score < TOLD_SURELY)
        return is_in_words and (plan.tone == "bad" or self._fit.trouble.is_over_full)

    @property
    def _is_explained(self) -> bool:
        """Whether what was computed tells why it is so: a speed that is normal, or a memory that is too full."""
        return self._fit.trouble.is_over_full or self._fit.matter.tells_speed_is_normal or self._is_computed_trouble

    def _with_reason_first(self, said: Sequence[Part]) -> Sequence[Part]:
        """The answers to what is slow: where model and machine are reason enough, what was computed of them stands in
        the place of what is said to everybody.
        """
        reason = next((part for part in said if part.id in _REASONS), None)
        if reason is None:
            return said
        if self._is_computed_trouble and not self._is_slow:
            return [part for part in said if self._is_said_beside_a_reason(part)]
        if not self._is_slow_for_a_reason:
            return said
        return [replace(reason, kind=said[0].kind), *(part for part in said if part.id not in (reason.id, *_GENERAL))]

    def _is_said_beside_a_reason(self, part: Part) -> bool:
        """Whether an answer is computed, or what was recognised, or asked word for word."""
        found = self._heard.finding
        is_recognised = found is not None and part.id == found.id
        return part.id in COMPUTES or is_recognised or part.score >= WORD_FOR_WORD

    @property
    def _is_computed_trouble(self) -> bool:
        """Whether what was computed says where to look: beside that an answer which is only near is not asked for."""
        return self._fit.trouble.knows_what_is_in_the_way or self._fit.trouble.fits_though_full

    @property
    def _is_slow_for_a_reason(self) -> bool:
        """Whether it was told that something is slow, and model and machine explain it; in a talk the steps are what is
        gone on with.
        """
        is_told = self._is_slow and self._heard.is_in_words and not self._message.thread
        # Of what was fast enough the machine is no reason.
        was_fast = self._heard.diagnosed.facts.worked_before is not None
        return is_told and not was_fast and self._fit.trouble.explains_slowness

    @property
    def _is_slow(self) -> bool:
        """Whether it was recognised that something is slow, and not why."""
        return self._heard.finding is not None and self._heard.finding.id == SLOW

    @cached_property
    def _fit(self) -> FitReplies:
        """The answers of what fits."""
        return FitReplies(self._parts, self._heard.post, is_slow=self._is_slow)

    def _topics_said(self) -> Iterator[Part]:
        """The answer to each topic. A guess is no addition, nor is a second trouble that was told in the same words."""
        said: set[PostTopic] = set()
        ids: set[str] = set()
        for topic in self._topics.all:
            if said & TROUBLES and not self._is_addition(topic):
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
        is_near = part.kind == "howto" and part.score < _ASKED_BESIDE and len(self._heard.own) > LONGEST_QUESTION
        return part.id in COMPUTED_INSTEAD or (is_near and not self._topics.is_asked_of_this)

    @property
    def _computed(self) -> Part | None:
        """What the told model needs on the told machine, beside a trouble that hangs on it: one told in words, or one
        that nobody knows where the model does not fit the card as it is.
        """
        found = self._heard.finding
        if found is not None and (self._heard.post.has("printed") or not self._hangs_on_memory(found)):
            return None
        if found is None and "failure" not in self._topics.all:
            return None
        part = self._fit.computed()
        if part is None or (found is None and not self._explains(part.answer)):
            return None
        return _computed_as("diagnosis" if found is None else "fit", part)

    def _computed_beside(self, said: Sequence[Part]) -> Part | None:
        """The plan beside what the knowledge says of the context, where model, machine and context are told."""
        post = self._heard.post
        is_of_memory = len(said) == 1 and said[0].kind == "howto" and post.has("machine") and post.has("model")
        is_told = is_of_memory and "context" in post.request.hardware
        return _computed_as("fit", self._fit.computed()) if is_told else None

    def _explains(self, plan: Answer) -> bool:
        """Whether a plan tells why something unknown goes wrong: it does not fit, or it is slow for lying in RAM."""
        is_slow_split = self._heard.post.has("t-slow") and self._fit.matter.is_split
        return (
            plan.tone != "good" or is_slow_split or self._fit.trouble.is_over_full or self._fit.trouble.fits_though_full
        )

    def _hangs_on_memory(self, found: Candidate) -> bool:
        return found.failure_class in self._parts.posts.computed_classes

    def _is_addition(self, topic: PostTopic) -> bool:
        """Whether a topic is worth an answer beside that of the trouble."""
        if topic == "howto":
            return self._is_plain_beside and (self._heard.post.has("how-to") or not self._heard.post.has("printed"))
        return topic not in TROUBLES or self._heard.is_printed

    @property
    def _is_plain_beside(self) -> bool:
        """Whether a known answer says more than what was recognised in words of trouble: these find it as well."""
        return self._heard.is_printed or (
            self._heard.known is not None and self._heard.known.score >= ASKED_IN_OTHER_WORDS
        )

    def judged(self, part: Part) -> Part:
        """An answer about the text names the told settings that do harm first."""
        if part.kind != "quality":
            return part
        points = self._heard.post.request.points
        model = points.get("model")
        judged = self._parts.samplers.judged(points.get("sampler_settings", ""), model)
        return replace(part, answer=with_judged(part.answer, judged, model, tuple(self._harmful)))

    @property
    def _harmful(self) -> Iterator[Text]:
        """What of the told model, quantization and context makes a text worse."""
        request = self._heard.post.request
        sizes = [*self._heard.post.sizes, *(model.size_b for model in self._heard.post.models if model.size_b)]
        size = max(sizes, default=None)
        quant, context = request.points.get("quant", ""), request.hardware.get("context", "")
        return harmful_choices(size, quant, context, cache_type_in(self._heard.post.prose) or "")

    def _of_topic(self, topic: PostTopic) -> Iterator[Part]:
        if topic in {"failure", "quality"}:
            yield from self._trouble(topic)
        elif topic == "fit":
            yield from self._what_fits
        elif (settings := self._topics.settings) is not None:
            yield from self._meaning
            yield settings
        elif self._topics.values_asked:
            yield self._verdicts
        elif (answer := self._heard.known) is not None:
            yield answer.part(is_guess=not answer.sure)

    @property
    def _what_fits(self) -> Sequence[Part]:
        """The answers of fit; what the knowledge plainly answers goes before what is said to everybody: of
        quantizations, and of usual cards where nothing is told to compute with.
        """
        found = [_as_part("fit", each) for each in self._fit.all()]
        answer = self._heard.known
        if answer is None or not self._goes_before(answer, found[0].id):
            return found
        is_all = found[0].id in _FOR_EVERYBODY and not self._heard.post.has("two-quants")
        return [answer.part()] if is_all else [answer.part(), *found]

    def _goes_before(self, answer: Known, computed: str) -> bool:
        """Whether what the knowledge has to a question goes before the answer of fit of this id."""
        if not answer.sure or (answer.id in COMPUTED_INSTEAD and answer.id not in _RULES):
            return False
        if computed in _FOR_EVERYBODY:
            return answer.is_plain or answer.score >= NEARER
        return computed == _ALL_THAT_RUNS and self._is_asked_rather(answer)

    def _is_asked_rather(self, answer: Known) -> bool:
        """Whether a question is put nearly as the knowledge has it, and no model sought."""
        post = self._heard.post
        is_meant = answer.is_plain and answer.score >= _ASKED_RATHER and answer.id not in COMPUTED_INSTEAD
        return is_meant and post.has("asks") and (post.has(_GUESSED) or not post.has_any(_SEEKS_MODELS))

    @property
    def _verdicts(self) -> Part:
        answer = verdicts_answer(self._topics.values_asked, self._heard.post.request.points.get("model"))
        return Part("howto", "values", answer.title, COMPUTED, answer)

    @property
    def _meaning(self) -> Iterator[Part]:
        """What a setting does, where that is asked before its value: "what does it do and what should I set"."""
        first, *rest = _HALVES.split(self._heard.own, maxsplit=1)
        are_two = self._heard.post.has("what-is") and len("".join(rest).strip()) >= _SHORTEST_HALF
        answer = known(first, self._parts) if are_two else None
        if answer is not None and answer.sure:
            yield answer.part()

    def _trouble(self, topic: PostTopic) -> Iterator[Part]:
        """The diagnosis, else what is said where nothing is known for sure."""
        found = self._heard.finding
        if topic == "failure" and self._shows_more_than_was_told:
            yield self._unknown()
        elif found is not None and self._heard.topic_of(found) == topic and not self._has_surer_checks(found, topic):
            yield self._diagnosis(found, topic)
        elif topic == "failure" and self._shows_what_nothing_explains:
            yield self._unknown()
        elif found is None and (near := self._known_trouble(topic)) is not None:
            kind = "howto" if self._only_asks_why else KINDS[topic]
            yield near.part(kind, is_guess=not near.sure)
        else:
            yield from self._first_checks(topic)

    @property
    def _shows_what_nothing_explains(self) -> bool:
        """Whether output is shown that neither its line nor the sentence that quotes it explains."""
        return self._heard.post.has("printed") and not (self._is_known_by_its_line or self._is_quoted_trouble)

    @property
    def _is_quoted_trouble(self) -> bool:
        """Whether one line quotes what goes wrong, and is as a whole like what others told."""
        heard = self._heard.impression
        is_like = heard is not None and heard.likely >= HEARD_BY_BOTH and heard.troubled >= TROUBLED
        return self._heard.is_one_line and is_like

    @property
    def _is_known_by_its_line(self) -> bool:
        """Whether one line is all that was sent, and the knowledge surely answers it: "npm ERR! ... install fails"."""
        answer = self._heard.surely_known
        is_one_line = not self._heard.files and "\n" not in self._heard.own.strip()
        return is_one_line and answer is not None and answer.is_plain

    def _has_surer_checks(self, found: Candidate, topic: PostTopic) -> bool:
        """Whether first checks are meant for just such a text, where a symptom of it was not told surely."""
        if self._is_heard_as(found):
            return False
        aid = (
            self._topics.aid(topic)
            if topic == "quality" and self._heard.is_told and found.score < TOLD_SURELY
            else None
        )
        return aid is not None and bool(aid.signs)

    def _diagnosis(self, found: Candidate, topic: PostTopic) -> Part:
        """The answer to what was recognised, without what the author told already."""
        answer = (
            without_evidence(self._heard.diagnosed.answer) if self._heard.is_in_words else self._heard.diagnosed.answer
        )
        request = self._heard.post.request
        answer = without_told(answer, request.points.keys() | request.hardware.keys(), self._parts.template)
        return Part(KINDS[topic], found.id, found.title, found.score, answer)

    def _first_checks(self, topic: PostTopic) -> Iterator[Part]:
        """What is worth a look: by signs of the post, else by its topic alone where nothing better is known."""
        aid = self._topics.aid(topic)
        if aid is None or (not aid.signs and (self._heard.finding or self._is_asked_of_text)):
            if self._heard.finding is not None and topic == self._topics.all[-1] == "failure":
                found = self._heard.finding  # else nothing at all were said
                yield self._diagnosis(found, self._heard.topic_of(found))
            return
        yield self._likeliest(topic, aid) or self._checks(topic, aid)

    def _checks(self, topic: PostTopic, aid: FirstAid) -> Part:
        """The first checks, or what is said of output that nothing explains."""
        if self._heard.post.has("printed"):
            return self._unknown()
        near = self._nearest(topic, _LEAST_OF_OTHER, _MOST_NEAR if aid.signs else _MOST_BESIDE_ALL)
        answer = first_aid_answer(aid, near, self._ways_back)
        return Part(KINDS[topic], f"first-aid:{aid.id}", aid.title, UNSURE, answer, is_guess=True)

    @property
    def _ways_back(self) -> tuple[Steps, ...]:
        """What is said of going back, where it worked before an update: beside first checks of a written text too."""
        found, answer = next(iter(self._heard.diagnosed.candidates), None), self._heard.diagnosed.answer
        if found is not None and self._parts.failures_by_id[found.id].follows_from("worked-before"):
            return (Steps(GO_BACK, first_steps(answer)[:1]),)
        return gone_back(answer)

    def _likeliest(self, topic: PostTopic, aid: FirstAid) -> Part | None:
        """What is likely enough to be named before first checks for anything, or much likelier where checks are meant
        for just such a trouble: as a guess, what may be meant besides below it.
        """
        first, guess = next(iter(self._heard.diagnosed.nearest), None), self._heard.diagnosed.guess
        if first is None or guess is None:
            return None
        own, least = self._heard.topic_of(first), _SURER_THAN_CHECKS if aid.signs else 0.0
        if topic == "quality":
            least = _SURER_THAN_ANY
        if own != topic:
            least = _SURER_OF_ELSE
        is_of_else = self._heard.subject_shares[own] < _PERHAPS_OF_IT
        is_shown = self._heard.post.has("printed") and not self._is_quoted_trouble
        if is_shown or first.score < least or is_of_else:
            return None
        answer = without_evidence(guess)
        return Part(KINDS[own], first.id, answer.title, first.score, answer, is_guess=True)

    @property
    def _only_asks_why(self) -> bool:
        """Whether a question is all that is said, and no trouble of the author's own."""
        post = self._heard.post
        has_trouble = post.has_any((*OWN_TROUBLE, *FAILS, "t-slow", "t-card"))
        return post.has("only-asks") and self._heard.is_known and not has_trouble

    @property
    def _is_asked_of_text(self) -> bool:
        """Whether the knowledge answers the very question: better than first checks for any text."""
        return "howto" in self._topics.all and self._heard.is_known

    @property
    def _shows_more_than_was_told(self) -> bool:
        """Whether an error stands there that nothing explains, beside a symptom told in words: the error decides. What
        the reader's version is known to do wrong explains it.
        """
        log = self._heard.post.log if self._heard.post.has("printed") else None
        found = self._heard.finding
        is_of_version = found is not None and self._parts.failures_by_id[found.id].follows_from("known-fault")
        if log is None or len(log.split()) <= _FEW_WORDS or is_of_version or self._heard.is_one_line:
            return False
        return self._heard.is_told and self._parts.reader.cues.told.error.found(log)

    def _known_trouble(self, topic: PostTopic) -> Known | None:
        """A frequent question that is nearer to what was told than first checks for anything; of the text only one that
        is meant for sure, where no first checks are meant for such a text.
        """
        aid, answer = self._topics.aid(topic), self._heard.known
        if answer is None or answer.score < (NEAR if answer.sure else _NEAR_UNSURE):
            return None
        is_general = aid is None or not aid.signs or self._is_surely_meant
        if self._is_rather_told(answer):
            return None
        if topic == "quality":
            return answer if answer.sure and is_general else None
        return answer if is_general or (answer.sure and answer.score >= NEARER) else None

    def _is_rather_told(self, answer: Known) -> bool:
        """Whether a trouble is likelier told than a question of other words meant."""
        if self._is_plain_of_text and answer.score < WORD_FOR_WORD:
            return True
        first = next(iter(self._heard.diagnosed.nearest), None)
        is_asked = answer.score >= ASKED_IN_OTHER_WORDS or self._heard.post.has("only-asks")
        return first is not None and not is_asked and first.score >= max(answer.score, _SURER_THAN_ANY)

    @property
    def _is_plain_of_text(self) -> bool:
        """Whether nothing is asked, and what a model wrote is surely complained of."""
        found = self._heard.impression
        if found is None or self._heard.text_fault is None or self._heard.post.has_any(ASKS):
            return False
        return found.likely >= HEARD_SURELY

    @property
    def _is_surely_meant(self) -> bool:
        """Whether the knowledge answers what is said nearly in its own words, or a question that stands alone."""
        answer = self._heard.known
        if answer is None or not answer.is_plain:
            return False
        return self._heard.post.has("only-asks") or answer.score >= ASKED_IN_OTHER_WORDS

    def _nearest(self, topic: PostTopic, least: float = 1.0, most: int = _MOST_NEAR) -> list[Step]:
        """What the message resembles among the failures of the topic, each with its first check; those of the programs
        that it names in front. `least`: how likely one of another topic has to be.
        """
        steps = zip(self._heard.diagnosed.nearest, looked_at(self._heard.diagnosed.answer), strict=False)
        own = [each for each in steps if self._heard.topic_of(each[0]) == topic or each[0].score >= least]
        return [step for _, step in sorted(own, key=self._distance)][:most]

    def _distance(self, near: tuple[Candidate, Step]) -> int:
        """How far a failure lies from the programs named: of one of them, of any, of other loaders only. In words alone
        the first two are alike: what Docker or Python lacks is told beside the loader.
        """
        components = set(self._parts.failures_by_id[near[0].id].components)
        if components & set(self._heard.post.loaders):
            return 0
        if components & set(self._parts.loaders):
            return 2
        return int(self._heard.post.has("printed"))

    def _unknown(self) -> Part:
        post, unknown = self._heard.post, self._heard.diagnosed.unknown
        copy = ready_post(post.request, self._parts.template, post.printed)
        quoted, search = (unknown.quoted, unknown.search) if unknown else (post.printed[-1], ())
        back = gone_back(self._heard.diagnosed.answer)
        answer = unknown_answer(quoted, search, self._nearest("failure"), self._topics.aid("failure"), copy, back)
        return Part("diagnosis", "unknown", answer.title, UNSURE, answer)

    def asked(self, found: Sequence[Part]) -> tuple[PointId, ...]:
        """The points whose answer would change what was said."""
        told = self._heard.post.request.points
        if not found:
            return self._points_for_nothing(told)
        wanted = _CHANGES.get(found[0].id.split(":")[0], _CHANGES_BY_KIND.get(found[0].kind, ()))
        return tuple(point for point in wanted if point not in told)[:_MOST_ASKED]

    def _points_for_nothing(self, told: Mapping[str, str]) -> tuple[PointId, ...]:
        return tuple(point for point in _ASKED_FIRST if point not in told)

    def points(self, asked: Sequence[PointId]) -> list[Point]:
        return [self._parts.template.point(id_) for id_ in asked]


def _is_no_general(part: Part) -> bool:
    """Whether an answer says more than the plan of two programs: no trouble, nothing of programs in general."""
    is_near = part.kind == "howto" and part.score < _ASKED_BESIDE
    return part.kind != "diagnosis" and part.id != "plan" and not is_near and not part.id.startswith("compare:")


def _as_part(kind: Kind, computed: FitPart) -> Part:
    return Part(kind, computed.id, computed.answer.title, COMPUTED, computed.answer)


def _computed_as(kind: Kind, computed: FitPart | None) -> Part | None:
    """What was computed as an answer to a message; None where nothing was."""
    return _as_part(kind, computed) if computed is not None else None
