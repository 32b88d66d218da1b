"""How fast a model writes and reads: ranges, from the bytes that each token reads and how fast memory delivers them.

Writing is bound by memory: every token reads all active weights once, and every layer costs some launches of kernels
on top. Reading a prompt is bound by arithmetic, where layers lie in RAM by the bus over which they are copied.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bot.hardware.cards import Card
from bot.memory.estimate import Estimate
from bot.memory.settings import Settings
from bot.models.dynamic import has_delta_net
from bot.models.quantization import parse_quant, tensor_bytes
from bot.models.shape import Model, Tensor

GB: Final = 10**9
Range = tuple[float, float]  # slow, quick


@dataclass(frozen=True, slots=True)
class Pace:
    """How a kind of device works: the share of its stated bandwidth that it reaches, seconds that a layer costs besides
    reading, and how many multiplications (10^12 a second) it does for each GB/s of bandwidth when it reads a prompt.
    """

    share: Range
    layer: Range
    arithmetic: float


# From llama-bench results of a 7B model in Q4_0 (3.8 GB), github.com/ggml-org/llama.cpp/discussions: 15013 (CUDA),
# 10879 (Vulkan), 4167 (Apple silicon), 15021 (ROCm). Two cards of a family, one narrow and one wide, tell share and
# layer apart: M1 14 and M2 Ultra 94 tokens a second, RTX 3060 78 and RTX 4090 189. Pascal and older have no fast f16
# and few integer units for their bandwidth: P40 53, GTX 1080 Ti 62.
_PACES: Final[Mapping[str, Pace]] = {
    "Blackwell Ultra": Pace((0.45, 0.85), (110e-6, 25e-6), 0.05),
    "Blackwell": Pace((0.64, 0.95), (95e-6, 15e-6), 0.12),
    "Hopper": Pace((0.45, 0.85), (110e-6, 25e-6), 0.045),
    "Ada Lovelace": Pace((0.65, 0.96), (90e-6, 15e-6), 0.17),
    "Ampere": Pace((0.61, 0.95), (100e-6, 20e-6), 0.075),
    "Turing": Pace((0.60, 0.94), (120e-6, 25e-6), 0.065),
    "Volta": Pace((0.50, 0.85), (130e-6, 40e-6), 0.06),
    "Pascal": Pace((0.28, 0.66), (230e-6, 40e-6), 0.03),
    "Maxwell": Pace((0.20, 0.52), (260e-6, 60e-6), 0.02),
    "Kepler": Pace((0.12, 0.40), (300e-6, 80e-6), 0.015),
    "RDNA 4": Pace((0.55, 0.94), (130e-6, 35e-6), 0.09),
    "RDNA 3.5": Pace((0.60, 0.85), (150e-6, 40e-6), 0.05),
    "RDNA 3": Pace((0.55, 0.94), (130e-6, 35e-6), 0.045),
    "RDNA 2": Pace((0.50, 0.88), (150e-6, 40e-6), 0.03),
    "RDNA": Pace((0.40, 0.80), (180e-6, 50e-6), 0.025),
    "Vega": Pace((0.25, 0.65), (250e-6, 60e-6), 0.015),
    "Polaris": Pace((0.25, 0.62), (250e-6, 60e-6), 0.02),
    "CDNA 4": Pace((0.30, 0.72), (150e-6, 30e-6), 0.05),
    "CDNA 3": Pace((0.30, 0.72), (150e-6, 30e-6), 0.05),
    "CDNA 2": Pace((0.30, 0.65), (170e-6, 40e-6), 0.04),
    "CDNA": Pace((0.25, 0.60), (200e-6, 50e-6), 0.03),
    "Xe2 (Battlemage)": Pace((0.38, 0.80), (220e-6, 50e-6), 0.05),
    "Xe-HPG (Alchemist)": Pace((0.28, 0.70), (300e-6, 60e-6), 0.025),
    "Xe": Pace((0.35, 0.75), (300e-6, 80e-6), 0.02),
    "Apple silicon": Pace((0.66, 0.95), (220e-6, 55e-6), 0.022),
    # Moore Threads: MTT S80 with Qwen3.5 9B Q4_K_M 15.8 to 17.4, Qwen3.8 27B UD-IQ3_XXS 4.9 tokens a second
    # (https://github.com/koza-coder/llama.cpp-directx12/releases/tag/v0.4.4).
    "MUSA": Pace((0.15, 0.42), (350e-6, 80e-6), 0.015),
}
# At best, of a card whose bandwidth is no limit: ten models on A100, H100, H200 and B300
# (https://pavlokhmel.com/llm_throughput_benchmark_on_13_gpus_and_10_models.html).
_WIDE_LAYER: Final = 38e-6
_SHARED_MEMORY: Final = Pace((0.60, 0.86), (150e-6, 32e-6), 0.15)  # a large GPU on LPDDR5X: GB10
_NEURAL: Final = Pace((0.66, 0.95), (220e-6, 55e-6), 0.065)  # Apple's GPUs with matrix units: M5 and later
_PHONE: Final = Pace((0.25, 0.70), (300e-6, 60e-6), 0.008)  # a few cores, and soon less of them for the heat
_ANY: Final = Pace((0.35, 0.90), (220e-6, 20e-6), 0.05)
_UNKNOWN_CARD: Final[Range] = (200 * GB, 1000 * GB)  # bandwidth of a card of which only the memory is known

# Dual-channel RAM, DDR4-2666 to DDR5-6400; and what a processor does with it.
_RAM: Final[Range] = (40 * GB, 100 * GB)
_PROCESSOR: Final = Pace((0.45, 0.85), (250e-6, 40e-6), 0.012)
_EXCHANGE: Final[Range] = (2.0, 1.2)  # what a layer costs more when cards share it: two exchanges over the bus
_SAMPLING: Final[Range] = (1.5e-3, 0.2e-3)  # seconds a token for what comes after the last layer
_BUS: Final[Range] = (6 * GB, 25 * GB)  # PCIe 3.0 x8 to 4.0 x16
_SCATTERED: Final[Range] = (0.7, 1.0)  # experts lie far apart in memory and are small
_ROUTING: Final[Range] = (1.6, 1.0)  # what a layer with experts costs besides reading, more than one without
_LAPTOP: Final = 0.85  # of the slow end: less power
_IN_PROCESSOR: Final = 0.92  # likewise of a GPU in a processor: one module of memory, or slow ones
_DELTA_NET: Final[Range] = (
    1.15,
    1.0,
)  # times as long: their kernels came late, old builds lack some
# At best, with a layer that drafts: Qwen3.6 27B in Q8_0 20, Gemma 4 31B in 4 bits 33 tokens a second on an M5 Pro
# (https://github.com/AlexsJones/llmfit, community benchmarks).
_DRAFTED: Final = 2.4
# MLX on Apple's GPUs against llama.cpp: fewer launches for a layer, which counts with few weights a token. Measured:
# 35B A3B in 4 bits 80 (M2 Max) and 134 (M5 Max), Qwen3 8B in 4 bits 113 tokens a second (M3 Ultra).
_MLX: Final[Range] = (0.7, 0.15)
_PROMPT: Final[Range] = (0.45, 1.3)  # of the usual arithmetic, by quantization, size and build

SpeedClass = Literal["fast", "comfortable", "readable", "slow", "very slow"]
# From how many tokens per second on.
_CLASSES: tuple[tuple[float, SpeedClass], ...] = (
    (25, "fast"),
    (10, "comfortable"),
    (4, "readable"),
    (1.5, "slow"),
)


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens per second, from `low` to `high`, with an empty context; `prompt_low` to `prompt_high` when it reads.

    An estimate, not a promise.
    """

    low: float
    high: float
    prompt_low: float = 0.0
    prompt_high: float = 0.0

    @property
    def middle(self) -> float:
        """The middle of the range, as many times the low end as the high end is times it."""
        return float((self.low * self.high) ** 0.5)

    @property
    def speed_class(self) -> SpeedClass:
        """By the middle of the range: reading speed is about 5 tokens per second."""
        return next((name for least, name in _CLASSES if self.middle >= least), "very slow")


