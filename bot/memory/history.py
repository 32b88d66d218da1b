"""What llama.cpp reserved differently in earlier builds. Build numbers are those of its releases (b5427 ...)."""

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Habits:
    """How one build reserves memory. The defaults are those of build 11434."""

    mixed_inputs: bool = True  # room for a batch that mixes tokens and picture embeddings
    wanted_outputs: bool = True  # logits for the rows that a server asks for, not for the whole batch
    half_mask: bool = True  # the mask of flash attention is made in f16, not in f32 and then converted
    row_indices: bool = True  # the cache is written through index inputs
    fused_gate: bool = True  # gate and product in one operation with a result of its own
    window_cache: bool = True  # window layers keep only their window
    output_first: bool = True  # the output layer is the first to go to the GPU, not the last
    latent_values: bool = False  # latent attention keeps values beside its compressed keys
    padding: int = 256  # of the context, in cells


@lru_cache(maxsize=256)
def habits_of(build: int, flash_attention: bool) -> Habits:
    """The habits of a build; 0 = the newest.

    Turning points: window caches b5427 (pull request 13194), fused gates b5780 (14181), index inputs b6050 (14285,
    default), the output layer first b7400, latent caches without values b7700, f16 masks, counted outputs and mixed
    batches in the course of 2026.
    """
    if build <= 0 or build >= 11_400:
        return Habits()
    recent = build >= 10_500
    return Habits(
        mixed_inputs=False,
        wanted_outputs=recent,
        half_mask=recent,
        row_indices=build >= 6050,
        fused_gate=build >= 5780,
        window_cache=build >= 5427,
        output_first=build >= 7400,
        latent_values=build < 7700,
        padding=256 if flash_attention or build >= 6050 else 32,
    )
