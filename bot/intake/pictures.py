"""The text of pictures, as whoever can read one gives it; several pictures of one log are put together.

Pure: what recognises text (`bot.intake.ocr`) is passed in. What was read goes on as a text that begins with a line
about the reading (`titled`), so that whoever answers can say how sure it is (`notes_in`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.base.errors import UserError
from bot.base.languages import Text
from bot.base.late import late

SURE = 0.88  # mean certainty of what was read from which on nobody is asked to compare it
ALIKE = 82.0  # per cent by which two readings of one line resemble each other
_LEAST_OVERLAP = 2  # lines
_STRAY = 3  # lines at an edge that the neighbouring picture need not show: a title bar, a half line
_SHORT = 4  # characters of a line that says nothing about whether two pictures overlap
_MOST_OVERLAP = 80
_LABEL = late(r"[^\W\d_][^\d\n:：=]{0,37}[^\d\s:：=][:：]?")  # a few words without a digit
_COLUMN = late(r" {3,}")
_VALUE = late(r"-?\d{1,7}(?:[.,]\d{1,4})?(?: ?/ ?\d{1,5})?")
_SETTING = late(rf"{_LABEL.pattern} {{0,40}}{_VALUE.pattern}")
_LEAST_VALUES, _PANEL = 2, 0.4  # lines of a panel that tell values, and the part of all of them
_BEGINNING = "[read from a picture: "
_NOTE = late(
    rf"^{re.escape(_BEGINNING)}(\d{{1,5}}) lines((?:, (?:unsure|cut off|unfinished|unreadable))*)\]$", re.MULTILINE
)

MARK = "[screenshot]"  # in a text, in the place of a picture that nobody here can read
_MARKS = late(r"\[(?:screenshot|image|图片|截图|图)\]", re.IGNORECASE)

UNREADABLE = UserError(
    "I cannot read pictures here. Please copy the text and paste it: in a terminal select it with the mouse and press "
    "Enter or Ctrl+Shift+C; in a Windows message box just press Ctrl+C.",
    "我在这里读不了截图。请把图里的文字复制出来发给我：在终端里用鼠标选中文字后按回车或 Ctrl+Shift+C；"
    "Windows 的弹窗直接按 Ctrl+C 就能复制。",
)


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One line of a picture and how sure (0 to 1) its characters are on average."""

    text: str
    score: float


@dataclass(frozen=True, slots=True)
class PictureText:
    """What a picture says, top to bottom. `is_cut`: text runs out of the picture; `is_unfinished`: time was up before
    all of it was read; `is_unreadable`: it is damaged or too large.
    """

    lines: tuple[ReadLine, ...]
    is_cut: bool = False
    is_unfinished: bool = False
    is_unreadable: bool = False

    @property
    def score(self) -> float:
        """How sure it is, longer lines counting more; 0 where nothing was read."""
        weight = sum(len(line.text) for line in self.lines)
        return sum(line.score * len(line.text) for line in self.lines) / weight if weight else 0.0


class PictureReader(Protocol):
    """Whoever reads text in pictures."""

    def now(self) -> float:
        """Seconds of a clock that only goes forward."""

    def read(self, name: str, content: bytes, seconds: float) -> PictureText:
        """What a picture says, as far as it could be read in so many seconds.

        Raises:
            UserError: it is damaged, or larger than what is read.
        """


@dataclass(frozen=True, slots=True)
class PictureNotes:
    """What is to be said about the pictures that a text was read from."""

    lines: int
    is_unsure: bool
    is_cut: bool
    is_unfinished: bool
    is_unreadable: bool


def joined(pictures: Sequence[PictureText]) -> list[PictureText]:
    """Pictures of one log as one, lines that two of them show once; in the order in which they continue each other."""
    left = list(pictures)
    whole: list[PictureText] = []
    for picture in left:
        for at, earlier in enumerate(whole):
            if (both := _put_together(earlier, picture)) is not None:
                whole[at] = both
                break
        else:
            whole.append(picture)
    return whole


