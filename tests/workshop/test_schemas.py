"""The schemas of the data files are what the typed structs say."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from bot.cli.knowledge import knowledge
from bot.knowledge.files import knowledge_root
from bot.workshop.schemas import TABLE, schema_file, stale

ROOT = knowledge_root()


def test_the_files_are_what_the_structs_say() -> None:
    assert list(stale(ROOT)) == [], "run `wenzhen knowledge schema`"


def test_every_schema_has_its_struct() -> None:
    assert {path.stem for path in (ROOT / "schema").glob("*.json")} == TABLE.keys()


@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(json.loads(schema_file(name)))


def test_structs_comments_and_rules_come_together() -> None:
    keys = json.loads(schema_file("failure"))["properties"]
    assert keys["id"] == {
        "type": "string",
        "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
        "description": "unique; the file is named <id>.yaml",
    }
    bare, whole = keys["signatures"]["items"]["anyOf"]
    assert bare == {"type": "string", "minLength": 2}
    assert whole["required"] == ["text"]
    assert "ruled" not in whole["properties"]  # the program's own
    assert keys["title"]["required"] == ["en", "zh"]
    assert keys["steps"]["items"]["properties"]["commands"]["items"]["properties"]["shell"]["enum"][0] == "bash"


def test_a_model_like_another_need_not_repeat_its_shape() -> None:
    says = Draft202012Validator(json.loads(schema_file("model"))).is_valid
    known = {"id": "Foo-7B", "repo": "foo/Foo-7B"}
    assert says({"models": [known | {"like": "Foo-13B"}]})
    assert not says({"models": [known]})
    assert not says({"models": [{"like": "Foo-13B"}]})
    assert not says({})
    assert says({"outlines": [known | {"parameters_b": 7, "source": "https://foo.example/", "checked": "2026-11"}]})


def test_one_command_writes_them(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "schema", tmp_path / "schema")
    file = tmp_path / "schema" / "glossary.json"
    file.write_text("{}", encoding="utf-8")
    run = CliRunner().invoke(knowledge, ["schema", "--check", "--root", str(tmp_path)])
    assert (run.exit_code, run.output) == (1, "glossary\n")
    assert CliRunner().invoke(knowledge, ["schema", "--root", str(tmp_path)]).output == "glossary\n"
    assert file.read_text(encoding="utf-8") == schema_file("glossary")
