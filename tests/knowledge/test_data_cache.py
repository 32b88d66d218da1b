"""The cache: quick when nothing changed, never wrong, never in the way."""

import os
from pathlib import Path

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


def test_a_changed_time_alone_is_seen(tmp_path: Path, source: Path) -> None:
    build = Builder()
    cached("n", [source], tuple[str, ...], build, tmp_path / "c")
    os.utime(source, ns=(1, 1))
    cached("n", [source], tuple[str, ...], build, tmp_path / "c")
    assert build.calls == 2


def test_names_keep_data_apart(tmp_path: Path, source: Path) -> None:
    first, second = Builder(("a",)), Builder(("b",))
    cached("one", [source], tuple[str, ...], first, tmp_path / "c")
    assert cached("two", [source], tuple[str, ...], second, tmp_path / "c") == ("b",)


@pytest.mark.parametrize("content", [b"", b"short", b"\x00" * 500])
def test_a_damaged_cache_is_built_anew(tmp_path: Path, source: Path, content: bytes) -> None:
    build, folder = Builder(), tmp_path / "c"
    cached("n", [source], tuple[str, ...], build, folder)
    (file,) = folder.iterdir()
    file.write_bytes(content)
    assert cached("n", [source], tuple[str, ...], build, folder) == ("a", "b")
    assert cached("n", [source], tuple[str, ...], build, folder) == ("a", "b")
    assert build.calls == 2


def test_a_changed_byte_anywhere_is_seen(tmp_path: Path, source: Path) -> None:
    build, folder = Builder(), tmp_path / "c"
    cached("n", [source], tuple[str, ...], build, folder)
    (file,) = folder.iterdir()
    sound = file.read_bytes()
    for at in range(len(sound)):
        file.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
        assert cached("n", [source], tuple[str, ...], build, folder) == ("a", "b")
    assert build.calls == 1 + len(sound)


def test_a_cache_with_another_type_inside_is_built_anew(tmp_path: Path, source: Path) -> None:
    build, folder = Builder(), tmp_path / "c"
    cached("n", [source], tuple[str, ...], build, folder)
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:32] + b"\x05")
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
