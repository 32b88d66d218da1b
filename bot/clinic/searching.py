"""Where to look for an error that the knowledge does not have."""

import re
from collections.abc import Iterator
from urllib.parse import quote_plus

from bot.base.late import late
from bot.knowledge.failures import SearchPages

_WORDS = 12
_NOISE = late(
    r"<\w+>|\x1b\[[0-9;]*m|https?://\S+|(?:[A-Za-z]:)?(?:[\\/][\w.@+-]+){2,}|\b[0-9a-f]{8,}\b|[\d.:,/-]{5,}|\*{3,}"
    r"|^\s*(?:\[?(?:ERROR|WARN(?:ING)?|INFO|FATAL|E|F|W)\]?)\b[: ]*",
    re.IGNORECASE,
)
_WORD = late(r"(?<![\w'.+-])[\w'.+-]*\w")


def search_addresses(quoted: str, program: str | None, pages: SearchPages) -> tuple[str, ...]:
    """Addresses that search for a line: the reports of the program it is of, then the web. Paths, addresses and long
    numbers, which only this machine has, are left out.
    """
    words = " ".join(_WORD.findall(_NOISE.sub(" ", quoted))[:_WORDS])
    return tuple(_filled(words, program, pages)) if len(words) > 3 else ()


def _filled(words: str, program: str | None, pages: SearchPages) -> Iterator[str]:
    if program in pages.trackers:
        yield pages.trackers[program].replace("{words}", quote_plus(words))
    for engine in pages.engines:
        named = engine.replace("{program}+", f"{quote_plus(program)}+" if program else "")
        yield named.replace("{words}", quote_plus(words))
