"""Questions of fit, answered from what a post tells: a plan, a table, what a model needs, which card, which loader."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from msgspec.structs import replace

from bot.answers.blocks import Answer, Paragraph
from bot.answers.fit.choice import rule_of
from bot.answers.fit.context_cost import context_answer, context_text
from bot.answers.fit.ladder import ladder_answer
from bot.answers.fit.needs import each_needs_answer, family_answer, needs_answer
from bot.answers.fit.quants import quants_answer
from bot.answers.fit.regressed import is_split_since, regressed_answer
from bot.answers.fit.speeds import speed_answer
from bot.answers.fit.table import begun_answer
from bot.answers.fit.training import training_answer
from bot.answers.fit.users import served_users_text, users_text
from bot.answers.fit.words import machine_advice
from bot.base.errors import UserError
from bot.base.languages import Text
from bot.base.sizes import GIB
from bot.clinic.candidates import WHICH_QUANT
from bot.clinic.fit_matter import BEST_SIZE, MANY_USERS, USERS_CONTEXT, USUAL_CONTEXT, FitMatter, users_of
from bot.clinic.fit_part import FitPart, with_blocks
from bot.clinic.fit_plans import PlanReplies
from bot.clinic.fit_programs import ProgramReplies
from bot.clinic.fit_trouble import FitTrouble
from bot.clinic.fit_weighing import Weighing
from bot.clinic.meant_model import is_given_a_size
from bot.clinic.parts import Parts
from bot.hardware.amounts import card_device
from bot.hardware.cards import Card
from bot.hardware.planned import PlannedMachine, planned, with_devices
from bot.hardware.told import ToldMachine
from bot.intake.posts import PostReading
from bot.knowledge.advice import ForSale
from bot.memory.needs import needs_of
from bot.memory.offers import offers_for
from bot.models.requested import RequestedModel, requested_model
from bot.models.unknown import UnknownModelError

_LADDER = (8, 12, 16, 24)  # GB of video memory that stand for the usual cards
_MOST_ANSWERS = 3
_MOST_LIMITS = 2  # of programs and quantizations that are told
_CONTEXT_COST = "context-cost"  # the sign that it is asked what a context takes
_USUAL_CONTEXTS = (USUAL_CONTEXT, 32_768)  # tokens, where none are told
_AT_HOME = (7.0, 75.0)  # billions of parameters of models whose contexts stand for others'
_BETTER_THAN = "better-than"  # the sign that something better than what is named is sought
_TRAINS = "trains"  # the sign that a model is to be trained
_COMPATIBLE = "compatible"  # the sign that it is asked whether a card or program works
_ALL_WEIGHTS = re.compile(r"全参|全量|full[ -](?:fine|param|train|sft)|all (?:the )?(?:weights|parameters)")
_RUNS_BESIDE = re.compile(r"推理|部署|聊天|平时用|inference|(?<![a-z])(?:run|serve|host)(?![a-z])")  # beside training
_OPENS_CONTEXTS = "ollama"  # the program that chooses the context by itself
_PROGRAM = "loader"  # id of the answer that says which program to take
_COMPUTED = ("plan", "table", "models")  # ids of answers that compute what the told machine runs
# The answers that say what counts for a purpose, each behind so many of its blocks.
_TIPPED: Mapping[str, int] = {"plan": 2, "needs": 1, "buying": 1, "models": 2, "table": 2, "ladder": 0}

_LIMITED = Text("The card is the reason", "原因在这张卡")


class FitReplies:
    """The answers of fit to one post."""

    def __init__(self, parts: Parts, post: PostReading, *, is_slow: bool = False) -> None:
        """`is_slow`: something was recognised as too slow, in whatever words."""
        self._parts = parts
        self._post = post
        self.matter = FitMatter(parts, post, is_slow=is_slow)
        self.trouble = FitTrouble(self.matter)
        self.plans = PlanReplies(self.matter, self.trouble)
        self._weighing = Weighing(self.matter, self.plans)
        self._programs = ProgramReplies(self.matter)

    def all(self) -> list[FitPart]:
        """What was asked, in the order in which it is said; at most three answers."""
        first, *others = list(self._found()) or [self._ladder()]
        first = self._with_limits(self._with_other_computer(self._with_tips(first)))
        return [first, *others[: _MOST_ANSWERS - 1]]

    def _with_limits(self, part: FitPart) -> FitPart:
        """The answer with what the told program or quantization does not do on the told machine in front; where it is
        asked whether they go together, with what is known of the machine.
        """
        machine = self.matter.machine
        is_asked = part.id == "buying" and self._post.has(_COMPATIBLE)
        if machine is None or not (part.id in (*_COMPUTED, _PROGRAM) or is_asked):
            return part
        limits = tuple(limit.text for limit in self.matter.limits)[:_MOST_LIMITS]
        if not limits and self._post.has(_COMPATIBLE):
            limits = tuple(machine_advice(machine, self._parts.advice))[:1]
        if part.id == _PROGRAM and limits:  # no program is to be taken for what none does there
            return FitPart(part.id, replace(part.answer, blocks=tuple(map(Paragraph, limits)), details=()))
        return FitPart(part.id, _opened(part.answer, limits))

    def _with_other_computer(self, part: FitPart) -> FitPart:
        """The answer with what is said of a second computer first, where one was told."""
        apart = self.matter.machine.apart if self.matter.machine is not None else None
        if apart is None or part.id not in _COMPUTED:
            return part
        return FitPart(part.id, with_blocks(part.answer, Paragraph(apart)))

    def _with_tips(self, part: FitPart) -> FitPart:
        """The answer with what counts for the purpose that was told; a table has it inside."""
        tips = (*([] if part.id == "table" else self.matter.wanted_of_it.tips), *self._for_users)
        if not tips or part.id not in _TIPPED:
            return part
        behind = max(_TIPPED[part.id], _verdicts(part.answer))
        return FitPart(part.id, with_blocks(part.answer, *map(Paragraph, tips), behind=behind))

    @property
    def _for_users(self) -> Iterator[Text]:
        """What the contexts of several users take, where their number is told."""
        users = users_of(self._post)
        if users and (served := self._served_users(users)) is not None:
            yield served
            return
        model = self.matter.wanted.model if self.matter.wanted else self.matter.recommended_model if users else None
        if users and model is not None:
            yield users_text(model, self.matter.context or USERS_CONTEXT, users)

    def limited(self) -> FitPart | None:
        """What the told program or quantization does not do on the told machine; None where nothing is known."""
        limits = tuple(limit.text for limit in self.matter.limits if not limit.runs)
        return FitPart("limits", Answer(_LIMITED, "bad", tuple(map(Paragraph, limits)))) if limits else None

    def _served_users(self, users: int) -> Text | None:
        """What the cache of the planned server leaves so many users; None where no server is planned that starts."""
        planned = self.matter.planned()
        served = planned[0].plan.placement.estimate.serving if planned is not None else None
        if planned is None or served is None or not served.starts:
            return None
        return served_users_text(served.tokens, users, planned[0].plan.model.shape.trained_context)

    def program(self) -> FitPart:
        """Which program to take on the told system."""
        return self._programs.loader()

    def all_that_runs(self) -> FitPart | None:
        """What runs on the told machine, whatever was named before; None where no machine was told."""
        machine = self.matter.machine
        return self.plans.table(machine) if machine is not None else None

    def for_use(self) -> FitPart | None:
        """What runs on the told machine for the told use; None where a model was named, or no machine."""
        machine = self.matter.machine
        return self.plans.table(machine) if machine is not None and self.matter.wanted is None else None

    def computed(self) -> FitPart | None:
        """The plan for who did not ask for one; None where model or machine was not told, or for another engine."""
        planned = self.matter.planned()
        if planned is None:
            return self._quick_on_the_machine() or self.trouble.slow_for_its_card
        is_another = bool(self.matter.meant.taken) or self.matter.meant.too_large is not None
        if (is_another and not self.matter.is_slow) or not self.plans.is_of_the_loader(planned[0], planned[2]):
            return None
        said = self.plans.plan(planned[0], planned[1])
        return FitPart(said.id, self.trouble.explaining(said.answer, planned[0].plan))

    def since_update(self) -> FitPart | None:
        """That a part lies in RAM since an update, where the speeds that were told say so; None where they do not."""
        planned, prose = self.matter.planned(as_told=False), self._post.prose
        is_open = planned is not None and planned[2] == _OPENS_CONTEXTS and not self.matter.context
        if planned is None or not is_open or not is_split_since(planned[0].plan, prose):
            return None
        said = self.plans.plan(planned[0], planned[1])
        return FitPart("plan", regressed_answer(said.answer, planned[0].plan, prose))

    def _quick_on_the_machine(self) -> FitPart | None:
        """What runs at a pleasant speed on a machine that is slow with everything for want of a card of its own."""
        machine = self.matter.machine
        if machine is None or self.matter.meant.is_told or not self.trouble.is_slow_without_card:
            return None
        table = self.plans.table(machine)
        return FitPart(table.id, begun_answer(table.answer))

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
        weighs = self._weighing.asks_for_quants and not (self.matter.chooses_models or self._post.has(MANY_USERS))
        is_all = weighs and self.matter.machine is None  # there is nothing to plan with
        if is_all:
            yield self._quants()
        if not is_all or self._post.models:
            yield from self._of_machine_and_model()
        if weighs and not is_all:
            yield self._quants()
        if self._asks_for_a_program:
            yield self._programs.loader()

    @property
    def _trained(self) -> FitPart | None:
        """Whether the told model can be trained on the told cards; None where that is not asked."""
        machine, wanted = self.matter.machine, self.matter.wanted
        if not self._post.has(_TRAINS):
            return None
        of_model = round(wanted.model.shape.parameters / 1e9) if wanted else None
        size = next(iter(self.matter.model_meant.sizes), of_model)
        told = (*([machine.machine.devices] if machine is not None else []), *self._post.machine.options)
        devices = max(told, key=lambda each: sum(device.memory for device in each), default=())
        if size is None and not devices:
            return None
        whole = _ALL_WEIGHTS.search(self._post.prose) is not None
        return FitPart("training", training_answer(size, devices, self._parts.advice.training, whole=whole))

    def _of_machine_and_model(self) -> Iterator[FitPart]:
        yield from list(self._weighing.found()) or self._by_model_and_machine()

    def _by_model_and_machine(self) -> Iterator[FitPart]:
        machine = self.matter.machine
        if machine is None:
            yield from self._by_model()
            return
        if self.matter.unknown is not None and not self._post.has("which-model"):
            yield FitPart("unknown-model", _said(self.matter.unknown))
            if (instead := self._in_place_of_unknown(machine)) is not None:
                yield instead
                return
        yield from self._that_runs_on(machine)

    def _that_runs_on(self, machine: PlannedMachine) -> Iterator[FitPart]:
        """What is said of models on a machine."""
        if self._wants_all_that_runs or self.matter.relatives:
            yield self.plans.table(machine)
        elif self.matter.chooses_models:
            yield self.plans.choice(machine)
        elif self._asks_for_a_size:
            yield self.plans.of_that_size(self._post.sizes[0])
        elif self.matter.wanted is not None:
            yield self.plans.of_model(self.matter.wanted, self.matter.with_enough_ram(self.matter.wanted, machine))
        elif self._wants_table:
            yield self.plans.table(machine)
        elif self._asks_of_a_format:
            yield self._programs.loader()

    def _in_place_of_unknown(self, machine: PlannedMachine) -> FitPart | None:
        """The plan of what stands for a model that nobody knows: another version of it, else any of its size."""
        if (nearest := self.matter.nearest) is not None:
            return self.plans.of_model(nearest, self.matter.with_enough_ram(nearest, machine))
        alike = self.matter.model_meant.of_size()
        return self.plans.any_of_that_size(alike, machine) if alike is not None else None

    def _by_model(self) -> Iterator[FitPart]:
        """What is said of a model where no machine was told."""
        if (family := self._family()) is not None:
            yield family
        elif self.matter.unknown is not None:
            yield FitPart("unknown-model", _said(self.matter.unknown))
        elif self._asks_for_a_size:
            yield self.plans.of_that_size(self._post.sizes[0])
        elif len({each.model.shape.name for each in self.matter.candidates}) > 1:
            yield self._needs_of_each()
        elif self.matter.wanted is not None and self.matter.wanted_of_it.speed:
            yield self._cards_for_speed(self.matter.wanted, self.matter.wanted_of_it.speed)
        elif self.matter.wanted is not None:
            yield self._needs(self.matter.wanted)
        elif self._post.has(_CONTEXT_COST):
            yield self._context_cost()

    def _context_cost(self) -> FitPart:
        """What a context takes of models that people run, the smallest first."""
        known = [
            each for each in self._parts.recommendations.for_use("chat") if _AT_HOME[0] < each.parameters < _AT_HOME[1]
        ]
        models = [each.in_quant(each.quants[0]) for each in sorted(known, key=lambda each: each.parameters)]
        told = self.matter.context
        contexts = tuple(sorted({USUAL_CONTEXT, told})) if told else _USUAL_CONTEXTS
        return FitPart("context-cost", context_answer(models, contexts))

    def _cards_for_speed(self, wanted: RequestedModel, speed: float) -> FitPart:
        """The cards for sale that hold a model whole, each with its speed, where one is wished for."""
        base = planned(ToldMachine(), self.matter.system, self._parts.cards)
        sales = self._parts.advice.buying.market.cards
        devices = [
            (card_device(card, sale.memory * GIB),) * sale.count for sale in sales if (card := self._card_of(sale))
        ]
        plans = [self.matter.fitted(wanted, with_devices(base, each), self.matter.context).plan for each in devices]
        whole = [plan for plan in plans if plan.verdict == "gpu"]
        return FitPart("buying", speed_answer(wanted.model, whole, speed)) if whole else self._needs(wanted)

    def _card_of(self, sale: ForSale) -> Card | None:
        return self._parts.cards.find(sale.card)

    @property
    def _asks_for_a_program(self) -> bool:
        """Whether a program is sought, or of two that are named the better one; a form's headings ask for none."""
        post = self._post
        chooses = post.has("two-loaders") and post.has("which-one") and not post.machine.options
        return (post.has("loader-choice") or chooses) and not post.has("form") and self.matter.between is None

    @property
    def _wants_another_model(self) -> bool:
        """Whether a model is asked for, and the one that is named was used before."""
        post = self._post
        is_asked = post.has("which-model") and not post.has("two-quants")
        is_another = post.has_any(("former-model", "offered")) and not post.has(WHICH_QUANT)
        return bool(post.models) and is_asked and is_another

    def _family(self) -> FitPart | None:
        """What each of the models needs that go by the told name; None where one is meant, or none known."""
        unknown = self.matter.unknown
        if not isinstance(unknown, UnknownModelError) or unknown.code != "which-model":
            return None
        wanted = [requested_model(name, self._parts.catalog) for name in unknown.nearest]
        needs = [needs_of(each.model, context=self.matter.context, system=self.matter.system) for each in wanted]
        return FitPart("needs", family_answer(self._post.models[0].text, needs, self._parts.advice))

    @property
    def _asks_of_a_format(self) -> bool:
        """Whether a format is named, and neither a quantization nor a program sought."""
        is_sought = self._weighing.asks_for_quants or self._asks_for_a_program
        return self._programs.named_format is not None and not is_sought

    @property
    def _wants_all_that_runs(self) -> bool:
        """Whether what else the machine runs says more than how the named one does."""
        is_slow = self.trouble.is_slow_without_card and not self._post.sizes
        is_open = not self._post.models and (is_slow or self._post.has(BEST_SIZE))
        return self._wants_another_model or is_open or self._post.has(_BETTER_THAN)

    @property
    def _asks_for_a_size(self) -> bool:
        """Whether models of one size are asked for: "a good 70b for roleplay"."""
        post = self._post
        is_told = len(set(post.sizes)) == 1 and not post.models and not is_given_a_size(self._post)
        return is_told and post.has("which-model") and not post.has_any(("can-it", BEST_SIZE))

    @property
    def _wants_table(self) -> bool:
        """A machine alone is answered with what runs on it, unless only a program or a quantization was asked for."""
        post = self._post
        return self.matter.asks_for_models or not (post.has("loader-choice") or post.has("quant"))

    def _needs(self, wanted: RequestedModel) -> FitPart:
        needs = needs_of(wanted.model, context=self.matter.context, system=self.matter.system)
        notes = (*self.plans.size_note(wanted.model.shape.name), *wanted.notes)
        answer = needs_answer(needs, self._parts.advice, notes)
        if self._post.has(_CONTEXT_COST):
            answer = with_blocks(answer, Paragraph(context_text(wanted.model, needs.context)), behind=1)
        return FitPart("needs", answer)

    def _needs_of_each(self) -> FitPart:
        """What each of the named models needs, side by side."""
        needs = [
            needs_of(each.model, context=self.matter.context, system=self.matter.system)
            for each in self.matter.candidates
        ]
        answer = each_needs_answer(needs, self._parts.advice)
        if self.matter.is_choice:
            answer = with_blocks(answer, Paragraph(rule_of([each.model for each in needs])))
        return FitPart("needs", answer)

    def _quants(self) -> FitPart:
        return FitPart("quants", quants_answer(self._parts.advice))

    def _ladder(self) -> FitPart:
        """What the usual cards run, where no machine was told."""
        recommendations = self._parts.recommendations
        rows = []
        for gigabytes in _LADDER:
            told = planned(ToldMachine(vram=gigabytes * GIB), self.matter.system, self._parts.cards)
            rows.append((gigabytes, offers_for(recommendations, told.machine)))
        answer = ladder_answer(rows, recommendations.checked, self.matter.use)
        return FitPart("ladder", self.plans.with_more_ram(answer, 0))


def _verdicts(answer: Answer) -> int:
    """With how many paragraphs an answer begins that say what to take."""
    blocks = (block for block in answer.blocks)
    return sum(1 for _ in takewhile(lambda block: isinstance(block, Paragraph) and block.tone == "good", blocks))


def _opened(answer: Answer, texts: Sequence[Text]) -> Answer:
    """The answer with these texts in front, where they do not stand already, and not further down again."""
    said = tuple(block for block in map(Paragraph, texts) if block not in answer.blocks[:1])
    kept = tuple(block for block in answer.blocks if block not in said)
    return replace(answer, blocks=(*said, *kept))


def _said(error: UserError) -> Answer:
    return Answer(Text("That model I do not know", "这个模型我不认识"), "careful", (Paragraph(error.text),))
