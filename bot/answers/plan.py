"""The answer to "can I run it" in words."""

from collections.abc import Iterator, Mapping, Sequence
from math import log10

from bot.answers.blocks import (
    Answer,
    Block,
    ChartPart,
    Code,
    ContextChart,
    Field,
    Fields,
    MemoryBar,
    Paragraph,
    Step,
    Steps,
    Table,
    Tone,
)
from bot.answers.commands import ModelFiles, download_command
from bot.answers.headings import ESTIMATE
from bot.answers.machines import machine_advice
from bot.answers.memory_bars import PARTS, memory_bar
from bot.answers.serving import headline as serving_headline
from bot.base.languages import Text, Words
from bot.base.sizes import GIB, gib
from bot.hardware.machine import Machine
from bot.intake.facts import Facts
from bot.memory.estimate import Estimate, Usage
from bot.memory.plan import FOUR_BITS, Plan, Substitute, Verdict, estimate_at, not_for_cpu
from bot.memory.reported import lm_studio_size, ollama_processor, ollama_size, reported
from bot.memory.speed import Speed

TONES: dict[Verdict, Tone] = {"gpu": "good", "split": "careful", "cpu": "careful", "no": "bad"}
MARKS: dict[Verdict, Text] = {
    "gpu": Text("all on the GPU", "全放显卡"),
    "split": Text("split", "显卡+内存"),
    "cpu": Text("CPU only", "只用 CPU"),
    "no": Text("does not fit", "放不下"),
}
RAM = Text("RAM", "内存")
CHART_CONTEXTS = (2048, 4096, 8192, 16384, 32768, 65536, 131072)
_USABLE = Text("usable VRAM {capacity:.1f} GiB", "可用显存 {capacity:.1f} GiB")
_WITH_RAM = Text("with RAM {whole:.1f} GiB", "加上内存 {whole:.1f} GiB")


def plan_answer(plan: Plan, files: ModelFiles, notes: Sequence[Text], commands: Mapping[str, Code]) -> Answer:
    """What an experienced helper would say: yes or no, how, and the exact command of each loader."""
    blocks: list[Block] = [Paragraph(headline(plan), tone=TONES[plan.verdict])]
    blocks += [Paragraph(text) for text in _advice(plan)]
    blocks.append(_settings(plan))
    blocks += bars(plan)
    if starting := _commands(commands):
        blocks.append(starting)
    details: list[Block] = list(_reported(plan, commands))
    is_any = plan.verdict != "no" or plan.best is not None
    if plan.options and is_any:
        details.append(_ladder(plan))
    if is_any and (download := _download(plan, files)):
        details.append(download)
    details += [Paragraph(text, tone="careful") for text in (*_assumed(plan.machine), *notes)]
    title = f"{plan.model.shape.name} {plan.model.quant}".strip()
    return Answer(title, TONES[plan.verdict], tuple(blocks), tuple(details), context_chart(plan))


def memory_advice(plan: Plan, facts: Facts) -> tuple[Block, ...]:
    """What a failure for want of memory calls for, by the estimator: what fits this card at this context."""
    said = Paragraph(_fitting(plan, facts), ESTIMATE, TONES[plan.verdict])
    return (said, *(bar for bar in bars(plan) if facts.ram or bar.device != RAM))


def fitting_values(plan: Plan) -> dict[str, str]:
    """What a text of the knowledge base may say of the plan, by the names in FITTING."""
    settings = plan.placement.settings
    if plan.verdict not in {"gpu", "split"}:
        return {}
    values = {"fitting_layers": str(plan.placement.gpu_layers)}
    return values | ({"fitting_moe_layers": str(settings.experts_on_host)} if settings.experts_on_host else {})


_WAS = Text(" (the log says {layers})", "（日志里是 {layers}）")


_FOR_EXAMPLE = Text("a {size:g}B (say {model})", "{model} 这样的 {size:g}B")


