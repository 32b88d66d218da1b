"""Further archives, documents and encodings, honest and hostile."""

import bz2
import codecs
import io
import lzma
import struct
import tarfile
import zipfile

import py7zr
import pytest

from bot.base.errors import UserError
from bot.intake.packed import zstd
from bot.intake.sources import Limits, Source, read_sources

LOG = "CUDA error: out of memory\n" + "".join(f"line {number} of a log\n" for number in range(50))


def texts(name: str, content: bytes) -> list[str]:
    return [source.text for source in read_sources(name, content) if isinstance(source, Source)]


def tar(files: dict[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        link = tarfile.TarInfo("link.log")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return out.getvalue()


def seven(files: dict[str, bytes], password: str | None = None) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password=password) as archive:
        for name, content in files.items():
            archive.writestr(content, name)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.log.xz", lzma.compress(LOG.encode())),
        ("a.log.bz2", bz2.compress(LOG.encode())),
        ("a.log.zst", zstd.compress(LOG.encode())),
        ("a.tar", tar({"run.log": LOG.encode()})),
        ("a.tar.gz", tar({"run.log": LOG.encode()}, "w:gz")),
        ("a.tar.xz", tar({"run.log": LOG.encode()}, "w:xz")),
        ("a.tar.bz2", tar({"run.log": LOG.encode()}, "w:bz2")),
        ("a.tar.zst", zstd.compress(tar({"run.log": LOG.encode()}))),
        ("a.7z", seven({"logs/run.log": LOG.encode(), "model.gguf": b"GGUF" * 99})),
        ("noname", lzma.compress(LOG.encode())),
    ],
)
def test_every_way_to_pack_is_read_by_its_content(name: str, content: bytes) -> None:
    assert texts(name, content) == [LOG]


def test_members_one_behind_the_other_are_read() -> None:
    for pack in (lzma.compress, bz2.compress, zstd.compress):
        assert texts("a", pack(b"first part\n") + pack(b"second part\n")) == ["first part\nsecond part\n"]


def test_a_cut_stream_gives_what_it_holds() -> None:
    log = "".join(f"{number * 7919 % 10007} a line\n" for number in range(40_000)).encode()
    whole = zstd.compress(log)
    (text,) = texts("a.zst", whole[:-20])
    assert text.startswith("0 a line")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lzma.compress(bytes(5_000_000)), "unpacks to far more"),
        (bz2.compress(bytes(5_000_000)), "unpacks to far more"),
        (zstd.compress(bytes(5_000_000)), "unpacks to far more"),
        (seven({"a.log": bytes(5_000_000)}), "unpacks to far more"),
        (seven({"a.log": LOG.encode()}, password="x"), "password"),
        (lzma.compress(LOG.encode())[:14], "damaged"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(60), "holds no log|damaged"),
        (seven({"a.log": LOG.encode()})[:-9], "damaged"),
        (seven({f"{number}/a.log": b"" for number in range(60)}), "unpacks to far more"),
        (tar({f"{number}/a.dat": b"" for number in range(60)}), "unpacks to far more"),
        (b"\x28\xb5\x2f\xfd" + b"rubbish" * 9, "damaged"),
    ],
)
def test_hostile_and_broken_archives_are_refused_clearly(content: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said):
        read_sources("a", content, Limits(decompressed=4_000_000, listed=50))


def test_a_7z_directory_that_claims_to_be_huge_is_refused_before_it_is_unpacked() -> None:
    content = bytearray(seven({"a.log": LOG.encode()}))
    content[20:28] = (1 << 40).to_bytes(8, "little")
    with pytest.raises(UserError, match="unpacks to far more"):
        read_sources("a.7z", bytes(content))


