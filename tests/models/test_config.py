"""A config.json gives the very shape that the catalog has of the same model, in every maker's words."""

from dataclasses import replace
from typing import Any

import pytest

from bot.base.errors import UserError
from bot.knowledge.files import knowledge_root
from bot.models.catalog import load_catalog
from bot.models.config import shape
from bot.models.shape import ModelShape

CATALOG = load_catalog(knowledge_root())

CONFIGS: dict[str, dict[str, Any]] = {
    "Qwen3.5-35B-A3B": {"text_config": {
        "model_type": "qwen3_5_moe_text", "num_hidden_layers": 40, "hidden_size": 2048, "num_attention_heads": 16,
        "num_key_value_heads": 2, "head_dim": 256, "vocab_size": 248320, "full_attention_interval": 4,
        "num_experts": 256, "num_experts_per_tok": 8, "moe_intermediate_size": 512,
        "shared_expert_intermediate_size": 512, "linear_num_value_heads": 32, "linear_value_head_dim": 128,
        "linear_key_head_dim": 128, "linear_num_key_heads": 16, "linear_conv_kernel_dim": 4,
        "rope_parameters": {"partial_rotary_factor": 0.25}, "max_position_embeddings": 262144,
    }},
    "DeepSeek-V3": {
        "model_type": "deepseek_v3", "num_hidden_layers": 61, "hidden_size": 7168, "intermediate_size": 18432,
        "num_attention_heads": 128, "num_key_value_heads": 128, "vocab_size": 129280, "n_routed_experts": 256,
        "num_experts_per_tok": 8, "moe_intermediate_size": 2048, "n_shared_experts": 1, "first_k_dense_replace": 3,
        "n_group": 8, "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128,
        "v_head_dim": 128, "topk_method": "noaux_tc", "num_nextn_predict_layers": 1,
        "max_position_embeddings": 163840,
    },
    "GLM-5": {
        "model_type": "glm_moe_dsa", "num_hidden_layers": 78, "hidden_size": 6144, "intermediate_size": 12288,
        "num_attention_heads": 64, "num_key_value_heads": 64, "vocab_size": 154880, "n_routed_experts": 256,
        "num_experts_per_tok": 8, "moe_intermediate_size": 2048, "n_shared_experts": 1, "first_k_dense_replace": 3,
        "n_group": 1, "kv_lora_rank": 512, "q_lora_rank": 2048, "qk_rope_head_dim": 64, "qk_nope_head_dim": 192,
        "v_head_dim": 256, "index_n_heads": 32, "index_head_dim": 128, "index_topk": 2048,
        "num_nextn_predict_layers": 1, "max_position_embeddings": 202752,
    },
    "Llama-4-Maverick-17B-128E-Instruct": {"text_config": {
        "model_type": "llama4_text", "num_hidden_layers": 48, "hidden_size": 5120, "intermediate_size": 8192,
        "intermediate_size_mlp": 16384, "num_attention_heads": 40, "num_key_value_heads": 8, "head_dim": 128,
        "vocab_size": 202048, "num_local_experts": 128, "num_experts_per_tok": 1, "interleave_moe_layer_step": 2,
        "attention_chunk_size": 8192, "max_position_embeddings": 1048576,
    }},
    "gemma-4-26B-A4B-it": {"text_config": {
        "model_type": "gemma4_text", "num_hidden_layers": 30, "hidden_size": 2816, "intermediate_size": 2112,
        "moe_intermediate_size": 704, "num_experts": 128, "top_k_experts": 8, "enable_moe_block": True,
        "num_attention_heads": 16, "num_key_value_heads": 8, "num_global_key_value_heads": 2, "head_dim": 256,
        "global_head_dim": 512, "vocab_size": 262144, "sliding_window": 1024, "tie_word_embeddings": True,
        "layer_types": (["sliding_attention"] * 5 + ["full_attention"]) * 5, "attention_k_eq_v": True,
        "rope_parameters": {"full_attention": {"rope_type": "proportional"}}, "max_position_embeddings": 262144,
    }},
    "NVIDIA-Nemotron-3-Nano-30B-A3B-BF16": {
        "model_type": "nemotron_h", "num_hidden_layers": 52, "hidden_size": 2688, "intermediate_size": 1856,
        "hybrid_override_pattern": "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME", "num_attention_heads": 32,
        "num_key_value_heads": 2, "head_dim": 128, "vocab_size": 131072, "n_routed_experts": 128,
        "num_experts_per_tok": 6, "moe_intermediate_size": 1856, "n_shared_experts": 1,
        "moe_shared_expert_intermediate_size": 3712, "mamba_num_heads": 64, "mamba_head_dim": 64,
        "ssm_state_size": 128, "n_groups": 8, "conv_kernel": 4, "partial_rotary_factor": 1.0,
        "max_position_embeddings": 262144,
    },
    "DeepSeek-V4-Flash": {
        "model_type": "deepseek_v4", "num_hidden_layers": 43, "hidden_size": 4096, "num_attention_heads": 64,
        "num_key_value_heads": 1, "head_dim": 512, "q_lora_rank": 1024, "o_groups": 8, "o_lora_rank": 1024,
        "qk_rope_head_dim": 64, "vocab_size": 129280, "n_routed_experts": 256, "num_experts_per_tok": 6,
        "moe_intermediate_size": 2048, "n_shared_experts": 1, "index_n_heads": 64, "index_head_dim": 128,
        "index_topk": 512, "sliding_window": 128, "hc_mult": 4, "num_hash_layers": 3, "norm_topk_prob": True,
        "compress_ratios": [0, 0, *([4, 128] * 20), 4, 0], "num_nextn_predict_layers": 1,
        "max_position_embeddings": 1048576, "topk_method": "noaux_tc",
    },
    "MiMo-V2-Flash": {
        "model_type": "mimo_v2_flash", "num_hidden_layers": 48, "hidden_size": 4096, "intermediate_size": 16384,
        "num_attention_heads": 64, "num_key_value_heads": 4, "head_dim": 192, "v_head_dim": 128, "vocab_size": 152576,
        "partial_rotary_factor": 0.334, "sliding_window": 128, "swa_num_key_value_heads": 8,
        "hybrid_layer_pattern": [0, *([1, 1, 1, 1, 0, 1] * 1), *([1, 1, 1, 1, 0, 1] * 6), 1, 1, 1, 1, 0],
        "moe_layer_freq": [0] + [1] * 47, "moe_intermediate_size": 2048, "n_routed_experts": 256,
        "num_experts_per_tok": 8, "max_position_embeddings": 262144,
    },
    "Qwen3-VL-8B-Instruct": {"text_config": {
        "model_type": "qwen3_vl_text", "num_hidden_layers": 36, "hidden_size": 4096, "intermediate_size": 12288,
        "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151936,
        "max_position_embeddings": 262144,
    }},
}  # fmt: skip


def plain(found: ModelShape) -> ModelShape:
    """Without what a config.json does not tell."""
    found = replace(found, name="", source="catalog", parameters=0, active_parameters=0, trained_context=0)
    return replace(found, published="", dynamic_bytes=())


@pytest.mark.parametrize("name", CONFIGS)
def test_the_shape_is_that_of_the_catalog(name: str) -> None:
    known = CATALOG.shape(name)
    assert known is not None
    assert plain(shape(CONFIGS[name])) == plain(known)


@pytest.mark.parametrize("key", ["compress_ratios", "o_groups", "hc_mult", "index_n_heads", "sliding_window"])
def test_a_compressed_cache_is_described_whole(key: str) -> None:
    told = {name: value for name, value in CONFIGS["DeepSeek-V4-Flash"].items() if name != key}
    with pytest.raises(UserError, match=key):
        shape(told)
