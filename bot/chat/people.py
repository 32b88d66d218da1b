"""Who may do what."""

from typing import Any

import discord

from bot.chat.errors import RefusalError
from bot.store.settings import GuildSettings


def has_helper_role(user: discord.abc.User, settings: GuildSettings) -> bool:
    """Whether somebody has one of the roles that the moderators named."""
    return isinstance(user, discord.Member) and any(role.id in settings.helper_roles for role in user.roles)


def is_moderator(user: discord.abc.User) -> bool:
    """Whether somebody may change the settings of the server."""
    return isinstance(user, discord.Member) and user.guild_permissions.manage_guild


def moderated_guild(interaction: discord.Interaction[Any]) -> int:
    """The server's id, when a moderator of it acts. Raises RefusalError otherwise."""
    if interaction.guild_id is None or not is_moderator(interaction.user):
        raise RefusalError("moderators_only")
    return interaction.guild_id


def is_helper(user: discord.abc.User, settings: GuildSettings) -> bool:
    """Helpers, and whoever may tidy up other people's messages anyhow."""
    if has_helper_role(user, settings) or is_moderator(user):
        return True
    if not isinstance(user, discord.Member):
        return False
    permissions = user.guild_permissions
    return permissions.manage_messages or permissions.manage_threads


NEEDED = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    manage_threads=True,
)
NEEDED_NAMES: dict[str, tuple[str, str]] = {
    "view_channel": ("View Channel", "查看频道"),
    "send_messages": ("Send Messages", "发送消息"),
    "send_messages_in_threads": ("Send Messages in Threads", "在子区内发送消息"),
    "embed_links": ("Embed Links", "嵌入链接"),
    "attach_files": ("Attach Files", "附加文件"),
    "read_message_history": ("Read Message History", "阅读消息历史记录"),
    "manage_threads": ("Manage Threads (for forum tags)", "管理子区（用于论坛标签）"),
}


def lacking(channel: discord.abc.GuildChannel, *, with_tags: bool) -> list[str]:
    """Names of the permissions that the bot lacks in a channel."""
    have = channel.permissions_for(channel.guild.me)
    needed = [name for name, wanted in NEEDED if wanted and (with_tags or name != "manage_threads")]
    return [name for name in needed if not getattr(have, name)]
