"""The families of language models as data: which names exist, and how to find the one that somebody means."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import log
from pathlib import Path

import msgspec
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.knowledge.cache import cached
from bot.knowledge.files import (
    Fault,
    files_matching,
    knowledge_root,
    load_all,
    read_documents,
)

_FILE = "families.yaml"

# Words a name may carry or lack without meaning another model.
SOFT_WORDS = frozenset(
    "instruct chat it hf meta nvidia c4ai preview pt sft rl dpo orpo model ai ggml gguf inst reasoning nemo exp"
    " ai21".split()
)
_BASE_WORDS = frozenset({"base", "pt", "pretrain", "pretrained"})
_SAME = {"it": "instruct", "inst": "instruct", "vision": "vl", "think": "thinking", "uncensored": "uncensored"}
_BRACES = re.compile(r"\{([^{}]*)\}")
_TOKEN = re.compile(
    r"(?P<experts>\d+x\d+(?:\.\d+)?b)(?![a-z0-9])"
    r"|(?P<active>(?<![a-z])[ae]\d+(?:[._]\d+)?b)(?![a-z0-9])"
    r"|(?P<size>\d+(?:[._]\d+)?\s?b)(?![a-z0-9])"
    r"|(?P<million>\d+m)(?![a-z0-9])"
    r"|(?P<lettered>\d+(?:\.\d+)?[nvok])(?![a-z0-9])"
    r"|(?P<coded>(?<![a-z])[kmorsz]\d(?:\.\d+)?)(?![a-z0-9_]|\.\d)"
    r"|(?P<number>\d+(?:[._]\d+)*)"
    r"|(?P<word>[a-z]+)"
)


class Family(msgspec.Struct, frozen=True):
    """One family as written in the file; `models` and `base` still hold their braces."""

    family: str
    org: str
    models: tuple[str, ...]
    base: tuple[str, ...] = ()
    sizes: dict[str, float] = {}
    aliases: dict[str, tuple[str, ...]] = {}


class Families(msgspec.Struct, frozen=True):
    """The whole file. `words`: what a word stands for in names, blank where it says nothing.

    `common`: words of names that are ordinary words too and name a model only in company; `short`: words too short to
    be told from ordinary ones that name a family all the same; `tags`: names of ollama's library that mean another
    series there; `latest`: what such a name downloads without a tag.
    """

    words: dict[str, str]
    common: tuple[str, ...]
    short: tuple[str, ...]
    families: tuple[Family, ...]
    tags: dict[str, str] = {}
    latest: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a name. `kind`: word, size, active, experts, million, number, lettered, coded."""

    text: str
    kind: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class KnownModel:
    """One base model. `size` in billions of parameters, None where unknown; `order`: the lower, the likelier."""

    name: str
    org: str
    family: str
    order: int
    size: float | None
    tokens: frozenset[str]
    instruct: bool


@dataclass(frozen=True, slots=True)
class Guess:
    """A known model that fits what was typed, how well (0 to 1), and which of its tokens were told."""

    model: KnownModel
    score: float
    share: float
    told: frozenset[str]


def expanded(pattern: str) -> Iterator[str]:
    """Every name that a pattern with {a,b} stands for, in order."""
    pieces = _BRACES.split(pattern)
    choices = [piece.split(",") if place % 2 else [piece] for place, piece in enumerate(pieces)]
    for choice in product(*choices):
        yield "".join(choice)


def tokens_of(text: str) -> list[Token]:
    """The pieces a (lower-case) name is made of: "qwen2.5-32b-a3b" -> qwen, 2.5, 32b, a3b."""
    tokens = []
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or "word"
        if found.group() == "v" and text[found.end() : found.end() + 1].isdigit():
            continue  # "v3" is version 3
        value = found.group().replace("_", ".") if kind != "word" else _SAME.get(found.group(), found.group())
        if kind == "number" and value.count(".") == 0 and len(value) > 1 and value.startswith("0") and len(value) != 4:
            value = value.lstrip("0") or "0"
        if kind == "size":
            value = f"{float(value[:-1]):g}b"
        tokens.append(Token(value, kind, found.start(), found.end()))
    return tokens


def _key_of(tokens: Sequence[Token]) -> str:
    """What all spellings of one name share; blank when no word is left that names a family."""
    if not any(token.kind in {"word", "coded"} for token in tokens):
        return ""
    return "".join(token.text for token in tokens).replace(".", "")


