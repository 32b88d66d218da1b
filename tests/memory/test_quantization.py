"""Types, mixes and sizes, against what llama.cpp prints for published files."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.files import knowledge_root
from bot.models.catalog import CatalogModel, load_catalog
from bot.models.dynamic import native_kind
from bot.models.quantization import (
    GGML_TYPES,
    MIXES,
    assign,
    bits_per_weight,
    category,
    file_bytes,
    may_be_quantized,
    parse_quant,
    quantized,
    tensor_bytes,
)
from bot.models.shape import Experts, ModelShape, Tensor
from bot.models.tensors import tensors

CATALOG = load_catalog(knowledge_root())
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "memory" / "quant_sizes.json"
GIB = 2**30


def shape_of(name: str) -> ModelShape:
    shape = CATALOG.shape(name)
    assert shape is not None, name
    return shape


# "model size" and "BPW" as llama.cpp prints them when it loads the published file.
@pytest.mark.parametrize(
    ("name", "mix", "gib", "bpw"),
    [
        ("Llama-2-7b-chat-hf", "Q4_0", 3.56, 4.54),
        ("Llama-2-7b-chat-hf", "Q4_K_M", 3.80, 4.84),
        ("Llama-2-7b-chat-hf", "Q8_0", 6.67, 8.50),
        ("Llama-2-13b-chat-hf", "Q4_K_M", 7.33, 4.83),
        ("Llama-2-70b-chat-hf", "Q4_K_M", 38.58, 4.80),
        ("Mistral-7B-Instruct-v0.2", "Q4_K_M", 4.07, 4.83),
        ("Mistral-7B-Instruct-v0.2", "Q5_K_M", 4.78, 5.67),
        ("Meta-Llama-3-8B-Instruct", "Q4_K_M", 4.58, 4.89),
        ("Meta-Llama-3-8B-Instruct", "Q8_0", 7.95, 8.50),
        ("Meta-Llama-3-8B-Instruct", "F16", 14.96, 16.00),
        ("gemma-2-9b-it", "Q4_K_M", 5.36, 4.98),
        ("Qwen2.5-7B-Instruct", "Q4_K_M", 4.36, 4.91),
        ("Llama-3.2-1B-Instruct", "Q8_0", 1.22, 8.50),
    ],
)
def test_size_of_published_files(name: str, mix: str, gib: float, bpw: float) -> None:
    shape = shape_of(name)
    assert round(file_bytes(shape, mix).likely / GIB, 2) == gib
    assert round(bits_per_weight(shape, mix), 2) == bpw


@pytest.mark.skipif(not SHARED.is_file(), reason="no table of dry runs at hand")
def test_sizes_of_dry_runs() -> None:
    wrong = {
        (name, mix): (file_bytes(shape_of(name), mix).likely / 2**20, mib)
        for name, mixes in json.loads(SHARED.read_text()).items()
        for mix, (mib, _) in mixes.items()
        if file_bytes(shape_of(name), mix).likely / 2**20 != pytest.approx(mib, abs=0.01)
    }
    assert wrong == {}


def test_types_agree_with_the_gguf_package() -> None:
    from gguf.constants import GGML_QUANT_SIZES

    # Q8_1 is never stored; the package still has its size of 2023.
    theirs = {kind.name: size for kind, size in GGML_QUANT_SIZES.items() if kind.name != "Q8_1"}
    ours = {name: (type_.block, type_.bytes) for name, type_ in GGML_TYPES.items()}
    assert {name: ours[name] for name in theirs if name in ours} == {n: s for n, s in theirs.items() if n in ours}
    assert set(MIXES.values()) <= set(ours)


def kinds(shape: ModelShape, mix: str, *, importance_matrix: bool = False) -> dict[str, str | None]:
    given_tensors = tensors(shape)
    return {t.name: t.kind for t in assign(mix, shape, given_tensors, importance_matrix=importance_matrix)}


def test_more_bits_for_some_layers() -> None:
    found = kinds(shape_of("Llama-2-7b-chat-hf"), "Q4_K_M")
    better = [layer for layer in range(32) if found[f"blk.{layer}.ffn_down.weight"] == "Q6_K"]
    assert better == [0, 1, 2, 3, 6, 9, 12, 15, 18, 21, 24, 27, 28, 29, 30, 31]
    assert found["output.weight"] == "Q6_K"
    assert found["token_embd.weight"] == "Q4_K"
    assert found["blk.0.attn_norm.weight"] == "F32"


def test_a_tied_embedding_is_treated_as_the_output() -> None:
    assert kinds(shape_of("gemma-2-9b-it"), "Q4_K_M")["token_embd.weight"] == "Q6_K"
    assert kinds(shape_of("gemma-2-9b-it"), "IQ2_M")["token_embd.weight"] == "Q5_K"


def test_llama_70b_has_better_values() -> None:
    assert kinds(shape_of("Llama-3.3-70B-Instruct"), "Q4_K_M")["blk.10.attn_v.weight"] == "Q5_K"
    assert kinds(shape_of("Llama-3.1-8B-Instruct"), "Q4_K_M")["blk.4.attn_v.weight"] == "Q4_K"


def test_eight_experts_have_better_attention() -> None:
    found = kinds(shape_of("Mixtral-8x7B-Instruct-v0.1"), "Q4_K_M")
    assert found["blk.5.attn_v.weight"] == "Q8_0"
    assert found["blk.5.attn_k.weight"] == "Q8_0"
    assert found["blk.5.attn_output.weight"] == "Q5_K"
    assert found["blk.0.ffn_gate_inp.weight"] == "F32"


def test_rows_that_are_no_whole_blocks_fall_back() -> None:
    found = kinds(shape_of("Qwen2.5-0.5B-Instruct"), "Q4_K_M")
    assert found["blk.5.attn_q.weight"] == "Q5_0"  # rows of 896
    assert found["token_embd.weight"] == "Q8_0"
    assert found["blk.4.ffn_down.weight"] == "Q4_K"  # rows of 4864


def test_an_importance_matrix_changes_some_mixes() -> None:
    shape = shape_of("Llama-3.1-8B-Instruct")
    assert kinds(shape, "IQ4_XS")["blk.0.ffn_down.weight"] == "Q5_K"
    assert kinds(shape, "IQ4_XS", importance_matrix=True)["blk.0.ffn_down.weight"] == "IQ4_XS"
    open_size = file_bytes(shape, "IQ4_XS")
    assert not open_size.exact
    assert open_size.low < open_size.likely == open_size.high
    assert file_bytes(shape, "i1-IQ4_XS").likely == file_bytes(shape, "IQ4_XS", importance_matrix=True).likely
    assert file_bytes(shape, "i1-IQ4_XS").exact
    assert file_bytes(shape, "Q4_K_M").exact


def test_mixtures_in_mxfp4() -> None:
    found = kinds(shape_of("gpt-oss-20b"), "MXFP4_MOE")
    assert found["blk.0.ffn_up_exps.weight"] == "MXFP4"
    assert found["blk.0.attn_q.weight"] == "Q8_0"
    assert found["blk.0.ffn_up_exps.bias"] == "F32"


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: str(model.id))
def test_every_mix_works_on_every_model(model: CatalogModel) -> None:
    shape = shape_of(model.id)
    sizes = {mix: file_bytes(shape, mix) for mix in ("Q2_K", "Q4_K_M", "Q6_K", "Q8_0", "IQ3_XS", "BF16")}
    assert all(size.low <= size.likely <= size.high for size in sizes.values())
    assert sizes["Q2_K"].likely < sizes["Q4_K_M"].likely < sizes["Q6_K"].likely
    if native_kind(shape, "blk.0.ffn_up_exps.weight"):
        assert sizes["BF16"].likely < 1.2 * sizes["Q8_0"].likely
        return
    assert sizes["Q6_K"].likely <= sizes["Q8_0"].likely < sizes["BF16"].likely
    assert sizes["BF16"].likely == pytest.approx(2 * model.parameters_b * 1e9, rel=0.08)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("q4_k_m", ("GGUF", "Q4_K_M")),
        ("Q4_K", ("GGUF", "Q4_K_M")),
        ("Q4_K_L", ("GGUF", "Q4_K_M")),
        ("Q3_K_L", ("GGUF", "Q3_K_L")),
        ("Q3_K_XL", ("GGUF", "Q3_K_L")),
        ("Q6_K_L", ("GGUF", "Q6_K")),
        ("UD-Q4_K_XL", ("GGUF", "Q4_K_M")),
        ("UD-IQ1_S", ("GGUF", "IQ1_S")),
        ("i1-Q4_K_M", ("GGUF", "Q4_K_M")),
        ("Q4_K_M-imat", ("GGUF", "Q4_K_M")),
        ("fp16", ("GGUF", "F16")),
        ("MXFP4", ("GGUF", "MXFP4_MOE")),
        ("4.65bpw", ("EXL2", "EXL2")),
        ("exl3 3.0bpw", ("EXL3", "EXL3")),
        ("EXL3", ("EXL3", "EXL3")),
        ("AWQ", ("AWQ", "AWQ")),
        ("GPTQ-Int4", ("GPTQ", "GPTQ")),
        ("bnb-4bit", ("BNB", "NF4")),
        ("FP8", ("FP8", "FP8")),
        ("w8a8", ("INT", "W8A8")),
    ],
)
def test_names_of_quantizations(name: str, expected: tuple[str, str]) -> None:
    found = parse_quant(name)
    assert found is not None
    assert (found.format, found.base) == expected


@given(st.text(max_size=20))
def test_any_text_is_a_quantization_or_none(text: str) -> None:
    found = parse_quant(text)
    assert found is None or found.format != "GGUF" or found.base in MIXES


def test_details_of_names() -> None:
    assert [parse_quant(name).bits for name in ("4.65bpw", "EXL3 2.25 bpw", "GPTQ-Int8")] == [4.65, 2.25, 8.0]  # type: ignore[union-attr]
    assert parse_quant("gptq-4bit-32g-actorder").group == 32  # type: ignore[union-attr]
    assert parse_quant("nonsense") is None
    with pytest.raises(LookupError):
        file_bytes(shape_of("Qwen3-8B"), "nonsense")
    with pytest.raises(LookupError):
        quantized(shape_of("Qwen3-8B"), "AWQ")


def test_dynamic_mixes_are_a_range() -> None:
    shape = shape_of("Qwen3-30B-A3B")
    size = file_bytes(shape, "UD-Q4_K_XL")
    assert size.low < 16.49 * GIB < size.high  # as published
    assert not size.exact


def test_larger_outer_layers() -> None:
    shape = shape_of("Qwen3-30B-A3B")
    # bartowski's Q6_K_L of this model is printed as 23.52 GiB; it keeps a little more than the two outer tensors.
    assert file_bytes(shape, "Q6_K_L").likely == pytest.approx(23.52 * GIB, rel=0.001)


# Sizes of model.safetensors as published, in 10^9 bytes.
@pytest.mark.parametrize(
    ("name", "quant", "billions"),
    [
        ("Qwen2.5-7B-Instruct", "AWQ", 5.57),
        ("Qwen2.5-32B-Instruct", "AWQ", 19.33),
        ("Qwen2.5-32B-Instruct", "GPTQ-Int4", 19.33),
        ("Meta-Llama-3-8B-Instruct", "AWQ", 5.73),
        ("Llama-3.1-8B-Instruct", "bnb-4bit", 5.70),
        ("DeepSeek-V3", "FP8", 674.5),
    ],
)
def test_other_formats(name: str, quant: str, billions: float) -> None:
    size = file_bytes(shape_of(name), quant)
    assert size.likely == pytest.approx(billions * 1e9, rel=0.02)


def test_exl2_and_exl3_follow_the_stated_bits() -> None:
    shape = shape_of("Qwen2.5-32B-Instruct")
    three, four = file_bytes(shape, "3.0bpw").likely, file_bytes(shape, "EXL3", 4.0).likely
    linear = 31.2e9
    assert four - three == pytest.approx(linear / 8, rel=0.02)


def test_bytes_of_one_tensor() -> None:
    assert tensor_bytes(Tensor("a.weight", (256, 10), "Q4_K")) == 1440
    assert tensor_bytes(Tensor("a.weight", (33, 2), "Q8_0")) == 136  # two blocks a row
    assert tensor_bytes(Tensor("a.weight", (256, 10), "Q4_K"), "F16") == 5120
    assert tensor_bytes(Tensor("a.weight", (256, 10), "Q4_K", bytes=7)) == 7
    with pytest.raises(ValueError, match="no type yet"):
        tensor_bytes(Tensor("a.weight", (256, 10)))


def test_what_is_never_quantized() -> None:
    assert not may_be_quantized(Tensor("blk.0.attn_norm.weight", (64, 64)))
    assert not may_be_quantized(Tensor("blk.0.ffn_gate_inp.weight", (64, 8)))
    assert not may_be_quantized(Tensor("blk.0.ssm_a", (64, 8)))
    assert not may_be_quantized(Tensor("blk.0.attn_q.weight", (64,)))
    assert not may_be_quantized(Tensor("blk.0.attn_q.weight", (64, 1)))
    assert may_be_quantized(Tensor("blk.0.attn_q.weight", (64, 8)))


def test_categories() -> None:
    assert category("blk.3.ffn_down_exps.weight") == "ffn_down"
    assert category("blk.3.attn_kv_b.weight") == "kv_b"
    assert category("per_layer_token_embd.weight") == "embedding"
    assert category("blk.3.attn_k_b.weight") == "other"


def test_mixtures_go_by_the_number_of_the_layer() -> None:
    """Whatever comes before it, the middle of a mixture has plain types."""
    shape = replace(shape_of("Qwen3-30B-A3B"), experts=Experts(count=4, used=2, feed_forward=768))
    found = kinds(shape, "Q4_K_M")
    assert found["blk.0.ffn_down_exps.weight"] == "Q6_K"
    assert found["blk.6.ffn_down_exps.weight"] == "Q4_K"
