"""An estimate in words: a bar for every device, a table, and what is uncertain."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.answers.blocks import Answer, Block, Field, Fields, MemoryBar, Paragraph, Table, Tone
from bot.answers.memory_bars import PARTS, memory_bar, part_sizes
from bot.base.languages import Text, Words
from bot.base.sizes import gib
from bot.memory.estimate import Estimate
from bot.memory.settings import Settings
from bot.models.shape import Model

_TOTAL = Text("total", "合计")
_HOST = Text("Host (RAM)", "内存（RAM）")
_BETWEEN = Text("On the GPU from {low} to {high}.", "显存占用约在 {low} 到 {high} 之间。")
_COPIED = Text(
    "While reading a prompt, up to {size} more is used on the GPU for layers that lie in RAM.",
    "读提示词时，GPU 上还会临时占用最多 {size}，用来计算放在内存里的层。",
)

_FITS = Text("It fits.", "放得下。")
_TIGHT = Text(
    "It is tight: close other programs that use the GPU, or use a little less context.",
    "刚好卡在边缘：请关掉其他占用显存的程序，或者把上下文调小一点。",
)
_TOO_LARGE = Text(
    "It does not fit: use fewer GPU layers, less context or a smaller quantization. “wenzhen layers” finds"
    " how many layers fit.",
    "放不下：请减少 GPU 层数、缩短上下文，或换更小的量化。“wenzhen layers”可以算出能放多少层。",
)
_TOO_LARGE_WHOLE = Text(
    "It does not fit: use less context or a smaller quantization.", "放不下：请缩短上下文，或换更小的量化。"
)
_TONES: Final[Mapping[Text | None, Tone]] = {
    _FITS: "good",
    _TIGHT: "careful",
    _TOO_LARGE: "bad",
    _TOO_LARGE_WHOLE: "bad",
}


def estimate_answer(model: Model, settings: Settings, result: Estimate, vram: tuple[int, ...] | None = None) -> Answer:
    """What the model takes under these settings. `vram`: bytes a loader can have on each GPU, None where unknown."""
    capacities = _capacities(result, vram)
    devices = [_device_name(at, len(result.gpus)) for at in range(len(result.gpus))]
    blocks: list[Block] = [*_bars(devices, result, capacities), _table(devices, result)]
    if not result.exact:
        blocks.append(_range(result))
    fitting = _fitting(result, capacities)
    if fitting is not None:
        blocks.append(Paragraph(fitting))
    if result.gpu.copied_weights:
        blocks.append(Paragraph(_COPIED.format(size=gib(result.gpu.copied_weights))))
    blocks += [Paragraph(note, tone="careful") for note in result.notes]
    return Answer(
        title=" ".join(part for part in (model.shape.name or model.shape.architecture, model.quant) if part),
        tone=_TONES.get(fitting, "neutral"),
        blocks=tuple(blocks),
        details=(_settings(model, settings, result),),
    )


def _bars(devices: list[str], result: Estimate, capacities: tuple[int | None, ...]) -> Iterator[MemoryBar]:
    """One of each device that holds something."""
    if result.gpu_layers:
        for device, usage, capacity in zip(devices, result.gpus, capacities, strict=True):
            yield memory_bar(device, usage, capacity)
    if result.host.total:
        yield memory_bar(_HOST, result.host, None)


def _range(result: Estimate) -> Paragraph:
    low, high = gib(result.gpu.range.low), gib(result.gpu.range.high)
    return Paragraph(_BETWEEN.format(low=low, high=high), tone="careful")


def _capacities(result: Estimate, vram: tuple[int, ...] | None) -> tuple[int | None, ...]:
    """What each GPU of the estimate can hold; all cards together where the estimate counts them as one."""
    count = len(result.gpus)
    if vram is None:
        return (None,) * count
    if count == 1:
        return (sum(vram),)
    return (*vram, *(0 for _ in range(count)))[:count]


def _fitting(result: Estimate, capacities: tuple[int | None, ...]) -> Text | None:
    """Whether it fits, None where nobody said on what."""
    held = [(usage, capacity) for usage, capacity in zip(result.gpus, capacities, strict=True) if capacity is not None]
    if not held:
        return None
    if all(usage.range.high <= capacity for usage, capacity in held):
        return _FITS
    if any(usage.range.low > capacity for usage, capacity in held):
        return _TOO_LARGE if result.host.total else _TOO_LARGE_WHOLE  # nothing on the host: it takes no layers
    return _TIGHT


def _device_name(at: int, count: int) -> str:
    return "GPU" if count == 1 else f"GPU {at}"


def _table(devices: list[str], result: Estimate) -> Table:
    usages = [*result.gpus, *([result.host] if result.host.total else [])]
    host = Text("host", "内存")
    rows: list[tuple[Words, ...]] = []
    for at, (text, _) in enumerate(PARTS):
        sizes = [part_sizes(usage)[at][1] for usage in usages]
        if any(sizes):
            rows.append((text, *(gib(size) if size else "–" for size in sizes)))
    rows.append((_TOTAL, *(gib(usage.needed) for usage in usages)))
    columns: tuple[Words, ...] = ("", *devices, host)
    return Table(columns[: len(usages) + 1], tuple(rows))


def _settings(model: Model, settings: Settings, result: Estimate) -> Fields:
    cache = settings.cache_type_k
    if settings.cache_type_v != cache:
        cache += f" / {settings.cache_type_v}"
    attention = Text("on", "开") if settings.flash_attention else Text("off", "关")
    return Fields(
        (
            Field(Text("architecture", "架构"), model.shape.architecture),
            Field(Text("GPU layers", "GPU 层数"), f"{result.gpu_layers} / {model.shape.offloadable}"),
            Field(Text("context", "上下文"), f"{settings.context:,}"),
            Field("KV cache", cache),
            Field("ubatch", str(settings.ubatch)),
            Field("Flash Attention", attention),
        ),
        Text("Settings", "设置"),
    )
