"""From what somebody typed to a model that can be planned: a file, a repository on the hub, or a known name.

The hub is passed in; without one, or when it is out of reach, the catalog answers and the notes say so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from bot.base.errors import UserError
from bot.base.languages import Text
from bot.models import gguf, safetensors
from bot.models.catalog import Catalog
from bot.models.config import shape as config_shape
from bot.models.dynamic import native_quant
from bot.models.files import read_model
from bot.models.named import QUANT_ASSUMED, USUAL_QUANT, model_in_quant, named_model, own_quant
from bot.models.names import ModelName, parse_name
from bot.models.quantization import Quant, parse_quant, tensor_bytes
from bot.models.repository import Repository, RepositoryFile, WeightSet, gguf_sets, safetensors_set
from bot.models.shape import Model, ModelShape

# The ladder shown where no repository says what there is, best first. Source: llama-quantize's own list.
GGUF_LADDER = (
    "Q8_0", "Q6_K", "Q5_K_M", "Q5_K_S", "Q4_K_M", "Q4_K_S", "IQ4_XS", "Q3_K_M", "IQ3_M", "IQ3_XXS", "Q2_K", "IQ2_M",
)  # fmt: skip
GPU_LADDERS: Mapping[str, Sequence[float]] = {
    "EXL2": (8.0, 6.5, 6.0, 5.0, 4.65, 4.25, 4.0, 3.5, 3.0, 2.5),
    "EXL3": (8.0, 6.0, 5.0, 4.5, 4.0, 3.5, 3.0, 2.5, 2.0),
}
# "qwen3:8b" is one file of ollama's library: Q4_K_M where nothing else is told (ollama.com/library, tags).
_OLLAMA_TAG = re.compile(r"[a-z0-9][a-z0-9._-]*:(?:latest|[a-z]?\d[a-z0-9._-]*)")
_REPOSITORY = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}")


class HubLike(Protocol):
    """What is needed of a hub; `bot.models.hub.Hub` is one."""

    def repository(self, repo: str) -> Repository:
        """What a repository (owner/name) holds; raises HubError."""

    def gguf_header(self, repository: Repository, file: RepositoryFile) -> gguf.Header:
        """The header of a GGUF file, without the rest of it."""

    def json_file(self, repository: Repository, path: str) -> Mapping[str, Any]:
        """A JSON file of a repository."""


@dataclass(frozen=True, slots=True)
class RequestedModel:
    """The model, every quantization it can be had in (name and model, largest first), and where its files are.

    `chosen` says that a quantization was asked for, so that no other is put in its place.
    """

    model: Model
    name: ModelName
    quants: tuple[tuple[str, Model], ...]
    chosen: bool
    repository: Repository | None = None
    files: Mapping[str, WeightSet] | None = None  # quantization -> files
    typed_repository: str = ""  # `owner/name` as it was typed, whether or not a hub was asked
    notes: tuple[Text, ...] = ()


def requested_model(
    text: str, catalog: Catalog, hub: HubLike | None = None, *, local_files: bool = False
) -> RequestedModel:
    """What `text` asks for. `local_files`: it may be a file or folder of this computer; never for a stranger's text.

    Raises:
        UserError: nothing of that name, no language model, or no weights there; says what to type instead.
    """
    text = text.strip()
    path = Path(text)
    if local_files and _is_on_disk(path):
        model = read_model(path)
        return RequestedModel(model, parse_name(path.name, catalog.called), ((model.quant, model),), chosen=True)
    name = parse_name(text, catalog.called)
    repo = _repository_in(text, name)
    if repo is None:
        return _from_catalog(text, name, catalog)
    if hub is None:
        return replace(_from_catalog(text, name, catalog), typed_repository=repo)
    try:
        return replace(_from_repository(hub.repository(repo), name, catalog, hub), typed_repository=repo)
    except UserError as error:
        if catalog.find(name.base or text) is None or not getattr(error, "temporary", False):
            raise
        return replace(_from_catalog(text, name, catalog, _unreachable(error)), typed_repository=repo)


def _is_on_disk(path: Path) -> bool:
    """Whether somebody means a file or folder of their own: a GGUF file, or a folder with a model in it."""
    try:
        return path.is_file() if path.suffix.lower() in {".gguf", ".safetensors"} else (path / "config.json").is_file()
    except (OSError, ValueError):  # a name too long, or with characters no path has
        return False


def _repository_in(text: str, name: ModelName) -> str | None:
    """`owner/name` where the text is a repository or a link to one."""
    link = re.search(r"(?:huggingface\.co|hf-mirror\.com|hf\.co)/([\w.-]{1,96}/[\w.-]{1,96})", text)
    if link:
        return link[1].removesuffix(":")
    plain = re.fullmatch(rf"({_REPOSITORY.pattern})(?::[\w.-]+)?", text)
    return plain[1] if plain and name.org and not text.startswith(("/", "./", "~")) else None


def _unreachable(error: UserError) -> Text:
    return Text("{text} The sizes come from the built-in catalog.", "{text}大小按内置目录计算。").format(
        text=error.text
    )


def _from_catalog(text: str, name: ModelName, catalog: Catalog, *notes: Text) -> RequestedModel:
    model = named_model(text, catalog)
    quant = parse_quant(model.quant) if model.quant else None
    chosen = _is_chosen(text, name, model, quant)
    own = (note for note in model.notes if chosen or note != QUANT_ASSUMED)  # nothing is assumed where it is chosen
    return RequestedModel(model, name, tuple(_quants(model, quant)), chosen=chosen, notes=(*own, *notes))


def _is_chosen(text: str, name: ModelName, model: Model, quant: Quant | None) -> bool:
    """Whether the quantization was told, or cannot be another: a tag of ollama's has one, and what is no GGUF file."""
    if name.quant or name.bpw:
        return True
    if name.bits or own_quant(text, model.shape) or _OLLAMA_TAG.fullmatch(text):
        return True
    return quant is None or quant.format != "GGUF"


