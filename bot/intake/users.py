"""For how many people at once something is to be served: "20 devs", "给公司10个人用", "5 concurrent users"."""

from bot.base.late import late
from bot.hardware.amounts import COUNT_WORDS

_USERS = late(
    r"(?<![\d.])(?P<number>\d{1,4})\s?(?:or so |concurrent |simultaneous |internal |parallel )?"
    r"(?:users?|people|persons?|devs?|developers?|engineers?|employees|students|colleagues|coworkers|seats|requests"
    r"|个?人|个?用户|个?员工|个?开发|位同事|个?并发|路并发)(?![a-z])"
)
_SPELT = late(
    r"(?P<word>[两二三四五六七八九十]|二十|三十|五十)\s?(?:个人|个用户|个同事|个员工|人一起|人同时|人用|位同事)"
)
_NUMBERS = {**COUNT_WORDS, "五": 5, "六": 6, "七": 7, "九": 9, "十": 10, "二十": 20, "三十": 30, "五十": 50}
_MOST = 5000


def told_users(folded: str) -> int:
    """How many people the folded text tells of, 0 where it tells of none or of one."""
    numbers = [int(found["number"]) for found in _USERS.finditer(folded)]
    spelt = _SPELT.search(folded)
    found = next((number for number in numbers if 1 < number <= _MOST), 0)
    return found or (_NUMBERS[spelt["word"]] if spelt is not None else 0)
