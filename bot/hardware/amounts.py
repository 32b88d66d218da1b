"""Amounts of memory as people write them: `12`, `12GB`, `2x24`, `3090+3060`, "RTX 4070 Ti SUPER 16G", `M2 Max 64GB`.

Makers' "12 GB" of VRAM or RAM are 12 GiB, so GB and GiB are read alike.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.base.errors import UserError
from bot.base.languages import COMMA, Text, joined
from bot.base.late import late
from bot.hardware.cards import Card, CardIndex

MIB, GIB, TIB = 1 << 20, 1 << 30, 1 << 40
UNITS = {"t": TIB, "g": GIB, "m": MIB}
_LARGEST = 4 * TIB
LONGEST = 200  # characters of what names a machine; more is no such name, and would cost time

_AMOUNT = late(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[tgm])(?:i?b|igs?)?(?:\s*(?:vram|ram|显存|内存))?", re.IGNORECASE)
_SIZE_IN_NAME = late(
    r"(?<![a-z0-9.])(?P<number>\d{1,9}+(?:\.\d{1,9})?)\s{0,9}(?P<unit>[g])(?:i?b|igs?)?(?![a-z0-9])", re.IGNORECASE
)
_BARE_SIZE = late(r"(?P<chip>.{2,40}\D) (?P<number>\d{1,3})")  # "m1 ultra 128"
_NOTHING = late(
    r"(?:0|0\.0|no|none|nothing|no (?:gpu|vram|card|graphics card)|cpu|cpu only|without|"
    r"无|没有?|没有?(?:显卡|独显|独立显卡)|无(?:显卡|独显|独立显卡)|纯\s*cpu|只有\s*cpu)\s*(?:[gm]i?b?)?",
    re.IGNORECASE,
)
# What people write beside an amount of RAM: its kind, its speed, what it is.
_OF_RAM = late(
    r"(?:lp)?ddr\dx?(?:\s?-?\s?\d{3,5}(?![\dg]))?|\d{3,5}\s?m(?:hz|t/s)|[双单四]通道|(?:dual|quad|single)[ -]channel"
    r"|(?:统一|共享|运行|物理)?的?内存条?|运存|(?:unified |system |main |shared )?(?:memory|ram)|unified"
    r"|\bof\b|[()（）]",
    re.IGNORECASE,
)
_SEPARATOR = late(r"\s{0,9}(?:(?<!max)[+＋]|[,，、&]|\band\b|(?<=\S)和(?=\S)|\bplus\b)\s*", re.IGNORECASE)
COUNT_WORDS = {  # "dual 3090"
    "dual": 2,
    "two": 2,
    "双": 2,
    "两": 2,
    "二": 2,
    "三": 3,
    "triple": 3,
    "three": 3,
    "四": 4,
    "quad": 4,
    "four": 4,
    "八": 8,
}
_COUNT = late(
    rf"(?:(?P<before>\d{{1,2}})\s*(?:[x×*]|张|块|片|根|条|cards?|gpus?)\s?|(?P<word>{'|'.join(COUNT_WORDS)})\s?(?:张|块|片|路|卡|根|条)?\s?)(?P<rest>.+)"
    r"|(?P<head>.+?)\s?(?:[x×*]\s?(?P<after>\d{1,2})|(?P<cn>[双两三四])[卡张])",
    re.IGNORECASE,
)


# A computer whose graphics and processor share one memory, where no chip is named: "64g统一内存", "Mac mini 24G".
_ONE_MEMORY = late(
    r"统一内存|统一的?内存|共享内存|(?<![a-z])(?:unified(?: memory| ram)?|apple(?: silicon)?|i?mac(?:book)?"
    r"(?: (?:pro|air|mini|studio))?)(?![a-z])|苹果(?:电脑|笔记本)?",
    re.IGNORECASE,
)
_FILLING = late(r"的|大|with|of|one|a\b|电脑|笔记本|[()（）:：=]|\s", re.IGNORECASE)
ANY_APPLE = "M2"  # the chip whose speed stands for a Mac of which only the memory is told
USUAL_UNIFIED = 16 * GIB


@dataclass(frozen=True, slots=True)
class Device:
    """One graphics device. `memory` in bytes as the maker states it. `assumed` says what was guessed, if anything."""

    memory: int
    name: str
    card: Card | None = None
    assumed: Text | None = None

    @property
    def shown(self) -> int:
        """Bytes that the card shows: of those that it is sold with, what error correction leaves."""
        return self.memory * 15 // 16 if self.card is not None and self.card.ecc else self.memory


def parse_vram(text: str, cards: CardIndex) -> tuple[Device, ...]:
    """The devices somebody means; none for "0", "no GPU" and the like.

    Raises:
        UserError: neither an amount nor a card, with the nearest cards and what to type instead.
    """
    plain = cleaned(text[: LONGEST + 1])
    if _NOTHING.fullmatch(plain):
        return ()
    parts = [part for part in _SEPARATOR.split(plain) if part]
    if not parts or len(text) > LONGEST:
        raise _not_vram(text, cards)
    return tuple(device for part in _once(parts, cards) for device in _devices(part, text, cards))


def _once(parts: list[str], cards: CardIndex) -> list[str]:
    """The parts; a count of all of them behind the last, "3060，3060 双卡", is taken off."""
    count, rest = _counted(parts[-1], cards)
    return [*parts[:-1], rest] if count == len(parts) > 1 and all(part == rest for part in parts[:-1]) else parts


def parse_ram(text: str) -> int:
    """Bytes of main memory. Raises UserError with what to type instead."""
    typed = cleaned(text[: LONGEST + 1])
    plain = _OF_RAM.sub(" ", typed).strip() or typed
    parts = [part.strip() for part in _SEPARATOR.split(plain) if part.strip()]
    sizes = [size * count for part in parts for count, rest in [_counted(part)] if (size := _size(rest)) is not None]
    if len(text) > LONGEST or len(sizes) != len(parts) or not 0 < sum(sizes) <= _LARGEST:
        raise UserError(
            "“{text}” is not an amount of RAM. Type a number in GB, such as 32.",
            "“{text}”看不出是多少内存。请写以 GB 为单位的数字，比如 32。",
        ).format(text=_short(text))
    return sum(sizes)


def cleaned(text: str) -> str:
    """A text in small letters and usual signs, with single blanks."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().lower()


