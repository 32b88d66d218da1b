"""What to buy for an amount of money: the cards for sale, tried with the wanted model on the told machine."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from bot.answers.blocks import Answer, Paragraph
from bot.answers.fit.market import STEP_UP, Bought, Shopping, market_answer, memory_answer
from bot.answers.fit.table import begun_text
from bot.answers.fit.users import users_text
from bot.answers.fit.wanted import begun_with
from bot.base.sizes import GIB
from bot.clinic.fit_matter import USERS_CONTEXT, users_of
from bot.clinic.fit_part import with_blocks
from bot.clinic.parts import Parts
from bot.clinic.wishes import wanted_by
from bot.hardware.amounts import card_device
from bot.hardware.planned import PlannedMachine, planned, with_devices
from bot.hardware.told import ToldMachine
from bot.intake.budgets import told_budget, told_power_supply
from bot.intake.posts import PostReading
from bot.knowledge.advice import ForSale
from bot.memory.offers import largest, offers_for
from bot.memory.plan import Plan

# The plan for what is wanted on a machine, None where no model is.
Planning = Callable[[PlannedMachine], Plan | None]
_FOR_THE_CARD = 0.6  # of the money for a whole computer
_MOST_SHOWN = 3
_TO_BE_FOUND = 0.25  # of the way from the least price to the highest


def bought_for(post: PostReading, base: PlannedMachine, parts: Parts, planning: Planning) -> Answer | None:
    """What to buy for the money that the post tells; None where it tells none."""
    budget = told_budget(post.prose)
    if budget is None:
        return None
    is_whole = post.has("whole-computer")
    money = budget.dollars * (_FOR_THE_CARD if is_whole else 1.0)
    sales = parts.advice.buying.market.cards
    affordable = within(money, parts)
    tried = _Tried(base, parts, planning)
    shown = tuple(map(tried.bought, _worth_showing(affordable, tried)))
    owned = sum(device.memory for device in post.machine.devices) // GIB
    further = [sale for sale in sales if sale not in affordable]
    larger = [sale for sale in further if sale.video_memory > STEP_UP * owned]
    dearer = tried.next_that_does(larger or further)
    shopping = Shopping(budget, shown, dearer, told_power_supply(post.prose))
    answer = market_answer(shopping, parts.advice, whole_computer=is_whole, owned=owned)
    return with_blocks(answer, *_begun_on(shopping.best, tried, post, parts), behind=1)


def _begun_on(best: Bought | None, tried: "_Tried", post: PostReading, parts: Parts) -> Iterator[Paragraph]:
    """With which model to begin on what is bought, where one is asked for and none named; for several people what
    their contexts take there.
    """
    if best is None or best.wanted is not None or not post.has("which-model"):
        return
    machine, wanted = tried.machine(best.sale), wanted_by(post, parts.advice.purposes)
    offers = offers_for(parts.recommendations, machine.machine, wanted.context)
    if not offers:
        return
    begun = begun_with([each for each in offers if each.verdict == "gpu"] or offers, machine, wanted)
    yield Paragraph(begun_text(begun, machine), tone="good")
    if users := users_of(post):
        yield Paragraph(users_text(begun.model, wanted.context or USERS_CONTEXT, users))


def within(money: float, parts: Parts) -> list[ForSale]:
    """What so many dollars are enough for, from the cheapest."""
    sales = (sale for sale in parts.advice.buying.market.cards if _price(sale) <= money)
    return sorted(sales, key=lambda sale: sale.least)


def memory_for_sale(wanted: int, parts: Parts) -> Answer | None:
    """What has so many bytes of video memory, from the cheapest; None where nothing for sale has."""
    sales = [sale for sale in parts.advice.buying.market.cards if sale.video_memory * GIB >= wanted]
    ordered = sorted(sales, key=lambda sale: sale.least)[:_MOST_SHOWN]
    if not ordered:
        return None
    tried = _Tried(planned(ToldMachine(), "windows", parts.cards), parts, lambda _: None)
    return memory_answer(wanted // GIB, tuple(map(tried.bought, ordered)), parts.advice)


def _price(sale: ForSale) -> float:
    """Dollars for which one is found without luck."""
    return sale.least + _TO_BE_FOUND * (sale.most - sale.least)


def _worth_showing(affordable: Sequence[ForSale], tried: "_Tried") -> Iterable[ForSale]:
    """The dearest of what the money is enough for, and the cheapest of all that holds what is wanted."""
    last = list(affordable[-_MOST_SHOWN:])
    holding = next((sale for sale in affordable if tried.holds(sale)), None)
    return last if holding is None or holding in last else [holding, *last[1:]]


class _Tried:
    """The cards for sale in the machine that was told, each planned once."""

    def __init__(self, base: PlannedMachine, parts: Parts, planning: Planning) -> None:
        self._base = base
        self._parts = parts
        self._wanted: dict[ForSale, Plan | None] = {}
        self._planning = planning

    def machine(self, sale: ForSale) -> PlannedMachine:
        card = self._parts.cards.find(sale.card)
        assert card is not None, sale.card
        return with_devices(self._base, (card_device(card, sale.memory * GIB),) * sale.count)

    def holds(self, sale: ForSale) -> bool:
        """Whether what is wanted lies whole on it."""
        plan = self._plan(sale)
        return plan is not None and plan.verdict == "gpu"

    def _plan(self, sale: ForSale) -> Plan | None:
        if sale not in self._wanted:
            self._wanted[sale] = self._planning(self.machine(sale))
        return self._wanted[sale]

    def bought(self, sale: ForSale) -> Bought:
        offers = offers_for(self._parts.recommendations, self.machine(sale).machine)
        return Bought(sale, largest(offers, "gpu"), self._plan(sale))

    def next_that_does(self, dearer: Sequence[ForSale]) -> Bought | None:
        """The cheapest of the dearer ones that holds what is wanted, else the cheapest of them."""
        holding = next((sale for sale in dearer if self.holds(sale)), None)
        sale = holding or next(iter(dearer), None)
        return self.bought(sale) if sale is not None else None
