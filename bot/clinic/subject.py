"""What a post is about, by its words and by what the parts of the program found in it.

Words alone do not tell: "port 11434 won't open" is a failure because a told failure is much like it, "is 64 GB without
a card enough" is none though one is. A softmax regression on how likely each subject is by the words
(bot/diagnosis/subjects.py) and on what was found: how near and how sure the best answer of the knowledge is and of
which kind, which failure was recognised, what the second reader hears, what the rules of topics.yaml prove. Its weights
(subject.json) are fitted by bot/workshop/subject.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log
from pathlib import Path

import msgspec

from bot.clinic.asides import COMPUTED_INSTEAD
from bot.clinic.knowing import Known
from bot.clinic.reading import Candidate
from bot.diagnosis.reader import Impression
from bot.diagnosis.softmax import shares_in
from bot.diagnosis.subjects import SUBJECTS, SubjectReader
from bot.intake.posts import APPLIES, PostReading
from bot.intake.questions import asked_in

_LEAST = 1e-3  # share of a subject by the words, so that its logarithm is one
_STRONGEST = 6.0  # score of a topic, of which more says no more
_NEAR = 10.0  # likeness to told troubles that counts as one
_COMPARED = ("compare:", "terms:")
_ASPECTS = ("loader:", "format:", "reads:")
_TERM = "term:"
_SIGNS = (*("asks", "only-asks", "how-to", "complains", "machine", "model", "short", "t-slow", "my-trouble"),)
LEARNT = Path(__file__).with_name("subject.json")
Row = tuple[float, ...]  # of `SUBJECTS`, in their order


class Weights(msgspec.Struct, frozen=True):
    """What speaks for each subject: by itself, and for each piece of evidence."""

    bias: Row
    of_evidence: Mapping[str, Row]

    def shares(self, evidence: Mapping[str, float]) -> Row:
        """How likely each of `SUBJECTS` is; together 1."""
        total = list(self.bias)
        for name, value in evidence.items():
            for at, weight in enumerate(self.of_evidence.get(name, ())):
                total[at] += weight * value
        return tuple(shares_in(total))


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """What lies beside this module; read once."""
    return msgspec.json.decode(LEARNT.read_bytes(), type=Weights)


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
    return dict(zip(SUBJECTS, shipped_weights().shares(evidence_of(seen)), strict=True))


def words_of(prose: str, reader: SubjectReader) -> Mapping[str, float]:
    """What a folded text is about by its words: half of it by those that ask, where something is asked."""
    whole = reader.shares(prose)
    asked = asked_in(prose).strip()
    if asked in {"", prose}:
        return whole
    return {name: (whole[name] + share) / 2 for name, share in reader.shares(asked).items()}


def evidence_of(seen: Seen) -> Mapping[str, float]:
    """What speaks for or against a subject in a post, by its name in the weights."""
    return dict(_evidence(seen))


def _evidence(seen: Seen) -> Iterator[tuple[str, float]]:
    yield from ((f"w-{name}", log(seen.words[name] + _LEAST)) for name in SUBJECTS)
    yield from ((f"s-{sign}", 1.0) for sign in _SIGNS if seen.post.has(sign))
    for topic, score in seen.post.scores.items():
        yield f"r-{topic}", min(score, _STRONGEST) / APPLIES
        if score >= APPLIES:
            yield f"a-{topic}", 1.0
    yield from _of_known(seen.known)
    yield from _of_trouble(seen)


def _of_trouble(seen: Seen) -> Iterator[tuple[str, float]]:
    """How what was recognised, and what the words are like, speak for trouble, or for that of the written text."""
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
