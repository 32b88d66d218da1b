"""A model from its name alone: the catalog's shape, and the types that the quantization's name stands for."""

from dataclasses import dataclass, replace
from functools import lru_cache

from bot.base.errors import UserError
from bot.base.languages import COMMA, Text, joined
from bot.models.catalog import Catalog, Match, model_shape
from bot.models.dynamic import native_quant
from bot.models.name_tokens import size_of, tokens_of
from bot.models.names import ModelName, parse_name
from bot.models.outline import CACHE_SPREAD, SIZE_SPREAD
from bot.models.quantization import (
    file_bytes,
    known_file,
    parse_quant,
    quantized,
    tensor_bytes,
)
from bot.models.shape import Model, ModelShape, Tensor
from bot.models.tensors import parameters, tensors
from bot.models.unknown import UnknownModelError

USUAL_QUANT = "Q4_K_M"
QUANT_ASSUMED = Text("No quantization was named; {quant} is assumed.", "没有写量化格式，按 {quant} 估算。").format(
    quant=USUAL_QUANT
)


@dataclass(frozen=True, slots=True)
class Identified:
    """What a text names: the model of the catalog that has its shape, and the name under which it goes itself."""

    name: ModelName
    title: str
    match: Match

    @property
    def notes(self) -> tuple[Text, ...]:
        """What was taken for granted."""
        notes = []
        if self.match.how != "exact":
            notes.append(
                Text("{title} is taken to have the shape of {name}.", "按 {name} 的结构估算 {title}。").format(
                    title=self.title, name=self.match.known.name
                )
            )
        others = self.name.also[:3] if not self.name.is_sure and self.name.known else ()
        if others or self._is_told_in_part:
            notes.append(_taken_for(self.title, others))
        return tuple(notes)

    @property
    def _is_told_in_part(self) -> bool:
        """Whether the name's version was left to guess: "qwen 14b"."""
        told = {token.text for token in tokens_of((self.name.told or self.title).lower())}
        own = tokens_of(self.title.lower())
        return any(token.text not in told and len(token.text) != 4 for token in own if token.kind in _TOLD)


_TOLD = frozenset({"number", "coded", "lettered", "size", "experts"})


def _taken_for(title: str, others: tuple[str, ...]) -> Text:
    if not others:
        return Text(
            "Taken for {title}; tell the version if you mean another one.", "按 {title} 计算；如果是别的版本请写明。"
        ).format(title=title)
    return Text(
        "Taken for {title}; it may also be {others}, of the same size.",
        "按 {title} 计算；也可能是同样大小的 {others}。",
    ).format(title=title, others=Text(", ".join(others), "、".join(others)))


def identified(text: str, catalog: Catalog) -> Identified:
    """The one model that a name means. The rule of every command: nothing that was told is passed over.

    Raises:
        UnknownModelError: no language model of that name is known, or several of different sizes; says which are near.
    """
    name = parse_name(text, catalog.called)
    if name.kind not in (None, "llm"):
        raise _no_language_model(text, name)
    found = catalog.find(name.base or text)
    if found is None:
        raise _unknown(text, name, catalog)
    if not name.is_sure and (others := _of_other_sizes(name, found, catalog)):
        raise _which(text, others)
    title = found.known.name if found.how == "exact" else (name.base or text.strip())
    return Identified(name, title, found)


def _of_other_sizes(name: ModelName, found: Match, catalog: Catalog) -> tuple[str, ...]:
    """The models that an unsure name may mean, when they are not all of one size."""
    if not name.known:
        return ()
    matches = [found, *(match for other in name.also if (match := catalog.find(other)))]
    sizes = [match.model.parameters_b for match in matches]
    return tuple(dict.fromkeys(match.known.name for match in matches)) if max(sizes) > 1.05 * min(sizes) else ()


def named_model(text: str, catalog: Catalog) -> Model:
    """The model that a name such as "Qwen2.5-32B-Instruct-Q5_K_M" means, without any file.

    Raises:
        UnknownModelError: see `identified`. UserError: its size in that quantization cannot be worked out.
    """
    found = identified(text, catalog)
    shape = _told_layers(text, replace(model_shape(found.match.model), name=found.title))
    told = {token.text for token in tokens_of(text.lower())}
    served = "MLX" if ":" in text and "mlx" in told else None  # a tag of ollama's for Apple's chips
    quant = _quant_of(found.name) or served or own_quant(text, shape) or _of_library(text, catalog)
    model = model_in_quant(shape, quant or USUAL_QUANT)
    assumed = () if quant else (QUANT_ASSUMED,)
    drafts = "mtp" in told or served is not None  # many of those tags bring the small model that drafts
    notes = (*model.notes, *assumed, *found.notes)
    return replace(model, notes=notes, maker=(found.name.org or "").lower(), drafts=drafts)


