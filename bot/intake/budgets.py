"""What somebody wants to spend, and the power supply that is there: "under 500 bucks", "3000块预算", "650w psu"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.base.languages import Text
from bot.base.late import late
from bot.intake.written import GROUPED, written_number

Currency = Literal["usd", "eur", "gbp", "cny"]

YUAN = 7  # for a dollar, roughly
# Dollars for one of each, roughly: prices differ by more from shop to shop.
_DOLLARS: Mapping[Currency, float] = {"usd": 1.0, "eur": 1.1, "gbp": 1.3, "cny": 1 / YUAN}
_SIGNS: Mapping[str, Currency] = {"$": "usd", "€": "eur", "£": "gbp", "¥": "cny", "￥": "cny"}
_SHOWN: Mapping[Currency, str] = {"usd": "${}", "eur": "€{}", "gbp": "£{}", "cny": "¥{}"}
_LEAST, _MOST = 50.0, 200_000.0  # dollars that somebody may mean for a card or a computer
_NUMBER = (
    rf"(?P<number>{GROUPED}|"
    r"\d{1,6}(?:\.\d{1,2})?)\s?(?P<factor>k|千|万|w(?=\d?\D|\d?$))?(?P<rest>\d)?"
)
_MONEY = late(
    rf"(?P<sign>[$€£¥￥])\s?{_NUMBER}(?![\d.]*\s?(?:/|per|a month|每))"
    rf"|(?<![\d.a-z])(?P<number2>{GROUPED}|"
    r"\d{1,6}(?:\.\d{1,2})?)\s?(?P<factor2>k|千|万|w)?(?P<rest2>\d)?\s?"
    r"(?P<unit>\$|€|£|usd|dollars?|bucks|euros?|eur|gbp|pounds?|quid|元|块钱?|rmb|人民币|大洋)(?![a-z/])"
)
# An amount without a unit, where the word before it says that it is money: "预算5000", "budget of 1500".
_BUDGET = late(
    r"(?:预算|价位)(?:大概|大约|差不多|就|只有|是|在|有)?\s?(?P<number>\d{1,6}(?:\.\d)?)\s?(?P<factor>千|万|k|w)?(?P<rest>\d)?(?![\dgb%])"
    r"|budget(?: is| of| around| about|:| max| limit| =)*\s?"
    r"(?P<number2>\d{2,6})\s?(?P<factor2>k)?(?P<rest2>)(?![\dgb%])"
    r"|(?<![\d.a-z])(?P<number3>\d{3,6})\s?(?P<factor3>)(?P<rest3>)(?:以内|以下|左右|上下|预算|的预算)(?!的?(?:显存|内存|上下文|字|token))"
    r"|(?<![\d.a-z])(?P<number4>\d{1,3}(?:\.\d)?)\s?(?P<factor4>k|千|万|w)(?P<rest4>\d)?\s?(?:元|块)?的?预算"
)
_UNITS: Mapping[str, Currency] = {
    "$": "usd", "usd": "usd", "dollar": "usd", "dollars": "usd", "bucks": "usd", "€": "eur", "euro": "eur",
    "euros": "eur", "eur": "eur", "£": "gbp", "gbp": "gbp", "pound": "gbp", "pounds": "gbp", "quid": "gbp",
}  # fmt: skip
# "上下文长度在 102400 左右": what is counted in tokens is no money.
_OF_TOKENS = late(r"(?:上下文|token|ctx|context|长度|字数|输出|参数|分辨率|分)[^\n,，。]{0,8}$")
_DIGITS = {"一": "1", "二": "2", "两": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9"}
_SPELT = late(r"[一二两三四五六七八九](?=[千万])")
# Money that is gone, or came in: "花了3000块", "sold it for 500".
_SPENT = late(
    r"(?:花了|花掉|卖了?|亏了?|赚了?|省了?|spent|paid|cost(?:s|ed)? me|sold [^.\n]{0,20}for|got it for|saved)\s?"
    r"(?:about |around |大概)?$"
)
_WATTS = late(r"(?<![\d.a-z])(?P<watts>\d{3,4})\s?w(?:att)?s?(?![a-z0-9])")
_SUPPLY = late(r"psu|power supply|电源")


@dataclass(frozen=True, slots=True)
class Budget:
    """Money that somebody told, in their currency."""

    amount: float
    currency: Currency

    @property
    def dollars(self) -> float:
        """About so many dollars."""
        return self.amount * _DOLLARS[self.currency]

    @property
    def shown(self) -> Text:
        """The amount as it is written."""
        number = f"{self.amount:,.0f}" if self.amount >= 10_000 else f"{self.amount:.0f}"
        chinese = f"{number} 元" if self.currency == "cny" else _SHOWN[self.currency].format(number)
        return Text(_SHOWN[self.currency].format(number), chinese)


def told_budget(folded: str) -> Budget | None:
    """What the folded text is ready to spend; None where no money is told. Of several amounts the largest."""
    folded = _SPELT.sub(lambda found: _DIGITS[found.group()], folded)
    money = [
        found
        for found in _MONEY.finditer(folded)
        if not _SPENT.search(folded[max(0, found.start() - 36) : found.start()])
    ]
    bare = [found for found in _BUDGET.finditer(folded) if not _is_of_tokens(found)]
    found = [*map(_of_money, money), *map(_bare, bare)]
    believed = [budget for budget in found if _LEAST <= budget.dollars <= _MOST]
    return max(believed, key=lambda budget: budget.dollars, default=None)


def told_power_supply(folded: str) -> int | None:
    """Watts of the power supply that the folded text tells; None where it tells none."""
    watts = [int(found["watts"]) for found in _WATTS.finditer(folded)] if _SUPPLY.search(folded) else []
    return next((each for each in watts if 200 <= each <= 3000), None)


def _is_of_tokens(found: re.Match[str]) -> bool:
    """Whether an amount without a unit counts tokens, or the like."""
    return found["number3"] is not None and _OF_TOKENS.search(found.string[: found.start()][-20:]) is not None


def _of_money(found: re.Match[str]) -> Budget:
    if found["sign"]:
        return Budget(written_number(found["number"], found["factor"], found["rest"]), _SIGNS[found["sign"]])
    amount = written_number(found["number2"], found["factor2"], found["rest2"])
    return Budget(amount, _UNITS.get(found["unit"], "cny"))


def _bare(found: re.Match[str]) -> Budget:
    """An amount without a unit: yuan beside Chinese words, else dollars."""
    number, factor, rest = next(
        (found[f"number{which}"], found[f"factor{which}"], found[f"rest{which}"])
        for which in ("", "2", "3", "4")
        if found[f"number{which}"]
    )
    return Budget(written_number(number, factor, rest), "usd" if found["number2"] else "cny")


_PRICE = late(
    r"(?:(?<![a-z])(?:for|at|costs?|is|are)(?: about| around| only| roughly)?|大概|要|只要|卖|价)\s?"
    r"(?:[$€£¥￥]\s?)?(?P<amount>[1-9]\d{2,4})(?:\s?(?:[$€£]|eur|euros?|usd|bucks|元|块))?"
    r"(?!\d|[.,]\d|[a-z/]|\s?(?:k|gb?|gib|w|watts?|tb|t/s|tokens?|ctx|mhz|mt/s|%))"
)


def told_prices(folded: str) -> tuple[int, ...]:
    """The prices that stand beside what is weighed, in their order: "four 3090s for about 2800 or one for 8200"."""
    return tuple(int(found["amount"]) for found in _PRICE.finditer(folded))
