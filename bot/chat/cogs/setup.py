"""/setup: all settings of a server in one panel of four pages. Its buttons carry the version they were shown with."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import discord
import msgspec
from discord import app_commands, ui
from discord.ext import commands

from bot.base.languages import COLON, COMMA, Language, told
from bot.chat import limits
from bot.chat.desk import Desk
from bot.chat.errors import RefusalError, language_of
from bot.chat.forms import FormField, Submitted, form, submitted
from bot.chat.forum_setup import TAGGED_SYSTEMS, set_up, tag_names
from bot.chat.interactive import Handler, chosen, custom_id
from bot.chat.limits import clip
from bot.chat.markdown import escape, labelled
from bot.chat.people import NEEDED_NAMES, lacking, moderated_guild
from bot.chat.rendering import COLOURS, Sheet
from bot.chat.request_view import WORDING_LIMIT
from bot.chat.watching import Watching
from bot.service import jobs
from bot.service.wording import POINTS, WORDS, words
from bot.store.settings import ConflictError, GuildSettings, Versioned

Interaction = discord.Interaction[Any]
PLACES, PEOPLE, TAGS, WORDING = range(4)
NO_TAG = "-"
YES, NO = "yes", "no"


class Setup(commands.Cog):
    """The panel in which moderators set up the bot."""

    def __init__(self, bot: Desk, watching: Watching) -> None:
        self.bot = bot
        self._watching = watching
        picks: dict[str, Handler] = {
            f"setup_{name}": self._picker(name)
            for name in (
                "forums",
                "channels",
                "roles",
                "points",
                "mode",
                "language",
                "needs_tag",
                "solved_tag",
                "handed_tag",
                "tag_facts",
                "remember",
                "ping",
            )
        }
        bot.answer_handlers(
            {
                **picks,
                "setup_page": self.turn,
                "setup_edit": self.edit_numbers,
                "setup_open": self.open_panel,
                "setup_forum": self.set_up_forums,
            },
            {"setup_form": self.numbers_sent},
        )

    @app_commands.command(name="setup", description="Settings of this server")
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.checks.has_permissions(manage_guild=True)
    async def setup(self, interaction: Interaction) -> None:
        """/setup: opens the panel."""
        await self.open_panel(interaction, ())

    async def open_panel(self, interaction: Interaction, _: tuple[str, ...]) -> None:
        """Opens the panel from a button elsewhere."""
        current = await self.bot.store.settings.read(moderated_guild(interaction))
        await interaction.response.send_message(view=self._panel(interaction, current, PLACES), ephemeral=True)

    async def turn(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Another page of the panel."""
        guild_id = moderated_guild(interaction)
        current = await self.bot.store.settings.read(guild_id)
        await interaction.response.edit_message(view=self._panel(interaction, current, int(arguments[0])))

    async def set_up_forums(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Gives the watched forums tags and guidelines; what they have already stays."""
        guild_id, language = moderated_guild(interaction), language_of(interaction)
        settings = (await self.bot.store.settings.read(guild_id)).settings
        forums = _manageable_forums(interaction.guild, settings)
        spoken = language if settings.language == "auto" else settings.language
        names = tag_names(forums, _tag_wordings(spoken))
        await interaction.response.defer()
        known = await self.bot.workers.run(interaction.user.id, jobs.suggest, "loader", "", spoken)
        loaders = [choice.value for choice in known]
        for forum in forums:
            await set_up(forum, [*names, *loaders, *TAGGED_SYSTEMS], words("guidelines", spoken))
        changed = msgspec.structs.replace(
            settings, needs_info_tag=names[0], solved_tag=names[1], handed_tag=names[2], tag_facts=True
        )
        done = words("setup_forum_done", language, forums=" ".join(forum.mention for forum in forums))
        await self._save(interaction, changed, int(arguments[0]), TAGS, done)

    async def edit_numbers(self, interaction: Interaction, _: tuple[str, ...]) -> None:
        """Opens the form of numbers and names."""
        current = await self.bot.store.settings.read(moderated_guild(interaction))
        await interaction.response.send_modal(_numbers_form(current, language_of(interaction)))

    async def numbers_sent(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Keeps the numbers and names that were written."""
        guild_id = moderated_guild(interaction)
        current = await self.bot.store.settings.read(guild_id)
        changed = _with_numbers(current.settings, submitted(interaction))
        await self._save(interaction, changed, int(arguments[0]), WORDING)

    def _picker(self, name: str) -> Handler:
        async def pick(interaction: Interaction, arguments: tuple[str, ...]) -> None:
            guild_id = moderated_guild(interaction)
            version, page = int(arguments[0]), int(arguments[1])
            current = await self.bot.store.settings.read(guild_id)
            await self._save(interaction, _with_choice(current.settings, name, chosen(interaction)), version, page)

        return pick

    async def _save(
        self, interaction: Interaction, changed: GuildSettings, version: int, page: int, done: str = ""
    ) -> None:
        """Saves over the version that the moderator saw; when it is older, shows what stands there now."""
        assert interaction.guild_id is not None
        note = done or words("setup_saved", language_of(interaction))
        try:
            saved = await self.bot.store.settings.save(interaction.guild_id, changed, version, interaction.user.id)
        except ConflictError as conflict:
            saved, note = conflict.current, words("setup_conflict", language_of(interaction))
        if not saved.settings.remember:
            await self.bot.store.solved.remove_guild(interaction.guild_id)
        panel = self._panel(interaction, saved, page, note)
        if interaction.response.is_done():
            await interaction.edit_original_response(view=panel)
        else:
            await interaction.response.edit_message(view=panel)

    def _panel(self, interaction: Interaction, current: Versioned, page: int, note: str = "") -> Sheet:
        language = language_of(interaction)
        view = Sheet()
        container: ui.Container[Any] = ui.Container(accent_colour=COLOURS["good" if current.version else "neutral"])
        container.add_item(ui.TextDisplay(f"### ⚙️ {words('setup_title', language)}"))
        container.add_item(ui.TextDisplay(clip(_overview(current.settings, page, language), 2500)))
        for text in self._warnings(interaction, current.settings, language):
            container.add_item(ui.TextDisplay(clip(text, 400)))
        if note:
            container.add_item(ui.TextDisplay(f"**{note}**"))
        view.add_item(container)
        for item in _items(interaction, current, page, language):
            view.add_item(ui.ActionRow(item))
        view.add_item(ui.ActionRow(*_page_buttons(page, language)))
        return view

    def _warnings(self, interaction: Interaction, settings: GuildSettings, language: Language) -> list[str]:
        """What keeps the bot from doing its work here: at most three."""
        found = []
        if not self.bot.config.message_content and (settings.forums or settings.channels):
            found.append(words("setup_need_content", language))
        refused = self._watching.messages.forbidden.get(interaction.guild_id or 0, set())
        for channel in _channels(interaction.guild, {*settings.forums, *settings.channels, *refused}):
            if missing := lacking(channel, with_tags=_uses_tags(settings)):
                names = told(COMMA, language).join(NEEDED_NAMES[name][1 if language == "zh" else 0] for name in missing)
                found.append(words("setup_lacking", language, place=channel.mention, permissions=names))
        return found[:3]


def _channels(guild: discord.Guild | None, ids: Iterable[int]) -> Iterator[discord.abc.GuildChannel]:
    """Those that are there still."""
    found = (guild.get_channel(id_) for id_ in ids) if guild else ()
    return (channel for channel in found if channel is not None)


def _manageable_forums(guild: discord.Guild | None, settings: GuildSettings) -> list[discord.ForumChannel]:
    """The watched forums. Raises RefusalError where there is none, or one that the bot may not change."""
    found = _channels(guild, settings.forums)
    forums = [forum for forum in found if isinstance(forum, discord.ForumChannel)]
    if not forums:
        raise RefusalError("setup_forum_none")
    if lacked := [each.mention for each in forums if not each.permissions_for(each.guild.me).manage_channels]:
        raise RefusalError("setup_forum_lacking", place=" ".join(lacked))
    return forums


def _uses_tags(settings: GuildSettings) -> bool:
    return bool(settings.needs_info_tag or settings.solved_tag or settings.handed_tag)


def _with_choice(settings: GuildSettings, name: str, values: Sequence[str]) -> GuildSettings:
    """The settings with one of them changed by a select menu."""
    ids = tuple(int(value) for value in values if value.isdigit())
    first = values[0] if values else ""
    changes: dict[str, dict[str, Any]] = {
        "forums": {"forums": ids},
        "channels": {"channels": ids},
        "roles": {"helper_roles": ids},
        "points": {"required": tuple(point for point in POINTS if point in values)},
        "mode": {"mode": first},
        "language": {"language": first},
        "needs_tag": {"needs_info_tag": "" if first == NO_TAG else first},
        "solved_tag": {"solved_tag": "" if first == NO_TAG else first},
        "handed_tag": {"handed_tag": "" if first == NO_TAG else first},
        "ping": {"ping_helpers": first == YES},
        "remember": {"remember": first == YES},
        "tag_facts": {"tag_facts": first == YES},
    }
    return msgspec.structs.replace(settings, **changes[name])


def _with_numbers(settings: GuildSettings, sent: Submitted) -> GuildSettings:
    return msgspec.structs.replace(
        settings,
        wording=clip(sent["wording"], WORDING_LIMIT),
        remind_hours=_number(sent["hours"], 0, 720),
        user_per_hour=_number(sent["user"], 1, 1000),
        channel_per_hour=_number(sent["channel"], 1, 10_000),
    )


def _number(text: str, least: int, most: int) -> int:
    if text.isdecimal() and least <= int(text) <= most:
        return int(text)
    raise RefusalError("setup_number", least=least, most=most)


def _overview(settings: GuildSettings, page: int, language: Language) -> str:
    """What is set on a page."""

    def listed(ids: Sequence[int], prefix: str) -> str:
        return " ".join(f"<{prefix}{id_}>" for id_ in ids) or words("setup_none", language)

    limits_text = words("setup_limits_value", language, user=settings.user_per_hour, channel=settings.channel_per_hour)
    hours = settings.remind_hours
    reminder = (
        words("setup_reminder_value", language, hours=hours) if hours else words("setup_reminder_never", language)
    )
    no_tag = words("setup_no_tag", language)
    points = [POINTS[point].in_language(language) for point in settings.required]
    spoken = dict(_languages(language)).get(settings.language, settings.language)
    rows: dict[int, tuple[tuple[str, str], ...]] = {
        PLACES: (
            ("setup_forums", listed(settings.forums, "#")),
            ("setup_channels", listed(settings.channels, "#")),
            ("setup_mode", words(f"setup_mode_{settings.mode}", language)),
            ("setup_language", spoken),
        ),
        PEOPLE: (
            ("setup_roles", listed(settings.helper_roles, "@&")),
            ("setup_points", told(COMMA, language).join(points)),
            ("setup_remember", words(f"setup_remember_{_yes(settings.remember)}", language)),
            ("setup_ping", words(f"setup_ping_{_yes(settings.ping_helpers)}", language)),
        ),
        TAGS: (
            ("setup_needs_tag", escape(settings.needs_info_tag) or no_tag),
            ("setup_solved_tag", escape(settings.solved_tag) or no_tag),
            ("setup_handed_tag", escape(settings.handed_tag) or no_tag),
            ("setup_tag_facts", words(f"setup_tag_facts_{_yes(settings.tag_facts)}", language)),
        ),
        WORDING: (
            ("setup_wording", escape(settings.wording) or words("setup_wording_standard", language)),
            ("setup_reminder", reminder),
            ("setup_limits", limits_text),
        ),
    }
    return "\n".join(f"- {labelled(words(name, language), value, language)}" for name, value in rows[page])


def _languages(language: Language) -> list[tuple[str, str]]:
    """The languages to choose from, as they are shown."""
    return [("auto", words("setup_language_auto", language)), ("zh", "中文"), ("en", "English")]


def _yes(value: bool) -> str:
    return YES if value else NO


def _items(interaction: Interaction, current: Versioned, page: int, language: Language) -> list[ui.Item[Any]]:
    """The menus of a page."""
    settings = current.settings

    def id_(name: str) -> str:
        return custom_id(f"setup_{name}", current.version, page)

    def channels(name: str, ids: Sequence[int], kinds: list[discord.ChannelType]) -> ui.Item[Any]:
        return ui.ChannelSelect(
            custom_id=id_(name),
            channel_types=kinds,
            placeholder=words(f"setup_{name}", language),
            min_values=0,
            max_values=limits.OPTIONS,
            default_values=[discord.SelectDefaultValue(id=i, type=discord.SelectDefaultValueType.channel) for i in ids],
        )

    if page == PLACES:
        modes = [(mode, words(f"setup_mode_{mode}", language)) for mode in ("full", "ask", "off")]
        return [
            channels("forums", settings.forums, [discord.ChannelType.forum]),
            channels("channels", settings.channels, [discord.ChannelType.text]),
            _choice(id_("mode"), "setup_mode", language, modes, (settings.mode,)),
            _choice(id_("language"), "setup_language", language, _languages(language), (settings.language,)),
        ]
    if page == PEOPLE:
        points = [(point, name.in_language(language)) for point, name in POINTS.items()]
        roles: ui.RoleSelect[Any] = ui.RoleSelect(
            custom_id=id_("roles"),
            placeholder=words("setup_roles", language),
            min_values=0,
            max_values=limits.OPTIONS,
            default_values=[
                discord.SelectDefaultValue(id=i, type=discord.SelectDefaultValueType.role)
                for i in settings.helper_roles
            ],
        )
        return [
            roles,
            _choice(id_("points"), "setup_points", language, points, settings.required, len(points)),
            _yes_no(id_("remember"), "setup_remember", language, now=settings.remember),
            _yes_no(id_("ping"), "setup_ping", language, now=settings.ping_helpers),
        ]
    if page == TAGS:
        tags = [
            (NO_TAG, words("setup_no_tag", language)),
            *((name, name) for name in _tag_names(interaction, settings)),
        ]
        return [
            _choice(id_("needs_tag"), "setup_needs_tag", language, tags, (settings.needs_info_tag,)),
            _choice(id_("solved_tag"), "setup_solved_tag", language, tags, (settings.solved_tag,)),
            _choice(id_("handed_tag"), "setup_handed_tag", language, tags, (settings.handed_tag,)),
            _yes_no(id_("tag_facts"), "setup_tag_facts", language, now=settings.tag_facts),
            ui.Button(
                label=words("setup_forum", language), custom_id=custom_id("setup_forum", current.version), emoji="🏷️"
            ),
        ]
    return [ui.Button(label=words("setup_edit_numbers", language), custom_id=custom_id("setup_edit"), emoji="✏️")]


def _yes_no(id_: str, name: str, language: Language, *, now: bool) -> ui.Select[Any]:
    options = [(each, words(f"{name}_{each}", language)) for each in (NO, YES)]
    return _choice(id_, name, language, options, (_yes(now),))


def _choice(
    id_: str, name: str, language: Language, options: Sequence[tuple[str, str]], now: Sequence[str], most: int = 1
) -> ui.Select[Any]:
    """The menu of one setting. `name`: of its title in the words."""
    title = words(name, language)
    return ui.Select(
        custom_id=id_,
        placeholder=clip(title, limits.PLACEHOLDER),
        min_values=1,
        max_values=min(most, len(options)),
        options=[
            discord.SelectOption(
                label=clip(f"{title}{told(COLON, language)}{label}", limits.OPTION_TEXT) if most == 1 else label,
                value=value,
                default=value in now,
            )
            for value, label in options[: limits.OPTIONS]
        ],
    )


def _tag_names(interaction: Interaction, settings: GuildSettings) -> list[str]:
    """Names of the tags that the watched forums have."""
    guild = interaction.guild
    found = [guild.get_channel(id_) for id_ in settings.forums] if guild else []
    names = [tag.name for forum in found if isinstance(forum, discord.ForumChannel) for tag in forum.available_tags]
    return list(dict.fromkeys(names))[: limits.OPTIONS - 1]


def _page_buttons(page: int, language: Language) -> list[ui.Button[Any]]:
    names = words("setup_pages", language).split("|")
    return [
        ui.Button(
            label=name,
            custom_id=custom_id("setup_page", number),
            style=discord.ButtonStyle.primary if number == page else discord.ButtonStyle.secondary,
            disabled=number == page,
        )
        for number, name in enumerate(names)
    ]


def _tag_wordings(spoken: Language) -> list[tuple[str, ...]]:
    """What each tag of the bot's own may be called, in the spoken language first."""
    said = WORDS["setup_tag_names"]
    in_order = dict.fromkeys((spoken, *said.languages))
    return list(zip(*(said.in_language(each).split("|") for each in in_order), strict=True))


def _numbers_form(current: Versioned, language: Language) -> ui.Modal:
    settings = current.settings
    fields = [
        FormField(
            "wording",
            words("setup_wording", language),
            words("setup_wording_hint", language),
            settings.wording,
            is_long=True,
            most=WORDING_LIMIT,
        ),
        FormField(
            "hours", words("setup_form_hours", language), "", str(settings.remind_hours), is_required=True, most=3
        ),
        FormField(
            "user", words("setup_form_user", language), "", str(settings.user_per_hour), is_required=True, most=4
        ),
        FormField(
            "channel",
            words("setup_form_channel", language),
            "",
            str(settings.channel_per_hour),
            is_required=True,
            most=5,
        ),
    ]
    return form(custom_id("setup_form", current.version), words("setup_form_title", language), fields)
