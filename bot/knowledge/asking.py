"""How people put questions: words of one meaning are one token, names are another kind of token.

knowledge/asking.yaml holds the meanings, and words of other fields, which are a kind of their own; names of programs
and formats come from their own tables. What is none of these stays as words, Chinese as characters and pairs of them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from bot.base.late import late
from bot.base.traditional import simplified
from bot.knowledge.files import DataError, Fault, load_all

LONGEST = 400  # characters of a question that are read; more is a story
MEANING, NAME, ELSEWHERE = "=", "@", "~"  # what a token begins with that is no word
MARKS = MEANING + NAME + ELSEWHERE

COMPARE = "compare"  # the meaning by which things are compared
FAILS = f"{MEANING}fails"  # that something does not work, whatever it is

_FILE = "asking.yaml"
_MARKS = " ?？!！.。,，、:：;；~～…\"'“”"
_PIECES = late(r"[a-z0-9][a-z0-9_.+-]*|[\u3400-\u9fff]+")
_PARTICLES = late(
    "应该|现在|已经|一下|的时候|[的了吗呢啊吧嘛呀哦么我你他它们是在有个这那就都也和与跟把被给对为请要会能可用做到里后再还又很太多少大家谁]"
)
# Where a word was met: behind it in English, before it in Chinese.
_PLACE_BEHIND = re.compile(r"\s(?:in|when|inside|within|while)\s.*$")
_PLACE_BEFORE = re.compile(r"^.*[\u3400-\u9fff](?:说|讲|提|看|写|听)(?:到|过|见)?的")
_STOP = frozenset(
    """
    a an the is are do does did am be been was i my me we our you your it its this that these those there here to of in
    on at for from with by as and or but if so then not no any some just really please pls hi hello thanks tell want
    need get got use using used can could would will should may might one thing have has had s t m re ve
    """.split()
)


class Asked(msgspec.Struct, frozen=True):
    """What is asked of any program alike. `answers`: what answers it, by the program's name: the id of a frequent
    question or a term, or a part of a loader's data ("loader:vLLM:log").
    """

    asked: tuple[str, ...]
    answers: Mapping[str, str]


class Asking(msgspec.Struct, frozen=True):
    """The whole file. `meanings`: words by what they mean; aspects: questions for a part of a loader or format."""

    meanings: Mapping[str, tuple[str, ...]]  # words, in any language, by what they mean
    around: tuple[str, ...]  # what stands before and behind a word whose meaning is asked for
    between: tuple[str, ...]  # what stands between two words that are compared
    loader_aspects: Mapping[str, tuple[str, ...]]  # questions for each part of a loader's data
    format_aspects: Mapping[str, tuple[str, ...]]  # questions for each part of a format's data
    of_programs: Mapping[str, Asked] = {}  # questions that are asked of any program, by what they are about
    elsewhere: Mapping[str, tuple[str, ...]] = {}  # words of other fields, by field
    foreign: tuple[str, ...] = ()  # whole questions of other fields, as different as people are
    unanswered: tuple[str, ...] = ()  # likewise of this field, which nothing that is known answers


class Wordings:
    """Reads a question into tokens, the same way for what is asked and for what is known."""

    def __init__(self, asking: Asking, names: Mapping[str, Iterable[str]]) -> None:
        """`names`: everything that a program or format is called, by its name."""
        self._token: dict[str, str] = {}
        for name, words in names.items():
            self._token |= {_folded(word): NAME + name for word in (name, *words)}
        for meaning, words in asking.meanings.items():
            for word in words:
                self._token.setdefault(_folded(word), MEANING + meaning)
        for words in asking.elsewhere.values():
            for word in words:
                self._token.setdefault(_folded(word), ELSEWHERE + _folded(word))
        self._known = re.compile(_longest_of(self._token))
        self._compared = frozenset(map(_folded, asking.meanings.get(COMPARE, ())))
        self._between = re.compile(_longest_of(self._compared | {_folded(words) for words in asking.between}))
        self._around = re.compile(_longest_of({_folded(words) for words in asking.around}))

    def bare(self, text: str) -> Iterator[str]:
        """The word whose meaning is asked for, without what stands around it: "hf 是哪个网站的缩写" asks for hf.

        All that may be it, the longest first.
        """
        whole = _folded(text)[:LONGEST].strip(_MARKS)
        rest = whole
        for rest in self._stripped(whole):
            yield rest
        if rest != whole and (head := self._head(rest)) != rest:
            yield head
            yield from self._stripped(head)

    def _stripped(self, rest: str) -> Iterator[str]:
        while found := self._around_of(rest):
            rest = rest[: found.start()] + rest[found.end() :]
            yield (rest := rest.strip(_MARKS))

    def _head(self, text: str) -> str:
        """What is left of a phrase without what only says where its first word was met: "a backend in this context",
        "群友说的甲". Another program or format is no such place.
        """
        english, chinese = _PLACE_BEHIND.search(text), _PLACE_BEFORE.search(text)
        place = english or chinese
        if place is None or any(token.startswith(NAME) for token in self.read(place.group())):
            return text
        return (text[: place.start()] + text[place.end() :]).strip(_MARKS)

    def sides(self, text: str) -> list[str]:
        """The words that are compared: "lorebook vs author's note", "lora 和 dora 的区别"; none where nothing is."""
        if not any(each.group() in self._compared for each in self._known.finditer(_folded(text)[:LONGEST])):
            return []
        pieces = self._between.split(_folded(text)[:LONGEST])
        return [side for piece in pieces if (side := piece.strip(_MARKS))]

    def _around_of(self, text: str) -> re.Match[str] | None:
        """What stands at the end, else at the beginning, of more than itself."""
        found = list(self._around.finditer(text))
        at_end = next((each for each in found if each.end() == len(text) and each.start()), None)
        return at_end or next((each for each in found if not each.start() and each.end() < len(text)), None)

    def read(self, text: str) -> list[str]:
        """The tokens of a question, in order of kind: names and meanings, then words."""
        found: list[str] = []

        def taken(match: re.Match[str]) -> str:
            found.append(self._token[match.group()])
            return " "

        rest = self._known.sub(taken, _folded(text)[:LONGEST])
        return found + list(_words(rest))


def load_asking(root: Path) -> Asking:
    """`root`/asking.yaml; raises DataError."""
    found = load_all(root, _FILE, "asking", Asking, check=_faults)
    if not found:
        raise DataError([Fault(_FILE, "", "missing; it says which words of a question mean the same")])
    return found[0]


def _faults(asking: Asking) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for meaning, words in asking.meanings.items():
        for word in words:
            other = seen.setdefault(_folded(word), meaning)
            if other != meaning:
                yield Fault(_FILE, f"meanings.{meaning}", f"{word!r} stands under {other!r} too; keep one of them")


def _folded(text: str) -> str:
    return " ".join(simplified(unicodedata.normalize("NFKC", text).casefold()).split())


def _longest_of(words: Iterable[str]) -> str:
    """A pattern for the longest of many words. By their first characters, so that a place in a text is compared with
    the few that may begin there, not with all.
    """
    by_first: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        by_first.setdefault(word[0], []).append(word)
    groups = (f"{_begun(first)}(?:{'|'.join(_ended(word) for word in own)})" for first, own in by_first.items())
    return "|".join(groups) or r"(?!)"


def _begun(first: str) -> str:
    """The first character; a Latin one does not begin within another word."""
    return re.escape(first) + (r"(?<![a-z0-9].)" if first.isascii() and first.isalnum() else "")


def _ended(word: str) -> str:
    """The rest of a word; one in Latin does not end within another."""
    return re.escape(word[1:]) + (r"(?![a-z0-9])" if word[-1].isascii() and word[-1].isalnum() else "")


def _words(text: str) -> Iterator[str]:
    for piece in _PIECES.findall(text):
        if piece[0] < "\u3000":
            word = piece.rstrip(".-+")
            if word not in _STOP:
                yield _stem(word)
            continue
        for run in _PARTICLES.split(piece):
            yield from run
            yield from (run[i : i + 2] for i in range(len(run) - 1))


def _stem(word: str) -> str:
    """Plurals and -ing go: "drivers" asks for the same as "driver"."""
    for ending, least in (("ing", 6), ("es", 6), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            return word[: -len(ending)]
    return word
