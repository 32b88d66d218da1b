"""Which of several models to take on one machine: each as it would run, with a verdict in the first line."""

from collections.abc import Iterator, Sequence

from bot.answers.blocks import Answer, Block, Paragraph, Table
from bot.answers.fit.brief import quicker_text
from bot.answers.fit.words import USE_NAMES, WHERE, machine_advice, speed_text
from bot.base.languages import BETWEEN_SENTENCES, COMMA, Text, Words, joined
from bot.base.sizes import gib, thousands
from bot.hardware.planned import PlannedMachine
from bot.knowledge.advice import Advice
from bot.memory.offers import BEARABLE, Offer
from bot.memory.plan import Plan
from bot.memory.speed import active_weights
from bot.models.shape import Model
from bot.models.uses import Use

_TITLE = Text("Which one to take on {machine}", "{machine} 选哪个")
_COLUMNS = (
    Text("Model", "模型"), Text("File", "文件"), Text("Where", "放哪"), Text("Most context", "最大上下文"),
    Text("Speed", "速度"),
)  # fmt: skip
_SIZED = (Text("Model", "模型"), Text("For", "适合"))
_TELL_MACHINE = Text(
    "Tell me graphics card and RAM, and I say which of them runs, and how fast.",
    "说一下显卡和内存，我就能算出哪个能跑、跑多快。",
)
_MOST_ROWS = 5
_NOTICED = 1.1  # so many times as fast is worth a word
_SAME_MODEL = Text(
    "In quality they differ little from Q4_K_M on; fewer bits leave more room for the context.",
    "Q4_K_M 以上质量差别很小；位数低的能给上下文多留些显存。",
)
_PLEASANT = 15.0  # tokens a second at the least: whoever chats waits for nothing
_FEW_BITS = 3.9  # per weight: below that quality falls quickly
_NONE = Text(
    "None of them runs well here: take a smaller model or a mixture of experts (MoE).",
    "这几个在这台机器上都跑不好：换小一点的模型或 MoE。",
)
_LARGER = Text(
    "The larger model at 4 bits beats the smaller one at 8; below 4 bits it loses that lead.",
    "大模型的 Q4 一般强过小模型的 Q8；低于 Q4 就不一定了。",
)
_DENSE = Text(
    "Of a mixture (MoE) only the active part works on each word: it is several times as fast, and a dense model of two "
    "thirds its size is the better thinker (hard code, long texts). Both fit? The dense one for quality, the mixture "
    "where speed counts.",
    "MoE 每个字只用激活的那部分参数，所以快好几倍；同等大小、甚至小一截的稠密模型脑子更好（难的代码、长文）。"
    "两个都放得下：要质量选稠密，要速度选 MoE。",
)
_WHOLE, _SPLIT = Text("it fits whole", "能整个放进显存"), Text("it is quick enough even split", "分开放速度也够用")


def choice_answer(
    plans: Sequence[Plan],
    planned: PlannedMachine,
    advice: Advice,
    quicker: Offer | None = None,
    at_all: Plan | None = None,
) -> Answer:
    """The plans side by side. `plans`: at least two, in the order in which the models were named; `quicker`: what would
    run better where even the best of them is slow; `at_all`: the one that runs where none runs well.
    """
    best = best_of(plans)
    blocks: list[Block] = [Paragraph(_verdict(best, plans, at_all), tone="good" if best else "careful")]
    if quicker is not None:
        blocks.append(Paragraph(quicker_text(quicker, planned)))
    blocks.append(Table(_COLUMNS, tuple(map(_row, _around(best or at_all, plans))), Text("Side by side", "对比")))
    if len({plan.model.shape.name for plan in plans}) > 1:
        blocks.append(Paragraph(rule_of([plan.model for plan in plans])))
    blocks += [Paragraph(text) for text in list(machine_advice(planned, advice))[:1]]
    blocks += [Paragraph(text, tone="careful") for text in planned.notes[:1]]
    return Answer(_TITLE.format(machine=planned.name), "neutral", tuple(blocks))


def sized_answer(size: float, models: Sequence[tuple[str, Sequence[Use]]], checked: str) -> Answer:
    """Models of a size in billions of parameters, each with what it is good for; where no machine is told to plan for.
    `checked`: the month of the list.
    """
    rows = tuple((name, joined([USE_NAMES[use] for use in uses], COMMA) if uses else "–") for name, uses in models)
    title = Text("Models of about {size}B", "{size}B 左右的模型").format(size=f"{size:g}")
    table = Table(_SIZED, rows, Text("As of {checked}", "截至 {checked}").format(checked=checked))
    return Answer(title, "neutral", (table, Paragraph(_TELL_MACHINE)))


def best_of(plans: Sequence[Plan]) -> Plan | None:
    """Enough bits before few, whole before split, then more parameters, then more bits where they cost no speed."""
    able = [plan for plan in plans if plan.verdict == "gpu" or _is_bearable(plan)]
    return max(able, key=_worth, default=None)


