"""What is special about each architecture's graph, as far as memory goes (llama.cpp b11434, src/models/*.cpp)."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

from bot.memory.settings import Settings
from bot.models.shape import ModelShape
from bot.models.tensors import RECIPES, Recipe, recipe_for

Rope = Literal["all", "window", "three of four", "none"]
Residual = Literal[
    "sequential",
    "command-r",
    "falcon",
    "phi2",
    "single",
    "altup",
    "arctic",
    "streams",
    "cycles",
    "rwkv6",
    "rwkv7",
    "checkpoints",
    "compressed",
    "lightning",
    "pooled",
    "gated",
]


@dataclass(frozen=True, slots=True)
class Wiring:
    """Traits of an architecture's graph."""

    rope: Rope = "all"  # which layers rotate queries and keys
    positions: int = 1  # position numbers per token; 0 = none
    residual: Residual = "sequential"
    scaled_rows: bool = False  # a scale for each row of the embeddings is an input
    scaled_embedding: bool = False  # the embeddings are scaled at once (Granite)
    attention_scale: bool = False  # a scale for each token's query is an input (Llama 4)
    scaled_layer: bool = False  # a layer ends with a weight: its scale (Gemma 4)
    layer_norm: bool = False  # norms with a mean, which are never written over their input
    stream_first: bool = False  # sums are written over the stream, not over what is added
    norm: bool = True  # before attention
    ffn_norm: bool = True  # before the feed-forward part
    head_norm: bool = False  # queries and keys are normed per head
    value_norm: bool = False
    fused_qkv: bool = False
    gated_attention: Literal["", "in_query", "own", "per_head"] = ""  # of the query's size, or a number a head
    fused_gate: bool = False  # gate and upward matrix in one
    selection_bias: bool = False  # experts are chosen by biased chances
    normed_weights: bool = True
    softmax_weights: bool = False  # chances of the chosen experts are normed by softmax
    scaled_weights: bool = False
    weights_before: bool = False  # experts get their input already weighted (Llama 4)
    separate_choice: bool = False  # chosen by raw scores, weighted by their sigmoid (Llama 4)
    clamped_experts: bool = False  # gate and upward part are clamped one by one, not in one operation
    gated_shared: bool = False
    shared_first: bool = False  # the shared expert runs before the others
    dense_beside: bool = False  # a dense part runs beside the experts (Gemma 4)
    parallel_state: bool = False  # attention and a recurrent part side by side (Falcon-H1)
    split_beta_alpha: bool = False
    cached: bool = True  # keys and values of earlier tokens are kept; not in models that write all tokens at once
    learned_positions: bool = False
    embedding_norm: Literal["", "rms", "mean"] = ""  # the embeddings are normed at once
    sub_norms: bool = False  # norms before the output matrices (BitNet)
    post_ffn_norm: bool = False  # behind the feed-forward part
    router_first: bool = False  # experts are chosen by the layer's input
    idle_experts: bool = False  # experts in a file are loaded, but only passed by
    skips: bool = False  # the embeddings are added again behind every layer
    mixed_inputs: bool = True  # a batch may hold tokens and picture embeddings
    every_row: bool = False  # logits are made of all tokens, wanted or not
    bent_gate: bool = False  # gate and upward part are bent one by one (Kimi K3)
    latent_experts: bool = False  # experts get their input projected to a narrower one
    whole_state_gate: bool = False  # the gate behind a delta rule is one matrix, not two narrow ones
    copied_tail: bool = False  # the end of a convolution's history is copied before it is stored (Qwen 4)
    block_index: bool = False  # an index chooses blocks of positions (MiniMax M3)
    last_norm: bool = True  # before the output matrix
    grouped_norm: bool = False  # norms of groups of a row, whose weights come in an operation of their own (K2 Horizon)
    known: bool = True


