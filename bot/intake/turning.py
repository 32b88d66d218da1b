"""How people go on in a conversation, from knowledge/conversation.yaml: corrections, questions back, "did not help"."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from bot.base.phrases import folded
from bot.intake.signs import Wording
from bot.knowledge.files import Fault, load_all
from bot.knowledge.word_lists import KEY, Lists, phrases_filled

Asked = Literal["layers", "context", "faster", "speed", "quant", "size", "fits"]
About = Literal["layers", "context", "quant", "speed"]
OfAdvice = Literal["why", "safe", "lasts", "restart", "stays", "all", "does"]
OfProgram = Literal["log", "context", "layers", "update"]
Spoken = Literal["ram", "vram", "context"]
Success = Literal["says", "tells", "sounds"]
K = TypeVar("K")
_FILE = "conversation.yaml"
_LONGEST_OF_ADVICE = 100  # characters of a question about the advice
_SHORTEST_QUESTION = 60  # characters of one that says only "where do I put that?"
_LONGEST_CALL = 40  # characters of a message that only calls
_AROUND_CALL = " ?!.,~。！？，、…～"
_WORDS = frozenset({"takes_back", "common_words", "small_words"})
_ASKS = re.compile(r"[?？]|[吗呢](?=$|[,，。!！])")
_BESIDE_CHINESE = re.compile(r"(?<=[\u3400-\u9fff]) | (?=[\u3400-\u9fff])")
_TELLING = re.compile(r"[a-z']+|[\u3400-\u9fff]+")
_SENTENCE_BREAK = re.compile(r"[.!;?。！；？](?=\s|$|[\u3400-\u9fff])|\n")
_SENTENCE_END = re.compile(r"[.!;。！；](?=\s|$|[\u3400-\u9fff])|\n")
_BETWEEN_THINGS = re.compile(r"[,;，；。]\s*(?:and\s|also\s|plus\s|还有|另外|以及|再就是)|;\s|；|\n")
_SHORTEST_THING, _MOST_THINGS = 8, 4  # characters of one thing; things of one message
_LONGEST = 240  # characters of a message that asks back or says that something failed; a longer one tells more
# How likely a sentence must be to tell a success or a failure by what was learnt of others; a success beside a word
# that leaves doubt; and neither, where a phrase says success.
_LIKELY, _LIKELY_IN_DOUBT, _NEITHER = 0.5, 0.75, 0.95
_LIKELY_THOUGH_BACK = 0.9  # a success beside words by which something is back
_LIKELY_IN_CLOSING = 0.6  # a success beside words that may only end the talk

Shares = Callable[[str], Mapping[str, float]]  # of a sentence: how likely it is "solved", "failed" or neither


class Around(msgspec.Struct, frozen=True):
    """Something around that people tell in few words. `name`: as it is repeated to them, "…" being their own word;
    `leads`: words of the steps that speak of it.
    """

    name: dict[Literal["en", "zh"], str]
    said: Wording
    leads: tuple[str, ...]


class OfStep(msgspec.Struct, frozen=True):
    """A question about one of the steps. `leads`: words of the steps that it may mean."""

    said: Wording
    leads: tuple[str, ...]


class OfModels(msgspec.Struct, frozen=True):
    """A question in a talk of models that means a frequent one. `leads`: the id of that."""

    said: Wording
    leads: str


class TurnData(msgspec.Struct, frozen=True, rename="kebab"):
    """The whole file."""

    corrects: Wording
    takes_back: Wording
    uses: Wording
    asks_why_not: Wording
    single: Wording
    one_more: Wording
    beside: Wording
    so_many: tuple[Wording, ...]
    fetches: Wording
    weighs: Wording
    asks_back: dict[Asked, Wording]
    failed: Wording
    other_one: Wording
    solved: Wording
    over: Wording
    unsolved: Wording
    done: Wording
    fine: Wording
    cause: Wording
    relieved: Wording
    thanked: Wording
    no_change: Wording
    not_understood: Wording
    around: tuple[Around, ...]
    relapses: Wording
    will_try: Wording
    points_back: Wording
    cache: Wording
    several: Wording
    what_runs: Wording
    how_large: Wording
    of_steps: tuple[OfStep, ...]
    sets: Wording
    asks_where: Wording
    asks_for_source: Wording
    asks_command: Wording
    of_advice: dict[OfAdvice, Wording]
    of_program: dict[OfProgram, Wording]
    asks_meaning: Wording
    compares_speed: Wording
    refused: Wording
    what_happens: Wording
    of_models: tuple[OfModels, ...]
    begins: Wording
    leads_in: Wording
    reason: Wording
    claims: Wording
    another: Wording
    but: Wording
    deictic: Wording
    whether: Wording
    more: Wording
    asks_price: Wording
    common_words: Wording
    what_if: Wording
    elliptic: Wording
    about: dict[About, Wording]
    spoken_of: dict[Spoken, Wording]
    small_words: Wording
    calls: Wording
    closes: Wording
    steps: tuple[Wording, ...]
    lists: Lists = {}  # empty once the rows are filled


@dataclass(frozen=True)
class Turns:
    """How messages are told apart. Build once, share freely. All methods take a message's own words."""

    data: TurnData
    shares: Shares = lambda _: {}  # by what was learnt of other sentences, beside the phrases

    def corrects(self, text: str) -> bool:
        """Whether what was told before is said to be wrong."""
        return self.data.corrects.found_in(folded(text))

    def uses(self, text: str) -> bool:
        """Whether the author says what is used here."""
        return self.data.uses.found_in(folded(text))

    def asks_why_not(self, text: str) -> bool:
        """Whether a short message asks why something was not advised: "why not ollama"."""
        return self.data.asks_why_not.found_in(_short(text, _LONGEST_OF_ADVICE))

    def is_single(self, text: str) -> bool:
        """Whether a short message tells that there is one card only."""
        return self.data.single.found_in(_tight(text))

    def adds_a_card(self, text: str) -> bool:
        """Whether a short message speaks of one more card of the kind that was told."""
        return self.data.one_more.found_in(_tight(text))

    def adds_beside(self, text: str) -> bool:
        """Whether a short message speaks of a card of another kind beside the one that was told."""
        return self.data.beside.found_in(_tight(text))

    def cards_wanted(self, text: str) -> int:
        """How many cards of the kind that was told a short message speaks of, from 2; 0 for none."""
        plain = _tight(text)
        return next((at for at, wording in enumerate(self.data.so_many, start=2) if wording.found_in(plain)), 0)

    def spoken_of(self, plain: str) -> Spoken | None:
        """Of which amount a folded text speaks last."""
        places: dict[Spoken, int] = {
            name: max((place.end() for place in wording.phrases.finditer(plain)), default=-1)
            for name, wording in self.data.spoken_of.items()
        }
        last = max(places, key=lambda name: places[name])
        return last if places[last] >= 0 else None

    def names_cache(self, text: str) -> bool:
        """Whether a message speaks of what a context takes."""
        return self.data.cache.found_in(folded(text))

    def asks_what_runs(self, text: str) -> bool:
        """Whether a short message asks what to take in the place of what was spoken of."""
        return self.data.what_runs.found_in(_short(text, _LONGEST_OF_ADVICE))

    def asks_size(self, text: str) -> bool:
        """Whether a short message asks how large something is."""
        return self.data.how_large.found_in(_short(text))

    def step_words(self, text: str) -> tuple[str, ...]:
        """Words of the steps that a short question is about without naming one; none where it asks no such thing."""
        plain = _short(text, _LONGEST_OF_ADVICE)
        return next((each.leads for each in self.data.of_steps if each.said.found_in(plain)), ())

    def without_spoken(self, plain: str) -> str:
        """A folded text without the words that name an amount."""
        for wording in self.data.spoken_of.values():
            for place in list(wording.phrases.finditer(plain)):
                plain = plain.replace(place.group(), " ", 1)
        return plain

    def fetches(self, text: str) -> bool:
        """Whether a short message asks where what was spoken of is downloaded."""
        return self.data.fetches.found_in(_short(text, _SHORTEST_QUESTION))

    def weighs(self, text: str) -> bool:
        """Whether things are compared, or others are spoken of."""
        return self.data.weighs.found_in(folded(text))

    def takes_back(self, before: str) -> int:
        """How many characters at the end of `before` take back what comes next; 0 where nothing does."""
        plain = before.lower().rstrip()
        ended = next((word for word in self.all_taking_back if _ends_with_word(plain, word)), "")
        return len(before) - len(plain) + len(ended) if ended else 0

    def asked(self, text: str, before: Sequence[str] = ()) -> Asked | None:
        """What a short message asks back about. `before`: the earlier messages, oldest first, which say what "how low
        then?" means.
        """
        plain = _short(text)
        named = _first(self.data.asks_back, plain)
        if named is not None or not self.data.elliptic.found_in(plain):
            return named
        return next((name for each in reversed(before) if (name := _first(self.data.about, folded(each)))), None)

    def supposes(self, text: str) -> bool:
        """Whether a short message asks how it would be with something else: "how about a 12b then?"."""
        return self.data.what_if.found_in(_short(text))

    def claims(self, text: str) -> bool:
        """Whether a short message says that something is done or in order already: "torch is installed tho"."""
        return self.data.claims.found_in(_short(text))

    def moved_on(self, text: str) -> str:
        """What a message tells of another trouble in the place of the one before: "it loads, but it's slow", "now it
        says ..."; empty where it tells of none.
        """
        plain = folded(text)
        said, solved = plain[:_LONGEST], self.data.solved
        if self.data.another.found_in(said):
            return text
        first, _, rest = _SENTENCE_END.sub("\n", said.strip(), 1).partition("\n")
        but = next(self.data.but.phrases.finditer(said), None)
        is_over = but is not None and self.solved(plain[: but.start()].rstrip(" ,;，；"))
        if but is not None and is_over:
            return plain[but.end() :].strip()
        return rest.strip() if rest.strip() and solved.found_in(first) else ""

    def counted(self, text: str) -> tuple[str, ...]:
        """The things that a message says how many there are of: "two things: it crashes, and the chat is empty"; none
        where it does not.
        """
        plain = folded(text)
        lead = next(self.data.several.phrases.finditer(plain), None) if len(plain) == len(text) else None
        if lead is None:
            return ()
        items = [item.strip(" :：,，;；.。") for item in _BETWEEN_THINGS.split(text[lead.end() :])]
        told = tuple(item for item in items if len(item) >= _SHORTEST_THING)
        return told if 1 < len(told) <= _MOST_THINGS else ()

    def wants_more(self, text: str) -> bool:
        """Whether a short message goes on after its thanks: "thanks but i want it uncensored"."""
        plain = _short(text)
        thanked = next(self.data.thanked.phrases.finditer(plain), None)
        but = next(self.data.but.phrases.finditer(plain), None)
        return thanked is not None and but is not None and but.start() >= thanked.start() and plain[but.end() :] != ""

    def asks_for_source(self, text: str) -> bool:
        """Whether a short message asks where one gets something, not where something is typed."""
        return self.data.asks_for_source.found_in(_short(text, _LONGEST_OF_ADVICE))

    def calls(self, text: str) -> bool:
        """Whether a message is nothing but a call, a greeting or a word about the bot: "anyone?", "what can you do"."""
        plain = _short(text, _LONGEST_CALL).strip(_AROUND_CALL)
        return any(found.end() == len(plain) for found in self.data.calls.phrases.finditer(plain))

    def closes(self, text: str) -> bool:
        """Whether a short message only ends the talk: "ok, downloading that", "good night"."""
        return self.data.closes.found_in(_short(text)) and not self.failed(text)

    def failed(self, text: str) -> bool:
        """Whether a short message says that the advice did not help."""
        plain = _short(text)
        if self.data.will_try.found_in(plain):
            return False
        return self._tells_failure(plain) or self._share(plain, "failed") >= _LIKELY

    def says_failed(self, text: str) -> bool:
        """Whether a short message says so in plain words, not only much as others do."""
        plain = _short(text)
        return self._tells_failure(plain) and not self.data.will_try.found_in(plain)

    def _tells_failure(self, plain: str) -> bool:
        return self.data.failed.found_in(plain) or self.data.no_change.found_in(plain)

    def is_other(self, text: str) -> bool:
        """Whether a short message says that the other one of two things is not solved yet."""
        return self.data.other_one.found_in(_short(text))

    def solved(self, text: str) -> bool:
        """Whether a short message under advice says that it works now, or sounds like it."""
        return self.success(text) is not None

    def success(self, text: str) -> Success | None:
        """How a short message lets know under advice that it works now: it says so, tells what was done and that it is
        fine, or only sounds like those that do.
        """
        plain = _short(text)
        if self.data.will_try.found_in(plain) or self.failed(text) or self._share(plain, "neither") >= _NEITHER:
            return None
        if self.relapses(text) and self._share(plain, "solved") < _LIKELY_THOUGH_BACK:
            return None
        if self._doubts(plain):
            is_sure = self._share(plain, "solved") >= _LIKELY_IN_DOUBT and not _ASKS.search(plain)
            return "sounds" if is_sure else None
        if self.data.solved.found_in(plain):
            return "says"
        if self._is_success(plain):
            return "tells"
        return "sounds" if self._sounds_solved(plain) else None

    def _sounds_solved(self, plain: str) -> bool:
        """Whether a message is like those by which others told a success; one of small words and a number is none."""
        least = _LIKELY_IN_CLOSING if self.data.closes.found_in(plain) else _LIKELY
        if self._share(plain, "solved") < least:
            return False
        return any(word not in self.small_words for word in _TELLING.findall(plain))

    def _share(self, plain: str, outcome: str) -> float:
        """How likely a short message is one that tells this outcome."""
        return self.shares(plain).get(outcome, 0.0) if plain else 0.0

    def _doubts(self, plain: str) -> bool:
        """Whether something besides what is over tells that not all is well."""
        for place in self.data.over.phrases.finditer(plain):
            plain = plain.replace(place.group(), " ")
        return self.data.unsolved.found_in(plain)

    def _is_success(self, plain: str) -> bool:
        """Whether several things together tell of a success: what was done or was wrong, that it is fine, thanks."""
        data = self.data
        if data.closes.found_in(plain) and not (data.fine.found_in(plain) and data.done.found_in(plain)):
            return False
        is_fine, is_thanked = data.fine.found_in(plain), data.thanked.found_in(plain)
        if is_fine and is_thanked:
            return True
        if data.cause.found_in(plain):
            return is_fine or is_thanked or data.relieved.found_in(plain)
        return (is_fine or is_thanked) and data.done.found_in(plain)

    def does_not_understand(self, text: str) -> bool:
        """Whether a short message says that the advice is not understood."""
        return self.data.not_understood.found_in(_short(text, _SHORTEST_QUESTION))

    def around(self, text: str) -> tuple[Around, str] | None:
        """What a short statement tells of the place and the things around, and in which word."""
        plain = _short(text, _SHORTEST_QUESTION)
        found = ((each, next(each.said.phrases.finditer(plain), None)) for each in self.data.around)
        return next(((each, place.group().strip()) for each, place in found if place is not None), None)

    def relapses(self, text: str) -> bool:
        """Whether what was solved is said to be back."""
        return self.data.relapses.found_in(folded(text)[:_LONGEST])

    def will_try(self, text: str) -> bool:
        """Whether somebody only says to follow the advice."""
        return self.data.will_try.found_in(_short(text))

    def points_back(self, text: str) -> bool:
        """Whether a short message asks where or how to do what was advised, without saying what."""
        return self.data.points_back.found_in(_short(text, _SHORTEST_QUESTION))

    def asks_why(self, text: str) -> bool:
        """Whether a short question is for a reason."""
        return self.data.reason.found_in(_short(text, _LONGEST_OF_ADVICE))

    def without_lead(self, text: str) -> str:
        """A message without words by which it only comes to something else: "one more thing, ..."."""
        lead = next(self.data.leads_in.phrases.finditer(folded(text)), None)
        return text[lead.end() :].lstrip(" ,:，：、") if lead is not None and len(folded(text)) == len(text) else text

    def clauses(self, text: str) -> tuple[str, ...]:
        """The clauses of a message that may each say something of its own: sentences, and what a word like "but", a
        question or the number of a step begins.
        """
        places = sorted({0, *(place.end() for place in _SENTENCE_BREAK.finditer(text)), *self._clause_starts(text)})
        pieces = (text[start:end].strip(" ,，、\n") for start, end in pairwise((*places, len(text))))
        return tuple(piece for piece in pieces if piece)

    def _clause_starts(self, text: str) -> Iterator[int]:
        """Where a clause begins after a comma, or at a word that begins one."""
        plain = folded(text)
        if len(plain) == len(text):  # else places are others
            yield from (place.start() for place in self.data.begins.phrases.finditer(plain))

    def of_advice(self, text: str) -> OfAdvice | None:
        """What a short message asks of the advice itself."""
        return _first(self.data.of_advice, _short(text, _LONGEST_OF_ADVICE))

    def of_program(self, text: str) -> OfProgram | None:
        """What a short message asks of a program without naming it: "where's the log"."""
        return _first(self.data.of_program, _short(text, _LONGEST_OF_ADVICE))

    def asks_meaning(self, text: str) -> bool:
        """Whether a short question is for what something does."""
        return self.data.asks_meaning.found_in(_short(text, _LONGEST_OF_ADVICE))

    def asks_price(self, text: str) -> bool:
        """Whether a short question is for what something costs."""
        return self.data.asks_price.found_in(_short(text, _LONGEST_OF_ADVICE))

    def is_refused(self, text: str) -> bool:
        """Whether something is said to be refused for want of rights."""
        return self.data.refused.found_in(_short(text))

    def asks_what_happens(self, text: str) -> bool:
        """Whether a short question is for what comes of something."""
        return self.data.what_happens.found_in(_short(text))

    def of_models(self, text: str) -> str:
        """The id of the frequent question that a short message means in a talk of models; empty for none."""
        plain = _short(text, _SHORTEST_QUESTION)
        return next((each.leads for each in self.data.of_models if each.said.found_in(plain)), "")

    def compares_speed(self, text: str) -> bool:
        """Whether a short question is for how much faster or slower something else would be."""
        return self.data.compares_speed.found_in(_short(text))

    def sets(self, text: str) -> bool:
        """Whether a short question is about setting something."""
        return self.data.sets.found_in(_short(text, _SHORTEST_QUESTION))

    def asks_where(self, text: str) -> bool:
        """Whether a short question is for a place."""
        return self.data.asks_where.found_in(_short(text, _SHORTEST_QUESTION))

    def asks_command(self, text: str) -> bool:
        """Whether a short question is for the command that starts what was spoken of."""
        return self.data.asks_command.found_in(_short(text, _SHORTEST_QUESTION))

    def deictic(self, text: str) -> bool:
        """Whether a short question says only "it" or "that" of what it is about."""
        return self.data.deictic.found_in(_short(text, _SHORTEST_QUESTION))

    def asks_whether(self, text: str) -> bool:
        """Whether a short question is answered by yes or no."""
        return self.data.whether.found_in(_short(text, _LONGEST_OF_ADVICE))

    def asks_for_more(self, text: str) -> bool:
        """Whether a short message asks what else there is to be tried."""
        return self.data.more.found_in(_short(text, _SHORTEST_QUESTION))

    @cached_property
    def common_words(self) -> frozenset[str]:
        """Words that do not tell which step is meant."""
        return frozenset((*self.data.common_words.en, *self.data.common_words.zh))

    @cached_property
    def small_words(self) -> frozenset[str]:
        """Words around a number that do not tell what it is of."""
        return frozenset((*self.data.small_words.en, *self.data.small_words.zh))

    def step(self, text: str) -> int:
        """Which step is spoken of, from 1; 0 for none."""
        plain = folded(text)
        return next((at for at, wording in enumerate(self.data.steps, start=1) if wording.found_in(plain)), 0)

    @cached_property
    def all_taking_back(self) -> tuple[str, ...]:
        """Longest first."""
        return tuple(sorted((*self.data.takes_back.en, *self.data.takes_back.zh), key=len, reverse=True))


