"""Suggestions for what is being typed: models, cards, entries, questions, terms, loaders."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from rapidfuzz import fuzz, process

from bot.base.languages import Language, Text
from bot.clinic.engines import engine_names
from bot.clinic.parts import Parts
from bot.clinic.ports import Choice, Subject
from bot.hardware.card_choices import card_choices
from bot.knowledge.lookup import Worded
from bot.models.catalog import KnownName

W = TypeVar("W", bound=Worded)
_PIECE = re.compile(r"[a-z0-9.]+")
_FAMILY_END = re.compile(r"(?<=[a-z]{3})-?(?=[0-9])")
_QUANT_BREAK = re.compile(r"(?<=[qk0-9])_(?=[klmsx0-9])")  # "q4_k_m" is one word

_FOREIGN = re.compile(r"[^\W\d_a-z\u3400-\u9fff]")  # letters of a script in which no name is known

LEAST_ALIKE = 60  # of 100
OPTIONS = 25  # suggestions at the most
USUAL_QUANTS = ("Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0", "IQ4_XS", "Q3_K_M", "IQ3_M", "Q2_K", "4.0bpw-exl2", "AWQ")


class Suggestions:
    """At most `OPTIONS` suggestions, best first."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def load(self) -> None:
        """Reads what is needed now instead of on first use."""
        assert self._entries is not None

    def suggest(self, subject: Subject, typed: str, language: Language) -> Sequence[Choice]:
        """What may be meant by what has been typed so far."""
        match subject:
            case "model":
                return self._models(typed)
            case "card":
                return _named(card_choices(typed, self._parts.cards, OPTIONS))
            case "engine":
                return self._engines(typed)
            case "entry":
                return self._failures(typed, language)
            case "faq":
                return _found(self._parts.questions, typed, lambda item: item.question.in_language(language))
            case "term":
                return _found(self._parts.terms.items, typed, lambda item: item.name.in_language(language))
            case _:
                return _named(name for name in self._parts.loaders if typed.lower() in name.lower())[:OPTIONS]

    def _models(self, typed: str) -> list[Choice]:
        """Names that contain what is typed, much asked for ones first; once one is complete, its quantizations."""
        typed = unicodedata.normalize("NFKC", typed)
        expanded = self._parts.catalog.called.expand_words(typed)
        if _FOREIGN.search(expanded):
            return []  # the rest alone, a version or a size, would name any model
        wanted = _squeezed(expanded)
        names = self._model_names
        exact = max((name for name in names if wanted.startswith(_squeezed(name))), key=len, default=None)
        found = _quantized(exact, wanted) if exact is not None else []
        found += self._named_like(wanted, typed)
        if not found:
            hits = process.extract(typed, names, scorer=fuzz.WRatio, limit=OPTIONS, score_cutoff=70)
            found = [str(hit[0]) for hit in hits]
        if not found and " " in typed.strip():
            return self._models(typed.strip().rpartition(" ")[0])  # the last word is not typed to its end, or is none
        return _named(dict.fromkeys(found))[:OPTIONS]

    def _named_like(self, wanted: str, typed: str) -> list[str]:
        """Names that begin with what is typed, then those with all its words, then those that hold it."""
        holding = [name for name in self._model_names if wanted in _squeezed(name)]
        begun = [name for name in holding if _squeezed(name).startswith(wanted)]
        return [*begun, *_worded(self._parts.catalog.called.expand_words(typed), self._name_pieces), *holding]

    def _engines(self, typed: str) -> list[Choice]:
        """Engines that memory is counted for, and the loaders that are built on one."""
        names = engine_names(self._parts.loaders)
        return _named(name for name in names if typed.lower() in name)[:OPTIONS]

    def _failures(self, typed: str, language: Language) -> list[Choice]:
        entries = self._entries
        wanted = typed.lower().replace("-", " ")
        hits = process.extract(wanted, entries, scorer=fuzz.partial_ratio, limit=OPTIONS, score_cutoff=70)
        titles = self._titles
        return [Choice(titles[str(id_)].in_language(language), str(id_)) for _, _, id_ in hits]

    @cached_property
    def _model_names(self) -> list[str]:
        """Those that people run this season, then those of a model's own makers before what others made of it; much
        asked for ones first, then young ones.
        """
        known = {each.name: each for each in self._parts.catalog.names.values()}
        by_name = sorted(known, key=str.lower)
        run = {each.name for each in self._parts.recommendations.models}
        return sorted(by_name, key=lambda name: (name in run, *_rank(known[name])), reverse=True)

    @cached_property
    def _name_pieces(self) -> dict[str, list[str]]:
        """The words of each name, in the same order."""
        return {name: _pieces(name) for name in self._model_names}

    @cached_property
    def _titles(self) -> dict[str, Text]:
        return {entry.id: entry.title for entry in self._parts.failures}

    @cached_property
    def _entries(self) -> dict[str, str]:
        return {id_: f"{id_} {title.en} {title.zh}".lower().replace("-", " ") for id_, title in self._titles.items()}