_OVERRIDES: Final[dict[str, dict[str, object]]] = {
    "arctic": {"residual": "arctic"},
    "arwkv7": {"rope": "none", "positions": 0, "residual": "rwkv7"},
    "afmoe": {"rope": "window"},
    "bailingmoe2": {},
    "bailingmoe3": {"rope": "all"},
    "beam": {"rope": "window", "attention_scale": True},
    "bloom": {"rope": "none", "positions": 0, "embedding_norm": "mean"},
    "cohere2": {"rope": "window", "residual": "command-r"},
    "cohere2moe": {"residual": "command-r"},
    "cogvlm": {"mixed_inputs": False, "every_row": True},
    "command-r": {"residual": "command-r"},
    "deepseek2": {"normed_weights": False},
    "deepseek4": {"residual": "compressed", "mixed_inputs": False},
    "exaone4": {"rope": "window"},
    "falcon": {"residual": "falcon"},
    "falcon-h1": {"parallel_state": True},
    "gemma": {},
    "gemma3": {"scaled_rows": True},
    "gemma3n": {"scaled_rows": True, "residual": "altup", "value_norm": True},
    "gemma4": {"scaled_rows": True, "value_norm": True, "scaled_layer": True},
    "granite": {"scaled_embedding": True},
    "granitehybrid": {"scaled_embedding": True},
    "granitemoe": {"scaled_embedding": True},
    "gpt-oss": {"normed_weights": False, "softmax_weights": True},
    "jamba": {"rope": "none", "positions": 0, "stream_first": True, "normed_weights": False},
    "k2-horizon": {"grouped_norm": True},
    "kimi-k3": {
        "rope": "none",
        "positions": 0,
        "residual": "checkpoints",
        "bent_gate": True,
        "latent_experts": True,
        "whole_state_gate": True,
    },
    "kimi-linear": {"rope": "none", "positions": 0},
    "lfm2": {"stream_first": True},
    "lfm2moe": {"stream_first": True},
    "llama4": {
        "rope": "three of four",
        "attention_scale": True,
        "weights_before": True,
        "normed_weights": False,
        "separate_choice": True,
    },
    "nemotron_h": {"rope": "none", "positions": 0, "residual": "single"},
    "nemotron_h_moe": {
        "rope": "none",
        "positions": 0,
        "residual": "single",
        "normed_weights": False,
        "latent_experts": True,
    },
    "phi2": {"residual": "phi2"},
    "qwen2moe": {"normed_weights": False},
    "dream": {"cached": False},
    "exaone-moe": {"rope": "window"},
    "gemma-embedding": {"scaled_rows": True, "cached": False},
    "gemma-embedding2": {"scaled_rows": True, "value_norm": True, "scaled_layer": True, "cached": False},
    "glm5-next": {"rope": "none", "positions": 0, "residual": "pooled"},
    "gpt2": {"rope": "none"},
    "hrm_text": {"residual": "cycles", "last_norm": False},
    "hy_v4": {"residual": "streams"},
    "jais": {"rope": "none", "positions": 0},
    "llada": {"cached": False},
    "llada-moe": {"cached": False},
    "maion-coder": {"rope": "window", "latent_experts": True},
    "mamba": {"rope": "none", "positions": 0, "residual": "single"},
    "mamba2": {"rope": "none", "positions": 0, "residual": "single"},
    "mpt": {"rope": "none", "positions": 0},
    "minimax-01": {"residual": "lightning", "fused_qkv": False},
    "minimax-m3": {"block_index": True},
    "muse-glimmer": {"rope": "window", "embedding_norm": "rms"},
    "paddleocr": {"positions": 4},
    "plamo": {"residual": "falcon"},
    "refact": {"rope": "none", "positions": 0, "idle_experts": True},
    "rnd1": {"cached": False},
    "rwkv6": {"rope": "none", "positions": 0, "residual": "rwkv6", "embedding_norm": "mean"},
    "rwkv6qwen2": {"rope": "none", "positions": 0, "residual": "rwkv6"},
    "rwkv7": {"rope": "none", "positions": 0, "residual": "rwkv7", "embedding_norm": "mean"},
    "starcoder": {"rope": "none"},
    "olmo": {"norm": True, "ffn_norm": True},  # norms without weights
    "smallthinker": {"router_first": True},
    "talkie": {"embedding_norm": "rms", "norm": True, "ffn_norm": True, "skips": True},
    "qwen2vl": {"positions": 4},
    "qwen3tts": {"positions": 4},
    "qwen3vl": {"positions": 4},
    "qwen3vlmoe": {"positions": 4},
    "qwen35": {"positions": 4},
    "qwen35moe": {"positions": 4},
    "qwen4exp": {"positions": 4, "residual": "gated", "last_norm": False, "copied_tail": True},
    "smollm3": {"rope": "three of four"},
}
_LAYER_NORM: Final = frozenset(("command-r", "cohere2", "dbrx", "olmo"))
_CLAMPED: Final = frozenset(("bailingmoe3", "step35"))  # where the file says so
# Architectures that norm the chosen experts' weights only where the file says so (llama_hparams::expert_weights_norm).
_NORMED_AS_STATED: Final = frozenset(
    """
    afmoe bailingmoe bailingmoe2 bailingmoe3 cohere2moe deepseek2 deepseek32 deepseek4 dots1 dots3note exaone-moe
    glm-dsa glm4moe glm5-next hy_v3 hy_v4 k2-horizon kimi-k3 laguna minimax-m3 nemotron_h_moe step35
    """.split()
)
# Architectures whose tokens have four position numbers where the file names the parts (llama_hparams::use_mrope).
_SEVERAL_POSITIONS: Final = frozenset(("glm4", "glm4moe", "hunyuan_vl"))


