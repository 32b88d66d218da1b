"""What a user reads, in every language it exists in: English and Chinese, others as far as translated."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Language: TypeAlias = str  # a code such as "en", "zh", "ja"
Dictionary: TypeAlias = Mapping[Language, Mapping[str, str]]  # language -> English -> the same in it


@dataclass(frozen=True, slots=True, init=False, eq=False)
class Text:
    """One sentence or paragraph in English and Chinese, neither ever empty; `others` by the code of their language."""

    en: str
    zh: str
    others: Mapping[str, str] = field(default_factory=dict)

    def __init__(self, en: str, zh: str, **others: str) -> None:
        for name, value in (("en", en), ("zh", zh), ("others", others)):
            object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Text):
            return NotImplemented
        return (self.en, self.zh, self.others) == (other.en, other.zh, other.others)

    def __hash__(self) -> int:
        return hash((self.en, self.zh))

    def in_language(self, language: Language) -> str:
        """The text in a language; in English where it is not translated."""
        if language == "en":
            return self.en
        return self.zh if language == "zh" else self.others.get(language, self.en)

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages it exists in."""
        return ("en", "zh", *self.others)

    def changed(self, change: Callable[[str], str]) -> "Text":
        """The same change made in every language."""
        return Text(**{language: change(self.in_language(language)) for language in self.languages})

    def format(self, **values: object) -> "Text":
        """With `{name}` replaced by its value, which is told in the same language where it is a text itself."""
        return _Filled(self, values)

    def translated(self, dictionary: Dictionary) -> "Text":
        """With what a dictionary knows of it in further languages. What stands in the text itself goes before."""
        known = {language: words[self.en] for language, words in dictionary.items() if self.en in words}
        return Text(self.en, self.zh, **{**known, **self.others}) if known else self


class _Filled(Text):
    """A text made of a template and values; remembers both, since a dictionary knows the template alone."""

    __slots__ = ("_template", "_values")
    _template: Text
    _values: Mapping[str, object]

    def __init__(self, template: Text, values: Mapping[str, object]) -> None:
        languages = [*template.languages, *_others(values.values())]
        said = {
            language: template.in_language(language).format(
                **{
                    name: value.in_language(language) if isinstance(value, Text) else value
                    for name, value in values.items()
                }
            )
            for language in dict.fromkeys(languages)
        }
        super().__init__(**said)
        object.__setattr__(self, "_template", template)
        object.__setattr__(self, "_values", values)

    def translated(self, dictionary: Dictionary) -> Text:
        values = {
            name: value.translated(dictionary) if isinstance(value, Text) else value
            for name, value in self._values.items()
        }
        return _Filled(self._template.translated(dictionary), values)

    def __reduce__(self) -> tuple[object, ...]:  # to another process goes what it says
        return _again, (self.en, self.zh, dict(self.others))


def _again(en: str, zh: str, others: Mapping[str, str]) -> Text:
    return Text(en, zh, **others)


BETWEEN_SENTENCES = Text(" ", "")
COMMA = Text(", ", "、")
COLON = Text(": ", "：")
SEMICOLON = Text("; ", "；")

# What a reader sees: a text, or a string that is the same in every language (a name, a number, an address).
Words: TypeAlias = Text | str


def told(words: object, language: Language) -> str:
    """The words in a language. Anything that is no text is written the same in all."""
    return words.in_language(language) if isinstance(words, Text) else str(words)


def joined(parts: Sequence[Words], separator: Words) -> Text:
    """The parts one after the other, in every language that one of them or the separator exists in."""
    places = "{between}".join(f"{{part{number}}}" for number in range(len(parts)))
    named = {f"part{number}": part for number, part in enumerate(parts)}
    return Text(places, places).format(between=separator, **named)


def _others(values: Iterable[object]) -> list[Language]:
    """The further languages in which one of the values is told."""
    return [language for value in values if isinstance(value, Text) for language in value.others]
