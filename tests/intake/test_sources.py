import gzip
import io
import tracemalloc
import zipfile
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.errors import UserError
from bot.intake.sources import DEFAULT_LIMITS, MIB, Limits, Picture, Source, read_sources, read_text

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


# Archives as the world makes them


def packed(name: str, content: bytes, **fields: int) -> bytes:
    """A zip of one stored file, with fields of its directory and its header changed by offset."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    whole = bytearray(buffer.getvalue())
    listed = whole.rfind(b"PK\x01\x02")
    for field, value in fields.items():
        local, central = {"method": (8, 10), "flags": (6, 8)}[field]
        whole[local : local + 2] = whole[listed + central : listed + central + 2] = value.to_bytes(2, "little")
    return bytes(whole)


def refusal(content: bytes, name: str = "upload.zip", limits: Limits = DEFAULT_LIMITS) -> str:
    with pytest.raises(UserError) as caught:
        read_sources(name, content, limits)
    assert caught.value.text.zh
    return caught.value.text.en


def test_all_members_of_a_gzip_file_are_read() -> None:
    assert (
        only_text(gzip.compress(b"first\n") + gzip.compress(b"second\n") + b"\0" * 512, "x.log.gz") == "first\nsecond\n"
    )


def test_a_damaged_member_leaves_what_was_read() -> None:
    assert only_text(gzip.compress(b"first\n") + gzip.compress(b"second\n" * 900)[:25], "x.gz").startswith("first\n")


def test_thousands_of_empty_members_are_no_hold_up() -> None:
    assert "no log" in refusal(gzip.compress(b"") * 40_000, "x.gz")


def test_one_bad_file_does_not_lose_the_others() -> None:
    content = bytearray(zipped(a_log=LOG.encode(), b_log=b"second log\n" * 50, c_log=b"third"))
    at = content.find(b"b.log") + 5
    content[at : at + 8] = b"\xff" * 8
    found = read_sources("logs.zip", bytes(content))
    assert {source.name for source in found} >= {"logs.zip/a.log", "logs.zip/c.log"}


def test_a_model_file_among_logs_does_not_lose_them() -> None:
    found = read_sources("logs.zip", zipped(a_txt=b"GGUF\3\0\0\0" + b"\0" * 99, b_log=LOG.encode()))
    assert [source.name for source in found] == ["logs.zip/b.log"]


@pytest.mark.parametrize("content", [zipped(), zipped(a_log=b"", b_txt=b"")])
def test_an_empty_archive_is_said_to_be_empty(content: bytes) -> None:
    assert "holds no log" in refusal(content)


def test_a_method_that_is_not_known_is_no_password() -> None:
    assert "Deflate64" in refusal(packed("a.log", b"x" * 50, method=9))


@pytest.mark.parametrize("method", [0, 8, 99])  # 99: AES
def test_a_password_is_said_to_be_one(method: int) -> None:
    assert "password" in refusal(packed("a.log", b"x" * 50, flags=1, method=method))


def test_names_in_archives_hold_nothing_that_commands_a_terminal() -> None:
    [source] = read_sources("a.zip", packed("x\x1b[2J\x9b1m\u202elog\n.txt", LOG.encode()))
    assert isinstance(source, Source)
    assert source.text == LOG
    assert source.name.startswith("a.zip/x")
    assert not set("\x1b\x9b\u202e\n") & set(source.name)


def test_a_name_with_a_zero_in_it_is_read() -> None:
    [source] = read_sources("a.zip", packed("log\x00.txt", LOG.encode()))
    assert isinstance(source, Source)
    assert source.text == LOG


def test_a_directory_of_millions_of_files_is_refused_before_it_is_read() -> None:
    entry = b"PK\x01\x02" + bytes(42)
    end = b"PK\x05\x06" + bytes(4) + b"\xff\xff\xff\xff" + (len(entry) * 300_000).to_bytes(4, "little") + bytes(6)
    content = b"PK\x03\x04" + entry * 300_000 + end
    tracemalloc.start()
    assert "too many files" in refusal(content)
    assert tracemalloc.get_traced_memory()[1] < MIB
    tracemalloc.stop()


def test_directories_of_nested_archives_count_together() -> None:
    inner = zipped(**{f"n{number}_log": b"" for number in range(60)})
    assert "too many files" in refusal(
        zipped(**{f"a{number}_zip": inner for number in range(9)}), limits=Limits(listed=200, entries=999)
    )


def test_a_large_log_never_stands_in_memory_at_once() -> None:
    lines = [b"%032x line" % Random(number).getrandbits(128) for number in range(1_000)] * 600  # 23 MB
    whole = gzip.compress(b"\n".join(lines), 1)
    tracemalloc.start()
    [source] = read_sources("big.log.gz", whole, Limits(text=MIB))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(source, Source)
    assert peak < 20 * MIB
    assert source.text.startswith(lines[0].decode())
    assert source.text.endswith(lines[-1].decode())
    assert source.text.count("\n") == len(lines) - 1


def test_all_texts_of_one_upload_together_are_bounded() -> None:
    many = zipped(**{f"n{number}_log": b"some line\n" * 30_000 for number in range(30)})
    found = read_sources("many.zip", many, Limits(text=MIB, kept=2 * MIB, ratio=2000))
    assert len(found) == 30
    assert sum(len(source.text) for source in found if isinstance(source, Source)) < 12 * MIB


# Texts that were cut or filled up


@pytest.mark.parametrize("cut", [1, 2, 3])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_utf16_that_was_cut_within_a_character(encoding: str, cut: int) -> None:
    text = "llama_model_load: error loading model 🦙\n" * 3 + "🦙"
    assert only_text(text.encode(encoding)[:-cut]).startswith(text[: len(text) - 2])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("zeros", [2, 512, 100_000])
def test_a_text_that_was_filled_up_with_zeros(encoding: str, zeros: int) -> None:
    assert only_text("a log line\nand another\n".encode(encoding) + b"\0" * zeros) == "a log line\nand another\n"


def test_a_log_that_begins_with_zeros_after_a_rotation() -> None:
    assert only_text(b"\0" * 70_000 + LOG.encode()) == LOG


def test_nothing_but_zeros_is_no_text() -> None:
    assert "not text" in refusal(b"\0" * 5000, "x.log")
