"""Lines of a log as a loader's own file of knowledge writes them, such as "memory of {gpus}: {vram}", as rules."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from bot.base.late import late
from bot.intake.log_rules import Convert, Rule, size
from bot.knowledge.reference import PRINTED, Loader

_PLACE = late(r"\{(\w+)\}")
_SIZE: Final = r"\d{1,12}+(?:\.\d{1,6}+)?\s?[KMGT]i?B"
_NUMBER: Final = r"\d{1,12}+"
_TEXT: Final = r"[^\n]{1,120}?"
_WRITTEN: Mapping[str, str] = {
    "vram": _SIZE, "vram_free": _SIZE, "ram": _SIZE, "context": _NUMBER, "trained_context": _NUMBER,
    "gpu_layers": _NUMBER, "layers": _NUMBER, "port": _NUMBER,
}  # fmt: skip


def rules_of(loaders: Iterable[Loader]) -> Iterator[Rule]:
    """One rule for each fact of each line that the loaders' files write."""
    for loader in loaders:
        for line in loader.prints:
            yield from (_rule(line, fact) for fact in _PLACE.findall(line) if fact in PRINTED)


def _rule(line: str, fact: str) -> Rule:
    """The rule that reads one fact of a line; its longest fixed piece is the anchor."""
    pieces = _PLACE.split(line)  # text, name, text, name, ..., text
    written = [_WRITTEN.get(name, _TEXT) for name in pieces[1::2]]
    groups = [f"({each})" if name == fact else each for name, each in zip(pieces[1::2], written, strict=True)]
    texts = [re.escape(text) for text in pieces[::2]]
    pattern = "".join(part for pair in zip(texts, [*groups, ""], strict=True) for part in pair)
    if pattern.endswith("?)") and not pieces[-1]:
        pattern = f"{pattern[:-2]})"  # a name at the end is whatever is left of the line
    anchor = max(pieces[::2], key=len)
    return Rule(fact, (anchor,), re.compile(pattern), _value_of(fact), "all" if fact == "gpus" else "first")


def _value_of(fact: str) -> Convert:
    written = _WRITTEN.get(fact)
    if written == _NUMBER:
        return lambda found: int(found[1])
    return _bytes if written == _SIZE else _text


def _bytes(found: re.Match[str]) -> int:
    number, unit = re.split(r"\s?(?=[KMGT])", found[1], maxsplit=1)
    return size(number, unit)


def _text(found: re.Match[str]) -> str:
    return found[1].strip()
