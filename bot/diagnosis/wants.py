"""Whether somebody wants something of those who read it, or answers, reports, tells news, or only talks.

All of them speak of the same things, so that a sum over what is named tells them badly apart, and a program that
"no longer repeats itself" sounds as troubled as one that does. A softmax regression (softmax.py) on words, pairs of
words and the signs of topics.yaml, learnt from sentences of both sides that name the same things. The naive Bayes of
voices.py put 86 % of the pairs of 66 requests and 46 messages that wanted nothing in the right order, the rules of
topics.yaml 95 %, this beside the rules 97 %; a part of its sentences had been written after those messages.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache, partial
from itertools import chain
from math import log, sqrt
from pathlib import Path

from bot.base.late import late
from bot.base.phrases import folded
from bot.diagnosis.errands import made_alike
from bot.diagnosis.features import counts
from bot.diagnosis.softmax import Example, Features, Learnt, Softmax, keyed, learnt_of
from bot.intake.questions import ends_asking, is_asked, only_asks
from bot.intake.signs import Signs
from bot.knowledge.cache import cached_of
from bot.knowledge.errands import ERRANDS_FILE, load_errands
from bot.knowledge.files import files_matching
from bot.knowledge.reference import load_questions
from bot.knowledge.sayings import SAYINGS_FILE, load_sayings
from bot.knowledge.talk import TALK_FILE, load_talk
from bot.knowledge.told import LEFT, TOLD_FILE, load_told

_WANTS, _NOTHING, _ASKS_BACK = "wants", "nothing", "asks-back"
_ROUNDS = 8  # times that all sentences are gone through
_EVERY = 4  # of the told troubles one in so many: there are thousands
_SELDOM = 8  # and of the ways to put a frequent question
_OFTEN = 3  # the same beside questions that only helpers ask
_AGAIN = 3  # times that what wants nothing is gone through in a round: there is less of it
_BACK_AGAIN = 6  # and what is asked of those who want something
_SIGN = 0.15  # what a sign counts beside all words together
_FIRST = 0.3  # and the word that stands first
_REMEMBERED = 16  # texts whose words and signs are kept at hand
_LEAST = 12  # letters and characters' worth: an English word counts two, a Chinese character one
_SURE = 1e-3  # share that is never left to the other side
_QUOTED = re.compile(r"(?<![a-z0-9])(?:'[^'\n]{3,80}'|\"[^\"\n]{3,80}\"|“[^”\n]{2,60}”|「[^」\n]{2,60}」)(?![a-z0-9])")
_WORD = late(r"[a-z']+|[\u3400-\u9fff]|[?!]")
_SAID = late(r"[a-z']+|[\u3400-\u9fff]")
_CHARACTER = late(r"[\u3400-\u9fff]")
_TO_SOMEBODY = late(r"\b(?:you|your|you're)\b|你|您|^@")
# Who is spoken of, and how it ends.
_SHAPES = tuple(
    (name, late(pattern))
    for name, pattern in (
        ("asked", r"\?"),
        ("ends-asked", r"\?\s*$"),
        ("me", r"\b(?:i|my|me|i'm|i've|ive|im)\b|我|俺"),
        ("you", r"\b(?:you|your|you're)\b|你|您"),
        ("we", r"\bwe\b|我们"),
        ("others", r"\b(?:he|she|they|people|anybody|anyone)\b|他|大家|别人"),
        ("cries", r"!"),
        ("named", r"^@|^回复"),
        ("link", r"http"),
    )
)
_QUESTIONS = (("asks", is_asked), ("ends-asking", ends_asking), ("only-asks", only_asks))


class Wants:
    """Rates messages by what was learnt."""

    def __init__(self, learnt: Learnt, back: Learnt, signs: Signs) -> None:
        """`back`: what tells questions of those who want something from those that they are asked in turn."""
        self._learnt = Softmax(learnt)
        self._back = Softmax(back)
        self._held_by = lru_cache(_REMEMBERED)(partial(_features, signs=signs))  # both are asked about one text

    def odds(self, text: str) -> float | None:
        """How likely who says a folded text wants something, as the logarithm of its odds; None where it is too short
        to tell, or asks: whoever does not ask somebody in particular ("did you restart it?") wants to know.
        """
        said = 2 * len(_SAID.findall(text)) - len(_CHARACTER.findall(text))
        if said < _LEAST or (is_asked(text.replace(",", "\n")) and not _TO_SOMEBODY.search(text)):
            return None
        share = self._learnt.shares(self._held_by(text))[_WANTS]
        return log((share + _SURE) / (1 - share + _SURE))

    def asks_back(self, text: str) -> float:
        """How likely a folded text that asks is what somebody is asked who wants something ("which card is it?"), as a
        share of 1.
        """
        return self._back.shares(self._held_by(text))[_ASKS_BACK]


def kept_wants(root: Path, signs: Signs) -> Wants:
    """What the sentences under `root` teach, kept between runs until they change. `signs`: those of the same folder."""
    code = (Path(__file__), *(Path(__file__).with_name(name) for name in ("features.py", "softmax.py", "errands.py")))
    names = (TALK_FILE, TOLD_FILE, ERRANDS_FILE, SAYINGS_FILE, "topics.yaml", "faq*.yaml")
    files = [*(file for name in names for file in files_matching(root, name)), *code]
    held_by = cache(lambda text: _features(folded(text), signs))  # most sentences teach both
    learnt = cached_of(root, "wants", files, Learnt, lambda: _learnt_under(root, held_by))
    return Wants(learnt, cached_of(root, "asks-back", files, Learnt, lambda: _back_learnt_under(root, held_by)), signs)


def _learnt_under(root: Path, held_by: Callable[[str], Features]) -> Learnt:
    sentences = _examples(_WANTS, _wanting(root), held_by), _examples(_NOTHING, _wanting_nothing(root), held_by, _AGAIN)
    return learnt_of(chain(*sentences), (_WANTS, _NOTHING), _ROUNDS)


def _back_learnt_under(root: Path, held_by: Callable[[str], Features]) -> Learnt:
    back = _examples(_ASKS_BACK, load_talk(root).asks_back, held_by, _BACK_AGAIN)
    return learnt_of(chain(_examples(_WANTS, _wanting(root, _OFTEN), held_by), back), (_WANTS, _ASKS_BACK), _ROUNDS)


def _examples(name: str, texts: Iterable[str], held_by: Callable[[str], Features], again: int = 1) -> Iterator[Example]:
    """The sentences of one side; where they are fewer than the others they are gone through more often."""
    for text in dict.fromkeys(texts):
        found = held_by(text)
        yield from (Example(name, text + " " * number, found) for number in range(again))


def _wanting(root: Path, seldom: int = _SELDOM) -> Iterator[str]:
    yield from load_talk(root).wants
    for name, sentences in load_told(root).items():
        if name != LEFT:
            yield from sentences[::_EVERY]
    for texts in load_errands(root).signs.values():
        yield from texts
    for question in load_questions(root):
        yield from (question.question.en, question.question.zh, *question.asked[::seldom])


def _wanting_nothing(root: Path) -> Iterator[str]:
    talk = load_talk(root)
    for texts in (talk.answers, talk.reports, talk.news, talk.talk):
        yield from texts
    yield from load_told(root).get(LEFT, ())
    yield from load_errands(root).neither
    yield from load_sayings(root).solved


def _features(text: str, signs: Signs) -> Features:
    """What a folded text holds: its words, of length 1 together, its signs and shape; quotations count as one word."""
    own = _QUOTED.sub(" zquote ", text)
    line = made_alike(own)
    words, _ = counts([(1.0, line)])
    each = 1 / (sqrt(len(words)) or 1.0)
    found = {f"w{word}": each for word in words}
    found |= {f"s{name}": _SIGN for name in _signs_of(own, signs)}
    found |= {f"h{name}": _SIGN for name, pattern in _SHAPES if pattern.search(line)}
    if first := _WORD.search(line):
        found[f"f{first[0]}"] = _FIRST
    return keyed(found)


def _signs_of(text: str, signs: Signs) -> Mapping[str, int]:
    return {**signs.found_in(text), **{name: 1 for name, is_so in _QUESTIONS if is_so(text)}}
