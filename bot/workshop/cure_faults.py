"""What is wrong with a cure as such: said twice, for nobody in particular, from nowhere, by a name no program shows."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from bot.base.languages import Text
from bot.knowledge.dangers import Danger, read_dangers
from bot.knowledge.failures import Command, Failure, FixStep, Reference
from bot.knowledge.files import DataError, Fault, as_items, load_all, read_documents

T = TypeVar("T")

# Syntax and programs that Windows' shells do not have.
_POSIX = re.compile(
    r"(?m)^\s*(?:[A-Z][A-Z0-9_]*=\S+ \S|(?:export|sudo|source|unset|nohup|apt|apt-get|dnf|pacman|systemctl|journalctl"
    r"|brew|chmod|chown|lsof|ss|kill|pkill|free|df|du|ldd|ldconfig|dmesg|dkms|modprobe|fallocate|swapon|usermod|lspci"
    r"|which) )|\| (?:grep|tail|head|tee|sort)|~/|/dev/null|(?<!-)\brm -|\$HOME|\$USER"
)
_SHELLS = frozenset({"bash", "powershell", "cmd"})
_NOT_WINDOWS = frozenset({"linux", "macos", "wsl", "docker", "android"})
# What a line of a command starts, behind variables that are set for it.
_STARTED = re.compile(r"(?m)^\s*(?:\w+=\S+ )*(?:\./|\.\\)?(\w[\w-]*)")
# What puts a driver for Linux into a system; inside WSL that breaks the one of Windows.
_DRIVER = re.compile(
    r"ubuntu-drivers (?:auto)?install|NVIDIA-Linux-[\w.-]{1,60}run"
    r"|(?:apt(?:-get)?|dnf|yum) (?:-y )?install [^\n]{0,200}(?:nvidia-driver|nvidia-open|cuda-drivers|akmod-nvidia)"
    r"|pacman -S\w* [^\n]{0,200}nvidia-(?:open|utils|dkms)|zypper (?:in|install) [^\n]{0,200}nvidia"
)
_WARNED_FILES = (
    "faq*.yaml",
    "first_aid.yaml",
    "loaders/*.yaml",
)  # entries of failures get their warnings by themselves
_INSTALLED = re.compile(r"\bpip3? install (?:-\S+ )*[\"']?([\w-]+)")
# What states no fact: the front page of a site, of documentation or of a project, and lists that are others tomorrow.
_HOME = re.compile(
    r"https://[^/]+/?(?:(?:en|zh|zh-cn|docs?|latest|stable|main|index\.html)/?){0,4}"
    r"|https://github\.com/[^/]+/[^/#]+/?(?:(?:issues|discussions|pulls|releases)/?)?(?:#[\w-]+)?"
)
# A command that stands as if it were filled into a field of a program.
_TYPED = re.compile(
    r"(?:sudo |\./)?(?:pip3?|uv|python3?|docker|curl|wget|npm|npx|git|ollama|llama-\w+|vllm|apt|dnf|pacman|brew|hf|node"
    r"|nvidia-smi|systemctl|winget|cmake|koboldcpp|export|setx|lms|conda|chmod|chown|rm|mkdir|cd|wsl) \S"
)
_QUOTED_NAME = re.compile(r"“([^”\n]{2,60})”")
_TEXT_FILES = ("faq*.yaml", "glossary.yaml", "template.yaml", "first_aid.yaml", "loaders/*.yaml", "failures/**/*.yaml")


class MenuName(msgspec.Struct, frozen=True):
    """A name as the program shows it in both languages, and what it is never called."""

    en: str
    zh: str
    never: tuple[str, ...] = ()


class Menu(msgspec.Struct, frozen=True):
    """The names of one program's menus, in one version, by its own locale files."""

    program: str
    version: str
    source: Reference
    names: tuple[MenuName, ...]


class _Menus(msgspec.Struct, frozen=True):
    items: tuple[Menu, ...]


def load_menus(root: Path) -> tuple[Menu, ...]:
    """The menus under `root`; none where there is no file. Raises DataError."""
    return tuple(menu for file in load_all(root, "menus.yaml", "menus", _Menus, as_items) for menu in file.items)


def cure_faults(items: Iterable[tuple[str, Failure]], loaders: Collection[str]) -> Iterator[Fault]:
    """Every fault of the steps and sources of entries (with their files). `loaders`: names of programs."""
    prefix = re.compile(rf"(?P<names>{_any_of(loaders)}(?:(?:, | and | or |/){_any_of(loaders)})*): ")
    for file, entry in items:
        found = chain(_of_entry(entry, prefix), _of_one_program(entry, loaders))
        yield from (Fault(file, key, problem) for key, problem in found)