def _quants(model: Model, quant: Quant | None) -> list[tuple[str, Model]]:
    """The model in every quantization that may be chosen in place of `quant`; just as it is where there is no other."""
    ladder = GPU_LADDERS.get(quant.format if quant else "")
    if ladder and quant:
        return [(f"{bits:g}bpw", model_in_quant(model.shape, f"{quant.format} {bits:g}bpw")) for bits in ladder]
    if not native_quant(model.shape) and (quant is None or quant.format == "GGUF"):
        return [(step, model_in_quant(model.shape, step)) for step in GGUF_LADDER]
    return [(model.quant, model)]


def _from_repository(repository: Repository, name: ModelName, catalog: Catalog, hub: HubLike) -> RequestedModel:
    kind = repository.kind
    if kind in {"lora", "diffusion", "embedding", "empty"}:
        raise _no_model(repository)
    notes = (_STALE,) if repository.stale else ()
    if kind != "gguf":
        return _from_folder(repository, name, catalog, hub, *notes)
    sets = {_quant_in(weights, catalog): weights for weights in gguf_sets(repository)}
    wanted = _wanted(sets, name)
    model = _read(repository, sets[wanted], wanted, hub)
    quants = tuple(
        (quant, model if quant == wanted else resized(model.shape, quant, weights.size))
        for quant, weights in sorted(sets.items(), key=lambda item: -item[1].size)
    )
    return RequestedModel(model, name, quants, bool(name.quant), repository, sets, notes=(*model.notes, *notes))


def _from_folder(
    repository: Repository, name: ModelName, catalog: Catalog, hub: HubLike, *notes: Text
) -> RequestedModel:
    """A repository of safetensors: quantized for the GPU as it is, or the original, which is then had as GGUF too."""
    title = repository.id.rsplit("/", 1)[-1]
    if catalog.find(name.base or title) is not None:
        return replace(_from_catalog(title, name, catalog, *notes), repository=repository)
    config = hub.json_file(repository, "config.json")
    shape, quant = config_shape(config, title), safetensors.quantization(config)
    if quant:
        weights = safetensors_set(repository)
        model = resized(shape, quant, weights.size if weights else 0)
        return RequestedModel(model, name, ((quant, model),), True, repository, notes=(*model.notes, *notes))
    ladder = tuple((step, model_in_quant(shape, step)) for step in GGUF_LADDER)
    usual = dict(ladder)[USUAL_QUANT]
    return RequestedModel(usual, name, ladder, False, repository, notes=(*usual.notes, *notes))


_STALE = Text(
    "Hugging Face did not answer; this is what its page said some time ago.",
    "Hugging Face 没有回应，这里用的是之前查到的内容。",
)


def _quant_in(weights: WeightSet, catalog: Catalog) -> str:
    """The quantization that a file's name tells; the name itself where it tells none."""
    stem = weights.name.rsplit("/", 1)[-1]
    return parse_name(f"{stem}.gguf", catalog.called).quant or stem


def _wanted(sets: Mapping[str, WeightSet], name: ModelName) -> str:
    """The quantization asked for, else the usual one, else the one nearest to it in size."""
    for quant in (name.quant, USUAL_QUANT):
        if quant is not None and quant in sets:
            return quant
    ordered = sorted(sets, key=lambda quant: sets[quant].size)
    return ordered[len(ordered) // 2]


def _read(repository: Repository, weights: WeightSet, quant: str, hub: HubLike) -> Model:
    """The model in a set of GGUF files, from the header of the first; tensors of further parts by the quantization."""
    header = hub.gguf_header(repository, weights.first)
    if len(weights.files) == 1:
        return replace(gguf.model([header], weights.size), quant=quant)
    return resized(gguf.shape(header), quant, weights.size)


def resized(shape: ModelShape, quant: str, size: int) -> Model:
    """The model in a quantization, its tensors stretched to the size that its files really have."""
    try:
        model = model_in_quant(shape, quant)
    except UserError:
        model = model_in_quant(shape, USUAL_QUANT)
    total = sum(tensor_bytes(tensor) for tensor in model.tensors)
    if not size or not total:
        return model
    share = size / total
    tensors = tuple(tensor._replace(bytes=round(tensor_bytes(tensor) * share)) for tensor in model.tensors)
    return replace(model, tensors=tensors, quant=quant, file_bytes=size, exact=False, spread=0.01, notes=())


def _no_model(repository: Repository) -> UserError:
    if repository.kind == "lora":
        base = f" ({repository.base_models[0]})" if repository.base_models else ""
        return UserError(
            "{id} is a LoRA, an add-on without a model. Ask for its base model{base}.",
            "{id} 是 LoRA，只是补丁，不是完整模型。请查它的原模型{base}。",
        ).format(id=repository.id, base=base)
    if repository.kind == "diffusion":
        return UserError(
            "{id} makes pictures or videos; I only know language models. ComfyUI runs it.",
            "{id} 是画图或视频模型，我只懂语言模型。它要用 ComfyUI 之类来跑。",
        ).format(id=repository.id)
    if repository.kind == "embedding":
        return UserError(
            "{id} is an embedding model: it is small and answers no questions.",
            "{id} 是向量（embedding）模型，很小，也不会聊天。",
        ).format(id=repository.id)
    return UserError(
        "{id} holds no model weights. Look for a repository with .gguf or .safetensors files.",
        "{id} 里没有模型权重。请找带 .gguf 或 .safetensors 文件的仓库。",
    ).format(id=repository.id)
