"""Errors a user may see. Everything else is a bug and is shown only as a short reference."""

from bot.base.languages import Language, Text


class UserError(Exception):
    """Input that cannot be worked with: says in both languages what is wrong and what to do instead."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.text = Text(en, zh)

    def in_language(self, language: Language) -> str:
        return self.text.in_language(language)
