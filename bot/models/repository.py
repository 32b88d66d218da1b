"""What a model repository holds, from the list of its files alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

RepositoryKind = Literal["gguf", "safetensors", "pytorch", "lora", "diffusion", "embedding", "empty"]

_PART = re.compile(r"[-.](?P<part>\d{5})-of-(?P<parts>\d{5})(?=\.\w+$)", re.IGNORECASE)
_PROJECTOR = re.compile(r"(?:^|/|[-_.])mmproj", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RepositoryFile:
    """A file's path in its repository and its size in bytes (0 where the hub does not say)."""

    path: str
    size: int

    @property
    def stem(self) -> str:
        """The path without a split file's part number and without its suffix."""
        return _PART.sub("", self.path).rsplit(".", 1)[0]


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository at one commit. `stale`: taken from the cache because the hub did not answer."""

    id: str
    commit: str
    files: tuple[RepositoryFile, ...]
    gated: bool = False
    pipeline: str | None = None  # the hub's "pipeline_tag"
    library: str | None = None
    base_models: tuple[str, ...] = ()
    stale: bool = False
    parameters: int = 0  # of its safetensors, 0 where the hub does not say
    created: str = ""  # day, 2026-11-28
    downloads: int = 0  # of the last month
    likes: int = 0

    def has(self, path: str) -> bool:
        """Whether it holds a file of this path."""
        return any(file.path == path for file in self.files)

    @property
    def kind(self) -> RepositoryKind:
        """What the files are, the surest sign first."""
        if self.has("model_index.json") or (self.pipeline or "").startswith(("text-to-image", "image-to-")):
            return "diffusion"
        if self._holds(".gguf"):
            return "gguf"
        if self.has("adapter_config.json"):
            return "lora"
        if self.pipeline in {"feature-extraction", "sentence-similarity"}:
            return "embedding"
        return next((kind for suffix, kind in _WEIGHTS if self._holds(suffix)), "empty")

    def _holds(self, suffix: str) -> bool:
        return any(file.path.lower().endswith(suffix) for file in self.files)


_WEIGHTS: tuple[tuple[str, RepositoryKind], ...] = (
    (".safetensors", "safetensors"),
    (".bin", "pytorch"),
    (".pth", "pytorch"),
    (".pt", "pytorch"),
)


@dataclass(frozen=True, slots=True)
class WeightSet:
    """Files that make up one model: a single GGUF, all parts of a split one, or all safetensors of a folder."""

    name: str
    files: tuple[RepositoryFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def first(self) -> RepositoryFile:
        """The file a loader is pointed at."""
        return self.files[0]


def gguf_sets(repository: Repository) -> tuple[WeightSet, ...]:
    """Every GGUF model of a repository, parts together, smallest first; vision projectors left out."""
    models = [f for f in repository.files if f.path.lower().endswith(".gguf") and not _PROJECTOR.search(f.path)]
    return tuple(sorted(_grouped(models), key=lambda weights: (weights.size, weights.name)))


def projector(repository: Repository) -> RepositoryFile | None:
    """The vision projector that goes with a GGUF model, the f16 one where there are several."""
    found = [file for file in repository.files if _PROJECTOR.search(file.path) and file.path.lower().endswith(".gguf")]
    return min(found, key=lambda file: ("f16" not in file.path.lower(), file.size), default=None)


def safetensors_set(repository: Repository) -> WeightSet | None:
    """The safetensors at the top of the repository; a consolidated copy beside split files is not counted twice."""
    files = [file for file in repository.files if file.path.endswith(".safetensors") and "/" not in file.path]
    split = [file for file in files if not file.path.startswith("consolidated")]
    chosen = tuple(sorted(split or files, key=lambda file: file.path))
    return WeightSet(repository.id, chosen) if chosen else None


def _grouped(files: Iterable[RepositoryFile]) -> Iterable[WeightSet]:
    groups: dict[str, list[RepositoryFile]] = {}
    for file in files:
        groups.setdefault(file.stem, []).append(file)
    return (WeightSet(stem, tuple(sorted(group, key=lambda file: file.path))) for stem, group in groups.items())
