"""/similar, /open, and the menu "This solved it": what a server has solved, and what still waits for somebody."""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.base.languages import Language
from bot.chat.cogs.diagnose import asker_of
from bot.chat.desk import Desk
from bot.chat.errors import RefusalError, language_of
from bot.chat.forms import FormField, form, submitted
from bot.chat.interactive import custom_id
from bot.chat.limits import clip
from bot.chat.markdown import escape
from bot.chat.people import is_helper
from bot.chat.rendering import notice, sheet
from bot.chat.watching import Watching
from bot.service.community import Similar
from bot.service.request_state import State, decoded
from bot.service.wording import words
from bot.store.requests import Request
from bot.store.settings import GuildSettings
from bot.store.unknown import Solution

Interaction = discord.Interaction[Any]
LISTED = 10
SOLUTION = 1500  # characters that a helper writes about one
SHOWN_FACTS = ("loader", "model", "card", "system")
LIVES = {"handed": "open_handed", "answered": "open_answered", "open": "open_asked"}  # that still wait, worst first


class SolvedPosts(commands.Cog):
    """Solved posts: found by likeness, listed, and kept by helpers."""

    def __init__(self, bot: Desk, watching: Watching) -> None:
        self.bot = bot
        self._watching = watching
        bot.answer_handlers({}, {"pin_form": self.pin_sent})
        menu = app_commands.ContextMenu(name=locale_str("This solved it"), callback=self.menu_pin)
        app_commands.guild_only()(menu)
        bot.tree.add_command(menu)

    @app_commands.command(name="similar", description="What was solved here before that is like this")
    @app_commands.describe(words="The error or what goes wrong; leave empty in your post")
    @app_commands.guild_only()
    async def similar(self, interaction: Interaction, words: app_commands.Range[str, 1, 4000] = "") -> None:
        """/similar: solved posts of the server that are like these words or this thread."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        language = language_of(interaction)
        settings = await self._settings(interaction)
        if not settings.remember:
            raise RefusalError("similar_off")
        asker = asker_of(interaction)
        self.bot.consultations.admit(asker)
        if words:
            found = await self.bot.community.similar_to(asker, words)
        else:
            request = await self.bot.store.requests.get(interaction.channel_id or 0)
            if request is None:
                raise RefusalError("similar_what")
            found = await self.bot.community.similar_to_request(asker, request)
        await interaction.edit_original_response(view=sheet(_similar(found, language)))

    @app_commands.command(name="open", description="Posts that wait for a helper")
    @app_commands.guild_only()
    async def open(self, interaction: Interaction) -> None:
        """/open: posts that wait for a helper, the most urgent first."""
        settings = await self._settings(interaction)
        if not is_helper(interaction.user, settings):
            raise RefusalError("helpers_only")
        language = language_of(interaction)
        waiting = [
            (request, state)
            for request in await self.bot.store.requests.newest(interaction.guild_id or 0)
            if (state := decoded(request.state)).life in LIVES
        ]
        ordered = sorted(waiting, key=lambda each: (list(LIVES).index(each[1].life), each[0].id))
        lines = [_waiting(request, state, language) for request, state in ordered[:LISTED]]
        text = "\n".join(lines) or words("open_none", language)
        view = sheet([f"### {words('open_title', language)}", text])
        await interaction.response.send_message(view=view, ephemeral=True)

    async def menu_pin(self, interaction: Interaction, message: discord.Message) -> None:
        """The reply that solved a post; where the error is unknown, a helper may say more about it."""
        request, settings = await self._pinnable(interaction, message)
        cluster = await self.bot.community.cluster_of(decoded(request.state))
        if cluster is not None and is_helper(interaction.user, settings):
            own = message.author.id == interaction.user.id
            modal = _pin_form(cluster, message, request.id, language_of(interaction), message.content if own else "")
            await interaction.response.send_modal(modal)
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        await self._pin(interaction, request.id, message, settings)

    async def pin_sent(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Keeps the solution that a helper wrote for a post."""
        cluster, channel_id, message_id, request_id = arguments
        await interaction.response.defer(thinking=True, ephemeral=True)
        settings = await self._settings(interaction)
        if not is_helper(interaction.user, settings):
            raise RefusalError("helpers_only")
        text = await self.bot.masked(submitted(interaction)["text"], interaction.user.id)
        if text:
            solution = Solution(
                cluster,
                int(message_id),
                interaction.guild_id or 0,
                int(channel_id),
                interaction.user.id,
                clip(text, SOLUTION),
            )
            await self.bot.store.unknown.solve(solution)
        channel: Any = interaction.channel
        message = await channel.fetch_message(int(message_id))
        await self._pin(interaction, int(request_id), message, settings)

    async def _pinnable(self, interaction: Interaction, message: discord.Message) -> tuple[Request, GuildSettings]:
        """The request that a message may be pinned to by the one who acts."""
        settings = await self._settings(interaction)
        request = await self._watching.request_of(message)
        if request is None:
            raise RefusalError("pin_no_post")
        if interaction.user.id != request.author_id and not is_helper(interaction.user, settings):
            raise RefusalError("not_yours")
        if self.bot.user is not None and message.author.id == self.bot.user.id:
            raise RefusalError("pin_own")
        return request, settings

    async def _pin(
        self, interaction: Interaction, request_id: int, message: discord.Message, settings: GuildSettings
    ) -> None:
        await self._watching.pinned(request_id, message, settings)
        language = language_of(interaction)
        said = words("pinned", language, link=message.jump_url) if settings.remember else None
        view = notice(said or words("pinned_thanks", language), tone="good")
        await interaction.edit_original_response(view=view)

    async def _settings(self, interaction: Interaction) -> GuildSettings:
        assert interaction.guild_id is not None
        return await self.bot.store.settings.get(interaction.guild_id)


def _similar(found: list[Similar], language: Language) -> list[str]:
    """The solved posts as parts of a message."""
    if not found:
        return [words("similar_none", language)]
    lines = [f"- {each.post.link} · {_told(each, language)}" for each in found]
    return [f"### 🔁 {words('similar_title', language)}", "\n".join(lines)]


def _told(similar: Similar, language: Language) -> str:
    facts = similar.traits.facts
    told = [escape(clip(facts[name], 60)) for name in SHOWN_FACTS if name in facts]
    return " · ".join([*told, words(f"similar_by_{similar.post.how}", language)])


def _waiting(request: Request, state: State, language: Language) -> str:
    """One post that waits: title or place, since when, how it stands."""
    link = f"https://discord.com/channels/{request.guild_id}/{request.channel_id}/{request.id}"
    title = escape(clip(state.title, 80)) or words("open_untitled", language)
    since = int(discord.utils.snowflake_time(request.id).timestamp())
    return f"- **{title}** <t:{since}:R> · {words(LIVES[state.life], language)} · {link}"


def _pin_form(
    cluster: str, message: discord.Message, request_id: int, language: Language, text: str
) -> discord.ui.Modal:
    field = FormField(
        "text",
        words("pin_form_label", language),
        words("pin_form_hint", language),
        clip(text, SOLUTION),
        is_long=True,
        most=SOLUTION,
    )
    id_ = custom_id("pin_form", cluster, message.channel.id, message.id, request_id)
    return form(id_, words("pin_form_title", language), [field])
