"""What may be meant by a card or an amount of VRAM while it is being typed."""

import re
from collections import Counter
from collections.abc import Iterator

from bot.base.sizes import GIB
from bot.hardware.amounts import COUNT_WORDS, cleaned
from bot.hardware.cards import Card, CardIndex

_COUNT = re.compile(r"(?P<count>\d{1,2}) ?[x×*张块] ?(?P<rest>.*)|(?P<word>[双两三四])[张块卡]? ?(?P<behind>.*)")
_SIZE = re.compile(r"(?<![a-z0-9])(?P<number>\d{1,3})\s*(?:g(?:i?b)?)?$")
_MOST_COUNTED = 16
_USUAL = 4  # cards of a size that make it a usual one


def card_choices(typed: str, cards: CardIndex, limit: int) -> list[str]:
    """Cards and amounts that go on as it is typed, best first; each is understood where VRAM is asked for."""
    plain = cleaned(typed)
    counted = _COUNT.fullmatch(plain)
    if counted is None:
        return list(dict.fromkeys(_choices(plain, cards)))[:limit]
    count = int(counted["count"]) if counted["count"] else COUNT_WORDS[counted["word"]]
    rest = counted["rest"] or counted["behind"] or ""
    found = dict.fromkeys(_choices(rest, cards)) if 1 <= count <= _MOST_COUNTED else {}
    return [f"{count}x {name}" for name in found][:limit]


def _choices(plain: str, cards: CardIndex) -> Iterator[str]:
    if plain and (meant := cards.of(plain)):
        yield from (card.name for card in meant)
        return
    found = [*_amounts(plain, cards), *_with_size(plain, cards)]
    if cards.spelling(plain) or not plain:
        found += [card.name for card in cards.containing(plain)]
    yield from found or (card.name for card in cards.nearest(plain))


def _amounts(plain: str, cards: CardIndex) -> Iterator[str]:
    """Amounts that begin with the number; the usual ones behind a word that says nothing else, such as "显存"."""
    counts = Counter(size // GIB for card in cards.cards if not card.unified for size in card.memory)
    sizes = sorted(size for size, count in counts.items() if count >= _USUAL)
    number = _SIZE.fullmatch(plain)
    if number is not None and int(number["number"]) in sizes:
        yield f"{number['number']} GB"
    elif plain and not cards.spelling(plain):
        yield from (f"{size} GB" for size in sizes)


def _with_size(plain: str, cards: CardIndex) -> Iterator[str]:
    """A card of several sizes with the size that is being typed behind it."""
    size = _SIZE.search(plain)
    name = plain[: size.start()].strip() if size else ""
    if size is None or not name:
        return
    wanted = int(size["number"])
    for card in cards.containing(name):
        yield from (f"{card.name} {memory}GB" for memory in _sizes(card) if str(memory).startswith(str(wanted)))


def _sizes(card: Card) -> list[int]:
    return [size // GIB for size in (*card.memory, *card.mods)]
