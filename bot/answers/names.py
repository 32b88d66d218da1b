"""What a model's name says, part by part: the answer to `explain`."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.answers.blocks import Answer, Block, Field, Fields, Paragraph, Tone
from bot.base.languages import COLON, COMMA, SEMICOLON, Text, Words, joined
from bot.base.sizes import gib
from bot.knowledge.reference import Format
from bot.models.name_facts import NameFacts
from bot.models.names import SURE, Kind, ModelName

TITLE = Text("What {name} says", "{name} 是什么意思")
NO_MODEL = Text("No language model recognised", "没认出是哪个语言模型")
NOT_RECOGNISED = Text(
    "This does not look like the name of a language model. Give a repository, a file name or a tag, "
    "for example Qwen/Qwen2.5-7B-Instruct, qwen2.5:7b, or Qwen2.5-7B-Instruct-Q4_K_M.gguf.",
    "这不像语言模型的名字。可以给仓库名、文件名或标签，比如 Qwen/Qwen2.5-7B-Instruct、qwen2.5:7b，"
    "或者 Qwen2.5-7B-Instruct-Q4_K_M.gguf。",
)
OTHER_KINDS: Mapping[Kind, Text] = {
    "lora": Text(
        "This is a LoRA: a small add-on that changes another model. Load the base model it was made for, then this.",
        "这是 LoRA：挂在别的模型上的小补丁，不能单独用。先加载它对应的基础模型，再挂上它。",
    ),
    "diffusion": Text(
        "This is a model for pictures or video. It runs in ComfyUI or the like, not in a loader for language models.",
        "这是画图或做视频的模型，要用 ComfyUI 之类的程序，语言模型的加载器跑不了它。",
    ),
    "closed": Text(
        "Only its maker runs this model; there are no weights to download. With an API key SillyTavern can use it.",
        "这个模型只有厂商自己能跑，没有权重可下载。想用的话要去买 API，再填到 SillyTavern 里。",
    ),
    "embedding": Text(
        "This is an embedding or reranking model: it turns text into numbers for searching and cannot chat.",
        "这是向量（embedding）或重排模型：用来检索的，不能聊天。",
    ),
}
PARTS = Text("Part by part", "逐段来看")
UNKNOWN = Text(
    "I do not know this model; I can only tell what its name says.", "我不认识这个模型，只能按名字本身来解释。"
)
UNKNOWN_BUT_NEAR = Text(
    "I do not know this model; I can only tell what its name says. The nearest I know: {names}.",
    "我不认识这个模型，只能按名字本身来解释。我知道的里面最接近的是：{names}。",
)
ALSO = Text("It could also mean", "也可能是")

MODEL = Text("Model", "模型")
PUBLISHER = Text("Publisher", "发布者")
SIZE = Text("Size", "大小")
SIZE_MEANS = Text(
    "{size} billion parameters. The bigger, the smarter and the more memory it needs.",
    "{size}B，即 {size_zh} 亿参数。越大越聪明，也越吃显存。",
)
EXPERTS = Text("Active part", "激活参数")
EXPERTS_MEANS = Text(
    "{active}: a mixture of experts. Only {number} billion parameters work on each token, so it is quick, "
    "but all of them must fit into memory.",
    "{active}：混合专家（MoE）模型。每个词只用到约 {number}B 参数，所以快；但全部参数都要装进内存或显存。",
)
VARIANT = Text("Variant", "版本")
QUANT = Text("Quantization", "量化")
FORMAT = Text("Format", "格式")
FOLDER = Text("To download", "下载什么")
PART = Text("Part", "分卷")
FILE_SIZE = Text("File size", "文件大小")
LOADERS = Text("Runs in", "能用的加载器")
NO_QUANT = Text(
    "The name does not tell the quantization. Add it, for example Q4_K_M, for a size.",
    "名字里没写量化。加上量化（比如 Q4_K_M）就能算出大小。",
)
PART_MEANS = Text(
    "part {part} of {parts}. Download all {parts} into one folder; in the loader choose part 1 only.",
    "共 {parts} 个分卷的第 {part} 个。{parts} 个都要下载到同一个文件夹，加载时只选第 1 个。",
)
PART_ALONE = Text(
    "part {part}. Download every part; pieces named split or part must be joined into one file first.",
    "第 {part} 段。所有分段都要下载；名字里带 split / part 的要先合并成一个文件。",
)

VARIANTS: Mapping[str, Text] = {
    "instruct": Text("trained to follow instructions: the one to chat with", "经过指令训练，聊天用这个"),
    "it": Text("it = instruction-tuned: the one to chat with", "it 就是 instruct，经过指令训练，聊天用这个"),
    "chat": Text("trained to chat", "经过对话训练，聊天用这个"),
    "base": Text("not trained to answer: it only continues text", "基座模型，没经过对话训练，只会续写"),
    "coder": Text("made for writing code", "专门写代码的"),
    "math": Text("made for mathematics", "专门做数学题的"),
    "vl": Text("can look at pictures, with the matching mmproj file", "能看图，需要配套的 mmproj 文件"),
    "vision": Text("can look at pictures, with the matching mmproj file", "能看图，需要配套的 mmproj 文件"),
    "audio": Text("can listen to sound", "能听声音"),
    "omni": Text("understands pictures and sound too", "能看图、听声音"),
    "thinking": Text("thinks before it answers: better, but slower", "先思考再回答：更准，也更慢"),
    "reasoning": Text("thinks before it answers: better, but slower", "先思考再回答：更准，也更慢"),
    "distill": Text(
        "a smaller model taught by a bigger one; not the big one itself", "小模型跟大模型学出来的，不是大模型本身"
    ),
    "abliterated": Text("refusals were removed", "去掉了拒答"),
    "uncensored": Text("refusals were removed", "去掉了拒答"),
    "qat": Text("trained so that 4 bits lose little", "训练时就考虑了 4 位量化，损失很小"),
}
_LETTERS: Mapping[str, Text] = {
    "S": Text("size S, small: the smallest of its level", "S 小号，同级里最小"),
    "M": Text("size M, medium: the usual choice of its level", "M 中号，同级里最常用"),
    "L": Text("size L, large: a little better and larger", "L 大号，稍好也稍大"),
    "XL": Text("size XL: the largest of its level", "XL，同级里最大"),
    "XS": Text("size XS, extra small", "XS 特小号"),
    "XXS": Text("size XXS, smaller still", "XXS 更小"),
    "NL": Text("NL: non-linear steps", "NL 非线性分级"),
}
_HEADS: Mapping[str, Text] = {
    "UD": Text("UD: Unsloth's dynamic mix, important parts keep more bits", "UD：Unsloth 动态量化，重要部分多留几位"),
    "IQ": Text("IQ: packs tighter than Q at the same bits, slower on the CPU", "IQ：同样位数压得更紧，在 CPU 上更慢"),
    "K": Text("K: K-quant, the usual method", "K：K 量化，通行的方法"),
    "R": Text(
        "R4/R8: rows interleaved for ik_llama.cpp; other loaders cannot read it",
        "R4/R8：给 ik_llama.cpp 用的排列，别的加载器读不了",
    ),
}
_BITS = Text("{bits} bits a weight, roughly", "每个权重约 {bits} 位")
_BELOW_FLOOR = Text("below 4 bits quality drops visibly", "低于 4 位，质量会明显变差")
_PLAIN: Mapping[str, Text] = {
    "F16": Text("not quantized, 16 bits a weight: the full size", "没量化，每个权重 16 位，原大小"),
    "BF16": Text("not quantized, 16 bits a weight: the full size", "没量化，每个权重 16 位，原大小"),
    "F32": Text(
        "32 bits a weight: twice the usual full size, rarely of use", "每个权重 32 位，是通常原大小的两倍，基本用不上"
    ),
    "FP8": Text(
        "8 bits a weight; wants an RTX 40 card or newer for full speed", "每个权重 8 位，RTX 40 系及以后的显卡才能全速"
    ),
    "AWQ": Text("AWQ: always 4 bits, made for many requests at once", "AWQ：固定 4 位，适合高并发"),
    "GPTQ": Text("GPTQ: mostly 4 bits, an older method", "GPTQ：一般 4 位，比较老的方法"),
    "MXFP4": Text(
        "MXFP4: about 4.25 bits a weight, the original form of gpt-oss",
        "MXFP4：每个权重约 4.25 位，gpt-oss 的原版就是它",
    ),
    "EXL2": Text("EXL2: for the card only; the bpw number tells the bits", "EXL2：只能在显卡上跑，bpw 就是位数"),
    "EXL3": Text(
        "EXL3: follows EXL2, better at few bits; for the card only", "EXL3：EXL2 的下一代，低位数更好，只能在显卡上跑"
    ),
}


# Where the name tells the bits: "GPTQ-Int8".
_WITH_BITS: Mapping[str, Text] = {
    "GPTQ": Text("GPTQ, an older method, here with {bits} bits a weight", "GPTQ，比较老的方法，这里每个权重 {bits} 位"),
    "AWQ": Text("AWQ, made for many requests at once, {bits} bits a weight", "AWQ，适合高并发，每个权重 {bits} 位"),
}


def explain_answer(name: ModelName, facts: NameFacts, formats: Sequence[Format]) -> Answer:
    """The name part by part; for what is no language model, what it is instead."""
    if name.base is None:
        return _no_model(name)
    blocks: list[Block] = [Fields(tuple(_parts(name, facts, formats)), PARTS)]
    if facts.bytes is None and name.quant is None and name.bpw is None and name.bits is None:
        blocks.append(Paragraph(NO_QUANT))
    if not name.known:
        blocks.insert(0, Paragraph(_unknown(facts.nearest)))
    if name.also and name.confidence < SURE:
        blocks.append(Paragraph(joined(name.also[:4], COMMA), ALSO))
    tone: Tone = "neutral" if name.confidence >= SURE else "careful"
    return Answer(TITLE.format(name=name.text.strip()[:80]), tone, tuple(blocks))


def _unknown(nearest: Sequence[str]) -> Text:
    return UNKNOWN_BUT_NEAR.format(names=joined(nearest, COMMA)) if nearest else UNKNOWN


def _no_model(name: ModelName) -> Answer:
    said = OTHER_KINDS.get(name.kind or "llm", NOT_RECOGNISED)
    return Answer(NO_MODEL, "neutral", (Paragraph(said),))


def _parts(name: ModelName, facts: NameFacts, formats: Sequence[Format]) -> Iterator[Field]:
    for title, value in (
        *_about_model(name),
        *_about_file(name, formats),
        (FILE_SIZE, gib(facts.bytes) if facts.bytes else ""),
        (LOADERS, joined(facts.loaders, COMMA)),
    ):
        if value:
            yield Field(title, value)


def _about_model(name: ModelName) -> Iterator[tuple[Text, Words]]:
    yield MODEL, name.base or ""
    yield PUBLISHER, name.org or ""
    if name.size_b:
        sizes = {"size": f"{name.size_b:g}", "size_zh": f"{name.size_b * 10:g}"}
        yield SIZE, SIZE_MEANS.format(**sizes)
    if active := re.search(r"(?<![A-Za-z])A(\d+(?:\.\d+)?)B", name.base or ""):
        yield EXPERTS, EXPERTS_MEANS.format(active=active.group(), number=active[1])
    for variant in (name.variant or "").split("-"):
        if meaning := VARIANTS.get(variant.lower()):
            yield VARIANT, joined((variant, meaning), COLON)


def _about_file(name: ModelName, formats: Sequence[Format]) -> Iterator[tuple[Text, Words]]:
    yield QUANT, quant_meaning(name)
    if name.format:
        about = next((entry for entry in formats if entry.name == name.format), None)
        yield FORMAT, joined((name.format, about.summary), COLON) if about else name.format
        if about and not about.single_file:
            yield FOLDER, about.parts
    if name.part:
        means = PART_MEANS if name.parts else PART_ALONE
        yield PART, means.format(part=name.part, parts=name.parts)


def quant_meaning(name: ModelName) -> Words:
    """What the quantization in the name means, e.g. "Q4_K_M: 4 bits a weight, roughly; K: ..."; blank without one."""
    quant = name.quant or ""
    bits = name.bpw or name.bits or _bits_in(quant)
    texts = [*_width(name, bits), *_kind_meaning(quant)]
    if bits is not None and bits < 4:
        texts.append(_BELOW_FLOOR)
    label = _quant_label(name, bits)
    return joined((label, joined(texts, SEMICOLON)), COLON) if texts else label


def _bits_in(quant: str) -> float | None:
    """Bits a weight as the name of a quantization tells them: 4 of "GPTQ-Int4", 5 of "Q5_K_M"."""
    told = re.search(r"(?<=-Int)\d+$|(?<=Q)\d", quant)
    return float(told.group()) if told else None


def _width(name: ModelName, bits: float | None) -> Iterator[Text]:
    """How many bits, where the name of the quantization does not mean as much by itself."""
    if bits is not None and (name.bpw or _base_of(name.quant or "") not in _PLAIN):
        yield _BITS.format(bits=f"{bits:g}")


def _kind_meaning(quant: str) -> Iterator[Text]:
    """What is said of the kind of quantization."""
    base, _, told = quant.partition("-Int")
    plain = _WITH_BITS.get(base) if told.isdigit() else _PLAIN.get(base)
    if plain is not None:
        yield plain.format(bits=told)
    else:
        yield from _gguf_meaning(quant)


def _base_of(quant: str) -> str:
    return quant.partition("-Int")[0]


def _quant_label(name: ModelName, bits: float | None) -> str:
    if name.bpw:
        return f"{name.bpw:g}bpw {name.quant or ''}".strip()
    return name.quant or (f"{bits:g}-bit" if bits else "")


def _gguf_meaning(quant: str) -> Iterator[Text]:
    pieces = re.split(r"[-_]", quant)
    heads = [head for head in ("UD", "IQ") if any(piece.startswith(head) for piece in pieces)]
    if "K" in pieces[1:]:
        heads.append("K")
    if re.fullmatch(r"R[48]", pieces[-1]):
        heads.append("R")
    yield from (_HEADS[head] for head in heads)
    yield from (_LETTERS[piece] for piece in pieces if piece in _LETTERS)
