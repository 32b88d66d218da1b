"""/stats and /unknown, for moderators."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.base.errors import UserError
from bot.base.languages import COMMA, Language, Words, told
from bot.chat.desk import Desk
from bot.chat.errors import language_of
from bot.chat.limits import clip
from bot.chat.markdown import escape, fence, labelled
from bot.chat.rendering import sheet
from bot.service import jobs
from bot.service.wording import WORDS, words
from bot.store.outcomes import Share
from bot.store.unknown import Cluster

Interaction = discord.Interaction[Any]
PERIOD = 30 * 86_400.0  # seconds that the statistics look back
SHOWN = 3  # of each list: more does not fit on the screen of a phone
DURATIONS = (("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1))


class Moderation(commands.Cog):
    """Figures for moderators: what was asked, and what nobody could answer."""

    def __init__(self, bot: Desk) -> None:
        self.bot = bot

    @app_commands.command(name="stats", description="How I am doing on this server")
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.checks.has_permissions(manage_guild=True)
    async def stats(self, interaction: Interaction) -> None:
        """/stats: what was asked and answered on this server."""
        assert interaction.guild_id is not None
        language = language_of(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)
        parts = [f"### {words('stats_title', language)}", await self._numbers(interaction.guild_id, language)]
        if clusters := await self.bot.store.unknown.top(SHOWN, interaction.guild_id):
            parts += [f"**{words('stats_unknown', language)}**", cluster_list(clusters)]
        await interaction.edit_original_response(view=sheet(parts))

    @app_commands.command(name="unknown", description="Errors I do not know yet")
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.checks.has_permissions(manage_guild=True)
    async def unknown(self, interaction: Interaction) -> None:
        """/unknown: the errors that were not recognised, most frequent first."""
        language = language_of(interaction)
        clusters = await self.bot.store.unknown.top(10, interaction.guild_id)
        text = cluster_list(clusters) if clusters else words("unknown_none", language)
        solutions = await self.bot.store.unknown.solutions([cluster.id for cluster in clusters])
        known = [f"`{each.cluster_id}` {each.link}" for each in solutions if each.guild_id == interaction.guild_id]
        notes = [words("unknown_solved", language, links="\n".join(known[:SHOWN]))] if known else []
        view = sheet([f"### {words('unknown_title', language)}", text, *notes])
        await interaction.response.send_message(view=view, ephemeral=True)

    async def _numbers(self, guild_id: int, language: Language) -> str:
        store = self.bot.store
        since = store.clock() - PERIOD
        answers = await store.answers.count(guild_id, since)
        tally = await store.feedback.tally(guild_id, since)
        requests = await store.requests.of_guild(guild_id)
        figures = await store.outcomes.figures(guild_id, since, SHOWN)
        kinds = sorted(answers.items(), key=lambda each: (-each[1], each[0]))
        each = told(COMMA, language).join(f"{_kind(kind, language)} {number}" for kind, number in kinds) or "0"
        status = words(
            "stats_requests_value",
            language,
            open=requests.get("open", 0),
            complete=requests.get("complete", 0),
            dismissed=requests.get("dismissed", 0),
        )
        rows = (
            ("stats_solved", _solved_rate(figures.solved, figures.requests)),
            ("stats_wait", _duration(figures.answer_seconds, language)),
            ("stats_causes", _shares(await self._titled(figures.causes, language), language)),
            ("stats_loaders", _shares(figures.loaders, language)),
            ("stats_answers", each),
            ("stats_feedback", f"{tally.helped} / {tally.not_helped}"),
            ("stats_requests", status),
            ("stats_evidence", str(await store.evidence.count(guild_id))),
        )
        return "\n".join(f"- {labelled(words(name, language), value, language)}" for name, value in rows)

    async def _titled(self, causes: Sequence[Share], language: Language) -> list[Share]:
        """The causes by their titles, where they have one and somebody has time to look."""
        titles: dict[str, Words] = {}
        with suppress(UserError):
            titles = await self.bot.workers.run(None, jobs.titles, [share.name for share in causes])
        return [replace(share, name=told(titles.get(share.name, share.name), language)) for share in causes]


def _solved_rate(solved: int, requests: int) -> str:
    return f"{solved} / {requests} ({round(100 * solved / requests)} %)" if requests else "0"


def _duration(seconds: float | None, language: Language) -> str:
    """A time in the largest unit that fits it."""
    if seconds is None:
        return "–"
    unit, size = next((unit, size) for unit, size in DURATIONS if seconds >= size or size == 1)
    return words(f"stats_{unit}", language, number=round(seconds / size))


def _kind(kind: str, language: Language) -> str:
    """What kind of answer was given, in words."""
    name = f"kind_{kind}"
    return words(name, language) if name in WORDS else escape(kind)


def _shares(shares: Sequence[Share], language: Language) -> str:
    """Names with how many of theirs were solved: "The disk is full 3/5"."""
    each = [f"{escape(share.name)} {share.solved}/{share.requests}" for share in shares]
    return told(COMMA, language).join(each) or "–"


def cluster_list(clusters: list[Cluster]) -> str:
    """Unknown errors with their counts and ids, as one code block."""
    return fence(
        "\n".join(f"{cluster.count:>4} × [{cluster.id}] {clip(cluster.signature, 180)}" for cluster in clusters)
    )
