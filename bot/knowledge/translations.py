"""Further languages: a folder each under languages/, translated piece by piece; what is missing is said in English.

language.yaml names the language. Every other file (but those of cues, see bot.knowledge.cue) maps English texts, of the
knowledge or of the program itself, to the same in that language. A text whose English has changed is not found any
more: rather English than a translation of something else.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from bot.base.languages import Dictionary, Language, Text
from bot.base.late import late
from bot.knowledge.files import DataError, Document, Fault, read_documents
from bot.knowledge.kept_signatures import Signatures

T = TypeVar("T")
_FOLDER = "languages"
_NAME = "language.yaml"
_CUES = ("cues.yaml", "complaints.yaml")
_VARIABLE = late(r"\{([a-z_][a-z0-9_]*)")
_WORD = late(r"[A-Za-z]{2,}")


class Tongue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A further language. `letters`: the characters by which its writing is known, as a range like "ぁ-ヿ"."""

    code: str
    name: str
    letters: str = ""

    def carries(self, text: str) -> bool:
        """Whether its own letters carry a text: one counts as much as a short English word."""
        own = len(re.findall(f"[{self.letters}]", text)) if self.letters else 0
        return own > 0 and own * 2 >= len(_WORD.findall(text))


@dataclass(frozen=True)
class Translations:
    """The further languages with what is translated into them."""

    tongues: tuple[Tongue, ...] = ()
    dictionary: Dictionary = field(default_factory=dict)

    @cached_property
    def languages(self) -> tuple[Language, ...]:
        """Codes of all languages, English and Chinese among them."""
        return ("en", "zh", *(tongue.code for tongue in self.tongues))

    def of(self, value: T) -> T:
        """`value` with every text in it translated, as far as the dictionary goes."""
        return _translated(value, self.dictionary) if self.dictionary else value

    def language_of(self, text: str) -> Language | None:
        """The further language that a text is written in, if it is one of these."""
        return next((tongue.code for tongue in self.tongues if tongue.carries(text)), None)


def known_languages(root: Path) -> tuple[Language, ...]:
    """Codes of all languages, by the names of the folders alone."""
    return ("zh", "en", *sorted(path.parent.name for path in root.glob(f"{_FOLDER}/*/{_NAME}")))


def load_translations(root: Path) -> Translations:
    """All further languages under `root`; raises DataError with every fault."""
    documents = list(read_documents(root, f"{_FOLDER}/**/*.yaml"))
    faults = [fault for document in documents for fault in _faults(document)]
    named = {_code(document): document for document in documents if _is_name(document)}
    faults += [
        Fault(f"{_FOLDER}/{code}/{_NAME}", "", "is missing; name the language there")
        for code in sorted({_code(document) for document in documents} - named.keys())
    ]
    if faults:
        raise DataError(faults)
    tongues = tuple(msgspec.convert({"code": code, **document.content}, Tongue) for code, document in named.items())
    return Translations(tongues, {tongue.code: dict(_sentences(documents, tongue.code)) for tongue in tongues})


def _sentences(documents: list[Document], code: Language) -> Iterator[tuple[str, str]]:
    for document in documents:
        if _code(document) == code and _is_dictionary(document):
            yield from document.content.items()


def _faults(document: Document) -> Iterator[Fault]:
    if _is_name(document):
        try:
            msgspec.convert({"code": _code(document), **document.content}, Tongue)
        except (msgspec.ValidationError, TypeError) as error:
            yield Fault(document.file, "", str(error))
    elif _is_dictionary(document):
        yield from _dictionary_faults(document)


def _dictionary_faults(document: Document) -> Iterator[Fault]:
    if not isinstance(document.content, Mapping):
        yield Fault(document.file, "", "must map English texts to their translations")
        return
    for english, translated in document.content.items():
        if (
            not isinstance(english, str)
            or not isinstance(translated, str)
            or (english.strip() and not translated.strip())
        ):
            yield Fault(document.file, str(english)[:60], "must be text; leave out what is not translated yet")
        elif set(_VARIABLE.findall(english)) != set(_VARIABLE.findall(translated)):
            yield Fault(document.file, english[:60], "must hold the same {variables} as the English text")


def _is_pair(english: object, translated: object) -> bool:
    """Two texts; only what stands between words may become nothing."""
    if not isinstance(english, str) or not isinstance(translated, str):
        return False
    return bool(translated.strip()) or not english.strip()


def _code(document: Document) -> Language:
    return document.file.split("/")[1]


def _is_name(document: Document) -> bool:
    return document.file.endswith(f"/{_NAME}")


def _is_dictionary(document: Document) -> bool:
    return Path(document.file).name not in (_NAME, *_CUES)


def _translated(value: T, dictionary: Dictionary) -> T:
    changed: Any = value
    if isinstance(value, Text):
        changed = value.translated(dictionary)
    elif isinstance(value, tuple | list):
        changed = type(value)(_translated(each, dictionary) for each in value)
    elif isinstance(value, Signatures):
        changed = tuple(_translated(each, dictionary) for each in value)
    elif isinstance(value, dict):
        changed = {key: _translated(each, dictionary) for key, each in value.items()}
    elif isinstance(value, msgspec.Struct):
        parts = {name: _translated(getattr(value, name), dictionary) for name in value.__struct_fields__}
        changed = msgspec.structs.replace(value, **parts)
    elif is_dataclass(value) and not isinstance(value, type):
        parts = {each.name: _translated(getattr(value, each.name), dictionary) for each in fields(value)}
        changed = replace(value, **parts)
    return changed  # type: ignore[no-any-return] # of the type that came in
