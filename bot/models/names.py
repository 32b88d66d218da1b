"""From what people type to a model: repository ids, links, ollama tags, file names, cache paths, Chinese, typos."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from bot.base.late import late
from bot.models.name_index import Guess, KnownModel, ModelNames
from bot.models.name_parts import COMMAND, WrittenName, says_nothing, taken_apart
from bot.models.name_tokens import KINDS, SOFT_WORDS, TELLING, Token, size_of, tokens_of
from bot.models.quant_names import QuantName, read_quant, without_quant

Kind = Literal["llm", "lora", "diffusion", "embedding", "closed"]

SURE = 0.75  # from this confidence on a name means one model; below, people are asked
_SURE_SHARE = 0.55  # below this share of understood words, talk names no model
_MAX_LENGTH = 2000  # longer input is no name; only its beginning is read

_MODELSCOPE_POINT = late(r"(?<=\d)___(?=\d)")  # how its cache folders write 2.5
_CJK = late(r"[\u3400-\u9fff]")
# "Qwen_Qwen3-8B": the publisher before the name, as those who quantize write it.
_PUBLISHER = late(r"(?P<org>[A-Za-z0-9][A-Za-z0-9.-]*)_(?=[A-Za-z0-9])")
_SPOKEN_PUBLISHER = late(r"(?P<org>[A-Za-z][A-Za-z0-9.-]*)\s+(?=[A-Za-z][^\s]*\d)")  # "unsloth qwen3 8b"
# What a file's name has before and behind the model's.
_DECORATION = late(r"^mmproj[-_](?:model[-_])?|[-_.](?:quantized|GGUF|HF-GGUF|text-only|ct|MTP)$", re.I)
_LORA = late(r"(?<![a-z])(?:q?lora|loras|adapter(?:_model|s)?|lycoris|peft|微调权重)(?![a-z])", re.I)
_EMBEDDING = late(
    r"(?<![a-z])(?:embeddings?|embed|embeddinggemma|rerank(?:er)?|bge|m3e|gte|e5|bce|all-minilm|minilm"
    r"|sentence-transformers?|"
    r"nomic-embed|mxbai|jina-(?:embeddings|reranker|clip|colbert)|arctic-embed|stella|conan-embedding|text2vec"
    r"|instructor-(?:xl|large)|"
    r"paraphrase|acge|zpoint|gritlm|colbert|splade)(?![a-z])|向量模型|嵌入模型|词嵌入|重排",
    re.I,
)
_DIFFUSION = late(
    r"(?<![a-z])(?:flux(?:\.?[12])?|stable[-_ ]?diffusion|sdxl|sd[-_ ]?(?:1\.?5|2\.?1|3(?:\.5)?|xl|turbo)"
    r"|pony(?:xl| ?diffusion)|illustrious|noobai|"
    r"animagine|juggernaut|dreamshaper|realistic[-_ ]?vision|chilloutmix|anything[-_ ]?v?[345]"
    r"|wan[-_ ]?2\.?[0-9]|wanvideo|hunyuan[-_ ]?(?:video|image|dit|3d)|"
    r"ltx[-_ ]?(?:video|2)|ltxv|qwen[-_ ]?image|z[-_ ]?image|kolors|cogvideo\w*|cogview\w*|hidream|chroma"
    r"|pixart|auraflow|omnigen\w*|playground-v2|"
    r"controlnet|ip-?adapter|civitai|liblib|checkpoint大模型|text[-_ ]?to[-_ ]?(?:image|video)|t2i|t2v|i2v|mochi"
    r"|svd|animatediff|kandinsky|"
    r"lumina|sana|majicmix|counterfeit|abyssorangemix|meinamix|revanimated|vae|unet)(?![a-z])|文生图|文生视频|画图模型|绘图模型|生图",
    re.I,
)
_SPEECH = late(
    r"(?<![a-z])(?:whisper|cosyvoice|gpt-?sovits|sovits|xtts|bark|kokoro|chattts|fish-?speech|funasr|sensevoice"
    r"|tts|asr|parakeet|rvc|vits|indextts|paraformer)(?![a-z])",
    re.I,
)

# What stands beside a model's name in a question and is no part of it: memory, cards, context, speed.
_HARDWARE = late(
    r"""(?:vram|显存|内存|ram|运存|ddr\d)\s{0,4}[:：]?\s{0,4}\d{1,9}(?:\.\d{1,9})?\s{0,4}(?:gib|gb|gigs?|g|t)?\b
    |\d{1,9}\s{0,4}[x*×]\s{0,4}\d{1,9}(?:\.\d{1,9})?\s{0,4}(?:gib|gb|g)(?![a-z])
    |\d{1,9}(?:\.\d{1,9})?\s{0,4}t\s{0,4}(?:硬盘|固态|ssd|hdd|nvme)
    |\d{1,9}(?:\.\d{1,9})?\s{0,4}(?:gib|gb|gigs?|tb|g|mb|mib)(?![a-z0-9])\s{0,4}(?:of\s{1,4})?(?:vram|显存|内存|ram|memory)?
    |\d{1,9}\s{0,4}(?:ram|vram)(?![a-z])
    |(?<![\d.a-z])(?:rtx|gtx|rx|tesla|quadro|arc|radeon|geforce)\s{0,4}-?[a-z]?\d{2,5}\s{0,4}(?:ti|xtx|xt|super|s|d){0,4}
    |(?<![\d.a-z-])(?:10[5-8]0|16[356]0|20[678]0|30[5-9]0|40[5-9]0|50[5-9]0|6[5-9][05]0|7[6-9][05]0|90[67]0)\s{0,4}(?:ti\s{0,4}s(?:uper)?|tis|ti|xtx|xt|super|s|d|m|gre)?(?![a-z0-9])
    |(?<![a-z0-9.])(?:[pvahlbm][1248]0{1,2}s?|a6000|a5000|a4000|a800|h800|h20|l20|l40s?|mi\d{2,3}x?|m[1-5]\s?(?:pro|max|ultra))(?![a-z0-9])
    |\d{1,9}\s{0,4}k?\s{0,4}(?:ctx|context|上下文|tokens?|tok/s|t/s)(?![a-z])
    |(?:ctx|context|上下文|tokens?)\s{0,4}[:：=]?\s{0,4}\d{1,9}\s{0,4}k?(?![a-z0-9.])
    |(?:双卡|单卡|两张|三张|四张|几张|\d\s{0,4}张|\d\s{0,4}卡)""",
    re.IGNORECASE | re.VERBOSE,
)
_VARIANTS = (
    "Coder",
    "Math",
    "VL",
    "Vision",
    "Audio",
    "Omni",
    "Base",
    "Instruct",
    "Chat",
    "it",
    "Thinking",
    "Reasoning",
    "Distill",
    "abliterated",
    "uncensored",
    "qat",
)


@dataclass(frozen=True, slots=True)
class ModelName:
    """What a name says. `base` is the model before quantization, None when no language model is meant.

    `candidates` are the models it may mean, best first (the first is `base`); `confidence` 0 to 1; `told` the name no
    more precise than it was told ("qwen2.5 14b" -> "Qwen2.5-14B"), `quant_told` likewise ("q4" -> "Q4").
    `size_b` is in billions of parameters; `bits` a level told without a format. `known`: `base` is a name on the
    lists; `relatives` of one that is not are known models of its family, likest first.
    """

    text: str
    base: str | None = None
    org: str | None = None
    size_b: float | None = None
    variant: str | None = None
    format: str | None = None
    quant: str | None = None
    bpw: float | None = None
    bits: float | None = None
    part: int | None = None
    parts: int | None = None
    kind: Kind | None = None
    candidates: tuple[str, ...] = ()
    confidence: float = 0.0
    told: str | None = None
    quant_told: str | None = None
    known: bool = False
    relatives: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether the name means one model and no other, as far as can be told."""
        return self.known and self.confidence >= SURE

    @property
    def also(self) -> tuple[str, ...]:
        """The other models it may mean, likeliest first."""
        return tuple(name for name in self.candidates if name != self.base)


