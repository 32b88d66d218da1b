"""Taking a post apart: what the author wrote, what a program printed, what was typed, what a form says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.base.late import late
from bot.base.phrases import either
from bot.intake.line_kinds import LineKinds
from bot.intake.template import Template

MAX_CHARACTERS = 60_000  # of a longer post only the beginning and the end are read
MAX_LINE = 4_000
MAX_FIELD = 400

_FENCE = late(r"^\s*(?:>\s*)*(?:```|~~~)\s*+[\w+#.-]*\s*$")
_QUOTE = late(r"^\s*(?:>\s?)+(?!>)")
# "### Heading", or a line that is all bold, as older issue forms have it.
_HEADING = late(r"^\s*(?:#{1,6}\s+(?P<text>.*)|\*\*(?P<bold>[^*\n]{2,60})\*\*\s*+[:：]?\s*)$")
_TITLE_TAG = late(
    r"^\s*(?:\[(?:bug|usage|feature|installation|performance|misc|user|doc|rfc|question|help)\]|(?:eval )?bug)\s*:?\s*"
    r"|\[(?:bug|usage)\]\s*$",
    re.I,
)
_PICTURE = late(
    r"!\[[^\]!]{0,200}\]\([^)!]*\)|<img\b[^<>]*>|\[(?:图片|截图|image|screenshot|图)[^\[\]]*\]"
    r"|\[[\w.-]+\.(?:png|jpe?g|webp|gif|bmp)\]|(?<!\S)\S{1,200}?\.(?:png|jpe?g|webp)\b",
    re.I,
)
_FIELD = late(r"^\s*+(?:[-*•]\s*+|\d+[.、)]\s*+)?\**+(?P<label>[^:：*\n]{1,40}?)\**+\s*+[:：]\**\s*+(?P<value>.*)$")

_TOLD_COMMAND = late(
    r"\s(?:gives|says|fails?|failing|shows|returns|throws|prints|errors?|doesn't|doesnt|does not|hangs|stops"
    r"|stuck|timeout|crash\w*|not (?:recogni[sz]ed|found|working)|when i|how do i|how to|what now|pls|please)\b"
    r"|\b(?:takes|took) \w+ (?:minutes|hours|seconds|ages)\b|[？?](?:\s*$|\s+[a-z\d])"
    r"|\s(?:on|with) (?:a|an|my|the|one|two|dual|[1-8]\s?x|rtx|gtx|rx|arc|windows|ubuntu|linux|wsl2?)\b"
    r"|(?<!#)\s[\u3400-\u9fff]{2,12}\s*$",
    re.I,
)
# Somebody speaks: Chinese, a question, a first person, words of a plea.
_OWN = late(
    r"[\u3400-\u9fff？?]|\b(?:i|i'm|im|my|me|mine|we|our|how|why|what|help|anyone|anybody|someone|thanks|thx|hi|hello|hey|tried|"
    r"trying|after|when|then|but|does|doesn't|should|here|this|just|still|also|card|vram|ram|windows|win\d+|ubuntu|linux)\b",
    re.I,
)
_DATA = late(r"^[{}\[\]\"']|^[\w.-]+\s*[:=]\s*[\"'{\[\d]|^<\w")
# Keys of what a server answered, as against what was sent to it.
_ANSWER = late(r"^\W*(?:object|finish_reason|error|detail|logprobs|completion_tokens|status_code)[\"']\s*:")
_LONG_BLOCK = 5  # lines of a fenced block that nobody writes by hand
_SURELY_MACHINE = late(r"[<>{}|=]|\(\)|^\W|::|\w_\w")
_MACHINE = late(r"[_\\/<>{}|=]|\w\.\w|\(\)|^\W")
_CJK = late(r"[\u3400-\u9fff]")


Kind = Literal["prose", "log", "commands", "code", "blank", "fenced", "fence"]


@dataclass(slots=True)
class Segments:
    """A post in parts, each line in exactly one of prose, log, commands, code."""

    prose: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)  # point or hardware key -> what stands behind its label
    pictures: int = 0
    is_form: bool = False
    placed: list[tuple[Kind, str]] = field(default_factory=list)  # every line in order, as far as it is decided

    @property
    def last(self) -> Kind:
        """Where the line before went."""
        return self.placed[-1][0] if self.placed else "blank"

    @property
    def own_words(self) -> str:
        """What the author wrote."""
        return "\n".join(self.prose)

    @property
    def printed(self) -> str:
        """What programs printed."""
        return "\n".join(self.log)


class Splitter:
    """Takes posts apart by the template's labels and the kinds of lines. Build once."""

    def __init__(self, template: Template, kinds: LineKinds) -> None:
        self._kinds = kinds
        self._labels: dict[str, str] = {label.lower(): point.id for point in template.points for label in point.labels}
        self._labels |= {label.lower(): key for key, labels in template.hardware.items() for label in labels}
        self._headings = re.compile(either(template.headings), re.IGNORECASE)
        self._boilerplate = re.compile(either(template.boilerplate), re.IGNORECASE)

    def split(self, text: str) -> Segments:
        """The parts of `text`. Linear; never raises."""
        parts = Segments()
        fenced = False
        current: str | None = None  # the field whose value goes on over the next lines
        for raw in _bounded(text).splitlines():
            if _FENCE.match(raw):
                fenced = not fenced
                parts.placed.append(("fence", ""))
                continue
            line = _QUOTE.sub("", raw[:MAX_LINE])
            parts.pictures += len(_PICTURE.findall(line))
            line = _PICTURE.sub(" ", line) if not fenced else line
            stripped = line.strip()
            if not stripped.strip(".…") or self._boilerplate.search(stripped):
                parts.placed.append(("blank", ""))
                continue
            if not fenced and (heading := _HEADING.match(line)):
                current = self._heading(heading["text"] or heading["bold"] or "", parts)
                continue
            current = self._place(line, fenced, current, parts)
        _settle(parts)
        return parts

    def _heading(self, heading: str, parts: Segments) -> str | None:
        """A form's heading says nothing itself; any other is the author's own text."""
        label = self._label(heading)
        if label or self._headings.search(heading.strip()):
            parts.is_form = True
            return label or next((self._label(part) for part in heading.split("&") if self._label(part)), None)
        self._sort(heading, False, parts)
        return None

    def _place(self, line: str, fenced: bool, current: str | None, parts: Segments) -> str | None:
        stripped = line.strip()
        if not fenced and (found := _FIELD.match(stripped)) and (key := self._field_key(found, stripped)):
            parts.is_form = parts.is_form or key not in {"log", "steps", "description"}
            value = found["value"].strip()
            _add_field(parts, key, value)
            if not value or not self._is_plain_value(key):
                self._sort(value, fenced, parts)
            else:
                parts.placed.append(("prose", stripped))
            return key
        if current and not fenced and current not in parts.fields:
            _add_field(parts, current, stripped)
        self._sort(line, fenced, parts)
        return current

    def _field_key(self, found: re.Match[str], line: str) -> str | None:
        """The point of a filled-in field; "ERROR: ..." that a program printed is none."""
        key = self._label(found["label"])
        return None if key == "log" and found["value"] and self._kinds.is_printed(line) else key

    def _is_plain_value(self, key: str) -> bool:
        return key not in {"log", "steps", "description"}

    def _label(self, text: str) -> str | None:
        """The point that a label of a form stands for: the label alone, or with a remark in brackets."""
        bare = re.sub(r"\s{0,9}[（(].*$", "", text.strip().lower()).strip("?？:： *_")
        return self._labels.get(bare)

    def _sort(self, line: str, fenced: bool, parts: Segments) -> None:
        stripped = _TITLE_TAG.sub("", line.strip()).strip()
        if not stripped:
            return
        kind, text = self._kind(line, stripped, fenced, parts)
        parts.placed.append((kind, text))
        if kind == "commands" and _TOLD_COMMAND.search(text):
            parts.placed.append(
                ("prose", text)
            )  # a sentence that begins with a command: "docker compose up gives: ..."

    def _kind(self, line: str, stripped: str, fenced: bool, parts: Segments) -> tuple[Kind, str]:
        """Where a line belongs, and the line without a prompt."""
        kinds = self._kinds
        if typed := kinds.typed(line):
            return "commands", typed
        if _goes_on(parts) or kinds.is_command(stripped):
            return "commands", stripped
        if kinds.is_printed(stripped):
            return "log", stripped
        if kinds.is_code(line) and (fenced or parts.last == "code" or _is_surely_code(line)):
            return "code", stripped
        if parts.last == "log" and kinds.continues_printed(line):
            return "log", stripped
        if fenced and not kinds.is_talk(line):
            return "fenced", stripped
        return "prose", stripped


