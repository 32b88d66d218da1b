"""Plain text to Discord's markdown: nothing that a user (or a log) wrote may format, ping, link or break a fence."""

import re

from bot.base.languages import COLON, Language, told
from bot.base.late import late
from bot.base.printable import printable
from bot.chat.limits import units

_ALWAYS = late(r"([\\*_~|`<\[\]])")
_LINE_START = late(r"^([^\S\n]*)(#{1,3}\s|>{1,3}\s|-#\s|[-+]\s|\d+(?=\.\s))", re.MULTILINE)
_MENTION = late(r"@(?=everyone|here)", re.IGNORECASE)
# Addresses of pages and of programs on this computer: shown as code, which nothing links and a phone copies as it is.
_ADDRESS = late(
    r"\b(?:https?|discord|ftp)://[^\s<>`\"'()\[\]（）“”，。；、\u3400-\u9fff]*"
    r"|(?<![\w./@])(?:localhost|(?:\d{1,3}\.){3}\d{1,3}):\d{2,5}(?:/[\w./-]*\w)?(?![\w])",
    re.IGNORECASE,
)
_AFTER_ADDRESS = ".,:;!?"  # the sentence's own, when an address ends with them
_FENCE = late(r"`{3,}")
NO_WIDTH = "\u200b"
APOSTROPHE = "\u02cb"  # looks like the sign that would end the code


def escape(text: str) -> str:
    """The text as it stands, inert: no emphasis, heading, quote, list, link text, mention, timestamp or emoji code.

    Addresses stand in code, where they are no links, so that a log cannot lure anybody anywhere.
    """
    plain = printable(text)
    pieces: list[str] = []
    at = 0
    for found in _ADDRESS.finditer(plain):
        address = found.group().rstrip(_AFTER_ADDRESS)
        pieces += [plain[at : found.start()], address]
        at = found.start() + len(address)
    pieces.append(plain[at:])
    marked = "".join(inline_code(piece) if number % 2 else _inert(piece) for number, piece in enumerate(pieces))
    return _LINE_START.sub(_escaped_start, marked)


def labelled(label: str, value: str, language: Language) -> str:
    """A bold label (escaped already) and what it says, on one line; a label that asks needs no colon."""
    between = " " if label.endswith(("?", "？", ":", "：")) else told(COLON, language)
    return f"**{label}**{between}{value}"


def inline_code(text: str) -> str:
    """A few words as code, on one line: nothing in it acts."""
    return f"`{' '.join(printable(text).replace('`', APOSTROPHE).split())}`"


def _inert(text: str) -> str:
    return _MENTION.sub(f"@{NO_WIDTH}", _ALWAYS.sub(r"\\\1", text))


def _escaped_start(match: re.Match[str]) -> str:
    blank, mark = match.groups()
    # an ordered list is broken at its point, everything else before its mark
    return f"{blank}{mark}\\" if mark.isdigit() else f"{blank}\\{mark}"


def fence(code: str, shell: str = "") -> str:
    """A code block whose content cannot close it. Nothing is escaped in it, so that a phone copies it as it is."""
    inner = _FENCE.sub(lambda match: NO_WIDTH.join(match.group()), printable(code).strip("\n"))
    if inner.endswith("`"):
        inner += "\n"
    language = shell if re.fullmatch(r"[a-z0-9]+", shell) and shell != "text" else ""
    return f"```{language}\n{inner}\n```"


def link(title: str, address: str) -> str:
    """A link of ours; an address that could break out of it is shown as text."""
    if not re.fullmatch(r"https?://[^\s()<>]+", address):
        return f"{escape(title)}: {escape(address)}"
    return f"[{escape(title)}](<{address}>)"


def split(text: str, limit: int) -> list[str]:
    """Pieces of at most `limit` units, cut at line ends where there are any; a code block is closed and reopened."""
    pieces: list[str] = []
    current: list[str] = []
    size = 0
    opened = ""  # the fence that is open, such as "```bash"
    for line in _short_lines(text, limit - 20):
        reserve = 4 if opened else 0
        if current and size + units(line) + 1 + reserve > limit:
            pieces.append("\n".join([*current, "```"] if opened else current))
            current = [opened] if opened else []
            size = sum(units(kept) + 1 for kept in current)
        current.append(line)
        size += units(line) + 1
        if line.startswith("```"):
            opened = "" if opened else line
    if current:
        pieces.append("\n".join(current))
    return pieces


def _short_lines(text: str, limit: int) -> list[str]:
    lines: list[str] = []
    for line in text.split("\n"):
        rest = line
        while units(rest) > limit:
            lines.append(rest[: limit // 2])
            rest = rest[limit // 2 :]
        lines.append(rest)
    return lines
