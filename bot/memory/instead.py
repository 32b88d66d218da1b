"""What to take in the place of a model that does not fit: the largest of its family that does, else of what people run.

A family is what stands before the size in a name: the same generation first ("qwen3"), then others
of its maker ("qwen").
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.hardware.machine import Machine
from bot.memory.engine_plan import WHOLE, place_whole
from bot.memory.engines import SERVERS, Engine
from bot.memory.offers import BEARABLE, best_offer, largest, offers_for
from bot.memory.plan import Placement, Substitute, base_settings, placement_speed, usual_context
from bot.models.catalog import Catalog, CatalogModel, Match, model_shape, name_key
from bot.models.dynamic import native_quant
from bot.models.named import model_in_quant
from bot.models.quantization import parse_quant
from bot.models.recommended import LADDER, Recommendations, Recommended
from bot.models.shape import Model, ModelShape

_SIZE: Final = re.compile(r"\d{1,9}(?:\.\d{1,9})?[bm]|\d{1,9}x\d.*|[ae]\d{1,9}(?:\.\d{1,9})?b")
_MUCH_LARGER: Final = 8  # times what fits of a family
_MOST_TRIED: Final = 8  # of a family: what is far too large is left out before
# What to try of the same model where original weights do not fit, more bits first.
_SMALLER: Final = ("FP8", "AWQ")


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    key: str
    model: CatalogModel


def substitute(
    wanted: Model, machine: Machine, catalog: Catalog, recommendations: Recommendations, engine: Engine | str = ""
) -> Substitute | None:
    """What fits `machine` and is nearest to `wanted`; None where nothing does."""
    if engine not in WHOLE:
        found = _related(wanted, machine, catalog, _in_llama_cpp(machine))
        other = _of_kind(machine, recommendations) if found is None or _is_far_too_small(found, machine) else None
        return other or found
    fits = _in_engine(wanted, machine, engine)
    smaller = _first(fits(wanted.shape.name, wanted.shape, 0.0, quant) for quant in _smaller(wanted, engine))
    return smaller or _related(wanted, machine, catalog, fits) or _liked(wanted, recommendations, fits)


def _is_far_too_small(found: Substitute, machine: Machine) -> bool:
    """Whether what fits of a family leaves most of a large machine empty: for 160 GB nobody takes its 8B."""
    return found.size * _MUCH_LARGER < sum(machine.usable_vram)


def smaller_whole(wanted: Model, machine: Machine, catalog: Catalog) -> Substitute | None:
    """The largest of the families of `wanted` that lies whole on the card; None where none does."""
    fits = _in_llama_cpp(machine)

    def whole(*tried: Any) -> Substitute | None:
        found = fits(*tried)
        return found if found is not None and found.verdict == "gpu" and found.name != wanted.shape.name else None

    return _related(wanted, machine, catalog, whole)


def _related(wanted: Model, machine: Machine, catalog: Catalog, fits: "_Fits") -> Substitute | None:
    """The first of its families that fits."""
    for family in _families(wanted, catalog):
        tried = list(_may_fit(family, machine))[:_MOST_TRIED]
        found = _first(fits(each.name, _shape(each), each.model.parameters_b, wanted.quant) for each in tried)
        if found is not None:
            return found
    return None


def _liked(wanted: Model, recommendations: Recommendations, fits: "_Fits") -> Substitute | None:
    """The largest that people run, in the same format."""
    ordered = sorted(recommendations.models, key=lambda each: -each.parameters)
    found = _first(fits(each.name, each.shape, each.parameters, wanted.quant) for each in ordered)
    return replace(found, related=False) if found is not None else None


def _first(found: Iterable[Substitute | None]) -> Substitute | None:
    return next((each for each in found if each is not None), None)


def _shape(candidate: _Candidate) -> ModelShape:
    return replace(model_shape(candidate.model), name=candidate.name)


# --- which ones


def _families(wanted: Model, catalog: Catalog) -> Iterator[list[_Candidate]]:
    """Models of the same generation and kind, of the same generation, of the same maker since the wanted one, then of
    its last year, of the same kind and of none in particular; largest first.
    """
    key = name_key(wanted.shape.name)
    line, maker, kind = _line(key), _maker(key), _kind(key, catalog)
    match = catalog.find(wanted.shape.name)
    smaller = [each for each in _candidates(catalog, match) if each.model.parameters_b < _billions(wanted)]
    near = [each for each in smaller if each.key.startswith(line)]
    yield _like(near, kind, catalog)
    yield near
    released = match.model.released if match else ""
    for since in dict.fromkeys((released, _year_before(released))):
        recent = [each for each in smaller if _maker(each.key) == maker and each.model.released > since]
        yield _like(recent, kind, catalog)
        yield _like(recent, frozenset(), catalog)


def _candidates(catalog: Catalog, wanted: Match | None) -> list[_Candidate]:
    """Every model with a known shape from its makers, or from who made the wanted one; largest first."""
    maker = wanted.known.organisation if wanted else None
    known = [each for each in catalog.names.values() if each.is_original or each.organisation == maker is not None]
    shaped = {each.name: each.model for each in known if isinstance(each.model, CatalogModel)}
    found = [_Candidate(name, name_key(name), model) for name, model in shaped.items()]
    return sorted(found, key=lambda each: (-each.model.parameters_b, -each.model.popularity, "base" in each.key))


def _year_before(month: str) -> str:
    """A year before a month such as 2026-11; blank for a blank one."""
    return f"{int(month[:4]) - 1}{month[4:]}" if month[:4].isdigit() else ""


def _billions(model: Model) -> float:
    return (model.shape.parameters or sum(tensor.elements for tensor in model.tensors)) / 1e9


def _line(key: str) -> str:
    """The words before the size: "qwen3" of "qwen3-30b-a3b", "gpt-oss" of "gpt-oss-120b"."""
    words = key.split("-")
    return "-".join(words[: next((at for at, word in enumerate(words) if _SIZE.fullmatch(word)), len(words))])


def _maker(key: str) -> str:
    found = re.match(r"[a-z]+", key)
    return found[0] if found else key


def _kind(key: str, catalog: Catalog) -> frozenset[str]:
    """What the model is for or how it is built, as its name tells: "coder", "air"; a distilled one is as good."""
    return catalog.siblings.intersection(key.split("-")) - {"distill"}


def _like(models: Iterable[_Candidate], kind: frozenset[str], catalog: Catalog) -> list[_Candidate]:
    return [each for each in models if _kind(each.key, catalog) == kind]


def _may_fit(family: Iterable[_Candidate], machine: Machine) -> Iterator[_Candidate]:
    """A rough look first: four bits a weight."""
    room = machine.usable_ram + (0 if machine.unified else sum(machine.usable_vram))
    return (each for each in family if each.model.parameters_b * 1e9 / 2 < room)


def _of_kind(machine: Machine, recommendations: Recommendations) -> Substitute | None:
    offers = offers_for(recommendations, machine)
    offer = largest(offers, "gpu") or largest(offers, "split", "cpu")
    if offer is None:
        return None
    return Substitute(
        offer.recommended.name, offer.model.quant, offer.model.file_bytes, offer.verdict, offer.speed, related=False
    )


# --- whether it fits

_Fits = Callable[[str, ModelShape, float, str], Substitute | None]


def _in_llama_cpp(machine: Machine) -> _Fits:
    def fits(name: str, shape: ModelShape, billions: float, _: str) -> Substitute | None:
        native = native_quant(shape)
        offer = best_offer(Recommended(name, (), shape, billions, (native,) if native else LADDER), machine)
        if offer is None or offer.speed.speed_class not in BEARABLE:
            return None
        return Substitute(name, offer.model.quant, offer.model.file_bytes, offer.verdict, offer.speed)

    return fits


def _in_engine(wanted: Model, machine: Machine, engine: Engine | str) -> _Fits:
    def fits(name: str, shape: ModelShape, _: float, quant: str) -> Substitute | None:
        model = model_in_quant(shape, quant or wanted.quant)
        settings = base_settings(machine, usual_context(model, None))
        placement: Placement = place_whole(model, machine, next(each for each in WHOLE if each == engine), settings, {})
        if placement.verdict == "no":
            return None
        speed = placement_speed(model, machine, placement)
        return Substitute(name, model.quant, model.file_bytes, placement.verdict, speed)

    return fits


def _smaller(wanted: Model, engine: Engine | str) -> Iterator[str]:
    """Quantizations of the same model with fewer bits that the engine runs."""
    quant = parse_quant(wanted.quant)
    if quant is None:
        return
    if quant.format in ("EXL2", "EXL3"):
        yield from (f"{quant.format} {bits}bpw" for bits in (6.0, 5.0, 4.0, 3.5, 3.0) if bits < quant.bits)
    elif quant.base in ("BF16", "F16"):
        yield from _SMALLER if engine in SERVERS else ("bnb-4bit",)