def _devices(part: str, whole: str, cards: CardIndex) -> Iterator[Device]:
    count, rest = _counted(part, cards)
    if not 1 <= count <= 16:
        raise _not_vram(whole, cards)
    device = _device(rest, cards)
    if device is None:
        raise _not_vram(whole, cards, part)
    for _ in range(count):
        yield device


def _counted(part: str, cards: CardIndex | None = None) -> tuple[int, str]:
    """How often, and what: "2x24" -> (2, "24"). A name that is itself a card ("8 x 50") is left alone."""
    if cards is not None and cards.find(part):
        return 1, part
    match = _COUNT.fullmatch(part)
    if not match:
        return 1, part
    if match["rest"]:
        return int(match["before"] or COUNT_WORDS[match["word"]]), match["rest"].strip()
    return int(match["after"] or COUNT_WORDS[match["cn"]]), match["head"].strip()


def _device(text: str, cards: CardIndex) -> Device | None:
    if card := cards.find(text):  # first, so that "3060" and "960" are cards, not amounts
        return card_device(card, None)
    if (size := _size(text)) is not None:
        return Device(size, "") if 0 < size <= _LARGEST else None
    if (chip := _BARE_SIZE.fullmatch(text)) and (card := cards.find(chip["chip"])) and card.unified:
        return card_device(card, int(chip["number"]) * GIB)
    if match := _SIZE_IN_NAME.search(text):
        name = text[: match.start()] + " " + text[match.end() :]
        if card := cards.find(text[: match.end()].strip()) or cards.find(name):
            return card_device(card, round(float(match["number"]) * GIB))
    return _without_chip(text, cards)


def _without_chip(text: str, cards: CardIndex) -> Device | None:
    """A computer of which nothing but its one memory is told; nothing where other words stand there too."""
    if not _ONE_MEMORY.search(text):
        return None
    left = _FILLING.sub("", _ONE_MEMORY.sub("", text))
    size = _size(left) if left else USUAL_UNIFIED
    if size is None or not 0 < size <= _LARGEST:
        return None
    return any_mac(size, cards, _GUESSED_CHIP if left else _GUESSED_MEMORY)


def any_mac(memory: int, cards: CardIndex, assumed: Text | None = None) -> Device:
    """A Mac of which the chip was not told; its speed is that of a slow one."""
    return Device(memory, "Mac", cards.find(ANY_APPLE), assumed)


