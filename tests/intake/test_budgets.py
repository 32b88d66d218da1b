"""What somebody wants to spend, and the power supply that is there."""

import pytest

from bot.base.phrases import folded
from bot.intake.budgets import told_budget, told_power_supply


@pytest.mark.parametrize(
    ("text", "shown", "dollars"),
    [
        ("got around 500 bucks for a gpu", "$500", 500),
        ("under $1,500", "$1500", 1500),
        ("My budget is about 1000€", "€1000", 1100),
        ("600-800 euros", "€800", 880),
        ("budget of 2000", "$2000", 2000),
        ("around 1.5k usd", "$1500", 1500),
        ("3000块预算想买张卡", "¥3000", 429),
        ("预算5万，什么配置", "¥50,000", 7143),
        ("预算1w5", "¥15,000", 2143),
        ("5k预算", "¥5000", 714),
        ("八千块能买什么", "¥8000", 1143),
        ("3000以内什么显卡", "¥3000", 429),
    ],
)
def test_money_is_read_in_the_currency_that_was_told(text: str, shown: str, dollars: int) -> None:
    budget = told_budget(folded(text))
    assert budget is not None
    assert (budget.shown.en, round(budget.dollars)) == (shown, dollars)


@pytest.mark.parametrize(
    "text",
    [
        "16g以内的模型", "30B以内选哪个", "4090 24g", "rent it for $0.5/hour", "sold my gpu for 500 dollars",
        "花了3000块买的4060ti", "context 32k", "上下文32k以内",
    ],
)  # fmt: skip
def test_what_is_no_money_to_spend_is_no_budget(text: str) -> None:
    assert told_budget(folded(text)) is None


@pytest.mark.parametrize(
    ("text", "watts"), [("电源是550w的", 550), ("850W PSU", 850), ("limited it to 250w", None), ("一台3090", None)]
)
def test_watts_count_where_a_power_supply_is_told(text: str, watts: int | None) -> None:
    assert told_power_supply(folded(text)) == watts


def test_what_is_counted_in_tokens_is_no_money() -> None:
    assert told_budget("上下文长度在 102400 左右") is None
    assert told_budget("想配一台 8000 左右的电脑") is not None
