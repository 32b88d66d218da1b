"""The rule: what is secret, by which words it is found, and what it must look like.

A rule is tried only where one of its literal introducers stands, so a text without them costs a search for a few words
and nothing else. What may stand before an introducer is said outright: a word boundary would take Chinese, "_" and the
"n" of an escaped line end for letters of the same word. Patterns are linear: blanks of one line are blanks and tabs,
repetitions have an end, and no two of them that could share their characters stand side by side.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from bot.base.late import late

Kind = Literal[
    "hugging-face-token",
    "openai-key",
    "github-token",
    "discord-token",
    "discord-webhook",
    "cloud-key",
    "authorization",
    "api-key",
    "password",
    "private-key",
    "proxy-link",
    "cookie",
    "secret",
    "email",
    "ip-address",
    "user-name",
    "phone",
    "identity-card",
    "account",
    "mac-address",
]
Span = tuple[int, int]
Found = re.Match[str]

WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_IN_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
NAME = f"{WORD}_.-"  # what names of settings, options and users are made of
LONGEST_FRONT = 64  # characters of a name, or of the part of an e-mail address before its "@"

# Every digit and letter of a hexadecimal number as "h", "-" and ":" as ":", "." as "."; the rest says nothing.
_SHAPE = {**dict.fromkeys(b"0123456789abcdef", ord("h")), ord("-"): ord(":"), ord(":"): ord(":"), ord("."): ord(".")}
_SHAPES = bytes(_SHAPE.get(byte, ord(" ")) for byte in range(256))
# Letters, digits, "_" and "-" as "a".
_RUNS = bytes(ord("a") if chr(byte) in f"{WORD}_-" else ord(" ") for byte in range(256))
SHORTEST_RUN = 16
_LONG_RUN = late("a" * SHORTEST_RUN + "a*")


@dataclass(frozen=True, slots=True)
class Haystack:
    """A text in the forms in which it is searched; all are of the same length."""

    text: str
    lowered: str
    shape: str
    runs: tuple[Span, ...]  # long words of letters, digits, "_" and "-"


def haystack(text: str) -> Haystack:
    lowered = text.lower()
    written = text.encode("ascii", "replace")
    runs = written.translate(_RUNS).decode("ascii")
    shape = written.lower().translate(_SHAPES).decode("ascii")
    return Haystack(text, lowered, shape, tuple(found.span() for found in _LONG_RUN.finditer(runs)))


def always(_found: Found) -> bool:
    """For rules whose every find is meant."""
    return True


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` is matched at every introducer, from the characters of `before` on that stand in front of it; its group
    `secret`, else all of it, is masked where `is_meant` agrees. Without introducers it is looked for everywhere.
    `shaped`: the introducers are shapes (see `Haystack.shape`). `whole`: they end a word ("token", not "tokens").
    """

    kind: Kind
    introducers: tuple[str, ...]  # lower-case
    pattern: re.Pattern[str]
    is_meant: Callable[[Found], bool] = always
    before: str = ""
    shaped: bool = False
    whole: bool = False

    def spans(self, hay: Haystack, standing: Mapping[str, Sequence[int]]) -> Iterator[Span]:
        """Where in the text the rule finds something to mask. `standing`: the introducers that stand in it, shapes
        aside, with all places of each.
        """
        group = "secret" if "secret" in self.pattern.groupindex else 0
        for found in self._found(hay, standing):
            if found[group] and self.is_meant(found):
                yield found.span(group)

    def _found(self, hay: Haystack, standing: Mapping[str, Sequence[int]]) -> Iterator[Found]:
        if not self.introducers:
            yield from self.pattern.finditer(hay.text)
        for introducer in self.introducers:
            places = standing.get(introducer, ())
            following = partial(hay.shape.find, introducer) if self.shaped else partial(_from, places)
            at = following(0)
            while at >= 0:
                end = at + len(introducer)
                if not (self.whole and hay.lowered[end : end + 1] in _IN_NAME):
                    found = self.pattern.match(hay.text, self._start(hay.text, at))
                    if found:
                        yield found
                        end = max(end, found.end())
                at = following(end)

    def _start(self, text: str, at: int) -> int:
        if not self.before:
            return at
        front = text[max(0, at - LONGEST_FRONT) : at]
        return at - len(front) + len(front.rstrip(self.before))


def _from(places: Sequence[int], at: int) -> int:
    """The first of some ascending places that is not before `at`, -1 without any."""
    number = bisect_left(places, at)
    return places[number] if number < len(places) else -1


def before(found: Found, characters: int = 1) -> str:
    """The characters that stand before what was found."""
    return found.string[max(0, found.start() - characters) : found.start()]


def stands_alone(found: Found) -> bool:
    """Whether no ASCII letter or digit stands before it; Chinese and "_" may."""
    front = before(found)
    return not (front.isascii() and front.isalnum())


# How random a word looks

_ONE_CLASS = late(r"[a-z]+|[A-Z]+|[0-9]+")
_PARTS = late(r"[A-Za-z0-9]+")


def looks_random(word: str, share: float = 0.25, least: int = 3) -> bool:
    """Whether letters and digits change so often as in no word, name or version that somebody thought of. `share`: of
    the characters; half of them change their kind in base 62 and in hexadecimal.
    """
    runs, parts = len(_ONE_CLASS.findall(word)), len(_PARTS.findall(word))
    return runs - parts >= max(least, share * len(word))


def has_digit(value: str) -> bool:
    """Whether it has a digit and is no number."""
    return any(character.isdigit() for character in value) and not value.replace(".", "").isdigit()


def is_no_word(value: str) -> bool:
    """With a digit, or with large letters among small ones."""
    return has_digit(value) or not (value.islower() or value.isupper())
