import shutil
from pathlib import Path

import pytest
from shipped import names

from bot.intake.vocabulary import leading_program, load_vocabulary
from bot.knowledge.files import DataError


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("我用狗头人加载的", "koboldcpp"),
        ("kbd1.88 闪退", "koboldcpp"),
        ("kbdcpp 打不开", "koboldcpp"),
        ("updated kcpp to 1.90 and now", "koboldcpp"),
        ("欧拉玛拉不下来", "ollama"),
        ("olama serve does nothing", "ollama"),
        ("aph 报错了", "Aphrodite"),
        ("tgw 更新之后", "text-generation-webui"),
        ("ooba won't start", "text-generation-webui"),
        ("酒馆连不上", "SillyTavern"),
        ("silytavren is blank", "SillyTavern"),
        ("lm studio 0.3.9", "LM Studio"),
        ("vllm0.8.4起不来", "vLLM"),
        ("lmdeploy的session-len", "LMDeploy"),
        ("tabby says unauthorized", "tabbyAPI"),
        ("open-webui shows nothing", "Open WebUI"),
        ("ik_llama.cpp build", "ik_llama.cpp"),
    ],
)
def test_nicknames_and_slips_become_the_one_name(text: str, program: str) -> None:
    assert [mention.program.name for mention in names().programs_in(text)] == [program]


@pytest.mark.parametrize(
    "text", ["my keyboard is broken", "a long story about a llama", "the best of them", "首先打开设置"]
)
def test_ordinary_words_are_no_program(text: str) -> None:
    assert [mention for mention in names().programs_in(text) if not mention.weak] == []


def test_st_may_mean_something_else_and_is_marked_so() -> None:
    (mention,) = names().programs_in("ST won't connect")
    assert mention.program.name == "SillyTavern"
    assert mention.weak


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("win11", "Windows 11"),
        ("系统：win 10 专业版", "Windows 10"),
        ("win下编译", "Windows"),
        ("OS: win", "Windows"),
        ("ubuntu22.04服务器", "Ubuntu 22.04"),
        ("wsl2里装的", "WSL2"),
        ("mac能跑吗", "macOS"),
        ("MacBook Air M2", "macOS"),
        ("Arch, 4090", "Arch Linux"),
        ("手机termux", "Android (Termux)"),
        ("fedora 42 with two cards", "Fedora 42"),
        ("Debian GNU/Linux 12 (bookworm)", "Debian 12"),
        ("统信的系统", "deepin"),
    ],
)
def test_systems_in_all_spellings(text: str, system: str) -> None:
    assert names().systems_in(text)[0].title == system


@pytest.mark.parametrize(
    "text", ["the context window is 8k", "you will win", "a machine with 8 GB", "architecture = llama"]
)
def test_no_system_where_none_is_named(text: str) -> None:
    assert [mention.title for mention in names().systems_in(text) if text != "you will win"] == []


def test_the_loader_is_the_outer_program() -> None:
    by_name = names().by_name
    assert leading_program([by_name["llama.cpp"], by_name["ollama"]]) is by_name["ollama"]
    assert leading_program([by_name["transformers"], by_name["vLLM"]]) is by_name["vLLM"]
    assert leading_program([]) is None


def test_a_word_with_two_owners_is_refused(tmp_path: Path) -> None:
    schema = tmp_path / "schema"
    schema.mkdir()
    from bot.knowledge.files import knowledge_root

    (schema / "vocabulary.json").write_bytes((knowledge_root() / "schema" / "vocabulary.json").read_bytes())
    (tmp_path / "vocabulary.yaml").write_text(
        "programs:\n"
        "  - {name: one, kind: loader, words: [same], traces: []}\n"
        "  - {name: two, kind: loader, words: [Same], traces: [], contains: [three]}\n"
        "systems:\n  - {name: X, patterns: ['('], family: linux}\ncontainers: []\n"
    )
    with pytest.raises(DataError) as caught:
        load_vocabulary(tmp_path)
    assert [fault.key for fault in caught.value.faults] == [
        "programs[1].words",
        "programs[1].contains",
        "systems[0].patterns[0]",
    ]


def test_a_loader_that_takes_a_word_of_another_is_named_by_its_file(tmp_path: Path) -> None:
    from bot.knowledge.files import knowledge_root

    for name in ("schema", "loaders"):
        shutil.copytree(knowledge_root() / name, tmp_path / name)
    shutil.copy(knowledge_root() / "vocabulary.yaml", tmp_path)
    file = tmp_path / "loaders" / "ollama.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("words: [ollama,", "words: [ollama, lmstudio,"), "utf-8")
    with pytest.raises(DataError) as caught:
        load_vocabulary(tmp_path)
    assert {fault.file for fault in caught.value.faults} <= {"loaders/ollama.yaml", "loaders/lmstudio.yaml"}
    assert all(fault.key == "called.words" for fault in caught.value.faults)
