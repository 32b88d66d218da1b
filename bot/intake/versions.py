"""Versions of programs: which one the reader has, and which of two came first."""

import re
from collections.abc import Iterable
from functools import lru_cache

from bot.base.late import late
from bot.intake.facts import Fact, Facts

# What loaders stand on, or what stands before them: its name in vocabulary.yaml, and the fact that holds its version.
BENEATH = {
    "nodejs": "node",
    "bitsandbytes": "",
    "transformers": "",
    "exllamav3": "",
    "LM Studio runtime": "",
    "Open WebUI": "",
}
# LM Studio numbers its engines for all cards in one row: "Vulkan llama.cpp (Windows) v1.57.1", "CUDA runtime 2.25.2".
_WRITTEN_AS = {
    "LM Studio runtime": re.compile(
        r"(?<![\w-])(?:vulkan|cuda(?: ?1[123])?|rocm|cpu|metal|llama\.cpp)"
        r"(?: llama\.cpp)?(?: \((?:windows|linux|mac)\))?(?: (?:runtime|engine|version|release)){0,2}"
        r" v?(\d\.\d{1,3}\.\d{1,2})(?![\w.])"
    ),
    "Open WebUI": re.compile(
        r"(?<![\w-])open[ _-]?webui(?: \(docker\))?(?::| |: | version:? | to ){0,2}v?(\d\.\d{1,2}\.\d{1,2})(?![\w.])"
    ),
}
_LOOKED_AT = 100_000  # characters of a log in which versions of packages are looked for
_REMEMBERED = 1_000  # versions that are kept as numbers: those of the knowledge are asked for with every text
_NUMBER = late(r"\d+(?:\.\d+)*")


def is_older(version: str, other: str) -> bool:
    """Whether a version as programs print it ("0.10.2rc2", "b6423", "6423-abc") comes before another."""
    return _key(version) < _key(other)


def version_of(program: str, facts: Facts, log: str = "") -> str:
    """The reader's version of a program, "" where it is not told. `log`: what was read, in small letters."""
    if program in BENEATH:
        return _version_beneath(program, facts, log)
    pairs: Iterable[tuple[Fact[str] | None, Fact[str] | None]] = (
        (facts.loader, facts.loader_version),
        (facts.frontend, facts.frontend_version),
    )
    found = (version.value for name, version in pairs if name and version and name.value == program)
    return next(found, "")


def _version_beneath(program: str, facts: Facts, log: str) -> str:
    """The version of what a loader stands on: the fact that holds it, else as lists of packages print it."""
    fact = getattr(facts, BENEATH[program], None)
    if fact is not None:
        return str(fact.value)
    written = _WRITTEN_AS.get(program)
    if written is None and program not in log:
        return ""
    printed = (written or _package(program)).search(log[:_LOOKED_AT])
    return printed.group(1) if printed else ""


def _package(name: str) -> re.Pattern[str]:
    """Where lists of packages and words name one with its version."""
    return re.compile(rf"(?<![\w-]){name}(?:==|[-_@]| v?|\s+version:? |: ?)(\d+\.\d+(?:\.\d+)?)")


@lru_cache(_REMEMBERED)
def _key(version: str) -> tuple[int, ...]:
    found = _NUMBER.search(version)
    return tuple(map(int, found.group().split("."))) if found else ()
