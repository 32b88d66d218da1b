"""Buttons, menus and forms by custom id alone ("wz:action:argument:..."): a restart loses nothing."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self, TypeAlias

import discord
from discord import ui

from bot.chat.errors import explain
from bot.chat.limits import CUSTOM_ID
from bot.store.shelf import hurry

Handler: TypeAlias = Callable[[discord.Interaction[Any], tuple[str, ...]], Awaitable[None]]
Admit: TypeAlias = Callable[[int], None]  # takes the id of a user
PREFIX = "wz"
HURRY = 2.0  # seconds for a call of the store: Discord waits three for the first answer
_TEMPLATE = re.compile(rf"{PREFIX}:(?P<action>[a-z_]+)(?P<arguments>(:[^:]{{0,100}}){{0,25}})")


def custom_id(action: str, *arguments: object) -> str:
    """The id under which a handler finds its arguments again."""
    made = ":".join((PREFIX, action, *(str(argument) for argument in arguments)))
    if len(made) > CUSTOM_ID:
        raise ValueError(f"custom id too long: {made}")
    return made


def parsed(id_: str) -> tuple[str, tuple[str, ...]] | None:
    """Action and arguments of a custom id; None when it is not one of ours."""
    match = _TEMPLATE.fullmatch(id_)
    if match is None:
        return None
    arguments = match["arguments"]
    return match["action"], tuple(arguments[1:].split(":")) if arguments else ()


def dynamic_items(handlers: Mapping[str, Handler], admit: Admit) -> tuple[type[ui.DynamicItem[Any]], ...]:
    """The classes that discord.py looks custom ids up in, bound to these handlers."""

    class Pressed(ui.DynamicItem[ui.Button[Any]], template=_TEMPLATE):
        @classmethod
        async def from_custom_id(cls, _: Any, item: ui.Item[Any], match: re.Match[str], /) -> Self:  # noqa: ARG003
            return cls(item)  # type: ignore[arg-type] # menus come here as well: one template, one class

        async def callback(self, interaction: discord.Interaction[Any]) -> None:
            await dispatch(interaction, handlers, self.custom_id, admit)

    return (Pressed,)


async def dispatch(
    interaction: discord.Interaction[Any], handlers: Mapping[str, Handler], id_: str, admit: Admit
) -> None:
    """Calls the handler of a custom id; whatever goes wrong is told to the one who pressed. `admit` raises for who
    presses too often.
    """
    found = parsed(id_)
    handler = handlers.get(found[0]) if found else None
    if found is None or handler is None:
        return
    hurry.set(HURRY)
    try:
        admit(interaction.user.id)
        await handler(interaction, found[1])
    except Exception as error:  # noqa: BLE001 - the boundary
        await explain(interaction, error)


def chosen(interaction: discord.Interaction[Any]) -> tuple[str, ...]:
    """The values picked in a select menu."""
    data: Any = interaction.data or {}
    return tuple(data.get("values") or ())