def _fitting(plan: Plan, facts: Facts) -> Text:
    model: Words = f"{plan.model.shape.name} {plan.model.quant}".strip()
    if facts.parameters:
        model = _FOR_EXAMPLE.format(size=facts.parameters.value, model=model)
    settings, whole = plan.placement.settings, plan.model.shape.offloadable
    card, context = gib(sum(device.memory for device in plan.machine.devices)), f"{settings.context:,}"
    was: Words = _WAS.format(layers=facts.gpu_layers.value) if facts.gpu_layers else ""
    if plan.verdict == "gpu" and plan.machine.unified:
        return Text(
            "Yes. It fits into memory whole, with a context of {context}.",
            "能跑。整个模型放得进内存，全用 GPU 跑，上下文 {context}。",
        ).format(context=context)
    if plan.verdict == "gpu":
        return Text(
            "{model} fits your {card} whole at a context of {context}, so something else is using the card. "
            "The largest context that fits is {max_context:,}.",
            "{model} 在上下文 {context} 时能整个放进你的 {card} 显存，所以多半是别的程序占了显存。"
            "最大能开到 {max_context:,}。",
        ).format(model=model, card=card, context=context, max_context=plan.max_context)
    if plan.verdict == "split" and settings.experts_on_host:
        return Text(
            "{model} on your {card} at a context of {context}: all layers on the card, the experts of "
            "{experts_on_host} layers in RAM.",
            "{model} 用你的 {card} 显存、上下文 {context}：所有层放显卡，{experts_on_host} 层的专家放内存。",
        ).format(model=model, card=card, context=context, experts_on_host=settings.experts_on_host)
    if plan.verdict == "split":
        return Text(
            "{gpu_layers} of {whole} layers of {model} fit your {card} at a context of {context}{was}.",
            "你的 {card} 显存在上下文 {context} 时放得下 {model} 的 {gpu_layers}/{whole} 层{was}。",
        ).format(
            gpu_layers=plan.placement.gpu_layers,
            whole=whole,
            model=model,
            card=card,
            context=context,
            was=was,
        )
    return Text(
        "{model} does not fit this machine at a context of {context}: take a lower quantization or a smaller model.",
        "{model} 在上下文 {context} 时这台机器放不下：换更低的量化，或者小一点的模型。",
    ).format(model=model, context=context)


def _how_split(plan: Plan) -> Text:
    """What lies where of a model that no card holds whole."""
    settings, estimate = plan.placement.settings, plan.placement.estimate
    if settings.kept_in_ram and estimate.whole:
        return Text(
            "Yes, split: all layers on the card but what -ot names; {size} of weights stay in RAM.",
            "能跑，要分开放：除了 -ot 指定的部分，所有层放显卡；有 {size} 权重留在内存。",
        ).format(size=gib(estimate.host.weights))
    if settings.experts_on_host:
        return Text(
            "Yes, split: all layers on the card, the experts of {experts_on_host} of {layers} layers in RAM.",
            "能跑，要分开放：所有层放显卡，{layers} 层里有 {experts_on_host} 层的专家放内存。",
        ).format(experts_on_host=settings.experts_on_host, layers=plan.model.shape.layers)
    return Text("Yes, split: {layers}, the rest runs from RAM.", "能跑，要分开放：{layers}，其余放内存。").format(
        layers=layers_on_card(plan)
    )


def headline(plan: Plan) -> Text:
    """Yes or no, and how, in a sentence."""
    context = f"{plan.placement.settings.context:,}"
    if plan.verdict == "gpu":
        return Text(
            "Yes. It fits on the graphics card whole, with a context of {context}.",
            "能跑。整个模型放得进显卡，上下文 {context}。",
        ).format(context=context)
    if plan.verdict == "split":
        return _how_split(plan)
    if plan.verdict == "cpu":
        return Text("Yes, but only on the processor, from RAM.", "能跑，但只能用 CPU，全放内存。")
    if plan.placement.serving is not None:
        return next(_serving(plan))
    if not_for_cpu(plan.model) or plan.placement.engine:
        return _no_on_cards(plan)
    return Text(
        "No. It needs {total} of memory; {usable_ram} of RAM can be used.",
        "跑不了。需要 {total} 内存，可用的只有 {usable_ram}。",
    ).format(total=gib(plan.placement.estimate.host.total), usable_ram=gib(plan.machine.usable_ram))


def layers_on_card(plan: Plan) -> Text:
    """How many layers a split puts on the card."""
    return Text("{layers} of {whole} layers on the card", "{whole} 层里 {layers} 层放显卡").format(
        layers=plan.placement.gpu_layers, whole=plan.model.shape.offloadable
    )


