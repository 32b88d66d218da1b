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
from bot.models.shape import Model

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


LLAMA_CPP: Mapping[str, Peer] = {"hf-mem": hf_mem, "modelinfo": modelinfo, "ridgepoint": ridgepoint}


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
