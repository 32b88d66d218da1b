"""What any program may print is claimed only when the text around it does not show another program."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_knowledge import entry

from bot.diagnosis.diagnoser import Diagnoser
from bot.diagnosis.field import _Begun
from bot.intake.cleaning import clean
from bot.knowledge.failures import FieldWords, Named

DIAGNOSER = Diagnoser(
    [
        entry("port", "Address already in use"),
        entry("refused", "Connection refused"),
        entry("module", "No module named '{module}'"),
        entry("cuda", "CUDA error: out of memory"),
    ],
    FieldWords(
        ours=("llama", "llm", "vllm", "cuda", "transformers", "酒馆"),
        others=("nginx", "ssh:", "redis", "minecraft"),
        devices=("cuda",),
        tools=("pip",),
        elsewhere=(
            Named("Killed process {n} ({it})", ours=("python",)),
            Named("^{it}@{n}.{n}.{n} dev"),
            Named("host='{it}'", ours=("huggingface", "127."), tools=True),
            Named("port {it}", theirs=frozenset({"5432"})),
        ),
    ),
)
GATED = Diagnoser(
    [
        entry("denied", "Permission denied"),
        entry("module", "No module named '{module}'"),
        entry("cuda", "CUDA error: out of memory"),
        entry("tensor", "tensor size mismatch"),
        entry("rival", "Painter.Vae said no"),
        entry("library", "{library} cannot be opened"),
        entry("index", "no such version of it", components=["pip"]),
        entry("engine", "engine of it died", components=["vLLM"]),
    ],
    FieldWords(
        ours=("llm", "vllm", "cuda", "transformers"),
        others=("nginx",),
        devices=("cuda",),
        tools=("pip",),
        voices=("i cannot",),
        jargon=("tensor",),
        rivals=("painter", "draw_train.py"),
        common=frozenset({"cuda", "transformers"}),
        environment=frozenset({"module", "class:index", "class:engine"}),
        shared=frozenset({"library"}),
    ),
)
OWN_SCRIPT = 'Traceback (most recent call last):\n  File "/home/li/shop/stats.py", line 4, in <module>\n'
PACKAGE = '  File "/venv/lib/python3.12/site-packages/requests/api.py", line 1, in get\n'


def ids(text: str) -> list[str]:
    return [finding.entry.id for finding in DIAGNOSER.diagnose(clean(text))]


def test_who_speaks_in_a_prefix_tells_whose_log_it_is() -> None:
    assert ids("nginx-1  | Connection refused") == []
    assert ids("nginx-1  | ready\nvllm-1  | Connection refused") == ["refused"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("OSError: [Errno 98] Address already in use", ["port"]),
        ("nginx: bind() to 0.0.0.0:80 failed (98: Address already in use)", []),
        ("nginx in front of vllm: Address already in use", ["port"]),
        ("ssh: connect to host 10.0.0.1 port 22: Connection refused", []),
        ("redistributable: Connection refused", ["refused"]),
        (OWN_SCRIPT + "ModuleNotFoundError: No module named 'helpers'", []),
        (OWN_SCRIPT + "ModuleNotFoundError: No module named 'transformers'", ["module"]),
        ("Traceback (most recent call last):\n" + PACKAGE + "ModuleNotFoundError: No module named 'x'", ["module"]),
        ("    at com.example.Demo.main(Demo.java:13)\nConnection refused", []),
        ("    at main (/home/li/weather/index.js:7:15)\nConnection refused", []),
        ("    at Module.load (node:internal/modules/cjs/loader:1266:32)\nConnection refused", ["refused"]),
        ("my minecraft server and my card: CUDA error: out of memory", []),  # a game needs a card too
        ("minecraft beside vllm: CUDA error: out of memory", ["cuda"]),
        ("nginx reached its limit: Connection refused", []),  # folded, "limit" begins with "llm"
        ("nginx took 8122.11M: Connection refused", []),  # and so does "11M"
        ("Killed process 2811 (mysqld)\nConnection refused", []),
        ("Killed process 2811 (python3.11)\nConnection refused", ["refused"]),
        ("Killed process 2811 (llama-server)\nConnection refused", ["refused"]),
        ("vllm: Killed process 2811 (mysqld)\nConnection refused", ["refused"]),
        ("> my-shop@1.0.0 dev\nAddress already in use", []),
        ("say my-shop@1.0.0 dev\nAddress already in use", ["port"]),
        ("HTTPSConnectionPool(host='shop.corp.local', port=443): Connection refused", []),
        ("HTTPSConnectionPool(host='huggingface.co', port=443): Connection refused", ["refused"]),
        ("pip install x\nHTTPSConnectionPool(host='nexus.corp.local', port=443): Connection refused", ["refused"]),
        ("db on port 5432: Connection refused", []),
        ("port 5001: Connection refused", ["refused"]),
        ("酒馆连不上 redis：Connection refused", ["refused"]),
    ],
)
def test_other_programs_are_left_alone(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("./x: Permission denied", ["denied"]),  # a mere line: nothing speaks for another program
        ("octoserial: Permission denied", []),  # a name that no wording knows
        ("llm: octoserial: Permission denied", ["denied"]),
        ("pip: octoserial: Permission denied", ["denied"]),
        ("octoserial lost its tensor\nPermission denied", ["denied"]),
        ("i cannot open octoserial: Permission denied", ["denied"]),  # somebody tells it
        ("a\nb\nc\nd\nPermission denied", []),  # more than a line or two, and no word of this field
        ("octoserial: tensor size mismatch", ["tensor"]),  # the wording is of this field itself
        ("octoserial: No module named 'transformers'", ["module"]),
        ("No module named 'octoserial'", ["module"]),  # the name is what the wording tells
        ("pip install x\nlibx.so cannot be opened", ["library"]),
        ("nginx beside pip\nlibx.so cannot be opened", []),  # a tool does not outweigh another program
    ],
)
def test_a_wording_of_anyone_needs_a_word_of_this_field_beside_names_nobody_knows(
    text: str, expected: list[str]
) -> None:
    assert [finding.entry.id for finding in GATED.diagnose(clean(text))] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("python draw_train.py\nCUDA error: out of memory", []),  # another program on the same card
        ("python draw_train.py for vllm\nCUDA error: out of memory", ["cuda"]),
        ("python draw_train.py\nNo module named 'transformers'", ["module"]),  # what lies below both
        ("Painter.Vae said no", ["rival"]),  # a wording that speaks of it
        ("python draw_train.py\nno such version of it", ["index"]),  # an installer's own failure
        ("python draw_train.py\nengine of it died", []),
    ],
)
def test_another_program_on_the_same_card_has_its_own_memory_but_the_same_ground(
    text: str, expected: list[str]
) -> None:
    assert [finding.entry.id for finding in GATED.diagnose(clean(text))] == expected


def test_what_anyone_may_print_is_told_with_less_confidence_where_no_program_is_named() -> None:
    def score(text: str) -> float:
        return DIAGNOSER.opinion(clean(text)).findings[0].score

    assert score("ModuleNotFoundError: No module named 'requests'") < 0.75
    assert score("vllm\nModuleNotFoundError: No module named 'requests'") > 0.75
    assert score("ModuleNotFoundError: No module named 'requests'") < score("CUDA error: out of memory")


def test_without_a_field_every_text_belongs_here() -> None:
    diagnoser = Diagnoser([entry("port", "Address already in use")])
    assert diagnoser.diagnose(clean("nginx: Address already in use"))


WORDS = ("ab", "b-c", "0a", "酒馆")


@given(st.lists(st.sampled_from(("ab", "b-c", "oa", "酒馆", "a", "x", "-", " ", "\n")), max_size=12).map("".join))
@pytest.mark.parametrize("whole", [False, True])
def test_words_begin_where_no_other_goes_on(whole: bool, text: str) -> None:
    pattern = re.compile(r"(?:(?<![a-z])ab|(?<![a-z])b-c|oa|(?<![a-z])酒馆)" + (r"(?![a-z])" if whole else ""))
    assert _Begun(WORDS, whole=whole).are_in(text) == (pattern.search(text) is not None)
    assert _Begun(WORDS).are_in("." * 5000 + text) == _Begun(WORDS).are_in("." + text)


def test_short_words_are_no_beginnings() -> None:
    words = _Begun(("llm", "llama"), short=3)
    assert words.are_in("an llm: 7b")
    assert words.are_in("llamafile")
    assert not words.are_in("llmlt")