_GUESSED_CHIP = Text(
    "I took it for a Mac without a Pro or Max chip; name the chip (M4 Max, AI Max+ 395) for its own limits and speed.",
    "我按普通芯片的 Mac 算。写上芯片（M4 Max、AI Max+ 395 等），上限和速度才准。",
)
GUESSED_MAC = Text(
    "I took the Mac's usual chip for that memory; name the chip (M4 Pro, M5 Max) for its own speed.",
    "Mac 我按这个内存常配的芯片算。写上芯片（M4 Pro、M5 Max 等），速度才准。",
)
_USUAL_CARD = Text("I took the {name} for that size.", "这个显存我按 {name} 算。")


def usual_card(card: Card) -> Text:
    """That a card stands for a size of which no name was told."""
    return _USUAL_CARD.format(name=card.name)


_GUESSED_MEMORY = Text(
    "I took it for a Mac with 16 GB; write the chip and the size, such as M4 Pro 48GB.",
    "我按 16G 的 Mac 算。请写上芯片和大小，比如 M4 Pro 48G。",
)


def _size(text: str) -> int | None:
    """Bytes; a bare number is GiB, or MiB from 1024 on, as nvidia-smi shows it."""
    if re.fullmatch(r"\d{1,7}(?:\.\d{1,6})?", text):
        number = float(text)
        return round(number * (MIB if number >= 1024 else GIB))
    if match := _AMOUNT.fullmatch(text):
        digits: str = match["number"]
        return round(float(digits) * UNITS[match["unit"].lower()]) if len(digits) <= 12 else None
    return None


_SHOWN_LESS = 0.035  # of what a card is sold with: so much drivers leave out of it


def _as_sold(card: Card, said: int) -> int:
    """What a card was sold with, where a program showed a little less of it: "24564MiB" are 24 GB."""
    return next((size for size in (*card.memory, *card.mods) if 0 <= size - said <= _SHOWN_LESS * size), said)


def card_device(card: Card, said: int | None) -> Device:
    """A card as a device: `said` bytes where somebody told its memory, else the usual size."""
    if said is not None:
        said = _as_sold(card, said)
        known = not card.memory or said in card.memory or said in card.mods
        return Device(said, card.name, card, None if known else _unusual(card, said))
    if not card.memory:
        return Device(0, card.name, card, _INTEGRATED)
    note = _several_sizes(card) if len(card.memory) > 1 else None
    return Device(card.memory[0], card.name, card, note)


_INTEGRATED = Text(
    "This graphics unit has no memory of its own; it borrows RAM.", "这是核显，没有自己的显存，要借用内存。"
)


def _several_sizes(card: Card) -> Text:
    sizes = " / ".join(f"{size // GIB}" for size in card.memory)
    return Text(
        "The {name} comes with {sizes} GB; I took {memory} GB. Add the size if yours differs.",
        "{name} 有 {sizes} GB 几种版本，我按 {memory} GB 算。如果不对，请在后面写上大小。",
    ).format(name=card.name, sizes=sizes, memory=card.memory[0] // GIB)


def _unusual(card: Card, said: int) -> Text:
    usual = " / ".join(f"{size // GIB}" for size in card.memory)
    return Text(
        "The {name} is sold with {usual} GB; I took your {said:g} GB.",
        "{name} 一般是 {usual} GB，我按你写的 {said:g} GB 算。",
    ).format(name=card.name, usual=usual, said=said / GIB)


_DID_YOU_MEAN = Text(" Did you mean {names}?", "你是想说 {names} 吗？")


def _not_vram(text: str, cards: CardIndex, part: str | None = None) -> UserError:
    near = [card.name for card in cards.nearest((part or text)[:LONGEST])]
    meant = _DID_YOU_MEAN.format(names=joined(near, COMMA)) if near else Text("", "")
    return UserError(
        "“{text}” is neither an amount of VRAM nor a card I know.{meant} Type a number in GB "
        "(12), several cards (2x24), or a name (RTX 3060).",
        "“{text}”既不是显存大小，也不是我认识的显卡。{meant}请写以 GB 为单位的数字（12）、多张卡（2x24）"
        "或显卡名（RTX 3060）。",
    ).format(text=_short(text), meant=meant)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:40]}…"


def counted(names: Iterable[str]) -> str:
    """Names of devices in one line, each kind once: "2 × RTX 3090 + RTX 3060"; what has no name is left out."""
    each = Counter(filter(None, names))
    return " + ".join(f"{number} × {name}" if number > 1 else name for name, number in each.items())