def size_of(tokens: Iterable[Token]) -> float | None:
    """The size in billions that the tokens tell; of "8x7b" nothing, since experts share weights."""
    for token in tokens:
        if token.kind == "size":
            return float(token.text[:-1])
        if token.kind == "million" and int(token.text[:-1]) >= 10:
            return int(token.text[:-1]) / 1000
    return None


class ModelNames:
    """All known base models, ready for searching. Build once (`known_models()`), share freely."""

    def __init__(self, data: Families, further: Mapping[str, Sequence[str]] | None = None) -> None:
        """`further`: other known names (of the catalog) with their aliases."""
        # longest first, so that 通义千问 is not read as 通义 and 千问
        self._synonyms = {word.lower(): stands_for for word, stands_for in data.words.items()}
        self._synonym_pattern = _synonym_pattern(self._synonyms)
        self.tags: Mapping[str, str] = data.tags
        self.latest: Mapping[str, str] = data.latest
        self._common = frozenset(data.common)
        self._short = frozenset(data.short)
        self.models: list[KnownModel] = []
        self._keys: dict[str, KnownModel] = {}
        self._sets: dict[frozenset[str], KnownModel] = {}
        self._readings: list[tuple[KnownModel, frozenset[str]]] = []  # names and aliases alike
        self._leads: set[str] = set()  # first words of names
        for family in data.families:
            self._add_family(family)
        families = frozenset(self._leads | self._short) - self._common
        for name, aliases in (further or {}).items():
            own = {token.text for token in self.tokens(name)}
            # an alias that names another family only says that the shapes are alike
            fitting = [alias for alias in aliases if {token.text for token in self.tokens(alias)} & families <= own]
            self._add(name, "", name, fitting, None, is_base=False)
        self._count()

    def _add_family(self, family: Family) -> None:
        for patterns, is_base in ((family.models, False), (family.base, True)):
            for pattern in patterns:
                for name in expanded(pattern):
                    self._add(
                        name,
                        family.org,
                        family.family,
                        family.aliases.get(name, ()),
                        family.sizes.get(name),
                        is_base=is_base,
                    )

    def _add(
        self, name: str, org: str, family: str, aliases: Sequence[str], size: float | None, *, is_base: bool
    ) -> None:
        tokens = self.tokens(name)
        key = _key_of(tokens)
        if (known := self._keys.get(key)) is not None:
            self._also_called(known, aliases)
            return
        texts = frozenset(token.text for token in tokens)
        model = KnownModel(
            name, org, family, len(self.models), size or size_of(tokens),
            texts | {"base"} if is_base else texts, bool(texts & {"instruct", "chat"}),
        )  # fmt: skip
        self.models.append(model)
        if tokens and tokens[0].kind == "word" and len(tokens[0].text) > 3:
            self._leads.add(tokens[0].text)
        if key:
            self._keys[key] = model
        self._sets.setdefault(texts, model)
        self._readings.append((model, model.tokens))
        for alias in aliases:
            alias_tokens = self.tokens(alias)
            if key := _key_of(alias_tokens):
                self._keys.setdefault(key, model)
            alias_texts = frozenset(token.text for token in alias_tokens)
            self._sets.setdefault(alias_texts, model)
            self._readings.append((model, alias_texts))

    def _also_called(self, model: KnownModel, aliases: Sequence[str]) -> None:
        for alias in aliases:
            if key := _key_of(self.tokens(alias)):
                self._keys.setdefault(key, model)

    def _count(self) -> None:
        counts: Counter[str] = Counter()
        self._with: dict[str, list[int]] = {}
        for number, (_model, texts) in enumerate(self._readings):
            counts.update(texts)
            for text in texts:
                self._with.setdefault(text, []).append(number)
        total = len(self._readings)
        self.weights = {text: _weight(text, log(total / count)) for text, count in counts.items()}
        self._lacks = {text: (_lack(text, versioned=False), _lack(text, versioned=True)) for text in counts}
        self.words = [text for text in self.weights if text.isalpha() and len(text) > 3]
        self.leading = (self._leads | self._short) - self._common
        self._leading = [text for text in self._leads if text in self.weights and text not in self._common]
        self._brands = {text for text in self.weights if text[0].isalpha() and text not in SOFT_WORDS | _BASE_WORDS}

    @property
    def chinese_words(self) -> dict[str, str]:
        """Chinese words that stand for a word of a name, with that word."""
        return {word: stands for word, stands in self._synonyms.items() if not word.isascii() and stands}

    @property
    def brands(self) -> set[str]:
        """Words of which a name needs at least one."""
        return self._brands

    def expand_words(self, text: str) -> str:
        """Nicknames and Chinese words replaced: "千问2.5 14b" -> " qwen 2.5 14b"."""
        if self._synonym_pattern is None:
            return text.lower()
        return self._synonym_pattern.sub(lambda found: f" {self._synonyms[found.group()]} ", text.lower())

    def tokens(self, text: str, *, correct: bool = False) -> list[Token]:
        """Tokens of a name or of talk; `correct` mends misspelt words that are close to a known one."""
        tokens = tokens_of(self.expand_words(text))
        return [self._corrected(token) for token in tokens] if correct else tokens

    def _corrected(self, token: Token) -> Token:
        if token.kind != "word" or len(token.text) < 4 or token.text in self.weights:
            return token
        best = process.extractOne(token.text, self.words, scorer=fuzz.ratio, score_cutoff=80)
        near = best[0] if best else next((word for word in self._leading if _slip(token.text, word)), None)
        return Token(near, "word", token.start, token.end) if near else token

    def exact(self, name: str) -> KnownModel | None:
        """The model of exactly this name, whatever the case, the separators and the order of its parts."""
        tokens = self.tokens(name)
        if (key := _key_of(tokens)) and (model := self._keys.get(key)):
            return model
        if len(tokens) < 2:
            return None
        return self._sets.get(frozenset(token.text for token in tokens))

    def guesses(self, tokens: Sequence[Token], limit: int = 6) -> list[Guess]:
        """Known models that fit the tokens, best first; equal ones in order of likelihood."""
        asked = {token.text: token for token in tokens if token.text in self.weights or token.kind != "word"}
        brands = [text for text in asked if text in self._brands]
        if not brands:
            return []
        numbers = {number for text in brands for number in self._with[text]}
        best: dict[str, Guess] = {}
        for number in numbers:
            model, texts = self._readings[number]
            guess = self._judge(model, texts, asked)
            if guess and (model.name not in best or guess.score > best[model.name].score):
                best[model.name] = guess
        return sorted(best.values(), key=lambda guess: (-round(guess.score, 2), guess.model.order))[:limit]

    def _judge(self, model: KnownModel, texts: frozenset[str], asked: Mapping[str, Token]) -> Guess | None:
        told: set[str] = set()
        matched = missing = 0.0
        for text, token in asked.items():
            weight = self.weights.get(text, 1.5)
            fit = _fit(token, texts, model.size)
            if fit is None:
                return None  # another size: another model
            if fit:
                told.add(text if text in texts else _nearest(token, texts))
                matched += weight * fit
            else:
                missing += weight
        versioned = any(token.kind in {"number", "coded", "lettered"} for token in asked.values())
        lacking = sum(self._lacks[text][versioned] for text in texts - told)
        score = matched - 1.2 * missing - lacking
        share = matched / (matched + missing + lacking) if matched else 0.0
        if not self._distinctive(told, asked):
            return None
        return Guess(model, score, share, frozenset(told))

    def _distinctive(self, told: Iterable[str], asked: Mapping[str, Token]) -> bool:
        """Whether the words told name a model: one that means nothing else, or an ordinary word with company."""
        brands = [text for text in told if text in self._brands]
        if any(text not in self._common for text in brands):
            return True
        sized = any(token.kind in {"size", "experts", "number", "coded"} for token in asked.values())
        return len(brands) > 1 or (bool(brands) and sized)


