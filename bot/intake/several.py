"""Requests that somebody numbers in one post: "1) it says out of memory 2) the page is white 3) which model"."""

import re
from collections.abc import Iterator

_MOST = 5  # requests of one post
_SHORTEST = 4  # characters of one
# A number as a list begins with it: "1)", "(1)", "1.", "1、", or bare before Chinese words.
_NUMBER = re.compile(r"(?:(?<=^)|(?<=[\s,;:。，；：？?！!]))\(?(\d)(?:[).、:：]+(?=\s|\D)|(?=[\u3400-\u9fff]))\s*")
_NAMED = re.compile(r"[a-z]\d|\d[a-z]", re.IGNORECASE)
_WORD, _WORDS = re.compile(r"[a-z]{4}", re.IGNORECASE), 3  # of which so many tell something
_CIRCLED = str.maketrans({sign: f" {at}. " for at, sign in enumerate("①②③④⑤", start=1)})


def numbered_requests(text: str) -> tuple[str, ...]:
    """What stands behind the numbers 1, 2, … of a text, each with what stands before the first; nothing where there
    are not two.
    """
    plain = text.translate(_CIRCLED)
    begins = list(_in_order(plain))[:_MOST]
    if len(begins) < 2:
        return ()
    before = plain[: begins[0].start()].strip()
    ends = [*(found.start() for found in begins[1:]), len(plain)]
    items = [plain[found.end() : end].strip() for found, end in zip(begins, ends, strict=True)]
    if min(map(len, items)) < _SHORTEST:
        return ()
    return tuple(f"{before}\n{item}" if _tells(before) else item for item in items)


def _in_order(text: str) -> Iterator[re.Match[str]]:
    """The numbers that follow one upon the other, from 1 on."""
    wanted = 1
    for found in _NUMBER.finditer(text):
        if int(found[1]) == wanted:
            wanted += 1
            yield found


def _tells(before: str) -> bool:
    """Whether what stands before the first number tells of a machine or a program, and does not only count."""
    return _NAMED.search(before) is not None or any(len(_WORD.findall(line)) >= _WORDS for line in before.splitlines())
