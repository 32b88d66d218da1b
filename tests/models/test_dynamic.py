"""Mixes chosen tensor by tensor, and models that are published in few bits.

The sizes are those of the published files (huggingface.co, the repositories named at each).
"""

from dataclasses import replace

import pytest

from bot.knowledge.files import knowledge_root
from bot.models.catalog import Catalog, load_catalog, model_shape
from bot.models.dynamic import DENSE, EXPERTS, native_quant
from bot.models.named import named_model
from bot.models.quantization import GGML_TYPES, MIXES, file_bytes, quantized, tensor_bytes
from bot.models.requested import requested_model
from bot.models.shape import ModelShape
from bot.models.tensors import parameters

CATALOG: Catalog = load_catalog(knowledge_root())


def shape_of(name: str) -> ModelShape:
    found = CATALOG.find(name)
    assert found is not None
    return model_shape(found.model)


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("gpt-oss-120b MXFP4", 63387346208),  # ggml-org/gpt-oss-120b-GGUF
        ("gpt-oss-120b UD-Q4_K_XL", 63016311392),  # unsloth/gpt-oss-120b-GGUF
        ("gpt-oss-20b UD-Q4_K_XL", 11872347328),  # unsloth/gpt-oss-20b-GGUF
        ("DeepSeek-V4-Flash UD-Q4_K_XL", 155095240320),  # unsloth/DeepSeek-V4-Flash-GGUF
        ("DeepSeek-V4-Flash UD-Q8_K_XL", 161869614720),
        ("DeepSeek-V4-Pro-0813 UD-Q4_K_XL", 849683927055),
        ("Qwen3-30B-A3B UD-Q4_K_XL", 17706002000),  # unsloth/Qwen3-30B-A3B-GGUF, an early one
        ("Qwen3.6-27B UD-Q3_K_XL", 14462228000),  # unsloth/Qwen3.6-27B-GGUF, as sokann's card tells in GiB
        ("Qwen3.6-27B UD-Q4_K_XL", 17601850000),
        ("Qwen3.6-27B Q3_K_M", 14355928000),  # bartowski/Qwen_Qwen3.6-27B-GGUF, likewise
        ("Qwen3.6-27B Q4_K_L", 18466212000),
    ],
)
def test_published_files_lie_in_the_range(name: str, published: int) -> None:
    model = named_model(name, CATALOG)
    assert abs(model.file_bytes - published) <= model.spread * model.file_bytes + 1e7
    assert model.spread < 0.1


@pytest.mark.parametrize(
    ("name", "published"), [("gpt-oss-120b UD-Q4_K_XL", 63016311392), ("gpt-oss-20b UD-Q4_K_XL", 11872347328)]
)
def test_where_experts_stay_as_published_attention_is_what_shrinks(name: str, published: int) -> None:
    assert named_model(name, CATALOG).file_bytes == pytest.approx(published, rel=0.005)


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("Qwen3.5-27B Q4_K_M", 16740812704),  # unsloth, whose plain mixes keep some matrices of delta nets in more bits
        ("Qwen3.5-27B IQ4_XS", 14977484704),
        ("Qwen3.5-35B-A3B Q5_K_M", 26249607808),
        ("Qwen3.5-35B-A3B UD-Q6_K_S", 28515105440),
        ("Qwen3.8-27B UD-IQ2_XXS", 7266070528),
        ("Qwen3.8-27B UD-Q6_K_M", 23088409504),
        ("GLM-5.2 UD-IQ1_S", 216715360960),
        ("gemma-4-E4B-it Q4_K_M", 4977169568),  # unsloth
        ("Kimi-K2.5 Q8_0", 583710875200),  # bartowski; experts as published, in 4 bits
        ("Kimi-K2.5 Q4_K_M", 580355550784),
        ("Kimi-K2.5 IQ2_XXS", 245277612576),
    ],
)
def test_files_whose_types_others_choose_are_a_range(name: str, published: int) -> None:
    """Sizes as github.com/idletoken/IdleToken, src/common/model.c, lists them."""
    model = named_model(name, CATALOG)
    assert abs(model.file_bytes - published) <= model.spread * model.file_bytes + 2e8


@pytest.mark.parametrize("base", EXPERTS)
def test_a_recipe_is_about_as_large_as_its_name_says(base: str) -> None:
    shape = replace(shape_of("Qwen3-30B-A3B"), dynamic_bytes=())
    bits = 8 * file_bytes(shape, f"UD-{base}").likely / parameters(shape)
    assert bits == pytest.approx(GGML_TYPES[MIXES[base]].bits, rel=0.4)


@pytest.mark.parametrize("base", [*DENSE, "IQ2_M"])
def test_dynamic_mixes_of_dense_models_lie_about_the_plain_one(base: str) -> None:
    shape = shape_of("Qwen3-32B")
    plain, dynamic = file_bytes(shape, base).likely, file_bytes(shape, f"UD-{base}")
    assert dynamic.low < plain < dynamic.high
    assert not dynamic.exact