@dataclass(frozen=True, slots=True)
class NameMention:
    """Where a text names a model."""

    start: int
    end: int
    name: ModelName


def parse_name(text: str, known: ModelNames) -> ModelName:
    """What `text`, which names one model, says. Never fails.

    A name that nobody knows comes back as written when it looks like a model's, else with `base` None.
    """
    return replace(_read(_cleaned(text), known), text=text)


@lru_cache(maxsize=2048)  # the same name stands many times in one log
def _read(cleaned: str, known: ModelNames) -> ModelName:
    if kind := _other_kind(cleaned):
        return ModelName(cleaned, kind=kind, confidence=0.9)
    if _SPEECH.search(cleaned):
        return ModelName(cleaned, confidence=0.5)
    if known.is_closed(cleaned):
        return ModelName(cleaned, kind="closed", confidence=0.9)
    written = taken_apart(cleaned)
    return _named(written, known) if written.is_name else _talked(written, known)


def _cleaned(text: str) -> str:
    text = unicodedata.normalize("NFKC", text[:_MAX_LENGTH]).strip().strip("`\"'<>“”‘’《》「」【】").strip()
    return COMMAND.sub("", _MODELSCOPE_POINT.sub(".", text)).strip().strip("\"'")


def _other_kind(text: str) -> Kind | None:
    lower = text.lower()
    if _DIFFUSION.search(lower) and not _is_language_file(lower):
        return "diffusion"
    if _LORA.search(lower):
        return "lora"
    if _EMBEDDING.search(lower):
        return "embedding"
    return None


