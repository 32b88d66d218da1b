"""Cues: phrases of one meaning by which people's words are read, one phrase a row, with texts that prove them."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from bot.base.sieve import Sieve
from bot.knowledge.files import DataError, Document, Fault, read_documents

T = TypeVar("T")
_FLAGS = re.IGNORECASE


class Cue(msgspec.Struct, frozen=True, dict=True):
    """Any of these phrases, each a regular expression, case ignored."""

    zh: tuple[str, ...] = ()  # anywhere
    en: tuple[str, ...] = ()  # whole words
    forms: tuple[str, ...] = ()  # of any language, with their own borders
    found_in: tuple[str, ...] = ()  # texts that hold the cue
    not_in: tuple[str, ...] = ()  # texts that look like it and do not

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """All phrases as one; matches nothing where there are none."""
        return re.compile("|".join(self.rows) or r"(?!)", _FLAGS)

    @property
    def rows(self) -> tuple[str, ...]:
        """Every phrase as a pattern of its own."""
        return (*self.zh, *(rf"\b(?:{words})\b" for words in self.en), *self.forms)

    def found(self, text: str) -> bool:
        """Whether a text holds the cue."""
        return self._sieve.found_in(text)

    def may_find(self, text: str) -> bool:
        """Whether a text or a part of it may hold the cue; False is sure."""
        return self._sieve.may_find(text)

    def first(self, text: str) -> re.Match[str] | None:
        """The first place of the cue in a text."""
        return self.pattern.search(text) if self.found(text) else None

    @cached_property
    def _sieve(self) -> Sieve:
        return Sieve(self.rows, _FLAGS)


def cue_faults(file: str, key: str, cue: Cue) -> Iterator[Fault]:
    """Phrases that are none, and texts that prove the cue wrong."""
    broken = list(_broken(cue))
    yield from (Fault(file, f"{key}.{place}", problem) for place, problem in broken)
    if not broken:
        proofs = disproved(cue._sieve, cue.found_in, cue.not_in)
        yield from (Fault(file, f"{key}.{place}", problem) for place, problem in proofs)


def _broken(cue: Cue) -> Iterator[tuple[str, str]]:
    for name in ("zh", "en", "forms"):
        for number, phrase in enumerate(getattr(cue, name)):
            try:
                re.compile(phrase, _FLAGS)
            except re.error as error:
                yield f"{name}[{number}]", f"is no regular expression: {error.msg}"


def disproved(phrases: Sieve, found_in: Iterable[str], not_in: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(place, problem) of the texts that prove phrases wrong."""
    for number, text in enumerate(found_in):
        if not phrases.found_in(text):
            yield f"found_in[{number}]", f"{text!r} holds none of the phrases; add one, or take the text out"
    for number, text in enumerate(not_in):
        if found := phrases.first(text):
            yield f"not_in[{number}]", f"{text!r} holds {found.group()!r}; narrow the phrase that finds it"


def in_all_languages(root: Path, file: str, data: T, check: Callable[[T], Iterable[Fault]]) -> T:
    """Cues with what the further languages add to them: a file of the same name, the same keys, as many as they have
    words for. `check` looks at the whole; raises DataError.
    """
    for document in read_documents(root, f"languages/*/{file}"):
        data = _extended(data, document)
        if faults := [replace(fault, file=document.file) for fault in check(data)]:
            raise DataError(faults)
    return data


def _extended(data: T, more: Document) -> T:
    try:
        return msgspec.convert(_appended(msgspec.to_builtins(data), more.content), type(data))
    except (msgspec.ValidationError, TypeError, AttributeError) as error:
        raise DataError([Fault(more.file, "", str(error))]) from error


def _appended(own: Any, more: Any) -> Any:
    """Lists one after the other, mappings key by key."""
    if isinstance(own, dict):
        if unknown := more.keys() - own.keys():
            raise TypeError(f"unknown keys: {', '.join(sorted(unknown))}")
        return {key: _appended(value, more[key]) if key in more else value for key, value in own.items()}
    return [*own, *more]
