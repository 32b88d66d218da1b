"""What a question of fit is about: the machine, the model, the program, the use; and how that model runs there."""

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import TypeAlias

from bot.answers.fit.programs import Between, experts_need
from bot.answers.fit.told_speed import (
    is_told_normal,
    tells_speed,
)
from bot.answers.fit.wanted import Wanted, begun_with
from bot.answers.fit.words import limits_of
from bot.base.errors import UserError
from bot.base.sizes import GIB
from bot.clinic.candidates import WHICH_QUANT, candidates_of, in_bits
from bot.clinic.fitting import Prospect, engine_prospect, prospect, with_substitute
from bot.clinic.meant_model import FEWEST_RELATIVES, Meant, ModelMeant
from bot.clinic.parts import Parts
from bot.clinic.wishes import wanted_by
from bot.hardware.cards import Card
from bot.hardware.planned import PlannedMachine, planned, with_ram
from bot.hardware.systems import System, system_family
from bot.intake.posts import PostReading
from bot.intake.questions import is_choice as asks_to_choose
from bot.intake.users import told_users
from bot.knowledge.advice import Limit
from bot.memory.engines import SERVERS
from bot.memory.needs import ram_beside
from bot.memory.offers import offers_for
from bot.memory.plan import Plan
from bot.memory.serving import Engine
from bot.models.named import as_published
from bot.models.quant_names import cache_type_in
from bot.models.recommended import Recommended
from bot.models.requested import RequestedModel, requested_model
from bot.models.shape import Model
from bot.models.unknown import UnknownModelError
from bot.models.uses import Use

_IF_SLOW = "asks-slow"  # the sign that it is asked whether something would be slow
_IF_NORMAL = "asks-normal"  # the sign that it is asked whether something is as it should be
_RUNS = "t-slow"  # the sign of a model that runs: somebody finds it slow
BEST_SIZE = "best-size"  # the sign that it is asked whether a size is the best that a machine runs
_FAMILY = re.compile(r"[a-z]{4,12}(?:\s?[0-9](?:\.[0-9])?)?")  # a name that is no single model's
_WHICH_OF = re.compile(
    r"(?:which|what(?:'s the (?:best|biggest|largest))?|哪个|哪款|哪一个|哪种|什么|最大的?|最好的?)\s?$"
)
MOST_CONTEXT = "most-context"  # the sign that the longest possible one is asked for
USUAL_CONTEXT = 8192  # tokens, where none are told
_ON_A_PROCESSOR = re.compile(
    r"cpu[^.\n]{0,20}(?:load|usage|only|\d{2,4}\s?%)|(?:high|on|only) cpu|cpu占用|纯cpu|用cpu跑"
)
_SERVED_AS_IT_IS = frozenset({"NVFP4", "MXFP4"})  # quantizations that files for other programs have, too
MANY_USERS = "is-many-requests"  # the sign that several people are to be served
USERS_CONTEXT = 16_384  # tokens of each of them, where none were told
_TWO_PROGRAMS = "two-loaders"  # the sign that two programs are named
_FAILS = ("printed", "trouble", "my-trouble", "t-crash", "t-load")  # signs of two that are named for a trouble
_FILES_OF_MANY = "GGUF"  # the format that programs read which keep a part in RAM
_VERSION = re.compile(r"(?<![a-z0-9])v?[0-9]{1,2}(?:\.[0-9]{1,2})?(?![0-9.]{0,8}b)|[^a-z0-9.]")
_WORD = re.compile(r"[a-z0-9]+")
_ANY_CARDS_QUANT = "Q4_K_M"  # that programs for any card read
_KEEPS_EXPERTS = "KTransformers"  # the program that reads all experts into RAM
_USUAL_SERVER: tuple[str, Engine] = ("vLLM", "vllm")
_SERVED_GENERATIONS = frozenset({"Ampere", "Ada Lovelace", "Hopper", "Blackwell", "Blackwell Ultra"})
_SERVED_QUANT = "AWQ"  # of four bits, which programs that serve read


