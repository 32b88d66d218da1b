"""What was accepted stays what it was, whatever becomes of the folder it came from."""

import shutil
from pathlib import Path

import pytest

from bot.knowledge.accepted import COPIES, kept_copy
from bot.knowledge.cache import cached_of
from bot.knowledge.files import digest_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "knowledge"
    (made / "terms").mkdir(parents=True)
    (made / "terms" / "a.yaml").write_text("a: 1\n")
    return made


def test_a_copy_holds_the_same_and_stays(root: Path, tmp_path: Path) -> None:
    before = digest_of(root)
    copy = kept_copy(root, tmp_path / "kept")
    (root / "terms" / "a.yaml").write_text("a: [half writt")
    assert digest_of(copy) == before == copy.name
    assert digest_of(root) != before


def test_the_same_is_copied_once(root: Path, tmp_path: Path) -> None:
    assert kept_copy(root, tmp_path / "kept") == kept_copy(root, tmp_path / "kept")
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_a_damaged_copy_is_made_anew(root: Path, tmp_path: Path) -> None:
    copy = kept_copy(root, tmp_path / "kept")
    (copy / "terms" / "a.yaml").write_text("a: 2\n")
    again = kept_copy(root, tmp_path / "kept")
    assert again == copy
    assert (again / "terms" / "a.yaml").read_text() == "a: 1\n"


def test_old_copies_go(root: Path, tmp_path: Path) -> None:
    for number in range(COPIES + 3):
        (root / "terms" / "a.yaml").write_text(f"a: {number}\n")
        last = kept_copy(root, tmp_path / "kept")
    left = list((tmp_path / "kept").iterdir())
    assert len(left) == COPIES
    assert last in left


def test_where_nothing_can_be_written_the_folder_itself_serves(
    root: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "kept").write_text("a file, no folder")
    assert kept_copy(root, tmp_path / "kept") == root
    assert "cannot be copied" in caplog.text


def test_a_folder_that_is_none_is_left_to_whoever_reads_it(tmp_path: Path) -> None:
    assert kept_copy(tmp_path / "nowhere", tmp_path / "kept") == tmp_path / "nowhere"


def terms_of(folder: Path, built: list[Path]) -> tuple[str, ...]:
    def build() -> tuple[str, ...]:
        built.append(folder)
        return (folder.name,)

    return cached_of(folder, "terms", [folder / "terms" / "a.yaml"], tuple[str, ...], build)


def test_a_copy_shares_the_caches_of_its_origin(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.knowledge.cache.user_folder", lambda: tmp_path / "caches")
    built: list[Path] = []
    assert [terms_of(folder, built) for folder in (root, kept_copy(root, tmp_path / "kept"))] == [("knowledge",)] * 2
    assert built == [root]


def test_another_folder_with_other_content_has_its_own(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.knowledge.cache.user_folder", lambda: tmp_path / "caches")
    other = shutil.copytree(root, tmp_path / "other")
    (other / "terms" / "a.yaml").write_text("a: 2\n")
    assert [terms_of(folder, []) for folder in (root, other)] == [("knowledge",), ("other",)]
