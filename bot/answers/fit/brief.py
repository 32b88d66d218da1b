"""A plan in five lines: the verdict is the title, the rest stands behind "more"."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from bot.answers.blocks import Answer, Block, Code, Paragraph, Step, Steps, Tone
from bot.answers.commands import ModelFiles
from bot.answers.fit.words import machine_advice, placed_name, speed_text
from bot.answers.machines import machine_advice as plan_advice
from bot.answers.plan import headline, instead, plan_answer, rounded, saver_text
from bot.base.languages import BETWEEN_SENTENCES, SEMICOLON, Text, Words, joined
from bot.base.sizes import gib, thousands
from bot.hardware.planned import PlannedMachine
from bot.knowledge.advice import Advice
from bot.memory.needs import ram_beside
from bot.memory.offers import Offer
from bot.memory.plan import Plan, Verdict, not_for_cpu
from bot.memory.speed import Speed

_START = Text("Start it", "启动")
SLOW = frozenset({"slow", "very slow"})
_TONES: Mapping[Verdict, Tone] = {"gpu": "good", "split": "good", "cpu": "careful", "no": "bad"}
_HOW: Mapping[Verdict, Text] = {
    "gpu": Text("Yes, it fits whole on the card", "能跑，全放显卡"),
    "split": Text("Yes, split", "能跑，分开放"),
    "cpu": Text("Yes, on the processor alone", "能跑，只用 CPU"),
}
_ON_SHARED_MEMORY = Text("Yes, all of it on the GPU", "能跑，全用 GPU 跑")
_FITS_SHARED_MEMORY = Text("it fits whole into memory", "整个放得进内存")
_PLACES: Mapping[Verdict, Text] = {
    "gpu": Text("it fits whole on the card", "整个放得进显卡"),
    "split": Text("it does not fit into the VRAM, so it is split with RAM", "显存放不下，只能一部分放内存"),
    "cpu": Text("it runs on the processor alone", "只能靠 CPU 跑"),
}
_STARTS = Text("Yes, {name} starts", "能跑，{name} 能启动")
_STARTS_NOT = Text("No, {name} does not start", "跑不了，{name} 启动不了")
_SPEED = Text("{how}, about {low}–{high} tokens/s", "{how}，约 {low}～{high} token/s")
_MOST_NOTES = 1  # of what was assumed


def brief_plan_answer(
    plan: Plan,
    files: ModelFiles,
    notes: Sequence[Text],
    planned: PlannedMachine,
    advice: Advice | None,
    loader: str | None,
    commands: Mapping[str, Code],
    quicker: Offer | None = None,
) -> Answer:
    """Yes or no, how, how fast, and the command of one loader: the one named, else the best for the system. `quicker`:
    what would run better where this one is slow.
    """
    whole = plan_answer(plan, files, notes, commands)
    name = loader if loader in commands else next(iter(commands), None)
    told = [
        _subject(plan, planned),
        *_lines(plan, _quicker_text(plan, quicker, planned)),
        *_machine_advice(plan, planned, advice),
    ]
    blocks: list[Block] = [Paragraph(text) for text in told]
    blocks += start_steps(commands, name)
    said = [Paragraph(text, tone="careful") for text in (*_assumed(plan, planned), *notes)]
    blocks += said[:_MOST_NOTES]
    rest = _not_yet_said(whole, (*blocks, *said))
    return Answer(
        verdict_text(plan),
        _TONES[plan.verdict],
        tuple(blocks),
        (*said[_MOST_NOTES:], *rest),
        whole.chart,
        is_verdict=True,
        alternatives=tuple(Step(other, (code,)) for other, code in commands.items() if other != name),
    )


def start_steps(commands: Mapping[str, Code], loader: str | None) -> Sequence[Steps]:
    """What starts a model: by the loader, or the best where it has no command; nothing where none has."""
    name = loader if loader in commands else next(iter(commands), None)
    return () if name is None else (Steps(_START, (Step(name, (commands[name],)),)),)


def _machine_advice(plan: Plan, planned: PlannedMachine, advice: Advice | None) -> Sequence[Text]:
    """What is most worth knowing of the machine: one piece, or none."""
    told = machine_advice(planned, advice) if advice is not None else ()
    return (*told, *plan_advice(plan))[:1]


def _assumed(plan: Plan, planned: PlannedMachine) -> Sequence[Text]:
    """What was assumed of the machine; on the card no RAM is needed."""
    return planned.notes_without_ram if plan.verdict == "gpu" else planned.notes


def _not_yet_said(whole: Answer, said: Collection[Block]) -> list[Block]:
    """What the long answer says beyond its headline, its commands and what was said."""
    further = (*whole.blocks[1:], *whole.details)
    return [block for block in further if not _starts(block) and block not in said]


def computed_title(plan: Plan) -> Text:
    """Where the plan lies, in a few words, for who did not ask: "By my estimate: split, about 2–7 tokens/s"."""
    if plan.placement.serving is not None or plan.verdict == "no":
        return verdict_text(plan)
    place = _FITS_SHARED_MEMORY if _is_shared_whole(plan) else _PLACES[plan.verdict]
    where = _with_speed(place, plan.speed)
    return Text("By my estimate: {where}", "按我的估算：{where}").format(where=where)


def _with_speed(how: Text, speed: Speed | None) -> Text:
    return how if speed is None else _SPEED.format(how=how, low=rounded(speed.low), high=rounded(speed.high))


_FOR_ONE = Text("{how}, one chat about {low}–{high} tokens/s", "{how}，单个对话约 {low}～{high} token/s")


def _with_speed_of_one(how: Text, speed: Speed) -> Text:
    """How fast a program that serves many writes to one of them."""
    return _FOR_ONE.format(how=how, low=rounded(speed.low), high=rounded(speed.high))


def verdict_text(plan: Plan) -> Text:
    """The verdict in a few words: "Yes, split, about 2–7 tokens/s"."""
    if plan.placement.serving is not None:
        name = plan.placement.loader or plan.placement.engine
        starts = (_STARTS_NOT if plan.verdict == "no" else _STARTS).format(name=name)
        return starts if plan.verdict == "no" or plan.speed is None else _with_speed_of_one(starts, plan.speed)
    if plan.verdict == "no":
        return headline(plan).changed(lambda text: text.rstrip(".。"))
    how = _ON_SHARED_MEMORY if _is_shared_whole(plan) else _HOW[plan.verdict]
    return _with_speed(how, plan.speed)


def _is_shared_whole(plan: Plan) -> bool:
    """Whether all of it runs on graphics that share the memory with the processor: there is no card."""
    return plan.verdict == "gpu" and plan.machine.unified


def _starts(block: Block) -> bool:
    return isinstance(block, Steps) and any(isinstance(code, Code) for step in block.steps for code in step.commands)


def _subject(plan: Plan, planned: PlannedMachine) -> Text:
    return Text("{model} ({size}) on {machine}.", "{model}（{size}），{machine}。").format(
        model=f"{plan.model.shape.name} {plan.model.quant}".strip(),
        size=gib(plan.model.file_bytes),
        machine=planned.name,
    )


_SMALLER = Text(
    "A smaller model or a mixture of experts (MoE) would be quicker here.", "想快的话，换小一点的模型或 MoE 模型。"
)
_QUICKER = Text(
    "Quicker on this machine: {name} ({size}), {where}, {speed}.",
    "想快的话，这台机器换 {name}（{size}）：{where}，{speed}。",
)


def _quicker_text(plan: Plan, offer: Offer | None, planned: PlannedMachine) -> Text | None:
    """What would run better, by its name where one is known; None where this runs well."""
    if offer is None:
        is_slow = plan.speed is not None and plan.speed.speed_class in SLOW
        return _SMALLER if is_slow or (plan.verdict == "no" and plan.instead is None) else None
    return quicker_text(offer, planned)


_TODAY = Text(
    "What people take for this today: {name} ({size}), {where}, {speed}.",
    "现在做这个一般用 {name}（{size}）：{where}，{speed}。",
)


def today_text(offer: Offer, planned: PlannedMachine) -> Text:
    """What people run in place of an older model, by its name."""
    return _offered(_TODAY, offer, planned)


def quicker_text(offer: Offer, planned: PlannedMachine) -> Text:
    """What would run better on a machine, by its name."""
    return _offered(_QUICKER, offer, planned)


def _offered(said: Text, offer: Offer, planned: PlannedMachine) -> Text:
    return said.format(
        name=f"{offer.recommended.name} {offer.model.quant}",
        size=gib(offer.model.file_bytes),
        where=placed_name(offer.verdict, planned),
        speed=speed_text(offer.speed),
    )


def _lines(plan: Plan, quicker: Text | None) -> Iterator[Text]:
    if plan.placement.serving is not None and plan.verdict == "no":
        yield headline(plan)
    yield from _room_for_requests(plan)
    yield from _numbers(plan)
    yield from instead(plan)
    yield from _more_ram(plan)
    if plan.cache_saver is not None and plan.verdict != "no":
        yield saver_text(plan)
    if quicker is not None:
        yield quicker


_ROOM = Text(
    "The KV cache holds {tokens} tokens: {count} requests of {context} at once, more of shorter ones; the others wait.",
    "KV 缓存放得下 {tokens} 个 token：每个请求占满 {context} 的话能同时跑 {count} 个，短一些就更多，多出来的排队。",
)


def _room_for_requests(plan: Plan) -> Iterator[Text]:
    """How many requests an engine serves at once that fills its cards."""
    serving = plan.placement.estimate.serving
    if serving is not None and serving.starts:
        context = f"{plan.placement.settings.context:,}"
        yield _ROOM.format(tokens=f"{serving.tokens:,}", count=f"{serving.concurrency:.1f}", context=context)


_STEP = Text("{context}: {layers} layers, {low}–{high} t/s", "{context}：{layers} 层，{low}～{high} token/s")
_STEPS = Text(
    "As long as your RAM allows, but each step takes layers from the card: {steps}. 8k to 16k is a good middle.",
    "内存够就能开，但每加一档，能放进显卡的层数就变少：{steps}。8k～16k 比较合适。",
)


def context_steps(plans: Sequence[Plan]) -> Text:
    """What each step of the context costs a model that is split."""
    steps: list[Words] = [
        _STEP.format(
            context=thousands(plan.placement.settings.context),
            layers=plan.placement.gpu_layers,
            low=rounded(plan.speed.low),
            high=rounded(plan.speed.high),
        )
        for plan in plans
        if plan.speed is not None
    ]
    return _STEPS.format(steps=joined(steps, SEMICOLON))


_TAKES = Text(
    "It takes about {total}: the file ({size}), a context of {context}, and room to compute.",
    "总共要 {total} 左右：文件 {size}，加上 {context} 的上下文和计算用的空间。",
)


def takes_text(plan: Plan) -> Text:
    """How much memory a model takes with its context, wherever it lies."""
    return _TAKES.format(
        total=gib(plan.placement.estimate.gpu.total + plan.placement.estimate.host.total),
        size=gib(plan.model.file_bytes),
        context=f"{plan.placement.settings.context:,}",
    )


_MOST_RAM = 768  # GB that somebody may think of adding, to a server


def _more_ram(plan: Plan) -> Iterator[Text]:
    """With how much RAM it would run, where that is what is missing."""
    is_of_ram = plan.verdict == "no" and not (plan.placement.engine or not_for_cpu(plan.model) or plan.machine.unified)
    ram = ram_beside(plan.model, plan.machine, plan.placement.settings.context) if is_of_ram else None
    if ram is not None and ram <= _MOST_RAM:
        yield Text("With {ram} GB of RAM {model} would run split.", "内存加到 {ram}G，{model} 就能分开放着跑。").format(
            ram=ram, model=f"{plan.model.shape.name} {plan.model.quant}".strip()
        )


def _numbers(plan: Plan) -> Iterator[Text]:
    """Layers and context, which people ask for most."""
    if plan.verdict == "no":
        return
    layers, whole = plan.placement.gpu_layers, plan.model.shape.offloadable
    context = f"{plan.placement.settings.context:,}"
    said = []
    if not not_for_cpu(plan.model) and plan.machine.devices:
        said.append(
            Text("GPU layers: {layers} of {whole}.", "GPU 层数填 {layers}（共 {whole} 层）。").format(
                layers=layers, whole=whole
            )
        )
    if experts := plan.placement.settings.experts_on_host:
        said.append(
            Text("The experts of {experts} layers go to RAM.", "其中 {experts} 层的专家放内存。").format(
                experts=experts
            )
        )
    if plan.max_context > plan.placement.settings.context:
        said.append(
            Text("Context {context}, {max_context:,} at most.", "上下文 {context}，最大 {max_context:,}。").format(
                context=context, max_context=plan.max_context
            )
        )
    else:
        said.append(Text("Context {context}.", "上下文 {context}。").format(context=context))
    yield joined(said, BETWEEN_SENTENCES)
