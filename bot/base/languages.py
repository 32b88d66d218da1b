"""What a user reads, in every language it exists in: English and Chinese, others as far as translated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Language: TypeAlias = str  # a code such as "en", "zh", "ja"


@dataclass(frozen=True, slots=True, init=False)
class Text:
    """One sentence or paragraph in English and Chinese, neither ever empty; `others` by the code of their language."""

    en: str
    zh: str
    others: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __init__(self, en: str, zh: str, **others: str) -> None:
        for name, value in (("en", en), ("zh", zh), ("others", others)):
            object.__setattr__(self, name, value)

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
        known = {
            *self.languages,
            *(each for value in values.values() if isinstance(value, Text) for each in value.others),
        }
        said = {
            language: self.in_language(language).format(
                **{name: told(value, language) for name, value in values.items()}
            )
            for language in sorted(known)
        }
        return Text(**said)


BETWEEN_SENTENCES = Text(" ", "")
COMMA = Text(", ", "、")
SEMICOLON = Text("; ", "；")

# What a reader sees: a text, or a string that is the same in every language (a name, a number, an address).
Words: TypeAlias = Text | str


def told(words: object, language: Language) -> str:
    """The words in a language. Anything that is no text is written the same in all."""
    return words.in_language(language) if isinstance(words, Text) else str(words)


def joined(parts: Sequence[Words], separator: Words) -> Text:
    """The parts one after the other, in every language that one of them or the separator exists in."""
    if not parts:
        return Text("", "")
    known = {each for part in (*parts, separator) if isinstance(part, Text) for each in part.others}
    said = {
        language: told(separator, language).join(told(part, language) for part in parts)
        for language in ("en", "zh", *sorted(known))
    }
    return Text(**said)
