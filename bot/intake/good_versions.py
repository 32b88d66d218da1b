"""Which version of a program somebody says worked: clause by clause, by the words that stand around its number.

The words are those of `spoken` in knowledge/circumstances.yaml.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import msgspec

from bot.base.late import late
from bot.base.phrases import either

FLAGS = re.IGNORECASE | re.ASCII
_BETWEEN = r"[\s:=<>≤≥~\"'`(]{0,6}+"  # what stands between a program's name and its version, beside "version"
_OPTION = late(r"(?<!\S)--[a-z][\w-]{1,40}[ =]\S{1,80}")
_WORD_BEFORE = late(
    rf"(?<![a-z0-9.+/_-])([a-z][a-z0-9.+/_-]{{0,40}}+|[\u3400-\u9fff]{{1,2}}){_BETWEEN}(?:(?:version|release|build|ver){_BETWEEN})?$",
    re.IGNORECASE,
)


class Spoken(msgspec.Struct, frozen=True):
    """How versions are spoken of: for each, regular expressions of which one is enough. See the file."""

    version: tuple[str, ...]  # captures (?P<version>...)
    ends: tuple[str, ...]  # the end of a sentence
    breaks: tuple[str, ...]  # parts a sentence into clauses
    may_precede: tuple[
        str, ...
    ]  # the word in front of a version of the program itself; after any other it is something else's
    not_old: tuple[str, ...]  # what stands behind a number that is no version, or that means this one and newer ones
    arrived: tuple[str, ...]  # in front of a version that was updated to
    moved: tuple[str, ...]  # from one version, (?P<version>...), to a newer one
    demands: tuple[str, ...]  # a clause that says what is needed, or asks
    well: tuple[str, ...]
    badly: tuple[str, ...]
    spared: tuple[str, ...]  # the fault is absent: "never had that", "not on 1.2"
    back: tuple[str, ...]  # going back to a version
    mended: tuple[str, ...]  # what going back did
    at_last: tuple[str, ...]  # a clause that tells how it is now, with another version
    opens: tuple[str, ...]  # begins a clause whose result stands in the next one


@dataclass(frozen=True)
class GoodVersions:
    """Reads them. Build once, share freely."""

    spoken: Spoken

    def first(self, text: str) -> str | None:
        """The first version that a line says was good; the value of an option is none."""
        if "--" in text:
            text = _OPTION.sub(" ", text)
        if not self._finds("version", text):
            return None
        sentences = self._patterns["ends"].split(text)
        return next((version for sentence in sentences for version in self._in_sentence(sentence)), None)

    def _in_sentence(self, sentence: str) -> Iterator[str]:
        clauses = [clause for clause in self._patterns["breaks"].split(sentence) if clause]
        for clause, following in zip(clauses, [*clauses[1:], ""], strict=False):
            yield from self._in_clause(clause, following)

    def may_be_the_programs(self, text: str, found: re.Match[str]) -> bool:
        """Whether the group `version` of what a pattern found is a version of the program, by its neighbours: no
        Python's, no model's, no amount.
        """
        if self._patterns["not_old"].match(text, found.end("version")):
            return False
        before = _WORD_BEFORE.search(text[: found.start("version")].removesuffix("v"))
        return before is None or self._patterns["may_precede"].fullmatch(before[1]) is not None

    def _in_clause(self, clause: str, following: str) -> Iterator[str]:
        """Versions that a clause calls good. `following`: the clause behind it, which may tell the result."""
        if self._finds("demands", clause):
            return
        found = [each for each in self._patterns["version"].finditer(clause) if self.may_be_the_programs(clause, each)]
        moved = self._patterns["moved"].search(clause)
        if moved is not None:
            if not self._is_well(clause[moved.end() :] or following):
                yield from (each["version"] for each in found if each["version"] == moved["version"])
        elif self._was_good(clause, following):
            yield from (each["version"] for each in found if not self._finds("arrived", clause[: each.start()]))

    def _was_good(self, clause: str, following: str) -> bool:
        if self._finds("spared", clause):
            return True
        went_back = self._finds("back", clause)
        told = f"{clause} {following}" if went_back or self._patterns["opens"].match(clause) else clause
        mended = went_back and self._finds("mended", told) and not self._finds("badly", told)
        return mended or (self._is_well(told) and not self._fails_later(following))

    def _fails_later(self, following: str) -> bool:
        """Whether the next clause says of the same version that it fails after all: "1.2 loads it, dies later"."""
        if self._finds("version", following) or self._finds("at_last", following):
            return False
        return self._finds("badly", following)

    def _is_well(self, told: str) -> bool:
        return self._finds("well", told) and not self._finds("badly", told)

    def _finds(self, name: str, text: str) -> bool:
        return self._patterns[name].search(text) is not None

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        """Compiled one by one: most texts are asked for a version, and have none."""
        return {name: late(either(rows), FLAGS) for name, rows in msgspec.structs.asdict(self.spoken).items()}
