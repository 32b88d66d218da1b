"""Questions of fit, answered from what a post tells: a plan, a table, what a model needs, which card, which loader."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import replace as replace_dataclass
from functools import cached_property
from typing import TypeAlias

from msgspec.structs import replace

from bot.answers.blocks import Answer, Block, Paragraph
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
from bot.answers.fit.buying import buying_answer, comparison_answer
from bot.answers.fit.choice import best_of, choice_answer, is_quick, sized_answer
from bot.answers.fit.context_cost import context_answer, context_text
from bot.answers.fit.further import about_more_ram, over_full_answer, together_answer
from bot.answers.fit.in_the_way import fits_all_the_same_answer, in_the_way_answer
from bot.answers.fit.ladder import ladder_answer
from bot.answers.fit.loaders import loader_choice_answer
from bot.answers.fit.needs import each_needs_answer, family_answer, needs_answer
from bot.answers.fit.owned import beside_owned
from bot.answers.fit.quants import quants_answer
from bot.answers.fit.ram import Opened, enough_ram, ram_answer
from bot.answers.fit.reading import waiting_text
from bot.answers.fit.regressed import is_split_since, regressed_answer
from bot.answers.fit.slow_card import is_too_slow, slow_card_answer
from bot.answers.fit.slow_server import slow_server_answer
from bot.answers.fit.speeds import speed_answer
from bot.answers.fit.table import begun_answer, begun_text, slow_table, table_answer
from bot.answers.fit.told_speed import (
    is_told_normal,
    is_told_too_slow,
    shown_speed,
    speed_in,
    tells_speed,
    with_told_speed,
)
from bot.answers.fit.training import training_answer
from bot.answers.fit.users import users_text
from bot.answers.fit.wanted import Wanted, begun_with
from bot.answers.fit.words import limits_of, machine_advice
from bot.base.errors import UserError
from bot.base.languages import COMMA, Text, joined
from bot.base.sizes import GIB, gib
from bot.clinic.candidates import MOST_CHOICES, WHICH_QUANT, candidates_of, in_bits
from bot.clinic.fitting import Prospect, engine_prospect, prospect, with_substitute
from bot.clinic.meant_model import FEWEST_RELATIVES, Meant, ModelMeant, is_given_a_size
from bot.clinic.parts import Parts
from bot.clinic.shopping import bought_for, memory_for_sale
from bot.clinic.wishes import wanted_by
from bot.hardware.amounts import Device, card_device
from bot.hardware.cards import Card
from bot.hardware.planned import PlannedMachine, planned, with_devices, with_ram
from bot.hardware.systems import System, system_family
from bot.hardware.told import ToldMachine
from bot.intake.budgets import told_power_supply
from bot.intake.posts import PostReading
from bot.intake.questions import is_choice
from bot.intake.users import told_users
from bot.knowledge.advice import ForSale
from bot.memory.compare import compare
from bot.memory.engines import SERVERS
from bot.memory.needs import least_ram, needs_of, ram_beside
from bot.memory.offers import Offer, best_offer, offers_for
from bot.memory.plan import Plan
from bot.memory.serving import Engine
from bot.models.quant_names import cache_type_in
from bot.models.recommended import Recommended
from bot.models.requested import RequestedModel, requested_model
from bot.models.shape import Model
from bot.models.unknown import UnknownModelError
from bot.models.uses import Use

_ABOUT = 0.15
_USUAL_CARD = "RTX 3090"  # beside which others are weighed
_TWO = 2  # cards that are to work together
_LADDER = (8, 12, 16, 24)  # GB of video memory that stand for the usual cards
_BEST_SIZE = "best-size"  # the sign that it is asked whether a size is the best that a machine runs
_MANY_USERS = "is-many-requests"  # the sign that several people are to be served
_USERS_CONTEXT = 16_384  # tokens of each of them, where none were told
_FAMILY = re.compile(r"[a-z]{4,12}(?:\s?[0-9](?:\.[0-9])?)?")  # a name that is no single model's
_WHICH_OF = re.compile(
    r"(?:which|what(?:'s the (?:best|biggest|largest))?|哪个|哪款|哪一个|哪种|什么|最大的?|最好的?)\s?$"
)
_MOST_ANSWERS = 3
_MOST_CONTEXT = "most-context"  # the sign that the longest possible one is asked for
_CONTEXTS = (4096, 8192, 16_384, 32_768)  # tokens, as people set them
_FULL = ("t-crash", "t-load", "t-freeze", "my-trouble", "trouble", "complains")  # signs of a memory that is too full
_CONTEXT_COST = "context-cost"  # the sign that it is asked what a context takes
_USUAL_CONTEXTS = (8192, 32_768)  # tokens, where none are told
_ON_A_PROCESSOR = re.compile(
    r"cpu[^.\n]{0,20}(?:load|usage|only|\d{2,4}\s?%)|(?:high|on|only) cpu|cpu占用|纯cpu|用cpu跑"
)
_SERVED_AS_IT_IS = frozenset({"NVFP4", "MXFP4"})  # quantizations that files for other programs have, too
_SERVED_QUANT = "AWQ"  # of four bits, which programs that serve read
_OUT_OF_MEMORY = re.compile(
    r"(?<![a-z])oom(?![a-z])|out of (?:v?ram|memory|video memory)|爆显存|显存(?:不足|不够|溢出|爆)|超(?:过|出)显存"
)
_GGUF_ENGINE, _GGUF = "llama.cpp", "GGUF"
_AT_HOME = (7.0, 75.0)  # billions of parameters of models whose contexts stand for others'
_RUNS = "t-slow"  # the sign of a model that runs: somebody finds it slow
_BETTER_THAN = "better-than"  # the sign that something better than what is named is sought
_TRAINS = "trains"  # the sign that a model is to be trained
_COMPATIBLE = "compatible"  # the sign that it is asked whether a card or program works
_ALL_WEIGHTS = re.compile(r"全参|全量|full[ -](?:fine|param|train|sft)|all (?:the )?(?:weights|parameters)")
_RUNS_BESIDE = re.compile(r"推理|部署|inference|(?<![a-z])(?:run|serve|host)(?![a-z])")  # beside training
_OPENS_CONTEXTS = "ollama"  # the program that chooses the context by itself
_MUCH_RAM = 128 * GIB  # from which on somebody thinks of what no card holds
_PROGRAM = "loader"  # id of the answer that says which program to take
_COMPUTED = ("plan", "table", "models")  # ids of answers that compute what the told machine runs
# The answers that say what counts for a purpose, each behind so many of its blocks.
_TIPPED: Mapping[str, int] = {"plan": 2, "needs": 1, "buying": 1, "models": 2, "table": 2}
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


@dataclass(frozen=True)
class FitPart:
    """One answer of fit: `id` says which kind (plan, table, needs, context-cost, buying, quants, loader, ladder,
    unknown-model).
    """

    id: str
    answer: Answer


# The plan for a model on a machine, that machine, and the loader that was named.
Planned: TypeAlias = tuple[Prospect, PlannedMachine, str | None]


class FitReplies:
    """The answers of fit to one post."""

    def __init__(self, parts: Parts, post: PostReading, *, is_slow: bool = False) -> None:
        """`is_slow`: something was recognised as too slow, in whatever words."""
        self._parts = parts
        self._post = post
        self._is_slow = is_slow or (post.has(_RUNS) and not post.has("how-much"))

    def all(self) -> list[FitPart]:
        """What was asked, in the order in which it is said; at most three answers."""
        first, *others = list(self._found()) or [self._ladder()]
        first = self._with_limits(self._with_other_computer(self._with_tips(first)))
        return [first, *others[: _MOST_ANSWERS - 1]]

    def _with_limits(self, part: FitPart) -> FitPart:
        """The answer with what the told program or quantization does not do on the told machine in front; where it is
        asked whether they go together, with what is known of the machine.
        """
        machine, quant = self._machine, self._post.request.points.get("quant") or ""
        is_asked = part.id == "buying" and self._post.has(_COMPATIBLE)
        if machine is None or not (part.id in (*_COMPUTED, _PROGRAM) or is_asked):
            return part
        limits = tuple(limits_of(machine, self._parts.advice, self._named_loader, quant))
        if not limits and self._post.has(_COMPATIBLE):
            limits = tuple(machine_advice(machine, self._parts.advice))[:1]
        if part.id == _PROGRAM and limits:  # no program is to be taken for what none does there
            return FitPart(part.id, replace(part.answer, blocks=tuple(map(Paragraph, limits)), details=()))
        return FitPart(part.id, _opened(part.answer, limits))

    def _with_other_computer(self, part: FitPart) -> FitPart:
        """The answer with what is said of a second computer first, where one was told."""
        apart = self._machine.apart if self._machine is not None else None
        if apart is None or part.id not in _COMPUTED:
            return part
        return FitPart(part.id, _with_blocks(part.answer, Paragraph(apart)))

    def _with_tips(self, part: FitPart) -> FitPart:
        """The answer with what counts for the purpose that was told; a table has it inside."""
        tips = (*([] if part.id == "table" else self._wanted_of_it.tips), *self._for_users)
        if not tips or part.id not in _TIPPED:
            return part
        return FitPart(part.id, _with_blocks(part.answer, *map(Paragraph, tips), behind=_TIPPED[part.id]))

    @property
    def _for_users(self) -> Iterator[Text]:
        """What the contexts of several users take, where their number is told."""
        users = told_users(self._post.prose) if self._post.has(_MANY_USERS) else 0
        model = self._wanted.model if self._wanted else self._recommended_model if users else None
        if users and model is not None:
            yield users_text(model, self._context or _USERS_CONTEXT, users)

    @property
    def _recommended_model(self) -> Model | None:
        """The model with which to begin on the told machine."""
        planned = self.planned_as_recommended()
        return planned[0].plan.model if planned is not None else None

    def planned(self, *, as_told: bool = True) -> Planned | None:
        """The plan for the model and the machine that were told, and the loader named; None where one is missing.
        `as_told`: with the context that was told.
        """
        return self._planned_as_told if as_told or self._context is None else self._planned_as_usual

    @cached_property
    def _planned_as_told(self) -> Planned | None:
        return self._planned(self._context)

    @cached_property
    def _planned_as_usual(self) -> Planned | None:
        return self._planned(None)

    def _planned(self, context: int | None) -> Planned | None:
        wanted, machine = self._wanted, self._machine
        if wanted is None or machine is None or (machine.lacks_card and not self._is_slow_on_a_processor):
            return None
        machine = self._with_enough_ram(wanted, machine)
        return self._prospect(wanted, machine, context), machine, self._named_loader

    @property
    def _is_slow_on_a_processor(self) -> bool:
        """Whether something is slow, of a machine only the RAM is told, and its author speaks of the processor."""
        prose = self._post.prose
        return self._is_slow and (
            self._parts.machines.names_processor(prose) or _ON_A_PROCESSOR.search(prose) is not None
        )

    def planned_as_recommended(self) -> Planned | None:
        """The plan for the model that is recommended for the told machine and use, where none was named."""
        machine = self._machine
        if machine is None or machine.lacks_card or self._meant.is_told:
            return None
        offers = offers_for(self._parts.recommendations, machine.machine, self._wanted_of_it.context)
        if not offers:
            return None
        best = begun_with(offers, machine, self._wanted_of_it)
        wanted = requested_model(f"{best.recommended.name} {best.model.quant}", self._parts.catalog)
        return self._prospect(wanted, machine, self._context), machine, self._named_loader

    def model(self) -> Model | None:
        """The model that was told, whatever it shall run on; None where none is known."""
        return self._wanted.model if self._wanted is not None else None

    @property
    def knows_model(self) -> bool:
        """Whether a model is named that is known."""
        return self._wanted is not None

    def program(self) -> FitPart:
        """Which program to take on the told system."""
        return self._loader()

    def all_that_runs(self) -> FitPart | None:
        """What runs on the told machine, whatever was named before; None where no machine was told."""
        machine = self._machine
        return self._table(machine) if machine is not None else None

    def for_use(self) -> FitPart | None:
        """What runs on the told machine for the told use; None where a model was named, or no machine."""
        machine = self._machine
        return self._table(machine) if machine is not None and self._wanted is None else None

    def of_that_size(self, size: float) -> FitPart:
        """Models of a size to choose from, side by side on the told machine."""
        use = self._use
        uses = self._uses_of
        names = sorted(dict.fromkeys(self._names_of_about(size)), key=lambda name: use not in uses.get(name, ()))
        machine = self._machine
        if machine is None or machine.lacks_card or len(names) < 2:
            listed = [(name, uses.get(name, ())) for name in names[:MOST_CHOICES]]
            return FitPart("models", sized_answer(size, listed, self._parts.recommendations.checked))
        wanted = [
            requested_model(f"{name} {self._model_meant.quant_of_size(name)}", self._parts.catalog) for name in names
        ]
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

    def computed(self) -> FitPart | None:
        """The plan for who did not ask for one; None where model or machine was not told, or for another engine."""
        planned = self.planned()
        if planned is None:
            return self._quick_on_the_machine() or self._slow_for_its_card
        is_another = bool(self._meant.taken) or self._meant.too_large is not None
        if (is_another and not self._is_slow) or not self._is_of_the_loader(planned[0], planned[2]):
            return None
        said = self._plan(planned[0], planned[1])
        return FitPart(said.id, self._explaining(said.answer, planned[0].plan))

    def since_update(self) -> FitPart | None:
        """That a part lies in RAM since an update, where the speeds that were told say so; None where they do not."""
        planned, prose = self.planned(as_told=False), self._post.prose
        is_open = planned is not None and planned[2] == _OPENS_CONTEXTS and not self._context
        if planned is None or not is_open or not is_split_since(planned[0].plan, prose):
            return None
        said = self._plan(planned[0], planned[1])
        return FitPart("plan", regressed_answer(said.answer, planned[0].plan, prose))

    def _explaining(self, answer: Answer, plan: Plan) -> Answer:
        """The answer of a plan that nobody asked for, with what it says of the trouble that is told."""
        if self._is_in_the_way(plan) or (self._is_slow and plan.placement.serving is not None):
            return answer
        if self.fits_though_full:
            return answer if self._is_said_to_be_full else fits_all_the_same_answer(answer, plan)
        if self.is_over_full and plan.verdict != "no":
            return over_full_answer(answer, plan, self._whole_with_less_context)
        return replace(answer, title=computed_title(plan))

    def _is_in_the_way(self, plan: Plan) -> bool:
        """Whether something slows down what should be fast: it fits whole, and no speed was told that is normal."""
        is_whole = plan.verdict == "gpu" and plan.placement.serving is None and plan.speed is not None
        return self._is_slow and is_whole and not is_told_normal(plan, self._post.prose)

    @property
    def _whole_with_less_context(self) -> Plan | None:
        """The plan with a usual context, where the model fits whole so."""
        planned = self.planned(as_told=False)
        return planned[0].plan if planned is not None and planned[0].plan.verdict == "gpu" else None

    def _quick_on_the_machine(self) -> FitPart | None:
        """What runs at a pleasant speed on a machine that is slow with everything for want of a card of its own."""
        machine = self._machine
        if machine is None or self._meant.is_told or not self._is_slow_without_card:
            return None
        table = self._table(machine)
        return FitPart(table.id, begun_answer(table.answer))

    @cached_property
    def _slow_for_its_card(self) -> FitPart | None:
        """What a told speed says of a card on which no model is told; None where one that fits is as slow."""
        machine, told = self._machine, speed_in(self._post.prose)
        if machine is None or not told or not self._is_slow or self._meant.is_told or machine.machine.unified:
            return None
        if not any(device.card is not None for device in machine.machine.devices):
            return None
        offers = offers_for(self._parts.recommendations, machine.machine)
        if not is_too_slow(told, offers):
            return None
        return FitPart("plan", slow_card_answer(told, offers, machine, self._wanted_of_it))

    @property
    def _is_slow_without_card(self) -> bool:
        """Whether something is slow on a machine whose processor computes, or that has one memory for all."""
        machine = self._machine
        if machine is None or not self._is_slow or (machine.lacks_card and not self._has_little):
            return False
        return machine.machine.unified or not any(device.memory for device in machine.machine.devices)

    @property
    def _has_little(self) -> bool:
        """Whether the computer is of a kind that seldom has a card, or its author speaks of the processor."""
        return self._post.machine.kind != "desktop" or self._parts.machines.names_processor(self._post.prose)

    @property
    def explains_slowness(self) -> bool:
        """Whether what was told of model and machine is reason enough for being slow."""
        planned = self.planned()
        if planned is None:
            return self._is_slow_without_card or self._slow_for_its_card is not None
        plan = planned[0].plan
        if plan.placement.serving is not None:
            return plan.verdict != "no"
        return plan.speed is not None or plan.verdict == "no"

    @property
    def weighs(self) -> bool:
        """Whether models are to be set side by side on the told machine, or machines for the told model."""
        return self._chooses_models or (bool(self._post.machine.options) and self._machine is None)

    @property
    def is_over_full(self) -> bool:
        """Whether a trouble of memory or stability is told of a model that fills the machine to the brim, or more: a
        memory that is shared with the system is full before it is split.
        """
        planned = self.planned()
        if planned is None or not self._post.has_any(_FULL):
            return False
        plan = planned[0].plan
        return plan.verdict == "no" or (plan.machine.unified and plan.verdict != "gpu")

    @property
    def fits_though_full(self) -> bool:
        """Whether a full memory is told of a model that fits whole by all that was told."""
        planned = self.planned()
        only_loads = self._post.has("t-load") and not self._parts.reader.cues.told.error.found(self._post.prose)
        return (only_loads or self._tells_of_full_memory) and planned is not None and planned[0].plan.verdict == "gpu"

    @property
    def _tells_of_full_memory(self) -> bool:
        return _OUT_OF_MEMORY.search(self._post.prose) is not None

    @property
    def _is_said_to_be_full(self) -> bool:
        """Whether a plan says by itself what to do about a full memory: that is told, and nothing else asked."""
        return self._tells_of_full_memory and not self._post.has("can-it")

    @property
    def knows_what_is_in_the_way(self) -> bool:
        """Whether something is slow that should be fast on the told machine."""
        planned = self.planned()
        return planned is not None and self._is_in_the_way(planned[0].plan)

    @property
    def tells_speed_is_normal(self) -> bool:
        """Whether a speed is told that the plan expects of this model on this machine."""
        planned = self.planned()
        return planned is not None and is_told_normal(planned[0].plan, self._post.prose)

    @property
    def is_split(self) -> bool:
        """Whether model and machine are told, and a part of the one lies in RAM."""
        planned = self.planned()
        return planned is not None and planned[0].plan.verdict == "split"

    @property
    def _named_loader(self) -> str | None:
        """The loader that was named, else the one whose command or log was shown."""
        shown = self._post.facts.loader
        told = (self._post.request.points.get("loader", ""), *self._post.loaders)
        known = next((name for name in told if name in self._parts.loaders), None)
        return known or next(iter(self._post.loaders), shown.value if shown else None)

    def _is_of_the_loader(self, prospect: Prospect, loader: str | None) -> bool:
        """Whether the plan holds for the loader that was named; one that says no has no command to show that."""
        if loader is None or loader in prospect.commands:
            return True
        known = self._parts.loaders.get(loader)
        if known is None:
            return False
        families = known.runs.families if known.runs is not None else ()
        reads = engine_of(prospect.plan) == _GGUF_ENGINE and _GGUF in known.formats
        return reads or (prospect.plan.verdict == "no" and engine_of(prospect.plan) in families)

    def _found(self) -> Iterator[FitPart]:
        trained, is_weighed = self._trained, len(self._post.machine.options) > 1
        if trained is not None and not is_weighed:
            yield trained
        if trained is None or is_weighed or _RUNS_BESIDE.search(self._post.prose):
            yield from self._run()
        if trained is not None and is_weighed:
            yield trained

    def _run(self) -> Iterator[FitPart]:
        """What is said of running models."""
        weighs = self._asks_for_quants and not (self._chooses_models or self._post.has(_MANY_USERS))
        is_all = weighs and self._machine is None  # there is nothing to plan with
        if is_all:
            yield self._quants()
        if not is_all or self._post.models:
            yield from self._of_machine_and_model()
        if weighs and not is_all:
            yield self._quants()
        if self._asks_for_a_program:
            yield self._loader()

    @property
    def _trained(self) -> FitPart | None:
        """Whether the told model can be trained on the told cards; None where that is not asked."""
        machine, wanted = self._machine, self._wanted
        if not self._post.has(_TRAINS):
            return None
        size = next(iter(self._model_meant.sizes), round(wanted.model.shape.parameters / 1e9) if wanted else None)
        told = (*([machine.machine.devices] if machine is not None else []), *self._post.machine.options)
        devices = max(told, key=lambda each: sum(device.memory for device in each), default=())
        if size is None and not devices:
            return None
        whole = _ALL_WEIGHTS.search(self._post.prose) is not None
        return FitPart("training", training_answer(size, devices, self._parts.advice.training, whole=whole))

    def _of_machine_and_model(self) -> Iterator[FitPart]:
        post = self._post
        if post.has("budget") and (bought := self._for_the_money()) is not None:
            yield bought
            yield from self._run_by_what_is_bought()
        elif self._weighs_ram:
            yield self._of_ram()
        elif self._asks_of_either:
            yield self._plan_on_the_least()
        elif post.machine.options:
            yield self._comparison()
        elif self._weighs_its_card:
            yield self._weighed()
        elif self._joins_cards:
            yield self._together()
        elif self._only_buys:
            yield self._buying()
        else:
            yield from self._by_model_and_machine()

    def _run_by_what_is_bought(self) -> Iterator[FitPart]:
        """What runs on the card that is thought of, where models are asked for beside its price."""
        machine = self._machine if self._post.machine.devices and not self._wanted else None
        if machine is not None and self._asks_for_models:
            yield self._table(machine)

    def _by_model_and_machine(self) -> Iterator[FitPart]:
        machine = self._machine
        if machine is None:
            yield from self._by_model()
            return
        if self._unknown is not None and not self._post.has("which-model"):
            yield FitPart("unknown-model", _said(self._unknown))
            if (alike := self._model_meant.of_size()) is not None:
                yield self._any_of_that_size(alike, machine)
                return
        if self._wants_all_that_runs or self._relatives:
            yield self._table(machine)
        elif self._chooses_models:
            yield self._choice(machine)
        elif self._asks_for_a_size:
            yield self.of_that_size(self._post.sizes[0])
        elif self._wanted is not None:
            machine = self._with_enough_ram(self._wanted, machine)
            yield self._plan(self._prospect(self._wanted, machine, self._context), machine)
        elif self._wants_table:
            yield self._table(machine)
        elif self._named_format is not None and not (self._asks_for_quants or self._asks_for_a_program):
            yield self._loader()

    def _by_model(self) -> Iterator[FitPart]:
        """What is said of a model where no machine was told."""
        if (family := self._family()) is not None:
            yield family
        elif self._unknown is not None:
            yield FitPart("unknown-model", _said(self._unknown))
        elif self._asks_for_a_size:
            yield self.of_that_size(self._post.sizes[0])
        elif len({each.model.shape.name for each in self._candidates}) > 1:
            yield self._needs_of_each()
        elif self._wanted is not None and self._wanted_of_it.speed:
            yield self._cards_for_speed(self._wanted, self._wanted_of_it.speed)
        elif self._wanted is not None:
            yield self._needs(self._wanted)
        elif self._post.has(_CONTEXT_COST):
            yield self._context_cost()

    def _context_cost(self) -> FitPart:
        """What a context takes of models that people run, the smallest first."""
        known = [
            each for each in self._parts.recommendations.for_use("chat") if _AT_HOME[0] < each.parameters < _AT_HOME[1]
        ]
        models = [each.in_quant(each.quants[0]) for each in sorted(known, key=lambda each: each.parameters)]
        told = self._context
        contexts = tuple(sorted({_USUAL_CONTEXTS[0], told})) if told else _USUAL_CONTEXTS
        return FitPart("context-cost", context_answer(models, contexts))

    def _cards_for_speed(self, wanted: RequestedModel, speed: float) -> FitPart:
        """The cards for sale that hold a model whole, each with its speed, where one is wished for."""
        base = planned(ToldMachine(), self._system, self._parts.cards)
        sales = self._parts.advice.buying.market.cards
        devices = [
            (card_device(card, sale.memory * GIB),) * sale.count for sale in sales if (card := self._card_of(sale))
        ]
        plans = [self._fitted(wanted, with_devices(base, each), self._context).plan for each in devices]
        whole = [plan for plan in plans if plan.verdict == "gpu"]
        return FitPart("buying", speed_answer(wanted.model, whole, speed)) if whole else self._needs(wanted)

    def _card_of(self, sale: ForSale) -> Card | None:
        return self._parts.cards.find(sale.card)

    # ---- what the post is about

    @property
    def _only_buys(self) -> bool:
        """Whether it is asked what to buy, and not for anything that is computed."""
        return self._post.has("buying") and not (self._asks_what_to_run or self._wanted or self._asks_for_quants)

    @property
    def _asks_for_a_program(self) -> bool:
        """Whether a program is sought, or of two that are named the better one; a form's headings ask for none."""
        post = self._post
        chooses = post.has("two-loaders") and post.has("which-one") and not post.machine.options
        return (post.has("loader-choice") or chooses) and not post.has("form")

    @property
    def _asks_for_models(self) -> bool:
        return self._post.has("which-model") or self._post.has("can-it")

    @property
    def _asks_what_to_run(self) -> bool:
        """Whether models are asked for; where no machine is told, "can it" and "which" are asked of the one to buy."""
        if self._machine is not None:
            return self._asks_for_models
        return self._post.has("which-model") and not self._post.has("buying")

    @property
    def _wants_another_model(self) -> bool:
        """Whether a model is asked for, and the one that is named was used before."""
        post = self._post
        is_asked = post.has("which-model") and not post.has("two-quants")
        is_another = post.has_any(("former-model", "offered")) and not post.has(WHICH_QUANT)
        return bool(post.models) and is_asked and is_another

    def _family(self) -> FitPart | None:
        """What each of the models needs that go by the told name; None where one is meant, or none known."""
        unknown = self._unknown
        if not isinstance(unknown, UnknownModelError) or unknown.code != "which-model":
            return None
        wanted = [requested_model(name, self._parts.catalog) for name in unknown.nearest]
        needs = [needs_of(each.model, context=self._context, system=self._system) for each in wanted]
        return FitPart("needs", family_answer(self._post.models[0].text, needs, self._parts.advice))

    @property
    def _wants_all_that_runs(self) -> bool:
        """Whether what else the machine runs says more than how the named one does."""
        is_slow = self._is_slow_without_card and not self._post.sizes
        is_open = not self._post.models and (is_slow or self._post.has(_BEST_SIZE))
        return self._wants_another_model or is_open or self._post.has(_BETTER_THAN)

    @property
    def _asks_for_a_size(self) -> bool:
        """Whether models of one size are asked for: "a good 70b for roleplay"."""
        post = self._post
        is_told = len(set(post.sizes)) == 1 and not post.models and not is_given_a_size(self._post)
        return is_told and post.has("which-model") and not post.has_any(("can-it", _BEST_SIZE))

    @property
    def _wants_table(self) -> bool:
        """A machine alone is answered with what runs on it, unless only a program or a quantization was asked for."""
        post = self._post
        return self._asks_for_models or not (post.has("loader-choice") or post.has("quant"))

    @property
    def _asks_for_quants(self) -> bool:
        post = self._post
        is_choice = (post.has("which-one") and post.has("quant")) or post.has("two-quants")
        return is_choice and not post.machine.options and not self._names_formats

    @cached_property
    def _machine(self) -> PlannedMachine | None:
        told = self._post.machine
        return planned(told, self._system, self._parts.cards) if told.is_told else None

    @property
    def _system(self) -> System:
        system = self._post.request.points.get("system")
        family = system_family(system) if system else "windows"
        return "macos" if family == "macos" else "windows" if family == "windows" else "linux"

    @cached_property
    def _model_meant(self) -> ModelMeant:
        """What reads which model is meant."""
        return ModelMeant(self._parts, self._post, self._machine, self._plan_as_it_is, is_slow=self._is_slow)

    def _plan_as_it_is(self, wanted: RequestedModel, machine: PlannedMachine) -> Plan:
        """How a model runs on a machine, with the usual context."""
        return self._fitted(wanted, machine, None).plan

    @property
    def _meant(self) -> Meant:
        """The model that is meant."""
        return self._model_meant.found

    @property
    def _wanted(self) -> RequestedModel | None:
        return self._meant.model

    @property
    def _unknown(self) -> UserError | None:
        return self._meant.unknown

    @cached_property
    def _wanted_of_it(self) -> Wanted:
        """What the model is wanted for, with how much context, how fast."""
        return wanted_by(self._post, self._parts.advice.purposes)

    @property
    def _use(self) -> Use | None:
        return self._wanted_of_it.use

    @property
    def _context(self) -> int | None:
        """The context that was told, or that the told purpose takes."""
        return self._wanted_of_it.context or None

    # ---- the answers

    def _plan(self, found: Prospect, machine: PlannedMachine) -> FitPart:
        named = self._named_loader
        notes = (*self._size_note(found.plan.model.shape.name), *found.notes)
        advice = self._parts.advice
        quicker = self._quicker(found.plan, machine)
        answer = brief_plan_answer(found.plan, found.files, notes, machine, advice, named, found.commands, quicker)
        answer = _with_blocks(answer, *_taken_note(self._meant), behind=1)
        answer = _with_blocks(answer, *_too_large_note(self._meant, found.plan.model.shape.name))
        if (elsewhere := self._started_elsewhere(found)) is not None:
            answer = _with_blocks(answer, Paragraph(elsewhere), behind=1)
        if self._post.has("more-ram"):
            answer = about_more_ram(answer, found.plan)
        elif self._post.has("ram-upgrade") and (enough := self._enough_ram(found.plan)) is not None:
            answer = _with_blocks(answer, Paragraph(enough), behind=1)
        if self._post.has("how-much") and found.plan.verdict != "no":
            answer = _with_blocks(answer, Paragraph(takes_text(found.plan)))
        answer = _with_blocks(answer, *self._context_steps(found.plan, machine), *self._whole_up_to(found.plan))
        answer = _with_blocks(answer, *self._today(found.plan, machine), *self._waiting(found.plan), behind=1)
        return FitPart("plan", self._told_of_trouble(answer, found.plan, machine))

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
            said = waiting_text(plan, self._context or 0) if plan.verdict != "no" else None
            if said is not None:
                yield Paragraph(said)

    def _told_of_trouble(self, answer: Answer, plan: Plan, machine: PlannedMachine) -> Answer:
        """A plan's answer with what it says of the trouble that is told: slowness, or a full memory."""
        if self._is_slow and plan.verdict == "no":
            answer = _with_blocks(answer, Paragraph(_FROM_DISK))
        prose = self._post.prose
        if (hindered := self._hindered(answer, plan, machine)) is not None:
            return hindered
        if self._is_slow and plan.verdict != "no" and not self._post.has("can-it"):
            answer = replace(answer, title=computed_title(plan))
        return with_told_speed(answer, self._as_it_runs(plan), prose)

    def _hindered(self, answer: Answer, plan: Plan, machine: PlannedMachine) -> Answer | None:
        """A plan's answer with what is in its way where it should do well by itself; None where nothing is told."""
        if self._is_slow and plan.placement.serving is not None and plan.verdict != "no":
            return slow_server_answer(answer, plan, self._all_told)
        if self._is_in_the_way(plan):
            return in_the_way_answer(answer, plan, machine, self._named_loader, shown_speed(speed_in(self._post.prose)))
        if plan.verdict == "gpu" and self._is_said_to_be_full:
            return fits_all_the_same_answer(answer, plan)
        return None

    def _as_it_runs(self, plan: Plan) -> Plan:
        """The plan that a speed is told of: where the context is one that is only thought of ("28 t/s now, can I go to
        100k?"), that with a usual one.
        """
        if plan.verdict == "gpu" or not self._post.has("asks"):
            return plan
        usual = self.planned(as_told=False)
        if usual is None or usual[0].plan.verdict != "gpu":
            return plan
        return plan if is_told_too_slow(usual[0].plan, self._post.prose) else usual[0].plan

    def _whole_up_to(self, plan: Plan) -> Iterator[Paragraph]:
        """Up to which context a model fits whole that does not with the one that was told."""
        usual = self.planned(as_told=False) if plan.verdict == "split" and self._context else None
        if usual is not None and usual[0].plan.verdict == "gpu":
            asked, most = plan.placement.settings.context, usual[0].plan.max_context
            yield Paragraph(_WHOLE_UP_TO.format(context=f"{asked:,}", most=f"{most:,}"))

    def _started_elsewhere(self, found: Prospect) -> Text | None:
        """What is said where the named program has no command for the plan, and another one's is shown."""
        loader, shown = self._named_loader, next(iter(found.commands), None)
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
        offers = offers_for(self._parts.recommendations, machine.machine, self._wanted_of_it.context)
        is_slow = plan.speed is not None and (self._wants_quicker(plan) or plan.verdict != "gpu")
        least = 2 * plan.speed.low if plan.speed is not None and is_slow else 0.0
        quick = [
            offer for offer in offers if offer.speed.low > least and offer.recommended.name != plan.model.shape.name
        ]
        return begun_with(quick, machine, self._wanted_of_it) if quick else None

    def _with_enough_ram(self, wanted: RequestedModel, machine: PlannedMachine) -> PlannedMachine:
        """The machine with as much RAM as the model takes, where it runs and nobody told how much there is."""
        return _with_room_for(wanted.model, machine) if self._runs_already else machine

    @property
    def _runs_already(self) -> bool:
        """Whether somebody tells how fast or slow a model is that runs."""
        return self._is_slow or tells_speed(self._post.prose)

    def _prospect(self, wanted: RequestedModel, machine: PlannedMachine, context: int | None) -> Prospect:
        parts = self._parts
        if (served := self._served(wanted, machine, context)) is not None:
            return served
        fitted, smaller = self._fitted(wanted, machine, context), self._post.has("wants-smaller")
        found = with_substitute(fitted, parts.catalog, lambda: parts.recommendations, wants_smaller=smaller)
        return found.started_by(parts.loaders)

    @property
    def _server(self) -> tuple[str, Engine] | None:
        """The named program that serves requests from its cards alone, and its engine."""
        for name in (*self._post.loaders, self._named_loader or ""):
            known = self._parts.loaders.get(name)
            family = known.runs.family if known is not None and known.runs is not None else ""
            if family in SERVERS:
                return name, family
        return None

    @property
    def _all_told(self) -> str:
        """The words and the commands of the post."""
        return " ".join((self._post.prose, *self._post.commands))

    @property
    def _tells_only_bits(self) -> bool:
        """Whether a quantization is told by its bits alone, which says nothing of a file: "72b-int4"."""
        told = (self._post.request.points.get("quant") or "").split(" / ")[0]
        return told.upper().startswith("INT") and in_bits(told) != told

    def _served(self, wanted: RequestedModel, machine: PlannedMachine, context: int | None) -> Prospect | None:
        """The plan for a program that serves from its cards alone, where one was named and no file for another: the
        original weights, else a copy of four bits.
        """
        server = self._server
        has_cards = any(device.memory for device in machine.machine.devices) and not machine.machine.unified
        if server is None or self._is_file(wanted) or not has_cards:
            return None
        name, engine = server
        tried = self._copies_served(wanted)
        found = [engine_prospect(each, machine.machine, engine, context, {}) for each in tried]
        best = next((each for each in found if each.plan.verdict != "no"), found[0])
        return best.started_by(self._parts.loaders, name)

    def _is_file(self, wanted: RequestedModel) -> bool:
        """Whether a quantization is told that only files for other programs have."""
        return wanted.chosen and wanted.model.quant not in _SERVED_AS_IT_IS and not self._tells_only_bits

    def _copies_served(self, wanted: RequestedModel) -> Sequence[RequestedModel]:
        """The copies of a model that are tried in turn: the original weights, then one of four bits; of that alone
        where bits are told.
        """
        tried = [] if self._tells_only_bits else [wanted]
        with suppress(UserError):
            tried.append(requested_model(f"{wanted.model.shape.name} {_SERVED_QUANT}", self._parts.catalog))
        return tried or [wanted]

    def _fitted(self, wanted: RequestedModel, machine: PlannedMachine, context: int | None) -> Prospect:
        """Whether and how it fits, without what to take in its place."""
        cache = cache_type_in(self._post.prose) or "f16"
        found = prospect(wanted, machine.machine, context, cache)
        if self._post.has(_MOST_CONTEXT) and context is None and found.plan.verdict == "gpu":
            found = prospect(wanted, machine.machine, found.plan.max_context, cache)
        return found

    def _asks_most_of_a_split(self, plan: Plan) -> bool:
        """Whether the longest context is asked for of a model that a card does not hold."""
        return self._post.has(_MOST_CONTEXT) and plan.verdict == "split" and not self._context

    def _context_steps(self, plan: Plan, machine: PlannedMachine) -> Iterator[Paragraph]:
        """What each step of the context costs in layers and speed, where the most is asked for of a split model."""
        if self._wanted is None or not self._asks_most_of_a_split(plan):
            return
        cache = cache_type_in(self._post.prose) or "f16"
        steps = [step for step in _CONTEXTS if step <= plan.max_context]
        plans = [prospect(self._wanted, machine.machine, step, cache).plan for step in steps]
        yield Paragraph(context_steps([each for each in plans if each.verdict == "split"]))

    def _size_note(self, name: str) -> tuple[Text, ...]:
        """That a model stands for a size."""
        if self._post.models:
            return ()
        alike = self._parts.catalog.of_size(self._model_meant.sizes[0], MOST_CHOICES) if self._model_meant.sizes else ()
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

    @property
    def _is_choice(self) -> bool:
        """Whether one of several named models is to be chosen."""
        post = self._post
        return post.has_any(("which-one", "two-quants", "worth", WHICH_QUANT)) or is_choice(post.prose)

    @property
    def _chooses_models(self) -> bool:
        """Whether the models that were named can be set side by side on the machine that was told."""
        return self._machine is not None and self._is_choice and len(self._candidates) > 1

    @cached_property
    def _candidates(self) -> Sequence[RequestedModel]:
        """The models that are put side by side."""
        return candidates_of(self._post, self._parts)

    def _choice(self, machine: PlannedMachine) -> FitPart:
        return self._side_by_side(self._candidates, machine)

    def _side_by_side(self, wanted: Iterable[RequestedModel], machine: PlannedMachine) -> FitPart:
        named = list(wanted)
        plans = [self._fitted(each, machine, self._context).plan for each in named]
        best = best_of(plans)
        quicker = self._begun_instead(best, machine) if best is not None and not is_quick(best) else None
        answer = choice_answer(plans, machine, self._parts.advice, quicker)
        if best is None:
            return FitPart("models", answer)
        commands = self._prospect(named[plans.index(best)], machine, self._context).commands
        started = replace(answer, blocks=(*answer.blocks, *start_steps(commands, self._named_loader)))
        return FitPart("models", _with_blocks(started, *self._waiting(best), behind=1))

    def _asks_which_of(self, family: str) -> bool:
        """Whether it is asked which of a family: "which gemma", "最大的qwen"."""
        found = self._post.prose.find(family)
        return self._post.has(_BEST_SIZE) or _WHICH_OF.search(self._post.prose[: max(0, found)]) is not None

    def _asks_for_one_of(self, family: str) -> bool:
        """Whether any of a family is asked for."""
        is_bare = family.isalpha() and self._post.has_any(("can-it", "runs-it"))
        return is_bare or self._post.has("which-model") or self._asks_which_of(family)

    @cached_property
    def _relatives(self) -> tuple[Recommended, ...]:
        """The models that people run of the one family from which the best is asked for: "which gemma can I run"."""
        post = self._post
        family = post.models[0].text.lower() if len({name.text.lower() for name in post.models}) == 1 else ""
        if not (_FAMILY.fullmatch(family) and self._asks_for_one_of(family)):
            return ()
        models = self._parts.recommendations.models
        found = tuple(each for each in models if each.name.lower().startswith(family))
        return found if len(found) >= FEWEST_RELATIVES else ()

    def _table(self, machine: PlannedMachine) -> FitPart:
        recommendations = self._parts.recommendations
        if self._relatives:
            recommendations = replace_dataclass(recommendations, models=self._relatives)
        wanted = self._wanted_of_it
        offers = offers_for(recommendations, machine.machine, wanted.context)
        answer = table_answer(offers, machine, self._parts.advice, recommendations.checked, wanted)
        answer = self._with_more_ram(answer, 1)
        return FitPart("table", slow_table(answer, machine) if self._is_slow_without_card else answer)

    def _with_more_ram(self, answer: Answer, at: int) -> Answer:
        """The answer with what more RAM is good for as block `at`, where that is thought of."""
        if not self._post.has("more-ram"):
            return answer
        buying = self._parts.advice.buying
        more = Paragraph(buying.ram_speed if self._post.has("about-speed") else buying.ram)
        return replace(answer, blocks=(*answer.blocks[:at], more, *answer.blocks[at:]))

    def _any_of_that_size(self, alike: RequestedModel, machine: PlannedMachine) -> FitPart:
        """How any model of the told size runs, where nobody knows the one that was named."""
        plan = self._plan(self._prospect(alike, machine, self._context), machine)
        title = _OF_THAT_SIZE.format(size=f"{self._model_meant.sizes[0]:g}", how=plan.answer.title)
        return FitPart("plan", replace(plan.answer, title=title))

    def _needs(self, wanted: RequestedModel) -> FitPart:
        needs = needs_of(wanted.model, context=self._context, system=self._system)
        notes = (*self._size_note(wanted.model.shape.name), *wanted.notes)
        answer = needs_answer(needs, self._parts.advice, notes)
        if self._post.has(_CONTEXT_COST):
            answer = _with_blocks(answer, Paragraph(context_text(wanted.model, needs.context)), behind=1)
        return FitPart("needs", answer)

    def _needs_of_each(self) -> FitPart:
        """What each of the named models needs, side by side."""
        needs = [needs_of(each.model, context=self._context, system=self._system) for each in self._candidates]
        return FitPart("needs", each_needs_answer(needs, self._parts.advice))

    def _comparison(self) -> FitPart:
        told = self._post.machine
        base = planned(told, self._system, self._parts.cards)
        options: list[Sequence[Device]] = list(told.options)
        if told.without_card:
            options.insert(0, ())
        elif len(options) == 1 and told.devices:
            options.insert(0, told.devices)
        machines = [with_devices(base, devices) for devices in options]
        if len(machines) == 1:
            return self._table(machines[0])  # what the one that is thought of would run
        if not machines:
            return self._buying()
        model = self._weighed_by or self._too_large_for_cards(machines)
        machines = self._with_ram_for(model, machines)
        advice = self._parts.advice
        owned = () if told.devices in told.options or len(told.options) < len(options) else told.devices
        beside = beside_owned(owned, told.options, told_power_supply(self._post.prose), advice)
        compared = compare(machines, self._parts.recommendations, model)
        answer = comparison_answer(compared, advice, beside, with_prompts=self._post.has("long-prompts"))
        return FitPart("buying", _with_blocks(answer, *self._begun_on(machines)))

    @property
    def _weighed_by(self) -> Model | None:
        """The model by which machines are weighed: the one that is wanted, unless a size is only asked about."""
        is_meant = bool(self._post.models) or not self._post.has("asks-large")
        return self._wanted.model if self._wanted is not None and is_meant else None

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
        return [_with_room_for(model, each) if each.machine.devices else each for each in machines]

    def _begun_on(self, machines: Sequence[PlannedMachine]) -> Iterator[Paragraph]:
        """With which model to begin on each of several machines, where that is asked and none is named."""
        for machine in machines if self._wanted is None and self._asks_for_models else ():
            offers = offers_for(self._parts.recommendations, machine.machine, self._wanted_of_it.context)
            if offers:
                yield Paragraph(begun_text(begun_with(offers, machine, self._wanted_of_it), machine), tone="good")

    @property
    def _asks_of_either(self) -> bool:
        """Whether it is asked if a model runs on one card or another, and not which of them to take."""
        post = self._post
        is_asked = self._wanted is not None and post.has_any(("can-it", "runs-it"))
        return is_asked and len(post.machine.options) > 1 and not post.has_any(("which-one", "buying"))

    def _plan_on_the_least(self) -> FitPart:
        """The plan for the wanted model on that of the cards which holds the least."""
        base = planned(self._post.machine, self._system, self._parts.cards)
        least = min(self._post.machine.options, key=lambda devices: sum(device.memory for device in devices))
        machine = with_devices(base, least)
        assert self._wanted is not None
        return self._plan(self._prospect(self._wanted, machine, self._context), machine)

    @property
    def _weighs_ram(self) -> bool:
        """Whether amounts of RAM are put side by side for the machine that is told."""
        return len(self._post.machine.ram_options) > 1 and self._machine is not None and not self._machine.lacks_card

    def _of_ram(self) -> FitPart:
        """What each amount of RAM opens, and from how much on the named models run."""
        machine = self._machine
        assert machine is not None
        amounts = self._post.machine.ram_options
        opened = [Opened(ram, self._largest_split(machine, ram)) for ram in amounts]
        named = [(each.model, least_ram(each.model, machine.machine, _CONTEXTS[1])) for each in self._candidates]
        most = max(amounts) // GIB
        least = [(f"{model.shape.name} {model.quant}", ram if ram and ram <= most else None) for model, ram in named]
        return FitPart("buying", ram_answer(opened, least, self._parts.advice))

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
        machine = self._machine
        rival = self._parts.cards.find(_USUAL_CARD)
        assert machine is not None
        assert rival is not None
        if machine.machine.devices[0].card is rival:
            return self._table(machine)
        machines = [machine, with_devices(machine, (card_device(rival, None),))]
        compared = compare(machines, self._parts.recommendations)
        return FitPart("buying", comparison_answer(compared, self._parts.advice))

    @property
    def _joins_cards(self) -> bool:
        """Whether two unlike cards are to work together."""
        names = {device.name for device in self._post.machine.devices}
        if any(device.card is not None and device.card.unified for device in self._post.machine.devices):
            return False  # in another computer
        is_asked = self._post.has("joining") and (self._wanted is not None or not self._asks_for_quants)
        return is_asked and len(self._post.machine.devices) == len(names) == _TWO

    def _together(self) -> FitPart:
        """What two cards run together that the better of them does not alone."""
        machine = self._machine
        assert machine is not None
        devices = sorted(machine.machine.devices, key=lambda device: -device.memory)
        machines = [with_devices(machine, devices[:1]), with_devices(machine, devices)]
        if self._wanted is not None:
            for_it = compare(machines, self._parts.recommendations, self._wanted.model)
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
        answer = buying_answer(self._machine, self._parts.advice, about_ram=about_ram, for_speed=is_for_speed)
        return FitPart("buying", answer)

    def _for_the_money(self) -> FitPart | None:
        """What to buy for the money that was told; None where cards are named to choose between."""
        if self._post.machine.options:
            return None
        base = self._machine or planned(ToldMachine(), self._system, self._parts.cards)
        answer = bought_for(self._post, base, self._parts, self._planned_on)
        return FitPart("buying", answer) if answer is not None else None

    def _planned_on(self, machine: PlannedMachine) -> Plan | None:
        """How the wanted model runs on a machine that is thought of."""
        return self._fitted(self._wanted, machine, self._context).plan if self._wanted is not None else None

    @property
    def _names_formats(self) -> bool:
        """Whether what is told as quantizations are formats: "EXL2 or AWQ"."""
        told = (self._post.request.points.get("quant") or "").upper().split(" / ")
        are_several = len(told) > 1 or self._post.has("formats")
        return are_several and set(told) <= {each.name.upper() for each in self._parts.formats}

    @property
    def _is_about_ram(self) -> bool:
        return self._post.has("more-ram") or (self._post.has("ram") and not self._post.has("vram"))

    def _quants(self) -> FitPart:
        return FitPart("quants", quants_answer(self._parts.advice))

    def _loader(self) -> FitPart:
        answer = loader_choice_answer(
            tuple(self._parts.loaders.values()),
            self._parts.conditions,
            self._told_conditions | self._usual_system,
            self._named_format,
            assumed=self._usual_system,
        )
        return FitPart("loader", answer)

    @property
    def _told_conditions(self) -> frozenset[str]:
        """Ids of the conditions that the post tells of its author."""
        told = {condition for condition in self._parts.conditions if self._post.has(f"is-{condition}")}
        if self._post.machine.kind == "phone":
            return frozenset({"on-a-phone"})
        if "system" in self._post.request.points:
            told.add(self._system_condition)
        if self._machine is not None and sum(self._machine.machine.usable_vram) >= 15 * GIB:
            told.add("fits-in-vram")
        return frozenset(told)

    @property
    def _usual_system(self) -> frozenset[str]:
        """The condition of the system that is assumed where none was told."""
        told = self._told_conditions
        if told & {"windows", "macos", "linux-or-wsl", "on-a-phone"}:
            return frozenset()
        return frozenset({"linux-or-wsl" if "many-requests" in told else self._system_condition})

    @property
    def _system_condition(self) -> str:
        return {"windows": "windows", "macos": "macos", "linux": "linux-or-wsl"}[self._system]

    @property
    def _named_format(self) -> str | None:
        told = {name.format for name in self._post.models} | {None}
        prose = self._post.prose.upper()
        return next((each.name for each in self._parts.formats if each.name in told or each.name in prose), None)

    def _ladder(self) -> FitPart:
        """What the usual cards run, where no machine was told."""
        recommendations = self._parts.recommendations
        rows = []
        for gigabytes in _LADDER:
            told = planned(ToldMachine(vram=gigabytes * GIB), self._system, self._parts.cards)
            rows.append((gigabytes, offers_for(recommendations, told.machine)))
        answer = ladder_answer(rows, recommendations.checked, self._use)
        return FitPart("ladder", self._with_more_ram(answer, 0))


