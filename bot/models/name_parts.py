"""Taking a model's name apart (link, repository, ollama tag, path, file, part) before anybody knows the model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.base.late import late
from bot.models.quant_names import without_quant

_HOSTS = (
    r"(?:huggingface\.co|hf\.co|hf-mirror\.com|modelscope\.(?:cn|ai|com)|ollama\.com|registry\.ollama\.ai"
    r"|aifasthub\.com"
    r"|wisemodel\.cn|gitee\.com|ai\.gitee\.com|lmstudio\.ai)"
)
_LINK = late(rf"(?:https?:/+)?(?:www\.)?(?P<host>{_HOSTS})/(?P<path>[^\s<>\"'，。；）)\]`]+)", re.I)
_LINK_ROOT = late(r"^(?:models|library|model|api/models|spaces|datasets)/", re.I)
COMMAND = late(
    r"^(?:\$\s*)?(?:sudo\s+)?(?:ollama\s+(?:run|pull|show|create)|huggingface-cli\s+download|hf\s+download"
    r"|vllm\s+serve"
    r"|lms\s+(?:get|load)|modelscope\s+download(?:\s+--model)?|aphrodite\s+run|llama-(?:server|cli)\s+(?:-m|-hf))\s+",
    re.I,
)
_PART = late(r"[-_.](?P<part>\d{1,5})[-_]?of[-_]?(?P<parts>\d{1,5})(?!\d)", re.I)
_SPLIT = late(
    r"\.(?:gguf[-.])?(?:split-?|part)(?P<a>[a-z]|\d{1,2})(?:of(?P<n>\d+))?$|\.gguf-(?:split-"
    r"|part-)(?P<b>[a-z])(?:of(?P<m>\d+))?$",
    re.I,
)
_EXTENSION = late(r"\.(gguf|ggml|safetensors|bin|pt|pth|ckpt|onnx|llamafile|json|exl2|exl3)(?=$|-split|\.part)", re.I)
_CACHE = late(r"models--(?P<org>[^-\\/]+(?:-[^-\\/]+)*?)--(?P<name>[^\\/]+)")
_DRIVE = late(r"^(?:[A-Za-z]:[\\/]|~?[\\/]|\.{1,2}[\\/])")
_TAG = late(r"^(?P<name>[A-Za-z0-9][\w.\-]*(?:/[\w.\-]+){0,3}):(?P<tag>[\w.\-]+)$")
_REPO = late(r"^(?P<org>[A-Za-z0-9][\w.-]*)/(?P<name>[A-Za-z0-9][\w.-]+)$")

_SERVED = late(r"(?:^|-)(?:cloud|mlx|mtp)(?=-|$)", re.I)  # how ollama serves it, no part of the name

# Files and folders that say nothing about the model.
_GENERIC = late(
    r"^(?:(?:pytorch_|consolidated|tf_)?(?:model|adapter_model|output|weights?|checkpoint|consolidated|params"
    r"|ggml-model|main)"
    r"(?:[-_.].*)?|snapshots|blobs|[0-9a-f]{16,}|models?|llms?|gguf|ggml|main|master|resolve|tree|blob|files?"
    r"|summary|hub|cache|"
    r"huggingface|modelscope|user_data|text-generation-webui|lmstudio|\.cache|data|opt|mnt|home|root|workspace"
    r"|raid|ssd|tmp|.{1,2}|"
    r"refs|config|tokenizer|generation_config|index|program files|users|checkpoints?|ckpt|final|weights"
    r"|llama\.cpp|download(?:s)?|"
    r"autodl-tmp|ai|nvme\d*|disk\d*|srv|var|usr|share|models-dir|shared?|lora|sft|saves|output|adapter_config"
    r"|vocab|merges)$",
    re.I,
)
_SHARD = late(
    r"^(?:pytorch_|tf_|consolidated)?(?:model|consolidated|diffusion_pytorch_model)[-_.](?:\d{5}-of-\d{5}"
    r"|\d{2})$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class WrittenName:
    """The parts of a name before anybody knows what they mean."""

    stem: str  # the piece that holds the model's name
    extra: str = ""  # more text to read quantization from: tag, file
    org: str | None = None
    is_name: bool = False  # a real name (repository, file), not talk: trusted even if unknown
    is_tag: bool = False  # an ollama tag: complete it from the families
    part: int | None = None
    parts: int | None = None
    extension: str | None = None


def taken_apart(text: str) -> WrittenName:
    """A link, a path, a tag or a plain name as its parts."""
    if link := _LINK.search(text):
        return _from_link(link["host"].lower(), link["path"])
    if cache := _CACHE.search(text):
        file = re.split(r"[\\/]", text)[-1]
        return _with_file(WrittenName(cache["name"], org=cache["org"], is_name=True), file)
    if " " not in text.strip() or _DRIVE.match(text) or _EXTENSION.search(text):
        return _from_one_piece(text)
    return WrittenName(text)


def _from_one_piece(text: str) -> WrittenName:
    """A path, a tag, a repository or a file."""
    if _DRIVE.match(text) or len(re.split(r"[\\/]", text)) > 2 or "\\" in text:
        return _from_path(text)
    if tag := _TAG.match(text):
        return _from_tag(tag["name"], tag["tag"])
    if repo := _REPO.match(text):
        return _from_repo(repo["org"], repo["name"])
    if _EXTENSION.search(text) or _PART.search(text):
        return _with_file(WrittenName("", is_name=True), text)
    return WrittenName(text)


def _from_link(host: str, path: str) -> WrittenName:
    path = _LINK_ROOT.sub("", path.split("?")[0].split("#")[0].strip("/"))
    segments = [segment for segment in path.split("/") if segment]
    if "ollama" in host:
        return _from_library(segments)
    if len(segments) < 2:
        return WrittenName(path, is_name=True)
    org, name = segments[0], segments[1]
    if ":" in name:
        return _from_tag(f"{org}/{name.split(':')[0]}", name.split(":", 1)[1])
    written = _from_repo(org, name)
    file = segments[-1]
    if len(segments) > 2 and _EXTENSION.search(file):
        return _with_file(written, file)
    return replace(written, extra=" ".join(segments[4:]))


def _from_library(segments: Sequence[str]) -> WrittenName:
    """Ollama's library, whose own models have no owner in their names."""
    name, _, tag = "/".join([segment for segment in segments if segment != "library"][:2]).partition(":")
    return _from_tag(name, tag or "latest")


