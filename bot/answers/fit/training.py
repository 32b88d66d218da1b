"""Whether a model can be trained (fine-tuned) on the told cards, by the memory that its size takes."""

from collections.abc import Iterator, Sequence

from bot.answers.blocks import Answer, Field, Fields, Paragraph
from bot.base.languages import Text
from bot.base.sizes import GIB, gib
from bot.hardware.amounts import Device, counted
from bot.knowledge.advice import Training, TrainingNeed

_ROOMY = 1.25  # times the least memory, from which on it is no squeeze
_FULL = 16  # bytes a parameter of full training with Adam in mixed precision (ZeRO, https://arxiv.org/abs/1910.02054)
_TITLES = {
    "lora": Text("Yes: {card} trains a {size}B, even in 16 bits (LoRA)", "可以：{card} 能训 {size}B，16 位 LoRA 都行"),
    "qlora": Text("Yes: {card} trains a {size}B by QLoRA", "可以：{card} 用 QLoRA 能训 {size}B"),
    "tight": Text(
        "Just so: {card} trains a {size}B by QLoRA, and little more", "勉强可以：{card} 用 QLoRA 刚好能训 {size}B"
    ),
    "no": Text("No: {card} is too little to train a {size}B", "不够：{card} 训不了 {size}B"),
}
_NOT_WHOLE = Text(
    "Not all its weights: that takes about {memory} GB. By QLoRA {card} trains a {size}B",
    "全参数不行，要 {memory}G 左右；{card} 用 QLoRA 能训 {size}B",
)
_NEEDED = Text("What training a {size}B takes", "训练 {size}B 要多少显存")
_QLORA, _LORA, _WHOLE = (
    Text("QLoRA (4 bits)", "QLoRA（4 位）"),
    Text("LoRA (16 bits)", "LoRA（16 位）"),
    Text("all weights", "全参数"),
)
_AT_LEAST = Text("{memory} GB and more", "至少 {memory}G")
_ABOUT = Text("about {memory} GB", "约 {memory}G")
_LARGEST = Text("On {card} up to about {size}B train by QLoRA.", "{card} 用 QLoRA 最多训到 {size}B 左右。")
_WHAT = Text("What can be trained on {card}", "{card} 能训练多大的模型")


def training_answer(
    size: float | None, devices: Sequence[Device], training: Training, *, whole: bool = False
) -> Answer:
    """Whether models of `size` billions of parameters train on the cards; without cards what it takes, without a size
    what they train. `whole`: all weights are to be trained.
    """
    needs = training.needs
    memory = sum(device.memory for device in devices) / GIB
    card = Text("", "") if not devices else _card(devices)
    blocks = [Paragraph(text) for text in _tips(devices, training)]
    if size is None:
        return Answer(_WHAT.format(card=card), "neutral", (*_largest(memory, card, needs), *blocks))
    fields = _takes(size, _needed(size, needs))
    if not devices:
        return Answer(_NEEDED.format(size=f"{size:g}"), "neutral", (fields, *blocks))
    verdict = _verdict(memory, _needed(size, needs))
    title = _title(verdict, memory, size, whole=whole).format(
        card=card, size=f"{size:g}", memory=f"{size * _FULL:,.0f}"
    )
    if verdict == "no":
        return Answer(title, "bad", (fields, *_largest(memory, card, needs), *blocks))
    return Answer(title, "good", (fields, *blocks))


def _takes(size: float, need: TrainingNeed) -> Fields:
    return Fields(
        (
            Field(_QLORA, _AT_LEAST.format(memory=f"{need.qlora:.0f}")),
            Field(_LORA, _AT_LEAST.format(memory=f"{need.lora:.0f}")),
            Field(_WHOLE, _ABOUT.format(memory=f"{size * _FULL:,.0f}")),
        )
    )


def _title(verdict: str, memory: float, size: float, *, whole: bool) -> Text:
    is_too_large = whole and verdict != "no" and memory < size * _FULL
    return _NOT_WHOLE if is_too_large else _TITLES[verdict]


def _card(devices: Sequence[Device]) -> Text:
    names = [device.name for device in devices]
    memory = gib(sum(device.memory for device in devices))
    if not names[0] or len(set(names)) > 1:
        return Text("{memory} of VRAM", "{memory} 显存").format(memory=memory)
    return Text("{name} ({memory})", "{name}（{memory}）").format(name=counted(names), memory=memory)


def _verdict(memory: float, need: TrainingNeed) -> str:
    if memory >= need.lora * _ROOMY:
        return "lora"
    if memory >= need.qlora * _ROOMY:
        return "qlora"
    return "tight" if memory >= need.qlora else "no"


def _needed(size: float, needs: Sequence[TrainingNeed]) -> TrainingNeed:
    """What a size takes, GB: between two rows in proportion, beyond the ends like the nearest."""
    above = next((need for need in needs if need.size >= size), needs[-1])
    below = next((need for need in reversed(needs) if need.size <= size), needs[0])
    if above.size <= below.size:
        share = size / above.size
        return TrainingNeed(size, above.qlora * share, above.lora * share)
    share = (size - below.size) / (above.size - below.size)
    return TrainingNeed(
        size, below.qlora + share * (above.qlora - below.qlora), below.lora + share * (above.lora - below.lora)
    )


def _largest(memory: float, card: Text, needs: Sequence[TrainingNeed]) -> Iterator[Paragraph]:
    """The largest size that trains on the cards."""
    fitting = [need.size for need in needs if need.qlora * _ROOMY <= memory]
    if fitting:
        yield Paragraph(_LARGEST.format(card=card, size=f"{max(fitting):g}"))


def _tips(devices: Sequence[Device], training: Training) -> Iterator[Text]:
    yield training.tools
    if len(devices) > 1:
        yield training.several
    yield training.tight
    yield training.instead
