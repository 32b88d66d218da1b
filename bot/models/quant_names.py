"""How quantizations are written in file names, tags and talk: "q4km", "Q4_K_M", "4.65bpw exl2", "GPTQ-Int4", "8bit".

Names as in llama.cpp's `llama_ftype` and ggml types, Unsloth's dynamic ones (UD-), ik_llama.cpp's (IQ4_K_R4), and the
naming habits of EXL2/EXL3, GPTQ, AWQ and MLX repositories.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.base.late import late

BITS_PER_WEIGHT = r"[1-8](?:\.\d{1,2})?\s?bpw"  # how the sizes of ExLlama's formats are written in talk
# What a bare level means to the people who write it.
BARE_LEVELS = {"Q2": "Q2_K", "Q3": "Q3_K_M", "Q4": "Q4_K_M", "Q5": "Q5_K_M", "Q6": "Q6_K", "Q8": "Q8_0"}
_USUAL = {
    **BARE_LEVELS, "IQ1": "IQ1_M", "IQ2": "IQ2_M", "IQ3": "IQ3_M", "IQ4": "IQ4_XS",
    **{f"UD-Q{level}": f"UD-Q{level}_K_XL" for level in range(2, 9)},
    "UD-IQ1": "UD-IQ1_M", "UD-IQ2": "UD-IQ2_M", "UD-IQ3": "UD-IQ3_XXS", "UD-IQ4": "UD-IQ4_XS",
}  # fmt: skip

_GGUF = late(
    r"""(?<![A-Za-z0-9])(?<!kv\s)(?<!cache\s)(?<!cache[=:])(?<!缓存)(?:i1[-_. ])?
    (?P<ud>UD[-_. ]?)?
    (?P<q>
      IQ[1-6][-_ ]?(?:XXS|XS|NL|KSS|KS|KT|KL|K|S|M|L)(?:[-_ ]?XL)?(?:[-_ ]?R[48])?
    | Q[2-8][-_ ]?K(?:[-_ ]?(?:XXL|XL|XS|XXS|[SMLP]))?(?:[-_ ]?R[48])?
    | Q[2-8]_[0-3](?:_R[48]|_[48]_[48])?
    | Q[458][-_ ]?[01](?:[-_][48][-_][48])?
    | TQ[12][-_ ]?0
    | MXFP4(?:_MOE)?
    | IQ1 | I?Q[2-8]
    )(?![A-Za-z0-9])(?!\.\d)(?!\s*(?:kv|cache|缓存|k/v)|\s+20\d\d)""",
    re.IGNORECASE | re.VERBOSE,
)
# Before or behind a level that is the KV cache's: "kv cache to q8", "缓存量化开 q8", "q8 for the cache".
_CACHE_BEFORE = late(
    r"(?:(?<![a-z])(?:kv|k/v|cache|ctk|ctv)(?![a-z])|cache-type-[kv]|缓存)[^\w\n]{0,3}+"
    r"(?:(?:cache|quanti[sz]\w{0,5}+|quants?|d?type|set|to|at|in|on|as|is|with|using|of|by|开了?|用|选|设置?|调|改|降|换|量化|为|成|到|是|都|的|弄|搞)"
    r"[^\w\n]{0,2}+){0,4}+$",
    re.I,
)
_CACHE_BEHIND = late(
    r"[^\w\n]{0,2}(?:quanti[sz]\w*\s|的|for\s(?:the\s|my\s)?|on\s(?:the\s)?)?\s?(?:kv|k/v|cache|缓存)", re.I
)
_CACHE_LEVEL = late(
    r"(?<![A-Za-z0-9])(?:q(?P<q>[48])(?:[-_ ]?[01])?|(?P<b>[48])[-_ ]?(?:bits?|位)|fp(?P<f>[48])(?:_e[45]m[123])?)"
    r"(?![A-Za-z0-9])",
    re.I,
)
_PRECISION = late(
    r"(?<![A-Za-z0-9])(?P<p>bf16|bfloat16|fp16|f16|float16|half精度|半精度|fp32|f32|float32|全精度)(?![A-Za-z0-9])",
    re.I,
)
_FP8 = late(
    r"(?<![A-Za-z0-9])(?P<p>fp8|fp4|nvfp4(?:a16)?|mxfp8|w\d{1,2}a(?:\d{1,2}|fp8)(?:kv\d)?)(?:[-_ ](?:dynamic|block))?"
    r"(?![A-Za-z0-9])",
    re.I,
)
# Sure spellings of bits per weight first; a bare number beside "exl2" only when there is none of them.
_BPW = (
    late(
        r"(?<![\d.])(?P<a>\d{1,2}(?:[._]\d{1,2})?)[-_ ]?(?:bpw|bits?[ /]per[ /]weight)"
        r"|bpw[-_ =:：]?(?P<d>\d(?:\.\d{1,2})?)",
        re.I,
    ),
    late(r"exl[23][-_ @]*(?P<b>\d(?:[._]\d{1,2})?)(?![\d.]*\s*b(?:it)?\b)(?![\d])", re.I),
    late(r"(?<![\d.v])(?P<c>\d\.\d{1,2})[-_ ]*(?=exl[23])", re.I),
)
_EXL = late(r"(?<![a-z0-9])(?P<f>exl[23]|exllamav?[23]格式)(?![a-z])", re.I)
_HEAD = late(r"(?<![a-z0-9])(?:h|hb)[68](?![a-z0-9])", re.I)
_GPTQ = late(
    r"(?<![A-Za-z0-9])(?:(?<!\d\.)(?:int|w)?(?P<b1>[2348])(?:[-_ ]?bits?)?[-_ ])?gptq(?:[-_ ]?(?:marlin))?"
    r"(?:[-_ ]*(?P<int>int|w)?(?P<b2>[2348])(?:[-_ ]?bits?)?(?![.\d]))?(?:[-_ ]+(?P<g>\d{2,4}g))?(?![A-Za-z0-9])",
    re.I,
)
_AWQ = late(
    r"(?<![A-Za-z0-9])(?:autoawq|awq)(?:[-_ ]?(?:int4|4[-_ ]?bits?|w4a16"
    r"|marlin))?(?:[-_ ]g?\d{2,3}g?)?(?![A-Za-z0-9])",
    re.I,
)
_BNB = late(
    r"(?<![A-Za-z0-9])(?:unsloth[-_ ])?(?:bnb|bitsandbytes)(?:[-_ ]?(?P<b>[48])[-_ ]?bits?)?(?![A-Za-z0-9])"
    r"|(?<![a-z0-9])nf4(?![a-z0-9])",
    re.I,
)
_MLX = late(r"(?<![A-Za-z0-9])mlx(?![A-Za-z])", re.I)
_BITS = late(
    r"(?<![\d.A-Za-z])(?P<a>\d(?:\.\d{1,2})?|16)[-_ ]?(?:bits?|比特|位(?=量化|精度|的|$))(?![A-Za-z])"
    r"|(?<![A-Za-z])int[-_ ]?(?P<b>[2348])(?!\d)(?:[-_ ]?bits?)?",
    re.I,
)
_OTHER = late(r"(?<![A-Za-z0-9])(?P<f>hqq|aqlm|quip#?|eetq|onnx|openvino|dwq|autoround)(?![A-Za-z])", re.I)
_FORMAT = late(r"(?<![A-Za-z])(?P<f>gguf|ggml|safetensors)(?:(?<=ggml)v[1-3])?(?![A-Za-z])", re.I)
_NOISE = late(
    r"(?<![A-Za-z0-9])(?:imat(?:rix)?|i1|act[-_ ]?order|128g|动态量化|量化(?:版|的)?|动态)(?![A-Za-z0-9])", re.I
)

_SUFFIXES = ("XXS", "XXL", "XS", "XL", "NL", "K", "S", "M", "L", "P")
_JOINED = ("KSS", "KS", "KT", "KL")  # ik_llama.cpp's IQ4_KS; llama.cpp writes Q4_K_S
_PRECISIONS = {
    "bf16": "BF16", "bfloat16": "BF16", "fp16": "F16", "f16": "F16", "float16": "F16", "half精度": "F16",
    "半精度": "F16", "fp32": "F32", "f32": "F32", "float32": "F32", "全精度": "F32",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class QuantName:
    """A quantization as read from a text. `spans` are the places it was read from.

    `quant` is the full name, with the usual kind where only a level was told ("q4" -> "Q4_K_M"); `told` is what was
    really said ("Q4", "GPTQ 4bit 128g", "4.65bpw"). `bits` is a level told without a format ("8bit").
    """

    format: str | None = None
    quant: str | None = None
    told: str | None = None
    bpw: float | None = None
    bits: float | None = None
    spans: tuple[tuple[int, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.format or self.quant or self.bpw or self.bits)


def gguf_name(written: str) -> str:
    """A GGUF quantization in its official spelling: "q4km" -> "Q4_K_M", "ud q2kxl" -> "UD-Q2_K_XL"."""
    compact = re.sub(r"[-_. ]", "", written.upper())
    dynamic = compact.startswith("UD")
    compact = compact.removeprefix("UD").removeprefix("I1")
    if compact.startswith("MXFP4"):
        return "MXFP4_MOE" if compact.endswith("MOE") else "MXFP4"
    found = re.match(r"(T?I?Q\d)(.*)", compact)
    if not found:
        return written.upper()
    known = (*_JOINED, *_SUFFIXES) if found[1].startswith("I") else _SUFFIXES
    parts = [found[1], *_suffixes(found[2], known)]
    return ("UD-" if dynamic else "") + "_".join(parts)


def _suffixes(rest: str, known: tuple[str, ...]) -> Iterator[str]:
    """The parts of a suffix: KM is K, M; 044 is 0, 4, 4; KR4 is K, R4."""
    while rest:
        piece = next((suffix for suffix in known if rest.startswith(suffix)), None)
        if piece is None:
            piece = rest[:2] if rest[0] == "R" else rest[0]
        yield piece
        rest = rest[len(piece) :]


def read_quant(text: str) -> QuantName:
    """The quantization told in `text`, which speaks of one model; several mentions complete each other."""
    reading = _Reading(text)
    for rule in (
        _read_exl,
        _read_gguf,
        _read_gptq,
        _read_awq,
        _read_bnb,
        _read_mlx,
        _read_float,
        _read_other,
        _read_bits,
    ):
        rule(reading)
    for found in _FORMAT.finditer(text):
        reading.take(found)
        name = found["f"].lower()
        reading.format = reading.format or (name.upper() if name != "safetensors" else name)
    for found in _NOISE.finditer(text):
        reading.take(found)
    return reading.result()


class _Reading:
    """What has been read so far; each rule adds to it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.format: str | None = None
        self.quant: str | None = None
        self.told: list[str] = []
        self.bpw: float | None = None
        self.bits: float | None = None
        self.spans: list[tuple[int, int]] = []

    def take(self, found: re.Match[str]) -> None:
        self.spans.append(found.span())

    def taken(self, found: re.Match[str]) -> bool:
        return any(start < found.end() and found.start() < end for start, end in self.spans)

    def result(self) -> QuantName:
        told = " / ".join(dict.fromkeys(self.told)) or None
        return QuantName(self.format, self.quant, told, self.bpw, self.bits, tuple(sorted(self.spans)))


