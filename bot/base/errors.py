"""Errors a user may see. Everything else is a bug and is shown only as a short reference."""

from collections.abc import Callable

from bot.base.languages import Language, Text


class UserError(Exception):
    """Input that cannot be worked with: says in both languages what is wrong and what to do instead."""

    def __init__(self, en: str, zh: str, **others: str) -> None:
        super().__init__(en)
        self.text = Text(en, zh, **others)

    def in_language(self, language: Language) -> str:
        return self.text.in_language(language)

    def document(self, masked: Callable[[str], str] = str) -> dict[str, object]:
        """As JSON says it, in the place of an answer; `masked` hides secrets in what a user typed."""
        return {"error": {"en": masked(self.text.en), "zh": masked(self.text.zh)}}
