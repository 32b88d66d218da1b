"""Rows speak of lists of words by name; what nobody can mean is a fault that says where."""

import re
from typing import Any

import msgspec
import pytest
import yaml

from bot.knowledge.files import knowledge_root
from bot.knowledge.word_lists import filled, phrases_filled

LONGEST = 140  # characters of a row; what is longer nobody reads
CUE_FILES = (
    "asking", "circumstances", "complaints", "conversation", "cues", "lines", "machines", "topics", "vocabulary"
)  # fmt: skip


def test_a_name_stands_for_any_word_of_its_list() -> None:
    rows = filled(
        {"lists": {"colours": ["red", "dark (?:red|blue)"]}, "rows": ["a {colours} card", {"en": "{colours}"}]}
    )
    assert rows == {"rows": ["a (?:red|dark (?:red|blue)) card", {"en": "(?:red|dark (?:red|blue))"}]}
    assert phrases_filled({"lists": {"it-now": ["it", ""]}, "rows": "{it-now} works"}) == {"rows": "(it|) works"}


def test_a_list_may_speak_of_those_above_it() -> None:
    rows = filled(
        {"lists": {"months": ["may", "june"], "dates": [r"\d{1,2} {months}", "today"]}, "row": "since {dates}"}
    )
    assert re.fullmatch(rows["row"], "since 12 june")


def test_texts_and_repetitions_stay_as_they_are() -> None:
    content = {"lists": {"user": ["me"]}, "row": r"\{\{user\}\} {{user}} x{1,3} {user}", "found_in": ["{user}"]}
    assert filled(content) == {"row": r"\{\{user\}\} {{user}} x{1,3} (?:me)", "found_in": ["{user}"]}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"lists": {"a-list": ["x"]}, "row": "{another-list}"}, "speaks of {another-list}"),
        ({"lists": {"early": ["{late}"], "late": ["x"]}, "row": "{early}"}, "no list above it"),
        ({"lists": {"used": ["x"], "unused": ["y"]}, "row": "{used}"}, "no row speaks of unused"),
    ],
)
def test_what_nobody_can_mean_is_a_fault(content: dict[str, Any], problem: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=re.escape(problem)):
        filled(content)


@pytest.mark.parametrize("name", CUE_FILES)
def test_rows_of_cues_are_short(name: str) -> None:
    lines = (knowledge_root() / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > LONGEST and not line.startswith("#")] == []


@pytest.mark.parametrize("name", CUE_FILES)
def test_lists_of_phrases_have_one_a_line(name: str) -> None:
    node = yaml.compose((knowledge_root() / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    assert [each.start_mark.line + 1 for each in _sequences(node) if each.flow_style and _spreads(each)] == []


def _sequences(node: Any) -> list[yaml.SequenceNode]:
    if isinstance(node, yaml.MappingNode):
        return [found for pair in node.value for each in pair for found in _sequences(each)]
    if isinstance(node, yaml.SequenceNode):
        return [node, *(found for each in node.value for found in _sequences(each))]
    return []


def _spreads(node: yaml.SequenceNode) -> bool:
    return node.end_mark.line > node.start_mark.line