def _read_exl(reading: _Reading) -> None:
    for pattern in _BPW:
        if reading.bpw is None:
            _read_bpw(reading, pattern)
    for found in _EXL.finditer(reading.text):
        name = f"EXL{'3' if '3' in found['f'] else '2'}"
        reading.take(found)
        reading.format = reading.format or name
        reading.quant = reading.quant or name
        if reading.bpw is None:
            reading.told.append(name)
    if reading.bpw is not None:
        for found in _HEAD.finditer(reading.text):
            reading.take(found)


def _read_bpw(reading: _Reading, pattern: re.Pattern[str]) -> None:
    for found in pattern.finditer(reading.text):
        value = next(group for group in found.groups() if group).replace("_", ".")
        if not 1 <= float(value) <= 16:
            continue
        reading.take(found)
        if reading.bpw is None:
            reading.bpw = float(value)
            reading.told.append(f"{value}bpw")


def is_of_cache(text: str, start: int, end: int) -> bool:
    """Whether a level at this place is told of the KV cache, not of the weights."""
    return _CACHE_BEFORE.search(text[max(0, start - 40) : start]) is not None or bool(_CACHE_BEHIND.match(text, end))


def cache_type_in(text: str) -> str | None:
    """The type that a text gives the KV cache, as llama.cpp calls it: "q8_0", "q4_0"; the last one told."""
    levels = [found for found in _CACHE_LEVEL.finditer(text) if is_of_cache(text, *found.span())]
    return f"q{levels[-1]['q'] or levels[-1]['b'] or levels[-1]['f']}_0" if levels else None


