"""Trouble that is told beside machine and model: what is slow or full, and what a plan says of that."""

import re
from functools import cached_property

from msgspec.structs import replace

from bot.answers.blocks import Answer
from bot.answers.fit.brief import (
    computed_title,
)
from bot.answers.fit.further import over_full_answer
from bot.answers.fit.in_the_way import fits_all_the_same_answer, in_the_way_answer
from bot.answers.fit.slow_card import is_too_slow, slow_card_answer
from bot.answers.fit.slow_server import slow_server_answer
from bot.answers.fit.told_speed import (
    is_server,
    is_told_normal,
    shown_speed,
    speed_in,
    tells_speed,
)
from bot.clinic.fit_matter import FitMatter
from bot.clinic.fit_part import FitPart
from bot.hardware.planned import PlannedMachine
from bot.memory.offers import offers_for
from bot.memory.plan import Plan

_FULL = ("t-crash", "t-load", "t-freeze", "my-trouble", "trouble", "complains")  # signs of a memory that is too full
_OUT_OF_MEMORY = re.compile(
    r"(?<![a-z])oom(?![a-z])|kernel panic|panic kernel|out of (?:v?ram|memory|video memory)"
    r"|爆显存|显存(?:不足|不够|溢出|爆)|超(?:过|出)显存"
)


class FitTrouble:
    """What is told to be slow or full in one post."""

    def __init__(self, matter: FitMatter) -> None:
        self._matter = matter
        self._parts = matter.parts
        self._post = matter.post

    def explaining(self, answer: Answer, plan: Plan) -> Answer:
        """The answer of a plan that nobody asked for, with what it says of the trouble that is told."""
        if self._is_in_the_way(plan) or (self._matter.is_slow and plan.placement.serving is not None):
            return answer
        if self.fits_though_full:
            return answer if self._is_said_to_be_full else fits_all_the_same_answer(answer, plan)
        if self.is_over_full and plan.verdict != "no" and not self._matter.lacks_ram_for_experts:
            return over_full_answer(answer, plan, self._whole_with_less_context)
        return replace(answer, title=computed_title(plan))

    def _is_in_the_way(self, plan: Plan) -> bool:
        """Whether something slows down what should be fast: it fits whole, and no speed was told that is normal."""
        is_told_of_server = is_server(plan) and tells_speed(self._post.prose)
        is_whole = plan.verdict == "gpu" and plan.placement.serving is None and plan.speed is not None
        is_whole = is_whole and not is_told_of_server
        return self._matter.is_slow and is_whole and not is_told_normal(plan, self._post.prose)

    @property
    def _whole_with_less_context(self) -> Plan | None:
        """The plan with a usual context, where the model fits whole so."""
        planned = self._matter.planned(as_told=False)
        return planned[0].plan if planned is not None and planned[0].plan.verdict == "gpu" else None

    @cached_property
    def slow_for_its_card(self) -> FitPart | None:
        """What a told speed says of a card on which no model is told; None where one that fits is as slow."""
        machine, told = self._matter.machine, speed_in(self._post.prose)
        if (
            machine is None
            or not told
            or not self._matter.is_slow
            or self._matter.meant.is_told
            or machine.machine.unified
        ):
            return None
        if not any(device.card is not None for device in machine.machine.devices):
            return None
        offers = offers_for(self._parts.recommendations, machine.machine)
        if not is_too_slow(told, offers):
            return None
        return FitPart("plan", slow_card_answer(told, offers, machine, self._matter.wanted_of_it))

    @property
    def is_slow_without_card(self) -> bool:
        """Whether something is slow on a machine whose processor computes, or that has one memory for all."""
        machine = self._matter.machine
        if machine is None or not self._matter.is_slow or (machine.lacks_card and not self._has_little):
            return False
        return machine.machine.unified or not any(device.memory for device in machine.machine.devices)

    @property
    def _has_little(self) -> bool:
        """Whether the computer is of a kind that seldom has a card, or its author speaks of the processor."""
        return self._post.machine.kind != "desktop" or self._parts.machines.names_processor(self._post.prose)

    @property
    def explains_slowness(self) -> bool:
        """Whether what was told of model and machine is reason enough for being slow."""
        planned = self._matter.planned()
        if planned is None:
            return self.is_slow_without_card or self.slow_for_its_card is not None
        plan = planned[0].plan
        if plan.placement.serving is not None:
            return plan.verdict != "no"
        return plan.speed is not None or plan.verdict == "no"

    @property
    def is_over_full(self) -> bool:
        """Whether a trouble of memory or stability is told of a model that fills the machine to the brim, or more: a
        memory that is shared with the system is full before it is split.
        """
        planned = self._matter.planned()
        if planned is None or not self._post.has_any(_FULL):
            return False
        plan = planned[0].plan
        if self._matter.lacks_ram_for_experts:
            return True
        return plan.verdict == "no" or (plan.machine.unified and plan.verdict != "gpu")

    @property
    def fits_though_full(self) -> bool:
        """Whether a full memory is told of a model that fits whole by all that was told."""
        planned = self._matter.planned()
        only_loads = self._post.has("t-load") and not self._parts.reader.cues.told.error.found(self._post.prose)
        return (only_loads or self._tells_of_full_memory) and planned is not None and planned[0].plan.verdict == "gpu"

    @property
    def _tells_of_full_memory(self) -> bool:
        return _OUT_OF_MEMORY.search(self._post.prose) is not None

    @property
    def _is_said_to_be_full(self) -> bool:
        """Whether a plan says by itself what to do about a full memory: that is told, and nothing else asked."""
        return self._tells_of_full_memory and not self._post.has("can-it")

    @property
    def knows_what_is_in_the_way(self) -> bool:
        """Whether something is slow that should be fast on the told machine."""
        planned = self._matter.planned()
        return planned is not None and self._is_in_the_way(planned[0].plan)

    def hindered(self, answer: Answer, plan: Plan, machine: PlannedMachine) -> Answer | None:
        """A plan's answer with what is in its way where it should do well by itself; None where nothing is told."""
        is_normal = is_told_normal(plan, self._post.prose)
        if self._matter.is_slow and plan.placement.serving is not None and plan.verdict != "no" and not is_normal:
            return slow_server_answer(answer, plan, self._matter.all_told)
        if self._is_in_the_way(plan):
            return in_the_way_answer(
                answer, plan, machine, self._matter.named_loader, shown_speed(speed_in(self._post.prose))
            )
        if plan.verdict == "gpu" and self._is_said_to_be_full:
            return fits_all_the_same_answer(answer, plan)
        return None