def _weight(text: str, rarity: float) -> float:
    if text in SOFT_WORDS:
        return 0.3
    if text[0].isdigit() and text[-1] in "bm":
        return 2.5
    if text[0].isdigit():
        return 1.6
    if re.fullmatch(r"[ae]\d+(\.\d+)?b", text):
        return 0.8
    return 0.8 + 0.35 * rarity


def _lack(text: str, *, versioned: bool) -> float:
    """What it costs a model that its token was not told; a version costs nothing where none was told at all."""
    if text in SOFT_WORDS:
        return 0.0
    if text in _BASE_WORDS:
        return 0.3
    if re.fullmatch(r"\d{4}|[ae]\d+(\.\d+)?b|\d+e|\d+[km]", text):
        return 0.02
    if text[0].isdigit():
        return 0.02 if text.endswith("b") else 0.1 * versioned
    return 0.8


def _fit(token: Token, texts: frozenset[str], size: float | None) -> float | None:
    """How well a token told fits a model's tokens: 1 fully, 0 not at all, None where it rules the model out."""
    if token.text in texts:
        return 1.0
    if token.kind == "size":
        return _size_fit(float(token.text[:-1]), texts, size)
    if token.kind == "number" and _nearest(token, texts):
        return 0.85
    return 0.0


def _size_fit(told: float, texts: frozenset[str], size: float | None) -> float | None:
    if size is not None and abs(told - size) <= 0.06 * size:
        return 0.95
    named = [float(text[:-1]) for text in texts if re.fullmatch(r"\d+(\.\d+)?b", text)]
    if named or size is not None:
        return None
    return 0.0


