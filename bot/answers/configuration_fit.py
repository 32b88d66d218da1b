"""Whether what a pasted configuration asks for fits the card, by the estimator."""

from bot.answers.blocks import Paragraph
from bot.answers.plan import TONES
from bot.answers.serving import headline
from bot.base.languages import Text
from bot.base.sizes import gib
from bot.memory.engines import VllmSettings
from bot.memory.plan import Plan
from bot.memory.serving import Serving

_ESTIMATE = Text("By my estimate", "按我的估算")
_WHOLE = Text(
    "{model} fits your {card} whole at a context of {context}; the largest context that fits is {most}.",
    "{model} 在上下文 {context} 时能整个放进你的 {card} 显存，上下文最大能开到 {most}。",
)
_TOO_MANY = Text(
    "{wanted} layers are asked for, but only {fitting} of {whole} fit your {card} at a context of {context}: "
    "write {fitting}, or lower the context.",
    "这里要放 {wanted} 层，可是上下文 {context} 时你的 {card} 显存只放得下 {whole} 层里的 {fitting} 层："
    "改成 {fitting}，或者把上下文调小。",
)
_SOME = Text(
    "{fitting} of {whole} layers of {model} fit your {card} at a context of {context}.",
    "上下文 {context} 时，你的 {card} 显存放得下 {model} {whole} 层里的 {fitting} 层。",
)
_NOT = Text(
    "{model} does not fit this computer at a context of {context}: take a smaller quantization or model.",
    "{model} 在上下文 {context} 时这台电脑放不下：换小一点的量化或模型。",
)


_HEADS = Text(
    "{model} has heads of {length} values, and {kind} packs 32 at a time: llama.cpp will not start with this cache. "
    "Leave the cache type out (f16).",
    "{model} 每个注意力头有 {length} 个数，而 {kind} 要 32 个一组打包，对不上：这样写 llama.cpp 起不来。"
    "去掉缓存类型（用默认的 f16）就行。",
)


def heads_block(kind: str, model: str, length: int) -> Paragraph:
    """That a type of the KV cache does not go with the size of a model's heads."""
    return Paragraph(_HEADS.format(model=model, length=length, kind=kind), tone="bad")


def serving_block(serving: Serving, settings: VllmSettings, program: str) -> Paragraph:
    """Whether a server that fills its card starts, and what its cache holds."""
    return Paragraph(headline(serving, settings, program), _ESTIMATE, "good" if serving.starts else "bad")


def fit_block(plan: Plan, wanted: int | None) -> Paragraph:
    """Whether what a configuration asks for fits; `wanted`: the layers that it puts on the card, None where untold."""
    settings, whole = plan.placement.settings, plan.model.shape.offloadable
    values = {
        "model": f"{plan.model.shape.name} {plan.model.quant}".strip(),
        "card": gib(sum(device.memory for device in plan.machine.devices)),
        "context": f"{settings.context:,}",
        "most": f"{plan.max_context:,}",
        "whole": whole,
        "fitting": plan.placement.gpu_layers,
        "wanted": min(wanted or 0, whole),
    }
    said, tone = _WHOLE, TONES[plan.verdict]
    if plan.verdict == "split" and not settings.experts_on_host:
        said = _TOO_MANY if (wanted or 0) > plan.placement.gpu_layers else _SOME
    elif plan.verdict != "gpu":
        said = _NOT if plan.verdict == "no" else _SOME
    return Paragraph(said.format(**values), _ESTIMATE, tone)
