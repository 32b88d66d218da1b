"""A cure fits its reader: the own system and region first, back to what worked, what the versions say."""

from dataclasses import replace

import pytest
from msgspec.structs import replace as replace_struct

from bot.answers.blocks import Step
from bot.answers.cures import cure_steps, way_back
from bot.answers.times import version_before, version_step
from bot.base.languages import Text
from bot.intake.facts import Fact, Facts
from bot.intake.versions import is_older
from bot.knowledge.architectures import key_of
from bot.knowledge.failures import Command, Condition, Failure, FixStep, Spell
from bot.knowledge.known_faults import KnownFault
from bot.knowledge.variables import Variables

MIRROR = FixStep(Text("use the mirror", "用镜像"), when=Condition(regions=("china",)))
TEST = FixStep(Text("test the site", "测试一下"))
UPDATE = FixStep(Text("update", "更新"), updates=True)
IN_DOCKER = FixStep(Text("pass the card", "传显卡"), when=Condition(packaging=("docker",)))
TURING = FixStep(Text("no bfloat16", "没有 bf16"), when=Condition(generations=("Turing",)))
TWINS = (
    FixStep(Text("set it", "设置"), (Command("bash", "export A=1"),), Condition(systems=("linux",))),
    FixStep(Text("set it", "设置"), (Command("powershell", "$env:A=1"),), Condition(systems=("windows",))),
)
BACK = (FixStep(Text("Older files are on the page.", "旧版在发布页。"), (Command("bash", "get {good_version|1.0}"),)),)


def entry(*steps: FixStep, versions: tuple[Spell, ...] = (), may_go_back: bool = True) -> Failure:
    return Failure(
        id="x", failure_class="x", severity="blocking", title=Text("t", "题"), cause=Text("c", "因"), steps=steps,
        signatures=(), examples=(), near_misses=(), sources=(), versions=versions, may_go_back=may_go_back,
    )  # fmt: skip


def texts(steps: tuple[Step, ...]) -> list[str]:
    return [step.text.en if isinstance(step.text, Text) else step.text for step in steps]


def test_of_programs_with_a_command_each_who_names_none_is_shown_that_of_the_usual_one() -> None:
    each = (Command("bash", "vllm serve", loaders=("vLLM",)), Command("bash", "aphrodite run", loaders=("Aphrodite",)))
    known = replace_struct(entry(FixStep(Text("limit it", "限制"), each)), components=("vLLM", "Aphrodite"))

    def shown(facts: Facts, failure: Failure) -> list[str]:
        return [code.text for step in cure_steps(failure, facts, {}) for code in step.commands]

    assert shown(Facts(), known) == ["vllm serve"]
    assert shown(Facts(loader=Fact("Aphrodite", 1)), known) == ["aphrodite run"]
    assert shown(Facts(), replace_struct(known, components=())) == ["vllm serve", "aphrodite run"]
    assert shown(Facts(), replace_struct(known, components=("SGLang",))) == ["vllm serve", "aphrodite run"]


def test_a_step_is_left_out_where_the_log_says_something_else() -> None:
    other = FixStep(Text("reset the source", "重置源"), when=Condition(unless=("hash does not match",)))
    assert texts(cure_steps(entry(other, TEST), Facts(), {}, log="Installer HASH does not match")) == ["test the site"]
    assert texts(cure_steps(entry(other, TEST), Facts(), {})) == ["reset the source", "test the site"]


def test_what_leads_to_a_command_of_another_program_ends_as_a_sentence() -> None:
    step = FixStep(Text("switch it on:", "打开它："), (Command("bash", "llama-server -fa on", loaders=("llama.cpp",)),))
    (shown,) = cure_steps(entry(step), Facts(loader=Fact("koboldcpp", 1)), {})
    assert (shown.text, shown.commands) == (Text("switch it on.", "打开它。"), ())
    (own,) = cure_steps(entry(step), Facts(loader=Fact("llama.cpp", 1)), {})
    assert own.commands
    assert own.text == step.text