@dataclass(frozen=True, slots=True, order=True)
class _Seam:
    """Where two pictures overlap. The better: the more lines they share, the fewer stray ones are given up for it."""

    shared: int
    strays: int  # negative
    end: int  # lines kept of the upper
    start: int  # first line taken of the lower


def _put_together(one: PictureText, other: PictureText) -> PictureText | None:
    """Both as one where they overlap, whichever comes first."""
    orders = ((one, other), (other, one))
    seams = [(seam, upper, lower) for upper, lower in orders if (seam := _seam(upper.lines, lower.lines))]
    if not seams:
        return None
    seam, upper, lower = max(seams, key=lambda found: found[0])
    lines = (*upper.lines[: seam.end], *lower.lines[seam.start :])
    return PictureText(lines, upper.is_cut or lower.is_cut, upper.is_unfinished or lower.is_unfinished)


def _seam(upper: Sequence[ReadLine], lower: Sequence[ReadLine]) -> _Seam | None:
    """The longest overlap; None without one."""
    for size in range(min(len(upper), len(lower), _MOST_OVERLAP), _LEAST_OVERLAP - 1, -1):
        strays = [
            (tail, head)
            for tail in range(min(_STRAY, len(upper) - size) + 1)
            for head in range(min(_STRAY, len(lower) - size) + 1)
        ]
        for tail, head in sorted(strays, key=sum):
            end = len(upper) - tail
            if _same(upper[end - size : end], lower[head : head + size]):
                return _Seam(size, -tail - head, end, head + size)
    return None


def _same(ones: Sequence[ReadLine], others: Sequence[ReadLine]) -> bool:
    from rapidfuzz.fuzz import ratio  # who only shows what was read does not compare

    telling = 0
    for one, other in zip(ones, others, strict=True):
        if ratio(one.text, other.text, score_cutoff=ALIKE) == 0 and max(len(one.text), len(other.text)) > _SHORT:
            return False
        telling += len(one.text) > _SHORT
    return telling >= _LEAST_OVERLAP


def titled(picture: PictureText) -> str:
    """What was read as a text of its own, below a line about the reading."""
    marks = (
        ("unsure", bool(picture.lines) and picture.score < SURE),
        ("cut off", picture.is_cut),
        ("unfinished", picture.is_unfinished),
        ("unreadable", picture.is_unreadable),
    )
    told = "".join(f", {mark}" for mark, holds in marks if holds)
    lines = with_values([line.text for line in picture.lines])
    return "\n".join((f"[read from a picture: {len(picture.lines)} lines{told}]", *lines))


def with_values(lines: Sequence[str]) -> list[str]:
    """The lines of a page of settings with each value behind its label, where the page shows it below: "Temperature"
    and "1.85" become "Temperature: 1.85". A hint may stand between them, and several columns beside each other.
    """
    lines = _from_columns(lines)
    found = list(lines)
    for at, line in enumerate(lines):
        if not _VALUE.fullmatch(line.strip()):
            continue
        near = (before for before in (at - 1, at - 2) if before >= 0)
        label = next((before for before in near if _LABEL.fullmatch(found[before].strip())), None)
        if label is not None and not any(map(_VALUE.fullmatch, lines[label + 1 : at])):
            found[label] = f"{found[label].strip().rstrip(':：')}: {line.strip()}"
            found[at] = ""
    return [line for at, line in enumerate(found) if line or not lines[at]]


def _from_columns(lines: Sequence[str]) -> list[str]:
    """Rows of labels above rows of as many values, as one label and one value after the other."""
    parts = [_COLUMN.split(line.strip()) for line in lines]
    found: list[str] = []
    for at, (line, labels) in enumerate(zip(lines, parts, strict=True)):
        values = parts[at + 1] if at + 1 < len(parts) else []
        if _are_columns(labels, values):
            found += [each for pair in zip(labels, values, strict=True) for each in pair]
        elif not (at and _are_columns(parts[at - 1], labels)):
            found.append(line)
    return found