# Files of these come without the layer that drafts (MTP), and with it where the name says so (unsloth's "-MTP-GGUF").
_MAY_DRAFT = frozenset({"qwen35", "qwen35moe"})


def _told_layers(text: str, shape: ModelShape) -> ModelShape:
    """With the next-token layer that the name tells of."""
    drafts = shape.architecture in _MAY_DRAFT and "mtp" in (token.text for token in tokens_of(text.lower()))
    return replace(shape, next_token_layers=1) if drafts and shape.source != "outline" else shape


def own_quant(text: str, shape: ModelShape) -> str | None:
    """The quantization that a model is made for: published in it, or trained for it (Gemma's "-qat": Q4_0)."""
    trained = any(token.text == "qat" for token in tokens_of(text.lower()))
    return native_quant(shape) or ("Q4_0" if trained else None)


def _of_library(text: str, catalog: Catalog) -> str | None:
    """The quantization of a tag of ollama's library, where it is none of the usual ones."""
    stem, colon, _ = tag = text.strip().lower().removeprefix("library/").removesuffix(":latest").partition(":")
    if not colon and not text.strip().lower().endswith(":latest"):
        return None
    library = catalog.called.library
    return library.get("".join(tag)) or library.get(stem)


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
        if parsed is not None and known_file(shape, parsed):
            chosen = _stretched(chosen, sizes.likely)
    except LookupError as error:
        raise UserError(
            "The size of {name} in “{quant}” cannot be worked out from its name. Give the file itself.",
            "无法只凭名字算出 {name} 的“{quant}”大小，请给出文件。",
        ).format(name=shape.name or shape.architecture, quant=quant) from error
    spread = max(sizes.high - sizes.likely, sizes.likely - sizes.low) / max(1, sizes.likely)
    if shape.source == "outline":
        return _outlined(shape, chosen, quant, spread)
    notes: tuple[Text, ...] = ()
    if not sizes.exact and spread > 0.005:
        notes = (
            Text(
                "The sizes of {quant} files differ by up to {spread:.0%}; with the file itself this becomes exact.",
                "{quant} 文件的大小最多相差 {spread:.0%}；给出文件本身就能精确计算。",
            ).format(quant=quant, spread=spread),
        )
    size = sizes.likely + (vocabulary_bytes(shape) if gguf else 0)
    return Model(shape, chosen, quant=quant, file_bytes=size, exact=sizes.exact, spread=spread, notes=notes)


def as_published(shape: ModelShape) -> Model:
    """The original weights, as engines load them that are given no quantized copy."""
    return model_in_quant(shape, shape.published or "BF16")


def vocabulary_bytes(shape: ModelShape) -> int:
    """What a GGUF file holds beside its tensors: the words, and the pairs that make them up where it has such.

    Measured on published files: 25 bytes a word without pairs (Gemma, vocabularies of up to 64k), 50 with.
    """
    plain = shape.architecture.startswith("gemma") or shape.vocabulary <= 1 << 16
    return shape.vocabulary * (25 if plain else 50)


def _outlined(shape: ModelShape, chosen: tuple[Tensor, ...], quant: str, spread: float) -> Model:
    """A model of which only the number of parameters is known: a stand-in's tensors, stretched to as many."""
    size = sum(tensor_bytes(tensor) for tensor in chosen)
    wanted = size * shape.parameters / max(1, parameters(shape))
    if shape.native_bits:
        wanted = min(wanted, shape.parameters * shape.native_bits / 8)
    scaled = _stretched(chosen, wanted)
    size = sum(tensor.bytes for tensor in scaled)
    return Model(
        shape, scaled, quant=quant, file_bytes=size, exact=False, spread=spread + SIZE_SPREAD,
        cache_spread=CACHE_SPREAD, notes=(_rough(shape.name),),
    )  # fmt: skip


def _stretched(chosen: tuple[Tensor, ...], wanted: float) -> tuple[Tensor, ...]:
    """Tensors that take so many bytes in all, each its share."""
    share = wanted / max(1, sum(tensor_bytes(tensor) for tensor in chosen))
    return tuple(tensor._replace(bytes=max(1, round(tensor_bytes(tensor) * share))) for tensor in chosen)


def _rough(name: str) -> Text:
    return Text(
        "Only the size of {name} is known, not its inner shape: the figures are rough, "
        "and its context may take far less. With the file or the Hugging Face repository they become exact.",
        "只知道 {name} 的参数量，不知道内部结构：数字是粗略的，上下文占用可能小得多。"
        "给出文件或 Hugging Face 仓库就能精确计算。",
    ).format(name=name)


