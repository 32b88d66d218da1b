"""Cues: one phrase a row, each proven by texts, more of them in further languages."""

import shutil
from pathlib import Path

import pytest
import yaml

from bot.diagnosis.complaint import load_complaints
from bot.knowledge.cue import Cue, cue_faults
from bot.knowledge.files import DataError, knowledge_root

SHIPPED = knowledge_root()


def faults(**parts: list[str]) -> list[str]:
    return [str(fault) for fault in cue_faults("f.yaml", "solved", Cue(**{k: tuple(v) for k, v in parts.items()}))]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED / "schema", tmp_path / "schema")
    shutil.copy(SHIPPED / "complaints.yaml", tmp_path)
    return tmp_path


def test_whole_words_and_chinese_anywhere() -> None:
    cue = Cue(en=("works?",), zh=("好了",))
    assert cue.found("It works")
    assert cue.found("现在好了吗")
    assert not cue.found("networks")
    assert not Cue().found("anything")


def test_texts_prove_the_phrases() -> None:
    assert faults(en=["works"], found_in=["it works"], not_in=["networks"]) == []
    assert faults(en=["works"], found_in=["it runs"], not_in=["works on mine"]) == [
        "f.yaml: solved.found_in[0]: 'it runs' holds none of the phrases; add one, or take the text out",
        "f.yaml: solved.not_in[0]: 'works on mine' holds 'works'; narrow the phrase that finds it",
    ]


def test_a_phrase_that_is_none_is_named_without_being_shown() -> None:
    (fault,) = faults(forms=["(works"])
    assert fault.startswith("f.yaml: solved.forms[0]: is no regular expression")
    assert "(works" not in fault


def test_a_language_adds_its_own_phrases(root: Path) -> None:
    folder = root / "languages" / "ja"
    folder.mkdir(parents=True)
    file = folder / "complaints.yaml"
    file.write_text(
        yaml.safe_dump({"solved": {"forms": ["直りました"], "found_in": ["直りました"]}}, allow_unicode=True),
        encoding="utf-8",
    )
    assert load_complaints(root).is_solved("おかげで直りました")
    assert load_complaints(root).is_solved("fixed it")
    file.write_text(yaml.safe_dump({"solvd": {"forms": ["x"]}}), encoding="utf-8")
    with pytest.raises(DataError, match=r"languages/ja/complaints\.yaml: unknown keys: solvd"):
        load_complaints(root)
