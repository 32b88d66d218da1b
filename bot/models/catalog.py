"""The offline catalog: names of models that people run, and their shapes.

The data is knowledge/models/*.yaml, one file a family; its keys are described in knowledge/schema/model.json.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import msgspec

from bot.knowledge.files import DataError, Fault, load_all
from bot.models.families import Families, load_families
from bot.models.name_index import ModelNames, is_about, known_models
from bot.models.name_tokens import KINDS, SOFT_WORDS, TELLING, VERSIONS, Token, tokens_of
from bot.models.outline import Outline, stand_in
from bot.models.shape import (
    Compression,
    Experts,
    HashedEmbedding,
    LatentAttention,
    ModelShape,
    Recurrent,
    RecurrentKind,
    SparseIndex,
    Trait,
)
from bot.models.tensors import is_gated

PerLayer = int | tuple[int, ...]


class ExpertsEntry(msgspec.Struct, frozen=True):
    """Mixture of experts as written; see `bot.models.shape.Experts`."""

    count: int
    used: int
    feed_forward: int
    shared: int = 0
    shared_feed_forward: int = 0  # 0 = shared x feed_forward
    leading_dense: int = 0
    groups: int = 0
    latent: int = 0
    by_token: int = 0


class LatentEntry(msgspec.Struct, frozen=True):
    """Latent attention as written; see `bot.models.shape.LatentAttention`."""

    kv_rank: int
    rope_length: int
    nope_length: int
    value_length: int
    query_rank: int = 0


class RecurrentEntry(msgspec.Struct, frozen=True):
    """Recurrent layers as written; see `bot.models.shape.Recurrent`."""

    kind: RecurrentKind
    conv_kernel: int
    inner_size: int
    state_size: int
    groups: int = 0
    time_step_rank: int = 0
    head_length: int = 0


class SparseIndexEntry(msgspec.Struct, frozen=True):
    """The indexer of sparse attention as written; see `bot.models.shape.SparseIndex`."""

    heads: int
    key_length: int
    top: int
    pool: int = 0
    block: int = 0


class HashedEntry(msgspec.Struct, frozen=True):
    """A table of hashed runs of tokens as written; see `bot.models.shape.HashedEmbedding`."""

    layer: int
    rows: int
    width: int
    conv_kernel: int
    dilation: int
    table: int


class CompressionEntry(msgspec.Struct, frozen=True):
    """A compressed cache as written; see `bot.models.shape.Compression`. `ratios` stand for the first layers, then
    `repeated` ones by turns.
    """

    window: int
    ratios: tuple[int, ...]
    repeated: tuple[int, ...]
    query_rank: int
    output_groups: int
    output_rank: int  # of each group


class CatalogModel(msgspec.Struct, frozen=True, kw_only=True):
    """One model of the catalog. Hyper-parameters as in GGUF, one number where all layers are equal."""

    id: str  # name of the repository without its owner
    repo: str
    architecture: str  # GGUF's general.architecture
    layers: int
    embedding: int
    heads: PerLayer
    kv_heads: PerLayer
    vocabulary: int  # rows of the token embedding
    context: int  # trained context in tokens
    parameters_b: float  # published number of parameters of the text model, in billions (10^9)
    source: str
    checked: str  # month in which the shape was last compared with the published number of parameters
    like: str = ""  # id of an earlier model of this file whose shape is taken; keys given here win
    feed_forward: PerLayer = 0  # width of the dense part
    key_length: int = 0  # default: embedding / heads
    value_length: int = 0  # default: key_length
    rope_length: int = 0  # rotated part of a head; default: all
    tied_embedding: bool = False
    attention: str = "A"  # kind of each layer, repeated: A all tokens, W window, R recurrent, B both A and R, - none
    feed_forward_kinds: str = ""  # likewise: D dense, E experts, B both, - none
    window: int = 0
    window_key_length: int = 0
    window_value_length: int = 0
    window_kv_heads: int = 0
    shared_kv_layers: int = 0
    next_token_layers: int = 0
    embedding_per_layer: int = 0
    alternating_updates: int = 0
    softcap: bool = False
    experts: ExpertsEntry | None = None
    latent: LatentEntry | None = None
    recurrent: RecurrentEntry | None = None
    sparse_index: SparseIndexEntry | None = None
    compression: CompressionEntry | None = None
    residual_streams: int = 0
    stream_rank: int = 0
    hashed: HashedEntry | None = None
    native_bits: float = 0.0  # bits a weight as published, where fewer than 16
    published: str = ""  # format of the original weights (quantization_config), where it is not 16 bits: FP8, W4A16
    dynamic_gb: dict[str, float] = {}  # files of unsloth's dynamic mixes (UD-...) by the plain one, in GB of 10^9 bytes
    traits: frozenset[Trait] = frozenset()  # tensors that the architecture leaves open
    active_b: float = 0.0  # parameters used per token, in billions, where fewer
    aliases: tuple[str, ...] = ()  # other names of this very model: ollama tags, short and Chinese names
    same_shape: tuple[str, ...] = ()  # models of their own (Name or owner/Name) that share the shape
    released: str = ""  # month, 2026-11
    popularity: int = 1  # 1 = few ask for it, 5 = everybody does


class ModelFile(msgspec.Struct, frozen=True):
    """The content of one file: models whose shapes are known, and others of which only the outline is."""

    models: tuple[CatalogModel, ...] = ()
    outlines: tuple[Outline, ...] = ()  # models whose inner shape is not known: they get a range


Entry = CatalogModel | Outline


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name that the catalog knows. `name` is the canonical base name, `organisation` its owner where known."""

    name: str
    organisation: str | None
    model: Entry  # whose shape it has

    @property
    def is_model(self) -> bool:
        """True for the model itself, False for another one that only shares its shape."""
        return self.name == self.model.id

    @property
    def is_original(self) -> bool:
        """Whether it comes from those who made the model, be it another version: no fine-tune of somebody else's."""
        return self.is_model or (self.organisation is not None and self.organisation == _owner(self.model.repo))