def test_experts_and_all_else_have_types_of_their_own() -> None:
    kinds = {tensor.name: tensor.kind for tensor in quantized(shape_of("Qwen3-30B-A3B"), "UD-Q4_K_XL")}
    assert kinds["blk.0.ffn_up_exps.weight"] == "Q4_K"
    assert kinds["blk.0.ffn_down_exps.weight"] == "Q5_K"
    assert kinds["blk.0.attn_q.weight"] == "Q8_0"


def test_experts_published_in_four_bits_stay_so_in_every_mix() -> None:
    shape = shape_of("gpt-oss-20b")
    assert native_quant(shape) == "MXFP4"
    assert native_quant(shape_of("Qwen3-8B")) is None
    for mix in ("Q2_K", "Q4_K_M", "Q8_0", "BF16", "UD-Q4_K_XL"):
        kinds = {tensor.name: tensor.kind for tensor in quantized(shape, mix)}
        assert kinds["blk.3.ffn_gate_exps.weight"] == "MXFP4"


@pytest.mark.parametrize("text", ["gpt-oss-20b", "gpt-oss:20b", "openai/gpt-oss-20b"])
def test_a_model_published_in_four_bits_comes_in_one_quantization(text: str) -> None:
    found = requested_model(text, CATALOG)
    assert found.model.quant == "MXFP4"
    assert found.chosen
    assert found.notes == ()
    assert [quant for quant, _ in found.quants] == ["MXFP4"]


@pytest.mark.parametrize("text", ["gemma-3-27b-it-qat", "gemma3:27b-it-qat"])
def test_what_was_trained_for_a_quantization_is_taken_in_it(text: str) -> None:
    found = requested_model(text, CATALOG)
    assert found.model.quant == "Q4_0"
    assert found.chosen
    assert requested_model(f"{text} q8_0", CATALOG).model.quant == "Q8_0"


@pytest.mark.parametrize("quant", ["EXL2 4bpw", "EXL3 4bpw"])
def test_a_head_quantized_by_itself_lies_beside_the_embedding(quant: str) -> None:
    shape = shape_of("Llama-3.2-3B-Instruct")
    assert shape.tied_embedding
    words = shape.embedding * shape.vocabulary
    layers = parameters(shape) - words
    total = file_bytes(shape, quant).likely
    assert total == pytest.approx(layers * 4 / 8 + words * (2 + 6 / 8), rel=0.01)
    assert file_bytes(shape, "AWQ").likely == pytest.approx(layers * 4.156 / 8 + words * 2, rel=0.01)


@pytest.mark.parametrize("text", ["qwen2.5-14b-exl2-4.65bpw", "Qwen2.5 14B exl2 4.65bpw", "Qwen2.5-14B_4.65bpw_exl2"])
def test_bits_per_weight_are_read_from_the_name(text: str) -> None:
    assert named_model(text, CATALOG).quant == "EXL2 4.65bpw"


def test_a_file_holds_the_vocabulary_beside_the_tensors() -> None:
    model = named_model("Qwen3-8B Q8_0", CATALOG)
    assert model.file_bytes - file_bytes(model.shape, "Q8_0").likely == 151936 * 50


def test_a_name_tells_that_the_drafting_layer_is_in_the_file() -> None:
    plain, drafting = (named_model(f"Qwen3.6-27B{part}-GGUF Q4_K_M", CATALOG) for part in ("", "-MTP"))
    assert drafting.shape.next_token_layers == 1
    assert plain.shape.next_token_layers == 0
    more = sum(tensor.elements for tensor in drafting.tensors) - sum(tensor.elements for tensor in plain.tensors)
    assert more == pytest.approx(0.424e9, rel=0.01)  # 27.32 billion in all, as llama.cpp prints it
    assert drafting.shape.name == "Qwen3.6-27B"


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("gemma-4-31B-it Q4_K_M", 18.3e9),
        ("gemma-4-26B-A4B-it Q4_K_M", 16.9e9),
        ("Qwen3.8-27B UD-IQ2_XXS", 9_010_048_064),
        ("Qwen3.8-27B IQ4_XS", 15_705_861_088),
        ("Kimi-Linear-48B-A3B-Instruct Q4_K_M", 30.06e9),
    ],
)
def test_a_published_file_lies_in_the_range_that_is_told(name: str, published: float) -> None:
    model = named_model(name, CATALOG)
    assert abs(model.file_bytes - published) <= model.spread * model.file_bytes
    assert not model.exact


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("GLM-5.2-UD-IQ1_S", 216_715_360_960),
        ("Qwen3.8-27B-UD-Q6_K_XL", 25_924_152_384),
        ("gemma-4-26B-A4B-it-MXFP4_MOE", 16_551_048_928),
    ],
)
def test_a_known_file_is_as_large_as_it_was_published(name: str, size: int) -> None:
    """Files of huggingface.co/unsloth; what is loaded of them adds up to that too."""
    found = named_model(name, CATALOG)
    assert found.file_bytes == pytest.approx(size, rel=0.002)
    assert sum(map(tensor_bytes, found.tensors)) == pytest.approx(size, rel=0.004)
