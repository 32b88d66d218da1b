"""The checker sees cures that are said twice, are for nobody, come from nowhere, or name no menu that there is."""

from pathlib import Path
from shutil import copytree

import pytest
from msgspec.structs import replace

from bot.base.languages import Text
from bot.knowledge.failures import Command, Condition, Failure, FixStep, Reference
from bot.knowledge.files import DataError, knowledge_root
from bot.workshop.cure_faults import cure_faults, locale_faults, menu_faults, read_locale

LOADERS = {"LM Studio", "vLLM", "ollama"}
PAGE = Reference("https://docs.vllm.ai/en/latest/usage/troubleshooting/", "2026-11")


def entry(*steps: FixStep, sources: tuple[Reference, ...] = (PAGE,)) -> Failure:
    return Failure(
        id="x", failure_class="x", severity="blocking", title=Text("t", "题"), cause=Text("c", "因"), steps=steps,
        signatures=(), examples=(), near_misses=(), sources=sources,
    )  # fmt: skip


def faults(one: Failure) -> list[str]:
    return [f"{fault.key}: {fault.problem}" for fault in cure_faults([("failures/gpu/x.yaml", one)], LOADERS)]


def step(text: str, *commands: Command, **when: tuple[str, ...]) -> FixStep:
    return FixStep(Text(text, "做"), commands, Condition(**when))  # type: ignore[arg-type]


def test_same_sentence_twice() -> None:
    (found,) = faults(entry(step("Set it.", systems=("linux",)), step("Set it", systems=("windows",))))
    assert found.startswith("steps[1].text: says the same as steps[0]")


def test_command_that_windows_cannot_run_needs_a_system_or_a_twin() -> None:
    export = Command("bash", "export A=1\nvllm serve m")
    assert faults(entry(step("Set it for vLLM:", export)))[0].startswith(
        "steps[0].commands[0]: Windows cannot run this"
    )
    assert faults(entry(step("Set it for vLLM:", export, Command("powershell", "$env:A=1")))) == []
    assert faults(entry(step("Set it for vLLM:", export, systems=("linux", "wsl")))) == []
    assert faults(entry(step("Set it:", Command("bash", "export A=1", ("linux",))))) == []
    assert faults(entry(step("Renew vLLM:", Command("bash", "pip install -U vllm")))) == []
    assert len(faults(entry(step("Set it for vLLM:", export, systems=("linux", "windows"))))) == 1


def test_step_for_one_program_is_not_shown_to_users_of_another() -> None:
    (found,) = faults(entry(step("LM Studio: update the runtime.")))
    assert found.startswith("steps[0].when.loaders: the step speaks to users of LM Studio")
    assert faults(entry(step("LM Studio: update the runtime.", loaders=("LM Studio",)))) == []


def test_command_of_one_of_several_programs_names_it() -> None:
    def several(*steps: FixStep) -> list[str]:
        return faults(replace(entry(*steps), components=("vLLM", "SGLang")))

    serve = Command("bash", "vllm serve m")
    assert several(step("Start it:", serve)) == [
        "steps[0].commands[0].loaders: only vLLM has this command; name it here"
    ]
    assert several(step("Start it:", replace(serve, loaders=("vLLM",)))) == []
    assert several(step("Start it:", serve, loaders=("vLLM",))) == []
    assert several(step("See:", Command("bash", "llama-server -m a.gguf"))) == []


def test_entry_for_any_program_names_the_one_whose_command_it_shows() -> None:
    serve, install = Command("bash", "vllm serve m --enforce-eager"), Command("bash", "uv pip install vllm")
    for command in (serve, install):
        (found,) = faults(entry(step("Start it:", command)))
        assert found == "steps[0].commands[0].loaders: only vLLM has this command; name it here"
        assert faults(entry(step("Start vLLM:", command))) == []
        assert faults(entry(step("Start it:", replace(command, loaders=("vLLM",))))) == []
    assert faults(entry(step("Write:", Command("yaml", "vllm:")))) == []


def test_home_page_is_no_source() -> None:
    home = Reference("https://git-lfs.com/", "2026-11")
    assert faults(entry(sources=(home,))) == ["sources: a home page proves nothing; give the page that states the fact"]
    assert faults(entry(sources=(home, PAGE))) == []
    reports = Reference("https://github.com/ollama/ollama/issues", "2026-11")
    one = Reference("https://github.com/ollama/ollama/issues/9603", "2026-11")
    assert len(faults(entry(sources=(reports,)))) == 1
    assert faults(entry(sources=(one,))) == []