def _with_room_for(model: Model, machine: PlannedMachine) -> PlannedMachine:
    """The machine with as much RAM as a model takes beside its cards, where nobody told how much there is."""
    if not machine.lacks_ram or machine.machine.unified:
        return machine
    ram = ram_beside(model, machine.machine, _CONTEXTS[1])
    return with_ram(machine, ram * GIB) if ram is not None and ram * GIB > machine.machine.ram else machine


def _opened(answer: Answer, texts: Sequence[Text]) -> Answer:
    """The answer with these texts in front, where they do not stand already, and not further down again."""
    said = tuple(block for block in map(Paragraph, texts) if block not in answer.blocks[:1])
    kept = tuple(block for block in answer.blocks if block not in said)
    return replace(answer, blocks=(*said, *kept))


def _taken_note(meant: Meant) -> Iterator[Paragraph]:
    """Which of several models of a name was taken."""
    if meant.taken:
        first, *others = meant.taken[:MOST_CHOICES]
        yield Paragraph(_TAKEN.format(name=first, others=joined(others, COMMA)))


def _too_large_note(meant: Meant, name: str) -> Iterator[Paragraph]:
    """That the usual model of a name does not run, and which one of its family was taken."""
    if (usual := meant.too_large) is not None:
        yield Paragraph(_TOO_LARGE.format(usual=usual.shape.name, size=gib(usual.file_bytes), name=name))


def _with_blocks(answer: Answer, *blocks: Block, behind: int = 0) -> Answer:
    """The answer with further blocks, behind so many of its own."""
    return replace(answer, blocks=(*answer.blocks[:behind], *blocks, *answer.blocks[behind:]))


def _said(error: UserError) -> Answer:
    return Answer(Text("That model I do not know", "这个模型我不认识"), "careful", (Paragraph(error.text),))
