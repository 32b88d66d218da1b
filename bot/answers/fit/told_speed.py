"""A speed that somebody tells beside the one that is expected: normal, or a sign that something is wrong."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from bot.answers.blocks import Answer, Paragraph
from bot.answers.plan import rounded
from bot.base.languages import Text
from bot.intake.speeds import UNITS, fallen_speed
from bot.memory.plan import Plan

_TOLD = re.compile(
    rf"(?<![\d.])(?P<number>\d{{1,3}}(?:\.\d{{1,2}})?)\s?(?:{UNITS})(?![a-z])"
    r"|[每一]秒钟?(?:大概|大约|约|只有|只|才|能|有|出){0,2}\s?(?P<each>\d{1,3}(?:\.\d{1,2})?)\s?多?个?\s?(?:tokens?|字|词)"
)
# Seconds that one takes: "10 sec/token", "1 token in 57 seconds", "10秒一个字".
_SECONDS = re.compile(
    r"(?<![\d.])(\d{1,3}(?:\.\d{1,2})?)\s?\+?\s?(?:s|secs?|seconds?)\s?(?:/|per|a|for each|for one)\s?(?:token|word)"
    r"|(?:1|one|a|each|every) (?:token|word) (?:in|every|per|takes?) (?:about |around )?(\d{1,3}) ?(?:s|sec|seconds)\b"
    r"|(\d{1,3})\s?秒(?:钟)?(?:才)?(?:出|蹦|吐|写|生成)?(?:一|1)个?(?:字|词|token)"
)
_MINUTES = re.compile(  # "1 token/min", "each token takes about 1 minute"
    r"(?<![\d.])(?P<count>\d{1,3})\s?(?:tokens?|words?)\s?(?:/|per|a|every)\s?min(?:ute)?(?![a-z])"
    r"|(?:each|every|one|a) (?:token|word) takes (?:about |around )?(?P<minutes>\d{1,2}|an?|one) ?min"
    r"|(?P<chinese>\d{1,2})\s?分钟(?:才)?(?:出|蹦|吐|写|生成)?(?:一|1)个?(?:字|词|token)"
)
_MILLISECONDS = re.compile(r"(?<![\d.])(\d{2,5})\s?(?:ms|milliseconds?)\s?(?:/|per|a|for each)\s?token")
_WISHED = re.compile(
    r"(?:at least|minimum(?: of)?|no less than|至少|最低|起码|不低于)(?: about| around|有)?\s?$"
)  # before one
# "不到10 tokens/s": so many are not reached.
_LESS_THAN = re.compile(r"(?:不到|不足|低于|没到|less than|under|below)(?: about| around)?\s?$")
_OF_LESS = 0.9
_SHOWN = 0.5  # tokens a second that are rounded like others
_LEAST = 0.6  # of what is expected at least: whoever gets less has something in the way
_SLOWER = Text(
    "{told} tokens/s is too slow for this: something is in the way. Mostly the VRAM overflows (Task Manager: "
    "“Shared GPU memory” grows), or too few layers are on the card: set the layers told below, "
    "less context, close browser and games.",
    "{told} token/s 不正常，偏慢：多半是显存溢出了（任务管理器里“共享 GPU 内存”在涨），或者放进显卡的层数太少。"
    "按下面的层数填、上下文调小、关掉浏览器和游戏再试。",
)
_SLOWER_SHARED = Text(
    "{told} tokens/s is too slow for this: the memory is full, and the model is read from storage again for every "
    "word. Close other apps, set a smaller context (2 to 4k), or take a smaller file.",
    "{told} token/s 不正常，偏慢：内存满了，每个字都要从存储里重读模型。"
    "关掉别的应用、上下文调到 2k～4k，或者换小一点的文件。",
)
_SLOWER_ROOMY = Text(
    "{told} tokens/s is too slow for this, and the memory is not the reason: mostly the processor computes instead of "
    "the graphics (another build: Vulkan, ROCm, Metal; all layers on the GPU), memory mapping slows it (--no-mmap), "
    "or a power profile saves. The log says on what it computes.",
    "{told} token/s 不正常，偏慢，但不是内存满了：多半是没用上显卡、在用 CPU 算（换 Vulkan、ROCm、Metal 版，"
    "层数全放 GPU），或者内存映射拖慢了（加 --no-mmap），或者开了省电模式。看日志写的是用什么在算。",
)
_ROOMY = 0.6  # of a shared memory, below which it is not full
_SLOWER_SERVER = Text(
    "{told} tokens/s is too slow for this: something is in the way. On a server look first for graphs that are "
    "switched off (--enforce-eager), tensor parallel over a slow link (nvidia-smi topo -m, npu-smi info), operators "
    "that fall back to the processor in the log, and a first request that still compiles.",
    "{told} token/s 不正常，偏慢。服务器上先看：图模式有没有关掉（--enforce-eager），多卡之间的互联是不是太慢"
    "（nvidia-smi topo -m、npu-smi info），日志里有没有算子退回 CPU，是不是第一次请求还在编译。",
)
_NORMAL = Text("{told} tokens/s is normal for this.", "{told} token/s 是正常速度。")
_A_LITTLE_LESS = Text(
    "{told} tokens/s is a little less than I expect here: a long chat, a display on the card or a power limit is "
    "enough for that. All layers on the card, and “Shared GPU memory” near zero? Then nothing is wrong.",
    "{told} token/s 比正常略低：聊天很长、显示器接在这张卡上、限了功耗都会这样。"
    "层全在显卡上、“共享 GPU 内存”接近 0，就没问题。",
)


_NORMAL_SPLIT = Text(
    "{told} tokens/s is normal here: a part of the model lies in RAM. A smaller context or quantization with which "
    "it fits whole on the card is several times as fast.",
    "{told} token/s 在这里是正常的：有一部分模型放在内存里。把上下文或量化调小、让它整个放进显卡，能快好几倍。",
)


_MOSTLY_RAM = 2.0  # times the VRAM: what is larger never fits whole
_NORMAL_FOR_RAM = Text(
    "{told} tokens/s is normal here: most of the model lies in RAM, whose bandwidth{bandwidth} sets the speed. "
    "Who gets more has quicker RAM (DDR5, more channels) or more of the model on cards; else a lower quantization or a "
    "mixture with fewer active parameters is quicker.",
    "{told} token/s 在这里是正常的：大部分模型放在内存里，速度由内存带宽{bandwidth}决定。别人更快，是因为内存更快"
    "（DDR5、通道更多）或放进显卡的更多；想快就降低量化，或换激活参数更少的 MoE。",
)
_BANDWIDTH = Text(" (yours {low}–{high} GB/s)", "（你的约 {low}～{high} GB/s）")


def with_told_speed(answer: Answer, plan: Plan, prose: str) -> Answer:
    """A plan's answer that says first whether the speed told in the folded `prose` is what was to be expected."""
    told = speed_in(prose)
    if told is None or plan.speed is None:
        return answer
    whole = _A_LITTLE_LESS if told < plan.speed.low else _NORMAL
    normal = whole if plan.verdict == "gpu" else _normal_split(plan)
    slower = _SLOWER_SERVER if is_server(plan) else _SLOWER
    slower = _slower_shared(plan) if plan.machine.unified or plan.machine.phone else slower
    words = slower if is_told_too_slow(plan, prose) else normal
    said = words.format(told=shown_speed(told), bandwidth=_bandwidth(plan))
    return replace(answer, blocks=(Paragraph(said), *answer.blocks))


