"""What is special about each architecture's graph, as far as memory goes (llama.cpp b11434, src/models/*.cpp)."""

from dataclasses import dataclass

from bot.models.shape import ModelShape


@dataclass(frozen=True, slots=True)
class Wiring:
    """Traits of an architecture's graph."""

    positions: int = 1  # position numbers per token; 0 = none (ALiBi, NoPE)
    input_widths: int = 1  # width of the embeddings that may be given, in model widths
    scaled_embedding: bool = False
    rows_at_end: bool = False  # wanted rows are picked after the last layer, not within it
    gated_attention: bool = False  # a gate of the query's size
    fused_gate: bool = False  # gate and upward matrix in one
    selection_bias: bool = False  # experts are chosen by biased chances
    normed_weights: bool = True
    gated_shared: bool = False
    head_norm: bool = False  # queries and keys are normed per head
    softmax_weights: bool = False  # chances of the chosen experts are normed by softmax


_BY_ARCHITECTURE: dict[str, Wiring] = {
    "llama": Wiring(),
    "gemma3": Wiring(scaled_embedding=True),
    "qwen3next": Wiring(gated_attention=True, gated_shared=True),
    "deepseek2": Wiring(selection_bias=True, normed_weights=False),
    "gpt-oss": Wiring(normed_weights=False, softmax_weights=True),
}


def wiring_of(shape: ModelShape) -> Wiring:
    """The traits of this model's architecture; those of Llama where it has none of its own."""
    return _BY_ARCHITECTURE.get(shape.architecture, Wiring())


def is_known(shape: ModelShape) -> bool:
    """Whether the graph of this architecture was followed; else it is taken for Llama's."""
    return shape.architecture in _BY_ARCHITECTURE