def _from_repo(org: str, name: str) -> WrittenName:
    return WrittenName(name, org=org, is_name=True)


def _from_tag(name: str, tag: str) -> WrittenName:
    name = re.sub(rf"^{_HOSTS}/", "", name, flags=re.I)
    org, _, short = name.rpartition("/")
    org = org.rpartition("/")[2]
    if tag.lower().endswith(".gguf"):
        return _with_file(WrittenName(short, org=org or None, is_name=True), tag)
    looks_like_repo = bool(org) and (re.search(r"gguf|exl[23]|awq|gptq", short, re.I) or short[:1].isupper())
    if looks_like_repo:
        return WrittenName(short, extra=tag, org=org, is_name=True)
    tag = _SERVED.sub("", tag)
    return WrittenName(short, extra="" if tag == "latest" else tag, org=org or None, is_tag=True)


def _from_path(text: str) -> WrittenName:
    segments = _segments(text)
    if not segments:
        return WrittenName(text)
    file = segments[-1]
    start = WrittenName("", is_name=True)
    if any(ending.search(file) for ending in (_EXTENSION, _PART, _SPLIT)):
        start = _with_file(start, file)
        org = _lmstudio_org(segments)
        if not says_nothing(start.stem):
            return replace(start, org=org)
        segments = segments[:-1]
    for segment in reversed(segments):
        if not says_nothing(without_quant(segment)[0]):
            return replace(start, stem=segment, extra=start.extra or file, org=_lmstudio_org(segments))
    return replace(start, stem="", extra=file)


def _segments(path: str) -> list[str]:
    """The folders and the file, without the drive."""
    return [segment for segment in re.split(r"[\\/]", path) if segment and not segment.endswith(":")]


def _lmstudio_org(segments: Sequence[str]) -> str | None:
    """.../models/<publisher>/<repository>/<file>: LM Studio's own layout."""
    if len(segments) >= 4 and any("lm" in s.lower() and "studio" in s.lower() for s in segments[:-3]):
        return segments[-3]
    return None


def _with_file(written: WrittenName, file: str) -> WrittenName:
    part: int | None = None
    parts: int | None = None
    if found := _PART.search(file):
        part, parts = int(found["part"]), int(found["parts"])
        file = file[: found.start()] + file[found.end() :]
    elif found := _SPLIT.search(file):
        letter, count = found["a"] or found["b"], found["n"] or found["m"]
        part = int(letter) if letter.isdigit() else ord(letter.lower()) - ord("a") + 1
        parts = int(count) if count else None
        file = file[: found.start()] + ".gguf"
    extension = _EXTENSION.search(file)
    stem = file[: extension.start()] if extension else file
    kind = extension[1].lower() if extension else None
    if written.stem:  # the repository names the model, the file adds quantization and part
        return replace(written, extra=stem, part=part, parts=parts, extension=kind)
    return replace(written, stem=stem, part=part, parts=parts, extension=kind)


def says_nothing(stem: str) -> bool:
    """Whether a file's name tells no model."""
    bare = stem.strip("-_. ")
    return (
        not bare
        or bool(_GENERIC.match(bare) or _SHARD.match(bare))
        or bool(re.fullmatch(r"\d+(?:\.\d+)?[bm]?", bare, re.I))
    )
