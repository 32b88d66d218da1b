"""The sentences in which failures are told, and what they must agree with."""

import shutil
from pathlib import Path

import pytest

from bot.knowledge.files import DataError, knowledge_root
from bot.knowledge.told import load_told, load_told_of_entries


def test_a_class_that_goes_is_missed_though_the_sentences_stay(tmp_path: Path) -> None:
    for name in ("told.yaml", "classes.yaml", "first_aid.yaml"):
        shutil.copy(knowledge_root() / name, tmp_path / name)
    shutil.copytree(knowledge_root() / "schema", tmp_path / "schema")
    assert load_told_of_entries(tmp_path)
    name = next(each for each in load_told(tmp_path) if each.startswith("disk"))
    classes = tmp_path / "classes.yaml"
    classes.write_text(
        classes.read_text(encoding="utf-8").replace(f"class: {name}\n", "class: gone\n"), encoding="utf-8"
    )
    for load in (load_told, load_told_of_entries):
        with pytest.raises(DataError, match=r"is not in classes\.yaml"):
            load(tmp_path)
