"""What happens at a step of the advice: it is refused for want of rights, its version is compared with one's own."""

import re
from collections.abc import Iterator

from bot.answers.at_a_step import refused_answer, version_answer
from bot.answers.blocks import Step
from bot.answers.follow_up import first_steps
from bot.base.languages import told
from bot.clinic.asking import Asking, FollowUp, part_of
from bot.clinic.parts import Parts
from bot.intake.versions import is_older

_SHORT = 100  # characters of a message that tells no more than that
_BUILD = re.compile(
    r"(?<![\w.])(?:b|build\s?|version:?\s?|版本(?:是|号|:)?\s?)([0-9]{4,5})(?!\w|\.[0-9])", re.IGNORECASE
)
_DOTTED = re.compile(r"(?<![\w.])v?([0-9]{1,3}(?:\.[0-9]{1,4}){1,3})(?!\w|%|\.[0-9])")
# Right before the version that a step asks for, and right behind it.
_FROM = re.compile(r"(?:from|since|least|newer|than|as of|到|从|要)\s?v?$", re.IGNORECASE)
_ON = re.compile(r"\s?(?:on|or newer|or later|and newer|以上|及以上|起|开始|或更新)", re.IGNORECASE)


def at_a_step(asking: Asking, parts: Parts) -> FollowUp | None:
    """The answer to one of these; None where neither is told."""
    if not asking.is_advised or len(asking.said) > _SHORT:
        return None
    return _refused(asking, parts) or _version_compared(asking)


def _refused(asking: Asking, parts: Parts) -> FollowUp | None:
    """What to do where a step that is named by its number is refused for want of rights."""
    number, steps = parts.turns.step(asking.said), first_steps(asking.diagnosed.answer)
    if not (0 < number <= len(steps) and parts.turns.is_refused(asking.said)):
        return None
    return FollowUp(part_of("howto", "refused", refused_answer(steps[number - 1], number)), adds=True)


def _version_compared(asking: Asking) -> FollowUp | None:
    """Whether the version that is told is as new as a step asks for."""
    own = _versions_in(asking.said)
    if len(own) != 1 or not (asking.last.has("asks") or len(asking.said) <= _SHORT // 3):
        return None
    for number, step in enumerate(first_steps(asking.diagnosed.answer), start=1):
        wanted = next(_wanted_by(step, is_build="." not in own[0]), None)
        if wanted is not None:
            answer = version_answer(own[0], wanted, number, step, is_new=not is_older(own[0], wanted))
            return FollowUp(part_of("howto", "version", answer), adds=True)
    return None


def _versions_in(text: str) -> list[str]:
    """The versions in a text: builds, "b6121", else those with points."""
    return [f"b{found[1]}" for found in _BUILD.finditer(text)] or [found[1] for found in _DOTTED.finditer(text)]


def _wanted_by(step: Step, *, is_build: bool) -> Iterator[str]:
    """The versions from which on something works, as a step tells them."""
    text = f"{told(step.text, 'en')}\n{told(step.text, 'zh')}"
    for found in (_BUILD if is_build else _DOTTED).finditer(text):
        if _FROM.search(text[: found.start()].rstrip("b")) or _ON.match(text, found.end()):
            yield f"b{found[1]}" if is_build else found[1]
