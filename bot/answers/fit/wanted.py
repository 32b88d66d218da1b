"""What somebody wants of a model: what for, how much context, how fast; and with which of some models to begin."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.answers.plan import rounded
from bot.base.languages import Text
from bot.hardware.planned import PlannedMachine
from bot.memory.offers import Offer
from bot.memory.speed import Speed
from bot.models.uses import Use

# Shares of a memory that one program may fill where the system and all else live in it too.
_OF_SHARED, _OF_PHONE, _OF_RAM = 0.6, 0.32, 0.66
_PLEASANT = 8.0  # tokens a second at the least: what lies in RAM shall not crawl
_UNIT = (
    r"\s?\+?\s?(?:t/s|t/sec|tok/s|toks/s|tokens?/s(?:ec)?|tps|tokens? (?:per|a) second"
    r"|个?token(?:一秒|每秒)|字/秒|字每秒)(?![a-z])"
)
_LEAST = (
    r"(?:at least|min(?:imum)?(?: of)?|no less than|not (?:less|slower) than|>=?|≥|above|over|more than|want|need"
    r"|至少|最低|最少|不低于|别低于|不能低于|起码|大于|超过|要有)"
)
_WISHED = re.compile(
    rf"{_LEAST}\s?(?:about |around )?(?P<least>\d{{1,3}}){_UNIT}"
    r"|(?<![\d.])(?P<plus>\d{1,3})\s?\+\s?(?:t/s|tok/s|tokens?/s|tps)"
    rf"|(?<![\d.])(?P<fine>\d{{1,3}})(?:\s?[-~–]\s?\d{{1,3}})?{_UNIT}\s?(?:would be|is|are|will be|之?)?\s?"
    r"(?:ok|okay|fine|enough|plenty|good enough|please|or more|minimum|at least|以上|就行|就够|就可以|就好|能接受)"
    r"|速度(?:至少|最低|不低于|别低于|不能低于|起码|要)(?:有)?\s?(?P<speed>\d{1,3})"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants. `size`: billions of parameters that the purpose takes at the least; `context` in tokens and
    `speed` in tokens a second at the least, 0 where none was told; `tips` say what counts for the purpose; `loader`:
    one was named; `asks_loader`: one is sought.
    """

    use: Use | None = None
    size: float = 0.0
    context: int = 0
    speed: float = 0.0
    tips: tuple[Text, ...] = ()
    loader: bool = False
    asks_loader: bool = False


def wished_speed(folded: str) -> float:
    """The least speed that the folded text wishes for, in tokens a second; 0.0 where it wishes for none."""
    found = _WISHED.search(folded)
    return float(next(filter(None, found.groups()))) if found else 0.0


def speed_wish(wished: float, speed: Speed) -> Text:
    """Whether a speed is as fast as was wished."""
    if speed.low >= wished:
        said = Text("Your {wished} t/s: reached.", "你要的 {wished} token/s：能达到。")
    elif speed.high > wished:
        said = Text(
            "Your {wished} t/s: perhaps, it lies within the range.", "你要的 {wished} token/s：在范围内，不一定稳。"
        )
    else:
        said = Text("Your {wished} t/s: not with this one.", "你要的 {wished} token/s：这个达不到。")
    return said.format(wished=rounded(wished))


def begun_with(offers: Sequence[Offer], planned: PlannedMachine, wanted: Wanted) -> Offer:
    """With which to begin: of those for the wanted use (where none was told, of those good at everything) the first
    that is as fast as was wished and leaves the machine some room.
    """
    use = wanted.use or "chat"
    of_use = [offer for offer in offers if use in offer.recommended.uses] or list(offers)
    able = [offer for offer in of_use if offer.recommended.parameters >= wanted.size] or of_use
    quick = [offer for offer in able if offer.speed.low >= wanted.speed] or able
    pleasant = [offer for offer in quick if offer.verdict == "gpu" or offer.speed.low >= _PLEASANT] or quick
    roomy = [offer for offer in pleasant if _leaves_room(offer, planned)]
    return (roomy or pleasant)[0]


def _leaves_room(offer: Offer, planned: PlannedMachine) -> bool:
    """Whether the system has enough left, and where the processor computes, whether one likes to wait for it."""
    size, machine = offer.model.file_bytes, planned.machine
    if planned.kind in {"phone", "board"}:
        return size <= _OF_PHONE * machine.memory
    if machine.unified:
        return size <= _OF_SHARED * machine.memory
    if offer.verdict == "cpu":
        return size <= _OF_RAM * machine.ram and offer.speed.speed_class in {"fast", "comfortable"}
    return True


def wishes_met(offer: Offer, wanted: Wanted) -> Iterator[Text]:
    """What is said of the speed that was wished for."""
    if wanted.speed:
        yield speed_wish(wanted.speed, offer.speed)
