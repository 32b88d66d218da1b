"""Pictures: several of one log put together, what is said of them, the real recognition where it is installed."""

import itertools
import struct
import subprocess
import sys
import zlib

import pytest
from drawn import drawn, panel, png
from PIL import Image
from shipped import CLINIC

from bot.base.errors import UserError
from bot.clinic.diagnosing import masked_texts, with_notes
from bot.clinic.door import Clinic
from bot.clinic.message import Message
from bot.clinic.ports import Upload
from bot.intake.ocr.available import picture_reader
from bot.intake.pictures import (
    PictureText,
    ReadLine,
    is_panel,
    joined,
    notes_in,
    read_pictures,
    titled,
    with_values,
    without_note,
)
from bot.intake.pictures import told as told_of

LOG = """\
C:\\AI> koboldcpp.exe --model qwen2.5-14b-instruct-q5_k_m.gguf
Device 0: NVIDIA GeForce RTX 3060, compute capability 8.6, VMM: yes
llama_context: n_ctx = 16384
ggml_backend_cuda_buffer_type_alloc_buffer: allocating 9218.35 MiB on device 0:
cudaMalloc failed: out of memory
llama_model_load: error loading model: unable to allocate CUDA0 buffer
"""
READER = picture_reader()
SEEING, BLIND = Clinic(pictures=READER), CLINIC  # with the knowledge read once


def read(*lines: str, score: float = 0.99, is_cut: bool = False) -> PictureText:
    return PictureText(tuple(ReadLine(line, score) for line in lines), is_cut)


# Put together


def test_pictures_that_overlap_are_one_in_whichever_order_they_come() -> None:
    upper = read("first line here", "second line here", "third line here", "fourth line here")
    lower = read("third 1ine here", "fourth line hcre", "fifth line here")
    for pictures in ([upper, lower], [lower, upper]):
        (whole,) = joined(pictures)
        assert [line.text.split()[0] for line in whole.lines] == ["first", "second", "third", "fourth", "fifth"]


def test_pictures_of_different_things_stay_apart_and_a_title_bar_does_not_matter() -> None:
    assert len(joined([read("one thing here", "is all that it says"), read("another matter", "altogether")])) == 2
    upper = read("Command Prompt", "loading the model", "allocating memory", "it has failed")
    lower = read("Command Prompt", "allocating memory", "it has failed", "press any key")
    (whole,) = joined([upper, lower])
    assert [line.text for line in whole.lines][-1] == "press any key"
    assert sum(line.text == "allocating memory" for line in whole.lines) == 1


# Said about them


def test_what_is_said_follows_from_how_it_was_read() -> None:
    def said(picture: PictureText) -> str:
        notes = notes_in([titled(picture)])
        assert notes is not None
        return " ".join(text.en for text in told_of(notes))

    assert said(read("all is well")) == "Read from your picture (1 lines)."
    assert "compare the quoted line" in said(read("all 1s wel1", score=0.6))
    assert "cut off" in said(read("all is", is_cut=True))
    assert "no text" in said(read())
    assert "damaged or too large" in said(PictureText((), is_unreadable=True))
    assert notes_in(["a log without pictures"]) is None


def test_without_recognition_a_picture_is_refused_with_the_way_to_copy_text() -> None:
    with pytest.raises(UserError, match="copy the text"):
        BLIND.diagnose("", [Upload("help.png", png(drawn("error")))])


def test_a_picture_beside_a_log_does_not_lose_the_log() -> None:
    uploads = [Upload("help.png", png(drawn("error"))), Upload("run.log", LOG.encode())]
    assert BLIND.diagnose("", uploads).candidates


class Stopwatch:
    """A reader for which each picture takes a second, and which sees nothing in some."""

    def __init__(self) -> None:
        self.time = itertools.count()
        self.given: list[float] = []

    def now(self) -> float:
        return float(next(self.time))

    def read(self, name: str, content: bytes, seconds: float) -> PictureText:
        self.given.append(seconds)
        if not content:
            raise UserError("broken", "坏了")
        return read(content.decode())


def test_the_time_is_shared_and_a_broken_picture_does_not_lose_the_others() -> None:
    reader = Stopwatch()
    texts = read_pictures([("a", b"it has failed here"), ("b", b""), ("c", b"no memory is left")], reader, 9.0)
    assert [len(text.lines) for text in texts] == [1, 1, 0]
    assert texts[-1].is_unreadable
    assert reader.given == sorted(reader.given)
    assert reader.given[0] <= 3
    with pytest.raises(UserError, match="broken"):
        read_pictures([("b", b"")], reader, 1.0)


# The real recognition

with_recognition = pytest.mark.skipif(READER is None, reason='the extra "ocr" is not installed')


@with_recognition
@pytest.mark.parametrize("dark", [True, False])
def test_a_terminal_is_read_and_diagnosed(dark: bool) -> None:
    reading = SEEING.diagnose("", [Upload("shot.png", png(drawn(LOG, dark=dark)))])
    assert reading.candidates[0].failure_class in ("gpu-out-of-memory", "kv-cache-does-not-fit")
    assert "out of memory" in reading.text
    assert reading.facts.context is not None
    assert reading.facts.context.value == 16384
    assert any("Read from your picture" in str(block) for block in reading.answer.blocks)


