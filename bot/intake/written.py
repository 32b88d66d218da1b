"""Numbers as people write them: "1,500", "1w5" and "30万"."""

import re
from collections.abc import Mapping

from bot.base.late import late

GROUPED = r"[0-9]{1,3}(?:[,.][0-9]{3}){1,3}"  # "1,500"; some write "1.500"
_FACTORS: Mapping[str, float] = {"": 1.0, "k": 1e3, "千": 1e3, "万": 1e4, "w": 1e4}
_GROUPED = late(GROUPED)


def written_number(number: str, factor: str | None, rest: str | None = None) -> float:
    """The value of a number with its factor and a digit behind that: "1w5" is fifteen thousand."""
    value = float(re.sub(r"[,.]", "", number) if _GROUPED.fullmatch(number) else number)
    times = _FACTORS[factor or ""]
    return value * times + (int(rest) * times / 10 if rest and factor else 0.0)