@dataclass(frozen=True, slots=True)
class Match:
    """A known name that a typed one may mean. `score` 1 = certain, 0 = nothing in common."""

    known: KnownName
    score: float
    how: Literal["exact", "variant", "derived", "near"]

    @property
    def model(self) -> Entry:
        """The model of the catalog."""
        return self.known.model


@dataclass(frozen=True)
class Catalog:
    """All known models. Look-ups ignore case, owners and the choice among `-`, `_`, `.`, `:` and blanks."""

    models: tuple[CatalogModel, ...]
    outlines: tuple[Outline, ...] = ()
    siblings: frozenset[str] = frozenset()  # words that tell one model of a family from another
    modes: frozenset[str] = frozenset()  # words that say how a model is used
    root: Path = Path()  # the folder of knowledge it was read from

    @cached_property
    def called(self) -> ModelNames:
        """What models are called, by the same folder: for `bot.models.names.parse_name`."""
        return known_models(self.root)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Models whose shape is known, then those of which only the outline is."""
        return (*self.models, *self.outlines)

    @cached_property
    def names(self) -> Mapping[str, KnownName]:
        """Every id, same-shape name and alias, by its key (see `name_key`); proper names win over aliases."""
        known: dict[str, KnownName] = {}
        for model in self.entries:
            known.setdefault(name_key(model.id), KnownName(model.id, _owner(model.repo), model))
        for model in self.entries:
            for name in model.same_shape:
                known.setdefault(name_key(name), KnownName(_base(name), _owner(name), model))
        return known | {key: own for key, own in self._tags.items() if key not in known}

    @cached_property
    def _tags(self) -> Mapping[str, KnownName]:
        """Aliases only: the ollama tag "qwen2.5:32b" means the instruct model, the name Qwen2.5-32B the base."""
        return {
            name_key(name): KnownName(model.id, _owner(model.repo), model)
            for model in self.entries
            for name in model.aliases
        }

    def find(self, name: str) -> Match | None:
        """The model of that name: the very name, else without variant words, else the base it is named after.

        What is told must be so: another version, date or size is another model, and then nothing is found.
        "EVA-Qwen2.5-32B-v9" is not listed but contains the name of a base: such a guess is "derived".
        """
        key = name_key(name)
        known = (":" in name and self._tags.get(key)) or self.names.get(key)
        if known:
            return Match(known, 1.0, "exact")
        bare = without_variant(key)
        known = self._by_bare_key.get(bare) or self._dated(bare) or self._sized(bare)
        if known is None:
            return self._named_after(bare)
        told_less = set(key.split("-")) <= set(name_key(known.name).split("-"))
        return Match(known, 0.95, "exact") if told_less else Match(known, 0.9, "variant")

    def nearest(self, name: str, limit: int = 3) -> tuple[Match, ...]:
        """Known names that look alike, best first; never one of another size than the name says."""
        from rapidfuzz import fuzz, process

        key = name_key(name)
        size = size_in(key)
        choices = [other for other, own in self._sizes.items() if not size or own in ("", size)]
        found = process.extract(key, choices, scorer=fuzz.ratio, limit=4 * limit, score_cutoff=60)
        best: dict[str, Match] = {}
        for other, score, _ in found:
            known = self.names[other]
            best.setdefault(known.name, Match(known, score / 100, "near"))
        return tuple(best.values())[:limit]

    @cached_property
    def _sizes(self) -> Mapping[str, str]:
        """The size that each name tells."""
        return {key: size_in(key) for key in self.names}

    def containing(self, name: str, limit: int = 6) -> tuple[str, ...]:
        """The names that say all that this one says, in its order, and more, most asked for first: "neural-chat"."""
        words = name_key(name).split("-")
        if not self._own_words(tuple(tokens_of(" ".join(words)))):
            return ()
        held = min((self._worded.get(word, ()) for word in words), key=len)
        known = (self.names[key] for key in held if _holds_in_order(key.split("-"), words))
        fuller = {own.name: own.model for own in known}
        ordered = sorted(fuller, key=lambda full: (fuller[full].popularity, fuller[full].released), reverse=True)
        return tuple(ordered[:limit])

    @cached_property
    def _worded(self) -> Mapping[str, Sequence[str]]:
        """The keys that hold each word, in the order of the names."""
        found: dict[str, list[str]] = {}
        for key in self.names:
            for word in dict.fromkeys(key.split("-")):
                found.setdefault(word, []).append(key)
        return found

    def of_size(self, size: float, limit: int = 6) -> tuple[str, ...]:
        """The models most asked for of so many billions of parameters, as their names tell; empty for 0."""
        told = f"{size:g}b"
        sized = [model for model in self.entries if size and size_in(name_key(model.id)) == told]
        ordered = sorted(sized, key=lambda model: (model.popularity, model.released), reverse=True)
        return tuple(model.id for model in ordered[:limit])

    def shape(self, name: str) -> ModelShape | None:
        """The shape of the named model, or None when the catalog has nothing like it (no guess by likeness)."""
        found = self.find(name)
        return model_shape(found.model) if found else None

    @cached_property
    def _by_bare_key(self) -> Mapping[str, KnownName]:
        bare: dict[str, KnownName] = {}
        for key, known in self.names.items():
            bare.setdefault(without_variant(key), known)
        return bare

    @cached_property
    def _by_undated_key(self) -> Mapping[str, KnownName]:
        undated: dict[str, KnownName] = {}
        for key, known in self._by_bare_key.items():
            undated.setdefault(without_date(key), known)
        return undated

    def _dated(self, key: str) -> KnownName | None:
        """The model whose date or fine-tune's version was left out; one that was told is never dropped."""
        return self._by_undated_key.get(key)

    def _sized(self, key: str) -> KnownName | None:
        """The model whose size was added to its name: "phi-4-14b" is phi-4, which has about 14 billion parameters."""
        size = size_in(key)
        known = self._by_bare_key.get(key.replace(f"-{size}", "")) if size.endswith("b") and "x" not in size else None
        if known is None or size_in(name_key(known.name)):
            return None
        return known if is_about(float(size[:-1]), known.model.parameters_b) else None

    @cached_property
    def _most_words(self) -> int:
        """Words of the longest name: nothing longer needs to be looked for in what somebody typed."""
        return max((key.count("-") + 1 for key in self._by_bare_key), default=0)

    def _named_after(self, key: str) -> Match | None:
        """The longest known name inside, where what stands around it is a name of somebody's own."""
        words = key.split("-")
        most = self._most_words
        spans = ((at, stop) for at in range(len(words)) for stop in range(at + 2, min(len(words), at + most) + 1))
        for start, stop in sorted(spans, key=lambda span: span[0] - span[1]):
            part = "-".join(words[start:stop])
            known = self._by_bare_key.get(part)
            if known and size_in(part) == size_in(key) and self._may_surround(part, words[:start], words[stop:]):
                return Match(known, 0.6, "derived")
        return None

    def _may_surround(self, base: str, before: Sequence[str], after: Sequence[str]) -> bool:
        """Whether the words around a base's name make it a fine-tune's: one of its own, and nothing of another base.

        "EVA-...-v9" is a fine-tune, "...-Lite" a sibling, "...-v9" alone another version, and a number before a base
        that tells no version itself ("V2.5-Qwen-72b") may be that version.
        """
        leading, trailing = (tuple(tokens_of(" ".join(words))) for words in (before, after))
        if not self._are_of_a_tune((*leading, *trailing)):
            return False
        before_base = () if _has_version(tokens_of(base)) else leading
        behind_base = () if self._own_words(leading) else trailing[:1]
        return not _has_version((*before_base, *behind_base))

    def _are_of_a_tune(self, tokens: Sequence[Token]) -> bool:
        """Whether there is a word of its own among them, and none of a sibling, no size and the like of a base."""
        words = {token.text for token in tokens if token.kind == "word"}
        of_a_base = any(token.kind in _OF_A_BASE for token in tokens)
        return self._own_words(tokens) and words.isdisjoint(self.siblings | KINDS) and not of_a_base

    def _own_words(self, tokens: Sequence[Token]) -> bool:
        words = {token.text for token in tokens if token.kind == "word" and len(token.text) > 2}
        return bool(words - self.modes - SOFT_WORDS - _VARIANT_WORDS)


