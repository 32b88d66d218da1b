"""The second reader: what a text resembles where no signature says it."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from shipped import CLINIC
from small_knowledge import COMPLAINTS, entry

from bot.answers.blocks import Steps
from bot.base.languages import told
from bot.cli.root import wenzhen
from bot.clinic.searching import search_addresses
from bot.diagnosis import reader
from bot.diagnosis.bayes import Bayes, Text, learnt_from
from bot.diagnosis.calibration import LEAST_LIKELY, LEAST_TOLD, doubted, instead_of, is_behind, likely, told_likely
from bot.diagnosis.diagnoser import Diagnoser
from bot.diagnosis.features import plain
from bot.diagnosis.finding import Evidence, Finding, Suspect
from bot.diagnosis.reader import kept_learnt, learnt_of, texts_taught
from bot.diagnosis.senses import shipped_senses
from bot.intake.cleaning import clean
from bot.intake.facts import Fact, Facts
from bot.knowledge import cache
from bot.knowledge.failures import FieldWords, SearchPages, Signature
from bot.knowledge.files import DataError, knowledge_root
from bot.knowledge.told import load_told

FIELD = FieldWords(ours=("llama",), others=("minecraft",), alarms=("error", "fail"), healthy=("server ready",))
ENTRIES = [
    entry("memory", "the card ran out of video memory while loading the weights {file}"),
    entry("network", "the download of the weights from the hub was interrupted by the network"),
    entry("port", "another program listens on this port already", **{"class": "network"}),
]
DIAGNOSER = Diagnoser(ENTRIES, FIELD, complaints=COMPLAINTS)


def suspects(text: str) -> list[str]:
    return [each.entry.id for each in DIAGNOSER.opinion(clean(text)).suspects]


def test_another_wording_leads_to_the_entry_it_resembles() -> None:
    text = "llama: error: not enough video memory on the card to load these weights"
    assert DIAGNOSER.diagnose(clean(text)) == ()
    assert suspects(text)[0] == "memory"
    assert suspects("llama: error: hub download broke off, network interrupted")[0] == "network"


def test_of_a_class_only_the_nearest_entry_is_named() -> None:
    assert suspects("llama: error: this port belongs to another program, it listens there")[0] == "port"
    assert len(suspects("llama: error: this port belongs to another program, it listens there")) == 2


@pytest.mark.parametrize(
    "text",
    [
        "llama 1.2 loaded 30 layers [=====] ms per token",  # nothing speaks of a failure
        "cache=none state=cold error: llama has no memory yet\nINFO llama server ready",  # healthy in the end
        "minecraft: error: out of video memory",  # another program
        "Feature request: llama should load the weights with less video memory, it fails too often",
        "",
    ],
)
def test_nothing_is_named_where_nothing_failed_here(text: str) -> None:
    assert suspects(text) == []


def test_claims_come_first_and_three_are_shown_at_most() -> None:
    opinion = DIAGNOSER.opinion(
        clean("llama: the card ran out of video memory while loading the weights x.gguf\nerror")
    )
    assert [found.entry.id for found in opinion.findings] == ["memory"]
    assert [each.entry.id for each in opinion.suspects] in (["network"], ["port"])
    assert opinion.telling is None


def test_the_programs_of_a_log_decide_between_the_like() -> None:
    wording = "the model file cannot be opened for reading here"
    theirs, ours = entry("theirs", wording, components=["vLLM"]), entry("ours", wording, components=["ollama"])
    diagnoser = Diagnoser([theirs, ours, *ENTRIES], FIELD)
    for loader, first in (("vLLM", "theirs"), ("ollama", "ours")):
        opinion = diagnoser.opinion(
            clean("llama error: opening of that model file for reading went wrong"), loader=loader
        )
        assert opinion.suspects[0].entry.id == first


@pytest.mark.parametrize(("text", "is_named"), [("", False), ("\nllama 1.1 worked", True)])
def test_ways_to_find_a_failure_are_named_where_something_told_leads_there(text: str, is_named: bool) -> None:
    wording = "the model file cannot be opened for reading here"
    way = {"kind": "symptom", "found_by": [{"computation": "worked-before"}]}
    diagnoser = Diagnoser([entry("update", wording, **way), *ENTRIES], FIELD)
    facts = Facts(worked_before=Fact("1.1", 2)) if text else Facts()
    opinion = diagnoser.opinion(clean(f"llama error: opening of that model file for reading went wrong{text}"), facts)
    named = {each.entry.id for each in opinion.findings} | {each.entry.id for each in opinion.suspects}
    assert ("update" in named) == is_named


def test_what_was_learnt_survives_being_kept() -> None:
    texts = [Text("a", ("apples and pears",)), Text("b", ("cards and memory",)), Text("b", ("more memory",), 0.5)]
    learnt = learnt_from(texts)
    query = [(1.0, plain("Memory of CARDS"))]
    scores = dict(zip(learnt.classes, Bayes(learnt).scores(query), strict=True))
    assert scores["b"] > scores["a"]


def test_the_kept_lesson_is_the_lesson_of_the_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "user_folder", lambda: tmp_path / "cache")
    assert kept_learnt(tmp_path, ENTRIES) == learnt_of(ENTRIES) == kept_learnt(tmp_path, ENTRIES)


def test_what_sentences_taught_stays_when_an_entry_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "user_folder", lambda: tmp_path / "cache")
    root = tmp_path / "knowledge"
    (root / "failures").mkdir(parents=True)
    first = kept_learnt(root, ENTRIES)
    (root / "failures" / "new.yaml").write_text("changed")

    def learnt_anew(*_: object) -> None:
        raise AssertionError("learnt anew")

    monkeypatch.setattr(reader, "each_learnt_from", learnt_anew)
    changed = [entry("memory", "zebra stripes collided"), *ENTRIES[1:]]
    second = kept_learnt(root, changed)
    assert second.texts == learnt_from(texts_taught(changed, {})) != first.texts
    assert second.sentences == first.sentences


def test_what_differs_between_machines_is_made_alike() -> None:
    first = plain(r'File "C:\Users\li\models\x.gguf" at 0x7ffe12ab34 torch 2.6.0')
    assert first == plain('File "/home/zhang/m/x.gguf" at 0x5500aabbcc torch 2.11.1')


def test_the_answer_says_what_to_look_at_and_how_to_tell_it() -> None:
    reading = CLINIC.diagnose("vllm serve\nRuntimeError: the kernels of this wheel know nothing of a card like yours")
    assert reading.candidates == ()
    assert reading.unknown is not None
    assert (reading.unknown.line, reading.unknown.program) == (2, "vLLM")
    (look, more) = (block for block in reading.answer.blocks if isinstance(block, Steps))
    assert len(look.steps) == len(reading.nearest) == 3
    for language, check in (("en", "First: "), ("zh", "先试：")):
        assert all(check in told(step.text, language) for step in look.steps)
    assert len(more.steps) == 2


def test_the_document_names_line_program_look_at_these_and_searches() -> None:
    text = "ollama run x\nError: the runner did something that nobody has described, failed badly"
    found = CliRunner().invoke(wenzhen, ["diagnose", "--json", "--lang", "en", "-"], input=text)
    document = json.loads(found.output)
    assert document["matches"] == []
    unknown = document["unknown"]
    assert (unknown["line"], unknown["program"]) == (2, "ollama")
    assert set(unknown["nearest"][0]) == {"id", "class", "title"}
    assert unknown["search"][0].startswith("https://github.com/ollama/ollama/issues?q=")
    known = CliRunner().invoke(wenzhen, ["diagnose", "--json", "-"], input="RuntimeError: CUDA out of memory")
    assert json.loads(known.output)["unknown"] is None


def test_searches_hold_no_paths_addresses_or_long_numbers() -> None:
    pages = SearchPages({"vLLM": "https://example.org/?q={words}"}, ("https://example.net/?q={program}+{words}",))
    line = "ERROR 01-02 12:00:01 cannot open /home/li/secret/model.bin at 192.168.1.7:8000 for <email> 0123456789"
    first, second = search_addresses(line, "vLLM", pages)
    assert first == "https://example.org/?q=cannot+open+at+for"
    assert second == "https://example.net/?q=vLLM+cannot+open+at+for"
    assert search_addresses("", None, pages) == ()


def test_a_long_log_is_read_at_its_ends() -> None:
    filler = "\n".join(f"[12:00:{n % 60:02}] llama step {n} done" for n in range(3000))
    assert suspects(f"{filler}\nllama: error: hub download broke off, network interrupted")[0] == "network"


def test_a_failure_far_more_like_one_class_than_any_other_is_claimed_as_probable() -> None:
    printed = "ERROR: 28 attention heads of the model are not divisible by the tensor parallel size 3"
    (found,) = CLINIC.diagnose(f"vllm serve x\n{printed}").candidates
    assert (found.failure_class, found.line) == ("tensor-parallel-indivisible", 2)
    assert LEAST_LIKELY <= found.score < 1
    told = "vllm tells me that the attention heads of this model cannot be divided by a parallel size of 3"
    (heard,) = CLINIC.diagnose(told).candidates
    assert (heard.failure_class, heard.score < 0.9) == (found.failure_class, True)  # nothing was printed


def test_what_everybodys_compiler_prints_is_claimed_only_beside_a_name_of_this_field() -> None:
    printed = """\
