"""An estimate in words: a bar for every device, a table, and what is uncertain."""

from bot.answers.blocks import Answer, BarPart, Block, Field, Fields, MemoryBar, Paragraph, Table
from bot.answers.sizes import gib
from bot.languages import Language, Text
from bot.memory.estimate import Estimate, Usage
from bot.memory.settings import Settings
from bot.models.shape import Model

_WEIGHTS = Text("weights", "权重")
_KV_CACHE = Text("KV cache", "KV cache")
_RECURRENT = Text("recurrent state", "循环状态")
_COMPUTE = Text("compute buffer", "计算缓冲区")
_OVERHEAD = Text("driver overhead", "驱动开销")
_TOTAL = Text("total", "合计")


def estimate_answer(
    model: Model, settings: Settings, result: Estimate, language: Language, vram: tuple[int, ...] = ()
) -> Answer:
    """What the model takes under these settings. `vram`: bytes of each GPU, where known."""

    def say(text: Text) -> str:
        return text.in_language(language)

    blocks: list[Block] = []
    if result.gpu_layers:
        blocks += [
            _bar(_device_name(at, len(result.gpus)), usage, language, vram[at] if at < len(vram) else None)
            for at, usage in enumerate(result.gpus)
        ]
    if result.host.total:
        blocks.append(_bar(say(Text("Host (RAM)", "内存（RAM）")), result.host, language, None))
    devices = [_device_name(at, len(result.gpus)) for at in range(len(result.gpus))]
    blocks.append(_table(devices, result, language))
    if not result.exact:
        low, high = gib(result.gpu.range.low), gib(result.gpu.range.high)
        blocks.append(
            Paragraph(
                say(Text(f"On the GPU from {low} to {high}.", f"显存占用约在 {low} 到 {high} 之间。")), tone="careful"
            )
        )
    if result.gpu.copied_weights:
        size = gib(result.gpu.copied_weights)
        blocks.append(
            Paragraph(
                say(
                    Text(
                        f"While reading a prompt, up to {size} more is used on the GPU for layers that lie in RAM.",
                        f"读提示词时，GPU 上还会临时占用最多 {size}，用来计算放在内存里的层。",
                    )
                )
            )
        )
    blocks += [Paragraph(say(note), tone="careful") for note in result.notes]
    return Answer(
        title=" ".join(part for part in (model.shape.name or model.shape.architecture, model.quant) if part),
        tone="neutral",
        blocks=tuple(blocks),
        details=(_settings(model, settings, result, language),),
    )


def _device_name(at: int, count: int) -> str:
    return "GPU" if count == 1 else f"GPU {at}"


def _parts(usage: Usage) -> tuple[tuple[Text, int], ...]:
    return (
        (_WEIGHTS, usage.weights),
        (_KV_CACHE, usage.kv_cache),
        (_RECURRENT, usage.recurrent),
        (_COMPUTE, usage.compute),
        (_OVERHEAD, usage.overhead),
    )


def _bar(device: str, usage: Usage, language: Language, capacity: int | None) -> MemoryBar:
    parts = tuple(BarPart(text.in_language(language), size) for text, size in _parts(usage) if size)
    return MemoryBar(device, parts, capacity)


def _table(devices: list[str], result: Estimate, language: Language) -> Table:
    usages = [*result.gpus, *([result.host] if result.host.total else [])]
    host = Text("host", "内存").in_language(language)
    rows = []
    for at, (text, _) in enumerate(_parts(result.host)):
        sizes = [_parts(usage)[at][1] for usage in usages]
        if any(sizes):
            rows.append((text.in_language(language), *(gib(size) if size else "–" for size in sizes)))
    rows.append((_TOTAL.in_language(language), *(gib(usage.total) for usage in usages)))
    return Table(("", *devices, host)[: len(usages) + 1], tuple(rows))


def _settings(model: Model, settings: Settings, result: Estimate, language: Language) -> Fields:
    def say(en: str, zh: str) -> str:
        return Text(en, zh).in_language(language)

    cache = settings.cache_type_k
    if settings.cache_type_v != cache:
        cache += f" / {settings.cache_type_v}"
    attention = say("on", "开") if settings.flash_attention else say("off", "关")
    return Fields(
        (
            Field(say("architecture", "架构"), model.shape.architecture),
            Field(say("GPU layers", "GPU 层数"), f"{result.gpu_layers} / {result.layers + 1}"),
            Field(say("context", "上下文"), f"{settings.context:,}"),
            Field("KV cache", cache),
            Field("ubatch", str(settings.ubatch)),
            Field("Flash Attention", attention),
        ),
        say("Settings", "设置"),
    )
