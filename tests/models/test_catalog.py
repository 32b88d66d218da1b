"""The catalog as shipped: every shape agrees with the published number of parameters, every name leads somewhere."""

from collections import Counter
from pathlib import Path

import pytest

from bot.knowledge.files import DataError, knowledge_root
from bot.models.catalog import Catalog, CatalogModel, load_catalog, model_shape, name_key, size_in, without_variant
from bot.models.named import named_model
from bot.models.tensors import RECIPES, parameters

CATALOG = load_catalog(knowledge_root())


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: str(model.id))
def test_parameters_agree_with_the_published_number(model: CatalogModel) -> None:
    assert parameters(model_shape(model)) == pytest.approx(model.parameters_b * 1e9, rel=0.003)


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: str(model.id))
def test_shape_is_complete(model: CatalogModel) -> None:
    shape = model_shape(model)
    assert shape.architecture in RECIPES
    assert shape.name == model.id == model.repo.split("/")[1]
    for per_layer in (shape.feed_forward, shape.heads, shape.kv_heads):
        assert len(per_layer) == shape.layers
    for optional in (shape.window_layers, shape.recurrent_layers, shape.experts.layers if shape.experts else ()):
        assert len(optional) in (0, shape.layers)
    assert all(heads % kv_heads == 0 for heads, kv_heads in zip(shape.heads, shape.kv_heads, strict=True) if kv_heads)
    assert bool(shape.window) == bool(shape.window_layers)
    assert bool(shape.recurrent) == bool(shape.recurrent_layers)


def test_ids_are_unique() -> None:
    assert [name for name, times in Counter(model.id for model in CATALOG.models).items() if times > 1] == []


def test_every_name_finds_its_own_model() -> None:
    for model in CATALOG.models:
        for name in (model.id, model.repo, *model.aliases, *model.same_shape):
            found = CATALOG.find(name)
            assert found is not None, name
            assert (found.model, found.how) == (model, "exact"), name


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("qwen2.5:32b", "Qwen2.5-32B-Instruct"),
        ("QWEN2.5 32B instruct", "Qwen2.5-32B-Instruct"),
        ("bartowski/Qwen2.5-32B-Instruct-GGUF", "Qwen2.5-32B-Instruct"),
        ("Qwen2.5-32B", "Qwen2.5-32B"),
        ("Qwen2.5-32B-Instruct-uncensored", "Qwen2.5-32B-Instruct"),
        ("TheDrummer/Rocinante-12B-v1.1", "Rocinante-12B-v1.1"),
        ("mythomax-l2-13b", "MythoMax-L2-13b"),
        ("通义千问2.5-14B", "Qwen2.5-14B-Instruct"),
        ("deepseek-r1:671b", "DeepSeek-R1"),
        ("Llama-3-8B-Instruct", "Meta-Llama-3-8B-Instruct"),
        ("Mistral-Small-3.2-24B", "Mistral-Small-3.2-24B-Instruct-2506"),
        ("phi-4-14b", "phi-4"),
        ("Midnight-Miqu-70B", "Midnight-Miqu-70B-v1.5"),
    ],
)
def test_names_people_type(typed: str, known: str) -> None:
    found = CATALOG.find(typed)
    assert found is not None
    assert found.known.name == known


def test_a_merge_is_taken_for_the_base_in_its_name() -> None:
    found = CATALOG.find("SomeOne/Moonlit-Qwen2.5-32B-v7")
    assert found is not None
    assert (found.model.id, found.how) == ("Qwen2.5-32B-Instruct", "derived")
    assert found.score < 1


@pytest.mark.parametrize(
    "typed",
    [
        "Qwen2.5-35B",
        "deepseek-r1-mini-9b",
        "DeepSeek-V3-Lite-Foo",
        "no-such-model",
        "",
        "7b",
        "phi-4-9b",
        "DeepSeek-V9.9",
    ],
)
def test_no_shape_rather_than_a_wrong_one(typed: str) -> None:
    assert CATALOG.shape(typed) is None


def test_nearest_keeps_to_the_size() -> None:
    assert CATALOG.nearest("qwen2.5-32b-instrct")[0].known.name == "Qwen2.5-32B-Instruct"
    assert CATALOG.nearest("lama 3.1 8b instruct")[0].model.layers == 32
    assert {size_in(name_key(match.known.name)) for match in CATALOG.nearest("qwen2.5-72b-instrukt")} <= {"72b", ""}
    assert len(CATALOG.nearest("mistral", limit=2)) <= 2


