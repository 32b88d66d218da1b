"""Every limit that Discord sets, in one place. Lengths are counted in UTF-16 units, the strictest way to count.

Source: discord.com/developers/docs (resources/message, interactions, components/reference), read 2026-11.
"""

CONTENT = 2000  # text of a plain message
EMBED_TITLE = 256
EMBED_DESCRIPTION = 4096
EMBED_FIELDS = 25
EMBED_FIELD_NAME = 256
EMBED_FIELD_VALUE = 1024
EMBED_TOTAL = 6000  # all text of all embeds of a message
EMBEDS = 10
COMPONENTS = 40  # of a message with components v2, nested ones counted
DISPLAYED = 4000  # text of all text displays of a message
ROW_BUTTONS = 5
BUTTON_LABEL = 80
CUSTOM_ID = 100
OPTIONS = 25  # of a select menu, and choices of an autocompletion
OPTION_TEXT = 100  # label, value or description of an option; name of a choice
MODAL_TITLE = 45
MODAL_ITEMS = 5
LABEL = 45  # of a form's field
LABEL_DESCRIPTION = 100
INPUT = 4000  # a form's text field
PLACEHOLDER = 100
FILES = 10
FILE_BYTES = 10 * 1024 * 1024  # where Discord does not say otherwise
FORUM_TAGS = 5  # on one post
FORUM_TAGS_OFFERED = 20  # in one forum
FORUM_TAG = 20  # characters of a tag's name
FORUM_TOPIC = 4096  # post guidelines

ELLIPSIS = "…"


def units(text: str) -> int:
    """Length as Discord's clients count it: characters beyond the basic plane (emoji) count twice."""
    return len(text) + sum(character > "\uffff" for character in text)


def clip(text: str, limit: int) -> str:
    """The text, or as much of its beginning as fits together with an ellipsis."""
    if units(text) <= limit:
        return text
    return f"{head(text, limit - 1)}{ELLIPSIS}" if limit > 0 else ""


def head(text: str, limit: int) -> str:
    """The longest beginning of at most `limit` units."""
    cut = text[:limit]
    while units(cut) > limit:
        cut = cut[: -max(1, (units(cut) - limit) // 2)]
    return cut
