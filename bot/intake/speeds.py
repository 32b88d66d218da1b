"""The speed that somebody wishes for, told from one that is had: "at least 20 t/s", "速度别低于20"."""

from bot.base.late import late

_UNIT = (
    r"\s?\+?\s?(?:t/s|t/sec|tok/s|toks/s|tokens?/s(?:ec)?|tps|tokens? (?:per|a) second"
    r"|个?token(?:一秒|每秒)|字/秒|字每秒)(?![a-z])"
)
_LEAST = (
    r"(?:at least|min(?:imum)?(?: of)?|no less than|not (?:less|slower) than|>=?|≥|above|over|more than|want|need"
    r"|(?:how (?:can|do|could) (?:i|you|we)|to|can i|could i) (?:get|reach|achieve|hit)|达到|跑到|跑出|做到"
    r"|至少|最低|最少|不低于|别低于|不能低于|起码|大于|超过|要有)"
)
_WISHED = late(
    rf"{_LEAST}\s?(?:about |around )?(?P<least>\d{{1,3}}){_UNIT}"
    r"|(?<![\d.])(?P<plus>\d{1,3})\s?\+\s?(?:t/s|tok/s|tokens?/s|tps)"
    rf"|(?<![\d.])(?P<fine>\d{{1,3}})(?:\s?[-~–]\s?\d{{1,3}})?{_UNIT}\s?(?:would be|is|are|will be|之?)?\s?"
    r"(?:ok|okay|fine|enough|plenty|good enough|please|or more|minimum|at least|以上|就行|就够|就可以|就好|能接受)"
    r"|速度(?:至少|最低|不低于|别低于|不能低于|起码|要)(?:有)?\s?(?P<speed>\d{1,3})"
)


def wished_speed(folded: str) -> float:
    """The least speed that the folded text wishes for, in tokens a second; 0.0 where it wishes for none."""
    found = _WISHED.search(folded)
    return float(next(filter(None, found.groups()))) if found else 0.0
