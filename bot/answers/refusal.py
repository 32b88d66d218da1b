"""A loader's refusal against our count, in words."""

from bot.answers.blocks import Paragraph
from bot.base.languages import Text
from bot.base.sizes import gib

_TOO_MUCH = 1.2  # how many times our count a loader must ask for to be called wrong

_LABEL = Text("By my count", "按我的计算")
_WRONG = Text(
    "{model} takes {own} at a context of {context}, not {stated}: the loader's estimate is too high. If that much is "
    "free, tell it to load anyway.",
    "{model} 在上下文 {context} 时要 {own}，不是 {stated}：加载器估高了。空闲的有这么多，就让它照样加载。",
)
_RIGHT = Text(
    "{model} takes {own} at a context of {context}; the loader says {stated}. It is right: take a smaller quantization "
    "or context, or free memory.",
    "{model} 在上下文 {context} 时要 {own}，加载器说 {stated}，它没算错：换小一点的量化或上下文，或者腾出内存。",
)


def refusal_block(model: str, context: int, stated: int, own: int) -> Paragraph:
    """`stated`: bytes that the loader says it needs; `own`: those that we count for weights, cache and buffers."""
    said = _WRONG if stated > _TOO_MUCH * own else _RIGHT
    return Paragraph(said.format(model=model, own=gib(own), context=f"{context:,}", stated=gib(stated)), _LABEL)