def _has_version(tokens: Iterable[Token]) -> bool:
    return any(token.kind in VERSIONS for token in tokens)


def _holds_in_order(words: Iterable[str], told: Iterable[str]) -> bool:
    """Whether all that was told stands among the words, in the same order."""
    rest = iter(words)
    return all(word in rest for word in told)


_OF_A_BASE = TELLING - VERSIONS
_SEPARATORS = re.compile(r"[\s_:/\\-]+|(?<!\d)\.|\.(?!\d)")
_POINT = re.compile(r"(?<=\d)_(?=\d)")
_DATE = re.compile(r"-(?:2[3-9]|0[1-9]|1[0-2])\d\d(?=-|$)")
_VERSION = re.compile(r"-v\d+(?:\.\d+)*(?=-|$)")
_SIZE = re.compile(r"(?:^|-)((?:\d+x)?\d+(?:\.\d+)?[bm])(?=-|$)")
# Words that change neither the base nor the shape.
_VARIANT_WORDS = frozenset(
    "instruct chat it base hf gguf gptq awq exl2 exl3 bnb 4bit 8bit fp8 fp16 bf16 int4 int8 mlx imatrix i1 qat "
    "abliterated uncensored unsloth preview latest text mtp autoround".split()
)


def name_key(name: str) -> str:
    """The form in which names are compared: "Qwen/Qwen2.5-32B_Instruct" -> "qwen2.5-32b-instruct"."""
    return _SEPARATORS.sub("-", _POINT.sub(".", _base(name).casefold())).strip("-")


