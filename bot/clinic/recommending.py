"""What runs on a machine that somebody typed: the table of models."""

from bot.answers.blocks import Answer
from bot.answers.fit.table import table_answer
from bot.answers.fit.wanted import Wanted
from bot.clinic.parts import Parts
from bot.hardware.fields import devices_in, ram_in, with_shared_memory
from bot.hardware.planned import planned
from bot.hardware.systems import System
from bot.hardware.told import ToldMachine
from bot.memory.offers import offers_for
from bot.models.uses import Use


def recommended(vram: str, ram: str, system: System, use: Use | None, parts: Parts) -> Answer:
    """The models for a machine; without RAM the usual amount is taken. Raises UserError for no card and no amount."""
    devices = devices_in(vram, parts.machines)
    memory = ram_in(ram, parts.machines) if ram else None
    told = ToldMachine(devices=with_shared_memory(devices, memory or 0), ram=memory, without_card=not devices)
    machine = planned(told, system, parts.cards)
    recommendations = parts.recommendations
    offers = offers_for(recommendations, machine.machine)
    tips = tuple(purpose.text for purpose in parts.advice.purposes if purpose.sign == f"for-{use}")
    return table_answer(offers, machine, parts.advice, recommendations.checked, Wanted(use, tips=tips))
