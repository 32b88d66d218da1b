"""Errors a user may see. Everything else is a bug and is shown only as a short reference."""

from collections.abc import Callable, Mapping
from typing import Any, Self

from bot.base.languages import Language, Text


class UserError(Exception):
    """Input that cannot be worked with: says in both languages what is wrong and what to do instead."""

    def __init__(self, en: str, zh: str, **others: str) -> None:
        super().__init__(en)
        self.text = Text(en, zh, **others)

    def in_language(self, language: Language) -> str:
        """The message in a language."""
        return self.text.in_language(language)

    def format(self, **values: object) -> Self:
        """Itself, with `{name}` replaced by its value in every language; a value may be a text itself."""
        return self._saying(self.text.format(**values))

    def translated(self, translate: Callable[[Text], Text]) -> Self:
        """Itself, in the further languages as well, as far as `translate` knows what it says."""
        return self._saying(translate(self.text))

    def masked(self, mask: Callable[[str], str]) -> Self:
        """Itself, with `mask` applied to what it says in every language: it may repeat what a user typed."""
        return self._saying(self.text.changed(mask))

    def _saying(self, text: Text) -> Self:
        self.text = text
        self.args = (text.en,)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Crosses from one process to another, whatever a kind of error is made from."""
        return _again, (type(self), self.args, self.__dict__)

    def document(self, masked: Callable[[str], str] = str) -> dict[str, object]:
        """As JSON says it, in the place of an answer; `masked` hides secrets in what a user typed."""
        return {"error": {"en": masked(self.text.en), "zh": masked(self.text.zh)}}


def _again(kind: type[UserError], args: tuple[Any, ...], state: Mapping[str, Any]) -> UserError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error
