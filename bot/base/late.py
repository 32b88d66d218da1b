"""Regular expressions that are compiled when they are first used: a start pays only for its own."""

import re
import weakref
from functools import cached_property
from typing import Any, cast

_MADE: "weakref.WeakSet[_Late]" = weakref.WeakSet()


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` returns, as far as anyone can tell who only uses it. For modules that every start imports."""
    return cast("re.Pattern[str]", _Late(pattern, flags))


def compile_all() -> None:
    """Compiles what there is now, for a process that stays: nobody is to wait for it."""
    for pattern in list(_MADE):
        pattern.flags  # noqa: B018 - asked for so that it is there


class _Late:
    """Takes on the pattern's methods one by one: from the first use on nothing stands between."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self._given = int(flags)
        _MADE.add(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.pattern, self._given)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._compiled, name)
        setattr(self, name, found)
        return found

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self._given)