def _no_on_cards(plan: Plan) -> Text:
    """Of an engine that needs everything on the cards: what each lacks, or the only one."""
    usages, usable = plan.placement.estimate.gpus, plan.machine.usable_vram
    need = gib(max(usage.total for usage in usages))
    if len(usages) > 1:
        return Text(
            "No. It needs {need} on each card; {have} can be used.", "跑不了。每张卡需要 {need}，可用的只有 {have}。"
        ).format(need=need, have=gib(min(usable, default=0)))
    return Text(
        "No. It needs {need} on the card; {have} can be used.", "跑不了。显卡需要 {need}，可用的只有 {have}。"
    ).format(need=need, have=gib(sum(usable)))


SPEED_CLASSES = {
    "fast": Text("fast", "很快"),
    "comfortable": Text("comfortable", "舒服"),
    "readable": Text("about reading speed", "差不多是阅读速度"),
    "slow": Text("slow", "偏慢"),
    "very slow": Text("very slow", "很慢"),
}


def _advice(plan: Plan) -> Iterator[Text]:
    yield from instead(plan)
    served = tuple(_serving(plan))
    yield from served[1:] if plan.verdict == "no" else served
    if plan.verdict == "no" and not_for_cpu(plan.model):
        yield Text(
            "This format runs on the graphics card only. As GGUF, part of it could go to RAM.",
            "这种格式只能放显卡。换成 GGUF 的话，可以放一部分到内存。",
        )
    yield from machine_advice(plan)
    if plan.verdict == "split":
        yield _ram_rule(plan)
    if plan.cache_saver is not None and plan.verdict != "no":
        yield saver_text(plan)
    if plan.speed is not None:
        yield _expected(plan.speed)
    yield from _loader_advice(plan)
    yield from _quant_advice(plan)


def _expected(speed: Speed) -> Text:
    return Text(
        "Expect {low} to {high} tokens per second ({word}), and {first} to {last} while it reads the "
        "prompt; an estimate.",
        "预计每秒写 {low}～{high} 个 token（{word}），读提示词每秒 {first}～{last} 个，仅供参考。",
    ).format(
        low=rounded(speed.low),
        high=rounded(speed.high),
        word=SPEED_CLASSES[speed.speed_class],
        first=rounded(speed.prompt_low),
        last=rounded(speed.prompt_high),
    )


def _quant_advice(plan: Plan) -> Iterator[Text]:
    """Where another size at another quantization would be better: below 4 bits, and at 8 with room to spare."""
    bits = bits_per_weight(plan)
    if 0 < bits < FOUR_BITS - 0.15:
        yield Text(
            "{quant} has {bits:.1f} bits per weight. Below 4 bits quality falls quickly; a smaller model at "
            "Q4_K_M may well be better.",
            "{quant} 只有 {bits:.1f} 位。低于 4 位质量掉得很快，换小一号模型的 Q4_K_M 往往更好。",
        ).format(quant=plan.model.quant, bits=bits)
    elif plan.verdict == "gpu" and bits > 7.5:
        yield Text(
            "There is room to spare: a larger model at 4 to 5 bits would be better than this one at 8.",
            "显存还有富余：同样的空间，换大一号模型的 4~5 位量化会更好。",
        )


def _serving(plan: Plan) -> Iterator[Text]:
    """What an engine that fills its cards says of itself, and what to change where it does not start."""
    placement = plan.placement
    if placement.serving is None or placement.estimate.serving is None:
        return
    yield serving_headline(placement.estimate.serving, placement.serving, placement.loader or placement.engine)
    yield from (note for note in placement.estimate.notes if note not in plan.model.notes)


