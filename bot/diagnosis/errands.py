"""What somebody comes for, in words that no row of topics.yaml holds: learnt from knowledge/errands.yaml.

What fits, what is needed, which to take or buy is asked in more ways than rows can hold. Each of 620 such questions
judged without having been learnt from, 47 % were heard, 12 % as another of these, and 2 % of 2,000 other sentences as
one (of 388, rows of phrases knew 69 %, both together 82 %). A softmax regression (softmax.py) on words and pairs of
words (features.py), among told troubles, how-to questions and talk; cards, amounts and sizes are made alike, since
they differ in every post.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from bot.base.late import late
from bot.base.phrases import folded
from bot.diagnosis.features import counts, plain
from bot.diagnosis.softmax import Example, Features, Learnt, Softmax, holding, learnt_of
from bot.knowledge.cache import cached_of
from bot.knowledge.errands import ERRANDS_FILE, Errands, load_errands
from bot.knowledge.files import files_matching
from bot.knowledge.reference import load_questions
from bot.knowledge.told import LEFT, TEXT, load_told

_OTHER = ("trouble", "text", LEFT, "way", "neither")  # what else is said; none of them is a sign
_ROUNDS = 15  # times that all sentences are gone through
_EVERY = 4  # of the told troubles one in so many: there are thousands
_SURE = 0.65  # share of all signs together from which on a sentence shows the likeliest of them
_LONGEST = 400  # characters; who tells more says it in words of every kind
_NOTHING = ""

_QUANT = late(
    r"(?<![a-z0-9])(?:i?q[1-8](?:_(?:k|xx?s|s|m|x?l|nl|[01])){0,3}|b?f(?:p)?(?:8|16)|\d(?:\.\d{1,2})? ?bpw)(?![a-z0-9])"
)
_SIZE = late(r"(?<![a-z0-9.])\d{1,4}(?:\.\d{1,2})? ?b(?:-a\d{1,3}b)?(?![a-z0-9])")
_AMOUNT = late(r"(?<![a-z0-9.])\d{1,4} ?(?:gb|gib|gigs?|g)(?![a-z0-9])|(?<=显存)\d{1,3}|(?<=内存)\d{1,3}")
_CARD = late(
    r"(?<![a-z0-9])(?:(?:rtx|gtx|rx|arc) )?(?:\d{4} ?(?:ti|super|xtx|xt|d|s)?|[abpvmt]\d{2,4}|mi\d{2,3})(?![a-z0-9])"
)
_LENGTH = late(r"(?<![a-z0-9])\d{1,4}k(?![a-z0-9])")
_NUMBER = late(r"\d+")
# What stands for each of them, in the order in which they are looked for.
_ALIKE: tuple[tuple["re.Pattern[str]", str], ...] = (
    (_QUANT, " zquant "), (_SIZE, " zsize "), (_AMOUNT, " zamount "), (_CARD, " zcard "), (_LENGTH, " zlength "),
    (_NUMBER, " znumber "),
)  # fmt: skip


class ErrandReader:
    """Tells what a text asks for."""

    def __init__(self, learnt: Learnt) -> None:
        self._learnt = Softmax(learnt)

    def sign_of(self, text: str) -> str:
        """The sign that a folded text shows; empty where it shows none for sure."""
        if not text.strip() or len(text) > _LONGEST:
            return _NOTHING
        shares = self._learnt.shares(_features(text))
        signs = {name: share for name, share in shares.items() if name not in _OTHER}
        return max(signs, key=signs.__getitem__) if sum(signs.values()) >= _SURE else _NOTHING


def kept_errands(root: Path) -> ErrandReader:
    """What the sentences under `root` teach, kept between runs until they change."""
    code = (Path(__file__), *(Path(__file__).with_name(name) for name in ("features.py", "softmax.py")))
    files = [*(file for name in (ERRANDS_FILE, "told.yaml", "faq*.yaml") for file in files_matching(root, name)), *code]
    return ErrandReader(cached_of(root, "errands", files, Learnt, lambda: _learnt_under(root)))


def _learnt_under(root: Path) -> Learnt:
    errands = load_errands(root)
    classes = (*errands.signs, *_OTHER)
    texts = [*_asked(errands), *_said_else(root)] if errands.signs else []
    return learnt_of((Example(name, text, _features(folded(text))) for name, text in texts), classes, _ROUNDS)


def _asked(errands: Errands) -> Iterator[tuple[str, str]]:
    yield from ((name, text) for name, texts in errands.signs.items() for text in texts)
    yield from (("neither", text) for text in errands.neither)


def _said_else(root: Path) -> Iterator[tuple[str, str]]:
    """What is told and asked besides, by its class."""
    for name, sentences in load_told(root).items():
        if name == LEFT:
            yield from ((LEFT, text) for text in sentences)
        else:
            kind = "text" if name.startswith(TEXT) else "trouble"
            yield from ((kind, text) for text in sentences[::_EVERY])
    for question in load_questions(root):
        yield from (("way", text) for text in (question.question.en, question.question.zh))


def made_alike(text: str) -> str:
    """A folded text in one line in which cards, amounts and sizes are the same word everywhere."""
    line = plain(" ".join(text.split()))
    for pattern, word in _ALIKE:
        line = pattern.sub(word, line)
    return " ".join(line.split())


def _features(text: str) -> Features:
    """What a folded text holds."""
    words, _ = counts([(1.0, made_alike(text))])
    return holding(dict.fromkeys(words, 1.0))
