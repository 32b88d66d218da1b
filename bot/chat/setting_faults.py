"""What is wrong with an operator's settings, in the reader's language. A value is not repeated: it may be secret."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from bot.base.errors import UserError
from bot.base.languages import Text


class SettingError(ValueError):
    """A setting that cannot be used: says what it must be."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.text = Text(en, zh)


def settings_fault(error: ValidationError) -> UserError:
    """Every fault of the settings by its name, with what it must be instead."""
    faults = [(_name(item["loc"]), _must(item)) for item in error.errors()]
    en, zh = (
        between.join(f"{name} {must.in_language(language)}" for name, must in faults)
        for language, between in (("en", "; "), ("zh", "；"))
    )
    return UserError(
        f"Settings that cannot be used: {en}. deploy/.env.example explains each.",
        f"下面的设置不能用：{zh}。每一项的说明见 deploy/.env.example。",
    )


def _name(place: tuple[int | str, ...]) -> str:
    """The variable of the environment."""
    name = str(place[0]).upper()
    return name if name.startswith(("WENZHEN_", "HF_")) else f"WENZHEN_{name}"


Context = Mapping[str, Any]
_MUST: dict[str, Callable[[Context], Text]] = {
    "int_parsing": lambda _: Text("must be a whole number", "必须是整数"),
    "float_parsing": lambda _: Text("must be a number", "必须是数字"),
    "bool_parsing": lambda _: Text("must be true or false", "只能是 true 或 false"),
    "greater_than_equal": lambda told: Text(f"must be at least {told['ge']:g}", f"不能小于 {told['ge']:g}"),
    "less_than_equal": lambda told: Text(f"must be at most {told['le']:g}", f"不能大于 {told['le']:g}"),
    "greater_than": lambda told: Text(f"must be more than {told['gt']:g}", f"必须大于 {told['gt']:g}"),
    "literal_error": lambda told: Text(
        f"must be one of {told['expected']}",
        f"只能是 {str(told['expected']).replace(' or ', '、').replace(', ', '、')}",
    ),
}


def _must(item: Any) -> Text:
    context: Context = item.get("ctx") or {}
    own = context.get("error")
    if isinstance(own, SettingError):
        return own.text
    made = _MUST.get(item["type"])
    return made(context) if made else Text(f"cannot be used ({item['msg']})", f"用不了（{item['msg']}）")