def _is_language_file(text: str) -> bool:
    """A path may lie in a folder such as "stable-diffusion-webui" and still hold a language model."""
    tail = re.split(r"[\\/]", text)[-1]
    return tail.endswith((".gguf", ".exl2")) and not _DIFFUSION.search(tail)


# ---- reading a real name


def _named(written: WrittenName, known: ModelNames) -> ModelName:
    stem, quant = without_quant(written.stem)
    quant = _told_beside(_joined(quant, read_quant(written.extra)), written)
    publisher, stem = _without_publisher(stem, known)
    stem = _DECORATION.sub("", stem)
    org = written.org or publisher
    name = _with_quant(ModelName("", org=org, part=written.part, parts=written.parts), quant, written.extension)
    if not stem or says_nothing(stem):
        return name
    if model := known.exact(stem) or _known_under(stem, known):
        return _of_known(name, model, stem)
    return _of_unknown(name, stem, known) if _plausible(stem, known) else name


def _told_beside(quant: QuantName, written: WrittenName) -> QuantName:
    """The quantization with what only the branch ("4.65" of an EXL repository) or the publisher tells."""
    branch = re.fullmatch(r"(\d)[._](\d{1,2})", written.extra.strip())
    if branch and quant.bpw is None and (quant.format or "").startswith("EXL"):
        return replace(quant, bpw=float(f"{branch[1]}.{branch[2]}"))
    if quant.quant is None and (written.org or "").lower().startswith("mlx-"):
        return replace(quant, format="MLX", quant=quant.told)
    if quant.told in _INTEGERS and not (quant.quant or quant.format) and written.extension is None:
        return replace(quant, quant=quant.told)
    return quant


_INTEGERS = frozenset({"INT4", "INT8"})  # of a repository that says no more: integers, as vLLM loads them


def _of_known(name: ModelName, model: KnownModel, stem: str) -> ModelName:
    base = model.name
    return replace(
        name, base=base, kind="llm", size_b=model.size, variant=variant_of(stem), candidates=(base, *_twins(base)),
        confidence=0.98, told=_as_written(stem, base), known=True,
    )  # fmt: skip


def _of_unknown(name: ModelName, stem: str, known: ModelNames) -> ModelName:
    base = _pretty(stem, known)
    tokens = known.tokens(base)
    return replace(
        name, base=base, kind="llm", size_b=size_of(tokens), variant=variant_of(stem),
        candidates=(base, *_twins(base)), confidence=0.7, told=base,
        relatives=tuple(other.name for other in known.relatives(tokens, limit=4)),
    )  # fmt: skip


def _without_publisher(stem: str, known: ModelNames) -> tuple[str | None, str]:
    """The publisher that stands before a name, if any does, and the name."""
    prefix = _PUBLISHER.match(stem) or _SPOKEN_PUBLISHER.match(stem)
    if prefix is None or prefix["org"].lower() not in known.publishers or known.exact(stem):
        return None, stem
    return prefix["org"], stem[prefix.end() :]


