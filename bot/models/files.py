"""Model files on disk: opens them, reads no more than the header, and finds the other parts of a split file."""

import re
from pathlib import Path
from typing import Any

import msgspec

from bot.base.errors import UserError, said_of
from bot.models import gguf, safetensors
from bot.models.shape import Model

_FIRST_READ = 16 << 20  # most headers are smaller: one read
_PART = re.compile(r"(?P<stem>.{0,250})-(?P<part>\d{5})-of-(?P<parts>\d{5})\.gguf$", re.IGNORECASE)


def read_gguf(path: Path) -> Model:
    """The model in a GGUF file, together with those parts of a split file that lie beside it.

    Raises:
        UserError: no such file, or not a GGUF header that can be used.
    """
    paths = _parts(path)
    headers = [read_gguf_header(each) for each in paths]
    return gguf.model(headers, sum(each.stat().st_size for each in paths))


def read_gguf_header(path: Path) -> gguf.Header:
    """The header of one file. Reads as many bytes as the header has, at most 128 MiB.

    Raises:
        UserError: no such file, or not a GGUF header that can be used.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_FIRST_READ)
            while True:
                try:
                    return gguf.parse(data)
                except gguf.TruncatedError as error:
                    most = gguf.LARGEST_HEADER - len(data)
                    more = file.read(min(most, max(error.needed - len(data), len(data))))
                    if not more:
                        raise
                    data += more
    except OSError as error:
        raise UserError(
            "{name} cannot be read: {strerror}. Check the path.",
            "无法读取 {name}：{strerror}。请检查路径。",
        ).format(name=path.name, strerror=said_of(error)) from error


def _parts(path: Path) -> list[Path]:
    """The file itself, or all present parts of the split file that it belongs to, in order."""
    found = _PART.match(path.name)
    if not found:
        return [path]
    parts = min(int(found["parts"]), 9999)
    named = [path.with_name(f"{found['stem']}-{part:05}-of-{found['parts']}.gguf") for part in range(1, parts + 1)]
    return [each for each in named if each.exists()] or [path]


def read_model(path: Path) -> Model:
    """The model in a GGUF file, or in a folder as Hugging Face keeps it.

    Raises:
        UserError: nothing there that can be read.
    """
    if path.is_dir():
        ggufs = sorted(path.glob("*.gguf"))
        language_models = [each for each in ggufs if "mmproj" not in each.name.lower()]
        if len(language_models) == 1 or _one_split_file(language_models):
            return read_gguf(language_models[0])
        if language_models:
            raise UserError(
                "There are {count} GGUF files in {name}; name one of them.",
                "{name} 里有 {count} 个 GGUF 文件，请指定其中一个。",
            ).format(count=len(language_models), name=path.name)
        if (path / "config.json").is_file():
            return read_safetensors(path)
        raise UserError("There is no model in the folder {name}.", "文件夹 {name} 里没有模型。").format(name=path.name)
    if path.suffix == ".safetensors":
        return read_safetensors(path.parent)
    return read_gguf(path)


def read_safetensors(folder: Path) -> Model:
    """The model of a folder with config.json and safetensors files; only their headers are read.

    Raises:
        UserError: no config.json, or files that cannot be read.
    """
    try:
        config = msgspec.json.decode((folder / "config.json").read_bytes(), type=dict[str, Any])
        files = sorted(folder.glob("*.safetensors"))
        headers = [safetensors.parse_header(_beginning(file)) for file in files]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserError("config.json is not valid JSON.", "config.json 不是有效的 JSON。") from error
    except OSError as error:
        raise UserError(
            "{name} cannot be read: {strerror}. It needs a config.json beside the weights.",
            "无法读取 {name}：{strerror}。权重旁边需要有 config.json。",
        ).format(name=folder.name, strerror=said_of(error)) from error
    return safetensors.model(config, headers, sum(file.stat().st_size for file in files), folder.name)


def _beginning(path: Path) -> bytes:
    """As much of a safetensors file as its header has."""
    with path.open("rb") as file:
        length = file.read(8)
        return length + file.read(min(int.from_bytes(length, "little"), safetensors.LARGEST_HEADER))


def _one_split_file(paths: list[Path]) -> bool:
    stems = {found["stem"] if (found := _PART.match(each.name)) else each.name for each in paths}
    return len(paths) > 1 and len(stems) == 1
