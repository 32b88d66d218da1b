"""Which model a post is about: the one that is named, one of several that go by that name, or one of the size told."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from bot.answers.fit.choice import is_pleasant
from bot.base.errors import UserError
from bot.base.sizes import GIB
from bot.clinic.candidates import in_format
from bot.clinic.parts import Parts
from bot.clinic.standing_in import USUAL_QUANT, stand_in
from bot.hardware.planned import PlannedMachine
from bot.intake.posts import PostReading
from bot.memory.instead import smaller_whole, substitute
from bot.memory.plan import Plan
from bot.models.names import ModelName
from bot.models.requested import RequestedModel, requested_model
from bot.models.shape import Model
from bot.models.unknown import UnknownModelError

FEWEST_RELATIVES = 3  # of a family from which one is to be chosen
_WHOLE_BITS = "BF16"  # of a model that nobody has quantized
_PUBLISHED_EIGHT_BITS, _WHOLE_EIGHT_BITS = "FP8", "Q8_0"  # of one that its maker publishes so
_FOUR_BITS = 0.61e9  # bytes of a billion parameters at Q4_K_M
_CONTEXT_ROOM = GIB  # what the context takes besides, roughly
_LONG_NAME = 6  # characters of a name that says which family is meant
_AS_GOOD = 2  # times the size of a model that is hardly better than one that lies whole on the card
# A size that others offer, and that is not wanted: "the tools only give me 3b".
_GIVEN_SIZE = re.compile(
    r"(?:give|gives|gave|offers?|suggests?|shows?|recommends?) (?:me )?(?:only )?\d+(?:\.\d)?b\b"
    r"|(?:只|就)(?:给|推荐)(?:我)?\d+b"
)
# Before a model that was used once, or that others use: "以前都是单卡跑的glm6b".
_ONCE_USED = re.compile(
    r"(?:以前|之前|原来|本来|先前)[^\n,，。.;；?？]{0,14}$"
    r"|(?:used to (?:run|use)|previously|formerly|was (?:running|using)|(?:have|'ve) been (?:running|using|on)"
    r"|coming from|moved from)[^\n,.;?]{0,16}$"
)
# Before one that runs already: "I run Qwen 35B and want to reach Gemma 31B".
_RUN_NOW = re.compile(
    r"(?:\bi(?:'m| am)? (?:currently |now |already )?(?:run(?:ning)?|us(?:e|ing))|now running|现在(?:跑|用)的?(?:是)?)"
    r"[^\n,.;?，。]{0,12}$"
)


@dataclass(frozen=True, slots=True)
class Meant:
    """`model` is the one that is meant; `unknown` says why there is none though one was told. `taken`: the models that
    go by the told name, the first of which was taken; `too_large`: the usual one of that name, in whose place another
    of its family was taken.
    """

    model: RequestedModel | None = None
    unknown: UserError | None = None
    taken: tuple[str, ...] = ()
    too_large: Model | None = None

    @property
    def is_told(self) -> bool:
        """Whether a model or a size was told at all."""
        return self.model is not None or self.unknown is not None


def is_given_a_size(post: PostReading) -> bool:
    """Whether the size that is told is what others offer, and not what is wanted."""
    return _GIVEN_SIZE.search(post.prose) is not None


class ModelMeant:
    """The model that one post is about, on the machine that it tells. `plan_on` says how a model runs there; `is_slow`:
    something was recognised as too slow.
    """

    def __init__(
        self,
        parts: Parts,
        post: PostReading,
        machine: PlannedMachine | None,
        plan_on: Callable[[RequestedModel, PlannedMachine], Plan],
        *,
        is_slow: bool,
    ) -> None:
        self._parts = parts
        self._post = post
        self._machine = machine
        self._plan_on = plan_on
        self._is_slow = is_slow
        self._plans: dict[str, Plan | None] = {}  # how named models run, each planned once

    @cached_property
    def found(self) -> Meant:
        """The model that is named, or the usual one of the size that is; why there is none where nobody knows it."""
        names = self._names_meant
        if self._is_slow:  # of several it is the largest that runs at all
            names.sort(key=lambda name: (not self._runs(name.text), -self._size_of(name.text)))
        named = self._named(names)
        if named.model is not None:
            return named
        if (likeliest := self._likeliest(named.unknown)) is not None:
            return likeliest
        other = self._of_an_unknown_s_size(names) if self._is_slow else None
        other = other or (self.of_size() if named.unknown is None else None)
        return Meant(other) if other is not None else named

    def _named(self, names: Sequence[ModelName]) -> Meant:
        """The first of the names that is known; of the first why it is not, where none is."""
        unknown: UserError | None = None
        for name in names:
            try:
                return self._of_family(name) or Meant(self.as_told(name.text))
            except UserError as error:
                unknown = unknown or error
        return Meant(unknown=unknown)

    def as_told(self, name: str) -> RequestedModel:
        """A model in the quantization that was told, if any. Raises UserError for one that nobody knows."""
        if self._post.has("unquantized"):
            with suppress(UserError):
                return requested_model(f"{name} {self._whole_bits(name)}", self._parts.catalog)
        return requested_model(f"{name} {self._quant_of(name)}".strip(), self._parts.catalog)

    def of_size(self) -> RequestedModel | None:
        """A model of the size that was told without a name: of the list, else of the catalog."""
        parts = self._parts
        if not self.sizes:
            return None
        return stand_in(self.sizes[0], parts.catalog, parts.recommendations, self.quant_of_size)

    def quant_of_size(self, name: str) -> str:
        """The quantization that was told, where no others stand beside it."""
        if self._post.has("unquantized"):
            return _WHOLE_BITS
        return (self._quant_of(name) if len(set(self._post.sizes)) < 2 else "") or USUAL_QUANT

    @property
    def sizes(self) -> Sequence[float]:
        """The sizes that were told; of several to choose from the largest first that fits whole at four bits."""
        sizes, machine = () if is_given_a_size(self._post) else self._post.sizes, self._machine
        if len(sizes) < 2 or machine is None:
            return sizes
        room = sum(machine.machine.usable_vram) - _CONTEXT_ROOM
        return sorted(sizes, key=lambda size: (size * _FOUR_BITS > room, -size))

    # ---- names

    @property
    def _names_meant(self) -> list[ModelName]:
        """The models that are named, without those that were only used once where others are asked for."""
        names = [name for name in self._post.models if name.kind in (None, "llm") and name.base]
        meant = self._not_behind(_ONCE_USED, names)
        if self._post.machine.options:  # the card is bought for another one than what runs already
            meant = self._not_behind(_RUN_NOW, meant)
        return meant

    def _not_behind(self, words: re.Pattern[str], names: list[ModelName]) -> list[ModelName]:
        """The models that these words do not lead to where they are named first; all of them where they do to all."""
        return [name for name in names if not self._is_behind(name, words)] or names

    def _is_behind(self, name: ModelName, words: re.Pattern[str]) -> bool:
        """Whether these words lead to where a model is named first."""
        found = self._post.prose.find(name.text.lower())
        return found > 0 and words.search(self._post.prose[max(0, found - 40) : found]) is not None

    def _whole_bits(self, name: str) -> str:
        """What stands for the original weights of a model: some are published in 8 bits."""
        shape = requested_model(name, self._parts.catalog).model.shape
        return _WHOLE_EIGHT_BITS if shape.published == _PUBLISHED_EIGHT_BITS else _WHOLE_BITS

    def _quant_of(self, text: str) -> str:
        """The quantization told for a model apart from its name; of several the first."""
        quant = (self._post.request.points.get("quant") or "").split(" / ")[0]
        quant = in_format(quant, self._post.prose)
        if quant and quant.lower() not in text.lower():
            return quant
        known = next((each for each in self._parts.recommendations.models if each.name.lower() == text.lower()), None)
        return known.quants[0] if known and len(known.quants) == 1 and not quant else ""

    def _size_of(self, name: str) -> float:
        """Billions of parameters of a named model, 0 where it is not known."""
        with suppress(UserError):
            return requested_model(name, self._parts.catalog).model.shape.parameters / 1e9
        return 0.0

    def _of_an_unknown_s_size(self, names: Sequence[ModelName]) -> RequestedModel | None:
        """The usual model of the size that the name of an unknown one tells: any other is as slow."""
        size = next((name.size_b for name in names if name.size_b), None)
        parts = self._parts
        return stand_in(size, parts.catalog, parts.recommendations, self.quant_of_size) if size else None

    # ---- one of several

    def _likeliest(self, unknown: UserError | None) -> Meant | None:
        """The likeliest of several models that go by the name that was told, where a machine waits for an answer."""
        if not isinstance(unknown, UnknownModelError) or not unknown.nearest or self._machine is None:
            return None
        if unknown.code != "which-model":
            return self._begun_by_name(unknown)
        with suppress(UserError):
            if self._post.sizes:  # the size that was told beside the name says which
                return Meant(self.as_told(f"{self._post.models[0].text} {self._post.sizes[0]:g}b"))
            first = self._first_that_runs(unknown.nearest) if self._is_slow else self._largest_whole(unknown.nearest)
            return self._of_its_family(first) or self._first_of(first, unknown.nearest)
        return None

    def _first_of(self, first: str, names: Sequence[str]) -> Meant:
        """One of several names, the others beside it. Raises UserError where it is not known."""
        return Meant(self.as_told(first), taken=(first, *(name for name in names if name != first)))

    def _of_its_family(self, name: str) -> Meant | None:
        """The largest of a family that the told machine runs, the card alone where that is hardly worse, in place of
        the usual one of its name that it does not: "can a 3060 run deepseek" is asked of a distilled one. None where
        the usual one runs, or none does. Raises UserError for a name that nobody knows.
        """
        machine, parts, usual = self._machine, self._parts, self.as_told(name).model
        plan = self._plan_of(name) if machine is not None else None
        if machine is None or plan is None or plan.verdict != "no":
            return None
        other = substitute(usual, machine.machine, parts.catalog, parts.recommendations)
        if other is None or not other.related:
            return None
        whole = smaller_whole(usual, machine.machine, parts.catalog)
        if whole is not None and whole.size * _AS_GOOD >= other.size:
            other = whole  # far quicker, and hardly worse
        return Meant(requested_model(f"{other.name} {other.quant}", parts.catalog), too_large=usual)

    def _begun_by_name(self, unknown: UnknownModelError) -> Meant | None:
        """The nearest model whose name begins with the one that was told: "Sakura-14B" of its versions."""
        told, nearest = (self._post.models[0].base or "").lower(), unknown.nearest[0]
        if len(told) < _LONG_NAME or not nearest.lower().startswith(f"{told}-"):
            return None
        with suppress(UserError):
            return self._first_of(nearest, [name for name in unknown.nearest if name.lower().startswith(told)])
        return None

    def _of_family(self, name: ModelName) -> Meant | None:
        """The one to take of a family of which neither version nor size is told, and whose name is also that of a
        single model: "DeepSeek-Coder"; None for others. Raises UserError for a name that nobody knows, or several have.
        """
        is_bare = not any(map(str.isdigit, name.text)) and any(map(str.isdigit, name.base or ""))
        if self._machine is None or self._is_slow or not is_bare:
            return None
        usual, names = self.as_told(name.text), self._parts.catalog.containing(name.text)
        if len(names) < FEWEST_RELATIVES:
            return Meant(usual)
        return self._first_of(self._largest_whole(names), names)

    # ---- how they run

    def _plan_of(self, name: str) -> Plan | None:
        """How a named model runs on the told machine; None where it is not known."""
        assert self._machine is not None
        if name not in self._plans:
            self._plans[name] = None
            with suppress(UserError):
                self._plans[name] = self._plan_on(self.as_told(name), self._machine)
        return self._plans[name]

    def _runs(self, name: str) -> bool:
        """Whether a named model runs on the told machine; where none was told, it is taken to."""
        if self._machine is None:
            return True
        plan = self._plan_of(name)
        return plan is not None and plan.verdict != "no"

    def _largest_whole(self, names: Sequence[str]) -> str:
        """The largest that lies whole on the machine, of those that are quick where any are; the first where that does
        not lie whole: then it is meant.
        """
        first = self._plan_of(names[0])
        if first is None or first.verdict != "gpu":
            return names[0]
        plans = [(name, self._plan_of(name)) for name in names]
        whole = {name: plan for name, plan in plans if plan is not None and plan.verdict == "gpu"}
        quick = [name for name, plan in whole.items() if is_pleasant(plan)]
        return max(quick or whole, key=self._size_of)

    def _first_that_runs(self, names: Sequence[str]) -> str:
        """The first that the machine can run at all; of what is slow on it no other is meant."""
        return next(filter(self._runs, names), names[0])