def _as_written(stem: str, base: str) -> str:
    """A name under which the model is known too, as it was written: Meta-Llama-3.1-8B for Llama-3.1-8B."""
    return stem if stem != stem.lower() and base.lower() in stem.lower() else base


def _known_under(stem: str, known: ModelNames) -> KnownModel | None:
    """The known model of a name with a maker's prefix or harmless ending: "Meta-Llama-3.1-8B-Instruct-HF"."""
    for trimmed in (
        re.sub(r"[-_](?:hf|HF|fp16|bf16|FP16|BF16|original|qat|QAT|MTP|mtp)$", "", stem),
        re.sub(r"^[A-Za-z0-9]+[_](?=\w)", "", stem),
    ):
        if trimmed != stem and (model := known.exact(trimmed)):
            return model
    return None


def _plausible(stem: str, known: ModelNames) -> bool:
    """Whether an unknown name looks like a model's: a family word or a size in it, not just any folder."""
    tokens = known.tokens(stem)
    words = [token.text for token in tokens if token.kind == "word" and len(token.text) > 1]
    sized = any(token.kind in {"size", "experts", "active"} for token in tokens)
    return bool(words) and (sized or any(word in known.brands and len(word) > 2 for word in words))


def _twins(base: str) -> tuple[str, ...]:
    """Spellings that name the same weights: with and without Meta-, -hf, -qat."""
    twins = []
    if re.fullmatch(r"Llama-3(?:\.1)?-\d+B(?:-Instruct)?", base):
        twins.append(f"Meta-{base}")
    if base.startswith("Meta-Llama-3"):
        twins.append(base.removeprefix("Meta-"))
    if base.endswith("-hf"):
        twins.append(base.removesuffix("-hf"))
    if base.endswith("-qat"):
        twins.append(base.removesuffix("-qat"))
    if re.match(r"Llama-3_\d", base):
        twins.append(base.replace("_", "."))
    return tuple(twins)


def _with_quant(name: ModelName, quant: QuantName, extension: str | None) -> ModelName:
    format_ = quant.format
    if extension in {"gguf", "ggml"}:
        format_ = extension.upper()
    elif extension == "safetensors" and format_ is None:
        format_ = "safetensors"
    return replace(name, format=format_, quant=quant.quant, bpw=quant.bpw, bits=quant.bits, quant_told=quant.told)


def _joined(first: QuantName, second: QuantName) -> QuantName:
    if not second:
        return first
    if not first:
        return second
    precise = second if second.quant and first.quant is None else first
    return replace(
        precise, format=first.format or second.format, bpw=first.bpw or second.bpw, bits=first.bits or second.bits,
        told=first.told if first.quant else second.told or first.told,
    )  # fmt: skip


# ---- reading talk


def _talked(written: WrittenName, known: ModelNames) -> ModelName:
    rest, quant = without_quant(_typed(written, known))
    if written.is_tag and quant.format is None:
        quant = replace(quant, format="GGUF")
    publisher, rest = _without_publisher(rest, known)
    name = _with_quant(ModelName("", org=written.org or publisher), quant, written.extension)
    called = known.called(rest, tag=written.is_tag)
    if model := _surely_meant(written, rest, called, known):
        return _of_model(name, model, known, rest)
    tokens = known.tokens(_HARDWARE.sub(" ", rest.lower()), correct=True)
    guesses = _called_first(known.guesses(tokens), called)
    if called and not any(guess.model is called for guess in guesses):
        return _of_model(name, called, known, rest)
    if not guesses or not _is_meant(guesses[0], rest, tokens, known):
        return _unknown(name, rest, tokens, known)
    return _of_guesses(name, guesses, tokens)


def _typed(written: WrittenName, known: ModelNames) -> str:
    stem = known.tags.get(written.stem.lower(), written.stem) if written.is_tag else written.stem
    return f"{stem} {written.extra}".strip()


