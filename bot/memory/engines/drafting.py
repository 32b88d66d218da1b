"""What guesses the next tokens in vLLM: the model's own next-token (MTP) layer, or a small draft made for the model.

Source: vLLM 0.33, vllm/config/speculative.py (SpeculativeConfig: method, model, num_speculative_tokens),
vllm/model_executor/models/llama_eagle3.py (one layer, a matrix that joins three hidden states, a head of its own for
few words), qwen3_dflash.py (some dense layers, a matrix that joins as many hidden states; table and head are shared).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.models.shape import ModelShape

USUAL_DRAFTS: Final = 3  # of an MTP layer, as most recipes for one user have it


@dataclass(frozen=True, slots=True)
class Drafting:
    """`tokens` guessed at once by `layers` layers; `joined` = hidden states that the first matrix takes, `words` = rows
    of a head of its own. `own`: the layer is one of the model's, with its experts.
    """

    tokens: int = 0
    layers: int = 1
    joined: int = 2
    words: int = 0
    own: bool = True

    @property
    def kept_layers(self) -> int:
        """Layers that keep keys and values of their own."""
        return self.layers if self.tokens else 0


NO_DRAFTS: Final = Drafting()
_OWN: Final = NO_DRAFTS
_BLOCK_DRAFT: Final = Drafting(layers=5, joined=5, own=False)
_METHODS: Final[Mapping[str, Drafting]] = {
    "mtp": _OWN,
    "nextn": _OWN,
    "eagle": Drafting(joined=2, own=False),
    "eagle3": Drafting(joined=3, words=32_000, own=False),
    "dflash": _BLOCK_DRAFT,
    "dspark": _BLOCK_DRAFT,
    **dict.fromkeys(("ngram", "ngram_gpu", "suffix"), Drafting(layers=0, joined=0, own=False)),
}
# DFlash's layers where they are not five: a log of 0.25.1 counts 24 KiB a token for the draft of Laguna S 2.1.
_BLOCK_LAYERS: Final[Mapping[str, int]] = {"laguna": 6}
_TOKENS: Final[Mapping[str, int]] = {"dflash": 15, "dspark": 7, "eagle3": 3}  # where nobody tells how many


def drafting_of(method: str, tokens: int, shape: ModelShape) -> Drafting:
    """The draft of that method ("mtp", "eagle3", "dflash", "ngram" ...; blank = the model's own layer)."""
    short = re.sub(r"^.*_mtp$", "mtp", method.lower())  # qwen3_next_mtp, deepseek_mtp ...
    found = _METHODS.get(short, _OWN)
    if found is _BLOCK_DRAFT:
        layers = _BLOCK_LAYERS.get(shape.architecture, found.layers)
        found = replace(found, layers=layers, joined=layers)
    usual = _TOKENS.get(short, USUAL_DRAFTS) if short else 0
    return replace(found, tokens=tokens or usual)


def draft_parameters(drafting: Drafting, shape: ModelShape) -> int:
    """Weights of a draft that is no layer of the model: plain layers as wide as its own, with one dense feed-forward.

    Models with experts alone: four times as wide inside as outside.
    """
    width, heads = shape.embedding, max(shape.heads, default=1)
    keys = max(shape.kv_heads, default=1) * (shape.key_length + shape.value_length)
    inside = max(shape.feed_forward, default=0) or 4 * width
    attention = width * (2 * heads * shape.value_length + keys)
    return drafting.layers * (attention + 3 * width * inside) + drafting.joined * width**2 + drafting.words * width


def speculative_config(value: object) -> dict[str, Any]:
    """What --speculative-config tells, as `drafts` and `drafting`; nothing where it cannot be read."""
    if isinstance(value, str):
        try:
            value = json.loads(value.replace("'", '"'))
        except ValueError:
            return {}
    if not isinstance(value, Mapping):
        return {}
    method = str(value.get("method") or _method_in(str(value.get("model") or "")))
    return {"drafting": method, "drafts": value.get("num_speculative_tokens")}


def _method_in(model: str) -> str:
    """The method that the draft's name tells, else the model's own layer."""
    return next((method for method in ("dflash", "dspark", "eagle3", "eagle") if method in model.lower()), "mtp")
