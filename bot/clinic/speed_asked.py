"""A speed that is told in a conversation, and how much faster it would be with another card or file."""

import re
from dataclasses import replace

from bot.answers.fit.told_speed import speed_in, too_slow
from bot.answers.judged_speed import compared_answer, judged_speed_answer
from bot.clinic.asking import Asking, FollowUp, part_of, with_log
from bot.clinic.fit_matter import FitMatter, Planned
from bot.clinic.fitting import Prospect
from bot.clinic.parts import Parts
from bot.clinic.told_facts import context_of, with_context_of
from bot.intake.posts import PostReading
from bot.intake.speeds import wished_speed

COMPARED = "compared"  # id of what is said to another machine: it is none that the author has
_OTHER = ("machine", "vram", "ram", "model", "size", "quant")  # signs that something else is supposed
_TROUBLES = ("printed", "t-crash", "t-load", "t-card", "t-connection")
# How fast a prompt is read is another speed: "prompt eval 38 t/s".
_OF_PROMPT = re.compile(
    r"(?:prompt(?: eval| processing| read\w*)?|prefill|pp|提示词(?:处理|读取)?|预填充)[\s:：=是约]{0,4}"
    r"\d{1,5}(?:\.\d{1,3})?\s?(?:t/s|tok/s|tokens?/s|tps|tokens per second)?"
)
_BARE_EVAL = re.compile(r"(?<![a-z])(?:eval|generation|gen|tg|生成)[\s:：=是约]{0,3}(\d{1,3}(?:\.\d{1,2})?)(?![\d.])")


def speed_asked(asking: Asking, parts: Parts) -> FollowUp | None:
    """The answer to one of these; None where neither is told or asked."""
    return _compared(asking, parts) or _judged(asking, parts)


def _judged(asking: Asking, parts: Parts) -> FollowUp | None:
    """Whether the speed that the message tells is normal."""
    last = asking.last
    told = _spoken(last)
    is_other = last.has_any((*_OTHER, *_TROUBLES)) or parts.turns.asked(asking.said) == "faster"
    if told is None or is_other or wished_speed(last.prose) or parts.turns.success(asking.said) == "says":
        return None
    planned = FitMatter(parts, with_log(asking, parts)).planned()
    if planned is None:
        return None
    found, machine, loader = planned
    answer = judged_speed_answer(found.plan, machine, loader, told)
    return FollowUp(part_of("fit", "speed", answer)) if answer is not None else None


def _compared(asking: Asking, parts: Parts) -> FollowUp | None:
    """How much faster it would be with what the message supposes, against what was told before."""
    supposes = asking.changes or asking.last.has_any(_OTHER) or context_of(asking.last) is not None
    is_asked = supposes and parts.turns.compares_speed(asking.said)
    if not is_asked or asking.earlier is None or asking.last.has_any(_TROUBLES):
        return None
    before = FitMatter(parts, with_log(asking, parts, asking.earlier)).planned()
    after = FitMatter(parts, _supposed(asking, asking.earlier, parts)).planned()
    if before is None or after is None or _is_same(before, after):
        return None
    told = _spoken(asking.last) or _normal_for(before, _spoken(asking.earlier))
    answer = compared_answer((before[0].plan, before[1]), (after[0].plan, after[1]), told)
    return FollowUp(part_of("fit", COMPARED, answer)) if answer is not None else None


def _supposed(asking: Asking, earlier: PostReading, parts: Parts) -> PostReading:
    """The conversation with what the message supposes: other cards stand in the place of those there are, unless they
    are added.
    """
    post = with_context_of(asking.last, with_log(asking, parts))
    told, adds = asking.last.machine, parts.turns.adds_a_card(asking.said) or parts.turns.adds_beside(asking.said)
    if not told.devices or adds:
        return post
    return replace(post, machine=replace(told, ram=told.ram or earlier.machine.ram or post.machine.ram))


def _normal_for(planned: Planned, told: float | None) -> float | None:
    """A speed that was told, where the plan expects it: another one was before something was mended."""
    return None if told is None or too_slow(told, planned[0].plan) else told


def _is_same(first: Planned, second: Planned) -> bool:
    """Whether nothing else is supposed than what was told."""
    (one, machine, _), (other, another, _) = first, second
    is_same_run = one.plan.model == other.plan.model and _context(one) == _context(other)
    return machine.machine == another.machine and is_same_run


def _context(found: Prospect) -> int:
    return found.plan.placement.settings.context


def _spoken(post: PostReading) -> float | None:
    """The tokens a second at which a model writes, as they are told; not those at which it reads a prompt."""
    prose = _OF_PROMPT.sub(" ", post.prose)
    bare = _BARE_EVAL.search(prose)
    return speed_in(prose) or (float(bare[1]) if bare is not None and prose != post.prose else None)
