"""Proves that a value from a log may stand in a command.

A log may be forged, and its reader copies what the bot writes. So a value is judged by what it means, not by its
characters: each variable has a type, and a type proves a value for the kind of command it goes into, or refuses it.
What a proof returns is what is typed: the package for a module, "" when nothing is proven.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import partial

from bot.base.late import late
from bot.knowledge.variables import Variables

Proof = Callable[[str], str]

_LONGEST = 200  # characters
_REST = "[A-Za-z0-9._-]{0,95}"
_NAME = f"[A-Za-z0-9]{_REST}"
_HAN = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"  # people name their folders in Chinese, Japanese and Korean too
_COMPONENT = late(rf"(?![ -])[A-Za-z0-9_.+=,@() {_HAN}-]+(?<![ ])")
_ROOT = late(r"(?P<drive>[A-Za-z]:[\\/])|(?P<top>/)|(?P<home>~/)|(?P<here>\./)|")
_MODEL_SUFFIXES = (".gguf", ".ggml", ".bin", ".safetensors", ".pt", ".pth", ".kcpps")
_TEXT_SUFFIXES = (".jinja", ".jinja2", ".j2", ".json", ".txt", ".yaml", ".yml", ".toml", ".log")
_HIDDEN = frozenset({".cache", ".ollama", ".lmstudio"})  # hidden folders that hold models
_SAFE_PORTS = frozenset({80, 443})  # below 1024 the system's own services listen
# Where people keep what is theirs: how many folders lie between (the user's, the disk's).
_HOMES = {"home": 1, "users": 1, "media": 2, "mnt": 1, "data": 0, "srv": 0, "opt": 0, "workspace": 0}
_SYSTEM_FOLDERS = frozenset(
    "bin/boot/dev/etc/lib/lib64/proc/run/sbin/sys/windows/program files/program files (x86)/programdata".split("/")
)
_SERVICES = (("usr", "share", "ollama"), ("var", "lib", "ollama"))


class Risk(IntEnum):
    """What a command can do with a value."""

    SHOWS = 0  # starts a model or shows something
    CHANGES = 1  # installs, deletes, downloads, changes rights; and whatever is not known to be harmless
    RUNS_FOREIGN_CODE = 2  # of the model named in it


@dataclass(frozen=True, slots=True)
class Type:
    """What proves a value in a command that changes nothing, in one that does, and in one that runs foreign code."""

    shows: Proof
    changes: Proof
    runs: Proof

    def proven(self, value: str, risk: Risk) -> str:
        """The value as it may be typed in a command of this risk, or ""."""
        if not 0 < len(value) <= _LONGEST:
            return ""
        return (self.shows, self.changes, self.runs)[risk](value)


@dataclass(frozen=True, slots=True)
class _Path:
    """A path in its parts. `root` is "/", "~/", "./", a drive, or "" for a relative one."""

    root: str
    parts: tuple[str, ...]


def _nothing(_: str) -> str:
    """Refuses every value."""
    return ""


def _matching(pattern: str) -> Proof:
    compiled = re.compile(pattern)
    return lambda value: value if compiled.fullmatch(value) else ""


def _port(value: str) -> str:
    return value if re.fullmatch("[1-9][0-9]{0,4}", value) and int(value) < 65536 else ""


def _port_of_a_program(value: str) -> str:
    """A port on which ordinary programs listen."""
    return value if _port(value) and (int(value) >= 1024 or int(value) in _SAFE_PORTS) else ""


def _quantization(value: str) -> str:
    from bot.models.quantization import parse_quant  # few answers hold one

    return value if re.fullmatch("[A-Za-z0-9_.-]{2,20}", value) and parse_quant(value) else ""


def _package(packages: Mapping[str, str], value: str) -> str:
    """The package of a known module: the longest known part of a dotted name."""
    parts = value.split(".")
    names = (".".join(parts[:size]) for size in range(len(parts), 0, -1))
    return next((packages[name] for name in names if name in packages), "")


# A script or program right here, by its bare name.
_script = _matching(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}(?:\.[0-9]{1,4}){0,3}(?:\.(?:sh|command|run|AppImage))?")
_bare_name = _matching(_NAME)
_repository = _matching(rf"{_NAME}/{_NAME}(?<![.-])")
_hub_tag = late(rf"(?:hf\.co|huggingface\.co|modelscope\.cn)/{_NAME}/{_NAME}(?::{_NAME})?")
_library_tag = late(rf"(?:(?:library|{_NAME})/)?[A-Za-z]{_REST}(?::{_NAME})?")


def repository_name(value: str) -> str:
    """`owner/name` as the hub allows it, or ""."""
    return _repository(value)


def _tag(value: str) -> str:
    """A model's name as ollama's library or a hub knows it; another host's is none."""
    if _hub_tag.fullmatch(value):
        return value
    owner = value.rpartition("/")[0]
    return value if _library_tag.fullmatch(value) and "." not in owner and value.split(":")[0] != "localhost" else ""


