"""Sampler settings that somebody told and that do harm, with what to set instead."""

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from bot.answers.blocks import Answer, Paragraph, Step, Steps
from bot.base.languages import BETWEEN_SENTENCES, Text, joined
from bot.knowledge.samplers import Judged

_SMALL = 6.5  # billions of parameters
_LARGE = 60.0  # and from which on few bits do less harm
_ROUGH = re.compile(r"(?:UD-|i1-)?(?:I?Q[12](?!\d)|IQ3_XXS|[12](?:\.\d{1,2})?\s?bpw)", re.IGNORECASE)
_TOKENS = re.compile(r"(?P<number>\d{1,7}(?:\.\d{1,2})?)\s?(?P<thousands>k)?", re.IGNORECASE)
_NARROW = 6000  # tokens
_ROUGH_CACHE = "q4_0"

FIRST = Text("First put this right", "先把这个改过来")
TOO_HIGH = Text(
    "{setting} {value} is too high for {model}: set {good}.", "{setting} {value} 对{model}来说太高了，改成 {good}。"
)
TOO_LOW = Text(
    "{setting} {value} is too low for {model}: set {good}.", "{setting} {value} 对{model}来说太低了，改成 {good}。"
)
FINE = Text(
    "{setting} {value} is fine for {model} (usual: {good}).", "{setting} {value} 对{model}来说没问题（一般设 {good}）。"
)
ASKED = Text("Is that value right?", "这个值合适吗？")
SMALL = Text(
    "{size}B is small: 8B to 14B or more keep facts, format and who is who far better. Take the largest that fits.",
    "{size}B 太小了：8B~14B 以上记设定、守格式、分清人物都好得多，换放得下的最大的。",
)
ROUGH = Text(
    "{quant} costs much sense: Q4_K_M or more, if need be of a smaller model.",
    "{quant} 量化太低，会变笨：换 Q4_K_M 以上，放不下就换小一号的模型。",
)
NARROW = Text(
    "A context of {context} is soon full: 8192 or more, the same in loader and front end.",
    "上下文 {context} 太小，很快就满：调到 8192 以上，加载器和前端一致。",
)
FEW_BITS_CACHED = Text(
    "A KV cache of 4 bits costs sense too, most in long chats: set it to Q8 or leave it at FP16.",
    "KV 缓存只有 4 位也会变笨，聊得越长越明显：改成 Q8，或者保持 FP16。",
)
ANY_MODEL = Text("most models", "大多数模型")
NAMES = {
    "temperature": Text("Temperature", "温度"),
    "repetition penalty": Text("Repetition penalty", "重复惩罚"),
    "presence penalty": Text("Presence penalty", "存在惩罚"),
    "frequency penalty": Text("Frequency penalty", "频率惩罚"),
    "DRY multiplier": Text("DRY multiplier", "DRY 倍数"),
}


def with_judged(answer: Answer, judged: Sequence[Judged], model: str | None, others: Sequence[Text] = ()) -> Answer:
    """`answer`, with the values that do harm named before everything else, and `others` that do."""
    steps = tuple(map(Step, (*(_said(each, model) for each in judged), *others)))
    return replace(answer, blocks=(Steps(FIRST, steps), *answer.blocks)) if steps else answer


def harmful_choices(size: float | None, quant: str, context: str, cache: str = "") -> Iterator[Text]:
    """What of a told choice makes a text worse: a model of few billions of parameters (`size`), few bits, a context of
    few tokens, few bits in its `cache` ("q4_0"). Empty where not told.
    """
    if size is not None and size < _SMALL:
        yield SMALL.format(size=f"{size:g}")
    if _ROUGH.match(quant) and (size is None or size < _LARGE):
        yield ROUGH.format(quant=quant)
    if 0 < _tokens(context) < _NARROW:
        yield NARROW.format(context=context)
    if cache == _ROUGH_CACHE:
        yield FEW_BITS_CACHED


def _tokens(told: str) -> int:
    """The tokens of "4096", "4,096", "8k"; 0 where it is no number."""
    found = _TOKENS.fullmatch(told.strip().replace(",", ""))
    return round(float(found["number"]) * (1024 if found["thousands"] else 1)) if found else 0


def verdicts_answer(compared: Sequence[Judged], model: str | None) -> Answer:
    """To a question about values: of each whether it is fine, and what is usual."""
    return Answer(ASKED, "neutral", (Paragraph(joined([_said(each, model) for each in compared], BETWEEN_SENTENCES)),))


def _said(each: Judged, model: str | None) -> Text:
    verdict = (TOO_HIGH if each.is_high else TOO_LOW) if each.is_harmful else FINE
    return verdict.format(
        setting=NAMES.get(each.setting, each.setting),
        value=f"{each.value:g}",
        model=model if model and each.is_own else ANY_MODEL,
        good=each.wanted.good,
    )