def _surely_meant(written: WrittenName, rest: str, called: KnownModel | None, known: ModelNames) -> KnownModel | None:
    """The model of a tag, or of exactly this name; None where it has to be guessed. `called`: what has it as a name."""
    if written.is_tag:
        latest = "" if written.extra else known.latest.get(written.stem.lower(), "")
        if model := known.exact(latest) or called:
            return model
    return known.exact(rest) if " " not in rest and not _CJK.search(rest) else None


def _is_meant(guess: Guess, rest: str, tokens: Sequence[Token], known: ModelNames) -> bool:
    """Whether enough was understood, and what is written as names are is not the name of another model."""
    return guess.share >= _SURE_SHARE and not (_is_written(rest) and _differs(guess, tokens, known))


def _is_written(text: str) -> bool:
    """In one piece, as a file or repository is called, and not as people talk."""
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9.+]*(?:[-_]+[A-Za-z0-9.+]+)+", text) is not None


def _differs(guess: Guess, tokens: Sequence[Token], known: ModelNames) -> bool:
    """Whether a written name has words that the model it was taken for lacks, or lacks such: a name of its own."""
    words = {token.text for token in tokens if token.kind == "word" and len(token.text) > 1 and not token.mended}
    left = words - guess.told - guess.model.tokens - SOFT_WORDS
    return bool(left) or any(known.is_own(text) for text in guess.untold) or not known.tells_generation(guess)


def _called_first(guesses: Sequence[Guess], called: KnownModel | None) -> list[Guess]:
    """The guesses, the model that has the very text among its other names first."""
    return sorted(guesses, key=lambda guess: guess.model is not called)


def _of_model(name: ModelName, model: KnownModel, known: ModelNames, typed: str) -> ModelName:
    tokens = known.tokens(typed)
    return replace(
        name, base=model.name, kind="llm", size_b=model.size, variant=variant_of(typed),
        candidates=(model.name, *_twins(model.name)), confidence=0.97,
        told=_as_told(model, {token.text for token in tokens} & model.tokens, tokens), known=True,
    )  # fmt: skip


def _of_guesses(name: ModelName, guesses: Sequence[Guess], tokens: Sequence[Token]) -> ModelName:
    best = guesses[0]
    near = [guess for guess in guesses if guess.score >= best.score - 0.6]
    base = best.model.name
    told_tokens = {token.text for token in tokens}
    new = told_tokens - best.model.tokens
    if "abliterated" in new:
        base = f"{base}-abliterated"
    candidates = dict.fromkeys((base, *_twins(base), *(guess.model.name for guess in near)))
    told_size = size_of(tokens)
    confidence = best.share * (0.95 if len(near) == 1 else 0.85 if told_size else 0.6)
    return replace(
        name, base=base, kind="llm", size_b=told_size or best.model.size, candidates=tuple(candidates),
        variant=variant_of(" ".join(told_tokens)), confidence=round(confidence, 3),
        told=_as_told(best.model, best.told, tokens) + ("-qat" if new & {"qat"} else ""), known=True,
    )  # fmt: skip


def _as_told(model: KnownModel, matched: Iterable[str], tokens: Sequence[Token]) -> str:
    """The model's name without the parts that nobody told: of "gemma2 9b", gemma-2-9b and not gemma-2-9b-it."""
    told = {*matched, *(token.text for token in tokens)}
    told |= {f"{text}.0" for text in told}
    pieces = re.split(r"(-| |_(?!\d))", model.name)
    kept: list[str] = []
    for place in range(0, len(pieces), 2):
        piece = _told_part(pieces[place], told)
        if piece is not None:
            kept += [pieces[place - 1], piece] if kept else [piece]
    if kept and kept[0] not in pieces[0] and not _is_soft(pieces[0]):
        return model.name  # told without its prefix ("mag mell 12b"): the rest alone would be no name
    return "".join(kept) or model.name


def _told_part(piece: str, told: set[str]) -> str | None:
    """What was told of a piece of a name: of "qwen" Qwen, not Qwen3; None where it was not."""
    texts = [token.text for token in tokens_of(piece.lower())]
    if told.isdisjoint(texts):
        return None
    lacks_version = len(texts) == 2 and texts[-1] not in told and re.fullmatch(r"[\d.]+", texts[-1])
    return piece.rstrip("0123456789._") if lacks_version else piece


