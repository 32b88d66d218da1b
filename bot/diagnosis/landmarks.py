"""What tells two lines apart that differ in numbers only: the codes in signatures and in what they ask of a log."""

from collections.abc import Iterable, Iterator

from bot.base.literals import Literals
from bot.diagnosis.signature import literals_of
from bot.diagnosis.words import codes, fold
from bot.knowledge.failures import Failure, Signature

_SHORTEST = 3  # characters; a shorter text stands in too many numbers


class Landmarks:
    """The texts with codes in them, such as "exit code 137"."""

    def __init__(self, failures: Iterable[Failure]) -> None:
        texts = {text for entry in failures for signature in entry.signatures for text in _texts(signature)}
        self._literals = Literals(fold(text) for text in texts if len(text) >= _SHORTEST and codes(text))

    def places(self, text: str) -> list[tuple[int, int]]:
        """(number of a landmark, place) of all in a text as given."""
        folded = fold(text)
        return [found for found in self._literals.places_in(folded) if self._stands_alone(folded, *found)]

    def _stands_alone(self, folded: str, number: int, place: int) -> bool:
        """Whether it is no part of a longer word or number."""
        literal = self._literals.texts[number]
        front, behind = folded[place - 1 : place], folded[place + len(literal) : place + len(literal) + 1]
        return not (front.isalnum() and literal[0].isalnum()) and not (behind.isalnum() and literal[-1].isalnum())


def _texts(signature: Signature) -> Iterator[str]:
    yield from (literal.strip() for literal in literals_of(signature.text))
    for texts in (signature.requires, signature.requires_any, signature.excludes, signature.beside, signature.away):
        yield from texts
