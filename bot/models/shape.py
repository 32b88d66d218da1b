"""The shape of a model: all that its memory depends on, from whatever source it was read."""

from dataclasses import dataclass
from typing import Literal

Source = Literal["gguf", "safetensors", "catalog"]


@dataclass(frozen=True, slots=True)
class Tensor:
    """One weight tensor. `dims` in ggml order: the row length (input width) first; `kind` is a ggml type name
    ("Q4_K", "F32") or None where the type is still to be chosen by a quantization mix.
    """

    name: str
    dims: tuple[int, ...]
    kind: str | None = None

    @property
    def elements(self) -> int:
        product = 1
        for dim in self.dims:
            product *= dim
        return product


@dataclass(frozen=True, slots=True)
class Experts:
    """Mixture of experts. `leading_dense` first layers have an ordinary feed-forward part."""

    count: int
    used: int
    feed_forward: int
    shared: int = 0  # number of always-active experts
    shared_feed_forward: int = 0  # width of the shared part, all shared experts together
    leading_dense: int = 0
    groups: int = 0


@dataclass(frozen=True, slots=True)
class LatentAttention:
    """Multi-head latent attention (DeepSeek V2 and later): widths of the compressed query and key/value."""

    kv_rank: int
    query_rank: int  # 0 where the query is not compressed
    rope_length: int  # rotated part of a key
    nope_length: int  # not rotated part of a key, per head
    value_length: int  # per head


@dataclass(frozen=True, slots=True)
class Recurrent:
    """State of the recurrent layers (Mamba, gated delta net, short convolution), in GGUF's terms."""

    conv_kernel: int
    inner_size: int
    state_size: int
    groups: int
    time_step_rank: int = 0


@dataclass(frozen=True, slots=True)
class ModelShape:
    """A language model's hyper-parameters, named as in GGUF. Per-layer tuples have `layers` entries.

    `layers` leaves out next-token (MTP) layers, which are counted in `next_token_layers`.
    A layer with `kv_heads` 0 holds no KV cache (recurrent layer); `window_layers[i]` says that layer i has a
    sliding window; `shared_kv_layers` last layers reuse the cache of an earlier one.
    """

    architecture: str  # GGUF's general.architecture: "llama", "qwen3moe" ...
    name: str
    layers: int
    embedding: int
    feed_forward: tuple[int, ...]  # width of the dense part per layer, 0 where there is none
    heads: tuple[int, ...]
    kv_heads: tuple[int, ...]
    key_length: int
    value_length: int
    vocabulary: int
    trained_context: int
    tied_embedding: bool
    window: int = 0  # tokens; 0 = none
    window_layers: tuple[bool, ...] = ()
    window_key_length: int = 0  # head sizes in window layers where they differ (Gemma 4), else 0
    window_value_length: int = 0
    shared_kv_layers: int = 0
    experts: Experts | None = None
    latent: LatentAttention | None = None
    recurrent: Recurrent | None = None
    recurrent_layers: tuple[bool, ...] = ()
    next_token_layers: int = 0
    parameters: int = 0  # total, 0 where unknown
    active_parameters: int = 0  # per token, 0 where unknown or dense
    source: Source = "catalog"
