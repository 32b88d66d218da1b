"""Headers and configurations of strangers that no model can have: refused in words, at once."""

from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from bot.base.errors import UserError
from bot.memory.estimate import estimate
from bot.memory.settings import Settings
from bot.models.config import shape as config_shape
from bot.models.files import read_gguf

INF, NAN = float("inf"), float("nan")


def file_with(folder: Path, **facts: Any) -> Path:
    path = folder / "model.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    usual = {"block_count": 2, "embedding_length": 256, "feed_forward_length": 512, "attention.head_count": 4}
    for key, value in (usual | facts).items():
        add = writer.add_float32 if isinstance(value, float) else writer.add_uint32
        add(f"llama.{key}", value)
    writer.add_tensor("token_embd.weight", np.zeros((32, 256), dtype=np.float32))
    writer.add_tensor("blk.0.attn_q.weight", np.zeros((256, 256), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize(
    "facts",
    [
        {"block_count": INF},
        {"embedding_length": NAN},
        {"attention.head_count": 0},
        {"attention.head_count_kv": 0},
        {"attention.head_count_kv": INF},
        {"block_count": 4_000_000_002, "nextn_predict_layers": 4_000_000_000},
        {"expert_count": 4_000_000_000, "expert_used_count": 4_000_000_000},
        {"expert_count": 8, "expert_used_count": 9},
    ],
)
def test_a_header_that_cannot_be(tmp_path: Path, facts: dict[str, Any]) -> None:
    with pytest.raises(UserError) as caught:
        read_gguf(file_with(tmp_path, **facts))
    assert "damaged" in caught.value.text.en


def test_the_last_tensor_may_have_an_unknown_type(tmp_path: Path) -> None:
    path = file_with(tmp_path)
    data = bytearray(path.read_bytes())
    at = data.index(name := b"blk.0.attn_q.weight") + len(name) + 4 + 2 * 8  # behind the number of dims and the dims
    data[at : at + 4] = (4242).to_bytes(4, "little")
    path.write_bytes(data)
    model = read_gguf(path)
    assert not model.exact
    assert estimate(model, Settings()).gpu.weights > 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"num_attention_heads": 0},
        {"num_nextn_predict_layers": 1 << 36},
        {"num_experts": 1 << 36, "num_experts_per_tok": 1 << 36},
        {"num_experts": 8, "num_experts_per_tok": 9},
    ],
)
def test_a_configuration_that_cannot_be(wrong: dict[str, Any]) -> None:
    config = {"model_type": "llama", "num_hidden_layers": 2, "hidden_size": 256, "num_attention_heads": 4}
    assert config_shape(config).layers == 2
    with pytest.raises(UserError) as caught:
        config_shape(config | wrong)
    assert "cannot be right" in caught.value.text.en
