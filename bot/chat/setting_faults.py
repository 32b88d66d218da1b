"""What is wrong with an operator's settings, in the reader's language. A value is not repeated: it may be secret."""

import os
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from bot.base.errors import UserError
from bot.base.languages import SEMICOLON, Text, joined


class SettingError(ValueError):
    """A setting that cannot be used: says what it must be."""

    def __init__(self, en: str, zh: str, **values: object) -> None:
        self.text = Text(en, zh).format(**values)
        super().__init__(self.text.en)


def settings_fault(error: ValidationError) -> UserError:
    """Every fault of the settings by its name, with what it must be instead."""
    faults = [
        Text("{name} {must}", "{name} {must}").format(name=_name(item["loc"]), must=_must(item))
        for item in error.errors()
    ]
    return UserError(
        "Settings that cannot be used: {faults}. deploy/.env.example explains each.",
        "下面的设置不能用：{faults}。每一项的说明见 deploy/.env.example。",
    ).format(faults=joined(faults, SEMICOLON))


def _name(place: tuple[int | str, ...]) -> str:
    """The variable of the environment; of two by which one can be set, the one that is."""
    name = str(place[0]).upper()
    other = _ALSO.get(name, "")
    if other in os.environ and name not in os.environ:
        return other
    return name if name.startswith(("WENZHEN_", "HF_")) else f"WENZHEN_{name}"


_ALSO = {"WENZHEN_HUB": "HF_ENDPOINT"}  # what sets the same

Context = Mapping[str, Any]
_MUST: dict[str, Callable[[Context], Text]] = {
    "int_parsing": lambda _: Text("must be a whole number", "必须是整数"),
    "float_parsing": lambda _: Text("must be a number", "必须是数字"),
    "bool_parsing": lambda _: Text("must be true or false", "只能是 true 或 false"),
    "greater_than_equal": lambda told: Text("must be at least {least:g}", "不能小于 {least:g}").format(
        least=told["ge"]
    ),
    "less_than_equal": lambda told: Text("must be at most {most:g}", "不能大于 {most:g}").format(most=told["le"]),
    "greater_than": lambda told: Text("must be more than {least:g}", "必须大于 {least:g}").format(least=told["gt"]),
    "literal_error": lambda told: Text("must be one of {choices}", "只能是 {choices}").format(
        choices=_choices(told["expected"])
    ),
}


def _choices(expected: str) -> Text:
    return Text(expected, expected.replace(" or ", "、").replace(", ", "、"))


def _must(item: Any) -> Text:
    context: Context = item.get("ctx") or {}
    own = context.get("error")
    if isinstance(own, SettingError):
        return own.text
    made = _MUST.get(item["type"])
    return made(context) if made else Text("cannot be used ({why})", "用不了（{why}）").format(why=item["msg"])
