"""A model's entry is written from its repository, and reads back as the shape it was written from."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from bot.base.errors import UserError
from bot.knowledge.files import knowledge_root
from bot.models import gguf
from bot.models.catalog import CatalogModel, load_catalog, model_shape
from bot.models.repository import Repository, RepositoryFile
from bot.models.tensors import parameters
from bot.workshop.model_entry import add_entry, model_entry, popularity, shape_fields

CATALOG = load_catalog(knowledge_root())
CONFIG = {
    "model_type": "qwen3", "hidden_size": 64, "intermediate_size": 192, "num_attention_heads": 4, "head_dim": 32,
    "num_key_value_heads": 2, "num_hidden_layers": 3, "vocab_size": 1000, "max_position_embeddings": 4096,
    "tie_word_embeddings": True,
}  # fmt: skip


class OneRepository:
    """A hub with a single repository in it."""

    def __init__(self, repository: Repository, config: Mapping[str, Any]) -> None:
        self.only, self.config = repository, config

    def repository(self, repo: str) -> Repository:
        return replace(self.only, id=repo)

    def json_file(self, repository: Repository, path: str) -> Mapping[str, Any]:
        return self.config

    def gguf_header(self, repository: Repository, file: RepositoryFile) -> gguf.Header:
        raise AssertionError("there is a config.json")


def hub(published: int, config: Mapping[str, Any] = CONFIG) -> OneRepository:
    files = (RepositoryFile("config.json", 700), RepositoryFile("model.safetensors", 1 << 20))
    return OneRepository(
        Repository("", "c", files, parameters=published, created="2026-10-03", downloads=70_000, likes=5), config
    )


def written(text: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(text)
    return content


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: str(model.id))
def test_a_shape_reads_back_as_it_was(model: CatalogModel) -> None:
    shape = model_shape(model)
    fields = {key: value for key, value in shape_fields(shape).items() if value}
    about = {"id": model.id, "repo": model.repo, "parameters_b": model.parameters_b, "source": "", "checked": ""}
    again = model_shape(msgspec.convert({**fields, **about}, CatalogModel))
    again = replace(again, dynamic_bytes=shape.dynamic_bytes)  # what no configuration tells
    assert replace(again, active_parameters=shape.active_parameters) == shape


def test_a_shape_that_the_parameters_prove_is_written(tmp_path: Path) -> None:
    published = parameters(model_shape(msgspec.convert({
        "id": "a", "repo": "a/a", "architecture": "qwen3", "layers": 3, "embedding": 64, "feed_forward": 192,
        "heads": 4, "kv_heads": 2, "key_length": 32, "vocabulary": 1000, "context": 4096, "tied_embedding": True,
        "parameters_b": 1, "source": "", "checked": "",
    }, CatalogModel)))  # fmt: skip
    entry = model_entry("owner/New-1B", hub(published), "2026-11")
    assert (entry.is_shape, entry.doubt) == (True, "")
    (tmp_path / "models").mkdir()
    (tmp_path / "schema").symlink_to(knowledge_root() / "schema")
    (tmp_path / "models" / "new.yaml").write_text(add_entry("", entry), encoding="utf-8")
    model = load_catalog(tmp_path).models[0]
    assert (model.id, model.repo, model.layers, model.key_length) == ("New-1B", "owner/New-1B", 3, 32)
    assert (model.released, model.popularity, model.checked) == ("2026-10", 3, "2026-11")
    assert model.source == "https://huggingface.co/owner/New-1B/blob/main/config.json"


@pytest.mark.parametrize(
    ("published", "config", "doubt"),
    [
        (9_000_000, CONFIG, "9"),
        (0, CONFIG, "does not tell"),
        (9_000_000, {**CONFIG, "model_type": "brand_new"}, "brand_new"),
    ],
)
def test_what_is_not_proven_stays_an_outline(published: int, config: Mapping[str, Any], doubt: str) -> None:
    entry = model_entry("owner/New-1B", hub(published, config), "2026-11")
    assert not entry.is_shape
    assert doubt in entry.doubt


def test_an_entry_is_added_to_its_section() -> None:
    proven, rough = (model_entry(f"o/N{number}", hub(number), "2026-11") for number in (135_555, 9_000_000))
    both = "models:\n  - id: A\noutlines:\n  - id: B\n"
    assert [each["id"] for each in written(add_entry(both, rough))["outlines"]] == ["B", "N9000000"]
    shape = replace(proven, is_shape=True)
    content = written(add_entry(both, shape))
    assert [each["id"] for each in content["models"]] == ["A", "N135555"]
    assert [each["id"] for each in content["outlines"]] == ["B"]
    assert [each["id"] for each in written(add_entry("", rough))["outlines"]] == ["N9000000"]


def test_popularity_by_downloads_or_likes() -> None:
    assert [popularity(*each) for each in ((0, 0), (9_000, 0), (0, 300), (400_000, 0), (0, 5_000))] == [1, 2, 3, 4, 5]


def test_a_repository_without_anything_to_read_is_refused() -> None:
    empty = OneRepository(Repository("", "c", (RepositoryFile("README.md", 9),)), {})
    with pytest.raises(UserError, match="neither"):
        model_entry("owner/empty", empty, "2026-11")