def is_chinese(text: str) -> bool:
    """Whether Chinese characters carry a text: one counts as much as a short English word."""
    chinese = len(_CJK.findall(text))
    latin = len(re.findall(r"[A-Za-z]{2,}", text))
    return chinese > 0 and chinese * 2 >= latin


def _bounded(text: str) -> str:
    if len(text) <= MAX_CHARACTERS:
        return text
    return text[: MAX_CHARACTERS * 2 // 3] + "\n" + text[-MAX_CHARACTERS // 3 :]


def _add_field(parts: Segments, key: str, value: str) -> None:
    if value and key not in parts.fields:
        parts.fields[key] = value[:MAX_FIELD]


def _is_surely_code(line: str) -> bool:
    return line[:1].isspace() or "(" in line or "import" in line


def _goes_on(parts: Segments) -> bool:
    """A command that ends in a backslash goes on in the next line."""
    return parts.last == "commands" and parts.placed[-1][1].endswith(("\\", "^", "`"))


def _settle(parts: Segments) -> None:
    """Fills the lists. Lines that nobody wrote in the middle of printed ones are printed too."""
    placed = parts.placed = _decided(parts.placed)
    start = 0
    while start < len(placed):
        kind, text = placed[start]
        end = start + 1
        if _is_nobodys(placed[start]):
            end = _end_of_run(placed, start)
            _settle_run(parts, start, end)
        elif kind != "blank":
            _list_of(parts, kind).append(text)
        start = end
    if all(map(_DATA.match, parts.code)) and any(map(_ANSWER.match, parts.code)):
        parts.log += parts.code
        parts.code = []


def _is_nobodys(placed: tuple[Kind, str]) -> bool:
    """Whether a line of prose has no word by which somebody speaks of himself or to others."""
    kind, text = placed
    return kind == "prose" and not _OWN.search(text)


def _end_of_run(placed: Sequence[tuple[Kind, str]], start: int) -> int:
    """Where the lines end that nobody wrote, as far as it can be told."""
    others = (at for at in range(start + 1, len(placed)) if not _is_nobodys(placed[at]))
    return next(others, len(placed))


def _settle_run(parts: Segments, start: int, end: int) -> None:
    """Puts lines that nobody wrote to what stands around them."""
    placed = parts.placed
    above = placed[start - 1][0] if start else "blank"
    below = placed[end][0] if end < len(placed) else "blank"
    for _, line in placed[start:end]:
        (parts.log if _is_between(above, below, line) else parts.prose).append(line)


def _of_block(block: list[tuple[Kind, str]]) -> Kind:
    fenced = [text for kind, text in block if kind == "fenced"]
    if any(kind == "log" for kind, _ in block) or len(fenced) >= _LONG_BLOCK:
        return "log"
    return "code" if any(map(_DATA.match, fenced)) else "prose"


def _decided(placed: list[tuple[Kind, str]]) -> list[tuple[Kind, str]]:
    """What a fenced block holds: printed text when any line shows it or it is long, else code or the author's notes."""
    decided: list[tuple[Kind, str]] = []
    block: list[tuple[Kind, str]] = []
    for kind, text in [*placed, ("fence", "")]:
        if kind != "fence":
            block.append((kind, text))
            continue
        as_kind = _of_block(block)
        decided += [(as_kind if kind == "fenced" else kind, text) for kind, text in block]
        decided.append(("blank", ""))
        block = []
    return decided


def _is_between(above: Kind, below: Kind, line: str) -> bool:
    """Whether a line beside printed ones was printed: between two of them, or by its look."""
    if above == "log" and below == "log":
        return True
    if above == "log":
        return bool(_MACHINE.search(line))
    return below == "log" and bool(_SURELY_MACHINE.search(line))


def _list_of(parts: Segments, kind: Kind) -> list[str]:
    return {"prose": parts.prose, "log": parts.log, "commands": parts.commands, "code": parts.code}[kind]
