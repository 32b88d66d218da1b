"""What somebody wants of a model: what for, how much context, how fast; and with which of some models to begin."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.answers.plan import rounded
from bot.base.languages import Text
from bot.base.sizes import thousands
from bot.hardware.planned import PlannedMachine
from bot.memory.offers import Offer
from bot.memory.speed import Speed
from bot.models.uses import Use

# Shares of a memory that one program may fill where the system and all else live in it too.
_OF_SHARED, _OF_PHONE, _OF_RAM = 0.6, 0.42, 0.66
_ON_A_PHONE = 10.0  # tokens a second at the best, below which nobody chats on a phone
_ON_A_PROCESSOR = 4.0  # the same where the processor computes: nothing else is to be had there
_AS_ONE_READS = 5.0  # the same where everything lies where graphics compute, which may be slow memory
_PLEASANT = 8.0  # tokens a second at the least: what lies in RAM shall not crawl
_FAST_ENOUGH = 25.0  # where somebody is in a hurry
_PATIENT = 2.0  # where somebody can wait

Pace = Literal["fast", "patient"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants. `size`: billions of parameters that the purpose takes at the least; `context` in tokens and
    `speed` in tokens a second at the least, 0 where none was told; `tips` say what counts for the purpose; `loader`:
    one was named; `asks_loader`: one is sought; `pace`: whether speed counts more than quality, or less; `also`: a
    second use, with `also_for` as what it is called where other models are taken for it.
    """

    use: Use | None = None
    size: float = 0.0
    context: int = 0
    speed: float = 0.0
    tips: tuple[Text, ...] = ()
    loader: bool = False
    asks_loader: bool = False
    pace: Pace | None = None
    also: Use | None = None
    also_for: Text | None = None


_FOR_THE_ANSWER = 2048  # tokens beside the text that is read
_AT_ONCE = 131_072  # tokens that models read at once without losing the thread
_PIECE = 32_768  # tokens of a piece of what is longer
_STEP = 4096
_WHOLE_TEXT = Text(
    "That much text is about {length} tokens: set the context to {context} and it is read at once.",
    "这么多字大约 {length} token：上下文开到 {context}，就能一次读完。",
)
_IN_PIECES = Text(
    "That much text is about {length} tokens: more than a model at home reads at once. Go piece by piece "
    "({piece} each, about {pieces} pieces), then let it sum up the summaries; or search in it (RAG).",
    "这么多字大约 {length} token，家里的模型一次读不完：按 {piece} 一段分成 {pieces} 段分别总结，最后再总结一遍；"
    "或者用检索（RAG）。",
)


# Tuned models for roleplay are made of English ones, and for English.
CHINESE_WRITING = Text(
    "For Chinese take Qwen, gemma or GLM, in an uncensored version (abliterated, heretic) where it refuses: the models "
    "tuned for roleplay (Cydonia, Mag-Mell) write English first.",
    "写中文用 Qwen、gemma、GLM，被拒绝就换去审查版（名字带 abliterated、heretic）；"
    "Cydonia、Mag-Mell 这些角色扮演微调以英文为主，中文较弱。",
)


def fits_at_once(length: int) -> bool:
    """Whether a text of so many tokens is read at once."""
    return length + _FOR_THE_ANSWER <= _AT_ONCE


def context_for(length: int) -> int:
    """The context in which a text of so many tokens is read: at once, or piece by piece."""
    if not fits_at_once(length):
        return _PIECE
    return -(-(length + _FOR_THE_ANSWER) // _STEP) * _STEP


def length_tip(length: int) -> Text:
    """How long a text is for a model, and how it is read."""
    said = _WHOLE_TEXT if fits_at_once(length) else _IN_PIECES
    pieces = -(-length // (_PIECE - 2 * _FOR_THE_ANSWER))
    return said.format(
        length=f"{round(length, -3):,}", context=f"{context_for(length):,}", piece=thousands(_PIECE), pieces=pieces
    )


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
    able = _able(offers, wanted)
    if wanted.pace == "patient" and not wanted.speed:
        return max((each for each in able if each.speed.low >= _PATIENT), key=_size, default=able[0])
    least = wanted.speed or (_FAST_ENOUGH if wanted.pace == "fast" else 0.0)
    quick = _where_any(able, lambda offer: offer.speed.low >= least)
    is_small = planned.kind in {"phone", "board"}  # there nothing is quick
    pleasant = quick if is_small else _where_any(quick, _is_pleasant)
    return _where_any(pleasant, lambda offer: _leaves_room(offer, planned))[0]


def _able(offers: Sequence[Offer], wanted: Wanted) -> Sequence[Offer]:
    """Those for the use and of the size that is wanted, as far as there are any."""
    use = wanted.use or "chat"
    of_use = _where_any(offers, lambda offer: use in offer.recommended.uses)
    return _where_any(of_use, lambda offer: offer.recommended.parameters >= wanted.size)


def _where_any(offers: Sequence[Offer], holds: Callable[[Offer], bool]) -> Sequence[Offer]:
    """The offers of which something holds; all of them where it holds of none."""
    return list(filter(holds, offers)) or offers


def _is_pleasant(offer: Offer) -> bool:
    if offer.verdict == "cpu":
        return offer.speed.low >= _ON_A_PROCESSOR
    return offer.speed.low >= (_AS_ONE_READS if offer.verdict == "gpu" else _PLEASANT)


def _size(offer: Offer) -> float:
    return offer.recommended.parameters


def _leaves_room(offer: Offer, planned: PlannedMachine) -> bool:
    """Whether the system has enough left, and where the processor computes, whether one likes to wait for it."""
    size, machine = offer.model.file_bytes, planned.machine
    if planned.kind in {"phone", "board"}:
        return size <= _OF_PHONE * machine.memory and offer.speed.high >= _ON_A_PHONE
    if machine.unified:
        return size <= _OF_SHARED * machine.memory
    if offer.verdict == "cpu":
        return size <= _OF_RAM * machine.ram and offer.speed.speed_class in {"fast", "comfortable"}
    return True


def wishes_met(offer: Offer, wanted: Wanted) -> Iterator[Text]:
    """What is said of the speed that was wished for."""
    if wanted.speed:
        yield speed_wish(wanted.speed, offer.speed)
