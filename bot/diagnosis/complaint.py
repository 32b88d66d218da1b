"""Whether somebody complains of what they name, or only asks about it, denies it, or has solved it.

Symptoms are told in words. "It repeats itself, why?" is a complaint; "will it repeat itself?", "it no longer repeats
itself" and a program's own output are none.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from bot.base.late import late
from bot.knowledge.cue import Cue, cue_faults, in_all_languages
from bot.knowledge.files import Fault, load_all
from bot.knowledge.word_lists import KEY, Lists, filled

_FILE = "complaints.yaml"
_BREAK = late(
    r"[.!?;\n。！？；…~](?:\s|$)|[。！？；\n]|(?<![!?])[!?]+$"
    "|(?<=[\u3400-\u9fff])[!?;,~](?=[\u3400-\u9fff])"  # folded punctuation between Chinese characters
)
_SOURCE = late(r"^\s*(?:raise \w|except [\w.(]|throw new |catch ?\(|assert |if .*:\s*$|log(?:ger|ging)?\.)")
_PRINTS = late(  # and the message begins
    r"^\s*(?:print\w*|console\.\w+|warnings\.warn)\(|(?:^|[\s;{&|])(?:echo|Write-(?:Host|Error)) [\"'][^\"']{0,300}$"
    r"|\b(?:throw new \w+|f?printf|pytest\.raises)\([^)]{0,300}$|\bstd::c(?:err|out) <<"
)
_PRINTING = ("print", "console.", "warnings.warn", "echo ", "Write-", "throw new", "raises(", "std::c")  # one is in it
_FRAME = late(r'^\s*(?:File "|at |[│|>❱]|\d+ )')

_BEGINS_LIKE_LOG = late(
    r"\s*+(?:\[?(?:ERROR|WARNING|WARN|INFO|FATAL|CRITICAL|DEBUG)\b"
    r"|(?:[Ee]rror|[Ff]atal|panic|npm (?:ERR!|error))[:\s]"
    r"|File \"|at \S+\(|\d{4}-\d\d-\d\d|\[?\d\d:\d\d:\d\d|[\w.]+(?:Error|Exception|Warning)\b"
    r"|[a-z_]+: [a-z_]+\s*=|[\w-]+=\S+ [\w-]+=|Output: |(?:- )?\d{5,}[ .\d]|\[?\d{1,4}[./-]\d\d[./-]?\d{0,4} \d\d:\d\d)"
)
# What else only logs hold: each is looked for alone and by its first letters, much quicker than all of them at once.
_LOG_LIKE = (
    late(r"[{}\[\]|=_]{3,}"),
    late(r"^\s{0,8}[\[{]{1,2}\s?\"\w+\"\s?:"),  # what a server answered, whatever it says
    late(r"/[^\s/]*+(?:/[^\s/]*+){3}"),
    late(r"0x(?<!\w0x)[0-9a-f]{4,}\b"),
    late(r"\w\(\):"),
    late(r"ms(?<!\wms) per token\b"),
    late(r"T/s\)(?:(?<=\dT/s\))|(?<=\d T/s\)))"),
)

_LEAST_LEFT = 6  # characters that tell something beside what is ruled out
_BLANK = " ,.;，。；、"
_LEAST_AROUND = 12  # characters beside a message from which on a sentence may speak of it


def is_prose(text: str) -> bool:
    """Whether a cleaned line is somebody's sentence, not a program's output."""
    if _BEGINS_LIKE_LOG.match(text):
        return False
    for like in _LOG_LIKE:  # noqa: SIM110 - asked of every line: a loop takes half as long as `any`
        if like.search(text):
            return False
    return True


class Complaints(msgspec.Struct, frozen=True):
    """How people speak of a failure: the whole of complaints.yaml. Without cues everything that is said is meant."""

    denied: Cue = Cue()
    ruled_out: Cue = Cue()
    only_asked: Cue = Cue()
    suffers: Cue = Cue()
    troubled: Cue = Cue()
    solved: Cue = Cue()
    gone: Cue = Cue()
    unmended: Cue = Cue()
    relapsed: Cue = Cue()
    wish_or_news: Cue = Cue()
    advice: Cue = Cue()
    about: Cue = Cue()
    general_question: Cue = Cue()
    has_it: Cue = Cue()
    lists: Lists = {}  # empty once the rows are filled

    def is_complaint(self, text: str, start: int, end: int) -> bool:
        """Whether the sentence around `text[start:end]` complains of it."""
        first = max((found.end() for found in _BREAK.finditer(text, 0, start)), default=0)
        following = _BREAK.search(text, end)
        sentence = text[first : following.end() if following else len(text)]
        if self.denied.found(text[first:start]) or self.wish_or_news.found(text) or self._is_about(sentence):
            return False
        return not self.only_asked.found(sentence) or self.suffers.found(text)

    def without_ruled_out(self, text: str) -> str:
        """A text without the clauses that say what the trouble is not; all of it where little else is said."""
        if not self.ruled_out.found(text):
            return text
        rest = self.ruled_out.pattern.sub(" ", text)
        return rest if len(rest.strip(_BLANK)) >= _LEAST_LEFT else text

    def is_troubled(self, text: str) -> bool:
        """Whether a text says that something is not as it should be."""
        return self.troubled.found(text) or self.suffers.found(text)

    def only_asks(self, text: str) -> bool:
        """Whether a text asks of something and complains of nothing."""
        asks = self.only_asked.found(text) or self.general_question.found(text)
        return asks and not (self.suffers.found(text) or self.has_it.found(text))

    def is_wish_or_news(self, text: str) -> bool:
        """Whether a text asks for a feature, or reports what a version or a change brings."""
        return self.wish_or_news.found(text)

    def is_solved(self, text: str) -> bool:
        """Whether a text says that all is well again."""
        return self.gone.found(text) or self._is_mended(text)

    def may_be_solved(self, text: str) -> bool:
        """Whether a text or a line of it may say so; False is sure."""
        return self.gone.may_find(text) or self.solved.may_find(text)

    def is_mention(self, text: str, start: int, end: int) -> bool:
        """Whether a sentence only speaks of the message in `text[start:end]`."""
        return is_prose(text) and self.only_speaks(text, start, end)

    def only_speaks(self, text: str, start: int, end: int) -> bool:
        """The same of a text that is somebody's sentence."""
        if self.wish_or_news.found(text) or self._is_mended(text) or self._is_advice(text):
            return True
        if len(text) - (end - start) < _LEAST_AROUND:
            return False
        outside = text[:start] + " … " + text[end:]
        speaks = self.about.found(outside) or self.general_question.found(outside)
        return speaks and not self.has_it.found(outside)

    def _is_about(self, text: str) -> bool:
        """Whether a text tells what others say of a message, and of nobody who has it."""
        return self.about.found(text) and not self.has_it.found(text)

    def _is_mended(self, text: str) -> bool:
        """Whether a text says that something was repaired, and of no trouble after that."""
        found = self.solved.first(text)
        if found is None or self.unmended.found(text[: found.start()]):
            return False
        return self.relapsed.pattern.search(text, found.end()) is None

    def _is_advice(self, text: str) -> bool:
        """Whether a text tells what to do in case of a message, and of nobody who has it."""
        return self.advice.found(text) and not (self.relapsed.found(text) or self.suffers.found(text))


def load_complaints(root: Path) -> Complaints:
    """The cues under `root`, with those of further languages; raises DataError with all faults."""
    (complaints,) = load_all(root, _FILE, "complaints", Complaints, filled, _faults)
    return in_all_languages(root, _FILE, complaints, _faults)


def _faults(complaints: Complaints) -> Iterator[Fault]:
    for name in complaints.__struct_fields__:
        if name != KEY:
            yield from cue_faults(_FILE, name, getattr(complaints, name))


def is_source(text: str, end: int, before: str) -> bool:
    """Whether a line is source code that could print the message which ends at `end`, not the message itself (frames
    of a traceback show source code too).
    """
    if _FRAME.match(before):
        return False
    return _SOURCE.match(text) is not None or (_may_print(text) and _PRINTS.search(text[:end]) is not None)


def _may_print(text: str) -> bool:
    return any(map(text.__contains__, _PRINTING))
