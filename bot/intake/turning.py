"""How people go on in a conversation, from knowledge/conversation.yaml: corrections, questions back, "did not help"."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import msgspec

from bot.base.phrases import Phrases, folded, phrase_fault
from bot.intake.signs import Wording
from bot.knowledge.files import Fault, load_all
from bot.knowledge.word_lists import Lists, phrases_filled

Asked = Literal["layers", "context", "speed", "quant", "fits"]
_FILE = "conversation.yaml"
_SHORTEST_QUESTION = 60  # characters of one that says only "where do I put that?"
_SENTENCE_END = re.compile(r"[.!;。！；](?=\s|$|[\u3400-\u9fff])|\n")
_LONGEST = 240  # characters of a message that asks back or says that something failed; a longer one tells more


class TurnData(msgspec.Struct, frozen=True, rename="kebab"):
    """The whole file."""

    corrects: Wording
    takes_back: Wording
    uses: Wording
    weighs: Wording
    asks_back: dict[Asked, Wording]
    failed: Wording
    solved: Wording
    unsolved: Wording
    relapses: Wording
    will_try: Wording
    points_back: Wording
    claims: Wording
    another: Wording
    but: Wording
    deictic: Wording
    more: Wording
    common_words: Wording
    what_if: Wording
    elliptic: Wording
    about: dict[Asked, Wording]
    closes: Wording
    steps: tuple[Wording, ...]
    lists: Lists = {}  # empty once the rows are filled


@dataclass(frozen=True)
class Turns:
    """The phrases, compiled. Build once, share freely. All methods take a message's own words."""

    data: TurnData

    def corrects(self, text: str) -> bool:
        """Whether what was told before is said to be wrong."""
        return self._corrects.found_in(folded(text))

    def uses(self, text: str) -> bool:
        """Whether the author says what is used here."""
        return self._uses.found_in(folded(text))

    def weighs(self, text: str) -> bool:
        """Whether things are compared, or others are spoken of."""
        return self._weighs.found_in(folded(text))

    def takes_back(self, before: str) -> int:
        """How many characters at the end of `before` take back what comes next; 0 where nothing does."""
        plain = before.lower().rstrip()
        ended = next((word for word in self.all_taking_back if _ends_with_word(plain, word)), "")
        return len(before) - len(plain) + len(ended) if ended else 0

    def asked(self, text: str, before: Sequence[str] = ()) -> Asked | None:
        """What a short message asks back about. `before`: the earlier messages, oldest first, which say what "how low
        then?" means.
        """
        plain = folded(text)
        if len(plain) > _LONGEST:
            return None
        named = next((name for name, phrases in self._asks_back.items() if phrases.found_in(plain)), None)
        if named is not None or not self._elliptic.found_in(plain):
            return named
        return next((name for each in reversed(before) if (name := self._about_in(folded(each)))), None)

    def _about_in(self, plain: str) -> Asked | None:
        return next((name for name, phrases in self._about.items() if phrases.found_in(plain)), None)

    def supposes(self, text: str) -> bool:
        """Whether a short message asks how it would be with something else: "how about a 12b then?"."""
        plain = folded(text)
        return len(plain) <= _LONGEST and self._what_if.found_in(plain)

    def claims(self, text: str) -> bool:
        """Whether a short message says that something is done or in order already: "torch is installed tho"."""
        plain = folded(text)
        return len(plain) <= _LONGEST and self._claims.found_in(plain)

    def moved_on(self, text: str) -> str:
        """What a message tells of another trouble in the place of the one before: "it loads, but it's slow", "now it
        says ..."; empty where it tells of none.
        """
        plain = folded(text)
        if self._another.found_in(plain[:_LONGEST]):
            return text
        first, _, rest = (_SENTENCE_END.sub("\n", plain[:_LONGEST].strip(), 1)).partition("\n")
        if rest.strip() and self._solved.found_in(first):
            return rest.strip()
        but = next(self._but.finditer(plain[:_LONGEST]), None)
        is_over = but is not None and self._solved.found_in(plain[: but.start()].rstrip(" ,;，；"))
        return plain[but.end() :].strip() if but is not None and is_over else ""

    def closes(self, text: str) -> bool:
        """Whether a short message only ends the talk: "ok, downloading that", "good night"."""
        plain = folded(text)
        return len(plain) <= _LONGEST and self._closes.found_in(plain)

    def failed(self, text: str) -> bool:
        """Whether a short message says that the advice did not help."""
        plain = folded(text)
        return len(plain) <= _LONGEST and self._failed.found_in(plain) and not self._will_try.found_in(plain)

    def solved(self, text: str) -> bool:
        """Whether a short message under advice says that it works now."""
        plain = folded(text)
        is_said = len(plain) <= _LONGEST and self._solved.found_in(plain)
        return is_said and not (self._unsolved.found_in(plain) or self._will_try.found_in(plain))

    def relapses(self, text: str) -> bool:
        """Whether what was solved is said to be back."""
        return self._relapses.found_in(folded(text)[:_LONGEST])

    def will_try(self, text: str) -> bool:
        """Whether somebody only says to follow the advice."""
        plain = folded(text)
        return len(plain) <= _LONGEST and self._will_try.found_in(plain)

    def points_back(self, text: str) -> bool:
        """Whether a short message asks where or how to do what was advised, without saying what."""
        plain = folded(text)
        return len(plain) <= _SHORTEST_QUESTION and self._points_back.found_in(plain)

    def deictic(self, text: str) -> bool:
        """Whether a short question says only "it" or "that" of what it is about."""
        plain = folded(text)
        return len(plain) <= _SHORTEST_QUESTION and self._deictic.found_in(plain)

    def asks_for_more(self, text: str) -> bool:
        """Whether a short message asks what else there is to be tried."""
        plain = folded(text)
        return len(plain) <= _SHORTEST_QUESTION and self._more.found_in(plain)

    @cached_property
    def common_words(self) -> frozenset[str]:
        """Words that do not tell which step is meant."""
        return frozenset((*self.data.common_words.en, *self.data.common_words.zh))

    def step(self, text: str) -> int:
        """Which step is spoken of, from 1; 0 for none."""
        plain = folded(text)
        return next((at for at, phrases in enumerate(self._steps, start=1) if phrases.found_in(plain)), 0)

    @cached_property
    def _claims(self) -> Phrases:
        return _phrases(self.data.claims)

    @cached_property
    def _deictic(self) -> Phrases:
        return _phrases(self.data.deictic)

    @cached_property
    def _more(self) -> Phrases:
        return _phrases(self.data.more)

    @cached_property
    def _another(self) -> Phrases:
        return _phrases(self.data.another)

    @cached_property
    def _but(self) -> Phrases:
        return _phrases(self.data.but)

    @cached_property
    def _what_if(self) -> Phrases:
        return _phrases(self.data.what_if)

    @cached_property
    def _elliptic(self) -> Phrases:
        return _phrases(self.data.elliptic)

    @cached_property
    def _closes(self) -> Phrases:
        return _phrases(self.data.closes)

    @cached_property
    def _about(self) -> Mapping[Asked, Phrases]:
        return {name: _phrases(wording) for name, wording in self.data.about.items()}

    @cached_property
    def _corrects(self) -> Phrases:
        return _phrases(self.data.corrects)

    @cached_property
    def _uses(self) -> Phrases:
        return _phrases(self.data.uses)

    @cached_property
    def _weighs(self) -> Phrases:
        return _phrases(self.data.weighs)

    @cached_property
    def _failed(self) -> Phrases:
        return _phrases(self.data.failed)

    @cached_property
    def _solved(self) -> Phrases:
        return _phrases(self.data.solved)

    @cached_property
    def _unsolved(self) -> Phrases:
        return _phrases(self.data.unsolved)

    @cached_property
    def _relapses(self) -> Phrases:
        return _phrases(self.data.relapses)

    @cached_property
    def _points_back(self) -> Phrases:
        return _phrases(self.data.points_back)

    @cached_property
    def _will_try(self) -> Phrases:
        return _phrases(self.data.will_try)

    @cached_property
    def _asks_back(self) -> Mapping[Asked, Phrases]:
        return {name: _phrases(wording) for name, wording in self.data.asks_back.items()}

    @cached_property
    def _steps(self) -> tuple[Phrases, ...]:
        return tuple(map(_phrases, self.data.steps))

    @cached_property
    def all_taking_back(self) -> tuple[str, ...]:
        """Longest first."""
        return tuple(sorted((*self.data.takes_back.en, *self.data.takes_back.zh), key=len, reverse=True))


