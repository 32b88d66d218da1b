"""Whoever brings a folder of knowledge of their own is answered by that folder alone, whatever they ask."""

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from spoken import spoken

from bot.answers.blocks import Code
from bot.base.errors import UserError
from bot.clinic.door import Clinic
from bot.clinic.message import Message
from bot.intake.facts import Fact
from bot.knowledge.files import DataError, knowledge_root
from bot.knowledge.reference import load_loaders
from bot.memory.settings import Settings

pytestmark = pytest.mark.slow

# The same shapes, cards and programs under names that the shipped folder does not know.
MODEL, CARD, PROGRAM, FAILURE = "Zebra3-8B", "RTX 6090", "FooServe", "zebra-trips"
LOG = f"""\
FooServe 1.0 starting
ggml_cuda_init: found 1 CUDA devices:
  Device 0: NVIDIA GeForce RTX 6090, compute capability 12.0, VMM: yes
Loading Text Model: D:\\AI\\{MODEL}-Instruct-Q4_K_M.gguf
zebra stripes collided at stripe 17
"""


def edited(root: Path, file: str, change: Any) -> None:
    path = root / file
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("foreign") / "knowledge"
    shutil.copytree(knowledge_root(), root)
    add_model(root)
    add_program(root)
    add_card(root)
    add_failure(root)
    return root


def add_model(root: Path) -> None:
    model = next(
        entry
        for entry in yaml.safe_load((root / "models/qwen3.yaml").read_text(encoding="utf-8"))["models"]
        if entry["id"] == "Qwen3-8B"
    )
    model |= {"id": MODEL, "repo": f"savanna/{MODEL}"}
    model.pop("aliases", None)
    model.pop("same_shape", None)
    (root / "models/zebra.yaml").write_text(yaml.safe_dump({"models": [model]}), encoding="utf-8")


def add_program(root: Path) -> None:
    """The one file that a new loader takes."""
    loader = yaml.safe_load((root / "loaders/vllm.yaml").read_text(encoding="utf-8"))
    loader |= {
        "name": PROGRAM,
        "called": {"words": ["fooserve", "foo-serve"], "traces": ["FooServe"], "contains": ["vLLM"]},
        "runs": {"family": "vllm", "option": "fooserve", "start": "foo up {repository} --len {context} --tp {cards}"},
        "prints": ["[FooServe] card {gpus} holds {vram} for us"],
    }
    (root / "loaders/fooserve.yaml").write_text(yaml.safe_dump(loader, allow_unicode=True), encoding="utf-8")


def add_card(root: Path) -> None:
    """A line for each card; a maker by a word of its names."""

    def change(content: Any) -> None:
        servers = next(group for group in content["groups"] if group["kind"] == "datacenter")
        content["groups"][0]["cards"].append({"name": CARD, "memory": [48], "bandwidth": 3000})
        servers["cards"].append({"name": "H7700", "memory": [96], "bandwidth": 9000})
        content["spoken"]["makers"].append({"vendor": "amd", "patterns": ["zebra"]})

    edited(root, "gpus.yaml", change)


def add_failure(root: Path) -> None:
    path = next((root / "failures").rglob("disk-full.yaml"))
    entry = yaml.safe_load(path.read_text(encoding="utf-8"))
    entry |= {"id": FAILURE, "signatures": ["zebra stripes collided at stripe {number:number}"]}
    entry["title"] = {"en": "The stripes collided", "zh": "条纹撞车了"}
    entry["examples"] = [{"text": f"zebra stripes collided at stripe {number}"} for number in (17, 4)]
    entry["near_misses"] = [{"text": "no zebra here"}]
    (path.parent / f"{FAILURE}.yaml").write_text(yaml.safe_dump(entry, allow_unicode=True), encoding="utf-8")


@pytest.fixture(scope="module")
def clinic(root: Path) -> Iterator[Clinic]:
    """A clinic of the foreign folder in a program in which nobody can ask for the shipped one."""

    def refused() -> Path:
        raise AssertionError("the shipped knowledge was asked for")

    replace_finder(knowledge_root, refused)
    yield Clinic(root)
    replace_finder(refused, knowledge_root)


def replace_finder(old: Callable[[], Path], new: Callable[[], Path]) -> None:
    """In every module of the program; those imported later take what bot.knowledge.files has by then."""
    for name, module in list(sys.modules.items()):
        if name.startswith("bot.") and getattr(module, "knowledge_root", None) is old:
            module.knowledge_root = new  # type: ignore[attr-defined]


def test_every_part_loads(clinic: Clinic) -> None:
    clinic.load()


