"""/collect, /privacy, /about, /reload."""

from dataclasses import fields
from importlib.metadata import version
from typing import Any, get_args

import discord
from discord import app_commands
from discord.ext import commands

from bot.base.languages import COMMA, Language, told
from bot.chat.desk import Desk
from bot.chat.errors import RefusalError, language_of
from bot.chat.interactive import custom_id
from bot.chat.markdown import fence
from bot.chat.paging import paged
from bot.chat.presenting import turning
from bot.chat.rendering import Press, notice, sheet
from bot.chat.watching import Watching
from bot.hardware.systems import System
from bot.knowledge.files import DataError
from bot.service.collecting import WINDOWS, script_for
from bot.service.wording import words
from bot.store.privacy import Kept

Interaction = discord.Interaction[Any]
SYSTEMS = [app_commands.Choice(name=name, value=name) for name in get_args(System)]


class About(commands.Cog):
    """What the bot is, how it is told what helpers ask for, and what is stored of whom."""

    def __init__(self, bot: Desk, watching: Watching) -> None:
        self.bot = bot
        self._watching = watching
        bot.answer_handlers({"forget": self.forget, "privacy_page": self.privacy_page}, {})

    @app_commands.command(name="collect", description="A script that gathers what helpers ask for on your computer")
    @app_commands.describe(system="The operating system")
    @app_commands.choices(system=SYSTEMS)
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def collect(self, interaction: Interaction, system: System = "windows") -> None:
        """/collect: a script that gathers what helpers ask for, for one system."""
        language = language_of(interaction)
        script = script_for(system)
        start = words("collect_windows" if script is WINDOWS else "collect_others", language)
        steps = words("collect_steps", language, start=f"{start}\n{fence(script.command)}")
        view = sheet([f"### {words('collect_title', language)}", steps], files=[script.name])
        await interaction.response.send_message(view=view, file=discord.File(script.path), ephemeral=True)

    @app_commands.command(name="privacy", description="What I keep of you, and delete it")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def privacy(self, interaction: Interaction) -> None:
        """/privacy: what is stored of the reader, with a button that deletes it."""
        language = language_of(interaction)
        kept = await self.bot.store.privacy.kept(interaction.user.id)
        parts = [
            f"### {words('privacy_title', language)}",
            words("privacy_short", language, **self._days()),
            words("privacy_kept", language, kept=_counted(kept, language)),
        ]
        presses = [
            Press(words("privacy_all", language), custom_id("privacy_page", 1), emoji="🔍"),
            _forget_button(language),
        ]
        await interaction.response.send_message(view=sheet(parts, presses=presses), ephemeral=True)

    async def privacy_page(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Everything that is kept, one page of it (counted from 1)."""
        language = language_of(interaction)
        pages = paged([words("privacy_text", language, **self._days())])
        at = min(int(arguments[0]), len(pages)) - 1
        turns = turning(language, at, len(pages), lambda page: custom_id("privacy_page", page + 1))
        parts = [f"### {words('privacy_title', language)}", *pages[at]]
        await interaction.response.edit_message(view=sheet(parts, presses=[*turns, _forget_button(language)]))

    def _days(self) -> dict[str, int]:
        """For how many days what is kept."""
        config = self.bot.config
        return {
            "answers": config.answer_days,
            "feedback": config.feedback_days,
            "unknown": config.unknown_days,
            "solved": config.solved_days,
        }

    async def forget(self, interaction: Interaction, _: tuple[str, ...]) -> None:
        """Deletes what is stored of whoever pressed the button."""
        self.bot.consultations.kept.forget(interaction.user.id)
        self.bot.talks.forget(interaction.user.id)
        self.bot.pleas.forget(interaction.user.id)
        gone = await self.bot.store.privacy.forget(interaction.user.id)
        await self._watching.refresh()
        text = words("privacy_deleted", language_of(interaction), number=gone.total)
        await interaction.response.edit_message(view=notice(text, tone="good"))

    @app_commands.command(name="about", description="What I am and what I can do")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def about(self, interaction: Interaction) -> None:
        """/about: the version, what the bot can do, and how much it knows."""
        language = language_of(interaction)
        text = words(
            "about_text",
            language,
            version=version("wenzhen"),
            knowledge=self.bot.workers.clinic.version,
            library=discord.__version__,
        )
        view = sheet([f"### {words('about_title', language)}", text])
        await interaction.response.send_message(view=view, ephemeral=True)

    @app_commands.command(name="reload", description="Load changed knowledge (owner)")
    @app_commands.default_permissions()
    async def reload(self, interaction: Interaction) -> None:
        """/reload: reads the knowledge again, for the owner alone."""
        if not await self._is_owner(interaction.user):
            raise RefusalError("owner_only")
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.edit_original_response(view=notice(await self._reloaded(language_of(interaction))))

    async def _reloaded(self, language: Language) -> str:
        try:
            old, new = await self.bot.reload()
        except DataError as error:
            faults = fence("\n".join(str(fault) for fault in error.faults)[:1500])
            return words("reload_broken", language, old=self.bot.workers.clinic.version, faults=faults)
        return words("reload_same" if old == new else "reload_done", language, old=old, new=new)

    async def _is_owner(self, user: discord.abc.User) -> bool:
        owners = self.bot.config.owners
        return user.id in owners if owners else await self.bot.is_owner(user)


def _forget_button(language: Language) -> Press:
    return Press(words("privacy_delete", language), custom_id("forget"), discord.ButtonStyle.danger, "🗑️")


def _counted(kept: Kept, language: Language) -> str:
    """What there is of somebody, without what there is none of."""
    counts = {field.name: getattr(kept, field.name) for field in fields(kept)}
    said = [words(f"kept_{name}", language, number=number) for name, number in counts.items() if number]
    return told(COMMA, language).join(said) or words("kept_none", language)
