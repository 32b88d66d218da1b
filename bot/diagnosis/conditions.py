"""Where a wording may be meant: what its signature and its entry ask of the log, and of the lines around it."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

from bot.base.late import late
from bot.base.literals import Literals
from bot.diagnosis.circumstances import Circumstances
from bot.diagnosis.log import Log
from bot.diagnosis.signature import Pattern, Use
from bot.diagnosis.words import fold
from bot.knowledge.failures import Failure, Signature

_TEXTS = 4_000  # asked for beside lines, of which it is remembered how they end
_NAME = late(r"(?:.*[./@])?[a-z-]+\.[a-z]+|.*[:=][0-9]+")  # a host or file, a port
_GOES_ON = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def asked_of(entries: Iterable[Failure]) -> Literals:
    """All texts that the conditions of these entries' signatures ask a log for, folded."""
    signatures = [signature for entry in entries for signature in entry.signatures]
    asked = ((*each.requires, *each.requires_any, *each.excludes, *each.loaders) for each in signatures)
    return Literals(map(fold, chain.from_iterable(asked)))


class Conditions:
    """Those of all wordings in one log: what they ask of the whole is looked up once."""

    def __init__(self, log: Log, around: Circumstances) -> None:
        self._log = log
        self._around = around
        self._possible: dict[int, tuple[Use, ...]] = {}

    def rule_out(self, pattern: Pattern) -> bool:
        """Whether the log allows no use of a wording, as far as that is cheaper to tell than whether it stands there:
        what a long log is asked for was looked for at once.
        """
        uses = self.possible(pattern) if self._log.is_long else self._possible.get(pattern.number)
        return uses is not None and not uses

    def possible(self, pattern: Pattern) -> tuple[Use, ...]:
        """The uses of a wording that the log allows, wherever it stands."""
        uses = self._possible.get(pattern.number)
        if uses is None:
            uses = tuple(use for use in pattern.uses if self._around.allow(use.entry) and self._fits(use.signature))
            self._possible[pattern.number] = uses
        return uses

    def hold(self, signature: Signature, number: int) -> bool:
        """Whether a wording may be meant in a line."""
        return self._fits(signature) and self.company_fits(signature, number)

    def company_fits(self, signature: Signature, number: int) -> bool:
        """Whether what must stand near a line does, and what must not does not."""
        if not (signature.beside or signature.away):
            return True
        near = self._log.near(number)
        if signature.beside and not any(_stands(text, near) for text in signature.beside):
            return False
        return not any(_stands(text, near) for text in signature.away)

    def _fits(self, signature: Signature) -> bool:
        log = self._log
        if not self._around.fit(signature) or not self._is_of_loader(signature):
            return False
        if not all(map(log.contains, signature.requires)):
            return False
        if signature.requires_any and not any(map(log.contains, signature.requires_any)):
            return False
        return not any(map(log.says, signature.excludes))  # a near miss excludes nothing

    def _is_of_loader(self, signature: Signature) -> bool:
        """Whether the loader may be one of the signature's: where both are named, a front end and its loader work."""
        if not signature.loaders or self._around.loader in (None, *signature.loaders):
            return True
        return any(map(self._log.contains, signature.loaders))


def _stands(text: str, near: str) -> bool:
    """Whether a text stands in folded lines; a host or a port to its end: "ollama.com" is not in "ollama.common"."""
    folded, is_name = _asked(text)
    at = near.find(folded)
    while is_name and at >= 0 and near[at + len(folded) : at + len(folded) + 1] in _GOES_ON:
        at = near.find(folded, at + 1)
    return at >= 0


@lru_cache(maxsize=_TEXTS)
def _asked(text: str) -> tuple[str, bool]:
    return fold(text), _NAME.fullmatch(text.lower()) is not None
