"""Two packages whose versions do not fit: one calls what the other no longer has, or does not have yet.

A traceback of such a failure ends where one package meets another, with an AttributeError, a TypeError about arguments
or an ImportError of a name. No list of names is needed to see that.
"""

import re
from collections.abc import Iterator, Sequence

from bot.base.late import late
from bot.diagnosis.conclusion import Conclusion
from bot.intake.lines import Line

_FRAME = late(r'File "([^"]+)", line \d+')
_PACKAGE = late(r"(?:site|dist)-packages[\\/]([A-Za-z_]\w*)")
_REMOTE = late(r"[\\/](transformers_modules)[\\/]")
_PARTS = late(r"[\\/]")
_BUILT_IN = frozenset(
    "NoneType dict list tuple str int float bool bytes set function method generator property type".split()
)
_NAME = r"['‘“\"]?([A-Za-z_][\w.]*)['’”\"]?"
_MISSING = (
    late(rf"ImportError: cannot import name {_NAME} from (?:partially initialized module )?{_NAME}"),
    late(rf"AttributeError: (?:partially initialized )?module {_NAME} has no attribute {_NAME}"),
    late(rf"AttributeError: (?:type object )?{_NAME}(?: object)? has no attribute {_NAME}"),
    late(
        rf"TypeError: (?:\[[^\[\]]*\] )?{_NAME}\(\) "
        r"(?:got an unexpected keyword argument|missing \d+ required|takes \d+)"
    ),
)
# A class that comes with a family of models: where it is missing, the package is older than the model.
_OF_MODEL = late(r"For[A-Z]|(?:Config|Processor|Model)$")
_LOOKED_BACK = 40  # lines from the exception to its frames
_VERSION = r"(?:==|[-_ @v]|\s{1,4}version:?\s{0,4}|:\s{0,4}){1,2}(\d+(?:\.\d+){1,3}[\w.+]*)"


def drift_in(lines: Sequence[Line], packages: frozenset[str]) -> Conclusion | None:
    """The last such failure in cleaned lines: `caller` asks `callee` for `name`; with versions where the log tells
    them. `packages`: the modules that are looked after.
    """
    for number in range(len(lines) - 1, -1, -1):
        if (asked := _asked(lines[number].text)) and (found := _drift(lines, number, *asked, packages)):
            return found
    return None


def _asked(text: str) -> tuple[str, str] | None:
    """(owner, name) of what an exception says is missing; None for another line."""
    if "Error: " not in text:
        return None
    for at, pattern in enumerate(_MISSING):
        if found := pattern.search(text):
            groups = found.groups()
            return (groups[1], groups[0]) if at == 0 else (groups[0], groups[-1])
    return None


def _drift(lines: Sequence[Line], number: int, owner: str, name: str, packages: frozenset[str]) -> Conclusion | None:
    crossed = list(dict.fromkeys(_packages_before(lines, number, packages)))  # the innermost first
    module = owner.partition(".")[0]
    module = module if module in packages else module.lower()
    if owner == "transformers" and name[:1].isupper() and _OF_MODEL.search(name):
        return None
    if owner in _BUILT_IN and not _is_imported(lines, number, crossed):
        return None
    if module in packages:
        callee, caller = module, next((each for each in crossed if each != module), "")
    elif len(crossed) > 1:
        inner, outer = crossed[:2]
        # the line of the inner frame names what it asks for; else it only raised what the outer one asked for
        asks = name.rpartition(".")[2] in lines[number - 1].text
        caller, callee = (inner, outer) if asks else (outer, inner)
    else:
        return None
    values = {"caller": caller, "callee": callee, "name": name}
    versions = {"caller_version": _version(lines, caller), "callee_version": _version(lines, callee)}
    return Conclusion("api-drift", lines[number], values | versions, about=callee)


def _is_imported(lines: Sequence[Line], number: int, crossed: Sequence[str]) -> bool:
    """Whether one package was only being imported when it called another: what fails then is none of its user's."""
    frames = (line.text for line in lines[max(0, number - _LOOKED_BACK) : number] if "in <module>" in line.text)
    return len(crossed) > 1 and any(f"packages/{crossed[1]}/" in text.replace("\\", "/") for text in frames)


def _packages_before(lines: Sequence[Line], number: int, packages: frozenset[str]) -> Iterator[str]:
    """The packages of the frames above an exception, the innermost first."""
    for at in range(number - 1, max(-1, number - 1 - _LOOKED_BACK), -1):
        if (frame := _FRAME.search(lines[at].text)) and (package := _package(frame.group(1), packages)):
            yield package


def _package(path: str, packages: frozenset[str]) -> str:
    """The package that a file is of, empty for other files."""
    if found := _PACKAGE.search(path) or _REMOTE.search(path):
        return found.group(1) if found.group(1) in packages else ""
    return next((part for part in reversed(_PARTS.split(path)[:-1]) if part in packages), "")


def _version(lines: Sequence[Line], package: str) -> str:
    """The version of a package where the log tells it."""
    if not package:
        return ""
    pattern = re.compile(rf"(?<![\w-]){re.escape(package).replace('_', '[-_]')}{_VERSION}", re.IGNORECASE)
    return next((found.group(1).rstrip(".") for line in lines if (found := pattern.search(line.text[:400]))), "")
