"""The shape of a model: all that its memory depends on, from whatever source it was read."""

from dataclasses import dataclass
from math import prod
from typing import Final, Literal, NamedTuple

from bot.base.languages import Text

MOST_LAYERS: Final = 4_096
MOST_EXPERTS: Final = 65_536

Source = Literal["gguf", "safetensors", "catalog", "outline"]
# What the catalog says of tensors that the architecture leaves open; `bot.models.tensors` tells what each is.
Trait = Literal[
    "rope_freqs",
    "rope_factors",
    "qkv_bias",
    "q_k_norm",
    "fused_qkv",
    "key_as_value",
    "expert_bias",
    "next_token_embedding",
    "normed_experts",
]
RecurrentKind = Literal["mamba", "mamba2", "delta_net", "short_conv", "kimi_delta", "rwkv", "plamo2", "lightning"]


class Tensor(NamedTuple):
    """One weight tensor; a tuple, for a ladder of quantizations has tens of thousands.

    `dims` in ggml order: the row length (input width) first; `kind` is a ggml type name
    ("Q4_K", "F32") or None where the type is still to be chosen by a quantization mix.
    """

    name: str
    dims: tuple[int, ...]
    kind: str | None = None
    bytes: int = 0  # as stored, where a file said so; 0 = to be worked out from dims and kind

    @property
    def elements(self) -> int:
        """Numbers that the tensor holds."""
        return prod(self.dims)


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
    layers: tuple[bool, ...] = ()  # which layers hold experts; empty = all from `leading_dense` on
    by_token: int = 0  # so many first layers look their experts up by the token
    latent: int = 0  # width to which the input of the experts is projected first (Nemotron 3), 0 = not


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
    groups: int  # RWKV: heads of keys and values, 0 = all
    time_step_rank: int = 0
    kind: RecurrentKind = "mamba2"
    head_length: int = 0  # per head, where the state is heads x head_length x head_length (Kimi, RWKV)
    token_shifts: int = 0  # RWKV
    low_ranks: tuple[int, ...] = ()  # RWKV 7: of decay, rate, value and gate; RWKV 6: of mixture and decay


@dataclass(frozen=True, slots=True)
class SparseIndex:
    """The lightning indexer of sparse attention (DeepSeek 3.2, GLM 5): it keeps a cache of its own keys."""

    heads: int
    key_length: int
    top: int  # keys chosen per query
    layers: tuple[bool, ...] = ()  # which layers choose for themselves; empty = as the architecture says
    block: int = 0  # positions that are chosen together (MiniMax M3), 0 = each by itself
    pool: int = 0  # tokens whose keys are pooled to one (GLM 5 Next), 0 = each has its own
    tail: bool = False  # the tokens behind the last whole pool are always chosen


@dataclass(frozen=True, slots=True)
class HashedEmbedding:
    """A table of rows for hashed runs of tokens, which one layer looks up (Qwen 4)."""

    layer: int
    rows: int  # looked up for each token
    width: int  # of a row
    conv_kernel: int
    dilation: int
    table: int = 0  # rows of the table, 0 where only a file tells

    @property
    def history(self) -> int:
        """Tokens before the batch that the layer's convolution sees."""
        return (self.conv_kernel - 1) * self.dilation


@dataclass(frozen=True, slots=True)
class Compression:
    """A cache that keeps a window of keys as they are and, per layer, one compressed key for so many tokens (DeepSeek
    V4); 0 = only the window.
    """

    window: int
    ratios: tuple[int, ...]
    query_rank: int = 0
    output_width: int = 0  # of the compressed outputs of all groups of heads
    output_groups: int = 1


@dataclass(frozen=True, slots=True)
class Cycles:
    """Two stacks of layers that run in turns (HRM): the low one `low` times, then the high one, and again."""

    stack: int  # layers of each
    low: int


