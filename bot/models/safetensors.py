"""A model as Hugging Face keeps it: the headers of its safetensors files to tensors, with the shape of its config.json.

Formats: https://huggingface.co/docs/safetensors (8 bytes little-endian length, then JSON), `quantization_config` of
GPTQ, AWQ, FP8, bitsandbytes, compressed-tensors, EXL2 and EXL3.
Everything here works on bytes and dictionaries already read.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from bot.base.errors import UserError
from bot.base.languages import Text
from bot.models.config import damaged
from bot.models.config import shape as config_shape
from bot.models.shape import Model, Tensor

LARGEST_HEADER: Final = 64 << 20

_WIDTHS: Final[Mapping[str, int]] = {
    "F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2,
    "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1, "I8": 1, "U8": 1, "BOOL": 1,
}  # fmt: skip


def parse_header(data: bytes) -> Mapping[str, Any]:
    """The JSON header at the start of a safetensors file.

    Raises:
        UserError: the bytes end inside the header, or are none.
    """
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or not 2 <= length <= LARGEST_HEADER or data[8:9] != b"{":
        raise UserError("This is not a safetensors file.", "这不是 safetensors 文件。")
    if len(data) < 8 + length:
        raise UserError(
            "This safetensors file ends inside its header: at least {least:,} bytes are needed.",
            "这个 safetensors 文件在文件头内就断了：至少需要 {least:,} 字节。",
        ).format(least=8 + length)
    try:
        return msgspec.json.decode(data[8 : 8 + length], type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserError(
            "The header of this safetensors file is damaged. Download it again.",
            "这个 safetensors 文件头已损坏，请重新下载。",
        ) from error


def tensors(headers: Iterable[Mapping[str, Any]]) -> tuple[Tensor, ...]:
    """All tensors of all files, with the bytes that they take; `kind` is the stored dtype.

    Raises:
        UserError: impossible sizes.
    """
    found = []
    for header in headers:
        for name, entry in header.items():
            if name == "__metadata__" or not isinstance(entry, Mapping):
                continue
            found.append(_tensor(str(name), entry))
    return tuple(found)


def _length(offsets: object) -> int | None:
    """Bytes between two offsets; None where they are not told."""
    if isinstance(offsets, list) and len(offsets) == 2 and all(isinstance(at, int) for at in offsets):
        return int(offsets[1] - offsets[0])
    return None


def _tensor(name: str, entry: Mapping[str, Any]) -> Tensor:
    dims, kind = entry.get("shape"), str(entry.get("dtype"))
    if not isinstance(dims, list) or not all(isinstance(dim, int) and 0 <= dim < 1 << 40 for dim in dims):
        raise damaged(name)
    tensor = Tensor(name, tuple(reversed(dims)) or (1,), kind)
    size = _length(entry.get("data_offsets"))
    if size is None:
        size = tensor.elements * _WIDTHS.get(kind, 2)
    if not 0 <= size < 1 << 48:
        raise damaged(name)
    return Tensor(name, tensor.dims, kind, size)


def quantization(config: Mapping[str, Any]) -> str:
    """What `quantization_config` says, in short: "GPTQ 4bit g128", "AWQ 4bit g128", "FP8", "EXL3 4bpw" ...; else "".

    A config without one is unquantized; its dtype then stands in the tensors.
    """
    found = config.get("quantization_config")
    if not isinstance(found, Mapping):
        return ""
    method = str(found.get("quant_method") or found.get("quantization") or "").lower()
    describe = _DESCRIBED.get(method)
    return describe(method.upper(), found) if describe else method.upper()


def _exl(name: str, found: Mapping[str, Any]) -> str:
    bits = found.get("bits") or found.get("w_bit")
    return f"{name} {bits:g}bpw" if isinstance(bits, int | float) else name


def _bits_and_bytes(_name: str, found: Mapping[str, Any]) -> str:
    return "bnb-4bit" if found.get("load_in_4bit") else "bnb-8bit"


def _grouped(name: str, found: Mapping[str, Any]) -> str:
    bits = found.get("bits") or found.get("w_bit") or 4
    group = found.get("group_size") or found.get("q_group_size")
    return f"{name} {bits}bit" + (f" g{group}" if isinstance(group, int) and group > 0 else "")


def _compressed(_name: str, found: Mapping[str, Any]) -> str:
    """The scheme of a compressed-tensors checkpoint from its first group: W4A16, FP8, W8A8 ..."""
    groups = found.get("config_groups")
    first: Any = next(iter(groups.values()), {}) if isinstance(groups, Mapping) else {}
    weights = first.get("weights") if isinstance(first, Mapping) else None
    if not isinstance(weights, Mapping):
        return "compressed-tensors"
    bits = weights.get("num_bits", 8)
    if weights.get("type") == "float":
        return "NVFP4" if bits == 4 else "FP8"
    return f"W{bits}A8" if first.get("input_activations") else f"W{bits}A16"


_DESCRIBED: Mapping[str, Callable[[str, Mapping[str, Any]], str]] = {
    "exl2": _exl,
    "exl3": _exl,
    "bitsandbytes": _bits_and_bytes,
    "compressed-tensors": _compressed,
    "compressed_tensors": _compressed,
    "gptq": _grouped,
    "awq": _grouped,
}


def model(
    config: Mapping[str, Any], headers: Sequence[Mapping[str, Any]], file_bytes: int = 0, name: str = ""
) -> Model:
    """The model of a config.json and the headers of all its safetensors files.

    Raises:
        UserError: see `bot.models.config.shape` and `tensors`.
    """
    all_tensors = tensors(headers)
    stored = sum(tensor.bytes for tensor in all_tensors)
    found = config_shape(config, name)
    quant = quantization(config) or _plain_dtype(all_tensors)
    notes = () if all_tensors else (_NO_TENSORS,)
    return Model(
        shape=found,
        tensors=all_tensors,
        quant=quant,
        file_bytes=max(file_bytes, stored),
        files=len(headers),
        notes=notes,
    )


_NO_TENSORS: Final = Text("No weight file was given; only the cache is counted.", "没有权重文件，只统计了缓存。")


def _plain_dtype(all_tensors: Sequence[Tensor]) -> str:
    """The dtype that most bytes are stored in: "BF16", "F16" ..."""
    sizes: dict[str, int] = {}
    for tensor in all_tensors:
        sizes[tensor.kind or ""] = sizes.get(tensor.kind or "", 0) + tensor.bytes
    return max(sizes, key=lambda kind: sizes[kind]) if sizes else ""