[ 31%] Building NVCC (Device) object modules/core/CMakeFiles/cuda_compile.dir/src/cuda_compile_generated_gpu_mat.cu.o
nvcc fatal   : Unsupported gpu architecture 'compute_20'
CMake Error at cuda_compile_generated_gpu_mat.cu.o.cmake:208 (message):
  Error generating
make[2]: *** [modules/core/CMakeFiles/cuda_compile.dir/src/cuda/cuda_compile_generated_gpu_mat.cu.o] Error 1"""
    assert CLINIC.diagnose(printed).candidates == ()


def test_probability_rises_with_score_and_lead() -> None:
    assert likely(18, 9) > likely(14, 9) > likely(14, 2) > likely(14, 0)
    assert 0.9 > told_likely(30, 0) > LEAST_TOLD > told_likely(18, -5)
    assert told_likely(30, 0) > told_likely(30, 0, complains=False)


@pytest.mark.parametrize(
    "text",
    [
        "koboldcpp\ncommon_init_from_params: warming up the model with an empty run - please wait ...",
        "llama_server: entering its loop\nload_tensors: offloading 28 repeating layers to GPU",
        '#define GGML_ASSERT(x) \\\n    fprintf(stderr, "GGML_ASSERT failed: %s", #x); \\',
        "WARNING: You are sending unauthenticated requests to the HF Hub. llama",
        "vkQueueSubmit failed: VK_ERROR_DEVICE_LOST\nEngine version 2018.3 on NVIDIA GPU",  # a game
        "npm run dev\nError: connect ECONNREFUSED 127.0.0.1:5432\n    at TCPConnectWrap (node:net:1494:16)",
        "Welcome to KoboldCpp - Version 1.93\nAuto Recommended GPU Layers: 19\nNamespace(failsafe=False, gpulayers=19)",
        "llama_model_load_from_file_impl: using device Vulkan0 (Radeon RX550) (unknown id) - 3434 MiB free",
    ],
)
def test_nothing_is_to_look_at_without_a_failure_of_this_field(text: str) -> None:
    assert CLINIC.diagnose(text).nearest == ()


@pytest.mark.parametrize(
    "asks",
    ["is this bad?", "I want gpu only, what is the CPU doing there?", "should I worry about that warning?"],
)
def test_who_only_asks_about_a_log_without_a_failure_gets_nothing_to_look_at(asks: str) -> None:
    log = "\n".join(f"load_tensors: CUDA{at} model buffer size = {at}72.65 MiB" for at in range(1, 7))
    assert CLINIC.diagnose(f"{asks}\n{log}").nearest == ()


@pytest.mark.parametrize(
    "text",
    [
        "This PR enables the card in ollama, before this patch it only used the CPU",
        "给大家分享一下 ollama 在容器里连不上主机的解决办法",
        "Fixes the flash_attn install failure (ModuleNotFoundError: No module named 'torch').\nREADME: build it there.",
        "server: add an error type, llama.cpp\nthe request exceeds the available context size\nPR #15780 merged",
    ],
)
def test_news_of_a_change_and_a_shared_way_are_no_complaint(text: str) -> None:
    read = CLINIC.diagnose(text)
    assert (read.candidates, read.nearest) == ((), ())


def test_a_complaint_in_somebodys_words_names_what_to_look_at() -> None:
    assert CLINIC.diagnose("When the tool returns a whole page my model goes nuts, the counter says 12526/4096").nearest


def test_a_short_complaint_that_is_likely_but_not_sure_is_named_first_to_look_at() -> None:
    read = CLINIC.diagnose("ollama 0.12 hangs as soon as I send it something, no model answers any more")
    assert next(each.failure_class for each in (*read.candidates, *read.nearest)) == "engine-hang"


def test_a_claim_that_the_text_is_much_less_like_is_less_sure() -> None:
    (own, other) = ENTRIES[:2]
    finding = Finding(own, 0.9, Evidence(1, "x", None))
    alike = (Suspect(other, 14.0, None), Suspect(own, 5.0, None))
    assert doubted(finding, alike).score == pytest.approx(0.765)
    assert doubted(finding, (alike[0],)).score == 0.9  # nothing tells how little it is alike
    assert doubted(finding, (Suspect(own, 14.0, None), Suspect(other, 5.0, None))) == finding
    assert doubted(finding, ()) == finding


def test_sentences_that_people_say_decide_where_nothing_was_printed() -> None:
    said = {
        "memory": ["the card is full and everything stops", "too little memory for that model"],
        "network": ["no way to get anything from the site", "the line is dead all day"],
    }
    reader_of_both = Diagnoser(
        ENTRIES, FieldWords(ours=("site",), voices=("help", "my")), learnt=lambda: learnt_of(ENTRIES, said)
    )
    opinion = reader_of_both.opinion(clean("my line to the site is dead, I can't get anything, help please"))
    named = [*(finding.entry for finding in opinion.findings), *(suspect.entry for suspect in opinion.suspects)]
    assert named[0].failure_class == "network"


def test_of_a_class_the_entry_is_named_of_which_the_like_was_told() -> None:
    """The second reader knows no sentence of "port" but the one that is told of that entry."""
    said = "two of them want the same door"
    own = {"memory": ["the card is full"], "network": ["the line is dead all day", said]}
    voices = FieldWords(ours=("site",), voices=("help", "my"))
    post = clean("help, at my site two of them want one door")
    senses = shipped_senses()
    for of_entries, named in (({}, "network"), ({"port": [said]}, "port")):
        learnt = partial(learnt_of, ENTRIES, own, senses, of_entries)
        opinion = Diagnoser(ENTRIES, voices, learnt=learnt, senses=senses).opinion(post)
        first = [*(found.entry for found in opinion.findings), *(suspect.entry for suspect in opinion.suspects)][0]
        assert first.id == named


def test_told_sentences_name_known_classes_only(tmp_path: Path) -> None:
    root = tmp_path / "knowledge"
    (root / "schema").mkdir(parents=True)
    for name in ("schema/told.json", "schema/first_aid.json", "classes.yaml", "first_aid.yaml"):
        (root / name).write_bytes((knowledge_root() / name).read_bytes())
    (root / "told.yaml").write_text("sentences:\n  no-such-class:\n    - it does not work\n", encoding="utf-8")
    with pytest.raises(DataError, match="no-such-class"):
        load_told(root)
    (root / "told.yaml").write_text("texts:\n  slow:\n    - it is slow\nsentences: {}\n", encoding="utf-8")
    with pytest.raises(DataError, match="no first aid for a text"):
        load_told(root)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ollama on my 4060: the processor does all the work, the graphics card stays at 0%", "gpu-not-used"),
        ("koboldcpp connects to my front end, but every reply it shows is blank", "symptom-empty-reply"),
        ("I add my ollama to the assistant and it answers 404, the same address opens in Postman", "api-wrong-url"),
    ],
)
def test_a_complaint_without_a_word_of_failure_is_recognised(text: str, expected: str) -> None:
    assert [each.failure_class for each in CLINIC.diagnose(text).candidates[:1]] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "koboldcpp runs on my 4060 at 40 tokens a second, very happy with it",
        "would be great if LM Studio could hide the thinking by default, any plans?",
        "推荐一个适合写小说的本地模型，24G 显存，不要太啰嗦",
        "分享一下 open-webui 容器连主机 ollama 的办法：容器外面又套了一层网络，localhost 没用，要填网卡的地址",
    ],
)
def test_who_complains_of_nothing_gets_no_claim(text: str) -> None:
    assert CLINIC.diagnose(text).candidates == ()


def test_who_says_that_an_older_version_worked_is_led_back_to_it() -> None:
    told = "exllamav2 0.2.5 and later: that model no longer loads in tabbyAPI, 0.2.4 was fine"
    (found,) = CLINIC.diagnose(told).candidates
    assert found.failure_class == "loader-regression"


@pytest.mark.parametrize(
    "text",
    [
        "请问 LM Studio 能不能支持一下本地的 webui 接口",
        "Add full support for LM Studio so that all answers come as a stream",
    ],
)
def test_wishes_get_no_claim(text: str) -> None:
    assert CLINIC.diagnose(text).candidates == ()


def test_a_symptom_goes_behind_the_failure_that_the_words_are_far_more_like() -> None:
    slow, other = entry("symptom-slow", kind="symptom"), entry("other")
    finding = Finding(slow, 0.8, Evidence(1, "x", None))
    assert is_behind(finding, (Suspect(other, 25.0, None), Suspect(slow, 5.0, None)))
    assert not is_behind(finding, (Suspect(other, 12.0, None), Suspect(slow, 5.0, None)))
    assert not is_behind(Finding(other, 0.8, finding.evidence), (Suspect(slow, 25.0, None), Suspect(other, 5.0, None)))


def test_a_symptom_goes_behind_what_all_else_but_its_own_words_speaks_for() -> None:
    slow, other = entry("symptom-slow", kind="symptom"), entry("other")
    finding = Finding(slow, 0.92, Evidence(1, "takes ages", Signature("takes ages")))
    alike = (Suspect(slow, 5.0, None, True, 0.6), Suspect(other, 4.0, None, True, 0.36))
    assert is_behind(finding, alike)
    assert not is_behind(finding, (alike[0], Suspect(other, 4.0, None, True, 0.1)))
    (instead,) = instead_of(finding, alike)
    assert (instead.entry, round(instead.likelihood or 0, 1)) == (other, 0.8)


def test_what_a_mere_hint_found_goes_behind_the_failure_that_the_words_are_far_more_like() -> None:
    (own, other) = ENTRIES[:2]
    alike = (Suspect(other, 25.0, None), Suspect(own, 15.0, None))
    hinted, plain_words = (Finding(own, score, Evidence(1, "x", Signature("x"))) for score in (0.88, 0.95))
    assert is_behind(hinted, alike)
    assert not is_behind(replace(hinted, evidence=Evidence(1, "x", None)), alike)  # concluded, by no wording
    assert not is_behind(plain_words, alike)
    assert not is_behind(hinted, (Suspect(other, 20.0, None), alike[1]))


def test_what_stands_around_a_failure_claims_nothing_by_itself() -> None:
    """The lines of a start resemble the failures of a start; what failed resembles something else."""
    start = (
        "***\nWelcome to KoboldCpp - Version 1.93\nFor command line arguments, please refer to --help\n***\n"
        "Detected Free GPU Memory: 6144 MB (Set GPU layers manually if incorrect)\nAuto Selected CUDA Backend...\n\n"
        "Auto Recommended GPU Layers: 19\nInitializing dynamic library: koboldcpp_cublas.dll\n=========="
    )
    assert CLINIC.diagnose(f"{start}\nError: story was not saved").candidates == ()
