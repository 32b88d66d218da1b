"""What happens at a step of the advice: it is refused, its version or its port is compared with one's own."""

import re
from collections.abc import Iterator, Sequence

from bot.answers.at_a_step import port_answer, process_answer, refused_answer, version_answer
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
_FEW = 40  # characters of a message that tells a port, or only that it is refused
_PORT_OF_STEP = re.compile(r"(?:127\.0\.0\.1|localhost|0\.0\.0\.0):([0-9]{4,5})(?![0-9])")
_PORT_TOLD = re.compile(r"(?<![0-9.a-z])([0-9]{4,5})(?![0-9.a-z])", re.IGNORECASE)
_PROCESS = re.compile(
    r"(?<![a-z])(?:pid|进程|process)(?: id|号)?\s?(?:is|是|:|：|=)?\s?([0-9]{2,7})(?![0-9])", re.IGNORECASE
)
_LAST_PORT = 65535
_PORT_TAKEN = ("port-in-use",)  # classes
_NO_PORT = ("model", "machine", "quant", "asks", "vram", "ram")  # signs of a number that is another one
_FROM = re.compile(r"(?:from|since|least|newer|than|as of|到|从|要)\s?v?$", re.IGNORECASE)
_ON = re.compile(r"\s?(?:on|or newer|or later|and newer|以上|及以上|起|开始|或更新)", re.IGNORECASE)


def at_a_step(asking: Asking, parts: Parts) -> FollowUp | None:
    """The answer to one of these; None where neither is told."""
    if not asking.is_advised or len(asking.said) > _SHORT:
        return None
    return _of_port(asking, parts) or _refused(asking, parts) or _version_compared(asking)


def _refused(asking: Asking, parts: Parts) -> FollowUp | None:
    """What to do where a step that is named by its number is refused for want of rights."""
    steps = first_steps(asking.diagnosed.answer)
    if not (steps and parts.turns.is_refused(asking.said)):
        return None
    number = parts.turns.step(asking.said) or (_with_commands(steps) if len(asking.said) <= _FEW else 0)
    if not 0 < number <= len(steps):
        return None
    return FollowUp(part_of("howto", "refused", refused_answer(steps[number - 1], number)), adds=True)


def _with_commands(steps: Sequence[Step]) -> int:
    """The first step that is typed, from 1; 0 for none."""
    return next((at for at, step in enumerate(steps, start=1) if step.commands), 0)


def _of_port(asking: Asking, parts: Parts) -> FollowUp | None:
    """What follows from another port than a step names, or from the number of the process that holds it."""
    in_steps = [found for step in first_steps(asking.diagnosed.answer) for found in _PORT_OF_STEP.findall(_plain(step))]
    is_taken = any(cause.failure_class in _PORT_TAKEN for cause in asking.diagnosed.candidates)
    if is_taken and (process := _process_told(asking, parts)):
        return FollowUp(part_of("howto", "process", process_answer(process)), adds=True)
    own = _port_told(asking)
    if not (own and in_steps) or own in in_steps:
        return None
    return FollowUp(part_of("howto", "port", port_answer(own, in_steps[0])), adds=True)


def _process_told(asking: Asking, parts: Parts) -> str:
    """The number of a process that is told, or that was told before, where to end it is refused; empty for none."""
    is_refused = parts.turns.is_refused(asking.said)
    texts = [asking.said, *(reversed(asking.before) if is_refused else ())]
    return next((found[1] for text in texts if (found := _PROCESS.search(text)) is not None), "")


def _port_told(asking: Asking) -> str:
    """The one port that a short message tells and nothing else; empty for none."""
    ports = {number for number in _PORT_TOLD.findall(asking.said) if int(number) <= _LAST_PORT}
    is_other = len(asking.said) > _FEW or asking.last.has_any(_NO_PORT)
    return ports.pop() if len(ports) == 1 and not is_other else ""


def _plain(step: Step) -> str:
    return "\n".join((told(step.text, "en"), *(code.text for code in step.commands)))


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
