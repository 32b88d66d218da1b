"""A log while it is diagnosed: its lines, their words, and what conditions ask of the whole."""

from collections.abc import Sequence
from functools import cached_property

from bot.diagnosis.index import Index
from bot.diagnosis.words import fold, words
from bot.intake.lines import Line

_FEW = 400  # lines up to which a condition is also looked for with errors
_LONG = 8  # characters a condition must have for that
_ALIKE = 86  # per cent


class Log:
    """Cleaned lines with the known words of each; answers conditions on the whole."""

    def __init__(self, lines: Sequence[Line], index: Index) -> None:
        self.lines = lines
        self.folded = fold("\n".join(line.text for line in lines)).split("\n") if lines else []
        self.known = [index.known_words(words(text)) for text in self.folded]
        self._answers: dict[str, bool] = {}

    def joined(self, number: int) -> str:
        """Line `number` and the next as one; a word that was cut at the edge of a terminal is not mended."""
        return f"{self.lines[number].text.rstrip()} {self.lines[number + 1].text.lstrip()}"

    def contains(self, text: str) -> bool:
        """Whether a text stands somewhere in the log, in any case; in a short log also with a few wrong characters."""
        answer = self._answers.get(text)
        if answer is None:
            answer = self._answers[text] = self._contains(fold(text))
        return answer

    @cached_property
    def _whole(self) -> str:
        return "\n".join(self.folded)

    def _contains(self, folded: str) -> bool:
        if folded in self._whole:
            return True
        if len(self.lines) > _FEW or len(folded) < _LONG:
            return False
        from rapidfuzz import fuzz

        return any(fuzz.partial_ratio(folded, line, score_cutoff=_ALIKE) for line in self.folded if len(line) >= _LONG)