def _quant_of(name: ModelName) -> str | None:
    """The quantization that a name tells, as `parse_quant` reads it; None where it tells none."""
    quant, format_ = name.quant or "", name.format or ""
    if name.bpw and quant[:3].upper() in {"", "EXL"}:
        return f"{format_ or quant or 'EXL2'} {name.bpw}bpw"
    return quant if quant and parse_quant(quant, name.bpw or 0.0) else _told_format(format_)


def _told_format(format_: str) -> str | None:
    """The format where it is a quantization too, as AWQ is and GGUF is not."""
    return format_ if format_ not in {"", "GGUF"} and parse_quant(format_) is not None else None


def _scaled(all_tensors: tuple[Tensor, ...], total: int) -> tuple[Tensor, ...]:
    """The tensors in 16 bits, shrunk evenly so that they add up to `total` bytes."""
    full = sum(tensor_bytes(tensor, "F16") for tensor in all_tensors)
    share = total / max(1, full)
    return tuple(
        tensor._replace(kind="F16", bytes=max(1, round(tensor_bytes(tensor, "F16") * share))) for tensor in all_tensors
    )


def _shown(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."


def _no_language_model(text: str, name: ModelName) -> UnknownModelError:
    if name.kind == "closed":
        return UnknownModelError(
            "Only its maker runs “{text}”: there are no weights to download, so no computer of yours can.",
            "“{text}”只有厂商自己能跑，没有权重可下载，自己的电脑跑不了。",
            "no-language-model",
            (),
        ).format(text=_shown(text))
    if name.kind == "embedding":
        return _embedding(text)
    return UnknownModelError(
        "“{text}” is no language model ({kind}); memory is estimated for language models only.",
        "“{text}”不是语言模型（{kind}），这里只估算语言模型。",
        "no-language-model",
        (),
    ).format(text=_shown(text), kind=name.kind)


_USUAL_EMBEDDING = 0.57  # billions of parameters: bge-m3 and its like


def _embedding(text: str) -> UnknownModelError:
    """A model that turns texts into vectors: it has no cache to speak of, so it takes its file and a little more."""
    most = 2 * (size_of(tokens_of(text.lower())) or _USUAL_EMBEDDING) + 0.3
    return UnknownModelError(
        "“{text}” is no language model but an embedding model. Beside one it takes about {most:.1f} "
        "GB in 16 bits, less than half of that in Q4. Ask for your chat model and tell the rest as "
        "held: --held {most:.1f}GB.",
        "“{text}”不是聊天模型，是向量（embedding）模型。和聊天模型一起开，16 位大约再占 {most:.1f} GB，Q4 不到一半。"
        "请查聊天模型，并把这部分算作已占用："
        "--held {most:.1f}GB。",
        "no-language-model",
        (),
    ).format(text=_shown(text), most=most)


_NEAREST = Text(" The nearest I know: {names}.", "我知道的里面最接近的是：{names}。")


def _unknown(text: str, name: ModelName, catalog: Catalog) -> UnknownModelError:
    if name.base is None and (alike := catalog.of_size(size_of(tokens_of(text.lower())) or 0.0)):
        return _which(text, alike)
    if fuller := () if name.base and name.is_sure else catalog.containing(text):
        return _which(text, fuller)
    near = nearest_names(text, name, catalog)
    hint = _NEAREST.format(names=joined(near, COMMA)) if near else Text("", "")
    return UnknownModelError(
        "I do not know a model named “{text}”, so I give no figures.{hint} With its Hugging Face "
        "repository (owner/name) or its GGUF file I can work it out.",
        "我不认识“{text}”这个模型，就不乱报数字了。{hint}"
        "给我它的 Hugging Face 仓库（作者/名字）或 GGUF 文件，就能算出来。",
        "unknown-model",
        near,
    ).format(text=_shown(text), hint=hint)


def nearest_names(text: str, name: ModelName, catalog: Catalog, limit: int = 3) -> tuple[str, ...]:
    """Models to offer for a name that is not known: of its family first, then those that are spelt alike."""
    kin = (found.known.name for other in name.relatives if (found := catalog.find(other)) and found.how == "exact")
    alike = (match.known.name for match in catalog.nearest(name.base or text, limit))
    return tuple(dict.fromkeys((*kin, *alike)))[:limit]


def _which(text: str, names: tuple[str, ...]) -> UnknownModelError:
    if len(names) == 1:
        return UnknownModelError(
            "There is more to the name “{text}”. Do you mean {name}?",
            "“{text}”这个名字不完整，你指的是 {name} 吗？",
            "which-model",
            names,
        ).format(text=_shown(text), name=names[0])
    return UnknownModelError(
        "“{text}” may be any of several models. Which one: {names}?",
        "“{text}”可能是好几个模型。你指哪一个：{names}？",
        "which-model",
        names[:6],
    ).format(text=_shown(text), names=joined(names[:6], COMMA))
