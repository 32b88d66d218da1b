"""Graphics cards: what knowledge/gpus.yaml says of them, and how people spell them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import msgspec
from rapidfuzz import fuzz, process

from bot.base.late import late
from bot.base.phrases import either, pattern_fault
from bot.knowledge.cue import Cue, cue_faults
from bot.knowledge.failures import Reference
from bot.knowledge.files import Fault, load_all

GIB = 1 << 30
GB = 10**9

Vendor = Literal["nvidia", "amd", "intel", "apple", "moore-threads", "huawei", "hygon", "qualcomm", "mediatek"]
CardKind = Literal["desktop", "laptop", "workstation", "datacenter", "unified", "integrated", "phone"]


@dataclass(frozen=True, slots=True)
class Card:
    """One card as sold. `memory` in bytes, the usual size first, empty where it is taken from RAM; `bandwidth` in
    bytes per second; `compute` is CUDA's compute capability, `gfx` AMD's target.
    """

    name: str
    vendor: Vendor
    kind: CardKind
    architecture: str
    memory: tuple[int, ...]
    bandwidth: int
    compute: tuple[int, int] | None = None
    gfx: str | None = None
    mods: tuple[int, ...] = ()
    aliases: tuple[str, ...] = ()
    ecc: bool = False  # error correction takes a sixteenth of the memory: a Tesla T4 shows 15360 MiB of 16 GiB

    @property
    def unified(self) -> bool:
        """Whether the card shares its memory with the processor."""
        return self.kind in {"unified", "integrated", "phone"}

    @property
    def has_bfloat16(self) -> bool:
        """Whether bf16 is computed natively: CUDA from Ampere (8.0) on, RDNA 3 and CDNA, Arc, Apple from M2 on."""
        if self.compute is not None:
            return self.compute >= (8, 0)
        if self.vendor == "amd":
            return self.gfx is not None and (self.gfx.startswith(("gfx11", "gfx12")) or self.gfx in _CDNA)
        return self.vendor in {"intel", "huawei", "hygon"} or (
            self.vendor == "apple" and not self.name.startswith("M1")
        )

    @property
    def has_flash_attention_2(self) -> bool:
        """Whether the flash-attn package runs (exllamav2, vLLM, transformers): Ampere and newer, CDNA 2 and newer.

        llama.cpp's own flash attention is another one and runs on nearly every card.
        Source: https://github.com/Dao-AILab/flash-attention (README, "CUDA" and "AMD ROCm support").
        """
        return self.compute >= (8, 0) if self.compute is not None else self.gfx in _CDNA - {"gfx908"}

    @property
    def backend(self) -> str:
        """llama.cpp's fastest backend for the card: CUDA, ROCm, Vulkan, Metal, MUSA, CANN; CPU on Android phones.

        Hygon's DCU has a ROCm of its own.
        """
        if self.vendor == "amd":
            return "ROCm" if self.gfx in _ROCM else "Vulkan"
        return _BACKENDS[self.vendor]


_BACKENDS: Mapping[Vendor, str] = {
    "nvidia": "CUDA",
    "intel": "Vulkan",
    "apple": "Metal",
    "moore-threads": "MUSA",
    "huawei": "CANN",
    "hygon": "ROCm",
    "qualcomm": "CPU",
    "mediatek": "CPU",
}

_CDNA = frozenset({"gfx908", "gfx90a", "gfx942", "gfx950"})
# What AMD's packages are built for. Source: ROCm system requirements (Linux and Windows HIP SDK), see gpus.yaml.
_ROCM = _CDNA | {"gfx1030", "gfx1100", "gfx1101", "gfx1102", "gfx1150", "gfx1151", "gfx1200", "gfx1201"}


class CardRow(msgspec.Struct, frozen=True):
    """A card as it is written: sizes in GiB, GB/s."""

    name: str
    memory: tuple[int, ...]  # GiB, one for each version sold, the usual one first; none where it is taken from RAM
    bandwidth: int  # GB/s
    mods: tuple[int, ...] = ()  # GiB that repair shops solder
    aliases: tuple[str, ...] = ()


class CardGroup(msgspec.Struct, frozen=True):
    """Cards of one maker, kind and architecture."""

    vendor: Vendor
    kind: CardKind
    architecture: str
    cards: tuple[CardRow, ...]
    compute: str | None = None
    gfx: str | None = None
    ecc: bool = False  # error correction takes a sixteenth of their GDDR


class Maker(msgspec.Struct, frozen=True):
    """By what a maker is known in the name of a card as drivers and people write it."""

    vendor: Vendor
    patterns: tuple[str, ...]  # any case; any one is enough


class MeantCards(msgspec.Struct, frozen=True):
    """Which cards somebody has in mind who begins with a word for a maker or a kind."""

    words: tuple[str, ...]  # in lower case
    vendor: Vendor | None = None
    kinds: tuple[CardKind, ...] = ()  # none: any

    def means(self, card: Card) -> bool:
        """Whether it is one of them."""
        return (self.vendor is None or card.vendor == self.vendor) and (not self.kinds or card.kind in self.kinds)


class SpokenCards(msgspec.Struct, frozen=True):
    """How cards are named beside the list of them."""

    makers: tuple[Maker, ...] = ()  # the first that fits
    shown: Mapping[str, str] = {}  # words that stand before a short name as part of it, and how they are written
    unshown: tuple[str, ...] = ()  # words that may stand there and are left out
    names: tuple[str, ...] = ()  # patterns of names that mean no single card of the list, or are written otherwise
    apple: tuple[str, ...] = ()  # patterns of what tells that a chip named alone ("M2") is Apple's
    usual: tuple[str, ...] = ()  # names of the cards that most people have, the most usual first
    meant: tuple[MeantCards, ...] = ()  # which cards somebody has in mind who begins to type one of these words
    around: Cue = Cue()  # what stands around a card's name and tells nothing of it
    counted: Cue = Cue()  # before a bare number that a program counts by ("task 1650"), which names no card
    units: Cue = Cue()  # behind a number that is an amount of something ("4090 MiB")


class CardFile(msgspec.Struct, frozen=True):
    """The whole file."""

    sources: tuple[Reference, ...]
    groups: tuple[CardGroup, ...]
    spoken: SpokenCards = SpokenCards()


def load_cards(root: Path) -> tuple[Card, ...]:
    """Every card of `root`/gpus.yaml; raises DataError."""
    return load_card_index(root).cards


def load_card_index(root: Path) -> "CardIndex":
    """Every card of `root`/gpus.yaml, found by any spelling; raises DataError."""
    file = load_all(root, "gpus.yaml", "gpus", CardFile, check=_unreadable)[0]
    return CardIndex((_card(group, raw) for group in file.groups for raw in group.cards), file.spoken)


def _unreadable(file: CardFile) -> Iterator[Fault]:
    """Patterns that are none."""
    spoken = file.spoken
    lists = {f"spoken.makers[{at}].patterns": maker.patterns for at, maker in enumerate(spoken.makers)}
    for key, patterns in {**lists, "spoken.names": spoken.names, "spoken.apple": spoken.apple}.items():
        for at, pattern in enumerate(patterns):
            if (problem := pattern_fault(pattern)) is not None:
                yield Fault("", f"{key}[{at}]", problem)
    named = {row.name for group in file.groups for row in group.cards}
    for at, name in enumerate(spoken.usual):
        if name not in named:
            yield Fault("", f"spoken.usual[{at}]", f"no card is called {name}")
    for key in ("around", "counted", "units"):
        yield from cue_faults("", f"spoken.{key}", getattr(spoken, key))


def _card(group: CardGroup, raw: CardRow) -> Card:
    major, _, minor = (group.compute or "").partition(".")
    return Card(
        name=raw.name,
        vendor=group.vendor,
        kind=group.kind,
        architecture=group.architecture,
        memory=tuple(size * GIB for size in raw.memory),
        bandwidth=raw.bandwidth * GB,
        compute=(int(major), int(minor)) if group.compute else None,
        gfx=group.gfx,
        mods=tuple(size * GIB for size in raw.mods),
        aliases=raw.aliases,
        ecc=group.ecc,
    )


# A computer's name, whose "Pro" is not the chip's: "M1 MacBook Pro" has an M1.
_COMPUTER = late(r"\b(?:mac\s?book|i?mac)\s{0,4}(?:pro|air|neo)\b")
_LAPTOP = late(r"\b(?:laptop|mobile|notebook|max-?q)\b|笔记?(?:本版?|电)?|移动[版端]")
_SERIES = late(r"\b(?:rtx|gtx|gt|rx|quadro rtx(?=\s{0,4}\d{4}\s{0,4}(?:ti|super|$)))\s{0,4}-?\s{0,4}(?=\d)")


class CardIndex:
    """Finds cards by any spelling. Build once; look-ups take microseconds."""

    def __init__(self, cards: Iterable[Card], spoken: SpokenCards) -> None:
        self.cards = tuple(cards)
        self.spoken = spoken
        self._around = re.compile("|".join(spoken.around.rows) or r"(?!)")
        self._makers = [(each.vendor, re.compile(either(each.patterns))) for each in spoken.makers]
        self._by_spelling: Mapping[str, Card] = {
            self.spelling(name): card for card in reversed(self.cards) for name in (*card.aliases, card.name)
        }

    def spelling(self, text: str) -> str:
        """What is left of a card's name when the ways of writing it are taken away.

        "NVIDIA GeForce RTX 4070 Ti SUPER", "4070tis" and "rtx4070 ti-super" all give "4070tisuper".
        """
        text = unicodedata.normalize("NFKC", text).lower().replace("-", " ")
        laptop = bool(_LAPTOP.search(text))
        text = _LAPTOP.sub(" ", text)
        text = self._around.sub(" ", _COMPUTER.sub(" ", text))
        text = re.sub(r"\b(rtx|gtx|gt|rx)(?=\d)", r"\1 ", text)
        text = re.sub(r"(?<=\d)\s{0,9}tis\b", " ti super", text)
        text = re.sub(r"(?<=\d)\s{0,9}s\b", " super", text)
        if laptop_letter := re.fullmatch(r"\s*(?:(?:rtx|gtx)\s*)?(\d{4}(?: ?ti)?)\s*m\s*", text):
            text, laptop = laptop_letter[1], True
        text = _SERIES.sub("", text)
        return re.sub(r"\s+", "", text) + ("laptop" if laptop else "")

    def maker(self, name: str) -> Vendor | None:
        """Who made a card, by its name as drivers and people write it; None when the name does not say."""
        lowered = name.lower()
        return next((vendor for vendor, pattern in self._makers if pattern.search(lowered)), None)

    def find(self, text: str) -> Card | None:
        """The card that is meant for sure, or None."""
        wanted = self.spelling(text)
        return self._by_spelling.get(wanted) or self._by_spelling.get(wanted.removesuffix("laptop"))

    def nearest(self, text: str, limit: int = 3) -> tuple[Card, ...]:
        """The cards spelled most alike, best first, for "did you mean"; none when nothing is near."""
        hits = process.extract(
            self.spelling(text), self._by_spelling.keys(), scorer=fuzz.ratio, limit=limit * 2, score_cutoff=60
        )
        found = dict.fromkeys(self._by_spelling[name] for name, _, _ in hits)
        return tuple(found)[:limit]

    def containing(self, text: str) -> tuple[Card, ...]:
        """Cards whose name contains what has been typed so far: usual ones first, then those that begin with it."""
        typed = self.spelling(text)
        hits = [(name, card) for name, card in self._spelled if typed in name]
        places = self._usual

        def rank(hit: tuple[str, Card]) -> tuple[bool, int, bool]:
            name, card = hit
            return name != typed, places.get(card.name, len(places)), not name.startswith(typed)

        return tuple(card for _, card in sorted(hits, key=rank))

    def of(self, word: str) -> tuple[Card, ...]:
        """The cards that a word for a maker or a kind may mean: "mac", "a卡", "手机"."""
        lowered = word.lower()
        meant = [each for each in self.spoken.meant if any(called.startswith(lowered) for called in each.words)]
        return tuple(card for each in meant for card in self.cards if each.means(card))

    @cached_property
    def _usual(self) -> Mapping[str, int]:
        """The place of each usual card among them."""
        return {name: at for at, name in enumerate(self.spoken.usual)}

    @cached_property
    def _spelled(self) -> Sequence[tuple[str, Card]]:
        return [(self.spelling(card.name), card) for card in self.cards]