LOADERS = {
    "windows": Text(
        "Loader: koboldcpp is one file and all mouse; LM Studio has fewer settings; ollama is quickest to start.",
        "加载器：koboldcpp 一个文件、全用鼠标；嫌设置多就用 LM Studio；会敲命令的话 ollama 最快。",
    ),
    "macos": Text(
        "Loader: LM Studio suits a Mac best; take the model's MLX version there if it has one.",
        "加载器：Mac 首选 LM Studio，模型有 MLX 版就用 MLX 版。",
    ),
    "linux": Text(
        "Loader: llama.cpp gives most control and speed, koboldcpp has a window, ollama is the quickest start.",
        "加载器：llama.cpp 选项最全、速度最好；想要窗口用 koboldcpp；想最快跑起来用 ollama。",
    ),
}
_FASTER = Text(
    "It fits whole on a recent NVIDIA card: tabbyAPI with an EXL3 copy would reply fastest to one user.",
    "整个放得进较新的 N 卡：单人用的话，tabbyAPI 加 EXL3 版最快。",
)
_PLENTY = 15 << 30  # bytes of VRAM from which the tutorial advises ExLlama's formats


def _loader_advice(plan: Plan) -> Iterator[Text]:
    """Which loader, by the tutorial's conditions as far as the machine tells them."""
    if plan.verdict == "no" or not_for_cpu(plan.model) or plan.machine.phone:
        return
    yield LOADERS[plan.machine.system]
    if plan.verdict == "gpu" and _suits_exllama(plan.machine):
        yield _FASTER


def _suits_exllama(machine: Machine) -> bool:
    """Whether it has recent NVIDIA cards alone, and much memory on them."""
    cards = [device.card for device in machine.devices]
    recent = bool(cards) and all(card is not None and card.has_flash_attention_2 for card in cards)
    return recent and sum(machine.usable_vram) >= _PLENTY


def instead(plan: Plan) -> Iterator[Text]:
    """The quantization to take in its place, where another one would run better; the model where none of it fits."""
    if plan.instead is not None:
        yield _substitute_text(plan, plan.instead)
    best = plan.best
    if best is None or best.name == plan.model.quant:
        return
    mark = MARKS[best.verdict]
    if plan.verdict == "no" or (best.verdict == "gpu" and plan.verdict != "gpu"):
        yield Text(
            "Take {name} instead ({size}): {mark}.",
            "建议换 {name}（{size}）：{mark}。",
        ).format(name=best.name, size=gib(best.size), mark=mark)


_TELLING = 6  # a range of speed wider than this says nothing: the card is not named


def _substitute_text(plan: Plan, other: Substitute) -> Text:
    how = MARKS[other.verdict]
    if other.speed is not None and other.speed.high < _TELLING * other.speed.low:
        how = Text("{how}, about {low} to {high} tokens per second", "{how}，每秒约 {low}～{high} 个 token").format(
            how=how, low=rounded(other.speed.low), high=rounded(other.speed.high)
        )
    said = Text(
        "What fits of this family: {name} {quant} ({size}): {how}.",
        "同系列里放得下的：{name} {quant}（{size}），{how}。",
    )
    if other.name == plan.model.shape.name:
        said = Text("It fits as {quant} ({size}): {how}.", "换成 {quant}（{size}）就放得下：{how}。")
    elif not other.related:
        said = Text(
            "Nothing of this family fits. Take {name} {quant} instead ({size}): {how}.",
            "这个系列没有放得下的，可以换 {name} {quant}（{size}）：{how}。",
        )
    return said.format(name=other.name, quant=other.quant, size=gib(other.size), how=how)


def _ram_rule(plan: Plan) -> Text:
    """The tutorial's rule that a split model must fit in RAM whole, against what loaders do today."""
    need, whole = gib(plan.ram.lasting), gib(plan.ram.whole_file)
    if plan.ram.whole_file_fits:
        return Text(
            "RAM is enough either way: {need} stay in use, and even the whole file ({whole}) would fit.",
            "内存足够：长期占用 {need}，就算整个文件（{whole}）都读进内存也放得下。",
        ).format(need=need, whole=whole)
    return Text(
        "RAM: {need} stay in use; that fits. The whole file ({whole}) would not, and need not: "
        "llama.cpp, ollama and LM Studio map it (mmap), and without mmap (koboldcpp unless “Use MMAP” is "
        "ticked) today's versions pass each layer on to the card. Old versions did read all of it "
        "into RAM.",
        "内存：长期占用 {need}，够用。整个文件（{whole}）放不进内存，也不需要："
        "llama.cpp、ollama、LM Studio 用 mmap 映射文件；"
        "不用 mmap 时（koboldcpp 没勾 “Use MMAP”），现在的版本也是读一层送一层到显卡。"
        "老版本才会整个读进内存。",
    ).format(need=need, whole=whole)


