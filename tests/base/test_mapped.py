"""Files that are read where they lie."""

import sys
from mmap import mmap
from pathlib import Path

import pytest

from bot.base.mapped import forget_pages, opened

LARGE = bytes(range(256)) * 2000


@pytest.mark.parametrize("content", [b"", b"small", LARGE])
def test_what_a_file_holds_is_there(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    assert opened(tmp_path / "a").tobytes() == content


def test_only_a_large_one_is_mapped(tmp_path: Path) -> None:
    kinds = []
    for content in (b"small", LARGE):
        (tmp_path / "a").write_bytes(content)
        kinds.append(type(opened(tmp_path / "a").obj))
    assert kinds == [bytes, mmap]


def test_one_that_is_replaced_is_read_on_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(LARGE)
    before = opened(tmp_path / "a")
    (tmp_path / "b").write_bytes(LARGE[::-1])
    if sys.platform != "win32":  # which lets nobody replace it
        (tmp_path / "b").replace(tmp_path / "a")
    assert before.tobytes() == LARGE


def test_pages_that_were_given_back_come_again(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(LARGE)
    content = opened(tmp_path / "a")
    assert content[700] == LARGE[700]
    forget_pages()
    assert content.tobytes() == LARGE


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        opened(tmp_path / "nowhere")
