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