def test_mirror_stands_first_where_the_reader_is_in_china() -> None:
    assert texts(cure_steps(entry(TEST, MIRROR), Facts(), {})) == ["test the site", "use the mirror"]
    there = Facts(region=Fact("china", 1))
    assert texts(cure_steps(entry(TEST, MIRROR), there, {})) == ["use the mirror", "test the site"]


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        (Facts(), True),
        (Facts(packaging=(Fact("docker", 1),)), True),
        (Facts(packaging=(Fact("venv", 1),)), False),
    ],
)
def test_step_of_a_packaging_is_left_out_where_the_facts_name_another(facts: Facts, shown: bool) -> None:
    assert ("pass the card" in texts(cure_steps(entry(TEST, IN_DOCKER), facts, {}))) is shown


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        (Facts(), True),
        (Facts(loader=Fact("LM Studio", 1)), False),
        (Facts(loader=Fact("LM Studio", 1), frontend=Fact("SillyTavern", 1)), True),
        (Facts(loader=Fact("LM Studio", 1), frontend=Fact("Open WebUI", 1)), False),
    ],
)
def test_step_for_a_front_end_is_told_to_those_who_use_it(facts: Facts, shown: bool) -> None:
    strict = FixStep(Text("set it to Strict", "设成 Strict"), when=Condition(loaders=("SillyTavern",)))
    assert ("set it to Strict" in texts(cure_steps(entry(TEST, strict), facts, {}))) is shown


def test_step_for_a_generation_of_cards() -> None:
    newer = Facts(generations=(Fact("Ampere", 1),))
    assert texts(cure_steps(entry(TURING), Facts(generations=(Fact("Turing", 1),)), {})) == ["no bfloat16"]
    assert cure_steps(entry(TURING), newer, {}) == ()


def test_twins_are_one_step_with_a_name_for_every_shell() -> None:
    (step,) = cure_steps(entry(*TWINS), Facts(), {})
    assert [code.text for code in step.commands] == ["export A=1", "$env:A=1"]
    assert [isinstance(code.label, Text) and code.label.en for code in step.commands] == [
        "Linux, Mac (terminal):",
        "Windows (PowerShell):",
    ]
    (own,) = cure_steps(entry(*TWINS), Facts(system=Fact("Windows 11", 1)), {})
    assert [(code.text, code.label) for code in own.commands] == [("$env:A=1", None)]


def test_commands_of_one_shell_for_several_systems_are_told_apart() -> None:
    commands = (
        Command("bash", "systemctl", ("linux", "wsl")),
        Command("bash", "launchctl", ("macos",)),
        Command("bash", "serve", ("android",)),
    )
    step = FixStep(Text("a", "甲"), commands)
    (shown,) = cure_steps(entry(step), Facts(), {})
    told = [(code.text, isinstance(code.label, Text) and code.label.en) for code in shown.commands]
    assert told == [("systemctl", "Linux (terminal):"), ("launchctl", "Mac (terminal):")]
    (shown,) = cure_steps(entry(step), Facts(system=Fact("Android 14", 1)), {})
    assert [(code.text, code.label) for code in shown.commands] == [("serve", None)]


BREWED = FixStep(
    Text("Homebrew does it.", "用 Homebrew。"), (Command("bash", "brew upgrade x"),), Condition(packaging=("homebrew",))
)
NEWER = FixStep(Text("Update it.", "更新。"), (Command("bash", "pip install -U x"),), updates=True)


def test_update_is_told_as_it_was_packaged() -> None:
    brewed = Facts(packaging=(Fact("homebrew", 1),))
    (shown,) = cure_steps(entry(NEWER), brewed, {}, update=(BREWED,))
    assert isinstance(shown.text, Text)
    assert shown.text.en == "Update it. Homebrew does it."
    assert [code.text for code in shown.commands] == ["brew upgrade x"]
    for facts in (Facts(), Facts(packaging=(Fact("venv", 1),))):
        (shown,) = cure_steps(entry(NEWER), facts, {}, update=(BREWED,))
        assert [code.text for code in shown.commands] == ["pip install -U x"]


def test_fault_of_a_version_stands_first_with_what_helps_meanwhile() -> None:
    fault = KnownFault(
        program="ollama", says=("slow",), what=Text("It is slow.", "很慢。"), example="slow", sources=(),
        broken_in="0.2.0", fixed_in="0.3.0", instead=FixStep(Text("Switch it off.", "关掉。")),
    )  # fmt: skip
    facts = Facts(loader=Fact("ollama", 1), loader_version=Fact("0.2.1", 1))
    first, second, third = cure_steps(entry(NEWER), facts, {}, fault=fault)
    assert isinstance(first.text, Text)
    assert first.text.en.startswith("It is slow. You have ollama 0.2.1: this is known, and mended in 0.3.0.")
    assert (second.text, third.text) == (Text("Switch it off.", "关掉。"), NEWER.text)
    around, *_ = cure_steps(entry(NEWER), facts, {}, fault=replace_struct(fault, fixed_in=""))
    assert around.text == Text("It is slow. Switch it off.", "很慢。关掉。")


