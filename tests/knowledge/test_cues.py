"""Cues: one phrase a row, each proven by texts, more of them in further languages."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.diagnosis.complaint import load_complaints
from bot.intake.cues import Together, Weighted, Writing, load_cues
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


def phrases_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Together):
        yield from (*value.once, *value.words)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from phrases_of(each)
    elif isinstance(value, dict):
        yield from phrases_of(list(value.values()))
    elif isinstance(value, Weighted):
        yield from phrases_of(value.any)
    elif isinstance(value, Writing):
        yield from phrases_of([value.written, value.writers, value.acts, value.marks, value.technical])


def bare(pattern: str) -> str:
    """A pattern without what stands in brackets."""
    pattern = re.sub(r"\[(?:\\.|[^\]\\])+\]", "", re.sub(r"\\[\[\]()|]", "", pattern))
    while (less := re.sub(r"\([^()]*\)", "", pattern)) != pattern:
        pattern = less
    return pattern


def test_a_line_holds_one_phrase() -> None:
    data = load_cues(SHIPPED).data
    asked = [data.plea, data.question, data.request, data.other, data.steps, data.quality, data.no_quality]
    lists = [*asked, data.no_steps, data.writing, data.topics]
    assert [phrase for phrase in phrases_of(lists) if "|" in bare(phrase)] == []


def test_phrases_of_one_kind_count_once() -> None:
    together = Together(once=("救命", "求助"), words=("help", "sos"))
    assert [bool(re.search(together.pattern, text)) for text in ("求助", "help me", "helpless")] == [True, True, False]
