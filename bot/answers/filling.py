"""Fills `{name|fallback}` in the texts and commands of a knowledge entry with what the log told.

A value comes from somebody's log, so it goes into a command only when it is harmless there: a pasted log must not be
able to make a reader run something else.
"""

import re
from collections.abc import Mapping

VARIABLE = re.compile(r"\{(?P<name>[a-z][a-z0-9_]*)(?:\|(?P<fallback>[^{}\n]*))?\}")
_HARMLESS = re.compile(r"(?!-)[\w./:\\@+=,~-]{1,200}")
_HARMLESS_IN_QUOTES = re.compile(r"(?!-)[\w./:\\@+=,~() -]{1,200}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with every variable replaced by its value, else by its fallback, else left as it stands."""
    return VARIABLE.sub(lambda match: values.get(match["name"]) or _fallback(match), text)


def filled_command(code: str, values: Mapping[str, str]) -> str:
    """Like `filled`, for a command: a value with blanks or shell characters gives way to the fallback."""

    def replace(match: re.Match[str]) -> str:
        value = values.get(match["name"], "")
        quoted = code[match.start() - 1 : match.start()] in {'"', "'"}
        harmless = (_HARMLESS_IN_QUOTES if quoted else _HARMLESS).fullmatch(value)
        return value if harmless else _fallback(match)

    return VARIABLE.sub(replace, code)


def _fallback(match: re.Match[str]) -> str:
    return match["fallback"] if match["fallback"] is not None else match[0]
