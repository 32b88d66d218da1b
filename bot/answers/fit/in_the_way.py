"""What is in the way where a model that fits whole is slow: how fast it should be, and where to look."""

from collections.abc import Iterator

from msgspec.structs import replace

from bot.answers.blocks import Answer, Code, Step, Steps
from bot.answers.plan import rounded
from bot.base.languages import Text
from bot.base.sizes import gib
from bot.hardware.amounts import counted
from bot.hardware.planned import PlannedMachine
from bot.memory.plan import Plan

_TITLE = Text(
    "It fits whole: {low}–{high} tokens/s would be normal, so something is in the way",
    "整个放得下，正常该有 {low}～{high} token/s：有东西拖慢了它",
)
_TOO_SLOW = Text(
    "{told} tokens/s is too slow: it fits whole, and {low}–{high} would be normal",
    "{told} token/s 不正常：整个放得下，正常该有 {low}～{high} token/s",
)
_LOOK = Text("Where to look", "先看这几处")
_OLLAMA = Text(
    "PROCESSOR must say 100% GPU. If not, set the context to {context} (OLLAMA_CONTEXT_LENGTH={context}, or num_ctx in "
    "the program that asks), OLLAMA_NUM_PARALLEL=1, and stop other models.",
    "PROCESSOR 要显示 100% GPU。不是的话：上下文设成 {context}（OLLAMA_CONTEXT_LENGTH={context}，"
    "或者在调用它的软件里改 num_ctx），OLLAMA_NUM_PARALLEL=1，别的模型先停掉。",
)
_LOADED = Text(
    "The loader's log must name your {card} and say “offloaded {layers}/{layers} layers to GPU”. If not: GPU layers "
    "{layers}, and the CUDA build (AMD, Intel: Vulkan).",
    "加载器日志里要有你的 {card}，并且写着“offloaded {layers}/{layers} layers to GPU”。没有就把 GPU 层数填 {layers}，"
    "并换成 CUDA 版（A 卡、Intel 卡用 Vulkan 版）。",
)
_SPILLS = Text(
    "All on the card and still slow: “Shared GPU memory” in Task Manager rises, the VRAM overflows. Context {context} "
    "or less, KV cache q8_0, close browser and games.",
    "全在显卡上还慢：任务管理器里“共享 GPU 内存”在涨，就是显存溢出了。上下文 {context} 或更小、KV 缓存用 q8_0、"
    "关掉浏览器和游戏。",
)
_ON_LINUX = Text(
    "The card must be busy and hold the model while it answers; a Docker container needs --gpus all to see it.",
    "回复时显卡要在忙、显存里要有模型；Docker 容器要加 --gpus all 才看得到显卡。",
)
_PRESSURE = Text(
    "Memory pressure in the Activity Monitor is yellow or red: close other apps, set the context to {context}.",
    "“活动监视器”里内存压力变黄、变红：关掉别的应用，上下文设成 {context}。",
)
_NO_MMAP = Text(
    "Give graphics enough of the memory (BIOS or driver), and load without mmap (--load-mode none, before: --no-mmap): "
    "otherwise the file lies in RAM twice.",
    "给显卡分够内存（BIOS 或驱动里设），并且不用 mmap 加载（--load-mode none，以前是 --no-mmap），"
    "不然文件会在内存里占两份。",
)
_LAPTOP = Text(
    "On a laptop plug in the charger and choose best performance; the log must name the {card}, not the processor's "
    "graphics.",
    "笔记本要插电、电源选“最佳性能”；日志里用的得是 {card}，不是核显。",
)
_THINKS = Text(
    "A model that thinks writes hundreds of tokens before its answer: judge by tokens/s, or switch thinking off.",
    "会思考的模型先写几百个 token 才出正文：看每秒 token 数，或者关掉思考。",
)

