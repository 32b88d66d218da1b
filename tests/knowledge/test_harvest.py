"""`wenzhen knowledge harvest`: a program's own messages, less what is answered and what was dismissed."""

import io
import json
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.harvest import harvest
from bot.knowledge.files import DataError
from bot.workshop.harvest.judge import pasted
from bot.workshop.harvest.ledger import Counts, Ledger, read_ledger, with_dismissed, write_ledger
from bot.workshop.harvest.messages import messages_in
from bot.workshop.harvest.source import SourceFile, is_read, source_files
from bot.workshop.search import messages_by_program

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2] / "knowledge"
PYTHON = """
def load(path, size):
    if not path.exists():
        raise FileNotFoundError(f"The shelf {path.name} was not found in {self.root!r}")
    logger.error("Cannot stack %d boxes on %s today", size, path)
    raise ValueError("Boxes {} and {wide} must not be equal".format(size, 3))
    assert size > 0, "size of boxes must be positive"
    raise RuntimeError("Out " + "of " + kind + " boxes altogether")
    raise KeyError(path)
"""
C = 'LLAMA_LOG_ERROR("%s: failed to open the shelf \'%s\', %zu bytes " PRIu64 " missing\\n", __func__, name, n);'
GO = 'return fmt.Errorf("the shelf %s has no room left: %w", name, err)'
JS = "throw new Error(`The shelf ${options.shelf} has fallen down`); console.error('Nothing to see on this shelf');"


def texts(path: str, text: str) -> list[tuple[int, str, str]]:
    return [(found.line, found.kind, found.text) for found in messages_in(SourceFile(path, text))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop" / "tests").mkdir(parents=True)
    (tmp_path / "shop" / "load.py").write_text(PYTHON)
    (tmp_path / "shop" / "store.go").write_text(GO)
    (tmp_path / "shop" / "tests" / "test_load.py").write_text('raise ValueError("nobody ever reads this message")')
    return tmp_path / "shop"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT, tmp_path / "knowledge", ignore=shutil.ignore_patterns("harvest")))


def run(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(harvest, arguments, input=stdin, catch_exceptions=False)


def test_messages_of_python_become_signatures() -> None:
    assert texts("a/load.py", PYTHON) == [
        (4, "raise", "FileNotFoundError: The shelf {name} was not found in {root}"),
        (5, "log", "Cannot stack {value:number} boxes on {value} today"),
        (6, "raise", "ValueError: Boxes {value} and {wide} must not be equal"),
        (7, "assert", "AssertionError: size of boxes must be positive"),
        (8, "raise", "RuntimeError: Out of {kind} boxes altogether"),
    ]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.cpp", C, "{value}: failed to open the shelf '{value}', {value:number} bytes missing"),
        ("a.go", GO, "the shelf {value} has no room left: {value}"),
        ("a.ts", JS, "The shelf {shelf} has fallen down"),
        ("a.ts", "logger.errorText`No shelf is called ${name} here`;", "No shelf is called {name} here"),
        ("a.c", "die(_(\"the shelf '%s' is full\"), name);", "the shelf '{value}' is full"),
        ("a.go", 'return errors.Wrapf(err, "no shelf for %s here", name)', "no shelf for {value} here"),
        ("a.rs", '#[error("The shelf `{name}` is\\n broken")]', "The shelf `{name}` is broken"),
        ("a.js", "summary.push(['', 'No shelf of that name'])", "No shelf of that name"),
        (
            "a.resw",
            '<data name="Shelf">\n <value>The shelf &quot;{}&quot; was not found</value>',
            'The shelf "{value}" was not found',
        ),
        ("a.py", "sys.exit(f'Cannot find the shelf {name}')", "Cannot find the shelf {name}"),
        ("a.py", 'exit_with_error(2, "Could not load the shelf")', "Could not load the shelf"),
        ("a.py", 'message = dals("""The shelf %(name)s does not exist.""")', "The shelf {value} does not exist."),
    ],
)
def test_messages_of_other_languages(path: str, text: str, expected: str) -> None:
    assert texts(path, text)[0][2] == expected


def test_what_is_printed_counts_only_when_it_tells_of_trouble() -> None:
    assert texts("a.py", 'print("All shelves are full of books"); name = "Cannot find any shelf"') == []


def test_a_resource_that_tells_of_no_trouble_is_no_message() -> None:
    assert texts("a.resw", '<data name="Title">\n <value>All shelves of the library</value>') == []


def test_a_file_that_is_no_python_gives_nothing() -> None:
    assert texts("a.py", "def (") == []


