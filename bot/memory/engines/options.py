"""The options of a serving engine as people and JSON lines give them, to its settings.

Names are those of `vllm serve` with underscores, and short ones: `util`, `seqs`, `batched`, `tp`, `pp`, `max_len`,
`kv_bits`, `total_gib` (memory that the card reports) or `vram`.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import Any, Final

from bot.base.errors import UserError
from bot.base.languages import COMMA, joined
from bot.memory.engines.drafting import drafting_of, speculative_config
from bot.memory.engines.pictures import picture_bytes
from bot.memory.engines.usage import GIB
from bot.memory.engines.vllm_settings import CACHE_DTYPES, USUAL_UTILIZATION, VllmSettings
from bot.models.shape import ModelShape

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "context": ("max_len", "max_model_len", "context"),
    "util": ("util", "gpu_memory_utilization", "mem_fraction_static"),
    "seqs": ("seqs", "max_num_seqs"),
    "batched": ("batched", "max_num_batched_tokens", "chunked_prefill_size"),
    "tp": ("tp", "tensor_parallel_size"),
    "pp": ("pp", "pipeline_parallel_size"),
    "drafts": ("drafts", "num_speculative_tokens"),
    "bits": ("kv_bits",),
    "card": ("total_gib", "vram"),
}
LONGEST: Final = 1 << 28


def _usual_utilization(case: Mapping[str, Any]) -> float:
    """0.9 up to 0.20."""
    return 0.9 if case.get("v0") or _is_before(_version(case), _MORE_OF_A_CARD) else USUAL_UTILIZATION


def serving_settings(case: Mapping[str, Any], shape: ModelShape, vram: int = 0, auto_bits: float = 16) -> VllmSettings:
    """The settings that a case asks for; the context is the trained one, as with `vllm serve`, unless it is given.

    `vram`: bytes of one card where the case itself does not tell. `auto_bits`: of a number in the cache likewise.

    Raises:
        UserError: no number where one is needed, or one that cannot be.
    """
    case = {**case, **speculative_config(case.get("speculative_config"))}
    bits, scale = _cache_bits(case, auto_bits)
    method = str(case.get("drafting") or ("mtp" if case.get("mtp") else ""))
    card = _number(case, "card")
    settings = VllmSettings(
        vram=vram if card is None else round(card * GIB),
        context=_whole(case, "context", LONGEST) or shape.trained_context or 8192,
        utilization=_number(case, "util") or _usual_utilization(case),
        sequences=_whole(case, "seqs"),
        batched_tokens=_whole(case, "batched"),
        cache_bits=bits,
        cache_scale_bytes=scale,
        eager=bool(case.get("enforce_eager") or case.get("eager")),
        tensor_parallel=_whole(case, "tp") or 1,
        pipeline_parallel=_whole(case, "pp") or 1,
        drafting=drafting_of(method, _whole(case, "drafts") or 0, shape),
        text_only=bool(case.get("language_model_only")),
        offline=bool(case.get("offline")),
        least_step=0 if case.get("language_model_only") else _least_step(case, shape),
    )
    return _as_versions_differ(settings, case, shape)


def _as_versions_differ(settings: VllmSettings, case: Mapping[str, Any], shape: ModelShape) -> VllmSettings:
    """The same with what depends on the version, told by itself or as "v0", and on the card."""
    version = _version(case)
    old = bool(case.get("v0")) or _is_before(version, _NEW_ENGINE)
    second = not old and _runs_second(shape, version)
    return replace(
        settings,
        old=old,
        keeps_unpacked=old and bool(_GFX906.search(str(case.get("gpu") or ""))),
        multiplies_latent=_is_before(version, _NEW_ENGINE) and not _is_before(version, _MULTIPLIED),
        prefix_caching=_prefix_caching(case, version),
        logit_bytes=_logit_bytes(version, old=old, second=second),
        counts_groups=_is_before(version, _ONE_COUNT),
        counts_graphs=not old and not _is_before(version, _SECOND_COUNTS if second else _GRAPHS_COUNTED),
        # Where nobody tells the version: rather too much left out of the cache.
        samples_graphs=second and version is not None and version >= _GRAPHS_SAMPLED,
        overlaps=not old and not _is_before(version, _OVERLAPPING),
        positions=4 if _is_before(version, _FEWER_POSITIONS) else 1,
        small_steps=bool(_SMALL_STEPS.search(str(case.get("gpu") or ""))),
    )


# vllm-project/vllm pull requests 33538 (Triton's sampler, February 2026), 38284 (graphs counted, 0.92 of a card), 47728
# (two steps under way), by what logs of these versions print.
_NEW_ENGINE: Final = (0, 8)  # V1 is the usual engine from here on
_WITHOUT_SORTING: Final = (0, 16)
_MORE_OF_A_CARD: Final = (0, 20)  # vllm/config/cache.py of 0.20.0; graphs: vllm/envs.py of the same
_GRAPHS_COUNTED: Final = (0, 20)
_ONE_COUNT: Final = (0, 20, 2)  # a log of 0.20.1 still has groups, one of 0.20.2 the concurrency times the context
_HYBRIDS_CACHE_PREFIXES: Final = (0, 22)
_OVERLAPPING: Final = (0, 26)
_FEWER_POSITIONS: Final = (0, 33)  # not in 0.20 yet; which version between brought it was not looked up
_MULTIPLIED: Final = (0, 7, 1)
# The second model runner (vllm/v1/worker/gpu/model_runner.py): for all but mixtures and hybrids in 0.28.0, for nearly
# all in 0.33.0 (VllmConfig.use_v2_model_runner). Its profile_cudagraph_memory is 0 in 0.28.0, its sampler takes logits
# as they are; 0.29.0 reckons graphs as the first one does; 0.33.0 captures some, and the logits are copied and turned
# into probabilities in 32 bits.
_SECOND_RUNS_PLAIN: Final = (0, 27)
_SECOND_RUNS_ALL: Final = (0, 29)  # a hybrid's log of 0.29.0 names it, and counts graphs
_SECOND_COUNTS: Final = (0, 29)
_GRAPHS_SAMPLED: Final = (0, 30)


def _runs_second(shape: ModelShape, version: tuple[int, ...] | None) -> bool:
    """Whether the second model runner is the usual one for this model; between two versions that were read: a guess."""
    plain = shape.experts is None and not any(shape.recurrent_layers)
    return not _is_before(version, _SECOND_RUNS_PLAIN if plain else _SECOND_RUNS_ALL)


_VIDEO_FITS: Final = (0, 21)  # not in 0.20.0 yet; printed by 0.25.1
_VIDEO_TOKENS: Final = 32 * (70 + 2 + 6)  # frames, and the tokens of one with what marks it


def _least_step(case: Mapping[str, Any], shape: ModelShape) -> int:
    """Tokens that a step has at least, unless options say how many: a whole video, for the Gemma 4 models whose
    pictures see themselves in both directions, which those with shared layers (E2B, E4B) do not.

    Source: vLLM 0.33, engine/arg_utils.py (_get_min_mm_batched_tokens), model_executor/models/gemma4_mm.py.
    """
    whole = shape.architecture == "gemma4" and picture_bytes(shape) > 0 and not shape.shared_kv_layers
    return _VIDEO_TOKENS if whole and not _is_before(_version(case), _VIDEO_FITS) else 0


def _logit_bytes(version: tuple[int, ...] | None, *, old: bool, second: bool) -> int:
    """Bytes for each number of the rows of logits that the profiling run samples from: see vllm_needs.activations."""
    if second:
        return 6 if _is_before(version, _SECOND_COUNTS) else 10
    return 34 if old or _is_before(version, _WITHOUT_SORTING) else 16


# Named in EngineArgs.get_batch_defaults: their memory alone would earn them larger steps.
_SMALL_STEPS: Final = re.compile(r"\bA100\b|\bGB10\b|DGX Spark", re.IGNORECASE)
_GFX906: Final = re.compile(r"gfx906|\bMI[56]0\b|Radeon (?:Pro )?VII", re.IGNORECASE)


def _is_before(version: tuple[int, ...] | None, other: tuple[int, ...]) -> bool:
    return version is not None and version < other


def _prefix_caching(case: Mapping[str, Any], version: tuple[int, ...] | None) -> bool:
    """Whether requests share beginnings; the usual thing for a hybrid depends on the version."""
    if case.get("no_enable_prefix_caching") or case.get("enable_prefix_caching"):
        return not case.get("no_enable_prefix_caching")
    return not _is_before(version, _HYBRIDS_CACHE_PREFIXES)


def _version(case: Mapping[str, Any]) -> tuple[int, ...] | None:
    """The version of vLLM where it is told: "0.7.1" or "v0.7.1"."""
    found = re.match(r"v?(\d{1,3}(?:\.\d{1,4}){1,2})", str(case.get("engine_version") or case.get("version") or ""))
    return tuple(int(part) for part in found[1].split(".")) if found else None


def told_context(case: Mapping[str, Any]) -> int | None:
    """The context that the engine's own options ask for, None where they do not.

    Raises UserError for what is no number.
    """
    return _whole(case, "context", LONGEST)


def told_options(text: str) -> dict[str, Any]:
    """The options of a command line as people paste it, under the names that serving_settings takes.

    "--max-num-seqs 8 --kv-cache-dtype=fp8 --enforce-eager" gives max_num_seqs, kv_cache_dtype and enforce_eager.

    Raises:
        UserError: an option that is not known here, or a value that is no number where one is needed.
    """
    found: dict[str, Any] = {}
    if config := _SPECULATIVE.search(text):
        found = {"speculative_config": config[1]}
        text = text.replace(config.group(), " ")
    for name, value in _WORDS.findall(text):
        key = _ALIASES.get(name, name).replace("-", "_")
        if key not in _OPTIONS:
            raise UserError(
                "--{name} is not known here. These are: {shown}.", "不认识 --{name}。可以用：{shown}。"
            ).format(name=name, shown=_shown())
        found[key] = _value(key, value)
    return found


_SPECULATIVE: Final = re.compile(r"""--speculative[-_]config[ =]+["']?(\{[^{}]{0,400}\})["']?""")
_WORDS: Final = re.compile(r"--?([a-zA-Z][a-zA-Z0-9-]{0,60})(?:[ =]+([^\s-][^\s]{0,60}))?")
_ALIASES: Final[Mapping[str, str]] = {
    "tp": "tensor-parallel-size",
    "pp": "pipeline-parallel-size",
    "tp-size": "tensor-parallel-size",
    "context-length": "max-model-len",
    "speculative-algorithm": "drafting",
    "speculative-num-draft-tokens": "num-speculative-tokens",
}
_TEXTS: Final = ("kv_cache_dtype", "cache", "speculative_config", "drafting")
_FLAGS: Final = ("enforce_eager", "language_model_only", "enable_prefix_caching", "no_enable_prefix_caching")
_OPTIONS: Final = (
    "max_model_len",
    "gpu_memory_utilization",
    "mem_fraction_static",
    "max_num_seqs",
    "max_num_batched_tokens",
    "tensor_parallel_size",
    "pipeline_parallel_size",
    "num_speculative_tokens",
    "speculative_config",
    *_TEXTS,
    *_FLAGS,
)


def _shown() -> str:
    return " ".join("--" + name.replace("_", "-") for name in _OPTIONS)


def _value(key: str, text: str) -> Any:
    """A flag, a word, or a number; what is none is left for serving_settings to refuse."""
    if key in _FLAGS:
        return True
    if key in _TEXTS:
        return text or None
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def _cache_bits(case: Mapping[str, Any], auto: float) -> tuple[float, int]:
    bits, name = _number(case, "bits"), case.get("kv_cache_dtype")
    if bits is not None or name in (None, "auto"):
        return bits or auto, 0
    if str(name) not in CACHE_DTYPES:
        raise UserError(
            "“{name}” is no --kv-cache-dtype known here. Use one of {cache_dtypes}.",
            "不认识的 --kv-cache-dtype “{name}”，请用 {cache_dtypes} 之一。",
        ).format(name=name, cache_dtypes=joined(list(CACHE_DTYPES), COMMA))
    return CACHE_DTYPES[str(name)]


def _given(case: Mapping[str, Any], key: str) -> tuple[str, Any]:
    """(name, value) of an option under any of its names; None where it is absent."""
    return next(((name, case[name]) for name in _NAMES[key] if case.get(name) is not None), (_NAMES[key][0], None))


def _number(case: Mapping[str, Any], key: str) -> float | None:
    name, value = _given(case, key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or not 0 < value < 1 << 20:
        raise UserError("{name} must be a number above 0, not {value!r}.", "{name} 必须是大于 0 的数字。").format(
            name=name, value=value
        )
    return float(value)


def _whole(case: Mapping[str, Any], key: str, most: int = 1 << 20) -> int | None:
    name, value = _given(case, key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= most:
        raise UserError(
            "{name} must be a whole number from 1 to {most:,}, not {value!r}.",
            "{name} 必须是 1 到 {most:,} 之间的整数。",
        ).format(name=name, most=most, value=value)
    return value
