"""Python tracebacks in a log: which line is the exception, and which exception was the first cause.

A chained traceback prints its causes first ("The above exception was the direct cause of ...", "During handling of
the above exception, another exception occurred"), so the root is the first exception of a chain and the final one its
last. Several processes that fail one after the other print several chains.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.base.late import late
from bot.intake.lines import Line

_HEAD = "Traceback (most recent call last)"
_CHAINED = (
    "The above exception was the direct cause of the following exception",
    "During handling of the above exception, another exception occurred",
)
_FRAME = late(r'(\s*)File "[^"]+", line \d+')
_EXCEPTION = late(
    r"\s*(?:E\s{2,})?((?:[A-Za-z_]\w*\.)*(?:[A-Z]\w*(?:Error|Exception|Warning|Interrupt|Exit|Timeout|Missing|NotFound|"
    r"Unavailable|Failed|Refused|Retries|Fault)|SystemExit|[a-z]+error|timeout)|[a-z_]\w*(?:\.\w+)*\.\w+)(?::\s|:?$)"
)
_LONGEST = 400  # lines of one traceback that are looked at


@dataclass(frozen=True, slots=True)
class Traceback:
    """One chain. `exceptions` are indices into the lines, causes first: the root at 0, the final one at -1."""

    exceptions: tuple[int, ...]

    @property
    def root(self) -> int:
        """Index of the line with the first exception."""
        return self.exceptions[0]

    @property
    def final(self) -> int:
        """Index of the line with the last exception."""
        return self.exceptions[-1]


def exception_name(text: str) -> str | None:
    """The dotted name of the exception that a line reports ("torch.OutOfMemoryError"), or None."""
    found = _EXCEPTION.match(text)
    return found.group(1) if found else None


def tracebacks(lines: Sequence[Line]) -> list[Traceback]:
    """The chains of exceptions in cleaned lines, in order. A traceback cut off before its exception is left out."""
    chains: list[list[int]] = []
    linked = False
    index = 0
    while index < len(lines):
        text = lines[index].text
        if any(phrase in text for phrase in _CHAINED):
            linked = True
        elif _HEAD in text or _FRAME.match(text):
            exception = _exception_after(lines, index + 1)
            if exception is not None:
                if linked and chains:
                    chains[-1].append(exception)
                else:
                    chains.append([exception])
                index = exception
            linked = False
        index += 1
    return [Traceback(tuple(chain)) for chain in chains]


def _exception_after(lines: Sequence[Line], start: int) -> int | None:
    """The line that names the exception of the traceback whose head or first frame stands before `start`."""
    depth = 0
    for index in range(start - 1, min(start + _LONGEST, len(lines))):
        text = lines[index].text
        if index >= start and (_HEAD in text or any(phrase in text for phrase in _CHAINED)):
            return None
        if frame := _FRAME.match(text):
            depth = len(frame.group(1))
        elif index >= start and _EXCEPTION.match(text) and _indent(text) <= depth:
            return index
    return None


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))
