"""Which weights lie on which device.

Source, llama.cpp b11434: src/llama-model.cpp (load_tensors: i_gpu_start, dev_input, dev_output) and
src/models/*.cpp (load_arch_tensors). Bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final

from bot.memory.layout import Layout
from bot.models.quantization import tensor_bytes
from bot.models.shape import Model, Tensor

# Tensors of the input layer, which llama.cpp always keeps on the host (src/llama-arch.cpp, LLM_TENSOR_LAYER_INPUT).
_INPUT: Final = ("token_embd", "token_types", "position_embd", "per_layer_token_embd")
# Tensors that are used once but lie where layer 0 does (LLM_TENSOR_LAYER_REPEATING without a number).
_FIRST_LAYER: Final = ("hrm", "token_embd_norm", "per_layer_model_proj", "per_layer_proj_norm")
# Architectures that create the output matrix before the embedding, and so hold a tied one twice even on the host.
_TWICE_ON_HOST: Final = frozenset(("gemma3n", "gemma4"))
# Architectures that use the embedding itself as output matrix, where it lies.
_TIED_ON_HOST: Final = frozenset(("bitnet",))
# Tensors that belong to every layer but are stored once: each device with layers holds a copy (TENSOR_DUPLICATED).
_SHARED: Final = ("rope_freqs", "rope_factors_long", "rope_factors_short")
# Architectures that leave their next-token layers on disk unless speculative decoding asks for them (ml.load_mtp).
_SKIP_NEXT_TOKEN: Final = frozenset(
    (
        "bailingmoe3",
        "cohere2moe",
        "deepseek2",
        "deepseek32",
        "deepseek4",
        "glm-dsa",
        "glm4moe",
        "glm5-next",
        "hy_v3",
        "mimo2",
        "qwen35",
        "qwen35moe",
        "qwen3next",
        "qwen4exp",
    )
)


@dataclass(frozen=True, slots=True)
class Weights:
    """Bytes of a model's weights by where they belong. Sums run from layer 0: entry i = layers before i."""

    input: int  # token embedding and what else is looked up
    output: int  # output matrix and last norm; without the copy of a tied embedding
    tied: int  # the embedding once more, where it serves as output matrix
    shared: int
    layer_sums: tuple[int, ...]
    expert_sums: tuple[int, ...]  # the part of the layers' bytes that is experts
    largest: tuple[int, ...]  # largest matrix of each layer
    largest_expert: tuple[int, ...]
    elements: int  # numbers in all tensors

    @property
    def total(self) -> int:
        """Bytes of all weights."""
        return self.input + self.output + self.shared + self.layer_sums[-1]


@lru_cache(maxsize=256)
def weigh(model: Model) -> Weights:
    """The model's weights by part. The expensive step, remembered for each model."""
    shape = model.shape
    layers = shape.blocks
    kept = shape.layers if shape.architecture in _SKIP_NEXT_TOKEN else layers
    by_layer, experts = [0] * layers, [0] * layers
    largest, largest_expert = [0] * layers, [0] * layers
    parts = {"input": 0, "output": 0, "shared": 0}
    tied = elements = 0
    for tensor in model.tensors:
        size = placed_bytes(tensor)
        elements += tensor.elements
        if tensor.name.startswith("blk."):
            layer, name = layer_and_name(tensor.name) or (layers, "")
            if layer < kept:
                by_layer[layer] += size
                largest[layer] = max(largest[layer], size)
                if is_expert(name):
                    experts[layer] += size
                    largest_expert[layer] = max(largest_expert[layer], size)
            continue
        part = _part(tensor.name, shape.architecture)
        if part == "first layer":
            by_layer[0] += size
            continue
        parts[part] += size
        if tensor.name == "token_embd.weight" and shape.tied_embedding:
            tied = size
    return Weights(
        parts["input"],
        parts["output"],
        tied,
        parts["shared"],
        (0, *accumulate(by_layer)),
        (0, *accumulate(experts)),
        tuple(largest),
        tuple(largest_expert),
        elements,
    )


def layer_and_name(tensor: str) -> tuple[int, str] | None:
    """3 and "attn_q.weight" of "blk.3.attn_q.weight"; None for a tensor of no layer."""
    number, _, name = tensor.removeprefix("blk.").partition(".")
    return (int(number), name) if tensor.startswith("blk.") and number.isdigit() else None


def is_expert(name: str) -> bool:
    """Whether a layer's tensor is moved by --n-cpu-moe (common/arg.cpp: ffn_(up|down|gate|gate_up)_(ch|)exps)."""
    return name.startswith("ffn_") and "exps." in name


def _part(name: str, architecture: str) -> str:
    stem = name.partition(".")[0]
    if stem == "token_embd_norm" and architecture.startswith("lfm2"):
        return "output"  # LLM_TENSOR_OUTPUT_NORM_LFM2: an output norm under the wrong name
    if stem in _INPUT:
        return "input"
    if stem in _FIRST_LAYER:
        return "first layer"
    return "shared" if stem in _SHARED else "output"


def placed_bytes(tensor: Tensor) -> int:
    """Bytes in a buffer: every tensor starts at a multiple of 32."""
    return (tensor_bytes(tensor) + 31) // 32 * 32


def device_weights(weights: Weights, layout: Layout) -> tuple[int, tuple[int, ...]]:
    """(host, each GPU) bytes of weights.

    The input layer stays on the host; layer i goes to the GPU when i >= first_gpu_layer; the output layer goes first
    of all, and takes a copy of a tied embedding with it. `experts_on_host` keeps the experts of the first layers.
    """
    total = len(weights.layer_sums) - 1
    host = weights.input
    gpus = [0] * layout.gpus
    start = min(layout.first_gpu_layer, total)
    host += weights.layer_sums[start]
    for gpu, (first, end) in enumerate(layout.gpu_ranges):
        first, end = min(first, total), min(end, total)
        held = weights.layer_sums[end] - weights.layer_sums[first]
        moved = _experts_moved(weights.expert_sums, first, end, layout.settings.experts_on_host)
        gpus[gpu] += held - moved + (weights.shared if end > first else 0)
        host += moved
    if start:
        host += weights.shared
    if layout.output_gpu is None:
        host += weights.output
        host += weights.tied if layout.shape.architecture in _TWICE_ON_HOST else 0
    else:
        gpus[layout.output_gpu] += weights.output
        gpus[layout.output_gpu] += 0 if layout.shape.architecture in _TIED_ON_HOST else weights.tied
    return host, tuple(gpus)


def copied_weights(weights: Weights, layout: Layout) -> int:
    """Bytes of the largest matrix that lies on the host and is copied to the first GPU for a large batch.

    With 32 tokens or more, a GPU computes with the host's matrices too (ggml_backend_sched_backend_id_from_cur,
    op_offload); its buffer then holds a copy of one at a time. No dry run without a real GPU shows it.
    """
    if not layout.gpu_layers or layout.settings.tokens < 32:
        return 0
    host = weights.largest[: layout.first_gpu_layer]
    moved = weights.largest_expert[layout.first_gpu_layer : layout.settings.experts_on_host]
    return max(*host, *moved, 0, 0)


def _experts_moved(sums: Sequence[int], first: int, end: int, on_host: int) -> int:
    until = max(first, min(end, on_host))
    return sums[until] - sums[first]
