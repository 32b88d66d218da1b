"""GGUF headers written by the reference writer, and the many ways in which a header can be wrong."""

import struct
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFEndian, GGUFWriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.base.errors import UserError
from bot.models import gguf
from bot.models.files import read_gguf


def write_header(
    path: Path,
    architecture: str = "llama",
    endian: GGUFEndian = GGUFEndian.LITTLE,
    vocabulary: int = 64,
    tied: bool = False,
    facts: Mapping[str, object] | None = None,
    extra: Mapping[str, tuple[tuple[int, ...], GGMLQuantizationType]] | None = None,
) -> Path:
    """A tiny two-layer model (width 256, 4 heads, 2 key/value heads, feed-forward 512), with its weights as zeros."""
    writer = GGUFWriter(None, architecture, endianess=endian)
    writer.add_name("Tiny")
    writer.add_file_type(15)
    writer.add_block_count(2)
    writer.add_context_length(4096)
    writer.add_embedding_length(256)
    writer.add_feed_forward_length(512)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    for key, value in (facts or {}).items():
        if isinstance(value, list):
            writer.add_array(f"{architecture}.{key}", value)
        else:
            assert isinstance(value, int)
            writer.add_uint32(f"{architecture}.{key}", value)
    writer.add_token_list([f"token {i}" for i in range(vocabulary)])
    q4k, f32 = GGMLQuantizationType.Q4_K, GGMLQuantizationType.F32
    shapes: dict[str, tuple[tuple[int, ...], GGMLQuantizationType]] = {"token_embd.weight": ((vocabulary, 256), q4k)}
    if not tied:
        shapes["output.weight"] = ((vocabulary, 256), GGMLQuantizationType.Q6_K)
    for layer in range(2):
        blk = f"blk.{layer}."
        shapes[blk + "attn_norm.weight"] = ((256,), f32)
        shapes[blk + "attn_q.weight"] = ((256, 256), q4k)
        shapes[blk + "attn_k.weight"] = ((128, 256), q4k)
        shapes[blk + "ffn_gate.weight"] = ((512, 256), q4k)
        shapes[blk + "ffn_up.weight"] = ((512, 256), q4k)
        shapes[blk + "ffn_down.weight"] = ((256, 512), q4k)
    shapes |= extra or {}
    for name, (shape, kind) in shapes.items():
        writer.add_tensor_info(name, shape, np.dtype(np.float32), 0, raw_dtype=kind)
    writer.write_header_to_file(path)
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    return path


@pytest.fixture
def header(tmp_path: Path) -> bytes:
    return write_header(tmp_path / "tiny.gguf").read_bytes()


@pytest.mark.parametrize("endian", [GGUFEndian.LITTLE, GGUFEndian.BIG])
def test_reads_shape_and_tensors_in_either_byte_order(tmp_path: Path, endian: GGUFEndian) -> None:
    model = read_gguf(write_header(tmp_path / "tiny.gguf", endian=endian))
    assert (model.shape.architecture, model.shape.name, model.quant) == ("llama", "Tiny", "Q4_K_M")
    assert (model.shape.layers, model.shape.embedding, model.shape.vocabulary) == (2, 256, 64)
    assert model.shape.feed_forward == (512, 512)
    assert model.shape.heads == (4, 4)
    assert model.shape.kv_heads == (2, 2)
    assert (model.shape.key_length, model.shape.value_length) == (64, 64)
    assert not model.shape.tied_embedding
    table = {tensor.name: tensor for tensor in model.tensors}
    assert table["token_embd.weight"].dims == (256, 64)
    assert table["token_embd.weight"].bytes == 64 * 144
    assert table["output.weight"].bytes == 64 * 210
    assert table["blk.0.attn_norm.weight"].bytes == 1024


def test_version_2_is_read_like_version_3(header: bytes) -> None:
    assert gguf.parse(header[:4] + struct.pack("<I", 2) + header[8:]).tensors == gguf.parse(header).tensors


