"""Several files of one message: the most telling first, each named, lines counted in their own file."""

from shipped import CLINIC

from bot.answers.blocks import Evidence, Paragraph
from bot.base.languages import told
from bot.clinic.ports import Upload
from bot.clinic.reading import Reading
from bot.intake.files import FileNotes, headed, ranked

FINE = "\n".join(f"llama_kv_cache: slot {number} is in use" for number in range(50))
BROKEN = """\
load_tensors: offloading 65 repeating layers to GPU
ggml_backend_cuda_buffer_type_alloc_buffer: allocating 20000.00 MiB on device 0: cudaMalloc failed: out of memory
llama_model_load: error loading model: unable to allocate CUDA0 buffer
"""


def read(*uploads: tuple[str, str], text: str = "") -> Reading:
    return CLINIC.diagnose(text, [Upload(name, content.encode()) for name, content in uploads])


def said(reading: Reading, language: str = "en") -> str:
    return "\n".join(told(block.text, language) for block in reading.answer.blocks if isinstance(block, Paragraph))


def test_the_file_with_the_error_is_named_and_its_own_line_counts() -> None:
    reading = read(("fine.log", FINE), ("run.log", "start\n" + BROKEN))
    assert reading.candidates
    (proof,) = [block.proof for block in reading.answer.blocks if isinstance(block, Evidence)]
    assert proof in (3, 4)
    assert "I read 2 files: run.log, fine.log. The quoted line stands in run.log." in said(reading)
    assert "引用的那一行在 run.log 里" in said(reading, "zh")


def test_one_file_or_text_is_told_as_before() -> None:
    for reading in (read(("run.log", BROKEN)), CLINIC.diagnose(BROKEN)):
        assert "files" not in said(reading)
        assert "[file:" not in reading.text


def test_a_name_is_nothing_that_a_program_printed() -> None:
    name = "CUDA error out of memory.log"
    assert not read((name, FINE), ("b.txt", FINE)).candidates


def test_secrets_in_names_are_masked() -> None:
    reading = read(("hf_abcdefghijklmnopqrstuvwxyzABCDEFGH.log", BROKEN), ("b.txt", FINE))
    assert "hf_abc" not in said(reading) + reading.text


def test_many_files_are_not_all_named() -> None:
    assert "and others" in said(read(*((f"n{number}.log", BROKEN) for number in range(7))))


def test_what_nothing_is_known_of_names_its_file_too() -> None:
    reading = read(("fine.log", FINE), ("odd.log", "Traceback (most recent call last):\nValueError: zorp is 3\n"))
    assert "odd.log" in said(reading)


def test_the_most_telling_file_comes_first() -> None:
    assert [name for name, _ in ranked([("a", FINE), ("b", BROKEN), ("c", "")])] == ["b", "a", "c"]


def test_lines_are_found_in_their_files() -> None:
    files = FileNotes.of("hello\n" + "\n".join(headed([("a", "1\n2"), ("b", "3")])))
    assert files.names == ("a", "b")
    assert [files.at(line) for line in range(1, 7)] == [None, 0, 0, 0, 1, 1]
    assert FileNotes.of("nothing").names == ()