def pace_of(card: Card | None) -> Pace:
    """How a card works, by its architecture."""
    if card is None:
        return _ANY
    if card.kind == "phone":
        return _PHONE
    if card.vendor == "nvidia" and card.unified:
        return _SHARED_MEMORY
    if card.vendor == "apple" and not card.name.startswith(("M1", "M2", "M3", "M4")):
        return _NEURAL
    found = _PACES.get(card.architecture, _ANY)
    if card.kind == "datacenter" and card.bandwidth > 1200 * GB:  # as wide as that, launches decide
        layer = found.layer[0], max(_WIDE_LAYER, found.layer[1])
        return Pace((min(0.45, found.share[0]), min(0.8, found.share[1])), layer, min(0.045, found.arithmetic))
    if card.kind == "laptop":
        return Pace((found.share[0] * _LAPTOP, found.share[1]), found.layer, found.arithmetic)
    if card.kind == "integrated":
        return Pace((found.share[0] * _IN_PROCESSOR, found.share[1]), found.layer, found.arithmetic)
    return found


def speed(
    model: Model,
    estimate: Estimate,
    settings: Settings,
    cards: Sequence[Card | None],
    *,
    unified: bool = False,
    ranks: int = 1,
    ram: Range | None = None,
) -> Speed:
    """The range for `model` placed as `estimate` says, on these cards; None = one of which only the memory is known.

    `ranks` cards work on each layer together (tensor parallel), the others one after the other. `ram`: bytes per second
    of the RAM, where its kind is known.
    """
    usual = ram or _RAM
    read = read_bytes(model, estimate, settings)
    layers = model.shape.layers
    on_gpu = min(layers, estimate.gpu_layers)
    times = []
    for end in (0, 1):
        routing = _ROUTING[end] if model.shape.experts else 1.0
        routing *= _EXCHANGE[end] if ranks > 1 else 1.0
        launched = routing * (_MLX[end] if _is_mlx(model) else 1.0)
        gpus = _gpu_seconds(read, estimate, cards, end) / ranks + on_gpu * launched * _layer_seconds(cards, end)
        delivered = _bandwidth(cards, end) if unified and cards else usual[end]
        host = (
            read.host(end) / (delivered * _PROCESSOR.share[end]) + (layers - on_gpu) * routing * _PROCESSOR.layer[end]
        )
        times.append((gpus + host + _SAMPLING[end]) * (_DELTA_NET[end] if has_delta_net(model.shape) else 1.0))
    prompt = [
        _prompt_rate(model, read, estimate, cards, usual, end) * (1 + (ranks - 1) / _EXCHANGE[end]) for end in (0, 1)
    ]
    return Speed(1 / times[0], (_DRAFTED if model.drafts else 1.0) / times[1], prompt[0], prompt[1])


