"""For how many people at once something is to be served: "20 devs", "给公司10个人用", "5 concurrent users"."""

from bot.base.late import late

_USERS = late(
    r"(?<![\d.])(?P<number>\d{1,4})\s?(?:or so |concurrent |simultaneous |internal |parallel )?"
    r"(?:users?|people|persons?|devs?|developers?|engineers?|employees|students|colleagues|coworkers|seats|requests"
    r"|个?人|个?用户|个?员工|个?开发|位同事|个?并发|路并发)(?![a-z])"
)
_MOST = 5000


def told_users(folded: str) -> int:
    """How many people the folded text tells of, 0 where it tells of none or of one."""
    numbers = [int(found["number"]) for found in _USERS.finditer(folded)]
    return next((number for number in numbers if 1 < number <= _MOST), 0)
