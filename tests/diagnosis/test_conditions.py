"""What else must stand, or must not stand, in the log."""

import pytest
from small_knowledge import entry, ids

KILLED = {"text": "Killed by the system", "requires": ["llama"]}


def test_every_required_text_must_stand_somewhere() -> None:
    assert ids("llama_model_load\nKilled by the system", entry("x", KILLED)) == ["x"]
    assert ids("something else\nKilled by the system", entry("x", KILLED)) == []


def test_one_of_several_texts_is_enough() -> None:
    x = entry("x", {"text": "connection was refused", "requires_any": ["127.0.0.1", "localhost"]})
    assert ids("to localhost: connection was refused", x) == ["x"]
    assert ids("to example.org: connection was refused", x) == []


def test_an_excluded_text_rules_out() -> None:
    x = entry("x", {"text": "connection was refused", "excludes": ["ssh:"]})
    assert ids("connection was refused", x) == ["x"]
    assert ids("ssh: connection was refused", x) == []


def test_conditions_survive_a_wrong_character() -> None:
    x = entry("x", {"text": "Killed by the system", "requires": ["Loading checkpoint shards"]})
    assert ids("Loading checkpoxnt shards\nKilled by the system", x) == ["x"]


@pytest.mark.parametrize(("loader", "expected"), [(None, ["x"]), ("koboldcpp", ["x"]), ("ollama", [])])
def test_a_signature_for_a_loader_counts_for_it_or_when_unknown(loader: str | None, expected: list[str]) -> None:
    x = entry("x", {"text": "Failed to load the model file", "loaders": ["koboldcpp"]})
    assert ids("Failed to load the model file", x, loader=loader) == expected


def test_a_signature_for_a_front_end_counts_beside_its_loader() -> None:
    x = entry("x", {"text": "the request was refused", "loaders": ["SillyTavern"]})
    assert ids("SillyTavern 1.13\nthe request was refused", x, loader="koboldcpp") == ["x"]
    assert ids("the request was refused", x, loader="koboldcpp") == []


def test_a_hint_alone_is_not_enough_but_two_are() -> None:
    x = entry("x", {"text": "the engine has died", "weight": 0.4}, {"text": "worker was lost", "weight": 0.4})
    assert ids("the engine has died", x) == []
    assert ids("the engine has died\nworker was lost", x) == ["x"]


def test_two_wordings_of_one_place_are_one_hint() -> None:
    x = entry(
        "x", {"text": "cannot detect the memory", "weight": 0.4}, {"text": "detect the memory, set it", "weight": 0.4}
    )
    assert ids("cannot detect the memory, set it by hand", x) == []
    assert ids("cannot detect the memory of the card\nplease detect the memory, set it", x) == ["x"]


def test_the_same_hint_twice_is_one_hint() -> None:
    x = entry("x", {"text": "the engine has died", "weight": 0.4})
    assert ids("the engine has died\nnow\nthe engine has died", x) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("to ollama.com: connection was refused", ["x"]),
        ("to https://ollama.com/api: connection was refused", ["x"]),
        ("llms.ollama.common_utils: connection was refused", []),
        ("to 127.0.0.1:8000: connection was refused", ["x"]),
        ("to 127.0.0.1:80001: connection was refused", []),
        ("ollama.common and ollama.com: connection was refused", ["x"]),
    ],
)
def test_a_host_or_port_beside_a_wording_stands_there_to_its_end(line: str, expected: list[str]) -> None:
    x = entry("x", {"text": "connection was refused", "beside": ["ollama.com", ":8000"]})
    assert ids(line, x) == expected
