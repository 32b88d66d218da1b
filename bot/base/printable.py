"""Strangers' text made harmless for whoever shows it: no character in it commands a terminal or turns the writing."""

from bot.base.late import late

# Control characters but tab and line feed (C1 too: one of them begins a terminal's commands like ESC does); marks that
# turn the direction of writing, so that a name reads as another; separators of lines that only some programs know.
_CONTROL = late("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_DROPPED = late("[\r\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def printable(text: str) -> str:
    """`text` with its control characters shown as replacement characters, and invisible marks of direction dropped."""
    return _CONTROL.sub("\ufffd", _DROPPED.sub("", text))
