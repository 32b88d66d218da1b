"""What is asked of a card that may be bought: what it costs, whether the power supply is enough for it."""

from collections.abc import Sequence

from bot.answers.fit.market import cost_answer, supply_answer
from bot.base.phrases import folded
from bot.clinic.asking import Asking, FollowUp, part_of
from bot.clinic.parts import Parts
from bot.clinic.shopping import within
from bot.intake.budgets import told_budget, told_power_supply
from bot.knowledge.advice import ForSale

_ASKS_MORE = ("printed", "trouble", "my-trouble", "model", "size")  # signs of a message about more than a purchase


def purchase_asked(asking: Asking, parts: Parts) -> FollowUp | None:
    """The answer to one of these; None where neither is asked, or no card for sale is spoken of."""
    watts, asks_price = told_power_supply(folded(asking.said)), parts.turns.asks_price(asking.said)
    if not (watts or asks_price) or told_budget(asking.said) or asking.last.has_any(_ASKS_MORE):
        return None
    sales = _spoken_of(asking, parts)
    if not sales:
        return None
    advice = parts.advice
    answer = supply_answer(sales, watts) if watts else cost_answer(sales, advice)
    return FollowUp(part_of("fit", "purchase", answer), adds=bool(watts))


def _spoken_of(asking: Asking, parts: Parts) -> Sequence[ForSale]:
    """The cards for sale that were named last, one of each kind; else the best one for the money that was told."""
    for text in (asking.own, *reversed(asking.aside), *reversed(asking.texts[:-1])):
        if names := [card.name for card in parts.facts.cards.found_in(text)]:
            return [sale for name in dict.fromkeys(names) for sale in _single(name, parts)[:1]]
    budget = told_budget(asking.post.prose)
    affordable = within(budget.dollars, parts) if budget is not None else ()
    return affordable[-1:]


def _single(name: str, parts: Parts) -> list[ForSale]:
    return [sale for sale in parts.advice.buying.market.cards if sale.card == name and sale.count == 1]
