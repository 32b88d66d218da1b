"""Options of vLLM, and of Aphrodite and SGLang that share them: defaults, and what cannot be.

Source: vLLM 0.33, vllm/engine/arg_utils.py (get_batch_defaults), vllm/config/cache.py (gpu_memory_utilization,
CacheDType), vllm/config/parallel.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.base.errors import UserError
from bot.memory.engines.drafting import NO_DRAFTS, Drafting
from bot.memory.engines.paged_cache import CacheSettings
from bot.memory.engines.usage import GIB
from bot.models.shape import Model, ModelShape

# --kv-cache-dtype: bits of a number, and bytes of scales beside each head of a token (vllm/config/cache.py, CacheDType;
# kv_cache_interface.py, KVQuantMode; packing of each backend's customize_spec).
CACHE_DTYPES: Final[Mapping[str, tuple[float, int]]] = {
    "auto": (16, 0),
    "bfloat16": (16, 0),
    "float16": (16, 0),
    "fp8": (8, 0),
    "fp8_e4m3": (8, 0),
    "fp8_e5m2": (8, 0),
    "int8_per_token_head": (8, 8),
    "fp8_per_token_head": (8, 8),
    "int4_per_token_head": (4, 8),
    "nvfp4": (4.5, 0),
}
MOST_GPUS: Final = 64
USUAL_UTILIZATION: Final = 0.92  # CacheConfig.gpu_memory_utilization; 0.9 in older versions
REPORTED: Final = 0.983  # of what a card is sold with: torch sees 23.6 of 24 GiB, 31.4 of 32, 79.1 of 80


@dataclass(frozen=True, slots=True)
class VllmSettings:
    """`vram` = bytes of one card, as it reports them; 0 = unknown, then the cache is just one context large.

    `sequences` = max_num_seqs and `batched_tokens` = max_num_batched_tokens, None = the engine's defaults for the card.
    """

    vram: int
    context: int
    utilization: float = USUAL_UTILIZATION
    sequences: int | None = None
    batched_tokens: int | None = None
    cache_bits: float = 16
    cache_scale_bytes: int = 0
    eager: bool = False  # enforce_eager: no CUDA graphs
    tensor_parallel: int = 1
    pipeline_parallel: int = 1
    drafting: Drafting = NO_DRAFTS  # speculative_config
    text_only: bool = False  # language_model_only: the picture part is not loaded
    old: bool = False  # the engine V0, before 2025-07: it keeps all tokens of windows, sorts, and counts no graphs
    offline: bool = False  # the class LLM in a program of one's own: larger steps than the server takes
    keeps_unpacked: bool = False  # the branch for gfx906 until 0.10: what AWQ was unpacked into counts as weights
    multiplies_latent: bool = False  # 0.7.1 to 0.7.3
    prefix_caching: bool = True  # without it a hybrid's request keeps one state, not two
    logit_bytes: int = 10  # for each number of the rows that the sampler is tried with: see vllm_needs.activations
    counts_groups: bool = False  # up to 0.20: the log gives the tokens of one group of layers
    counts_graphs: bool = True  # from 0.20 on: what CUDA graphs will take is left out of the cache
    samples_graphs: bool = False  # the second model runner captures two whole steps and reckons the others
    overlaps: bool = True  # from 0.26 on: windows keep the tokens of a step that is not over yet beside the next one's
    positions: int = 1  # times the trained context that the table of Qwen's vision models is long
    least_step: int = 0  # tokens without which a picture or video does not fit
    small_steps: bool = False  # a large card that takes steps as small ones do

    @property
    def drafts(self) -> int:
        """Tokens that are guessed at once."""
        return self.drafting.tokens

    @property
    def gpus(self) -> int:
        """Cards that take part."""
        return self.tensor_parallel * self.pipeline_parallel

    @property
    def seats(self) -> int:
        """Requests at once: 256, and 1024 on cards of 70 GiB and more."""
        return self.sequences or (1024 if self.step_card >= 70 * GIB else 256)

    @property
    def step_card(self) -> int:
        """Bytes of the card by which steps are chosen; one of the A100s and the GB10 counts as a small one."""
        return min(self.vram, 69 * GIB) if self.small_steps else self.vram

    @property
    def step_tokens(self) -> int:
        """Tokens of one step: 2048; 8192 from 70 GiB on, 16384 from 160 GiB on; never more than all seats hold.

        The old engine took a prompt in one piece up to 32,768 tokens. A program of one's own takes a size more.
        """
        if self.old and not self.batched_tokens and self.context <= 32_768:
            return max(2048, self.context)
        size = (self.step_card >= 70 * GIB) + (self.step_card >= 160 * GIB) + self.offline
        usual = (2048, 8192, 16384, 16384)[size]
        return self.batched_tokens or min(max(usual, self.least_step), self.seats * self.context)

    @property
    def cache(self) -> CacheSettings:
        """What the cache depends on."""
        return CacheSettings(
            self.context,
            self.cache_bits,
            self.cache_bits,
            self.cache_scale_bytes,
            self.tensor_parallel,
            self.pipeline_parallel,
            self.step_tokens,
            self.drafts,
            not self.old,
            1 + self.prefix_caching,
            1 + self.pipeline_parallel if self.overlaps else 1,
            self.drafting.kept_layers,
        )


def check_vllm(model: Model, settings: VllmSettings) -> VllmSettings:
    """The settings themselves, or a UserError that says which option cannot be."""
    heads = max(model.shape.heads, default=1)
    ranks = settings.tensor_parallel
    if not 0 < settings.utilization <= 1:
        raise UserError(
            "--gpu-memory-utilization is a share of the card: above 0 and up to 1, for example 0.9.",
            "--gpu-memory-utilization 是显存的比例，要大于 0、不超过 1，比如 0.9。",
        )
    if not 1 <= ranks <= MOST_GPUS or not 1 <= settings.pipeline_parallel <= MOST_GPUS:
        raise UserError(
            "Tensor and pipeline parallel sizes must be from 1 to {most_gpus}.",
            "张量并行、流水线并行的数量必须在 1 到 {most_gpus} 之间。",
        ).format(most_gpus=MOST_GPUS)
    if heads % ranks:
        raise UserError(
            "{heads} attention heads cannot be shared by {ranks} cards: vLLM refuses. Use a "
            "tensor-parallel-size that divides {heads}, or --pipeline-parallel-size {ranks}.",
            "{heads} 个注意力头没法平分给 {ranks} 张卡，vLLM 会拒绝启动。"
            "请用能整除 {heads} 的 tensor-parallel-size，或者改用 "
            "--pipeline-parallel-size {ranks}。",
        ).format(heads=heads, ranks=ranks)
    for value in (settings.sequences, settings.batched_tokens):
        if value is not None and not 0 < value <= 1 << 20:
            raise UserError(
                "--max-num-seqs and --max-num-batched-tokens must be from 1 to 1,048,576.",
                "--max-num-seqs 和 --max-num-batched-tokens 必须在 1 到 1048576 之间。",
            )
    return settings


def reported_memory(nominal: int) -> int:
    """Bytes that a card reports of those that it is sold with; the rest is the driver's."""
    return round(nominal * REPORTED)


def parallel_sizes(shape: ModelShape, cards: int) -> tuple[int, int]:
    """(tensor, pipeline) parallel sizes for so many like cards: tensor parallel as far as the heads can be shared."""
    heads = max(shape.heads, default=1)
    tensor = next(size for size in range(cards, 0, -1) if cards % size == 0 and heads % size == 0)
    return tensor, cards // tensor
