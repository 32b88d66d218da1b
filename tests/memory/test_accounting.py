"""Estimates from the catalog's shapes against llama.cpp's own dry run.

accounting.jsonl: what libllama (build 11549, `no_alloc`, one GPU and the host) accounted for headers with these
shapes in Q4_K_M, ubatch 512; `gpu` and `host` are [weights, cache and state, compute] in bytes.
"""

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge.files import knowledge_root
from bot.memory.estimate import Usage, estimate
from bot.memory.settings import Settings
from bot.models.catalog import Catalog, load_catalog, model_shape
from bot.models.named import model_in_quant
from bot.models.quantization import assign
from bot.models.shape import Model
from bot.models.tensors import tensors

_FILE = Path(__file__).with_name("accounting.jsonl")
_ROWS: list[dict[str, Any]] = [json.loads(line) for line in _FILE.read_text(encoding="utf-8").splitlines()]

# Split between devices, Gemma 3n's four streams are planned a little differently.
_NEARLY = "gemma-3n"


@lru_cache(maxsize=1)
def _catalog() -> Catalog:
    return load_catalog(knowledge_root())


@lru_cache(maxsize=64)
def _model(name: str) -> Model:
    found = _catalog().find(name)
    assert found is not None
    shape = model_shape(found.model)
    # The headers have every tensor in the mix, even of a model whose experts are published in four bits.
    return replace(model_in_quant(shape, "Q4_K_M"), tensors=assign("Q4_K_M", shape, tensors(shape)))


def _settings(row: dict[str, Any]) -> Settings:
    return Settings(
        context=row["context"],
        cache_type_k=row["cache"],
        cache_type_v=row["cache"],
        parallel=row["parallel"],
        flash_attention=row["flash_attn"] == "on",
        gpu_layers=row["gpu_layers"],
        outputs=row["outputs"],
        backend="none",
    )


def _parts(usage: Usage) -> list[int]:
    return [usage.weights, usage.kv_cache + usage.recurrent, usage.compute]


def _label(row: dict[str, Any]) -> str:
    return f"{row['model']} {row['context']} {row['flash_attn']} {row['cache']} x{row['parallel']} @{row['gpu_layers']}"


@pytest.mark.parametrize("row", _ROWS, ids=_label)
def test_every_part_agrees_with_the_loader(row: dict[str, Any]) -> None:
    result = estimate(_model(row["model"]), _settings(row))
    for said, truth in ((_parts(result.gpu), row["gpu"]), (_parts(result.host), row["host"])):
        assert said[:2] == truth[:2], "weights and cache are exact"
        allowed = 0.006 if row["model"].startswith(_NEARLY) else 0.0005
        assert sum(said) == pytest.approx(sum(truth), rel=allowed)


def test_nearly_all_compute_buffers_are_equal_to_the_byte() -> None:
    equal = [
        (_parts(result.gpu)[2], _parts(result.host)[2]) == (row["gpu"][2], row["host"][2])
        for row in _ROWS
        for result in [estimate(_model(row["model"]), _settings(row))]
    ]
    assert sum(equal) >= 0.95 * len(equal)


def test_sixty_architectures_are_covered() -> None:
    assert len({_model(row["model"]).shape.architecture for row in _ROWS}) >= 60


def test_flash_attention_unpacks_a_packed_cache_to_read_a_prompt() -> None:
    """A public table of runs: Qwen3.8 27B on a 3090 Ti took 2944 MiB more for 131,072 more tokens of a q4_0 cache."""
    model = _model("Qwen3.8-27B")
    packed = Settings(context=131_072, cache_type_k="q4_0", cache_type_v="q4_0")
    more = estimate(model, replace(packed, context=262_144)).gpu.needed - estimate(model, packed).gpu.needed
    assert more == 2944 << 20
    assert estimate(model, packed).gpu.unpacked_cache == 512 << 20
    assert estimate(model, replace(packed, cache_type_v="f16")).gpu.unpacked_cache == 256 << 20
    for other in ({"backend": "vulkan"}, {"kv_on_host": True}, {"cache_type_k": "f16", "cache_type_v": "f16"}):
        assert not estimate(model, replace(packed, **other)).gpu.unpacked_cache