def saver_text(plan: Plan) -> Text:
    """What a KV cache in q8_0 would change."""
    saver = plan.cache_saver
    assert saver is not None
    if saver.verdict != plan.verdict:
        mark = MARKS[saver.verdict]
        return Text(
            "With a q8_0 KV cache: {mark}.",
            "KV 缓存用 q8_0 的话：{mark}。",
        ).format(mark=mark)
    if experts := saver.settings.experts_on_host:
        return Text(
            "With a q8_0 KV cache the experts of only {experts} layers go to RAM.",
            "KV 缓存用 q8_0 的话，只有 {experts} 层的专家要放内存。",
        ).format(experts=experts)
    return Text(
        "With a q8_0 KV cache {gpu_layers} layers fit.",
        "KV 缓存用 q8_0 的话，能放 {gpu_layers} 层。",
    ).format(gpu_layers=saver.gpu_layers)


def rounded(speed: float) -> str:
    """Two figures that matter: nobody knows a speed better."""
    if speed >= 100:
        return f"{round(speed, 1 - int(log10(speed))):.0f}"
    return f"{speed:.0f}" if speed >= 3 else f"{speed:.1f}"


def bits_per_weight(plan: Plan) -> float:
    """Of the planned file, 0 where unknown."""
    elements = sum(tensor.elements for tensor in plan.model.tensors)
    return plan.model.file_bytes * 8 / elements if elements else 0.0


def _settings(plan: Plan) -> Fields:
    settings, shape = plan.placement.settings, plan.model.shape
    fields = [Field(Text("File", "文件大小"), gib(plan.model.file_bytes))]
    if plan.verdict != "no":
        if not not_for_cpu(plan.model):
            layers = f"{plan.placement.gpu_layers} / {shape.offloadable}"
            fields.append(Field(Text("GPU layers", "GPU 层数"), layers))
        if settings.experts_on_host:
            fields.append(Field(Text("Layers with experts in RAM", "专家放内存的层数"), str(settings.experts_on_host)))
        fields.append(Field(Text("Context", "上下文"), f"{settings.context:,}"))
        fields.append(Field(Text("Largest context", "最大上下文"), f"{plan.max_context:,}"))
    return Fields(tuple(fields))


def bars(plan: Plan) -> Iterator[MemoryBar]:
    """A bar for each device that holds something of the model."""
    yield from device_bars(plan.machine, plan.placement.estimate)
    host = plan.placement.estimate.host
    if host.total:
        yield memory_bar(RAM, host, plan.machine.usable_ram)


def device_bars(machine: Machine, estimate: Estimate) -> Iterator[MemoryBar]:
    """A bar for each GPU that holds layers, against what a loader can have of it."""
    if estimate.gpu_layers:
        names = _device_names(machine, len(estimate.gpus))
        for name, usage, capacity in zip(names, estimate.gpus, machine.usable_vram, strict=False):
            yield memory_bar(name, usage, capacity)


def _device_names(machine: Machine, count: int) -> list[str]:
    names = [device.name or "GPU" for device in machine.devices][:count]
    return [f"{name} #{index + 1}" if names.count(name) > 1 else name for index, name in enumerate(names)]


def _commands(commands: Mapping[str, Code]) -> Steps | None:
    if not commands:
        return None
    label = Text("Start it (choose one loader)", "启动（选一个加载器）")
    return Steps(label, tuple(Step(name, (code,)) for name, code in commands.items()))


_OLLAMA, _LM_STUDIO = "ollama", "LM Studio"
_ON_CARD = Text("about {gpu} on the card, {total} in all", "显卡上约 {gpu}，一共约 {total}")


def _reported(plan: Plan, commands: Mapping[str, Code]) -> Iterator[Fields]:
    """What the programs that are offered will say of the model themselves, so that nobody wonders at another number."""
    parts = reported(plan.placement.estimate, plan.model.file_bytes)
    fields = []
    if _OLLAMA in commands:
        fields.append(Field("ollama ps", f"{ollama_size(parts.total)}, {ollama_processor(parts)}"))
    if _LM_STUDIO in commands:
        sizes = _ON_CARD.format(gpu=lm_studio_size(parts.gpu), total=lm_studio_size(parts.total))
        fields.append(Field(Text("LM Studio, estimate", "LM Studio 的预估"), sizes))
    if fields:
        yield Fields(tuple(fields), Text("What they show themselves", "程序自己会显示"))


