"""Tensors worked out from shapes: names and sizes as in published GGUF files."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.knowledge.files import knowledge_root
from bot.models import gguf
from bot.models.catalog import load_catalog
from bot.models.quantization import quantized
from bot.models.shape import ModelShape, Recurrent
from bot.models.tensors import RECIPES, UnknownArchitectureError, parameters, tensors

CATALOG = load_catalog(knowledge_root())
HEADERS = Path(__file__).resolve().parents[2].parent / "shared" / "memory" / "headers"


def shape_of(name: str) -> ModelShape:
    shape = CATALOG.shape(name)
    assert shape is not None
    return shape


# Number of tensors, as loaders print it for the published GGUF files.
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("Llama-2-7b-chat-hf", 291),
        ("Llama-2-13b-chat-hf", 363),
        ("Llama-2-70b-chat-hf", 723),
        ("Llama-3.1-8B-Instruct", 292),
        ("Llama-3.2-1B-Instruct", 147),
        ("Llama-3.2-3B-Instruct", 255),
        ("Qwen2.5-7B-Instruct", 339),
        ("Qwen2.5-32B-Instruct", 771),
        ("Qwen2.5-72B-Instruct", 963),
        ("Qwen3-8B", 399),
        ("Qwen3-30B-A3B", 579),
        ("gemma-2-9b-it", 464),
        ("gemma-3-4b-it", 444),
        ("Mistral-Nemo-Instruct-2407", 363),
        ("DeepSeek-V2-Lite-Chat", 404),
        ("gpt-oss-20b", 459),
    ],
)
def test_number_of_tensors(name: str, count: int) -> None:
    assert len(tensors(shape_of(name))) == count


def test_names_and_sizes_of_one_layer() -> None:
    by_name = {tensor.name: tensor for tensor in tensors(shape_of("Qwen3-8B"))}
    assert by_name["token_embd.weight"].dims == (4096, 151936)
    assert by_name["blk.0.attn_q.weight"].dims == (4096, 4096)
    assert by_name["blk.0.attn_k.weight"].dims == (4096, 1024)
    assert by_name["blk.35.ffn_down.weight"].dims == (12288, 4096)
    assert by_name["blk.0.attn_k_norm.weight"].dims == (128,)
    assert by_name["blk.0.attn_k_norm.weight"].kind == "F32"
    assert by_name["blk.0.attn_q.weight"].kind is None
    assert "blk.36.attn_q.weight" not in by_name


def test_a_tied_embedding_has_no_output_tensor() -> None:
    names = {tensor.name for tensor in tensors(shape_of("Llama-3.2-1B-Instruct"))}
    assert "output.weight" not in names
    assert "rope_freqs.weight" in names


def test_next_token_layers_are_not_counted_as_parameters() -> None:
    shape = shape_of("Qwen3-8B")
    longer = replace(shape, next_token_layers=1)
    assert parameters(longer) == parameters(shape)
    assert len(tensors(longer)) > len(tensors(shape))


def test_every_recipe_is_used_or_usable() -> None:
    state = Recurrent(conv_kernel=4, inner_size=64, state_size=16, groups=1, time_step_rank=4)
    shape = replace(shape_of("Llama-2-7b-chat-hf"), layers=2, recurrent=state)
    for architecture in RECIPES:
        assert tensors(replace(shape, architecture=architecture))


def test_names_are_unique() -> None:
    for model in CATALOG.models:
        shape = CATALOG.shape(model.id)
        assert shape is not None
        names = [tensor.name for tensor in tensors(shape)]
        assert len(names) == len(set(names)), model.id


def test_unknown_architecture() -> None:
    with pytest.raises(UnknownArchitectureError):
        tensors(replace(shape_of("Qwen3-8B"), architecture="perceptron"))


@pytest.mark.skipif(not HEADERS.is_dir(), reason="no headers of real files at hand")
@pytest.mark.parametrize("path", sorted(HEADERS.glob("*.gguf")), ids=lambda path: str(path.stem))
def test_against_headers_of_real_files(path: Path) -> None:
    base, _, mix = path.stem.rpartition("-")
    ours = {tensor.name: (tensor.dims, tensor.kind) for tensor in quantized(shape_of(base), mix)}
    theirs = {tensor.name: (tensor.dims, tensor.kind) for tensor in gguf.parse(path.read_bytes()).tensors}
    assert ours == theirs


def test_what_glm_5_next_and_minimax_m3_have_beside_attention() -> None:
    """llama.cpp b11739, src/models/glm5-next.cpp and minimax-m3.cpp; sizes by Hugging Face's configurations."""
    glm = {tensor.name: tensor.dims for tensor in tensors(shape_of("GLM-5.3-Flash"))}
    assert glm["blk.0.hc_attn_fn.weight"] == (4 * 4096, 24)
    assert glm["blk.2.ssm_f_b.weight"] == (128, 8192)
    assert glm["blk.3.attn_k_b.weight"] == (256, 512, 64)
    assert glm["blk.3.indexer_compressor_ape.weight"] == (128, 4)
    assert [name for name in glm if name.endswith("indexer.proj.weight")][:2] == [
        "blk.3.indexer.proj.weight",
        "blk.7.indexer.proj.weight",
    ]
    minimax = {tensor.name: tensor.dims for tensor in tensors(shape_of("MiniMax-M3"))}
    assert "blk.2.indexer.k_proj.weight" not in minimax
    assert minimax["blk.3.indexer.q_proj.weight"] == (6144, 512)
    assert "blk.3.exp_probs_b.bias" in minimax
