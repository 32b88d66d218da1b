"""`wenzhen knowledge`: checking, counting, searching, beginning an entry, writing the page."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.base.errors import UserError
from bot.cli.knowledge import knowledge
from bot.knowledge.load import load_failures

SHIPPED = Path(__file__).parents[2] / "knowledge"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A knowledge of a few entries."""
    copied = tmp_path / "knowledge"
    shutil.copytree(SHIPPED, copied, ignore=shutil.ignore_patterns("failures", "messages", "reasons"))
    area = copied / "failures" / "memory"
    area.mkdir(parents=True)
    shutil.copy(SHIPPED / "failures" / "memory" / "vllm-gpu-memory-utilization-too-high.yaml", area)
    return copied


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(knowledge, list(arguments))
    if isinstance(result.exception, UserError):
        raise result.exception
    return result.exit_code, result.output


def begun(root: Path, id_: str, class_: str) -> tuple[int, str]:
    """A new entry by options."""
    texts = ("--signature", 'No "space" left', "--title", "Full", "--title-zh", "满了")
    return run("new", "--id", id_, "--class", class_, "--area", "files", *texts, "--root", str(root))


def test_sound_data_passes(root: Path) -> None:
    assert run("check", "--root", str(root)) == (0, "1 entries: no faults\n")


def test_faults_of_schema_and_of_examples_are_listed_together(root: Path) -> None:
    source = root / "failures" / "memory" / "vllm-gpu-memory-utilization-too-high.yaml"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace('free: "17.2"', 'free: "99"'), encoding="utf-8")
    (source.parent / "bad.yaml").write_text("id: bad\n", encoding="utf-8")
    code, output = run("check", "--root", str(root))
    assert code == 1
    assert "examples[0].captures.free: must be '99', captured was '17.2'" in output
    assert "failures/memory/bad.yaml: title: missing" in output


def test_only_the_entries_asked_for_are_reported(root: Path) -> None:
    (root / "failures" / "memory" / "bad.yaml").write_text("id: bad\n", encoding="utf-8")
    assert run("check", "vllm", "--root", str(root))[0] == 0


def test_statistics_count_everything(root: Path) -> None:
    counted = json.loads(run("stats", "--json", "--root", str(root))[1])
    assert counted["entries"] == 1
    assert counted["by_area"] == {"memory": 1}
    assert counted["by_class"] == {"gpu-memory-utilization-too-high": 1}
    assert "disk-full" in counted["classes_without_entry"]
    assert run("stats", "--root", str(root))[0] == 0


@pytest.mark.parametrize("words", [["vram", "free"], ["显存"], ["utilization"]])
def test_entries_are_found_by_words_of_both_languages(root: Path, words: list[str]) -> None:
    found = json.loads(run("search", *words, "--json", "--root", str(root))[1])
    assert [each["id"] for each in found] == ["vllm-gpu-memory-utilization-too-high"]


def test_nothing_found_is_said(root: Path) -> None:
    with pytest.raises(UserError):
        run("search", "zebra", "--root", str(root))


def test_the_page_holds_every_entry_without_stray_markup(root: Path) -> None:
    out = root / "page.md"
    assert run("page", "--lang", "zh", "--out", str(out), "--root", str(root))[0] == 0
    page = out.read_text(encoding="utf-8")
    assert '<a id="vllm-gpu-memory-utilization-too-high"></a>' in page
    assert "vllm serve your-model" in page
    assert "{free|" not in page


def test_a_new_entry_is_a_skeleton_that_check_refuses(root: Path) -> None:
    code, output = begun(root, "my-entry", "disk-full")
    assert code == 0
    assert "my-entry.yaml" in output
    code, output = run("check", "my-entry", "--root", str(root))
    assert code == 1
    assert "sources[0].checked" in output
    with pytest.raises(UserError):
        begun(root, "my-entry", "disk-full")


@pytest.mark.parametrize(("id_", "class_"), [("My Entry", "disk-full"), ("../x", "disk-full"), ("my", "no-such-class")])
def test_a_new_entry_needs_a_good_name_and_class(root: Path, id_: str, class_: str) -> None:
    with pytest.raises(UserError):
        begun(root, id_, class_)
    assert len(load_failures(root)) == 1