def test_patterns_are_repeated_over_the_layers() -> None:
    gemma = CATALOG.shape("gemma-3-12b-it")
    assert gemma is not None
    assert gemma.window_layers[:7] == (True, True, True, True, True, False, True)
    assert sum(not windowed for windowed in gemma.window_layers) == 8
    following = CATALOG.shape("Qwen3-Next-80B-A3B-Instruct")
    assert following is not None
    assert following.kv_heads[:4] == (0, 0, 0, 2)
    assert following.recurrent_layers[:4] == (True, True, True, False)
    maverick = CATALOG.shape("Llama-4-Maverick-17B-128E-Instruct")
    assert maverick is not None
    assert maverick.experts is not None
    assert maverick.feed_forward[:2] == (16384, 0)
    assert maverick.experts.layers[:2] == (False, True)


def test_latent_attention_has_the_lengths_of_its_cache() -> None:
    shape = CATALOG.shape("DeepSeek-R1")
    assert shape is not None
    assert (shape.key_length, shape.value_length, shape.kv_heads[0]) == (576, 512, 1)


def test_keys() -> None:
    assert name_key("Qwen/Qwen2.5-32B_Instruct") == "qwen2.5-32b-instruct"
    assert without_variant("qwen2.5-32b-instruct-gguf") == "qwen2.5-32b"
    assert without_variant("instruct") == "instruct"
    assert [size_in(name_key(name)) for name in ("Mixtral-8x7B", "Qwen2.5-0.5B", "phi-4")] == ["8x7b", "0.5b", ""]


def write(root: Path, text: str) -> Path:
    (root / "models").mkdir()
    (root / "schema").symlink_to(knowledge_root() / "schema")
    (root / "models" / "family.yaml").write_text(text)
    return root


MODEL = """models:
  - id: Toy-1B
    repo: toys/Toy-1B
    aliases: ["toy:1b"]
    architecture: llama
    layers: 2
    embedding: 64
    feed_forward: 128
    heads: 4
    kv_heads: 2
    vocabulary: 100
    context: 512
    parameters_b: 0.0001
    source: https://example.org/config.json
    checked: 2026-11
"""


def test_like_takes_over_what_is_not_said(tmp_path: Path) -> None:
    catalog = load_catalog(write(tmp_path, MODEL + "  - {id: Toy-2B, repo: toys/Toy-2B, like: Toy-1B, layers: 4}\n"))
    assert isinstance(catalog, Catalog)
    second = catalog.models[1]
    assert (second.layers, second.embedding, second.aliases) == (4, 64, ())


@pytest.mark.parametrize(
    ("addition", "complaint"),
    [
        ("  - {id: Toy-2B, repo: toys/Toy-2B, like: Toy-3B}\n", "Toy-3B"),
        ("  - {id: Toy-2B, repo: toys/Toy-2B, like: Toy-1B, aliases: [toy 1b]}\n", "toy-1b"),
        ("  - {id: Toy-2B, repo: toys/Toy-2B, like: Toy-1B, heads: [4, 4, 4]}\n", "3 values for 2 layers"),
        ("  - {id: Toy-2B, repo: toys/Toy-2B}\n", "models[1].architecture: missing"),
        ("  - {id: Toy-2B, repo: toys/Toy-2B, like: Toy-1B, attention: WX}\n", "models[1].attention"),
    ],
)
def test_faults_are_named(tmp_path: Path, addition: str, complaint: str) -> None:
    with pytest.raises(DataError) as error:
        load_catalog(write(tmp_path, MODEL + addition))
    assert complaint in str(error.value)


@pytest.mark.parametrize(
    ("name", "gigabytes"),
    [
        ("GLM-5.2-W4A8", 391.4),  # as W4A16: what is computed with takes no room in the file
        ("Kimi-K2.5-W4AFP8", 533.0),
        ("granite-code:34b", 21.4),  # ibm-granite/granite-34b-code-instruct-8k-GGUF: 21.4 GB in Q4_K_M
    ],
)
def test_schemes_of_checkpoints_and_their_sizes(name: str, gigabytes: float) -> None:
    assert named_model(name, CATALOG).file_bytes == pytest.approx(gigabytes * 1e9, rel=0.01)


@pytest.mark.parametrize(
    ("tag", "quant"),
    [
        ("llama3.2:1b", "Q8_0"),
        ("llama3.2:3b", "Q4_K_M"),
        ("mixtral:8x7b", "Q4_0"),
        ("tinyllama:latest", "Q4_0"),
        ("smollm2:360m", "F16"),
        ("llama3:8b-instruct-q5_K_M", "Q5_K_M"),
        ("llama3", "Q4_K_M"),
    ],
)
def test_tags_of_the_library_are_in_its_quantizations(tag: str, quant: str) -> None:
    assert named_model(tag, CATALOG).quant == quant


@pytest.mark.parametrize(
    ("tag", "gigabytes"),
    [("starcoder:3b", 1.8), ("starcoder:7b", 4.3), ("starcoder:15b", 9.0), ("tinyllama:latest", 0.638)],
)
def test_tags_of_the_library_are_as_large_as_it_says(tag: str, gigabytes: float) -> None:
    assert named_model(tag, CATALOG).file_bytes / 1e9 == pytest.approx(gigabytes, rel=0.02)
