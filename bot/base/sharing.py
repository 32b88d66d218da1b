"""What is equal in a large value is held once: a decoded file holds each of its repetitions by itself."""

from collections.abc import Hashable
from typing import Any

from msgspec import Struct
from msgspec.structs import force_setattr


def shared(value: Any) -> Any:
    """`value` with equal texts, numbers and tuples in it held once each. Structs are frozen but for this: they stay
    the same objects, and equal to what they were.
    """
    return _Sharing().of(value)


class _Sharing:
    def __init__(self) -> None:
        self._held: dict[Hashable, Any] = {}

    def of(self, value: Any) -> Any:
        if isinstance(value, Struct):
            self._within(value)
            return value
        if isinstance(value, tuple):
            inner = tuple(map(self.of, value))
            return self._held.setdefault(inner, inner) if _is_plain(inner) else inner
        # 1, 1.0 and True are equal, and must stay what they are
        return self._held.setdefault((type(value), value), value) if isinstance(value, str | float | int) else value

    def _within(self, struct: Struct) -> None:
        for name in struct.__struct_fields__:
            own = getattr(struct, name)
            held = self.of(own)
            if held is not own:
                force_setattr(struct, name, held)


def _is_plain(values: tuple[Any, ...]) -> bool:
    return all(isinstance(value, str) for value in values)