def without_variant(key: str) -> str:
    """A key without words such as "instruct" or "gguf": "qwen2.5-32b-instruct" -> "qwen2.5-32b"."""
    words = [word for word in key.split("-") if word not in _VARIANT_WORDS]
    return "-".join(words) or key


def without_date(key: str) -> str:
    """A key without release dates and versions: "mistral-small-24b-2501" -> "mistral-small-24b".

    A version stays where no size stands beside it, for there it tells the model: "deepseek-v3.2".
    """
    undated = _DATE.sub("", key)
    return _VERSION.sub("", undated) if size_in(key) else undated


def size_in(key: str) -> str:
    """The size that a key tells ("32b", "8x7b", "0.5b"), or nothing."""
    found = _SIZE.search(key)
    return found.group(1) if found else ""


def load_catalog(root: Path) -> Catalog:
    """The catalog under `root`/models; raises DataError naming every fault, ambiguous names included."""
    families = load_all(root, "models/*.yaml", "model", ModelFile, prepare=_with_inherited)
    models = tuple(model for family in families for model in family.models)
    outlines = tuple(outline for family in families for outline in family.outlines)
    faults = tuple(_faults((*models, *outlines)))
    if faults:
        raise DataError(faults)
    words = load_families(root) if (root / "families.yaml").exists() else Families({}, (), (), ())
    return Catalog(models, outlines, frozenset(words.siblings), frozenset(words.modes), root)


