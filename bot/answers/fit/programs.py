"""Two programs side by side for one model on one machine: which to take, how fast each is for one chat and for many."""

from dataclasses import dataclass

from bot.answers.fit.words import speed_text
from bot.base.languages import Text
from bot.base.sizes import gib
from bot.memory.plan import Plan
from bot.models.shape import Model

_QUICKER = 1.4  # times the speed of the other that a single chat feels

# What one chat gains is bound by the card's bandwidth in every program; what serves computes many requests in one go.
# https://docs.vllm.ai/en/latest/ (continuous batching); https://docs.ollama.com/faq (OLLAMA_NUM_PARALLEL)
_FOR_MANY = Text(
    "Take {server}: it computes the requests of several people in one go, so that together they get several times the "
    "speed; {local} makes them share one speed and one context. One chat alone: {server} {served}, {local} {alone}.",
    "用 {server}：几个人的请求合在一起算，总速度能到好几倍；{local} 是大家分同一份速度和上下文。"
    "单独一个对话：{server} {served}，{local} {alone}。",
)
_FOR_ONE = Text(
    "For one chat at a time {server} is hardly faster: the card's bandwidth sets the speed ({server} {served}, {local} "
    "{alone}). Its strength is many requests at once: sent in parallel they get several times that together.",
    "一次一个对话的话，{server} 快不了多少：速度由显卡带宽决定（{server} {served}，{local} {alone}）。"
    "它强在并发：同时发很多请求，加起来能到好几倍。",
)
_TOGETHER = Text(
    "{server} is faster even for one chat, because all cards compute on every word (tensor parallel): {served}; "
    "{local} {alone}, one card after the other. {local} is less work.",
    "单个对话也是 {server} 快：几张卡一起算每个字（张量并行），{served}；{local} 是一张接一张，{alone}。"
    "{local} 更省事。",
)
_DOES_NOT_START = Text(
    "Take {local}: {server} wants the whole model on the cards, where it does not fit; {local} {how}, {alone}.",
    "用 {local}：{server} 要整个模型都放进显卡，这里放不下；{local} {how}，{alone}。",
)
_SPLIT, _WHOLE = Text("keeps a part in RAM", "能把一部分放内存"), Text("holds a smaller quantization", "能用更小的量化")
_NEITHER = Text(
    "Neither {server} nor {local} runs it here: it is too large for cards and RAM together.",
    "{server} 和 {local} 在这台机器上都跑不了：显存加内存都放不下。",
)


# https://github.com/kvcache-ai/ktransformers/pull/2173: weights of 306 GiB want 350 GB of RAM
_ROOM_BESIDE = 1.12
_TOO_LITTLE_RAM = Text(
    "KTransformers reads all experts into RAM as they are published: {quant} weights of {size} want about {need} of "
    "RAM, and there are {ram}: hence the failure. What runs is a smaller file in llama.cpp, with its experts in RAM:",
    "KTransformers 会把所有专家按发布的格式读进内存：{quant} 权重 {size}，内存要 {need} 左右，你只有 {ram}，"
    "所以起不来。能跑的办法是换小一点的 GGUF，用 llama.cpp 把专家放内存：",
)
_ENOUGH_RAM = Text(
    "KTransformers reads all experts into RAM ({quant}: {size}, about {need} with all else), and your {ram} are "
    "enough. If the cards overflow, lower --kt-num-gpu-experts (1 costs hardly any speed) and the context.",
    "KTransformers 会把所有专家读进内存（{quant}：{size}，连其他一共 {need} 左右），你的 {ram} 够用。"
    "显存爆了就调小 --kt-num-gpu-experts（降到 1 几乎不慢）和上下文。",
)


def experts_need(model: Model) -> float:
    """Bytes of RAM that a program takes which keeps all of a mixture's experts there."""
    return _ROOM_BESIDE * model.file_bytes


def experts_text(model: Model, ram: int) -> Text:
    """Whether so many bytes of RAM are enough for a program that keeps all experts of a mixture there."""
    said = _ENOUGH_RAM if experts_need(model) <= ram else _TOO_LITTLE_RAM
    size, need = gib(model.file_bytes), gib(round(experts_need(model)))
    return said.format(quant=model.quant, size=size, need=need, ram=gib(ram))


@dataclass(frozen=True, slots=True)
class Between:
    """A model in two programs: `served` is the plan of the one that serves from its cards alone, `alone` that of the
    other; `is_for_many`: several people are to be served.
    """

    server: str
    served: Plan
    local: str
    alone: Plan
    is_for_many: bool

    @property
    def chosen(self) -> str:
        """The program to take."""
        if self.served.verdict == "no":
            return self.local
        return self.server if self.is_for_many or self._is_quicker else self.local

    @property
    def _is_quicker(self) -> bool:
        """Whether what serves is felt to be faster for a single chat: several cards compute together, or the other
        keeps a part in RAM.
        """
        if self.served.speed is None or self.alone.speed is None:
            return False
        return self.served.speed.middle > _QUICKER * self.alone.speed.middle

    @property
    def text(self) -> Text:
        """Which one to take, and why, with both speeds."""
        return self._said.format(
            server=self.server,
            local=self.local,
            served=speed_text(self.served.speed) if self.served.speed else Text("", ""),
            alone=speed_text(self.alone.speed) if self.alone.speed else Text("", ""),
            how=_SPLIT if self.alone.verdict == "split" else _WHOLE,
        )

    @property
    def _said(self) -> Text:
        if self.served.verdict == "no":
            return _NEITHER if self.alone.verdict == "no" else _DOES_NOT_START
        if self.is_for_many:
            return _FOR_MANY
        return _TOGETHER if self._is_quicker else _FOR_ONE
