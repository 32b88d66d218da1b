"""A help forum's tags and guidelines, set up for moderators who want that."""

from collections.abc import Sequence

import discord

from bot.chat.limits import FORUM_TAG, FORUM_TAGS_OFFERED, FORUM_TOPIC, clip

TAGGED_SYSTEMS = ("Windows", "Linux", "macOS")


def tag_names(forums: Sequence[discord.ForumChannel], wordings: Sequence[Sequence[str]]) -> list[str]:
    """What each tag is called: as a forum calls it already, in whatever language, else by its first wording."""
    known = frozenset[str]().union(*map(_names_of, forums))
    return [next((name for name in names if name.casefold() in known), names[0]) for names in wordings]


def _names_of(forum: discord.ForumChannel) -> frozenset[str]:
    """The names of a forum's tags, folded."""
    return frozenset(tag.name.casefold() for tag in forum.available_tags)


async def set_up(forum: discord.ForumChannel, names: Sequence[str], guidelines: str) -> None:
    """Adds the tags that a forum lacks, guidelines where it has none, and has every post take a tag."""
    tags = [*forum.available_tags]
    known = _names_of(forum)
    lacking = [name for name in dict.fromkeys(names) if name.casefold() not in known and len(name) <= FORUM_TAG]
    tags += [discord.ForumTag(name=name) for name in lacking][: FORUM_TAGS_OFFERED - len(tags)]
    topic = forum.topic or clip(guidelines, FORUM_TOPIC)
    await forum.edit(available_tags=tags, topic=topic, require_tag=True)
