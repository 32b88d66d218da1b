"""The catalog's entry of a model, from what its repository says: config.json, or the header of a GGUF file.

The shape is written down only when it has as many parameters as the repository states; otherwise the outline is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from bot.base.errors import UserError
from bot.models import config, gguf
from bot.models.catalog import CatalogModel, model_shape
from bot.models.repository import Repository, gguf_sets
from bot.models.requested import HubLike
from bot.models.shape import Compression, ModelShape
from bot.models.tensors import UnknownArchitectureError, parameters

_CLOSE: Final = 0.003  # share by which the parameters of a shape may differ from the published number
_POPULAR: Final = ((5, 1_500_000, 2_500), (4, 300_000, 900), (3, 60_000, 300), (2, 8_000, 60))  # downloads, likes
# Written though they are 0: LFM2 has no state, the latent attention of GLM 5.3 Flash no rotation.
_REQUIRED: Final = frozenset({"conv_kernel", "inner_size", "state_size", "rope_length"})

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """An entry to be written down. `is_shape`: with its shape, else its outline; `doubt` says why no more than that."""

    fields: Fields
    is_shape: bool
    doubt: str = ""

    @property
    def section(self) -> str:
        """The list of the file that it goes into."""
        return "models" if self.is_shape else "outlines"

    def yaml(self) -> str:
        """The entry as the files of knowledge/models hold it."""
        lines = [f"{key}: {_yaml(value)}" for key, value in self.fields.items()]
        return "\n".join(("  - " if not number else "    ") + line for number, line in enumerate(lines)) + "\n"


def model_entry(repo: str, hub: HubLike, month: str) -> ModelEntry:
    """The entry of `owner/name`; `month` is the one in which it is checked.

    Raises:
        UserError: no such repository, or nothing in it that tells a model's shape.
    """
    repository = hub.repository(repo)
    shape, published, file = _read(repository, hub)
    about = {
        "released": repository.created[:7],
        "popularity": popularity(repository.downloads, repository.likes),
        "source": f"https://huggingface.co/{repository.id}/blob/main/{file}",
        "checked": month,
    }
    head = {"id": repository.id.split("/")[-1], "repo": repository.id}
    own: Fields = {**head, **shape_fields(shape), "parameters_b": round(published / 1e9, 4)}
    if doubt := _doubt(shape, own | about, published):
        return ModelEntry(_told({**head, **_outline_fields(shape, published), **about}), False, doubt)
    return ModelEntry(_told(own | about), True)


def add_entry(content: str, entry: ModelEntry) -> str:
    """The text of a file of models with the entry at the end of its section; comments and order stay as they are."""
    content = content or "# yaml-language-server: $schema=../schema/model.json\n"
    models, mark, outlines = content.partition("\noutlines:\n")
    if not entry.is_shape:
        return content.rstrip("\n") + ("\n" if mark else "\noutlines:\n") + entry.yaml()
    if "\nmodels:\n" not in f"\n{models}\n":
        models = models.rstrip("\n") + "\nmodels:"
    return models.rstrip("\n") + "\n" + entry.yaml() + (mark[1:] + outlines if mark else "")


def _read(repository: Repository, hub: HubLike) -> tuple[ModelShape, int, str]:
    """The shape, the published number of parameters (0: not told), and the file that says so."""
    if repository.has("config.json"):
        return config.shape(hub.json_file(repository, "config.json")), repository.parameters, "config.json"
    sets = gguf_sets(repository)
    if not sets:
        raise UserError(
            "{id} has neither a config.json nor a GGUF file.",
            "{id} 里既没有 config.json，也没有 GGUF 文件。",
        ).format(id=repository.id)
    header = hub.gguf_header(repository, sets[0].first)
    return gguf.shape(header), sum(tensor.elements for tensor in header.tensors), sets[0].first.path


def _doubt(shape: ModelShape, fields: Fields, published: int) -> str:
    """Why the shape cannot be written down; blank when nothing speaks against it."""
    if not published:
        return "the repository does not tell its number of parameters"
    try:
        known = {key: value for key, value in fields.items() if value not in ("", 0, None)}
        own = parameters(model_shape(msgspec.convert(known, CatalogModel)))
    except UnknownArchitectureError:
        return f"the tensors of the architecture {shape.architecture} are not known"
    except msgspec.ValidationError as error:
        return str(error)
    if abs(own - published) > _CLOSE * published:
        return f"the shape has {own / 1e9:.3f} billion parameters, {published / 1e9:.3f} are published"
    return ""


def popularity(downloads: int, likes: int) -> int:
    """From 1, few ask for it, to 5, everybody does, by the downloads of a month and the likes."""
    return next((level for level, many, liked in _POPULAR if downloads >= many or likes >= liked), 1)


def shape_fields(shape: ModelShape) -> Fields:
    """The shape in the words of the catalog, one number where all layers are equal."""
    fields: Fields = {
        "architecture": shape.architecture,
        "layers": shape.layers,
        "embedding": shape.embedding,
        "feed_forward": _one(shape.feed_forward, gaps=True),
        "heads": _one(shape.heads),
        "kv_heads": _kv_heads(shape, window=False),
        "vocabulary": shape.vocabulary,
        "context": shape.trained_context,
        "tied_embedding": shape.tied_embedding,
        "attention": _attention(shape),
        "window": shape.window,
        "window_key_length": shape.window_key_length,
        "window_value_length": shape.window_value_length,
        "window_kv_heads": _kv_heads(shape, window=True),
        "shared_kv_layers": shape.shared_kv_layers,
        "next_token_layers": shape.next_token_layers,
        "embedding_per_layer": shape.embedding_per_layer,
        "alternating_updates": shape.alternating_updates,
        "softcap": shape.softcap,
        "traits": sorted(shape.traits),
        "residual_streams": shape.residual_streams,
        "stream_rank": shape.stream_rank,
        "native_bits": shape.native_bits,
        "published": shape.published,
    }
    return fields | _parts(shape) | _lengths(shape)


def _parts(shape: ModelShape) -> Fields:
    """Experts, latent attention, recurrent layers and the sparse index, each as a mapping of its own."""
    found: Fields = {}
    for key in ("latent", "recurrent", "sparse_index"):
        if (part := getattr(shape, key)) is not None:
            own = msgspec.to_builtins(part)
            found[key] = {name: value for name, value in own.items() if value or name in _REQUIRED}
    found.get("recurrent", {}).pop("token_shifts", None)
    if shape.experts is not None:
        own = msgspec.to_builtins(shape.experts)
        found["experts"] = {name: value for name, value in own.items() if value and name != "layers"}
    if shape.compression is not None:
        found["compression"] = _compression(shape.compression)
    if shape.hashed is not None:
        found["hashed"] = msgspec.to_builtins(shape.hashed)
    return found | {"feed_forward_kinds": _feed_forward_kinds(shape)}


def _compression(shape: Compression) -> Fields:
    """A compressed cache with the two ratios that take turns, after those of the first layers that do not."""
    turns = shape.ratios[-2:] if len(shape.ratios) % 2 == 0 else shape.ratios[-3:-1]
    first = next((at for at in range(0, len(shape.ratios), 2) if _turn(turns, shape.ratios[at:])), len(shape.ratios))
    return {
        "window": shape.window,
        "ratios": list(shape.ratios[:first]),
        "repeated": list(turns),
        "query_rank": shape.query_rank,
        "output_groups": shape.output_groups,
        "output_rank": shape.output_width // shape.output_groups,
    }


def _turn(turns: Sequence[int], ratios: Sequence[int]) -> bool:
    return all(ratio == turns[at % len(turns)] for at, ratio in enumerate(ratios))


def _lengths(shape: ModelShape) -> Fields:
    """Of a head, where they are not the usual ones; latent attention tells its own."""
    usual = shape.embedding // max(1, *shape.heads)
    if shape.latent is not None:
        return {}
    return {
        "key_length": 0 if shape.key_length == usual else shape.key_length,
        "value_length": 0 if shape.value_length == shape.key_length else shape.value_length,
        "rope_length": 0 if shape.rope_length in (0, shape.key_length) else shape.rope_length,
    }


def _one(values: Sequence[int], *, gaps: bool = False) -> int | list[int]:
    """The number that all layers share, `gaps` of 0 aside, else every layer's."""
    kinds = {value for value in values if value or not gaps}
    return max(kinds, default=0) if len(kinds) <= 1 else list(values)