def test_a_log_is_diagnosed(clinic: Clinic) -> None:
    reading = clinic.diagnose(LOG)
    assert [candidate.id for candidate in reading.candidates][:1] == [FAILURE]
    assert reading.facts.loader is not None
    assert reading.facts.loader.value == PROGRAM
    assert reading.facts.model is not None
    assert reading.facts.model.value == f"{MODEL}-Instruct"
    assert [fact.value for fact in reading.facts.gpus] == [CARD]


def test_a_request_is_read(clinic: Clinic) -> None:
    request = clinic.triage("fooserve crashes with zebra3 8b q4_k_m on win11, please help")
    assert request.points["loader"] == PROGRAM
    assert request.points["model"] == MODEL
    assert clinic.missing(request)
    assert clinic.questions_for(request).blocks
    later = clinic.triage("vllm 0.11 too")
    assert request.merge(later).contradictions == ()  # vLLM runs inside it


def test_a_message_is_answered(clinic: Clinic) -> None:
    assert f"{MODEL}" in str(clinic.reply(Message("8g vram, 32g ram, can I run Zebra3 8b?")))
    assert FAILURE in str(clinic.reply(Message(LOG)))


def test_a_channel_s_message_is_screened(clinic: Clinic) -> None:
    assert clinic.may_ask("fooserve does not start, what can I do?")
    assert not clinic.may_ask("good morning everybody")


def test_a_post_is_known_again(clinic: Clinic) -> None:
    assert clinic.traits(LOG, (), clinic.diagnose(LOG)) == clinic.traits(LOG, (), clinic.diagnose(LOG))
    assert (
        clinic.own_answer("may I post zebras here?", [["may I post zebras?"], ["who pays for the server?"]]).sure == 0
    )


def test_who_leaks_a_secret_is_told(clinic: Clinic) -> None:
    assert clinic.leak_advice([clinic.redact("HF_TOKEN=hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH")])
    assert clinic.leak_advice(["no secret here"]) is None


def test_talk_is_screened_by_what_the_folder_calls_things(clinic: Clinic) -> None:
    assert clinic.may_ask(f"does {MODEL} run here?")
    assert not clinic.may_ask("good morning everyone")


def test_memory_is_counted(clinic: Clinic) -> None:
    assert clinic.recommend("12", "32").blocks
    assert clinic.can_run(MODEL, "12", "32").plan.model.shape.name == MODEL
    assert clinic.estimate(f"{MODEL}-Q4_K_M", Settings()).model.shape.name == MODEL
    assert clinic.beside(f"{MODEL}-Q4_K_M", Settings(), pictures=False, draft=f"{MODEL}-Q4_K_M").mmproj_bytes
    assert clinic.layers(f"{MODEL}-Q4_K_M", "12").answer
    assert clinic.layers_within(f"{MODEL}-Q4_K_M", 8 << 30, Settings()).model.shape.name == MODEL


def test_names_are_explained(clinic: Clinic) -> None:
    assert clinic.explain("zebra3 8b q4_k_m").name.base == MODEL


def test_things_are_looked_up(clinic: Clinic) -> None:
    found = clinic.loader("fooserve").found
    assert found is not None
    assert found.id == PROGRAM
    assert clinic.faq("how do I start fooserve?").answer
    assert clinic.term("kv cache").found
    assert clinic.words_in("the kv cache").blocks
    assert MODEL in [choice.value for choice in clinic.suggest("model", "zebra", "en")]


def test_the_loader_dialogue_is_led(clinic: Clinic) -> None:
    chosen = {question.id: question.options[0].id for question in clinic.loader_questions()}
    assert clinic.loader_advice(chosen).blocks


def test_no_method_of_the_clinic_is_left_out() -> None:
    methods = {name for name, value in vars(Clinic).items() if callable(value) and not name.startswith("_")}
    asked = set(re.findall(r"clinic\.(\w+)\(", Path(__file__).read_text(encoding="utf-8")))
    assert methods - asked == {"translated", "language_of", "looks_like_log", "texts_of"}  # by the text alone


def test_titles_are_told_of_what_the_folder_knows(clinic: Clinic) -> None:
    entry = clinic.failures[0]
    assert clinic.titles([entry.id, "no-such-entry"]) == {entry.id: entry.title}


