"""vLLM's paged cache: what one block holds, how many blocks a request needs, how many tokens a size can serve.

All layers draw blocks from one pool. Layers of one kind (full attention, window, state) form groups of equal size,
and a block number is a page in every layer of one group; so a request takes blocks for each group by itself, and a
block costs as many pages as a group has layers.

Source: vLLM 0.33, vllm/v1/core/kv_cache_planning.py (get_kv_cache_groups, unify_kv_cache_spec_page_size,
_get_kv_cache_groups_uniform_page_size), vllm/v1/kv_cache_interface.py (max_memory_usage_bytes of each spec),
vllm/v1/core/kv_cache_utils.py (get_kv_cache_capacity: tokens = concurrency * max_model_len), vllm/platforms/
interface.py (_align_hybrid_block_size), vllm/model_executor/layers/mamba/mamba_utils.py (shapes and types of states).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Final, Literal

from bot.memory.recurrent import conv_numbers, state_numbers
from bot.models.shape import Compression, ModelShape
from bot.models.tensors import has_own_index

BLOCK: Final = 16  # CacheConfig.DEFAULT_BLOCK_SIZE
STATE_BLOCKS: Final = 2  # resident states of a request with prefix caching (mamba_cache_mode "align"), else one

Kind = Literal["full", "window", "chunk", "state"]

# Architectures whose recurrent state is kept in 32 bits (mamba_ssm_dtype of their config.json, NemotronHConfig, KDA);
# the others keep it in the model's 16.
_STATE_32: Final = frozenset(("qwen35", "qwen35moe", "nemotron_h", "nemotron_h_moe", "kimi-linear", "glm5-next"))


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """What the cache depends on. `bits_k`, `bits_v` = bits per number, `batched_tokens` = tokens of one step.

    `drafts` = tokens that a next-token (MTP) layer proposes at once; such a layer keeps a cache of its own.
    `windows` = False for engines that keep every token in window layers too (vLLM's V0). `steps` = steps whose tokens
    a window holds at once: with asynchronous scheduling one more than there are stages.
    """

    context: int
    bits_k: float = 16.0
    bits_v: float = 16.0
    scale_bytes: int = 0  # beside each head of a token
    tensor_parallel: int = 1
    pipeline_parallel: int = 1
    batched_tokens: int = 2048
    drafts: int = 0
    windows: bool = True
    states: int = STATE_BLOCKS
    steps: int = 2
    draft_layers: int = 1  # those of them that keep a cache, where there are drafts


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer's page: `page` bytes for `block` tokens, a whole state for "state"."""

    kind: Kind
    page: int
    block: int


@dataclass(frozen=True, slots=True)
class PagedCache:
    """`block_bytes` on each card for one block of the pool; a request of the full context takes `request_blocks`."""

    block_bytes: int
    request_blocks: int
    context: int
    groups: int = 1
    block: int = BLOCK  # tokens

    def blocks(self, size: float) -> int:
        """Blocks that fit so many bytes."""
        return int(size // self.block_bytes) if self.block_bytes else 0

    def concurrency(self, size: float) -> float:
        """Requests of the full context that fit into `size` bytes a card."""
        return self.blocks(size) / self.request_blocks if self.request_blocks else 0.0

    def tokens(self, size: float) -> int:
        """The figure of "GPU KV cache size"."""
        return int(self.concurrency(size) * self.context)

    def group_tokens(self, size: float) -> int:
        """The same as older versions print it: what one of the groups would hold of a share of the blocks."""
        return self.blocks(size) // self.groups * self.block

    @property
    def group_token_bytes(self) -> float:
        """Bytes of the pool for each token of that figure."""
        return self.groups * self.block_bytes / self.block

    @property
    def request_bytes(self) -> int:
        """Bytes that a request of the full context takes."""
        return self.request_blocks * self.block_bytes

    @property
    def bytes_per_token(self) -> float:
        """Bytes that a token of such a request takes."""
        return self.request_bytes / self.context

    def holds_one(self, size: float) -> bool:
        """Whether a request of the full context fits; the first block is never used (BlockPool's null block)."""
        return self.blocks(size) - 1 >= self.request_blocks


@lru_cache(maxsize=512)
def paged_cache(shape: ModelShape, settings: CacheSettings) -> PagedCache:
    """Blocks of the fullest rank."""
    if shape.compression is not None:
        return _compressed_cache(shape.compression, settings)
    layers = _unified(_layers(shape, settings))
    if not layers:
        return PagedCache(0, 0, settings.context)
    counts = Counter(layers)
    stage = settings.pipeline_parallel
    if len({layer.kind for layer in layers}) == 1:  # one group, whatever its layers' sizes
        block = sum(layer.page for layer in layers)
        return PagedCache(ceil(block / stage), _needed(layers[0], shape, settings), settings.context)
    least, most = min(counts.values()), max(counts.values())
    size = most if most < 1.5 * least else least  # rather a few empty places than many groups
    groups = {layer: -(-count // size) for layer, count in counts.items()}
    needed = sum(count * _needed(layer, shape, settings) for layer, count in groups.items())
    block = min(layer.block for layer in layers)
    return PagedCache(ceil(size / stage) * layers[0].page, needed, settings.context, sum(groups.values()), block)


# DeepSeek V4 (models/deepseek_v4/attention.py, compressor.py): pages in steps of 576 bytes, for blocks of 256 tokens.
# A row is 584 bytes (448 numbers in 8 bits, 64 in 16, scales), one of the index 132, sums that wait are in 32 bits.
_RAW_PAGE, _RAW_BLOCK = 37_440, 64  # the window's keys, and the same for one key of four tokens in blocks of 256
_INDEX_PAGE, _FAR_PAGE = 8_640, 1_728  # the index of those; one key of 128 tokens
_NEAR_SUMS, _NEAR_SUMS_BLOCK = 32_832 + 8_640, 4  # keys and index that wait for a group of four, which overlap
_FAR_SUMS, _FAR_SUMS_BLOCK = 32_832, 8
_COMPRESSED_BLOCK: Final = 256


def _compressed_cache(kept: Compression, settings: CacheSettings) -> PagedCache:
    """DeepSeek V4's: compressed keys, windows and sums are groups of one pool, a block as large as the largest.

    So a request takes thousands of blocks for what is under way, whatever its length: 6.66 GiB for 30,000 tokens and
    steps of 16,384 (vllm-project/vllm#44376; groups and bytes: #54703).
    """
    near, far = (sum(1 for ratio in kept.ratios if ratio and (ratio <= 4) == close) for close in (True, False))
    layers = len(kept.ratios)
    each = min(range(max(1, near), layers + 1), key=lambda size: (-layers % size + -near % size + -far % size, -size))
    halves = -(-layers // each)  # groups that the layers' windows are shared out to (_approximate_gcd)
    window = -(-layers // halves) * _RAW_PAGE
    compressed = near * (_RAW_PAGE + _INDEX_PAGE) + far * _FAR_PAGE
    block = max(compressed, window, near * _NEAR_SUMS, far * _FAR_SUMS)
    in_flight = settings.steps * settings.batched_tokens
    recent = (
        (halves, kept.window, _RAW_BLOCK),
        (min(near, 1), 8, _NEAR_SUMS_BLOCK),
        (min(far, 1), kept.window, _FAR_SUMS_BLOCK),
    )
    needed = -(-settings.context // _COMPRESSED_BLOCK) + sum(
        count * (-(-min(tokens - 1 + in_flight, settings.context) // size) + 1) for count, tokens, size in recent
    )
    groups = 1 + sum(count for count, _, _ in recent)
    return PagedCache(ceil(block / settings.pipeline_parallel), needed, settings.context, groups, _COMPRESSED_BLOCK)


def _needed(layer: _Layer, shape: ModelShape, settings: CacheSettings) -> int:
    """Blocks of one group for a request of the full context."""
    in_flight = settings.steps * settings.batched_tokens
    if layer.kind == "state":
        return settings.states + settings.drafts
    if layer.kind == "window":
        return -(-min(shape.window - 1 + in_flight, settings.context) // layer.block) + 1
    if layer.kind == "chunk":
        return -(-min(shape.window + in_flight, settings.context) // layer.block)
    return -(-settings.context // layer.block)


def _layers(shape: ModelShape, settings: CacheSettings) -> list[_Layer]:
    """The page of every layer that keeps something, at the block size that the states ask for."""
    own = shape.layers - shape.shared_kv_layers
    attention = [layer for layer in range(own) if shape.kv_heads[layer]]
    state = state_bytes(shape, settings) if any(shape.recurrent_layers) else 0
    widest = max((token_bytes(shape, layer, settings) for layer in attention), default=0)
    block = _block(state, widest, shape)
    kinds = {layer: _kind(shape, layer, settings) for layer in attention}
    found = [_Layer(kinds[at], ceil(block * token_bytes(shape, at, settings)), block) for at in attention]
    if settings.drafts and attention:
        page = ceil(block * token_bytes(shape, _like_a_draft(kinds), settings))
        found += [_Layer("full", page, block)] * settings.draft_layers
    page = max((layer.page for layer in found), default=state)
    return found + [_Layer("state", max(page, state), block)] * sum(shape.recurrent_layers[:own])


def _like_a_draft(kinds: Mapping[int, Kind]) -> int:
    """The layer whose cache a drafting one has: the last that sees all tokens."""
    return max((layer for layer, kind in kinds.items() if kind == "full"), default=max(kinds))


def _kind(shape: ModelShape, layer: int, settings: CacheSettings) -> Kind:
    windowed = bool(shape.window_layers) and shape.window_layers[layer] and shape.window > 0
    if not windowed or not settings.windows:
        return "full"
    return "chunk" if shape.architecture == "llama4" else "window"


def _block(state: int, token: float, shape: ModelShape) -> int:
    """Tokens of a block: 16, or as many as make an attention page at least as large as a state.

    Latent attention next to states takes steps of 128 tokens.
    """
    if not state or not token:
        return BLOCK
    step = 128 if shape.latent is not None else BLOCK
    return step * ceil(state / (step * token))


def _unified(layers: list[_Layer]) -> list[_Layer]:
    """Pages of the same size: a smaller one takes more tokens where that comes out even, else it is padded."""
    largest = max((layer.page for layer in layers), default=0)
    if len({layer.kind for layer in layers}) < 2:
        return layers
    return [_stretched(layer, largest) for layer in layers]


def _stretched(layer: _Layer, page: int) -> _Layer:
    times = page // layer.page if layer.kind != "state" and page % layer.page == 0 else 1
    return _Layer(layer.kind, page, layer.block * times)


def token_bytes(shape: ModelShape, layer: int, settings: CacheSettings) -> float:
    """Bytes of one token in one attention layer of a rank. Latent attention is repeated on every rank.

    Fewer heads than ranks are repeated too (ModelConfig.get_num_kv_heads); the indexer of sparse attention keeps keys
    in 8 bits with a 32-bit scale for 128 numbers (DeepseekV32IndexerCache), in the layers that have one of their own.
    A compressed cache counts as if it were not.
    """
    if shape.compression is not None:  # a key is the value too
        return shape.key_length * settings.bits_k / 8
    latent = shape.latent
    if latent is not None:
        index = shape.sparse_index if has_own_index(shape, layer) else None
        keys = index.key_length + 4 * ceil(index.key_length / 128) if index is not None else 0
        return (latent.kv_rank + latent.rope_length) * settings.bits_k / 8 + keys
    heads = max(1, shape.kv_heads[layer] // settings.tensor_parallel)
    window = bool(shape.window_layers) and shape.window_layers[layer]
    key = (shape.window_key_length if window else 0) or shape.key_length
    value = (shape.window_value_length if window else 0) or shape.value_length
    return heads * ((key * settings.bits_k + value * settings.bits_v) / 8 + settings.scale_bytes)


def state_bytes(shape: ModelShape, settings: CacheSettings) -> int:
    """Bytes of one request's state in one recurrent layer of a rank; drafts lengthen the convolution's history."""
    recurrent = shape.recurrent
    if recurrent is None:
        return 0
    kept = max(1, recurrent.conv_kernel - 1)
    conv = conv_numbers(shape) * (kept + settings.drafts) // kept
    wide = 4 if shape.architecture in _STATE_32 else 2
    return (2 * conv + wide * state_numbers(shape)) // settings.tensor_parallel