def _read_gguf(reading: _Reading) -> None:
    for found in _GGUF.finditer(reading.text):
        if is_of_cache(reading.text, *found.span()):
            continue
        name = gguf_name(found.group().removeprefix("i1").lstrip("-_. "))
        if reading.taken(found):
            continue
        reading.take(found)
        reading.told.append(name)
        if reading.quant is None:
            reading.quant = _USUAL.get(name, name)
            reading.format = reading.format or "GGUF"


def _read_gptq(reading: _Reading) -> None:
    for found in _GPTQ.finditer(reading.text):
        reading.take(found)
        reading.format = reading.format or "GPTQ"
        bits = found["b1"] or found["b2"]
        if reading.quant in (None, "GPTQ"):
            reading.quant = f"GPTQ-Int{bits}" if bits else "GPTQ"
        bits = bits or _bits_behind(reading, found.end())
        group = found["g"] or _group_size(reading.text, found.end())
        name = _gptq_name(bits, as_integer=found["int"] is not None)
        reading.told.append(f"{name} {group}" if group else name)


def _bits_behind(reading: _Reading, start: int) -> str | None:
    """The bits right behind "GPTQ", which make it that quantization."""
    found = _BITS.search(reading.text, start, start + 8)
    bits = found["a"] or found["b"] if found else None
    if found and bits:
        reading.take(found)
        reading.quant = f"GPTQ-Int{bits}"
    return bits


