"""Commands named in a text as Discord shows them: a mention reads in the reader's own language and opens on a press."""

from collections.abc import Iterable

from discord.app_commands import AppCommand

from bot.base.late import late
from bot.chat.translations import NAMES

# Name as it stands in texts, in either language -> how Discord mentions the command. Filled once, when Discord has told
# the ids; until then the names stay as they are.
MENTIONS: dict[str, str] = {}
_FENCE = "```"
_INLINE = late(r"(`[^`\n]*`)")
_COMMAND = late(r"(?<![\w/.<:])/([a-z]+|[\u3400-\u9fff]{2,6})(?![\w/:.])")


def learn_mentions(commands: Iterable[AppCommand]) -> None:
    """Takes the ids of the commands from what Discord answered to their registration."""
    for command in commands:
        mention = f"</{command.name}:{command.id}>"
        for name in (command.name, *NAMES.get(command.name, ())):
            MENTIONS[name] = mention


def with_mentions(text: str) -> str:
    """A markdown text in which commands are mentioned; what stands in code stays, unless it is the command alone."""
    if not MENTIONS or "/" not in text:
        return text
    pieces = text.split(_FENCE)  # every second one is a block of code
    return _FENCE.join(piece if number % 2 else _outside(piece) for number, piece in enumerate(pieces))


def _outside(text: str) -> str:
    return "".join(_mentioned(piece) for piece in _INLINE.split(text))


def _mentioned(piece: str) -> str:
    if piece.startswith("`"):
        return MENTIONS.get(piece.strip("`").removeprefix("/"), piece) if piece.startswith("`/") else piece
    return _COMMAND.sub(lambda found: MENTIONS.get(found[1], found[0]), piece)
