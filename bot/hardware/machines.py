"""Words by which machines are told, from knowledge/machines.yaml."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Literal

import msgspec

from bot.base.phrases import Phrases, phrase_fault
from bot.knowledge.files import Fault, load_all

_FILE = "machines.yaml"
MachineKind = Literal["phone", "handheld", "board", "unified"]
AmountRole = Literal["vram", "ram", "unified", "other"]

# What may stand between an amount and the word that says what it is of.
_FILLER = (
    r"(?:\s?(?:of|the|a|more|extra|additional|的|大|total|dual[- ]channel|quad[- ]channel"
    r"|\d{3,4}\s?m(?:hz|t/s)|\d{4}|system|main|shared|普通|双通道)){0,6}\s?"
)
_FILLER_BEFORE = (
    r"\s?(?:是|有|只有|大小|总共|一共|才|就|约|为|=|:|-(?=\s)|–|\(|of|is|are|about|\d{4}){0,6}\s?(?:[x*×]\s?)?$"
)
# In "24g 内存 32g" the word belongs to what follows; in "16g 内存 3060" to what stands before.
_AMOUNT_BEHIND = re.compile(r"\d|\s\d{1,3}(?![\d核代块张])|\s\d{4,6}\s?m|\s?[-–:=：]\s?\d{1,4}\s?[gmt]")
# What may stand between a word such as "used" or "from" and the card that it speaks of.
_BEFORE_CARD = r"(?:\s|a|an|my|the|的|用|一张|张|个|块|used|second hand|二手|new|nvidia|rtx|gtx|on|for){0,6}$"


# "ddr5 6000", "6000 MT/s DDR5": millions of transfers of 8 bytes a second on each of two channels.
_CLOCKED = re.compile(
    r"(?<![a-z0-9])(?:lp)?ddr[345]x?[\s-]{0,2}(?P<rate>[1-9]\d{3})(?!\d)"
    r"|(?<!\d)(?P<before>[1-9]\d{3})\s?(?:m(?:hz|t/s)\s)?ddr[345]"
)
_TWO_CHANNELS, _REACHED = 16, 0.85


class NamedMachine(msgspec.Struct, frozen=True):
    """A machine whose name tells its memory (GiB, all there is)."""

    names: tuple[str, ...]
    kind: MachineKind
    memory: int
    card: str | None = None


class RamSpeed(msgspec.Struct, frozen=True):
    """A kind of RAM, or of processor, by a pattern in lower case, and what it delivers (GB per second)."""

    says: str
    least: float
    most: float


class MachineData(msgspec.Struct, frozen=True):
    """The whole file."""

    amounts: dict[AmountRole, tuple[str, ...]]
    phone: tuple[str, ...]
    laptop: tuple[str, ...]
    no_card: tuple[str, ...]
    integrated: tuple[str, ...]
    unified: tuple[str, ...]
    intel_mac: tuple[str, ...]  # patterns of Macs before Apple's own chips, in lower case
    processor: tuple[str, ...]  # patterns of what processors are called, in lower case
    strange: tuple[str, ...]  # patterns of accelerators that the list of cards leaves out, in lower case
    instead: tuple[str, ...]
    further: tuple[str, ...]
    former: tuple[str, ...]
    gained: tuple[str, ...]
    wished: tuple[str, ...]
    hedges: tuple[str, ...]
    named: tuple[NamedMachine, ...]
    ram_speeds: tuple[RamSpeed, ...] = ()  # the more special first


class Endings:
    """Phrases at the end of what stands before something."""

    def __init__(self, phrases: Iterable[str]) -> None:
        alternatives = "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))
        self._pattern = re.compile(rf"(?:{alternatives}){_BEFORE_CARD}")

    def ends(self, before: str) -> bool:
        """Whether one of the phrases stands at the end, before a card."""
        return self._pattern.search(before) is not None

    def start(self, before: str) -> int:
        """Where the phrase at the end begins; behind the end where there is none."""
        found = self._pattern.search(before)
        return found.start() if found is not None else len(before) + 1


class MachineWords:
    """The words, compiled. Build once; takes folded text."""

    def __init__(self, data: MachineData) -> None:
        self.phone = Phrases(data.phone)
        self.phone_before = re.compile(rf"(?:{'|'.join(_whole(word) for word in data.phone)})$")
        self.laptop = Phrases(data.laptop)
        self.no_card = Phrases(data.no_card)
        self.integrated = Phrases(data.integrated)
        self.unified = Phrases(data.unified)
        self.processor = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(data.processor)})(?![a-z0-9])")
        self.strange = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(data.strange)})(?![a-z0-9])")
        self.intel_mac = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(data.intel_mac)})(?![a-z0-9])")
        self.instead = Phrases(data.instead)
        self.further = Phrases(data.further)
        self.former = Endings(data.former)
        self.gained = Endings(data.gained)
        self.wished = Endings(data.wished)
        self.hedged = re.compile("|".join(_whole(word) for word in sorted(data.hedges, key=len, reverse=True)), re.I)
        self._data = data

    @cached_property
    def _roles(self) -> list[tuple[AmountRole, re.Pattern[str], re.Pattern[str]]]:
        return [(role, *_label_patterns(words)) for role, words in self._data.amounts.items()]

    def role_behind(self, behind: str) -> AmountRole | None:
        """What the words right behind an amount say it is of; in "24g 内存32g" they belong to the next one."""
        found = next(((role, match) for role, after, _ in self._roles if (match := after.match(behind))), None)
        if found is None or (behind[:1].isspace() and _AMOUNT_BEHIND.match(behind, found[1].end())):
            return None
        return found[0]

    def role_before(self, before: str) -> AmountRole | None:
        """What the words right before an amount say it is of."""
        return next((role for role, _, ahead in self._roles if ahead.search(before)), None)

    @cached_property
    def _ram_speeds(self) -> list[tuple[re.Pattern[str], RamSpeed]]:
        return [(re.compile(rf"(?<![a-z0-9])(?:{kind.says})"), kind) for kind in self._data.ram_speeds]

    def ram_speed(self, text: str) -> tuple[float, float] | None:
        """Bytes per second that the RAM delivers at the least and at the most; None where its kind is not told."""
        kind = next((kind for pattern, kind in self._ram_speeds if pattern.search(text)), None)
        clocked = _CLOCKED.search(text)
        if clocked is not None and (kind is None or kind.says.startswith("ddr")):
            most = int(clocked["rate"] or clocked["before"]) * 1e6 * _TWO_CHANNELS
            return _REACHED * most, most
        return (kind.least * 1e9, kind.most * 1e9) if kind is not None else None

    @cached_property
    def _named(self) -> list[tuple[Phrases, NamedMachine]]:
        return [(Phrases(machine.names), machine) for machine in self._data.named]

    def named_in(self, text: str) -> NamedMachine | None:
        """The first machine of the list that the text names."""
        return next((machine for names, machine in self._named if names.found_in(text)), None)


def _label_patterns(words: Iterable[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    alternatives = "|".join(_whole(word) for word in sorted(words, key=len, reverse=True))
    return (
        re.compile(rf"{_FILLER}[(]?(?:{alternatives})"),
        re.compile(rf"(?:{alternatives}){_FILLER_BEFORE}"),
    )


def _whole(word: str) -> str:
    escaped = re.escape(word).replace(r"\ ", r"\s")
    return rf"(?<![a-z0-9]){escaped}(?![a-z])" if word.isascii() else escaped


def load_machine_words(root: Path) -> MachineWords:
    """The words under `root`; raises DataError with all faults."""
    return MachineWords(load_all(root, _FILE, "machines", MachineData, check=_faults)[0])


def _faults(data: MachineData) -> Iterator[Fault]:
    lists = {
        key: getattr(data, key) for key in ("phone", "laptop", "no_card", "integrated", "unified", "instead", "further")
    }
    for key, phrases in lists.items():
        for number, phrase in enumerate(phrases):
            if problem := phrase_fault(phrase):
                yield Fault(_FILE, f"{key}[{number}]", problem)