# Architectures whose graph is known, but whose tensors are only read from files.
_FROM_FILES: Final = {
    "arwkv7": Recipe(),
    "deepseek2-ocr": Recipe(),
    "hrm_text": Recipe(attention_gate="own"),
    "k2-horizon": Recipe(),
    "maion-coder": Recipe(q_k_norm="head", post_attention_norm=True, post_ffn_norm=True),
    "rwkv6": Recipe(norm_bias=True, embedding_norm=True),
    "rwkv6qwen2": Recipe(),
    "cogvlm": Recipe(fused_qkv=True),
    "dots3note": Recipe(expert_bias=True),
    "glm5-next": Recipe(expert_bias=True),
    "hy_v4": Recipe(attention_gate="own"),
    "kimi-k3": Recipe(expert_bias=True, attention_gate="own"),
    "minimax-01": Recipe(),
    "minimax-m3": Recipe(q_k_norm="head", expert_bias=True),
    "plm": Recipe(gate=""),
    "plamo2": Recipe(fused_qkv=True, q_k_norm="head", post_attention_norm=True, post_ffn_norm=True, gate="in_up"),
    "qwen4exp": Recipe(q_k_norm="head", attention_gate="in_query", shared_gate=True, split_beta_alpha=True),
    "rwkv7": Recipe(norm_bias=True, embedding_norm=True),
}


def _recipe(shape: ModelShape) -> Recipe | None:
    """Which tensors the layers have; None for an architecture whose graph nobody followed."""
    if shape.architecture in RECIPES and shape.architecture not in _FROM_FILES:
        return recipe_for(shape)
    told = shape.source == "gguf" or shape.architecture in RECIPES
    recipe = _FROM_FILES.get(shape.architecture) if told else None
    if shape.architecture == "deepseek2-ocr" and "unread_window" in shape.traits:
        return None
    return _with_parts(recipe, shape) if recipe is not None and shape.architecture == "k2-horizon" else recipe


def _with_parts(recipe: Recipe, shape: ModelShape) -> Recipe:
    """The recipe of an architecture whose parts are all optional, with those that the shape has."""
    gate: Literal["", "own"] = "own" if "wide_gate" in shape.traits else ""
    norm: Literal["", "head"] = "head" if "q_k_norm" in shape.traits else ""
    return replace(recipe, q_k_norm=norm, attention_gate=gate, expert_bias="expert_bias" in shape.traits)


@lru_cache(maxsize=512)
def wiring_of(shape: ModelShape) -> Wiring:
    """The traits of this model's architecture; those of Llama where it has none of its own."""
    recipe = _recipe(shape)
    if recipe is None:
        return Wiring(known=False)
    wiring = Wiring(
        norm=recipe.norm or recipe.single_norm,
        layer_norm=recipe.norm_bias or shape.architecture in _LAYER_NORM,
        ffn_norm=recipe.ffn_norm or recipe.post_attention_norm,
        head_norm=recipe.q_k_norm in ("head", "heads"),
        fused_qkv="fused_qkv" in shape.traits if shape.source == "gguf" else recipe.fused_qkv,
        gated_attention=recipe.attention_gate,
        fused_gate=recipe.gate == "in_up",
        selection_bias=recipe.expert_bias,
        gated_shared=recipe.shared_gate,
        parallel_state=recipe.parallel_state,
        split_beta_alpha=recipe.split_beta_alpha,
        learned_positions=recipe.learned_positions,
        sub_norms=recipe.sub_norms,
        post_ffn_norm=recipe.post_ffn_norm,
    )
    return _as_built(wiring, recipe, shape)


