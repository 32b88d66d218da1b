"""Faults of single versions: each row is told to those who have it, and to nobody else."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from shipped import PARTS

from bot.answers.blocks import Steps
from bot.clinic.diagnosing import facts_of, reading_of
from bot.diagnosis.known_faults import known_fault
from bot.intake.facts import Fact, Facts
from bot.intake.lines import Line
from bot.intake.reading import read_masked
from bot.intake.versions import BENEATH, version_of
from bot.knowledge.files import DataError
from bot.knowledge.known_faults import KNOWN_FAULTS, KnownFault, load_known_faults

ROWS = PARTS.known_faults
SHIPPED = PARTS.root


def told(text: str, rows: tuple[KnownFault, ...] = ROWS) -> KnownFault | None:
    read = read_masked(text, PARTS.telling)
    found = known_fault(rows, facts_of(read, PARTS), read.lines)
    return found.fault if found else None


def test_every_row_is_told_to_who_writes_like_its_example() -> None:
    assert [row.example for row in ROWS if told(row.example) != row] == []


def of_the_version_that_mended(row: KnownFault) -> bool:
    facts = Facts(loader=Fact(row.program, 1), loader_version=Fact(row.fixed_in, 1))
    told = next((version for version in (row.broken_in, row.last_seen) if version and version in row.example), "")
    words = row.example.replace(told, row.fixed_in) if row.program in BENEATH and told else row.example
    return known_fault((row,), facts, [Line(1, words, 1)]) is not None


def test_no_row_is_told_of_the_version_that_mended_it() -> None:
    assert [row.example for row in ROWS if row.fixed_in and of_the_version_that_mended(row)] == []


SLOW = (
    KnownFault(
        program="koboldcpp", says=("slow", "vulkan"), what=ROWS[0].what, example="", sources=(), broken_in="1.105",
        fixed_in="1.106",
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("version", "words", "is_told"),
    [
        ("1.105.4", "so slow with vulkan", True),
        ("1.105", "so slow with vulkan", True),
        ("1.104", "so slow with vulkan", False),  # before
        ("1.106", "so slow with vulkan", False),  # mended
        ("1.105.4", "vulkan is fine", False),
        (None, "so slow with vulkan", False),  # no version: only what is sure
    ],
)
def test_version_and_words_must_fit(version: str | None, words: str, is_told: bool) -> None:
    facts = Facts(loader=Fact("koboldcpp", 1), loader_version=Fact(version, 1) if version else None)
    assert (known_fault(SLOW, facts, [Line(1, words, 1)]) is not None) == is_told


@pytest.mark.parametrize(
    ("words", "version"),
    [
        ("LM Studio 0.3.32, Vulkan llama.cpp (Windows) v1.57.1", "1.57.1"),
        ("since the vulkan runtime 1.52.0 it is slow", "1.52.0"),
        ("CUDA 12 llama.cpp (Linux) v1.48.0", "1.48.0"),
        ("cuda runtime 2.25.2", "2.25.2"),
        ("LM Studio 0.4.6 on a mac", ""),
        ("cuda 12.4 is installed", ""),
        ("cuda 12.4.1 and python 3.12", ""),
        ("vulkan works, llama.cpp b8143", ""),
    ],
)
def test_number_of_an_engine_of_lm_studio_is_read(words: str, version: str) -> None:
    assert version_of("LM Studio runtime", Facts(), words.lower()) == version


def test_what_exllama_prints_of_itself_is_read() -> None:
    printed = "INFO: exllamav3 version: 0.0.18"
    assert version_of("exllamav3", Facts(), printed) == "0.0.18"


def test_line_that_tells_most_is_the_proof() -> None:
    facts = Facts(loader=Fact("koboldcpp", 1), loader_version=Fact("1.105", 1))
    lines = [Line(at, text, at) for at, text in enumerate(("vulkan0 found", "it is slow with vulkan", "bye"), 1)]
    found = known_fault(SLOW, facts, lines)
    assert found is not None
    assert found.line.number == 2


def test_known_fault_is_the_answer_where_nothing_is_recognised() -> None:
    reading = reading_of("Failed to load. Error: 'Utility process is not defined.'", PARTS, None)
    assert [each.id for each in reading.candidates] == ["known-fault-of-a-version"]


def test_it_stands_before_the_steps_of_what_is_recognised() -> None:
    text = "Windows, Ryzen 5500U Vega 7 iGPU: since the update to ollama 0.30.4 the gpu is not used, only the cpu"
    reading = reading_of(text, PARTS, None)
    assert reading.candidates[0].id == "gpu-idle-in-words"
    (steps, *_) = [block for block in reading.answers[0].blocks if isinstance(block, Steps)]
    assert "OLLAMA_IGPU_ENABLE" in steps.steps[0].commands[0].text


def test_it_goes_before_what_a_post_only_resembles() -> None:
    text = (
        "LM Studio 0.3.28, Ryzen AI MAX+ 395, Windows. Since the Vulkan runtime 1.52.0 models are not loaded into GPU "
        "memory any more, three times slower."
    )
    reading = reading_of(text, PARTS, None)
    assert reading.candidates[0].id == "known-fault-of-a-version"


def test_going_back_is_not_told_beside_what_helps_in_this_version() -> None:
    text = "LM Studio 0.3.28 server: after the update streaming does not work any more over the API"
    reading = reading_of(text, PARTS, None)
    (steps, *_) = [block for block in reading.answers[0].blocks if isinstance(block, Steps)]
    assert "switch streaming off and on" in str(steps.steps[0].text)
    assert not any("go back" in str(step.text) for step in steps.steps)


def write(root: Path, row: dict[str, Any]) -> None:
    sound = {
        "program": "ollama", "says": ["slow"], "what": {"en": "a", "zh": "甲"}, "example": "it is slow",
        "fixed_in": "0.2.0", "sources": [{"url": "https://example.org/a", "checked": "2026-11"}],
    }  # fmt: skip
    (root / "schema").mkdir(exist_ok=True)
    (root / "schema" / "known_faults.json").write_bytes((SHIPPED / "schema" / "known_faults.json").read_bytes())
    content = {"faults": [{key: value for key, value in {**sound, **row}.items() if value is not None}]}
    (root / KNOWN_FAULTS).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"says": ["(slow"]}, "not a regular expression"),
        ({"says": ["slow", "vulkan"]}, "does not hold 'vulkan'"),
        ({"fixed_in": None}, "needs broken_in or fixed_in"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, row: dict[str, Any], problem: str) -> None:
    write(tmp_path, row)
    with pytest.raises(DataError, match=problem.replace("(", r"\(")):
        load_known_faults(tmp_path)


def test_sound_row_is_loaded_and_no_file_means_none(tmp_path: Path) -> None:
    assert load_known_faults(tmp_path) == ()
    write(tmp_path, {})
    assert load_known_faults(tmp_path)[0].fixed_in == "0.2.0"


def test_known_fault_is_no_answer_to_a_log_in_which_nothing_fails() -> None:
    started = "Welcome to KoboldCpp - Version 1.93\nAuto Selected CUDA Backend...\nNamespace(gpulayers=19)"
    assert reading_of(started, PARTS, None).candidates == ()
