"""What is bought or put side by side: cards, machines, amounts of RAM."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from bot.answers.blocks import Answer, Paragraph
from bot.answers.fit.buying import buying_answer, comparison_answer, value_text
from bot.answers.fit.further import together_answer
from bot.answers.fit.owned import beside_owned
from bot.answers.fit.ram import Opened, ram_answer
from bot.answers.fit.table import begun_text
from bot.answers.fit.wanted import begun_with
from bot.base.sizes import GIB
from bot.clinic.fit_matter import USUAL_CONTEXT, FitMatter, with_room_for
from bot.clinic.fit_part import FitPart, with_blocks
from bot.clinic.fit_plans import PlanReplies
from bot.clinic.shopping import bought_for, memory_for_sale
from bot.hardware.amounts import Device, card_device
from bot.hardware.planned import PlannedMachine, planned, with_devices, with_ram
from bot.hardware.told import ToldMachine
from bot.intake.budgets import told_power_supply, told_prices
from bot.memory.compare import Comparison, compare
from bot.memory.needs import least_ram
from bot.memory.offers import Offer, best_offer, offers_for
from bot.memory.plan import Plan
from bot.models.shape import Model

_USUAL_CARD = "RTX 3090"  # beside which others are weighed
_TWO = 2  # cards that are to work together
_MUCH_RAM = 128 * GIB  # from which on somebody thinks of what no card holds


class Weighing:
    """The answers to who weighs machines or means to buy one."""

    def __init__(self, matter: FitMatter, plans: PlanReplies) -> None:
        self._matter = matter
        self._plans = plans
        self._parts = matter.parts
        self._post = matter.post

    def found(self) -> Iterator[FitPart]:
        """What is said of machines that are weighed or bought; nothing where none are."""
        post = self._post
        if post.has("budget") and (bought := self._for_the_money()) is not None:
            yield bought
            yield from self._run_by_what_is_bought()
        elif self._weighs_ram:
            yield self._with_cards(self._of_ram())
        elif self._asks_of_either:
            yield self._plan_on_the_least()
        elif post.machine.options:
            yield from self._run_by_now()
            yield self._comparison()
        elif self._weighs_its_card:
            yield self._weighed()
        elif self._joins_cards:
            yield self._together()
        elif self._only_buys:
            yield self._buying()

    def _run_by_what_is_bought(self) -> Iterator[FitPart]:
        """What runs on the card that is thought of, where models are asked for beside its price."""
        has_any = self._post.machine.devices or self._post.machine.kind in ("board", "phone")
        machine = self._matter.machine if has_any and not self._matter.wanted else None
        if machine is not None and self._matter.asks_for_models:
            yield self._plans.table(machine)

    def _run_by_now(self) -> Iterator[FitPart]:
        """What runs on the machine that is there, where models are asked for before others are thought of."""
        machine, post = self._matter.machine, self._post
        if machine is not None and post.machine.devices and self._gives_up_its_model:
            yield self._plans.table(machine)

    @property
    def _gives_up_its_model(self) -> bool:
        """Whether a model is asked for, and the one that is named was used until now."""
        return self._post.has("which-model") and self._post.has("former-model")

    @property
    def _only_buys(self) -> bool:
        """Whether it is asked what to buy, and not for anything that is computed."""
        return self._post.has("buying") and not (self._asks_what_to_run or self._matter.wanted or self.asks_for_quants)

    @property
    def _asks_what_to_run(self) -> bool:
        """Whether models are asked for; where no machine is told, "can it" and "which" are asked of the one to buy."""
        if self._matter.machine is not None:
            return self._matter.asks_for_models
        return self._post.has("which-model") and not self._post.has("buying")

    @property
    def asks_for_quants(self) -> bool:
        post = self._post
        is_choice = (post.has("which-one") and post.has("quant")) or post.has("two-quants")
        return is_choice and not post.machine.options and not self._names_formats

    def _comparison(self) -> FitPart:
        told = self._post.machine
        base = planned(told, self._matter.system, self._parts.cards)
        options: list[Sequence[Device]] = list(told.options)
        if told.without_card:
            options.insert(0, ())
        elif len(options) == 1 and told.devices:
            options.insert(0, told.devices)
        machines = [with_devices(base, devices) for devices in options]
        if len(machines) == 1:
            return self._plans.table(machines[0])  # what the one that is thought of would run
        if not machines:
            return self._buying()
        model = self._weighed_by or self._too_large_for_cards(machines)
        machines = self._with_ram_for(model, machines)
        advice = self._parts.advice
        owned = () if told.devices in told.options or len(told.options) < len(options) else told.devices
        beside = beside_owned(owned, told.options, told_power_supply(self._post.prose), advice)
        compared = compare(machines, self._parts.recommendations, model)
        answer = comparison_answer(compared, advice, beside, with_prompts=self._post.has("long-prompts"))
        answer = self._by_prices(answer, compared)
        return FitPart("buying", with_blocks(answer, *self._begun_on(machines), behind=1))

    def _by_prices(self, answer: Answer, compared: Comparison) -> Answer:
        """The answer with what two machines are worth at the told prices, in the place of a verdict without them."""
        prices = told_prices(self._post.prose)
        value = value_text(compared, prices) if len(prices) == len(compared.machines) == _TWO else None
        if value is None:
            return answer
        return replace(answer, blocks=(Paragraph(value, tone="good"), *answer.blocks[1:]))

    @property
    def _weighed_by(self) -> Model | None:
        """The model by which machines are weighed: the one that is wanted, unless a size is only asked about."""
        if self._gives_up_its_model:
            return None
        is_meant = bool(self._post.models) or not self._post.has("asks-large")
        return self._matter.wanted.model if self._matter.wanted is not None and is_meant else None

    def _too_large_for_cards(self, machines: Sequence[PlannedMachine]) -> Model | None:
        """The largest mixture that runs split, where so much RAM is told that such a one is thought of."""
        told = self._post.machine.ram or 0
        if told < _MUCH_RAM or any(machine.machine.unified for machine in machines):
            return None
        if told < max(sum(device.memory for device in machine.machine.devices) for machine in machines):
            return None
        offer = self._largest_split(machines[0], told)
        return offer.model if offer is not None else None

    def _with_ram_for(self, model: Model | None, machines: list[PlannedMachine]) -> list[PlannedMachine]:
        """The machines that are thought of, each with as much RAM as a model takes beside its cards."""
        if model is None:
            return machines
        return [with_room_for(model, each) if each.machine.devices else each for each in machines]

    def _begun_on(self, machines: Sequence[PlannedMachine]) -> Iterator[Paragraph]:
        """With which model to begin on each of several machines, where that is asked and none is named."""
        for machine in machines if self._matter.wanted is None and self._matter.asks_for_models else ():
            offers = offers_for(self._parts.recommendations, machine.machine, self._matter.wanted_of_it.context)
            if offers:
                yield Paragraph(
                    begun_text(begun_with(offers, machine, self._matter.wanted_of_it), machine), tone="good"
                )

    @property
    def _asks_of_either(self) -> bool:
        """Whether it is asked if a model runs on one card or another, and not which of them to take."""
        post = self._post
        is_asked = self._matter.wanted is not None and post.has_any(("can-it", "runs-it"))
        return is_asked and len(post.machine.options) > 1 and not post.has_any(("which-one", "buying"))

    def _plan_on_the_least(self) -> FitPart:
        """The plan for the wanted model on that of the cards which holds the least."""
        base = planned(self._post.machine, self._matter.system, self._parts.cards)
        least = min(self._post.machine.options, key=lambda devices: sum(device.memory for device in devices))
        machine = with_devices(base, least)
        assert self._matter.wanted is not None
        return self._plans.of_model(self._matter.wanted, machine)

    @property
    def _weighs_ram(self) -> bool:
        """Whether amounts of RAM are put side by side for the machine that is told."""
        return (
            len(self._post.machine.ram_options) > 1
            and self._matter.machine is not None
            and not self._matter.machine.lacks_card
        )

    def _of_ram(self) -> FitPart:
        """What each amount of RAM opens, and from how much on the named models run."""
        machine = self._matter.machine
        assert machine is not None
        amounts = self._post.machine.ram_options
        opened = [Opened(ram, self._largest_split(machine, ram)) for ram in amounts]
        named = [
            (each.model, least_ram(each.model, machine.machine, USUAL_CONTEXT)) for each in self._matter.candidates
        ]
        most = max(amounts) // GIB
        least = [(f"{model.shape.name} {model.quant}", ram if ram and ram <= most else None) for model, ram in named]
        return FitPart("buying", ram_answer(opened, least, self._parts.advice))

    def _with_cards(self, part: FitPart) -> FitPart:
        """The answer to amounts of RAM with the cards that are thought of in their place, if any."""
        if not self._post.machine.options:
            return part
        cards = self._comparison().answer.blocks
        return FitPart(part.id, with_blocks(part.answer, *cards, behind=len(part.answer.blocks)))

    def _largest_split(self, machine: PlannedMachine, ram: int) -> Offer | None:
        with_so_much = with_ram(machine, ram).machine
        by_size = sorted(self._parts.recommendations.models, key=lambda each: -each.parameters)
        offers = (best_offer(each, with_so_much) for each in by_size if each.shape.experts is not None)
        return next((offer for offer in offers if offer is not None), None)

    @property
    def _weighs_its_card(self) -> bool:
        """Whether it is asked if one card is worth it."""
        devices = self._post.machine.devices
        is_one = len({device.name for device in devices}) == 1 and devices[0].card is not None
        return is_one and self._post.has("worth") and self._only_buys

    def _weighed(self) -> FitPart:
        """A card beside the one that most people take instead."""
        machine = self._matter.machine
        rival = self._parts.cards.find(_USUAL_CARD)
        assert machine is not None
        assert rival is not None
        if machine.machine.devices[0].card is rival:
            return self._plans.table(machine)
        machines = [machine, with_devices(machine, (card_device(rival, None),))]
        compared = compare(machines, self._parts.recommendations)
        return FitPart("buying", comparison_answer(compared, self._parts.advice))

    @property
    def _joins_cards(self) -> bool:
        """Whether two unlike cards are to work together."""
        names = {device.name for device in self._post.machine.devices}
        if any(device.card is not None and device.card.unified for device in self._post.machine.devices):
            return False  # in another computer
        is_asked = self._post.has("joining") and (self._matter.wanted is not None or not self.asks_for_quants)
        return is_asked and len(self._post.machine.devices) == len(names) == _TWO

    def _together(self) -> FitPart:
        """What two cards run together that the better of them does not alone."""
        machine = self._matter.machine
        assert machine is not None
        devices = sorted(machine.machine.devices, key=lambda device: -device.memory)
        machines = [with_devices(machine, devices[:1]), with_devices(machine, devices)]
        if self._matter.wanted is not None:
            for_it = compare(machines, self._parts.recommendations, self._matter.wanted.model)
            return FitPart("buying", comparison_answer(for_it, self._parts.advice))
        comparison = compare(machines, self._parts.recommendations)
        answer = comparison_answer(comparison, self._parts.advice)
        return FitPart("buying", together_answer(comparison, answer.blocks[1:]))

    def _buying(self) -> FitPart:
        wanted = self._post.machine.vram if self._post.has("wants-memory") else None
        if wanted is not None and (found := memory_for_sale(wanted, self._parts)) is not None:
            return FitPart("buying", found)
        about_ram = self._is_about_ram
        is_for_speed = about_ram and self._post.has("about-speed")
        answer = buying_answer(self._matter.machine, self._parts.advice, about_ram=about_ram, for_speed=is_for_speed)
        return FitPart("buying", answer)

    def _for_the_money(self) -> FitPart | None:
        """What to buy for the money that was told; None where cards are named to choose between."""
        if self._post.machine.options:
            return None
        base = self._matter.machine or planned(ToldMachine(), self._matter.system, self._parts.cards)
        answer = bought_for(self._post, base, self._parts, self._planned_on)
        return FitPart("buying", answer) if answer is not None else None

    def _planned_on(self, machine: PlannedMachine) -> Plan | None:
        """How the wanted model runs on a machine that is thought of."""
        return (
            self._matter.fitted(self._matter.wanted, machine, self._matter.context).plan
            if self._matter.wanted is not None
            else None
        )

    @property
    def _names_formats(self) -> bool:
        """Whether what is told as quantizations are formats: "EXL2 or AWQ"."""
        told = (self._post.request.points.get("quant") or "").upper().split(" / ")
        are_several = len(told) > 1 or self._post.has("formats")
        return are_several and set(told) <= {each.name.upper() for each in self._parts.formats}

    @property
    def _is_about_ram(self) -> bool:
        return self._post.has("more-ram") or (self._post.has("ram") and not self._post.has("vram"))