def _are_columns(labels: Sequence[str], values: Sequence[str]) -> bool:
    return len(labels) == len(values) > 1 and all(map(_LABEL.fullmatch, labels)) and all(map(_VALUE.fullmatch, values))


def is_panel(text: str) -> bool:
    """Whether a text was read from a picture of settings: it tells values by their labels, and prints nothing."""
    if _NOTE.match(text) is None:
        return False
    lines = [line for line in without_note(text).splitlines() if line.strip()]
    values = sum(_SETTING.fullmatch(line.strip()) is not None for line in lines)
    return values >= _LEAST_VALUES and values >= len(lines) * _PANEL


def notes_in(texts: Iterable[str]) -> PictureNotes | None:
    """What `titled` said of the pictures in these texts; None where no picture was read."""
    found = [note for text in texts if _BEGINNING in text for note in _NOTE.findall(text)]
    if not found:
        return None
    marks = " ".join(marks for _, marks in found)
    return PictureNotes(
        sum(int(count) for count, _ in found),
        *(mark in marks for mark in ("unsure", "cut off", "unfinished", "unreadable")),
    )


def without_marks(text: str) -> str:
    """A text without what stands in it for pictures: nobody has written that."""
    return _MARKS.sub(" ", text).strip() if "[" in text else text


def without_note(text: str) -> str:
    """A text without the line that `titled` begins it with: no program has printed that."""
    found = _NOTE.match(text)
    return text if found is None else text[found.end() :].removeprefix("\n")


def read_pictures(pictures: Sequence[tuple[str, bytes]], reader: PictureReader, seconds: float) -> list[PictureText]:
    """What (name, content) of pictures say, those of one log put together, read in so many seconds all in all.

    Raises:
        UserError: none of them can be read.
    """
    end = reader.now() + seconds
    read: list[PictureText] = []
    faults: list[UserError] = []
    for at, (name, content) in enumerate(pictures):
        try:
            read.append(reader.read(name, content, max(0.0, end - reader.now()) / (len(pictures) - at)))
        except UserError as error:
            faults.append(error)
    if faults and not read:
        raise faults[0]
    return [*joined(read), *[UNREAD] * len(faults)]


UNREAD = PictureText((), is_unreadable=True)
READ = Text("Read from your picture ({lines} lines).", "以上内容是从你的图片里读出来的（{lines} 行）。")
NOTHING = Text("I found no text in your picture.", "我在图片里没有读到文字。")
UNSURE = Text(
    "Some of it was hard to read: please compare the quoted line with your picture; paste it as text if it differs.",
    "有些地方看不清：请把引用的那一行和你的图片对照一下，不一样的话把文字贴给我。",
)
CUT = Text(
    "Your picture is cut off: the lines go on beyond its edge, and what is missing may be what matters.",
    "你的截图没有截全：有的行超出了图片边缘，缺的部分可能正是关键。",
)
BROKEN = Text("A picture could not be read: it is damaged or too large.", "有一张图片读不了：已损坏或者太大。")
UNFINISHED = Text("It was too much to read all of it.", "内容太多，没有全部读完。")
COPY = Text(
    "Text works best: select it in the window, copy (terminal: Enter or Ctrl+Shift+C; Windows message box: Ctrl+C) and "
    "paste it.",
    "发文字效果最好：在窗口里选中，复制（终端按回车或 Ctrl+Shift+C，Windows 弹窗按 Ctrl+C），再粘贴过来。",
)


def told(notes: PictureNotes) -> tuple[Text, ...]:
    """What is said about the pictures, one sentence each."""
    if not notes.lines:
        return BROKEN if notes.is_unreadable else NOTHING, COPY
    flaws = (
        (notes.is_unsure, UNSURE),
        (notes.is_cut, CUT),
        (notes.is_unfinished, UNFINISHED),
        (notes.is_unreadable, BROKEN),
    )
    said = [READ.format(lines=notes.lines), *(text for holds, text in flaws if holds)]
    return (*said, COPY) if len(said) > 1 else tuple(said)
