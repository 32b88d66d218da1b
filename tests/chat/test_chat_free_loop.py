"""The event loop does no work on what members write: searching, masking and reading happen in the workers."""

import ast
from pathlib import Path

BOT = Path(__file__).parents[2] / "bot"
# Methods of the clinic that read what somebody wrote; `language_of` counts letters.
READING = {"redact", "looks_like_log", "suggest", "diagnose", "triage", "explain", "faq", "term", "words_in", "can_run"}
READERS = {"bot.intake.redaction", "bot.intake.cleaning", "bot.intake.masking", "bot.models.names", "bot.diagnosis"}
IN_WORKERS = {"jobs.py", "working.py"}
MASKS_WHAT_IS_LOGGED = {"logs.py"}  # at most 20,000 characters of a record


def _files() -> list[Path]:
    files = [*(BOT / "chat").rglob("*.py"), *(BOT / "service").rglob("*.py")]
    return [path for path in files if path.name not in IN_WORKERS | MASKS_WHAT_IS_LOGGED]


def test_the_chat_calls_no_method_that_reads_text() -> None:
    calls = [
        f"{path.name}:{node.lineno} {node.func.attr}"
        for path in _files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in READING
        and ast.unparse(node.func.value).endswith("clinic")
    ]
    assert calls == []


def test_the_chat_imports_nothing_that_reads_text() -> None:
    imports = [
        f"{path.name}: {node.module}"
        for path in _files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and any((node.module or "").startswith(reader) for reader in READERS)
    ]
    assert imports == []
