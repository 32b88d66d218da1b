"""What follows from a name: the size of the file and the loaders that read it."""

from collections.abc import Sequence

from bot.knowledge.reference import Loader
from bot.models.catalog import Catalog, model_shape
from bot.models.names import ModelName
from bot.models.quantization import file_bytes

_PUBLISHED = "BF16"


def tensor_bytes(name: ModelName, catalog: Catalog) -> int | None:
    """Bytes of the weights in the named quantization; None when the shape or the quantization is not known.

    A repository that names no quantization holds the weights as published, 16 bits each.
    """
    quant = name.quant or (f"{name.bpw}bpw" if name.bpw else _PUBLISHED if name.org and _is_original(name) else None)
    if name.base is None or quant is None:
        return None
    found = next((match for candidate in (name.base, *name.also) if (match := catalog.find(candidate))), None)
    if found is None or not (name.is_sure or found.how != "exact"):
        return None
    try:
        return file_bytes(model_shape(found.model), quant, name.bpw or name.bits or 0.0).likely
    except LookupError:
        return None


def _is_original(name: ModelName) -> bool:
    return name.format in {None, "safetensors"} and name.bits is None


def loaders_for(name: ModelName, loaders: Sequence[Loader]) -> tuple[str, ...]:
    """Names of the loaders that read the format; without a format in the name, none can be told."""
    if name.base is None or name.format is None:
        return ()
    return tuple(loader.name for loader in loaders if loader.role == "loader" and name.format in loader.formats)
