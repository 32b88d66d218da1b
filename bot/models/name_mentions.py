"""Where running text and logs name models. Precision first: a sentence rather names no model than a wrong one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.base.late import late
from bot.models.name_index import ModelNames
from bot.models.name_tokens import SOFT_WORDS
from bot.models.names import ModelName, parse_name
from bot.models.quant_names import read_quant

_FILE = late(
    r"(?:\"(?P<quoted>[^\"\n]{1,240}\.(?:gguf|ggml|safetensors|llamafile))\""
    r"|(?P<file>(?<![\w.+\-\\/])(?:[A-Za-z]:[\\/]|~?/|\.{1,2}[\\/])?[\w.+\-\\/()\u4e00-\u9fff]{0,240}[\w)]"
    r"\.(?:gguf|ggml|safetensors|llamafile|bin|pth)\b(?:-split-\w)?))"
)
_LINK = late(
    r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co|hf-mirror\.com|modelscope\.(?:cn|ai)"
    r"|ollama\.com/library)/[^\s<>\"'，。；）)\]`]+",
    re.IGNORECASE,
)
_REPO = late(r"(?<![\w./\\:@-])[A-Za-z][\w.-]{1,38}/[A-Za-z][\w.-]{2,95}(?::[A-Za-z][\w.-]*)?(?![\w/\\])", re.ASCII)
_OLLAMA = late(
    r"(?<![\w./\\-])(?:[a-z][\w-]{0,40}/)?[a-z][a-z\d.-]{1,40}:(?:\d+(?:\.\d+)?[bm]|latest|e\db)[\w.-]*",
    re.ASCII | re.IGNORECASE,
)
_NOT_A_REPO = late(
    r"^(?:and|or|vllm-project|github|issues?|pull|blob|docs?|usr|bin|home|src|lib|api|v1|org|com|pytorch|rocm|nvidia/cuda|ghcr"
    r"|docker)/|/(?:vllm|llama\.cpp|SillyTavern|koboldcpp|tabbyAPI|text-generation-webui|ollama|transformers"
    r"|vllm-openai|cuda)(?::|$)",
    re.I,
)
_PIECE = late(
    r"(?<![a-z])[lrkz]\d(?:\.\d)?(?![\w.])|\d{1,9}x\d{1,9}b|[ae]\d{1,9}(?:[._]\d{1,9})?b(?![a-z0-9])|\d++(?:[._]\d++)*+(?:\s?b(?![a-z0-9])|m(?![a-z0-9]))?|deepseek(?=[vr]\d)|[a-z]+"
    r"|[\u3400-\u9fff]+",
    re.IGNORECASE,
)
_GAP = late(r"^(?!.*\.\s)[\s\-_.@]{0,3}$|^\s?的\s?$|^那个$|^[\s(]{1,2}$")
_SIZE = late(r"^(?:\d+(?:[._]\d+)?\s?[bB]|\d+x\d+[bB]|[aeAE]\d+(?:[._]\d+)?[bB])$")
_GIGABYTES = late(r"\s?(?:gb?|gigs?|gib)(?![a-z0-9])", re.IGNORECASE)
_CJK_WORD = late(r"[\u3400-\u9fff]")
_PROGRAM_AFTER = late(
    r"^(?:\.cpp|-cpp|_cpp|cpp|-server|-cli|-bench|-quantize|file|-swap|-factory|index|_model|_load|_init|_new|_kv|_context|_|\.vim)",
    re.I,
)
_APART = frozenset(
    {"or", "and", "vs", "use", "using", "like", "only", "uses"}
)  # what stands between two names, or before one, and in none
_LEAST_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class NameMention:
    """Where a text names a model, and what the name says."""

    start: int
    end: int
    name: ModelName


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    start: int
    end: int


def find_names(text: str, known: ModelNames) -> list[NameMention]:
    """Every model named in `text`, in order: links, files, repositories, tags, and names in running words."""
    mentions: list[NameMention] = []
    for pattern in (_LINK, _FILE, _REPO, _OLLAMA):
        for found in pattern.finditer(text):
            if _is_free(found.start(), found.end(), mentions) and (name := _written_name(found.group(), known)):
                mentions.append(NameMention(found.start(), found.end(), name))
    mentions += [mention for mention in _in_words(text, known) if _is_free(mention.start, mention.end, mentions)]
    return sorted(mentions, key=lambda mention: mention.start)


def _is_free(start: int, end: int, mentions: list[NameMention]) -> bool:
    return not any(mention.start < end and start < mention.end for mention in mentions)


def _written_name(text: str, known: ModelNames) -> ModelName | None:
    if _NOT_A_REPO.search(text):
        return None
    name = parse_name(text.strip("\"'.,"), known)
    if name.base is None:
        return None
    sure = name.confidence >= 0.9 or text.lower().rstrip("\"'").endswith((".gguf", ".safetensors", ".ggml"))
    return name if sure or _has_model_word(text, known) else None


def _has_model_word(text: str, known: ModelNames) -> bool:
    tokens = known.tokens(text.rsplit("/", 1)[-1])
    return (
        any(token.kind in {"size", "experts"} for token in tokens)
        and any(token.text in known.brands for token in tokens)
    ) or any(token.text in known.leading for token in tokens)


def _in_words(text: str, known: ModelNames) -> Iterator[NameMention]:
    quants = read_quant(text).spans
    for run in _runs(text, known, quants):
        if not _names_something(run, known):
            continue
        start, end = run[0].start, run[-1].end
        name = parse_name(text[start:end], known)
        if name.base and name.confidence >= _LEAST_SHARE * 0.6:
            yield NameMention(start, end, name)


def _runs(text: str, known: ModelNames, quants: tuple[tuple[int, int], ...]) -> Iterator[list[_Piece]]:
    """Neighbouring pieces that could belong to a name: words of names, numbers, sizes."""
    run: list[_Piece] = []
    for piece in _pieces(text, known):
        in_quant = any(start <= piece.start < end for start, end in quants)
        fits = not in_quant and piece.text.lower() not in _APART and _may_belong(piece, text, known)
        joined = bool(run) and bool(_GAP.match(text[run[-1].end : piece.start]))
        if run and not (fits and joined):
            yield _trimmed(run)
            run = []
        if fits:
            run.append(piece)
    if run:
        yield _trimmed(run)


def _pieces(text: str, known: ModelNames) -> Iterator[_Piece]:
    chinese = known.chinese_words
    pattern = _chinese_pattern(tuple(chinese))
    for found in _PIECE.finditer(text):
        if not _CJK_WORD.match(found.group()):
            yield _Piece(found.group(), found.start(), found.end())
            continue
        for word in pattern.finditer(found.group()):
            yield _Piece(chinese[word.group()], found.start() + word.start(), found.start() + word.end())


_patterns: dict[tuple[str, ...], re.Pattern[str]] = {}


def _chinese_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    if words not in _patterns:
        _patterns[words] = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
    return _patterns[words]


def _may_belong(piece: _Piece, text: str, known: ModelNames) -> bool:
    word = piece.text.lower()
    if word[0].isdigit():
        return not (_is_an_amount(piece, text) or _counts_cards(piece, text))
    if _SIZE.match(word):
        return True
    if _PROGRAM_AFTER.match(text[piece.end : piece.end + 12]) and word in {
        "llama",
        "qwen",
        "chatglm",
        "whisper",
        "rwkv",
    }:
        return False
    if word in {"v", "r", "k", "z", "o", "m", "s", "x"}:
        return word in {"r"} or (text[piece.end : piece.end + 1].isdigit() and not _counts_cards(piece, text))
    return (
        word in known.brands
        or word in SOFT_WORDS
        or word in {"base", "qat"}
        or known.expand_words(word).strip() != word
    )


_CARDS = late(r"(?<![\w.])\d{1,2}\s?[x*×]\s?\d{4}(?!\d|\s?b(?![a-z]))")


def _counts_cards(piece: _Piece, text: str) -> bool:
    """Whether a number is of how many of which card there are: "2x3090 qwen3 32b"."""
    found = _CARDS.search(text, max(0, piece.start - 4), piece.end + 6)
    return found is not None and found.start() <= piece.start < piece.end <= found.end()


def _is_an_amount(piece: _Piece, text: str) -> bool:
    """Whether a number is an amount of memory that stands behind a name: "glm 4.5 air 64gb ram"."""
    return text[piece.start - 1 : piece.start] == " " and _GIGABYTES.match(text, piece.end) is not None


def _trimmed(run: list[_Piece]) -> list[_Piece]:
    """Without leading and trailing pieces that name nothing by themselves."""
    words = {
        "it",
        "ai",
        "model",
        "a",
        "an",
        "llm",
        "llms",
        "chat",
        "meta",
        "of",
        "or",
        "the",
        "all",
        "some",
        "new",
        "base",
        "r",
        "preview",
    }
    while run and run[0].text.lower() in words:
        run = run[1:]
    while run and run[-1].text.lower() in (words - {"it", "chat", "base", "preview"}):
        run = run[:-1]
    return run


def _names_something(run: list[_Piece], known: ModelNames) -> bool:
    sized = any(_SIZE.match(piece.text) for piece in run)
    words = " ".join(map(known.expand_words, _trusted(run, sized))).split()
    if words != ["llama"] and not known.leading.isdisjoint(words):
        return True
    brands = {word for word in words if word in known.brands and len(word) > 1}
    if sized and brands:
        return True
    return len(brands) > 1 and _fits_a_model(" ".join(words), known)


def _trusted(run: list[_Piece], sized: bool) -> list[str]:
    """The texts that may name something: "ms" and "ds" stand for a family only beside a size."""
    return [piece.text.lower() for piece in run if sized or len(piece.text) > 2 or not piece.text.isascii()]


def _fits_a_model(text: str, known: ModelNames) -> bool:
    guesses = known.guesses(known.tokens(text))
    return bool(guesses) and guesses[0].share >= 0.75
