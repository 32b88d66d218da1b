"""What a slow speed on a card says where no model is told: whatever fits the card whole is quicker."""

from collections.abc import Sequence

from bot.answers.blocks import Answer, Paragraph
from bot.answers.fit.table import begun_text
from bot.answers.fit.wanted import Wanted, begun_with
from bot.answers.plan import rounded
from bot.base.languages import Text
from bot.base.sizes import GIB
from bot.hardware.planned import PlannedMachine
from bot.memory.offers import Offer

_LESS = 0.6  # of the slowest that fits whole: who has less has a part in RAM
_TITLE = Text(
    "{told} tokens/s on {card}: a part of the model lies in RAM", "{card} 只有 {told} token/s：有一部分模型在内存里"
)
_WHY = Text(
    "Whatever fits whole does {least} tokens/s and more on this card. So the model, with its context, is larger than "
    "its {memory} GB, or too few layers are on it.",
    "整个放得进这张卡的模型至少有 {least} token/s。所以要么模型加上下文超过了 {memory}G，要么放进显卡的层数太少。",
)
_LOOK = Text(
    "See it in the log: “offloaded N/N layers to GPU” (ollama ps: 100% GPU). With a mixture (MoE, DeepSeek R1 and the "
    "like) most lies in RAM by intent: then RAM's bandwidth sets the speed, and more cards hardly change it.",
    "看日志里的“offloaded N/N layers to GPU”（ollama 用 ollama ps，要 100% GPU）。DeepSeek R1 这类大 MoE "
    "本来就大部分在内存里：速度由内存带宽决定，加显卡也快不了多少。",
)
_ASKED = Text(
    "Tell me the model and its file: then I can say what is normal.", "告诉我模型和文件名，我就能算出正常速度。"
)


def least_whole_speed(offers: Sequence[Offer]) -> float:
    """Tokens a second of the slowest model that fits a machine's cards whole, at the least; 0.0 where none does."""
    return min((offer.speed.low for offer in offers if offer.verdict == "gpu"), default=0.0)


def is_too_slow(told: float, offers: Sequence[Offer]) -> bool:
    """Whether no model that fits whole is as slow as was told."""
    return 0 < told < _LESS * least_whole_speed(offers)


def slow_card_answer(told: float, offers: Sequence[Offer], machine: PlannedMachine, wanted: Wanted) -> Answer:
    """What such a speed says, and with which model to begin instead."""
    devices = machine.machine.devices
    memory = sum(device.memory for device in devices) // GIB
    why = _WHY.format(least=rounded(least_whole_speed(offers)), memory=memory)
    title = _TITLE.format(told=rounded(told), card=devices[0].name or "GPU")
    begun = begun_text(begun_with(offers, machine, wanted), machine)
    return Answer(title, "careful", (*map(Paragraph, (why, _LOOK, begun, _ASKED)),))
