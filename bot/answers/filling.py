"""Fills `{name|fallback}` in the texts and commands of a knowledge entry with what the log told.

A value comes from somebody's log, so it goes into a command only when its type proves it harmless there: a pasted log
must not be able to make a reader run something else.
"""

import re
import unicodedata
from collections.abc import Mapping

from bot.answers.proofs import Risk, types_for
from bot.base.languages import Text
from bot.base.late import late
from bot.knowledge.failures import Command
from bot.knowledge.variables import Variables

VARIABLE = late(r"\{(?P<name>[a-z][a-z0-9_]*)(?:\|(?P<fallback>[^{}\n]*))?\}")
_CHINESE = "[\u3400-\u9fff]"
# A variable between Chinese words stands between blanks, for the Latin letters and digits of most values.
_PADDED = late(rf"(?P<before>(?<={_CHINESE}) )?{VARIABLE.pattern}(?P<after> (?={_CHINESE}))?")
_LONGEST = 300  # characters of a value in a text
# Where a value that took any text ran on into the advice that stood behind it.
_RUNS_ON = late(r"['\"]?(?:\. (?=[A-Z])|, (?=please\b|try\b|make sure\b|or use\b))")
_SHELLS = frozenset({"bash", "powershell", "cmd"})
_SEGMENT_ENDS = late(r"\n|&&|\|\|?|;|\$\(|`")
# Settings of the environment, and the folder right here, before a program's name.
_BEFORE_A_PROGRAM = late(r"\s*(?:(?:export |set )?[A-Z0-9_]+=\S+\s+)*(?:\.[\\/])?(?P<program>.*)", re.DOTALL)
_PLAIN = late(r"[\w./:\\+~-]+")
_BEGINS_ANEW = late(r"[./\\~]|[^/]*:")  # a path that cannot go on another one
_QUOTES = frozenset({'"', "'"})


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with every variable replaced by its value, else by its fallback, else left as it stands.

    The blanks around a variable go where the text that takes its place is Chinese like its neighbours.
    """
    if "{" not in text:
        return text

    def replace(match: re.Match[str]) -> str:
        value = shown(values.get(match["name"], "")) or _fallback(match)
        before, after = match["before"] or "", match["after"] or ""
        return ("" if _is_chinese(value[:1]) else before) + value + ("" if _is_chinese(value[-1:]) else after)

    return _PADDED.sub(replace, text)


def filled_text(text: Text, values: Mapping[str, str]) -> Text:
    """`text` with its variables filled in, in every language."""
    return text.changed(lambda each: filled(each, values))


def shown(value: str) -> str:
    """A value as a sentence can hold it: one line of visible characters in their order, cut when it is endless."""
    visible = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in value[: 2 * _LONGEST])
    line = _RUNS_ON.split(" ".join(visible.split()), maxsplit=1)[0]
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def filled_command(command: Command, values: Mapping[str, str], variables: Variables) -> str | None:
    """A command with every variable replaced by its value where its type proves it, else by its fallback.

    None when a variable has neither: such a command cannot be given.
    """
    code = command.code.rstrip("\n")
    pieces, end = [], 0
    for match in VARIABLE.finditer(code):
        value = _typed(match, command, values.get(match["name"], ""), variables)
        if not value and match["name"] in variables.types and match["fallback"] is None:
            return None
        pieces += [code[end : match.start()], value or _fallback(match)]
        end = match.end()
    return "".join([*pieces, code[end:]])


def is_harmless(value: str, *, in_quotes: bool = False) -> bool:
    """Whether a name can stand in a command as it is: no blanks (but in quotes), no shell characters, no option."""
    return (_HARMLESS_IN_QUOTES if in_quotes else _HARMLESS).fullmatch(value) is not None


_HARMLESS = late(r"(?!-)[\w./:\\@+=,~-]{1,200}")
_HARMLESS_IN_QUOTES = late(r"(?!-)[\w./:\\@+=,~() -]{1,200}")


def _typed(match: re.Match[str], command: Command, value: str, variables: Variables) -> str:
    """The value as it is typed at this place of the command; "" when it may not stand there."""
    type_ = types_for(variables).get(variables.types.get(match["name"], ""))
    if type_ is None or not value:
        return ""
    proven = type_.proven(value, _risk(command, match.start(), variables))
    return _placed(proven, match, command) if proven else ""


def _placed(value: str, match: re.Match[str], command: Command) -> str:
    """A proven value as one word of the command: in quotes where it needs them, "" where it cannot be one."""
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    if _would_mean_something_else(value, before, command.shell):
        return ""
    if before == after and before in _QUOTES:
        return value
    if _is_one_word(value, command.shell):
        return value
    may_be_quoted = command.shell in _SHELLS and not value.startswith("~") and not (before + after).strip()
    return f'"{value}"' if may_be_quoted else ""


def _would_mean_something_else(value: str, before: str, shell: str) -> bool:
    """A path that begins anew after another one, and a backslash in a program's text."""
    return (before == "/" and _BEGINS_ANEW.match(value) is not None) or ("\\" in value and shell not in _SHELLS)


def _is_one_word(value: str, shell: str) -> bool:
    """Whether a shell reads it as it stands, without quotes."""
    return _PLAIN.fullmatch(value) is not None and not ("\\" in value and shell == "bash")


def _risk(command: Command, at: int, variables: Variables) -> Risk:
    """What the part of a command that stands at this place can do."""
    segment = _segment(command.code, at)
    if any(word in segment for word in variables.distrusted):
        return Risk.RUNS_FOREIGN_CODE
    before = _BEFORE_A_PROGRAM.match(segment)
    program = before["program"] if before and command.shell in _SHELLS else ""
    name, _, rest = program.partition(" ")
    known = f"{name.removesuffix('.exe')} {rest} "
    is_harmless_here = any(known.startswith(f"{each} ") for each in variables.harmless)
    return Risk.SHOWS if is_harmless_here else Risk.CHANGES


def _segment(code: str, at: int) -> str:
    """The single command around a place: from one end of a command to the next."""
    start, end = 0, len(code)
    for boundary in _SEGMENT_ENDS.finditer(VARIABLE.sub(lambda match: "x" * len(match.group()), code)):
        if boundary.end() <= at:
            start = boundary.end()
        elif boundary.start() >= at:
            end = boundary.start()
            break
    return code[start:end]


def _fallback(match: re.Match[str]) -> str:
    return match["fallback"] if match["fallback"] is not None else f"{{{match['name']}}}"


def _is_chinese(character: str) -> bool:
    return re.fullmatch(_CHINESE, character) is not None
