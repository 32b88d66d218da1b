"""Other estimators of memory, really run: packages of PyPI, on the very rows that ours is measured on.

Each is given what it would have read itself: a header in GGUF's form, or a shape with its exact number of parameters.
What they add for a driver is left out, as it is for ours. A package that is not installed is left out with a word, and
so is a row that a tool does not take: a model that it does not know, a format that it has no figure for.
"""

import json
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.memory.settings import Settings
from bot.models.quantization import parse_quant, tensor_bytes
from bot.models.shape import Model
from bot.models.tensors import tensors

# Bytes that a model takes on the GPU and, where a tool does not part them, on the host; None for a row not taken.
Peer = Callable[[Model, Settings], float | None]
# Bytes of weights on each of so many ranks.
ServingPeer = Callable[[Model, int], float]


def installed(peers: Mapping[str, Any]) -> dict[str, Any]:
    """Those whose package is here; names are "package: what of it"."""
    return {name: peer for name, peer in peers.items() if find_spec(name.split(":")[0].replace("-", "_")) is not None}


# --- GGUF ------------------------------------------------------------------------------------------------------------

_TEXT, _NUMBER = 8, 4  # GGUF's types of values: string, uint32
_NUMBERS = {kind: at for at, kind in enumerate(
    ("F32", "F16", "Q4_0", "Q4_1", "", "", "Q5_0", "Q5_1", "Q8_0", "Q8_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K",
     "Q8_K", "IQ2_XXS", "IQ2_XS", "IQ3_XXS", "IQ1_S", "IQ4_NL", "IQ3_S", "IQ2_S", "IQ4_XS")
)} | {"BF16": 30, "MXFP4": 39}  # fmt: skip