def load_turns(root: Path) -> Turns:
    """The phrases under `root`; raises DataError with all faults."""
    return Turns(load_all(root, _FILE, "conversation", TurnData, phrases_filled, _faults)[0])


def _phrases(wording: Wording) -> Phrases:
    return Phrases((*wording.en, *wording.zh))


def _ends_with_word(text: str, word: str) -> bool:
    if not text.endswith(word):
        return False
    return not word[0].isascii() or len(text) == len(word) or not text[-len(word) - 1].isalnum()


def _faults(data: TurnData) -> Iterator[Fault]:
    lists = {
        "corrects": data.corrects,
        "uses": data.uses,
        "weighs": data.weighs,
        "failed": data.failed,
        "solved": data.solved,
        "unsolved": data.unsolved,
        "relapses": data.relapses,
        "will-try": data.will_try,
        "points-back": data.points_back,
        "claims": data.claims,
        "another": data.another,
        "but": data.but,
        "deictic": data.deictic,
        "more": data.more,
        "what-if": data.what_if,
        "elliptic": data.elliptic,
        "closes": data.closes,
        **{f"about.{name}": wording for name, wording in data.about.items()},
        **{f"asks-back.{name}": wording for name, wording in data.asks_back.items()},
        **{f"steps[{at}]": wording for at, wording in enumerate(data.steps)},
    }
    for key, wording in lists.items():
        for language in ("en", "zh"):
            for number, phrase in enumerate(getattr(wording, language)):
                if problem := phrase_fault(phrase):
                    yield Fault(_FILE, f"{key}.{language}[{number}]", problem)
