"""The knowledge proves itself: a test for every entry, made from the data."""

import json
from pathlib import Path

import pytest

from bot.diagnosis.complaint import load_complaints
from bot.diagnosis.diagnoser import Diagnoser
from bot.knowledge.failures import Failure
from bot.knowledge.load import load_classes, load_field, read_failures
from bot.knowledge.options import load_options
from bot.workshop.proof import check_entry

ROOT = Path(__file__).parents[2] / "knowledge"
LOADED = read_failures(ROOT)
CLASSES = load_classes(ROOT)
ENTRIES = {entry.id: entry for _, entry in LOADED.items}


@pytest.fixture(scope="module")
def diagnoser() -> Diagnoser:
    return Diagnoser(ENTRIES.values(), load_field(ROOT), complaints=load_complaints(ROOT), tables=load_options(ROOT))


def test_no_file_has_a_fault() -> None:
    assert [str(fault) for fault in LOADED.faults] == []


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_entry_proves_itself(entry: Failure, diagnoser: Diagnoser) -> None:
    assert list(check_entry(entry, diagnoser)) == []


def test_every_class_has_an_entry() -> None:
    used = {entry.failure_class for entry in ENTRIES.values()}
    assert sorted(each.name for each in CLASSES if each.name not in used) == []


def test_titles_tell_the_entries_apart() -> None:
    titles = [entry.title.en for entry in ENTRIES.values()]
    assert sorted({title for title in titles if titles.count(title) > 1}) == []


def test_classes_are_named_once() -> None:
    names = [each.name for each in CLASSES]
    assert len(names) == len(set(names))


def test_editors_know_the_schema_of_every_data_file() -> None:
    mapping = json.loads((ROOT.parent / ".vscode" / "settings.json").read_text(encoding="utf-8"))["yaml.schemas"]
    patterns = [each for value in mapping.values() for each in ([value] if isinstance(value, str) else value)]
    covered = {file for pattern in patterns for file in ROOT.parent.glob(pattern)}
    files = set(ROOT.rglob("*.yaml")) - {ROOT / "classes.yaml"}
    assert {file.name for file in files - covered} == set()
    assert all((ROOT.parent / schema).is_file() for schema in mapping)
