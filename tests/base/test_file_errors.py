"""What the system says of a file is said in the reader's language."""

from pathlib import Path

import pytest

from bot.base.errors import said_of


def test_missing_file_is_said_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        (tmp_path / "none").read_bytes()
    assert said_of(raised.value).zh == "没有这个文件或文件夹"
    assert "no such file" in said_of(raised.value).en


def test_what_is_said_seldom_stays_as_the_system_says_it() -> None:
    assert said_of(OSError(5, "Input/output error")).zh == "Input/output error"
