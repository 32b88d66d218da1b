"""From pasted lines to settings: command lines, settings files in YAML and JSON, Modelfiles, Compose files, variables.

Nothing here is a full parser: people paste halves. Every setting keeps the line that holds it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Literal

from msgspec import structs

from bot.base.late import late
from bot.intake.lines import Line
from bot.knowledge.options import Form, OptionTable

MOST_LINES = 600  # of a text in which configurations are looked for
_ENOUGH = 2  # keys by which a file is known
_PIECE = late(r"""\s++|"[^"]*+"?+|'[^']*+'?+|[^\s"']++""")
_OPTION = late(r"--?[A-Za-z][\w.-]*")
_CONTINUES = ("\\", "^", "`")  # how a line of a shell ends that goes on
_KEY = late(r"^(\s*)((?:-\s+)?)([\"']?)([A-Za-z_$][\w.$@/-]*)\3\s*:(?:\s+(.*))?$")
_TIGHT = late(r"^(\s*)([A-Za-z_]\w*):([^\s:/\\].*)$")  # a key whose value stands too near
_ITEM = late(r"^(\s*)-\s+(.*)$")
_SECTION = late(r"^\s*\[[^\[\]]{1,80}\]\s*$")
_ENTRY = late(r"^\s*([A-Za-z][\w-]*)\s*=\s*((?:\S.*)?)$")
_COMMENT = late(r"(?:^|\s)#.*$")
_BLOCK = ("", ">", "|", ">-", "|-")
_PAIR = late(r'"([A-Za-z_]\w*)"\s*:\s*("(?:[^"\\]|\\.)*"|\[[^\]]*\]?|[^,}\s]+)')
_INSTRUCTION = late(
    r"^(FROM|PARAMETER|TEMPLATE|SYSTEM|ADAPTER|LICENSE|MESSAGE|RENDERER|PARSER|REQUIRES|DRAFT|EMBED)\s+(.*)$"
)
_REST = frozenset({"TEMPLATE", "PARAMETER"})  # what only a Modelfile holds, its first line missing
_FOREIGN = late(r"^([A-Z][A-Z_]{2,24})\s+(\S.*)$")  # written like an instruction
# What a strict reader of JSON stumbles over: a backslash that begins no escape, a comma with nothing behind.
_BACKSLASH = late(r'(?<!\\)(?:\\\\)*\\(?![\\"/bfnrtu])|[A-Za-z]:\\(?!\\)')
_COMMA = late(r",(?=\s*[}\]])")
# A variable as a shell, a .env file or a systemd unit sets it, and what else begins such a line.
_VARIABLE = late(
    r"^\s*(?:[\w.@:~\\/-]{0,40}[$#>]\s+)?(?:export\s+|setx?\s+|ENV\s+|launchctl\s+setenv\s+|\$env:|Environment=|-\s+)?"
    r"[\"']?([A-Z][A-Z0-9_]{3,40})[\"']?(?:\s*[=:]\s*|\s+)(\S.*)$"
)
_BEFORE_VALUES = ("-v", "--volume", "-e", "--env", "-p", "--mount", "-w", "--add-host", "--name")  # of docker run
_RUNS = late(r"\b(?:docker|podman)\s+run\s")
_DOCKERFILE = late(r"^(?:RUN|COPY|ENV|CMD|WORKDIR|ENTRYPOINT|EXPOSE|ARG|ADD)\s")


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as it is written, its value without quotes (empty for a switch), and the index of its line."""

    name: str
    value: str
    at: int


@dataclass(frozen=True, slots=True)
class Slip:
    """What is not written as JSON or YAML wants it, and the index of its line."""

    kind: Literal["backslash", "comma", "space"]
    at: int


@dataclass(frozen=True, slots=True)
class Configuration:
    """Settings of one program, in order, with the lines that hold them (indices into the text's lines). `inside`: the
    file that it is a part of.
    """

    table: OptionTable
    settings: tuple[Setting, ...]
    first: int
    last: int
    slips: tuple[Slip, ...] = ()
    inside: "Configuration | None" = None

    @property
    def size(self) -> int:
        """Lines that it takes."""
        return self.last - self.first + 1

    @property
    def whole(self) -> "Configuration":
        """Itself, or the file that it is a part of."""
        return self.inside or self


def configurations_in(lines: Sequence[Line], tables: Sequence[OptionTable]) -> Iterator[Configuration]:
    """Every configuration in cleaned lines."""
    if not 0 < len(lines) <= MOST_LINES:
        return
    found = list(_files_in(lines, tables))
    yield from _commands(lines, tables)
    for each in found:
        around = _file_around(each, found)
        yield replace(each, inside=around) if around else each


def _files_in(lines: Sequence[Line], tables: Sequence[OptionTable]) -> Iterator[Configuration]:
    for table in tables:
        reader = _READERS.get(table.form)
        if reader is not None and (found := reader(lines, table)):
            yield found
            yield from _in_containers(found, tables)


def _file_around(configuration: Configuration, files: Sequence[Configuration]) -> Configuration | None:
    """The Compose file in which variables stand."""
    if configuration.table.form != "variables":
        return None
    inner = (configuration.first, configuration.last)
    around = (each for each in files if each.table.form == "yaml" and each.first <= inner[0] and inner[1] <= each.last)
    return next(around, None)


# ---- command lines


def _commands(lines: Sequence[Line], tables: Sequence[OptionTable]) -> Iterator[Configuration]:
    spoken = [table for table in tables if table.commands]
    at = 0
    while at < len(lines):
        first = at
        table, rest = _command_at(lines[at].text, spoken)
        if table is not None:
            at = _last_of(lines, first)
            tokens = [
                *_tokens(rest, first),
                *(each for no in range(first + 1, at + 1) for each in _tokens(lines[no].text, no)),
            ]
            if settings := tuple(_settings(tokens, table)):
                yield Configuration(table, settings, first, at)
        at += 1


def _command_at(text: str, spoken: Sequence[OptionTable]) -> tuple[OptionTable | None, str]:
    for table in spoken:
        if found := table.command_begins.match(text):
            return table, text[found.end() :]
    return None, ""


def _last_of(lines: Sequence[Line], first: int) -> int:
    """The index of the last line of a command that goes on: by its mark, or by further options below."""
    last = first
    while last + 1 < len(lines):
        following = lines[last + 1].text.strip()
        goes_on = lines[last].text.rstrip().endswith(_CONTINUES)
        if not goes_on and not (following.startswith("--") and _OPTION.match(following)):
            break
        last += 1
    return last


def _tokens(text: str, at: int) -> list[tuple[str, int]]:
    text = text.rstrip()
    text = text[:-1] if text.endswith(_CONTINUES) else text
    return [(token, at) for token in _words(text)]


def _words(text: str) -> Iterator[str]:
    """The words of a command line, as a shell would take them apart; quotes around a whole word are left out."""
    word = ""
    for piece in _PIECE.findall(text):
        if not piece.isspace():
            word += piece
        elif word:
            yield _unquoted(word)
            word = ""
    if word:
        yield _unquoted(word)


def _settings(tokens: Sequence[tuple[str, int]], table: OptionTable) -> Iterator[Setting]:
    number = 0
    while number < len(tokens):
        token, at = tokens[number]
        number += 1
        name, equals, value = token.partition("=")
        if not _OPTION.fullmatch(name):
            continue
        option = table.by_name.get(name)
        if not equals and not (option and option.flag) and number < len(tokens) and not _is_option(tokens[number][0]):
            value = tokens[number][0]
            number += 1
        yield Setting(name, _unquoted(value), at)


def _is_option(token: str) -> bool:
    return _OPTION.fullmatch(token.partition("=")[0]) is not None


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


# ---- files


def _yaml(lines: Sequence[Line], table: OptionTable) -> Configuration | None:
    last_words = {mark.rpartition(".")[2] for mark in table.marks}
    whole = "\n".join(line.text for line in lines)
    if sum(f"{word}:" in whole for word in last_words) < _ENOUGH:
        return None
    spaced, slips = _spaced(lines, table)
    settings = tuple(each for each in _flattened(spaced) if not _is_off(each, table))
    if sum(any(_is_named(each.name, mark) for each in settings) for mark in set(table.marks)) < _ENOUGH:
        return None
    return Configuration(table, settings, settings[0].at, _end_of(settings, lines), slips)


def _is_off(setting: Setting, table: OptionTable) -> bool:
    """Whether a switch is written down, and not set."""
    option = table.by_name.get(setting.name)
    return option is not None and option.flag and setting.value.lower() == "false"


def _ini(lines: Sequence[Line], table: OptionTable) -> Configuration | None:
    """Keys under names in brackets; what is said of one section is said of all."""
    if not any(_SECTION.match(line.text) for line in lines):
        return None
    found = ((at, _ENTRY.match(line.text)) for at, line in enumerate(lines))
    settings = tuple(Setting(each[1], _unquoted(each[2].rstrip()), at) for at, each in found if each is not None)
    known = sum(each.name in table.by_name or table.gone_as(each.name) is not None for each in settings)
    if known < _ENOUGH or 2 * known < len(settings):
        return None
    return Configuration(table, settings, _first_section(lines, settings[0].at), settings[-1].at)


def _first_section(lines: Sequence[Line], at: int) -> int:
    """The index of the section's name above a line, or the line's own."""
    return next((above for above in range(at, -1, -1) if _SECTION.match(lines[above].text)), at)


def _end_of(settings: Sequence[Setting], lines: Sequence[Line]) -> int:
    """The index of the last line that belongs to the last setting."""
    last = settings[-1].at
    while last + 1 < len(lines) and lines[last + 1].text[:1] in (" ", "-"):
        last += 1
    return last


def _spaced(lines: Sequence[Line], table: OptionTable) -> tuple[Sequence[Line], tuple[Slip, ...]]:
    """The lines with a blank behind the colon of every key that is known, and where there was none."""
    known = {name.rpartition(".")[2] for name in (*table.by_name, *table.marks)}
    tight = {at for at, line in enumerate(lines) if (found := _TIGHT.match(line.text)) and found[2] in known}
    spaced = [
        structs.replace(line, text=written_as_yaml(line.text)) if at in tight else line for at, line in enumerate(lines)
    ]
    return spaced, tuple(Slip("space", at) for at in sorted(tight))


def written_as_yaml(text: str) -> str:
    """A line with a blank behind the colon of its key."""
    return _TIGHT.sub(r"\1\2: \3", text)


def _is_named(name: str, mark: str) -> bool:
    """Whether a name is a mark's, or stands below it; `*` is any one key."""
    own, wanted = name.split("."), mark.split(".")
    return len(own) >= len(wanted) and all(b in ("*", a) for a, b in zip(own, wanted, strict=False))


def _flattened(lines: Sequence[Line]) -> Iterator[Setting]:
    """Keys joined by dots with their values; what a list holds is one value, its parts apart by blanks."""
    above: list[tuple[int, str]] = []
    found: dict[str, Setting] = {}
    for at, line in enumerate(lines):
        text = _COMMENT.sub("", line.text)
        if key := _KEY.match(text):
            indent = len(key[1]) + len(key[2])
            while above and above[-1][0] >= indent:
                above.pop()
            above.append((indent, key[4]))
            name = ".".join(part for _, part in above)
            found[name] = Setting(name, _unquoted(key[5] or ""), at)
        elif above and text.strip() and (len(text) - len(text.lstrip())) >= above[-1][0]:
            _append(found, ".".join(part for _, part in above), text, at)
    yield from found.values()


def _append(found: dict[str, Setting], name: str, text: str, at: int) -> None:
    """Adds a line below a key to its value: an item of a list, or a part of a longer text."""
    item = _ITEM.match(text)
    setting = found.get(name)
    if setting is None:
        return
    part = _unquoted(item[2] if item else text)
    value = part if setting.value in _BLOCK else f"{setting.value} {part}"
    found[name] = replace(setting, value=value) if setting.value else Setting(name, value, at)


def _json(lines: Sequence[Line], table: OptionTable) -> Configuration | None:
    text = "\n".join(line.text for line in lines)
    if text.count('":') < _ENOUGH:
        return None
    settings = tuple(
        Setting(pair[1], _unquoted(pair[2]), text.count("\n", 0, pair.start())) for pair in _PAIR.finditer(text)
    )
    if len({each.name for each in settings} & set(table.marks)) < _ENOUGH:
        return None
    return Configuration(table, settings, settings[0].at, settings[-1].at, tuple(_slips(lines, settings)))


def _slips(lines: Sequence[Line], settings: Sequence[Setting]) -> Iterator[Slip]:
    """Backslashes that should be two, and commas before a closing bracket, the first of each line."""
    first, last = settings[0].at, settings[-1].at
    for at in range(first, last + 1):
        if _BACKSLASH.search(lines[at].text):
            yield Slip("backslash", at)
        following = lines[at + 1].text if at + 1 < len(lines) else ""
        if _COMMA.search(f"{lines[at].text}\n{following}"):
            yield Slip("comma", at)


def written_as_json(texts: Mapping[int, str], slips: Sequence[Slip]) -> str:
    """Lines, by their indices, joined: their backslashes doubled, and without commas that nothing follows."""
    bad = {slip.at for slip in slips if slip.kind == "backslash"}
    doubled = (text.replace("\\", "\\\\") if at in bad else text for at, text in texts.items())
    return _COMMA.sub("", "\n".join(doubled))


def _modelfile(lines: Sequence[Line], table: OptionTable) -> Configuration | None:
    settings = tuple(_instructions(lines))
    names = {each.name.partition(" ")[0] for each in settings if _is_instruction(each)}
    if any(_DOCKERFILE.match(line.text) for line in lines) or not (_names_a_model(settings, names) or names >= _REST):
        return None
    return Configuration(table, settings, settings[0].at, settings[-1].at)


def _names_a_model(settings: Sequence[Setting], names: Set[str]) -> bool:
    """Whether instructions begin as a Modelfile does: a file of a model, or a model and anything else."""
    model = next((each.value for each in settings if each.name == "FROM"), None)
    return model is not None and (len(names) >= _ENOUGH or model.lower().endswith(".gguf"))


def _is_instruction(setting: Setting) -> bool:
    return _INSTRUCTION.match(f"{setting.name} .") is not None


def _instructions(lines: Sequence[Line]) -> Iterator[Setting]:
    inside = False  # of a text in three quotes
    for at, line in enumerate(lines):
        if inside:
            inside = '"""' not in line.text
        elif found := _INSTRUCTION.match(line.text.strip()):
            name, value = found[1], found[2].strip()
            inside = value.count('"""') == 1
            if name == "PARAMETER":
                parameter, _, value = value.partition(" ")
                name = f"PARAMETER {parameter}"
            yield Setting(name, _unquoted(value), at)
        elif found := _FOREIGN.match(line.text.strip()):
            yield Setting(found[1], _unquoted(found[2]), at)


def _by_service(compose: Configuration, key: str) -> Mapping[str, Setting]:
    """A setting of each service that has it."""
    return {each.name.rpartition(".")[0]: each for each in compose.settings if each.name.endswith(f".{key}")}


def _in_containers(compose: Configuration, tables: Sequence[OptionTable]) -> Iterator[Configuration]:
    """The command lines that a Compose file gives to containers of known images."""
    commands = _by_service(compose, "command")
    for service, image in _by_service(compose, "image").items():
        table = next((each for each in tables if image.value.startswith(each.images or ("\0",))), None)
        if table is not None and service in commands:
            command = commands[service]
            tokens = [(_unquoted(word.strip("[],")), command.at) for word in _words(command.value.replace(",", " "))]
            if settings := tuple(_settings(tokens, table)):
                yield Configuration(table, settings, command.at, command.at, inside=compose)


# ---- variables


def _variables(lines: Sequence[Line], table: OptionTable) -> Configuration | None:
    settings = tuple(_assigned(lines, table))
    if not any(each.name in table.marks or table.gone_as(each.name) for each in settings):
        return None
    return Configuration(table, settings, settings[0].at, max(each.at for each in settings))


def _assigned(lines: Sequence[Line], table: OptionTable) -> Iterator[Setting]:
    """The variables that a table tells of, as lines set them or a container gets them; of its command also the name of
    the image and the network.
    """
    at = 0
    while at < len(lines):
        text = lines[at].text
        if (run := _RUNS.search(text)) is not None:
            last = _last_of(lines, at)
            words = [*_words(text[run.end() :].rstrip("\\^` ")), *_words_of(lines, at + 1, last)]
            yield from (replace(each, at=at) for each in _run(words) if _is_of(each.name, table))
            at = last
        elif (found := _VARIABLE.match(text)) and _is_of(found[1], table):
            yield Setting(found[1], _unquoted(found[2].rstrip('"')), at)
        at += 1


def _words_of(lines: Sequence[Line], first: int, last: int) -> Iterator[str]:
    for at in range(first, last + 1):
        yield from (word for word, _ in _tokens(lines[at].text, at))


def _run(words: Sequence[str]) -> Iterator[Setting]:
    """What `docker run` is told, as far as variables need it."""
    yield Setting("docker run", "", 0)
    for before, word, following in zip(("", *words), words, (*words[1:], ""), strict=False):
        name, equals, value = word.partition("=")
        value = value if equals else following
        if name in ("--network", "--net"):
            yield Setting("--network", value, 0)
        elif name in ("-e", "--env"):
            variable, _, content = value.partition("=")
            yield Setting(variable, _unquoted(content), 0)
        elif "/" in word and before not in _BEFORE_VALUES and not word.startswith("-"):
            yield Setting("image", word, 0)


def _is_of(name: str, table: OptionTable) -> bool:
    """Whether a table tells of a variable: it knows the name, or the beginning of it."""
    return table.knows(name) or table.gone_as(name) is not None or name.startswith(tuple(table.begins))


_READERS: Mapping[Form, Callable[[Sequence[Line], OptionTable], Configuration | None]] = {
    "yaml": _yaml,
    "json": _json,
    "modelfile": _modelfile,
    "variables": _variables,
    "ini": _ini,
}
