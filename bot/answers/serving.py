"""What an engine that fills its cards can serve, in its own words: tokens of the KV cache, requests at once, starts."""

from collections.abc import Sequence

from bot.answers.blocks import Answer, Block, Field, Fields, Paragraph, Tone
from bot.answers.memory_bars import memory_bar
from bot.base.languages import Text
from bot.base.sizes import gib
from bot.memory.engines import VllmSettings
from bot.memory.estimate import Estimate
from bot.memory.serving import Serving
from bot.models.shape import Model


def serving_answer(
    model: Model, settings: VllmSettings, result: Estimate, program: str, advice: Sequence[Text] = ()
) -> Answer:
    """Whether the `program` starts on this card, what it can serve, and where the memory goes. The result has it."""
    serving = result.serving
    assert serving is not None

    tone: Tone = "good" if serving.starts else "bad"
    blocks: list[Block] = [Paragraph(headline(serving, settings, program), tone=tone)]
    blocks += [Paragraph(text) for text in advice]
    capacity = settings.vram or None
    blocks += [memory_bar(_card(at, len(result.gpus)), usage, capacity) for at, usage in enumerate(result.gpus)]
    notes = [Paragraph(note, tone="careful") for note in result.notes if note not in advice]
    return Answer(
        title=f"{model.shape.name or model.shape.architecture} {model.quant}".strip(),
        tone=tone,
        blocks=tuple(blocks),
        details=(_settings(settings, result), *notes),
    )


def headline(serving: Serving, settings: VllmSettings, name: str) -> Text:
    """Starts or not; how many tokens the cache holds and how many full requests that is."""
    tokens, context = f"{serving.tokens:,}", f"{settings.context:,}"
    if not settings.vram:
        size = gib(round(serving.bytes_per_token * settings.context))
        return Text(
            "{name}: the cache for one request of {context} tokens takes {size} a card. Name the card to see "
            "whether it starts.",
            "{name}：一个 {context} token 的请求，缓存在每张卡上占 {size}。写上显卡就能知道能不能启动。",
        ).format(name=name, context=context, size=size)
    if not serving.starts:
        return Text(
            "{name} does not start: the KV cache would hold {tokens} tokens, too few for one request of {context}.",
            "{name} 启动不了：KV 缓存只放得下 {tokens} 个 token，不够一个 {context} 的请求。",
        ).format(name=name, tokens=tokens, context=context)
    return Text(
        "{name} starts. GPU KV cache size: {tokens} tokens; maximum concurrency for {context} tokens per "
        "request: {concurrency:.2f}x.",
        "{name} 能启动。KV 缓存 {tokens} 个 token；每个请求按 {context} token 算，最多同时 {concurrency:.2f} 个。",
    ).format(name=name, tokens=tokens, context=context, concurrency=serving.concurrency)


def _card(at: int, count: int) -> str:
    return "GPU" if count == 1 else f"GPU {at}"


def _settings(settings: VllmSettings, result: Estimate) -> Fields:
    def field(en: str, zh: str, value: str) -> Field:
        return Field(Text(en, zh), value)

    assert result.serving is not None
    each = f"{result.serving.bytes_per_token / 1024:.1f} KiB"
    return Fields(
        (
            field("one token takes, a card", "每个 token（每张卡）", each),
            Field("--max-model-len", f"{settings.context:,}"),
            Field("--gpu-memory-utilization", f"{settings.utilization:g}"),
            Field("--max-num-seqs", f"{settings.seats:,}"),
            Field("--max-num-batched-tokens", f"{settings.step_tokens:,}"),
            Field("--tensor-parallel-size", str(settings.tensor_parallel)),
            field("KV cache, bits", "KV 缓存位数", f"{settings.cache_bits:g}"),
        ),
        Text("Settings", "设置"),
    )