def test_a_new_loader_is_one_file(clinic: Clinic) -> None:
    found = clinic.can_run(MODEL, "24", "32", context=4096, engine="fooserve")
    assert found.commands == {PROGRAM: Code(f"foo up OWNER/{MODEL}-BF16 --len 4096 --tp 1", "bash")}
    estimated = clinic.estimate(MODEL, Settings(context=4096), engine="fooserve", vram="24")
    theirs = clinic.estimate(MODEL, Settings(context=4096), engine="vllm", vram="24")
    assert estimated.result == theirs.result
    assert PROGRAM in str(spoken(estimated.answer).blocks[0])
    facts = clinic.diagnose(f"[FooServe] card {CARD} holds 47.5 GiB for us\n").facts
    assert facts.vram == Fact(int(47.5 * (1 << 30)), 1)
    assert [fact.value for fact in facts.gpus] == [CARD]


def test_an_engine_that_nobody_has_is_refused(clinic: Clinic) -> None:
    with pytest.raises(UserError, match="fooserve"):
        clinic.estimate(MODEL, Settings(), engine="barserve")


def test_places_that_nothing_fills_are_faults(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "knowledge"
    shutil.copytree(root, copy)
    edited(copy, "loaders/fooserve.yaml", lambda loader: loader["runs"].update(start="foo {modell}"))
    edited(
        copy,
        "loaders/fooserve.yaml",
        lambda loader: loader.update(prints=["{vram} x {speed}", "card {gpus} runs {quant}"]),
    )
    with pytest.raises(DataError) as refused:
        load_loaders(copy)
    assert [(fault.key, fault.problem[:12]) for fault in refused.value.faults] == [
        ("runs.start", "{modell} mea"), ("prints[0]", "{speed} mean"), ("prints[0]", "needs 5 fixe"),
        ("prints[1]", "only one of "),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["6090 够不够跑", "我的显卡是 rtx 6090，报错了", "my 6090 crashes"])
def test_a_new_card_is_a_line_of_the_list(clinic: Clinic, text: str) -> None:
    assert clinic.triage(text).hardware["gpu"] == CARD
    machine = clinic.posts.read(text).machine
    assert [device.name for device in (*machine.devices, *(each for option in machine.options for each in option))] == [
        CARD
    ]


@pytest.mark.parametrize("text", ["my H7700 crashes", "我的卡是 H7700，报错", "有一张 tesla h7700 16g"])
def test_a_new_card_for_servers_counts_without_a_series(clinic: Clinic, text: str) -> None:
    assert clinic.triage(text).hardware["gpu"].endswith("H7700")
    assert clinic.cards.maker("zebra graphics 7") == "amd"  # as this folder has it


def test_a_new_card_is_counted_with(clinic: Clinic) -> None:
    found = clinic.can_run(MODEL, CARD, "64")
    assert found.plan.machine.devices[0].memory == 48 << 30


def test_a_shipped_loader_that_is_edited_starts_otherwise(root: Path, tmp_path: Path) -> None:
    """Command, order, defaults and names under --engine come from the file alone."""
    copy = tmp_path / "knowledge"
    shutil.copytree(root, copy)
    edited(
        copy,
        "loaders/ollama.yaml",
        lambda loader: loader["runs"].update(
            option="llama-in-a-box", context=2048, roomy=[], preferred={"windows": 1, "linux": 9},
            start=["box", {"text": "--few {gpu_layers}", "when": ["split"]}, {"text": "--cards", "unless": ["cpu"]}],
            shell="bash",
        ),
    )  # fmt: skip
    edited(copy, "loaders/koboldcpp.yaml", lambda loader: loader.pop("runs"))
    clinic = Clinic(copy)
    usual = clinic.can_run("Qwen3-14B Q4_K_M", "24", "32").commands
    assert list(usual) == ["ollama", "LM Studio", "llama.cpp"]
    assert usual["ollama"] == Code("box --cards", "bash")
    asked = clinic.can_run("Qwen3-14B Q4_K_M", "24", "32", engine="llama-in-a-box", system="linux")
    assert asked.plan.placement.settings.context == 2048
    assert next(iter(asked.commands)) == "llama.cpp"
    assert asked.loader == "ollama"  # whose command stands in front
    with pytest.raises(UserError, match="llama-in-a-box"):
        clinic.can_run("Qwen3-14B Q4_K_M", "24", "32", engine="ollama")


def test_circumstances_that_there_are_not_are_faults(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "knowledge"
    shutil.copytree(root, copy)
    edited(
        copy,
        "loaders/ollama.yaml",
        lambda loader: loader["runs"].update(start=["x", {"text": "y", "when": ["windos"]}]),
    )
    with pytest.raises(DataError, match="windos") as refused:
        load_loaders(copy)
    assert "windows" in str(refused.value)  # what was meant
