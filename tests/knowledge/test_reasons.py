"""Reasons as rules: one reason in all its wordings, and what it means for what was being done."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from shipped import CLINIC

from bot.diagnosis.complaint import load_complaints
from bot.diagnosis.diagnoser import Diagnoser
from bot.intake.cleaning import clean
from bot.knowledge.files import DataError
from bot.knowledge.load import load_failures, load_field, read_failures
from bot.knowledge.reasons import read_reasons
from bot.workshop.proof import check_reasons

ROOT = Path(__file__).parents[2] / "knowledge"


def entry(id_: str, signature: str = "never printed {x}") -> dict[str, Any]:
    return {
        "id": id_,
        "class": "disk-full",
        "severity": "blocking",
        "title": {"en": id_, "zh": id_},
        "cause": {"en": "No room is left.", "zh": "没有空间了。"},
        "signatures": [signature],
        "steps": [{"text": {"en": "Make room.", "zh": "腾出空间。"}}],
        "sources": [{"url": "https://example.org/enospc", "checked": "2026-11"}],
        "examples": [{"text": signature}, {"text": signature}],
        "near_misses": [{"text": "space"}],
    }


RULE: dict[str, Any] = {
    "id": "refused",
    "wordings": {"codes": ["ECONNREFUSED"], "de": ["Verbindungsaufbau abgelehnt"]},
    "leads": [{"entry": "hub", "beside": ["hub.example"]}, {"entry": "server", "away": ["hub.example"]}],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "schema", tmp_path / "schema")
    for name in ("classes.yaml", "variables.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for folder in ("failures/files", "reasons"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("hub", "server"):
        path = tmp_path / "failures" / "files" / f"{name}.yaml"
        path.write_text(yaml.safe_dump(entry(name), allow_unicode=True), encoding="utf-8")
    return tmp_path


def rules(root: Path, *rules: dict[str, Any]) -> None:
    path = root / "reasons" / "net.yaml"
    path.write_text(yaml.safe_dump({"rules": list(rules)}, allow_unicode=True), encoding="utf-8")


def ids(root: Path, text: str) -> list[str]:
    return [finding.entry.id for finding in Diagnoser(load_failures(root)).diagnose(clean(text))]


@pytest.mark.slow
@pytest.mark.no_cover
def test_the_shipped_rules_prove_themselves() -> None:
    diagnoser = Diagnoser(
        (entry for _, entry in read_failures(ROOT).items), load_field(ROOT), complaints=load_complaints(ROOT)
    )
    assert [str(fault) for fault in check_reasons(read_reasons(ROOT).items, diagnoser)] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("get https://hub.example/x\nerror ECONNREFUSED", ["hub"]),
        ("error ECONNREFUSED 10.0.0.2", ["server"]),
        ("Fehler: Verbindungsaufbau abgelehnt", ["server"]),
        ("https://hub.example/x\na\nb\nc\nd\nerror ECONNREFUSED", ["server"]),
    ],
)
def test_what_stands_beside_decides(root: Path, text: str, expected: list[str]) -> None:
    rules(root, RULE)
    assert ids(root, text) == expected


def test_a_value_in_the_slot_must_stand_there_letter_by_letter(root: Path) -> None:
    rules(
        root,
        {
            "id": "tool",
            "wordings": {"codes": ["No such file or directory: '{it}'"]},
            "leads": [{"entry": "hub", "values": ["nvcc"]}, {"entry": "server", "values": ["ninja", 137]}],
        },
    )
    assert ids(root, "FileNotFoundError: No such file or directory: 'nvcc'") == ["hub"]
    assert ids(root, "FileNotFoundError: No such file or directory: 'ninja'") == ["server"]
    assert ids(root, "FileNotFoundError: No such file or directory: '137'") == ["server"]
    assert ids(root, "FileNotFoundError: No such file or directory: 'nvcd'") == []


def test_a_rule_repeats_nothing_that_an_entry_says_itself(root: Path) -> None:
    path = root / "failures" / "files" / "server.yaml"
    path.write_text(yaml.safe_dump(entry("server", "ECONNREFUSED"), allow_unicode=True), encoding="utf-8")
    rules(root, RULE)
    found = next(each for each in load_failures(root) if each.id == "server")
    assert [signature.text for signature in found.signatures] == ["ECONNREFUSED", "Verbindungsaufbau abgelehnt"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"leads": [{"entry": "hubb"}]}, "rules[0].leads[0].entry: no entry has the id 'hubb'; did you mean 'hub'?"),
        (
            {"leads": [{"entry": "hub", "values": ["x"]}]},
            "rules[0].leads[0].values: every wording of a rule with values",
        ),
        (
            {"wordings": {"codes": ["{it} failed", "other words"]}},
            "rules[0].leads[0].values: every wording of a rule with values",
        ),
        ({"wordings": {"xx": ["abc"]}}, "rules[0].wordings"),
        ({"wordings": {"codes": ["{a} {b}"]}}, "rules[0].wordings.codes[0]: has no words of its own"),
    ],
)
def test_faults_are_named(root: Path, change: dict[str, Any], expected: str) -> None:
    rules(root, RULE | change)
    with pytest.raises(DataError) as caught:
        load_failures(root)
    assert [fault for fault in map(str, caught.value.faults) if fault.startswith(f"reasons/net.yaml: {expected}")]


@pytest.mark.parametrize(
    ("text", "failure_class"),
    [
        (
            "OSError: [WinError 1314] Dem Client fehlt ein erforderliches Recht: 'a' -> 'b' (huggingface_hub)",
            "permission",
        ),
        ("строка:1 знак:9\n+ FullyQualifiedErrorId : InvalidEndOfLine\nSillyTavern", "wrong-shell-syntax"),
        ("tabbyAPI\nFileNotFoundError: [Errno 2] No such file or directory: 'git'", "git-missing"),
        ("ollama\nError: 디스크 공간이 부족합니다", "disk-full"),
        ("koboldcpp exited with code 3221225501", "cpu-illegal-instruction"),
        ("vllm\n/usr/bin/ld: cannot find -lcublas", "cuda-library-missing"),
        ("llama.cpp: cudaErrorInsufficientDriver", "nvidia-driver-too-old"),
        (
            "text-generation-webui\nOSError: [WinError 1455] El archivo de paginación es demasiado pequeño",
            "windows-paging",
        ),
        ("npm error network request to https://registry.npmjs.org/x failed, reason: ETIMEDOUT", "npm-network-failed"),
        ("HTTP 403: Forbidden http://localhost:11434/v1/chat/completions", "cors-refused"),
    ],
)
def test_codes_and_languages_lead_to_the_same_failures(text: str, failure_class: str) -> None:
    candidates = CLINIC.diagnose(text).candidates
    assert candidates, text
    assert candidates[0].failure_class.startswith(failure_class)
