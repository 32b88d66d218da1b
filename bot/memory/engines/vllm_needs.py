"""What vLLM holds on each card besides the cache: weights, the peak of its profiling run, graphs, NCCL.

Source: vLLM 0.33, vllm/v1/worker/gpu_model_runner.py (profile_run, _dummy_sampler_run, profile_cudagraph_memory),
vllm/v1/sample/sampler.py and ops/topk_topp_sampler.py, vllm/utils/mem_utils.py (memory_profiling), vllm/config/vllm.py
(_set_cudagraph_sizes).
"""

from dataclasses import dataclass
from typing import Final

from bot.memory.engines.pictures import picture_bytes, picture_part
from bot.memory.engines.sharding import draft_bytes, left_of_unpacking, rank_weights
from bot.memory.engines.usage import MIB, widest
from bot.memory.engines.vllm_settings import VllmSettings
from bot.memory.settings import Interval
from bot.models.shape import Model, ModelShape

UNKNOWN_ENCODER: Final = 1200 * MIB


@dataclass(frozen=True, slots=True)
class Needs:
    """What each card holds besides the cache, in bytes."""

    weights: int
    activations: Interval
    usual_activations: int
    other: Interval
    usual_other: int

    @property
    def usual(self) -> int:
        """Bytes that are usually needed besides the cache."""
        return self.weights + self.usual_activations + self.usual_other

    @classmethod
    def of(cls, model: Model, settings: VllmSettings) -> "Needs":
        """What a model needs on each card under these settings."""
        weights = rank_weights(
            model,
            settings.tensor_parallel,
            settings.pipeline_parallel,
            multiplied=settings.multiplies_latent,
            positions=settings.positions,
            hashed_on_host=True,
        )
        if settings.keeps_unpacked:
            weights += left_of_unpacking(model, settings.tensor_parallel)
        if not settings.text_only:
            weights += picture_bytes(model.shape) // settings.tensor_parallel
            weights += 2 * picture_part(model.shape).levels * settings.step_tokens * model.shape.embedding
        if settings.drafts:
            weights += draft_bytes(model, settings.drafting, settings.tensor_parallel)
        low, usual, high = activations(model.shape, settings)
        is_left_out = settings.counts_graphs and not settings.eager and not settings.old
        graphs = graph_bytes(model.shape, settings) if is_left_out else 0
        outside = _outside_torch(settings.gpus)
        return cls(
            weights,
            Interval(low, high),
            usual,
            Interval(outside.low + graphs // 2, outside.high + 2 * graphs),
            (150 * MIB if settings.old and settings.gpus == 1 else (outside.low + outside.high) // 2) + graphs,
        )


def activations(shape: ModelShape, settings: VllmSettings) -> tuple[int, int, int]:
    """(low, usual, high) peak of the profiling run: a full step through the widest layer, or the sampler's work on one
    row of logits for each seat, whichever is more.

    The sampler holds the logits in 16 and 32 bits, the probabilities and the noise (2 + 4 + 4 + 4 bytes, 2 + 4 + 4 with
    the second model runner, whose noise is drawn while choosing; printed: 6 in its first versions, 1.44 GiB for 1024
    seats of Llama 3.1 8B in the newest); sorting, which older versions do, adds the sorted values, their places in
    64 bits and a running sum (33 to 38 bytes).
    """
    step = max(layer_bytes(shape, settings), delta_bytes(shape, settings), encoder_bytes(shape, settings))
    logits = min(settings.seats, settings.step_tokens) * shape.vocabulary
    kept = 2 * 2 * settings.step_tokens * shape.embedding  # hidden states and residual stay while sampling
    usual = settings.logit_bytes
    peaks = [max(step, kept + size * logits) for size in (min(14, usual), usual, max(16, usual + 4))]
    return peaks[0], peaks[1], peaks[2] + 256 * MIB


_CHUNK: Final = 64  # tokens between two states that a delta rule's kernel keeps (fla/ops/chunk.py)


def delta_bytes(shape: ModelShape, settings: VllmSettings) -> int:
    """A step's layer with a gated delta rule: three copies of what the convolution mixes, six of the values' width, the
    states between chunks, a matrix of a chunk for each head, two hidden states; a fifth more as it is allocated.

    Source: vLLM 0.33, model_executor/layers/fla/ops/chunk.py (chunk_gated_delta_rule_fwd). Printed: about 15 GiB
    for steps of 65,536 tokens of Qwen3.6 27B.
    """
    recurrent = shape.recurrent
    if recurrent is None or shape.architecture not in _DELTA or not recurrent.state_size:
        return 0
    values = recurrent.inner_size
    mixed = values + 2 * recurrent.groups * recurrent.state_size
    heads = values // recurrent.state_size
    numbers = 3 * mixed + 6 * values + recurrent.state_size * values // _CHUNK + 3 * _CHUNK * heads
    each = 2 * (numbers / settings.tensor_parallel + 2 * shape.embedding)
    return int(1.2 * each * settings.step_tokens)


_DELTA: Final = frozenset(("qwen3next", "qwen35", "qwen35moe"))


def encoder_bytes(shape: ModelShape, settings: VllmSettings) -> int:
    """Room for the pictures that the profiling run sends through the picture part, as many as a step has tokens for."""
    if settings.old or settings.text_only or not picture_bytes(shape):
        return 0
    part = picture_part(shape)
    budget = max(settings.step_tokens, part.tokens)
    size = part.step_bytes(budget) or UNKNOWN_ENCODER
    return size // settings.tensor_parallel


def layer_bytes(shape: ModelShape, settings: VllmSettings) -> int:
    """A step's largest layer in 16 bits: gate, up and their product; hidden state, residual and the layer's input,
    which the old engine keeps all three.

    Printed by the old one for Llama 3.1 8B: 2.07 GiB for 20,000 tokens, 2.99 for 29,000 (vllm-project/vllm#10517).
    """
    wide = 3 * widest(shape) / settings.tensor_parallel
    experts = shape.experts
    if experts is not None:
        wide = max(wide, experts.used * max(shape.embedding, 2 * experts.feed_forward / settings.tensor_parallel) * 1.5)
    kept = 3.0 if settings.old else 1.25
    return int(2 * settings.step_tokens * (kept * shape.embedding + wide))


def graph_bytes(shape: ModelShape, settings: VllmSettings) -> int:
    """CUDA graphs: about 0.2 MiB for each layer of each captured batch size, and 6 MiB for each of a whole step.

    Sizes are 1, 2, 4, then steps of 8 up to 256 and of 16 up to twice the seats, at most 512; whole steps (not with
    drafts) up to the seats. Printed: 0.37 GiB for 28 layers in 35 and 19, 0.64 for 32 in 51 and 35, 0.13 for 64 in 5.
    The second model runner reckons less: 0.23 for 32 layers.
    """
    largest = min(2 * settings.seats * (1 + settings.drafts), 512)
    whole = 0 if settings.drafts else _sizes(min(settings.seats, 512))
    pieces = _sizes(largest) * shape.layers * MIB // (5 * settings.pipeline_parallel)
    whole_bytes = 64 * MIB + pieces + 6 * MIB * whole
    return whole_bytes // 3 if settings.samples_graphs else whole_bytes


def _sizes(largest: int) -> int:
    """How many batch sizes are captured up to this one."""
    return sum(1 for size in (1, 2, 4) if size <= largest) + min(largest, 256) // 8 + max(0, largest - 256) // 16


def _outside_torch(gpus: int) -> Interval:
    """What is not PyTorch's: kernels, workspaces, with several cards NCCL's buffers and the custom all-reduce.

    Printed as non_torch_memory: 0.1 to 0.4 GiB on one card, 0.3 to 2 GiB on several.
    """
    return Interval(100 * MIB, 400 * MIB) if gpus == 1 else Interval(250 * MIB, 1000 * MIB)
