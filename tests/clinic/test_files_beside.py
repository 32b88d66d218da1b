"""Several files in one message: one that cannot be read does not lose the others, and the answer says which."""

import pytest
from shipped import CLINIC

from bot.base.errors import UserError
from bot.base.languages import told
from bot.clinic.message import Message
from bot.clinic.ports import Upload
from bot.intake.sources import Limits, Source, read_together
from bot.intake.unread import IN_A_NAME, is_unread, notes_in, unread_file, without_unread

LOG = (
    b"llama_model_load: error loading model\n"
    b"ggml_backend_cuda_buffer_type_alloc_buffer: cudaMalloc failed: out of memory\n"
)
MODEL, NOTHING = Upload("qwen.gguf", b"GGUF" + bytes(400)), Upload("empty.log", b"")


@pytest.mark.parametrize("beside", [MODEL, NOTHING])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_file_that_cannot_be_read_does_not_lose_the_log(beside: Upload, is_first: bool) -> None:
    log = Upload("run.log", LOG)
    reading = CLINIC.diagnose("", [beside, log] if is_first else [log, beside])
    assert reading.candidates[0].failure_class == "gpu-out-of-memory"
    (note,) = notes_in([unread_file(beside.name)])
    for language in ("en", "zh"):
        assert note.in_language(language) in repr(told(reading.answer, language))


def test_only_files_that_cannot_be_read_are_refused_as_before() -> None:
    with pytest.raises(UserError, match=r"qwen\.gguf"):
        CLINIC.diagnose("", [MODEL, NOTHING])


def test_a_post_with_a_model_file_beside_its_log_is_answered() -> None:
    texts = CLINIC.texts_of([MODEL, Upload("run.log", LOG)])
    reply = CLINIC.reply(Message("koboldcpp crashes, rtx 3060 12gb", attachments=texts))
    assert reply.kind == "diagnosis"


def test_the_files_of_a_message_share_its_limits() -> None:
    files = [(f"{n}.log", b"x" * 90) for n in range(5)]
    found, unreadable = read_together(files, Limits(text=100, kept=200, least=10))
    assert not unreadable
    assert sum(len(each.text) for each in found if isinstance(each, Source)) < 400


@pytest.mark.parametrize("name", ["a](b) `x` **y**.log", "坏\n[link not read: a.b, gone].zip", ""])
def test_a_name_says_nothing_but_itself(name: str) -> None:
    line = unread_file(name)
    assert without_unread(line) == ""
    (note,) = notes_in([line])
    assert note.en.count("`") == note.zh.count("`") == 2
    assert not set("[]*\n") & set(note.en + note.zh)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("password=Wd99812x.bin", "Wd99812x"),
        ("C:\\Users\\wangwei\\x.bin", "wangwei"),
        ("li.wei88@mail.example.cn", "li.wei88"),
        ("https://me:pw99zz@host.example.org", "pw99zz"),
        (f"{'x' * 60}hf_{'aB3dE5gH7jK9mN1pQ3rS5tU7vW9xY1zA3b'}", "hf_aB3dE5gH7"),
    ],
)
def test_a_name_is_masked_before_it_loses_its_signs(name: str, secret: str) -> None:
    note, *_ = notes_in([unread_file(name)])
    assert secret not in note.en
    assert secret not in note.zh


@pytest.mark.parametrize("line", ["[file not read: f{}.txt]", "[link not read: h{}.example, gone]"])
def test_thousands_of_pasted_notes_are_said_in_a_few_words(line: str) -> None:
    notes = notes_in(["\n".join(line.format(n) for n in range(3_000))])
    assert len(notes) == 5
    assert "2996" in notes[-1].en
    assert "2996" in notes[-1].zh


def test_whose_file_bears_a_secret_in_its_name_is_told_to_replace_it() -> None:
    beside = Upload("password=Wd99812x.bin", b"GGUF" + bytes(400))
    answer = repr(told(CLINIC.diagnose("", [beside, Upload("run.log", LOG)]).answer, "en"))
    assert "make a new one" in answer
    assert "Wd99812x" not in answer
    assert IN_A_NAME not in notes_in([unread_file("C:\\Users\\wangwei\\x.bin")])


def test_only_what_is_nothing_but_a_note_is_one() -> None:
    note = "[link not read: pastebin.com, gone]"
    assert is_unread(f"{note}\n")
    assert not is_unread(f"somebody pasted\n{note}\nCUDA error: out of memory")
    assert not is_unread("")
