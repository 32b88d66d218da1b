"""What a post is about, by its words and by what the parts of the program found in it.

Words alone do not tell: "port 11434 won't open" is a failure because a told failure is much like it, "is 64 GB without
a card enough" is none though one is. A softmax regression on how likely each subject is by the words
(bot/diagnosis/subjects.py) and on what was found: how near and how sure the best answer of the knowledge is and of
which kind, which failure was recognised, what the second reader hears, what the rules of topics.yaml prove. Fitted (L2)
on the 859 sentences of subjects.yaml, a quarter left out of the words' learning at a time, and on 476 labelled posts.
Of 156 titles of threads that nothing was learnt of it puts 79 % right.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import exp, log

from bot.clinic.asides import COMPUTED_INSTEAD
from bot.clinic.knowing import Known
from bot.clinic.reading import Candidate
from bot.diagnosis.reader import Impression
from bot.diagnosis.subjects import SUBJECTS
from bot.intake.posts import APPLIES, PostReading

_LEAST = 1e-3  # share of a subject by the words, so that its logarithm is one
_STRONGEST = 6.0  # score of a topic, of which more says no more
_NEAR = 10.0  # likeness to told troubles that counts as one
_COMPARED = ("compare:", "terms:")
_ASPECTS = ("loader:", "format:", "reads:")
_TERM = "term:"
_SIGNS = (*("asks", "only-asks", "how-to", "complains", "machine", "model", "short", "t-slow", "my-trouble"),)
Weights = tuple[float, ...]  # of `SUBJECTS`, in their order


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a post. `words`: how likely each of `SUBJECTS` is by them; `found`: the failure that was
    recognised, `alike` that which it is most like; each with whether it is one of the written text.
    """

    words: Mapping[str, float]
    post: PostReading
    known: Known | None = None
    found: Candidate | None = None
    found_in_words: bool = False
    found_of_text: bool = False
    alike_of_text: bool | None = None
    heard: Impression | None = None
    heard_of_text: bool = False


def shares_of(seen: Seen) -> Mapping[str, float]:
    """How likely a post is about each of `SUBJECTS`; together 1."""
    total = list(_BIAS)
    for name, value in _evidence(seen):
        for at, weight in enumerate(_WEIGHTS[name]):
            total[at] += weight * value
    raised = [exp(each) for each in total]
    return {name: each / sum(raised) for name, each in zip(SUBJECTS, raised, strict=True)}


def _evidence(seen: Seen) -> Iterator[tuple[str, float]]:
    yield from ((f"w-{name}", log(seen.words[name] + _LEAST)) for name in SUBJECTS)
    yield from ((f"s-{sign}", 1.0) for sign in _SIGNS if seen.post.has(sign))
    for topic, score in seen.post.scores.items():
        yield f"r-{topic}", min(score, _STRONGEST) / APPLIES
        if score >= APPLIES:
            yield f"a-{topic}", 1.0
    yield from _of_known(seen.known)
    if seen.found is not None:
        side = "q" if seen.found_of_text else "f"
        yield f"{side}found", seen.found.score
        if seen.found_in_words:
            yield f"{side}told", seen.found.score
    if seen.alike_of_text is not None:
        yield ("near-q" if seen.alike_of_text else "near-f"), 1.0
    if seen.heard is not None:
        yield "troubled", seen.heard.troubled
        yield ("like-q" if seen.heard_of_text else "like-f"), seen.heard.likeness / _NEAR


def _of_known(known: Known | None) -> Iterator[tuple[str, float]]:
    """How the best answer of the knowledge speaks for what is asked."""
    if known is None:
        return
    yield "known", known.score
    yield "surely", float(known.sure)
    yield "sureness", known.sureness
    if known.id in COMPUTED_INSTEAD:
        yield "computed", known.score
    kinds = (("compared", _COMPARED), ("aspect", _ASPECTS), ("term", (_TERM,)))
    yield from ((name, known.score) for name, beginnings in kinds if known.id.startswith(beginnings))


