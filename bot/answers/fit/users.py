"""What several people at once take beside the weights: the context of each of them."""

from bot.base.languages import Text
from bot.base.sizes import gib, thousands
from bot.memory.kept import kept_bytes
from bot.models.shape import Model

_EACH = Text(
    "Beside the weights each user's {context} tokens take {each} of KV cache (half with FP8 or q8_0): {users} at once "
    "at full length {all}. Most write at different times and use less, so plan for a third of them.",
    "除了权重，每个用户的 {context} 上下文要占 {each} 的 KV 缓存（FP8、q8_0 减半）：{users} 人同时用满就是 {all}。"
    "实际很少同时用满，按三分之一的人算就行。",
)


def users_text(model: Model, context: int, users: int) -> Text:
    """What the contexts of so many users take, by the model's shape."""
    each = kept_bytes(model, context)
    return _EACH.format(context=thousands(context), each=gib(each), users=users, all=gib(each * users))


_WRITES_AT_ONCE = 3  # of so many users one
_LEAST_EACH = 4096  # tokens with which somebody gets on
_ROOM_FOR_EACH = Text(
    "For {users} people: if a third of them write at once ({writing}), each has {each} tokens of context.",
    "{users} 个人用：按三分之一的人（{writing} 个）同时在问算，每人大约有 {each} token 的上下文。",
)
_TOO_LITTLE = Text(
    "For {users} people that is too little: if a third of them write at once ({writing}), each has {each} tokens. "
    "More room: the KV cache in 8 bits (--kv-cache-dtype fp8), a smaller model, another card.",
    "{users} 个人用不够：按三分之一的人（{writing} 个）同时在问算，每人只有 {each} token。"
    "想宽裕：KV 缓存用 8 位（--kv-cache-dtype fp8）、换小一点的模型，或者加卡。",
)


def served_users_text(tokens: int, users: int, trained: int) -> Text:
    """What a server's cache of so many tokens leaves each of its users. `trained`: tokens that the model reads at most,
    0 where nobody knows.
    """
    writing = -(-users // _WRITES_AT_ONCE)
    each = min(tokens // writing, trained or tokens)
    said = _ROOM_FOR_EACH if each >= _LEAST_EACH else _TOO_LITTLE
    return said.format(users=users, writing=writing, each=f"{each:,}")
