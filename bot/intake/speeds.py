"""The speed that somebody wishes for, told from one that is had ("at least 20 t/s"), and one that fell."""

from itertools import pairwise

from bot.base.late import late

# How tokens a second are written.
UNITS = (
    r"t/s|t/sec|tok/s|toks/s|tokens?/s(?:ec(?:ond)?)?|tps|tokens? (?:per|a) second"
    r"|个?token(?:一秒|每秒)|个?字/秒|个?字[每一]秒"
)
_UNIT = rf"\s?\+?\s?(?:{UNITS})(?![a-z])"
_LEAST = (
    r"(?:at least|min(?:imum)?(?: of)?|no less than|not (?:less|slower) than|>=?|≥|above|over|more than|want|need"
    r"|(?:how (?:can|do|could) (?:i|you|we)|to|can i|could i) (?:get|reach|achieve|hit)|达到|跑到|跑出|做到"
    r"|至少|最低|最少|不低于|别低于|不能低于|起码|大于|超过|要有)"
)
_WISHED = late(
    rf"{_LEAST}\s?(?:about |around )?(?P<least>\d{{1,3}}){_UNIT}"
    r"|(?<![\d.])(?P<plus>\d{1,3})\s?\+\s?(?:t/s|tok/s|tokens?/s|tps)"
    r"|(?:that|which|model|one|something) (?:still )?(?:runs?|does|do|gets?|hits?|reach(?:es)?|gives?)(?: me)?(?: at)?"
    rf"(?: like| about| around| roughly)? (?P<that>\d{{1,3}}){_UNIT}"
    rf"|(?<![\d.])(?P<fine>\d{{1,3}})(?:\s?[-~–]\s?\d{{1,3}})?{_UNIT}\s?(?:would be|is|are|will be|之?)?\s?"
    r"(?:ok|okay|fine|enough|plenty|good enough|please|or more|minimum|at least|以上|就行|就够|就可以|就好|能接受)"
    r"|速度(?:至少|最低|不低于|别低于|不能低于|起码|要)(?:有)?\s?(?P<speed>\d{1,3})"
)


def wished_speed(folded: str) -> float:
    """The least speed that the folded text wishes for, in tokens a second; 0.0 where it wishes for none."""
    found = _WISHED.search(folded)
    return float(next(filter(None, found.groups()))) if found else 0.0


# A number that may be a speed, its unit left out as often as not; neither a size nor an amount of memory.
_AMOUNT = late(
    rf"(?<![a-z0-9.])(?P<number>[0-9]{{1,3}}(?:\.[0-9]{{1,2}})?)(?![0-9.]|\s?(?:b|k|g|gb|gib)(?![a-z]))(?P<unit>{_UNIT})?"
)
_ONCE = late(r"\b(?:was|were|had|got|get|getting|from|used to|before|previously)\b|以前|之前|原来|本来|从|原先")
_NOW = late(r"\b(?:now|to|today|currently)\b|->|→|现在|掉到|降到|变成|只有|只剩|跌到|到了")
_NEAR, _APART = 28, 60  # characters before the one that say when it was, and between the two
_FALLEN = 0.85  # of what it was before: less is told because it is less


def fallen_speed(folded: str) -> tuple[float, float] | None:
    """What the speed was and what it is now, in tokens a second, where the folded text says that it fell: "was 22 t/s,
    now 11".
    """
    for before, now in pairwise(_AMOUNT.finditer(folded)):
        between = folded[before.end() : now.start()]
        is_told = len(between) <= _APART and "\n" not in between and _NOW.search(between) is not None
        if not is_told or _ONCE.search(folded[max(0, before.start() - _NEAR) : before.start()]) is None:
            continue
        speeds = float(before["number"]), float(now["number"])
        if (before["unit"] or now["unit"]) and speeds[1] < _FALLEN * speeds[0]:
            return speeds
    return None
