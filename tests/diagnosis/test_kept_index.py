"""The index that is kept between runs: the same as one made anew, and nothing is made anew for it."""

import ast
import os
import subprocess
import sys
from pathlib import Path
from zlib import crc32

import pytest
from small_knowledge import entry

from bot.clinic.door import Clinic
from bot.diagnosis import kept_index
from bot.diagnosis.index import Index
from bot.diagnosis.kept_index import index_files, packed, unpacked
from bot.diagnosis.kept_words import KeptWords, Words, by_key
from bot.diagnosis.signature import Pattern, patterns_of
from bot.knowledge import cache
from bot.knowledge.failures import Failure
from bot.knowledge.files import knowledge_root

ENTRIES = (
    entry("disk-full", "No space left on device", "ENOSPC: {detail} at '{place:p}'"),
    entry("no-memory", {"text": "out of memory: {wanted:size}", "weight": 0.7}, "No space left on device"),
    entry("chinese", "磁盘空间不足"),
)


@pytest.fixture
def made() -> Index:
    return Index(patterns_of(ENTRIES))


def test_it_is_the_same_as_one_made_anew(made: Index) -> None:
    kept = unpacked(packed(made, ENTRIES), ENTRIES)
    assert list(kept.patterns) == list(made.patterns)
    assert dict(kept.weights) == dict(made.weights)
    assert list(kept.totals) == list(made.totals)
    assert kept.measured == made.measured
    assert all(kept._words[pattern.number] == pattern.words for pattern in made.patterns)


def test_uses_are_those_of_the_entries_given(made: Index) -> None:
    kept = unpacked(packed(made, ENTRIES), ENTRIES)
    shared = next(pattern for pattern in kept.patterns if pattern.literals == ("No space left on device",))
    assert [use.entry for use in shared.uses] == [ENTRIES[0], ENTRIES[1]]
    assert shared.uses[1].entry is ENTRIES[1]
    assert shared.uses[1].signature is ENTRIES[1].signatures[1]


def test_candidates_are_the_same(made: Index) -> None:
    kept = unpacked(packed(made, ENTRIES), ENTRIES)
    for words in ({"space", "device", "left", "no"}, {"out", "memory", "of"}, {"enospc"}, {"磁盘", "盘空"}, set()):
        known = made.read(words).known
        assert kept.read(words).known == known
        assert kept.candidates(known) == made.candidates(known)


def test_wordings_stay_packed_until_a_line_comes_near(made: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = unpacked(packed(made, ENTRIES), ENTRIES)
    opened: list[int] = []
    unpack = kept_index._Patterns._unpacked

    def counted(patterns: kept_index._Patterns, number: int) -> Pattern:
        opened.append(number)
        return unpack(patterns, number)

    monkeypatch.setattr(kept_index._Patterns, "_unpacked", counted)
    near = kept.candidates(kept.read(["enospc"]).known)
    assert near
    assert not opened
    assert kept.patterns[near[0][0]] is kept.patterns[near[0][0]]
    assert opened == [near[0][0]]


def test_words_are_kept_whatever_their_keys() -> None:
    """Of two words with one CRC-32 each is found, and what only has the key of a word is none."""
    twins = ["plumless", "buckeroo"]
    assert len(set(map(crc32, (word.encode() for word in twins)))) == 1
    words = Words(KeptWords.of(sorted([*twins, "磁盘", "a"], key=by_key)))
    assert [words.word(words.number(word)) for word in ("a", "磁盘", *twins)] == ["a", "磁盘", *twins]
    assert words.number("b") == words.number("") == -1
    assert Words(KeptWords.of(twins[:1])).number("buckeroo") == -1


def test_nothing_known_is_an_index_too() -> None:
    empty = unpacked(packed(Index([]), ()), ())
    assert list(empty.patterns) == []
    assert empty.candidates(empty.read(["anything"]).known) == ()


def test_a_warm_start_measures_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    Clinic().diagnoser  # noqa: B018 - keeps the index, should nobody have

    def measured(_: object) -> list[object]:
        raise AssertionError("measured again")

    monkeypatch.setattr(kept_index, "patterns_of", measured)
    (finding,) = Clinic().diagnose("koboldcpp\nOSError: [Errno 28] No space left on device").candidates[:1]
    assert finding.failure_class == "disk-full"


def test_changed_failures_make_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "user_folder", lambda: tmp_path / "cache")
    file = tmp_path / "failures" / "some.yaml"
    file.parent.mkdir()

    def kept(*entries: Failure) -> set[str]:
        file.write_text(f"{len(entries)} entries{'.' * len(entries)}")
        return set(kept_index.kept_index(tmp_path, entries).weights)

    assert "devlce" in kept(ENTRIES[0])
    assert "memory" in kept(*ENTRIES)


MADE = """
from hashlib import sha256
import msgspec
from bot.diagnosis.index import Index
from bot.diagnosis.kept_index import packed
from bot.diagnosis.signature import patterns_of
from bot.knowledge.files import knowledge_root
from bot.knowledge.load import load_failures

entries = load_failures(knowledge_root())
index = Index(patterns_of(entries))
print(sha256(msgspec.msgpack.encode(packed(index, entries))).hexdigest())
for words in ("connect econnrefused l27 o ll434", "error: no such file or dlrectory", "dlsk ful1 memoy outt"):
    print(index.candidates(index.read(words.split()).known))
"""


def test_every_order_of_sets_makes_the_same_index() -> None:
    """A set of words has another order in every process: what is kept by one is read by others."""
    seeds = ("1", "2")
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", MADE], env={**os.environ, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, text=True
        )
        for seed in seeds
    ]
    said = [run.communicate()[0] for run in runs]
    assert said[0] == said[1]
    assert len(said[0].splitlines()) == 4


def test_of_two_wordings_that_stand_there_the_longer_is_compared_first() -> None:
    entries = [entry(f"short-{n}", f"ECONNREFUSED {n}") for n in range(2)]
    index = Index(patterns_of([*entries, entry("long", "connect ECONNREFUSED 0 1 to ollama")]))
    known = index.read("connect econnrefused o l to ollama".split()).known
    assert next(number for number, _ in index.candidates(known)) == 2


def test_all_code_that_makes_the_index_makes_it_anew() -> None:
    named = {file.resolve() for file in index_files(knowledge_root()) if file.suffix == ".py"}
    makes = {knowledge_root().parent / "bot" / name for name in ("knowledge/load.py", "diagnosis/index.py")}
    needed: set[Path] = set()
    while makes - needed:
        file = next(iter(makes - needed))
        needed.add(file)
        makes |= _used_by(file)
    # where the cache itself lies and how it is read is no part of what it holds; what a line is, is no part of a
    # signature, nor is when a pattern is compiled
    assert {file.stem for file in needed - named} <= {"cache", "mapped", "lines", "late"}


def _used_by(file: Path) -> set[Path]:
    """The modules of ours that a module imports."""
    package = knowledge_root().parent
    modules = (each.module for each in ast.walk(ast.parse(file.read_text())) if isinstance(each, ast.ImportFrom))
    found = (package / f"{module.replace('.', '/')}.py" for module in modules if module)
    return {path for path in found if path.is_file() and path.is_relative_to(package / "bot")}
