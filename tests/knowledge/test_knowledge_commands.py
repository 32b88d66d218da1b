"""`wenzhen knowledge`: checking, counting, searching, beginning an entry, writing the page."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.base.errors import UserError
from bot.cli.knowledge import knowledge
from bot.knowledge.load import load_failures
from bot.knowledge.placeholders import VARIABLES

pytestmark = pytest.mark.slow

SHIPPED = Path(__file__).parents[2] / "knowledge"
ENTRY = "vllm-gpu-memory-utilization-too-high"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped knowledge without its failures, read once for all tests."""
    copied = tmp_path_factory.mktemp("data") / "knowledge"
    shutil.copytree(SHIPPED, copied, ignore=shutil.ignore_patterns("failures", "messages", "reasons", "places.yaml"))
    return copied


@pytest.fixture
def root(whole: Path) -> Path:
    """A knowledge of a single entry."""
    shutil.rmtree(whole / "failures", ignore_errors=True)
    area = whole / "failures" / "memory"
    area.mkdir(parents=True)
    shutil.copy(SHIPPED / "failures" / "memory" / f"{ENTRY}.yaml", area)
    return whole


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


def copied(root: Path, id_: str, **changes: str) -> Path:
    """Another entry made of the one that is there, with parts of its text replaced."""
    source = root / "failures" / "memory" / f"{ENTRY}.yaml"
    text = source.read_text(encoding="utf-8").replace(ENTRY, id_, 1)
    for old, new in changes.items():
        text = text.replace(old, new)
    target = source.with_name(f"{id_}.yaml")
    target.write_text(text, encoding="utf-8")
    return target


def test_what_an_entry_breaks_elsewhere_is_told_with_it(root: Path) -> None:
    copied(root, "aaa-rival")
    code, output = run("check", "aaa-rival", "--root", str(root))
    assert code == 1
    assert "Broken elsewhere by aaa-rival:" in output
    elsewhere = output.split("Broken elsewhere")[1]
    assert f"failures/memory/{ENTRY}.yaml: examples[0].text: must select {ENTRY} first, but aaa-rival" in elsewhere
    assert "if aaa-rival only follows from this, name it under `explains`" in elsewhere


def test_faults_that_an_entry_has_nothing_to_do_with_are_not_told_with_it(root: Path) -> None:
    (root / "failures" / "memory" / "bad.yaml").write_text("id: bad\n", encoding="utf-8")
    assert run("check", ENTRY, "--root", str(root))[0] == 0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("components: [vLLM", "components: [vlm", "components: 'vlm' is no program of vocabulary.yaml"),
        ("components: [vLLM", "components: [vllm", "did you mean 'vLLM'?"),
        ("components: [vLLM", "components: [ollamma", "did you mean 'ollama'?"),
    ],
)
def test_names_of_programs_must_be_known(root: Path, old: str, new: str, told: str) -> None:
    file = root / "failures" / "memory" / f"{ENTRY}.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    code, output = run("check", "--root", str(root))
    assert code == 1
    assert told in output


def test_an_entry_lies_in_a_known_area(root: Path) -> None:
    (root / "failures" / "memory").rename(root / "failures" / "memories")
    code, output = run("check", "--root", str(root))
    assert code == 1
    assert "lies in 'memories', which is no area of vocabulary.yaml; did you mean 'memory'?" in output


def test_a_known_miss_is_told_once_it_is_recognised(root: Path) -> None:
    file = root / "failures" / "memory" / f"{ENTRY}.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f'{text}\ntodo_examples: [{{text: "the card is a bit full"}}]\n', encoding="utf-8")
    assert run("check", "--root", str(root))[0] == 0
    recognised = load_failures(root)[0].examples[0].text
    file.write_text(f"{text}\ntodo_examples:\n  - text: {json.dumps(recognised)}\n", encoding="utf-8")
    code, output = run("check", "--root", str(root))
    assert code == 1
    assert "todo_examples[0]: is recognised now; move it to `examples`" in output


def test_an_entry_is_shown_as_a_reader_sees_it(root: Path) -> None:
    entry = load_failures(root)[0]
    english, chinese = (run("show", ENTRY, "--lang", language, "--root", str(root))[1] for language in ("en", "zh"))
    assert "What to do" in english
    assert "怎么办" in chinese
    for shown in (english, chinese):
        assert "17.2" in shown  # what its first example captures
        assert "{free" not in shown
    assert entry.steps[0].commands[0].code.split()[0] in english


def test_an_entry_that_is_not_there_is_named(root: Path) -> None:
    with pytest.raises(UserError, match=f"did you mean '{ENTRY}'"):
        run("show", ENTRY[:-1], "--root", str(root))
    (root / "failures" / "memory" / "bad.yaml").write_text("id: bad\n", encoding="utf-8")
    with pytest.raises(UserError, match="title: missing"):
        run("show", "bad", "--root", str(root))


def test_the_variables_are_listed_with_their_types(root: Path) -> None:
    listed = {each["name"]: each for each in json.loads(run("variables", "--json", "--root", str(root))[1])}
    assert listed.keys() >= VARIABLES
    assert listed["vram"] == {"name": "vram", "origin": "fact", "type": None}
    assert listed["port"]["type"] == "port"
    assert listed["callee"]["origin"] == "found by api-drift"
    assert "{vram}  fact; in commands: never" in run("variables", "--root", str(root))[1]


def test_contributing_names_every_variable() -> None:
    text = (SHIPPED.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [name for name in sorted(VARIABLES) if f"`{name}`" not in text] == []


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
    assert "my-entry.yaml: line " in output
    assert "still says TODO" in output
    assert "sources[0].checked" in output
    with pytest.raises(UserError):
        begun(root, "my-entry", "disk-full")


def test_a_new_entry_goes_into_a_known_area(root: Path) -> None:
    texts = ("--signature", "No space", "--title", "Full", "--title-zh", "满了", "--class", "disk-full")
    with pytest.raises(UserError, match="did you mean 'files'"):
        run("new", "--id", "x", "--area", "file", *texts, "--root", str(root))


@pytest.mark.parametrize(("id_", "class_"), [("My Entry", "disk-full"), ("../x", "disk-full"), ("my", "no-such-class")])
def test_a_new_entry_needs_a_good_name_and_class(root: Path, id_: str, class_: str) -> None:
    with pytest.raises(UserError):
        begun(root, id_, class_)
    assert len(load_failures(root)) == 1
