"""Whether a message of a busy channel can ask for anything at all: decided at once, without the knowledge.

A reply in a channel needs something of this field: a program, a model, a card, a size, what a program printed, or words
of trouble (see `bot.clinic.replying`). A message that has none of that, and no secret that its author should hear of,
is ordinary talk. What is told here to be talk is never answered; what is not may still be.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from bot.base.literals import Literals
from bot.base.phrases import folded, pieces
from bot.diagnosis import words as word_reading
from bot.diagnosis.words import FILLERS, NEGATIONS, fold, words
from bot.intake.line_kinds import looks_like_log
from bot.intake.redaction import redact
from bot.intake.signs import load_signs
from bot.knowledge.cache import cached_of
from bot.knowledge.files import files_matching

if TYPE_CHECKING:
    from bot.hardware.cards import CardIndex
    from bot.intake.vocabulary import Names
    from bot.knowledge.failures import FieldWords
    from bot.models.catalog import Catalog

_LONGEST = 400  # characters; whoever writes more tells something
_LINES = 2  # ends of lines likewise
_REFUSAL = 6  # characters from which on a word that turns a sentence is one of programs
_LONG = 8  # characters of a beginning that hardly any other word has
_SHORTEST = 3  # characters of a name that is looked for within others
_SIGNS = ("field", "vram", "phone")  # of topics.yaml: what proves the field by itself
# A figure with its unit or a name with its figure ("12g", "q4", "win11", "3060ti"); paths, links, code, pictures.
_TELLING = re.compile(r"(?<![a-z\d])(?:\d[\d.]{0,9}[a-z]|[a-z]{1,12}\d)|[\\/]|```|\[图片\]|\[image\]", re.IGNORECASE)


class Screen(msgspec.Struct, frozen=True, dict=True):
    """What stands in messages that ask. `names`: folded words, Chinese ones as pairs of characters; `beginnings`: of
    Latin words, `phrases`: pieces of folded text.
    """

    names: frozenset[str]
    beginnings: tuple[str, ...]
    phrases: tuple[str, ...]

    def lets_pass(self, text: str) -> bool:
        """Whether a message may be one that is answered."""
        if len(text) > _LONGEST or text.count("\n") >= _LINES or _TELLING.search(text):
            return True
        plain = fold(folded(text))
        own = words(plain)
        return (
            not self.names.isdisjoint(own)
            or any(word.startswith(self.beginnings) for word in own)
            or bool(self._literals.places_in(plain))
            or looks_like_log(text)
            or bool(redact(text).kinds)
        )

    @cached_property
    def _literals(self) -> Literals:
        """What finds all phrases at once."""
        return Literals(self.phrases)


class Called(Protocol):
    """What the knowledge calls things: these parts of a clinic."""

    root: Path

    @property
    def field(self) -> "FieldWords":
        """What the knowledge is about."""

    @property
    def catalog(self) -> "Catalog":
        """Models."""

    @property
    def vocabulary(self) -> "Names":
        """Programs and systems."""

    @property
    def cards(self) -> "CardIndex":
        """Graphics cards."""


def kept_screen(parts: Called) -> Screen:
    """The screen of a knowledge folder, kept between runs: a process that only screens holds nothing else."""
    root = parts.root
    files = [*files_matching(root, "*.yaml"), *files_matching(root, "loaders/*.yaml")]
    files += [*files_matching(root, "models/*.yaml"), Path(__file__), Path(str(word_reading.__file__))]
    return cached_of(root, "screen", files, Screen, lambda: screen_of(parts))


def screen_of(parts: Called) -> Screen:
    """The screen by what the knowledge calls things."""
    field, models, signs = parts.field, parts.catalog.called, load_signs(parts.root)
    phrases = _in_pieces((*_called(parts), *field.tools, *signs.phrases_of(_SIGNS)))
    jargon = (word for word in field.jargon if len(word) >= _LONG)
    ours = [_folded(word) for word in (*field.ours, *field.alarms, *jargon)]
    single = {phrase for phrase in phrases if words(phrase) == [phrase]}
    beginnings = {word for word in ours if word.isascii() and word.isalpha()}
    long = {phrase for phrase in (*phrases, *ours) if len(phrase) > 1}
    named = (*single, *_refusals(), *models.leading, *models.chinese_words, *_card_numbers(parts))
    return Screen(
        names=frozenset(_worth(named)),
        beginnings=tuple(sorted(beginnings)),
        phrases=tuple(sorted(long - single - beginnings)),
    )


def _in_pieces(phrases: Iterable[str]) -> list[str]:
    return [_folded(piece) for phrase in phrases for piece in pieces(phrase)]


def _refusals() -> Iterator[str]:
    """As "refused" and "denied"; not "never"."""
    return (word for word in NEGATIONS if len(word) >= _REFUSAL)


def _called(parts: Called) -> Iterator[str]:
    for program in parts.vocabulary.vocabulary.programs:
        yield from (program.name, *program.words)


def _card_numbers(parts: Called) -> Iterator[str]:
    """As "3060" and "7900"; the letters beside them are ordinary words."""
    for card in parts.cards.cards:
        yield from (word for word in card.name.split() if len(word) >= _SHORTEST and not word.isalpha())


def _worth(names: Iterable[str]) -> Iterator[str]:
    """The words of names that say something."""
    found = (word for name in names for word in words(_folded(name)))
    return (word for word in found if len(word) > 1 and word not in FILLERS)


def _folded(text: str) -> str:
    return fold(folded(text)).strip()
