"""What a log or a message tells about the machine: typed values, each with the line it came from."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """A value and the original line (from 1) that states it."""

    value: T
    line: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything recognised; a missing fact is None (or an empty tuple). Sizes in bytes."""

    system: Fact[str] | None = None  # "Windows 11", "Ubuntu 24.04", "macOS 15", "WSL2"
    packaging: tuple[Fact[str], ...] = ()  # "docker", "conda", "portable" ...: how the program got there
    loader: Fact[str] | None = None  # canonical name of vocabulary: "koboldcpp", "llama.cpp", "vLLM" ...
    loader_version: Fact[str] | None = None
    frontend: Fact[str] | None = None  # "SillyTavern" ...
    frontend_version: Fact[str] | None = None
    model: Fact[str] | None = None  # "Qwen2.5-32B-Instruct"
    parameters: Fact[float] | None = None  # billions, told without a model's name ("a 32b")
    model_file: Fact[str] | None = None  # file name or repository as printed
    quant: Fact[str] | None = None  # "Q5_K_M", "4.65bpw", "AWQ"
    gpus: tuple[Fact[str], ...] = ()  # "RTX 3060", in the order printed
    generations: tuple[Fact[str], ...] = ()  # of these cards: "Ampere", "RDNA 3" ...
    makers: tuple[Fact[str], ...] = ()  # of these cards, as gpus.yaml calls them: "nvidia", "amd" ...
    gfx: Fact[str] | None = None  # AMD's name of the first card's chip: "gfx1102"
    vram: Fact[int] | None = None
    vram_free: Fact[int] | None = None
    ram: Fact[int] | None = None
    context: Fact[int] | None = None
    trained_context: Fact[int] | None = None
    gpu_layers: Fact[int] | None = None
    layers: Fact[int] | None = None
    port: Fact[int] | None = None
    driver: Fact[str] | None = None
    cuda: Fact[str] | None = None
    python: Fact[str] | None = None
    node: Fact[str] | None = None
    rights: Fact[str] | None = None  # "root", "admin"
    region: Fact[str] | None = None  # "china": mirrors, time-outs and prose of there
    worked_before: Fact[str] | None = None  # the version, else "driver", "kernel", "system", "update", "before"