def _named(names: Iterable[str]) -> list[Choice]:
    """Suggestions that are typed as they are shown."""
    return [Choice(name, name) for name in names]


def _rank(known: KnownName) -> tuple[bool, int, str]:
    return known.is_original, known.model.popularity, known.model.released


def _quantized(name: str, wanted: str) -> list[str]:
    """A complete name with each usual quantization that goes on as it is typed."""
    rest = wanted.removeprefix(_squeezed(name))
    return [f"{name}-{quant}" for quant in USUAL_QUANTS if _squeezed(quant).startswith(rest)]


def _worded(typed: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """Names that hold all words of what is typed, in whatever order, the last one begun; with a quantization behind
    them where one is typed: "llama3.3 70b q4".
    """
    *words, last = _pieces(typed) or [""]
    quants = _quants_begun(last) if words else []
    fitting = _with_words(words, "" if quants else last, names)
    return [f"{name}-{quant}" for name in fitting for quant in quants] if quants else fitting


def _with_words(words: Sequence[str], begun: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """Names with all the words, and with one that begins like the last one."""
    if not (words or begun):
        return []
    return [name for name, pieces in names.items() if _has_words(pieces, words, begun)]


def _quants_begun(word: str) -> list[str]:
    """The usual quantizations that a word begins: "q4"."""
    return [quant for quant in USUAL_QUANTS if word.startswith(("q", "i")) and _squeezed(quant).startswith(word)]


def _pieces(text: str) -> list[str]:
    """The words of a name, a version apart from the family: "llama3.3_70B" is llama, 3.3, 70b."""
    plain = _QUANT_BREAK.sub("", text.lower())
    return _PIECE.findall(_FAMILY_END.sub(" ", plain))


def _has_words(pieces: Sequence[str], words: Sequence[str], begun: str) -> bool:
    """Whether a name has all the words, and one that begins like the last one; a size may lack its "b"."""
    whole = all(word in pieces or f"{word}b" in pieces for word in words)
    return whole and any(piece.startswith(begun) for piece in pieces)


def _found(items: Sequence[W], typed: str, title: Callable[[W], str]) -> list[Choice]:
    """Items with a wording that resembles what is typed; all of them while nothing is."""
    if not typed.strip():
        chosen: Iterable[W] = items
    else:
        wordings = {index: " / ".join(item.wordings) for index, item in enumerate(items)}
        hits = process.extract(typed, wordings, scorer=fuzz.partial_ratio, processor=str.lower, limit=None)
        likely = [(score, items[index]) for _, score, index in hits if score >= LEAST_ALIKE]
        chosen = [item for _, item in sorted(likely, key=lambda hit: (-hit[0], _place(typed, title(hit[1]))))]
    titles = dict.fromkeys(title(item) for item in chosen)
    return [Choice(text, text) for text in titles][:OPTIONS]


def _place(typed: str, title: str) -> int:
    """Where in a title it stands: what begins with it is meant more likely than what only mentions it."""
    at = title.lower().find(typed.strip().lower())
    return at if at >= 0 else len(title)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s_\-./:]+", "", text.lower())
