"""The index that is kept between runs: the same as one made anew, and nothing is made anew for it."""

from pathlib import Path

import pytest
from small_knowledge import entry

from bot.clinic.door import Clinic
from bot.diagnosis import kept_index
from bot.diagnosis.index import Index
from bot.diagnosis.kept_index import packed, unpacked
from bot.diagnosis.signature import Pattern, patterns_of
from bot.knowledge import cache
from bot.knowledge.failures import Failure

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
    assert {word: list(numbers) for word, numbers in kept.filed.items()} == dict(made.filed)


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
    kept.candidates(kept.read(["enospc"]).known)
    kept.candidates(kept.read(["enospc", "detail"]).known)
    assert len(opened) == 1


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