@dataclass(frozen=True, slots=True)
class Vision:
    """The picture part that a multimodal model keeps in a file of its own (mmproj)."""

    file_bytes: int = 0  # of the usual F16 file, 0 where unknown
    embedding: int = 0
    feed_forward: int = 0
    layers: int = 0
    heads: int = 0
    image_size: int = 0  # pixels a side
    patch_size: int = 0


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
    traits: frozenset[str] = frozenset()  # tensors that the architecture leaves open, see bot/models/tensors.py
    gated: bool = True  # the dense part has a gate (SwiGLU, GeGLU): three matrices, else two
    softcap: bool = False  # attention scores are soft-capped (Gemma 2, Grok)
    embedding_per_layer: int = 0  # Gemma 3n and 4: width of the per-layer embedding
    alternating_updates: int = 0  # Gemma 3n: number of copies of the residual stream (AltUp)
    sparse_index: SparseIndex | None = None
    compression: Compression | None = None
    rope_length: int = 0  # rotated part of a head, 0 = all
    native_bits: float = 0.0  # bits a weight as published, 0 = 16
    published: str = ""  # format of the original weights, blank = 16 bits
    dynamic_bytes: tuple[tuple[str, int], ...] = ()  # known files of dynamic mixes, by the plain mix
    deepstack_layers: int = 0  # pictures come with as many more embeddings (Qwen3-VL)
    residual_streams: int = 0  # side by side, where there are several (hyper-connections)
    stream_rank: int = 0  # width between the two matrices that mix them (Qwen 4)
    hashed: HashedEmbedding | None = None
    cycles: Cycles | None = None
    value_experts: tuple[int, int] = (0, 0)  # matrices for the values to choose from, and how many are used
    residual_block: int = 0  # after so many layers the residual stream is banked and starts anew (Kimi K3)
    vision: Vision | None = None

    @property
    def blocks(self) -> int:
        """All layers of the file, those for the next token (MTP) too."""
        return self.layers + self.next_token_layers

    @property
    def offloadable(self) -> int:
        """What loaders count as layers to put on a card: all blocks, and the output as one more."""
        return self.blocks + 1


def impossible(shape: ModelShape) -> Text | None:
    """What no model can be; files of strangers say anything, and an estimate counts layers and experts one by one."""
    if not 0 < shape.layers <= MOST_LAYERS or shape.next_token_layers > MOST_LAYERS:
        return Text("it has {count:,} layers", "它有 {count:,} 层").format(count=shape.blocks)
    experts = shape.experts
    if experts is not None and not 0 < experts.used <= experts.count <= MOST_EXPERTS:
        return Text("it uses {used:,} of {count:,} experts", "它在 {count:,} 个专家里用 {used:,} 个").format(
            used=experts.used, count=experts.count
        )
    if not any(shape.kv_heads) and not all(shape.recurrent_layers or (False,)):
        return Text("it has layers without attention heads", "它有没有注意力头的层")
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A shape together with its tensors, each with a chosen type: all that an estimate needs.

    Compared by identity, so that what is worked out from its thousands of tensors can be remembered.

    `exact` is False where types or sizes were inferred (a dynamic mix, an importance matrix), and then
    `spread` is the share by which the weights may differ, up or down, `cache_spread` that by which the cache may. Sizes
    in bytes.
    """

    shape: ModelShape
    tensors: tuple[Tensor, ...]
    quant: str = ""  # "Q4_K_M", "EXL2 4.65 bpw" ...; empty where unknown
    file_bytes: int = 0  # whole file or files, 0 where unknown
    files: int = 1  # parts of a split file
    missing_parts: int = 0  # parts that were named but not given
    exact: bool = True
    spread: float = 0.0
    cache_spread: float = 0.0
    notes: tuple[Text, ...] = ()
    maker: str = ""  # who published the file, in lower case: "nvidia", "unsloth"; empty where not told
    drafts: bool = False  # its name says that it comes with a layer, or a small model, that guesses the next tokens