def test_command_for_another_system_is_left_out() -> None:
    step = FixStep(Text("a", "甲"), (Command("bash", "apt", ("linux",)), Command("bash", "brew", ("macos",))))
    (shown,) = cure_steps(entry(step), Facts(system=Fact("macOS 15", 1)), {})
    assert [code.text for code in shown.commands] == ["brew"]


def test_risk_is_said_with_the_step() -> None:
    step = FixStep(Text("Delete it.", "删掉。"), risk=Text("What is in it is lost.", "里面的东西会没。"))
    assert texts(cure_steps(entry(step), Facts(), {})) == ["Delete it. What is in it is lost."]


def test_risk_of_another_systems_command_is_not_told() -> None:
    risk = Text("It runs foreign code.", "会运行别人的代码。")
    step = FixStep(
        Text("Install it.", "安装。"),
        (Command("powershell", "winget install X"), Command("bash", "curl https://x.example | sh", risk=risk)),
    )
    assert texts(cure_steps(entry(step), Facts(system=Fact("Windows", 1)), {})) == ["Install it."]
    assert texts(cure_steps(entry(step), Facts(system=Fact("Ubuntu", 1)), {})) == ["Install it. It runs foreign code."]


def test_going_back_is_told_for_the_packaging() -> None:
    image = FixStep(Text("Take the image.", "换镜像。"), when=Condition(packaging=("docker",)))
    script = FixStep(Text("Run the script.", "运行脚本。"))
    told, docker = Fact("1.118", 1), (Fact("docker", 1),)
    inside, outside = (
        way_back(Facts(worked_before=told, packaging=packaging), (image, script)) for packaging in (docker, ())
    )
    assert inside is not None
    assert outside is not None
    assert texts((inside,))[0].endswith("Take the image.")
    assert texts((outside,))[0].endswith("Run the script.")


def test_version_that_worked_stands_before_updating() -> None:
    facts = Facts(worked_before=Fact("1.118", 1), loader=Fact("koboldcpp", 2))
    steps = cure_steps(entry(TEST, UPDATE), facts, {}, back=BACK)
    assert texts(steps)[0].startswith("It worked with 1.118: go back to it")
    assert texts(steps)[1:] == ["test the site", "update"]


@pytest.mark.parametrize(
    ("version", "before"),
    [("0.8.1", "0.8.0"), ("0.32.0", "0.31.0"), ("1.119", "1.118"), ("1.0.0", ""), ("6996", ""), ("0.4.9.post2", "")],
)
def test_the_version_before(version: str, before: str) -> None:
    assert version_before(version) == before


def test_an_update_goes_back_to_the_version_before_the_readers_own() -> None:
    facts = Facts(worked_before=Fact("update", 1), loader_version=Fact("0.8.1", 1))
    variables = Variables(types={"good_version": "version"})
    known, unknown = (way_back(each, BACK, {}, variables) for each in (facts, Facts(worked_before=facts.worked_before)))
    assert known is not None
    assert unknown is not None
    assert [code.text for code in known.commands] == ["get 0.8.0"]
    assert [code.text for code in unknown.commands] == ["get 1.0"]


def test_way_back_is_said_where_nothing_is_recognised() -> None:
    facts = Facts(worked_before=Fact("1.118", 1), loader=Fact("koboldcpp", 2))
    step = way_back(facts, BACK)
    assert step is not None
    assert texts((step,))[0].startswith("It worked with 1.118: go back to it")
    assert way_back(Facts(), BACK) is None


def test_after_an_update_going_back_is_first_where_nothing_is_updated() -> None:
    steps = cure_steps(entry(TEST), Facts(worked_before=Fact("update", 1)), {}, back=BACK)
    assert texts(steps)[0].startswith("It came with the update")
    assert [code.text for code in steps[0].commands] == ["get 1.0"]


def test_that_it_did_work_is_only_said_beside_an_update() -> None:
    before = Facts(worked_before=Fact("before", 1))
    assert texts(cure_steps(entry(TEST), before, {}, back=BACK)) == ["test the site"]
    assert texts(cure_steps(entry(UPDATE), before, {}, back=BACK))[0].startswith("It did work before")


