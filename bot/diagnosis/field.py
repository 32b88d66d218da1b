"""Whether a log belongs to this field at all, or to a program that the knowledge is not about."""

import re
from collections.abc import Iterable
from functools import cached_property

from bot.diagnosis.words import fold
from bot.knowledge.failures import FieldWords

# Frames of a stack trace in somebody's own files, not in installed packages; folded text.
_INSTALLED = r"(?:slte-packages|dlst-packages|llb[\\/]python|[\\/]llb[\\/]|conda|node_modules|pylnstaller)"
_SERVER = r"[\\/]server(?:-maln)?\.[cm]?js"  # SillyTavern's own, whatever its folder is called
_FRAME = re.compile(
    rf'^\s*flle "(?![^"\n]*(?:{_INSTALLED}|<))[^"\n]+(?<!pyx)", llne '
    rf"|^\s*at (?![^\n]*(?:node:|{_INSTALLED}|{_SERVER}))\S.*\.[cm]?[jt]s:[lo2-9]+"
    r"|^\s*at [\w.$]+\([\w.]+\.java:",
    re.MULTILINE,
)


class Field:
    """Knows the words of this field and those of others."""

    def __init__(self, words: FieldWords | None = None) -> None:
        """Without words every log belongs to this field."""
        self._words = words or FieldWords()

    def names(self, folded: str) -> bool:
        """Whether a folded text holds a word of this field."""
        return bool(self._words.ours) and self._ours.search(folded) is not None

    def is_foreign(self, folded: str) -> bool:
        """Whether a folded log belongs elsewhere: no word of this field, but one of others, or a foreign stack."""
        if not self._words.ours or self.names(folded):
            return False
        return self._others.search(folded) is not None or _FRAME.search(folded) is not None

    @cached_property
    def _ours(self) -> re.Pattern[str]:
        return _beginning_with(self._words.ours)

    @cached_property
    def _others(self) -> re.Pattern[str]:
        return _beginning_with(self._words.others, r"(?![a-z])")


def _beginning_with(words: Iterable[str], end: str = "") -> re.Pattern[str]:
    return re.compile(r"(?<![a-z])(?:" + "|".join(re.escape(fold(word)) for word in words) + ")" + end)