def _feed_forward(model: CatalogModel, mixing: str) -> tuple[int, ...]:
    """Widths of the dense layers, 0 for the others."""
    widths = _per_layer(model.feed_forward, model.layers)
    return tuple(width if kind in "DB" else 0 for width, kind in zip(widths, mixing, strict=True))


def model_shape(model: Entry) -> ModelShape:
    """The full shape: patterns repeated over the layers, defaults filled in; of an outline, a stand-in's."""
    if isinstance(model, Outline):
        return stand_in(model)
    kinds = _repeated(model.attention, model.layers)
    mixing = _repeated(model.feed_forward_kinds or _default_mixing(model), model.layers)
    key_length, value_length = _head_lengths(model)
    return ModelShape(
        architecture=model.architecture,
        name=model.id,
        layers=model.layers,
        embedding=model.embedding,
        feed_forward=_feed_forward(model, mixing),
        heads=_per_layer(model.heads, model.layers),
        kv_heads=_kv_heads(model, kinds),
        key_length=key_length,
        value_length=value_length,
        vocabulary=model.vocabulary,
        trained_context=model.context,
        tied_embedding=model.tied_embedding,
        window=model.window,
        window_layers=tuple(kind == "W" for kind in kinds) if "W" in kinds else (),
        window_key_length=model.window_key_length,
        window_value_length=model.window_value_length or model.window_key_length,
        shared_kv_layers=model.shared_kv_layers,
        experts=_experts(model.experts, mixing),
        latent=_latent(model.latent),
        recurrent=_recurrent(model.recurrent),
        recurrent_layers=tuple(kind in "RB" for kind in kinds) if model.recurrent else (),
        next_token_layers=model.next_token_layers,
        parameters=round(model.parameters_b * 1e9),
        active_parameters=round(model.active_b * 1e9),
        source="catalog",
        traits=model.traits,
        softcap=model.softcap,
        embedding_per_layer=model.embedding_per_layer,
        alternating_updates=model.alternating_updates,
        sparse_index=_sparse_index(model.sparse_index),
        compression=_compression(model.compression, model.layers),
        residual_streams=model.residual_streams,
        stream_rank=model.stream_rank,
        hashed=HashedEmbedding(**msgspec.structs.asdict(model.hashed)) if model.hashed else None,
        native_bits=model.native_bits,
        published=model.published,
        dynamic_bytes=tuple((mix, round(size * 1e9)) for mix, size in model.dynamic_gb.items()),
        rope_length=model.rope_length or (model.latent.rope_length if model.latent else 0),
        gated=is_gated(model.architecture),
    )


def _default_mixing(model: CatalogModel) -> str:
    if model.experts is None:
        return "D"
    dense = model.experts.leading_dense
    return "D" * dense + "E" * (model.layers - dense)