def test_tied_embedding_is_seen(tmp_path: Path) -> None:
    assert read_gguf(write_header(tmp_path / "tiny.gguf", tied=True)).shape.tied_embedding


def test_window_pattern_by_architecture_and_by_file(tmp_path: Path) -> None:
    usual = read_gguf(write_header(tmp_path / "a.gguf", "gpt-oss", facts={"attention.sliding_window": 128}))
    assert (usual.shape.window, usual.shape.window_layers) == (128, (True, False))
    stated = {"attention.sliding_window": 512, "attention.sliding_window_pattern": [False, True]}
    own = read_gguf(write_header(tmp_path / "b.gguf", "gemma4", facts=stated))
    assert own.shape.window_layers == (False, True)
    ignored = read_gguf(write_header(tmp_path / "c.gguf", "qwen2", facts={"attention.sliding_window": 512}))
    assert ignored.shape.window == 0


def test_layers_without_heads_of_their_own_keep_no_cache(tmp_path: Path) -> None:
    extra = {"blk.1.shortconv.conv.weight": ((256, 3), GGMLQuantizationType.F32)}
    facts = {"attention.head_count_kv": [2, 0], "shortconv.l_cache": 3}
    shape = read_gguf(write_header(tmp_path / "a.gguf", "lfm2", facts=facts, extra=extra)).shape
    assert shape.kv_heads == (2, 0)
    assert shape.recurrent_layers == (False, True)
    assert shape.recurrent is not None
    assert (shape.recurrent.kind, shape.recurrent.conv_kernel) == ("short_conv", 3)


def test_mixture_of_experts_is_read_from_its_tensors(tmp_path: Path) -> None:
    q4k = GGMLQuantizationType.Q4_K
    extra = {
        "blk.1.ffn_down_exps.weight": ((8, 256, 768), q4k),
        "blk.1.ffn_down_shexp.weight": ((256, 1536), q4k),
    }
    facts = {"expert_count": 8, "expert_used_count": 2}
    experts = read_gguf(write_header(tmp_path / "a.gguf", "qwen2moe", facts=facts, extra=extra)).shape.experts
    assert experts is not None
    assert (experts.count, experts.used, experts.feed_forward, experts.shared_feed_forward) == (8, 2, 768, 1536)
    assert experts.layers == (False, True)


def test_latent_attention_only_where_the_file_keeps_it_compressed(tmp_path: Path) -> None:
    old = {"attention.kv_lora_rank": 512, "rope.dimension_count": 64}
    assert read_gguf(write_header(tmp_path / "a.gguf", "deepseek2", facts=old)).shape.latent is None
    new = old | {"attention.key_length_mla": 192, "attention.value_length_mla": 128}
    latent = read_gguf(write_header(tmp_path / "b.gguf", "deepseek2", facts=new)).shape.latent
    assert latent is not None
    assert (latent.kv_rank, latent.rope_length, latent.nope_length, latent.value_length) == (512, 64, 128, 128)


def test_next_token_layers_are_not_counted_as_layers(tmp_path: Path) -> None:
    shape = read_gguf(write_header(tmp_path / "a.gguf", "glm4moe", facts={"nextn_predict_layers": 1})).shape
    assert (shape.layers, shape.next_token_layers) == (1, 1)


def test_parts_of_a_split_file_are_added_up(tmp_path: Path) -> None:
    for part in (1, 2):
        write_header(tmp_path / f"tiny-{part:05}-of-00003.gguf")
    model = read_gguf(tmp_path / "tiny-00002-of-00003.gguf")
    assert len(model.tensors) == 2 * 14
    assert model.file_bytes > sum(tensor.bytes for tensor in model.tensors)


def test_missing_parts_are_said(tmp_path: Path) -> None:
    header = gguf.parse(write_header(tmp_path / "tiny.gguf").read_bytes())
    first = gguf.Header(3, False, {**header.facts, "split.count": 4, "split.no": 0}, header.tensors, 0)
    model = gguf.model([first])
    assert model.missing_parts == 3
    assert not model.exact
    assert "3" in model.notes[0].zh


