"""From what people paste to lines that can be compared: no colours, prefixes, quotes, frames or progress bars.

Everything here is linear in the length of the text and bounded by `MAX_CHARACTERS`; nothing raises.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from msgspec import structs

from bot.base.late import late
from bot.intake.lines import Level, Line

MAX_CHARACTERS = 4_200_000  # of a longer text the first and the last half of this are read
MAX_LINE = 2_000  # characters; a longer line is cut into pieces that keep its number
MAX_LINES = 150_000
MAX_JOINED = 4  # original lines that one hard-wrapped line may span
_NARROWEST, _WIDEST = 60, 250  # columns of a terminal
_USUAL_WIDTHS = (79, 80, 100, 119, 120)
_LONGEST_WORD = 60  # columns that a word-wrapped line may stay short of the edge

_ANSI = late(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]{0,500}(?:\x07|\x1b\\)|\x1b[@-Z\\-_=>()][0-9A-B]?|\x9b[0-?]*[@-~]"
)
_LOST_ANSI = late(r"\[(?:\d{1,3};){0,4}\d{1,3}m(?![\]\d])")  # a colour whose escape character the paste lost
_CONTROLS = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), 127]))
_CONTROL_BYTES = _CONTROLS.encode()
# What nobody sees: marks of direction and joining, fillers, selectors of variants, tags: parts of a set of characters.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e01ef"
)
C1 = "\x80-\x84\x86-\x9a\x9c-\x9f"  # but the next line and the one that begins a terminal's commands
_CONTROL = late(f"[{re.escape(_CONTROLS)}{C1}\x9b{INVISIBLE}]")
_SURROGATE = late("[\ud800-\udfff]")
_BLANKS = late("[\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\x85]")
_DRIVE_PATH = late(r"(?<![A-Za-z])[A-Za-z]:\\[^\s'\"<>|]*")  # D:\nodejs\node_modules holds no escaped line ends
_HTML_ENTITY = late(r"&(?:lt|gt|amp|quot|nbsp|apos|#\d{1,5}|#x[0-9a-fA-F]{1,4});")
_HTML_BREAK = late(r"<br\s*/?>|</(?:p|div|li|tr|pre)>", re.IGNORECASE)
_HTML_TAG = late(
    r"</?(?:p|div|span|code|pre|b|i|u|em|strong|td|th|tr|table|tbody|thead|li|ul|ol|details|summary|blockquote|h[1-6]|font|sub|sup)"
    r"(?:\s[^<>]{0,300})?/?>",
    re.IGNORECASE,
)
_EMPHASIS = late(r"_?(\*{2,3})_?(?=[^\s*])([^*\n]{1,400}?)(?<=\S)_?\1_?(?![\w*])")

# Full-width forms to ASCII (U+FF01..U+FF5E are ASCII plus 0xFEE0), curly quotes and dashes to plain ones.
_FOLD = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    ord(full): plain
    for full, plain in zip("“”„‟«»‘’‚‛′–—―−、【】〔〕「」『』《》…", '""""""\'\'\'\'\'----,[][]""""""…', strict=True)
}
_WIDE = late(f"[{re.escape(''.join(map(chr, _FOLD)))}]")
_LONG = 2_000  # characters from which on replacing is quicker than translating

_ESCAPED = late(r"\\u([0-9a-fA-F]{4})")  # JSON's way to write Chinese
_FEW_ESCAPES = 3
_FENCE = late(r"^\s*(?:```|~~~)[\w+#.-]{0,20}\s*$")
_LANGUAGES = (
    "bash|sh|shell|zsh|console|terminal|text|txt|plaintext|log|python|py|json|yaml|yml|cmd|bat|batch|powershell|ps1|ini"
)
_FENCE_EDGE = late(rf"^\s*```(?:(?:{_LANGUAGES})\s+)?|```\s*$", re.IGNORECASE)
_QUOTE = late(r"^\s*(?:>(?!>)[ \t]?|>>> ?)+")
_FRAME_START = late(r"^[\s│┃║╎╏┆┊╰╭╮╯─━═╔╗╚╝╠╣┌┐└┘├┤┬┴┼▕▏❯➜×✖✗❌⨯•]+(?:>\s*)?")
_FRAME = r"\s│┃║╎╏┆┊╰╭╮╯─━═╔╗╚╝╠╣┌┐└┘├┤┬┴┼▕▏"
_FRAME_END = late(rf"(?<![{_FRAME}])[{_FRAME}]+$")
_RULES = late(r"[─━═]{4,}")

_CLOCK = r"\d{1,2}:\d\d:\d\d(?:[.,:-]\d{1,9})?"
_LEVEL = r"(?:INFO|WARN(?:ING)?|ERRO?R?|DEBUG|CRITICAL|FATAL|TRACE|NOTICE|E|W|I|D|F)"
# One logger's or container's prefix; stripped again and again until none is left. Alternatives start with different
# characters, so that most lines fail after a character or two.
_PREFIX = late(
    r"\s*(?:"
    r"\d{4}[-/.]\d\d[-/.]\d\d[T ,-]{1,3}"
    + _CLOCK
    + r"\s?(?:Z|[+-]\d\d:?\d\d)?(?: (?:stdout|stderr) [FP])?(?:\s*[|:]\s|\s+-\s+|\s+|$)"
    r"|\[\d{4}[-/]\d\d[-/]\d\d[T ]" + _CLOCK + r"(?:Z| ?[+-]\d\d:?\d\d)?\]\s*:?\s*"
    r"|\d\d-\d\d " + _CLOCK + r"\s+"
    r"|\d{1,4}\.\d\d\.\d{3}\.\d{3} [IWED]\s{1,4}"  # llama.cpp since 2026: minutes, seconds, milli, micro, level
    r"|\[?" + _CLOCK + r"(?: ?[AP]M)?\]?(?:\s*[|:]\s|\s+-\s+|\s+)(?!up\b)"
    r"|(?:[A-Z][a-z]{2}|\d{1,2}月)\s{1,2}\d{1,2} \d\d:\d\d:\d\d \S+ [\w./@()-]+(?:\[\d+\])?:\s?"
    r"|\((?:[A-Za-z_]\w*(?: rank=\d+)?[ ,]*(?:pid|ip)=[^()\s]+(?:, ip=[^()\s]+)?)\)\s?"
    r"|\[?[IWEF]\d{4} " + _CLOCK + r"(?:\s+\d+)? [\w./-]+:\d+\]\s?"
    r"|\[rank\d+\]:\s?|\[\d+\]:(?=\s)|\[pod/[^\]]{1,120}\]\s?"
    r"|\[?[\w./-]{1,60}\.(?:py|cpp|cu|go|js|ts|rs|c|h|cc):\d+\]\s?"
    r"|[A-Za-z][\w.-]{1,40}\s{1,12}\|\s(?!\s*[|\d~^])"
    r"|[a-z][\w.]{1,60} - (?=" + _LEVEL + r" - )"
    r"|\[?"
    + _LEVEL
    + r"\]?\s*(?=\[?(?:\d\d-\d\d |\d{4}-\d\d|\d\d:\d\d:\d\d|[\w./-]{1,60}\.(?:py|cpp|cu|go|js|rs):\d+\]))"
    r"|(?:INFO|WARN(?:ING)?|ERROR|DEBUG|CRITICAL|FATAL) - "
    r"|time=\S+ level=\w+ (?:source=\S+ )?"
    r"|ts=\S+ "
    r")"
)
_LEVEL_HERE = late(
    r"(?:^|[\s\[(=|])(?:(info|notice)|(warn(?:ing)?|wrn)|(err(?:or)?|critical|fatal|erro)|(debug|trace))(?=[\s\]:|]|\[\d|$)",
    re.IGNORECASE,
)
_LEVEL_LETTER = late(r"\d (?:(I)|(W)|(E)|(D))\s+$")
# Who speaks: a container of a compose file, a service in the system's journal, the folder of a prompt.
_SPEAKER = late(r"([A-Za-z][\w.-]{1,40})\s{1,12}\|\s|\d\d:\d\d:\d\d \S+ ([\w./@()-]{1,60})(?:\[\d+\])?:")
_LEVEL_WORD = late(
    r"^\s*\[?(?:(INFO|NOTICE)|(WARN(?:ING)?)|(ERRO?R?|CRITICAL|FATAL)|(DEBUG|TRACE))\]?(?=\s*[:|\]]|\s{2,}|\s+\[)"
)
_LEVEL_STARTS = frozenset("[INWEFDCT")
_LEVELS: tuple[Level, ...] = ("info", "warning", "error", "debug")

_PROMPT = late(
    r"^(?:\(\s?[\w.-]{1,40}\s?\)\s{0,2}){0,2}(?:"
    r"[\w.-]{1,40}@[\w.-]{1,60}[: ][^\s$#%>]{0,120}\s?[$#%] ?"  # user@pc:~/folder$
    r"|PS [A-Za-z]:\\[^>\n]{0,160}> ?|PS /[^>\n]{0,160}> ?|PS> ?"
    r"|[A-Za-z]:\\[^>\n|<:]{0,160}(?<!-)> ?"
    r"|\[[\w.-]{1,40}@[\w.-]{1,60} [^\]\n]{1,80}\][$#] ?"
    r"|\$ (?=[\w./~])|\$(?=\./)|% (?=[a-z])"
    r"|❯ |➜\s+\S+ "
    r")"
)
_PROGRESS = late(r"\d{1,3}\s?%|\bit/s\b|s/it\b|[█▉▊▋▌▍▎▏━╸░▒▓]{3,}|[|/\\-]\s*$")
_NEW_ENTRY = late(
    r"\s*(?:\[|\(|\d{1,4}[-:/]\d\d|time=|[A-Z][a-z]{2} \d|INFO|WARN|ERROR|DEBUG|Traceback|File \"|\$ |PS |"
    r"[A-Za-z]:\\|[-*•#>|]|\d+[.)] |at |[a-z_]+:\s|[\w.]*(?:Error|Exception): )"
)


@dataclass(slots=True)
class _Raw:
    """An original line on its way: its number, its text, and how wide it was on the screen."""

    number: int
    text: str
    width: int
    prefixed: bool
    level: Level
    typed: bool
    source: str
    left: bool = False  # the shell waits for the next command behind it


def clean(text: str) -> list[Line]:
    """The lines of `text` that say something, in order, with their original numbers. Never raises."""
    raws: list[_Raw] = []
    for number, line in _numbered(_plain(text)):
        known = len(raws)
        raws.extend(_cleaned(number, line))
        if 0 < len(raws) == known and _PROMPT.match(line):
            raws[-1].left = True
    return _without_repeats(_joined(raws))


def is_truncated(text: str) -> bool:
    """Whether `clean` reads only the head and the tail of so long a text."""
    return len(text) > MAX_CHARACTERS


def fold_width(text: str) -> str:
    """Full-width letters and punctuation, curly quotes and long dashes as plain ASCII."""
    if text.isascii():
        return text
    if len(text) < _LONG:
        return text.translate(_FOLD)
    for wide in set(_WIDE.findall(text)):  # few of them in one text; each is replaced quickly
        text = text.replace(wide, _FOLD[ord(wide)])
    return text


def _plain(text: str) -> str:
    """Without colours and control characters, with one kind of line end; keeps the number of lines."""
    text = _head_and_tail(text)
    if "\x1b" in text or "\x9b" in text:
        text = _ANSI.sub("", text)
    if "m" in text and "[" in text:
        text = _LOST_ANSI.sub("", text)
    text = text.replace("\r\n", "\n").replace("\t", "    ")
    if text.isascii():
        return text.encode().translate(None, _CONTROL_BYTES).decode()
    return fold_width(_BLANKS.sub(" ", _SURROGATE.sub("\ufffd", _CONTROL.sub("", text))))


def _head_and_tail(text: str) -> str:
    """A text that is too long without its middle, as many line ends left as stood there, so that numbers stay true."""
    if not is_truncated(text):
        return text
    half = MAX_CHARACTERS // 2
    skipped = text.count("\n", half, len(text) - half)
    if skipped > MAX_LINES * 20:  # a text of almost nothing but line ends: numbers of its tail are not worth the memory
        skipped = 1
    return text[:half] + "\n" * max(skipped, 1) + text[-half:]


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    """(number, line) of every line that is not blank; the middle of too many lines is left out."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line and not line.isspace()]
    if len(lines) > MAX_LINES:
        lines = lines[: MAX_LINES // 2] + lines[-MAX_LINES // 2 :]
    return iter(lines)


def _cleaned(number: int, line: str) -> Iterator[_Raw]:
    """The one line, or the several that a progress bar, `<br>`, an escaped line end or sheer length made one."""
    if len(line) < MAX_LINE and not _is_unusual(line):
        raw = _stripped(number, line)
        if raw is not None:
            yield raw
        return
    for piece in _pieces(line):
        raw = _stripped(number, piece)
        if raw is not None:
            yield raw


def _is_unusual(line: str) -> bool:
    """Whether a line is more than one, or written in another way."""
    return "<" in line or "&" in line or "\r" in line or "\\n" in line or "\\u" in line


def _pieces(line: str) -> Iterator[str]:
    if "<" in line:
        line = _HTML_TAG.sub("", _HTML_BREAK.sub("\n", line))
    if "&" in line:
        line = _HTML_ENTITY.sub(lambda entity: html.unescape(entity.group()).strip() or " ", line)
    if "\\u" in line and len(_ESCAPED.findall(line)) >= _FEW_ESCAPES:
        line = _SURROGATE.sub("\ufffd", _ESCAPED.sub(lambda escape: chr(int(escape.group(1), 16)), line))
        line = _CONTROL.sub("", line).translate(_FOLD)
    if _DRIVE_PATH.sub("", line).count("\\n") >= 2 or "\\n  File " in line or "\\nTraceback" in line:
        line = line.replace("\\n", "\n")
    for part in line.split("\n"):
        for shown in _shown(part):
            yield from _short(shown)


def _shown(line: str) -> list[str]:
    """What a terminal leaves standing of a line with carriage returns: other text, and the last state of a bar."""
    if "\r" not in line:
        return [line]
    parts = [part for part in line.split("\r") if part.strip()]
    return [part for part in parts[:-1] if not _PROGRESS.search(part)] + parts[-1:]


def _short(line: str) -> Iterator[str]:
    """Pieces of a long line. The last one is long: errors stand at the end, and are not to be cut in two."""
    while len(line) > MAX_LINE:
        most = min(MAX_LINE, max(len(line) - MAX_LINE, MAX_LINE // 2))
        cut = line.rfind(" ", most // 2, most)
        cut = most if cut < 0 else cut
        yield line[:cut]
        line = line[cut:]
    yield line


def _stripped(number: int, line: str) -> _Raw | None:
    """The line without what does not belong to the message; None when nothing is left."""
    width = len(line.rstrip())
    text, prefixed, level, source = _without_prefixes(line)
    if "`" in text or "~" in text:
        text = _without_fence(text)
    if not text.isascii():
        text = _without_frame(text)
    text, prompt = _without_prompt(text)
    if "**" in text:
        text = _EMPHASIS.sub(r"\2", text)
    text = text.rstrip()
    if not text:
        return None
    if not level and text.lstrip()[:1] in _LEVEL_STARTS and (found := _LEVEL_WORD.match(text)):
        level = _level(found)
    return _Raw(number, text, width, prefixed, level, bool(prompt), source or prompt)


def _without_fence(text: str) -> str:
    """Nothing of a line that only begins or ends a code block; of others without the marks at its ends."""
    return "" if _FENCE.match(text) else _FENCE_EDGE.sub("", text)


def _without_prompt(text: str) -> tuple[str, str]:
    """The text behind a shell's prompt, and the prompt, if there was one: typed, not printed."""
    if not text.isascii() or "$" in text or ">" in text or "#" in text or "%" in text:
        found = _PROMPT.match(text)
        if found is not None:
            return text[found.end() :], found.group()
    return text, ""


def _without_prefixes(line: str) -> tuple[str, bool, Level, str]:
    """(text, whether there was a prefix, its level, who speaks)."""
    start = 0
    if ">" in line[:8] and (quote := _QUOTE.match(line)):
        start = quote.end()
    first = start
    while (prefix := _PREFIX.match(line, start)) and prefix.end() > start:
        start = prefix.end()
    if start == first:
        return line[start:], False, "", ""
    found = _LEVEL_HERE.search(line, first, start) or _LEVEL_LETTER.search(line, first, start)
    speaker = _SPEAKER.search(line, first, start)
    source = (speaker[1] or speaker[2]) if speaker else ""
    return line[start:], True, _level(found) if found else "", source


def _level(found: re.Match[str]) -> Level:
    return _LEVELS[found.lastindex - 1] if found.lastindex else ""


def _without_frame(text: str) -> str:
    """Without pip's, npm's and rich's frames around a line; pure rules vanish."""
    text = _FRAME_END.sub("", _FRAME_START.sub(_indent, text))
    return _RULES.sub(" ", text) if "─" in text or "━" in text or "═" in text else text


def _indent(frame: re.Match[str]) -> str:
    """A frame becomes as many blanks, so that what stands inside keeps its indent; plain blanks stay."""
    return " " * len(frame.group())


def _joined(raws: list[_Raw]) -> Iterator[Line]:
    """Lines that a terminal broke at its edge are one again."""
    widths = _terminal_widths(raws)
    narrowest = min(widths, default=0) - _LONGEST_WORD
    index, count = 0, len(raws)
    while index < count:
        first = last = raws[index]
        text = first.text
        index += 1
        while widths and last.width >= narrowest and index < count and last.number - first.number < MAX_JOINED - 1:
            gap = _gap(last, raws[index], widths)
            if gap is None:
                break
            text, last = text + gap + raws[index].text, raws[index]
            index += 1
        level, typed, source = first.level, first.typed, first.source
        yield Line(first.number, text, last.number, 1, level, typed, first.prefixed, source, last.left)


def _terminal_widths(raws: list[_Raw]) -> tuple[int, ...]:
    """The widths at which lines were broken: the widest, or a usual one, where several lines end exactly there."""
    counts = Counter(raw.width for raw in raws if raw.width >= _NARROWEST)
    widest = max(counts, default=0)
    if widest > _WIDEST:
        return tuple(width for width in _USUAL_WIDTHS if counts[width] >= 2)
    usual = tuple(width for width in _USUAL_WIDTHS if counts[width] >= 2 or width == widest)
    return usual if counts[widest] < 2 or widest in usual else (*usual, widest)


def _gap(line: _Raw, following: _Raw, widths: tuple[int, ...]) -> str | None:
    """What belongs between a line and its continuation; None when `following` is a line of its own."""
    if following.number != line.number + 1 or not _may_go_on(line, following):
        return None
    if line.width in widths:
        return "" if _goes_on(line, following) else None
    if following.text[0] == " " or not _had_no_room(line, following, widths):
        return None
    return None if _NEW_ENTRY.match(following.text) else " "


def _may_go_on(line: _Raw, following: _Raw) -> bool:
    """Whether the second line may be the rest of the first, which is no rule across the screen."""
    if following.prefixed or following.typed or following.text[:2] == "  ":
        return False
    return line.text[-1].isalnum() or any(map(str.isalnum, line.text))


def _goes_on(line: _Raw, following: _Raw) -> bool:
    """Whether a line that ends where the terminal does is cut in the middle."""
    goes_on = following.text.lstrip()[0].islower() or not line.text[-1].isalpha() or following.text[0].isdigit()
    return goes_on and not _NEW_ENTRY.match(following.text)


def _had_no_room(line: _Raw, following: _Raw, widths: tuple[int, ...]) -> bool:
    """Whether the first word of the second line would not have fitted the first."""
    end = line.width + 1 + len(following.text.split(" ", 1)[0])
    return any(width in _USUAL_WIDTHS and line.width < width < end for width in widths)


def _without_repeats(lines: Iterable[Line]) -> list[Line]:
    """The same line several times in a row becomes one that says how often."""
    kept: list[Line] = []
    for line in lines:
        if kept and kept[-1].text == line.text:
            before = kept[-1]
            kept[-1] = structs.replace(before, last=line.last, repeats=before.repeats + 1)
        else:
            kept.append(line)
    return kept
