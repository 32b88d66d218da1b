"""The light form of knowledge: many messages of a program that lead to one entry."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from shipped import CLINIC, PARTS, read_facts

from bot.answers.blocks import Paragraph
from bot.base.languages import told
from bot.diagnosis.complaint import load_complaints
from bot.diagnosis.diagnoser import Diagnoser
from bot.intake.cleaning import clean
from bot.knowledge.files import DataError
from bot.knowledge.load import load_failures, load_field, read_failures
from bot.knowledge.messages import Messages, read_messages
from bot.workshop.proof import as_printed, check_messages

ROOT = Path(__file__).parents[2] / "knowledge"
ENTRY: dict[str, Any] = {
    "id": "disk-full",
    "class": "disk-full",
    "severity": "blocking",
    "title": {"en": "The disk is full", "zh": "磁盘满了"},
    "cause": {"en": "No room is left.", "zh": "没有空间了。"},
    "signatures": ["No space left on device: {path}"],
    "steps": [{"text": {"en": "Make room.", "zh": "腾出空间。"}}],
    "sources": [{"url": "https://example.org/enospc", "checked": "2026-11"}],
    "examples": [{"text": "No space left on device: /a"}, {"text": "No space left on device: /b"}],
    "near_misses": [{"text": "space"}],
}
SAID = {"en": "The cache grew.", "zh": "缓存变大了。"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "schema", tmp_path / "schema")
    for name in ("classes.yaml", "variables.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    written(tmp_path)
    return tmp_path


def written(root: Path, **changes: Any) -> None:
    content = ENTRY | changes
    path = root / "failures" / "files" / f"{content['id']}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def messages(root: Path, *groups: dict[str, Any], program: str = "vllm", file: str = "vllm") -> None:
    (root / "messages").mkdir(exist_ok=True)
    content = {"program": program, "line": "vLLM engine", "messages": list(groups)}
    (root / "messages" / f"{file}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def faults(root: Path) -> list[str]:
    with pytest.raises(DataError) as caught:
        load_failures(root)
    return [str(fault).removeprefix("messages/vllm.yaml: ") for fault in caught.value.faults]


@pytest.mark.slow
@pytest.mark.no_cover
def test_shipped_messages_prove_themselves() -> None:
    diagnoser = Diagnoser(
        (entry for _, entry in read_failures(ROOT).items), load_field(ROOT), complaints=load_complaints(ROOT)
    )
    assert [str(fault) for fault in check_messages(read_messages(ROOT).items, diagnoser, PARTS.facts)] == []


def test_a_message_selects_its_entry_and_says_its_own_sentence(root: Path) -> None:
    messages(root, {"entry": "disk-full", "texts": ["cache folder {path:path} ran full"], "said": SAID})
    (entry,) = load_failures(root)
    (found,) = Diagnoser([entry]).diagnose(clean("vLLM\nRuntimeError: cache folder /data/x ran full"))
    assert found.captured == {"path": "/data/x"}
    signature = found.evidence.signature
    assert signature is not None
    assert signature.said is not None
    assert signature.said.zh == SAID["zh"]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ({"entry": "disk-ful", "texts": ["ab cd"]}, "messages[0].entry: no entry has the id 'disk-ful'; did you mean"),
        ({"entry": "disk-full", "texts": ["{a} {b}"]}, "messages[0].texts[0].text: has no words of its own"),
        ({"entry": "disk-full", "texts": ["a b", "A b"]}, "messages[0].texts[1].text: leads to 'disk-full' already"),
        (
            {"entry": "disk-full", "texts": ["no space left on device: {file}"]},
            "messages[0].texts[0].text: leads to 'disk-full' already",
        ),
        (
            {"entry": "disk-full", "texts": ["cache full"], "said": {"en": "{size|x} GB", "zh": "{size|x}"}},
            "messages[0].texts[0].said.en: {size} is captured by no signature",
        ),
        ({"entry": "disk-full", "texts": ["ab"], "when": {"systems": ["dos"]}}, "messages[0].when.systems[0]: 'dos'"),
    ],
)
def test_faults_are_named_with_their_place(root: Path, group: dict[str, Any], expected: str) -> None:
    messages(root, group)
    assert [fault for fault in faults(root) if fault.startswith(expected)], faults(root)


def test_the_file_is_named_like_its_program(root: Path) -> None:
    messages(root, {"entry": "disk-full", "texts": ["cache ran full"]}, program="LM Studio")
    assert "program: is 'LM Studio' but the file is named 'vllm'; make them the same" in faults(root)


def test_a_message_that_selects_another_entry_is_a_fault(root: Path) -> None:
    written(root, id="other", signatures=["cache folder {name} is busy or gone"])
    text = {"text": "cache folder", "example": "cache folder x is busy or gone"}
    messages(root, {"entry": "disk-full", "texts": [text, {"text": "cache is hot", "weight": 0.3}]})
    diagnoser = Diagnoser(load_failures(root))
    first, second = check_messages(read_messages(root).items, diagnoser, PARTS.facts)
    assert first.key == "messages[0].texts[0]"
    assert "alone must select disk-full first, but other" in first.problem
    assert "alone must select disk-full first, but nothing was recognised; give an example" in second.problem


@pytest.mark.parametrize(
    ("line", "selects"),
    [("Error response from daemon: x", True), ("/home/li/miniconda3/lib/vllm.py", False), ("vLLM", True)],
)
def test_a_message_of_a_packaging_leads_nowhere_in_another(root: Path, line: str, selects: bool) -> None:
    messages(root, {"entry": "disk-full", "texts": ["cache ran full"], "when": {"packaging": ["docker"]}})
    lines = clean(f"{line}\ncache ran full")
    assert bool(Diagnoser(load_failures(root)).diagnose(lines, read_facts(lines))) is selects


def test_a_message_of_a_system_leads_nowhere_on_another(root: Path) -> None:
    messages(root, {"entry": "disk-full", "texts": ["cache ran full"], "when": {"systems": ["windows"]}})
    lines = clean("OS: Ubuntu 24.04\ncache ran full")
    assert Diagnoser(load_failures(root)).diagnose(lines, read_facts(lines)) == ()


def test_variables_are_printed_as_their_kinds() -> None:
    assert as_printed("{n:number} of {total:size} in {file:path}") == "37 of 12.5 GiB in /home/li/models/qwen3"


def test_the_answer_begins_with_the_message_s_own_sentence() -> None:
    found = CLINIC.diagnose("vLLM\nValueError: max_tokens must be at least 1, got -186.").answer
    paragraphs = [told(block.text, "en") for block in found.blocks if isinstance(block, Paragraph)]
    own = "The conversation alone already fills the context: nothing is left for the reply. "
    assert [text for text in paragraphs if text.startswith(own)]


def test_an_empty_folder_of_messages_is_no_fault(root: Path) -> None:
    assert read_messages(root).items == ()
    assert Messages("x", ()).shown == "x"