def test_tests_and_generated_files_are_left_out() -> None:
    assert [is_read(path) for path in ("x/a.py", "x/tests/a.py", "x/a_test.go", "x/lib.min.js", "x/a.txt")] == [
        True,
        False,
        False,
        False,
        False,
    ]


def test_archives_hold_the_same_files_as_a_folder(folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("shop/load.py", PYTHON)
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        item = tarfile.TarInfo("shop/load.py")
        item.size = len(PYTHON)
        tar.addfile(item, io.BytesIO(PYTHON.encode()))
    for source in (folder, tmp_path / "a.zip", tmp_path / "a.tar.gz"):
        files, version = source_files(str(source))
        assert next(iter(files)).text == PYTHON
        assert version == ""


def test_what_is_dismissed_is_not_listed_again(folder: Path, root: Path) -> None:
    listed = run(str(folder), "--root", str(root), "--json")
    document = json.loads(listed.output)
    assert document["messages"] == len(document["open"]) == 6
    digests = "\n".join(message["digest"] for message in document["open"][:4])
    done = run(str(folder), "--root", str(root), "--dismiss", "--version", "1.2", stdin=digests)
    assert "4 dismissed" in done.output
    assert read_ledger(root, "shop").versions == ("1.2",)
    again = json.loads(run(str(folder), "--root", str(root), "--json").output)
    assert (again["dismissed"], len(again["open"])) == (4, 2)
    run(str(folder), "--root", str(root), "--dismiss-rest", "--because", "tools of its makers")
    assert read_ledger(root, "shop").because == ("tools of its makers",)
    assert "6 messages; 0 answered, 6 dismissed, 0 open" in run(str(folder), "--root", str(root)).output


def test_what_the_knowledge_answers_is_counted_by_entry(root: Path, tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "a.py").write_text('raise RuntimeError("CUDA error: out of memory")')
    document = json.loads(run(str(tmp_path / "app"), "--program", "llama.cpp", "--root", str(root), "--json").output)
    assert sum(document["answered"].values()) == document["messages"] == 1


def test_a_group_names_module_kind_and_messages(folder: Path, root: Path) -> None:
    output = run(str(folder.parent / "shop"), "--root", str(root)).output
    assert "load.py (raise, 3)" in output
    assert ": FileNotFoundError: The shelf {name} was not found in {root}" in output


def test_the_digest_stays_when_only_numbers_and_names_of_variables_change() -> None:
    (first,) = messages_in(SourceFile("a.py", 'raise ValueError(f"Box {a} is too large")'))
    (second,) = messages_in(SourceFile("b.py", 'raise ValueError(f"Box  {other.size} is too large")'))
    (third,) = messages_in(SourceFile("b.py", 'raise ValueError(f"Box {a} is too small")'))
    assert first.digest == second.digest != third.digest


def test_what_python_raises_is_judged_with_its_frame() -> None:
    (found,) = messages_in(SourceFile("vllm/config/foo.py", 'raise ValueError("foo must go with bar")'))
    assert pasted(found, "vllm") == (
        "vllm\n"
        '  File "/venv/lib/python3.12/site-packages/vllm/config/foo.py", line 1, in main\n'
        "ValueError: foo must go with bar"
    )


def test_recorded_counts_make_the_row_of_a_program(folder: Path, root: Path) -> None:
    listed = json.loads(run(str(folder), "--root", str(root), "--json").output)["open"]
    run(str(folder), "--root", str(root), "--dismiss", stdin="\n".join(message["digest"] for message in listed[:4]))
    run(str(folder), "--root", str(root), "--version", "1.2", "--record")
    assert read_ledger(root, "shop").counted == Counts("1.2", messages=6, answered=0, dismissed=4, open=2)
    (row,) = [each for each in messages_by_program(root) if each.program == "shop"]
    assert (row.version, row.reachable, row.open, row.light) == ("1.2", 2, 2, 0)


def test_a_ledger_is_kept_sorted_and_without_repeats(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "schema", tmp_path / "schema")
    digests = [f"{number:010x}" for number in range(20, 0, -1)]
    path = write_ledger(tmp_path, with_dismissed(Ledger("LM Studio"), [*digests, digests[0]], "0.4"))
    assert path.name == "lm-studio.yaml"
    assert read_ledger(tmp_path, "LM Studio") == Ledger("LM Studio", ("0.4",), tuple(sorted(digests)))
    path.write_text("program: x\n")
    with pytest.raises(DataError):
        read_ledger(tmp_path, "LM Studio")


def test_bad_sources_are_named() -> None:
    from bot.base.errors import UserError

    with pytest.raises(UserError, match="no package installed here"):
        source_files("no-such-thing-at-all")
