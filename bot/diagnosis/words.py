"""Words as the index and the matcher compare them: lower case, look-alike characters folded, Chinese as pairs."""

from collections.abc import Iterable
from operator import add

from bot.base.late import late

# Characters that optical recognition and typists confuse become one: 0/O, 1/l/I/|. Signatures and lines alike.
_LOOKALIKES = str.maketrans({"0": "o", "1": "l", "i": "l"})
_LONGER_WHEN_SMALL = "\u0130"  # the one letter whose lower case has two characters; it stays
_WORD = late(r"[a-z0-9_]+|[à-ɏͰ-ӿ]+|[぀-ヿ㐀-鿿가-힯]+")

# The same of ASCII, much quicker: what is no part of a word becomes a blank.
_ONLY_WORDS = "".join(
    letter if letter.islower() or letter.isdigit() or letter == "_" else " " for letter in map(chr, range(128))
)

# Words that turn a sentence into its opposite; a fuzzy match without its "not" is another message.
_TURNING = """
no not cannot can can't couldn couldnt unable without none never isn doesn didn wasn too less larger missing invalid
unknown unsupported incompatible refused denied exceeds exceeded insufficient disabled mismatch error fail fails failed
failure
"""
_FILLING = "a an the this that of to in on at by for from with and or is are was be been it its as s t"
FILLERS = frozenset(word.translate(_LOOKALIKES) for word in _FILLING.split())
NEGATIONS = frozenset(word.translate(_LOOKALIKES) for word in _TURNING.split())

_TURNING_HAN = frozenset("不没沒無无未失拒错錯误誤")  # the same of Chinese: characters that a pair holds


def turns(folded: str) -> bool:
    """Whether a folded word turns a sentence into its opposite."""
    return folded in NEGATIONS or (folded[0] >= "\u3400" and not _TURNING_HAN.isdisjoint(folded))


_CODE_LIKE = late(r"(?<![a-z0-9_])[a-z_]*[0-9][a-z0-9_]*")
_DIGITS = late(r"[0-9][^0-9]*[0-9]")
_PLAIN_DIGIT = late(r"[2-9]")
_CODE = late(r"[lo]*[2-9][lo2-9]*|(?:[^\W2-9]*[2-9]){2}\w*|ox[a-f2-9lo]{2,}")


def is_code(folded: str) -> bool:
    """Whether a folded word is a number or a code such as "0xc0000139" or "gfx1035": another one is not a typo."""
    return _CODE.fullmatch(folded) is not None


def codes(text: str) -> list[str]:
    """The numbers and codes ("401", "0xc0000139", "cu121") in a text, folded. Another one makes another message."""
    return [fold(found) for found in _CODE_LIKE.findall(text.lower()) if found[0].isdigit() or _DIGITS.search(found)]


def has_digit(folded: str) -> bool:
    """Whether a folded word holds a digit that no letter looks like."""
    return _PLAIN_DIGIT.search(folded) is not None


def same_digits(damaged: str, known: str) -> bool:
    """Whether a folded word may be a damaged `known` as far as digits go: "exl3" is no damaged "exl2"."""
    own = _PLAIN_DIGIT.findall(known)
    return not own or _PLAIN_DIGIT.findall(damaged) == own


def fold(text: str) -> str:
    """Lower case with look-alike characters folded, of the same length as `text`."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = _LONGER_WHEN_SMALL.join(part.lower() for part in text.split(_LONGER_WHEN_SMALL))
    if lowered.isascii():
        return lowered.translate(_LOOKALIKES)
    return lowered.replace("0", "o").replace("1", "l").replace("i", "l")  # translating other letters is slow


def words(folded: str) -> list[str]:
    """The words of a folded text, in order. A run of Chinese, Japanese or Korean gives its overlapping pairs."""
    if folded.isascii():
        return folded.translate(_ONLY_WORDS).split()
    return _with_pairs(_WORD.findall(folded))


def _with_pairs(found: Iterable[str]) -> list[str]:
    pairs: list[str] = []
    for word in found:
        if word[0] < "\u3040" or len(word) == 1:
            pairs.append(word)
        else:
            pairs += map(add, word, word[1:])
    return pairs