def load_turns(root: Path, shares: Shares | None = None) -> Turns:
    """The phrases under `root`, and what was learnt beside them; raises DataError with all faults."""
    data = load_all(root, _FILE, "conversation", TurnData, phrases_filled, _faults)[0]
    return Turns(data, shares) if shares is not None else Turns(data)


def _short(text: str, longest: int = _LONGEST) -> str:
    """A message folded, or nothing of one that is longer: it tells more than what is looked for in a short one."""
    plain = folded(text)
    return plain if len(plain) <= longest else ""


def _tight(text: str) -> str:
    """The same without blanks beside Chinese: "换成 3张"."""
    return _BESIDE_CHINESE.sub("", _short(text))


def _first(wordings: Mapping[K, Wording], plain: str) -> K | None:
    return next((name for name, wording in wordings.items() if wording.found_in(plain)), None)


def _ends_with_word(text: str, word: str) -> bool:
    if not text.endswith(word):
        return False
    return not word[0].isascii() or len(text) == len(word) or not text[-len(word) - 1].isalnum()


def _faults(data: TurnData) -> Iterator[Fault]:
    for key, wording in _wordings(data):
        yield from (Fault(_FILE, f"{key}.{place}", problem) for place, problem in wording.faults())


def _wordings(data: TurnData) -> Iterator[tuple[str, Wording]]:
    """What holds phrases, by its key; words that stand at an end, or are compared whole, are none."""
    for name in data.__struct_fields__:
        key, value = name.replace("_", "-"), getattr(data, name)
        if isinstance(value, Wording) and name not in _WORDS:
            yield key, value
        elif isinstance(value, Mapping) and name != KEY:
            yield from ((f"{key}.{each}", wording) for each, wording in value.items())
        elif isinstance(value, tuple):
            named = (each.said if isinstance(each, Around | OfStep | OfModels) else each for each in value)
            yield from ((f"{key}[{at}]", wording) for at, wording in enumerate(named))
