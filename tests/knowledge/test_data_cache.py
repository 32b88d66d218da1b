"""The cache: quick when nothing changed, never wrong, never in the way."""

import os
from pathlib import Path
from zlib import crc32

import pytest

from bot.knowledge.cache import cached


class Builder:
    """Counts how often the data had to be built."""

    def __init__(self, value: tuple[str, ...] = ("a", "b")) -> None:
        self.value, self.calls = value, 0

    def __call__(self) -> tuple[str, ...]:
        self.calls += 1
        return self.value


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.yaml"
    path.write_text("x")
    return path


def test_data_is_built_once(tmp_path: Path, source: Path) -> None:
    build = Builder()
    for _ in range(3):
        assert cached("n", [source], tuple[str, ...], build, tmp_path / "c") == ("a", "b")
    assert build.calls == 1


def test_a_changed_file_is_seen(tmp_path: Path, source: Path) -> None:
    build = Builder()
    cached("n", [source], tuple[str, ...], build, tmp_path / "c")
    source.write_text("longer")
    cached("n", [source], tuple[str, ...], build, tmp_path / "c")
    assert build.calls == 2


def test_a_change_that_leaves_the_length_is_seen(tmp_path: Path, source: Path) -> None:
    build = Builder()
    cached("n", [source], tuple[str, ...], build, tmp_path / "c")
    source.write_text("y")
    os.utime(source, ns=(1, 1))
    cached("n", [source], tuple[str, ...], build, tmp_path / "c")
    assert build.calls == 2


def test_a_changed_time_alone_builds_nothing_anew(tmp_path: Path, source: Path) -> None:
    build = Builder()
    cached("n", [source], tuple[str, ...], build, tmp_path / "c")
    for at in (1, 2):
        os.utime(source, ns=(at, at))
        assert cached("n", [source], tuple[str, ...], build, tmp_path / "c") == ("a", "b")
    assert build.calls == 1


def test_what_was_once_known_is_known_again(tmp_path: Path, source: Path) -> None:
    for content, value in (("x", "a"), ("longer", "b"), ("x", "not built"), ("longer", "not built")):
        source.write_text(content)
        found = cached("n", [source], tuple[str, ...], Builder((value,)), tmp_path / "c")
        assert found == ("a" if content == "x" else "b",)


def of_folder(root: Path, content: str, build: Builder, folder: Path) -> tuple[str, ...]:
    root.mkdir(exist_ok=True)
    (root / "a.yaml").write_text(content)
    return cached("n", [root / "a.yaml"], tuple[str, ...], build, folder, root=root)


def test_folders_with_the_same_files_share(tmp_path: Path) -> None:
    found = [of_folder(tmp_path / name, "x", Builder((name,)), tmp_path / "c") for name in ("one", "two", "one")]
    assert found == [("one",)] * 3


def test_folders_with_other_files_do_not(tmp_path: Path) -> None:
    found = [of_folder(tmp_path / name, name, Builder((name,)), tmp_path / "c") for name in ("one", "two", "one")]
    assert found == [("one",), ("two",), ("one",)]


def test_what_changes_while_it_is_read_is_not_kept(tmp_path: Path, source: Path) -> None:
    def build() -> tuple[str, ...]:
        source.write_text("longer")
        return ("half of each",)

    assert cached("n", [source], tuple[str, ...], build, tmp_path / "c") == ("half of each",)
    for content in ("x", "longer"):
        source.write_text(content)
        assert cached("n", [source], tuple[str, ...], Builder((content,)), tmp_path / "c") == (content,)


def test_what_nobody_has_used_for_days_goes(tmp_path: Path, source: Path) -> None:
    folder = tmp_path / "c"
    folder.mkdir()
    (folder / "of an older version.msgpack").write_bytes(b"x")
    for number in range(12):
        source.write_text(f"{number}")
        cached("n", [source], tuple[str, ...], Builder((f"{number}",)), folder)
        for file in kept(folder):
            os.utime(file, (1e9, 1e9 + number))
    assert len(kept(folder)) < 10
    source.write_text("11")
    assert cached("n", [source], tuple[str, ...], Builder(("built",)), folder) == ("11",)


def test_what_is_used_stays(tmp_path: Path, source: Path) -> None:
    folder, used = tmp_path / "c", tmp_path / "used.yaml"
    used.write_text("used")
    for number in range(12):
        source.write_text(f"{number}")
        cached("n", [source], tuple[str, ...], Builder((f"{number}",)), folder)
        for file in kept(folder):
            os.utime(file, (1e9, 1e9 + number))
        assert cached("n", [used], tuple[str, ...], Builder(("used" if number == 0 else "built",)), folder) == ("used",)


def kept(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def test_names_keep_data_apart(tmp_path: Path, source: Path) -> None:
    first, second = Builder(("a",)), Builder(("b",))
    cached("one", [source], tuple[str, ...], first, tmp_path / "c")
    assert cached("two", [source], tuple[str, ...], second, tmp_path / "c") == ("b",)


@pytest.mark.parametrize("content", [b"", b"short", b"\x00" * 500])
def test_a_damaged_cache_is_built_anew(tmp_path: Path, source: Path, content: bytes) -> None:
    build, folder = Builder(), tmp_path / "c"
    cached("n", [source], tuple[str, ...], build, folder)
    for file in kept(folder):
        file.write_bytes(content)
    assert cached("n", [source], tuple[str, ...], build, folder) == ("a", "b")
    assert cached("n", [source], tuple[str, ...], build, folder) == ("a", "b")
    assert build.calls == 2


def test_a_changed_byte_anywhere_is_seen(tmp_path: Path, source: Path) -> None:
    build, folder = Builder(), tmp_path / "c"
    cached("n", [source], tuple[str, ...], build, folder)
    sound = kept(folder)[0].read_bytes()
    for at in range(len(sound)):
        for file in kept(folder):
            file.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
        assert cached("n", [source], tuple[str, ...], build, folder) == ("a", "b")
    assert build.calls == 1 + len(sound)


def test_a_cache_with_another_type_inside_is_built_anew(tmp_path: Path, source: Path) -> None:
    build, folder = Builder(), tmp_path / "c"
    cached("n", [source], tuple[str, ...], build, folder)
    packed = b"\x05"
    for file in kept(folder):
        file.write_bytes(crc32(packed).to_bytes(4, "little") + packed)
    assert cached("n", [source], tuple[str, ...], build, folder) == ("a", "b")


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path, source: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert cached("n", [source], tuple[str, ...], Builder(), blocked / "c") == ("a", "b")


def test_what_building_raises_passes_through(tmp_path: Path, source: Path) -> None:
    def build() -> tuple[str, ...]:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        cached("n", [source], tuple[str, ...], build, tmp_path / "c")