def _string(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


@lru_cache(maxsize=64)
def gguf_header(model: Model) -> bytes:
    """The header of the model's file, with all tensors and the facts that other tools look for."""
    shape = model.shape
    facts = {
        "block_count": shape.layers,
        "head_count_kv": max(shape.kv_heads),
        "head_count": max(shape.heads),
        "embedding_length": shape.embedding,
        "context_length": shape.trained_context,
    }
    lines = [_string("general.architecture") + struct.pack("<I", _TEXT) + _string("llama")]
    for name, value in facts.items():
        stem = "llama.attention." if name.startswith("head") else "llama."
        lines.append(_string(stem + name) + struct.pack("<II", _NUMBER, value))
    for tensor in model.tensors:
        dims = struct.pack(f"<I{len(tensor.dims)}Q", len(tensor.dims), *tensor.dims)
        lines.append(_string(tensor.name) + dims + struct.pack("<IQ", _NUMBERS[tensor.kind or "F32"], 0))
    return struct.pack("<4sIQQ", b"GGUF", 3, len(model.tensors), 1 + len(facts)) + b"".join(lines)


def hf_mem(model: Model, settings: Settings) -> float:
    """hf-mem --experimental of a GGUF file."""
    from hf_mem.gguf.metadata import parse_gguf_metadata

    kind = settings.cache_type_k.upper()
    found = parse_gguf_metadata(gguf_header(model), True, settings.context, kind, 1)
    return float(found.bytes_count + (found.kv_cache.cache_size if found.kv_cache else 0))


@lru_cache(maxsize=64)
def _read_by_modelinfo(model: Model) -> Any:
    from modelinfo.parsers.gguf import parse_gguf_header

    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.gguf"
        path.write_bytes(gguf_header(model))
        return parse_gguf_header(str(path))


def modelinfo(model: Model, settings: Settings) -> float:
    """modelinfo-cli: tensors by the bytes of their type, and a cache in 16 bits."""
    from modelinfo.calculator import calculate_footprint

    found = calculate_footprint(_read_by_modelinfo(model), settings.context)
    return float(found["total_memory_bytes"] - found["overhead_bytes"])


def _ridgepoint(model: Model, settings: Settings | None, engine: str, kind: str) -> Mapping[str, Any]:
    from ridgepoint import _core

    shape, latent = model.shape, model.shape.latent
    total = sum(tensor.elements for tensor in model.tensors)
    attending = sum(1 for heads in shape.kv_heads if heads)
    geometry = "mla" if latent else "gqa"
    ranks = (latent.kv_rank, latent.rope_length) if latent else (0, 0)
    heads = (shape.key_length, max(shape.heads), max(shape.kv_heads))
    size = (shape.layers, attending, shape.embedding, total, total, geometry, *heads, *ranks)
    context = settings.context if settings else 8192
    cache = "fp8" if settings and settings.cache_type_k == "q8_0" else "fp16"
    said = _core.fit_shape("a/b", *size, "a100-80gb", 1, engine, kind, cache, context, min(2048, context), True)
    return dict(json.loads(said))


def ridgepoint(model: Model, settings: Settings) -> float | None:
    """ridgepoint with the engine "llamacpp"; it has no figure for some formats."""
    try:
        found = _ridgepoint(model, settings, "llamacpp", model.quant.lower())
    except ValueError:
        return None
    return float(found["memory"]["weights_bytes"]["best"] + found["capacity"]["bytes_per_seq"])


_LLMFIT_KINDS = {"f16": "fp16", "q8_0": "q8_0", "q4_0": "q4_0"}


@lru_cache(maxsize=1024)
def _llmfit(repository: str, context: int, quant: str, cache: str) -> Mapping[str, Any] | None:
    """What the program itself prints; None where it does not know the model."""
    command = [sys.executable, "-m", "llmfit", "plan", repository, "--context", str(context)]
    asked = [*command, "--quant", quant, "--kv-quant", cache, "--json"]
    ran = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
    return dict(json.loads(ran.stdout)) if ran.returncode == 0 else None


def llmfit(model: Model, settings: Settings, repository: str) -> float | None:
    """llmfit plan: weights in thousands, its cache and half a GiB in 1024."""
    if find_spec("llmfit") is None or not repository or settings.cache_type_k not in _LLMFIT_KINDS:
        return None
    found = _llmfit(repository, settings.context, model.quant, _LLMFIT_KINDS[settings.cache_type_k])
    if found is None:
        return None
    weights = float(found["disk_size_gb"])
    return weights * 1e9 + (float(found["minimum"]["vram_gb"]) - weights) * (1 << 30)


def modelfile_lint(model: Model, settings: Settings) -> float:
    """owist-modelfile-lint of a Modelfile: what ollama takes, by its own reckoning; its cache is always in 16 bits."""
    from owist_modelfile_lint.resource_estimate import estimate_memory

    shape = model.shape
    facts = {
        "general.architecture": "llama",
        "llama.block_count": shape.layers,
        "llama.attention.head_count": max(shape.heads),
        "llama.attention.head_count_kv": max(shape.kv_heads),
        "llama.embedding_length": shape.embedding,
        "llama.context_length": shape.trained_context,
    }
    held = sum(tensor_bytes(tensor) for tensor in model.tensors)
    said = estimate_memory("", facts, settings.context, weights_bytes_override=held)
    return float(said.total_gb * (1 << 30))


LLAMA_CPP: Mapping[str, Peer] = {
    "hf-mem": hf_mem,
    "modelinfo": modelinfo,
    "ridgepoint": ridgepoint,
    "owist-modelfile-lint": modelfile_lint,
}


# --- vLLM ------------------------------------------------------------------------------------------------------------

_RIDGEPOINT_KINDS = {"BF16": "fp16", "AWQ": "awq", "FP8": "fp8"}


def ridgepoint_rank(model: Model, ranks: int) -> float:
    """ridgepoint's weights with the engine "vllm", shared out evenly."""
    found = _ridgepoint(model, None, "vllm", _RIDGEPOINT_KINDS[model.quant])
    return float(found["memory"]["weights_bytes"]["best"]) / ranks


def modelinfo_rank(model: Model, ranks: int) -> float:
    """modelinfo-cli --vllm: static weights, and its share for several cards."""
    from modelinfo.calculator import calculate_footprint

    kinds = {"BF16": "BF16", "AWQ": "INT4", "FP8": "F8_E4M3"}
    tensors = {each.name: {"shape": list(each.dims), "dtype": kinds[model.quant]} for each in model.tensors}
    found = calculate_footprint(tensors, 8192, gpu_count=ranks, is_vllm=True, gpu_vram_bytes=80 << 30)
    return float(found["base_memory_bytes"] + found["overhead_bytes"]) / ranks


VLLM: Mapping[str, ServingPeer] = {"ridgepoint": ridgepoint_rank, "modelinfo": modelinfo_rank}


# --- ExLlama and transformers, which keep all of it on the card ------------------------------------------------------

# Bytes on the card, with the driver's part where a tool counts it, at a context and so many bits of the cache.
WholePeer = Callable[[Model, int, float], float]


def _parameters(model: Model) -> int:
    return sum(tensor.elements for tensor in tensors(model.shape) if not tensor.name.startswith("rope_"))


def _bits(model: Model) -> float:
    quant = parse_quant(model.quant)
    return quant.bits if quant else 16.0


def llm_profiler(model: Model, context: int, cache_bits: float) -> float:
    """iaexplore-llm-profiler: parameters by their bits and 8 % more, the cache, and 0.55 GiB."""
    from iaexplore_llm_profiler import core

    shape = model.shape
    attending = [heads for heads in shape.kv_heads if heads]
    held = core.calculate_vram_weights(_parameters(model) / 1e9, _bits(model))
    cache = core.calculate_vram_kv(len(attending), max(attending), shape.key_length, context, 1, cache_bits)
    return float(held + cache + core.calculate_vram_overhead()) * (1 << 30)


def llm_x(model: Model, context: int, cache_bits: float) -> float:
    """llm-x: weights by their bits, its cache with activations, and what it adds for an engine."""
    from llm_x.estimation.kv_cache import estimate_kv_cache
    from llm_x.estimation.memory import calculate_engine_overhead

    shape = model.shape
    config = {
        "hidden_size": shape.embedding,
        "num_hidden_layers": sum(1 for heads in shape.kv_heads if heads),
        "num_attention_heads": max(shape.heads),
        "num_key_value_heads": max(shape.kv_heads),
        "head_dim": shape.key_length,
        "intermediate_size": max(shape.feed_forward),
    }
    dims = {each.name: {"shape": list(each.dims), "dtype": "BF16"} for each in tensors(shape)}
    cache, _, active = estimate_kv_cache(dims, config, context, kv_quant="int8" if cache_bits < 16 else "none")
    weights = _parameters(model) * _bits(model) / 8 / (1 << 30)
    beside = calculate_engine_overhead(weights, _parameters(model) / 1e9)
    return float(weights + cache + active + beside) * (1 << 30)


def accelerate(model: Model, context: int, cache_bits: float) -> float:
    """accelerate estimate-memory: an empty model of transformers, its sizes in 8 bits as it reckons them."""
    from accelerate import init_empty_weights
    from accelerate.utils import calculate_maximum_sizes
    from transformers import AutoModelForCausalLM, LlamaConfig

    shape = model.shape
    config = LlamaConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.embedding,
        intermediate_size=max(shape.feed_forward),
        num_hidden_layers=shape.layers,
        num_attention_heads=max(shape.heads),
        num_key_value_heads=max(shape.kv_heads),
        tie_word_embeddings=shape.tied_embedding,
    )
    with init_empty_weights():
        empty = AutoModelForCausalLM.from_config(config)
    total, _ = calculate_maximum_sizes(empty)  # in 32 bits
    return float(total) * _bits(model) / 32


EXLLAMA: Mapping[str, WholePeer] = {"iaexplore-llm-profiler": llm_profiler, "llm-x": llm_x}
TRANSFORMERS: Mapping[str, WholePeer] = {**EXLLAMA, **({"accelerate": accelerate} if find_spec("transformers") else {})}
