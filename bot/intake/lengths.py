"""How much text somebody wants a model to read at once, in tokens: "60 page contracts", "30万字", "a whole novel"."""

from bot.base.late import late
from bot.intake.written import written_number

_PER_PAGE = 700  # tokens: some five hundred English words, or eight hundred Chinese characters
_PER_WORD = 1.35
_PER_CHARACTER = 0.7  # of Chinese
_NOVEL = 130_000  # a hundred thousand words
_LEAST, _MOST = 1_000, 20_000_000
_PAGES = late(r"(?<![\d.])(?P<pages>\d{1,5})(?:\s?[-–~]\s?(?P<upto>\d{1,5}))?[\s-]?(?:\+\s?)?(?:pages?(?![a-z])|页)")
_WORDS = late(
    r"(?<![\d.])(?P<words>[0-9]{1,3}(?:,[0-9]{3}){1,3}|"
    r"\d{1,6}(?:\.\d)?)\s?(?P<factor>k)?[\s-]?words?(?![a-z])"
)
_CHARACTERS = late(
    r"(?<![\d.])(?P<number>\d{1,6}(?:\.\d)?)(?:\s?[-–~到]\s?(?P<upto>\d{1,6}))?\s?(?P<factor>千|万|w|k)?多?(?:个?字)(?!/|每|符/)"
)
_BOOK = late(
    r"(?:whole|entire|full|complete) (?:novels?|books?)|(?:novels?|books?) at once"
    r"|(?:整|一整?|全)本(?:小说|书)|整部小说|(?:长篇|网文)小说"
)


def told_length(folded: str) -> int:
    """Tokens of the longest text that the folded words speak of; 0 where they speak of none."""
    lengths = [
        *(_PER_PAGE * int(found["upto"] or found["pages"]) for found in _PAGES.finditer(folded)),
        *(_PER_WORD * written_number(found["words"], found["factor"]) for found in _WORDS.finditer(folded)),
        *(
            _PER_CHARACTER * written_number(found["upto"] or found["number"], found["factor"])
            for found in _CHARACTERS.finditer(folded)
        ),
    ]
    told = round(max(lengths, default=0.0))
    if told < _LEAST and _BOOK.search(folded):
        return _NOVEL
    return told if _LEAST <= told <= _MOST else 0
