"""What a post is about by its words: a failure, the written text, what fits, a way, a comparison, or nothing of these.

A softmax regression (softmax.py) on words, pairs of words, three Chinese characters at a time and the phrases of
topics.yaml, learnt from titles of public threads (subjects.yaml) and from what the knowledge has of each kind anyway:
told troubles, frequent questions, what people come for, and talk. Of 156 titles of threads that nothing had been learnt
of, 65 % were put right by their words alone.
"""

from collections.abc import Container, Iterator, Mapping
from math import sqrt
from pathlib import Path

from bot.base.late import late
from bot.base.phrases import folded
from bot.diagnosis.errands import made_alike
from bot.diagnosis.features import counts
from bot.diagnosis.softmax import Example, Features, Learnt, Softmax, keyed, learnt_of
from bot.intake.questions import ends_asking, is_asked, is_choice, only_asks
from bot.intake.signs import Signs
from bot.knowledge.cache import cached_of
from bot.knowledge.errands import ERRANDS_FILE, load_errands
from bot.knowledge.files import files_matching
from bot.knowledge.reference import OF_FIT, OF_LOADERS, load_questions
from bot.knowledge.sayings import SAYINGS_FILE, load_sayings
from bot.knowledge.subjects import SUBJECTS_FILE, load_subjects
from bot.knowledge.talk import TALK_FILE, load_talk
from bot.knowledge.told import LEFT, TEXT, TOLD_FILE, load_told

SUBJECTS = ("failure", "quality", "fit", "howto", "comparison", "other")
_ROUNDS = 8  # times that all sentences are gone through
_AGAIN = 3  # times that titles of threads are gone through in a round
_EVERY = 6  # of the told troubles one in so many: there are thousands
_SELDOM = 8  # and of the ways to put a frequent question
_SIGN = 0.15  # what a sign counts beside all words together
_FIRST = 0.3  # and the word that stands first
_LOADER_CHOICE = "loader-choice"  # the errand of who asks which program to take
_WORD = late(r"[a-z']+|[\u3400-\u9fff]")
_HAN = late(r"[\u3400-\u9fff]{3,}")
_QUESTIONS = (("asks", is_asked), ("ends", ends_asking), ("only", only_asks), ("choice", is_choice))


class SubjectReader:
    """Rates posts by what was learnt."""

    def __init__(self, learnt: Learnt, signs: Signs) -> None:
        self._learnt = Softmax(learnt)
        self._signs = signs

    def shares(self, text: str) -> Mapping[str, float]:
        """How likely a folded text is about each of `SUBJECTS`; together 1."""
        return self._learnt.shares(features(text, self._signs))


def kept_subjects(root: Path, signs: Signs) -> SubjectReader:
    """What the sentences under `root` teach, kept between runs until they change. `signs`: those of the same folder."""
    code = (Path(__file__), *(Path(__file__).with_name(name) for name in ("features.py", "softmax.py", "errands.py")))
    names = (SUBJECTS_FILE, TALK_FILE, TOLD_FILE, ERRANDS_FILE, SAYINGS_FILE, "topics.yaml", "faq*.yaml")
    files = [*(file for name in names for file in files_matching(root, name)), *code]
    return SubjectReader(cached_of(root, "subjects", files, Learnt, lambda: _learnt_under(root, signs)), signs)


def subjects_without(root: Path, signs: Signs, left_out: Container[str]) -> SubjectReader:
    """What the sentences under `root` teach without some of the titles of threads: for measuring and fitting."""
    kept = (each for each in examples(root, signs) if each.text.rstrip() not in left_out)
    return SubjectReader(learnt_of(kept, SUBJECTS, _ROUNDS), signs)


def _learnt_under(root: Path, signs: Signs) -> Learnt:
    is_told = (root / SUBJECTS_FILE).exists()
    return learnt_of(examples(root, signs) if is_told else (), SUBJECTS, _ROUNDS)


def examples(root: Path, signs: Signs) -> Iterator[Example]:
    """All sentences under `root` with their subject; titles of threads more often than others."""
    for text, name in {text: name for name, text in _of_the_knowledge(root, signs)}.items():
        yield Example(name, text, features(folded(text), signs))
    for name, texts in load_subjects(root).by_name.items():
        for text in texts:
            found = features(folded(text), signs)
            yield from (Example(name, text + " " * number, found) for number in range(_AGAIN))


def _of_the_knowledge(root: Path, signs: Signs) -> Iterator[tuple[str, str]]:
    yield from _told(root, signs)
    yield from _asked(root)
    talk = load_talk(root)
    for texts in (talk.answers, talk.reports, talk.news, talk.talk, load_sayings(root).solved):
        yield from (("other", text) for text in texts)


def _told(root: Path, signs: Signs) -> Iterator[tuple[str, str]]:
    for name, sentences in load_told(root).items():
        if name == LEFT:
            yield from (("other", text) for text in sentences)
        elif name.startswith(TEXT) or name in signs.quality_classes:
            yield from (("quality", text) for text in sentences)
        else:
            yield from (("failure", text) for text in sentences[::_EVERY])


def _asked(root: Path) -> Iterator[tuple[str, str]]:
    for question in load_questions(root):
        name = "fit" if question.id in OF_FIT else "comparison" if question.id in OF_LOADERS else "howto"
        yield from ((name, text) for text in (question.question.en, question.question.zh, *question.asked[::_SELDOM]))
    for errand, texts in load_errands(root).signs.items():
        yield from (("comparison" if errand == _LOADER_CHOICE else "fit", text) for text in texts)


def features(text: str, signs: Signs) -> Features:
    """What a folded text holds: its words, of length 1 together, its signs, and how it asks."""
    line = made_alike(text)
    words, _ = counts([(1.0, line)])
    threes = {run[at : at + 3] for run in _HAN.findall(line) for at in range(len(run) - 2)}
    each = 1 / (sqrt(len(words) + len(threes)) or 1.0)
    found = {f"w{word}": each for word in words} | {f"c{three}": each for three in threes}
    found |= {f"s{name}": _SIGN for name in signs.found_in(text)}
    found |= {f"h{name}": _SIGN for name, is_so in _QUESTIONS if is_so(text)}
    if first := _WORD.search(line):
        found[f"f{first[0]}"] = _FIRST
    return keyed(found)