def _of_entry(entry: Failure, prefix: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    seen: dict[str, int] = {}
    for number, step in enumerate(entry.steps):
        key = f"steps[{number}]"
        before = seen.setdefault(_folded(step.text.en), number)
        if before != number:
            yield f"{key}.text", f"says the same as steps[{before}]; make it one step with a command for each shell"
        for place, command in enumerate(step.commands):
            found = _of_command(command, step, entry)
            yield from ((f"{key}.commands[{place}]{field}", problem) for field, problem in found)
        if unsaid := _unsaid_loader(step, prefix):
            yield f"{key}.when.loaders", unsaid
    if all(_HOME.fullmatch(source.url) for source in entry.sources):
        yield "sources", "a home page proves nothing; give the page that states the fact"


def _of_command(command: Command, step: FixStep, entry: Failure) -> Iterator[tuple[str, str]]:
    """What is wrong with a command, each with the field of it."""
    if _is_for_nobody(command, step, entry):
        yield "", "Windows cannot run this; give it `systems`, or a command for PowerShell beside it"
    if command.shell == "text" and _TYPED.match(command.code):
        yield ".shell", "this is typed into a shell; name which"
    if _DRIVER.search(command.code) and _is_for(command, step, entry, "wsl"):
        yield "", "WSL takes the driver of Windows; give the step `systems` without wsl"


def _of_one_program(entry: Failure, loaders: Collection[str]) -> Iterator[tuple[str, str]]:
    """Commands of one of several programs for which the entry speaks, shown to users of the others too. Where it
    speaks for any program, naming the one in the step's words is enough.
    """
    several = entry.components if len(entry.components) > 1 else ()
    general = () if entry.components or entry.when.loaders else loaders
    for number, step in enumerate(entry.steps):
        unnamed = [] if step.when.says else [name for name in general if name.lower() not in step.text.en.lower()]
        for place, command in enumerate(step.commands):
            owner = _owner(command, several, unnamed if command.shell in _SHELLS else ())
            if owner and (owner,) not in (command.loaders, step.when.loaders):
                yield f"steps[{number}].commands[{place}].loaders", f"only {owner} has this command; name it here"


def _starts(command: Command, loader: str) -> bool:
    """Whether a command starts this program, or one of the programs that it consists of (llama-server)."""
    names = {found.lower() for found in _STARTED.findall(command.code)}
    return loader.lower() in names or (any(name.startswith("llama-") for name in names) and loader == "llama.cpp")


def _owner(command: Command, several: Iterable[str], unnamed: Collection[str]) -> str | None:
    started = (name for name in (*several, *unnamed) if _starts(command, name))
    return next(chain(started, (name for name in unnamed if _installs(command, name))), None)


def _installs(command: Command, loader: str) -> bool:
    return loader.lower() in {found.lower() for found in _INSTALLED.findall(command.code)}


def _is_for_nobody(command: Command, step: FixStep, entry: Failure) -> bool:
    """Whether a command of a POSIX shell stands where people on Windows are shown it too."""
    if command.shell != "bash" or not _POSIX.search(command.code):
        return False
    named = (command.systems, step.when.systems, entry.systems, entry.when.systems)
    if any(systems and _NOT_WINDOWS.issuperset(systems) for systems in named):
        return False
    return all(other.shell not in ("powershell", "cmd") for other in step.commands)


def _is_for(command: Command, step: FixStep, entry: Failure, system: str) -> bool:
    """Whether people on this system are shown a command, by all that names systems; what names none rules none out."""
    named = (command.systems, step.when.systems, entry.systems, entry.when.systems)
    return all(not systems or system in systems for systems in named)


def _unsaid_loader(step: FixStep, prefix: re.Pattern[str]) -> str | None:
    """What is wrong with a step that begins with a program's name and is shown to users of every other."""
    found = prefix.match(step.text.en)
    if found is None or step.when.loaders:
        return None
    return f"the step speaks to users of {found['names']}; name them here, or others are shown it too"


def menu_faults(root: Path) -> Iterator[Fault]:
    """Texts that name a menu otherwise than the program does."""
    names = [(menu, name) for menu in load_menus(root) for name in menu.names]
    for pattern in _TEXT_FILES:
        for document in read_documents(root, pattern):
            for key, text in _pairs(document.content):
                yield from (Fault(document.file, key, problem) for problem in _misnamed(text, names))


def read_locale(file: Path) -> Mapping[str, str]:
    """A program's names in English and in another language. Raises DataError where the file is none."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError) as error:
        raise DataError([Fault(str(file), "", f"no file of names: {error}")]) from error


def locale_faults(root: Path, program: str, locale: Mapping[str, str]) -> Iterator[Fault]:
    """Texts that name a menu of a program otherwise than its own `locale` (English to Chinese) does: in the rows of
    its menus, and wherever a text quotes a name that the locale holds.
    """
    shown = {_folded(english): chinese.strip() for english, chinese in locale.items()}
    names = frozenset(chinese.strip() for chinese in locale.values())
    for menu in (menu for menu in load_menus(root) if menu.program == program):
        for number, name in enumerate(menu.names):
            if name.zh not in names:
                yield Fault("menus.yaml", f"{program}.names[{number}].zh", f"{program} shows no {name.zh!r}")
    documents = (document for pattern in _TEXT_FILES for document in read_documents(root, pattern))
    for document in documents:
        if program.lower() in document.file.lower():
            for key, text in _pairs(document.content):
                yield from (Fault(document.file, key, problem) for problem in _unlike(text, shown, names, program))


def _unlike(text: Text, shown: Mapping[str, str], names: Collection[str], program: str) -> Iterator[str]:
    """Where both languages quote as many names, each Chinese one must be that of its English one; a name of a menu
    must be shown at all where its neighbour is.
    """
    english, chinese = _QUOTED_NAME.findall(text.en), _QUOTED_NAME.findall(text.zh)
    if len(english) != len(chinese):
        return
    for wanted, said in zip(english, chinese, strict=True):
        known = shown.get(_folded(wanted))
        if known is not None and said not in (known, wanted) and said not in names:
            yield f"zh says {said!r} for “{wanted}”; {program} shows {known!r}"


def danger_faults(root: Path) -> Iterator[Fault]:
    """Commands outside of failures that cost something or let somebody in, without a word on it beside them."""
    dangers = read_dangers(root)
    for pattern in _WARNED_FILES:
        for document in read_documents(root, pattern):
            for key, code, said in _commands_of(document.content):
                yield from (Fault(document.file, key, problem) for problem in _unsaid_dangers(code, said, dangers))


def _unsaid_dangers(code: str, said: str, dangers: Iterable[Danger]) -> Iterator[str]:
    for danger in dangers:
        if danger.is_unsaid(code, said):
            yield f"does not say what it costs ({danger.id} of dangers.yaml): {danger.risk.en}"


def _commands_of(content: Any) -> Iterator[tuple[str, str, str]]:
    """Every step with commands of a document: its key, the commands, and what is said in English beside them."""

    def read(entry: dict[str, Any]) -> tuple[str, str] | None:
        commands, text = entry.get("commands"), entry.get("text")
        if not isinstance(commands, list) or not isinstance(text, dict):
            return None
        return "\n".join(str(command.get("code")) for command in commands), str(text.get("en"))

    return ((path, code, said) for path, (code, said) in _read_from(content, read))


def _misnamed(text: Text, names: Sequence[tuple[Menu, MenuName]]) -> Iterator[str]:
    for menu, name in names:
        said = [
            wrong for wrong in name.never if f"“{wrong}”" in text.zh or text.zh == wrong or f"（{wrong}）" in text.zh
        ]
        missing = f"“{name.en}”" in text.en and name.zh not in text.zh
        if said or missing:
            wrong = f"says {said[0]!r}" if said else f"does not name “{name.en}”"
            yield f"zh {wrong}; {menu.program} {menu.version} calls it {name.zh!r}"


def _pairs(content: Any) -> Iterator[tuple[str, Text]]:
    """Every text in two languages of a document, with its key."""

    def read(entry: dict[str, Any]) -> Text | None:
        en, zh = entry.get("en"), entry.get("zh")
        return Text(en, zh) if isinstance(en, str) and isinstance(zh, str) else None

    return _read_from(content, read)


def _read_from(content: Any, read: Callable[[dict[str, Any]], T | None], path: str = "") -> Iterator[tuple[str, T]]:
    """What `read` makes of the mappings of a document, with their keys; inside those it is not looked further."""
    if isinstance(content, dict):
        if (found := read(content)) is not None:
            yield path, found
            return
        for key, value in content.items():
            yield from _read_from(value, read, f"{path}.{key}" if path else str(key))
    elif isinstance(content, list):
        for number, value in enumerate(content):
            yield from _read_from(value, read, f"{path}[{number}]")


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _any_of(names: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})"
