"""What the commands with short answers share: asking a worker, showing what it says, suggestions while one types."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

import discord
from discord import app_commands

from bot.answers.blocks import Answer
from bot.base.errors import UserError
from bot.chat.cogs.diagnose import asker_of
from bot.chat.desk import Desk
from bot.chat.errors import language_of
from bot.chat.limits import OPTION_TEXT, OPTIONS, clip
from bot.chat.presenting import Look
from bot.clinic.ports import Clinic, Subject
from bot.service import jobs

Interaction = discord.Interaction[Any]
P = ParamSpec("P")
ANYWHERE = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
ANYONE = app_commands.allowed_installs(guilds=True, users=True)


async def answer(
    bot: Desk,
    interaction: Interaction,
    kind: str,
    job: Callable[Concatenate[Clinic, P], Answer],
    *args: P.args,
    **kwargs: P.kwargs,
) -> None:
    await interaction.response.defer(thinking=True)
    asker = asker_of(interaction)
    bot.consultations.admit(asker)
    consultation = await bot.consultations.ask(asker, kind, job, *args, **kwargs)
    await bot.show(interaction, consultation, Look(language_of(interaction)))


async def suggested(
    bot: Desk, interaction: Interaction, subject: Subject, typed: str
) -> list[app_commands.Choice[str]]:
    """None where the bot has no time: one can type on without."""
    language = language_of(interaction)
    try:
        found = await bot.workers.run(interaction.user.id, jobs.suggest, subject, typed, language)
    except UserError:
        return []
    return [
        app_commands.Choice(name=clip(choice.name, OPTION_TEXT), value=choice.value)
        for choice in found[:OPTIONS]
        if len(choice.value) <= OPTION_TEXT
    ]
