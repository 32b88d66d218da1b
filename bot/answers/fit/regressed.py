"""What a speed that fell with an update of ollama says: where the old one is that of a model whole on the card and the
new one is not, a part of it lies in RAM since then, as ollama opens contexts by itself.
"""

from msgspec.structs import replace

from bot.answers.blocks import Answer, Paragraph
from bot.answers.plan import rounded
from bot.base.languages import Text
from bot.base.sizes import GIB, thousands
from bot.intake.speeds import fallen_speed
from bot.memory.plan import Plan

_WHOLE = 0.7  # of the least that is expected whole on the card: whoever has less has a part in RAM
_TITLE = Text("Since the update a part of it probably lies in RAM", "更新之后多半有一部分跑到内存里了")
_WHY = Text(
    "{before} t/s is what {model} does whole on the card ({low}–{high} expected), {now} t/s is what a part in RAM "
    "does. A newer version often opens a longer context by itself, which no longer fits beside the model.",
    "{before} token/s 正是 {model} 整个在显卡里的速度（估计 {low}～{high}），{now} token/s 则是一部分在内存里的速度。"
    "新版常会自动开更长的上下文，和模型一起就放不下了。",
)
_CHECK = Text(
    "“ollama ps” must say 100% GPU. If not: set the context yourself (num_ctx or OLLAMA_CONTEXT_LENGTH={context}; with "
    "{memory} it now opens {opened} by itself).",
    "`ollama ps` 要显示 100% GPU。不是的话自己设上下文（num_ctx 或 OLLAMA_CONTEXT_LENGTH={context}；"
    "{memory} 的卡它现在会自动开 {opened}）。",
)
# What ollama opens by itself, by GiB of video memory (https://docs.ollama.com/context-length).
_OPENED = ((48, 262_144), (24, 32_768), (0, 4096))


def is_split_since(plan: Plan, prose: str) -> bool:
    """Whether the folded text tells a speed that fell from that of a model whole on the card to less."""
    fallen = fallen_speed(prose)
    if fallen is None or plan.verdict != "gpu" or plan.speed is None:
        return False
    before, now = fallen
    return before >= _WHOLE * plan.speed.low > now


def regressed_answer(answer: Answer, plan: Plan, prose: str) -> Answer:
    """A plan's answer, which begins with the told speed, for whom it fell with an update of ollama."""
    before, now = fallen_speed(prose) or (0.0, 0.0)
    assert plan.speed is not None
    why = _WHY.format(
        before=rounded(before),
        now=rounded(now),
        model=f"{plan.model.shape.name} {plan.model.quant}",
        low=rounded(plan.speed.low),
        high=rounded(plan.speed.high),
    )
    return replace(answer, title=_TITLE, blocks=(Paragraph(why), Paragraph(_checked(plan)), *answer.blocks[1:3]))


def _checked(plan: Plan) -> Text:
    context = plan.placement.settings.context
    memory = sum(device.memory for device in plan.machine.devices)
    opened = next(tokens for least, tokens in _OPENED if memory >= least * GIB)
    return _CHECK.format(context=context, memory=f"{memory // GIB}G", opened=thousands(opened))