def test_driver_is_changed_after_all_else_or_before_updating() -> None:
    facts = Facts(worked_before=Fact("driver", 1))
    steps = cure_steps(entry(TEST), facts, {}, back=BACK)
    assert texts(steps)[0] == "test the site"
    assert texts(steps)[1].startswith("It came with a new graphics driver")
    assert not steps[1].commands  # the loader's own way back is no help
    assert texts(cure_steps(entry(UPDATE), facts, {}, back=BACK))[0].startswith("It came with a new graphics driver")


def test_going_back_is_no_cure_for_a_network() -> None:
    steps = cure_steps(entry(TEST, may_go_back=False), Facts(worked_before=Fact("update", 1)), {}, back=BACK)
    assert texts(steps) == ["test the site"]


FAULT = Spell("ollama", broken_in="0.31.0", fixed_in="0.32.0")
NEW = Spell("ollama", since="0.9.0")


@pytest.mark.parametrize(
    ("spell", "version", "said"),
    [
        (FAULT, "0.31.2", "You have ollama 0.31.2: this is known, and mended in 0.32.0"),
        (FAULT, "0.32.1", None),
        (FAULT, "0.30.9", None),
        (FAULT, "", "It went wrong in ollama 0.31.0 and is mended in 0.32.0"),
        (Spell("ollama", broken_in="0.31.0"), "0.31.2", "You have ollama 0.31.2: it went wrong in 0.31.0. Go back"),
        (Spell("ollama", fixed_in="0.32.0"), "", "Known, and mended in ollama 0.32.0"),
        (NEW, "0.5.7", "You have ollama 0.5.7; this works from 0.9.0 on"),
        (NEW, "0.10.0", None),
        (Spell("ollama", until="0.6.0"), "0.7.0", "You have ollama 0.7.0; 0.6.0 was the last"),
    ],
)
def test_what_the_versions_say(spell: Spell, version: str, said: str | None) -> None:
    facts = Facts(loader=Fact("ollama", 1), loader_version=Fact(version, 1) if version else None)
    text = version_step(entry(TEST, versions=(spell,)), facts)
    assert text is None if said is None else text is not None and text.en.startswith(said)


def test_versions_of_another_program_say_nothing() -> None:
    facts = Facts(loader=Fact("koboldcpp", 1), loader_version=Fact("1.119", 1))
    assert version_step(entry(TEST, versions=(FAULT,)), facts) is None
    told = replace(facts, loader=None, loader_version=None)
    assert version_step(entry(TEST, versions=(FAULT,)), told) is not None


@pytest.mark.parametrize(
    ("older", "newer"),
    [("1.118", "1.119"), ("0.9.6", "0.10.2rc2.dev87"), ("b6423", "6424-abc"), ("1.99", "1.100"), ("0.31", "0.31.1")],
)
def test_versions_as_programs_print_them(older: str, newer: str) -> None:
    assert is_older(older, newer)
    assert not is_older(newer, older)


def test_step_for_what_the_log_says_stands_first_and_only_there() -> None:
    special = FixStep(Text("remove the variable", "去掉变量"), when=Condition(says=("OLLAMA_LLM_LIBRARY",)))
    one = entry(TEST, special)
    assert texts(cure_steps(one, Facts(), {}, log="Invalid ollama_llm_library cuda")) == [
        "remove the variable",
        "test the site",
    ]
    assert texts(cure_steps(one, Facts(), {}, log="something else")) == ["test the site"]
    assert texts(cure_steps(one, Facts(), {})) == ["test the site"]


def test_steps_of_another_program_are_better_than_none() -> None:
    theirs = FixStep(Text("update vLLM", "更新 vLLM"), when=Condition(loaders=("vLLM",)))
    assert texts(cure_steps(entry(theirs), Facts(loader=Fact("LLaMA-Factory", 1)), {})) == ["update vLLM"]
    assert texts(cure_steps(entry(theirs, TEST), Facts(loader=Fact("LLaMA-Factory", 1)), {})) == ["test the site"]


def test_versions_for_what_the_log_says_and_of_what_a_loader_stands_on() -> None:
    node = Spell("nodejs", fixed_in="20.12", says=("emoji",))
    facts = Facts(loader=Fact("koboldcpp", 1), node=Fact("20.11.0", 1))
    text = version_step(entry(TEST, versions=(node,)), facts, log="a card with an emoji")
    assert text is not None
    assert text.en.startswith("You have Node.js 20.11.0: this is known, and mended in 20.12")
    assert version_step(entry(TEST, versions=(node,)), facts, log="something else") is None


