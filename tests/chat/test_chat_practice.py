"""The port over the real clinic and the real knowledge."""

import gzip
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.answers.loader_dialogue import MEANING, QUESTIONS, held
from bot.base.errors import UserError
from bot.base.languages import Language, told
from bot.chat.limits import OPTION_TEXT, OPTIONS
from bot.chat.rendering import pages
from bot.clinic.door import Clinic
from bot.clinic.opening import open_clinic
from bot.clinic.ports import Clinic as Port
from bot.clinic.ports import Subject, Upload
from bot.clinic.words import NO_WORDS
from bot.knowledge import cache
from bot.knowledge.cache import user_folder
from bot.knowledge.files import knowledge_root

pytestmark = pytest.mark.slow

LANGUAGES: tuple[Language, ...] = ("en", "zh")
OUT_OF_MEMORY = """load_tensors: offloading 65 repeating layers to GPU
ggml_backend_cuda_buffer_type_alloc_buffer: allocating 20000.00 MiB on device 0: cudaMalloc failed: out of memory
llama_model_load: error loading model: unable to allocate CUDA0 buffer
"""


@pytest.fixture(scope="module")
def practice() -> Clinic:
    return open_clinic(knowledge_root())


def test_it_satisfies_the_port(practice: Clinic) -> None:
    port: Port = practice
    assert len(port.version) == 10


def zipped(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("logs/run.log", text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "upload",
    [
        Upload("run.log", OUT_OF_MEMORY.encode("utf-16")),
        Upload("run.log.gz", gzip.compress(OUT_OF_MEMORY.encode())),
        Upload("logs.zip", zipped(OUT_OF_MEMORY)),
    ],
)
def test_files_are_read(practice: Clinic, upload: Upload) -> None:
    reading = practice.diagnose("", [upload])
    assert "out-of-memory" in reading.candidates[0].id
    assert len(reading.answers) == len(reading.candidates)
    assert "cudaMalloc failed" in reading.text


def test_each_candidate_has_an_answer_that_begins_with_it(practice: Clinic) -> None:
    both = f"{OUT_OF_MEMORY}\n\n{'x' * 30}\nOSError: [Errno 28] No space left on device: '/models/a.gguf'\n"
    reading = practice.diagnose(both)
    assert len(reading.candidates) >= 2
    titles = [told(answer.title, "en") for answer in reading.answers]
    assert len(set(titles)) == len(titles)


def test_what_is_not_known_is_said_in_one_answer(practice: Clinic) -> None:
    reading = practice.diagnose("Traceback (most recent call last):\nFluxError: capacitor 17 is out of juice")
    assert reading.candidates == ()
    assert len(reading.answers) == 1


def test_secrets_are_masked_in_what_may_be_kept(practice: Clinic) -> None:
    token = "hf_" + "A1b2C3d4E5" * 3 + "abcd"
    reading = practice.diagnose(f"HF_TOKEN={token}\n{OUT_OF_MEMORY}")
    assert token not in reading.text
    assert reading.masked
    assert token not in practice.redact(f"my token is {token}")


@pytest.mark.parametrize(
    ("text", "is_log"),
    [
        (OUT_OF_MEMORY, True),
        ("Traceback (most recent call last):\n  File", True),
        ("npm ERR! code ENOENT", True),
        ("hello everybody, which model do you like best?", False),
        ("大家好，我想问一下 32B 能不能跑", False),
        ("it says error, what now", False),
    ],
)
def test_logs_are_told_from_talk(practice: Clinic, text: str, is_log: bool) -> None:
    assert practice.looks_like_log(text) is is_log


@pytest.mark.parametrize(
    ("subject", "typed", "expected"),
    [
        ("model", "qwen2.5 32b inst", "Qwen2.5-32B-Instruct"),
        ("model", "Qwen2.5-32B-Instruct-q5", "Qwen2.5-32B-Instruct-Q5_K_M"),
        ("card", "3060", "RTX 3060"),
        ("entry", "显存", "gpu-out-of-memory"),
        ("entry", "out of memory", "gpu-out-of-memory"),
        ("loader", "kobold", "koboldcpp"),
    ],
)
def test_suggestions(practice: Clinic, subject: Subject, typed: str, expected: str) -> None:
    language: Language = "en" if typed.isascii() else "zh"
    names = [f"{choice.name} {choice.value}" for choice in practice.suggest(subject, typed, language)]
    assert any(expected in name for name in names), names[:5]


@pytest.mark.parametrize("subject", ["model", "card", "faq", "term", "entry", "loader"])
@pytest.mark.parametrize("typed", ["", "q", "上", "zzzzzzzz", "(", "a" * 300])
def test_suggestions_stay_within_the_limits(practice: Clinic, subject: Subject, typed: str) -> None:
    found = practice.suggest(subject, typed, "zh")
    assert len(found) <= OPTIONS
    assert all(0 < len(choice.name) <= OPTION_TEXT for choice in found)


def test_a_question_suggested_is_a_question_answered(practice: Clinic) -> None:
    for language in LANGUAGES:
        for choice in practice.suggest("faq", "", language):
            answer = practice.faq(choice.value).answer
            assert told(answer.title, language) == choice.name


@pytest.mark.parametrize("path", ["/etc/passwd", "~/model.gguf", "./x.gguf", "../x", "C:\\models\\a.gguf", "knowledge"])
def test_a_stranger_cannot_have_files_of_the_server_read(practice: Clinic, path: str) -> None:
    with pytest.raises(UserError):
        practice.can_run(path, "12", "32")
    with pytest.raises(UserError):
        practice.layers(path, "12")


def test_memory_questions(practice: Clinic) -> None:
    plan = practice.can_run("Qwen2.5-32B-Instruct-Q5_K_M", "12", "32").answer
    assert plan.chart is not None
    layers = practice.layers("Qwen2.5-32B-Instruct-Q5_K_M", "3060").answer
    assert "layers fit" in told(layers.title, "en")
    assert pages(layers, "zh")


def test_a_hub_out_of_reach_leaves_the_catalog(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    learnt = user_folder()  # what the knowledge teaches is not learnt anew for an empty cache of the hub
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(cache, "user_folder", lambda: learnt)
    cut_off = open_clinic(knowledge_root(), "http://127.0.0.1:9")
    plan = cut_off.can_run("Qwen/Qwen2.5-32B-Instruct-GGUF:Q5_K_M", "12", "32").answer
    assert "Qwen2.5-32B" in told(plan.title, "en")
    assert any("built-in catalog" in told(getattr(block, "text", ""), "en") for block in plan.details)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"system": "windows", "hands": "mouse", "aim": "quick", "card": "no"}, "koboldcpp"),
        ({"system": "windows", "hands": "simple", "aim": "quick", "card": "no"}, "ollama"),
        ({"system": "macos", "hands": "mouse", "aim": "pretty", "card": "no"}, "LM Studio"),
        ({"system": "linux", "hands": "expert", "aim": "control", "card": "no"}, "llama.cpp"),
        ({"system": "linux", "hands": "expert", "aim": "many", "card": "yes"}, "vLLM"),
    ],
)
def test_the_loader_dialogue_follows_the_conditions(practice: Clinic, chosen: Mapping[str, str], expected: str) -> None:
    assert practice.loader_advice(chosen).title == expected


