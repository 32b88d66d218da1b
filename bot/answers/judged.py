"""Sampler settings that somebody told and that do harm, with what to set instead."""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.answers.blocks import Answer, Step, Steps
from bot.base.languages import Text
from bot.knowledge.samplers import Judged

FIRST = Text("First put this right", "先把这个改过来")
TOO_HIGH = Text(
    "{setting} {value} is too high for {model}: set {good}.", "{setting} {value} 对 {model} 来说太高了，改成 {good}。"
)
TOO_LOW = Text(
    "{setting} {value} is too low for {model}: set {good}.", "{setting} {value} 对 {model} 来说太低了，改成 {good}。"
)
ANY_MODEL = Text("most models", "大多数模型")
NAMES = {
    "temperature": Text("Temperature", "温度"),
    "repetition penalty": Text("Repetition penalty", "重复惩罚"),
    "presence penalty": Text("Presence penalty", "存在惩罚"),
    "frequency penalty": Text("Frequency penalty", "频率惩罚"),
    "DRY multiplier": Text("DRY multiplier", "DRY 倍数"),
}


def with_judged(answer: Answer, judged: Sequence[Judged], model: str | None) -> Answer:
    """`answer`, with the values that do harm named before everything else."""
    if not judged:
        return answer
    steps = tuple(Step(_said(each, model)) for each in judged)
    return replace(answer, blocks=(Steps(FIRST, steps), *answer.blocks))


def _said(each: Judged, model: str | None) -> Text:
    return (TOO_HIGH if each.is_high else TOO_LOW).format(
        setting=NAMES.get(each.setting, each.setting),
        value=f"{each.value:g}",
        model=model if model and each.is_own else ANY_MODEL,
        good=each.wanted.good,
    )
