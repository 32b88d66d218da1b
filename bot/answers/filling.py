"""Fills `{name|fallback}` in the texts and commands of a knowledge entry with what the log told.

A value comes from somebody's log, so it goes into a command only when it is harmless there: a pasted log must not be
able to make a reader run something else.
"""

import re
from collections.abc import Mapping

VARIABLE = re.compile(r"\{(?P<name>[a-z][a-z0-9_]*)(?:\|(?P<fallback>[^{}\n]*))?\}")
_CHINESE = "[\u3400-\u9fff]"
# A variable between Chinese words stands between blanks, for the Latin letters and digits of most values.
_PADDED = re.compile(rf"(?P<before>(?<={_CHINESE}) )?{VARIABLE.pattern}(?P<after> (?={_CHINESE}))?")
_HARMLESS = re.compile(r"(?!-)[\w./:\\@+=,~-]{1,200}")
_HARMLESS_IN_QUOTES = re.compile(r"(?!-)[\w./:\\@+=,~() -]{1,200}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with every variable replaced by its value, else by its fallback, else left as it stands.

    The blanks around a variable go where the text that takes its place is Chinese like its neighbours.
    """

    def replace(match: re.Match[str]) -> str:
        value = values.get(match["name"]) or _fallback(match)
        before, after = match["before"] or "", match["after"] or ""
        return ("" if _is_chinese(value[:1]) else before) + value + ("" if _is_chinese(value[-1:]) else after)

    return _PADDED.sub(replace, text)


def filled_command(code: str, values: Mapping[str, str]) -> str:
    """Like `filled`, for a command: a value with blanks or shell characters gives way to the fallback."""

    def replace(match: re.Match[str]) -> str:
        value = values.get(match["name"], "")
        quoted = code[match.start() - 1 : match.start()] in {'"', "'"}
        return value if is_harmless(value, in_quotes=quoted) else _fallback(match)

    return VARIABLE.sub(replace, code)


def is_harmless(value: str, *, in_quotes: bool = False) -> bool:
    """Whether a value can stand in a command as it is: no blanks (but in quotes), no shell characters, no option."""
    return (_HARMLESS_IN_QUOTES if in_quotes else _HARMLESS).fullmatch(value) is not None


def _fallback(match: re.Match[str]) -> str:
    return match["fallback"] if match["fallback"] is not None else f"{{{match['name']}}}"


def _is_chinese(character: str) -> bool:
    return re.fullmatch(_CHINESE, character) is not None
