"""Broken data: every fault of every file at once, with file, key and what to write."""

import json
import re
import shutil
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.knowledge.files import DataError, conversion_fault
from bot.knowledge.load import load_failures
from bot.knowledge.schema_faults import plain_faults

SHIPPED = Path(__file__).parents[2] / "knowledge"
SOUND: dict[str, Any] = {
    "id": "disk-full",
    "class": "disk-full",
    "severity": "blocking",
    "title": {"en": "The disk is full", "zh": "磁盘满了"},
    "cause": {"en": "No room for {path|the file}.", "zh": "放不下 {path|文件}。"},
    "signatures": ["No space left on device: {path}", {"text": "ENOSPC", "weight": 0.9}],
    "steps": [
        {"text": {"en": "Make room.", "zh": "腾出空间。"}, "commands": [{"shell": "bash", "code": "df -h {path|.}"}]}
    ],
    "sources": [{"url": "https://example.org/enospc", "checked": "2026-11"}],
    "examples": [{"text": "No space left on device: /a", "captures": {"path": "/a"}}, {"text": "ENOSPC"}],
    "near_misses": [{"text": "space"}],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED / "schema", tmp_path / "schema")
    for name in ("classes.yaml", "variables.yaml"):
        shutil.copy(SHIPPED / name, tmp_path / name)
    (tmp_path / "failures" / "files").mkdir(parents=True)
    return tmp_path


def written(root: Path, document: Any = SOUND, name: str = "disk-full", **changes: Any) -> Path:
    path = root / "failures" / "files" / f"{name}.yaml"
    content = {**document, **changes}
    kept = {key: value for key, value in content.items() if value is not None}
    path.write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    return path


def faults(root: Path) -> list[str]:
    with pytest.raises(DataError) as caught:
        load_failures(root)
    return [str(fault).removeprefix("failures/files/disk-full.yaml: ") for fault in caught.value.faults]


def test_a_sound_file_is_loaded(root: Path) -> None:
    written(root)
    (entry,) = load_failures(root)
    assert entry.signatures[1].weight == 0.9
    assert entry.title.zh == "磁盘满了"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"cause": None}, "cause: missing; write a mapping with en, zh"),
        ({"cause": None, "cuase": {"en": "a", "zh": "b"}}, "cause: missing; did you mean 'cuase'?"),
        ({"severity": "fatal"}, "severity: 'fatal' is not known; write one of: blocking, degraded"),
        ({"severtiy": "warning"}, "severtiy: unknown key; did you mean 'severity'?"),
        ({"title": "Full"}, "title: must be a mapping (key: value), not text"),
        ({"title": {"en": "Full", "zh": ""}}, "title.zh: must not be empty"),
        ({"signatures": []}, "signatures: needs at least 1 entry, has 0"),
        ({"signatures": [3]}, "signatures[0]: must be text or a mapping (key: value), not a whole number"),
        ({"signatures": [{"text": "abc", "wieght": 1}]}, "signatures[0].wieght: unknown key; did you mean 'weight'?"),
        ({"signatures": [{"text": "abc", "weight": 2}]}, "signatures[0].weight: 2 is out of range; write at most 1"),
        ({"examples": [{"text": "ENOSPC"}]}, "examples: needs at least 2 entries, has 1"),
        ({"id": "Disk Full"}, "id: 'Disk Full' has the wrong form; write small letters, digits and single hyphens"),
        ({"id": "disk"}, "id: is 'disk' but the file is named 'disk-full'"),
        ({"class": "disk-fill"}, "class: 'disk-fill' is not in classes.yaml; did you mean 'disk-full'?"),
        ({"signatures": ["{n:nmber} busy"]}, "signatures[0].text: {n:nmber}: unknown kind; did you mean 'number'?"),
        ({"signatures": ["{a} {b}"]}, "signatures[0].text: has no words of its own"),
        ({"signatures": ["ENOSPC", "ENOSPC"]}, "signatures[1].text: is the same as signatures[0]; keep one of them"),
        ({"cause": {"en": "{pth|it}", "zh": "满"}}, "cause.en: {pth} is captured by no signature and is no fact"),
        ({"cause": {"en": "{path}", "zh": "满"}}, "cause.en: {path} may be unknown; write {path|what to say then}"),
    ],
)  # fmt: skip
def test_each_fault_says_where_and_what_to_write(root: Path, changes: dict[str, Any], expected: str) -> None:
    written(root, **changes)
    assert any(fault.startswith(expected) for fault in faults(root))


def test_nothing_unfinished_is_loaded(root: Path) -> None:
    path = written(root, cause={"en": "TODO: why", "zh": "TODO：为什么"})
    path.write_text(path.read_text(encoding="utf-8") + "# TODO: more examples\n", encoding="utf-8")
    told = [fault for fault in faults(root) if "still says TODO" in fault]
    assert len(told) == 3
    assert all(fault.startswith("line ") for fault in told)


def test_a_text_that_would_be_cut_off_is_named(root: Path) -> None:
    path = written(root)
    path.write_text(path.read_text(encoding="utf-8") + "explains:\n  - class:a #b  # why\n  - 'class:c #d'\n", "utf-8")
    line = len(path.read_text(encoding="utf-8").splitlines()) - 1
    assert [fault for fault in faults(root) if "ends before" in fault] == [
        f"line {line}: ends before '#b': put a text with ` #` in quotes"
    ]


