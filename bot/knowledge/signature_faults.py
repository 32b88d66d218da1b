"""What is wrong with the text of a signature by itself."""

import re
from collections.abc import Iterator

from bot.base.late import late
from bot.knowledge.placeholders import KINDS
from bot.knowledge.schema_faults import nearest

_BRACE = late(r"\{([^{}]*)\}")
_DECLARATION = late(r"([a-z_][a-z0-9_]*)(?::([a-z]+))?")


def signature_faults(text: str) -> Iterator[str]:
    """Unknown kinds of variables, and a text that has no words of its own."""
    for brace in _BRACE.finditer(text):
        declared = _DECLARATION.fullmatch(brace.group(1))
        if declared and declared.group(2) and declared.group(2) not in KINDS:
            kinds = ", ".join(sorted(KINDS))
            yield f"{brace.group()}: unknown kind{nearest(declared.group(2), KINDS)}; kinds: {kinds}"
    if not re.search(r"\w{2}", _BRACE.sub("", text)):
        yield "has no words of its own; a signature needs text that is always the same"
