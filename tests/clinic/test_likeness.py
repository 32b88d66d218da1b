"""By what posts are known again: the same cause in other words, and nothing of their text."""

from itertools import pairwise

import msgspec
import pytest
from shipped import CLINIC

from bot.clinic.likeness import OFFERED, Traits, likeness, most_alike

DISK = (
    "ollama pull keeps failing for me, my name is Aloisia and my folder is /home/aloisia/models\n"
    "Error: write /home/aloisia/models/blobs/sha256-12: no space left on device"
)
DISK_ELSEWHERE = "拉模型失败，求助\nError: write /mnt/d/ollama/blobs/sha256-99: no space left on device"
PORT = "ollama serve\nError: listen tcp 127.0.0.1:11434: bind: address already in use"
UNKNOWN = "koboldcpp stops\nFluxError: capacitor 17 of /opt/x is out of juice"
UNKNOWN_ELSEWHERE = "help, what is that?\nFluxError: capacitor 3 of C:\\kobold\\y is out of juice"


def traits(text: str) -> Traits:
    clinic = CLINIC
    reading = clinic.diagnose(text)
    return clinic.traits(reading.text, (), reading)


@pytest.mark.parametrize(("one", "other"), [(DISK, DISK_ELSEWHERE), (UNKNOWN, UNKNOWN_ELSEWHERE)])
def test_the_same_cause_on_another_machine_is_offered(one: str, other: str) -> None:
    assert likeness(traits(one), traits(other)) >= OFFERED


@pytest.mark.parametrize("other", [PORT, UNKNOWN, "which model for 8 GB?"])
def test_another_cause_is_not(other: str) -> None:
    assert likeness(traits(DISK), traits(other)) < OFFERED


def test_the_most_alike_stands_first() -> None:
    found = most_alike(traits(DISK), [traits(PORT), traits(DISK_ELSEWHERE), traits(DISK)])
    assert [at for _, at in found] == [2, 1]


def test_nothing_of_the_text_can_be_read_back() -> None:
    kept = msgspec.json.encode(traits(DISK)).decode().lower()
    for word in ("aloisia", "no space", "blobs", "pull"):
        assert word not in kept


def test_facts_are_words_of_the_knowledge_alone() -> None:
    assert traits("My Grandma-9B-Secret.gguf in ollama on Windows 11 with a RTX 3060 says\nerror: oops").facts == {
        "system": "windows",
        "loader": "ollama",
        "card": "RTX 3060",
    }


def test_likeness_is_the_same_both_ways() -> None:
    for one, other in pairwise((DISK, PORT, UNKNOWN, DISK_ELSEWHERE)):
        assert likeness(traits(one), traits(other)) == pytest.approx(likeness(traits(other), traits(one)))


def test_only_what_a_program_printed_is_remembered_as_an_unknown_error() -> None:
    told = "the web site on my server can be opened, but the other one cannot, I only put my own address into the list"
    printed = "Error logging in: the flux capacitor of the door is missing"
    assert CLINIC.diagnose(told).signature is None
    assert CLINIC.diagnose(f"{told}\n\n{printed}").signature == printed