def _as_built(wiring: Wiring, recipe: Recipe, shape: ModelShape) -> Wiring:
    """With what single architectures, or some of their models, do in another way than their tensors tell."""
    if shape.architecture in _SEVERAL_POSITIONS and "several_positions" in shape.traits:
        wiring = replace(wiring, positions=4)
    if not recipe.ffn_norm and recipe.post_ffn_norm:  # both norms behind their parts (OLMo 2, EXAONE 4)
        wiring = replace(wiring, ffn_norm=False)
    if shape.architecture == "baichuan" and shape.layers != 32:  # only the 7B rotates, the 13B has ALiBi
        wiring = replace(wiring, rope="none", positions=0)
    if shape.architecture in _CLAMPED and "clamped_experts" in shape.traits:
        wiring = replace(wiring, clamped_experts=True)
    if shape.architecture == "exaone4" and not shape.window:
        return wiring
    wiring = replace(wiring, **_OVERRIDES.get(shape.architecture, {}))  # type: ignore[arg-type]
    if shape.source == "gguf" and shape.architecture in _NORMED_AS_STATED:
        wiring = replace(wiring, normed_weights="normed_experts" in shape.traits)
    return wiring


def is_known(shape: ModelShape) -> bool:
    """Whether the graph of this architecture was followed; else it is taken for Llama's."""
    return wiring_of(shape).known


def is_exact(shape: ModelShape, settings: Settings) -> bool:
    """Whether the followed graph was found equal to the byte under such settings; else it is near, not the same.

    Found by dry runs of libllama b11739 beside the estimate, over its architectures and mixed settings.
    """
    if shape.architecture in _NEAR or _is_moved(shape, settings):
        return False
    if shape.architecture in JOINED_OUTPUT and settings.output_rows > settings.parallel:
        return False
    if settings.flash_attention and shape.architecture == "plm":  # which llama.cpp only builds without
        return False
    if not settings.flash_attention and (shape.architecture == "plamo2" or shape.value_experts[0]):
        return False
    several = len(settings.tensor_split) > 1
    split = several or settings.kv_on_host or 0 <= settings.gpu_layers < shape.offloadable
    return not (split and shape.architecture in _NEAR_WHERE_SPLIT)


def _is_moved(shape: ModelShape, settings: Settings) -> bool:
    """Whether a cache or state lies, or is read, where a few values of the graph follow it or not."""
    several, experts = len(settings.tensor_split) > 1, settings.experts_on_host > 0
    unpacked = "f32" in (settings.cache_type_k, settings.cache_type_v)
    if shape.recurrent is not None:
        many = settings.parallel > 1 and shape.recurrent.kind in ("mamba2", "plamo2")
        return several or unpacked or settings.kv_on_host or experts or many
    if experts and wiring_of(shape).weights_before:
        return True
    if settings.kv_on_host and (several or experts or shape.latent is not None or not settings.flash_attention):
        return True
    if several and not wiring_of(shape).cached:
        return True
    return unpacked and (experts or 0 <= settings.gpu_layers < shape.offloadable)


JOINED_OUTPUT: Final = frozenset(("qwen3tts",))  # logits and the hidden state they come from are one row
_NEAR: Final = frozenset(("cohere2moe", "dots3note", "gemma-embedding2", "hy_v4", "llada-moe", "qwen4exp"))
_NEAR_WHERE_SPLIT: Final = frozenset(
    """
    arwkv7 bailingmoe2 bailingmoe3 beam bitnet deepseek2-ocr deepseek32 deepseek4 ernie4_5-moe gemma3n glm5-next
    gpt2 grovemoe hrm_text k2-horizon kimi-k3 mamba2 mimo2 minicpm3 minimax-01 minimax-m3 qwen qwen3tts rwkv6
    rwkv7 stablelm step35
    """.split()
)
