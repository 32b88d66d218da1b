"""What a single line of a post is, by patterns that are data: printed, a command, code, or the author's own words."""

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import msgspec

from bot.base.late import late
from bot.base.phrases import either
from bot.knowledge.files import Fault, load_all
from bot.knowledge.word_lists import Lists, filled

_FILE = "lines.yaml"
_BEFORE_COMMAND = r"\s*+(?:>\s*+)?(?:\d+[.、)]\s*+)?(?:[A-Z_]{3,}=\S+\s++)*"
_PROMPT = late(
    r"^\s*+(?:>\s*+)?(?:\(\w[\w.-]*\)\s*+)?(?:\$\s++|PS\s++[A-Za-z]?:?[\\/]?[^>\n]*>\s*+|[A-Za-z]:\\[^>\n:]*(?<!-)>\s*+|❯\s*+"
    r"|➜\s++(?:[^\n✗]*✗|\S+)\s++|[\w.-]*@[\w.-]+[:~][^\n$#]*[$#]\s*+|[~\w/.-]+\$\s++)(?P<command>\S.*)$"
)
_CJK = late(r"[\u3400-\u9fff]")
_LEAST_TALK = 4  # Chinese characters from which on a line is somebody's sentence
_LEAST_TALK_AROUND = 6  # the same, beside something that programs print


class LineData(msgspec.Struct, frozen=True):
    """The whole file."""

    printed: tuple[str, ...]
    printed_chinese: tuple[str, ...]
    continued: tuple[str, ...]
    commands: tuple[str, ...]
    inline_commands: tuple[str, ...]
    code: tuple[str, ...]
    quoted_errors: tuple[str, ...]
    lists: Lists = {}  # empty once the rows are filled


class LineKinds:
    """The patterns, compiled on first use."""

    def __init__(self, data: LineData) -> None:
        self.data = data

    @cached_property
    def _printed(self) -> re.Pattern[str]:
        return re.compile(rf"\s*+(?:{either(self.data.printed)})")

    @cached_property
    def _printed_chinese(self) -> re.Pattern[str]:
        return re.compile(either(self.data.printed_chinese))

    @cached_property
    def _continued(self) -> re.Pattern[str]:
        return re.compile(either(self.data.continued))

    @cached_property
    def _commands(self) -> re.Pattern[str]:
        return re.compile(rf"{_BEFORE_COMMAND}(?:{either(self.data.commands)})")

    @cached_property
    def _inline_commands(self) -> re.Pattern[str]:
        return re.compile(either(self.data.inline_commands))

    @cached_property
    def _code(self) -> re.Pattern[str]:
        return re.compile(rf"\s*+(?:{either(self.data.code)})")

    @cached_property
    def _quoted_errors(self) -> re.Pattern[str]:
        return re.compile(either(self.data.quoted_errors), re.IGNORECASE)

    def is_talk(self, line: str) -> bool:
        """Whether a line is somebody's sentence in Chinese; programs print little of it."""
        if len(_CJK.findall(line)) < _LEAST_TALK:
            return False
        rest, printed = self._printed_chinese.subn(" ", line)
        return len(_CJK.findall(rest)) >= (_LEAST_TALK_AROUND if printed else _LEAST_TALK)

    def typed(self, line: str) -> str | None:
        """The command behind a shell prompt."""
        found = _PROMPT.match(line)
        return found["command"] if found else None

    def is_command(self, line: str) -> bool:
        """Whether a line is a command."""
        return bool(self._commands.match(line)) and not self.is_talk(line)

    def is_printed(self, line: str) -> bool:
        """Whether a program printed a line."""
        return bool(self._printed.match(line)) and not self.is_talk(line)

    def is_code(self, line: str) -> bool:
        """Whether a line is source code."""
        return bool(self._code.match(line))

    def continues_printed(self, line: str) -> bool:
        """Whether a line right behind a printed one belongs to it: indented, a path, "key: value"."""
        return bool(self._continued.match(line)) and not self.is_talk(line)

    def inline_command(self, prose: str) -> str | None:
        """The command that a sentence quotes, if any."""
        found = self._inline_commands.search(prose)
        return found.group().strip() if found else None

    def quoted_error(self, prose: str) -> str | None:
        """The error text that a sentence quotes, if any."""
        found = self._quoted_errors.search(prose)
        if found is None:
            return None
        said = _QUOTE.search(prose, found.start(), found.end())  # what it "says", without who says it
        if said is None:
            return found.group().strip()
        return (_INNER.match(prose, said.end()) or found).group().strip()


def load_line_kinds(root: Path) -> LineKinds:
    """The kinds of lines under `root`; raises DataError with all faults."""
    return LineKinds(load_all(root, _FILE, "lines", LineData, filled, _faults)[0])


def _faults(data: LineData) -> Iterator[Fault]:
    for key, patterns in msgspec.structs.asdict(data).items():
        for number, pattern in enumerate(patterns):
            try:
                re.compile(pattern)
            except re.error as error:
                yield Fault(_FILE, f"{key}[{number}]", f"not a regular expression: {error}")


_QUOTE, _INNER = late(r"[\"“‘「`]|(?<!\w)'"), late(r"[^\"'”’」`\n]{6,200}")
_STRONG = late(
    r"Traceback \(most recent call last\)|^[^\S\n]*File \"[^\"\n]{0,300}\", line \d+|\b(?:CUDA|HIP|Vulkan|RuntimeError"
    r"|OSError|ValueError|ImportError|ModuleNotFoundError)\b[^\n]{0,200}(?:error|:)"
    r"|^(?:llama_|ggml_|llm_load|load_tensors|print_info|clip_)"
    r"|\bpanic:|\bnpm ERR!|\bsegmentation fault\b|\berror code\b|\b(?:ERROR|FATAL)\b[\s:\[]|^\S*[Ee]rror: ",
    re.MULTILINE | re.IGNORECASE,
)
_LINE = late(
    r"^\s*(?:\[?\d{4}-\d\d-\d\d|\[?\d\d:\d\d:\d\d|\S+\.(?:py|cpp|cu|go|rs|js):\d+|(?:INFO|WARN|ERROR|DEBUG)\b)"
)


def looks_like_log(text: str) -> bool:
    """Whether a text holds program output; cheap, for screening."""
    if _STRONG.search(text):
        return True
    lines = text.splitlines()
    return len(lines) > 2 and sum(bool(_LINE.match(line)) for line in lines) * 3 > len(lines)