def _nearest(token: Token, texts: frozenset[str]) -> str:
    """The version that "v3" or "25" stands for among a model's own: 0.3, 2.5; blank when there is none."""
    if token.kind == "size":
        return next((text for text in texts if re.fullmatch(r"\d+(\.\d+)?b", text)), "")
    if token.kind != "number" or "." in token.text:
        short = token.text.removesuffix(".0")
        return short if short != token.text and short in texts else ""
    candidates = [f"0.{token.text}", f"{token.text}.0"]
    if len(token.text) == 2:
        candidates.append(f"{token.text[0]}.{token.text[1]}")
    if len(token.text) == 3:
        candidates.append(".".join(token.text))
    return next((text for text in candidates if text in texts), "")


def _slip(typed: str, word: str) -> bool:
    """One slip of the finger (two letters swapped, one wrong, missing or too many) apart."""
    return typed[0] == word[0] and OSA.distance(typed, word, score_cutoff=1) <= 1


def _synonym_pattern(words: Mapping[str, str]) -> re.Pattern[str] | None:
    if not words:
        return None
    longest_first = sorted(words, key=len, reverse=True)
    latin = "|".join(re.escape(word) for word in longest_first if word[0].isascii())
    other = [re.escape(word) for word in longest_first if not word[0].isascii()]
    return re.compile("|".join((rf"(?<![a-z0-9])(?:{latin})(?![a-z])", *other)))


def load_families(root: Path) -> Families:
    """The families under `root`; raises DataError with all faults."""
    return load_all(root, _FILE, "families", Families, check=_faults)[0]


def _faults(data: Families) -> Iterator[Fault]:
    """Names that are listed twice, and sizes or aliases of names that are not listed."""
    listed: dict[str, str] = {}
    for number, family in enumerate(data.families):
        own = [name for pattern in (*family.models, *family.base) for name in expanded(pattern)]
        for name in own:
            if name.lower() in listed:
                yield Fault(_FILE, f"families[{number}].models", f"{name} is listed already by {listed[name.lower()]}")
            listed[name.lower()] = family.family
        for key, named in (("sizes", family.sizes), ("aliases", family.aliases)):
            for name in named:
                if name not in own:
                    yield Fault(_FILE, f"families[{number}].{key}.{name}", "is no model of this family; list it first")
    for word, name in data.latest.items():
        if name.lower() not in listed:
            yield Fault(_FILE, f"latest.{word}", f"{name} is no listed model")


def catalog_names(root: Path) -> dict[str, tuple[str, ...]]:
    """Name and aliases of every model whose shape is known (models/*.yaml), read without their shapes."""

    def build() -> dict[str, tuple[str, ...]]:
        names: dict[str, tuple[str, ...]] = {}
        for document in read_documents(root, "models/*.yaml"):
            for entry in _entries(document.content):
                names[str(entry["id"])] = tuple(str(alias) for alias in entry.get("aliases", ()))
        return names

    files = [*files_matching(root, "models/*.yaml"), Path(__file__)]
    return cached(f"{root.resolve()} names of models", files, dict[str, tuple[str, ...]], build)


def _entries(content: object) -> Iterator[dict[str, list[str]]]:
    entries = (
        content if isinstance(content, list) else content.get("models", [content]) if isinstance(content, dict) else []
    )
    return (entry for entry in entries if isinstance(entry, dict) and "id" in entry)


@lru_cache(maxsize=1)
def known_models() -> ModelNames:
    """The shipped families and the names of the catalog; loaded on first use."""
    root = knowledge_root()
    return ModelNames(load_families(root), catalog_names(root))