def _ladder(plan: Plan) -> Table:
    columns = (Text("Quantization", "量化"), Text("Size", "大小"), Text("How", "放法"), Text("Layers", "层数"))
    rows = tuple(
        (
            f"{'→ ' if plan.best and option.name == plan.best.name else ''}{option.name}",
            gib(option.size),
            MARKS[option.verdict],
            str(option.gpu_layers),
        )
        for option in plan.options
    )
    return Table(columns, rows, Text("Which file to download", "下载哪个文件"))


def _download(plan: Plan, files: ModelFiles) -> Steps | None:
    label = Text("Download", "下载")
    command = download_command(files)
    if command is None and (not_for_cpu(plan.model) or plan.placement.engine):
        name = f"{plan.model.shape.name} {plan.model.quant}"
        whole = Text(
            "Search Hugging Face for “{name}” and download the whole repository.",
            "在 Hugging Face 搜 “{name}”，把整个仓库下载下来。",
        ).format(name=name)
        return Steps(label, (Step(whole),))
    if command is None:
        wanted = plan.best.name if plan.best and plan.verdict == "no" else plan.model.quant
        return Steps(
            label,
            (
                Step(
                    Text(
                        "Search Hugging Face for “{name} GGUF” and take the {wanted} file; of a split one all parts, "
                        "into one folder.",
                        "在 Hugging Face 搜 “{name} GGUF”，下载 {wanted} 那个文件；分卷的话全部下载到同一个文件夹。",
                    ).format(name=plan.model.shape.name, wanted=wanted)
                ),
            ),
        )
    mirror = Code("export HF_ENDPOINT=https://hf-mirror.com", "bash")
    parts = len(files.parts)
    together = Text("All {parts} parts into one folder; load the first.", "{parts} 个分卷放同一个文件夹，加载第一个。")
    text = together.format(parts=parts) if parts > 1 else Text("With the hf program:", "用 hf 命令：")
    slow = Text("Hugging Face blocked or slow? Set the mirror first:", "Hugging Face 打不开或太慢？先设镜像：")
    return Steps(label, (Step(text, (command,)), Step(slow, (mirror,))))


def _assumed(machine: Machine) -> Iterator[Text]:
    seen = set()
    for device in machine.devices:
        if device.assumed is not None and device.assumed not in seen:
            seen.add(device.assumed)
            yield device.assumed


def context_chart(plan: Plan) -> ContextChart | None:
    """GPU memory over context, all layers on the GPU; None without a GPU."""
    capacity = sum(plan.machine.usable_vram)
    if not capacity:
        return None
    contexts = _chart_contexts(plan)
    if len(contexts) < 2:
        return None
    may_spill = not not_for_cpu(plan.model) and not plan.machine.unified
    whole = capacity + plan.machine.usable_ram if may_spill else 0
    return ContextChart(
        f"{plan.model.shape.name} {plan.model.quant}",
        Text("context (tokens)", "上下文（token）"),
        contexts,
        tuple(_chart_parts([estimate_at(plan, context).gpu for context in contexts])),
        capacity,
        _USABLE.format(capacity=capacity / GIB),
        plan.placement.settings.context,
        whole,
        _WITH_RAM.format(whole=whole / GIB) if whole else "",
    )


def _chart_contexts(plan: Plan) -> tuple[int, ...]:
    """The usual ones as far as the model was trained, and the plan's own."""
    most = plan.model.shape.trained_context or CHART_CONTEXTS[-1]
    usual = (context for context in CHART_CONTEXTS if context <= most)
    return tuple(sorted({*usual, plan.placement.settings.context}))


def _chart_parts(usages: Sequence[Usage]) -> Iterator[ChartPart]:
    for text, key in PARTS:
        sizes = tuple(getattr(usage, key) for usage in usages)
        if any(sizes):
            yield ChartPart(text, sizes)
