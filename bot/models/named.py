"""A model from its name alone: the catalog's shape, and the types that the quantization's name stands for."""

from dataclasses import replace
from functools import lru_cache

from bot.base.errors import UserError
from bot.base.languages import Text
from bot.models.catalog import Catalog, model_shape
from bot.models.names import ModelName, parse_name
from bot.models.quantization import (
    file_bytes,
    parse_quant,
    quantized,
    tensor_bytes,
)
from bot.models.shape import Model, ModelShape, Tensor
from bot.models.tensors import tensors

USUAL_QUANT = "Q4_K_M"
QUANT_ASSUMED = Text(
    f"No quantization was named; {USUAL_QUANT} is assumed.", f"没有写量化格式，按 {USUAL_QUANT} 估算。"
)


def named_model(text: str, catalog: Catalog) -> Model:
    """The model that a name such as "Qwen2.5-32B-Instruct-Q5_K_M" means, without any file.

    Raises:
        UserError: no language model of that name is known; says which ones look alike.
    """
    name = parse_name(text)
    found = catalog.find(name.base or text)
    if found is None or name.kind not in (None, "llm"):
        raise _unknown(text, name, catalog)
    shape = model_shape(found.model)
    quant = _quant_of(name)
    model = model_in_quant(shape, quant or USUAL_QUANT)
    notes = list(model.notes)
    if quant is None:
        notes.append(QUANT_ASSUMED)
    if found.how in ("derived", "variant") and found.known.name != name.base:
        notes.append(
            Text(
                f"{name.base or text} is taken to have the shape of {found.known.name}.",
                f"按 {found.known.name} 的结构估算 {name.base or text}。",
            )
        )
    return replace(model, notes=tuple(notes))


@lru_cache(maxsize=128)
def model_in_quant(shape: ModelShape, quant: str, bits: float = 0.0) -> Model:
    """The model of that shape in a quantization ("Q4_K_M", "EXL2 4.65bpw", "AWQ" ...).

    Remembered: a ladder of quantizations has thousands of tensors, and people ask for the same few models.

    Raises:
        UserError: nobody knows such a quantization, or the architecture's tensors.
    """
    try:
        sizes = file_bytes(shape, quant, bits)
        parsed = parse_quant(quant, bits)
        gguf = parsed is not None and parsed.format == "GGUF"
        chosen = quantized(shape, quant) if gguf else _scaled(tensors(shape), sizes.likely)
    except LookupError as error:
        raise UserError(
            f"The size of {shape.name or shape.architecture} in “{quant}” cannot be worked out from its name. "
            "Give the file itself.",
            f"无法只凭名字算出 {shape.name or shape.architecture} 的“{quant}”大小，请给出文件。",
        ) from error
    spread = max(sizes.high - sizes.likely, sizes.likely - sizes.low) / max(1, sizes.likely)
    notes: tuple[Text, ...] = ()
    if not sizes.exact and spread > 0.001:
        notes = (
            Text(
                f"The sizes of {quant} files differ by up to {spread:.0%}; with the file itself this becomes exact.",
                f"{quant} 文件的大小最多相差 {spread:.0%}；给出文件本身就能精确计算。",
            ),
        )
    return Model(shape, chosen, quant=quant, file_bytes=sizes.likely, exact=sizes.exact, spread=spread, notes=notes)


def _quant_of(name: ModelName) -> str | None:
    if name.bpw and (not name.quant or name.quant.upper().startswith("EXL")):
        return f"{name.format or name.quant or 'EXL2'} {name.bpw}bpw"
    if name.quant and parse_quant(name.quant, name.bpw or 0.0):
        return name.quant
    if name.format and name.format != "GGUF" and parse_quant(name.format):
        return name.format
    return None


def _scaled(all_tensors: tuple[Tensor, ...], total: int) -> tuple[Tensor, ...]:
    """The tensors in 16 bits, shrunk evenly so that they add up to `total` bytes."""
    full = sum(tensor_bytes(tensor, "F16") for tensor in all_tensors)
    share = total / max(1, full)
    return tuple(
        replace(tensor, kind="F16", bytes=max(1, round(tensor_bytes(tensor, "F16") * share))) for tensor in all_tensors
    )


def _unknown(text: str, name: ModelName, catalog: Catalog) -> UserError:
    shown = text if len(text) <= 80 else text[:77] + "..."
    if name.kind not in (None, "llm"):
        return UserError(
            f"“{shown}” is no language model ({name.kind}); memory is estimated for language models only.",
            f"“{shown}”不是语言模型（{name.kind}），这里只估算语言模型。",
        )
    near = [match.known.name for match in catalog.nearest(name.base or text)]
    hint_en = f" Did you mean {', '.join(near)}?" if near else " Give its GGUF file or its Hugging Face name."
    hint_zh = f"你是不是指 {'、'.join(near)}？" if near else "请给出它的 GGUF 文件或 Hugging Face 名字。"
    return UserError(f"No model named “{shown}” is known.{hint_en}", f"不认识名为“{shown}”的模型。{hint_zh}")
