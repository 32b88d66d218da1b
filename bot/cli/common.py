"""What every sub-command shares: the language option, reading input, writing JSON."""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.base.errors import UserError, said_of
from bot.base.languages import Language, Text
from bot.base.printable import printable

if TYPE_CHECKING:
    from bot.hardware.systems import System  # the estimator is not needed for every command

_NO_LANGUAGE = {"", "c", "posix"}  # what stands in LANG where nobody chose one
LANGUAGE_HELP = "Language of the answer; default: the locale."
anywhere_option = click.option(  # before the sub-command, where nobody but `preferred_language` reads it
    "--lang",
    metavar="[zh|en]",
    expose_value=False,
    callback=lambda _context, _option, code: None if code is None else _known_language(code),
    help=LANGUAGE_HELP,
)
language_option = click.option(
    "--lang",
    "language",
    metavar="[zh|en]",
    callback=lambda _context, _option, code: None if code is None else _known_language(code),
    default=None,
    help=LANGUAGE_HELP,
)


def _known_language(code: str) -> Language:
    if not is_known_language(code):
        known = ", ".join(map(repr, _known_languages()))
        raise wrong_usage(
            "--lang: {code!r} is not one of {known}.",
            "--lang：没有 {code!r} 这种语言，可以用 {known}。",
            code=code,
            known=known,
        )
    return code


class WrongUsageError(click.UsageError):
    """A command that was called wrongly, told in the reader's language."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en, click.get_current_context(silent=True))
        self.text = text


def wrong_usage(en: str, zh: str, **values: object) -> WrongUsageError:
    """The error of a command that lacks something; it says what to type."""
    return WrongUsageError(Text(en, zh).format(**values))


def is_known_language(code: str) -> bool:
    """Whether answers are given in a language."""
    return code in {"en", "zh"} or (code not in _NO_LANGUAGE and code in _known_languages())


# The reading of knowledge, of JSON and of secrets is imported by what needs it: `--version` and `--help` need none.


def _known_languages() -> Sequence[Language]:
    from bot.knowledge.files import knowledge_root
    from bot.knowledge.translations import known_languages

    return known_languages(knowledge_root())


def masked(text: str) -> str:
    """What a stranger wrote, without secrets."""
    from bot.intake.redaction import redact

    return redact(text).text


def preferred_language(chosen: str | None) -> Language:
    """The language asked for, else that of the locale (LC_ALL, LC_MESSAGES, LANG)."""
    if chosen is not None:
        return chosen
    if (asked := _asked_language(sys.argv[1:])) is not None:
        return asked
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            code = value.lower().partition("_")[0].partition(".")[0]
            return code if is_known_language(code) else "en"
    return "en"


def _asked_language(arguments: Sequence[str]) -> Language | None:
    """The language that the command line asks for, wherever it stands: help and errors are told before it is read."""
    for at, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name == "--lang":
            code = value or "".join(arguments[at + 1 : at + 2])
            return code if is_known_language(code) else None
    return None


def this_system() -> "System":
    """The system this program runs on."""
    return {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")  # type: ignore[return-value]


def write_json(document: object) -> None:
    """Prints one JSON document on one line, in UTF-8 whatever the terminal says."""
    import msgspec

    sys.stdout.buffer.write(_TERMINAL_COMMANDS.sub(_escaped, msgspec.json.encode(document)) + b"\n")
    sys.stdout.buffer.flush()


# JSON escapes the control characters below the blank only; a terminal obeys these too (see bot.base.printable).
_TERMINAL_COMMANDS = re.compile(rb"\xc2[\x80-\x9f]|\x7f|\xd8\x9c|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]")


def _escaped(character: re.Match[bytes]) -> bytes:
    return rb"\u%04x" % ord(character[0].decode())


def say(text: str, *, err: bool = False) -> None:
    """Prints a line that may hold what a stranger wrote: masked, and nothing in it commands the terminal."""
    click.echo(printable(masked(text)), err=err)


def content_of(name: str, what: str, most: int) -> bytes:
    """The first `most` bytes of a file, or of standard input for "-": whoever sits at it is asked to paste `what`.
    Raises UserError.
    """
    if name == "-":
        if sys.stdin.isatty():
            click.echo(f"Paste the {what}, then press Ctrl+D (Windows: Ctrl+Z, Enter).", err=True)
        return sys.stdin.buffer.read(most)
    try:
        with Path(name).open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise UserError("{name} cannot be read: {strerror}", "无法读取 {name}：{strerror}").format(
            name=name, strerror=said_of(error)
        ) from error


def whole_number(case: Mapping[str, Any], key: str) -> int | None:
    """The whole number that a line has under `key`, None where it has none or null.

    Raises:
        UserError: something else stands there.
    """
    value = case.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1 << 60 or value != int(value):
        shown = str(value)[:40]
        raise UserError("{key} must be a whole number, not {shown}.", "{key} 必须是整数，不能是 {shown}。").format(
            key=key, shown=shown
        )
    return int(value)


def text_of(case: Mapping[str, Any]) -> str:
    """The text of one line of JSON; UserError where it has none."""
    text = case.get("text")
    if not isinstance(text, str):
        raise UserError(
            'The line has no text: each line is {"id": ..., "text": "..."}',
            '这一行没有文本：每行应为 {"id": ..., "text": "..."}',
        )
    return text
