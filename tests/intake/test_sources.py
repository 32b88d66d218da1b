import gzip
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.errors import UserError
from bot.intake.sources import MIB, Limits, Picture, Source, read_sources, read_text

LOG = "正在加载模型…\nCUDA error: out of memory\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return buffer.getvalue()


def only_text(content: bytes, name: str = "log.txt") -> str:
    [source] = read_sources(name, content)
    assert isinstance(source, Source)
    return source.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030"])
def test_text_in_its_encoding(encoding: str) -> None:
    assert only_text(LOG.encode(encoding)) == LOG


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(encoding: str) -> None:
    text = "llama_model_load: error loading model\n" * 3
    assert only_text(text.encode(encoding)) == text


def test_a_damaged_byte_does_not_make_utf8_something_else() -> None:
    text = only_text(LOG.encode() + b"\xff" + LOG.encode())
    assert text.count("正在加载模型") == 2


def test_gzip_and_zip_and_picture() -> None:
    assert only_text(gzip.compress(LOG.encode()), "log.txt.gz") == LOG
    found = read_sources("logs.zip", zipped(a_log=LOG.encode(), sub__b_txt=LOG.encode(), shot_png=PNG, c_exe=b"MZ"))
    assert [source.name for source in found] == ["logs.zip/a.log", "logs.zip/b.txt", "logs.zip/shot.png"]
    assert isinstance(found[2], Picture)


def test_a_cut_gzip_gives_what_it_holds() -> None:
    whole = gzip.compress(b"".join(f"line {n}\n".encode() for n in range(5000)))
    assert only_text(whole[: len(whole) // 2]).startswith("line 0\nline 1\n")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"GGUF\x03\0\0\0" + b"\0" * 100, "GGUF"),
        (b"MZ\x90\0" * 30, "program"),
        (bytes(range(256)) * 40, "not text"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"\x1f\x8bbroken", "damaged"),
        (gzip.compress(b"0" * (64 * MIB)), "far more"),
        (zipped(a_log=b"0" * (64 * MIB)), "far more"),
        (zipped(a_exe=b"MZ"), "holds no log"),
        (zipped(a_zip=zipped(b_zip=zipped(c_zip=zipped(d_log=b"x")))), "archives inside"),
    ],
)
def test_unusable_files_are_refused_in_words(content: bytes, word: str) -> None:
    with pytest.raises(UserError) as caught:
        read_sources("upload", content)
    assert word in caught.value.text.en
    assert caught.value.text.zh


def test_a_zip_that_lies_about_its_size_is_still_bounded() -> None:
    content = bytearray(zipped(a_log=b"0" * (8 * MIB)))
    at = content.rfind(b"PK\x01\x02") + 24
    content[at : at + 4] = (100).to_bytes(4, "little")
    with pytest.raises(UserError):
        read_sources("bomb.zip", bytes(content), Limits(ratio=10, decompressed=2 * MIB))


def test_only_so_many_entries_are_read() -> None:
    many = zipped(**{f"n{number}_log": b"x" for number in range(60)})
    assert len(read_sources("many.zip", many)) == 40


def test_a_huge_text_keeps_head_and_tail_and_line_numbers() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 200_001))
    source = read_text("log", text, Limits(text=MIB))
    lines = source.text.split("\n")
    assert lines[0] == "line 1"
    assert lines[199_999] == "line 200000"
    assert source.omitted > 0


def test_a_line_of_megabytes_keeps_its_ends() -> None:
    source = read_text("log", "start" + "x" * (5 * MIB) + "end")
    assert source.text.startswith("start")
    assert source.text.endswith("end")
    assert len(source.text) < 30_000


@given(st.binary(max_size=3000))
def test_any_bytes_give_text_or_a_clear_refusal(content: bytes) -> None:
    try:
        names = [source.name for source in read_sources("file", content)]
    except UserError as error:
        names = [error.text.en, error.text.zh]
    assert all(names)


@given(st.text(max_size=500), st.integers(10, 200))
def test_lone_surrogates_never_leave(text: str, limit: int) -> None:
    read_text("x", text + "\ud800", Limits(text=limit, line=limit)).text.encode()
