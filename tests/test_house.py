"""What keeps the code readable: short functions of few branches, public ones that say what they give.

Branches are counted as radon counts them: conditions, loops, `and` and `or`, comprehensions. Ruff's own rule leaves the
last two out, so it holds of every function; of radon's count a few may be higher, where a list of cases reads best.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from radon.complexity import cc_visit
from radon.visitors import Class, Function

ROOT = Path(__file__).parents[1] / "bot"
MOST_BRANCHES = 10
MOST_ABOVE = 0.02  # share of functions that may have more

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    return {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in sorted(ROOT.rglob("*.py"))}


@pytest.fixture(scope="module")
def definitions(sources: dict[str, str]) -> list[tuple[Definition, bool]]:
    """Functions, methods and classes, and whether each is public."""
    return [each for source in sources.values() for each in _definitions(ast.parse(source).body, is_public=True)]


def test_few_functions_have_many_branches(sources: dict[str, str]) -> None:
    counted = {
        (file, each.name, each.lineno): each.complexity
        for file, source in sources.items()
        for each in _functions(cc_visit(source))
    }
    above = sorted((count, *place) for place, count in counted.items() if count > MOST_BRANCHES)
    assert len(above) <= MOST_ABOVE * len(counted), "\n".join(map(str, above))


def test_functions_are_short(definitions: list[tuple[Definition, bool]]) -> None:
    lengths = sorted(_lines(each) for each, _ in definitions if not isinstance(each, ast.ClassDef))
    assert lengths[len(lengths) // 2] <= 6
    assert lengths[len(lengths) * 9 // 10] <= 16


def test_what_is_public_says_what_it_is(definitions: list[tuple[Definition, bool]]) -> None:
    public = [each for each, is_public in definitions if is_public and not _is_overload(each)]
    silent = [each.name for each in public if ast.get_docstring(each) is None]
    assert len(silent) <= 0.05 * len(public), silent


def test_nothing_lies_about_beside_the_rooms() -> None:
    assert len(list(ROOT.glob("*.py"))) <= 3


def test_branches_are_counted_in_conditions_and_comprehensions_too() -> None:
    (counted,) = _functions(cc_visit("def f(a, b):\n    if a and b:\n        return [c for c in a if c]\n"))
    assert counted.complexity == 5


def _functions(found: list[Function | Class]) -> Iterator[Function]:
    """Functions, methods and what is defined inside them."""
    for each in found:
        if isinstance(each, Class):
            yield from _functions([*each.methods, *each.inner_classes])
        else:
            yield each
            yield from _functions(each.closures)


def _definitions(body: list[ast.stmt], *, is_public: bool) -> Iterator[tuple[Definition, bool]]:
    for each in body:
        if isinstance(each, Definition):
            is_shown = is_public and not each.name.startswith("_")
            yield each, is_shown
            if isinstance(each, ast.ClassDef):
                yield from _definitions(each.body, is_public=is_shown)


def _lines(function: Definition) -> int:
    """Lines of its body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 1


def _is_overload(definition: Definition) -> bool:
    return any("overload" in ast.dump(each) for each in definition.decorator_list)
