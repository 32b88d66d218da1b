"""The order of what was found: causes before consequences, errors before warnings, the specific before the general."""

from small_knowledge import diagnosed, entry, ids

MEMORY = entry("memory", "out of memory", explains=["engine"])
ENGINE = entry("engine", "Engine core initialization failed", explains=["api"])
API = entry("api", "the server did not answer")
WARNING = entry("warning", "this option is deprecated", severity="warning")


def test_the_cause_stands_before_its_consequence() -> None:
    assert ids("Engine core initialization failed\nCUDA out of memory", ENGINE, MEMORY) == ["memory", "engine"]


def test_causes_reach_over_several_steps() -> None:
    log = "the server did not answer\nEngine core initialization failed\nout of memory"
    assert ids(log, API, ENGINE, MEMORY) == ["memory", "engine", "api"]


def test_a_cause_explains_a_whole_class() -> None:
    general = entry("some-wheel", "Could not build the wheel", **{"class": "wheel-build-failed"})
    disk = entry("disk", "No space left on device", explains=["class:wheel-build-failed"])
    assert ids("Could not build the wheel\nNo space left on device", general, disk)[0] == "disk"


def test_entries_that_explain_each_other_are_both_shown() -> None:
    first, second = entry("a", "alpha went wrong", explains=["b"]), entry("b", "beta went wrong", explains=["a"])
    assert sorted(ids("alpha went wrong\nbeta went wrong", first, second)) == ["a", "b"]


def test_a_warning_never_stands_before_an_error() -> None:
    assert ids("this option is deprecated\nout of memory", WARNING, MEMORY) == ["memory", "warning"]


def test_the_exception_that_ended_the_program_stands_before_a_logged_warning() -> None:
    library = entry("library", "libcuda.so.1: cannot open shared object file")
    method = entry("method", "Unknown quantization method: {name}")
    log = """\
WARNING 01-02 03:04:05 [import.py:1] Failed to import: libcuda.so.1: cannot open shared object file
Traceback (most recent call last):
  File "run.py", line 1, in <module>
ValueError: Unknown quantization method: exl2
"""
    assert ids(log, library, method) == ["method", "library"]


def test_the_longer_signature_on_the_same_line_stands_first() -> None:
    general = entry("general", "No module named '{module}'")
    special = entry("special", "ModuleNotFoundError: No module named 'exllamav2'")
    assert ids("ModuleNotFoundError: No module named 'exllamav2'", general, special) == ["special", "general"]


def test_a_better_match_drives_a_worse_one_from_its_place() -> None:
    repository = entry("repository", "Repository Not Found for url: {url}")
    revision = entry("revision", "Revision Not Found for url: {url}")
    assert ids("Repository Not Found for url: https://huggingface.co/x", repository, revision) == ["repository"]


def test_a_symptom_stands_behind_every_failure() -> None:
    symptom = entry("slow", "only 1 token per second", kind="symptom")
    assert ids("Why only 1 token per second? It also says: out of memory", symptom, MEMORY) == ["memory", "slow"]


def test_at_most_three_are_named() -> None:
    entries = [entry(f"e{i}", f"{word} went wrong") for i, word in enumerate(("alpha", "beta", "gamma", "delta"))]
    assert len(ids("alpha went wrong\nbeta went wrong\ngamma went wrong\ndelta went wrong", *entries)) == 3


def test_scores_lie_between_zero_and_one() -> None:
    findings = diagnosed("out of memory\nEngine core initialisation failed", MEMORY, ENGINE)
    assert all(0 < finding.score <= 1 for finding in findings)
