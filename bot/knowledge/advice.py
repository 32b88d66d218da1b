"""Short advice beside the figures, from knowledge/advice.yaml: by kind of machine, on buying, on quantizations."""

from pathlib import Path
from typing import Literal

import msgspec

from bot.base.languages import Text
from bot.knowledge.failures import Reference
from bot.knowledge.files import load_all


class MachineIs(msgspec.Struct, frozen=True):
    """What a machine has to be; what is left open rules nothing out."""

    kinds: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    architectures: tuple[str, ...] = ()
    card: Literal["none", "integrated", "own", "unified"] | None = None
    cards: Literal["alike", "unlike"] | None = None


class MachineAdvice(msgspec.Struct, frozen=True):
    """A sentence for machines of one kind."""

    when: MachineIs
    text: Text


class Purpose(msgspec.Struct, frozen=True):
    """What a model is wanted for, and what counts there."""

    sign: str  # of topics.yaml, which tells it
    text: Text
    use: Literal["chat", "roleplay", "coding", "pictures"] | None = None  # among which models it is looked for
    size: float = 0.0  # billions of parameters that it takes at the least
    context: int | None = None  # tokens that it takes at the least
    sources: tuple[Reference, ...] = ()


class Limit(msgspec.Struct, frozen=True):
    """What a program or a quantization does not do on machines of a kind; said first where both are told. `runs`: it
    runs all the same, without what it is made for.
    """

    when: MachineIs
    text: Text
    programs: tuple[str, ...] = ()  # names of loaders; none: any
    quants: tuple[str, ...] = ()
    runs: bool = False
    sources: tuple[Reference, ...] = ()


class ForSale(msgspec.Struct, frozen=True):
    """A card, or several of it, that people buy for models. `least` and `most`: dollars that one pays for all of it."""

    card: str  # of gpus.yaml
    memory: int  # GB of one
    least: int
    most: int
    psu: int  # watts that the power supply has to have
    count: int = 1
    used: bool = False

    @property
    def video_memory(self) -> int:
        """GB of all of it."""
        return self.memory * self.count


class Market(msgspec.Struct, frozen=True):
    """What is for sale, from the cheapest."""

    checked: str  # the month of the prices
    cards: tuple[ForSale, ...]
    sources: tuple[Reference, ...]


class Buying(msgspec.Struct, frozen=True):
    """What is said of buying, piece by piece."""

    first: Text
    nvidia: Text
    ram: Text
    ram_speed: Text  # whether more of it is faster
    second: Text
    unified: Text
    usual: Text
    modded: Text
    market: Market


class TrainingNeed(msgspec.Struct, frozen=True):
    """The least video memory, GB, that training a model of so many billions of parameters takes."""

    size: float
    qlora: float  # the model in 4 bits
    lora: float  # in 16 bits


class Training(msgspec.Struct, frozen=True):
    """What training takes, from the smallest size, and what is said of it."""

    needs: tuple[TrainingNeed, ...]
    tools: Text
    several: Text  # of several cards
    tight: Text
    instead: Text
    sources: tuple[Reference, ...]


class Quants(msgspec.Struct, frozen=True):
    """Which quantization."""

    rule: Text
    room: Text


class Advice(msgspec.Struct, frozen=True):
    """The whole file."""

    machines: tuple[MachineAdvice, ...]
    purposes: tuple[Purpose, ...]
    limits: tuple[Limit, ...]
    buying: Buying
    quants: Quants
    training: Training
    cards: dict[int, tuple[str, ...]]  # GB -> cards with so much memory

    def cards_with(self, gigabytes: int) -> str:
        """Examples of cards with so much memory, empty where none are known."""
        return " / ".join(self.cards.get(gigabytes, ()))


def load_advice(root: Path) -> Advice:
    """The advice under `root`; raises DataError with all faults."""
    return load_all(root, "advice.yaml", "advice", Advice)[0]