@pytest.mark.parametrize("name", ["faq.yaml", "faq-x.yaml", "glossary.yaml"])
def test_menus_of_every_text_are_looked_at(tmp_path: Path, name: str) -> None:
    copytree(knowledge_root() / "schema", tmp_path / "schema")
    (tmp_path / "menus.yaml").write_bytes((knowledge_root() / "menus.yaml").read_bytes())
    said = '- answer: {en: "Turn on “Serve on Local Network”.", zh: "打开“ZH”。"}'
    (tmp_path / name).write_text(said.replace("ZH", "在网络中提供服务"), encoding="utf-8")
    assert list(menu_faults(tmp_path)) == []
    (tmp_path / name).write_text(said.replace("ZH", "在局域网内提供服务"), encoding="utf-8")
    assert [found.file for found in menu_faults(tmp_path)] == [name]


def test_menu_is_named_as_the_program_names_it(tmp_path: Path) -> None:
    root = tmp_path / "knowledge"
    (root / "failures" / "sillytavern").mkdir(parents=True)
    copytree(knowledge_root() / "schema", root / "schema")
    (root / "menus.yaml").write_bytes((knowledge_root() / "menus.yaml").read_bytes())
    file = root / "failures" / "sillytavern" / "x.yaml"
    file.write_text('cause: {en: "Press “Neutralize Samplers”.", zh: "点“重置采样器”。"}', encoding="utf-8")
    assert list(menu_faults(root)) == []
    file.write_text('cause: {en: "Press “Neutralize Samplers”.", zh: "点“中和采样器”。"}', encoding="utf-8")
    (found,) = menu_faults(root)
    assert (found.file, found.key) == ("failures/sillytavern/x.yaml", "cause")
    assert "calls it '重置采样器'" in found.problem


@pytest.mark.parametrize(
    "url",
    [
        "https://docs.vllm.ai/en/latest/",
        "https://github.com/SillyTavern/SillyTavern",
        "https://github.com/SillyTavern/SillyTavern/releases",
        "https://github.com/Dao-AILab/flash-attention#installation-and-features",
    ],
)
def test_front_page_of_a_documentation_or_project_proves_nothing(url: str) -> None:
    (found,) = faults(entry(step("Do it."), sources=(Reference(url, "2026-11"),)))
    assert found.startswith("sources: a home page")


def test_command_that_is_typed_names_its_shell() -> None:
    (found,) = faults(entry(step("Do it:", Command("text", "sudo systemctl restart foo"))))
    assert found.startswith("steps[0].commands[0].shell: this is typed into a shell")
    assert faults(entry(step("Fill in:", Command("text", "http://127.0.0.1:8080")))) == []


def test_driver_for_linux_by_any_package_manager_is_not_for_wsl() -> None:
    install = Command("bash", "sudo zypper install nvidia-open-driver-G06", ("linux", "wsl"))
    assert "WSL takes the driver of Windows" in "".join(faults(entry(step("Do it:", install))))


def test_names_of_menus_are_those_of_the_programs_own_locale(tmp_path: Path) -> None:
    locale = {"Persona Management": "用户设定管理", "Neutralize Samplers": "重置采样器"}
    folder = tmp_path / "failures" / "sillytavern"
    folder.mkdir(parents=True)
    rows = ("“Persona Management”", "“人设管理”"), ("“Neutralize Samplers”", "“重置采样器”")
    text = "".join(f"- {{en: '{english}', zh: '{chinese}'}}\n" for english, chinese in rows)
    (folder / "x.yaml").write_text(text, encoding="utf-8")
    copytree(knowledge_root() / "schema", tmp_path / "schema")
    (tmp_path / "menus.yaml").write_text(
        "- program: SillyTavern\n  version: '1.19.0'\n"
        "  source: {url: 'https://github.com/SillyTavern/SillyTavern/blob/1.19.0/zh-cn.json', checked: '2026-11'}\n"
        "  names: [{en: 'Neutralize Samplers', zh: '重置采样器'}]\n",
        encoding="utf-8",
    )
    (found,) = locale_faults(tmp_path, "SillyTavern", locale)
    assert found.problem == "zh says '人设管理' for “Persona Management”; SillyTavern shows '用户设定管理'"


def test_what_is_no_file_of_names_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "zh.json"
    file.write_text("[1]", encoding="utf-8")
    with pytest.raises(DataError, match="no file of names"):
        read_locale(file)