def _repeated(pattern: str, layers: int) -> str:
    return (pattern * (layers // len(pattern) + 1))[:layers]


def _per_layer(value: PerLayer, layers: int) -> tuple[int, ...]:
    return (value,) * layers if isinstance(value, int) else value


def _kv_heads(model: CatalogModel, kinds: str) -> tuple[int, ...]:
    by_layer = _per_layer(model.kv_heads, model.layers)
    by_kind = {"W": model.window_kv_heads} if model.window_kv_heads else {}
    return tuple(0 if kind in "R-" else by_kind.get(kind, heads) for heads, kind in zip(by_layer, kinds, strict=True))


def _head_lengths(model: CatalogModel) -> tuple[int, int]:
    """Of the cache: with latent attention the compressed part and the rotated key, as GGUF states them."""
    if model.latent is not None:
        return model.latent.kv_rank + model.latent.rope_length, model.latent.kv_rank
    heads = max(_per_layer(model.heads, model.layers))
    key_length = model.key_length or (model.embedding // heads if heads else 0)
    return key_length, model.value_length or key_length


def _experts(entry: ExpertsEntry | None, mixing: str) -> Experts | None:
    if entry is None:
        return None
    layers = tuple(kind in "EB" for kind in mixing)
    regular = tuple(index >= entry.leading_dense for index in range(len(mixing)))
    return Experts(
        count=entry.count,
        used=entry.used,
        feed_forward=entry.feed_forward,
        shared=entry.shared,
        shared_feed_forward=entry.shared_feed_forward or entry.shared * entry.feed_forward,
        leading_dense=entry.leading_dense,
        groups=entry.groups,
        layers=() if layers == regular else layers,
        latent=entry.latent,
        by_token=entry.by_token,
    )


def _latent(entry: LatentEntry | None) -> LatentAttention | None:
    if entry is None:
        return None
    return LatentAttention(
        kv_rank=entry.kv_rank,
        query_rank=entry.query_rank,
        rope_length=entry.rope_length,
        nope_length=entry.nope_length,
        value_length=entry.value_length,
    )


def _recurrent(entry: RecurrentEntry | None) -> Recurrent | None:
    if entry is None:
        return None
    return Recurrent(
        conv_kernel=entry.conv_kernel,
        inner_size=entry.inner_size,
        state_size=entry.state_size,
        groups=entry.groups,
        time_step_rank=entry.time_step_rank,
        kind=entry.kind,
        head_length=entry.head_length,
    )


def _sparse_index(entry: SparseIndexEntry | None) -> SparseIndex | None:
    if entry is None:
        return None
    return SparseIndex(
        entry.heads, entry.key_length, entry.top, block=entry.block, pool=entry.pool, tail=entry.pool > 0
    )


def _compression(entry: CompressionEntry | None, layers: int) -> Compression | None:
    if entry is None:
        return None
    turns = entry.repeated * (layers // len(entry.repeated) + 1)
    ratios = (*entry.ratios, *turns)[:layers]
    width = entry.output_groups * entry.output_rank
    return Compression(entry.window, ratios, entry.query_rank, width, entry.output_groups)


def _base(name: str) -> str:
    return name.strip().rsplit("/", 1)[-1]


def _owner(name: str) -> str | None:
    owner, slash, _ = name.rpartition("/")
    return owner if slash else None


_NOT_INHERITED = frozenset({"id", "repo", "aliases", "same_shape", "like", "released", "popularity", "dynamic_gb"})


def _with_inherited(document: Any) -> Any:
    """Each model that is `like` another with the keys of that one."""
    full: dict[str, dict[str, Any]] = {}
    for entry in document.get("models", ()):
        like = entry.get("like")
        if like is not None and like not in full:
            raise msgspec.ValidationError(f"models: {entry['id']} is like {like!r}, which no earlier model is")
        base = full[like] if like else {}
        inherited = {key: value for key, value in base.items() if key not in _NOT_INHERITED}
        full[entry["id"]] = inherited | entry
    return {"models": list(full.values()), "outlines": document.get("outlines", [])}


def _faults(models: Iterable[Entry]) -> Iterable[Fault]:
    owners: dict[str, str] = {}
    for model in models:
        for key in ("feed_forward", "heads", "kv_heads"):
            value = getattr(model, key, 0)
            if isinstance(value, tuple) and len(value) != model.layers:
                yield Fault("models", f"{model.id}.{key}", f"{len(value)} values for {model.layers} layers")
        for name in dict.fromkeys(map(name_key, (model.id, *model.aliases, *model.same_shape))):
            if name in owners:
                yield Fault("models", model.id, f"the name {name!r} stands at {owners[name]} too")
            owners[name] = model.id