def _is_soft(piece: str) -> bool:
    """Whether a piece of a name has a word that other names have as well."""
    return not SOFT_WORDS.isdisjoint(token.text for token in tokens_of(piece.lower()))


def _pretty(stem: str, known: ModelNames) -> str:
    """An unknown lower-case name with the capitals of the family it belongs to: midnight-rose-70b."""
    if stem != stem.lower():
        return stem
    tokens = known.tokens(stem)
    best = next(iter(known.guesses(tokens, limit=1)), None)
    if best is None or not {token.text for token in tokens} <= best.told | {"v"}:
        return stem
    pretty = _as_told(best.model, best.told, tokens)
    return pretty if pretty.lower() == stem else stem


def _unknown(name: ModelName, rest: str, tokens: Sequence[Token], known: ModelNames) -> ModelName:
    """What names a family but no model of it that is known, or looks like a name at least; else nothing."""
    relatives = known.relatives(tokens)
    single = _is_written(rest)
    if not _may_name_one(tokens, relatives, known, single=single):
        return name
    base = rest if single else by_analogy(relatives[0], tokens, known)
    base = rest if known.exact(base) else base  # a word of it was lost: better as it was typed
    return replace(
        name, base=base, kind="llm", size_b=size_of(tokens), confidence=0.4, told=base, variant=variant_of(rest),
        candidates=(base,), relatives=tuple(dict.fromkeys(model.name for model in relatives[:4])),
    )  # fmt: skip


def _may_name_one(tokens: Sequence[Token], relatives: Sequence[KnownModel], known: ModelNames, *, single: bool) -> bool:
    """Whether a size or a version makes it one model: of a known family, else of what is written in one piece."""
    sized = any(token.kind in {"size", "experts"} for token in tokens)
    if sized or not relatives:
        return sized and (single or bool(relatives))
    telling = any(token.kind in TELLING for token in tokens)
    return telling and (single or known.names_family(tokens))


def by_analogy(relative: KnownModel, tokens: Sequence[Token], known: ModelNames) -> str:
    """How the maker would write a name that nobody knows, after a relative: "qwen 3.9 27b" -> "Qwen3.9-27B"."""
    told = {token.text for token in tokens}
    pieces = re.split(r"([- _])", relative.name)
    for token in tokens:
        if token.kind in TELLING and token.text not in relative.tokens:
            _put(token, pieces, told)
        elif token.text in KINDS and token.text not in relative.tokens:
            pieces += ["-", token.text]
    kept = [place for place in range(0, len(pieces), 2) if not _is_stale(pieces[place], told, known)]
    return "".join((pieces[place - 1] if number else "") + pieces[place] for number, place in enumerate(kept))


def _is_stale(piece: str, told: set[str], known: ModelNames) -> bool:
    """Whether nothing of a piece of the relative's name was told."""
    own = {token.text for token in tokens_of(known.expand_words(piece))}
    return bool(own) and own.isdisjoint(told)


def _put(token: Token, pieces: list[str], told: set[str]) -> None:
    """Puts a version or size in the place of the relative's own, or behind where it has none."""
    for place in range(0, len(pieces), 2):
        for own in tokens_of(pieces[place].lower()):
            if own.kind == token.kind and own.text not in told:
                capital = any(letter.isupper() for letter in pieces[place][own.start : own.end])
                written = token.text.upper() if capital else token.text
                pieces[place] = pieces[place][: own.start] + written + pieces[place][own.end :]
                return
    pieces += ["-", token.text.upper() if token.kind in {"size", "active", "experts"} else token.text]


def variant_of(name: str) -> str | None:
    """The variant that a name tells, e.g. "Coder-Instruct", "it-qat"; None for a plain model."""
    words = {token.text for token in tokens_of(name.lower())} | set(re.findall(r"[a-z]+", name.lower()))
    same = {"Vision": "vision", "it": "it"}
    found = [variant for variant in _VARIANTS if same.get(variant, variant.lower()) in words]
    if "it" in found and "Instruct" in found:  # "it" is read as instruct too
        found.remove("Instruct" if re.search(r"(?<![a-z])it(?![a-z])", name.lower()) else "it")
    if "Vision" in found and "VL" in found:
        found.remove("VL")
    return "-".join(found) or None
