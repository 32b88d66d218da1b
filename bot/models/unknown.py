"""A name that means no model that is known."""

from collections.abc import Callable
from typing import Literal

from bot.base.errors import UserError

Code = Literal["unknown-model", "which-model", "no-language-model"]


class UnknownModelError(UserError):
    """A name that means no model that is known, or several. `nearest` are names to offer instead, likest first."""

    def __init__(self, en: str, zh: str, code: Code, nearest: tuple[str, ...]) -> None:
        super().__init__(en, zh)
        self.code = code
        self.nearest = nearest

    def document(self, masked: Callable[[str], str] = str) -> dict[str, object]:
        """The error as JSON tells it."""
        message = {"en": masked(self.text.en), "zh": masked(self.text.zh)}
        return {"error": self.code, "nearest": list(self.nearest), "message": message}
