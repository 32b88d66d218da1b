"""What people type into a field for VRAM or RAM: an amount, a card, or a few words around either.

"显存8g", "gpu: rtx 4080 16gb", "64GB DDR4 3600 CL18", "16.0 GB (15.8 GB usable)" as Windows shows it.
"""

import re
from collections.abc import Sequence

from bot.base.errors import UserError
from bot.base.late import late
from bot.hardware.amounts import COUNT_WORDS, LONGEST, UNITS, Device, card_device, parse_ram, parse_vram
from bot.hardware.told import LARGEST_RAM, LARGEST_VRAM, MachineReader, ToldMachine

_BESIDE = late(r"[(（][^()（）]*[)）]")  # "16g (2x8g)", "32 GB (31.7 usable)"
_SIZE = late(
    r"(?:(?:(?<![a-z0-9.])(?P<before>\d{1,2})\s?(?:[x*×]|sticks?(?:\sof)?|modules?(?:\sof)?|[条根片])"
    r"|(?P<word>one|two|three|four|[一两三四])\s?(?:sticks?\sof|[条根片])?)\s?)?"
    r"(?<![\d.])(?P<number>\d{1,6}(?:\.\d{1,3})?)\s?个?(?P<unit>[tgm])(?:i?b|iga?(?:byte)?s?)?(?![a-z0-9])"
    r"(?:\s?(?:[x*×]\s?(?P<after>\d{1,2})|(?P<sticks>[一两三四]|\d)\s?[条根片])(?![\dg]))?"
)
_PLUS = late("[+＋]")
_COUNTS = COUNT_WORDS | {"one": 1, "一": 1}


def devices_in(text: str, reader: MachineReader) -> tuple[Device, ...]:
    """The devices somebody means; none for "0", "no GPU" and the like.

    Raises:
        UserError: neither an amount nor a card, with the nearest cards and what to type instead.
    """
    try:
        return parse_vram(reader.unhedged(text), reader.cards)
    except UserError:
        told = reader.read(text[:LONGEST])
        devices = _told_devices(told)
        if len(text) > LONGEST or not (devices or told.without_card):
            raise
        return devices


def _told_devices(told: ToldMachine) -> tuple[Device, ...]:
    """The cards that are told, or the one amount: in a field for VRAM it is VRAM, whatever else stands there."""
    memory = told.vram or told.ram
    if told.devices or memory is None or memory > LARGEST_VRAM:
        return told.devices
    return (Device(memory, ""),)


def ram_in(text: str, reader: MachineReader) -> int:
    """Bytes of main memory. Raises UserError with what to type instead, for a card too."""
    plain = reader.unhedged(text).rstrip("?？")
    told = reader.read(text[:LONGEST])
    if told.devices and told.ram is None:
        return parse_ram("")  # refused: "3060" is no amount of RAM
    try:
        return parse_ram(plain)
    except UserError:
        size = _one_size(plain) or told.ram or 0
        if len(text) > LONGEST or not 0 < size <= LARGEST_RAM:
            raise
        return size


def _one_size(text: str) -> int | None:
    """The only amount with a unit outside of brackets, as often as it is told, or the sum of those that a plus joins;
    None where there are several.
    """
    plain = _BESIDE.sub(" ", text.lower())
    found = list(_SIZE.finditer(plain))
    if not found or len(found) > 1 + len(_PLUS.findall(plain)):
        return None
    return sum(map(_size, found))


def _size(found: re.Match[str]) -> int:
    count = found["before"] or found["word"] or found["after"] or found["sticks"] or "1"
    return round(float(found["number"]) * UNITS[found["unit"]]) * (_COUNTS.get(count) or int(count))


def with_shared_memory(devices: Sequence[Device], ram: int) -> tuple[Device, ...]:
    """The devices, where a chip that shares its memory was named without its size: with the size told as RAM."""
    return tuple(_with_memory(device, ram) for device in devices)


def _with_memory(device: Device, ram: int) -> Device:
    card = device.card
    if card is None or card.kind not in {"unified", "phone"} or device.assumed is None or ram <= 0:
        return device
    return card_device(card, ram)
