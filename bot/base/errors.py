"""Errors a user may see. Everything else is a bug and is shown only as a short reference."""

import errno
from collections.abc import Callable, Mapping
from typing import Any, Self

from bot.base.languages import Language, Text


class UserError(Exception):
    """Input that cannot be worked with: says in both languages what is wrong and what to do instead."""

    def __init__(self, en: str, zh: str, **others: str) -> None:
        super().__init__(en)
        self.text = Text(en, zh, **others)

    def in_language(self, language: Language) -> str:
        """The message in a language."""
        return self.text.in_language(language)

    def format(self, **values: object) -> Self:
        """Itself, with `{name}` replaced by its value in every language; a value may be a text itself."""
        return self._saying(self.text.format(**values))

    def translated(self, translate: Callable[[Text], Text]) -> Self:
        """Itself, in the further languages as well, as far as `translate` knows what it says."""
        return self._saying(translate(self.text))

    def masked(self, mask: Callable[[str], str]) -> Self:
        """Itself, with `mask` applied to what it says in every language: it may repeat what a user typed."""
        return self._saying(self.text.changed(mask))

    def _saying(self, text: Text) -> Self:
        self.text = text
        self.args = (text.en,)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Crosses from one process to another, whatever a kind of error is made from."""
        return _again, (type(self), self.args, self.__dict__)

    def document(self, masked: Callable[[str], str] = str) -> dict[str, object]:
        """As JSON says it, in the place of an answer; `masked` hides secrets in what a user typed."""
        return {"error": {"en": masked(self.text.en), "zh": masked(self.text.zh)}}


_REASONS = {
    errno.ENOENT: Text("there is no such file or folder", "没有这个文件或文件夹"),
    errno.EACCES: Text("no permission", "没有权限"),
    errno.EPERM: Text("not permitted", "系统不允许"),
    errno.EISDIR: Text("it is a folder", "这是文件夹，不是文件"),
    errno.ENOTDIR: Text("a part of the path is no folder", "路径中间有一段不是文件夹"),
    errno.ENOSPC: Text("the disk is full", "磁盘满了"),
    errno.ENAMETOOLONG: Text("the name is too long", "文件名太长"),
}


def said_of(error: OSError) -> Text:
    """What the system says of a file, in the reader's language where it is said often."""
    said = error.strerror or str(error) or type(error).__name__
    return _REASONS.get(error.errno or 0, Text(said, said))


def _again(kind: type[UserError], args: tuple[Any, ...], state: Mapping[str, Any]) -> UserError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error