def test_no_fault_shows_a_regular_expression(root: Path) -> None:
    for path in (root / "schema").glob("*.json"):
        for pattern in re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', path.read_text(encoding="utf-8")):
            written_so = json.loads(f'"{pattern}"')
            (told,) = plain_faults(Draft202012Validator({"pattern": written_so}).iter_errors("\n\n"))
            assert written_so not in told[1], path.name
            assert "that the others have" not in told[1], f"{path.name}: say {pattern} in words"


@pytest.mark.parametrize(
    ("code", "systems", "refused"),
    [
        ("OLLAMA_HOST=0.0.0.0 ollama serve", None, True),
        ("OLLAMA_A=1 OLLAMA_B=q8_0 ollama serve", ["macos"], True),
        ("OLLAMA_HOST=0.0.0.0 ollama serve", ["android"], False),
        ("OLLAMA_HOST=127.0.0.1:11435 ollama serve", None, False),
    ],
)
def test_a_variable_that_the_running_ollama_never_sees_is_refused(
    root: Path, code: str, systems: list[str] | None, refused: bool
) -> None:
    command = {"shell": "bash", "code": code} | ({"systems": systems} if systems else {})
    written(root, steps=[{"text": {"en": "Set it.", "zh": "设好。"}, "commands": [command]}])
    if refused:
        assert [each for each in faults(root) if "never sees it" in each]
    else:
        assert load_failures(root)


def test_a_command_with_a_variable_of_no_type_is_refused(root: Path) -> None:
    step = {"text": {"en": "Add it.", "zh": "加上。"}, "commands": [{"shell": "bash", "code": "pip install {it|X}"}]}
    written(root, signatures=["No space left for {it}", "ENOSPC"], steps=[step])
    (fault,) = [each for each in faults(root) if "commands" in each]
    assert fault.startswith("steps[0].commands[0].code: {it} has no type in variables.yaml")


def test_without_types_nothing_is_loaded(root: Path) -> None:
    written(root)
    (root / "variables.yaml").unlink()
    with pytest.raises(DataError, match=r"variables\.yaml: missing"):
        load_failures(root)


def test_all_faults_of_all_files_are_told_at_once(root: Path) -> None:
    written(root, severity="fatal", title="Full")
    written(root, name="other", id="other", cause=None)
    (root / "failures" / "files" / "broken.yaml").write_text("a: [1, 2\nb: 3", encoding="utf-8")
    (root / "failures" / "files" / "empty.yaml").write_text("", encoding="utf-8")
    (root / "failures" / "files" / "gbk.yaml").write_bytes("标题: 磁盘".encode("gbk"))
    told = "\n".join(faults(root))
    for part in (
        "severity:",
        "title:",
        "other.yaml: cause: missing",
        "broken.yaml: not valid YAML: line",
        "empty.yaml: is empty",
        "gbk.yaml: is not UTF-8",
    ):
        assert part in told


def test_a_key_that_stands_twice_is_refused(root: Path) -> None:
    path = written(root)
    path.write_text(path.read_text(encoding="utf-8") + "severity: warning\n", encoding="utf-8")
    assert any(fault.startswith("severity: stands twice (lines ") for fault in faults(root))


def test_the_same_id_twice_is_refused(root: Path) -> None:
    written(root)
    (root / "failures" / "gpu").mkdir()
    shutil.copy(root / "failures" / "files" / "disk-full.yaml", root / "failures" / "gpu" / "disk-full.yaml")
    assert "id: 'disk-full' is used by 2 files; every id stands once" in faults(root)


def test_names_of_other_entries_must_exist(root: Path) -> None:
    written(
        root,
        explains=["disk-ful", "class:disc-full", "ssl-certificate-failed"],
        near_misses=[{"text": "x", "selects": "y"}],
    )
    told = faults(root)
    assert told == [
        "explains[0]: no entry has the id 'disk-ful'; did you mean 'disk-full'?",
        "explains[1]: 'disc-full' is not in classes.yaml; did you mean 'disk-full'?",
        "explains[2]: no entry has the id 'ssl-certificate-failed'; for a class write class:ssl-certificate-failed",
        "near_misses[0].selects: no entry has the id 'y'",
    ]


def test_blanks_of_folded_chinese_are_removed(root: Path) -> None:
    path = written(root, cause=None)
    folded = "cause:\n  en: No room.\n  zh: >-\n    磁盘没有空间了，\n    下载会中断。用 df\n    看一下。\n"
    path.write_text(path.read_text(encoding="utf-8") + folded, encoding="utf-8")
    (entry,) = load_failures(root)
    assert entry.cause.zh == "磁盘没有空间了，下载会中断。用 df 看一下。"


def test_a_value_of_the_wrong_form_is_named_by_its_key() -> None:
    class Named(msgspec.Struct):
        id: Annotated[str, msgspec.Meta(pattern="^[a-z]+$")]

    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert({"id": "X"}, Named)
    assert str(conversion_fault("f.yaml", caught.value)) == "f.yaml: id: Expected `str` of the right form"
