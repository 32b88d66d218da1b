"""Knowledge of strangers is refused with the name of its file: it neither crashes nor stops the program."""

import os
from pathlib import Path

import pytest

from bot.knowledge.accepted import kept_copy
from bot.knowledge.excess import MOST_VALUES, excess
from bot.knowledge.files import LARGEST, DataError, digest_of, knowledge_root, read_documents

NESTED = "[" * 200_000
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{each}: &{each} [{', '.join([f'*{before}'] * 10)}]\n" for before, each in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = {
    "brackets": NESTED,
    "closed brackets": NESTED + "]" * len(NESTED),
    "braces": "a: " + "{a: " * 100_000,
    "indentation": "".join(f"{' ' * depth}a:\n" for depth in range(3000)),
    "dashes": "- " * 100_000 + "a",
    "laughs": LAUGHS,
    "within itself": "a: &a [*a]\n",
    "within itself as a key": "&a {*a : b}\n",
    "many values": "a: [" + "x, " * (MOST_VALUES + 1) + "]",
    "an unknown alias": "a: *b\n",
    "an unknown tag": "a: !!python/object/apply:os.system [ls]\n",
    "a date that is none": "a: 2026-99-99\n",
    "a number of any length": "a: " + "9" * 10_000 + "\n",
    "a wrong truth": "a: !!bool perhaps\n",
    "a zero": "a: \0\n",
    "a list as a key": "[a]: b\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_by_name(name: str, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(HOSTILE[name])
    (tmp_path / "good.yaml").write_text("a: 1\n")
    (tmp_path / "worse.yaml").write_text("a: [")
    with pytest.raises(DataError) as refused:
        list(read_documents(tmp_path, "*.yaml"))
    assert [fault.file for fault in refused.value.faults] == ["bad.yaml", "worse.yaml"]
    assert all(0 < len(fault.problem) < 400 for fault in refused.value.faults)


def test_the_shipped_knowledge_is_far_from_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.knowledge.excess.MOST_VALUES", MOST_VALUES // 4)
    monkeypatch.setattr("bot.knowledge.excess.MOST_DEPTH", 12)
    largest = sorted(knowledge_root().rglob("*.yaml"), key=lambda path: path.stat().st_size)[-20:]
    assert [path.name for path in largest if excess(path.read_text(encoding="utf-8"))] == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_a_device_and_a_file_too_large_are_refused_by_name(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "device.yaml").symlink_to("/dev/zero")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    with (tmp_path / "large.yaml").open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(DataError) as refused:
        list(read_documents(tmp_path, "*.yaml"))
    assert [fault.file for fault in refused.value.faults] == ["device.yaml", "gone.yaml", "large.yaml", "pipe.yaml"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_what_is_no_file_is_not_copied(tmp_path: Path) -> None:
    root = tmp_path / "knowledge"
    root.mkdir()
    (root / "good.yaml").write_text("a: 1\n")
    (root / "notes.txt").symlink_to("/dev/zero")
    os.mkfifo(root / "pipe.json")
    copy = kept_copy(root, tmp_path / "kept")
    assert sorted(path.name for path in copy.iterdir() if path.name[0] != ".") == ["good.yaml"]
    assert digest_of(root) == digest_of(copy)
