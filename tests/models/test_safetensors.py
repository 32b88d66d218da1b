"""config.json and safetensors headers, as the formats of several engines write them."""

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.errors import UserError
from bot.memory.engines import engine_estimate, usual_engine
from bot.memory.settings import Settings
from bot.models import safetensors
from bot.models.config import shape as config_shape
from bot.models.files import read_model

LLAMA: dict[str, Any] = {
    "model_type": "llama",
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 100,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": False,
}


def header_of(sizes: dict[str, tuple[str, list[int], int]]) -> bytes:
    """A file's header: name -> (dtype, shape, bytes), and no data behind it."""
    entries: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, (dtype, shape, size) in sizes.items():
        entries[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text


PLAIN = header_of(
    {
        "model.embed_tokens.weight": ("BF16", [100, 64], 12800),
        "model.layers.0.self_attn.q_proj.weight": ("BF16", [64, 64], 8192),
        "lm_head.weight": ("BF16", [100, 64], 12800),
    }
)


def test_a_folder_is_read_with_its_shape_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(LLAMA))
    (tmp_path / "model-00001-of-00002.safetensors").write_bytes(PLAIN)
    (tmp_path / "model-00002-of-00002.safetensors").write_bytes(header_of({"x": ("F8_E4M3", [10, 10], 100)}))
    model = read_model(tmp_path)
    assert (model.shape.architecture, model.shape.layers, model.shape.kv_heads) == ("llama", 2, (2, 2))
    assert sum(tensor.bytes for tensor in model.tensors) == 12800 + 8192 + 12800 + 100
    assert (model.quant, model.files) == ("BF16", 2)
    assert model.tensors[0].dims == (64, 100)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"quant_method": "gptq", "bits": 4, "group_size": 128}, "GPTQ 4bit g128"),
        ({"quant_method": "awq", "bits": 4, "group_size": 64}, "AWQ 4bit g64"),
        ({"quant_method": "fp8", "weight_block_size": [128, 128]}, "FP8"),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "bnb-4bit"),
        ({"quant_method": "bitsandbytes", "load_in_8bit": True}, "bnb-8bit"),
        ({"quant_method": "exl2", "bits": 4.65}, "EXL2 4.65bpw"),
        ({"quant_method": "exl3", "bits": 3.0}, "EXL3 3bpw"),
        ({"quant_method": "mxfp4"}, "MXFP4"),
        (
            {
                "quant_method": "compressed-tensors",
                "config_groups": {"group_0": {"weights": {"num_bits": 4, "type": "int"}}},
            },
            "W4A16",
        ),
        (
            {
                "quant_method": "compressed-tensors",
                "config_groups": {
                    "g": {"weights": {"num_bits": 8, "type": "int"}, "input_activations": {"num_bits": 8}}
                },
            },
            "W8A8",
        ),
        (
            {
                "quant_method": "compressed-tensors",
                "config_groups": {"g": {"weights": {"num_bits": 8, "type": "float"}}},
            },
            "FP8",
        ),
        ({"quant_method": "compressed-tensors"}, "compressed-tensors"),
    ],
)
def test_quantization_is_named(found: dict[str, Any], expected: str) -> None:
    assert safetensors.quantization({"quantization_config": found}) == expected


def test_windows_come_from_layer_types() -> None:
    config = LLAMA | {
        "model_type": "gemma3_text",
        "sliding_window": 512,
        "layer_types": ["sliding_attention", "full_attention"],
    }
    shape = config_shape({"text_config": config, "model_type": "gemma3"})
    assert (shape.architecture, shape.window, shape.window_layers) == ("gemma3", 512, (True, False))


def test_latent_attention_and_experts() -> None:
    config = LLAMA | {
        "model_type": "deepseek_v3",
        "kv_lora_rank": 512,
        "q_lora_rank": 1536,
        "qk_rope_head_dim": 64,
        "qk_nope_head_dim": 128,
        "v_head_dim": 128,
        "n_routed_experts": 16,
        "num_experts_per_tok": 4,
        "moe_intermediate_size": 32,
        "n_shared_experts": 1,
        "first_k_dense_replace": 1,
    }
    shape = config_shape(config)
    assert shape.latent is not None
    assert (shape.latent.kv_rank, shape.latent.nope_length, shape.key_length) == (512, 128, 576)
    assert shape.experts is not None
    assert (shape.experts.count, shape.experts.used, shape.experts.shared_feed_forward) == (16, 4, 32)
    assert shape.feed_forward == (128, 0)


def test_recurrent_layers_keep_no_cache() -> None:
    config = LLAMA | {
        "model_type": "qwen3_next",
        "layer_types": ["linear_attention", "full_attention"],
        "linear_conv_kernel_dim": 4,
        "linear_num_key_heads": 2,
        "linear_num_value_heads": 4,
        "linear_key_head_dim": 16,
        "linear_value_head_dim": 16,
    }
    shape = config_shape(config)
    assert (shape.kv_heads, shape.recurrent_layers) == ((0, 2), (True, False))
    assert shape.recurrent is not None
    assert (shape.recurrent.kind, shape.recurrent.inner_size) == ("delta_net", 64)


@pytest.mark.parametrize(
    "config",
    [{}, {"model_type": "clip"}, LLAMA | {"num_hidden_layers": -3}, LLAMA | {"num_hidden_layers": 1 << 50}],
)
def test_what_is_no_language_model_is_explained(config: dict[str, Any]) -> None:
    with pytest.raises(UserError) as caught:
        config_shape(config)
    assert caught.value.in_language("zh")


@pytest.mark.parametrize("data", [b"", b"GGUF" + bytes(60), PLAIN[:40], PLAIN[:8] + b"{" * (len(PLAIN) - 8)])
def test_a_bad_header_is_explained(data: bytes) -> None:
    with pytest.raises(UserError):
        safetensors.parse_header(data)


@given(size=st.integers(-(1 << 60), 1 << 60), dims=st.lists(st.integers(-5, 1 << 45), max_size=4))
def test_impossible_tensors_are_refused(size: int, dims: list[int]) -> None:
    header = {"t": {"dtype": "F16", "shape": dims, "data_offsets": [0, size]}}
    try:
        (tensor,) = safetensors.tensors([header])
    except UserError:
        assert size < 0 or size >= 1 << 48 or any(not 0 <= dim < 1 << 40 for dim in dims)
    else:
        assert tensor.bytes == size


@pytest.mark.parametrize(
    ("quantization", "engine"),
    [({"quant_method": "exl3", "bits": 4.0}, "exllamav3"), ({"quant_method": "exl2", "bits": 4.0}, "exllamav2")],
)
def test_each_format_has_its_engine(quantization: dict[str, Any], engine: str) -> None:
    model = safetensors.model(LLAMA | {"quantization_config": quantization}, [safetensors.parse_header(PLAIN)])
    assert usual_engine(model) == engine
    result = engine_estimate(model, Settings(context=2048), usual_engine(model))
    assert result.gpu.kv_cache == 2048 * 2 * 2 * (16 + 16) * 2
    assert result.gpu.range.low < result.gpu.total < result.gpu.range.high


def test_a_header_nested_too_deeply_is_damaged() -> None:
    header = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    with pytest.raises(UserError, match="damaged"):
        safetensors.parse_header(struct.pack("<Q", len(header)) + header)


def test_a_config_nested_too_deeply_is_no_config(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes(b'{"a":' * 100_000)
    with pytest.raises(UserError, match="not valid JSON"):
        read_model(tmp_path)
