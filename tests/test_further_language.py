"""A third language is a folder: ten sentences of a toy language, and everything else goes on in English."""

import ast
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from shipped import CLINIC
from spoken import spoken

from bot.base.errors import UserError
from bot.base.languages import COMMA, Text, joined
from bot.chat.rendering import pages
from bot.cli import root as command_line
from bot.cli.conversation import Conversation
from bot.cli.diagnose import diagnose
from bot.cli.knowledge import knowledge
from bot.clinic.door import Clinic
from bot.clinic.parts import Parts
from bot.knowledge.files import DataError, knowledge_root
from bot.knowledge.translations import load_translations
from bot.service.limiter import SlowDownError
from bot.service.wording import WORDS, translate_words, words
from bot.service.workers import BusyError, Workers
from bot.workshop.untranslated import untranslated

pytestmark = pytest.mark.slow

LOG = "OSError: [Errno 28] No space left on device: '/models/a.gguf'\n"
POST = "\u16a0\u16a1\u16a2 \u16a3\u16a4\u16a5 \u16a6\u16a7\u16a8 ollama!"  # in runes, the letters of the toy language
SENTENCES = {
    "Cause": "Whyo",
    "What to do": "Doo",
    "Confidence": "Sureo",
    "Yes. It fits on the graphics card whole, with a context of {context}.": "Yeso. Wholo fito, {context} contexto.",
    "weights": "weighto",
    "Solved": "Helpo",
    "I do not recognise this one": "Not knowo",
    "I read {lines} and found nothing that I know well enough to name. Better to say so than to guess.": (
        "Readed {lines}, findo nothing."
    ),
    "1 line": "uno lino",
    "Please add": "Addo",
    "There is no file {text}.": "Nono filo {text}.",
    "I have my hands full right now. Please try again in a minute.": "Busyo!",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the knowledge with the toy language in it."""
    root = tmp_path_factory.mktemp("toy") / "knowledge"
    shutil.copytree(knowledge_root(), root)
    folder = root / "languages" / "toy"
    (folder / "failures").mkdir(parents=True)
    written(folder / "language.yaml", {"name": "Toy", "letters": "\u16a0-\u16ff"})
    written(folder / "wording.yaml", SENTENCES)
    cause = {entry.id: entry for entry in CLINIC.failures}["disk-full"]
    written(folder / "failures" / "disk.yaml", {cause.title.en: "Disko fullo"})
    cry = {"weight": 3.0, "any": ["\u16a0\u16a1\u16a2"], "found_in": [POST]}
    written(folder / "cues.yaml", {"question": ["!"], "request": [cry]})
    return root


@pytest.fixture(scope="module")
def clinic(root: Path) -> Clinic:
    return Clinic(root)


def written(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def test_a_diagnosis_is_told_as_far_as_it_is_translated(clinic: Clinic) -> None:
    answer = spoken(clinic.diagnose(LOG).answer, "toy")
    english = spoken(clinic.diagnose(LOG).answer, "en")
    assert answer.title == "Disko fullo"
    labels = [getattr(block, "label", None) for block in answer.blocks]
    assert {"Whyo", "Doo", "Sureo"} <= set(labels)
    assert answer.blocks[0].text == english.blocks[0].text  # nobody has translated the cause yet


def test_values_stand_in_translated_sentences(clinic: Clinic) -> None:
    plan = spoken(clinic.can_run("Qwen3-8B Q4_K_M", "24", "32").answer, "toy")
    assert plan.blocks[0].text == "Yeso. Wholo fito, 8,192 contexto."
    assert any("weighto" in str(block) for block in plan.blocks)
    unknown = spoken(clinic.diagnose("hello").answer, "toy")
    assert unknown.title == "Not knowo"
    assert unknown.blocks[0].text == "Readed uno lino, findo nothing."


def test_no_sentence_with_values_is_an_f_string() -> None:
    """A dictionary could not know it."""
    files = sorted((Path(__file__).parents[1] / "bot").rglob("*.py"))
    calls = [(file, node) for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    assert [
        f"{file}:{node.lineno}"
        for file, node in calls
        if isinstance(node, ast.Call)
        and any(isinstance(argument, ast.JoinedStr) for argument in node.args[:2])
        and (getattr(node.func, "id", "") == "Text" or is_told_in_both(node))
    ] == []


def is_told_in_both(call: ast.Call) -> bool:
    """Whether the first two arguments are texts, the second in Chinese: an error, a note of the doctor ..."""
    two = call.args[:2]
    texts = ["".join(str(part.value) for part in ast.walk(each) if isinstance(part, ast.Constant)) for each in two]
    return (
        len(two) == 2
        and all(isinstance(each, ast.Constant | ast.JoinedStr) for each in two)
        and not is_chinese(texts[0])
        and is_chinese(texts[1])
    )


def is_chinese(text: str) -> bool:
    return any("一" <= letter <= "鿿" for letter in text)


def missing_file(_: object, name: str) -> None:
    raise UserError("There is no file {text}.", "没有文件 {text}。").format(text=name)


async def test_errors_speak_it(clinic: Clinic, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workers = Workers(clinic, lambda: clinic, count=0, queue=1, seconds=600)
    await workers.start()
    with pytest.raises(UserError) as refused:
        await workers.run(None, missing_file, "a {b}.gguf")
    await workers.close()
    assert refused.value.in_language("toy") == "Nono filo a {b}.gguf."
    assert refused.value.in_language("zh") == "没有文件 a {b}.gguf。"
    monkeypatch.setattr("bot.knowledge.files.knowledge_root", lambda: root)
    monkeypatch.setattr("bot.cli.root.preferred_language", lambda _: "toy")
    with pytest.raises(UserError) as refused:
        missing_file(None, "b.gguf")
    assert command_line._told(refused.value.text) == "Nono filo b.gguf."


def test_the_other_languages_stay_as_they_are(clinic: Clinic) -> None:
    for language in ("en", "zh"):
        assert spoken(clinic.diagnose(LOG).answer, language) == spoken(CLINIC.diagnose(LOG).answer, language)


def test_a_post_is_known_by_its_letters_and_cues(clinic: Clinic) -> None:
    request = clinic.triage(POST)
    assert request.language == "toy"
    assert request.is_help_request
    assert not CLINIC.triage(POST).is_help_request
    assert "Addo" in str(spoken(clinic.questions_for(request), "toy"))
    assert clinic.language_of("my ollama does not start") == "en"


def test_every_face_speaks_it(clinic: Clinic, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Doo" in "".join(pages(clinic.diagnose(LOG).answer, "toy")[0])
    here = Conversation(clinic).say("/lang toy").conversation
    assert spoken(here.say("hello there").answers[0], here.language)
    monkeypatch.setattr("bot.knowledge.files.knowledge_root", lambda: root)
    monkeypatch.setattr("bot.clinic.parts.knowledge_root", lambda: root)
    shown = CliRunner().invoke(diagnose, ["--lang", "toy"], input=LOG)
    assert "Disko fullo" in shown.output
    assert CliRunner().invoke(diagnose, ["--lang", "nonsense"], input=LOG).exit_code == 2


def test_buttons_speak_it_and_fall_back(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in list(WORDS.items()):
        monkeypatch.setitem(WORDS, name, text)
    translate_words(clinic.translated)
    assert words("helped", "toy") == "Helpo"
    assert words("not_helped", "toy") == words("not_helped", "en")
    assert BusyError().in_language("toy") == "Busyo!"
    assert SlowDownError("channel_busy", 9).in_language("toy") == SlowDownError("channel_busy", 9).in_language("en")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"All {whole} layers fit": "Fito"}, "variables"),
        ({"Cause": ""}, "must be text"),
        ({"Cause": 3}, "must be text"),
        (["Cause"], "must map"),
    ],
)
def test_a_faulty_translation_is_refused(tmp_path: Path, content: object, problem: str) -> None:
    folder = tmp_path / "languages" / "toy"
    folder.mkdir(parents=True)
    written(folder / "language.yaml", {"name": "Toy"})
    written(folder / "wording.yaml", content)
    with pytest.raises(DataError, match=problem):
        load_translations(tmp_path)


def test_a_language_has_a_name(tmp_path: Path) -> None:
    folder = tmp_path / "languages" / "toy"
    folder.mkdir(parents=True)
    written(folder / "wording.yaml", {"Cause": "Whyo"})
    with pytest.raises(DataError, match=r"language\.yaml"):
        load_translations(tmp_path)


def test_what_is_missing_is_listed(root: Path) -> None:
    missing = untranslated(Parts(root), "toy")
    assert not missing.unused
    assert "Cause" not in missing.program
    assert "Sources" in missing.program
    assert len(missing.knowledge) > 1000
    shown = CliRunner().invoke(knowledge, ["untranslated", "toy", "--root", str(root)])
    assert yaml.safe_load(shown.stdout)["Sources"] == ""


def test_a_text_keeps_its_parts_in_every_language() -> None:
    text = Text("{count} of {what}", "{what}的{count}").format(count=f"{3:,}", what=Text("layers", "层", toy="layero"))
    assert (text.en, text.zh, text.in_language("toy")) == ("3 of layers", "层的3", "3 of layero")
    both = joined((text, "x"), COMMA).translated({"toy": {"{count} of {what}": "{what} {count}", ", ": " + "}})
    assert both.in_language("toy") == "layero 3 + x"
    assert both.zh == "层的3、x"