def test_documents_give_what_they_show() -> None:
    page = "<!DOCTYPE html><html><head><title>x</title></head><body><p>CUDA error:</p><pre>a &lt; b</pre></body></html>"
    assert texts("a.html", page.encode())[0].split("\n") == ["CUDA error:", "a < b", ""]
    rich = r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 CUDA error: \b out\b0  of memory\par \u26174?\u23384?\'e9 a\{b\}}"
    assert texts("a.rtf", rich.encode()) == ["CUDA error: out of memory\n显存é a{b}"]
    word = io.BytesIO()
    with zipfile.ZipFile(word, "w") as archive:
        body = "<w:document><w:p><w:r><w:t>CUDA error:</w:t></w:r></w:p><w:p><w:t>a &lt; b</w:t></w:p></w:document>"
        archive.writestr("word/document.xml", body)
        archive.writestr("word/styles.xml", "<w:styles/>")
    assert texts("a.docx", word.getvalue()) == ["CUDA error:\na < b\n"]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gb18030", "错误：无法加载模型，请检查文件路径是否正确。显存不足。"),
        ("big5", "錯誤：無法載入模型，請檢查檔案路徑是否正確。記憶體不足。"),
        ("shift_jis", "エラー：モデルを読み込めませんでした。メモリが足りません。"),
        ("cp1251", "Ошибка: не удалось загрузить модель, недостаточно памяти на устройстве."),
        ("cp1250", "Chyba: nelze načíst model, nedostatek paměti. Příliš žluťoučký kůň úpěl ďábelské ódy."),
        ("cp1253", "Σφάλμα: δεν ήταν δυνατή η φόρτωση του μοντέλου, η μνήμη δεν είναι αρκετή."),
        ("cp1254", "Hata: model yüklenemedi, yetersiz bellek. Lütfen dosya adındaki ığüşöç harflerini değiştirin."),
        ("cp949", "오류: 모델을 불러올 수 없습니다. 메모리가 부족합니다."),
        ("cp1252", "Erreur : impossible de charger le modèle, mémoire insuffisante sur le périphérique déjà utilisé."),
    ],
)
def test_old_encodings_are_told_apart(encoding: str, text: str) -> None:
    log = f"loading model.gguf\n{text}\nCUDA error: out of memory\n"
    assert texts("a.log", log.encode(encoding)) == [log]


MARKED = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


@pytest.mark.parametrize("padding", [b"", bytes(512)])
@pytest.mark.parametrize("mark", [True, False])
@pytest.mark.parametrize("encoding", MARKED)
@pytest.mark.parametrize("text", [LOG, "加载模型 Qwen3-8B\nCUDA error: out of memory 显存不足\n"])
def test_unicode_is_read_with_and_without_its_mark_and_with_the_zeros_of_a_block(
    text: str, encoding: str, mark: bool, padding: bytes
) -> None:
    start = MARKED[encoding] if mark else b""
    assert texts("a.log", start + text.encode(encoding) + padding) == [text]


@pytest.mark.parametrize("content", [struct.pack("<900I", *range(900)), struct.pack(">900I", *[1, 2, 7] * 300)])
def test_numbers_are_no_text(content: bytes) -> None:
    with pytest.raises(UserError, match="not text"):
        read_sources("a.log", content)


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"])
def test_the_tail_of_a_large_text_of_wide_characters_is_read_too(encoding: str) -> None:
    text = "".join(f"line {number} of a log\n" for number in range(4000)) + "CUDA error: out of memory\n"
    found = read_sources("a.log", text.encode(encoding), Limits(text=4096))
    assert [source.text.endswith("CUDA error: out of memory\n") for source in found if isinstance(source, Source)]
    assert "\ufffd" not in str(found)


@pytest.mark.parametrize(
    "name",
    "a.txt a.log a.out a.err a.json a.yaml a.ini a.md noname a.log.1 server.log.2026-11-29".split(),
)
def test_plain_texts_are_read_by_every_name_also_in_an_archive(name: str) -> None:
    assert texts(name, LOG.encode()) == [LOG]
    if not name[-1].isdigit() or name == "a.log.1":
        assert texts("logs.7z", seven({name: LOG.encode()})) == [LOG]
