"""Whether more of something helps: more RAM beside a model, a further card beside the one that is there."""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.answers.blocks import Answer, Block, Paragraph, Steps
from bot.answers.fit.words import size_name
from bot.base.languages import Text
from bot.base.sizes import gib
from bot.hardware.amounts import counted
from bot.memory.compare import Compared, Comparison
from bot.memory.plan import Plan, Verdict

_RAM_TITLES: dict[Verdict, Text] = {
    "gpu": Text("No, more RAM makes it no faster", "加内存不会变快"),
    "split": Text("No, more RAM hardly makes it faster", "加内存基本不会变快"),
    "cpu": Text("No, more RAM hardly makes it faster", "加内存基本不会变快"),
    "no": Text("Yes: this does not run without more memory", "要加：现在的内存跑不了它"),
}
_RAM_REASONS: dict[Verdict, Text] = {
    "gpu": Text(
        "{model} lies whole on the card; RAM plays no part in its speed.", "{model} 整个在显卡里，速度和内存无关。"
    ),
    "split": Text(
        "The part of {model} that lies in RAM has room already. What counts is how fast RAM is read (two sticks, "
        "dual channel) and how little lies there; more of it only lets larger models load, best mixtures (MoE).",
        "{model} 放内存的那部分本来就放得下。速度看内存带宽（插两条组双通道），以及放在内存里的有多少；"
        "加容量只是能装更大的模型（最适合 MoE）。",
    ),
    "cpu": Text(
        "{model} has room already. What counts is how fast RAM is read: two sticks (dual channel), a higher clock. "
        "More of it only lets larger models load, best mixtures (MoE).",
        "{model} 本来就放得下。速度看内存带宽：插两条组双通道、频率高一点。加容量只是能装更大的模型（最适合 MoE）。",
    ),
}


_TIGHT = 0.62  # of the RAM that a model may fill before everything else has to be closed
_TIGHT_TEXT = Text(
    "It only just fits: {need} of your {ram} of RAM go to the model, beside the system and all else. Yes, add RAM: "
    "with {better} it runs at ease, as fast as now, and in a better quantization.",
    "勉强放得下：模型要占 {need} 内存，你一共 {ram}，还有系统和别的程序。建议加内存：加到 {better} 就宽裕了，"
    "速度一样，还能用更好的量化。",
)


def is_tight(plan: Plan) -> bool:
    """Whether a model that lies partly in RAM leaves hardly any for the system."""
    return plan.verdict in {"split", "cpu"} and plan.placement.estimate.host.needed > _TIGHT * plan.machine.ram


def _tight(plan: Plan) -> Text:
    """How tight it is, and with how much RAM it is not."""
    ram = plan.machine.ram
    return _TIGHT_TEXT.format(need=gib(plan.placement.estimate.host.needed), ram=gib(ram), better=gib(2 * ram))


def about_more_ram(answer: Answer, plan: Plan) -> Answer:
    """A plan's answer for whom more RAM is thought of: whether it helps, first."""
    if is_tight(plan):
        return replace(answer, blocks=(Paragraph(_tight(plan)), *answer.blocks))
    reason = _RAM_REASONS.get(plan.verdict)
    model = f"{plan.model.shape.name} {plan.model.quant}".strip()
    said: tuple[Block, ...] = (Paragraph(reason.format(model=model)),) if reason is not None else ()
    return replace(answer, title=_RAM_TITLES[plan.verdict], blocks=(*said, *answer.blocks))


_TOO_MUCH = Text("Too much for this memory: that is why it goes wrong", "内存装不下，问题就出在这")
_FILLS = Text(
    "{model} ({size}) with a context of {context} is more than the {usable} that graphics can use of {memory}: the "
    "rest is swapped until the system stands still.",
    "{model}（{size}）加上 {context} 的上下文，超过了显卡能用的 {usable}（共 {memory}）："
    "多出来的一直在换页，系统就卡死。",
)
_LESS_CONTEXT = Text(
    "Set the context to {usual}; up to {most} it fits whole.", "上下文改成 {usual}；开到 {most} 以内都能整个放下。"
)

_AMPLE = 32_768  # tokens, enough for most


def over_full_answer(answer: Answer, plan: Plan, whole: Plan | None) -> Answer:
    """A plan's answer for whom a model that fills a shared memory goes wrong. `whole`: the same with a usual context,
    where it fits so.
    """
    context = plan.placement.settings.context
    filled = _FILLS.format(
        model=f"{plan.model.shape.name} {plan.model.quant}".strip(),
        size=gib(plan.model.file_bytes),
        context=f"{context:,}",
        usable=gib(sum(plan.machine.usable_vram)),
        memory=gib(plan.machine.memory),
    )
    said: list[Block] = [Paragraph(filled)]
    if whole is not None and whole.placement.settings.context < context:
        most = whole.max_context
        usual = max(whole.placement.settings.context, min(_AMPLE, most // 2))
        said.append(Paragraph(_LESS_CONTEXT.format(usual=f"{usual:,}", most=f"{most:,}"), tone="good"))
    rest = [block for block in answer.blocks[2:] if not isinstance(block, Steps)]
    return replace(answer, title=_TOO_MUCH, tone="bad", blocks=(*said, *rest))


_TITLE = Text("{both} together", "{both} 一起用")
_OPENS = Text(
    "Yes, for larger models: together {memory} hold up to about {whole} whole, the {first} alone up to {alone}. What "
    "fits the {first} alone stays quicker on it alone.",
    "有用，能放更大的模型：合起来 {memory}，最大能整个放下 {whole} 左右；单用 {first} 只到 {alone}。"
    "单卡放得下的模型还是单卡跑更快。",
)
_OPENS_NOTHING = Text(
    "Hardly: together they hold no larger class of models whole ({whole}), only a longer context.",
    "用处不大：合起来能整个放下的模型还是 {whole} 这一级，只是上下文能开长一点。",
)


def together_answer(comparison: Comparison, rest: Sequence[Block]) -> Answer:
    """What two unlike cards are good for together, beside the better of them alone. `rest`: the comparison's blocks."""
    alone, both = comparison.machines
    names = counted(device.name for device in both.planned.machine.devices)
    verdict = _OPENS if _size(both) > _size(alone) else _OPENS_NOTHING
    said = verdict.format(
        memory=gib(sum(device.memory for device in both.planned.machine.devices)),
        whole=size_name(both.largest) if both.largest else "–",
        alone=size_name(alone.largest) if alone.largest else "–",
        first=alone.planned.machine.devices[0].name,
    )
    title = _TITLE.format(both=names)
    return Answer(title, "neutral", (Paragraph(said, tone="good"), *rest))


def _size(each: Compared) -> float:
    return each.largest.recommended.parameters if each.largest else 0.0