def _gptq_name(bits: str | None, *, as_integer: bool) -> str:
    if not bits:
        return "GPTQ"
    return f"GPTQ-Int{bits}" if as_integer else f"GPTQ {bits}bit"


def _group_size(text: str, start: int) -> str | None:
    found = re.compile(r"(?<![A-Za-z0-9])\d{2,4}g(?![A-Za-z0-9])", re.I).search(text, start, start + 14)
    return found.group().lower() if found else None


def _read_awq(reading: _Reading) -> None:
    for found in _AWQ.finditer(reading.text):
        reading.take(found)
        reading.format = reading.format or "AWQ"
        reading.quant = reading.quant or "AWQ"
        reading.told.append("AWQ")


def _read_bnb(reading: _Reading) -> None:
    for found in _BNB.finditer(reading.text):
        reading.take(found)
        bits = found["b"] or ("4" if "nf4" in found.group().lower() else None)
        reading.format = reading.format or "bitsandbytes"
        reading.quant = reading.quant or (f"bnb-{bits}bit" if bits else "bitsandbytes")
        reading.told.append(f"bnb-{bits}bit" if bits else "bitsandbytes")
        reading.bits = reading.bits or (float(bits) if bits else None)


def _read_mlx(reading: _Reading) -> None:
    for found in _MLX.finditer(reading.text):
        reading.take(found)
        reading.format = reading.format or "MLX"


def _read_float(reading: _Reading) -> None:
    _read_short_float(reading)
    for found in _PRECISION.finditer(reading.text):
        if not (reading.taken(found) or is_of_cache(reading.text, *found.span())):
            reading.take(found)
            name = _PRECISIONS[found["p"].lower()]
            reading.quant = reading.quant or name
            reading.told.append("FP16" if name == "F16" else name)


def _read_short_float(reading: _Reading) -> None:
    for found in _FP8.finditer(reading.text):
        if not (reading.taken(found) or is_of_cache(reading.text, *found.span())):
            reading.take(found)
            name = found["p"].upper()
            reading.format = reading.format or name
            reading.quant = reading.quant or name
            reading.told.append(name)


def _read_other(reading: _Reading) -> None:
    for found in _OTHER.finditer(reading.text):
        reading.take(found)
        name = found["f"].upper()
        reading.format = reading.format or name
        if name not in {"ONNX", "OPENVINO"}:
            reading.quant = reading.quant or name


def _read_bits(reading: _Reading) -> None:
    for found in _BITS.finditer(reading.text):
        if reading.taken(found):
            continue
        value = found["a"] or found["b"]
        reading.take(found)
        if reading.bits is None:
            reading.bits = float(value)
            if reading.quant is None:
                reading.told.append(f"{value}bit" if found["a"] else f"INT{value}")
        if reading.format == "MLX" and reading.quant is None:
            reading.quant = f"{value}bit"


def without_quant(stem: str) -> tuple[str, QuantName]:
    """The name without the places that tell the quantization, and what they tell."""
    quant = read_quant(stem)
    kept = []
    position = 0
    for start, end in quant.spans:
        if start < position:
            position = max(position, end)
            continue
        kept.append(stem[position:start])
        position = end
    kept.append(stem[position:])
    joined = "\x00".join(kept) if quant.spans else stem
    joined = re.sub(r"(?<![-_. @+])[-_. @+]*\x00[-_. @+\x00]*", "\x00", joined).strip("\x00")
    return joined.replace("\x00", "-").strip("-_. @()[]"), quant
