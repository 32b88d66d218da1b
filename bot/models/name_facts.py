"""What follows from a name: the size of the file, the loaders that read it, and models to offer for an unknown one."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.knowledge.reference import Loader
from bot.models.catalog import Catalog, model_shape
from bot.models.named import identified, nearest_names
from bot.models.names import ModelName
from bot.models.quantization import file_bytes
from bot.models.unknown import UnknownModelError

_PUBLISHED = "BF16"


@dataclass(frozen=True, slots=True)
class NameFacts:
    """What is known of the named model besides its name. `bytes`: tensor data, None when the shape is not known.

    `nearest`: known models to offer where the name itself is not known.
    """

    bytes: int | None = None
    loaders: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()


def name_facts(name: ModelName, catalog: Catalog, loaders: Sequence[Loader]) -> NameFacts:
    """All that `explain` tells besides the name's own parts."""
    unknown = name.base is not None and not name.known
    nearest = nearest_names(name.text, name, catalog) if unknown else ()
    return NameFacts(tensor_bytes(name, catalog), loaders_for(name, loaders), nearest)


def tensor_bytes(name: ModelName, catalog: Catalog) -> int | None:
    """Bytes of the weights in the named quantization; None when the shape or the quantization is not known.

    A repository that names no quantization holds the weights as published, 16 bits each.
    """
    quant = name.quant or (f"{name.bpw}bpw" if name.bpw else _PUBLISHED if name.org and _is_original(name) else None)
    if name.base is None or quant is None:
        return None
    try:
        found = identified(name.text, catalog)
        return file_bytes(model_shape(found.match.model), quant, name.bpw or name.bits or 0.0).likely
    except (UnknownModelError, LookupError):
        return None


def _is_original(name: ModelName) -> bool:
    return name.format in {None, "safetensors"} and name.bits is None


def loaders_for(name: ModelName, loaders: Sequence[Loader]) -> tuple[str, ...]:
    """Names of the loaders that read the format; without a format in the name, none can be told."""
    if name.base is None or name.format is None:
        return ()
    return tuple(loader.name for loader in loaders if loader.role == "loader" and name.format in loader.formats)