# What speaks for each subject, in the order of `SUBJECTS`.
_BIAS: Weights = (-1.43, 0.48, 0.69, -0.81, 0.16, 0.90)
_WEIGHTS: Mapping[str, Weights] = {
    "a-failure": (0.11, 0.07, 0.01, -0.15, -0.07, 0.04),
    "a-fit": (0.03, 0.03, 0.02, -0.10, 0.12, -0.11),
    "a-howto": (-0.01, -0.03, -0.12, 0.22, -0.06, -0.01),
    "a-quality": (0.02, 0.31, -0.06, -0.22, -0.09, 0.04),
    "aspect": (-0.02, 0.03, -0.00, 0.07, -0.03, -0.06),
    "compared": (0.01, 0.04, -0.01, -0.24, 0.31, -0.12),
    "computed": (-0.13, 0.02, 0.19, -0.24, -0.02, 0.18),
    "ffound": (0.55, -0.03, -0.08, -0.16, -0.03, -0.25),
    "ftold": (0.25, 0.01, -0.02, -0.11, -0.02, -0.11),
    "known": (0.12, -0.00, -0.07, 0.37, 0.11, -0.53),
    "like-f": (0.33, -0.28, -0.16, 0.15, 0.02, -0.05),
    "like-q": (-0.06, 0.13, -0.13, 0.16, -0.10, 0.00),
    "near-f": (0.11, 0.13, -0.04, 0.06, 0.16, -0.41),
    "near-q": (-0.16, 0.37, 0.01, -0.13, 0.05, -0.13),
    "qfound": (-0.09, 0.17, -0.05, -0.02, -0.03, 0.01),
    "qtold": (-0.08, 0.16, -0.04, -0.02, -0.03, 0.02),
    "r-failure": (0.55, 0.09, -0.07, -0.26, -0.17, -0.14),
    "r-fit": (0.16, -0.10, 0.31, -0.05, -0.06, -0.27),
    "r-howto": (-0.31, -0.02, -0.07, 0.36, 0.32, -0.27),
    "r-quality": (0.03, 0.79, -0.10, -0.27, -0.13, -0.32),
    "s-asks": (-0.09, 0.15, -0.00, 0.40, 0.01, -0.46),
    "s-complains": (0.28, 0.20, -0.25, 0.19, -0.08, -0.34),
    "s-how-to": (-0.48, -0.09, 0.12, 0.44, -0.27, 0.28),
    "s-machine": (0.31, -0.08, 0.14, 0.13, -0.11, -0.39),
    "s-model": (-0.15, 0.65, -0.29, -0.08, 0.16, -0.29),
    "s-my-trouble": (0.05, 0.00, -0.05, -0.07, -0.03, 0.10),
    "s-only-asks": (-0.19, -0.03, -0.17, 0.04, -0.13, 0.47),
    "s-short": (0.36, 0.02, -0.09, -0.51, -0.18, 0.40),
    "s-t-slow": (0.14, 0.02, -0.19, 0.06, -0.01, -0.01),
    "surely": (0.00, -0.05, 0.01, 0.26, 0.12, -0.34),
    "sureness": (0.26, 0.10, -0.06, 0.40, 0.06, -0.76),
    "term": (0.04, -0.02, -0.03, 0.10, -0.04, -0.06),
    "troubled": (-0.13, 0.11, -0.13, 0.28, -0.26, 0.14),
    "w-comparison": (-0.31, -0.08, -0.09, -0.23, 0.70, 0.01),
    "w-failure": (0.59, 0.16, -0.13, -0.01, -0.28, -0.33),
    "w-fit": (-0.17, -0.22, 0.79, -0.03, -0.27, -0.09),
    "w-howto": (-0.09, -0.17, -0.08, 0.39, 0.04, -0.09),
    "w-other": (-0.03, -0.10, -0.15, -0.04, -0.21, 0.53),
    "w-quality": (-0.05, 0.70, -0.29, -0.08, 0.08, -0.36),
}
