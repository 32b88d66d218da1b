"""What a context takes, counted from the shapes of models: beside the file it is what fills the memory."""

from collections.abc import Sequence

from bot.answers.blocks import Answer, Paragraph, Table
from bot.base.languages import Text, Words
from bot.base.sizes import gib, thousands
from bot.memory.kept import kept_bytes
from bot.models.shape import Model

_SMALLER = "q8_0"  # the type of the KV cache that costs next to no quality
_TITLE = Text("What the context takes", "上下文要占多少显存")
_BESIDE = Text(
    "The context takes memory beside the model's file, the more the longer it is, and how much depends on the model: "
    "with {context} tokens {least} to {most} among these. q8_0 for the KV cache halves it.",
    "上下文在模型文件之外另占显存，开得越长占得越多，占多少看模型：{context} token，下面这些模型要 {least} 到 {most}。"
    "KV 缓存量化成 q8_0 就减半。",
)
_LISTED = Text("KV cache of models people run", "常用模型的 KV 缓存")
_NAME_IT = Text(
    "Which model, and which card? Then I count all of it together and name the longest context that fits.",
    "说一下模型和显卡，我就把全部算在一起，告诉你最多能开多长。",
)
_OF_IT = Text(
    "{context} tokens of context take {all} of that (KV cache), {less} with q8_0.",
    "其中 {context} 的上下文（KV 缓存）占 {all}，量化成 q8_0 是 {less}。",
)


def context_text(model: Model, context: int) -> Text:
    """How much of what a model needs its context of so many tokens takes."""
    full, less = kept_bytes(model, context), kept_bytes(model, context, _SMALLER)
    return _OF_IT.format(context=thousands(context), all=gib(full), less=gib(less))


def context_answer(models: Sequence[Model], contexts: Sequence[int]) -> Answer:
    """What contexts of so many tokens, the longest last, take of several models, in one unquantized KV cache."""
    kept = [[kept_bytes(model, each) for each in contexts] for model in models]
    most = [sizes[-1] for sizes in kept]
    said = _BESIDE.format(context=thousands(contexts[-1]), least=gib(min(most)), most=gib(max(most)))
    columns: tuple[Words, ...] = (Text("Model", "模型"), *map(thousands, contexts))
    rows = tuple(_row(model, contexts, sizes) for model, sizes in zip(models, kept, strict=True))
    return Answer(_TITLE, "neutral", (Paragraph(said), Table(columns, rows, _LISTED), Paragraph(_NAME_IT)))


def _row(model: Model, contexts: Sequence[int], sizes: Sequence[int]) -> tuple[Words, ...]:
    trained = model.shape.trained_context
    shown = (gib(size) if not trained or each <= trained else "–" for each, size in zip(contexts, sizes, strict=True))
    return (model.shape.name, *shown)
