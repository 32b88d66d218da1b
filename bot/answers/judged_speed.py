"""What is said to a speed that is told in a conversation, and to how much faster something else would be."""

from bot.answers.blocks import Answer, Paragraph
from bot.answers.fit.in_the_way import in_the_way_answer
from bot.answers.fit.told_speed import shown_speed, too_slow
from bot.answers.fit.words import speed_text
from bot.answers.follow_up import of_plan
from bot.answers.plan import TONES, headline, rounded
from bot.base.languages import Text
from bot.hardware.planned import PlannedMachine
from bot.memory.plan import Plan

_NORMAL = Text("{told} t/s is normal here", "{told} token/s 是正常的")
_EXPECTED = Text("I would expect {speed}.", "估计在 {speed}。")
_WELL = Text("{told} t/s is good: more than I would expect", "{told} token/s 很不错，比我估计的还快")
_SPLIT = Text(
    "A part of the model lies in RAM, and that sets the pace. Whole on the card (less context, a smaller quantization, "
    "a smaller model) it is several times as fast.",
    "有一部分模型在内存里，速度就卡在那。整个放进显卡（减上下文、换小一点的量化或模型）能快好几倍。",
)
_SLOW = Text("{told} t/s is too slow: {low}–{high} would be normal", "{told} token/s 偏慢：正常该有 {low}～{high}")
_FAR_ABOVE = 1.3  # times the most that was expected
_FASTER = Text("About {times} times as fast: {low}–{high} t/s", "大约快到 {times} 倍：{low}～{high} token/s")
_ALIKE = Text("About as fast: {low}–{high} t/s", "差不多快：{low}～{high} token/s")
_SLOWER = Text(
    "Slower, about {percent} % of the speed: {low}–{high} t/s", "更慢，大约只有 {percent}%：{low}～{high} token/s"
)
_BEFORE = Text("Before: {low}–{high} t/s on {machine}.", "原来是 {low}～{high} token/s（{machine}）。")
_FROM_YOURS = Text(
    "From your {told} t/s that would be about {then}.", "按你现在的 {told} token/s 算，大约会到 {then}。"
)
_AS_IT_FILLS = Text(
    "That is with little in it: the fuller the context, the slower each word, and the longer the wait for the first.",
    "这是上下文还没装满时的速度：聊得越长，每个字越慢一些，等第一个字也越久。",
)
_LITTLE, _HARDLY = 0.87, 1.15  # times the speed between which two are alike
_WHOLE_TIMES = 3.0  # from which on a decimal says nothing


def judged_speed_answer(plan: Plan, machine: PlannedMachine, loader: str | None, told: float) -> Answer | None:
    """Whether so many tokens a second are what the plan expects; None where it expects none."""
    shown = shown_speed(told)
    if plan.speed is None or plan.verdict == "no":
        return None
    expected = _EXPECTED.format(speed=speed_text(plan.speed))
    if too_slow(told, plan):
        low, high = rounded(plan.speed.low), rounded(plan.speed.high)
        answer = Answer(_SLOW.format(told=shown, low=low, high=high), "careful", ())
        is_whole = plan.verdict == "gpu"
        looked = in_the_way_answer(answer, plan, machine, loader, shown) if is_whole else _with_split(answer)
        return of_plan(looked, plan, machine)
    title = _WELL if told > _FAR_ABOVE * plan.speed.high else _NORMAL
    answer = Answer(title.format(told=shown), "good", (Paragraph(expected),))
    return of_plan(_with_split(answer) if plan.verdict == "split" else answer, plan, machine)


def _with_split(answer: Answer) -> Answer:
    return Answer(answer.title, answer.tone, (*answer.blocks, Paragraph(_SPLIT)))


def compared_answer(
    before: tuple[Plan, PlannedMachine], after: tuple[Plan, PlannedMachine], told: float | None
) -> Answer | None:
    """How much faster it is with something else. `told`: tokens a second that the author has now; None where one of the
    two is not expected to run at all.
    """
    (first, old), (then, machine) = before, after
    if then.verdict == "no" or then.speed is None:
        return of_plan(Answer(headline(then), TONES[then.verdict], ()), then, machine)
    if first.verdict == "no" or first.speed is None:
        return None
    times = then.speed.middle / first.speed.middle
    words = _ALIKE if _LITTLE <= times <= _HARDLY else _FASTER if times > 1 else _SLOWER
    shown = f"{times:.0f}" if times >= _WHOLE_TIMES else f"{times:.1f}"
    low, high = rounded(then.speed.low), rounded(then.speed.high)
    title = words.format(times=shown, percent=round(100 * times), low=low, high=high)
    was = _BEFORE.format(low=rounded(first.speed.low), high=rounded(first.speed.high), machine=old.name)
    yours = (Paragraph(_FROM_YOURS.format(told=rounded(told), then=rounded(told * times))),) if told else ()
    filling = () if _context(first) == _context(then) else (Paragraph(_AS_IT_FILLS),)
    return of_plan(Answer(title, TONES[then.verdict], (*yours, *filling, Paragraph(was))), then, machine)


def _context(plan: Plan) -> int:
    return plan.placement.settings.context