# The plan for a model on a machine, that machine, and the loader that was named.
Planned: TypeAlias = tuple[Prospect, PlannedMachine, str | None]


def users_of(post: PostReading) -> int:
    """How many people are to be served, where that is asked and told; else 0."""
    return told_users(post.prose) if post.has(MANY_USERS) else 0


class FitMatter:
    """What one post tells and asks of models on a machine."""

    def __init__(self, parts: Parts, post: PostReading, *, is_slow: bool = False) -> None:
        """`is_slow`: something was recognised as too slow, in whatever words."""
        self.parts = parts
        self.post = post
        self.is_slow = is_slow or (post.has(_RUNS) and not post.has_any(("how-much", _IF_SLOW)))

    @property
    def recommended_model(self) -> Model | None:
        """The model with which to begin on the told machine."""
        planned = self.planned_as_recommended()
        return planned[0].plan.model if planned is not None else None

    def planned(self, *, as_told: bool = True) -> Planned | None:
        """The plan for the model and the machine that were told, and the loader named; None where one is missing.
        `as_told`: with the context that was told.
        """
        return self._planned_as_told if as_told or self.context is None else self._planned_as_usual

    @cached_property
    def _planned_as_told(self) -> Planned | None:
        return self._planned(self.context)

    @cached_property
    def _planned_as_usual(self) -> Planned | None:
        return self._planned(None)

    def _planned(self, context: int | None) -> Planned | None:
        wanted, machine = self.wanted, self.machine
        if wanted is None or machine is None or (machine.lacks_card and not self._is_slow_on_a_processor):
            return None
        machine = self.with_enough_ram(wanted, machine)
        return self.prospect(wanted, machine, context), machine, self.named_loader

    @property
    def _is_slow_on_a_processor(self) -> bool:
        """Whether something is slow, of a machine only the RAM is told, and its author speaks of the processor."""
        prose = self.post.prose
        return self.is_slow and (
            self.parts.machines.names_processor(prose) or _ON_A_PROCESSOR.search(prose) is not None
        )

    def planned_as_recommended(self) -> Planned | None:
        """The plan for the model that is recommended for the told machine and use, where none was named."""
        machine = self.machine
        if machine is None or machine.lacks_card or self.meant.is_told:
            return None
        offers = offers_for(self.parts.recommendations, machine.machine, self.wanted_of_it.context)
        if not offers:
            return None
        best = begun_with(offers, machine, self.wanted_of_it)
        wanted = requested_model(f"{best.recommended.name} {best.model.quant}", self.parts.catalog)
        return self.prospect(wanted, machine, self.context), machine, self.named_loader

    @property
    def tells_speed_is_normal(self) -> bool:
        """Whether a speed is told that the plan expects of this model on this machine."""
        planned = self.planned()
        return planned is not None and is_told_normal(planned[0].plan, self.post.prose)

    @property
    def is_split(self) -> bool:
        """Whether model and machine are told, and a part of the one lies in RAM."""
        planned = self.planned()
        return planned is not None and planned[0].plan.verdict == "split"

    @property
    def named_loader(self) -> str | None:
        """The loader that was named, else the one whose command or log was shown."""
        if self.between is not None:
            return self.between.chosen
        shown = self.post.facts.loader
        told = (self.post.request.points.get("loader", ""), *self.post.loaders)
        known = next((name for name in told if name in self.parts.loaders), None)
        return known or next(iter(self.post.loaders), shown.value if shown else None)

    @property
    def asks_for_models(self) -> bool:
        return self.post.has("which-model") or self.post.has("can-it")

    @cached_property
    def machine(self) -> PlannedMachine | None:
        told = self.post.machine
        return planned(told, self.system, self.parts.cards) if told.is_told else None

    def model(self) -> Model | None:
        """The model that was told, whatever it shall run on; None where none is known."""
        return self.wanted.model if self.wanted is not None else None

    @property
    def knows_model(self) -> bool:
        """Whether a model is named that is known."""
        return self.wanted is not None

    @property
    def weighs(self) -> bool:
        """Whether models are to be set side by side on the told machine, or machines for the told model."""
        return self.chooses_models or (bool(self.post.machine.options) and self.machine is None)

    @property
    def system(self) -> System:
        system = self.post.request.points.get("system")
        family = system_family(system) if system else "windows"
        return "macos" if family == "macos" else "windows" if family == "windows" else "linux"

    @cached_property
    def model_meant(self) -> ModelMeant:
        """What reads which model is meant."""
        return ModelMeant(self.parts, self.post, self.machine, self._plan_as_it_is, is_slow=self.is_slow)

    def _plan_as_it_is(self, wanted: RequestedModel, machine: PlannedMachine) -> Plan:
        """How a model runs on a machine, with the usual context."""
        return self.fitted(wanted, machine, None).plan

    @property
    def meant(self) -> Meant:
        """The model that is meant."""
        return self.model_meant.found

    @property
    def wanted(self) -> RequestedModel | None:
        return self.meant.model

    @property
    def unknown(self) -> UserError | None:
        return self.meant.unknown

    @cached_property
    def wanted_of_it(self) -> Wanted:
        """What the model is wanted for, with how much context, how fast."""
        return wanted_by(self.post, self.parts.advice.purposes)

    @property
    def use(self) -> Use | None:
        return self.wanted_of_it.use

    @property
    def context(self) -> int | None:
        """The context that was told, or that the told purpose takes."""
        return self.wanted_of_it.context or None

    def with_enough_ram(self, wanted: RequestedModel, machine: PlannedMachine) -> PlannedMachine:
        """The machine with as much RAM as the model takes, where it runs and nobody told how much there is."""
        return with_room_for(wanted.model, machine) if self._runs_already else machine

    @property
    def _runs_already(self) -> bool:
        """Whether somebody tells how fast or slow a model is that runs."""
        return self.is_slow or tells_speed(self.post.prose)

    @cached_property
    def limits(self) -> Sequence[Limit]:
        """What the named program or quantizations do not do on the told machine."""
        runs = tells_speed(self.post.prose) and not self.post.has("wished-speed")
        if self.machine is None or runs:
            return ()
        return tuple(limits_of(self.machine, self.parts.advice, self.named_loader, self._named_quants))

    @property
    def _named_quants(self) -> frozenset[str]:
        """Those of the limited quantizations that the post names: "is FP8 or AWQ better", "...-gptq-int4"."""
        limited = {quant for limit in self.parts.advice.limits for quant in limit.quants}
        return frozenset(limited) & {word.upper() for word in _WORD.findall(self.post.prose)}

    @cached_property
    def experts_in_ram(self) -> Model | None:
        """The weights as a program reads them that keeps all experts in RAM, where such a one is named."""
        wanted = self.wanted
        if _KEEPS_EXPERTS not in self.post.loaders or wanted is None or wanted.model.shape.experts is None:
            return None
        quant = wanted.model.quant
        is_published = wanted.chosen and not quant.startswith(("Q", "IQ"))
        return wanted.model if is_published else as_published(wanted.model.shape)

    @property
    def lacks_ram_for_experts(self) -> bool:
        """Whether a program is named that keeps all experts in RAM, and there is too little of it."""
        experts, machine = self.experts_in_ram, self.machine
        if experts is None or machine is None or machine.lacks_ram:
            return False
        return experts_need(experts) > machine.machine.ram

    def _as_able(self, wanted: RequestedModel) -> RequestedModel:
        """The model in a file that the machine reads, where the told quantization is for newer cards or more RAM."""
        is_unable = self.lacks_ram_for_experts or any(
            limit.quants and not limit.runs and wanted.model.quant.startswith(limit.quants) for limit in self.limits
        )
        if not is_unable:
            return wanted
        return requested_model(f"{wanted.model.shape.name} {_ANY_CARDS_QUANT}", self.parts.catalog)

    def prospect(self, wanted: RequestedModel, machine: PlannedMachine, context: int | None) -> Prospect:
        parts, wanted = self.parts, self._as_able(wanted)
        server = self._server
        if server is not None and (served := self._served(wanted, machine, context, server)) is not None:
            return served
        fitted, smaller = self.fitted(wanted, machine, context), self.post.has("wants-smaller")
        found = with_substitute(fitted, parts.catalog, lambda: parts.recommendations, wants_smaller=smaller)
        return found.started_by(parts.loaders)

    @cached_property
    def between(self) -> Between | None:
        """The two programs that are named, one of which serves from its cards alone, with the wanted model in each;
        None where nothing is asked of both.
        """
        wanted, machine = self.wanted or self.nearest, self.machine
        local = next((name for name in self.post.loaders if self._keeps_in_ram(name)), None)
        server = self._named_server if self._asks_of_two_programs else None
        if wanted is None or machine is None or machine.lacks_card or local is None or server is None:
            return None
        served = self._served(wanted, machine, self.context, server)
        if served is None:
            return None
        alone = self.fitted(wanted, machine, self.context)
        return Between(server[0], served.plan, local, alone.plan, is_for_many=users_of(self.post) != 0)

    @property
    def _asks_of_two_programs(self) -> bool:
        """Whether two programs are named in a question, and neither for a trouble."""
        return self.post.has(_TWO_PROGRAMS) and self.post.has("asks") and not self.post.has_any(_FAILS)

    def _keeps_in_ram(self, name: str) -> bool:
        """Whether a program reads the files of which a part may stay in RAM."""
        known = self.parts.loaders.get(name)
        is_server = known is not None and known.runs is not None and known.runs.family in SERVERS
        return known is not None and not is_server and _FILES_OF_MANY in known.formats

    @cached_property
    def nearest(self) -> RequestedModel | None:
        """The model that stands for an unknown one: of the same name but for its version, "GLM 4.6 Air" for 4.5."""
        unknown = self.unknown
        if not isinstance(unknown, UnknownModelError) or not self.post.models or self.post.has("which-model"):
            return None
        told = _without_version(self.post.models[0].text)
        alike = next((name for name in unknown.nearest if _without_version(name) == told), None)
        return requested_model(alike, self.parts.catalog) if alike is not None else None

    @property
    def _server(self) -> tuple[str, Engine] | None:
        """The program that is to serve, and its engine; None where another one is to be taken in its place."""
        named = self._named_server
        if named is None or (self.between is not None and self.between.chosen != named[0]):
            return None
        return named

    @property
    def _named_server(self) -> tuple[str, Engine] | None:
        """The named program that serves requests from its cards alone, and its engine."""
        if self.experts_in_ram is not None:
            return None
        shown = self.post.facts.loader
        for name in (*self.post.loaders, self.post.request.points.get("loader", ""), shown.value if shown else ""):
            known = self.parts.loaders.get(name)
            family = known.runs.family if known is not None and known.runs is not None else ""
            if family in SERVERS:
                return name, family
        return self._usual_server

    @property
    def _usual_server(self) -> tuple[str, Engine] | None:
        """What serves from several cards made for servers, where no program and no file for another is named."""
        cards = [device.card for device in self.machine.machine.devices] if self.machine is not None else []
        are_servers = all(card is not None and _is_for_servers(card) for card in cards)
        return _USUAL_SERVER if len(cards) > 1 and are_servers and not self.post.loaders else None

    @property
    def all_told(self) -> str:
        """The words and the commands of the post."""
        return " ".join((self.post.prose, *self.post.commands))

    @property
    def _tells_only_bits(self) -> bool:
        """Whether a quantization is told by its bits alone, which says nothing of a file: "72b-int4"."""
        told = (self.post.request.points.get("quant") or "").split(" / ")[0]
        return told.upper().startswith("INT") and in_bits(told) != told

    def _served(
        self, wanted: RequestedModel, machine: PlannedMachine, context: int | None, server: tuple[str, Engine]
    ) -> Prospect | None:
        """The plan for a program that serves from its cards alone, where one was named and no file for another: the
        original weights, else a copy of four bits.
        """
        has_cards = any(device.memory for device in machine.machine.devices) and not machine.machine.unified
        if self._is_file(wanted) or not has_cards:
            return None
        name, engine = server
        tried = self._copies_served(wanted)
        found = [engine_prospect(each, machine.machine, engine, context, {}) for each in tried]
        best = next((each for each in found if each.plan.verdict != "no"), found[0])
        return best.started_by(self.parts.loaders, name)

    def _is_file(self, wanted: RequestedModel) -> bool:
        """Whether a quantization is told that only files for other programs have."""
        return wanted.chosen and wanted.model.quant not in _SERVED_AS_IT_IS and not self._tells_only_bits

    def _copies_served(self, wanted: RequestedModel) -> Sequence[RequestedModel]:
        """The copies of a model that are tried in turn: the original weights, then one of four bits; of that alone
        where bits are told.
        """
        tried = [] if self._tells_only_bits else [wanted]
        with suppress(UserError):
            tried.append(requested_model(f"{wanted.model.shape.name} {_SERVED_QUANT}", self.parts.catalog))
        return tried or [wanted]

    def fitted(self, wanted: RequestedModel, machine: PlannedMachine, context: int | None) -> Prospect:
        """Whether and how it fits, without what to take in its place."""
        cache = cache_type_in(self.post.prose) or "f16"
        found = prospect(wanted, machine.machine, context, cache)
        if self.post.has(MOST_CONTEXT) and context is None and found.plan.verdict == "gpu":
            found = prospect(wanted, machine.machine, found.plan.max_context, cache)
        return found

    @property
    def is_choice(self) -> bool:
        """Whether one of several named models is to be chosen."""
        post = self.post
        return post.has_any(("which-one", "two-quants", "worth", WHICH_QUANT)) or asks_to_choose(post.prose)

    @property
    def asks_if_normal(self) -> bool:
        """Whether it is asked if a speed that is told is normal."""
        return self.post.has(_IF_NORMAL) and tells_speed(self.post.prose)

    @property
    def chooses_models(self) -> bool:
        """Whether the models that were named can be set side by side on the machine that was told."""
        is_choice = self.machine is not None and self.is_choice and not self.asks_if_normal
        return is_choice and len(self.candidates) > 1

    @cached_property
    def candidates(self) -> Sequence[RequestedModel]:
        """The models that are put side by side."""
        return candidates_of(self.post, self.parts)

    def _asks_which_of(self, family: str) -> bool:
        """Whether it is asked which of a family: "which gemma", "最大的qwen"."""
        found = self.post.prose.find(family)
        return self.post.has(BEST_SIZE) or _WHICH_OF.search(self.post.prose[: max(0, found)]) is not None

    def _asks_for_one_of(self, family: str) -> bool:
        """Whether any of a family is asked for."""
        is_bare = family.isalpha() and self.post.has_any(("can-it", "runs-it"))
        return is_bare or self.post.has("which-model") or self._asks_which_of(family)

    @cached_property
    def relatives(self) -> tuple[Recommended, ...]:
        """The models that people run of the one family from which the best is asked for: "which gemma can I run"."""
        post = self.post
        family = post.models[0].text.lower() if len({name.text.lower() for name in post.models}) == 1 else ""
        if not (_FAMILY.fullmatch(family) and self._asks_for_one_of(family)):
            return ()
        models = self.parts.recommendations.models
        found = tuple(each for each in models if each.name.lower().startswith(family))
        return found if len(found) >= FEWEST_RELATIVES else ()


def _is_for_servers(card: Card) -> bool:
    """Whether a card is made for servers that today's programs serve from."""
    return card.kind == "datacenter" and card.vendor == "nvidia" and card.architecture in _SERVED_GENERATIONS


def _without_version(name: str) -> str:
    """A model's name without its version and without signs, in small letters."""
    return _VERSION.sub("", name.lower())


def with_room_for(model: Model, machine: PlannedMachine) -> PlannedMachine:
    """The machine with as much RAM as a model takes beside its cards, where nobody told how much there is."""
    if not machine.lacks_ram or machine.machine.unified:
        return machine
    ram = ram_beside(model, machine.machine, USUAL_CONTEXT)
    return with_ram(machine, ram * GIB) if ram is not None and ram * GIB > machine.machine.ram else machine
