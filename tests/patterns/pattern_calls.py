"""Every regular expression of the program: what the source compiles, seen while it runs, and where each call stands.

Run as a script it prints what a fresh interpreter compiles, as JSON: [[file, line, pattern, flags], ...].
"""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FUNCTIONS = {"compile", "search", "match", "fullmatch", "sub", "subn", "findall", "finditer", "split"}
_USAGES = {"match": "match", "fullmatch": "fullmatch"}


@dataclass(frozen=True, slots=True)
class Call:
    """A place in the source that hands a pattern to `re`: its lines, its usages, the pattern if it is written there."""

    file: str
    first: int
    last: int
    usages: tuple[str, ...]
    pattern: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A pattern that the program compiled, and for which usages."""

    file: str
    line: int
    pattern: str
    flags: int
    usages: tuple[str, ...]


@cache
def calls() -> tuple[Call, ...]:
    """All places under bot/ that use `re`."""
    return tuple(call for path in sorted((ROOT / "bot").rglob("*.py")) for call in _calls_in(path))


def _calls_in(path: Path) -> Iterator[Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if _is_call(node):
            assert isinstance(node, ast.Call)
            first = node.args[0]
            pattern = _text(first.value) if isinstance(first, ast.Constant) else None
            name = "compile" if _is_late(node) else node.func.attr  # type: ignore[attr-defined]
            usages = _usages_of(path, parents, node) if name == "compile" else (_USAGES.get(name, "search"),)
            yield Call(str(path.relative_to(ROOT)), node.lineno, node.end_lineno or node.lineno, usages, pattern)


def _text(pattern: object) -> str | None:
    """A pattern of text or bytes as text."""
    return pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern if isinstance(pattern, str) else None


def _is_call(node: ast.AST) -> bool:
    return _is_late(node) or (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in _FUNCTIONS
    )


def _is_late(node: ast.AST) -> bool:
    """Whether a pattern is made that is compiled when it is needed (bot/base/late.py)."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "late"


def _usages_of(path: Path, parents: dict[ast.AST, ast.AST], call: ast.Call) -> tuple[str, ...]:
    """How a compiled pattern with a name is used anywhere; a search where that cannot be told."""
    parent = parents[call]
    if isinstance(parent, ast.Expr):  # only a check that it compiles
        return ()
    if isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name):
        name = parent.targets[0].id
    elif isinstance(parent, ast.Return) and isinstance(parents[parent], ast.FunctionDef):
        function = parents[parent]
        assert isinstance(function, ast.FunctionDef)
        if not function.decorator_list:
            return ("search",)
        name = function.name
    else:
        return ("search",)
    is_public = not name.startswith("_") and (
        not isinstance(parent, ast.Assign) or isinstance(parents[parent], ast.Module)
    )
    paths = (path,) if not is_public else tuple((ROOT / "bot").rglob("*.py"))
    return tuple(sorted(_references(paths).get(name, {"search"})))


@cache
def _references(paths: tuple[Path, ...]) -> dict[str, set[str]]:
    """For each name in some files the usages of what it stands for, "search" for any that is not a plain call."""
    found: dict[str, set[str]] = {}
    for path in paths:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.setdefault(node.id, set()).update(_usage(node, parents))
            elif isinstance(node, ast.Attribute):
                found.setdefault(node.attr, set()).update(_usage(node, parents))
    return found


def _usage(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[str]:
    parent = parents.get(node)
    if isinstance(parent, ast.Attribute) and parent.attr == "pattern":
        return
    if isinstance(parent, ast.Attribute) and isinstance(parents.get(parent), ast.Call):
        yield _USAGES.get(parent.attr, "search")
    else:
        yield "search"


@cache
def seen(kept: Path) -> tuple[Seen, ...]:
    """Every pattern that the program compiles, from a fresh interpreter, each once for every usage. `kept`: where what
    was seen is kept for all processes of a test run, as it takes minutes.
    """
    from filelock import FileLock  # not needed where this is run as a script

    with FileLock(kept.with_suffix(".lock")):
        if not kept.exists():
            kept.write_text(_printed(), encoding="utf-8")
    found: dict[tuple[object, ...], Seen] = {}
    for file, line, pattern, flags in json.loads(kept.read_text(encoding="utf-8").splitlines()[-1]):
        here = [call for call in calls() if call.file == file and call.first <= line <= call.last]
        usages = tuple(sorted({usage for call in here for usage in call.usages}))
        found.setdefault((file, line, pattern, flags), Seen(file, line, pattern, flags, usages))
    return tuple(found.values())


def _printed() -> str:
    """What this module prints as a script; its statements are not counted: it runs everything, for no result."""
    command = [sys.executable, str(Path(__file__))]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    environment = {**kept, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=environment).stdout


def uncovered(patterns: Sequence[Seen]) -> list[str]:
    """Places under bot/ whose pattern is neither written there nor was seen: nothing is proved of it."""
    lines = {(each.file, each.line) for each in patterns}
    return [
        f"{call.file}:{call.first}"
        for call in calls()
        if call.usages
        and call.pattern is None
        and not any((call.file, n) in lines for n in range(call.first, call.last + 1))
    ]


def _record() -> list[tuple[str, int, str, int]]:
    """Compiles everything as the program does, and notes what and where."""
    noted: dict[tuple[str, int, str, int], None] = {}
    real = re._compile  # type: ignore[attr-defined]
    ours, root = str(ROOT / "bot") + os.sep, len(str(ROOT)) + 1

    def noting(pattern: object, flags: int) -> object:
        if (given := _text(getattr(pattern, "pattern", pattern))) is not None:
            frame = sys._getframe(2)
            path = frame.f_code.co_filename
            if path.startswith(ours):
                noted[path[root:], frame.f_lineno, given, int(flags)] = None
        return real(pattern, flags)

    re._compile = noting  # type: ignore[attr-defined]
    from bot.base import late

    late.late = re.compile  # whatever would be compiled later is compiled at its place
    import pattern_exercise

    pattern_exercise.run()
    return list(noted)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_record()))
