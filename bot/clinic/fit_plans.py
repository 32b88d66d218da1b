"""How models run on the told machine: the plan of one, several side by side, a table of all that runs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace as replace_dataclass
from functools import cached_property

from msgspec.structs import replace

from bot.answers.blocks import Answer, Paragraph
from bot.answers.commands import engine_of
from bot.answers.fit.brief import (
    SLOW,
    brief_plan_answer,
    computed_title,
    context_steps,
    start_steps,
    takes_text,
    today_text,
)
from bot.answers.fit.choice import best_of, choice_answer, has_few_bits, is_quick, sized_answer
from bot.answers.fit.further import about_more_ram
from bot.answers.fit.programs import experts_text
from bot.answers.fit.ram import enough_ram
from bot.answers.fit.reading import waiting_text
from bot.answers.fit.table import slow_table, table_answer
from bot.answers.fit.told_speed import (
    is_told_too_slow,
    with_told_speed,
)
from bot.answers.fit.wanted import begun_with
from bot.base.languages import COMMA, Text, joined
from bot.base.sizes import gib
from bot.clinic.candidates import FEWEST_BITS, MOST_CHOICES
from bot.clinic.fit_matter import MOST_CONTEXT, FitMatter
from bot.clinic.fit_part import FitPart, with_blocks
from bot.clinic.fit_trouble import FitTrouble
from bot.clinic.fitting import Prospect, prospect
from bot.clinic.meant_model import Meant
from bot.hardware.planned import PlannedMachine
from bot.memory.needs import least_ram
from bot.memory.offers import Offer, offers_for
from bot.memory.plan import Plan
from bot.models.quant_names import cache_type_in
from bot.models.requested import RequestedModel, requested_model
from bot.models.uses import Use

_ABOUT = 0.15
_CONTEXTS = (4096, 8192, 16_384, 32_768)  # tokens, as people set them
_GGUF_ENGINE, _GGUF = "llama.cpp", "GGUF"
_NO_EXPERTS = Text(
    "{named} cannot keep only the experts in RAM, which makes a mixture several times as fast: hence {shown} below.",
    "{named} 不能只把专家放内存（MoE 这样放快好几倍），所以下面给的是 {shown}。",
)
_ANOTHER_PROGRAM = Text(
    "In {named} set the same layers and context; the command below is {shown}'s.",
    "用 {named} 的话照填同样的层数和上下文；下面是 {shown} 的命令。",
)
_TOO_LARGE = Text(
    "{usual} itself ({size}) is too large for this machine. {name} is of its family and runs here.",
    "{usual} 本体（{size}）在这台机器上跑不了。同系列里跑得动的是 {name}。",
)
_TAKEN = Text("I took {name}; also called so: {others}.", "我按 {name} 算的；同名的还有 {others}。")
_WHOLE_UP_TO = Text(
    "It is the context: up to {most} it lies whole on the card, with {context} a part goes to RAM.",
    "是上下文的问题：{most} 以内能整个放显卡，开到 {context} 就有一部分要放内存。",
)
_FROM_DISK = Text(
    "It runs all the same because what does not fit is read from the disk again for every word: hence the crawl.",
    "之所以还能动，是因为放不下的部分每个字都要从硬盘重读一遍，所以慢成这样。",
)
_OF_THAT_SIZE = Text("Any {size}B on this machine: {how}", "一般的 {size}B 在这台机器上：{how}")


class PlanReplies:
    """The answers that compute what runs on a machine."""

    def __init__(self, matter: FitMatter, trouble: FitTrouble) -> None:
        self._matter = matter
        self._trouble = trouble
        self._parts = matter.parts
        self._post = matter.post

    def of_that_size(self, size: float) -> FitPart:
        """Models of a size to choose from, side by side on the told machine."""
        use = self._matter.use
        uses = self._uses_of
        names = sorted(dict.fromkeys(self._names_of_about(size)), key=lambda name: use not in uses.get(name, ()))
        machine = self._matter.machine
        if machine is None or machine.lacks_card or len(names) < 2:
            listed = [(name, uses.get(name, ())) for name in names[:MOST_CHOICES]]
            return FitPart("models", sized_answer(size, listed, self._parts.recommendations.checked))
        quant_of = self._matter.model_meant.quant_of_size
        wanted = [requested_model(f"{name} {quant_of(name)}", self._parts.catalog) for name in names]
        return self._side_by_side(wanted[:MOST_CHOICES], machine)

    def _names_of_about(self, size: float) -> Iterator[str]:
        """Models that people run of about so many billion parameters, then others of just that size."""
        models = self._parts.recommendations.models
        yield from (each.name for each in models if abs(each.parameters - size) <= _ABOUT * size)
        yield from self._parts.catalog.of_size(size, MOST_CHOICES)

    @cached_property
    def _uses_of(self) -> Mapping[str, tuple[Use, ...]]:
        """What the recommended models are good for, by their names."""
        return {each.name: each.uses for each in self._parts.recommendations.models}

    def is_of_the_loader(self, prospect: Prospect, loader: str | None) -> bool:
        """Whether the plan holds for the loader that was named; one that says no has no command to show that."""
        if loader is None or loader in prospect.commands:
            return True
        known = self._parts.loaders.get(loader)
        if known is None:
            return False
        families = known.runs.families if known.runs is not None else ()
        reads = engine_of(prospect.plan) == _GGUF_ENGINE and _GGUF in known.formats
        return reads or (prospect.plan.verdict == "no" and engine_of(prospect.plan) in families)

    def of_model(self, wanted: RequestedModel, machine: PlannedMachine) -> FitPart:
        """The plan of a model on a machine."""
        return self.plan(self._matter.prospect(wanted, machine, self._matter.context), machine)

    def plan(self, found: Prospect, machine: PlannedMachine) -> FitPart:
        named = self._matter.named_loader
        notes = (*self.size_note(found.plan.model.shape.name), *found.notes)
        advice = self._parts.advice
        quicker = self._quicker(found.plan, machine)
        answer = brief_plan_answer(found.plan, found.files, notes, machine, advice, named, found.commands, quicker)
        answer = with_blocks(answer, *_taken_note(self._matter.meant), behind=1)
        answer = with_blocks(answer, *_too_large_note(self._matter.meant, found.plan.model.shape.name))
        if (elsewhere := self._started_elsewhere(found)) is not None:
            answer = with_blocks(answer, Paragraph(elsewhere), behind=1)
        if self._post.has("more-ram"):
            answer = about_more_ram(answer, found.plan)
        elif self._post.has("ram-upgrade") and (enough := self._enough_ram(found.plan)) is not None:
            answer = with_blocks(answer, Paragraph(enough), behind=1)
        if self._post.has("how-much") and found.plan.verdict != "no":
            answer = with_blocks(answer, Paragraph(takes_text(found.plan)))
        answer = with_blocks(answer, *self._context_steps(found.plan, machine), *self._whole_up_to(found.plan))
        answer = with_blocks(answer, *self._of_programs(machine))
        answer = with_blocks(answer, *self._today(found.plan, machine), *self._waiting(found.plan), behind=1)
        return FitPart("plan", self._told_of_trouble(answer, found.plan, machine))

    def _of_programs(self, machine: PlannedMachine) -> Iterator[Paragraph]:
        """What is said of the named programs: which of two to take, whether RAM is enough for all experts."""
        experts = self._matter.experts_in_ram
        if experts is not None and not machine.lacks_ram:
            yield Paragraph(experts_text(experts, machine.machine.ram))
        if self._matter.between is not None:
            yield Paragraph(self._matter.between.text)

    def _today(self, plan: Plan, machine: PlannedMachine) -> Iterator[Paragraph]:
        """With which model to begin today, where one is asked for and an older one named."""
        known = {each.name for each in self._parts.recommendations.models}
        if not self._post.has("which-model") or not self._post.models or plan.model.shape.name in known:
            return
        offer = self._begun_instead(plan, machine) if not self._wants_quicker(plan) else None
        if offer is not None:
            yield Paragraph(today_text(offer, machine))

    def _waiting(self, *plans: Plan) -> Iterator[Paragraph]:
        """How long a prompt is read, where its reading is asked about."""
        for plan in plans if self._post.has("long-prompts") else ():
            said = waiting_text(plan, self._matter.context or 0) if plan.verdict != "no" else None
            if said is not None:
                yield Paragraph(said)

    def _told_of_trouble(self, answer: Answer, plan: Plan, machine: PlannedMachine) -> Answer:
        """A plan's answer with what it says of the trouble that is told: slowness, or a full memory."""
        if self._matter.is_slow and plan.verdict == "no":
            answer = with_blocks(answer, Paragraph(_FROM_DISK))
        prose = self._post.prose
        if (hindered := self._trouble.hindered(answer, plan, machine)) is not None:
            return hindered
        if self._matter.is_slow and plan.verdict != "no" and not self._post.has("can-it"):
            answer = replace(answer, title=computed_title(plan))
        return with_told_speed(answer, self._as_it_runs(plan), prose)

    def _as_it_runs(self, plan: Plan) -> Plan:
        """The plan that a speed is told of: where the context is one that is only thought of ("28 t/s now, can I go to
        100k?"), that with a usual one.
        """
        if plan.verdict == "gpu" or not self._post.has("asks"):
            return plan
        usual = self._matter.planned(as_told=False)
        if usual is None or usual[0].plan.verdict != "gpu":
            return plan
        return plan if is_told_too_slow(usual[0].plan, self._post.prose) else usual[0].plan

    def _whole_up_to(self, plan: Plan) -> Iterator[Paragraph]:
        """Up to which context a model fits whole that does not with the one that was told."""
        usual = self._matter.planned(as_told=False) if plan.verdict == "split" and self._matter.context else None
        if usual is not None and usual[0].plan.verdict == "gpu":
            asked, most = plan.placement.settings.context, usual[0].plan.max_context
            yield Paragraph(_WHOLE_UP_TO.format(context=f"{asked:,}", most=f"{most:,}"))

    def _started_elsewhere(self, found: Prospect) -> Text | None:
        """What is said where the named program has no command for the plan, and another one's is shown."""
        if self._matter.between is not None:
            return None
        loader, shown = self._matter.named_loader, next(iter(found.commands), None)
        known = self._parts.loaders.get(loader or "")
        if known is None or shown is None or known.role != "loader" or loader in found.commands:
            return None
        is_of_experts = bool(found.plan.placement.settings.experts_on_host)
        said = _NO_EXPERTS if is_of_experts and _GGUF in known.formats else _ANOTHER_PROGRAM
        return said.format(named=known.name, shown=shown)

    def _enough_ram(self, plan: Plan) -> Text | None:
        least = least_ram(plan.model, plan.machine, plan.placement.settings.context)
        return enough_ram(plan, least)

    def _wants_quicker(self, plan: Plan) -> bool:
        """Whether another model is to be named: where this one is slow or fails, or its worth is asked for."""
        if plan.verdict == "no":
            return plan.instead is None
        is_slow = plan.speed is not None and plan.speed.speed_class in SLOW
        is_slow = is_slow or is_told_too_slow(plan, self._post.prose)
        return is_slow or (plan.verdict != "gpu" and self._post.has("worth"))

    def _quicker(self, plan: Plan, machine: PlannedMachine) -> Offer | None:
        """What would run at a pleasant speed on the machine on which a plan is slow, or fails."""
        return self._begun_instead(plan, machine) if self._wants_quicker(plan) else None

    def _begun_instead(self, plan: Plan, machine: PlannedMachine) -> Offer | None:
        offers = offers_for(self._parts.recommendations, machine.machine, self._matter.wanted_of_it.context)
        is_slow = plan.speed is not None and (self._wants_quicker(plan) or plan.verdict != "gpu")
        least = 2 * plan.speed.low if plan.speed is not None and is_slow else 0.0
        quick = [
            offer for offer in offers if offer.speed.low > least and offer.recommended.name != plan.model.shape.name
        ]
        return begun_with(quick, machine, self._matter.wanted_of_it) if quick else None

    def _asks_most_of_a_split(self, plan: Plan) -> bool:
        """Whether the longest context is asked for of a model that a card does not hold."""
        return self._post.has(MOST_CONTEXT) and plan.verdict == "split" and not self._matter.context

    def _context_steps(self, plan: Plan, machine: PlannedMachine) -> Iterator[Paragraph]:
        """What each step of the context costs in layers and speed, where the most is asked for of a split model."""
        if self._matter.wanted is None or not self._asks_most_of_a_split(plan):
            return
        cache = cache_type_in(self._post.prose) or "f16"
        steps = [step for step in _CONTEXTS if step <= plan.max_context]
        plans = [prospect(self._matter.wanted, machine.machine, step, cache).plan for step in steps]
        yield Paragraph(context_steps([each for each in plans if each.verdict == "split"]))

    def size_note(self, name: str) -> tuple[Text, ...]:
        """That a model stands for a size."""
        if self._post.models:
            return ()
        sizes = self._matter.model_meant.sizes
        alike = self._parts.catalog.of_size(sizes[0], MOST_CHOICES) if sizes else ()
        others = [each for each in alike if each != name]
        if not others:
            return (
                Text("I took {name} as an example of that size.", "没说具体模型，我拿 {name} 当例子算的。").format(
                    name=name
                ),
            )
        return (
            Text(
                "I took {name} as an example. Which one do you mean? Of that size there are also {others}.",
                "没说具体模型，我拿 {name} 当例子算的。是哪一个？这个大小的还有 {others}。",
            ).format(name=name, others=joined(others[:3], COMMA)),
        )

    def choice(self, machine: PlannedMachine) -> FitPart:
        return self._side_by_side(self._matter.candidates, machine)

    def _side_by_side(self, wanted: Iterable[RequestedModel], machine: PlannedMachine) -> FitPart:
        named = list(wanted)
        plans = [self._matter.fitted(each, machine, self._matter.context).plan for each in named]
        if _are_too_large(plans):
            smaller = self._in_fewest_bits(plans)
            named += smaller
            plans += [self._matter.fitted(each, machine, self._matter.context).plan for each in smaller]
        best = best_of(plans) or _largest_that_runs(plans)
        quicker = None if best is not None and _is_good(best) else self._begun_instead(best or plans[-1], machine)
        answer = choice_answer(plans, machine, self._parts.advice, quicker, best)
        if best is None:
            return FitPart("models", answer)
        commands = self._matter.prospect(named[plans.index(best)], machine, self._matter.context).commands
        started = replace(answer, blocks=(*answer.blocks, *start_steps(commands, self._matter.named_loader)))
        return FitPart("models", with_blocks(started, *self._waiting(best), behind=1))

    def _in_fewest_bits(self, plans: Sequence[Plan]) -> list[RequestedModel]:
        """The model of the plans in the smallest files that are made of it."""
        tried, name = {plan.model.quant for plan in plans}, plans[0].model.shape.name
        smaller = (quant for quant in FEWEST_BITS if quant not in tried)
        return [requested_model(f"{name} {quant}", self._parts.catalog) for quant in smaller]

    def table(self, machine: PlannedMachine) -> FitPart:
        recommendations = self._parts.recommendations
        if self._matter.relatives:
            recommendations = replace_dataclass(recommendations, models=self._matter.relatives)
        wanted = self._matter.wanted_of_it
        offers = offers_for(recommendations, machine.machine, wanted.context)
        answer = table_answer(offers, machine, self._parts.advice, recommendations.checked, wanted)
        answer = self.with_more_ram(answer, 1)
        return FitPart("table", slow_table(answer, machine) if self._trouble.is_slow_without_card else answer)

    def with_more_ram(self, answer: Answer, at: int) -> Answer:
        """The answer with what more RAM is good for as block `at`, where that is thought of."""
        if not self._post.has("more-ram"):
            return answer
        buying = self._parts.advice.buying
        more = buying.ram_speed if self._post.has("about-speed") else buying.ram
        return with_blocks(answer, Paragraph(more), behind=at)

    def any_of_that_size(self, alike: RequestedModel, machine: PlannedMachine) -> FitPart:
        """How any model of the told size runs, where nobody knows the one that was named."""
        plan = self.of_model(alike, machine)
        title = _OF_THAT_SIZE.format(size=f"{self._matter.model_meant.sizes[0]:g}", how=plan.answer.title)
        return FitPart("plan", replace(plan.answer, title=title))


def _taken_note(meant: Meant) -> Iterator[Paragraph]:
    """Which of several models of a name was taken."""
    if meant.taken:
        first, *others = meant.taken[:MOST_CHOICES]
        yield Paragraph(_TAKEN.format(name=first, others=joined(others, COMMA)))


def _too_large_note(meant: Meant, name: str) -> Iterator[Paragraph]:
    """That the usual model of a name does not run, and which one of its family was taken."""
    if (usual := meant.too_large) is not None:
        yield Paragraph(_TOO_LARGE.format(usual=usual.shape.name, size=gib(usual.file_bytes), name=name))


def _are_too_large(plans: Sequence[Plan]) -> bool:
    """Whether one model is planned in several files, none of which fits."""
    return {plan.verdict for plan in plans} == {"no"} and len({plan.model.shape.name for plan in plans}) == 1


def _largest_that_runs(plans: Sequence[Plan]) -> Plan | None:
    """Of what runs poorly the largest; None where nothing runs."""
    running = [plan for plan in plans if plan.verdict != "no"]
    return max(running, key=lambda plan: plan.model.file_bytes, default=None)


def _is_good(plan: Plan) -> bool:
    return is_quick(plan) and not has_few_bits(plan)