def test_every_way_through_the_dialogue_ends_with_advice(practice: Clinic) -> None:
    ways: list[dict[str, str]] = [{}]
    for question in QUESTIONS:
        ways = [{**way, question.id: option.id} for way in ways for option in question.options]
    titles = {practice.loader_advice(way).title for way in ways}
    assert {"koboldcpp", "ollama", "LM Studio", "llama.cpp", "vLLM"} <= titles


def test_every_option_means_conditions_that_exist() -> None:
    from bot.knowledge.reference import load_conditions

    known = {condition.id for condition in load_conditions(knowledge_root())}
    assert {id_ for ids in MEANING.values() for id_ in ids} <= known
    assert {(question.id, option.id) for question in QUESTIONS for option in question.options} == set(MEANING)
    assert held({"system": "macos"}) == {"macos"}


def test_words_are_explained(practice: Clinic) -> None:
    answer = practice.words_in("my GGUF does not fit the KV cache")
    assert len(answer.blocks) >= 2
    assert practice.words_in("nothing special").title == NO_WORDS


def test_the_version_follows_the_files(tmp_path: Path, practice: Clinic) -> None:
    import shutil

    root = tmp_path / "knowledge"
    shutil.copytree(knowledge_root(), root)
    same = open_clinic(root)
    assert same.version == practice.version
    sites = root / "pastes.yaml"  # a file from which nothing is learnt
    sites.write_text(sites.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert open_clinic(root).version != practice.version