def _is_mlx(model: Model) -> bool:
    quant = parse_quant(model.quant)
    return quant is not None and quant.format == "MLX"


@dataclass(frozen=True, slots=True)
class Read:
    """Bytes that one token reads: on the GPUs and on the host, apart from those and in experts; and all host bytes."""

    gpu_plain: float
    gpu_experts: float
    host_plain: float
    host_experts: float
    host_whole: float  # all that lies on the host, for prompts

    def gpu(self, end: int) -> float:
        """Bytes read on the card for one token, scattered experts weighing more."""
        return self.gpu_plain + self.gpu_experts / _SCATTERED[end]

    def host(self, end: int) -> float:
        """The same from RAM."""
        return self.host_plain + self.host_experts / _SCATTERED[end]


def read_bytes(model: Model, estimate: Estimate, settings: Settings) -> Read:
    """What one token reads: of the experts only the used ones, of the tables of embeddings only one row."""
    experts, layers = model.shape.experts, model.shape.layers
    used = experts.used / experts.count if experts and experts.count else 1.0
    routed = sum(tensor_bytes(tensor) for tensor in model.tensors if "_exps." in tensor.name)
    tables = sum(_table_bytes(tensor, model, on_host=not estimate.gpu_layers) for tensor in model.tensors)
    if settings.kept_in_ram:
        host_routed = min(routed, max(0.0, estimate.host.weights - tables))
    elif settings.experts_on_host:
        host_routed = routed * settings.experts_on_host / layers
    else:
        host_routed = routed * (1 - min(1.0, estimate.gpu_layers / layers))
    gpu_routed = routed - host_routed if estimate.gpu_layers else 0.0
    host_tables = min(tables, estimate.host.weights)
    gpu_tables = tables - host_tables  # engines that keep everything on the card
    return Read(
        gpu_plain=max(0.0, estimate.gpu.weights - gpu_routed - gpu_tables),
        gpu_experts=gpu_routed * used,
        host_plain=max(0.0, estimate.host.weights - host_routed - host_tables),
        host_experts=host_routed * used,
        host_whole=max(0.0, estimate.host.weights - host_tables),
    )


