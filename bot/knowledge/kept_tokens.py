"""What the texts of the knowledge are made of, kept between runs: to read twenty thousand takes most of a second."""

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from bot.base import traditional
from bot.knowledge import asking
from bot.knowledge.cache import cached_of
from bot.knowledge.files import files_matching

# What is asked for, and what decides how it is read.
_FILES = "asking.yaml vocabulary.yaml faq*.yaml glossary.yaml conditions.yaml loaders/*.yaml formats/*.yaml".split()


class KeptTokens(msgspec.Struct, frozen=True):
    """All tokens there are, and those of each text by their places."""

    tokens: tuple[str, ...]
    texts: dict[str, tuple[int, ...]]


def kept_tokens(
    root: Path, read: Callable[[str], list[str]], texts: Iterable[str], code: Iterable[Path] = ()
) -> Callable[[str], list[str]]:
    """What `read` finds in texts, for the texts of the knowledge under `root` without reading them again. `code`: what
    decides on `read` besides asking.py.
    """
    files = [*(file for name in _FILES for file in files_matching(root, name)), Path(__file__), *code]
    files += [Path(str(module.__file__)) for module in (asking, traditional)]
    kept = cached_of(root, "tokens of texts", files, KeptTokens, lambda: _read(read, texts))

    def tokens(text: str) -> list[str]:
        known = kept.texts.get(text)
        return read(text) if known is None else [kept.tokens[place] for place in known]

    return tokens


def _read(read: Callable[[str], list[str]], texts: Iterable[str]) -> KeptTokens:
    places: dict[str, int] = {}
    found = {text: tuple(places.setdefault(token, len(places)) for token in read(text)) for text in texts}
    return KeptTokens(tuple(places), found)