def _slower_shared(plan: Plan) -> Text:
    """Why what lies in a memory that graphics share is slow: it is full, or the graphics are not used."""
    is_full = plan.machine.phone or plan.model.file_bytes > _ROOMY * plan.machine.memory
    return _SLOWER_SHARED if is_full else _SLOWER_ROOMY


def is_server(plan: Plan) -> bool:
    """Whether the cards are those of a server."""
    return any(device.card is not None and device.card.kind == "datacenter" for device in plan.machine.devices)


def shown_speed(told: float | None) -> str:
    """Tokens a second as they are shown; empty for none."""
    if told is None:
        return ""
    return rounded(told) if told >= _SHOWN else f"{told:.2f}"


def _bandwidth(plan: Plan) -> Text:
    """What the RAM delivers, where its kind was told."""
    told = plan.machine.ram_speed
    if told is None:
        return Text("", "")
    return _BANDWIDTH.format(low=f"{told[0] / 1e9:.0f}", high=f"{told[1] / 1e9:.0f}")


def _normal_split(plan: Plan) -> Text:
    is_mostly_ram = plan.model.file_bytes > _MOSTLY_RAM * sum(plan.machine.usable_vram)
    return _NORMAL_FOR_RAM if is_mostly_ram else _NORMAL_SPLIT


def is_told_too_slow(plan: Plan, prose: str) -> bool:
    """Whether a speed is told that is slower than the plan explains."""
    told = speed_in(prose)
    return told is not None and too_slow(told, plan)


def too_slow(told: float, plan: Plan) -> bool:
    """Whether so many tokens a second are fewer than the plan explains."""
    return plan.speed is not None and told < _LEAST * plan.speed.low


def is_told_normal(plan: Plan, prose: str) -> bool:
    """Whether a speed is told that is about what the plan expects."""
    return speed_in(prose) is not None and plan.speed is not None and not is_told_too_slow(plan, prose)


def tells_speed(prose: str) -> bool:
    """Whether the folded text tells a speed that somebody has."""
    return speed_in(prose) is not None


def speed_in(prose: str) -> float | None:
    """The speed told in the folded text that somebody has now, tokens a second."""
    if (fallen := fallen_speed(prose)) is not None:
        return fallen[1]
    return min(_speeds_in(prose), default=(0, None))[1]


def _speeds_in(prose: str) -> Iterator[tuple[int, float]]:
    """Where a speed is told, and how many tokens a second it is; the first of each way to tell it."""
    if (found := _TOLD.search(prose)) is not None and not _WISHED.search(prose[: found.start()]):
        told = float(found["number"] or found["each"])
        is_less = _LESS_THAN.search(prose[: found.start()]) is not None
        yield found.start(), told * _OF_LESS if is_less else told
    if (found := _SECONDS.search(prose)) is not None:
        yield found.start(), 1.0 / max(0.1, float(next(filter(None, found.groups()))))
    if (found := _MILLISECONDS.search(prose)) is not None:
        yield found.start(), 1000.0 / float(found[1])
    if (found := _MINUTES.search(prose)) is not None:
        yield found.start(), _a_second(found)


def _a_second(found: re.Match[str]) -> float:
    """Tokens a second of what is told in minutes."""
    minutes = found["minutes"] or found["chinese"] or "1"
    return float(found["count"] or 1) / (60.0 * float(minutes if minutes.isdecimal() else 1))