def _table_bytes(tensor: Tensor, model: Model, *, on_host: bool) -> int:
    """Bytes of a table of which a token takes one row; a tied one is read whole where it is the head as well."""
    if tensor.name == "per_layer_token_embd.weight":
        return tensor_bytes(tensor)
    tied_head = model.shape.tied_embedding and on_host
    return tensor_bytes(tensor) if tensor.name == "token_embd.weight" and not tied_head else 0


def _gpu_seconds(read: Read, estimate: Estimate, cards: Sequence[Card | None], end: int) -> float:
    """Seconds of reading on the GPUs, one after the other, each its share of the weights."""
    if not estimate.gpu_layers:
        return 0.0
    total = sum(usage.weights for usage in estimate.gpus) or 1
    used = cards or (None,)
    return sum(
        read.gpu(end) * usage.weights / total / (_one_bandwidth(card, end) * pace_of(card).share[end])
        for usage, card in zip(estimate.gpus, _for_each(used, len(estimate.gpus)), strict=True)
    )


def _for_each(cards: Sequence[Card | None], count: int) -> Iterable[Card | None]:
    """A card for each part of the estimate; the last one for those without."""
    return (*cards[:count], *(cards[-1] for _ in range(count - len(cards))))


def _layer_seconds(cards: Sequence[Card | None], end: int) -> float:
    paces = [pace_of(card) for card in cards or (None,)]
    return max(pace.layer[end] for pace in paces)


def _one_bandwidth(card: Card | None, end: int) -> float:
    return float(card.bandwidth) if card is not None and card.bandwidth else _UNKNOWN_CARD[end]


def _bandwidth(cards: Sequence[Card | None], end: int) -> float:
    """The slowest card's."""
    return min(_one_bandwidth(card, end) for card in cards)


def _prompt_rate(
    model: Model, read: Read, estimate: Estimate, cards: Sequence[Card | None], ram: Range, end: int, piece: int = 512
) -> float:
    """Tokens per second of a prompt in pieces of 512: two operations a weight, and host weights over the bus."""
    work = 2 * piece * max(1.0, active_weights(model)) / _PROMPT[end]
    if not estimate.gpu_layers:
        return piece / (work / (ram[end] / GB * _PROCESSOR.arithmetic * 1e12))
    power = min(_one_bandwidth(card, end) / GB * pace_of(card).arithmetic for card in cards or (None,)) * 1e12
    copied = read.host_whole / _BUS[end]
    return piece / (work / power + copied)


def active_weights(model: Model) -> float:
    """Weights that a token is multiplied with: of the experts the used ones, no tables."""
    experts = model.shape.experts
    used = experts.used / experts.count if experts and experts.count else 1.0
    return sum(
        tensor.elements * (used if "_exps." in tensor.name else 1.0)
        for tensor in model.tensors
        if tensor.name not in ("token_embd.weight", "per_layer_token_embd.weight")
    )