@with_recognition
def test_a_turned_photo_is_read_too() -> None:
    photo = drawn(LOG).rotate(2, expand=True, fillcolor=(70, 80, 60), resample=Image.Resampling.BICUBIC)
    (text,) = masked_texts([Upload("photo.png", png(photo))], READER)
    assert "out of memory" in text
    assert "GeForce RTX 3060" in text


@with_recognition
def test_what_leaves_the_picture_is_said() -> None:
    image = drawn(LOG * 2)
    cut = image.crop((0, 0, image.width * 2 // 3, image.height))
    notes = notes_in(masked_texts([Upload("shot.png", png(cut))], READER))
    assert notes is not None
    assert notes.is_cut


def claimed(width: int, height: int) -> bytes:
    """A PNG of some bytes that claims to be this large."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress(b"\0" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@with_recognition
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (claimed(60_000, 60_000), "too large"),
        (claimed(30_000, 100), "too large"),
        (claimed(4_000, 4_000), "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"garbage" * 20, "damaged"),
        (b"GIF89a", "damaged"),
        (png(drawn(LOG))[:-400], "damaged"),
    ],
)
def test_bombs_and_broken_pictures_are_refused_clearly(content: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said):
        SEEING.diagnose("", [Upload("shot.png", content)])


@with_recognition
def test_an_empty_picture_says_so() -> None:
    reading = SEEING.diagnose("", [Upload("x.png", png(Image.new("RGB", (300, 200), "white")))])
    assert not reading.candidates
    notes = notes_in([reading.text])
    assert notes is not None
    assert notes.lines == 0


def test_notes_stand_below_the_answer() -> None:
    answer = BLIND.diagnose(LOG).answer
    noted = with_notes(answer, [titled(read("x"))])
    assert noted.blocks[: len(answer.blocks)] == answer.blocks
    assert len(noted.blocks) > len(answer.blocks)


@with_recognition
def test_a_settings_page_tells_its_facts() -> None:
    page = "KoboldCpp v1.120\nPresets:  Use CUDA\nGPU ID:  1\nGPU Layers:  33\nContext Size:  16384\nLaunch"
    facts = SEEING.diagnose("", [Upload("settings.png", png(drawn(page, dark=False)))]).facts
    assert facts.gpu_layers is not None
    assert facts.gpu_layers.value == 33
    assert facts.context is not None
    assert facts.context.value == 16384


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["Temperature", "1.85", "Top K", "40"], ["Temperature: 1.85", "Top K: 40"]),
        (["GPU Layers:", "(Auto: 33/35 Layers)", "99"], ["GPU Layers: 99", "(Auto: 33/35 Layers)"]),
        (["GPU 卸载", "28 / 40"], ["GPU 卸载: 28 / 40"]),
        (["Context Length", "Up to 40960", "16384"], ["Context Length: 16384", "Up to 40960"]),
        (["重复惩罚", "1.18"], ["重复惩罚: 1.18"]),
        (["Context (tokens)", "8192"], ["Context (tokens): 8192"]),
        (["12", "13"], ["12", "13"]),
        (["error code 137", "42"], ["error code 137", "42"]),
        (["GPU Layers: 20", "Context Size: 4096"], ["GPU Layers: 20", "Context Size: 4096"]),
        ([], []),
    ],
)
def test_values_of_a_settings_page_stand_behind_their_labels(lines: list[str], told: list[str]) -> None:
    assert with_values(lines) == told


def test_what_was_noted_is_nothing_that_a_program_printed() -> None:
    assert without_note(titled(read("CUDA error"))) == "CUDA error"
    assert without_note(titled(read())) == ""
    assert without_note("CUDA error\n[read from a picture: 1 lines]") == "CUDA error\n[read from a picture: 1 lines]"
    reply = BLIND.reply(Message("help, what does this mean?", attachments=(titled(read()),)))
    assert reply.kind != "diagnosis"
    assert reply.answer is not None
    assert "no text in your picture" in str(reply.answer)


@pytest.mark.parametrize("text", ["求助，看图\n[screenshot]", "help, it crashes\n[screenshot]"])
def test_beside_every_answer_stands_how_to_copy_what_nobody_here_can_read(text: str) -> None:
    reply = BLIND.reply(Message(text))
    assert reply.answer is not None
    assert "copy the text" in str(reply.answer)
    assert "文字复制出来" in str(reply.answer)


def test_a_mark_is_no_question_about_screenshots() -> None:
    parts = BLIND.reply(Message("help, what does this mean?\n[screenshot]")).parts
    assert "screenshot-rules" not in [each.id for each in parts]


@with_recognition
def test_what_a_terminal_hides_from_projection_is_looked_for_as_in_a_photo() -> None:
    """A turned picture gives one line for sure and bars of several for the rest."""
    image = drawn("All is well\n$ nvidia-smi\nFailed to initialize NVML: Driver/library version mismatch", size=16)
    turned = image.rotate(1.5, expand=True, fillcolor=(14, 14, 20), resample=Image.Resampling.BICUBIC)
    (text,) = masked_texts([Upload("shot.png", png(turned))], READER)
    assert "version mismatch" in text


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("[read from a picture: 3 lines]\nTemperature: 1.85\nTop K: 40\nMin P: 0.02", True),
        ("[read from a picture: 4 lines, unsure]\nGPU 卸载: 28 / 40\n上下文长度: 16384\n加载\n取消", True),
        ("Temperature: 1.85\nTop K: 40", False),  # a file is what a program wrote
        ("[read from a picture: 1 lines]\nerror code: 137", False),
        ("[read from a picture: 6 lines]\na: 1\nb: 2\nTraceback\n  File x\nValueError: y\nexited", False),
        ("[read from a picture: 0 lines]", False),
    ],
)
def test_a_panel_of_settings_is_told_from_a_log(text: str, holds: bool) -> None:
    assert is_panel(text) == holds


def test_settings_in_a_picture_are_told_by_their_author() -> None:
    panel = titled(read("Temperature", "1.85", "Top K", "40", "Repetition Penalty", "1.35"))
    reply = BLIND.reply(Message("the model only talks nonsense, here are my settings", attachments=(panel,)))
    assert reply.kind == "quality"
    assert reply.told.points["sampler_settings"] == "temperature 1.85, top-k 40, repetition penalty 1.35"


@with_recognition
@pytest.mark.parametrize(
    ("page", "layers", "context"),
    [
        ("Context Length\n16384\nGPU Offload\n28 / 40\nCPU Thread Pool Size\n8\nLoad Model", 28, 16384),
        ("GPU Layers: 33\nContext Size: 8192\nBLAS Batch Size: 512", 33, 8192),
    ],
)
def test_pages_of_settings_are_read_as_drawn(page: str, layers: int, context: int) -> None:
    facts = SEEING.diagnose("", [Upload("page.png", png(drawn(page)))]).facts
    assert facts.gpu_layers is not None
    assert facts.context is not None
    assert (facts.gpu_layers.value, facts.context.value) == (layers, context)


@with_recognition
@pytest.mark.parametrize(("dark", "size", "columns"), [(True, 15, 2), (False, 15, 2), (True, 18, 3), (False, 13, 1)])
def test_a_panel_of_samplers_is_read_as_drawn(dark: bool, size: int, columns: int) -> None:
    """Every value stays with its own label, and sliders between them are no writing."""
    cells = [
        ("Temperature", "1.85"),
        ("Top K", "40"),
        ("Top P", "0.95"),
        ("Min P", "0.05"),
        ("Repetition Penalty", "1.35"),
        ("Rep Pen Range", "2048"),
    ]
    drawing = png(panel(cells, dark=dark, size=size, columns=columns))
    texts = SEEING.texts_of([Upload("samplers.png", drawing)])
    reply = SEEING.reply(Message("the model only talks nonsense, here are my settings", attachments=texts))
    assert reply.kind == "quality"
    told = reply.told.points["sampler_settings"]
    assert told == "temperature 1.85, top-p 0.95, top-k 40, min-p 0.05, repetition penalty 1.35"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["Temperature        Top K", "1.85       40"], ["Temperature: 1.85", "Top K: 40"]),
        (["Top P      Min P      Seed", "0.95   0.05"], ["Top P      Min P      Seed", "0.95   0.05"]),
        (["pid    name", "12     13"], ["pid: 12", "name: 13"]),
        (["error      cause", "a      b"], ["error      cause", "a      b"]),
    ],
)
def test_columns_of_labels_above_their_values_are_told_one_after_the_other(lines: list[str], told: list[str]) -> None:
    assert with_values(lines) == told


@with_recognition
def test_when_time_is_up_what_was_read_is_kept_the_end_first() -> None:
    """By a clock that moves on by a second whenever it is looked at."""
    from bot.intake.ocr.reader import Reader

    clock = itertools.count()
    lines = [f"loading tensor number {number}" for number in range(40)] + ["CUDA error: out of memory"]
    picture = Reader(lambda: float(next(clock))).read("x.png", png(drawn("\n".join(lines), size=14)), 2.0)
    assert picture.is_unfinished
    assert 0 < len(picture.lines) < 41
    assert "unfinished" in titled(picture)


@with_recognition
@pytest.mark.slow
def test_nothing_that_recognises_text_is_loaded_before_the_first_picture() -> None:
    """A bot that is sent none needs no memory for it, with the extra or without."""
    code = (
        "import sys; from pathlib import Path; from bot.clinic.opening import open_clinic;"
        "from bot.knowledge.files import knowledge_root;"
        "open_clinic(knowledge_root(), pictures=True).diagnose('CUDA error: out of memory');"
        "print({'cv2', 'onnxruntime', 'rapidocr', 'numpy'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "set()"
