"""What makes a planned model faster on its machine: first what its plan tells, then what always helps."""

from collections.abc import Iterator

from bot.answers.blocks import Answer, Paragraph, Step, Steps
from bot.answers.fit.words import speed_text
from bot.answers.plan import TONES, headline, saver_text
from bot.base.languages import Text, Words
from bot.base.sizes import gib
from bot.memory.plan import FOUR_BITS, Option, Plan

_WHOLE = Text("It is whole on the card: little is left to gain", "已经全放在显卡上了，能再快的不多")
_SPLIT = Text("What lies in RAM is what slows it down", "慢在放内存的那部分")
_TRY = Text("In this order", "按这个顺序试")
_EXPECTED = Text(
    "About {speed} is what this machine gives. Much less than that: the VRAM overflows. Lower the context, close "
    "browser and games.",
    "这台机器大约 {speed}。比这低很多，多半是显存溢出了：调小上下文，关掉浏览器和游戏。",
)
_FITS_WHOLE = Text("Take {name} ({size}): it fits whole on the card.", "换 {name}（{size}），能全放显卡。")
_SMALLER = Text(
    "Take {name} ({size}): {percent} % less to read for every token.",
    "换 {name}（{size}），每个 token 要读的少 {percent}%。",
)
_LESS_CONTEXT = Text(
    "A context shorter than {context} leaves the card more room for layers.",
    "上下文比 {context} 再短一些，显卡就能多放几层。",
)
_CORES = Text(
    "As many threads as the processor has real cores, not more; RAM in two channels and at its rated speed (XMP or "
    "EXPO).",
    "线程数填 CPU 的物理核心数，别多填；内存插双通道，开 XMP 或 EXPO。",
)
_DRAFT = Text(
    "Speculative decoding: a small model of the same family drafts (koboldcpp: Draft Model, llama.cpp: -md, LM Studio: "
    "Speculative Decoding).",
    "投机解码：让同系列的小模型先打草稿（koboldcpp 的 Draft Model，llama.cpp 的 -md，LM Studio 的 "
    "Speculative Decoding）。",
)
_MIXTURE = Text(
    "A mixture (MoE), named like 30B-A3B: it computes only the “A3B” for every token.",
    "换 MoE 模型（名字像 30B-A3B）：每个 token 只算 A3B 那部分。",
)
_LEAST_SMALLER = 0.9  # of the planned file, from which on another one is worth a download
_LEAST_CONTEXT = 4096


def faster_answer(plan: Plan) -> Answer:
    """What to change so that the planned model answers faster."""
    if plan.verdict == "no":
        return Answer(headline(plan), TONES["no"], ())
    expected = [Paragraph(_EXPECTED.format(speed=speed_text(plan.speed)))] if plan.speed is not None else []
    is_whole = plan.verdict == "gpu"
    steps = tuple(Step(text) for text in (_of_whole(plan) if is_whole else _of_split(plan)))
    return Answer(_WHOLE if is_whole else _SPLIT, "neutral", (*expected, Steps(_TRY, steps)))


def _of_whole(plan: Plan) -> Iterator[Words]:
    if (smaller := _smaller(plan)) is not None:
        percent = round(100 * (1 - smaller.size / plan.model.file_bytes))
        yield _SMALLER.format(name=smaller.name, size=gib(smaller.size), percent=percent)
    yield _DRAFT
    if plan.model.shape.experts is None:
        yield _MIXTURE


def _of_split(plan: Plan) -> Iterator[Words]:
    if (whole := next((option for option in _good(plan) if option.verdict == "gpu"), None)) is not None:
        yield _FITS_WHOLE.format(name=whole.name, size=gib(whole.size))
    if plan.cache_saver is not None:
        yield saver_text(plan)
    context = plan.placement.settings.context
    if context > _LEAST_CONTEXT:
        yield _LESS_CONTEXT.format(context=f"{context:,}")
    yield _CORES
    if plan.model.shape.experts is None:
        yield _MIXTURE


def _smaller(plan: Plan) -> Option | None:
    """The next smaller file that is still a good copy."""
    most = _LEAST_SMALLER * plan.model.file_bytes
    return max((option for option in _good(plan) if option.size <= most), key=lambda each: each.size, default=None)


def _good(plan: Plan) -> list[Option]:
    """Files of which little is lost."""
    return [option for option in plan.options if option.bits_per_weight >= FOUR_BITS]
