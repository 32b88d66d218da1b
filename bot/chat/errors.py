"""The error boundary of this face: a UserError is shown, a lack of permission named, anything else gets a reference."""

import logging
import secrets
from typing import Any

import discord
from discord import app_commands

from bot.base.errors import UserError
from bot.base.languages import Language
from bot.chat.limits import clip
from bot.chat.markdown import escape
from bot.chat.rendering import notice
from bot.service.wording import SpokenError, words

log = logging.getLogger(__name__)
LONGEST_ERROR = 1000  # characters; the name of an entry in an archive may have 65,535

# What happens when somebody deletes, leaves or waits too long: nobody's fault, nothing to report.
UNKNOWN_INTERACTION, ALREADY_ANSWERED = 10062, 40060
GONE = frozenset({10003, 10004, 10008, 10015, UNKNOWN_INTERACTION, ALREADY_ANSWERED, 50083})
NO_ACCESS = frozenset({50001, 50013})


def is_gone(error: BaseException) -> bool:
    """Whether what an action was for has vanished meanwhile (channel, message, interaction, webhook)."""
    return isinstance(error, discord.HTTPException) and (error.code in GONE or error.status == 404)


def is_forbidden(error: BaseException) -> bool:
    return isinstance(error, discord.Forbidden) or (
        isinstance(error, discord.HTTPException) and error.code in NO_ACCESS
    )


def language_of(interaction: discord.Interaction[Any]) -> Language:
    """The language of the one who acts."""
    code = str(interaction.locale).partition("-")[0]
    return code if code in interaction.client.languages else "en"


async def explain(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Tells the one who acted what went wrong; never raises."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if is_gone(cause):
        log.info("too late for an interaction: %s", cause)
        return
    text = error_text(cause, language_of(interaction), _where(interaction))
    try:
        await tell(interaction, text)
    except discord.HTTPException as failure:
        log.info("could not tell about an error: %s", failure)


class RefusalError(SpokenError):
    """What the bot cannot do, in Discord's markdown, with the values escaped. What a stranger chose stands in them
    masked (see `Desk.masked`).
    """

    def __init__(self, name: str, /, **values: object) -> None:
        super().__init__(name, **{key: _inert(str(value)) for key, value in values.items()})


def refusal_text(error: UserError, language: Language) -> str:
    """What to post of an error. A text of the core may hold a name that a stranger chose: nothing in it formats or
    links. Secrets in it are masked where the error arose (see `Workers`): that may be work.
    """
    text = error.in_language(language)
    return text if isinstance(error, RefusalError) else _inert(text)


def _inert(text: str) -> str:
    return escape(clip(text, LONGEST_ERROR))


async def tell(interaction: discord.Interaction[Any], text: str) -> None:
    """A short note that only the one who acted sees, whatever state the interaction is in."""
    view = notice(text, tone="careful")
    if not interaction.response.is_done():
        await interaction.response.send_message(view=view, ephemeral=True)
    elif interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
        await interaction.edit_original_response(content=None, view=view)
    else:
        await interaction.followup.send(view=view, ephemeral=True)


def error_text(error: BaseException, language: Language, where: str) -> str:
    """What to post of any error; what nobody expected is logged with the reference that stands in the text."""
    if isinstance(error, UserError):
        return refusal_text(error, language)
    if isinstance(error, app_commands.MissingPermissions):
        return words("moderators_only", language)
    if isinstance(error, app_commands.NoPrivateMessage):
        return words("server_only", language)
    if isinstance(error, app_commands.CommandSignatureMismatch):
        log.warning("a command has changed since it was registered: %s", error)
    reference = secrets.token_hex(4)
    log.error("unexpected error %s in %s", reference, where, exc_info=error)
    return words("error", language, reference=reference)


def _where(interaction: discord.Interaction[Any]) -> str:
    data: Any = interaction.data or {}
    return str(data.get("name") or data.get("custom_id") or interaction.type)