def _around(best: Plan | None, plans: Sequence[Plan]) -> Sequence[Plan]:
    """Of many the best with those beside it."""
    if best is None and {plan.verdict for plan in plans} == {"no"}:
        return plans[-_MOST_ROWS:]  # the smallest, which come nearest
    if best is None or len(plans) <= _MOST_ROWS:
        return plans[:_MOST_ROWS]
    first = max(0, min(plans.index(best) - _MOST_ROWS // 2, len(plans) - _MOST_ROWS))
    return plans[first : first + _MOST_ROWS]


def _worth(plan: Plan) -> tuple[bool, bool, float, int]:
    """Of what is split the smaller file of a model is the quicker, and the one to take."""
    is_whole = is_quick(plan)
    bytes_ = plan.model.file_bytes if is_whole else -plan.model.file_bytes
    return (_bits(plan) >= _FEW_BITS, is_whole, _weight(plan), bytes_)


def _weight(plan: Plan) -> float:
    """How many parameters a dense model of about the same quality has: of a mixture the middle of all and of those
    that work on each word.
    """
    parameters = float(plan.model.shape.parameters)
    return parameters if plan.model.shape.experts is None else (parameters * active_weights(plan.model)) ** 0.5


def is_quick(plan: Plan) -> bool:
    """Whether a model fits whole, or loses as little by a part in RAM as a mixture does."""
    return plan.verdict == "gpu" or (plan.verdict == "split" and plan.speed is not None and plan.speed.low >= _PLEASANT)


def is_pleasant(plan: Plan) -> bool:
    """Whether nobody waits for a model as it usually runs."""
    return plan.speed is None or plan.speed.middle >= _PLEASANT


def _bits_text(plan: Plan) -> Text:
    """What the number of bits of one model means for its quality."""
    return _LOSES if has_few_bits(plan) else _SAME_MODEL


def has_few_bits(plan: Plan) -> bool:
    """Whether a model has lost quality by few bits for each weight."""
    return _bits(plan) < _FEW_BITS


def _bits(plan: Plan) -> float:
    """Bits per weight; those of an unknown model are taken to be enough."""
    parameters = plan.model.shape.parameters
    return 8.0 * plan.model.file_bytes / parameters if parameters else _FEW_BITS


def _is_bearable(plan: Plan) -> bool:
    return plan.verdict != "no" and plan.speed is not None and plan.speed.speed_class in BEARABLE


def _verdict(best: Plan | None, plans: Sequence[Plan], at_all: Plan | None) -> Text:
    if best is None:
        return _NONE if at_all is None else _only_runs(at_all)
    taken = Text("Take {name}: {why}.", "选 {name}：{why}。").format(
        name=_name(best), why=_WHOLE if best.verdict == "gpu" else _SPLIT
    )
    return joined([taken, *_beside(best, plans)], BETWEEN_SENTENCES)


_LOSES = Text(
    "So few bits cost it quality, which is felt most in code and long answers.",
    "位数这么低，质量会打折扣，写代码、长回答时最明显。",
)
_ONLY_RUNS = Text(
    "Only just: {name} ({size}) is what runs, {where}, {speed}. Below four bits it loses quality.",
    "勉强：能跑的是 {name}（{size}），{where}，{speed}。低于 4 位，质量会打折扣。",
)


def _only_runs(plan: Plan) -> Text:
    """The one that runs at all, where none runs well."""
    return _ONLY_RUNS.format(
        name=_name(plan),
        size=gib(plan.model.file_bytes),
        where=WHERE[plan.verdict],
        speed=speed_text(plan.speed) if plan.speed else Text("", ""),
    )


def _beside(best: Plan, plans: Sequence[Plan]) -> Iterator[Text]:
    """How much faster the fastest of the others is, and by what the best loses nothing to those that do not fit."""
    others = [plan for plan in plans if plan is not best and plan.speed is not None and _is_as_whole(plan, best)]
    quickest = max(others, key=_middle, default=None)
    if quickest is not None and _middle(quickest) > _NOTICED * _middle(best):
        ratio = f"{_middle(quickest) / _middle(best):.1f}"
        yield Text(
            "{name} also fits and is about {ratio} times as fast.", "{name} 也放得下，速度约 {ratio} 倍。"
        ).format(name=_name(quickest), ratio=ratio)
    if len({plan.model.shape.name for plan in plans}) == 1 and others:
        yield _bits_text(best)


def _is_as_whole(plan: Plan, best: Plan) -> bool:
    return plan.verdict == best.verdict or (plan.verdict == "gpu" and best.verdict == "split")


def _middle(plan: Plan) -> float:
    return plan.speed.middle if plan.speed else 0.0


def _name(plan: Plan) -> str:
    return f"{plan.model.shape.name} {plan.model.quant}".strip()


def _row(plan: Plan) -> tuple[Words, ...]:
    return (
        _name(plan),
        gib(plan.model.file_bytes),
        WHERE[plan.verdict],
        thousands(plan.max_context) if plan.verdict != "no" else "–",
        speed_text(plan.speed) if plan.speed is not None else "–",
    )


def rule_of(models: Sequence[Model]) -> Text:
    """By which rule one of several models is chosen: dense ones beside mixtures, else larger beside smaller ones."""
    return _DENSE if len({model.shape.experts is None for model in models}) > 1 else _LARGER
