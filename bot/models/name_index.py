"""All known names of models, searched: the one of exactly that name, those that fit what was typed, and relatives.

One rule holds everywhere: a version, a size, a family or a sibling's word ("flash", "coder") that was told and that a
model does not have makes it another model. What was not told leaves a choice; what was told is never passed over.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from itertools import pairwise
from math import log
from pathlib import Path

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.knowledge.cache import cached_of
from bot.knowledge.files import files_matching
from bot.models.families import CatalogName, Families, Family, catalog_names, expanded, load_families
from bot.models.name_tokens import KINDS, SOFT_WORDS, TELLING, VERSIONS, Token, key_of, size_of, tokens_of, told_apart

_BASE_WORDS = frozenset({"base", "pt", "pretrain", "pretrained"})
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_PRECISION = re.compile(r"[-_](?:bf16|fp8|fp16)(?![a-z0-9])", re.IGNORECASE)
_NAMED_SIZE = re.compile(r"\d+(\.\d+)?b")
_NO_FACTS = CatalogName("")
_NO_VERSIONS: Mapping[str, frozenset[str]] = {}  # of most names


@dataclass(frozen=True, slots=True)
class KnownModel:
    """One base model. `size` in billions of parameters, None where unknown; `order`: the lower, the likelier.

    `active`: billions of parameters used per token, where known and fewer; `kin`: words of another model whose shape it
    shares, which may stand beside its own ("rocinante mistral nemo 12b") but do not mean it alone.
    """

    name: str
    org: str
    family: str
    order: int
    size: float | None
    tokens: frozenset[str]
    instruct: bool
    active: float | None = None
    kin: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Guess:
    """A known model that fits what was typed, how well (0 to 1), which of its tokens were told and which were not."""

    model: KnownModel
    score: float
    share: float
    told: frozenset[str]
    untold: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """A name or an alias of a model, taken apart. `after`: the versions that stand right after a word."""

    model: KnownModel
    texts: frozenset[str]
    after: Mapping[str, frozenset[str]]


# Words of file names that are near a model's word and never a slip of it.
_FILE_WORDS = frozenset({"readme", "header", "folder", "loader", "output", "config"})


class ModelNames:
    """All known base models, ready for searching. Build once (`known_models(root)`), share freely."""

    def __init__(
        self,
        data: Families,
        further: Iterable[CatalogName] = (),
        read: Mapping[str, Sequence[Token]] | None = None,
    ) -> None:
        """`further`: the names of the catalog; `read`: tokens of names and aliases, as `name_tokens` gives them."""
        self._read = read or {}
        # longest first, so that 通义千问 is not read as 通义 and 千问
        self._synonyms = {word.lower(): stands_for for word, stands_for in data.words.items()}
        self._synonym_pattern = _synonym_pattern(self._synonyms)
        self.tags: Mapping[str, str] = data.tags
        self.library: Mapping[str, str] = data.library
        self.latest: Mapping[str, str] = data.latest
        self._common = frozenset(data.common)
        self._short = frozenset(data.short)
        self._siblings = frozenset(data.siblings)
        self._closed = re.compile("|".join(data.closed), re.IGNORECASE) if data.closed else None
        self._modes = frozenset(data.modes)
        self.models: list[KnownModel] = []
        self._keys: dict[str, KnownModel] = {}
        self._called: dict[str, KnownModel] = {}  # aliases alone
        self._tagged: dict[str, KnownModel] = {}  # those that are tags of ollama's
        self._sets: dict[frozenset[str], KnownModel] = {}
        self._readings: list[Reading] = []  # names and aliases alike
        self._first: set[str] = set()  # first words of names
        self._leads: set[str] = set()  # those long enough to be no ordinary word
        catalog = tuple(further)
        owners = {*data.publishers, *(each.org for each in data.families), *(each.org for each in catalog)}
        self.publishers = {owner.lower() for owner in owners}
        self._facts = {name.name.lower(): name for name in reversed(catalog)}
        for family in data.families:
            self._add_family(family)
        self._add_catalog(catalog)
        self._count()
        self._sort_words()

    def _add_family(self, family: Family) -> None:
        for patterns, is_base in ((family.models, False), (family.base, True)):
            for name in (name for pattern in patterns for name in expanded(pattern)):
                aliases, size = family.aliases.get(name, ()), family.sizes.get(name)
                self._add(name, family.org, family.family, aliases, size, is_base=is_base)

    def _add_catalog(self, names: Sequence[CatalogName]) -> None:
        families = frozenset(self._leads | self._short) - self._common
        for each in names:
            own = {token.text for token in self.tokens(each.name)}
            # an alias that names another family only says that the shapes are alike
            fitting = [
                alias for alias in each.aliases if {token.text for token in self.tokens(alias)} & families <= own
            ]
            self._add(each.name, each.org, each.name, fitting, None, is_base=False)

    def _add(
        self, name: str, org: str, family: str, aliases: Sequence[str], size: float | None, *, is_base: bool
    ) -> None:
        tokens = self.tokens(name)
        key = key_of(tokens)
        known = self._keys.get(key)
        model = known or self._new(name, org, family, tokens, size, is_base=is_base)
        if known is None:
            self._keys[key or name] = model
            if _PRECISION.search(name):  # a file of it tells its own quantization instead
                self._keys.setdefault(key_of(self.tokens(_PRECISION.sub("", name))), model)
            self._sets.setdefault(_texts(tokens), model)
            self._readings.append(Reading(model, model.tokens, _versions(tokens)))
        for alias in aliases:
            self._also_called(model, alias, is_new=known is None)

    def _new(
        self, name: str, org: str, family: str, tokens: Sequence[Token], size: float | None, *, is_base: bool
    ) -> KnownModel:
        texts = _texts(tokens)
        facts = self._facts.get(name.lower(), _NO_FACTS)
        kin = self.tokens(facts.shape_of) if facts.shape_of != facts.name else ()
        model = KnownModel(
            name, org, family, len(self.models),
            size=size or size_of(tokens) or facts.size or None,
            tokens=texts | {"base"} if is_base else texts,
            instruct=bool(texts & {"instruct", "chat"}),
            active=facts.active or None,
            kin=frozenset(token.text for token in kin if token.kind == "word"),
        )  # fmt: skip
        self.models.append(model)
        if tokens:
            self._add_first(tokens[0])
        return model

    def _add_first(self, token: Token) -> None:
        self._first.add(token.text)
        if token.kind == "word" and len(token.text) > 3:
            self._leads.add(token.text)

    def _also_called(self, model: KnownModel, alias: str, *, is_new: bool) -> None:
        tokens = self.tokens(alias)
        key = key_of(tokens)
        if key and not (":" in alias and _leaves_version(tokens, model)):
            self._keys.setdefault(key, model)
        if key and key != key_of(self.tokens(model.name)):
            (self._tagged if ":" in alias else self._called).setdefault(key, model)
        if is_new:
            texts = _texts(tokens)
            self._sets.setdefault(texts, model)
            self._readings.append(Reading(model, texts, _versions(tokens)))

    def _count(self) -> None:
        """Where each token stands, and what it weighs: the rarer, the more."""
        self._with = _places(reading.texts for reading in self._readings)
        self._related = _places(reading.model.kin for reading in self._readings)
        self._unsized = {number for number, each in enumerate(self._readings) if not _names_size(each.model)}
        total = len(self._readings)
        self.weights = {text: _weight(text, log(total / len(numbers))) for text, numbers in self._with.items()}
        self._lacks = {text: (_lack(text, versioned=False), _lack(text, versioned=True)) for text in self._with}

    def _sort_words(self) -> None:
        """Which words lead names, which of those are no ordinary ones, and which are what a name has for itself."""
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
        if not correct and text in self._read:
            return list(self._read[text])
        tokens = tokens_of(self.expand_words(text))
        return [self._corrected(token) for token in tokens] if correct else tokens

    def _corrected(self, token: Token) -> Token:
        if token.kind != "word" or len(token.text) < 4 or token.text in self.weights or self._marks(token):
            return token
        if token.text in _FILE_WORDS:
            return token
        best = process.extractOne(token.text, self.words, scorer=fuzz.ratio, score_cutoff=80)
        near = best[0] if best else next((word for word in self._leading if _slip(token.text, word)), None)
        return replace(token, text=near, mended=True) if near else token

    def is_closed(self, text: str) -> bool:
        """Whether a text names a model that only its maker runs: no weights of it can be had."""
        return self._closed is not None and self._closed.match(text.strip()) is not None

    def exact(self, name: str) -> KnownModel | None:
        """The model of exactly this name, whatever the case, the separators and the order of its parts."""
        tokens = self.tokens(name)
        if (key := key_of(tokens)) and (model := self._keys.get(key)):
            return model
        if len(tokens) < 2:
            return None
        return self._sets.get(_texts(tokens))

    def called(self, name: str, *, tag: bool = False) -> KnownModel | None:
        """The model that has exactly this among its other names (a nickname, with `tag` ollama's), or as its name.

        A bare name means the model to chat with where there is one beside the pre-trained one.
        """
        tokens = self.tokens(name)
        key = key_of(tokens)
        own = self._keys.get(key)
        other = (self._tagged.get(key) if tag else None) or self._called.get(key)
        if own is None and other is None and len(tokens) > 1 and tokens[0].kind == "size":  # "12b nemo" is "nemo 12b"
            return self._called.get(key_of([*tokens[1:], tokens[0]]))
        return other or (own if own and "base" not in own.tokens else None)

    def guesses(self, tokens: Sequence[Token], limit: int = 6) -> list[Guess]:
        """Known models that fit the tokens, best first; equal ones in order of likelihood."""
        asked = self._asked(tokens)
        versions, families = _versions(list(asked.values())), self._family_told(asked)
        numbers = self._candidates(asked, families)
        best: dict[str, Guess] = {}
        for reading in (self._readings[number] for number in numbers):
            name = reading.model.name
            guess = None if _contradicts(versions, reading) else self._judge(reading, asked, families)
            if guess and (name not in best or guess.score > best[name].score):
                best[name] = guess
        return sorted(best.values(), key=lambda guess: (-round(guess.score, 2), guess.model.order))[:limit]

    def _candidates(self, asked: Mapping[str, Token], families: set[str]) -> set[int]:
        """Readings that may fit: of every family told, and of the size told or of none."""
        certain = [text for text in families if not asked[text].mended]
        found = self._of_families(certain) if certain else self._of_brands(asked)
        for text, token in asked.items():
            if token.kind == "size" and "." not in text:
                found &= {*self._with.get(text, ())} | self._unsized
        return found

    def _of_families(self, families: Iterable[str]) -> set[int]:
        """Readings that have the words of all these families, or share the shape of a model that has."""
        return set.intersection(*({*self._with.get(text, ()), *self._related.get(text, ())} for text in families))

    def _of_brands(self, texts: Iterable[str]) -> set[int]:
        return {number for text in texts if text in self._brands for number in self._with[text]}

    def relatives(self, tokens: Sequence[Token], limit: int = 6) -> list[KnownModel]:
        """Models of the family that was told, whatever their version and size; the likest first."""
        asked = self._asked(tokens)
        size = size_of(tokens)
        numbers = {number for text in self._family_told(asked) for number in self._with.get(text, ())}
        told = frozenset(asked)
        readings = (self._readings[number] for number in numbers)
        scored = ((-round(self._likeness(each, told, size), 2), each.model.order) for each in readings)
        best = nsmallest(4 * limit, scored)
        return list(dict.fromkeys(self.models[order] for _, order in best))[:limit]

    def _likeness(self, reading: Reading, told: frozenset[str], size: float | None) -> float:
        """How much a model has in common with what was told, its own further words and another size taken off."""
        shared = reading.texts & told
        own = sum(self.weights[text] for text in reading.texts - shared if text in self._brands)
        other = abs(log(size / reading.model.size)) if size and reading.model.size else 0.0
        return sum(self.weights[text] for text in shared) - 0.25 * own - other

    def names_family(self, tokens: Sequence[Token]) -> bool:
        """Whether a family was told beyond doubt: by a word of its own, or by an ordinary one with a sibling's word."""
        return any(text in self.leading or text in self._siblings for text in self._asked(tokens))

    def _asked(self, tokens: Sequence[Token]) -> dict[str, Token]:
        """What was told of a model: known words, and versions and sizes that belong to them."""
        kept = (token for place, token in enumerate(tokens) if not self._is_stray(tokens, place))
        known = [token for token in kept if token.kind != "word" or token.text in self.weights or self._marks(token)]
        return {token.text: token for token in told_apart(known)}

    def _marks(self, token: Token) -> bool:
        return token.text in self._siblings or token.text in self._modes or token.text in KINDS

    def _family_told(self, asked: Mapping[str, Token]) -> set[str]:
        """The words told that name families: those that mean nothing else, and an ordinary one that leads the name."""
        tokens = list(asked.values())
        found = {token.text for token in tokens if token.text in self.leading}
        leads = len(tokens) > 1 and tokens[0].text in self._first and tokens[1].near
        return found | {tokens[0].text} if leads and tokens[1].text not in self.leading else found

    def _is_stray(self, tokens: Sequence[Token], place: int) -> bool:
        """A number, or an ordinary word, that stands apart from the name: "2 questions about qwen3 8b"."""
        token = tokens[place]
        before = tokens[place - 1] if place else None
        after = next(iter(tokens[place + 1 : place + 2]), None)
        if token.kind == "number":
            return self._is_stray_number(token, before, after)
        if re.fullmatch(r"\d+k|\dm", token.text):  # of context, perhaps
            return token.text not in self.weights and not (before and token.joined)
        return token.text in self._siblings and not self._is_beside_a_piece(token, before, after)

    def _is_beside_a_piece(self, token: Token, before: Token | None, after: Token | None) -> bool:
        if token.near and self._is_piece(before):
            return True
        return after is not None and after.near and self._is_piece(after)

    def _is_piece(self, token: Token | None) -> bool:
        return token is not None and (token.kind != "word" or token.text in self.weights)

    def _is_stray_number(self, token: Token, before: Token | None, after: Token | None) -> bool:
        if before is None:
            return not (after and after.joined)
        if not token.near:
            return True
        if token.joined or "v" in token.lead or "." in token.text or len(token.text) == 4:
            return False
        return before.kind != "word" or before.text not in self._brands

    def _judge(self, reading: Reading, asked: Mapping[str, Token], families: set[str]) -> Guess | None:
        weighed = self._weighed(reading, asked, families)
        if weighed is None:
            return None  # told, and not so: another model
        told, matched, missing = weighed
        untold = reading.texts - told
        if self._leaves_open(reading, asked, untold) or self._means_the_base(reading.model, told, untold):
            return None
        if untold & _BASE_WORDS and self._has_made_of_it(reading):
            return None
        if not self._distinctive(told, asked) or self._is_of_another_family(told, untold):
            return None
        versioned = any(token.kind in VERSIONS for token in asked.values())
        lacking = sum(self._lacks[text][versioned] for text in untold)
        score = matched - 1.2 * missing - lacking
        share = matched / (matched + missing + lacking) if matched else 0.0
        return Guess(reading.model, score, share, frozenset(told), untold)

    def _weighed(
        self, reading: Reading, asked: Mapping[str, Token], families: set[str]
    ) -> tuple[set[str], float, float] | None:
        """Which of the model's tokens were told, the weight of what fits and of what it lacks; None where something
        that was told rules it out.
        """
        told: set[str] = set()
        matched = missing = 0.0
        foreign = families - reading.texts - reading.model.kin
        for text, token in asked.items():
            fit = None if text in foreign and not token.mended else self._fit(token, reading)
            if fit is None:
                return None
            weight = self.weights.get(text, 1.5)
            if fit:
                told.add(text if text in reading.texts else _nearest(token, reading.texts))
                matched += weight * fit
            else:
                missing += weight
        told.discard("")  # a size or an active part that the name does not tell
        return told, matched, missing

    def _leaves_open(self, reading: Reading, asked: Mapping[str, Token], untold: frozenset[str]) -> bool:
        """Whether only a size stands for what tells models of one size apart: it alone does not tell which."""
        foreign_size = any(token.kind == "size" and token.text not in reading.texts for token in asked.values())
        return foreign_size and self._is_open(untold)

    def _means_the_base(self, model: KnownModel, told: set[str], untold: frozenset[str]) -> bool:
        """Whether only the base was told, and not what was made of it."""
        if not model.kin or not any(map(self.is_own, untold)):
            return False
        return all(text in model.kin for text in told if self.is_own(text))

    def _is_of_another_family(self, told: set[str], untold: frozenset[str]) -> bool:
        """Whether only words of families were told, and the model has one more family and a word of its own: of a merge
        that is called "MS" the words "mistral small" alone tell nothing.
        """
        shared = self.leading | self._siblings | self._common
        if any(self.is_own(text) and text not in shared for text in told):
            return False
        own = {text for text in untold if self.is_own(text)}
        return bool(own & self.leading and own - shared)

    def _has_made_of_it(self, reading: Reading) -> bool:
        """Whether beside a pre-trained model stands the one to chat with: without a word, that one was meant."""
        rest = reading.texts - _BASE_WORDS
        return any(rest | {word} in self._sets for word in ("instruct", "chat", "it")) or rest in self._sets

    def tells_generation(self, guess: Guess) -> bool:
        """Whether the version that stands right after a family's word was told too: not so in "llama 8b"."""
        own = next(reading for reading in self._readings if reading.model is guess.model)
        return not any(guess.untold & versions for word, versions in own.after.items() if word in guess.told)

    def is_own(self, text: str) -> bool:
        """Whether a token is what a model's name has for itself: no soft word, date, size or number of experts."""
        if text in SOFT_WORDS | _BASE_WORDS or not text[0].isalpha() or re.fullmatch(r"[ae]\d+(\.\d+)?b", text):
            return False
        return text in self._brands

    def _is_open(self, untold: Iterable[str]) -> bool:
        """Whether something was left out that tells models of one size apart."""
        return any(self.is_own(text) or re.fullmatch(r"\d{1,3}|\d+\.\d+|\d+[nvo]|[ae]\d.*b", text) for text in untold)

    def _fit(self, token: Token, reading: Reading) -> float | None:
        """How well a token told fits a model's tokens: 1 fully, 0 not at all, None where it rules the model out."""
        if token.text in reading.texts:
            return 1.0
        if token.text in KINDS and not _is_of_kind(token.text, reading.model):
            return None
        if token.kind == "word":
            return None if self._tells_apart(token, reading) else 0.0
        if token.kind == "size":
            return _size_fit(token.text, reading.model)
        if token.kind == "active":
            return 0.95 if _active_fits(token.text, reading.model) else None
        return _version_fit(token, reading.texts)

    def _tells_apart(self, token: Token, reading: Reading) -> bool:
        """Whether a word that the model lacks means that another one was meant."""
        text = token.text
        if token.mended or text in SOFT_WORDS | _BASE_WORDS or text in reading.model.kin:
            return False
        if text in self._siblings:
            return True
        if text in self._modes:
            return any(text in other for other in self._series(reading.texts))
        return text in self._brands and text not in self._common

    def _series(self, texts: frozenset[str]) -> Iterator[frozenset[str]]:
        """The readings that share a family's word and all versions with a model."""
        shared = {text for text in texts if text in self.leading or (text[0].isdigit() and not text.endswith("b"))}
        lead = next((text for text in shared if text in self.leading), None)
        numbers = self._with[lead] if lead else ()
        return (self._readings[number].texts for number in numbers if shared <= self._readings[number].texts)

    def _distinctive(self, told: Iterable[str], asked: Mapping[str, Token]) -> bool:
        """Whether the words told name a model: one that means nothing else, or an ordinary word with company."""
        brands = [text for text in told if text in self._brands]
        if any(text not in self._common for text in brands):
            return True
        sized = any(token.kind in {"size", "experts", "number", "coded"} for token in asked.values())
        return len(brands) > 1 or (bool(brands) and sized)


def _places(groups: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    """The numbers of the groups in which each text stands."""
    found: dict[str, list[int]] = {}
    for number, texts in enumerate(groups):
        for text in texts:
            found.setdefault(text, []).append(number)
    return found


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


def _names_size(model: KnownModel) -> bool:
    return any(_NAMED_SIZE.fullmatch(text) for text in model.tokens)


def _is_of_kind(word: str, model: KnownModel) -> bool:
    """Whether a model may be what "dense" or "moe" says; of many it is not known how much they use per token."""
    sparse = model.active is not None or any(re.fullmatch(r"a\d+(\.\d+)?b|\d+x\d+b", text) for text in model.tokens)
    return model.size is None or (word == "moe") == sparse


def _size_fit(told: str, model: KnownModel) -> float | None:
    """A size that the name does not tell fits the true one; where it tells one, only the true one to the decimal."""
    named = _names_size(model)
    number = _unmarked(told)[:-1]
    if model.size is None:
        return None if named else 0.0
    if named:
        decimals = len(number.partition(".")[2])
        return 0.95 if decimals and abs(float(number) - model.size) <= 0.5 * 10**-decimals else None
    return 0.95 if is_about(float(number), model.size) else None


def _version_fit(token: Token, texts: frozenset[str]) -> float | None:
    if token.kind == "number" and _nearest(token, texts):
        return 0.85
    return None if token.kind in TELLING and not _is_year(token) else 0.0


def _active_fits(told: str, model: KnownModel) -> bool:
    named = any(re.fullmatch(r"[ae]\d+(\.\d+)?b", text) for text in model.tokens)
    active = float(_unmarked(told)[1:-1])
    return not named and told[0] == "a" and bool(model.active) and is_about(active, model.active or 0.0)


def _unmarked(told: str) -> str:
    """A token without the mark of `told_apart`."""
    return told.rstrip("'")


def is_about(told: float, true: float) -> bool:
    """As people round: 230 for 229, 14 or 15 for 14.7, 4 for 3.8, 3.8 for 3.82; 685 for 671, as hubs count it."""
    if told % 1:
        return abs(told - true) <= 0.06
    by_fives = true >= 100 and told % 5 == 0 and abs(told - true) <= 0.025 * true
    return told in (true // 1, round(true)) or by_fives


def _versions(tokens: Sequence[Token]) -> Mapping[str, frozenset[str]]:
    """The versions that stand right after each word: of "hermes 3 llama 3.1 8b", hermes: 3 and llama: 3.1."""
    found: dict[str, set[str]] = {}
    for before, token in pairwise(tokens):
        if before.kind == "word" and token.kind in VERSIONS and token.near:
            found.setdefault(before.text, set()).add(token.text)
    return {word: frozenset(versions) for word, versions in found.items()} or _NO_VERSIONS


def _contradicts(told: Mapping[str, frozenset[str]], reading: Reading) -> bool:
    """Whether a word has another version in the name than the one told: Qwen3 with "-v2" behind is no Qwen2."""
    for word, versions in told.items():
        own = reading.after.get(word)
        if own and not any(version in own or _nearest(Token(version, "number"), own) for version in versions):
            return True
    return False


def _is_year(token: Token) -> bool:
    return token.kind == "number" and token.lead == " " and re.fullmatch(r"202[3-9]", token.text) is not None


def _texts(tokens: Iterable[Token]) -> frozenset[str]:
    return frozenset(token.text for token in told_apart(tokens))


def _nearest(token: Token, texts: frozenset[str]) -> str:
    """The version that "v3" or "25" stands for among a model's own: 0.3, 2.5; blank when there is none."""
    if token.kind == "size":
        return next((text for text in texts if _NAMED_SIZE.fullmatch(text)), "")
    if token.kind != "number" or "." in token.text:
        short = token.text.removesuffix(".0")
        return short if short != token.text and short in texts else ""
    return next((text for text in _versions_of(token.text) if text in texts), "")


def _versions_of(digits: str) -> Iterator[str]:
    """What a number without points may be short for: "25" for 0.25, 25.0, 2.5 and 25b."""
    yield f"0.{digits}"
    yield f"{digits}.0"
    if len(digits) in (2, 3):
        yield ".".join(digits)
        yield f"{digits}b"


def _leaves_version(tokens: Sequence[Token], model: KnownModel) -> bool:
    """Whether a tag leaves out the version that its model has: in talk "qwen 32b" is the newest, not what "qwen:32b"
    downloads.
    """
    told = {token.text for token in tokens}
    return any(token.kind == "number" and token.text not in told for token in tokens_of(model.name.lower()))


def _slip(typed: str, word: str) -> bool:
    """One slip of the finger (two letters swapped, one wrong, missing or too many) apart."""
    return typed[0] == word[0] and OSA.distance(typed, word, score_cutoff=1) <= 1


def _synonym_pattern(words: Mapping[str, str]) -> re.Pattern[str] | None:
    if not words:
        return None
    longest_first = sorted(words, key=len, reverse=True)
    latin = "|".join(re.escape(word) for word in longest_first if word[0].isascii())
    others = [word for word in longest_first if not word[0].isascii()]
    chinese = [re.escape(word) for word in others if _CHINESE.match(word)]
    spelled = "|".join(re.escape(word) for word in others if not _CHINESE.match(word))
    in_letters = [rf"(?<![^\W\d_])(?:{spelled})"] if spelled else []  # "лама" is no part of "реклама"
    return re.compile("|".join((rf"(?<![a-z0-9])(?:{latin})(?![a-z])", *chinese, *in_letters)))


def known_models(root: Path) -> ModelNames:
    """The families under `root` and the names of its catalog."""
    families, catalog = load_families(root), catalog_names(root)

    def build() -> dict[str, list[Token]]:
        names = ModelNames(Families(families.words, (), (), ()))
        return {name: names.tokens(name) for name in _all_names(families, catalog)}

    files = [*files_matching(root, "models/*.yaml"), *files_matching(root, "families.yaml")]
    code = [Path(__file__), Path(tokens_of.__code__.co_filename)]
    read = cached_of(root, "tokens of names", [*files, *code], dict[str, list[Token]], build)
    return ModelNames(families, catalog, read)


def _all_names(data: Families, catalog: Iterable[CatalogName]) -> Iterator[str]:
    for family in data.families:
        yield from (name for pattern in (*family.models, *family.base) for name in expanded(pattern))
        yield from (alias for aliases in family.aliases.values() for alias in aliases)
    for each in catalog:
        yield from (each.name, *each.aliases)