def _kv_heads(shape: ModelShape, *, window: bool) -> int | list[int]:
    """Of the layers of one kind; 0 for the windows when they have as many as the others."""
    in_window = shape.window_layers or (False,) * shape.layers
    own = [heads for heads, windowed in zip(shape.kv_heads, in_window, strict=True) if heads and windowed == window]
    if not window:
        return max(own, default=max(shape.kv_heads)) if len(set(own)) <= 1 else list(shape.kv_heads)
    return own[0] if own and own[0] != _kv_heads(shape, window=False) else 0


def _attention(shape: ModelShape) -> str:
    """The kinds of the layers, as short as they repeat; blank where all are plain."""
    windows = shape.window_layers or (False,) * shape.layers
    states = shape.recurrent_layers or (False,) * shape.layers
    kinds = (
        ("B" if heads else "R") if state else "-" if not heads else "W" if window else "A"
        for heads, window, state in zip(shape.kv_heads, windows, states, strict=True)
    )
    pattern = _period("".join(kinds))
    return "" if pattern == "A" else pattern


def _feed_forward_kinds(shape: ModelShape) -> str:
    """What feeds forward in each layer; blank where it is what one expects: experts after the leading dense layers."""
    experts = shape.experts
    leading = experts.leading_dense if experts else shape.layers
    mixed = experts.layers if experts and experts.layers else tuple(at >= leading for at in range(shape.layers))
    kinds = {(True, True): "B", (True, False): "D", (False, True): "E", (False, False): "-"}
    pattern = "".join(kinds[bool(dense), expert] for dense, expert in zip(shape.feed_forward, mixed, strict=True))
    return "" if pattern == "D" * leading + "E" * (shape.layers - leading) else _period(pattern)


def _period(pattern: str) -> str:
    lengths = range(1, len(pattern) + 1)
    return next(pattern[:n] for n in lengths if (pattern[:n] * (len(pattern) // n + 1))[: len(pattern)] == pattern)


def _outline_fields(shape: ModelShape, published: int) -> Fields:
    heads = {} if shape.latent else {"heads": max(shape.heads), "kv_heads": max(shape.kv_heads)}
    return {
        "architecture": shape.architecture,
        "layers": shape.layers,
        "embedding": shape.embedding,
        **heads,
        "key_length": shape.key_length // 2 if shape.latent else shape.key_length,
        "vocabulary": shape.vocabulary,
        "context": shape.trained_context,
        "parameters_b": round(published / 1e9, 3),
        "active_b": round(shape.active_parameters / 1e9, 1),
    }


def _told(fields: Fields) -> Fields:
    """Without what says nothing, the usual popularity included."""
    empty: tuple[object, ...] = (0, "", [], {}, False, None)
    return {key: value for key, value in fields.items() if value not in empty and (key, value) != ("popularity", 1)}


def _yaml(value: object) -> str:
    """In flow style; what YAML would take for a date is quoted."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_yaml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) and (value[:2] == "20" or "://" in value) else str(value)