LEARNED = (
    Spell("llama.cpp", since="b6085", month="2025-08"),
    Spell("koboldcpp", since="1.97.3"),
    Spell("ollama", since="0.11.5"),
)


@pytest.mark.parametrize(
    ("loader", "version", "said"),
    [
        ("ollama", "0.9.6", "You have ollama 0.9.6; this model came with 0.11.5"),
        ("ollama", "0.12.0", None),
        ("ollama", "", "ollama can load this model from 0.11.5 on"),
        ("koboldcpp", "1.99", "koboldcpp can load this model from 1.97.3 on and yours is 1.99: perhaps another"),
        ("llama.cpp", "5966", "You have llama.cpp 5966; this model came with b6085"),
        ("LM Studio", "0.3.30", "llama.cpp, the engine inside your program, learned this model in 2025-08 (b6085)"),
        ("", "", "This model can be loaded from these versions on: llama.cpp b6085, koboldcpp 1.97.3, ollama 0.11.5"),
    ],
)
def test_since_when_a_program_knows_an_architecture(loader: str, version: str, said: str | None) -> None:
    facts = Facts(loader=Fact(loader, 1) if loader else None, loader_version=Fact(version, 1) if version else None)
    text = version_step(entry(TEST), facts, LEARNED)
    assert text is None if said is None else text is not None and text.en.startswith(said)


def test_command_of_another_program_is_left_out() -> None:
    start = FixStep(Text("shorter", "短些"), (Command("bash", "vllm serve m", loaders=("vLLM",)),))
    shown = {
        loader: cure_steps(entry(start), Facts(loader=Fact(loader, 1) if loader else None), {})
        for loader in ("vLLM", "SGLang", "")
    }
    assert [len(steps[0].commands) for steps in shown.values()] == [1, 0, 1]


ADDRESSES = FixStep(
    Text("put in the address:", "填地址："),
    (Command("text", "http://h:1", loaders=("ollama",)), Command("text", "http://h:2", loaders=("vLLM",))),
)


@pytest.mark.parametrize(
    ("loader", "shown"),
    [
        ("vLLM", ["http://h:2"]),
        ("", ["ollama  http://h:1\nvLLM    http://h:2"]),
        ("ExUI", ["ollama  http://h:1\nvLLM    http://h:2"]),
    ],
)
def test_a_row_for_each_program_is_one_table_or_the_readers_own_row(loader: str, shown: list[str]) -> None:
    facts = Facts(loader=Fact(loader, 1) if loader else None)
    (step,) = cure_steps(entry(ADDRESSES), facts, {})
    assert [code.text for code in step.commands] == shown


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("6000", "You have llama.cpp 6000; this came with b6089. Update llama.cpp, or leave it out."),
        ("6100", "llama.cpp knows this from b6089 on and yours is 6100: perhaps another"),
        ("", "llama.cpp knows this from b6089 on: if yours is older, update, or leave it out."),
    ],
)
def test_since_when_a_program_knows_an_option(version: str, said: str) -> None:
    spells = tuple(
        Spell(program, since=since, of_command=True) for program, since in (("llama.cpp", "b6089"), ("vLLM", "0.9.0"))
    )
    facts = Facts(loader=Fact("llama.cpp", 1), loader_version=Fact(version, 1) if version else None)
    text = version_step(entry(TEST), facts, spells)
    assert text is not None
    assert text.en.startswith(said)
    assert version_step(entry(TEST), Facts(loader=Fact("ollama", 1)), spells) is None


@pytest.mark.parametrize(
    ("variable", "value", "key"),
    [
        ("argument", "--n-cpu-moe 20", "argument:--n-cpu-moe"),
        ("argument", "--reasoning_parser=qwen3", "argument:--reasoning-parser"),
        ("value", "'qwen3_xml' (choose from 'hermes')", "value:qwen3_xml"),
        ("model_class", "['Qwen3ForCausalLM']", "model_class:Qwen3ForCausalLM"),
        ("argument", "", "argument:"),
    ],
)
def test_what_was_captured_is_found_as_lists_write_it(variable: str, value: str, key: str) -> None:
    assert key_of(variable, value) == key


def test_version_of_a_library_is_read_from_the_log() -> None:
    spells = (Spell("transformers", since="5.2.0"),)
    text = version_step(entry(TEST), Facts(loader=Fact("vLLM", 1)), spells, "vllm 0.11.0\ntransformers==4.57.1\n")
    assert text is not None
    assert text.en.startswith("You have transformers 4.57.1; this model came with 5.2.0")
