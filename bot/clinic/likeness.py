"""By what a post is known again, of which its text cannot be read back, and how alike two posts are.

A post's words are kept as digests so short that many words share each; what they weigh comes from the knowledge, where
rare words tell more. The decisive line is kept as a digest of its normalised form.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from bot.base.late import late
from bot.clinic.signatures import names_an_error, normalised, signature
from bot.hardware.systems import system_family

if TYPE_CHECKING:
    from bot.clinic.parts import Parts
    from bot.clinic.reading import Reading
    from bot.intake.posts import PostReading

BITS = 24  # of a word's digest: about three of the words that people use share one
MOST_WORDS = 40  # of a post, those that tell most
MOST_ERRORS = 8  # lines of a log that speak of an error
DECISIVE = 2  # how much more the words of the decisive line tell
NEAR = 4  # and that it resembles the same entry of the knowledge
UNKNOWN_WORD = 0.6  # of a rare word: what the knowledge never says may be a name

# How alike two posts are: at least `OFFERED` is worth a link.
SAME_ENTRY, SAME_LINE, SAME_CLASS = 0.5, 0.4, 0.3
WORDS_ALONE = 0.45  # share of the words that two posts must share where nothing else speaks for it
OFFERED = 0.3

_WORD = late(r"[a-z][a-z0-9_]*(?:[.-][a-z0-9_]+)*|[\u3400-\u9fff]+")
_STOPPED = frozenset(
    "the a an and or of to in on for with is are was be it this that i my me you your we they from at as by not no but "
    "if so do does did have has had can could would when what how why there here then than just get got help please "
    "thanks hi hello".split()
)


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """By what a post is known again: the entry it was recognised as and its class, the digest of its decisive line,
    digests of its words with what they weigh (in hundredths), and plain facts by name, each a value of the knowledge.
    """

    entry: str | None = None
    failure_class: str | None = None
    mark: str | None = None
    words: tuple[tuple[int, int], ...] = ()
    facts: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Spread:
    """In how many entries of the knowledge a word occurs, of how many."""

    entries: int
    counts: Mapping[str, int] = field(repr=False)

    def weight(self, word: str) -> float:
        """What a word tells: rare ones more."""
        known = self.counts.get(word, 0)
        if not known:
            return UNKNOWN_WORD * math.log(1 + self.entries)
        return math.log(1 + self.entries / known)


def spread_of(texts: Iterable[str]) -> Spread:
    """The words of the knowledge; each text is one entry."""
    counts: Counter[str] = Counter()
    number = 0
    for text in texts:
        number += 1
        counts.update(set(_words(text)))
    return Spread(number, dict(counts))


def entry_texts(parts: Parts) -> Iterator[str]:
    """What each entry of the knowledge says, its examples included."""
    for entry in parts.failures:
        examples = " ".join(example.text for example in entry.examples)
        yield f"{entry.title.en} {entry.title.zh} {entry.cause.en} {entry.cause.zh} {examples}"


def traits_of(text: str, files: Sequence[str], reading: Reading, parts: Parts, spread: Spread) -> Traits:
    """The traits of a post: its title and text, the texts of its files (secrets masked), and what it was read as."""
    post = parts.posts.read(text, files)
    decisive = _decisive(reading, "\n".join((text, *files)))
    weights = _word_weights(_telling(post, "\n".join((text, *files)), decisive), spread)
    near = {each.failure_class for each in (*reading.candidates, *reading.nearest)}
    weights |= {f"class:{name}": NEAR * math.log(1 + spread.entries) / 4 for name in near if name}
    first = reading.candidates[0] if reading.candidates else None
    best = sorted(weights.items(), key=lambda item: -item[1])[:MOST_WORDS]
    return Traits(
        entry=first.id if first else None,
        failure_class=first.failure_class if first else None,
        mark=_mark(decisive) if decisive else None,
        words=tuple(sorted((_digest(word), round(100 * weight)) for word, weight in best)),
        facts=_facts(post, parts),
    )


def _word_weights(lines: Iterable[tuple[str, float]], spread: Spread) -> dict[str, float]:
    """What each word of the lines weighs at most, by its line's own weight and its rarity."""
    weights: dict[str, float] = {}
    for line, factor in lines:
        for word in _words(line):
            weights[word] = max(weights.get(word, 0.0), factor * spread.weight(word))
    return weights


def likeness(one: Traits, other: Traits) -> float:
    """How likely two posts have the same cause, from 0 to 1."""
    alike = _cosine(dict(one.words), dict(other.words))
    least = _least(one, other)
    if not least:
        return alike * OFFERED / WORDS_ALONE if least is not None else 0.0
    return least + (1 - least) * alike


def _least(one: Traits, other: Traits) -> float | None:
    """How alike two posts are before a word is compared; None where they were recognised as different failures."""
    if one.entry and other.entry:
        if one.entry == other.entry:
            return SAME_ENTRY
        return SAME_CLASS if one.failure_class and one.failure_class == other.failure_class else None
    return SAME_LINE if one.mark and one.mark == other.mark else 0.0


def most_alike(one: Traits, others: Sequence[Traits], least: float = OFFERED) -> list[tuple[float, int]]:
    """Those that are alike enough, best first: (likeness, position)."""
    scored = ((likeness(one, other), at) for at, other in enumerate(others))
    return sorted((each for each in scored if each[0] >= least), key=lambda each: (-each[0], each[1]))


def _cosine(one: Mapping[int, int], other: Mapping[int, int]) -> float:
    shared = sum(weight * other[word] for word, weight in one.items() if word in other)
    length = math.sqrt(sum(w * w for w in one.values()) * sum(w * w for w in other.values()))
    return shared / length if length else 0.0


def _decisive(reading: Reading, text: str) -> str:
    """The line that decided, else the one that most likely names the error."""
    if reading.candidates:
        return reading.candidates[0].quoted
    if reading.unknown is not None and reading.unknown.quoted:
        return reading.unknown.quoted
    return signature(text) or ""


def _telling(post: PostReading, text: str, decisive: str) -> Iterator[tuple[str, float]]:
    """The lines that tell what a post is about, each with how much more its words tell."""
    yield normalised(decisive), DECISIVE
    yield post.prose, 1
    errors = [line for line in text.splitlines() if names_an_error(line)]
    for line in errors[-MOST_ERRORS:]:
        yield normalised(line), 1


def _words(text: str) -> Iterator[str]:
    for found in _WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
        if found[0].isascii():
            if len(found) > 1 and found not in _STOPPED:
                yield found
        else:
            yield from (found[at : at + 2] for at in range(max(1, len(found) - 1)))


def _facts(post: PostReading, parts: Parts) -> dict[str, str]:
    """System, loader, model and card, as the knowledge calls them; nothing that it does not know."""
    points = post.request.points
    system = system_family(points.get("system") or "")
    loader = points.get("loader")
    from bot.models.names import parse_name  # who only compares what was kept reads no names

    model = parse_name(points.get("model") or "", parts.catalog.called).base
    cards = [device.name for device in post.machine.devices if device.name]
    told = {
        "system": system,
        "loader": loader if loader in parts.loaders else None,
        "model": model if model and parts.catalog.find(model) is not None else None,
        "card": cards[0] if cards else None,
    }
    return {name: value for name, value in told.items() if value}


def _mark(line: str) -> str:
    return hashlib.blake2b(normalised(line).casefold().encode("utf-8", "replace"), digest_size=8).hexdigest()


def _digest(word: str) -> int:
    made = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=4).digest()
    return int.from_bytes(made, "big") >> (32 - BITS)