def _model(value: str) -> str:
    """A model by its name in a hub or a library."""
    named = ":" in value or "/" in value or value[:1].isalpha()
    return (_repository(value) or _tag(value)) if named else ""


def _model_or_folder(value: str) -> str:
    return _model(value) or _deep_path(value)


def _path_of(value: str) -> _Path | None:
    """The parts of a path without anything private, that leads elsewhere or means something to a shell, else None."""
    root = _ROOT.match(value)
    if root is None:
        return None
    inner = re.split(r"[\\/]", value[root.end() :].rstrip("\\/"))
    if not all(_COMPONENT.fullmatch(part) and part.strip(".") and not _is_private(part) for part in inner):
        return None
    is_absolute = root.group()[-1:] in ("/", "\\") and root.group() not in ("./", "~/")
    return None if is_absolute and inner[0].lower() in _SYSTEM_FOLDERS else _Path(root.group(), tuple(inner))


def _text_file(value: str) -> str:
    return value if _path_of(value) and value.lower().endswith(_TEXT_SUFFIXES) else ""


def _deep_path(value: str) -> str:
    """A path that is no root, no drive and no folder right below the root."""
    path = _path_of(value)
    deep = path is not None and path.root != "" and len(path.parts) >= (2 if path.root == "/" else 1)
    return value.rstrip("\\/") if deep else ""


def _model_file(value: str) -> str:
    path = _path_of(value)
    known = path is not None and value.lower().endswith(_MODEL_SUFFIXES)
    blob = path is not None and re.fullmatch("sha256-[0-9a-f]{4,64}", path.parts[-1])
    return value if known or blob else ""


def _own_folder(folders: frozenset[str], value: str) -> str:
    """A folder of models or of a program, at least two levels deep, below a home or on a disk for data."""
    path = _path_of(value)
    if path is None or len(path.parts) < 2:
        return ""
    named = any(part.lower().lstrip(".") in folders for part in path.parts[_outside(path) :])
    return value.rstrip("\\/") if named and _is_outside_of_the_system(path) else ""


def _is_private(part: str) -> bool:
    return part.startswith(".") and part not in _HIDDEN


def _outside(path: _Path) -> int:
    """How many parts only lead to where a user's own folders begin."""
    first = path.parts[0].lower()
    is_drive = path.root[1:2] == ":" and first != "users"
    return 0 if is_drive or path.root == "~/" else 1 + _HOMES.get(first, 0)


def _is_outside_of_the_system(path: _Path) -> bool:
    if path.root == "/":
        is_service = any(path.parts[: len(each)] == each for each in _SERVICES)
        return is_service or path.parts[0].lower() in _HOMES
    return path.root == "~/" or path.root[1:2] == ":"


def _same(proof: Proof) -> Type:
    return Type(proof, proof, proof)


def types_for(variables: Variables) -> Mapping[str, Type]:
    """The types by name, with what the knowledge knows of packages and folders."""
    return {
        **_TYPES,
        "module": _same(partial(_package, variables.packages)),
        "path": Type(_deep_path, partial(_own_folder, variables.folders), _nothing),
    }


_TYPES: Mapping[str, Type] = {
    "architecture": _same(_matching("gfx[0-9a-f]{3,5}|sm_[0-9]{2,3}a?")),
    "folder": Type(_bare_name, _bare_name, _nothing),
    "file": Type(_text_file, _nothing, _nothing),
    "library": _same(_matching(r"lib[A-Za-z0-9_+-]{1,40}(?:\.[0-9]{1,3})*\.so(?:\.[0-9]{1,5}){0,3}")),
    "model": Type(_model_or_folder, _model, _nothing),
    "model-file": Type(_model_file, _nothing, _nothing),
    "number": _same(_matching("[0-9]{1,9}")),
    "port": Type(_port, _port_of_a_program, _port_of_a_program),
    "quantization": _same(_quantization),
    "repository": Type(_repository, _repository, _nothing),
    "script": Type(_script, _script, _nothing),
    "tag": Type(_tag, _tag, _nothing),
    "version": _same(_matching(r"[0-9]{1,4}(?:\.[0-9]{1,5}){0,3}(?:\.post[0-9]{1,2})?")),
}

TYPES = frozenset({*_TYPES, "module", "path"})  # what variables.yaml may name
