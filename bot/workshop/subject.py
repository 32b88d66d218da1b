"""Learns what speaks for each subject of a post (bot/clinic/subject.json) from labelled posts.

    python -m bot.workshop.subject [POSTS.jsonl ...]

The posts are the titles of threads in knowledge/subjects.yaml, a quarter at a time left out of what is learnt of words,
and those of files as `wenzhen eval reply` reads them. A softmax regression held small by the square of its weights.
Takes a minute or two; to be run again when told troubles, frequent questions or how sure they are have changed.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from bot.clinic.heard import Heard
from bot.clinic.message import Message
from bot.clinic.parts import Parts
from bot.clinic.subject import LEARNT, Weights, evidence_of, words_of
from bot.diagnosis.softmax import shares_in
from bot.diagnosis.subjects import SUBJECTS, subjects_without
from bot.knowledge.subjects import load_subjects
from bot.workshop.dealing import is_in_part
from bot.workshop.score.reply import message_of
from bot.workshop.score.report import json_lines_in

_PARTS = 4  # so many times a part of the titles is left out
_ROUNDS, _PACE, _SWING = 300, 0.5, 0.9  # of going downhill; how much of the last step is gone on with
_HELD = 10.0  # what the square of all weights costs beside the posts
_DIGITS = 3
# Kinds of replies that show the subject; a "howto" may be a comparison, which a label does not tell apart.
_SUBJECT_OF = {"diagnosis": "failure", "quality": "quality", "fit": "fit", "howto": "howto", "silent": "other"}


Rows = Sequence[tuple[int, Sequence[tuple[int, float]]]]  # the right subject; place and value of the evidence


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled post: its subject, and what tells it."""

    subject: str
    text: str
    evidence: Mapping[str, float]


def cases(parts: Parts, files: Sequence[Path] = ()) -> Iterator[Case]:
    """Everything that is learnt from."""
    titles = [(name, text) for name, texts in load_subjects(parts.root).by_name.items() for text in texts]
    for left_out in range(_PARTS):
        asked = [(name, text) for name, text in titles if is_in_part(text, left_out, _PARTS)]
        reader = subjects_without(parts.root, parts.signs, {text for _, text in asked})
        for name, text in asked:
            seen = Heard(Message(text=text), parts).seen
            words = words_of(seen.post.prose, reader)
            yield Case(name, text, evidence_of(replace(seen, words=words)))
    for file in files:
        yield from labelled(file, parts)


def learnt(found: Sequence[Case]) -> Weights:
    """The weights that tell the subjects of the cases apart, found by going downhill in a fixed order."""
    names = sorted({name for case in found for name in case.evidence})
    places = {name: at for at, name in enumerate(names)}
    rows = [(SUBJECTS.index(case.subject), [(places[name], v) for name, v in case.evidence.items()]) for case in found]
    weights = [[0.0] * len(SUBJECTS) for _ in range(len(names) + 1)]  # the last is the bias
    steps = [[0.0] * len(SUBJECTS) for _ in weights]
    paces = _paces(rows, len(weights))
    for _ in range(_ROUNDS):
        slopes = _slopes(rows, weights)
        for row, step, slope, pace in zip(weights, steps, slopes, paces, strict=True):
            for at, each in enumerate(slope):
                step[at] = _SWING * step[at] - pace * each
                row[at] += step[at]
    *fitted, bias = (tuple(round(weight, _DIGITS) for weight in row) for row in weights)
    return Weights(bias, dict(zip(names, fitted, strict=True)))


def _paces(rows: Rows, count: int) -> list[float]:
    """How far a weight goes down a slope of 1: less, the more bends the loss where it changes (a diagonal above the
    Hessian: the sum of a value times all values beside it).
    """
    bends = [_HELD] * count
    for _, evidence in rows:
        whole = 1.0 + sum(abs(value) for _, value in evidence)
        for place, value in (*evidence, (count - 1, 1.0)):
            bends[place] += abs(value) * whole / 2
    return [_PACE / bend for bend in bends]


def _slopes(rows: Rows, weights: Sequence[Sequence[float]]) -> list[list[float]]:
    """What each weight adds to the loss; the bias costs nothing by itself."""
    slopes = [[weight * _HELD for weight in row] for row in weights[:-1]] + [[0.0] * len(SUBJECTS)]
    for right, evidence in rows:
        total = list(weights[-1])
        for place, value in evidence:
            for at, weight in enumerate(weights[place]):
                total[at] += weight * value
        errors = shares_in(total)
        errors[right] -= 1
        for place, value in (*evidence, (len(weights) - 1, 1.0)):
            slope = slopes[place]
            for at, error in enumerate(errors):
                slope[at] += error * value
    return slopes


def labelled(file: Path, parts: Parts) -> Iterator[Case]:
    """Posts with their kind of reply, as far as it tells what they are about."""
    for row in json_lines_in(file, "replies.jsonl"):
        subject = _SUBJECT_OF.get(row["gold"]["answer_kind"])
        if subject is not None and not row.get("thread"):
            yield Case(subject, row["text"], evidence_of(Heard(message_of(row), parts).seen))


if __name__ == "__main__":
    LEARNT.write_bytes(msgspec.json.encode(learnt(list(cases(Parts(), [Path(name) for name in sys.argv[1:]])))))
