"""How fast a model writes: a range, from how many bytes each token must read and how fast memory delivers them."""

from dataclasses import dataclass
from typing import Literal

from bot.memory.estimate import Estimate
from bot.memory.settings import Settings
from bot.models.quantization import tensor_bytes
from bot.models.shape import Model

GB = 10**9

# The share of its stated bandwidth a device reaches while generating: llama-bench results of CUDA, ROCm and Metal
# cards lie between these (https://github.com/ggml-org/llama.cpp/discussions/15013, /10879, /4167).
_SHARE = (0.45, 0.85)
# Dual-channel RAM, DDR4-2666 to DDR5-6400, bytes per second; and the share a processor reaches.
_RAM_BANDWIDTH = (40 * GB, 100 * GB)
_RAM_SHARE = (0.5, 0.8)
# A card of which only the memory is known.
_UNKNOWN_CARD = (200 * GB, 1000 * GB)
_FIXED = (0.004, 0.001)  # seconds a token besides reading: launching kernels, sampling

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
    """Tokens per second, from `low` to `high`, with an empty context. An estimate, not a promise."""

    low: float
    high: float

    @property
    def speed_class(self) -> SpeedClass:
        """By the middle of the range: reading speed is about 5 tokens per second."""
        middle = (self.low * self.high) ** 0.5
        return next((name for least, name in _CLASSES if middle >= least), "very slow")


def speed(
    model: Model, estimate: Estimate, settings: Settings, card_bandwidth: int | None, *, unified: bool = False
) -> Speed:
    """The range for `model` placed as `estimate` says. `card_bandwidth` in bytes per second, None where unknown.

    Generating is bound by memory: every token reads all active weights once. Of a mixture only the used experts are.
    """
    on_gpu, on_host = read_bytes(model, estimate, settings)
    cards = (card_bandwidth, card_bandwidth) if card_bandwidth else _UNKNOWN_CARD
    ram, ram_share = (cards, _SHARE) if unified else (_RAM_BANDWIDTH, _RAM_SHARE)
    slow, quick = (on_gpu / (cards[i] * _SHARE[i]) + on_host / (ram[i] * ram_share[i]) + _FIXED[i] for i in range(2))
    return Speed(1 / slow, 1 / quick)


def read_bytes(model: Model, estimate: Estimate, settings: Settings) -> tuple[float, float]:
    """Bytes that one token reads on the GPU and on the host: of the experts only the used ones, of the embedding table
    only one row.
    """
    experts = model.shape.experts
    used = experts.used / experts.count if experts and experts.count else 1.0
    routed = sum(tensor_bytes(tensor) for tensor in model.tensors if "_exps." in tensor.name)
    table = sum(tensor_bytes(tensor) for tensor in model.tensors if tensor.name == "token_embd.weight")
    if settings.experts_on_host:
        host_routed = routed * settings.experts_on_host / model.shape.layers
    else:
        host_routed = routed * (1 - min(1.0, estimate.gpu_layers / model.shape.layers))
    gpu_routed = routed - host_routed
    looked_up = 0 if model.shape.tied_embedding and not estimate.gpu_layers else table
    on_gpu = max(0.0, estimate.gpu.weights - gpu_routed * (1 - used)) if estimate.gpu_layers else 0.0
    on_host = max(0.0, estimate.host.weights - looked_up - host_routed * (1 - used))
    return on_gpu, on_host