def test_a_type_of_a_fork_is_measured_by_offsets(tmp_path: Path, header: bytes) -> None:
    name = b"blk.0.attn_q.weight"
    at = header.index(name) + len(name) + 4 + 16
    model = gguf.model([gguf.parse(header[:at] + struct.pack("<I", 139) + header[at + 4 :])])
    assert not model.exact
    assert next(t for t in model.tensors if t.name == name.decode()).kind == "type 139"


def test_truncated_says_how_much_is_needed(header: bytes) -> None:
    with pytest.raises(gguf.TruncatedError, match=r"at least [\d,]+ are needed") as caught:
        gguf.parse(header[:200])
    assert 200 < caught.value.needed <= len(header)
    assert "字节" in caught.value.in_language("zh")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "at least 8"),
        (b"PK\x03\x04 and more of a zip", "ZIP"),
        (b"<!DOCTYPE html><html><body>404", "web page"),
        (b"version https://git-lfs.github.com/spec/v1", "Git LFS"),
        (b"tjgg\x03\x00\x00\x00\x00\x00\x00\x00", "old GGML"),
        (b"GGUF" + struct.pack("<IQQ", 1, 0, 0), "version 1"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 1), "1,152,921,504,606,846,976 tensors"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 1 << 60), "keys"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 62), "claims a length"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<QcIIQ", 1, b"k", 9, 8, 1 << 59), "claims a length"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<QcII", 1, b"k", 9, 9) + bytes(8), "array type 9"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<QcI", 1, b"k", 77), "value type 77"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + struct.pack("<QcI", 1, b"t", 9), "9 dimensions"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + struct.pack("<QcIQIQ", 1, b"t", 1, 0, 0, 0), "has the size"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + struct.pack("<QcIqIQ", 1, b"t", 1, -5, 0, 0), "has the size"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + struct.pack("<QcIQIQ", 1, b"t", 1, 100, 12, 0), "Q4_K blocks"),
    ],
)
def test_what_cannot_be_read_is_explained(data: bytes, words: str) -> None:
    with pytest.raises(UserError) as caught:
        gguf.parse(data)
    assert words in caught.value.in_language("en")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"general.architecture": "clip"}, "mmproj"),
        ({"general.architecture": "llama", "general.type": "adapter"}, "LoRA"),
        ({}, "architecture"),
        ({"general.architecture": "llama", "llama.block_count": 0, "llama.embedding_length": 64}, "0 layers"),
        ({"general.architecture": "llama", "llama.block_count": 1 << 30, "llama.embedding_length": 64}, "layers"),
        ({"general.architecture": "llama", "llama.block_count": -3, "llama.embedding_length": 64}, "block_count"),
        (
            {
                "general.architecture": "llama",
                "llama.block_count": 2,
                "llama.embedding_length": 64,
                "llama.attention.head_count": (-1, 4),
            },
            "head_count",
        ),
    ],
)
def test_what_is_no_language_model_is_explained(facts: dict[str, gguf.Fact], words: str) -> None:
    with pytest.raises(UserError) as caught:
        gguf.shape(gguf.Header(3, False, facts, (), 0))
    assert words in caught.value.in_language("en")


def test_missing_file_is_a_user_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_gguf(tmp_path / "none.gguf")


_WHOLE: list[bytes] = []


def _sample(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    if not _WHOLE:
        _WHOLE.append(write_header(tmp_path_factory.mktemp("sample") / "tiny.gguf").read_bytes())
    return _WHOLE[0]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_never_raises_anything_else(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    whole = bytearray(_sample(tmp_path_factory))
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    with suppress(UserError):
        gguf.model([gguf.parse(cut)])


@settings(max_examples=100)
@given(noise=st.binary(max_size=400), version=st.sampled_from([2, 3, 0x02000000, 0x03000000]))
def test_noise_after_the_magic_never_raises_anything_else(noise: bytes, version: int) -> None:
    with suppress(UserError):
        gguf.model([gguf.parse(b"GGUF" + struct.pack("<I", version) + noise)])
