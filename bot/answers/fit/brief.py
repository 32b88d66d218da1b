"""A plan in five lines, the rest behind "more"."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from bot.answers.blocks import Answer, Block, Paragraph, Step, Steps
from bot.answers.commands import ModelFiles, loader_commands
from bot.answers.fit.words import machine_advice, speed_text
from bot.answers.plan import TONES, headline, instead, plan_answer, saver_text
from bot.base.languages import BETWEEN_SENTENCES, Text, joined
from bot.base.sizes import gib
from bot.hardware.planned import PlannedMachine
from bot.knowledge.advice import Advice
from bot.memory.plan import Plan, not_for_cpu

_START = Text("Start it", "启动")
_SLOW = frozenset({"slow", "very slow"})


def brief_plan_answer(
    plan: Plan, files: ModelFiles, notes: Sequence[Text], planned: PlannedMachine, advice: Advice, loader: str | None
) -> Answer:
    """Yes or no, how, how fast, and the command of one loader: the one named, else the best for the system."""
    whole = plan_answer(plan, files, notes)
    blocks: list[Block] = [Paragraph(joined([_subject(plan, planned), headline(plan)], ""), tone=TONES[plan.verdict])]
    blocks += [Paragraph(text) for text in _lines(plan)]
    if command := _command(plan, files, loader):
        blocks.append(command)
    blocks += [Paragraph(text) for text in machine_advice(planned, advice)]
    assumed = planned.notes_without_ram if plan.verdict == "gpu" else planned.notes  # on the card no RAM is needed
    blocks += [Paragraph(text, tone="careful") for text in (*assumed, *notes)]
    return replace(whole, blocks=tuple(blocks), details=(*whole.blocks, *whole.details))


def _subject(plan: Plan, planned: PlannedMachine) -> Text:
    size = gib(plan.model.file_bytes)
    return Text(f"{size} on {planned.name.en}: ", f"文件 {size}，{planned.name.zh}：")


def _lines(plan: Plan) -> Iterator[Text]:
    if plan.speed is not None and plan.verdict != "no":
        yield joined([Text("Speed: about ", "速度大约 "), speed_text(plan.speed), Text(".", "。")], "")
    yield from _numbers(plan)
    yield from instead(plan)
    if plan.cache_saver is not None and plan.verdict != "no":
        yield saver_text(plan)
    if plan.verdict == "no" or (plan.speed is not None and plan.speed.speed_class in _SLOW):
        yield Text(
            "A smaller model or a mixture of experts (MoE) would be quicker here.",
            "想快的话，换小一点的模型或 MoE 模型。",
        )


def _numbers(plan: Plan) -> Iterator[Text]:
    """Layers and context, which people ask for most."""
    if plan.verdict == "no":
        return
    layers, whole = plan.placement.gpu_layers, plan.model.shape.layers + 1
    said = []
    if not not_for_cpu(plan.model) and plan.machine.devices:
        said.append(Text(f"GPU layers: {layers} of {whole}.", f"显卡层数填 {layers}（共 {whole} 层）。"))
    if plan.max_context and plan.verdict == "gpu":
        said.append(
            Text(
                f"The largest context that still fits: {plan.max_context:,}.",
                f"上下文最大能开到 {plan.max_context:,}。",
            )
        )
    else:
        said.append(
            Text(f"Context {plan.placement.settings.context:,}.", f"上下文按 {plan.placement.settings.context:,} 算。")
        )
    yield joined(said, BETWEEN_SENTENCES)


def _command(plan: Plan, files: ModelFiles, loader: str | None) -> Steps | None:
    commands = loader_commands(plan, files)
    name = loader if loader in commands else next(iter(commands), None)
    if name is None:
        return None
    return Steps(_START, (Step(name, (commands[name],)),))
