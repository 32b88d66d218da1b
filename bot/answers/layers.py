"""How many GPU layers: the exact result beside the tutorial's rule of thumb, and why they differ."""

from bot.answers.blocks import Answer, Block, Field, Fields, Paragraph
from bot.answers.plan import device_bars
from bot.base.languages import Text
from bot.base.sizes import gib
from bot.memory.plan import LayersThatFit


def layers_answer(found: LayersThatFit) -> Answer:
    """The number to set, the rule of thumb beside it, and what the rule leaves out."""
    whole, count = found.model.shape.offloadable, found.estimate.gpu_layers
    title = (
        Text(
            "All {whole} layers fit",
            "{whole} 层全都放得下",
        ).format(whole=whole)
        if count >= whole
        else Text(
            "{count} of {whole} layers fit",
            "放得下 {count} / {whole} 层",
        ).format(count=count, whole=whole)
    )
    blocks: list[Block] = [
        Paragraph(_for_what(found)),
        Fields(
            (
                Field(Text("Exact", "精确结果"), str(count)),
                Field(Text("Rule of thumb", "速算公式"), _rule(found)),
            )
        ),
        Paragraph(_why_they_differ(found), Text("Why they differ", "为什么不一样")),
        *device_bars(found.machine, found.estimate),
    ]
    notes = tuple(Paragraph(note, tone="careful") for note in found.estimate.notes)
    return Answer(title, "good" if count >= whole else "careful", tuple(blocks), notes)


def _for_what(found: LayersThatFit) -> Text:
    name = f"{found.model.shape.name} {found.model.quant}".strip()
    context = f"{found.settings.context:,}"
    return Text(
        "{name} at a context of {context}.",
        "{name}，上下文 {context}。",
    ).format(name=name, context=context)


def _rule(found: LayersThatFit) -> str:
    layers, vram = found.model.shape.layers, gib(found.nominal_vram)
    size, result = gib(found.model.file_bytes), found.rule_of_thumb
    return f"{layers} × {vram} ÷ {size} = {result}"


def _why_they_differ(found: LayersThatFit) -> Text:
    usage = found.estimate.gpu
    context, buffers = gib(usage.kv_cache + usage.recurrent), gib(usage.compute)
    held = gib(max(0, found.nominal_vram - sum(found.machine.usable_vram)) + usage.overhead)
    return Text(
        "The rule counts only the file. The context of these layers takes {context}, buffers {buffers}, "
        "desktop and driver {held}; layers differ in size, and the output layer counts as one.",
        "公式只算了文件本身。这些层的上下文还要 {context}，计算缓冲 {buffers}，桌面和驱动占 {held}；"
        "各层大小也不一样，输出层另算一层。",
    ).format(context=context, buffers=buffers, held=held)