_USUAL_CONTEXT = 8192
_FITS = Text(
    "It should fit: {need} of the {room} that can be used, so something else takes the memory",
    "按理放得下：要 {need}，可用 {room}。是别的东西占了显存",
)
_OTHERS = Text(
    "See what holds the VRAM before you start it: a loader that did not end, another model, the browser.",
    "启动前先看谁占着显存：没退干净的加载器、别的模型、浏览器。",
)
_TOO_MUCH_ASKED = Text(
    "Set the context to {context}: many programs take the model's longest ({longest}) by themselves. A KV cache in 8 "
    "bits halves it.",
    "上下文手动设成 {context}：很多程序默认按模型的最大值（{longest}）开。KV 缓存用 8 位再省一半。",
)
_SERVED_SMALL = Text(
    "vLLM takes a share of the card at once and runs its largest batch to try: fewer requests, a shorter context and "
    "no CUDA graphs leave room. Models that see: add --limit-mm-per-prompt.",
    "vLLM 一启动就按比例占显存，还要按最大批量试跑：并发、上下文调小，关掉 CUDA graph 就能省出来。"
    "看图的模型再加 --limit-mm-per-prompt。",
)
_SMALL_OPTIONS = "--max-model-len {context} --max-num-seqs 8 --enforce-eager"


def fits_all_the_same_answer(answer: Answer, plan: Plan) -> Answer:
    """The answer of a plan that fits whole, for whom the memory is full all the same."""
    title = _FITS.format(need=gib(plan.placement.estimate.gpu.total), room=gib(sum(plan.machine.usable_vram)))
    steps = Steps(_LOOK, tuple(_of_full_memory(plan)))
    return replace(answer, title=title, tone="careful", blocks=(steps, *answer.blocks), is_verdict=False)


def _of_full_memory(plan: Plan) -> Iterator[Step]:
    context = min(plan.placement.settings.context, _USUAL_CONTEXT)
    yield Step(_OTHERS, (Code("nvidia-smi", "bash"),) if _is_nvidia(plan) else ())
    if plan.placement.serving is not None:
        yield Step(_SERVED_SMALL, (Code(_SMALL_OPTIONS.format(context=context), "bash"),))
    elif plan.max_context > context:
        yield Step(_TOO_MUCH_ASKED.format(context=f"{context:,}", longest=f"{plan.model.shape.trained_context:,}"))


def in_the_way_answer(answer: Answer, plan: Plan, planned: PlannedMachine, loader: str | None, told: str) -> Answer:
    """The answer of a plan that fits whole, for whom it is slow all the same. `loader`: the one that was named; `told`:
    the speed that was told, tokens a second, empty for none.
    """
    assert plan.speed is not None
    steps = Steps(_LOOK, tuple(_steps(plan, planned, loader)))
    title = (_TOO_SLOW if told else _TITLE).format(
        told=told, low=rounded(plan.speed.low), high=rounded(plan.speed.high)
    )
    return replace(answer, title=title, tone="careful", blocks=(steps, *answer.blocks), is_verdict=False)


def _steps(plan: Plan, planned: PlannedMachine, loader: str | None) -> Iterator[Step]:
    settings = plan.placement.settings
    is_apple = planned.machine.system == "macos"
    if loader == "ollama":
        yield Step(_OLLAMA.format(context=settings.context), (Code("ollama ps", "bash"),))
    elif not is_apple:
        yield Step(_LOADED.format(card=_card(planned), layers=plan.model.shape.offloadable))
    if planned.machine.unified:
        yield Step(_PRESSURE.format(context=f"{settings.context:,}")) if is_apple else Step(_NO_MMAP)
        yield Step(_THINKS)
        return
    if planned.machine.system == "windows":
        yield Step(_SPILLS.format(context=f"{settings.context:,}"))
    else:
        yield Step(_ON_LINUX, (Code("nvidia-smi", "bash"),) if _is_nvidia(plan) else ())
    if planned.kind == "laptop":
        yield Step(_LAPTOP.format(card=_card(planned)))


def _is_nvidia(plan: Plan) -> bool:
    return any(device.card is not None and device.card.vendor == "nvidia" for device in plan.machine.devices)


def _card(planned: PlannedMachine) -> str | Text:
    return counted(device.name for device in planned.machine.devices) or Text("card", "显卡")
