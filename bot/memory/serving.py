"""The engines whose memory is counted, and what one that fills its card can serve.

Loaders built on one of them differ in their defaults and their command: knowledge/loaders says how.
"""

from dataclasses import dataclass
from typing import Literal, get_args

Engine = Literal[
    "llama.cpp",
    "vllm",
    "sglang",
    "aphrodite",
    "exllamav2",
    "exllamav3",
    "transformers",
]
ENGINES: tuple[Engine, ...] = get_args(Engine)


@dataclass(frozen=True, slots=True)
class Serving:
    """`tokens` fit the cache, `concurrency` requests of the full context run at once, and one token of such a request
    takes `bytes_per_token` on each card.

    `starts` is False where not one request of the full context fits; `longest` = the longest context with which the
    engine would start, 0 where the weights alone are too large for the card. `counted_bytes` = bytes of the cache for
    each of `tokens`, where the engine counts them in another way.
    """

    tokens: int
    concurrency: float
    bytes_per_token: float
    starts: bool
    longest: int
    counted_bytes: float = 0.0
