"""How long a long prompt is read before the first word comes."""

from bot.answers.plan import rounded
from bot.base.languages import Text
from bot.base.sizes import thousands
from bot.memory.plan import Plan

_LONG = 16_384  # tokens of a prompt that one waits for, where none are told
_MINUTE = 90.0  # seconds from which on they are told in minutes
_WAITS = Text(
    "It reads a prompt at about {low}–{high} t/s: {context} tokens take {least}–{most} before the first word. What was "
    "read once is kept, as long as the beginning stays the same: after that only what is new is read.",
    "读提示词约 {low}～{high} token/s：{context} 的内容要等 {least}～{most} 才出第一个字。读过的会缓存，"
    "只要开头不变，后面就只读新增的部分。",
)
_SECONDS, _MINUTES = Text("{count} s", "{count} 秒"), Text("{count} min", "{count} 分钟")


def waiting_text(plan: Plan, context: int) -> Text | None:
    """How long a prompt of so many tokens is read, 0 for a long one; None where nobody knows."""
    speed = plan.speed
    if speed is None or not speed.prompt_low:
        return None
    length = context or _LONG
    return _WAITS.format(
        low=rounded(speed.prompt_low),
        high=rounded(speed.prompt_high),
        context=thousands(length),
        least=_duration(length / speed.prompt_high),
        most=_duration(length / speed.prompt_low),
    )


def _duration(seconds: float) -> Text:
    if seconds < _MINUTE:
        return _SECONDS.format(count=max(1, round(seconds)))
    return _MINUTES.format(count=rounded(seconds / 60))
